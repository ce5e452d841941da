"""What is swept: networks, losses and optimisers, the sizes they come in, and their records.

Replicate r redraws the data set (seed 42 + r), the starting weights, the batch order and the noise;
its networks share them. Training sets up to 4000 are the first examples of that one; fewer classes
are the ten digits merged (digit modulo K).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from labs.data.mnist1d import CLASSES, EXAMPLES
from labs.double_descent import published
from labs.double_descent.published import BATCH, MOMENTUM
from labs.double_descent.sizes import parameters, threshold_widths
from labs.kit.settings import check, setting

NAME = "double_descent"
LOSSES = {"nll": "cross-entropy", "mse": "squared error"}
NOISES = ("any", "another")
RATES = 200  # times in a training at which a falling rate is set


class Sweep(NamedTuple):
    """How the networks of a sweep train."""

    net: str  # "one" or "two" hidden layers, or "cnn"
    loss: str  # "nll": cross-entropy; "mse": one-hot squared error, mean over outputs
    optimizer: str  # "sgd" or "adam"
    momentum: float = 0.0  # of SGD
    whitened: bool = False  # are the inputs?
    schedule: str = "constant"  # of the rate; "cosine" falls to zero


SGD = ("nll", "sgd", MOMENTUM)
SWEEPS = {
    "clean": Sweep("two", *SGD),  # Figure 5a of 2024
    "noise": Sweep("two", *SGD),  # 5b
    "cnn": Sweep("cnn", *SGD),  # 5c
    # The threshold against n and K, where everything is done to fit.
    "nll": Sweep("one", "nll", "adam", whitened=True, schedule="cosine"),
    "mse": Sweep("one", "mse", "adam", whitened=True, schedule="cosine"),
    "mlp2020": Sweep("one", "nll", "adam"),  # Figure 6 of 2020
    "cnn2020": Sweep("cnn", "nll", "adam"),
}
NOISY = ("noise", "cnn")  # sweeps whose training labels are flipped; test labels never are


@dataclass(frozen=True)
class Config:
    """What a reader may change; `widths` to `test_examples` are those of Figure 5 of 2024."""

    replicates: int = setting(10, "MLPs of each size", least=1)
    cnn_replicates: int = setting(5, "CNNs of each size", least=1)
    widths: tuple[int, ...] = setting(published.WIDTHS, "hidden units", least=1, empty=True)
    channels: tuple[int, ...] = setting(published.CHANNELS, "CNN's channels", least=1, empty=True)
    epochs: int = setting(published.EPOCHS, "epochs of training", least=1)
    rate: float = setting(published.RATE, "learning rate of SGD", above=0)
    examples: int = setting(published.EXAMPLES, "training examples", least=1)
    noise: float = setting(published.NOISE, "share of labels drawn anew", above=0, below=1)
    noise_kind: str = setting("any", "class that a label is flipped to", among=NOISES)
    test_examples: int = setting(published.TEST_EXAMPLES, "test examples", least=1)
    grid_examples: tuple[int, ...] = setting(
        (250, 1000, 4000), "examples n, each with every K", least=BATCH, most=EXAMPLES, empty=True
    )
    more_examples: tuple[int, ...] = setting(
        (500, 2000), "n with the largest K alone", least=BATCH, most=EXAMPLES, empty=True
    )
    grid_classes: tuple[int, ...] = setting((2, 5, 10), "classes K", least=2, most=CLASSES)
    controls: bool = setting(True, "half the training, a further start, unused outputs")
    nll_ratios: tuple[float, float] = setting(
        (0.25, 2.0), "least and most parameters to n", above=0, repeats=True
    )
    mse_ratios: tuple[float, float] = setting(
        (0.25, 1.42), "least parameters to n, most to n K", above=0, repeats=True
    )
    grid_steps: int = setting(5000, "training steps of each n and K, at least", least=2)
    grid_epochs: int = setting(200, "epochs of each n and K, at least", least=1)
    nll_rate: float = setting(0.03, "learning rate of Adam, cross-entropy", above=0)
    mse_rate: float = setting(0.02, "learning rate of Adam, squared error", above=0)
    widths_2020: tuple[int, ...] = setting(
        published.WIDTHS_2020, "hidden units of 2020", least=1, empty=True
    )
    channels_2020: tuple[int, ...] = setting((), "channels of 2020", least=1, empty=True)
    examples_2020: int = setting(published.EXAMPLES_2020, "training examples of 2020", least=1)
    steps_2020: int = setting(published.STEPS_2020, "training steps of 2020", least=1)

    def __post_init__(self) -> None:
        check(self)
        twice = sorted({*self.grid_examples} & {*self.more_examples})
        if twice:
            raise ValueError(f"more_examples must not repeat grid_examples, got {twice} in both")
        for name in ("nll_ratios", "mse_ratios"):
            low, high = getattr(self, name)
            if low > high:
                raise ValueError(f"{name} must ascend, got {(low, high)}")


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
    # All of Figure 6 of 2020, about 20 minutes.
    "paper2020": Config(
        widths=(),
        channels=(),
        grid_examples=(),
        more_examples=(),
        channels_2020=published.CHANNELS_2020,
    ),
}


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
    """What is to be fitted, and how hard it is tried."""

    examples: int
    classes: int = CLASSES
    outputs: int = CLASSES
    effort: float = 1.0
    start: int = 0

    @property
    def usual(self) -> "Task":
        """The task without what a control changes."""
        return Task(self.examples, self.classes, self.classes)


def cells(config: Config) -> list[Cell]:
    """The grid: the three panels of 2024, the thresholds against n and K, the sweeps of 2020."""
    new = Task(config.examples), config.epochs * epoch(config.examples), config.rate
    old = Task(config.examples_2020), config.steps_2020, published.RATE
    return [
        *_networks(config, "clean", config.widths, *new),
        *_networks(config, "noise", config.widths, *new),
        *_networks(config, "cnn", config.channels, *new),
        *_thresholds(config, "nll", config.nll_ratios, config.nll_rate),
        *_thresholds(config, "mse", config.mse_ratios, config.mse_rate),
        *_networks(config, "mlp2020", config.widths_2020, *old),
        *_networks(config, "cnn2020", config.channels_2020, *old),
    ]


def epoch(examples: int) -> int:
    """Steps of an epoch."""
    return -(-examples // BATCH)


def _networks(
    config: Config, sweep: str, sizes: Sequence[int], task: Task, steps: int, rate: float
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
        "test_examples": config.test_examples,
    }
    replicates = config.cnn_replicates if how.net == "cnn" else config.replicates
    for size in sizes:
        for replicate in range(replicates):
            yield Cell(sweep=sweep, size=size, replicate=replicate, **common)


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


def _thresholds(
    config: Config, loss: str, ratios: tuple[float, float], rate: float
) -> Iterator[Cell]:
    for task in _tasks(config, loss):
        widths = threshold_widths(loss, task.examples, task.outputs, ratios)
        steps = max(config.grid_steps, config.grid_epochs * epoch(task.examples))
        yield from _networks(config, loss, widths, task, round(task.effort * steps), rate)


def _tasks(config: Config, loss: str) -> list[Task]:
    sizes, classes = sorted(config.grid_examples), sorted(config.grid_classes)
    few, many = classes[0], classes[-1]
    tasks = [Task(n, k, k) for n in sizes for k in classes]
    tasks += [Task(n, many, many) for n in config.more_examples]
    if config.controls and sizes:
        # Many examples want more steps, a few units more starts.
        tasks += [Task(sizes[-1], few, few, effort=0.5), Task(sizes[0], many, many, start=1)]
        if loss == "mse" and few < many:
            tasks += [Task(sizes[len(sizes) // 2], few, many)]
    return tasks


def seconds(cell: Cell) -> float:
    """Expected seconds of one core, evaluation included (measured on a 2.5 GHz Xeon)."""
    count = parameters(cell.net, cell.size, cell.outputs)
    if cell.net == "cnn":
        step = 0.3 + 9e-5 * count
    else:
        step = 0.06 + (3e-5 if cell.net == "one" else 1.4e-5) * count
    return 1.15 * cell.steps * step / 1000


def members(cell: Cell) -> int:
    """Most networks in a stack: what trains fastest on a core, for more leave its cache."""
    if cell.net == "cnn":
        return 10 if cell.size <= 40 else 5
    return 20 if cell.size <= 200 else 10


def megabytes(stack: Sequence[Cell]) -> float:
    """Expected memory of a stack beyond that of the libraries (measured: 80 to 360 in `full`)."""
    cell = stack[0]
    each = {
        "cnn": 2 + 0.55 * cell.size,
        "one": 3 + 0.02 * cell.size + 4e-4 * cell.examples,
        "two": 3 + 3e-4 * parameters("two", cell.size, cell.outputs),
    }
    return 60 + len(stack) * each[cell.net]
