"""The grid: models on plain and shuffled positions, changed MLPs, larger training sets."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from labs.benchmark.published import STEPS
from labs.data.mnist1d import EXAMPLES
from labs.kit.checks import known
from labs.kit.settings import check, setting

NAME = "benchmark"
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
        10, "networks of each further net, changed MLP and larger training set", least=1
    )
    steps: int = setting(STEPS, "training steps of Adam, rate 0.01, batches of 100", least=1)
    every: int = setting(250, "steps between two evaluations", least=1)
    extra_models: tuple[str, ...] = setting(
        EXTRA_NETS, "nets between the MLP and the CNN", among=EXTRA_NETS, empty=True
    )
    changes: tuple[str, ...] = setting(CHANGED, "changes to the MLP, one at a time", empty=True)
    examples: tuple[int, ...] = setting(
        (8000, 16000, 32000), "training sets of the CNN beside 4000", least=1, empty=True
    )

    def __post_init__(self) -> None:
        check(self)
        for change in self.changes:
            check_change(change)


PRESETS = {
    "smoke": Config(
        replicates=2,
        extra_replicates=1,
        steps=40,
        every=20,
        extra_models=("local",),
        changes=("width=256",),
        examples=(8000,),
    ),
    "quick": Config(
        replicates=6,
        extra_replicates=6,
        steps=2000,
        extra_models=(),
        changes=("decay=0.001", "dropout=0.3", "rate=0.001"),
        examples=(32000,),
    ),
    "full": Config(),
}


@dataclass(frozen=True)
class Cell:
    """One trained model."""

    model: str
    shuffled: bool  # are the positions permuted?
    change: str  # "" or "setting=value" for a changed MLP
    examples: int
    steps: int
    every: int
    replicate: int


@dataclass(frozen=True, kw_only=True)
class Record:
    """What is measured of it; accuracies are in percent, of training sets on the first 4000."""

    step: list[int]  # of each evaluation (k,); scikit-learn's models have one, at 0, and no losses
    train_loss: list[float] | None = None  # nats (k,), and so on
    train_accuracy: list[float]
    val_loss: list[float] | None = None
    val_accuracy: list[float]
    test_loss: list[float] | None = None
    test_accuracy: list[float]
    final: float  # test accuracy at the last evaluation
    final_train: float
    final_val: float
    best_on_val: float  # test accuracy where validation is best: early stopping as it should be
    best_on_test: float  # best test accuracy: as it must not be
    class_errors: list[float]  # percent of each digit's test examples (10,)
    parameters: int  # trainable numbers; 0 for nearest neighbours
    # One digit for each signal of `labs.data.quiz` (400), which are test examples of replicate 0:
    # of unchanged models on 4000 examples in that replicate, else "".
    answers: str = ""  # to the plain ones, or to the shuffled ones of a model of permuted positions
    answers_noisy: str = ""  # "" also where the positions are permuted


def cells(config: Config) -> list[Cell]:
    """The cells of every arm, replicate by replicate."""
    main, extra = config.replicates, config.extra_replicates
    arms: list[tuple[int, str, bool, str, int]] = []
    for model in (*NETS, *config.extra_models, *SKLEARN):
        replicates = extra if model in config.extra_models else main
        arms += [(replicates, model, shuffled, "", EXAMPLES) for shuffled in (False, True)]
    arms += [(extra, "mlp", False, change, EXAMPLES) for change in config.changes]
    arms += [(extra, "cnn", False, "", examples) for examples in config.examples]
    return [
        Cell(model, shuffled, change, examples, config.steps, config.every, replicate)
        for replicates, model, shuffled, change, examples in arms
        for replicate in range(replicates)
    ]


MEMBERS = {"logistic": 12, "mlp": 12, "cnn": 6, "gru": 6, "local": 5, "transformer": 5}
SECONDS = {  # of one core, for 1000 steps of one network in a stack
    "logistic": 0.3,
    "mlp": 0.9,
    "cnn": 2.5,
    "gru": 4.7,
    "local": 3.5,
    "transformer": 5.0,
    "width=256": 2.5,
}


def members(cell: Cell) -> int:
    """Most networks in its stack."""
    return MEMBERS.get(cell.model, 10)


def seconds(cell: Cell) -> float:
    """Expected seconds of one core, evaluation included (measured on a 2.5 GHz Xeon)."""
    if cell.model in SKLEARN:
        return 0.5
    return SECONDS.get(cell.change, SECONDS[cell.model]) * cell.steps / 1000


MEGABYTES = {  # that a network adds to its stack, but for its training examples
    "logistic": 5,
    "mlp": 8,
    "cnn": 17,
    "gru": 24,
    "local": 27,
    "transformer": 19,
    "width=256": 15,
}


def megabytes(stack: Sequence[Cell]) -> float:
    """Expected memory of a stack beyond that of the libraries (measured: 170 to 250 in `full`)."""
    cell = stack[0]
    if cell.model in SKLEARN:
        return 30
    own = MEGABYTES.get(cell.change, MEGABYTES[cell.model])
    return 60 + len(stack) * (own + 7e-4 * cell.examples)
