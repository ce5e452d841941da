"""The settings, what is trained, and what is measured of a network."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import product

from labs.kit.settings import check, setting
from labs.modular_rules.published import LABELS, LOSSES, PAPER, WIDER

NAME = "modular_rules"
SWITCH = "switch"  # a sparse router with a balancing loss (Fedus, Zoph & Shazeer 2021)
OP_WIDE = "modular_op_wide"  # a control: a router by rule that does not narrow
MODELS = LABELS | {SWITCH: "Switch", OP_WIDE: "Modular-op, wide"}
TRAINED = (*PAPER, SWITCH)
UNITS = {"mlp": 1, "mha": 2, "rnn": 1}  # of the hidden width, that a module needs at least


@dataclass(frozen=True)
class Config:
    """What a reader may change. Rules are also modules; no rules leave an architecture out."""

    # 11 is the fewest that decide a share
    replicates: int = setting(12, "tasks; task r is that of data seed r", least=1)
    seeds: int = setting(1, "starting weights and inputs, per task", least=1)
    losses: tuple[str, ...] = setting(LOSSES, "losses, on the same rules and inputs", among=LOSSES)
    models: tuple[str, ...] = setting(TRAINED, "models that are compared", among=MODELS)
    mlp_rules: tuple[int, ...] = setting((2, 8, 32), "numbers of rules, MLP", least=2, empty=True)
    mha_rules: tuple[int, ...] = setting((2, 4), "numbers of rules, attention", least=2, empty=True)
    rnn_rules: tuple[int, ...] = setting((2, 8), "numbers of rules, RNN", least=2, empty=True)
    mlp_widths: tuple[int, ...] = setting(
        (32,), "widths of the encoder; hidden layers: x 4", least=1
    )
    mha_widths: tuple[int, ...] = setting((32,), "widths of the encoder; attention: x 4", least=1)
    rnn_widths: tuple[int, ...] = setting((16,), "widths of the encoder; the LSTM: x 4", least=1)
    mlp_steps: int = setting(5000, "training steps of the MLP", least=1)
    mha_steps: int = setting(500, "training steps of attention", least=1)
    rnn_steps: int = setting(4000, "training steps of the RNN", least=1)
    mlp_batch: int = setting(128, "samples per step", least=1)
    sequence_batch: int = setting(64, "sequences per step", least=1)
    mlp_rate: float = setting(3e-3, "learning rate of Adam, MLP", above=0, below=1)
    mha_rate: float = setting(3e-3, "learning rate of Adam, attention", above=0, below=1)
    rnn_rate: float = setting(1e-2, "learning rate of Adam, RNN", above=0, below=1)
    fall: float = setting(
        0.7, "last share of the steps, in which the rate falls to 0; 0: constant", least=0, most=1
    )
    searches: tuple[int, ...] = setting(
        (2,), "searches of attention: 1 by distance, 2 on the circle", least=1, most=2
    )
    length: int = setting(5, "tokens of training sequences", least=2)
    ood_length: int = setting(15, "tokens of sequences out of distribution", least=2)
    dimensions: int = setting(8, "dimensions of the recurrent task's state", least=1)
    equal_state: int = setting(24, "state of the recurrent control; 0: without it", least=0)
    wide_router: bool = setting(False, "whether to train the control of attention")

    def __post_init__(self) -> None:
        check(self)
        for name, units in UNITS.items():
            rules, widths = getattr(self, f"{name}_rules"), getattr(self, f"{name}_widths")
            most = WIDER * min(widths) // units
            if rules and max(rules) > most:
                raise ValueError(
                    f"{name}_rules must be at most {most} with {name}_widths {widths}, got {rules}"
                )


PRESETS = {
    "smoke": Config(
        replicates=2,
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
    ),
    "quick": Config(
        mlp_rules=(2, 8),
        mha_rules=(),
        rnn_rules=(),
        mlp_widths=(16,),
        mlp_steps=1500,
        equal_state=0,
    ),
    "full": Config(),
    # Four times the steps; of attention twenty times, which a pilot did not find to be enough.
    "longer": Config(
        models=PAPER,
        mlp_rules=(2, 32),
        mlp_steps=20_000,
        mha_steps=10_000,
        rnn_steps=16_000,
        equal_state=0,
        wide_router=True,
    ),
    # 32 modules of 4 hidden units each are at the edge of what they can represent.
    "wider": Config(
        models=PAPER,
        mlp_rules=(2, 32),
        mha_rules=(),
        mlp_widths=(64,),
        rnn_widths=(32,),
        equal_state=0,
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
    ),
}
FULL = PRESETS["full"]


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


Matrix = list[list[float]]


@dataclass(frozen=True)
class Record:
    """What is measured of a network; losses are L1, or errors in percent. An activation matrix
    (R, R) holds the mean use of each module (columns) on each rule (rows)."""

    step: list[int]  # (evaluations,), the first before training
    curve: list[float]  # (evaluations,), test loss on a part of the test samples
    id: float  # test loss in distribution
    ood: float  # and out of it: features twice as large, longer sequences
    zero: float  # loss of always predicting 0, in distribution
    zero_ood: float  # and out of it
    activation: Matrix | None  # after training; None without modules
    activation_before: Matrix | None  # before training
    blind: float | None  # loss of the best predictor that does not see the rule; None: RNN
    test_examples: int  # samples or tokens
    test_examples_ood: int
    parameters: int
    adaptation_before: float | None  # sampled, in [0, 1]; None: it follows from `activation`
    adaptation: float | None


Grid = list[tuple[Cell, tuple[str, ...]]]  # settings, each with its models


def cells(config: Config) -> list[Cell]:
    """The grid; the models of a task and seed stand together."""
    return [
        replace(cell, loss=loss, model=model, seed=seed, replicate=task)
        for cell, models in [*_mlp(config), *_mha(config), *_rnn(config)]
        for loss, task, seed in product(
            config.losses, range(config.replicates), range(config.seeds)
        )
        for model in models
    ]


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
    wide = tuple(dict.fromkeys((*config.models, OP_WIDE)))
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


# Seconds of one core for 1000 steps of one network in a stack, at the sizes of `full`.
SECONDS = {"mlp": 0.6, "mha": 3.4, "rnn": 1.7}


def seconds(cell: Cell) -> float:
    """Expected seconds of one core of a 2.5 GHz Xeon; work grows with batch, length and width."""
    name = cell.architecture
    batch = FULL.mlp_batch if name == "mlp" else FULL.sequence_batch
    work = cell.batch / batch * max(cell.length, 1) / (1 if name == "mlp" else FULL.length)
    work *= (cell.width / getattr(FULL, f"{name}_widths")[0]) ** 1.5
    return SECONDS[name] * cell.steps / 1000 * work


def megabytes(stack: Sequence[Cell]) -> float:
    """Expected memory of a stack beyond that of the libraries (measured: 235 to 330 in `full`);
    what is computed grows with the width, weights with its square."""
    cell = stack[0]
    name = cell.architecture
    wider = cell.width / getattr(FULL, f"{name}_widths")[0]
    each = {"mlp": 2.4 + 0.065 * cell.rules, "mha": 3.6, "rnn": 4.4}[name]
    return 60 + len(stack) * (each * wider + 0.1 * wider**2)
