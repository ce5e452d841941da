"""The lottery's settings, and the networks that they ask for."""

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from itertools import pairwise

import numpy as np

from labs.kit.settings import check, setting

NAME = "lottery"
BLOCK = 1000  # test examples of which an accuracy is kept: as many as the data set has
ORDERS = ("original", "flipped", "shuffled", "chunks")  # of the positions of new data
BIASES_LIVE = ("weights", "random weights")  # arms that prune weights alone
TRANSFERS = (  # on new data: part of the experiment, order of the positions, initial weights, arms
    *(("transfers", order, "rewound", ("dense", "random", "lottery")) for order in ORDERS),
    ("transfers", "original", "fresh", ("dense", "random", "lottery")),
    ("transfers", "flipped", "fresh", ("dense", "lottery")),
    ("weights", "original", "rewound", ("dense", *BIASES_LIVE)),
    ("rounds", "original", "rewound", ("dense", "lottery", "rounds")),
)
PUBLISHED = [  # those that upstream's notebook has
    ("published", order, start, arms)
    for part, order, start, arms in TRANSFERS
    if part == "transfers" and (order, start) != ("flipped", "fresh")
]
PARTS = {  # of the experiment, beside the search itself
    "published": "random masks at all levels, the ticket on new data as upstream, no more",
    "controls": "random masks at all levels, a search on shuffled data",
    "transfers": "the ticket on new data",
    "weights": "a ticket whose biases all stay live",
    "rounds": "a ticket found in as many rounds as upstream's",
    "crossed": "searches in which data, start or order alone is redrawn, or nothing but rounding",
    "level": "dense nets on the very data that upstream has as new ones",
}
VARIED = {  # what of a replicate is drawn anew
    "all": "all",
    "data": "data set",
    "start": "initial weights",
    "order": "order of the examples",
    "rounding": "rounding alone",
}
WITHIN = ("data", "order", "arm", "start", "sparsity", "varied")  # differ among a replicate's cells
Arm = tuple[str, str, str, str, float, str]  # those


@dataclass(frozen=True)
class Config:
    """What a reader may change. A default is upstream's where its meaning names no other number."""

    replicates: int = setting(12, "independent tickets (upstream: 2)", least=1)
    parts: tuple[str, ...] = setting(
        ("controls", "transfers", "weights"),
        "what is done beside the search",
        among=(*PARTS,),
        empty=True,
    )
    levels: tuple[float, ...] = setting(  # about geometric in what is left
        (0.0, 0.5, 0.7, 0.8, 0.87, 0.92, 0.94, 0.96, 0.97, 0.98, 0.99),
        "share of each layer that is masked, round by round (upstream: 100 levels)",
        least=0,
        most=1,
    )
    ticket: float = setting(0.92, "the level whose mask is analysed", above=0, below=1)
    steps: int = setting(1501, "steps of Adam at rate 0.02 in every round", least=1)
    batch: int = setting(100, "examples per step", least=1)
    rounds: int = setting(91, "rounds of the part of that name, to the ticket", least=1)
    transfer_steps: int = setting(1000, "steps on new data (upstream: 6000)", least=1)
    transfer_batch: int = setting(500, "examples per step on new data", least=1)
    every: int = setting(100, "steps between two evaluations on new data", least=1)
    hidden: int = setting(500, "units of both layers", least=1)
    test_examples: int = setting(50_000, "fresh test examples (upstream: none)", least=BLOCK)

    def __post_init__(self) -> None:
        check(self)
        if self.levels[0] != 0 or any(a > b for a, b in pairwise(self.levels)):
            raise ValueError(f"levels must ascend from 0, got {self.levels}")
        if self.test_examples % BLOCK:
            raise ValueError(
                f"test_examples must be a multiple of {BLOCK}, got {self.test_examples}"
            )
        if self.ticket not in self.levels:
            raise ValueError(f"ticket must be one of the levels {self.levels}, got {self.ticket!r}")


TO_THE_TICKET = (0.0, 0.5, 0.7, 0.8, 0.87, 0.92)
PAPER = Config(
    replicates=1,
    parts=("published",),
    levels=tuple(round(i / 99, 6) for i in range(100)),
    ticket=round(91 / 99, 6),
    transfer_steps=6000,
    test_examples=10_000,
)
PRESETS = {
    "smoke": Config(
        replicates=2,
        parts=(*PARTS,),
        rounds=3,
        levels=(0.0, 0.8, 0.92, 0.96, 0.98),
        steps=30,
        transfer_steps=30,
        transfer_batch=100,
        every=15,
        hidden=48,
        test_examples=2000,
    ),
    "quick": Config(
        replicates=6,
        parts=("controls", "transfers"),
        levels=(0.0, 0.8, 0.92, 0.96, 0.98),
        steps=200,
        transfer_steps=100,
        transfer_batch=100,
        test_examples=10_000,
    ),
    "full": Config(),
    # Does it matter that a ticket is found in five rounds and not in 91, and trains on new data for
    # a sixth of the steps?
    "longer": Config(replicates=6, parts=("rounds",), levels=TO_THE_TICKET, transfer_steps=6000),
    # Where does the spread of a ticket's gain come from, and is the dense net's level on new data
    # that of upstream's draw?
    "crossed": Config(parts=("crossed", "level"), levels=TO_THE_TICKET),
    # Upstream's notebook, once (it has 2 tickets): 100 linear levels and whole trainings on new
    # data, and none of our controls. At the last level, 100 %, no weight is left: all classes are
    # equally likely, loss is ln 10. Ours beside it: 10,000 fresh test examples.
    "paper": PAPER,
    # The same often enough to be judged.
    "published": replace(PAPER, replicates=6),
}


@dataclass(frozen=True)
class Cell:
    """One trained network; beside what it is, all the settings of its replicate's search."""

    data: str  # "own": that the ticket is found on; "new": another draw; "upstream": upstream's new
    order: str  # of the positions
    arm: str  # "dense", "lottery", "rounds" (found in many), "random", or one of BIASES_LIVE
    start: str  # "rewound": the initial weights of the search; "fresh": others
    sparsity: float  # share of each layer that is masked
    varied: str  # what is this replicate's own, and not that of replicate 0: "all" or one thing
    levels: tuple[float, ...]
    ticket: float
    steps: int
    batch: int
    rounds: int
    transfer_steps: int
    transfer_batch: int
    every: int
    hidden: int
    test_examples: int
    replicate: int


@dataclass(frozen=True)
class Record:
    """What is measured of a network when its training ends; of masks at the ticket's level on the
    data they were found on also which neighbours they keep: runs of 2, 3 and 4."""

    test_loss: float  # cross-entropy (nats) on the fresh test examples
    test_accuracy: float  # on them (%)
    block_accuracy: list[float]  # on every 1000 of them (%), (blocks,)
    accuracy_1000: float  # on the 1000 test examples of the data set (%)
    train_loss: float  # nats, on 4000 examples
    train_accuracy: float  # on them (%)
    step: list[int]  # steps done at each evaluation, (evaluations,)
    curve: list[float]  # accuracy on the 1000 there (%), (evaluations,)
    live: dict[str, int]  # layer -> weights and biases that are not masked
    mask: np.ndarray | None = None  # of the first layer's weights, bool (40, hidden)
    runs: list[float] | None = None  # counts (3,)
    runs_put_back: list[float] | None = None  # with the positions in their original order, (3,)
    chance: list[float] | None = None  # mean counts when every unit's positions are permuted, (3,)
    stricter_chance: list[float] | None = None  # and every position keeps its number of units, (3,)


def cells(config: Config) -> Sequence[Cell]:
    """The grid: for every replicate the search over levels, and what `parts` adds to it."""
    settings = asdict(config)
    replicates, parts = settings.pop("replicates"), settings.pop("parts")
    new = (
        ("new", order, arm, start, 0.0 if arm == "dense" else config.ticket, "all")
        for part, order, start, arms in (*TRANSFERS, *PUBLISHED)
        for arm in arms
        if part in parts
    )
    level: list[Arm] = [("upstream", order, "dense", "rewound", 0.0, "all") for order in ORDERS]
    arms = dict.fromkeys([*_searches(config), *new, *(level if "level" in parts else [])])
    return [Cell(*arm, **settings, replicate=r) for r in range(replicates) for arm in arms]


def fine_levels(config: "Config | Cell") -> list[float]:
    """Share that is masked in each round of the search in many rounds, the ticket's last.

    >>> [round(level, 2) for level in fine_levels(Config(rounds=4))]
    [0.23, 0.46, 0.69, 0.92]
    """
    rounds, ticket = config.rounds, config.ticket
    return [ticket * done / rounds for done in range(1, rounds)] + [ticket]


def _searches(config: Config) -> Iterator[Arm]:
    parts, ticket = config.parts, config.ticket
    down = [level for level in config.levels if level <= ticket]
    yield from _search("lottery", config.levels)
    if "controls" in parts:
        yield from _search("lottery", down, order="shuffled")
    if {"controls", "published"} & {*parts}:
        yield from _search("random", config.levels[1:])
    if "weights" in parts:
        yield from _search("weights", down[1:])
        yield from _search("random weights", [ticket])
    if "rounds" in parts:
        yield from _search("rounds", fine_levels(config))
    if "crossed" in parts:
        for varied in [name for name in VARIED if name != "all"]:
            yield from _search("lottery", down, varied=varied)


def _search(
    arm: str, levels: Sequence[float], order: str = "original", varied: str = "all"
) -> Iterator[Arm]:
    for level in levels:
        yield ("own", order, arm if level else "dense", "rewound", level, varied)


MANY = 20  # levels from which on searches do not wait for one another


def chain(cell: Cell) -> tuple[str, str, str] | None:
    """What trains apart from the rest of a replicate: of a search of many levels all that follows
    from it, and the dense nets on new data, which follow from none."""
    if len(cell.levels) < MANY:
        return None
    own = cell.data == "own"
    arm = "lottery" if own and cell.arm == "dense" else cell.arm  # a search begins with it
    return arm, cell.order if own else "original", cell.varied


# Milliseconds of one core for one step of one network on a batch of 100, by sparsity.
COST = ((0.0, 0.1, 0.5, 0.8, 0.92, 0.97, 1.0), (2.4, 2.9, 2.8, 2.4, 1.7, 0.8, 0.4))


def seconds(cell: Cell) -> float:
    """Expected seconds of one core, evaluation included (measured on an AMD EPYC)."""
    own = cell.data == "own"
    steps, batch = (cell.steps, cell.batch) if own else (cell.transfer_steps, cell.transfer_batch)
    each = float(np.interp(cell.sparsity, *COST)) * (batch / 100) ** 0.8
    test = 1.6 * cell.test_examples / 50_000 * min(each / 4, 1)
    return (0.05 + test + steps * each / 1000) * max(cell.hidden / 500, 0.1)


def megabytes(stack: Sequence[Cell]) -> float:
    """Expected memory of a stack beyond that of the libraries (measured: 700 in `full`); the
    searches of a level train at a time, each with its fresh examples."""
    return 100 + 50 * (stack[0].hidden / 500) ** 2 + 0.011 * stack[0].test_examples
