"""Is a modular architecture enough?

Varied: the architecture (MLP, attention, recurrent), the loss (regression, classification), the
number of rules, and above all the model: one monolithic network, modules with a router that is
trained with them (by the whole input, by the rule alone, or sparse), and modules that are told
which of them is meant. Measured: loss in and out of distribution, how fast it falls, and which
module answers for which rule, before and after training.

Source: Mittal, Bengio & Lajoie 2022 (arXiv:2206.02713). There a setting has 5 tasks x 5 seeds and
100,000 to 500,000 steps of 256 samples at rate 1e-4 (preset `paper`). Here a replicate is a task,
its seeds are averaged, steps are fewer, and the rate is 30 to 100 times higher and falls to zero
over the second half: at a constant rate the noise of the last steps is as large as what separates
the models. Rates are the best of two or three, for all models together, in a pilot of three tasks.
The models of a task and seed see the same batches, which the endless stream draws once for all of
them.

Controls: a recurrent net whose state is equally wide for every model and number of rules (matched
parameters narrow it as rules grow), a router by rule that does not narrow (attention), untrained
routers, and the zero predictor as unit of loss. Tests are smaller than the source's, in `paper`,
too: 10,000 samples or 1024 sequences.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, fields, replace
from itertools import product
from typing import Any

from labs.kit.lab import Bench, Lab
from labs.kit.names import known
from labs.modular_rules.arms import MODELS, NAME, PAPER, WIDER
from labs.modular_rules.claims import CLAIMS
from labs.modular_rules.figure import plot
from labs.modular_rules.remarks import remarks
from labs.modular_rules.tasks import LOSSES
from labs.nn import devices

TRAINED = (*PAPER, "switch")
WIDE = "modular_op_wide"  # where the router by rule has a hidden layer: in attention

LEAST = dict.fromkeys(("length", "ood_length", "mlp_rules", "mha_rules", "rnn_rules"), 2) | {
    "equal_state": 0
}


@dataclass(frozen=True)
class Config:
    """What a reader may change. Rules are also modules; no rules leave an architecture out."""

    replicates: int = 11  # tasks, the fewest that decide a share; task r is that of data seed r
    seeds: int = 2  # of starting weights and inputs, per task
    losses: tuple[str, ...] = LOSSES
    models: tuple[str, ...] = TRAINED
    mlp_rules: tuple[int, ...] = (2, 4, 8, 16)
    mha_rules: tuple[int, ...] = (2, 4)
    rnn_rules: tuple[int, ...] = (2, 4, 8)
    mlp_widths: tuple[int, ...] = (16,)  # encoder; the hidden width is four times as much
    mha_widths: tuple[int, ...] = (32,)
    rnn_widths: tuple[int, ...] = (16,)
    mlp_steps: int = 1500
    mha_steps: int = 1000
    rnn_steps: int = 500
    mlp_batch: int = 128
    sequence_batch: int = 64
    mlp_rate: float = 3e-3  # of Adam
    mha_rate: float = 3e-3
    rnn_rate: float = 1e-2
    fall: float = 0.5  # last share of the steps, in which the rate falls to 0; 0: it does not
    searches: tuple[int, ...] = (2,)  # of attention: 1 by distance, 2 on the circle
    length: int = 5  # of training sequences
    ood_length: int = 15  # of sequences out of distribution
    dimensions: int = 8  # of the recurrent task's state
    equal_state: int = 24  # of the recurrent control; 0: without it
    wide_router: bool = True  # the attention control

    def __post_init__(self) -> None:
        for name, value in asdict(self).items():
            if name in ("losses", "models", "fall", "wide_router"):
                continue
            if name.endswith("_rate"):
                if not 0 < value < 1:
                    raise ValueError(f"{name} must be above 0 and below 1, not {value}")
                continue
            numbers = value if isinstance(value, tuple) else (value,)
            least = LEAST.get(name, 1)
            if any(number < least for number in numbers):
                raise ValueError(f"{name} must be {least} or more, not {value}")
        for name in (field.name for field in fields(self)):
            value = getattr(self, name)
            if isinstance(value, tuple) and len(set(value)) < len(value):
                raise ValueError(f"{name} must not repeat a value, not {value}")
        for name, units in (("mlp", 1), ("mha", 2), ("rnn", 1)):  # that every module needs
            rules, widths = getattr(self, f"{name}_rules"), getattr(self, f"{name}_widths")
            most = WIDER * min(widths, default=0) // units
            if rules and max(rules) > most:
                raise ValueError(
                    f"{name}_rules must be at most {most} with {name}_widths {widths}, not {rules}"
                )
        if not 0 <= self.fall <= 1:
            raise ValueError(f"fall must be from 0 to 1, not {self.fall}")
        if not self.models:
            raise ValueError(f"models must name one at least, not {self.models}")
        if set(self.searches) - {1, 2}:
            raise ValueError(f"searches must be 1 or 2, not {self.searches}")
        for loss in self.losses:
            known("loss", loss, LOSSES)
        for model in self.models:
            known("model", model, MODELS)


PRESETS = {
    "smoke": Config(
        replicates=2,
        seeds=1,
        losses=("regression",),
        mlp_rules=(2, 4),
        mha_rules=(2,),
        rnn_rules=(2,),
        mlp_widths=(8,),
        mha_widths=(8,),
        rnn_widths=(8,),
        mlp_steps=20,
        mha_steps=4,
        rnn_steps=4,
        mlp_batch=16,
        sequence_batch=4,
        ood_length=6,
        dimensions=2,
        equal_state=0,
        wide_router=False,
    ),
    "quick": Config(seeds=1, mlp_rules=(2, 8), mha_rules=(), rnn_rules=()),
    "full": Config(),
    # What `full` leaves undecided: attention is not learned in 1000 steps, ...
    "longer": Config(
        seeds=1,
        models=PAPER,
        mlp_rules=(2, 16),
        rnn_rules=(),
        mlp_steps=4500,
        mha_steps=3000,
    ),
    # ... and 16 modules of 4 hidden units each are at the edge of what they can represent.
    "wider": Config(
        models=PAPER,
        mlp_rules=(2, 16),
        mha_rules=(),
        rnn_rules=(),
        mlp_widths=(32,),
    ),
    "paper": Config(
        replicates=5,
        seeds=5,
        models=PAPER,
        mlp_rules=(2, 4, 8, 16, 32),
        mha_rules=(2, 4, 8, 16, 32),
        rnn_rules=(2, 4, 8, 16, 32),
        mlp_widths=(32, 64, 128, 256, 512),
        mha_widths=(32, 64, 128, 256, 512),
        rnn_widths=(32, 64, 128, 256, 512),
        mlp_steps=100_000,
        mha_steps=500_000,
        rnn_steps=500_000,
        mlp_batch=256,
        sequence_batch=256,
        mlp_rate=1e-4,
        mha_rate=1e-4,
        rnn_rate=1e-4,
        fall=0.0,
        searches=(1, 2),
        length=10,
        ood_length=30,
        dimensions=32,
        equal_state=0,
        wide_router=False,
    ),
}


@dataclass(frozen=True)
class Cell:
    """One trained network; 0 stands for what an architecture does not have."""

    architecture: str
    loss: str
    version: int  # of the search of attention
    model: str
    rules: int
    width: int  # of the encoder
    state: int  # 0: as wide as the parameters allow
    steps: int
    batch: int
    rate: float
    fall: float
    length: int
    ood_length: int
    dimensions: int
    seed: int
    replicate: int


def cells(config: Config) -> list[Cell]:
    """The grid; the models of a task and seed stand together."""
    grids = [_mlp(config), _mha(config), _rnn(config)]
    return [
        replace(cell, loss=loss, model=model, seed=seed, replicate=task)
        for grid in grids
        for cell, models in grid
        for loss, task, seed in product(
            config.losses, range(config.replicates), range(config.seeds)
        )
        for model in models
    ]


Grid = list[tuple[Cell, tuple[str, ...]]]


def _cell(config: Config, architecture: str, rules: int, width: int, **own: int) -> Cell:
    sequences = architecture != "mlp"
    return Cell(
        architecture=architecture,
        loss="",
        version=own.get("version", 0),
        model="",
        rules=rules,
        width=width,
        state=own.get("state", 0),
        steps=getattr(config, f"{architecture}_steps"),
        batch=config.sequence_batch if sequences else config.mlp_batch,
        rate=getattr(config, f"{architecture}_rate"),
        fall=config.fall,
        length=config.length if sequences else 0,
        ood_length=config.ood_length if sequences else 0,
        dimensions=config.dimensions if architecture == "rnn" else 0,
        seed=0,
        replicate=0,
    )


def _mlp(config: Config) -> Grid:
    return [
        (_cell(config, "mlp", rules, width), config.models)
        for width, rules in product(config.mlp_widths, config.mlp_rules)
    ]


def _mha(config: Config) -> Grid:
    most = max(config.mha_rules, default=0) if config.wide_router else 0
    wide = tuple(dict.fromkeys((*config.models, WIDE)))
    return [
        (
            _cell(config, "mha", rules, width, version=version),
            wide if rules == most else config.models,
        )
        for version, width, rules in product(config.searches, config.mha_widths, config.mha_rules)
    ]


def _rnn(config: Config) -> Grid:
    rules, state = config.rnn_rules, config.equal_state
    ends = sorted({min(rules), max(rules)}) if rules and state else []
    ranked = tuple(model for model in config.models if model in PAPER)
    grid = [(0, width, R, config.models) for width, R in product(config.rnn_widths, rules)]
    grid += [(state, width, R, ranked) for width, R in product(config.rnn_widths, ends)]
    return [
        (_cell(config, "rnn", R, width, state=state), models) for state, width, R, models in grid
    ]


def stack_by(cell: Cell) -> tuple[Any, ...]:
    """All models, tasks and seeds of a setting train side by side, on batches drawn once."""
    own = ("model", "seed", "replicate")
    return tuple(value for name, value in asdict(cell).items() if name not in own)


def train(stack: Sequence[Cell], device: str) -> Iterator[dict[str, Any]]:
    """Train the models of one setting side by side; yields one record per cell."""
    from labs.modular_rules import training

    yield from training.train(stack, device)


# Seconds of one core for 1000 steps of one network in a stack, at the sizes of `full`.
SECONDS = {"mlp": 0.5, "mha": 4.2, "rnn": 2.4}
FULL = Config()


def seconds(cell: Cell) -> float:
    """Expected seconds of one core of a 2.5 GHz Xeon; work grows with batch, length and width."""
    name = cell.architecture
    batch = FULL.mlp_batch if name == "mlp" else FULL.sequence_batch
    work = cell.batch / batch * max(cell.length, 1) / (1 if name == "mlp" else FULL.length)
    work *= (cell.width / getattr(FULL, f"{name}_widths")[0]) ** 1.5
    return SECONDS[name] * cell.steps / 1000 * work


def bench() -> list[Bench]:
    """Every model at every number of rules, against the usual loop."""
    from labs.modular_rules.speed import benches

    return benches()


LAB = Lab(
    name=NAME,
    version=1,
    question="Is a modular architecture enough?",
    source="Mittal, Bengio & Lajoie 2022, arXiv:2206.02713",
    presets=PRESETS,
    cell=Cell,
    cells=cells,
    stack_by=stack_by,
    train=train,
    claims=CLAIMS,
    plot=plot,
    seconds=seconds,
    members=120,
    bench=bench,
    remarks=remarks,
    devices=devices,
)
