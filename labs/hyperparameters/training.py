"""What one stack of cells trains: an outer loop with its judgement on fresh runs, or a search."""

from collections.abc import Iterator, Sequence
from typing import Any

import torch
from torch import Tensor

from labs.hyperparameters import inner, outer
from labs.hyperparameters.grid import GRID, TUNED, Cell, Record
from labs.hyperparameters.inner import Task, finite, fresh, published
from labs.hyperparameters.search import search
from labs.nn.unroll import Hyper, State, Step, unroll

STEEP = 100.0  # nats per unit: a derivative beyond it says that training is chaotic
BEST = {"rate": "best_rates", "decay": "best_decay", "momentum": "best_momentum"}
ENDING = 3  # outer steps: Rprop pauses for one where a derivative changes its sign


def train(cells: Sequence[Cell], device: str) -> Iterator[Record]:
    """Train a stack; yields one record per cell."""
    if cells[0].arm == GRID:
        return (search(published(cell.replicate), cell.horizon, device) for cell in cells)
    return _tune(cells, device)


def problem(
    arm: str, tasks: Sequence[Task], horizon: int, device: str = "cpu"
) -> tuple[Step, State]:
    """The inner step of an arm and the state that it starts from."""
    state = tuple(w.to(device) for w in inner.weights(tasks))
    if arm == "joint":
        state = (*state, *(torch.zeros_like(w) for w in state))
    return inner.sgd(inner.Batches(tasks, horizon, device), outer.natural(arm), horizon), state


def _tune(cells: Sequence[Cell], device: str) -> Iterator[Record]:
    first = cells[0]
    arm, horizon = first.arm, first.horizon
    step, state = problem(arm, [published(cell.replicate) for cell in cells], horizon, device)
    hyper = outer.begin(arm, [cell.start for cell in cells], first.segments, device)
    path = outer.tune(arm, step, state, hyper, horizon, first.outer_steps)
    best = zip(TUNED[arm], outer.natural(arm)(path.hyper), strict=True)
    found = {
        "objective": finite(path.objective).T,
        "last": finite(path.last).T,
        "rates": finite(path.rates.mean(2)).T,
        "steep": (path.slopes.nan_to_num(nan=torch.inf) > STEEP).double().mean(0),
        "moved": finite(path.moves[-ENDING:].amax(0)),
        **{BEST[name]: value for name, value in best},
        **_judge(cells, path.hyper, device),
    }
    for m in range(len(cells)):
        values: dict[str, Any] = {name: value[m].tolist() for name, value in found.items()}
        yield Record(**values)


def _judge(cells: Sequence[Cell], hyper: Hyper, device: str) -> dict[str, Tensor]:
    """On the tuned run, and averaged over runs that nothing was tuned on."""
    count = cells[0].fresh
    own = _run(cells[0], [published(cell.replicate) for cell in cells], hyper, device)
    tasks = [task for cell in cells for task in fresh(cell.replicate, count)]
    repeated = tuple(h.repeat_interleave(count, dim=0) for h in hyper)
    others = _run(cells[0], tasks, repeated, device)
    return {
        **{f"own_{name}": value for name, value in own.items()},
        **{f"fresh_{n}": value.unflatten(0, (-1, count)).mean(1) for n, value in others.items()},
    }


def _run(cell: Cell, tasks: Sequence[Task], hyper: Hyper, device: str) -> dict[str, Tensor]:
    step, state = problem(cell.arm, tasks, cell.horizon, device)
    losses, end = unroll(step, state, hyper, cell.horizon)
    values = {"mean": losses.mean(0), "test": inner.whole_loss(end, tasks, "test")}
    return {name: finite(value) for name, value in values.items()}
