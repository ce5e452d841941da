"""Claims C2, C4, C7, C9, C10 and C27, the article's signs, and controls: what methods buy."""

from functools import partial
from math import log2

from labs.adapters.comparisons import (
    OF_ONE_RUN,
    PICKED,
    PICKS,
    d90,
    dimension_over,
    few_over_full,
    full_over_best,
    lead,
    smaller,
    third_of_best,
)
from labs.adapters.gates import (
    gap_levels,
    gaps,
    level,
    offering,
    offering_levels,
    unlearned,
)
from labs.adapters.grid import SWEPT
from labs.adapters.measures import (
    ahead,
    behind_oracle,
    over_nearest,
    third,
    told_rightly,
)
from labs.adapters.published import CHEAP, DIMENSION, REACHED
from labs.adapters.sources import ARTICLE, BEFOREHAND, PREDICTED, TABLE
from labs.kit.claims import Claim
from labs.kit.measures import measured
from labs.nn.modules.methods import PARAMETERS

OF_GAP = "of the gap"

CHEAPNESS = tuple(
    Claim(
        id=f"C2-{key}",
        family="own",
        sentence=f"{who} closes 80 % of the gap in three domains or more.",
        source=PREDICTED,
        unit=OF_GAP,
        measure=measure,
        above=REACHED,
        because=f"of the third best domain's gap it is to close 0.8; {BEFOREHAND}",
        gate=gap_levels,
    )
    for key, who, measure in (
        ("best", "The best module of at most 4 % of the parameters", measured(third_of_best)),
        ("lora-all", "LoRA of all six maps", measured(third, "lora-all")),
        ("adapter", "The adapter", measured(third, "adapter")),
    )
)

SIZES = tuple(
    Claim(
        id=f"C4-{row}",
        sentence=f"To close 80 % of the gap {row} composition needs fewer parameters than {other} "
        "composition, of the sizes that were tried.",
        source=f"{TABLE}parameter efficiency",
        unit="octaves",
        measure=measured(smaller, row, other),
        below=0,
        because="the smallest share of the one's sizes that does is to be below that of the "
        "other's; where none does it counts as 100 %",
        grid=1,
        gate=partial(offering, domains=SWEPT),
    )
    for row, other in (("input", "parameter"), ("parameter", "function"))
)

PERFORMANCE = (
    *(
        Claim(
            id=f"C7-{row}-{pick}",
            sentence=f"With 0.3 to 3 % of the parameters {row} composition closes more of the gap "
            f"than {other} composition, {PICKED[pick]}.",
            source=f"{TABLE}performance",
            unit=OF_GAP,
            measure=measured(lead, row, other, pick),
            above=0,
            because="any lead is the effect; validation data choose the best",
            gate=gaps,
        )
        for row, other in (("function", "parameter"), ("parameter", "input"))
        for pick in PICKS
    ),
    Claim(
        id="C7-full",
        family="own",
        sentence="With 1,500 examples full fine-tuning is ahead of the best module of at most 4 % "
        "of the parameters.",
        source=PREDICTED,
        unit="points",
        measure=measured(full_over_best),
        above=0,
        because="any lead is the effect; validation data choose the best",
        gate=gaps,
    ),
    Claim(
        id="C7-full-twice",
        family="own",
        sentence="Two runs of full fine-tuning are ahead of that module, which may have taken two.",
        source="control of the specification's prediction: one run is no ceiling of two",
        unit="points",
        measure=measured(full_over_best, "full-twice"),
        above=0,
        because="any lead is the effect; validation data choose the best",
        gate=gaps,
    ),
    *(
        Claim(
            id=f"C7-{row}-once",
            family="own",
            sentence=f"The same of {row} over {other} composition, told by the best of their "
            "methods that train once.",
            source=f"{TABLE}performance",
            unit=OF_GAP,
            measure=measured(lead, row, other, OF_ONE_RUN),
            above=0,
            because="any lead is the effect; pruning methods train twice",
            gate=gaps,
        )
        for row, other in (("function", "parameter"), ("parameter", "input"))
    ),
    Claim(
        id="C7-few",
        family="own",
        sentence="With 100 examples the best module of at most 4 % is more than a point ahead of "
        "full fine-tuning.",
        source=PREDICTED,
        unit="points",
        measure=measured(few_over_full),
        above=1,
        because=f"less is a tie; {BEFOREHAND}",
        gate=gap_levels,
    ),
)

LT_SFT = measured(ahead, "lt-sft-0.5", "random-0.5", SWEPT)
TICKETS = (
    Claim(
        id="C9-random",
        family="own",
        sentence="With 0.5 % of the parameters those that move most are more than 2 points ahead "
        "of as many drawn at random.",
        source=PREDICTED,
        unit="points",
        measure=LT_SFT,
        above=2,
        because=BEFOREHAND,
        gate=level,
    ),
    Claim(
        id="C9-less",
        family="own",
        sentence="With 8 % of the parameters that lead is smaller.",
        source=PREDICTED,
        unit="points",
        measure=LT_SFT - measured(ahead, "lt-sft-8", "random-8", SWEPT),
        above=0,
        because="any fall from 0.5 to 8 % is the effect",
        gate=unlearned,
    ),
    Claim(
        id="C9-largest",
        family="own",
        sentence="With 0.5 % of the parameters those that move most are ahead of those that are "
        "largest.",
        source=PREDICTED,
        unit="points",
        measure=measured(ahead, "lt-sft-0.5", "largest-0.5", SWEPT),
        above=0,
        because="any lead is the effect",
        gate=unlearned,
    ),
    Claim(
        id="C9-rewinding",
        family="own",
        sentence="With 0.5 % of the parameters going back to the base before the second run is "
        "ahead of going on.",
        source=PREDICTED,
        unit="points",
        measure=measured(ahead, "lt-sft-0.5", "without-rewinding", SWEPT),
        above=0,
        because="any lead is the effect; what goes on has trained twice as long",
        gate=unlearned,
    ),
)

LOW, HIGH = map(log2, DIMENSION)
DIMENSIONS = (
    *(
        Claim(
            id=f"C10-low-{domain}",
            sentence=f"The intrinsic dimension of an adaptation ({domain}) is low: far below the "
            "number of parameters.",
            source=f"{ARTICLE}low intrinsic dimension",
            unit="octaves",
            measure=measured(d90, domain),
            below=log2(CHEAP / 100 * PARAMETERS),
            because="90 % of the gap is to be closed by 4 % of 66,346 numbers or fewer, as C2 "
            "calls cheap; the largest that was tried has 3 %",
            grid=1,
            gate=partial(offering, domains=(domain,)),
        )
        for domain in SWEPT
    ),
    *(
        Claim(
            id=f"C10-size-{domain}",
            family="own",
            sentence=f"It lies between 100 and 1,000 ({domain}).",
            source=PREDICTED,
            unit="octaves",
            measure=measured(d90, domain),
            within=(LOW, HIGH),
            because="they are 6.64 and 9.97 octaves (2 to the power of them numbers); "
            f"{BEFOREHAND}",
            grid=1,
            gate=partial(offering_levels, domains=(domain,)),
        )
        for domain in SWEPT
    ),
    *(
        Claim(
            id=f"C10-{domain}",
            family="own",
            sentence=f"It is larger for {what} ({domain}) than for a change of height (gain).",
            source=PREDICTED,
            unit="octaves",
            measure=measured(dimension_over, domain, "gain"),
            above=0,
            because="any larger dimension is the effect",
            grid=1,
            gate=partial(offering, domains=(domain, "gain")),
        )
        for domain, what in (("diff", "slopes"), ("stretch", "another scale of time"))
    ),
)

INSIDE, OUTSIDE = (measured(behind_oracle, domain) for domain in ("ramp 1.5", "ramp 3"))
HYPERNETWORKS = (
    Claim(
        id="C27-between",
        family="own",
        sentence="For a ramp between two that it knows a hypernetwork's adapter is less than 3 "
        "points behind a trained one.",
        source=PREDICTED,
        unit="points",
        measure=INSIDE,
        below=3,
        because=BEFOREHAND,
        gate=partial(offering_levels, domains=("ramp 1.5",)),
    ),
    Claim(
        id="C27-beyond",
        family="own",
        sentence="For a steeper ramp than any that it knows it is further behind.",
        source=PREDICTED,
        unit="points",
        measure=OUTSIDE - INSIDE,
        above=0,
        because="any larger distance is the effect",
        gate=partial(offering, domains=("ramp 1.5", "ramp 3")),
    ),
    Claim(
        id="C27-nearest",
        family="own",
        sentence="There what it writes is ahead of what it writes for the nearest ramp it knows.",
        source=PREDICTED,
        unit="points",
        measure=measured(over_nearest, "ramp 1.5"),
        above=0,
        because="any lead is the effect",
        gate=partial(offering, domains=("ramp 1.5",)),
    ),
    Claim(
        id="C27-metadata",
        family="control",
        sentence="A hypernetwork that was told the metadata of other domains does worse.",
        source=PREDICTED,
        unit="points",
        measure=measured(told_rightly),
        above=0,
        because="any lead of the true metadata, mean over the unseen domains, is the effect",
        gate=unlearned,
    ),
)

BOUGHT = (
    *CHEAPNESS,
    *SIZES,
    *PERFORMANCE,
    *TICKETS,
    *DIMENSIONS,
    *HYPERNETWORKS,
)
