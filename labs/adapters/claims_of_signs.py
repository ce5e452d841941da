"""The article's signs against the measured order of its rows, and negative controls."""

from functools import partial

from labs.adapters.comparisons import PICKED, PICKS, tau
from labs.adapters.gates import gaps, level, offering, unlearned
from labs.adapters.grid import CONTROLLED, MAIN, NO_GAP, SWEPT
from labs.adapters.measures import gained
from labs.adapters.published import COLUMNS
from labs.adapters.sources import BEFOREHAND, PREDICTED, RULE, TABLE
from labs.kit.claims import Claim
from labs.kit.measures import measured
from labs.nn.modules.methods import METHODS

NAMED = {
    "parameters": "parameter efficiency",
    "training": "training efficiency",
    "inference": "inference efficiency",
    "performance": "performance",
}
AGREEMENT = tuple(
    Claim(
        id=f"T-{column}-{pick}",
        sentence=f"The article's signs of {NAMED[column]} go with the measured order of its three "
        f"rows rather than against it, {PICKED[pick]}.",
        source=f"{TABLE}{NAMED[column]}",
        published=1,
        unit="tau",
        measure=measured(tau, column, pick),
        above=0,
        because="Kendall's tau is 1 for the article's order, 0 for no relation",
        grid=2 / 3,
        limits=(-1, 1),
        gate=partial(offering, domains=SWEPT) if column == "parameters" else gaps,
    )
    for column in COLUMNS
    for pick in PICKS
)

CONTROLS = (
    *(
        Claim(
            id=f"N-{domain}-{name}",
            family="control",
            sentence=f"Where information is lost ({domain}) {METHODS[name].label} stays within 2 "
            "points of the base.",
            source=PREDICTED,
            unit="points",
            measure=measured(gained, name, domain),
            within=(-2, 2),
            because=f"more would be a leak, or a gap after all; {BEFOREHAND}",
            gate=level,
            cause="Likely: the base has not seen such signals and can learn to read them better; "
            "test examples are fresh, so that nothing leaks.",
        )
        for domain in NO_GAP
        for name in CONTROLLED
    ),
    *(
        Claim(
            id=f"N-labels-{domain}",
            family="control",
            sentence=f"Permuting the base's answers is not enough for {domain}: full fine-tuning "
            "is ahead.",
            source=RULE,
            unit="points",
            measure=measured(gained, "full", domain, "remapped"),
            above=0,
            because="any lead is the effect",
            gate=unlearned,
        )
        for domain in MAIN
    ),
)

SIGNS_AND_CONTROLS = (*AGREEMENT, *CONTROLS)
