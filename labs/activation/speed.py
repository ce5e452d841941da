"""What an outer step costs: the usual way in torch against the table and the written-out way back.

The usual way, of the same protocol: the activation network is evaluated at every unit of every
example in every inner step, and the graph of the whole training is kept and differentiated. It
leaves out upstream's evaluation on test data after every step but the last. Its graph takes about
7 GB.
"""

from dataclasses import replace

import torch
import torch.nn.functional as F
from torch import Tensor

from labs.activation.evaluation import splits, torch_seed
from labs.activation.grid import NAME, PRESETS, Cell, cells
from labs.activation.inner import BATCH, DECAY, EPSILON, HIDDEN
from labs.activation.learned import NOISE, SCALE, SHOWN, UNITS
from labs.activation.published import RATE, WINDOW
from labs.activation.tabulated import Function
from labs.data.mnist1d import CLASSES, LENGTH
from labs.kit.lab import Bench
from labs.kit.seeds import seed
from labs.nn.training import batch_indices

MEMBERS, EXAMPLES = 5, 10000
NETWORK, INSIDE = (LENGTH, HIDDEN, CLASSES), (1, UNITS, 1)
Pair = tuple[Tensor, Tensor]


def bench() -> list[Bench[Cell]]:
    """One outer step of the published length, and a fresh network that judges its activation; its
    steps are inner steps of both."""
    config = replace(
        PRESETS["full"], replicates=MEMBERS, arms=("paper",), outer_steps=1, nets=1, long_arms=()
    )
    stack = tuple(
        replace(cell, tuning_nets=0, tasks=(), epochs=(), transfer_rates=())
        for cell in cells(replace(config, knots=()))
    )
    return [Bench("outer step", stack, config.inner_steps, train_plain)]


def train_plain(cell: Cell) -> None:
    """What the lab does for a cell of the bench, in the usual way."""
    objective(cell.inner_steps, cell.replicate)
    fresh(cell.inner_steps, cell.replicate)


def objective(inner_steps: int, replicate: int = 0) -> Pair:
    """Objective and meta-gradient (301,) of the first published outer step, after which its
    network is evaluated."""
    (x, y), test = _data(replicate)
    generator = torch.Generator().manual_seed(torch_seed(replicate))
    outer, weights = (_flat(generator, *sizes) for sizes in (INSIDE, NETWORK))
    generator.manual_seed(torch_seed(replicate))
    activation = _activation(outer, generator)
    losses, weights = unrolled(x, y, weights, activation, generator, inner_steps, UNITS)
    mean = losses[-WINDOW:].mean()
    (gradient,) = torch.autograd.grad(mean, outer)
    _accuracy(weights, (test[0][:SHOWN], test[1][:SHOWN]), activation, generator)
    return mean.detach(), gradient


def fresh(inner_steps: int, replicate: int = 0) -> float:
    """Test accuracy in percent of a fresh network with the activation before that step."""
    (x, y), test = _data(replicate)
    start, order = (
        torch.Generator().manual_seed(seed(NAME, f"judging {what} 0", replicate))
        for what in ("start", "order")
    )
    outer = _flat(torch.Generator().manual_seed(torch_seed(replicate)), *INSIDE).detach()
    weights, activation = _flat(start, *NETWORK), _activation(outer)
    moment = torch.ones_like(weights)
    for (rows,) in batch_indices(len(x), BATCH, inner_steps, [order]):
        _, weights, moment = _step((x[rows], y[rows]), weights, moment, activation, start)
        weights, moment = weights.detach().requires_grad_(), moment.detach()
    return _accuracy(weights, test, activation)


def unrolled(
    x: Tensor,
    y: Tensor,
    weights: Tensor,
    activation: Function,
    generator: torch.Generator,
    steps: int,
    units: int,
) -> Pair:
    """The training losses (steps,) of one network and its last weights, with their graph; `units`
    inside the activation draw noise in the published evaluations, which are left out but for their
    draws."""
    moment, losses = torch.ones_like(weights), []
    for step in range(steps):
        here = slice(step * BATCH % len(x), step * BATCH % len(x) + BATCH)
        loss, weights, moment = _step(
            (x[here], y[here]), weights, moment, activation, generator, graph=True
        )
        losses.append(loss)
        if step:
            torch.rand(units + HIDDEN, generator=generator)
    return torch.stack(losses), weights


def _data(replicate: int) -> tuple[Pair, Pair]:
    data = splits([replicate], EXAMPLES)
    train, test = ((x[0, :, :LENGTH].contiguous(), y[0]) for x, y in (data.train, data.test))
    return train, test


def _step(
    batch: Pair,
    weights: Tensor,
    moment: Tensor,
    activation: Function,
    generator: torch.Generator,
    graph: bool = False,
) -> tuple[Tensor, Tensor, Tensor]:
    loss = F.cross_entropy(_network(weights, batch[0], NETWORK, activation, generator), batch[1])
    (gradient,) = torch.autograd.grad(loss, weights, create_graph=graph)
    moment = DECAY * moment + (1 - DECAY) * gradient**2
    return loss, weights - RATE * gradient / (moment.sqrt() + EPSILON), moment


def _activation(outer: Tensor, generator: torch.Generator | None = None) -> Function:
    def activation(a: Tensor) -> Tensor:
        y = _network(outer, a.reshape(-1, 1), INSIDE, torch.tanh, generator)
        return F.elu(a) + SCALE * y.reshape(a.shape)

    return activation


@torch.no_grad()
def _accuracy(
    weights: Tensor, test: Pair, activation: Function, generator: torch.Generator | None = None
) -> float:
    right = _network(weights, test[0], NETWORK, activation, generator).argmax(1) == test[1]
    return 100 * float(right.double().mean())


def _flat(generator: torch.Generator, inputs: int, hidden: int, outputs: int) -> Tensor:
    sizes = ((hidden * inputs, inputs), (hidden, inputs), (outputs * hidden, hidden))
    parts = [
        torch.empty(n).uniform_(-(fan**-0.5), fan**-0.5, generator=generator)
        for n, fan in (*sizes, (outputs, hidden))
    ]
    return torch.cat(parts).requires_grad_()


def _network(
    weights: Tensor,
    x: Tensor,
    sizes: tuple[int, int, int],
    activation: Function,
    generator: torch.Generator | None,
) -> Tensor:
    """Logits (B, outputs); with a generator there is noise after the hidden layer."""
    inputs, hidden, outputs = sizes
    parts = weights.split([hidden * inputs, hidden, outputs * hidden, outputs])
    h = activation(F.linear(x, parts[0].view(hidden, inputs), parts[1]))
    if generator is not None:
        h = h + NOISE * (2 * torch.rand(1, hidden, generator=generator) - 1)
    return F.linear(h, parts[2].view(outputs, hidden), parts[3])
