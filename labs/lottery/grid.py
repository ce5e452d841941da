"""The lottery's settings, and the networks that they ask for."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from itertools import pairwise

import numpy as np

from labs.kit.settings import check, setting

NAME = "lottery"
ORDERS = ("original", "flipped", "shuffled", "chunks")  # of the positions of new data
TRANSFERS = (  # on new data: order of the positions, initial weights, arms
    *((order, "rewound", ("dense", "random", "lottery")) for order in ORDERS),
    ("original", "fresh", ("dense", "random", "lottery")),
    ("flipped", "fresh", ("dense", "lottery")),
)
WITHIN = ("data", "order", "arm", "start", "sparsity")  # what differs among a replicate's cells


@dataclass(frozen=True)
class Config:
    """What a reader may change. A default is upstream's where its meaning names no other number."""

    replicates: int = setting(10, "independent tickets (upstream: 2)", least=1)
    levels: tuple[float, ...] = setting(  # about geometric in what is left
        (0.0, 0.5, 0.7, 0.8, 0.87, 0.92, 0.94, 0.96, 0.97, 0.98, 0.99),
        "share of each layer that is masked, round by round (upstream: 100 levels)",
        least=0,
        most=1,
    )
    ticket: float = setting(0.92, "the level whose mask is analysed", above=0, below=1)
    steps: int = setting(1501, "steps of Adam at rate 0.02 in every round", least=1)
    batch: int = setting(100, "examples per step", least=1)
    biases: bool = setting(True, "whether biases are pruned with the weights")
    transfer_steps: int = setting(1000, "steps on new data (upstream: 6000)", least=1)
    transfer_batch: int = setting(500, "examples per step on new data", least=1)
    every: int = setting(100, "steps between two evaluations on new data", least=1)
    hidden: int = setting(500, "units of both layers", least=1)

    def __post_init__(self) -> None:
        check(self)
        if self.levels[0] != 0 or any(a > b for a, b in pairwise(self.levels)):
            raise ValueError(f"levels must ascend from 0, got {self.levels}")
        if self.ticket not in self.levels:
            raise ValueError(f"ticket must be one of the levels {self.levels}, got {self.ticket!r}")


PRESETS = {
    "smoke": Config(
        replicates=2,
        levels=(0.0, 0.8, 0.92, 0.96, 0.98),
        steps=30,
        transfer_steps=30,
        transfer_batch=100,
        every=15,
        hidden=48,
    ),
    "quick": Config(
        replicates=6,
        levels=(0.0, 0.8, 0.92, 0.96, 0.98),
        steps=300,
        transfer_steps=250,
        transfer_batch=100,
    ),
    "full": Config(),
    # Upstream's notebook, about 90 minutes on 2 cores: 100 linear levels and whole trainings on new
    # data. At the last level, 100 %, no weight is left: all classes are equally likely, loss is
    # ln 10. 2 replicates leave every claim undecided.
    "paper": Config(
        replicates=2,
        levels=tuple(round(i / 99, 6) for i in range(100)),
        ticket=round(91 / 99, 6),
        transfer_steps=6000,
    ),
}


@dataclass(frozen=True)
class Cell:
    """One trained network; beside what it is, all the settings of its replicate's search."""

    data: str  # "own": that the ticket is found on; "new": another draw
    order: str  # of the positions
    arm: str  # "dense"; "lottery"; "random": a new mask every round; "nested": inside the last one
    start: str  # "rewound": the initial weights of the search; "fresh": others
    sparsity: float  # share of each layer that is masked
    levels: tuple[float, ...]
    ticket: float
    steps: int
    batch: int
    biases: bool
    transfer_steps: int
    transfer_batch: int
    every: int
    hidden: int
    replicate: int


@dataclass(frozen=True)
class Record:
    """What is measured of a network when its training ends; of masks at the ticket's level on the
    data they were found on also which neighbours they keep: runs of 2, 3 and 4."""

    test_loss: float  # cross-entropy (nats) on 1000 examples
    test_accuracy: float  # on them (%)
    train_loss: float  # nats, on 4000 examples
    train_accuracy: float  # on them (%)
    step: list[int]  # steps done at each evaluation, (evaluations,)
    curve: list[float]  # test accuracy there (%), (evaluations,)
    live: dict[str, int]  # layer -> weights and biases that are not masked
    mask: np.ndarray | None = None  # of the first layer's weights, bool (40, hidden)
    runs: list[float] | None = None  # counts (3,)
    runs_put_back: list[float] | None = None  # with the positions in their original order, (3,)
    chance: list[float] | None = None  # mean counts when every unit's positions are permuted, (3,)
    stricter_chance: list[float] | None = None  # and every position keeps its number of units, (3,)


def cells(config: Config) -> Sequence[Cell]:
    """The grid: for every replicate the sweep over levels, a search on shuffled data down to the
    ticket, and the ticket on new data."""
    own, ticket = ("own", "original"), config.ticket
    arms: list[tuple[str, str, str, str, float]] = []
    for order, last in (("original", 1.0), ("shuffled", ticket)):
        for level in config.levels:
            arm = "lottery" if level else "dense"
            arms += [("own", order, arm, "rewound", level)] if level <= last else []
    for arm in ("random", "nested"):
        arms += [(*own, arm, "rewound", level) for level in config.levels[1:]]
    for order, start, names in TRANSFERS:
        for arm in names:
            arms.append(("new", order, arm, start, 0.0 if arm == "dense" else ticket))
    settings = asdict(config)
    replicates = settings.pop("replicates")
    return [Cell(*arm, **settings, replicate=r) for r in range(replicates) for arm in arms]


# Milliseconds of one core for one step of one network on a batch of 100, by sparsity.
COST = ((0.0, 0.5, 0.8, 0.92, 0.97, 1.0), (6.2, 6.7, 5.3, 3.6, 2.2, 1.2))


def seconds(cell: Cell) -> float:
    """Expected seconds of one core, evaluation included (measured on a 2.5 GHz Xeon)."""
    own = cell.data == "own"
    steps, batch = (cell.steps, cell.batch) if own else (cell.transfer_steps, cell.transfer_batch)
    each = float(np.interp(cell.sparsity, *COST)) * (batch / 100) ** 0.8
    return 0.35 + steps * each * max(cell.hidden / 500, 0.1) / 1000


def megabytes(stack: Sequence[Cell]) -> float:
    """Expected memory of a stack beyond that of the libraries (measured: 120 in `full`); two of its
    networks train at a time."""
    return 75 + 45 * (stack[0].hidden / 500) ** 2
