"""What is tuned, from where and over how many steps, and what is stored of it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from labs.hyperparameters.published import HORIZON, OUTER_STEPS, STARTS
from labs.kit.settings import check, setting

NAME = "hyperparameters"
TUNED = {  # arm -> what its outer loop moves
    "published": ("rate",),
    "rate": ("rate",),
    "schedule": ("rate",),
    "joint": ("rate", "decay", "momentum"),
}
GRID = "grid"  # the arm that judges them: no gradient, a search
OBJECTIVES = {  # what a learning rate may minimise
    "mean": "mean training loss",
    "last": "loss of the last batch",
    "train": "final loss on the training set",
}
OCTAVE = 40  # places of the fine grid in an octave: neighbours are 1.7 % apart
LONG = 1000  # inner steps
SETTLED = 40  # outer steps after which the loops of the rate arm stand still
FIRST_DECAY, FIRST_MOMENTUM = 1e-3, 0.5  # where the joint arm starts


@dataclass(frozen=True)
class Config:
    """What a reader may change."""

    replicates: int = setting(30, "data sets, each with its own starting weights", least=1)
    horizon: int = setting(
        HORIZON, "inner steps of the published, schedule and joint arms", least=1
    )
    horizons: tuple[int, ...] = setting(
        (50, HORIZON, LONG), "inner steps of the rate arm and the grid", least=1
    )
    starts: tuple[float, ...] = setting(
        STARTS, "first learning rates of the published and rate arms", above=0
    )
    published_steps: int = setting(OUTER_STEPS, "outer steps of plain gradient descent", least=1)
    outer_steps: int = setting(
        SETTLED, "outer steps of the other arms, with a better optimiser", least=1
    )
    segments: int = setting(10, "parts of the horizon with a rate each, in the schedule", least=1)
    fresh: int = setting(
        8, "further starts and batch orders on which a tuned setting is judged", least=1
    )

    def __post_init__(self) -> None:
        check(self)
        if self.segments > self.horizon:
            raise ValueError(
                f"segments must be at most the horizon, {self.horizon}, got {self.segments}"
            )


PRESETS = {
    "smoke": Config(
        replicates=2,
        horizon=10,
        horizons=(5, 10),
        published_steps=3,
        outer_steps=3,
        segments=2,
        fresh=1,
    ),
    "quick": Config(replicates=12, horizons=(50, HORIZON), outer_steps=16, fresh=4),
    "full": Config(),
    # Figure 6 of 2024, once: the two loops of the arm `published`. The other arms are ours, a third
    # of the time: claims take the optimum from a better loop and from a search.
    "paper": Config(replicates=1, horizons=(HORIZON,), segments=1, fresh=1),
}


@dataclass(frozen=True)
class Cell:
    """One outer loop, or one grid search."""

    arm: str
    horizon: int  # inner steps
    start: float  # first learning rate; 0 in the grid
    outer_steps: int  # 0 in the grid
    segments: int
    fresh: int
    replicate: int


@dataclass(frozen=True, kw_only=True)
class Record:
    """What an outer loop of T steps saw, or a search of G rates; losses in nats."""

    objective: list[float] | None = None  # loop: mean training loss before each update (T,)
    rate: list[float] | None = None  # search: the coarse grid of learning rates (G,)
    mean: list[float] | None = None  # search: mean training loss at each of them (G,)
    best_mean: float | None = None  # search: rate of its minimum on the fine grid
    edge_mean: bool | None = None  # search: it lies at an end of the coarse grid: a bound
    last: list[float] | None = None  # loop, search: loss of the last batch (T,) or (G,)
    best_last: float | None = None
    edge_last: bool | None = None
    train: list[float] | None = None  # search: final loss on the training set (G,)
    best_train: float | None = None
    edge_train: bool | None = None
    rates: list[float] | None = None  # loop: learning rate after each update, mean of parts (T,)
    steep: float | None = None  # loop: share of steps with a derivative above 100 or no number
    moved: float | None = None  # loop: largest move of log rate or decay, logit momentum at the end
    best_rates: list[float] | None = None  # loop, at its lowest objective: rate of each part
    best_decay: float | None = None  # joint arm
    best_momentum: float | None = None  # joint arm
    own_mean: float | None = None  # loop, best setting: mean training loss of the tuned run
    own_test: float | None = None  # its final test loss
    fresh_mean: float | None = None  # the same averaged over runs that nothing was tuned on
    fresh_test: float | None = None


def cells(config: Config) -> list[Cell]:
    """The published loop, the tuned rate over horizons, what else is tuned, the judge."""
    return [Cell(*arm, r) for arm in _arms(config) for r in range(config.replicates)]


def _arms(config: Config) -> Iterator[tuple[str, int, float, int, int, int]]:
    for start in config.starts:
        yield "published", config.horizon, start, config.published_steps, 1, config.fresh
    for horizon in config.horizons:
        for start in config.starts:
            yield "rate", horizon, start, config.outer_steps, 1, config.fresh
    for arm, segments in (("schedule", config.segments), ("joint", 1)):
        yield arm, config.horizon, min(config.starts), config.outer_steps, segments, config.fresh
    for horizon in config.horizons:
        yield GRID, horizon, 0.0, 0, 1, 0


def members(cell: Cell) -> int:
    """A search is a stack already, of one network per rate."""
    return 1 if cell.arm == GRID else 20


def seconds(cell: Cell) -> float:
    """Expected seconds of one core (measured on an AMD EPYC)."""
    if cell.arm == GRID:
        return 0.2 + 0.0031 * cell.horizon
    again = 1.45 if cell.horizon > HORIZON else 1.0  # checkpointed
    tuning = cell.outer_steps * again * (0.18 if cell.arm == "joint" else 0.12)
    return 0.05 + cell.horizon * (tuning + 0.033 * cell.fresh) / 1000


def megabytes(stack: Sequence[Cell]) -> float:
    """Expected memory of a stack beyond that of the libraries (measured: 160 to 390 in `full`)."""
    cell = stack[0]
    if cell.arm == GRID:
        return 30
    kept = cell.horizon if cell.horizon <= HORIZON else 2 * cell.horizon**0.5  # checkpointed
    tuning = kept * (0.09 if cell.arm == "joint" else 0.07)
    return 70 + len(stack) * (tuning + 1e-3 * cell.horizon * cell.fresh)
