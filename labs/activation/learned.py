"""Learning the activation: gradient descent on a small network inside the activation.

f(x) = ELU(x) + 0.2 (w2 . (tanh(w1 x + b1) + noise) + b2), with 100 hidden units (301 parameters).
The outer objective is the mean training loss of the last 200 inner steps; its gradient is clamped
to +-0.1 in each parameter and followed by plain gradient descent at rate 0.3.

The noise inside is drawn once for each inner step, not for each x: it shifts the whole function by
0.2 w2 . noise, one number with mean 0 for each step, independent of x. So f itself is tabulated
once for each outer step, and the shifts are added, noise and gradient as published.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

import torch
import torch.nn.functional as F
from torch import Tensor

from labs.activation import inner
from labs.activation.inner import HIDDEN, Batch, Examples, Layers
from labs.activation.published import RATE, WINDOW
from labs.activation.tabulated import CELLS, Tabulated
from labs.activation.unrolled import Unrolled

UNITS, SCALE = 100, 0.2
NOISE = 0.1  # half the width of its uniform law, inside the activation and after it
OUTER_RATE, CLAMP = 0.3, 0.1
SHOWN = 500  # test examples of the published accuracy
EXACT = 8192  # cells of the table that others are compared with


class Meta(NamedTuple):
    """The parameters of the activation of each member: w1, b1, w2 (M, 100) and b2 (M, 1)."""

    w1: Tensor
    b1: Tensor
    w2: Tensor
    b2: Tensor

    @classmethod
    def start(cls, generators: Sequence[torch.Generator]) -> Meta:
        """As torch's `Linear(1, 100)` and `Linear(100, 1)` start, in their order; float64."""
        bounds = ((UNITS, 1.0), (UNITS, 1.0), (UNITS, UNITS**-0.5), (1, UNITS**-0.5))
        draws = [
            [torch.empty(n).uniform_(-b, b, generator=g) for n, b in bounds] for g in generators
        ]
        return cls(*(torch.stack(part).double() for part in zip(*draws, strict=True)))

    def activation(self, x: Tensor) -> Tensor:
        """f without noise, elementwise in x (M, P)."""
        hidden = torch.tanh(x.unsqueeze(2) * self.w1.unsqueeze(1) + self.b1.unsqueeze(1))
        return F.elu(x) + SCALE * (hidden @ self.w2.unsqueeze(2) + self.b2.unsqueeze(1)).squeeze(2)

    def shifts(self, noise: Tensor) -> Tensor:
        """What noise (steps, M, 100) adds to f at each step, (steps, M)."""
        return SCALE * (noise * self.w2).sum(2)

    def descend(self, gradients: Sequence[Tensor]) -> Meta:
        """One outer step, ready for the next."""
        moved = (
            p - OUTER_RATE * g.clamp(-CLAMP, CLAMP) for p, g in zip(self, gradients, strict=True)
        )
        return Meta(*(p.detach().requires_grad_() for p in moved))


class Noise(NamedTuple):
    """Uniform noise of a training, inside the activation (steps, M, 100) float64 and after it
    (steps, M, 1, 128), and of the last published evaluation, (1, M, 100) and (1, M, 1, 128)."""

    inside: Tensor
    after: Tensor
    last_inside: Tensor
    last_after: Tensor


def noise(generators: Sequence[torch.Generator], steps: int, units: int, scale: float) -> Noise:
    """Noise in the order in which the published code draws it, which evaluates after every step
    but the first; `units` inside the activation (0 for one that is not learned)."""
    count = units + HIDDEN
    draws = torch.stack([torch.rand(count * (2 * steps - 1), generator=g) for g in generators], 1)
    draws = scale * (2 * draws - 1)
    training = [draws[:count], *draws[count:].split(2 * count)]
    rows = torch.stack([row[:count] for row in training]).transpose(1, 2)
    last = draws[-count:].T.unsqueeze(0)
    return Noise(
        rows[..., :units].double(),
        rows[..., units:].unsqueeze(2).contiguous(),
        last[..., :units].double(),
        last[..., units:].unsqueeze(2),
    )


class Outer(NamedTuple):
    """One outer step: the function before it and, for each member (M,), the objective, the norm of
    its gradient and the published accuracy (500 test examples, with noise) in percent."""

    meta: Meta
    objective: Tensor
    gradient_norm: Tensor
    accuracy: Tensor


def learn(
    train: Examples,
    test: Examples,
    seeds: Sequence[int],
    *,
    outer_steps: int,
    inner_steps: int,
    orders: Sequence[int] | None,
    noisy: bool = True,
) -> Iterator[Outer]:
    """Learn one activation for each member; yields every outer step.

    Args:
        train, test: the members' data.
        seeds: of each member's activation, inner starts and noise. Seed 0 on the published data
            set is the published run.
        outer_steps: of gradient descent on the activation.
        inner_steps: of each training.
        orders: seeds of the batch orders for trainings that all start and go differently. None
            for the published way: the fixed order, and from the second outer step on always the
            same start and noise.
        noisy: is there noise, inside the activation and after it?
    """
    members, shown = len(seeds), Examples(*(part[:, :SHOWN] for part in test))
    generators = [torch.Generator().manual_seed(seed) for seed in seeds]
    shuffles = None if orders is None else [torch.Generator().manual_seed(s) for s in orders]
    meta = Meta(*(p.requires_grad_() for p in Meta.start(generators)))
    training = Unrolled(members, inner_steps)
    for _ in range(outer_steps):
        weights = inner.start(generators)
        if shuffles is None:
            for generator, seed in zip(generators, seeds, strict=True):
                generator.manual_seed(seed)
        draws = noise(generators, inner_steps, UNITS, NOISE if noisy else 0.0)
        for generator in generators:
            torch.rand(UNITS, generator=generator)  # the published code draws f, with noise, here
        table = Tabulated(meta.activation, members)
        batches = train.batches(inner_steps, shuffles)
        objective, weights, gradients = meta_gradient(
            meta, table, training, weights, batches, draws
        )
        last = draws.last_after + _spread(meta.shifts(draws.last_inside))
        yield Outer(
            meta,
            objective,
            torch.cat(gradients, 1).norm(dim=1),
            inner.accuracy(weights, shown, table, last[0].float()),
        )
        meta = meta.descend(gradients)


def meta_gradient(
    meta: Meta,
    table: Tabulated,
    training: Unrolled,
    weights: Layers,
    batches: Iterable[Batch],
    draws: Noise,
) -> tuple[Tensor, Layers, tuple[Tensor, ...]]:
    """Train once: the objective (M,), the last weights, and the objective's gradient by `meta`,
    of which `table` is the table."""
    shifts = meta.shifts(draws.inside)
    after = (draws.after + _spread(shifts)).to(weights.flat.dtype)
    rate = torch.full((len(meta.b2), 1), RATE, dtype=weights.flat.dtype)
    losses, weights = training.fit(weights, batches, after, table, rate)
    counted = min(WINDOW, len(losses))
    by_shifts = training.backward(len(losses) - counted).double()
    return losses[-counted:].mean(0), weights, table.gradients(meta, [(shifts, by_shifts)])


def _spread(shifts: Tensor) -> Tensor:
    """From (steps, M) to the axes of examples and hidden units."""
    return shifts.detach()[..., None, None]


def table_error(
    train: Examples, seeds: Sequence[int], inner_steps: int, knots: Sequence[int]
) -> dict[str, Tensor]:
    """Relative errors of objective and meta-gradient in the first published outer step.

    Args:
        train: the members' data.
        seeds: as `learn` takes them.
        inner_steps: of the training.
        knots: numbers of cells.

    Returns:
        ``objective_error`` and ``gradient_error`` (M, knots) in float64 against a table of 8192
        cells, and the same with ``_float32`` (M,) in float32 with the usual number of cells.
    """

    def run(cells: int, dtype: torch.dtype) -> Tensor:
        generators = [torch.Generator().manual_seed(seed) for seed in seeds]
        meta = Meta(*(p.requires_grad_() for p in Meta.start(generators)))
        weights = inner.start(generators, dtype)
        for generator, seed in zip(generators, seeds, strict=True):
            generator.manual_seed(seed)
        objective, _, gradients = meta_gradient(
            meta,
            Tabulated(meta.activation, len(seeds), cells=cells, dtype=dtype),
            Unrolled(len(seeds), inner_steps, dtype),
            weights,
            Examples(train.x.to(dtype), train.y).batches(inner_steps),
            noise(generators, inner_steps, UNITS, NOISE),
        )
        return torch.cat([objective.double().unsqueeze(1), *gradients], 1)

    exact = run(EXACT, torch.float64)
    single = _relative(run(CELLS, torch.float32), exact)
    table = torch.stack([_relative(run(cells, torch.float64), exact) for cells in knots], 2)
    names = ("objective_error", "gradient_error")
    columns = dict(zip(names, table, strict=True))
    return columns | {f"{n}_float32": e for n, e in zip(names, single, strict=True)}


def _relative(found: Tensor, exact: Tensor) -> Tensor:
    parts = (slice(0, 1), slice(1, None))
    return torch.stack([(found - exact)[:, p].norm(dim=1) / exact[:, p].norm(dim=1) for p in parts])
