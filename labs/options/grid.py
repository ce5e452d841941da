"""What is varied and what is measured: learners, the length of their tasks, and their records.

The arms of a replicate share landmarks, the starts of their episodes and the noise by which they
explore, and all have the same budget of environment steps, over which every task has as many
episodes as any other. Steps are a learner's actions; a STOP is one, though the agent stays.

Rates, exploration and budget were chosen in a pilot in other worlds: shared options solve their
pairs by then, with a slow rate alone; flat learners were as good with other shares of exploration
(0.1 to 0.3) and other discounts.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from labs.kit.memory import LIBRARIES
from labs.kit.settings import check, setting

NAME = "options"
PARTS = 4  # evaluations in an octave of steps
BEFORE = 4  # octaves below the budget, from which on curves are measured
LEARNED = 95.0  # percent of episodes that a learner solves which has learned its tasks
BEGUN = 50.0  # percent of one that has learned at all
USED = 5.0  # percent of steps of an option that has not collapsed


class Arm(NamedTuple):
    """A learner: which tables of values by cell it has, and who chooses among them."""

    label: str
    by: str  # what tells its tables apart: "symbol", or of each task "progress", "position", "none"
    planned: str = "told"  # the order of sub-policies: "told" by the sketch, or "learned"
    given: bool = False  # its sub-policies have been learned before, on pairs with their sketches
    first: float = 0.0  # values at the start

    @property
    def stops(self) -> bool:
        """Whether it has sub-policies, with an action that ends them."""
        return self.by in ("symbol", "position")

    @property
    def shared(self) -> bool:
        """Whether all tasks have the same tables."""
        return self.by == "symbol"


ARMS = {
    "options": Arm("shared options, told sketch", "symbol"),
    "learned": Arm("shared options, learned order", "symbol", planned="learned"),
    "chosen": Arm("given options, learned order", "symbol", planned="learned", given=True),
    "private": Arm("options of each task", "position"),
    "flat": Arm("flat", "progress"),
    "optimistic": Arm("flat, optimistic", "progress", first=1.0),
    "blind": Arm("flat, cell alone", "none"),
    "random": Arm("random moves", "none"),
}
# Seconds of an environment step, where it is not that of a flat learner
SECONDS = {"options": 0.5e-6, "learned": 0.7e-6, "chosen": 0.8e-6, "private": 0.4e-6}
# Arm, length of its tasks, and the octaves beyond the budget that it may go on: as many for those
# that are compared by their steps, four where up to ten times the episodes are to be seen
QUESTIONS = (
    ("options", 2, 3),
    ("flat", 2, 3),
    ("private", 2, 3),
    ("blind", 2, 0),
    ("learned", 2, 4),
    ("flat", 3, 4),
    ("optimistic", 3, 3),
    ("options", 3, 0),
    ("private", 3, 0),
    ("blind", 3, 0),
    ("chosen", 3, 4),
    ("flat", 4, 0),
    ("private", 4, 0),
    ("random", 2, 0),
)


@dataclass(frozen=True)
class Config:
    """What a reader may change."""

    replicates: int = setting(48, "worlds, each with learners of every kind", least=1)
    arms: tuple[str, ...] = setting(tuple(ARMS), "what is compared", among=ARMS)
    budget: int = setting(200_000, "environment steps that every learner has", least=1000)
    octaves: int = setting(4, "most doublings of the budget, for those that are slow", least=0)
    starts: int = setting(12, "fresh starts of every task in a test", least=1)
    explore: float = setting(0.1, "share of actions at random", above=0, below=1)
    discount: float = setting(0.9, "of values, each move", above=0, below=1)
    rate: float = setting(0.01, "of the mean success after a STOP", above=0, most=1)
    order_rate: float = setting(0.3, "of the mean success of a chosen option", above=0, most=1)

    def __post_init__(self) -> None:
        check(self)


PRESETS = {
    "smoke": Config(replicates=2, budget=4000, octaves=1, starts=2),
    "quick": Config(replicates=5, octaves=1, starts=6),
    "full": Config(),
}


@dataclass(frozen=True)
class Cell:
    """One learner of tasks of one length in one world."""

    arm: str  # a key of ARMS
    length: int  # landmarks of its tasks
    budget: int
    octaves: int
    starts: int
    explore: float
    discount: float
    rate: float
    order_rate: float
    replicate: int


@dataclass(frozen=True)
class Record:
    """What is measured of a learner, greedy in percent of episodes; k evaluations, the first before
    training. None where it is not of the kind, or solves nothing."""

    steps: list[int]  # of training, at the evaluations (k,)
    episodes: list[int]  # of training, of each task (k,)
    success: list[float]  # in the tasks of its length (k,)
    worth: float  # mean value of the best actions in all cells of its tables, at the end
    triples: list[float] | None = None  # of pairs' learners in unseen tasks of three (k,)
    fours: list[float] | None = None  # and of four (k,)
    shuffled: float | None = None  # triples with the sketch in a wrong order, mean of the five
    replaced: float | None = None  # with every symbol replaced by another
    excess: float | None = None  # steps of solved episodes over the fewest moves, at the budget
    excess_triples: float | None = None  # the same of unseen tasks of three
    use: list[float] | None = None  # percent of steps of its own tasks by option, at the end (4,)
    value: list[float] | None = None  # of cells by option, at the end (4 * 81,)
    action: list[int] | None = None  # greedy, of cells by option, at the end (4 * 81,)


def cells(config: Config) -> list[Cell]:
    """The grid: every arm with the tasks that it is asked to learn."""
    return [
        Cell(
            arm,
            length,
            config.budget,
            min(octaves, config.octaves),
            config.starts,
            config.explore,
            config.discount,
            config.rate,
            config.order_rate,
            replicate,
        )
        for arm, length, octaves in QUESTIONS
        if arm in config.arms
        for replicate in range(config.replicates)
    ]


def evaluations(cell: Cell) -> list[int]:
    """Return the environment steps after which a learner is tested, ascending from 0."""
    if cell.arm == "random":
        return [0]
    parts = range(-BEFORE * PARTS, cell.octaves * PARTS + 1)
    return [0, *(round(cell.budget * 2 ** (part / PARTS)) for part in parts)]


def seconds(cell: Cell) -> float:
    """Expected seconds of one core of a 2.5 GHz Xeon in a stack of 48, tests included."""
    return 0.01 + evaluations(cell)[-1] * SECONDS.get(cell.arm, 0.25e-6)


def megabytes(stack: Sequence[Cell]) -> float:
    """Expected memory of a stack, beyond that of libraries which this lab does not import: its
    processes have numpy and scipy alone (measured, all in all: 48 to 65 MB)."""
    return 45 + 0.4 * len(stack) - LIBRARIES
