"""The claims about the interpolation threshold of strongly trained networks: DD5, the half of DD7
that is about K, and DD9; after the sentence of 2020 that was withdrawn."""

import math
from functools import partial

from labs.double_descent import thresholds
from labs.double_descent.gates import FITS, LAW
from labs.double_descent.grid import DROPPED, LOSSES, MERGED
from labs.double_descent.published import TEXT_2020
from labs.kit.claims import Claim
from labs.kit.measures import measured

LIMITS_CHANGED = "The limits were 0.5 octaves until the first results of 2026-11-21 08:05 (3881062)"
BETWEEN = (
    "Until 2026-11-27 a threshold was a size of the sweep and its step a tolerance; since, it is "
    "interpolated between two sizes"
)
CENSORED = (
    f"{BETWEEN}, and a replicate with a threshold beyond the widths, left out before, counts by "
    "censored regression"
)
TELLS_APART = "the sentence tells slopes of 0 and 1 apart; 0.25 is half the way to their middle"
OURS = f"our reading of: {TEXT_2020}"

slope = partial(Claim, source=TEXT_2020, unit="slope", because=TELLS_APART)
step = partial(
    Claim,
    family="control",
    source="control: does failing to fit mean too few parameters?",
    unit="octaves of parameters",
    because="a step is half an octave, up to the rounding to whole units",
    changed=f"{LIMITS_CHANGED}. {BETWEEN}",
)
own = partial(Claim, family="own", source=OURS)

SLOPES = (
    slope(
        id="DD5-nll-n",
        sentence="With cross-entropy the threshold grows like n.",
        published=1,
        measure=measured(thresholds.slope, "nll", "examples"),
        within=(0.75, 1.25),
        gate=LAW["nll"],
        cause="Likely labels that can be learned need fewer parameters each when there are many, "
        "and nets of a few units find a fit harder than more units do.",
        changed=CENSORED,
    ),
    slope(
        id="DD5-mse-n",
        sentence="With squared error the threshold grows like n.",
        published=1,
        measure=measured(thresholds.slope, "mse", "examples"),
        within=(0.75, 1.25),
        gate=LAW["mse"],
        changed=CENSORED,
    ),
    slope(
        id="DD5-mse-k",
        sentence="With squared error the threshold grows like K.",
        published=1,
        measure=measured(thresholds.slope, "mse", "classes"),
        within=(0.75, 1.25),
        gate=LAW["mse"],
        cause="One-hot targets sum to one, so K outputs are K - 1 targets, and those grow faster "
        "than K.",
        changed=CENSORED,
    ),
    slope(
        id="DD7-nll-k",
        sentence="With cross-entropy the threshold does not depend on K.",
        published=0,
        measure=measured(thresholds.slope, "nll", "classes"),
        within=(-0.25, 0.25),
        gate=LAW["nll"],
        changed=CENSORED,
    ),
)

LEVELS = tuple(
    Claim(
        id=f"DD5-{loss}-level",
        sentence=f"The threshold of {LOSSES[loss]} lies at {unit} parameters, to a factor of 2.",
        source=TEXT_2020,
        published=1,
        unit=f"parameters / {unit}",
        measure=measured(thresholds.level, loss),
        within=(0.5, 2),
        because="the sentence names orders of growth; beyond a factor of 2 the law misleads",
        limits=(0, math.inf),
        gate=LAW[loss],
        changed=CENSORED,
    )
    for loss, unit in (("nll", "n"), ("mse", "n K"))
)

CONTROLS = (
    *(
        step(
            id=f"DD5-{loss}-half",
            sentence=f"With most examples half the training moves the threshold of {words} by less "
            "than a step of the sweep.",
            measure=measured(thresholds.moved, loss, "effort"),
            within=(-0.4, 0.4),
            cause="Training was not at rest: thresholds there are upper bounds.",
        )
        for loss, words in LOSSES.items()
    ),
    *(
        step(
            id=f"DD5-{loss}-start",
            sentence="With fewest examples the better of two starts lowers the threshold of "
            f"{words} by less than a step of the sweep.",
            measure=measured(thresholds.restarted, loss),
            within=(-0.4, 0.4),
            grid=0.5,  # it is zero wherever the second start is no better
            limits=(-math.inf, 0),
        )
        for loss, words in LOSSES.items()
    ),
)

UNUSED = own(
    id="DD5-mse-unused",
    sentence="With squared error outputs count even where no label uses them: ten outputs for "
    "two labels need at least twice the parameters of two.",
    unit="octaves of parameters",
    measure=measured(thresholds.moved, "mse", "outputs"),
    above=1,
    because="n K with K outputs predicts 5 times, 2.3 octaves; the same width alone has 0.25",
    gate=LAW["mse"],
    cause="A zero output weight fits an unused output at once: K counts the labels in use.",
    changed=BETWEEN,
)


def _dropped(loss: str, base: str, law: int, words: str) -> tuple[Claim, Claim]:
    dropped, merged = (
        measured(thresholds.slope_over_digits, loss, digits) for digits in (DROPPED, MERGED)
    )
    return (
        own(
            id=f"{base}-dropped",
            sentence=f"With {LOSSES[loss]}, and K classes by dropping digits, the threshold "
            f"{words}.",
            published=law,
            unit="slope",
            measure=dropped,
            within=(law - 0.25, law + 0.25),
            because=TELLS_APART,
            gate=LAW[loss],
        ),
        own(
            id=f"{base}-digits",
            sentence=f"With {LOSSES[loss]} the slope over K is the same whether digits are merged "
            "or dropped.",
            unit="slope",
            measure=dropped - merged,
            within=(-0.25, 0.25),
            because="no more than half the way between the two laws",
            gate=LAW[loss],
        ),
    )


DIGITS = (
    *_dropped("nll", "DD7-nll-k", 0, "does not depend on K"),
    *_dropped("mse", "DD5-mse-k", 1, "grows like K"),
)


def _net(net: str, words: str) -> tuple[Claim, Claim]:
    gate = partial(FITS, sweeps=(f"fit_{net}", "nll"))
    return (
        own(
            id=f"DD9-{net}-level",
            sentence=f"The {words}'s threshold lies at n parameters, to a factor of 2.",
            unit="parameters / n",
            measure=measured(thresholds.per_example, net),
            within=(0.5, 2),
            because="it is what is asked of the MLP",
            limits=(0, math.inf),
            gate=gate,
        ),
        own(
            id=f"DD9-{net}-harder",
            sentence=f"The {words}'s threshold is harder to predict than the MLP's: it lies "
            "further from n.",
            unit="octaves of parameters",
            measure=measured(thresholds.harder, net),
            above=0,
            because="the sentence is about a direction",
            gate=gate,
        ),
    )


NETS = (*_net("cnn", "CNN"), *_net("gru", "GRU"), *_net("transformer", "transformer"))
