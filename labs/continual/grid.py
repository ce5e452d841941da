"""What is varied and what is measured.

Five tasks come one after the other, and what an earlier one taught is not seen again. A replicate
draws data, base, tasks, their order, starts and batch order; methods share them.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from labs.kit.settings import check, setting

NAME = "continual"
TASKS = 5
DOMAINS = ("reverse", "ramp", "diff", "stretch", "gain")
NEW = "diff"  # the domain whose digits come in pairs
SEQUENCES = ("domains", "permutations", "classes")
METHODS = (  # labels are in `labs.continual.shown`
    "base",
    "full",
    "lora",
    "lora-each",
    "adapter-each",
    "packnet",
    "packnet-leaking",
    "supsup",
    "progressive",
    "scratch",
    "joint",
)
CONTROLS = ("packnet-leaking",)  # methods that one sequence is enough for
FROZEN = ("lora-each", "adapter-each", "packnet", "supsup", "progressive")  # nothing old changes
PRUNED = 0.5  # of the free weights, after each task of PackNet
RETRAINED = 1 / 3  # of a task's steps, after pruning
COLUMN = 32  # channels of a column of a progressive network
MASKED = 100  # channels of the random network under masks: about as many weights as the base has
BATCHES = 20  # of test examples of a task, for each of which the task's name is inferred
LATE = (3, 4)  # places of the tasks for which earlier columns are to help


@dataclass(frozen=True)
class Config:
    """What a reader may change."""

    replicates: int = setting(10, "bases, each with sequences of its own", least=1)
    sequences: tuple[str, ...] = setting(SEQUENCES, "of five tasks", among=SEQUENCES)
    methods: tuple[str, ...] = setting(METHODS, "that learn them", among=METHODS)
    examples: int = setting(1500, "training examples of a task", least=1)
    steps: int = setting(300, "training steps of a task", least=3)
    batch: int = setting(16, "examples per step, and for which a task is inferred", least=1)
    base_steps: int = setting(500, "training steps of the base", least=1)
    small: bool = setting(False, "whether the base is the small one")
    tests: int = setting(500, "test examples of a task", least=16)

    def __post_init__(self) -> None:
        check(self)


PRESETS = {
    "smoke": Config(
        replicates=2,
        sequences=("domains", "classes"),
        methods=("full", "lora-each", "packnet", "supsup", "progressive", "joint"),
        examples=40,
        steps=3,
        base_steps=10,
        small=True,
        tests=32,
    ),
    "quick": Config(
        replicates=5,
        methods=("full", "lora", "lora-each", "packnet", "supsup", "progressive", "scratch"),
        steps=100,
        small=True,
        tests=200,
    ),
    "full": Config(),
}
WITHIN = ("sequence", "replicate")


@dataclass(frozen=True)
class Cell:
    """One replicate of one method on one sequence."""

    sequence: str  # of SEQUENCES
    method: str  # of METHODS
    examples: int
    steps: int
    batch: int
    base_steps: int
    small: bool
    tests: int
    replicate: int


@dataclass(frozen=True)
class Record:
    """What is measured; accuracies in percent, on fresh test examples. A row of a matrix is the
    accuracy on each of the five tasks: before training, then after each task (6, 5); joint training
    and the base, which learn no task after another, have the first and the last (2, 5). A task that
    was not learned yet is answered with what was learned last."""

    clean: float  # of the frozen base, on clean digits
    rate: float  # of Adam, chosen on validation data of a replicate of its own
    matrix: list[list[float]]  # task's name known: its network, in classes its two answers
    open: list[list[float]] | None  # in classes: the same networks, all ten answers
    trained: list[int]  # numbers that each task trains (5,)
    bits: int  # kept beyond the base, to answer all tasks
    changed: list[float] | None  # largest change of a logit from own task to the last (4,)
    equal: float | None  # share of these tasks whose logits are the same to the bit
    # Of methods that keep a network for each task
    shuffled: list[float] | None  # each task answered by the next one's network (5,)
    inferred: list[float] | None  # network chosen for every batch, all ten answers (5,)
    entropy: list[float] | None  # percent of batches whose least uncertain network is right (5,)
    gradient: list[float] | None  # SupSup: percent that one gradient names right (5,)
    random: list[float] | None  # SupSup: with masks drawn at random (5,)
    laterals: list[int] | None  # progressive: numbers between columns, by column (5,)


def cells(config: Config) -> list[Cell]:
    """The grid: sequences by method; controls on the first sequence alone."""
    return [
        Cell(
            sequence=sequence,
            method=method,
            examples=config.examples,
            steps=config.steps,
            batch=config.batch,
            base_steps=config.base_steps,
            small=config.small,
            tests=config.tests,
            replicate=replicate,
        )
        for sequence in config.sequences
        for method in config.methods
        if method not in CONTROLS or sequence == config.sequences[0]
        for replicate in range(config.replicates)
    ]


MEMBERS = 15


def apart(cell: Cell) -> str:
    """Sequences share a stack, but not in joint training, whose heads are not the same in all."""
    return cell.sequence if cell.method == "joint" else ""


# Milliseconds of a step of 16 signals and of a test signal, in a stack; networks that are tuned, in
# tasks of ten
COSTS = {
    "base": (0.0, 0.1, 0),
    "full": (3.6, 0.1, 1),
    "lora": (2.6, 0.1, 1),
    "lora-each": (2.6, 0.1, 1),
    "adapter-each": (2.3, 0.1, 1),
    "packnet": (4.0, 0.1, 1),
    "packnet-leaking": (4.0, 0.1, 1),
    "supsup": (1.5, 0.08, 1),
    "progressive": (0.7, 0.06, 1),
    "scratch": (0.3, 0.02, 1),
    "joint": (3.6, 0.02, 2.5),
}


def seconds(cell: Cell) -> float:
    """Expected seconds of one core (measured on a 2.5 GHz Xeon), the search of rates included, the
    bases not."""
    step, test, tuned = COSTS[cell.method]
    small = cell.small and cell.method not in ("supsup", "progressive", "scratch")
    size = 0.75 if small else 1.0  # small bases on an AMD EPYC whose threads are all busy
    steps = cell.steps * (TASKS + tuned) * cell.batch / 16
    return size * (0.1 + step * steps / 1000 + test * cell.tests * 7 * TASKS / 1000)


def megabytes(stack: Sequence[Cell]) -> float:
    """Expected memory of a stack beyond that of the libraries (measured in `full`: 95 to 160)."""
    return 60 + 12 * len(stack)
