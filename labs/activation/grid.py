"""The settings, the grid of cells, and what is measured of each."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from labs.activation.published import RATE
from labs.data import images
from labs.kit.settings import check, setting

NAME = "activation"

BASELINES = {
    "relu": "ReLU",
    "swish": "swish",
    "elu": "ELU",
    "softplus": "softplus",
    "tanh": "tanh",
    "sigmoid": "sigmoid",
}
LEARNED = {  # how the activation was learned
    "paper": "learned on one network, as published",
    "fresh": "learned on fresh networks",
    "quiet": "learned on one network, without noise",
}
NAMES = BASELINES | LEARNED
SHORT = BASELINES | {
    "paper": "learned, one network",
    "fresh": "learned, fresh networks",
    "quiet": "learned, no noise",
}
KNOTS = "knots"  # no activation: how much the table errs
# Arms that are judged at rates of their own and in CNNs: all but the one without noise.
TUNED = (*BASELINES, "paper", "fresh")
TASKS = {"mnist1d": "MNIST-1D", "digits": "8x8 digits", "mnist": "MNIST", "cifar10": "CIFAR-10"}


@dataclass(frozen=True)
class Config:
    """What a reader may change."""

    replicates: int = setting(10, "data sets, each with starts and orders of its own", least=1)
    arms: tuple[str, ...] = setting(tuple(NAMES), "activations to compare", among=NAMES)
    examples: int = setting(10000, "size of the data set; four fifths train", least=1000)
    outer_steps: int = setting(301, "steps on the activation (201 in 2020)", least=1)
    quiet_steps: int = setting(
        101, "outer steps without noise, after which learning with noise is judged too", least=1
    )
    inner_steps: int = setting(301, "steps of each training", least=2)
    nets: int = setting(10, "fresh networks that judge an activation", least=1)
    rates: tuple[float, ...] = setting(
        (0.001, 0.003, 0.01, 0.03, 0.1), "learning rates to choose from (published: 0.01)", above=0
    )
    tuning_nets: int = setting(3, "networks that choose the rate, at each rate", least=1)
    long_steps: int = setting(2000, "steps of longer trainings", least=2)
    long_arms: tuple[str, ...] = setting(
        ("paper", "fresh", "relu"), "activations to train longer with", among=NAMES, empty=True
    )
    long_nets: int = setting(3, "fresh networks that judge after longer trainings", least=1)
    long_tuning_nets: int = setting(1, "networks that choose the rate of those, at each", least=1)
    epochs: int = setting(50, "epochs of the CNN on MNIST-1D", least=1)
    digit_epochs: int = setting(50, "epochs of the CNN on 8x8 digits", least=1)
    image_epochs: int = setting(2, "epochs of the CNN on MNIST and CIFAR-10", least=1)
    transfer_rates: tuple[float, ...] = setting(
        (0.001, 0.003, 0.01), "learning rates of Adam in the CNNs, to choose from", above=0
    )
    knots: tuple[int, ...] = setting(
        (64, 128, 256, 512, 1024, 2048), "sizes of the table, to see its error", least=2, empty=True
    )
    data_dir: str = setting("", "folder with files of MNIST or CIFAR-10, if any", place=True)

    def __post_init__(self) -> None:
        check(self)
        if any(cells % 2 for cells in self.knots):
            raise ValueError(f"knots must be even, got {self.knots}")


PRESETS = {
    "smoke": Config(
        replicates=2,
        arms=("paper", "quiet", "relu"),
        examples=1000,
        outer_steps=3,
        quiet_steps=2,
        inner_steps=12,
        nets=1,
        rates=(0.01, 0.03),
        tuning_nets=1,
        long_steps=20,
        long_arms=("paper", "relu"),
        long_nets=1,
        epochs=1,
        digit_epochs=1,
        transfer_rates=(0.003,),
        knots=(64, 256),
    ),
    "quick": Config(
        replicates=5,
        arms=("paper", "fresh", *BASELINES),
        outer_steps=16,
        nets=4,
        rates=(0.003, 0.01, 0.03),
        tuning_nets=1,
        long_arms=(),
        epochs=5,
        digit_epochs=15,
        transfer_rates=(0.003,),
        knots=(),
    ),
    "full": Config(outer_steps=201),  # as many as in 2020
    # The published protocol of 2024, once: rates are not chosen. Ours beside it: fresh networks
    # that judge the function, and small CNNs in place of the unpublished transfers.
    "paper": Config(
        replicates=1,
        arms=("paper", *BASELINES),
        rates=(RATE,),
        tuning_nets=1,
        long_arms=(),
        transfer_rates=(0.003,),
        knots=(),
    ),
}


@dataclass(frozen=True)
class Cell:
    """One activation in one replicate, with all the networks that learn and judge it."""

    arm: str
    examples: int
    outer_steps: int  # 0 for a baseline
    early: int  # the outer step after which it is judged, too; 0 for none
    inner_steps: int
    nets: int
    rates: tuple[float, ...]
    tuning_nets: int  # 0 for an activation that keeps the published rate
    long_steps: int  # 0 for none, like the two below
    long_nets: int
    long_tuning_nets: int
    tasks: tuple[str, ...]  # of the transfer
    epochs: tuple[int, ...]  # of each
    transfer_rates: tuple[float, ...]
    knots: tuple[int, ...]
    data_dir: str
    replicate: int


@dataclass(frozen=True)
class Record:
    """What is measured; accuracies in percent, losses in nats, None what the cell does not ask for.

    Fresh networks are judged on the whole test set, without noise. In CNNs: mean training loss of
    the first epoch, test loss and accuracy at the end, and the rate with the least validation loss;
    behind them the same of a learned activation's polyline.
    """

    # by outer step (outer_steps,): how the activation is learned
    objective: list[float] | None = None  # mean training loss of the last 200 inner steps
    gradient_norm: list[float] | None = None  # of the objective by the 301 parameters
    accuracy: list[float] | None = None  # of the network, 500 test examples, with noise
    # one network by the published protocol; for a learned activation in the last outer step
    published_accuracy: float | None = None  # 500 test examples, with noise
    published_loss: float | None = None  # mean training loss of all steps, of a baseline only
    published_window: float | None = None  # mean training loss of the last 200 steps
    # what was learned
    snapshot_step: list[int] | None = None  # (11,) outer steps that are kept
    snapshots: np.ndarray | None = None  # (11, 241) float32, the function then
    function: list[float] | None = None  # (241,) the function of the last step, at shape.POINTS
    parameters: list[float] | None = None  # (301,) w1, b1, w2, b2
    # means over fresh networks
    accuracy_early: float | None = None  # of the function of step `early`, at the published rate
    accuracy_usual: float | None = None  # at the published rate
    loss_usual: float | None = None  # mean training loss of the last 200 steps there
    tuned_rate: float | None = None  # the best rate
    tuned_validation: list[float] | None = None  # (rates,) validation accuracy at each
    tuned_accuracy: float | None = None
    tuned_loss: float | None = None
    long_rate: float | None = None  # the same after long_steps
    long_validation: list[float] | None = None
    long_accuracy: float | None = None
    long_loss: float | None = None
    # in CNNs
    mnist1d_first: float | None = None
    mnist1d_final: float | None = None
    mnist1d_accuracy: float | None = None
    mnist1d_rate: float | None = None
    digits_first: float | None = None
    digits_final: float | None = None
    digits_accuracy: float | None = None
    digits_rate: float | None = None
    mnist_first: float | None = None
    mnist_final: float | None = None
    mnist_accuracy: float | None = None
    mnist_rate: float | None = None
    cifar10_first: float | None = None
    cifar10_final: float | None = None
    cifar10_accuracy: float | None = None
    cifar10_rate: float | None = None
    lines_mnist1d_first: float | None = None
    lines_mnist1d_final: float | None = None
    lines_mnist1d_accuracy: float | None = None
    lines_mnist1d_rate: float | None = None
    lines_digits_first: float | None = None
    lines_digits_final: float | None = None
    lines_digits_accuracy: float | None = None
    lines_digits_rate: float | None = None
    lines_mnist_first: float | None = None
    lines_mnist_final: float | None = None
    lines_mnist_accuracy: float | None = None
    lines_mnist_rate: float | None = None
    lines_cifar10_first: float | None = None
    lines_cifar10_final: float | None = None
    lines_cifar10_accuracy: float | None = None
    lines_cifar10_rate: float | None = None
    # relative errors of the first outer step: in float64 against a table of 8192 cells
    objective_error: list[float] | None = None  # (knots,)
    gradient_error: list[float] | None = None  # (knots,)
    objective_error_float32: float | None = None  # in float32, with the usual number of cells
    gradient_error_float32: float | None = None


def cells(config: Config) -> list[Cell]:
    """The grid: every arm in every replicate, and the errors of the table.

    Raises:
        ValueError: `data_dir` is no folder with whole sets of image files.
    """
    epochs = {"mnist1d": config.epochs, "digits": config.digit_epochs}
    if config.data_dir:
        epochs |= dict.fromkeys(images.held(config.data_dir), config.image_epochs)
    arms = (*config.arms, KNOTS) if config.knots else config.arms
    return [_cell(config, arm, epochs, r) for arm in arms for r in range(config.replicates)]


def _cell(config: Config, arm: str, epochs: dict[str, int], replicate: int) -> Cell:
    long = arm in config.long_arms
    early = min(config.quiet_steps, config.outer_steps) if "quiet" in config.arms else 0
    outer = {"paper": config.outer_steps, "fresh": config.outer_steps, "quiet": early}
    tasks = epochs if arm in TUNED else {}
    return Cell(
        arm=arm,
        examples=config.examples,
        outer_steps=outer.get(arm, 0),
        early=early if arm in ("paper", "quiet") else 0,
        inner_steps=config.inner_steps,
        nets=config.nets,
        rates=config.rates,
        tuning_nets=config.tuning_nets if arm in TUNED else 0,
        long_steps=config.long_steps if long else 0,
        long_nets=config.long_nets if long else 0,
        long_tuning_nets=config.long_tuning_nets if long else 0,
        tasks=tuple(tasks),
        epochs=tuple(tasks.values()),
        transfer_rates=config.transfer_rates if tasks else (),
        knots=config.knots if arm == KNOTS else (),
        data_dir=config.data_dir if {*tasks} & {*images.READERS} else "",
        replicate=replicate,
    )


def members(cell: Cell) -> int:
    """Most replicates that train in one stack, for the sake of memory."""
    return 2 if cell.arm == KNOTS else 5


def seconds(cell: Cell) -> float:
    """Expected seconds of one core (measured in `full`, with MNIST and without)."""
    step = 5e-4 if cell.arm in LEARNED else 2e-4
    judging = cell.nets * 2 + cell.tuning_nets * len(cell.rates)
    longer = cell.long_nets + cell.long_tuning_nets * len(cell.rates)
    inner = step * (judging * cell.inner_steps + longer * cell.long_steps)
    epoch = {"mnist1d": 0.09, "digits": 0.03, "mnist": 3.3, "cifar10": 5.0}
    times = len(cell.transfer_rates) * (4 if cell.arm in LEARNED else 1)
    transfer = times * sum(epoch[t] * n for t, n in zip(cell.tasks, cell.epochs, strict=True))
    outer = 1e-3 * cell.outer_steps * cell.inner_steps
    return 0.8 * (0.5 + outer + inner + transfer)  # half a second makes the data


KEPT = {
    **dict.fromkeys(LEARNED, 0.41),
    KNOTS: 0.68,
}  # MB of a network's inner step, for the way back
IMAGES = {"mnist": 400, "cifar10": 1700}  # MB of a data set and its copy; CIFAR-10 by its size


def megabytes(stack: Sequence[Cell]) -> float:
    """Expected memory of a stack beyond that of the libraries (measured: 280 to 850 in `full`, and
    with MNIST 2100 for ReLU and up to 5000 for learned ones)."""
    cell = stack[0]
    inner = KEPT.get(cell.arm, 0) * cell.inner_steps
    images = max((IMAGES.get(t, 0) for t in cell.tasks), default=0) * (1 + (cell.arm in KEPT))
    return 60 + len(stack) * (40 + inner + images)
