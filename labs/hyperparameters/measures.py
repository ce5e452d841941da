"""One number per replicate: a data set with its own starting weights and batch order."""

import math
from collections import defaultdict
from collections.abc import Callable

from labs.hyperparameters.grid import GRID
from labs.hyperparameters.published import DIGIT, HORIZON, PRINTED
from labs.kit.measures import Measure, Values, column, measured
from labs.kit.table import Table


def tuned(horizon: int = HORIZON) -> Measure:
    """The optimum by gradient: the learning rate of the lower objective over the starts."""
    return measured(_tuned, horizon=horizon)


def judged(objective: str = "mean", horizon: int = HORIZON) -> Measure:
    """The optimum by grid: the learning rate of the lowest value of an objective."""
    return column(f"best_{objective}", arm=GRID, horizon=horizon)


def meet(arm: str, horizon: int = HORIZON) -> Measure:
    """1 where the outer loops of a replicate end within `DIGIT` of each other, else 0.

    Their distance itself has no mean: now and then a loop diverges.
    """
    return measured(_meet, arm=arm, horizon=horizon)


def saved(loss: str, arm: str, horizon: int = HORIZON) -> Measure:
    """The loss that an arm saves over one tuned rate from the same start."""
    return measured(_saved, loss, arm=arm, horizon=horizon)


def last_share(table: Table) -> Values:
    """The last rate of a schedule over its mean rate: a rate on its way to 0 has share 0."""
    schedules = table.values("best_rates", arm="schedule", horizon=HORIZON)
    return {r: rates[-1] * len(rates) / sum(rates) for r, rates in schedules.items()}


def each(function: Callable[[float], float], measure: Measure) -> Measure:
    """A function of a measure's values."""
    return measured(_each, function, measure)


def octaves(longer: int, shorter: int) -> Measure:
    """Octaves by which the optimal rate rises from one horizon to another.

    By the grid: over a long horizon the outer loop can stop in a local minimum.
    """
    return each(math.log2, judged(horizon=longer) / judged(horizon=shorter))


def _tuned(table: Table, horizon: int) -> Values:
    rows = sorted(table.where(arm="rate", horizon=horizon), key=lambda row: -row["own_mean"])
    return {row["replicate"]: row["best_rates"][0] for row in rows}


def _meet(table: Table, arm: str, horizon: int) -> Values:
    ends: dict[int, list[float]] = defaultdict(list)
    for row in table.where(arm=arm, horizon=horizon):
        path = row["rates"][: PRINTED + 1] if arm == "published" else row["best_rates"]
        ends[row["replicate"]].append(path[-1])
    return {r: float(max(pair) - min(pair) < DIGIT) for r, pair in ends.items() if len(pair) > 1}


def _saved(table: Table, loss: str, arm: str, horizon: int) -> Values:
    loops = table.where(horizon=horizon)
    single = {(row["start"], row["replicate"]): row[loss] for row in loops.where(arm="rate")}
    pairs = ((row, (row["start"], row["replicate"])) for row in loops.where(arm=arm))
    return {row["replicate"]: single[key] - row[loss] for row, key in pairs if key in single}


def _each(table: Table, function: Callable[[float], float], measure: Measure) -> Values:
    return {r: float(function(value)) for r, value in measure(table).items()}
