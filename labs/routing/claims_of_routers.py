"""Claims C11 to C13, C16 and C17: how routers fail, what they reach, and where they stand."""

from functools import partial

from labs.kit.claims import Claim
from labs.kit.measures import measured
from labs.routing.gates import factor, factor_level, learned, level
from labs.routing.measures import (
    MANY,
    TOLD,
    Arm,
    ahead,
    behind,
    crossed_over_plain,
    left,
    others_over_naive,
)
from labs.routing.meters import (
    best_meter,
    churn_over,
    dead,
    drifted,
    gained_over,
    gradient,
    idle_over,
    learned_meter,
    meter,
    over,
    overfitted,
    spread_over,
)
from labs.routing.published import (
    BALANCED,
    BEHIND,
    DEAD,
    EXACT,
    MISMATCHED,
    RANDOM,
    SPECIALISED,
    TIE,
    TWICE,
)
from labs.routing.sources import ADDED, ARTICLE, BEFOREHAND, LEAD, PREDICTED, ROUNDING, RULE

POINTS, MISSING, NMI, CHOICES = "points", "of the use", "NMI", "of the choices"
CHALLENGES = f"{ARTICLE}challenges of learned routing: "
LEVELLED = {"gumbel": "Gumbel straight-through", "switch-balanced": "Switch with balancing"}
SHORT = {"gumbel": "gumbel", "switch-balanced": "switch"}
ARGMAX = Arm("argmax", level="global")
SWITCH, BALANCING = Arm("switch", MANY), Arm("switch-balanced", MANY)
own = partial(Claim, family="own", source=PREDICTED, gate=learned())
own_level = partial(own, gate=level())
control = partial(Claim, family="control", source=RULE, gate=learned())

FAILURES = (
    Claim(
        id="C11-collapse",
        sentence="Training top-1 routing (Switch) over 8 experts without a balance loss makes its "
        "use of them less even.",
        source=f"{CHALLENGES}module collapse",
        unit=MISSING,
        measure=measured(learned_meter, "collapse", SWITCH),
        above=0,
        because="any rise above the untrained router's value is the effect",
        gate=learned(),
    ),
    own_level(
        id="C11-dead",
        sentence="Without a balance loss Switch sends nothing to some expert, of 8, in some block, "
        "of three, in half of the replicates or more.",
        unit="of the replicates",
        measure=measured(dead, "switch"),
        above=DEAD,
        because=BEFOREHAND,
        share=True,
    ),
    own_level(
        id="C11-balanced",
        sentence="With a balance loss Collapse-Avg of Switch over 8 experts is below 0.1.",
        unit=MISSING,
        measure=measured(meter, "collapse", BALANCING),
        below=BALANCED,
        because=BEFOREHAND,
        limits=(0, 1),
    ),
    own(
        id="C11-uneven",
        sentence="Switch over 8 experts uses them less evenly without a balance loss than with "
        "one.",
        source=ADDED,
        unit=MISSING,
        measure=measured(over, "collapse", SWITCH, BALANCING),
        above=0,
        because="any more is the effect; some experts have no input before training",
    ),
    own(
        id="C11-idle",
        sentence="It leaves more experts of its blocks without any input.",
        source=ADDED,
        unit="experts",
        measure=measured(idle_over, "switch", "switch-balanced"),
        above=0,
        because="any more is the effect; some experts have no input before training",
        grid=1,
    ),
    own_level(
        id="C11-spread",
        sentence="Points that REINFORCE is behind the oracle lie twice as far from their median as "
        "those of Gumbel straight-through, or farther.",
        unit=POINTS,
        measure=measured(spread_over, "reinforce", "gumbel", TWICE),
        above=0,
        because=f"any more than twice is the effect; {BEFOREHAND}",
    ),
    *(
        own(
            id=f"C11-churn-{name}",
            sentence=f"Between two looks more choices of {label} change than of {behind_it}.",
            unit=CHOICES,
            measure=measured(churn_over, name, other),
            above=0,
            because="any more is the effect",
        )
        for name, other, label, behind_it in (
            ("reinforce", "gumbel", "REINFORCE", "Gumbel straight-through"),
            ("gumbel", "dense", "Gumbel straight-through", "a dense mixture"),
        )
    ),
    *(
        own(
            id=f"C11-overfit-{SHORT[name]}",
            sentence=f"From 300 examples {label} with a choice for every token overfits more than "
            "with one for every signal or domain.",
            unit=POINTS,
            measure=measured(overfitted, name),
            above=0,
            because="any larger gap of training over test examples is the effect",
        )
        for name, label in LEVELLED.items()
    ),
)

REACHED = (
    Claim(
        id="C12-best",
        sentence="Where labels conflict, fixed routing by domain is ahead of the learned router "
        "that validation data find best.",
        source=f"{CHALLENGES}learned routing is sub-optimal",
        unit=POINTS,
        measure=measured(behind),
        above=0,
        because=LEAD,
        gate=learned(),
    ),
    own_level(
        id="C12-margin",
        sentence="It is ahead by more than 2 points.",
        unit=POINTS,
        measure=measured(behind),
        above=BEHIND,
        because=BEFOREHAND,
    ),
    own(
        id="C12-named",
        sentence="It is also ahead of the best one of those that are told the domain's name and "
        "learn what to do with it: evolution, Polytropon, Gumbel straight-through and balanced "
        "Switch.",
        unit=POINTS,
        measure=measured(behind, "oracle", TOLD),
        above=0,
        because=LEAD,
    ),
    own(
        id="C12-taught-best",
        sentence="A router that is taught the domains' names in training, and not told them in "
        "tests, is ahead of the learned router that validation data find best.",
        source=ADDED,
        unit=POINTS,
        measure=measured(behind, "taught"),
        above=0,
        because=f"{LEAD}, then not one of what a router can see",
    ),
    own(
        id="C12-taught-one",
        sentence="It is ahead of one wide expert of as many numbers.",
        source=ADDED,
        unit=POINTS,
        measure=measured(ahead, Arm("taught"), Arm("one")),
        above=0,
        because=f"{LEAD}, then not one of what is told in a test",
    ),
    own_level(
        id="C12-nmi",
        sentence="Of the best learned router, domain and expert have a normalised mutual "
        "information below 0.9.",
        unit=NMI,
        measure=measured(best_meter, "nmi"),
        below=SPECIALISED,
        because=f"an oracle has 1; {BEFOREHAND}",
        limits=(0, 1),
    ),
    *(
        control(
            id=f"C13-{name}",
            sentence=sentence,
            unit=unit,
            measure=measured(function),
            below=EXACT,
            published=0,
            because=ROUNDING,
            grid=EXACT / 10,
        )
        for name, sentence, unit, function in (
            ("gradient", "A router of hard choices gets no gradient.", "largest", gradient),
            ("frozen", "Its choices are after training what they were.", "largest", drifted),
        )
    ),
    *(
        own(
            id=f"C13-{name}",
            sentence=f"{label} is ahead of hard choices by plain gradient, all blocks' at once.",
            unit=POINTS,
            measure=measured(
                ahead, ARGMAX._replace(router=name, grain=grain), ARGMAX._replace(grain=grain)
            ),
            above=0,
            because=f"{LEAD}; both see the same",
        )
        for name, label, grain in (
            ("reinforce", "REINFORCE", "example"),
            ("evolution", "Evolution, told the domain,", "task"),
            ("gumbel", "Gumbel straight-through", "example"),
        )
    ),
    control(
        id="N-shuffled",
        sentence="Told the next domain's name, the oracle keeps less than 0.1 of what its experts "
        "add.",
        unit="of what they add",
        measure=measured(left),
        below=MISMATCHED,
        because=f"of a wrong module {BEFOREHAND}; by construction, as labels conflict",
    ),
    control(
        id="N-hash",
        sentence="A hash of the signal tells nothing of the domain.",
        unit=NMI,
        measure=measured(meter, "nmi", Arm("hash")),
        below=RANDOM,
        because="of finite test examples chance leaves 0.0005",
        limits=(0, 1),
    ),
    control(
        id="N-untrained",
        sentence="Training raises the normalised mutual information of domain and expert of Gumbel "
        "straight-through.",
        unit=NMI,
        measure=measured(learned_meter, "nmi", Arm("gumbel")),
        above=0,
        because="an untrained router has not specialised",
    ),
)

PLACED = (
    *(
        own(
            id=f"C16-{SHORT[name]}",
            sentence=f"{label} specialises more with a choice for every signal than with one for "
            "every token.",
            unit=NMI,
            measure=measured(over, "nmi", Arm(name), Arm(name, level="layer", grain="token")),
            above=0,
            because="any more is the effect; the specification leaves it open",
        )
        for name, label in LEVELLED.items()
    ),
    *(
        own(
            id=f"C16-gain-{SHORT[name]}",
            sentence=f"Training makes {label} with a choice for every signal specialise by more "
            "than with one for every token.",
            source=ADDED,
            unit=NMI,
            measure=measured(
                gained_over, "nmi", Arm(name), Arm(name, level="layer", grain="token")
            ),
            above=0,
            because="any more is the effect; untrained choices differ in it, too",
        )
        for name, label in LEVELLED.items()
    ),
    *(
        own(
            id=f"C17-one-{SHORT[name]}",
            sentence=f"For one factor with two experts, one choice of {label}, told the domain's "
            "name, for all blocks is as good as one for each.",
            unit=POINTS,
            measure=measured(others_over_naive, name, "factor"),
            below=TIE,
            because="less than 1.5 points count as a tie, in this lab's specification",
            gate=factor_level,
        )
        for name, label in LEVELLED.items()
    ),
    *(
        own(
            id=f"C17-two-{SHORT[name]}",
            sentence=f"For two factors with two experts, a choice of {label}, told the domain's "
            "name, for each block is ahead of one for all.",
            unit=POINTS,
            measure=measured(others_over_naive, name, "factors"),
            above=0,
            because=LEAD,
            gate=factor,
        )
        for name, label in LEVELLED.items()
    ),
    *(
        control(
            id=f"N-ways-{SHORT[name]}",
            sentence=f"That lead of {label} is larger than for four domains that are no factors "
            "crossed.",
            unit=POINTS,
            measure=measured(crossed_over_plain, name),
            above=0,
            because="if not, it is one of more ways through the blocks, whatever the domains",
            gate=factor,
            source=ADDED,
        )
        for name, label in LEVELLED.items()
    ),
)

OF_ROUTERS = (*FAILURES, *REACHED, *PLACED)
