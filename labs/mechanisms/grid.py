"""What is varied and what is measured.

A replicate draws clean signals, and others that each went through one of five mechanisms; experts
compete for the latter, and a critic that knows the former says who wins. The arms of a replicate
share all data, starts and batch orders.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from labs.kit.settings import check, setting
from labs.mechanisms.published import STEPS

NAME = "mechanisms"
MECHANISMS = ("ramp", "gain", "square", "diff", "offset")
OLD, NEW = "ramp", "fall"  # the mechanism that is swapped, and what takes its place
SWAPPED = tuple(NEW if name == OLD else name for name in MECHANISMS)
COUNT = len(MECHANISMS)

ARMS = {
    "competing": "competing experts, started at the identity",
    "random": "competing experts, started at random",
    "paper": "the same, and the critic learns from all experts, as in the paper",
    "untrained": "experts at the identity, not trained",
    "fixed": "every signal dealt to an expert by chance",
    "single": "one expert for all, as large as five",
    "told": "experts told the mechanism",
}
OTHERS = tuple(arm for arm in ARMS if arm != "competing")  # with as many experts as mechanisms


@dataclass(frozen=True)
class Config:
    """What a reader may change."""

    replicates: int = setting(12, "data sets, each with experts of its own", least=1)
    experts: tuple[int, ...] = setting((COUNT, 4, 8), "that compete", least=2)
    arms: tuple[str, ...] = setting(tuple(ARMS), "what is compared", among=ARMS, empty=True)
    steps: int = setting(STEPS, "training steps", least=1)
    identity: int = setting(600, "steps in which experts learn the identity first", least=1)
    refit: int = setting(1500, "steps after a mechanism is swapped", least=1)
    batch: int = setting(96, "clean and changed signals per step", least=1)
    examples: int = setting(20_000, "clean and as many changed signals that train", least=COUNT)
    reading: int = setting(800, "training steps of the classifier", least=1)
    tests: int = setting(1000, "fresh test signals, each through all mechanisms", least=1)

    def __post_init__(self) -> None:
        check(self)


PRESETS = {
    "smoke": Config(
        replicates=2, experts=(COUNT,), steps=6, identity=10, refit=4, batch=16, examples=200,
        reading=10, tests=50,
    ),
    "quick": Config(
        replicates=5, experts=(COUNT,), steps=2000, refit=1000, examples=10_000, reading=400,
        arms=("competing", "random", "untrained", "fixed", "single", "told"),
    ),
    "full": Config(),
}  # fmt: skip


@dataclass(frozen=True)
class Cell:
    """The experts of one replicate, their critic and the classifier."""

    arm: str  # a key of ARMS
    experts: int
    steps: int
    identity: int
    refit: int  # 0 where no mechanism is swapped
    batch: int
    examples: int
    reading: int
    tests: int
    replicate: int


@dataclass(frozen=True)
class Record:
    """What is measured on fresh test signals. Lists over `MECHANISMS` (5,) are in its order; K is
    the number of experts. Accuracies are the classifier's, in percent; errors are squared distances
    to the clean signal, relative to its variance, mean over signals. None where an arm lacks it."""

    clean: float  # accuracy on clean signals
    untreated: list[float]  # accuracy on changed signals, by mechanism (5,)
    treated: list[float]  # accuracy on what the winners give back (5,)
    error_untreated: list[float]  # (5,)
    error: list[float]  # of what the winners give back (5,)
    wins: list[list[float]]  # share of a mechanism's signals that an expert wins (5, K)
    parameters: int  # trained numbers of all experts together
    apart: float | None = None  # percent right of the critic after its head start, clean or changed
    looks: list[int] | None = None  # training steps at which the next three are measured (T,)
    matched: list[float] | None = None  # share of wins of the matched experts, in training (T,)
    largest: list[float] | None = None  # share of all wins of the expert that wins most (T,)
    idle: list[float] | None = None  # experts that win less than 2 % (T,)
    # One mechanism swapped, by `SWAPPED` in place of `MECHANISMS`
    swap_before: list[float] | None = None  # accuracy with the experts as they were (5,)
    swap: list[float] | None = None  # with the one expert refitted (5,)
    swap_wins: list[list[float]] | None = None  # (5, K)
    swap_error: list[float] | None = None  # (5,)
    changed: float | None = None  # numbers of the other experts' outputs that differ
    anew: list[float] | None = None  # accuracy with all experts trained anew as long (5,)
    anew_wins: list[list[float]] | None = None  # (5, K)
    # Of replicate 0: one signal (40,), what the mechanisms make of it (5, 40), what the experts
    # make of that (5, K, 40)
    shown: list[float] | None = None
    shown_changed: list[list[float]] | None = None
    shown_back: list[list[list[float]]] | None = None


def cells(config: Config) -> list[Cell]:
    """The grid: competing experts by their number, then the other arms."""
    asked = [("competing", k) for k in config.experts if "competing" in config.arms]
    asked += [(arm, COUNT) for arm in OTHERS if arm in config.arms]
    return [
        Cell(
            arm,
            k,
            config.steps,
            config.identity,
            config.refit if (arm, k) == ("competing", COUNT) else 0,
            config.batch,
            config.examples,
            config.reading,
            config.tests,
            replicate,
        )
        for arm, k in dict.fromkeys(asked)
        for replicate in range(config.replicates)
    ]


def seconds(cell: Cell) -> float:
    """Expected seconds of one core of a 2.5 GHz Xeon, in a stack: a step of 96 signals takes a
    third of a millisecond for every expert and another third for the critic."""
    steps = cell.steps / 20 if cell.arm == "untrained" else cell.steps + 2 * cell.refit
    critic = cell.experts if cell.arm == "paper" else 1
    trained = steps * (cell.experts + critic) + cell.identity * cell.experts
    return 1 + (trained * cell.batch / 288 + cell.reading) / 1000


def megabytes(stack: Sequence[Cell]) -> float:
    """Expected memory of a stack beyond that of the libraries (measured in `full`: 780); the data
    of a replicate take most of it, and what experts give back before and after a swap."""
    cell = stack[0]
    data = 1.4e-3 * cell.examples + 0.016 * cell.reading
    back = 0.012 * cell.batch + 8e-4 * cell.tests
    swap = 0.013 * cell.tests if cell.refit else 0
    return 60 + len(stack) * (data + cell.experts * back + swap)
