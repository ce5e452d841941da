"""What an outer step costs: the usual way in torch against the table and the written-out way back.

The usual way, of the same protocol: the activation network is evaluated at every unit of every
example in every inner step, and the graph of the whole training is kept and differentiated. It
leaves out upstream's evaluation on test data after every step. Its graph takes about 7 GB.
"""

from __future__ import annotations

from functools import partial

import torch
import torch.nn.functional as F
from torch import Tensor

from labs.activation.arms import RATE, WINDOW
from labs.activation.evaluation import splits, torch_seed
from labs.activation.inner import BATCH, CLASSES, DECAY, EPSILON, HIDDEN, INPUTS, Examples
from labs.activation.learned import NOISE, SCALE, UNITS, learn
from labs.activation.tabulated import Function
from labs.kit.lab import Bench

MEMBERS, INNER, EXAMPLES = 5, 301, 10000


def benches() -> list[Bench]:
    """One outer step of the published length; its steps are inner steps."""
    return [
        Bench(
            "outer step",
            INNER,
            MEMBERS,
            plain=partial(train_plain, INNER),
            stacked=partial(train_stacked, INNER, MEMBERS),
        )
    ]


def train_plain(inner_steps: int) -> None:
    """One outer step in the usual way."""
    objective(inner_steps)


def objective(inner_steps: int) -> tuple[Tensor, Tensor]:
    """Objective and meta-gradient (301,) of the first published outer step, in the usual way."""
    data = splits([0], EXAMPLES)
    generator = torch.Generator().manual_seed(0)
    x, y = data.train.x[0, :, :INPUTS].contiguous(), data.train.y[0]
    outer = _flat(generator, 1, UNITS, 1)
    weights = _flat(generator, INPUTS, HIDDEN, CLASSES)
    generator.manual_seed(0)

    def activation(a: Tensor) -> Tensor:
        y = _network(outer, a.reshape(-1, 1), (1, UNITS, 1), torch.tanh, generator)
        return F.elu(a) + SCALE * y.reshape(a.shape)

    losses = unrolled(x, y, weights, activation, generator, inner_steps, UNITS)
    mean = losses[-WINDOW:].mean()
    (gradient,) = torch.autograd.grad(mean, outer)
    return mean.detach(), gradient


def unrolled(
    x: Tensor,
    y: Tensor,
    weights: Tensor,
    activation: Function,
    generator: torch.Generator,
    steps: int,
    units: int,
) -> Tensor:
    """The training losses (steps,) of one network, with their graph; `units` inside the activation
    draw noise in the published evaluations, which are left out but for their draws."""
    moment, losses = torch.ones_like(weights), []
    for step in range(steps):
        here = slice(step * BATCH % len(x), step * BATCH % len(x) + BATCH)
        logits = _network(weights, x[here], (INPUTS, HIDDEN, CLASSES), activation, generator)
        loss = F.cross_entropy(logits, y[here])
        (gradient,) = torch.autograd.grad(loss, weights, create_graph=True)
        moment = DECAY * moment + (1 - DECAY) * gradient**2
        weights = weights - RATE * gradient / (moment.sqrt() + EPSILON)
        losses.append(loss)
        if step:
            torch.rand(units + HIDDEN, generator=generator)
    return torch.stack(losses)


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
    generator: torch.Generator,
) -> Tensor:
    inputs, hidden, outputs = sizes
    parts = weights.split([hidden * inputs, hidden, outputs * hidden, outputs])
    h = activation(F.linear(x, parts[0].view(hidden, inputs), parts[1]))
    h = h + NOISE * (2 * torch.rand(1, hidden, generator=generator) - 1)
    return F.linear(h, parts[2].view(outputs, hidden), parts[3])


def train_stacked(inner_steps: int, members: int) -> None:
    """The same outer step of several replicates as the lab makes it."""
    data = splits(range(members), EXAMPLES)
    test = Examples(*(part[:, :BATCH] for part in data.test))
    seeds = [torch_seed(replicate) for replicate in range(members)]
    for _ in learn(data.train, test, seeds, outer_steps=1, inner_steps=inner_steps, orders=None):
        pass
