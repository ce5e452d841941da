"""Does test error fall a second time past the interpolation threshold, and where does it lie?

Varied: the size of a network, from too small to fit its training set to far larger than needed;
clean labels or noisy ones; the loss (cross-entropy, NLL, or one-hot squared error, MSE), the
number n of training examples and the number K of classes. Measured: error and loss on training
and test data over training time, and the interpolation threshold: the smallest size that fits the
training set (no training error; with squared error also a training loss below 0.001). Test labels
are never noisy.

Sources: Greydanus & Kobak 2024, "Scaling Down Deep Learning with MNIST-1D" (arXiv:2011.14439v5),
Figure 5, and its first version of 2020, Figure 6, which said that the threshold lies at n K
parameters with squared error and at n with cross-entropy; the sentence was withdrawn in 2024 and
its squared-error figure never published. Replicate r redraws the data set (seed 42 + r), the
starting weights, the batch order and the noise; its arms share them. Training sets up to 4000 are
the first examples of that one; fewer classes are the ten digits merged (digit modulo K).
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from typing import Any, Literal, NamedTuple

from labs.double_descent.claims import CLAIMS
from labs.double_descent.figure import plot
from labs.double_descent.remarks import remarks
from labs.double_descent.sweeps import BATCH, CLASSES, SWEEPS, parameters, threshold_widths
from labs.double_descent.training import (
    DRAWN,
    NAME,
    NOISES,
    RATE,
    train,
    train_plain,
    train_stacked,
)
from labs.kit.lab import Bench, Lab
from labs.kit.names import known
from labs.nn import devices


@dataclass(frozen=True)
class Config:
    """What a reader may change; `widths` to `test_examples` are those of Figure 5 of 2024."""

    replicates: int = 10
    cnn_replicates: int = 5
    widths: tuple[int, ...] = (
        2, 3, 4, 5, 7, 9, 12, 16, 21, 27, 36, 47, 61, 80, 104, 135, 177, 230, 300,
    )  # fmt: skip
    channels: tuple[int, ...] = (*range(2, 30, 2), *range(30, 101, 5))
    epochs: int = 500
    rate: float = 0.01  # of SGD
    examples: int = 4000  # that train
    noise: float = 0.15  # of the labels are drawn anew
    noise_kind: Literal["any", "another"] = "any"  # class that a label is flipped to
    test_examples: int = 12000
    grid_examples: tuple[int, ...] = (250, 1000, 4000)  # n, each with every K ...
    more_examples: tuple[int, ...] = (500, 2000)  # ... and these with the largest K alone
    grid_classes: tuple[int, ...] = (2, 5, 10)  # K
    controls: bool = True  # half the training, a further start, unused outputs
    nll_ratios: tuple[float, float] = (0.25, 2.0)  # of parameters to n
    mse_ratios: tuple[float, float] = (0.25, 1.42)  # to n at the lower end, to n K at the upper
    grid_steps: int = 5000  # at least; for large n as many as make `grid_epochs`
    grid_epochs: int = 200
    nll_rate: float = 0.03  # of Adam
    mse_rate: float = 0.02
    widths_2020: tuple[int, ...] = (10, 20, 30, 40, 50, *range(70, 431, 20))
    channels_2020: tuple[int, ...] = ()
    examples_2020: int = 10000
    steps_2020: int = 9000  # unpublished; training losses come out near the published ones

    def __post_init__(self) -> None:
        known("noise_kind", self.noise_kind, NOISES)
        for name, value in asdict(self).items():
            numbers = value if isinstance(value, tuple) else (value,)
            if any(not isinstance(v, str | bool) and not 0 < v < math.inf for v in numbers):
                raise ValueError(f"{name} must be positive and finite, not {value}")
            if len(set(numbers)) < len(numbers) and not name.endswith("_ratios"):
                raise ValueError(f"{name} must not repeat a value, not {value}")
        if self.noise >= 1:
            raise ValueError(f"noise must be below 1, not {self.noise}")
        if not all(2 <= k <= CLASSES for k in self.grid_classes):
            raise ValueError(f"grid_classes must lie between 2 and 10, not {self.grid_classes}")
        for name in ("grid_examples", "more_examples"):
            if not all(BATCH <= n <= DRAWN for n in getattr(self, name)):
                raise ValueError(
                    f"{name} must lie between {BATCH} and {DRAWN}, not {getattr(self, name)}"
                )
        if set(self.grid_examples) & set(self.more_examples):
            raise ValueError(f"more_examples must not repeat grid_examples: {self.more_examples}")
        for name in ("nll_ratios", "mse_ratios"):
            low, high = getattr(self, name)
            if low > high:
                raise ValueError(f"{name} must ascend, not {(low, high)}")


PRESETS = {
    "smoke": Config(
        replicates=2,
        cnn_replicates=1,
        widths=(4, 16),
        channels=(4,),
        epochs=1,
        examples=300,
        test_examples=200,
        grid_examples=(100, 200),
        more_examples=(),
        grid_classes=(2, 10),
        nll_ratios=(0.7, 1.0),
        mse_ratios=(0.7, 1.0),
        grid_steps=20,
        grid_epochs=1,
        widths_2020=(10, 30),
        examples_2020=300,
        steps_2020=20,
    ),
    "quick": Config(
        replicates=6,
        widths=(8, 16, 27, 36, 50, 61, 80, 160),
        channels=(),
        epochs=170,  # a third as long at three times the rate: the peak is there too
        rate=0.03,
        test_examples=4000,
        grid_examples=(250, 1000),
        more_examples=(),
        grid_classes=(2, 10),
        controls=False,
        mse_ratios=(0.5, 1.42),
        grid_steps=2000,
        widths_2020=(),
    ),
    "full": Config(
        widths=(4, 7, 12, 16, 21, 27, 36, 47, 61, 80, 104, 177),
        channels=(4, 10, 16, 18, 20, 24, 55),
        more_examples=(),
        widths_2020=(10, 30, 90, 150, 170, 190, 210, 230, 310, 430),
    ),
    # All of Figure 5 of 2024 and the whole grid; about an hour and a half on two cores.
    "paper": Config(),
    # All of Figure 6 of 2020, about 20 minutes; its optimiser and steps were not published.
    "paper2020": Config(
        widths=(),
        channels=(),
        grid_examples=(),
        more_examples=(),
        channels_2020=(5, 10, 20, 25, 30, 33, 35, 37, 39, 40, 42, 45, 47, 50, 53, 55, 60, 65),
    ),
}


@dataclass(frozen=True)
class Cell:
    """One trained network."""

    sweep: str
    size: int  # hidden units or channels
    examples: int
    classes: int  # labels in use
    outputs: int
    effort: float  # share of the usual steps: 0.5 in the control with less training
    start: int  # 1 in the control with a further start
    noise: float
    noise_kind: str
    steps: int
    rate: float
    test_examples: int
    replicate: int


Task = tuple[int, int, int, float, int]  # examples, classes, outputs, effort, start


class Arm(NamedTuple):
    """Networks that differ in size and replicate alone."""

    sweep: str
    sizes: Sequence[int]
    task: Task
    steps: int
    rate: float
    replicates: int


def cells(config: Config) -> list[Cell]:
    """The grid: the three panels of 2024, the thresholds against n and K, the sweeps of 2020."""
    steps = config.epochs * -(-config.examples // BATCH)
    main = ((config.examples, CLASSES, CLASSES, 1.0, 0), steps, config.rate)
    old = ((config.examples_2020, CLASSES, CLASSES, 1.0, 0), config.steps_2020, RATE)
    arms = [
        Arm("clean", config.widths, *main, config.replicates),
        Arm("noise", config.widths, *main, config.replicates),
        Arm("cnn", config.channels, *main, config.cnn_replicates),
        *_threshold_arms(config),
        Arm("mlp2020", config.widths_2020, *old, config.replicates),
        Arm("cnn2020", config.channels_2020, *old, config.cnn_replicates),
    ]
    return [
        _cell(config, arm, size, r)
        for arm in arms
        for size in arm.sizes
        for r in range(arm.replicates)
    ]


def _cell(config: Config, arm: Arm, size: int, replicate: int) -> Cell:
    noisy = SWEEPS[arm.sweep].noisy
    return Cell(
        arm.sweep,
        size,
        *arm.task,
        noise=config.noise if noisy else 0.0,
        noise_kind=config.noise_kind if noisy else "",
        steps=arm.steps,
        rate=arm.rate,
        test_examples=config.test_examples,
        replicate=replicate,
    )


def _threshold_arms(config: Config) -> Iterator[Arm]:
    for loss, ratios, rate in (
        ("nll", config.nll_ratios, config.nll_rate),
        ("mse", config.mse_ratios, config.mse_rate),
    ):
        for task in _tasks(config, loss):
            n, classes, outputs, effort, _ = task
            steps = max(config.grid_steps, config.grid_epochs * -(-n // BATCH))
            widths = threshold_widths(loss, n, classes, outputs, ratios)
            yield Arm(loss, widths, task, round(effort * steps), rate, config.replicates)


def _tasks(config: Config, loss: str) -> list[Task]:
    sizes, classes = sorted(config.grid_examples), sorted(config.grid_classes)
    tasks: list[Task] = [(n, k, k, 1.0, 0) for n in sizes for k in classes]
    tasks += [(n, classes[-1], classes[-1], 1.0, 0) for n in config.more_examples]
    if config.controls and tasks:
        # Many examples want more steps, a few units more starts.
        few, many = classes[0], classes[-1]
        tasks += [(sizes[-1], few, few, 0.5, 0)]
        tasks += [(sizes[0], many, many, 1.0, 1)]
        if loss == "mse" and few < many:
            tasks += [(sizes[len(sizes) // 2], few, many, 1.0, 0)]
    return tasks


def stack_by(cell: Cell) -> tuple[Any, ...]:
    """What trains the same network by the same rule trains together; labels and starts differ."""
    protocol = SWEEPS[cell.sweep]._replace(noisy=False)
    return (
        *protocol,
        cell.size,
        cell.examples,
        cell.outputs,
        cell.classes,
        cell.steps,
        cell.test_examples,
    )


def seconds(cell: Cell) -> float:
    """Expected seconds of one core, evaluation included (measured on a 2.5 GHz Xeon)."""
    net = SWEEPS[cell.sweep].net
    count = parameters(net, cell.size, cell.outputs)
    if net == "cnn":
        step = 0.3 + 9e-5 * count
    else:
        step = 0.06 + (3e-5 if net == "one" else 1.4e-5) * count
    return 1.15 * cell.steps * step / 1000


def members(cell: Cell) -> int:
    """Most networks in a stack."""
    return _together(SWEEPS[cell.sweep].net, cell.size)


def _together(net: str, size: int) -> int:
    # What trains fastest on a core: more would not stay in its cache.
    if net == "cnn":
        return 10 if size <= 40 else 5
    return 20 if size <= 200 else 10


def bench() -> list[Bench]:
    """Stacks of the size a full run trains, against the usual loop, over widths and channels."""
    sizes = {"two": (2, 10, 27, 47, 80, 100, 300), "cnn": (10, 20, 40, 70, 100)}
    names = {"two": "MLP width", "cnn": "CNN channels"}
    return [
        Bench(
            f"{names[net]} {size}",
            steps,
            count,
            plain=partial(train_plain, net, size, steps),
            stacked=partial(train_stacked, net, size, count, steps),
        )
        for net, widths in sizes.items()
        for size in widths
        for steps, count in [(200 if net == "two" and size <= 100 else 40, _together(net, size))]
    ]


LAB = Lab(
    name=NAME,
    version=1,
    question="Does test error fall a second time past the interpolation threshold, and where does "
    "the threshold lie?",
    source="Greydanus & Kobak 2024, arXiv:2011.14439v5, Figure 5; 2011.14439v1 (2020), Figure 6",
    presets=PRESETS,
    cell=Cell,
    cells=cells,
    stack_by=stack_by,
    train=train,
    claims=CLAIMS,
    plot=plot,
    seconds=seconds,
    members=members,
    bench=bench,
    remarks=remarks,
    devices=devices,
)
