"""Can gradient descent find its own nonlinearity?

An MLP 40-128-10 is trained for 301 steps with an activation that has parameters of its own; these
follow the gradient of the mean training loss of the last 200 steps, through the whole training.
Varied: how the activation is learned (as published, on one start and batch order of the network
again and again; on a fresh start and order every time; as published but without the noise that the
published code calls important), and the six usual activations beside it. Measured: test accuracy
of fresh networks at the published learning rate and at the best of each activation, after 301
steps and after 2000; the shape of what was learned; its rank among the six in small CNNs on
MNIST-1D, on scikit-learn's 8x8 digits and, where `data_dir` holds them, on MNIST and CIFAR-10.

Source: Greydanus & Kobak 2024, "Scaling Down Deep Learning with MNIST-1D" (arXiv:2011.14439),
Figure 7; Greydanus 2020 (version 1) and the released notebook for the transfer. Replicate r redraws
the data set (seed 42 + r; replicate 0 is the published run, number for number), the activation's
and the networks' starts, the batch orders and the noise; its arms share them. A cell is one
activation in one replicate, with all the networks that were trained to learn and to judge it.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from labs.activation.arms import BASELINES, KNOTS, LEARNED, NAME, NAMES
from labs.activation.claims import CLAIMS
from labs.activation.figure import plot
from labs.activation.remarks import remarks
from labs.kit import images
from labs.kit.lab import Bench, Lab
from labs.kit.names import known

# Arms that are judged at rates of their own and in CNNs: all but the one without noise.
TUNED = (*BASELINES, "paper", "fresh")


@dataclass(frozen=True)
class Config:
    """What a reader may change; counts are of networks, steps or examples."""

    replicates: int = 10
    arms: tuple[str, ...] = tuple(NAMES)
    examples: int = 10000  # of the data set; four fifths of them train (published)
    outer_steps: int = 301  # on the activation (published; 201 in 2020)
    quiet_steps: int = 101  # of them without noise; with noise it is judged there, too
    inner_steps: int = 301  # of each training (published)
    nets: int = 10  # fresh networks that judge an activation, in each replicate
    rates: tuple[float, ...] = (0.001, 0.003, 0.01, 0.03, 0.1)  # published: 0.01
    tuning_nets: int = 3  # that choose the rate, each rate
    long_steps: int = 2000  # of longer trainings
    long_arms: tuple[str, ...] = ("paper", "fresh", "relu")
    long_nets: int = 3
    long_tuning_nets: int = 1
    epochs: int = 6  # of the CNN on MNIST-1D
    digit_epochs: int = 15
    image_epochs: int = 3  # on MNIST and CIFAR-10
    transfer_rates: tuple[float, ...] = (0.001, 0.003, 0.01)  # of Adam
    knots: tuple[int, ...] = (64, 128, 256, 512, 1024, 2048)  # sizes of the table, for its error
    data_dir: str = ""  # folder with the files of MNIST or CIFAR-10, if any

    def __post_init__(self) -> None:
        for name in ("replicates", "nets", "tuning_nets", "long_nets", "long_tuning_nets"):
            _whole(name, getattr(self, name), 1)
        for name in ("outer_steps", "quiet_steps", "epochs", "digit_epochs", "image_epochs"):
            _whole(name, getattr(self, name), 1)
        for name in ("inner_steps", "long_steps"):
            _whole(name, getattr(self, name), 2)
        _whole("examples", self.examples, 1000)
        for name in ("rates", "transfer_rates"):
            values = getattr(self, name)
            if not values or not all(0 < rate < math.inf for rate in values):
                raise ValueError(f"{name} must be positive and finite, not {values}")
        if any(cells < 2 or cells % 2 for cells in self.knots):
            raise ValueError(f"knots must be even and 2 or more, not {self.knots}")
        for name in ("arms", "long_arms"):
            for arm in getattr(self, name):
                known(name, arm, NAMES)
        for name in ("arms", "long_arms", "rates", "transfer_rates", "knots"):
            values = getattr(self, name)
            if len(set(values)) < len(values):
                raise ValueError(f"{name} must not repeat a value, not {values}")


def _whole(name: str, value: int, least: int) -> None:
    if value < least:
        raise ValueError(f"{name} must be {least} or more, not {value}")


PRESETS = {
    "smoke": Config(
        replicates=2,
        arms=("paper", "quiet", "relu"),
        examples=1000,
        outer_steps=3,
        quiet_steps=2,
        inner_steps=12,
        nets=1,
        rates=(0.01, 0.03),
        tuning_nets=1,
        long_steps=20,
        long_arms=("paper", "relu"),
        long_nets=1,
        epochs=1,
        digit_epochs=1,
        transfer_rates=(0.003,),
        knots=(64, 256),
    ),
    "quick": Config(
        replicates=5,
        arms=("paper", "fresh", *BASELINES),
        outer_steps=31,
        nets=4,
        rates=(0.003, 0.01, 0.03),
        tuning_nets=1,
        long_arms=(),
        epochs=5,
        digit_epochs=15,
        transfer_rates=(0.003,),
        knots=(),
    ),
    "full": Config(outer_steps=201),  # as in 2020
    # The published protocol of 2024 and no other, about a quarter of an hour on two cores.
    "paper": Config(arms=("paper", *BASELINES), long_arms=(), knots=()),
}


@dataclass(frozen=True)
class Cell:
    """One activation in one replicate."""

    arm: str
    examples: int
    outer_steps: int  # 0 for a baseline
    early: int  # the outer step after which it is judged, too; 0 for none
    inner_steps: int
    nets: int
    rates: tuple[float, ...]
    tuning_nets: int  # 0 for an activation that keeps the published rate
    long_steps: int  # 0 for none, like the two below
    long_nets: int
    long_tuning_nets: int
    tasks: tuple[str, ...]  # of the transfer
    epochs: tuple[int, ...]  # of each
    transfer_rates: tuple[float, ...]
    knots: tuple[int, ...]
    data_dir: str
    replicate: int


def cells(config: Config) -> list[Cell]:
    """The grid: every arm in every replicate."""
    epochs = {"mnist1d": config.epochs, "digits": config.digit_epochs}
    if config.data_dir:
        epochs |= dict.fromkeys(images.held(config.data_dir), config.image_epochs)
    arms = (*config.arms, KNOTS) if config.knots else config.arms
    return [_cell(config, arm, epochs, r) for arm in arms for r in range(config.replicates)]


def _cell(config: Config, arm: str, epochs: dict[str, int], replicate: int) -> Cell:
    long = arm in config.long_arms
    early = min(config.quiet_steps, config.outer_steps) if "quiet" in config.arms else 0
    outer = {"paper": config.outer_steps, "fresh": config.outer_steps, "quiet": early}
    tasks = epochs if arm in TUNED else {}
    return Cell(
        arm,
        config.examples,
        outer.get(arm, 0),
        early if arm in ("paper", "quiet") else 0,
        config.inner_steps,
        config.nets,
        config.rates,
        config.tuning_nets if arm in TUNED else 0,
        config.long_steps if long else 0,
        config.long_nets if long else 0,
        config.long_tuning_nets if long else 0,
        tuple(tasks),
        tuple(tasks.values()),
        config.transfer_rates if tasks else (),
        config.knots if arm == KNOTS else (),
        config.data_dir if {*tasks} & {*images.READERS} else "",
        replicate,
    )


def stack_by(cell: Cell) -> str:
    """The replicates of one activation train together."""
    return cell.arm


def train(stack: Sequence[Cell], device: str) -> Iterator[dict[str, Any]]:
    """Learn and judge one activation in some replicates; yields one record per cell."""
    from labs.activation.training import train

    return train(stack)


def seconds(cell: Cell) -> float:
    """Expected seconds of one core (measured on a 2.5 GHz Xeon)."""
    step = 5e-4 if cell.arm in LEARNED else 2e-4
    judging = cell.nets * 2 + cell.tuning_nets * len(cell.rates)
    longer = cell.long_nets + cell.long_tuning_nets * len(cell.rates)
    inner = step * (judging * cell.inner_steps + longer * cell.long_steps)
    epoch = {"mnist1d": 0.09, "digits": 0.03, "mnist": 6.0, "cifar10": 9.0}
    times = len(cell.transfer_rates) * (4 if cell.arm in LEARNED else 1)
    transfer = times * sum(epoch[t] * n for t, n in zip(cell.tasks, cell.epochs, strict=True))
    outer = 1e-3 * cell.outer_steps * cell.inner_steps
    return 1.2 * (0.5 + outer + inner + transfer)  # half a second makes the data


def bench() -> list[Bench]:
    """One outer step of the published protocol."""
    from labs.activation.speed import benches

    return benches()


LAB = Lab(
    name=NAME,
    version=1,
    question="Can gradient descent find its own nonlinearity?",
    source="Greydanus & Kobak 2024, arXiv:2011.14439, Figure 7; 2011.14439v1 (2020), Section on "
    "activation functions",
    presets=PRESETS,
    cell=Cell,
    cells=cells,
    stack_by=stack_by,
    train=train,
    claims=CLAIMS,
    plot=plot,
    seconds=seconds,
    members=lambda cell: 2 if cell.arm == KNOTS else 5,
    bench=bench,
    remarks=remarks,
)
