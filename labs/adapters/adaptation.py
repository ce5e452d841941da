"""Adapting bases to domains by one method: the choice of its rate, the runs, the tests."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import lru_cache, partial
from typing import NamedTuple

import torch
from torch import Tensor

from labs.adapters.costs import costs
from labs.adapters.examples import (
    examples,
    generators,
    sizes,
    trained_bases,
    untrained_bases,
)
from labs.adapters.grid import LOOKED_AT, TUNED, VALIDATION, Cell, Record
from labs.kit.seeds import TUNING
from labs.nn.base import Weights, logits
from labs.nn.modules.adapted import Adapted
from labs.nn.modules.adapting import Schedule, Start, adapt
from labs.nn.modules.methods import METHODS
from labs.nn.modules.module import Module, merge
from labs.nn.training import evaluate

CHUNK = 50  # test examples at a time: what a member computes of them stays in the cache


class Trained(NamedTuple):
    """Modules of a stack, the net that they are in, and the validation accuracies (M,) that looks
    at the last run found, at the steps counted over all runs."""

    module: Module
    net: Adapted
    steps: list[int]
    accuracies: list[Tensor]
    runs: int


def adapted(cells: Sequence[Cell], device: str) -> Iterator[Record]:
    """Train the cells' modules; one record each."""
    cell = cells[0]
    method = METHODS[cell.method]
    rate = chosen_rate(cell, device)
    weights = (untrained_bases if method.untrained else trained_bases)(cells, device)
    before = {name: value.clone() for name, value in weights.items()}
    trained = run(cells, weights, [rate] * len(cells), device)
    x, y = examples(cells, "test", cell.tests, device)
    accuracy = evaluate(trained.net, x, y, CHUNK).accuracy.tolist()
    own_validation = examples(cells, "validation", VALIDATION, device)
    validation = evaluate(trained.net, *own_validation, CHUNK).accuracy.tolist()
    moved = torch.stack([_largest(weights[n] - v) for n, v in before.items()]).amax(0).tolist()
    needed = _needed(trained)
    own = costs(cell.method, cell.small)
    start, merging = _changes(weights, trained, x[:, :4], cells)
    for m in range(len(cells)):
        yield Record(
            accuracy=accuracy[m],
            validation=validation[m],
            rate=rate,
            runs=trained.runs,
            needed=needed[m],
            start=start[m],
            merging=merging[m],
            moved=moved[m],
            trained=trained.module.count(),
            bits=trained.module.bits(),
            share=own.share,
            macs=own.macs,
            merged_macs=own.merged_macs,
            step_macs=own.step_macs,
            kept=own.kept,
        )


def timed(cells: Sequence[Cell], device: str) -> Iterator[Record]:
    """Train and test modules on untrained bases, at a rate that nobody chose."""
    weights = untrained_bases(cells, device)
    trained = run(cells, weights, [METHODS[cells[0].method].rates[0]] * len(cells), device)
    x, y = examples(cells, "test", cells[0].tests, device)
    for accuracy in evaluate(trained.net, x, y, CHUNK).accuracy.tolist():
        yield Record(accuracy=accuracy)


def chosen_rate(cell: Cell, device: str) -> float:
    """The rate of the method, the numbers of examples and steps of a cell: of the validation
    accuracy in the domain `TUNED` the best, in a replicate of its own."""
    return _chosen(replace(cell, domain=TUNED, tests=0, looks=0, replicate=TUNING), device)


@lru_cache(maxsize=256)
def _chosen(cell: Cell, device: str) -> float:
    rates = METHODS[cell.method].rates
    cells = [cell] * len(rates)
    method = METHODS[cell.method]
    weights = (untrained_bases if method.untrained else trained_bases)(cells, device)
    trained = run(cells, weights, rates, device)
    x, y = examples(cells, "validation", 2 * VALIDATION, device)
    return rates[int(evaluate(trained.net, x, y, CHUNK).accuracy.argmax())]


def run(cells: Sequence[Cell], weights: Weights, rates: Sequence[float], device: str) -> Trained:
    """All runs of the cells' method, at one rate per cell."""
    cell, method = cells[0], METHODS[cells[0].method]
    streams = generators(cells, "start of the module")
    module = method.kind(**method.settings).start(weights, sizes(cell), streams)
    done: list[Trained] = []

    def train(module: Module, pace: float = 1.0) -> Module:
        done.append(_once(cells, weights, module, [pace * rate for rate in rates], device))
        return done[-1].module

    procedure: Callable[..., Module] = method.procedure.resolve()
    if method.keep is not None:
        numbers = sum(value[0].numel() for value in weights.values())
        procedure = partial(procedure, keep=round(method.keep * numbers))
    procedure(train, Start(weights, module, streams))
    before = (len(done) - 1) * cell.steps
    return done[-1]._replace(steps=[before + step for step in done[-1].steps], runs=len(done))


def _once(
    cells: Sequence[Cell], weights: Weights, module: Module, rates: Sequence[float], device: str
) -> Trained:
    cell = cells[0]
    net = Adapted(weights, [module], heads=sizes(cell).heads)
    x, y = examples(cells, "training", cell.examples, device)
    x_val, y_val = examples(cells, "validation", LOOKED_AT, device)
    steps: list[int] = []
    accuracies: list[Tensor] = []

    def look(step: int) -> None:
        if cell.looks:
            steps.append(step)
            accuracies.append(evaluate(net, x_val, y_val, CHUNK).accuracy)

    adapt(
        net,
        x,
        y,
        rates=rates,
        shuffles=generators(cells, "batch order"),
        schedule=Schedule(cell.steps, cell.batch, max(1, cell.steps // max(1, cell.looks))),
        look=look,
    )
    (result,) = net.result()
    return Trained(result, net, steps, accuracies, 1)


def _needed(trained: Trained) -> list[int] | list[None]:
    """By member, the steps until the validation accuracy first was 95 % of its last; None where
    nobody looked."""
    if not trained.steps:
        return [None] * trained.module.members
    accuracies = torch.stack(trained.accuracies)
    reached = accuracies >= 0.95 * accuracies[-1]
    return [trained.steps[i] for i in reached.int().argmax(0).tolist()]


def _changes(
    weights: Weights, trained: Trained, x: Tensor, cells: Sequence[Cell]
) -> tuple[list[float], list[float] | list[None]]:
    """By member the largest changes of a logit: by the method's module at its start, and by merging
    what was trained (None where it does not merge)."""
    heads, method = sizes(cells[0]).heads, METHODS[cells[0].method]
    streams = generators(cells, "start of the module")
    module = method.kind(**method.settings).start(weights, sizes(cells[0]), streams).settled()
    plain, own = logits(weights, x, (), heads), logits(weights, x, [trained.module], heads)
    start = _largest(logits(weights, x, [module], heads) - plain).tolist()
    if not trained.module.kind.merges:
        return start, [None] * len(cells)
    merged = logits(merge(weights, [trained.module]), x, (), heads)
    return start, _largest(merged - own).tolist()


def _largest(change: Tensor) -> Tensor:
    """By member (M,)."""
    return change.abs().flatten(1).amax(1)
