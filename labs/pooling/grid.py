"""What is varied and what is measured: networks, numbers of training examples, and their records.

Every published size is a data set of its own with its own 1000 test examples, seen once. Here a
replicate (data seed 42 + r, the fast stream) has one draw for all: the training sets are its first
n examples, the test set is common, and all are standardised together, so that sizes are paired and
differ in n alone. Replicate 0 is therefore of the published law, not the published draws. The arms
of a replicate also share the batch order and, where they have as many channels, the starting
convolutions.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from labs.kit.settings import check, setting
from labs.pooling.published import BATCH, EXAMPLES, FEW, MANY, STEPS

NAME = "pooling"


class Arm(NamedTuple):
    """One network of the comparison."""

    label: str
    pool: str  # of `labs.pooling.nets.PoolNet`
    channels: int
    parameters: int
    seconds: float  # of one core, for 1000 steps in a stack, both cores at work


ARMS = {
    "none": Arm("no pooling", "none", 20, 9310, 1.9),
    "matched": Arm("no pooling, 8 channels", "none", 8, 3442, 1.1),  # the count nearest to 3310
    "stride": Arm("stride 2", "stride", 20, 3310, 0.8),
    "max": Arm("max", "max", 20, 3310, 1.4),
    "avg": Arm("average", "avg", 20, 3310, 1.3),
    "l2": Arm("L2", "l2", 20, 3310, 1.5),
}
POOLED = ("max", "avg", "l2")


@dataclass(frozen=True)
class Config:
    """What a reader may change."""

    replicates: int = setting(10, "networks of each arm and size", least=1)
    arms: tuple[str, ...] = setting(tuple(ARMS), "what is compared", among=ARMS)
    examples: tuple[int, ...] = setting(EXAMPLES, "training examples", least=BATCH)
    steps: int = setting(STEPS, "training steps", least=1)
    further: int = setting(6000, "steps that nets with the most examples go on", least=0)
    every: int = setting(250, "steps between two evaluations", least=1)
    test_examples: int = setting(5000, "test examples", least=1)

    def __post_init__(self) -> None:
        check(self)
        if self.steps % self.every:
            raise ValueError(f"steps must be a multiple of every = {self.every}, got {self.steps}")


PRESETS = {
    "smoke": Config(
        replicates=2, examples=(200, 400), steps=20, further=10, every=10, test_examples=200
    ),
    "quick": Config(replicates=5, examples=(FEW, 5000, MANY), steps=1000, further=0),
    "full": Config(),
    # Figure 9 of 2024, once: its five nets, evaluations and 1000 test examples.
    "paper": Config(
        replicates=1,
        arms=tuple(arm for arm in ARMS if arm != "matched"),
        further=0,
        every=100,
        test_examples=1000,
    ),
}


@dataclass(frozen=True)
class Cell:
    """One trained network."""

    arm: str  # a key of ARMS
    examples: int  # that train: the first of those drawn
    drawn: int
    steps: int
    further: int
    every: int
    test_examples: int
    replicate: int


@dataclass(frozen=True)
class Record:
    """What is measured of a network; accuracies in percent."""

    step: list[int]  # of every evaluation (k,)
    test_accuracy: list[float]  # (k,)
    final: float  # test accuracy after `steps`
    longer: float  # test accuracy after the further steps
    final_train: float  # after `steps`, on the first training examples
    parameters: int


def cells(config: Config) -> list[Cell]:
    """The grid: every arm with every number of training examples."""
    most = max(config.examples)
    further = {most: config.further}
    return [
        Cell(arm, n, most, config.steps, further.get(n, 0), config.every, config.test_examples, r)
        for n in config.examples
        for arm in config.arms
        for r in range(config.replicates)
    ]


def seconds(cell: Cell) -> float:
    """Expected seconds of one core of a 2.5 GHz Xeon, evaluation included."""
    return ARMS[cell.arm].seconds * (cell.steps + cell.further) / 1000


def megabytes(stack: Sequence[Cell]) -> float:
    """Expected memory of a stack beyond that of the libraries (measured: 160 to 320 in `full`);
    the whole draw of each replicate is kept."""
    cell = stack[0]
    return 60 + len(stack) * (5 + 1.6e-4 * cell.drawn + 2e-4 * cell.examples)
