"""The trained modular network of the scenes: which digit is it, and what is its waveform?

One small network per replicate stands for eleven modules. Its classifier says which of the ten
digits' modules fires, its second head what that module puts out: the digit's twelve points as they
were drawn, before they were shifted, sheared and blurred, scaled to norm 1.
"""

from collections.abc import Sequence
from functools import partial
from math import cos, pi
from typing import NamedTuple

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from labs.data import mnist1d
from labs.kit import shared
from labs.kit.checks import check_sizes
from labs.kit.seeds import seed
from labs.nn.halving import rectified
from labs.nn.layers import Conv1d, Linear
from labs.nn.losses import cross_entropy
from labs.nn.nets import CLASSES, LENGTH, Net
from labs.nn.optimizer import Optimizer
from labs.nn.training import fit, stacked
from labs.sketches.digits import POINTS, templates
from labs.sketches.rotations import NAME

CHANNELS, POSITIONS = 25, 5
RATE, BATCH = 1e-2, 25  # chosen on replicates 100 to 105, which no experiment uses
EVERY = 20  # steps from one rate to the next
CHUNK = 1000  # signals that are read at once


class Reader(Net):
    """The three convolutions of `labs.nn.nets.CNN` under two affine heads; 6,722 parameters.

    Input (M, B, 40) float32, output (M, B, 10 + 12): logits of the classes, then the waveform, not
    yet of norm 1.

    >>> net = start([0, 1])
    >>> sum(p[0].numel() for p in net.parameters())
    6722
    >>> tuple(net(torch.zeros(2, 3, 40)).shape)
    (2, 3, 22)
    """

    def __init__(self, members: int) -> None:
        super().__init__(members)
        self.first = Conv1d(members, 1, CHANNELS, kernel=5, stride=2, padding=1)
        self.second = Conv1d(members, CHANNELS, CHANNELS, kernel=3, stride=2, padding=1)
        self.third = Conv1d(members, CHANNELS, CHANNELS, kernel=3, stride=2, padding=1)
        self.classifier = Linear(members, CHANNELS * POSITIONS, CLASSES)
        self.waveform = Linear(members, CHANNELS * POSITIONS, POINTS)

    def forward(self, x: Tensor) -> Tensor:
        h = rectified(x.unsqueeze(-1), self.first, self.second, self.third).flatten(2)
        return torch.cat([self.classifier(h), self.waveform(h)], dim=-1)

    def responses(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """What the channels of the second and the third convolution respond along the signal,
        rectified: (M, B, 10, 25) and (M, B, 5, 25).

        >>> second, third = start([0]).responses(torch.zeros(1, 3, 40))
        >>> tuple(second.shape), tuple(third.shape)
        ((1, 3, 10, 25), (1, 3, 5, 25))
        """
        second = rectified(x.unsqueeze(-1), self.first, self.second)
        return second, self.third(second).relu()


class Reading(NamedTuple):
    """Per member: classes (M, n) int64, waveforms (M, n, 12) float64 of norm 1."""

    classes: np.ndarray
    waveforms: np.ndarray


class Score(NamedTuple):
    """Of one member: classes found in percent, and the root mean square error of a point of the
    waveform (a point's own root mean square is 0.29)."""

    accuracy: float
    waveform_rms: float


def loss(outputs: Tensor, labels: Tensor) -> Tensor:
    """Cross-entropy in nats plus the squared distance of the waveform to the digit's own, mean over
    examples (M,); outputs (M, B, 22), labels (M, B) int64.

    >>> right = torch.tensor(templates()[[4]])
    >>> unsure = torch.cat([torch.zeros(1, 10), right], dim=-1)  # of ten classes: log 10
    >>> round(loss(unsure[None], torch.tensor([[4]])).item(), 3)
    2.303
    """
    logits, waveforms = outputs.split([CLASSES, POINTS], dim=-1)
    own = torch.tensor(templates(), dtype=waveforms.dtype, device=waveforms.device)[labels]
    return cross_entropy(logits, labels) + (waveforms - own).square().sum(-1).mean(1)


def start(replicates: Sequence[int], device: str = "cpu") -> Reader:
    """A stack of untrained readers, one per replicate, each from its own stream.

    >>> pair, single = start([0, 5]), start([5])  # a member does not depend on the others
    >>> bool((pair.third.weight[1] == single.third.weight[0]).all())
    True
    """
    net = Reader(len(replicates))
    net.reset([seed(NAME, "start of the reader", r) for r in replicates])
    return net.to(device)


def train(replicates: Sequence[int], steps: int, device: str = "cpu") -> Reader:
    """Readers trained on the published data of their replicates (4000 examples each) by Adam, whose
    rate falls from `RATE` to 0 along a half cosine; in a run each stack once, by one process.

    Args:
        replicates: one member each; a member does not depend on the others of its stack.
        steps: of `BATCH` examples; after 4000 they read 95 signals of 100 right.
        device: where the stack is trained, and stays.

    Raises:
        ValueError: no replicate, a negative one, or `steps` below 1.
    """
    check_sizes(replicates=len(replicates), steps=steps)
    name = "-".join(map(str, ("reader", *replicates, steps, device)))
    found = shared.arrays({name: partial(_trained, replicates, steps, device)})[name]
    net = Reader(len(replicates))
    net.load_state_dict({n: torch.from_numpy(weight) for n, weight in found.items()})
    return net.to(device)


def _trained(replicates: Sequence[int], steps: int, device: str) -> dict[str, np.ndarray]:
    net = start(replicates, device)
    data = (mnist1d.published(r).train for r in replicates)
    optimizer = Optimizer(net, torch.optim.Adam, lr=RATE)
    orders = [seed(NAME, "order of the reader", r) for r in replicates]
    done = fit(
        net,
        *stacked(data, device),
        optimizer=optimizer,
        steps=steps,
        every=EVERY,
        batch=BATCH,
        shuffles=[torch.Generator().manual_seed(order) for order in orders],
        loss=loss,
    )
    for step in done:
        optimizer.scale_rate((1 + cos(pi * step / steps)) / 2)
    return {name: weight.numpy(force=True) for name, weight in net.state_dict().items()}


def alone(net: Reader, member: int) -> Reader:
    """One member of a stack as a stack of its own.

    Raises:
        ValueError: a member that the stack does not have.

    >>> pair, x = start([0, 5]), np.ones((1, 40))
    >>> of_stack, of_one = (read(net, x).waveforms[-1] for net in (pair, alone(pair, 1)))
    >>> bool(np.allclose(of_stack, of_one, atol=1e-5))
    True
    """
    if not 0 <= member < net.members:
        raise ValueError(f"member must be 0 to {net.members - 1}, got {member}")
    own = Reader(1).to(net.classifier.weight.device)
    own.load_state_dict({name: p[member : member + 1] for name, p in net.state_dict().items()})
    return own


@torch.no_grad()
def read(net: Reader, x: np.ndarray) -> Reading:
    """What the modules say of signals: (n, 40), which all members read, or (M, n, 40).

    Raises:
        ValueError: signals of another shape.

    >>> found = read(start([0, 1]), np.ones((3, 40)))
    >>> found.classes.shape, np.linalg.norm(found.waveforms, axis=-1).round(6).tolist()
    ((2, 3), [[1.0, 1.0, 1.0], [1.0, 1.0, 1.0]])
    """
    signals = _signals(net, x)
    outputs = torch.cat([net(part) for part in signals.split(CHUNK, dim=1)], dim=1).cpu()
    logits, waveforms = outputs.split([CLASSES, POINTS], dim=-1)
    unit = F.normalize(waveforms.double(), dim=-1)
    return Reading(logits.argmax(-1).numpy(), unit.numpy())


def _signals(net: Reader, x: np.ndarray) -> Tensor:
    if x.ndim not in (2, 3) or x.shape[-1] != LENGTH or (x.ndim == 3 and len(x) != net.members):
        raise ValueError(
            f"x must be of shape (n, {LENGTH}) or ({net.members}, n, {LENGTH}), got {x.shape}"
        )
    signals = torch.from_numpy(np.asarray(x, np.float32)).to(net.classifier.weight.device)
    return signals.expand(net.members, -1, -1)


def scores(net: Reader, replicates: Sequence[int], examples: int = 20_000) -> list[Score]:
    """How well each member reads fresh examples of its replicate's law.

    Raises:
        ValueError: another number of replicates than of members, `examples` below 1.

    >>> (score,) = scores(start([0]), [0], examples=100)
    >>> score.accuracy < 50, score.waveform_rms > 0.1  # it guesses before it is trained
    (True, True)
    """
    check_sizes(examples=examples)
    if len(replicates) != net.members:
        raise ValueError(f"replicates must be {net.members}, got {len(replicates)}")
    fresh = [mnist1d.fresh(r, examples, "fresh test set") for r in replicates]
    found = read(net, np.stack([split.x for split in fresh]))
    return [
        Score(*map(float, _score(split.y, classes, waveforms)))
        for split, classes, waveforms in zip(fresh, *found, strict=True)
    ]


def _score(y: np.ndarray, classes: np.ndarray, waveforms: np.ndarray) -> tuple[float, float]:
    wrong = waveforms - templates()[y]
    return 100 * np.mean(classes == y), np.sqrt(np.mean(wrong**2))
