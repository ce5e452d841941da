"""When does pooling help?

Varied: what two convolutions do between them and the readout (nothing, stride 2, or max, average
or L2 pooling over pairs of positions) and the number of training examples. Measured: accuracy in
percent on test examples, over training steps and at the end.

Source: Greydanus & Kobak 2024, "Scaling Down Deep Learning with MNIST-1D" (arXiv:2011.14439),
Figure 9. There every size is a data set of its own with its own 1000 test examples, seen once. Here
a replicate (data seed 42 + r, the fast stream) has one draw for all: the training sets are its
first n examples, the test set is common, and all are standardised together, so that sizes are
paired and differ in n alone. Replicate 0 is therefore of the published law, not the published
draws. The arms of a replicate also share the batch order and, where they have as many channels,
the starting convolutions.

Controls: a net without pooling that has as few parameters as the pooled ones (stride 2 has exactly
as many), and a longer training with the largest set, where the published one is 12 epochs.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from functools import lru_cache, partial
from typing import TYPE_CHECKING, Any

import numpy as np

from labs.kit.lab import Bench, Lab
from labs.kit.names import known
from labs.kit.seeds import seed
from labs.nn import devices
from labs.pooling.arms import ARMS, FEW, MANY, STEPS
from labs.pooling.claims import CLAIMS
from labs.pooling.figure import plot
from labs.pooling.remarks import remarks
from mnist1d.generate import generate
from mnist1d.recipe import Recipe

if TYPE_CHECKING:
    from labs.pooling.nets import PoolNet

NAME = "pooling"
BATCH, RATE = 100, 0.01  # of Adam, as published
SEEN = 1000  # training examples on which training accuracy is measured
CHUNK = 200  # test examples at a time: what one member computes of them stays in its cache


@dataclass(frozen=True)
class Config:
    """What a reader may change; counts are of networks, steps or examples."""

    replicates: int = 10
    arms: tuple[str, ...] = tuple(ARMS)
    examples: tuple[int, ...] = (1000, 2000, 5000, 10_000, 20_000, 50_000)  # Figure 9
    steps: int = STEPS  # Figure 9, for every size
    further: int = 6000  # steps that the nets with the most examples go on
    every: int = 250  # steps between two evaluations
    test_examples: int = 5000

    def __post_init__(self) -> None:
        for name, value in asdict(self).items():
            numbers = value if isinstance(value, tuple) else (value,)
            least = 0 if name == "further" else BATCH if name == "examples" else 1
            if name != "arms" and (not numbers or min(numbers) < least):
                raise ValueError(f"{name} must be {least} or more, not {value}")
            if len(set(numbers)) < len(numbers):
                raise ValueError(f"{name} must not repeat a value, not {value}")
        if self.steps % self.every:
            raise ValueError(f"steps must be a multiple of every = {self.every}, not {self.steps}")
        for arm in self.arms:
            known("arm", arm, ARMS)


PRESETS = {
    "smoke": Config(
        replicates=2,
        examples=(200, 400),
        steps=20,
        further=10,
        every=10,
        test_examples=200,
    ),
    "quick": Config(replicates=5, examples=(FEW, 5000, MANY), steps=1750, further=0),
    "full": Config(),
}


@dataclass(frozen=True)
class Cell:
    """One trained network."""

    arm: str
    examples: int  # that train: the first of those drawn
    drawn: int
    steps: int
    further: int
    every: int
    test_examples: int
    replicate: int


def cells(config: Config) -> list[Cell]:
    """The grid: every arm with every number of training examples."""
    most = max(config.examples)
    return [
        Cell(
            arm,
            examples,
            most,
            config.steps,
            config.further if examples == most else 0,
            config.every,
            config.test_examples,
            replicate,
        )
        for examples in config.examples
        for arm in config.arms
        for replicate in range(config.replicates)
    ]


def stack_by(cell: Cell) -> tuple[Any, ...]:
    """The replicates of one arm with one number of examples train together."""
    return tuple(value for name, value in asdict(cell).items() if name != "replicate")


@lru_cache(maxsize=16)
def _drawn(replicate: int, examples: int, test_examples: int) -> tuple[np.ndarray, ...]:
    recipe = Recipe(seed=42 + replicate, n_train=examples, n_test=test_examples)
    data = generate(recipe, stream="fast")
    return data.x, data.y, data.x_test, data.y_test


def _split(cell: Cell) -> tuple[np.ndarray, ...]:
    x, y, x_test, y_test = _drawn(cell.replicate, cell.drawn, cell.test_examples)
    return x[: cell.examples], y[: cell.examples], x_test, y_test


def _net(arm: str, members: int) -> PoolNet:
    from labs.pooling.nets import PoolNet

    return PoolNet(members, ARMS[arm].pool, ARMS[arm].channels)


def train(stack: Sequence[Cell], device: str) -> Iterator[dict[str, Any]]:
    """Train the replicates of one arm with one number of examples; yields one record per cell."""
    import torch

    from labs.nn.training import Optimizer, evaluate, fit, stacked

    cell = stack[0]
    net = _net(cell.arm, len(stack))
    net.reset([seed(NAME, "initialisation", c.replicate) for c in stack]).to(device)
    x, y, x_test, y_test = stacked(map(_split, stack), device)
    optimizer = Optimizer(net, torch.optim.Adam, lr=RATE)
    steps: list[int] = []
    curve: list[list[float]] = []
    for step in fit(
        net,
        x,
        y,
        optimizer=optimizer,
        steps=cell.steps + cell.further,
        every=cell.every,
        batch=BATCH,
    ):
        steps.append(step)
        curve.append(evaluate(net, x_test, y_test, CHUNK).accuracy.tolist())
        if step == cell.steps:
            seen = evaluate(net, x[:, :SEEN], y[:, :SEEN], CHUNK).accuracy.tolist()
    last = steps.index(cell.steps)
    for own, final_train in zip(map(list, zip(*curve, strict=True)), seen, strict=True):
        yield {
            "step": steps,
            "test_accuracy": own,
            "final": own[last],
            "longer": own[-1],  # after the further steps
            "final_train": final_train,
            "parameters": net.parameter_count(),
        }


SECONDS = {  # of one core, for 1000 steps of one network in a stack, both cores at work
    "none": 1.9,
    "matched": 1.1,
    "stride": 0.8,
    "max": 1.4,
    "avg": 1.3,
    "l2": 1.5,
}


def seconds(cell: Cell) -> float:
    """Expected seconds of one core of a 2.5 GHz Xeon, evaluation included."""
    return SECONDS[cell.arm] * (cell.steps + cell.further) / 1000


def _train_plain(arm: str, steps: int) -> None:
    import torch

    from labs.nn import plain

    x, y, _, _ = _drawn(0, 4000, 1)
    net = plain.PoolNet(ARMS[arm].pool, ARMS[arm].channels)
    plain.train(net, torch.from_numpy(x), torch.from_numpy(y), steps, RATE, BATCH)


def _train_stacked(arm: str, members: int, steps: int) -> None:
    import torch

    from labs.nn.training import Optimizer, fit, stacked

    x, y, _, _ = stacked(_drawn(m, 4000, 1) for m in range(members))
    net = _net(arm, members).reset(range(members))
    optimizer = Optimizer(net, torch.optim.Adam, lr=RATE)
    for _ in fit(net, x, y, optimizer=optimizer, steps=steps, every=steps):
        pass


MEMBERS = 10


def bench() -> list[Bench]:
    """Stacks of the size a full run trains, against the usual loop."""
    steps = 300
    return [
        Bench(
            arm,
            steps,
            MEMBERS,
            plain=partial(_train_plain, arm, steps),
            stacked=partial(_train_stacked, arm, MEMBERS, steps),
        )
        for arm in ARMS
    ]


LAB = Lab(
    name=NAME,
    version=1,
    question="When does pooling help?",
    source="Greydanus & Kobak 2024, arXiv:2011.14439, Figure 9",
    presets=PRESETS,
    cell=Cell,
    cells=cells,
    stack_by=stack_by,
    train=train,
    claims=CLAIMS,
    plot=plot,
    seconds=seconds,
    members=MEMBERS,
    bench=bench,
    remarks=remarks,
    devices=devices,
)
