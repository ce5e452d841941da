"""The same networks as ordinary `torch.nn` modules, and the usual training loop.

They are the oracle of the stacked nets in the tests and the baseline of `python -m labs bench`.
Input (B, length) float32, output logits (B, classes).
"""

from __future__ import annotations

from collections.abc import Callable

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from labs.nn.base import STANDARD, Sizes
from labs.nn.nets import CLASSES, LENGTH, check_depth


class Logistic(nn.Module):
    """One affine map."""

    def __init__(self) -> None:
        super().__init__()
        self.head = nn.Linear(LENGTH, CLASSES)

    def forward(self, x: Tensor) -> Tensor:
        return self.head(x)


class MLP(nn.Module):
    """One or two hidden layers, the second residual unless told otherwise."""

    def __init__(
        self, hidden: int = 100, *, depth: int = 2, residual: bool = True, classes: int = CLASSES
    ) -> None:
        check_depth(depth)
        super().__init__()
        self.depth, self.residual = depth, residual
        self.first = nn.Linear(LENGTH, hidden)
        if depth == 2:
            self.second = nn.Linear(hidden, hidden)
        self.head = nn.Linear(hidden, classes)

    def forward(self, x: Tensor) -> Tensor:
        h = self.first(x).relu()
        if self.depth == 2:
            second = self.second(h).relu()
            h = h + second if self.residual else second
        return self.head(h)


class CNN(nn.Module):
    """Three convolutions of stride 2 and a linear readout."""

    def __init__(self, channels: int = 25) -> None:
        super().__init__()
        self.first = nn.Conv1d(1, channels, 5, stride=2, padding=1)
        self.second = nn.Conv1d(channels, channels, 3, stride=2, padding=1)
        self.third = nn.Conv1d(channels, channels, 3, stride=2, padding=1)
        self.head = nn.Linear(5 * channels, CLASSES)

    def forward(self, x: Tensor) -> Tensor:
        h = self.first(x.unsqueeze(1)).relu()
        h = self.second(h).relu()
        h = self.third(h).relu()
        return self.head(h.flatten(1))


class LocalLayer(nn.Module):
    """One `Linear` per position over windows of a (B, length, channels) sequence."""

    def __init__(self, length: int, inputs: int, outputs: int, kernel: int) -> None:
        super().__init__()
        self.kernel = kernel
        positions = (length + 2 - kernel) // 2 + 1
        self.kernels = nn.ModuleList(nn.Linear(kernel * inputs, outputs) for _ in range(positions))

    def forward(self, x: Tensor) -> Tensor:
        x = F.pad(x, (0, 0, 1, 1))
        outputs = [
            k(x[:, 2 * i : 2 * i + self.kernel].flatten(1)) for i, k in enumerate(self.kernels)
        ]
        return torch.stack(outputs, dim=1)


class LocalNet(nn.Module):
    """The CNN without weight sharing."""

    def __init__(self, channels: int = 25) -> None:
        super().__init__()
        self.first = LocalLayer(LENGTH, 1, channels, 5)
        self.second = LocalLayer(19, channels, channels, 3)
        self.third = LocalLayer(10, channels, channels, 3)
        self.head = nn.Linear(5 * channels, CLASSES)

    def forward(self, x: Tensor) -> Tensor:
        h = self.first(x.unsqueeze(-1)).relu()
        h = self.second(h).relu()
        h = self.third(h).relu()
        return self.head(h.transpose(1, 2).flatten(1))


class GRUNet(nn.Module):
    """Bidirectional GRU, all states read out."""

    def __init__(self, hidden: int = 6) -> None:
        super().__init__()
        self.recurrent = nn.GRU(1, hidden, batch_first=True, bidirectional=True)
        self.head = nn.Linear(2 * hidden * LENGTH, CLASSES)

    def forward(self, x: Tensor) -> Tensor:
        return self.head(self.recurrent(x.unsqueeze(-1))[0].flatten(1))


class Transformer(nn.Module):
    """One pre-norm encoder block over patches with learned positions, mean readout."""

    def __init__(self, features: int = 16, heads: int = 2, wide: int = 32, patch: int = 4) -> None:
        super().__init__()
        self.patch = patch
        self.embed = nn.Linear(patch, features)
        self.positions = nn.Embedding(LENGTH // patch, features)
        nn.init.uniform_(self.positions.weight, -1, 1)
        self.block = nn.TransformerEncoderLayer(
            features, heads, wide, dropout=0.0, batch_first=True, norm_first=True
        )
        self.head = nn.Linear(features, CLASSES)

    def forward(self, x: Tensor) -> Tensor:
        h = self.embed(x.unflatten(1, (-1, self.patch))) + self.positions.weight
        return self.head(self.block(h).mean(1))


class Block(nn.Module):
    """Attention and a feedforward layer, each behind its normalisation."""

    def __init__(self, sizes: Sizes) -> None:
        super().__init__()
        d, self.heads = sizes.features, sizes.heads
        self.norm_attention = nn.LayerNorm(d)
        self.query, self.key, self.value, self.out = (nn.Linear(d, d) for _ in range(4))
        self.norm_feedforward = nn.LayerNorm(d)
        self.widen, self.narrow = nn.Linear(d, sizes.wide), nn.Linear(sizes.wide, d)

    def forward(self, h: Tensor) -> Tensor:
        x = self.norm_attention(h)
        maps = (self.query, self.key, self.value)
        split = (f(x).unflatten(-1, (self.heads, -1)).transpose(1, 2) for f in maps)
        heard = F.scaled_dot_product_attention(*split).transpose(1, 2).flatten(2)
        h = h + self.out(heard)
        return h + self.narrow(F.gelu(self.widen(self.norm_feedforward(h))))


class Base(nn.Module):
    """A transformer over the tokens that two convolutions make of a signal (`labs.nn.base`)."""

    def __init__(self, sizes: Sizes = STANDARD) -> None:
        super().__init__()
        self.first = nn.Conv1d(1, sizes.stem, 5, padding=2)
        self.second = nn.Conv1d(sizes.stem, sizes.features, 5, stride=2, padding=2)
        self.positions = nn.Embedding(sizes.tokens, sizes.features)
        nn.init.uniform_(self.positions.weight, -1, 1)
        self.blocks = nn.Sequential(*(Block(sizes) for _ in range(sizes.blocks)))
        self.norm = nn.LayerNorm(sizes.features)
        self.head = nn.Linear(sizes.features, sizes.classes)

    def forward(self, x: Tensor) -> Tensor:
        h = F.gelu(self.second(F.gelu(self.first(x.unsqueeze(1)))))
        h = self.blocks(h.transpose(1, 2) + self.positions.weight)
        return self.head(self.norm(h).mean(1))


def train(
    net: nn.Module,
    x: Tensor,
    y: Tensor,
    steps: int,
    rate: float = 1e-2,
    batch: int = 100,
    *,
    optimizer: Callable[..., torch.optim.Optimizer] = torch.optim.Adam,
    shuffle: torch.Generator | None = None,
) -> None:
    """The usual loop, with cross-entropy; trains `net` in place.

    Args:
        net: any network of this module.
        x: inputs (n, length) float32, n a multiple of `batch`.
        y: labels (n,) int64.
        steps: training steps.
        rate: learning rate.
        batch: examples per step.
        optimizer: called with the parameters and `lr=rate`; for momentum,
            `partial(torch.optim.SGD, momentum=0.9)`.
        shuffle: generator of each epoch's order; None goes through the examples in fixed order.
    """
    updates = optimizer(net.parameters(), lr=rate)
    inputs, labels = x, y
    for step in range(steps):
        start = step * batch % len(x)
        if shuffle is not None and start == 0:
            order = torch.randperm(len(x), generator=shuffle)
            inputs, labels = x[order], y[order]
        here = slice(start, start + batch)
        loss = F.cross_entropy(net(inputs[here]), labels[here])
        updates.zero_grad()
        loss.backward()
        updates.step()


@torch.no_grad()
def evaluate(net: nn.Module, x: Tensor, y: Tensor) -> tuple[float, float]:
    """Mean cross-entropy in nats and accuracy in percent, of all examples in one pass.

    Args:
        net: any network of this module.
        x: inputs (n, length) float32.
        y: labels (n,) int64.
    """
    logits = net(x)
    accuracy = 100 * (logits.argmax(1) == y).double().mean()
    return F.cross_entropy(logits, y).item(), accuracy.item()
