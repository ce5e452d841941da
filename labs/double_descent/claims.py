"""The claims DD1 to DD8, each with the published value and the reason for its rule.

One number per replicate, whose networks share data, start and batch order. How far a curve moves
and where it turns is judged on networks that trained as long as the published ones, or where that
is not known as those of `full`; whether it moves, and whether two curves of the same networks turn
at the same size, however long they trained.
"""

import math
from functools import partial

from labs.double_descent import measures
from labs.double_descent.grid import LOSSES
from labs.double_descent.measures import at, least, over_time
from labs.double_descent.published import (
    EXAMPLES,
    EXAMPLES_2020,
    NAKKIRAN,
    STEPS,
    STEPS_2020,
    TEXT_2020,
    V1,
    V5,
)
from labs.kit.claims import Claim, Protocol
from labs.kit.measures import measured
from labs.kit.table import Table


def short(table: Table, *, sweeps: tuple[str, ...], steps: int, examples: int = 0) -> str:
    """Why the networks of sweeps are not those that a claim is about; empty where they are."""
    protocol = Protocol({"steps": steps, "examples": examples})
    reasons = (protocol(table.where(sweep=sweep, effort=1.0)) for sweep in sweeps)
    return next(filter(None, reasons), "")


FIGURE_5 = partial(short, steps=STEPS, examples=EXAMPLES)
FIGURE_6 = partial(short, sweeps=("mlp2020",), steps=STEPS_2020, examples=EXAMPLES_2020)
LAW = {loss: partial(short, sweeps=(loss,), steps=5000) for loss in LOSSES}  # steps of `full`
old = partial(at, sweep="mlp2020", column="final_test_loss")
in_time = partial(at, curves=over_time, sweep="noise")

FALL_CHANGED = (
    "The measure was the lesser of rise and fall from 2026-11-21 07:03 (commit 2d3fbcc) to 07:46 "
    "(e465063); before and since it is peak minus end"
)
LIMITS_CHANGED = "The limits were 0.5 octaves until the first results of 2026-11-21 08:05 (3881062)"
CLEAR = "is clear of the noise of one run and below both published moves"
TELLS_APART = "the sentence tells slopes of 0 and 1 apart; 0.25 is half the way to their middle"

DESCENTS = (("noise", "MLP", 6.8, 8.6), ("cnn", "CNN", 14.2, 6.1))  # with published values


def _descent(sweep: str, net: str, rise: float, fall: float) -> tuple[Claim, Claim]:
    value = partial(at, sweep=sweep)
    points = partial(Claim, source=V5, unit="points", gate=partial(FIGURE_5, sweeps=(sweep,)))
    return (
        points(
            id=f"DD1-{sweep}-rise",
            sentence=f"With label noise the {net}'s test error rises by 4 points or more from its "
            "valley to a later peak.",
            published=rise,
            measure=value("peak") - value("valley"),
            above=4,
            because=f"4 {CLEAR}",
        ),
        points(
            id=f"DD1-{sweep}-fall",
            sentence=f"From that peak to the largest size the {net}'s test error falls by 5 points "
            f"or more (a second descent if DD1-{sweep}-rise holds too).",
            published=fall,
            measure=value("peak") - value("end"),
            above=5,
            because=f"5 {CLEAR}",
            changed=FALL_CHANGED,
        ),
    )


# Slopes of the threshold, after the withdrawn sentence of 2020.
slope = partial(Claim, source=TEXT_2020, unit="slope", because=TELLS_APART)
step = partial(
    Claim,
    family="control",
    source="control: does failing to fit mean too few parameters?",
    unit="octaves of parameters",
    because="a step is half an octave, up to the rounding to whole units",
    grid=0.5,
    cause="Training was not at rest: thresholds there are upper bounds.",
    changed=LIMITS_CHANGED,
)

CLAIMS = (
    *(claim for row in DESCENTS for claim in _descent(*row)),
    Claim(
        id="DD1-noise-where",
        sentence="The MLP's test error peaks at around 50 hidden units.",
        source=V5,
        published=47,
        unit="hidden units",
        measure=measured(measures.peak_size, "noise"),
        within=(35, 71),
        because="50 times or divided by the square root of 2, one or two steps of the sweep",
        grid=14,  # 47 and 61
        gate=partial(FIGURE_5, sweeps=("noise",)),
    ),
    Claim(
        id="DD2",
        sentence="Without noise test error has no peak: with 30 to 70 units it exceeds that "
        "with the width before them by less than 1.5 points.",
        source=V5,
        published=0.6,
        unit="points",
        measure=measures.bump,
        below=1.5,
        because="published errors between 27 and 61 units differ by 0.7, single runs by about 1",
        gate=partial(FIGURE_5, sweeps=("clean",)),
    ),
    *(
        Claim(
            id=f"DD3-{sweep}",
            sentence="On average test loss peaks at the first size without training error or at "
            f"the one beside it ({what}).",
            source=V5,
            published=0,
            unit="sizes of the sweep",
            measure=measured(measures.loss_from_threshold, sweep),
            within=(-1.5, 1.5),
            because="an average beyond 1.5 rounds to two sizes, and one is as near as a sweep can "
            "tell",
            grid=1,
        )
        for sweep, what in (("clean", "MLP, clean"), ("noise", "MLP, noise"), ("cnn", "CNN, noise"))
    ),
    Claim(
        id="DD4",
        sentence="Label noise moves the MLP's interpolation threshold to larger widths.",
        source=V5,
        published=0.38,
        unit="octaves of width",
        measure=measures.noise_shift,
        above=0,
        because="any shift to the right confirms it (published 47 to 61)",
        grid=0.38,
    ),
    slope(
        id="DD5-nll-n",
        sentence="With cross-entropy the threshold grows like n.",
        published=1,
        measure=measured(measures.slope, "nll", "examples"),
        within=(0.75, 1.25),
        grid=0.04,  # one of the nine thresholds of a replicate moves by half an octave
        gate=LAW["nll"],
        cause="Labels that can be learned need fewer parameters each when there are many; and nets "
        "of a few units find a fit harder than more units do.",
    ),
    slope(
        id="DD5-mse-n",
        sentence="With squared error the threshold grows like n.",
        published=1,
        measure=measured(measures.slope, "mse", "examples"),
        within=(0.75, 1.25),
        grid=0.04,
        gate=LAW["mse"],
    ),
    slope(
        id="DD5-mse-k",
        sentence="With squared error the threshold grows like K.",
        published=1,
        measure=measured(measures.slope, "mse", "classes"),
        within=(0.75, 1.25),
        grid=0.07,
        gate=LAW["mse"],
        cause="One-hot targets sum to one, so K outputs are K - 1 targets, and those grow faster "
        "than K.",
    ),
    *(
        Claim(
            id=f"DD5-{loss}-level",
            sentence=f"The threshold of {LOSSES[loss]} lies at {unit} parameters, to a factor of "
            "2.",
            source=TEXT_2020,
            published=1,
            unit=f"parameters / {unit}",
            measure=measured(measures.level, loss),
            within=(0.5, 2),
            because="the sentence names orders of growth; beyond a factor of 2 the law misleads",
            grid=0.04,
            limits=(0, math.inf),
            gate=LAW[loss],
        )
        for loss, unit in (("nll", "n"), ("mse", "n K"))
    ),
    *(
        step(
            id=f"DD5-{loss}-half",
            sentence=f"With most examples half the training moves the threshold of {words} by less "
            "than a step of the sweep.",
            measure=measured(measures.moved, loss, "effort"),
            within=(-0.4, 0.4),
        )
        for loss, words in LOSSES.items()
    ),
    *(
        step(
            id=f"DD5-{loss}-start",
            sentence=f"With fewest examples a second start moves the threshold of {words} by less "
            "than a step of the sweep.",
            measure=measured(measures.restarted, loss),
            within=(-0.4, 0.4),
            limits=(-math.inf, 0),
        )
        for loss, words in LOSSES.items()
    ),
    Claim(
        id="DD5-mse-unused",
        family="own",
        sentence="With squared error outputs count even where no label uses them: ten outputs for "
        "two labels need at least twice the parameters of two.",
        source=f"our reading of: {TEXT_2020}",
        unit="octaves of parameters",
        measure=measured(measures.moved, "mse", "outputs"),
        above=1,
        because="n K with K outputs predicts 5 times, 2.3 octaves; the same width alone has 0.25",
        grid=0.5,
        gate=LAW["mse"],
        cause="A zero output weight fits an unused output at once: K counts the labels in use.",
    ),
    Claim(
        id="DD6-where",
        sentence="In the sweep of 2020 (n = 10,000 and training inferred) test loss peaks at 9700 "
        "parameters, give or take 30 %.",
        source=V1,
        published=9700,
        unit="parameters",
        measure=measures.old_peak,
        within=(6790, 12610),
        because="30 % is about two widths of that sweep",
        grid=1020,  # 20 units
        gate=FIGURE_6,
    ),
    Claim(
        id="DD6-rise",
        sentence="In the sweep of 2020 the peak of test loss is 1.7 times the valley before it.",
        source=V1,
        published=1.74,
        unit="ratio",
        measure=old("peak") / old("valley"),
        within=(1.4, 2.1),
        because="a fifth of the published ratio to either side",
        gate=FIGURE_6,
    ),
    Claim(
        id="DD6-fall",
        sentence="In the sweep of 2020 test loss falls again: at the peak it is 1.25 times that of "
        "the widest net or more (and of the valley before).",
        source=V1,
        published=1.62,
        unit="ratio",
        measure=least(old("peak") / old("valley"), old("peak") / old("end")),
        above=1.25,
        because="half of the published fall on a logarithmic scale",
        gate=FIGURE_6,
    ),
    slope(
        id="DD7-nll-k",
        sentence="With cross-entropy the threshold does not depend on K.",
        published=0,
        measure=measured(measures.slope, "nll", "classes"),
        within=(-0.25, 0.25),
        grid=0.07,
        gate=LAW["nll"],
    ),
    Claim(
        id="DD7-cnn",
        sentence="The CNN's test error peaks at the same number of parameters as the MLP's.",
        source=f"{V1}; v5 has 2998 against 4663",
        published=0,
        unit="octaves of parameters",
        measure=measures.peak_shift,
        within=(-0.32, 0.32),
        because="that is a factor of 1.25; the peaks of 2024 differ by 0.64 octaves",
        grid=0.25,  # 18 and 20 channels
        gate=partial(FIGURE_5, sweeps=("cnn", "noise")),
    ),
    Claim(
        id="DD7-cnn-n",
        sentence="The CNN's test error peaks at 0.75 to 1.2 parameters per training example.",
        source=V5,
        published=0.75,
        unit="parameters / n",
        measure=measures.peak_per_example,
        within=(0.7, 1.25),
        because="published 0.75 (error) and 1.2 (threshold), half a step of the sweep beyond",
        grid=0.14,
        limits=(0, math.inf),
        gate=partial(FIGURE_5, sweeps=("cnn",)),
    ),
    Claim(
        id="DD8-rise",
        family="own",
        sentence="With label noise the widest MLP's test error rises again while it trains.",
        source=NAKKIRAN,
        unit="points",
        measure=in_time("peak") - in_time("valley"),
        above=0,
        because="any such movement is the phenomenon",
    ),
    Claim(
        id="DD8-fall",
        family="own",
        sentence="After that rise it falls a second time, at the same width.",
        source=NAKKIRAN,
        unit="points",
        measure=least(in_time("peak") - in_time("valley"), in_time("peak") - in_time("end")),
        above=0,
        because="any such movement is the phenomenon",
    ),
)
