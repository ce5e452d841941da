"""What is varied and what is measured.

A replicate draws signals, initialisation, batch order, which half of the programs of length 2
trains, and the longer programs; networks of a replicate share them, and see as many examples.
Errors are relative: the squared error of a program, mean over test signals and samples, over the
variance of what the program should give, over the test signals, mean over samples; in percent. The
mean of what it should give costs 100 %.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from labs.kit.settings import check, setting

NAME = "programs"
LONGER = (3, 4, 5)  # lengths of programs that never train
GROUPS = ("1", "2", "2 held out", "3", "4", "5")  # of programs: length, and whether held out
SHOWN = "shift smooth ramp reverse diff"  # the program of the figure
TRAINED = (2, 3, 4, 5, 6)  # pairs of a sequence that trains
TOLD = (*TRAINED, 8, 12)  # pairs of a sequence that tests
SYMBOLS = 8
DRAWS = 10  # of `tests` test sequences each
DIFFER = 10.0  # percent of variance that what two programs give differs by, to count as different
RATES = (1e-3, 3e-3, 1e-2, 3e-2, 1e-1)  # of Adam, of which one is chosen
STEPS, RECALL_STEPS = 4000, 3000  # of `full`, which levels are about


class Arm(NamedTuple):
    """One network of the comparison."""

    label: str
    sizes: tuple[int, ...]  # of its class: hidden units, then units of the code or words
    milliseconds: float  # of one core, for a training step of 16 signals or 32 sequences
    tested: float  # seconds of one core for the tests of `full`
    times: int = 1  # the steps of the others


ARMS = {
    "modular": Arm("modules", (64,), 0.8, 0.8),
    "affine": Arm("affine modules", (64,), 0.7, 0.4),
    "iterated": Arm("one network, iterated", (138,), 1.8, 0.7),
    "monolith": Arm("monolith", (118, 32), 3.2, 0.2),
    "memory": Arm("memory", (48, 24), 2.5, 1.0),
    "recurrent": Arm("GRU", (64,), 2.0, 0.5),
    "recurrent-longer": Arm("GRU, 4 times the steps", (64,), 2.0, 0.5, times=4),
}
RUNNERS = ("modular", "affine", "iterated", "monolith")  # arms that run programs
RECALLERS = ("memory", "recurrent", "recurrent-longer")  # arms that are told pairs


@dataclass(frozen=True)
class Config:
    """What a reader may change."""

    replicates: int = setting(12, "networks of each arm", least=1)
    arms: tuple[str, ...] = setting(tuple(ARMS), "what is compared", among=ARMS)
    steps: int = setting(STEPS, "training steps of networks that run programs", least=1)
    batch: int = setting(16, "signals per step, each run through all 24 programs", least=1)
    # of fewer it may happen that none gives something else in another order
    programs: int = setting(60, "test programs of each longer length", least=20)
    recall_steps: int = setting(RECALL_STEPS, "training steps of networks told pairs", least=1)
    recall_batch: int = setting(32, "sequences per step", least=1, most=600)
    tests: int = setting(300, "test signals, and a tenth of the test sequences", least=2, most=600)
    rate: float = setting(0.0, "of Adam, or 0: chosen on validation data", least=0)

    def __post_init__(self) -> None:
        check(self)


PRESETS = {
    "smoke": Config(replicates=2, steps=6, batch=4, programs=20, recall_steps=4, tests=20),
    "quick": Config(replicates=5, steps=1000, recall_steps=600, programs=30),
    "full": Config(),
}


@dataclass(frozen=True)
class Cell:
    """One trained network."""

    arm: str  # a key of ARMS
    steps: int
    batch: int  # signals or sequences
    programs: int  # of each longer length that test; 0 where none do
    tests: int
    rate: float  # of Adam; 0: chosen
    replicate: int


@dataclass(frozen=True)
class Record:
    """What is measured, on fresh test signals; relative errors and accuracies in percent. None
    where it is not asked of an arm."""

    parameters: int
    chosen: float  # rate of Adam
    errors: list[list[float]] | None = None  # by program, of each of GROUPS: (6 groups, programs)
    untrained: list[float] | None = None  # before training, mean over programs of GROUPS (6,)
    # Of modules
    carried: list[float] | None = None  # octaves of error over its prediction, mean, GROUPS (6,)
    shuffled: list[float] | None = None  # operations in another order, mean, LONGER (3,)
    exchanged: list[float] | None = None  # modules of other operations, mean, LONGER (3,)
    differs: list[float] | None = None  # held-out programs from the nearest that trains, % (18,)
    orders: list[float] | None = None  # pairs from their other order, % of variance (30,)
    pairs: list[float] | None = None  # error of pairs of operations (30,), `operations.PAIRS`
    swapped: list[float] | None = None  # the same, their modules in the other order (30,)
    signal: list[float] | None = None  # a test signal (40,)
    shown: list[list[float]] | None = None  # what modules make of it, step by step of SHOWN (5, 40)
    # Of networks told pairs
    fitted: float | None = None  # accuracy on training signals, mean over TRAINED
    accuracy: list[float] | None = None  # on test signals, by TOLD (7,)
    emptied: float | None = None  # the memory emptied before the question, mean over TRAINED


def cells(config: Config) -> list[Cell]:
    """The grid: every arm."""
    runs = (config.steps, config.batch, config.programs)

    def recalls(arm: str) -> tuple[int, int, int]:
        return config.recall_steps * ARMS[arm].times, config.recall_batch, 0

    return [
        Cell(
            arm, *(recalls(arm) if arm in RECALLERS else runs), config.tests, config.rate, replicate
        )
        for arm in config.arms
        for replicate in range(config.replicates)
    ]


def seconds(cell: Cell) -> float:
    """Expected seconds of one core of a 2.5 GHz Xeon; of the choice of the rate, five networks
    more, a cell of twelve has its part."""
    arm = ARMS[cell.arm]
    usual = 32 if cell.arm in RECALLERS else 16
    searched = 1.0 if cell.rate else 1 + len(RATES) / 12
    tested = arm.tested * cell.tests / 300
    return tested + searched * cell.steps * arm.milliseconds * cell.batch / usual / 1000


def megabytes(stack: Sequence[Cell]) -> float:
    """Expected memory of a stack beyond that of the libraries (measured in `full`: 140 of networks
    told pairs, 480 to 630 of others, which keep what 24 programs should give of every signal)."""
    each = {"iterated": 48} | dict.fromkeys(RECALLERS, 8)
    return 60 + each.get(stack[0].arm, 36) * len(stack)
