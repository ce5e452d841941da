"""The claims DD1 to DD8, each with the published value and the reason for its rule.

One number per replicate; the arms of a replicate share data, start and batch order.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np

from labs.double_descent import measures
from labs.double_descent.measures import Curves, fitting, sweep
from labs.double_descent.sweeps import LOSSES
from labs.kit.claims import Claim
from labs.kit.table import Table, paired

V5 = "Greydanus & Kobak 2024 (v5), Figure 5"
V1 = "Greydanus 2020 (v1), Figure 6"
TEXT_2020 = "Greydanus 2020 (v1), Section on double descent; withdrawn in 2024"
NETS = {"noise": "MLP", "cnn": "CNN"}
MIDDLE = (30, 70)  # widths about the threshold; the one before them is the reference


def _rise(curves: Curves) -> list[float]:
    return [peak - valley for valley, peak, _ in measures.valley_peak_end(curves).values()]


def _fall(curves: Curves) -> list[float]:
    return [peak - end for _, peak, end in measures.valley_peak_end(curves).values()]


def _second_fall(curves: Curves) -> list[float]:
    # No more than the curve rose: what only ever falls does not fall again.
    points = measures.valley_peak_end(curves).values()
    return [min(peak - valley, peak - end) for valley, peak, end in points]


def _bump(table: Table) -> list[float]:
    # The width about the threshold is the worst of the other replicates', not this one's.
    curves = sweep(table, "clean")
    sizes = next(iter(curves.values()), {})
    middle = [size for size in sizes if MIDDLE[0] <= size <= MIDDLE[1]]
    before = max((size for size in sizes if 20 <= size < MIDDLE[0]), default=None)
    if not middle or before is None or len(curves) < 2:
        return []
    gaps = []
    for replicate, curve in curves.items():
        others = [c for r, c in curves.items() if r != replicate]
        worst = max(middle, key=lambda size: float(np.mean([c[size] for c in others])))
        gaps.append(curve[worst] - curve[before])
    return gaps


def _offset(name: str) -> Callable[[Table], list[float]]:
    def measure(table: Table) -> list[float]:
        losses = sweep(table, name, "final_test_loss")
        fitted = measures.first_fitted(fitting(table, name))
        return measures.steps_between(losses, measures.where_highest(losses), fitted)

    return measure


def _octaves(a: Mapping[int, float], b: Mapping[int, float]) -> list[float]:
    log_a, log_b = ({r: float(np.log2(v)) for r, v in values.items()} for values in (a, b))
    return paired(log_a, log_b)


def _shift(table: Table) -> list[float]:
    noisy, clean = (measures.first_fitted(fitting(table, name)) for name in ("noise", "clean"))
    return _octaves(noisy, clean)


def _peak_parameters(table: Table, name: str) -> dict[int, int]:
    return measures.parameters_at(name, measures.where_peak(sweep(table, name)))


def _peak_per_example(table: Table) -> list[float]:
    examples = max(table.where(sweep="cnn").column("examples"), default=1)
    return [count / examples for count in _peak_parameters(table, "cnn").values()]


def _old(table: Table) -> Curves:
    return sweep(table, "mlp2020", "final_test_loss")


def _old_rise(table: Table) -> list[float]:
    points = measures.valley_peak_end(_old(table)).values()
    return [peak / valley for valley, peak, _ in points]


def _old_fall(table: Table) -> list[float]:
    points = measures.valley_peak_end(_old(table)).values()
    return [min(peak / valley, peak / end) for valley, peak, end in points]


def _old_place(table: Table) -> list[float]:
    places = measures.parameters_at("mlp2020", measures.where_highest(_old(table)))
    return [float(count) for count in places.values()]


def _peak(name: str, move: str, published: float) -> Claim:
    rises = move == "rise"
    threshold = 4 if rises else 5
    return Claim(
        id=f"DD1-{name}-{move}",
        sentence=f"With label noise the {NETS[name]}'s test error rises by {threshold} points or "
        "more from its valley to a later peak."
        if rises
        else f"From that peak to the largest size the {NETS[name]}'s test error falls by "
        f"{threshold} points or more (a second descent if DD1-{name}-rise holds too).",
        source=V5,
        published=published,
        unit="points",
        measure=lambda table: (_rise if rises else _fall)(sweep(table, name)),
        above=threshold,
        because=f"{threshold} is clear of the noise of one run and below both published moves",
    )


def _at_threshold(name: str, what: str) -> Claim:
    return Claim(
        id=f"DD3-{name}",
        sentence="On average test loss peaks at the first size without training error or at the "
        f"one beside it ({what}).",
        source=V5,
        published=0,
        unit="sizes of the sweep",
        measure=_offset(name),
        within=(-1.5, 1.5),
        because="an average beyond 1.5 rounds to two sizes, and one is as near as a sweep can tell",
    )


def _slope(loss: str, axis: int, predicted: int, id: str, sentence: str, cause: str = "") -> Claim:
    return Claim(
        id=id,
        sentence=sentence,
        source=TEXT_2020,
        published=predicted,
        unit="slope",
        measure=lambda table: [s[axis] for s in measures.slopes(table, loss).values()],
        within=(predicted - 0.25, predicted + 0.25),
        because="the sentence tells slopes of 0 and 1 apart; 0.25 is half the way to their middle",
        cause=cause,
    )


def _level(loss: str, unit: str) -> Claim:
    return Claim(
        id=f"DD5-{loss}-level",
        sentence=f"The threshold of {LOSSES[loss]} lies at {unit} parameters, to a factor of 2.",
        source=TEXT_2020,
        published=1,
        unit=f"parameters / {unit}",
        measure=lambda table: list(measures.level(table, loss).values()),
        within=(0.5, 2),
        because="the sentence names orders of growth; beyond a factor of 2 the law misleads",
    )


def _control(loss: str, id: str, what: str, measure: Callable[..., dict[int, float]]) -> Claim:
    return Claim(
        id=f"DD5-{loss}-{id}",
        sentence=f"{what} the threshold of {LOSSES[loss]} by less than a step of the sweep.",
        source="control: does failing to fit mean too few parameters?",
        unit="octaves of parameters",
        measure=lambda table: list(measure(table, loss).values()),
        within=(-0.4, 0.4),
        because="a step is half an octave, up to the rounding to whole units",
        cause="Training was not at rest: thresholds there are upper bounds.",
    )


HALVED = "With most examples half the training moves"
STARTS = "With fewest examples a second start moves"
CLAIMS = (
    _peak("noise", "rise", 6.8),
    _peak("noise", "fall", 8.6),
    _peak("cnn", "rise", 14.2),
    _peak("cnn", "fall", 6.1),
    Claim(
        id="DD1-noise-where",
        sentence="The MLP's test error peaks at around 50 hidden units.",
        source=V5,
        published=47,
        unit="hidden units",
        measure=lambda table: [
            float(s) for s in measures.where_peak(sweep(table, "noise")).values()
        ],
        within=(35, 71),
        because="50 times or divided by the square root of 2, one or two steps of the sweep",
    ),
    Claim(
        id="DD2",
        sentence="Without noise test error has no peak: with 30 to 70 units it exceeds that "
        "with 27 by less than 1.5 points.",
        source=V5,
        published=0.6,
        unit="points",
        measure=_bump,
        below=1.5,
        because="published errors between 27 and 61 units differ by 0.7, single runs by about 1",
    ),
    _at_threshold("clean", "MLP, clean"),
    _at_threshold("noise", "MLP, noise"),
    _at_threshold("cnn", "CNN, noise"),
    Claim(
        id="DD4",
        sentence="Label noise moves the MLP's interpolation threshold to larger widths.",
        source=V5,
        published=0.38,
        unit="octaves of width",
        measure=_shift,
        above=0,
        because="any shift to the right confirms it (published 47 to 61)",
    ),
    _slope(
        "nll",
        0,
        1,
        "DD5-nll-n",
        "With cross-entropy the threshold grows like n.",
        "Labels that can be learned need fewer parameters each when there are many; and nets of a "
        "few units find a fit harder than more units do.",
    ),
    _slope("mse", 0, 1, "DD5-mse-n", "With squared error the threshold grows like n."),
    _slope(
        "mse",
        1,
        1,
        "DD5-mse-k",
        "With squared error the threshold grows like K.",
        "One-hot targets sum to one, so K outputs are K - 1 targets, and those grow faster than K.",
    ),
    _level("nll", "n"),
    _level("mse", "n K"),
    _control("nll", "half", HALVED, measures.halved),
    _control("mse", "half", HALVED, measures.halved),
    _control("nll", "start", STARTS, measures.restarted),
    _control("mse", "start", STARTS, measures.restarted),
    Claim(
        id="DD5-mse-unused",
        sentence="With squared error outputs count even where no label uses them: ten outputs for "
        "two labels need at least twice the parameters of two.",
        source=f"our reading of: {TEXT_2020}",
        unit="octaves of parameters",
        measure=lambda table: list(measures.unused(table, "mse").values()),
        above=1,
        because="n K with K outputs predicts 5 times, 2.3 octaves; the same width alone has 0.25",
        cause="A zero output weight fits an unused output at once: K counts the labels in use.",
    ),
    Claim(
        id="DD6-where",
        sentence="In the sweep of 2020 (n = 10,000 and training inferred) test loss peaks at 9700 "
        "parameters, give or take 30 %.",
        source=V1,
        published=9700,
        unit="parameters",
        measure=_old_place,
        within=(6790, 12610),
        because="30 % is about two widths of that sweep",
    ),
    Claim(
        id="DD6-rise",
        sentence="In the sweep of 2020 the peak of test loss is 1.7 times the valley before it.",
        source=V1,
        published=1.74,
        unit="ratio",
        measure=_old_rise,
        within=(1.4, 2.1),
        because="a fifth of the published ratio to either side",
    ),
    Claim(
        id="DD6-fall",
        sentence="In the sweep of 2020 test loss falls again: at the peak it is 1.25 times that of "
        "the widest net or more (and of the valley before).",
        source=V1,
        published=1.62,
        unit="ratio",
        measure=_old_fall,
        above=1.25,
        because="half of the published fall on a logarithmic scale",
    ),
    _slope("nll", 1, 0, "DD7-nll-k", "With cross-entropy the threshold does not depend on K."),
    Claim(
        id="DD7-cnn",
        sentence="The CNN's test error peaks at the same number of parameters as the MLP's.",
        source=f"{V1}; v5 has 2998 against 4663",
        published=0,
        unit="octaves of parameters",
        measure=lambda table: _octaves(
            _peak_parameters(table, "cnn"), _peak_parameters(table, "noise")
        ),
        within=(-0.32, 0.32),
        because="that is a factor of 1.25; the peaks of 2024 differ by 0.64 octaves",
    ),
    Claim(
        id="DD7-cnn-n",
        sentence="The CNN's test error peaks at 0.75 to 1.2 parameters per training example.",
        source=V5,
        published=0.75,
        unit="parameters / n",
        measure=_peak_per_example,
        within=(0.7, 1.25),
        because="published 0.75 (error) and 1.2 (threshold), half a step of the sweep beyond",
    ),
    *(
        Claim(
            id=f"DD8-{name}",
            sentence=sentence,
            source="Nakkiran et al. 2020, arXiv:1912.02292, Section 6 (epoch-wise double descent)",
            unit="points",
            measure=measure,
            above=0,
            because="any such movement is the phenomenon",
        )
        for name, sentence, measure in (
            (
                "rise",
                "With label noise the widest MLP's test error rises again while it trains.",
                lambda table: _rise(measures.over_time(table, "noise")),
            ),
            (
                "fall",
                "After that rise it falls a second time, at the same width.",
                lambda table: _second_fall(measures.over_time(table, "noise")),
            ),
        )
    ),
)
