"""The claims 1 to 13 of the paper, a few about the sparse router, and the controls.

Where a claim speaks of many rules, these are the most that an architecture is trained with; few
are the fewest. Octaves are log2 of a ratio of losses. A claim about all architectures is judged on
those that have learned their tasks (`labs.modular_rules.learning`).
"""

from functools import partial

from labs.kit.claims import Claim
from labs.kit.measures import measured
from labs.modular_rules.gates import immature, unlearned, unlearned_equal
from labs.modular_rules.grid import OP_WIDE, SWITCH
from labs.modular_rules.measures import (
    ahead,
    better_aligned,
    change,
    collapse,
    end_to_end_gain,
    equal_width_growth,
    gain_over_rival,
    growth,
    gt_wins,
    learned,
    learned_collapse,
    less_collapse,
    less_rise,
    margin,
    misses,
    more_distinct,
    over,
    slower,
    specialised_gain,
    spread,
    wins,
    with_most,
)
from labs.modular_rules.published import ARCHITECTURES, GT, JOINT, MONOLITHIC, OP

PUBLISHED = "Mittal et al. 2022, "
FEDUS = "Fedus et al. 2021"
SETTINGS = 10  # of a task in `full`: 5 of architecture and rules that learn, two losses
MODULES = 128  # one of 32 modules, in one of 4 settings with most rules that learn
ALONE = (
    "Until 2026-11-27 also judged where told modules had not learned (attention's were at 59 to "
    "68 % of zero's loss)"
)
POOLED = (
    "Until 2026-11-27 over all architectures, attention, which had not learned, among them; since "
    "then over those whose told modules have learned"
)
ON_AVERAGE = "; its sentence says on average since then, as it was measured before"
claim = partial(Claim, gate=unlearned, changed=POOLED)
lead = partial(claim, unit="octaves", above=0)


def _of_architecture(key: str, name: str) -> tuple[Claim, ...]:
    own = partial(lead, gate=partial(unlearned, architecture=key), changed=ALONE)
    return (
        own(
            id=f"3-{key}",
            sentence=f"{name}: the more rules, the more perfect specialisation gains over "
            "Modular and Monolithic, on average of the two.",
            source=PUBLISHED + "Figure 4, in distribution",
            measure=measured(growth, end_to_end_gain, architecture=key),
            because="any growth of the gain in loss from fewest to most rules is the effect",
            changed=ALONE + ON_AVERAGE,
        ),
        own(
            id=f"6-{key}",
            sentence=f"{name}: with many rules perfect specialisation is better than every "
            "other model out of distribution, too.",
            source=PUBLISHED + "Figure 4, out of distribution",
            measure=measured(with_most, gain_over_rival, architecture=key),
            because="its loss is to be below that of the best other, chosen on other tasks",
        ),
        Claim(
            id=f"11-{key}",
            sentence=f"{name}: with many rules training aligns routers with the rules.",
            source=PUBLISHED + "Figure 5, Alignment: between random and perfect",
            unit="of random use",
            measure=measured(with_most, change, metric="alignment", architecture=key),
            below=-0.1,
            because="a tenth of the way from random to perfect, past the untrained network, is "
            "the least to be called specialisation",
            gate=partial(immature, architecture=key),
            changed=ALONE,
        ),
    )


CLAIMS = (
    claim(
        id="1",
        sentence="GT-Modular is the most frequent winner of the four models.",
        source=PUBLISHED + "Figure 3, left",
        unit="of settings",
        measure=gt_wins,
        above=0,
        because="its share of settings won is to exceed that of the next most frequent",
        grid=1 / SETTINGS,
        limits=(-1, 1),
    ),
    claim(
        id="2",
        sentence="Head to head, Modular wins more settings than Monolithic.",
        source=PUBLISHED + "Figure 3, right",
        unit="of settings",
        measure=measured(wins, model=JOINT, models=(JOINT, MONOLITHIC)),
        above=0.5,
        because="half is a draw",
        grid=1 / SETTINGS,
        limits=(0, 1),
    ),
    claim(
        id="2-gap",
        sentence="Not by a huge gap: Monolithic wins more than a quarter of them.",
        source=PUBLISHED + "Figure 3, right",
        unit="of settings",
        measure=measured(wins, model=JOINT, models=(JOINT, MONOLITHIC)),
        below=0.75,
        because="three to one would be a huge gap",
        grid=1 / SETTINGS,
        limits=(0, 1),
        gate=immature,
    ),
    lead(
        id="3-many",
        sentence="With many rules GT-Modular and Modular-op have, on average of the two, lower "
        "losses than Modular and Monolithic have on average.",
        source=PUBLISHED + "Figure 4, in distribution",
        measure=measured(with_most, specialised_gain),
        because="any lower loss of their mean is the effect",
        changed=POOLED + ON_AVERAGE,
    ),
    lead(
        id="4",
        sentence="Modular generally has a lower loss than Monolithic.",
        source=PUBLISHED + "Figure 4",
        measure=measured(over, ahead, model=JOINT, other=MONOLITHIC),
        because="any lower loss is the effect",
    ),
    claim(
        id="4-margin",
        sentence="Modular's lead over Monolithic is smaller than GT-Modular's over Modular.",
        source=PUBLISHED + "Figure 4: often only a small margin",
        unit="octaves",
        measure=measured(over, margin),
        below=0,
        because="the one lead is to be below the other",
    ),
    lead(
        id="5",
        sentence="With few rules the four models are closer to each other than with many.",
        source=PUBLISHED + "Figure 4 and section 7",
        measure=measured(growth, spread),
        because="any growth of the distance of the models that are best and worst on other tasks "
        "is the effect",
    ),
    *(own for pair in ARCHITECTURES.items() for own in _of_architecture(*pair)),
    lead(
        id="6-grow",
        sentence="The more rules, the more perfect specialisation gains out of distribution.",
        source=PUBLISHED + "Figure 4, out of distribution, and section 7",
        measure=measured(growth, end_to_end_gain, column="ood"),
        because="any growth from fewest to most rules is the effect",
        cause="Likely that most rules leave each module of the MLP 4 hidden units, too few to "
        "extrapolate its rule: with 16 rules, modules twice as wide led as far as with few rules.",
    ),
    lead(
        id="7-op",
        sentence="With many rules a router that sees the rule alone does better than one that "
        "sees everything.",
        source=PUBLISHED + "Figure 4: Modular does not find the right information",
        measure=measured(with_most, ahead, model=OP, other=JOINT),
        because="any lower loss of Modular-op is the effect",
    ),
    lead(
        id="7-gt",
        sentence="With many rules even the router that sees the rule alone stays behind perfect "
        "specialisation.",
        source=PUBLISHED + "Figure 4",
        measure=measured(with_most, ahead, model=GT, other=OP),
        because="any lower loss of GT-Modular is the effect",
    ),
    lead(
        id="8",
        sentence="Perfect specialisation trains faster than every other model.",
        source=PUBLISHED + "Figure 7",
        measure=measured(over, slower),
        because="the mean test loss over the training, of the zero predictor's, is to be below "
        "that of the fastest other, chosen on other tasks",
    ),
    *(
        claim(
            id=f"9-{name}",
            sentence=f"Training makes {label} collapse, with many rules: a module is used less "
            "than before.",
            source=PUBLISHED + "Figure 5, Collapse-Worst",
            unit="of Collapse-Worst",
            measure=measured(with_most, collapse, model=model),
            above=0,
            because="the untrained network is the null, since its worst module also falls with R",
        )
        for name, label, model in (("mod", "Modular", JOINT), ("op", "Modular-op", OP))
    ),
    claim(
        id="9-grow",
        sentence="The more rules, the more collapse training brings.",
        source=PUBLISHED + "Figure 5, Collapse-Worst",
        unit="of Collapse-Worst",
        measure=measured(growth, learned_collapse),
        above=0,
        because="any growth of the rise over the untrained network is the effect",
    ),
    *(
        claim(
            id=f"10-{name}",
            sentence=f"Modular-op collapses less than Modular: {label}.",
            source=PUBLISHED + f"Figure 6, {label}",
            unit=f"of {label}",
            measure=measured(over, less_collapse, model=OP, other=JOINT, metric=metric),
            below=0,
            because="any lower collapse, averaged over rules, is the effect",
        )
        for name, label, metric in (
            ("avg", "Collapse-Avg", "collapse_avg"),
            ("worst", "Collapse-Worst", "collapse_worst"),
        )
    ),
    claim(
        id="11-harder",
        sentence="The more rules, the less training aligns routers with them.",
        source=PUBLISHED + "Figure 5, Alignment",
        unit="of random use",
        measure=measured(growth, change, metric="alignment"),
        above=0,
        because="any growth of trained minus untrained Alignment is the effect: that of the "
        "untrained network grows by itself",
    ),
    claim(
        id="12-train",
        sentence="After training the module tells something of the rule.",
        source=PUBLISHED + "Figure 6, Inverse Mutual Information: better than random activation",
        unit="of random use",
        measure=measured(over, change, metric="inverse_mi"),
        below=-0.1,
        because="a tenth of all that there is to tell, past the untrained network",
        gate=immature,
    ),
    claim(
        id="12-op",
        sentence="Modular-op is better specialised than Modular.",
        source=PUBLISHED + "Figure 6: marginally",
        unit="of random use",
        measure=measured(over, better_aligned, model=OP, other=JOINT),
        below=0,
        because="any lower Alignment, averaged over rules, is the effect",
    ),
    claim(
        id="12-far",
        sentence="With many rules trained routers are nearer to random than to perfect.",
        source=PUBLISHED + "Figure 6 and section 7: far from optimal specialisation",
        unit="of random use",
        measure=measured(with_most, learned, metric="alignment"),
        above=0.5,
        because="0.5 is half way from the ground truth to the uniform matrix",
        limits=(0, 1),
        gate=immature,
    ),
    claim(
        id="13",
        sentence="With many rules a router that sees the rule alone does not give each rule a "
        "module of its own.",
        source=PUBLISHED + "section 7: attainable, but not found by back-propagation",
        unit="of tasks",
        measure=measured(misses, model=OP),
        share=True,
        above=0.5,
        because="in most tasks at most half of the networks are to find what all can represent",
        gate=immature,
    ),
    claim(
        id="S-collapse",
        sentence="With many rules a sparse router with a balancing loss collapses less than "
        "Modular.",
        source=f"{FEDUS}, equations 4 to 6; not in the paper",
        unit="of Collapse-Worst",
        measure=measured(with_most, less_collapse, model=SWITCH, other=JOINT),
        below=0,
        because="any lower collapse is the effect",
        family="own",
    ),
    claim(
        id="S-special",
        sentence="With many rules more modules are the first of some rule with a sparse router and "
        "a balancing loss than in Modular.",
        source=f"{FEDUS}; not in the paper",
        unit="of modules",
        measure=measured(with_most, more_distinct, model=SWITCH, other=JOINT),
        above=0,
        because="the most active module is what a hard and a soft router have in common",
        family="own",
        grid=1 / MODULES,
    ),
    lead(
        id="S-loss",
        sentence="With many rules a sparse router with a balancing loss has a lower loss than "
        "Modular.",
        source=f"{FEDUS}; not in the paper",
        measure=measured(with_most, ahead, model=SWITCH, other=JOINT),
        because="any lower loss is the effect",
        family="own",
        cause="Only the chosen module learns from an example, and with many rules some are never "
        "chosen (Collapse-Worst near 1), in spite of the balancing loss.",
    ),
    lead(
        id="state",
        sentence="RNN with equally wide states: the more rules, the more perfect specialisation "
        "gains.",
        source="control of Figure 4: matched parameters narrow the shared state as rules grow",
        measure=equal_width_growth,
        because="any growth of the gain, as in 3-rnn",
        family="control",
        gate=unlearned_equal,
        changed=ALONE + "; since then it is told modules with equal states that must have",
    ),
    claim(
        id="wide",
        sentence="MHA: training makes a wide router by rule collapse less than the published one.",
        source="control of Figure 5: the published router narrows as rules grow",
        unit="of Collapse-Worst",
        measure=measured(with_most, less_rise, model=OP_WIDE, other=OP, architecture="mha"),
        below=0,
        because="any lower rise over the untrained network is the effect",
        family="control",
        gate=partial(unlearned, architecture="mha"),
        changed=ALONE,
    ),
)
