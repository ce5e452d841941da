"""What is swept: networks, losses and optimisers, the sizes they come in, and their records.

Replicate r redraws the data set (seed 42 + r), the starting weights, the batch order and the noise;
its networks share them. Training sets up to 4000 are the first examples of that one. Fewer classes
are the ten digits merged (digit modulo K), or the first K digits of a larger set, others dropped.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from labs.data.mnist1d import CLASSES
from labs.double_descent import published
from labs.double_descent.config import Config
from labs.double_descent.published import BATCH, MOMENTUM
from labs.double_descent.sizes import threshold_widths

NAME = "double_descent"
LOSSES = {"nll": "cross-entropy", "mse": "squared error"}
MERGED, DROPPED = "merged", "dropped"  # how ten digits become fewer classes
EASIER = 4  # times less, the least parameters with cross-entropy where fewest digits are left
RATES = 200  # times in a training at which a falling rate is set


class Sweep(NamedTuple):
    """How the networks of a sweep train."""

    net: str  # "one" or "two" hidden layers, "cnn", "gru" or "transformer"
    loss: str  # "nll": cross-entropy; "mse": one-hot squared error, mean over outputs
    optimizer: str  # "sgd" or "adam"
    momentum: float = 0.0  # of SGD
    whitened: bool = False  # are the inputs?
    schedule: str = "constant"  # of the rate; "cosine" falls to zero


SGD = ("nll", "sgd", MOMENTUM)
ADAM = ("nll", "adam", 0.0)
SWEEPS = {
    "clean": Sweep("two", *SGD),  # Figure 5a of 2024
    "noise": Sweep("two", *SGD),  # 5b
    "cnn": Sweep("cnn", *SGD),  # 5c
    # The threshold against n and K, where everything is done to fit.
    "nll": Sweep("one", "nll", "adam", whitened=True, schedule="cosine"),
    "mse": Sweep("one", "mse", "adam", whitened=True, schedule="cosine"),
    # The threshold of other architectures. White inputs would hide from them what lies beside what.
    "fit_cnn": Sweep("cnn", *ADAM, False, "cosine"),
    "fit_gru": Sweep("gru", *ADAM, False, "cosine"),
    "fit_transformer": Sweep("transformer", *ADAM, False, "cosine"),
    "mlp2020": Sweep("one", "nll", "adam"),  # Figure 6 of 2020
    "cnn2020": Sweep("cnn", "nll", "adam"),
}
FIT_RATES = {"cnn": 0.01, "gru": 0.03, "transformer": 0.02}  # of Adam
NOISY = ("noise", "cnn")  # sweeps whose training labels are flipped; test labels never are


@dataclass(frozen=True)
class Cell:
    """One trained network."""

    sweep: str  # the curve that it is a point of
    size: int  # hidden units or channels
    examples: int  # that train
    classes: int  # labels in use
    outputs: int
    effort: float  # share of the usual steps: 0.5 in the control with less training
    start: int  # 1 in the control with a further start
    digits: str  # "merged", labels are digits modulo K, or "dropped", the first K digits alone
    noise: float  # share of labels drawn anew
    noise_kind: str
    net: str  # this to `schedule` as in `Sweep`
    loss: str
    optimizer: str
    momentum: float
    whitened: bool
    schedule: str
    rate: float  # at the start
    batch: int
    steps: int
    looks: tuple[int, ...]  # steps after which it is evaluated, ascending, the last one last
    test_examples: int
    replicate: int


@dataclass(frozen=True)
class Record:
    """What is measured of a network; errors in percent, cross-entropy in nats."""

    epoch: list[float]  # of every look (k,)
    train_error: list[float]  # (k,), on the labels that it trained with
    train_loss: list[float]  # (k,)
    test_error: list[float]  # (k,)
    test_loss: list[float]  # (k,)
    final_train_error: float
    final_train_loss: float
    final_test_error: float
    final_test_loss: float
    parameters: int


class Task(NamedTuple):
    """What is to be fitted, and how hard it is tried; fields as in `Cell`."""

    examples: int
    classes: int = CLASSES
    outputs: int = CLASSES
    effort: float = 1.0
    start: int = 0
    digits: str = MERGED

    @property
    def usual(self) -> "Task":
        """The task without what a control changes."""
        return Task(self.examples, self.classes, self.classes)


def cells(config: Config) -> list[Cell]:
    """The grid: the three panels of 2024, the thresholds against n and K, the sweeps of 2020."""
    new = Task(config.examples), config.epochs * epoch(config.examples), config.rate
    old = Task(config.examples_2020), config.steps_2020, published.RATE
    fits = (
        ("cnn", config.fit_channels),
        ("gru", config.fit_gru),
        ("transformer", config.fit_transformer),
    )
    clean = [width for width in config.widths if width <= config.clean_most]
    return [
        *_networks(config, "clean", clean, *new),
        *_networks(config, "noise", config.widths, *new),
        *_networks(config, "cnn", config.channels, *new),
        *_thresholds(config, "nll"),
        *_thresholds(config, "mse"),
        *(cell for net, sizes in fits for cell in _fits(config, net, sizes)),
        *_networks(config, "mlp2020", config.widths_2020, *old),
        *_networks(config, "cnn2020", config.channels_2020, *old),
    ]


def epoch(examples: int) -> int:
    """Steps of an epoch."""
    return -(-examples // BATCH)


def _networks(
    config: Config,
    sweep: str,
    sizes: Sequence[int],
    task: Task,
    steps: int,
    rate: float,
    replicates: int = 0,
) -> Iterator[Cell]:
    how, noisy = SWEEPS[sweep], sweep in NOISY
    common: dict[str, Any] = {
        **task._asdict(),
        **how._asdict(),
        "noise": config.noise if noisy else 0.0,
        "noise_kind": config.noise_kind if noisy else "",
        "rate": rate,
        "batch": min(BATCH, task.examples),
        "steps": steps,
        "looks": _looks(how.optimizer, steps, epoch(task.examples)),
        "test_examples": config.test_examples // _fewer(sweep, task),
    }
    usual = config.cnn_replicates if how.net == "cnn" else config.replicates
    for size in sizes:
        for replicate in range(replicates or usual):
            yield Cell(sweep=sweep, size=size, replicate=replicate, **common)


def _fewer(sweep: str, task: Task) -> int:
    # Of dropped digits a draw yields a part, and no claim is about the test error of these.
    return 10 if task.digits == DROPPED or sweep.startswith("fit_") else 1


def _looks(optimizer: str, steps: int, epoch: int) -> tuple[int, ...]:
    # Only the published sweeps of 2024 are about time; of the others a few looks show whether
    # training had come to rest.
    if optimizer == "sgd":
        return tuple(epoch * done for done in epochs_seen(steps // epoch))
    quarter = max(steps // RATES, 1) * (RATES // 4)
    return (*(look for look in (quarter, 2 * quarter, 3 * quarter) if look < steps), steps)


def epochs_seen(epochs: int) -> list[int]:
    """Epochs after which a net is looked at, evenly on a logarithmic scale.

    >>> epochs_seen(500)
    [1, 2, 3, 4, 5, 7, 10, 14, 19, 26, 37, 51, 70, 97, 135, 187, 260, 361, 500]
    """
    return sorted({round(epochs ** (look / 19)) for look in range(20)})


def _fits(config: Config, net: str, sizes: Sequence[int]) -> Iterator[Cell]:
    task, rate = Task(config.fit_examples), FIT_RATES[net]
    return _networks(
        config, f"fit_{net}", sizes, task, config.fit_steps, rate, config.fit_replicates
    )


def _thresholds(config: Config, loss: str) -> Iterator[Cell]:
    for task in _tasks(config, loss):
        widths = threshold_widths(task.examples, task.outputs, window(config, loss, task))
        steps = max(config.grid_steps, config.grid_epochs * epoch(task.examples))
        if loss == "mse" and _many(config, task):
            steps, rate = steps * config.patience, config.mse_rate_many
        else:
            rate = getattr(config, f"{loss}_rate")
        yield from _networks(config, loss, widths, task, round(task.effort * steps), rate)


def window(config: Config, loss: str, task: Task) -> tuple[float, float]:
    """Least and most parameters to n among which the threshold of a task is looked for."""
    if loss == "nll":
        few = task.examples == min(config.grid_examples)
        low, high = config.nll_ratios_few if few else config.nll_ratios
        return (low / EASIER if _easy(config, task) else low), high
    if _many(config, task):
        low, high = config.mse_ratios_many
        return low * (task.outputs - 1), high * task.outputs
    low, high = config.mse_ratios
    return low, high * task.outputs


def _easy(config: Config, task: Task) -> bool:
    return task.digits == DROPPED and task.classes == min(config.dropped_classes)


def _many(config: Config, task: Task) -> bool:
    return task.examples == max(config.grid_examples)


def _tasks(config: Config, loss: str) -> list[Task]:
    sizes, classes = sorted(config.grid_examples), sorted(config.grid_classes)
    few, many = classes[0], classes[-1]
    tasks = [
        Task(n, k, k)
        for n in sizes
        for k in classes
        if loss != "mse" or n < sizes[-1] or k in config.mse_classes_many
    ]
    tasks += [Task(n, many, many) for n in config.more_examples]
    if config.controls and sizes:
        middle = sizes[len(sizes) // 2]
        # Many examples want more steps, a few units more starts.
        tasks += [Task(sizes[-1], few, few, effort=0.5), Task(sizes[0], many, many, start=1)]
        if loss == "mse" and few < many:
            tasks += [Task(middle, few, many)]
        if loss == "mse" and middle < sizes[-1]:  # after that of the most, which a claim is about
            tasks += [Task(middle, few, few, effort=0.5)]
    if sizes:
        n = config.dropped_examples
        tasks += [Task(n, k, k, digits=DROPPED) for k in config.dropped_classes]
    return tasks
