"""The claims 9 to 13, about the use of modules: do they collapse, do they specialise, and has every
rule one of its own? And what all claims share."""

from functools import partial

from labs.kit.claims import Claim
from labs.kit.measures import measured
from labs.modular_rules.gates import immature, unlearned
from labs.modular_rules.grid import OP_WIDE, SWITCH
from labs.modular_rules.measures import (
    better_aligned,
    change,
    collapse,
    growth,
    learned_collapse,
    less_collapse,
    less_rise,
    misses,
    more_distinct,
    over,
    with_most,
)
from labs.modular_rules.published import JOINT, OP

PUBLISHED = "Mittal et al. 2022, "
FEDUS = "Fedus et al. 2021"
MODULES = 128  # one of 32 modules, in one of 4 settings with most rules that learn
ALONE = (
    "Until 2026-11-27 also judged where told modules had not learned (attention's were at 59 to "
    "68 % of zero's loss)"
)
POOLED = (
    "Until 2026-11-27 over all architectures, attention, which had not learned, among them; since "
    "then over those whose told modules have learned"
)
WORST = (
    "until 2026-11-28 of the networks of all architectures together: half are the MLP's, which "
    "never find it, so that it could not fail"
)
DIRECTION = (
    "; until 2026-11-28 it asked for -0.1, a margin of ours that {}; since, a direction is judged "
    "at 0"
)
claim = partial(Claim, gate=unlearned, changed=POOLED)

USE = (
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
    claim(
        id="9-avg",
        sentence="Training makes Modular and Modular-op, on average of the two, collapse, with "
        "many rules: modules are used more unevenly than before.",
        source=PUBLISHED + "Figure 5, Collapse-Avg",
        unit="of Collapse-Avg",
        measure=measured(with_most, learned_collapse, metric="collapse_avg"),
        above=0,
        because="the untrained network is the null, as for 9-mod",
        changed="",
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
    *(
        claim(
            id=f"11-{key}",
            sentence=f"The more rules, the less training specialises routers by {name}.",
            source=PUBLISHED + f"Figure 5, {name}",
            unit="of random use",
            measure=measured(growth, change, metric=metric),
            above=0,
            because="any growth of trained minus untrained is the effect, as for 11-harder",
            changed="",
        )
        for key, metric, name in (
            ("adapt", "adaptation", "Adaptation"),
            ("imi", "inverse_mi", "Inverse Mutual Information"),
        )
    ),
    claim(
        id="12-train",
        sentence="After training the module tells something of the rule.",
        source=PUBLISHED + "Figure 6, Inverse Mutual Information: better than random activation",
        unit="of random use",
        measure=measured(over, change, metric="inverse_mi"),
        below=0,
        because="any value below that of the untrained network is the effect",
        changed=POOLED + DIRECTION.format("-0.44 passed"),
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
    *(
        claim(
            id=id,
            sentence=f"In no architecture does, with many rules, a router that sees {what} give "
            "each rule a module of its own.",
            source=PUBLISHED + "section 7: attainable, but not found by back-propagation",
            unit="of tasks",
            measure=measured(misses, model=model),
            share=True,
            above=0.5,
            because="in most tasks at most half of the networks are to find what all can "
            "represent, in the architecture in which the other tasks' find it most often",
            gate=immature,
            changed=changed,
        )
        for id, what, model, changed in (
            ("13", "the rule alone", OP, f"{POOLED}; {WORST}"),
            ("13-mod", "everything", JOINT, WORST),
        )
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
