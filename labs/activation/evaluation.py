"""How good an activation is: on the published network, and on fresh ones at its own best rate."""

from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor

from labs.activation import inner
from labs.activation.grid import NAME
from labs.activation.inner import HIDDEN, Examples, Layers, ValueAndSlope
from labs.activation.learned import NOISE, SHOWN, noise
from labs.activation.published import RATE, WINDOW
from labs.activation.tabulated import Function
from labs.data import mnist1d
from labs.kit.seeds import seed
from labs.nn.training import stacked

VALIDATION = 2000  # further draws of the same law


class Activation(NamedTuple):
    """An elementwise function on (M, ...), as torch differentiates it and as value and slope."""

    function: Function
    evaluate: ValueAndSlope


class Splits(NamedTuple):
    """The data of a stack, one set for each member."""

    train: Examples
    val: Examples
    test: Examples


@lru_cache(maxsize=32)
def drawn(replicate: int, examples: int) -> dict[str, tuple[np.ndarray, np.ndarray]]:
    """A replicate's data set: inputs (n, 40) float32 and labels (n,), four fifths to train, one
    fifth to test, and fresh draws to validate. Replicate 0 is the published one."""
    train = int(0.8 * examples)
    own = mnist1d.drawn(mnist1d.SEED + replicate, train=train, test=examples - train)
    fresh = seed(NAME, "validation data", replicate) % 2**32
    more = mnist1d.drawn(fresh, train=0, val=VALIDATION)
    return {"train": own.train, "val": more.val, "test": own.test}


def splits(replicates: Sequence[int], examples: int) -> Splits:
    """The data sets of some replicates, side by side."""
    parts = {}
    for name in Splits._fields:
        x, y = stacked(drawn(r, examples)[name] for r in replicates)
        parts[name] = Examples(torch.cat([x, torch.ones_like(x[..., :1])], dim=2), y)
    return Splits(**parts)


def torch_seed(replicate: int) -> int:
    """The seed of the published protocol in a replicate; 0 in replicate 0, as published."""
    return seed(NAME, "published protocol", replicate) if replicate else 0


def published(
    activation: Activation, data: Splits, replicates: Sequence[int], steps: int
) -> dict[str, Tensor]:
    """One network by the published protocol: mean training loss over all steps and over the last
    200, and accuracy on 500 test examples with noise, each (M,)."""
    seeds = [torch_seed(replicate) for replicate in replicates]
    generators = [torch.Generator().manual_seed(s) for s in seeds]
    weights = inner.start(generators)
    for generator, s in zip(generators, seeds, strict=True):
        generator.manual_seed(s)
    draws = noise(generators, steps, 0, NOISE)
    rate = torch.full((len(seeds), 1), RATE)
    batches = data.train.batches(steps)
    losses, weights = inner.fit(weights, batches, draws.after, activation.evaluate, rate)
    shown = Examples(*(part[:, :SHOWN] for part in data.test))
    return {
        "published_loss": losses.mean(0),
        "published_window": losses[-WINDOW:].mean(0),
        "published_accuracy": inner.accuracy(
            weights, shown, activation.function, draws.last_after[0]
        ),
    }


class Judge:
    """Trains fresh networks with an activation.

    Starts, batch orders and noise are named by replicate, purpose and number: every activation
    meets the same ones. Test and validation go without noise.
    """

    def __init__(self, data: Splits, replicates: Sequence[int]) -> None:
        self.data, self.replicates = data, replicates

    def _train(
        self,
        activation: Activation,
        purpose: str,
        number: int,
        steps: int,
        rate: Tensor | float,
    ) -> tuple[Tensor, Layers]:
        starts, orders = (
            [
                torch.Generator().manual_seed(seed(NAME, f"{purpose} {what} {number}", replicate))
                for replicate in self.replicates
            ]
            for what in ("start", "order")
        )
        weights = inner.start(starts)
        draws = torch.stack([torch.rand(steps, 1, HIDDEN, generator=g) for g in starts], 1)
        shifts = NOISE * (2 * draws - 1)
        batches = self.data.train.batches(steps, orders)
        rates = torch.as_tensor(rate).expand(len(self.replicates), 1)
        return inner.fit(weights, batches, shifts, activation.evaluate, rates)

    def tune(
        self, activation: Activation, steps: int, rates: Sequence[float], nets: int
    ) -> tuple[Tensor, Tensor]:
        """The rate (M, 1) with the best mean validation accuracy of `nets` networks, and those
        accuracies (M, rates) in percent."""
        scores = []
        for rate in rates:
            runs = [
                self._train(activation, "tuning", number, steps, rate)[1] for number in range(nets)
            ]
            own = [inner.accuracy(w, self.data.val, activation.function) for w in runs]
            scores.append(torch.stack(own).mean(0))
        table = torch.stack(scores, 1)
        return torch.tensor(rates)[table.argmax(1)].unsqueeze(1), table

    def score(
        self, activation: Activation, steps: int, rate: Tensor | float, nets: int
    ) -> tuple[Tensor, Tensor]:
        """Mean over `nets` networks of test accuracy in percent, and of the mean training loss of
        the last 200 steps, each (M,); one rate for all or one for each member (M, 1)."""
        accuracies, windows = [], []
        for number in range(nets):
            losses, weights = self._train(activation, "judging", number, steps, rate)
            accuracies.append(inner.accuracy(weights, self.data.test, activation.function))
            windows.append(losses[-WINDOW:].mean(0))
        return torch.stack(accuracies).mean(0), torch.stack(windows).mean(0)
