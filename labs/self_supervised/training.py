"""The views, the training of one stack, and the probing of its layers."""

from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache

import numpy as np
import torch
from scipy.signal import detrend
from torch import Tensor

from labs.data import mnist1d
from labs.kit.seeds import seed
from labs.nn.losses import cross_entropy
from labs.nn.optimizer import Optimizer
from labs.nn.training import batch_indices, stacked
from labs.self_supervised import probes
from labs.self_supervised.contrastive import Encoder, half_info_nce, info_nce
from labs.self_supervised.grid import ARMS, LAST_CONVOLUTION, NAME, Cell, Record

BATCH = 100
FRESH = 4000  # test examples beside the published 1000
LOSSES = {"half": half_info_nce, "full": info_nce}
Parts = dict[str, np.ndarray]
EpochLosses = Callable[[Tensor], Iterator[Tensor]]


@lru_cache(maxsize=32)
def drawn(replicate: int) -> tuple[Parts, Parts]:
    """Inputs (n, 40) float32 and labels (n,) of "train", "test", "validation" and "fresh", by part.

    Validation and fresh examples are new draws of the same law, standardised apart. The 4000 fresh
    ones are for testing: 1000 test examples are the larger part of the noise of a comparison.
    """
    own = mnist1d.published(replicate)
    other = seed(NAME, "validation and fresh data", replicate) % 2**32
    more = mnist1d.drawn(other, train=0, val=1000, test=FRESH)
    parts = {"train": own.train, "test": own.test, "validation": more.val, "fresh": more.test}
    return {n: part.x for n, part in parts.items()}, {n: part.y for n, part in parts.items()}


class Views:
    """Random views of signals: without their own mean and slope, turned round by some positions,
    with a new slope and a new offset.

    Args:
        x: signals (M, n, L) float32.
        generators: per member, the CPU generator of its draws.
        shifts: a signal is turned by 0 to shifts - 1 positions.
        slope: standard deviation of the new slope, per position, about the middle.
        offset: that of the new offset.
    """

    def __init__(
        self,
        x: Tensor,
        generators: Sequence[torch.Generator],
        shifts: int,
        slope: float,
        offset: float,
    ) -> None:
        self.generators, self.shifts = generators, shifts
        self.length = x.shape[-1]
        flat = torch.from_numpy(detrend(x.cpu().numpy())).flatten(0, 1).to(x)
        # Every turn of a signal is a window of the signal written twice.
        self._turns = torch.cat([flat, flat], dim=1).unfold(1, self.length, 1)
        self._firsts = torch.arange(len(x)).view(-1, 1, 1) * x.shape[1]
        positions = torch.arange(self.length, device=x.device)
        self._line = slope * (positions - (self.length - 1) / 2)
        self._offset = offset

    def __call__(self, rows: Tensor) -> Tensor:
        """Two views each of the examples `rows` (M, batches, B): batch by batch and member by
        member first views, then second views (batches, M, 2 B, L)."""
        examples = (rows + self._firsts).repeat(1, 1, 2)
        draws = [self._drawn(g, examples.shape[1:]) for g in self.generators]
        shift, slope, offset = (torch.stack(d, dim=1) for d in zip(*draws, strict=True))
        device = self._turns.device
        turned = self._turns[examples.transpose(0, 1).to(device), self.length - shift.to(device)]
        turned.addcmul_(slope.to(device), self._line)
        return turned.add_(offset.to(device), alpha=self._offset)

    def _drawn(self, generator: torch.Generator, shape: torch.Size) -> tuple[Tensor, ...]:
        shift = torch.randint(self.shifts, shape, generator=generator)
        return shift, *torch.randn(2, *shape, 1, generator=generator)


def contrastive(net: Encoder, x: Tensor, cells: Sequence[Cell]) -> EpochLosses:
    """From the rows of an epoch's batches in x (M, n, L), shaped (M, batches, B), the loss (M,) of
    two views of one batch after the other."""
    cell, arm = cells[0], ARMS[cells[0].arm]
    offset = cell.offset if arm.offset else 0.0
    views = Views(x, _generators("views", cells), cell.shifts, cell.slope, offset)

    def losses(rows: Tensor) -> Iterator[Tensor]:
        for both in views(rows):
            first, second = net(both).chunk(2, dim=1)
            yield LOSSES[arm.loss](first, second, cell.temperature)

    return losses


def _supervised(net: Encoder, x: Tensor, y: Tensor) -> EpochLosses:
    own = torch.arange(len(x)).unsqueeze(1)
    return lambda rows: (cross_entropy(net(x[own, r]), y[own, r]) for r in rows.unbind(1))


def epochs(
    net: Encoder, losses: EpochLosses, examples: int, cells: Sequence[Cell], steps: int
) -> Iterator[Tensor]:
    """Train for the stack's epochs of `steps` batches, a new order every time the examples are used
    up; yields each epoch's mean loss (M,)."""
    optimizer = Optimizer(net, torch.optim.Adam, lr=cells[0].rate)
    orders = _generators("batch order", cells)
    for rows in batch_indices(examples, steps * BATCH, cells[0].epochs, orders):
        done = []
        for loss in losses(rows.unflatten(1, (steps, BATCH))):
            loss.sum().backward()
            optimizer.step()
            done.append(loss.detach())
        yield torch.stack(done).mean(0)


def _generators(purpose: str, cells: Sequence[Cell]) -> list[torch.Generator]:
    seeds = [seed(NAME, purpose, cell.replicate) for cell in cells]
    return [torch.Generator().manual_seed(s) for s in seeds]


def train(cells: Sequence[Cell], device: str) -> Iterator[Record]:
    """Train the replicates of one arm and probe their layers."""
    cell, arm = cells[0], ARMS[cells[0].arm]
    net = Encoder(len(cells), arm.projector)
    net.reset([seed(NAME, "initialisation", c.replicate) for c in cells]).to(device)
    inputs, labels = zip(*(drawn(c.replicate) for c in cells), strict=True)
    x = {name: stacked(((own[name],) for own in inputs), device)[0] for name in inputs[0]}
    seen = torch.cat([x["train"], x["test"]], dim=1) if arm.test_inputs else x["train"]
    if arm.loss == "labels":
        (y,) = stacked(((own["train"],) for own in labels), device)
        losses = _supervised(net, seen, y)
    else:
        losses = contrastive(net, seen, cells)
    steps = x["train"].shape[1] // BATCH  # as many with the test inputs as without
    looked, means, looks = [0], [], [_last_convolution(net, x, labels, cell)]
    for epoch, mean in enumerate(epochs(net, losses, seen.shape[1], cells, steps), start=1):
        if epoch in (*cell.looks, cell.epochs):
            looked.append(epoch)
            means.append(mean.tolist())
            looks.append(_last_convolution(net, x, labels, cell))
    for m, layers in enumerate(_features(net, x)):
        yield record(
            cells[m],
            layers,
            labels[m],
            epoch=looked,
            loss=[mean[m] for mean in means],
            linear_by_epoch=[look[m] for look in looks],
        )


def _features(net: Encoder, x: dict[str, Tensor]) -> list[list[Parts]]:
    """Member by member and layer by layer, the representations of all parts of the data."""
    parts = {name: [h.cpu().numpy() for h in net.representations(own)] for name, own in x.items()}
    depths = len(parts["train"])
    return [
        [{name: layers[depth][m] for name, layers in parts.items()} for depth in range(depths)]
        for m in range(net.members)
    ]


def _last_convolution(
    net: Encoder, x: dict[str, Tensor], labels: Sequence[Parts], cell: Cell
) -> list[float]:
    """Member by member, the linear probe's accuracy before the projector."""
    return [
        _tested(probes.linear(layers[LAST_CONVOLUTION], own, cell.labelled))
        for layers, own in zip(_features(net, x), labels, strict=True)
    ]


def _tested(accuracies: dict[str, float]) -> float:
    """Accuracy on all test examples, the published and the fresh ones."""
    return (1000 * accuracies["test"] + FRESH * accuracies["fresh"]) / (1000 + FRESH)


def record(
    cell: Cell, layers: Sequence[Parts], labels: Parts, *, epoch: list[int], **curves: list[float]
) -> Record:
    """Probe every layer of a trained network; `curves` are its `loss` and `linear_by_epoch`."""
    linear = [probes.linear(layer, labels, cell.labelled) for layer in layers]
    metrics = ["euclidean"] + ["cosine"] * (len(layers) - 1)  # of signals as upstream has it
    embedding, mapped = layers[-1], slice(cell.mapped)
    return Record(
        epoch=epoch,
        **curves,
        linear=[_tested(accuracies) for accuracies in linear],
        linear_published=[accuracies["test"] for accuracies in linear],
        linear_validation=[accuracies["validation"] for accuracies in linear],
        neighbours=[
            probes.neighbours(layer, labels, metric, cell.labelled)
            for layer, metric in zip(layers, metrics, strict=True)
        ],
        own=_own(embedding, labels) if ARMS[cell.arm].loss == "labels" else None,
        map=probes.planar(embedding["train"][mapped]) if cell.mapped else None,
        digit=labels["train"][mapped].astype(np.uint8) if cell.mapped else None,
    )


def _own(logits: Parts, labels: Parts) -> float:
    right = {name: h.argmax(1) == labels[name] for name, h in logits.items()}
    return _tested({name: 100 * float(r.mean()) for name, r in right.items()})
