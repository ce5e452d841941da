"""Training: the replicates of one arm side by side, at a rate that validation data have chosen."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import lru_cache, partial
from typing import Any

import numpy as np
import torch
from torch import Tensor

from labs.kit.seeds import TUNING, seed, stream
from labs.nn.optimizer import Optimizer
from labs.nn.training import fit
from labs.programs import recall
from labs.programs.examples import (
    Group,
    fresh_signals,
    group,
    programs,
    training_signals,
)
from labs.programs.grid import (
    ARMS,
    DIFFER,
    LONGER,
    NAME,
    RATES,
    RECALLERS,
    SHOWN,
    TRAINED,
    Cell,
    Record,
)
from labs.programs.nets import Iterated, Modular, Monolith, ProgramNet
from labs.programs.operations import NAMES, PAIRS, difference, parse, shuffled

VALIDATION = 200  # signals, or sequences of each length
CHUNK = 50  # test signals that run through all programs at once
EVERY = 50  # steps between two changes of the rate, which falls to 0
NETS: dict[str, Callable[..., ProgramNet]] = {
    "modular": Modular,
    "affine": partial(Modular, linear=True),
    "iterated": Iterated,
    "monolith": Monolith,
}


def train(cells: Sequence[Cell], device: str) -> Iterator[Record]:
    """Train one stack; yields one record per cell."""
    cell = cells[0]
    rate = cell.rate or chosen_rate(replace(cell, programs=0, tests=0, replicate=TUNING), device)
    rates, replicates = [rate] * len(cells), [c.replicate for c in cells]
    if cell.arm in RECALLERS:
        yield from recall.records(cell, replicates, rates, device)
    else:
        yield from _records(cell, replicates, rates, device)


@lru_cache(maxsize=64)
def chosen_rate(cell: Cell, device: str) -> float:
    """The one of `RATES` with the least error on validation signals of the cell's replicate, of
    programs that train; of networks told pairs with the most right answers."""
    replicates = [cell.replicate] * len(RATES)
    if cell.arm in RECALLERS:
        recallers = recall.learned(cell, replicates, RATES, device)
        x = fresh_signals(replicates, VALIDATION * max(TRAINED), "validation", device)
        scores = -recall.accuracies(recallers, x, VALIDATION, replicates).mean(0)
    else:
        net, trained = learned(cell, replicates, RATES, device)
        x = fresh_signals(replicates, VALIDATION, "validation", device)
        scores = torch.cat([errors(net, x, own) for own in trained], 1).mean(1)
    return RATES[int(scores.nan_to_num(nan=float("inf")).argmin())]


def learned(
    cell: Cell, replicates: Sequence[int], rates: Sequence[float], device: str
) -> tuple[ProgramNet, list[Group]]:
    """The networks of an arm after training, and the programs that trained them, by length."""
    net, trained = started(cell, replicates, device)
    x = training_signals(replicates, device)
    y = torch.cat([own.targets(x) for own in trained], 1).transpose(1, 2).contiguous()
    variance = torch.cat([own.variance(x) for own in trained], 1)

    def loss(outputs: Tensor, targets: Tensor) -> Tensor:
        return ((outputs - targets).square().mean((1, 3)) / variance).mean(1)

    optimizer = Optimizer(net, torch.optim.Adam, lr=list(rates))
    orders = [torch.Generator().manual_seed(seed(NAME, "batch order", r)) for r in replicates]
    training = fit(
        net,
        x,
        y,
        optimizer=optimizer,
        steps=cell.steps,
        every=EVERY,
        batch=cell.batch,
        shuffles=orders,
        loss=loss,
    )
    for step in training:
        optimizer.scale_rate(1 - step / cell.steps)
    return net, trained


def started(cell: Cell, replicates: Sequence[int], device: str) -> tuple[ProgramNet, list[Group]]:
    """The networks before training."""
    net: ProgramNet = NETS[cell.arm](len(replicates), *ARMS[cell.arm].sizes)
    net.reset([seed(NAME, "initialisation", r) for r in replicates]).to(device)
    lengths = zip(*(programs(r, 1).trained for r in replicates), strict=True)
    trained = [group(own, device) for own in lengths]
    net.programs = [own.programs for own in trained]
    return net, trained


@torch.no_grad()
def errors(net: ProgramNet, x: Tensor, asked: Group, run: Tensor | None = None) -> Tensor:
    """Relative error in percent of every program (M, P) float64 on the CPU, over signals
    (M, n, 40).

    `run` (M, P, L) are the programs that the network runs in place of those asked for.
    """
    run = asked.programs if run is None else run
    squares = [
        (net.run(part, run) - asked.targets(part)).square().mean(3).sum(2).double()
        for part in x.split(CHUNK, 1)
    ]
    return (100 * torch.stack(squares).sum(0) / x.shape[1] / asked.variance(x)).cpu()


def _records(
    cell: Cell, replicates: Sequence[int], rates: Sequence[float], device: str
) -> Iterator[Record]:
    net, trained = started(cell, replicates, device)
    x = fresh_signals(replicates, cell.tests, "test", device)
    drawn = [programs(r, cell.programs) for r in replicates]
    longer = zip(*(own.longer for own in drawn), strict=True)
    groups = [*trained, group([own.held for own in drawn], device)]
    groups += [group(own, device) for own in longer]
    before = torch.stack([errors(net, x, own).mean(1) for own in groups], 1)
    net, _ = learned(cell, replicates, rates, device)
    found = [errors(net, x, own) for own in groups]
    more = _of_modules(net, x, groups, found, replicates) if isinstance(net, Modular) else {}
    for member in range(len(replicates)):
        further: dict[str, Any] = {name: own[member].tolist() for name, own in more.items()}
        yield Record(
            net.parameter_count(),
            rates[member],
            errors=[own[member].tolist() for own in found],
            untrained=before[member].tolist(),
            **further,
        )


def _of_modules(
    net: Modular, x: Tensor, groups: list[Group], found: list[Tensor], replicates: Sequence[int]
) -> dict[str, Tensor]:
    both = zip(found, groups, strict=True)
    octaves = [(own.log2() - carried(net, x, asked).log2()).mean(1) for own, asked in both]
    longer = groups[-len(LONGER) :]
    other = (torch.arange(len(NAMES), device=x.device) + 1) % len(NAMES)
    exchanged = [errors(net, x, own, other[own.programs]).mean(1) for own in longer]
    pairs = group([np.array(PAIRS)] * len(replicates), x.device)
    signal = x[:, :1]
    return {
        "carried": torch.stack(octaves, 1),
        "shuffled": torch.stack([_shuffled(net, x, own, replicates) for own in longer], 1),
        "exchanged": torch.stack(exchanged, 1),
        **_differences(x, groups[:3]),
        "pairs": errors(net, x, pairs),
        "swapped": errors(net, x, pairs, pairs.programs.flip(2)),
        "signal": signal[:, 0],
        "shown": step_by_step(net, signal)[:, :, 0],
    }


def _differences(x: Tensor, groups: list[Group]) -> dict[str, Tensor]:
    """What tells programs apart, of trained ones of length 1 and 2 and those held out."""
    signals = x.double().cpu().numpy()
    singles, pairs, held = (own.programs.tolist() for own in groups)
    nearest = [
        [min(difference(one, other, own) for other in (*singles[m], *pairs[m])) for one in held[m]]
        for m, own in enumerate(signals)
    ]
    orders = [[difference((a, b), (b, a), own) for a, b in PAIRS] for own in signals]
    return {"differs": torch.tensor(nearest), "orders": torch.tensor(orders)}


def _shuffled(net: Modular, x: Tensor, asked: Group, replicates: Sequence[int]) -> Tensor:
    """Mean error of programs run in another order, over those that have one that differs."""
    means, signals = [], x.double().cpu().numpy()
    run, differs = asked.programs.clone(), torch.zeros(asked.programs.shape[:2], dtype=torch.bool)
    for member, replicate in enumerate(replicates):
        draws = stream(NAME, f"orders of length {run.shape[2]}", replicate)
        for place, own in enumerate(asked.programs[member].tolist()):
            other = shuffled(draws, own, signals[member], DIFFER)
            differs[member, place] = other is not None
            run[member, place] = torch.tensor(other or own)
    for own, kept in zip(errors(net, x, asked, run), differs, strict=True):
        means.append(own[kept].mean())
    return torch.stack(means)


@torch.no_grad()
def carried(net: Modular, x: Tensor, asked: Group) -> Tensor:
    """What errors of single operations predict of programs, in percent (M, P): every module's
    errors on signals that nothing has changed, carried through the operations that follow, and
    summed as if errors of different steps had nothing to do with each other."""
    singles = np.arange(len(NAMES))[:, None]
    single = group([singles] * net.members, x.device)
    off = net.run(x, single.programs) - single.targets(x)
    law = off.transpose(2, 3) @ off / x.shape[1]  # (M, 6, 40, 40): second moments
    own = torch.arange(net.members, device=x.device).unsqueeze(1)
    total = torch.zeros_like(law[own, asked.programs[:, :, 0]])
    for which in asked.programs.unbind(2):
        matrix = single.matrix[own, which]
        total = matrix.transpose(2, 3) @ total @ matrix + law[own, which]
    error = total.diagonal(dim1=2, dim2=3).mean(2)
    return (100 * error / asked.variance(x)).double().cpu()


@torch.no_grad()
def step_by_step(net: Modular, x: Tensor) -> Tensor:
    """What modules make of signals (M, B, 40), after every operation of `SHOWN`: (M, L, B, 40)."""
    h, steps = x.unsqueeze(1), []
    for place in parse(SHOWN):
        h = net.step(h, torch.full((len(x), 1), place, device=x.device))
        steps.append(h)
    return torch.cat(steps, 1)
