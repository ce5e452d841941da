"""The bench: the published outer loop stacked, and by the usual loop, one network at a time."""

from collections.abc import Sequence

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from labs.data import mnist1d
from labs.hyperparameters.grid import Cell
from labs.hyperparameters.inner import Task, fresh, published
from labs.hyperparameters.published import BATCH, HIDDEN, HORIZON, OUTER_RATE, STARTS
from labs.kit.lab import Bench

STEPS = 3  # outer


def bench() -> list[Bench[Cell]]:
    """A few steps of the published outer loop and their judgement, of 20 replicates."""
    cells = tuple(Cell("published", HORIZON, STARTS[1], STEPS, 1, 1, r) for r in range(20))
    return [Bench("MLP, published outer loop", cells, STEPS * HORIZON, train_plain)]


def train_plain(cell: Cell) -> None:
    """Tune one network's learning rate by the usual loop, and judge it."""
    tune(cell)


def tune(cell: Cell) -> Tensor:
    """The final test losses with the tuned rate (1 + fresh,): of the tuned run, and of those that
    nothing was tuned on."""
    own = published(cell.replicate)
    rate = torch.tensor(cell.start, requires_grad=True)
    descent = torch.optim.SGD([rate], lr=OUTER_RATE)
    lowest, best = torch.inf, rate.detach()
    for _ in range(cell.outer_steps):
        objective = _train(own, rate, cell.horizon)[0]
        if objective < lowest:
            lowest, best = objective.item(), rate.detach().clone()
        descent.zero_grad()
        objective.backward()
        descent.step()
    test = mnist1d.published(cell.replicate).test
    x, y = map(torch.from_numpy, test)
    tasks = (own, *fresh(cell.replicate, cell.fresh))
    ends = (_train(task, best, cell.horizon)[1] for task in tasks)
    return torch.stack([F.cross_entropy(_logits(end, x), y) for end in ends])


def _train(task: Task, rate: Tensor, horizon: int) -> tuple[Tensor, Sequence[Tensor]]:
    """The mean training loss, differentiable where the rate is, and the trained weights."""
    x, y = map(torch.from_numpy, mnist1d.published(task.replicate).train)
    shuffle = None if task.order is None else torch.Generator().manual_seed(task.order)
    state, losses = _start(task, x.shape[1]), []
    for t in range(horizon):
        place = t * BATCH % len(x)
        if shuffle is not None and place == 0:
            order = torch.randperm(len(x), generator=shuffle)
        rows = slice(place, place + BATCH) if shuffle is None else order[place : place + BATCH]
        losses.append(F.cross_entropy(_logits(state, x[rows]), y[rows]))
        slopes = torch.autograd.grad(losses[-1], state, create_graph=rate.requires_grad)
        state = [w - rate * slope for w, slope in zip(state, slopes, strict=True)]
        if not rate.requires_grad:
            state = [w.detach().requires_grad_() for w in state]
    return torch.stack(losses).mean(), state


def _start(task: Task, inputs: int) -> list[Tensor]:
    with torch.random.fork_rng():
        torch.manual_seed(task.start)
        first, head = nn.Linear(inputs, HIDDEN), nn.Linear(HIDDEN, mnist1d.CLASSES)
    return [*first.parameters(), *head.parameters()]


def _logits(state: Sequence[Tensor], x: Tensor) -> Tensor:
    first, shift, head, bias = state
    return F.linear(F.linear(x, first, shift).tanh(), head, bias)
