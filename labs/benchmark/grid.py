"""The grid: models on plain and shuffled positions, changed MLPs, larger training sets, networks
that differ in one source of chance, MNIST."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from labs.benchmark.published import MNIST_EXAMPLES, STEPS
from labs.data import images
from labs.data.mnist1d import EXAMPLES
from labs.kit.checks import known
from labs.kit.settings import check, setting

NAME = "benchmark"
PLAIN = "mnist1d"
NETS = ("logistic", "mlp", "cnn", "gru")  # the published ones
EXTRA_NETS = ("local", "transformer")
SKLEARN = ("knn", "sklearn")
NAMES = {  # from no spatial prior to strong ones
    "sklearn": "logistic, scikit-learn",
    "logistic": "logistic regression",
    "knn": "10 nearest neighbours",
    "mlp": "MLP",
    "transformer": "transformer",
    "local": "locally connected",
    "gru": "GRU",
    "cnn": "CNN",
}
CHANGES = {  # of the MLP; the value is chosen on validation data
    "width": "more hidden units",
    "decay": "weight decay (L2 in Adam)",
    "dropout": "dropout",
    "rate": "a lower learning rate",
    "order": "a new batch order every epoch",
}
CHANGED = (
    "width=256",
    "decay=0.001",
    "decay=0.01",
    "dropout=0.1",
    "dropout=0.3",
    "dropout=0.5",
    "rate=0.001",
    "rate=0.003",
    "order=shuffled",
)
SOURCES = {  # what is drawn anew beside an unchanged network of the same replicate
    "data": "the data set",
    "start": "the starting weights",
    "order": "the batch order",
}
RATES = (0.01, 0.001)  # of Adam on MNIST
FROZEN = "start and order, published data"
ROUNDING = "rounding"  # examples change places within their batches, which nothing else can tell
VARIED = (*SOURCES, FROZEN)  # of `crossed_replicates`
BATCH = 100  # examples of a step


def check_change(change: str) -> None:
    """Refuse with a ValueError what is not a change to the MLP, such as ``"width=256"``."""
    name, _, value = change.partition("=")
    legal = {"width": r"[1-9]\d*", "order": "shuffled"}
    pattern = legal.get(known("changes", name, CHANGES), r"0?\.0*[1-9]\d*")
    if not re.fullmatch(pattern, value):
        raise ValueError(
            "changes must be width=N, order=shuffled, or decay, dropout or rate with a number "
            f"between 0 and 1, got {change!r}"
        )


@dataclass(frozen=True)
class Config:
    """What a reader may change; steps and evaluations are those of upstream's train.py."""

    replicates: int = setting(12, "networks of each published net and scikit-learn model", least=1)
    extra_replicates: int = setting(
        12, "networks of each further net, changed MLP and larger training set", least=1
    )
    crossed_replicates: int = setting(
        7, "networks in which one source of chance alone is drawn anew, by net and source", least=1
    )
    rounding_replicates: int = setting(
        0, "networks in which nothing but rounding is drawn anew, by net of `crossed`", least=0
    )
    fresh: int = setting(50_000, "fresh test examples of every network", least=2000)
    steps: int = setting(STEPS, "training steps of Adam, rate 0.01, batches of 100", least=1)
    every: int = setting(250, "steps between two evaluations", least=1)
    extra_models: tuple[str, ...] = setting(
        EXTRA_NETS, "nets between the MLP and the CNN", among=EXTRA_NETS, empty=True
    )
    changes: tuple[str, ...] = setting(CHANGED, "changes to the MLP, one at a time", empty=True)
    examples: tuple[int, ...] = setting(
        (8000, 16000, 32000), "training sets of the CNN beside 4000", least=1, empty=True
    )
    crossed: tuple[str, ...] = setting(
        NETS, "nets whose variance is told apart by source", among=NETS, empty=True
    )
    data_dir: str = setting(
        "", "a folder with MNIST's files; without them MNIST is not judged", place=True
    )
    image_replicates: int = setting(5, "networks of each published net on MNIST", least=1)

    def __post_init__(self) -> None:
        check(self)
        for change in self.changes:
            check_change(change)


PRESETS = {
    "smoke": Config(
        replicates=2,
        extra_replicates=1,
        crossed_replicates=1,
        fresh=2000,
        steps=40,
        every=20,
        extra_models=("local",),
        changes=("width=256",),
        examples=(8000,),
        crossed=("logistic", "mlp"),
        rounding_replicates=1,
    ),
    "quick": Config(
        replicates=6,
        extra_replicates=6,
        steps=1250,
        extra_models=(),
        changes=("decay=0.001", "dropout=0.3", "rate=0.001"),
        examples=(32000,),
        crossed=(),
    ),
    "full": Config(),
    # How much of what a source of chance does alone is rounding?
    "crossed": Config(rounding_replicates=12, extra_models=(), changes=(), examples=()),
    # The benchmark of Figure 2 and Table 1 of 2024, once. Ours beside it: fresh test examples,
    # validation, scikit-learn's models.
    "paper": Config(
        replicates=1,
        extra_replicates=1,
        crossed_replicates=1,
        extra_models=(),
        changes=(),
        examples=(),
        crossed=(),
    ),
}


@dataclass(frozen=True)
class Cell:
    """One trained model."""

    model: str
    shuffled: bool  # are the positions permuted?
    change: str  # "" or "setting=value" for a changed MLP
    varied: str  # "", ROUNDING or one of VARIED: what is not that of the replicate's other networks
    data: str  # "mnist1d" or "mnist"
    examples: int
    steps: int
    every: int
    fresh: int  # fresh test examples; 0 of MNIST
    data_dir: str  # of MNIST
    replicate: int


@dataclass(frozen=True, kw_only=True)
class Record:
    """What is measured of it; accuracies are in percent, of training sets on the first 4000.

    Curves and what is published so are on the 1000 published test examples of the replicate, the
    rest on fresh ones of the same law, of MNIST on its 10,000 test images.
    """

    step: list[int]  # of each evaluation (k,); scikit-learn's models have one, at 0, and no losses
    train_loss: list[float] | None = None  # nats (k,), and so on
    train_accuracy: list[float]
    val_loss: list[float] | None = None
    val_accuracy: list[float]
    test_loss: list[float] | None = None
    test_accuracy: list[float]
    final: float  # fresh test accuracy at the last evaluation
    final_train: float
    final_val: float
    final_published: float | None = None  # on the published test examples
    best_on_val: float  # fresh accuracy where validation is best: early stopping as it should be
    best_on_val_published: float | None = None
    best_on_test: float | None = None  # best published test accuracy: as it must not be
    set_variance: float | None = None  # of the final accuracy over sets of 1000, squared points
    class_errors: list[float]  # percent of each digit's fresh test examples (10,)
    rate: float | None = None  # of Adam, chosen on validation data, of MNIST
    parameters: int  # trainable numbers; 0 for nearest neighbours
    # One digit for each signal of `labs.data.quiz` (400), which are test examples of replicate 0:
    # of unchanged models on 4000 examples in that replicate, else "".
    answers: str = ""  # to the plain ones, or to the shuffled ones of a model of permuted positions
    answers_noisy: str = ""  # "" also where the positions are permuted


def cells(config: Config) -> list[Cell]:
    """The cells of every arm, replicate by replicate.

    Raises:
        ValueError: `data_dir` does not hold MNIST's files.
    """
    own = partial(cell, config)
    extra = config.extra_replicates
    arms = [
        (
            extra if model in config.extra_models else config.replicates,
            own(model, shuffled=shuffled),
        )
        for model in (*NETS, *config.extra_models, *SKLEARN)
        for shuffled in (False, True)
    ]
    arms += [(extra, own("mlp", change=change)) for change in config.changes]
    arms += [(extra, own("cnn", examples=examples)) for examples in config.examples]
    varied = [own(model, varied=source) for model in config.crossed for source in VARIED]
    arms += [(config.crossed_replicates, arm) for arm in varied]
    rounding = [own(model, varied=ROUNDING) for model in config.crossed]
    arms += [(config.rounding_replicates, arm) for arm in rounding]
    if config.data_dir:
        if "mnist" not in images.held(config.data_dir):
            raise ValueError(f"data_dir must hold MNIST's files, got {config.data_dir!r} without")
        arms += [(config.image_replicates, _image_cell(config, model)) for model in NETS]
    return [replace(arm, replicate=replicate) for count, arm in arms for replicate in range(count)]


def cell(config: Config, model: str, **arm: Any) -> Cell:
    """The unchanged network of replicate 0 on MNIST-1D in order, but for the given fields.

    >>> cell(PRESETS["full"], "mlp", change="width=256").steps
    6000
    """
    plain = Cell(
        model=model,
        shuffled=False,
        change="",
        varied="",
        data=PLAIN,
        examples=EXAMPLES,
        steps=config.steps,
        every=config.every,
        fresh=config.fresh,
        data_dir="",
        replicate=0,
    )
    return replace(plain, **arm)


def _image_cell(config: Config, model: str) -> Cell:
    sizes = {"examples": MNIST_EXAMPLES, "every": config.steps, "fresh": 0}
    return cell(config, model, data="mnist", data_dir=config.data_dir, **sizes)


MEMBERS = {"logistic": 12, "mlp": 12, "cnn": 6, "gru": 6, "local": 5, "transformer": 5}
SECONDS = {  # of one core, for 1000 steps of one network in a stack
    "logistic": 0.08,
    "mlp": 0.26,
    "cnn": 0.8,
    "gru": 1.85,
    "local": 2.1,
    "transformer": 2.6,
    "width=256": 1.2,
}
IMAGE_SECONDS = {"logistic": 0.9, "mlp": 1.1, "cnn": 8.0, "gru": 3.2}  # the same on MNIST


def members(cell: Cell) -> int:
    """Most networks in its stack."""
    return MEMBERS.get(cell.model, 10)


def seconds(cell: Cell) -> float:
    """Expected seconds of one core, evaluation included (measured on an AMD EPYC)."""
    if cell.data == "mnist":
        return 1 + IMAGE_SECONDS[cell.model] * len(RATES) * cell.steps / 1000
    if cell.model in SKLEARN:
        return 0.2 + 2.6e-5 * cell.fresh * (cell.model == "knn")
    training = SECONDS.get(cell.change, SECONDS[cell.model]) * cell.steps / 1000
    return training + cell.fresh * (5e-6 + 8e-6 * SECONDS[cell.model])


MEGABYTES = {  # that a network adds to its stack, but for its training examples
    "logistic": 5,
    "mlp": 8,
    "cnn": 17,
    "gru": 24,
    "local": 27,
    "transformer": 19,
    "width=256": 15,
}
IMAGES = 700  # MB of MNIST, as read and standardised


def megabytes(stack: Sequence[Cell]) -> float:
    """Expected memory of a stack beyond that of the libraries (measured: 170 to 400 in `full`)."""
    cell = stack[0]
    if cell.data == "mnist":
        return IMAGES + 20 * len(stack)
    fresh = 4e-4 * cell.fresh
    if cell.model in SKLEARN:
        return 30 + fresh
    own = MEGABYTES.get(cell.change, MEGABYTES[cell.model])
    return 60 + len(stack) * (own + fresh + 7e-4 * cell.examples)
