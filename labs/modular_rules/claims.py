"""The claims 1 to 13 of the paper, a few about the sparse router, and the controls.

Where a claim speaks of many rules, these are the most that an architecture is trained with; few
are the fewest. Octaves are log2 of a ratio of losses. A claim about all architectures is judged on
those that have learned their tasks (`labs.modular_rules.learning`).
"""

from functools import partial

from labs.kit.claims import Claim
from labs.kit.measures import measured
from labs.modular_rules.claims_of_use import ALONE, DIRECTION, FEDUS, POOLED, PUBLISHED, USE, claim
from labs.modular_rules.gates import immature, unlearned, unlearned_equal
from labs.modular_rules.grid import MODELS, SWITCH
from labs.modular_rules.measures import (
    ahead,
    change,
    end_to_end_gain,
    equal_width_growth,
    faster,
    gain_over_rival,
    growth,
    gt_wins,
    learned,
    margin,
    over,
    slower,
    specialised_gain,
    spread,
    wins,
    with_most,
)
from labs.modular_rules.published import ARCHITECTURES, GT, JOINT, MONOLITHIC, OP

SETTINGS = 10  # of a task in `full`: 5 of architecture and rules that learn, two losses
ON_AVERAGE = "; its sentence says on average since then, as it was measured before"
APART = (
    "Until 2026-11-28 one claim, the mean over the architectures that have learned, {}: it hid "
    "that the MLP and the RNN are on different sides"
)
FEW_UNITS = (
    "Likely that most rules leave each module of the MLP 4 hidden units, too few to extrapolate "
    "its rule."
)
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
        own(
            id=f"6-grow-{key}",
            sentence=f"{name}: the more rules, the more perfect specialisation gains out of "
            "distribution.",
            source=PUBLISHED + "Figure 4, out of distribution, and section 7",
            measure=measured(growth, end_to_end_gain, column="ood", architecture=key),
            because="any growth from fewest to most rules is the effect",
            cause=FEW_UNITS if key == "mlp" else "",
            changed=APART.format("-0.22 octaves, undecided"),
        ),
        Claim(
            id=f"11-{key}",
            sentence=f"{name}: with many rules training aligns routers with the rules.",
            source=PUBLISHED + "Figure 5, Alignment: between random and perfect",
            unit="of random use",
            measure=measured(with_most, change, metric="alignment", architecture=key),
            below=0,
            because="any Alignment below that of the untrained network is the effect",
            gate=partial(unlearned, architecture=key),
            changed=ALONE + DIRECTION.format("contradicted the MLP's by -0.071"),
        ),
        Claim(
            id=f"12-far-{key}",
            sentence=f"{name}: with many rules trained routers are nearer to random than to "
            "perfect.",
            source=PUBLISHED + "Figure 6 and section 7: far from optimal specialisation",
            unit="of random use",
            measure=measured(with_most, learned, metric="alignment", architecture=key),
            above=0.5,
            because="0.5 is half way from the ground truth to the uniform matrix",
            limits=(0, 1),
            gate=partial(immature, architecture=key),
            changed=APART.format("0.676, which held"),
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
        lead(
            id=f"8-{name}",
            sentence=f"{MODELS[model]} trains faster than {MODELS[other]}.",
            source=PUBLISHED + "Figure 7: the order is that of Figure 4",
            measure=measured(over, faster, model=model, other=other),
            because="the mean test loss over the training, of the zero predictor's, is to be below "
            "the other's",
            changed="",
        )
        for name, model, other in (("op", OP, JOINT), ("mod", JOINT, MONOLITHIC))
    ),
    *USE,
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
)
