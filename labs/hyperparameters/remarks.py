"""What a run says after its claims."""

from collections.abc import Iterator

import numpy as np

from labs.hyperparameters.grid import FIRST_DECAY, FIRST_MOMENTUM, GRID, OBJECTIVES
from labs.hyperparameters.measures import judged, tuned
from labs.hyperparameters.published import HORIZON, PRINTED, TARGETS
from labs.kit.intervals import interval, interval_or_none
from labs.kit.lab import Remark
from labs.kit.table import Table

FEW = 0.01  # of the derivatives: so many may be large without a word
STILL = 0.01  # of a logarithm or logit: an outer loop that ends with larger moves goes on
DIVERGED = 10  # a learning rate from which no loop came back


def remarks(table: Table) -> list[Remark]:
    """The published digits, optima by horizon, what exploded or did not settle, what is tuned."""
    parts = (_targets, _optima, _steep, _counts, _schedule, _joint)
    return [remark for part in parts for remark in part(table)]


def _targets(table: Table) -> Iterator[Remark]:
    rows = tuple(
        (f"from {row['start']:g}", row["rates"][PRINTED], TARGETS[row["start"]])
        for row in table.where(arm="published", horizon=HORIZON, replicate=0)
        if row["start"] in TARGETS and len(row["rates"]) > PRINTED
    )
    text = f"Learning rate of the published run after outer step {PRINTED}."
    yield Remark(text, ("start", "rate", "published"), rows, ".4f")


def _optima(table: Table) -> Iterator[Remark]:
    horizons = {h for arm in ("rate", GRID) for h in table.where(arm=arm).column("horizon")}
    measures = {h: (tuned(h), *(judged(name, h) for name in OBJECTIVES)) for h in sorted(horizons)}
    yield Remark(
        "Optimal learning rate: of the mean loss by gradient and by grid; of the final losses by "
        "grid, where the last batch, 50 examples, is noisy.",
        ("steps", "by gradient", "by grid", "last batch", "training set"),
        tuple((str(h), *(interval_or_none(m(table)) for m in own)) for h, own in measures.items()),
        ".3f",
    )


def _steep(table: Table) -> Iterator[Remark]:
    loops = table.where(arm="rate")
    kinds = sorted({(row["horizon"], row["start"]) for row in loops})
    shares = {
        f"{horizon} steps from {start:g}": loops.where(horizon=horizon, start=start).column("steep")
        for horizon, start in kinds
    }
    rows = tuple(
        (name, interval([100 * share for share in found], limits=(0, 100)))
        for name, found in shares.items()
        if np.mean(found) > FEW
    )
    yield Remark(
        "Where training is chaotic its derivative does not say where a lower loss lies: "
        "hyper-gradients by log rate that exceed 100 nats or overflow.",
        ("loops", "%"),
        rows,
        ".0f",
    )


def _counts(table: Table) -> Iterator[Remark]:
    loops, grids = table.where(arm="published"), table.where(arm=GRID)
    thrown = sum(not 0 < rates[-1] < DIVERGED for rates in loops.column("rates"))
    rows = [(f"published loops thrown below 0 or above {DIVERGED:g} for good", thrown, len(loops))]
    for arm in ("rate", "schedule", "joint"):
        own = table.where(arm=arm)
        moving = sum(moved > STILL for moved in own.column("moved"))
        name = f"{arm} loops whose log or logit still moves by more than {STILL:g}"
        rows.append((name, moving, len(own)))
    for name, what in OBJECTIVES.items():
        edges = sum(grids.column(f"edge_{name}"))
        rows.append((f"grids with the lowest {what} at an end", edges, len(grids)))
    text = "Values that are no optimum: bounds, or dependent on how long a loop runs."
    yield Remark(text, ("which", "how many", "of"), tuple(row for row in rows if row[1]))


def _schedule(table: Table) -> Iterator[Remark]:
    parts = zip(*table.where(arm="schedule").column("best_rates"), strict=True)
    rows = tuple((f"part {k}", interval(rates)) for k, rates in enumerate(parts, 1))
    yield Remark("Tuned schedule: its rate in each part.", ("of the training", "rate"), rows, ".2g")


def _joint(table: Table) -> Iterator[Remark]:
    if loops := table.where(arm="joint"):
        rates = [rates[0] for rates in loops.column("best_rates")]
        rows = (
            ("learning rate", loops.rows[0]["start"], interval(rates)),
            ("momentum", FIRST_MOMENTUM, interval(loops.column("best_momentum"))),
            ("decay", FIRST_DECAY, interval(loops.column("best_decay"))),
        )
        yield Remark("Tuned together.", ("setting", "first", "tuned"), rows, ".3g")
