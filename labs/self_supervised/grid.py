"""The grid: projectors, losses, augmentations and inputs, and the replicates of each."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from labs.data.mnist1d import EXAMPLES, LENGTH
from labs.kit.settings import check, setting
from labs.self_supervised.published import EPOCHS

NAME = "self_supervised"
LAST_CONVOLUTION = 3  # layer 0 is the signal itself, 1 to 3 are the convolutions


class Pretraining(NamedTuple):
    """One way to train the encoder; the defaults are those of the published code."""

    name: str
    projector: tuple[int, ...] = (125, 16)  # widths of its layers
    loss: str = "half"  # "half", "full" or "labels"
    offset: bool = True  # do the views get a random offset?
    test_inputs: bool = False  # are the test inputs among those that train?


ARMS = {
    "default": Pretraining("default projector"),
    "none": Pretraining("no projector", projector=()),
    "deep": Pretraining("deep projector", projector=(125, 125, 125, 16)),
    "full": Pretraining("full NT-Xent", loss="full"),
    "no_offset": Pretraining("no random offset", offset=False),
    "both": Pretraining("train and test inputs", test_inputs=True),
    "supervised": Pretraining("supervised CNN", projector=(10,), loss="labels"),
}


def last_layer(arm: str) -> int:
    """The embedding's layer, whose cosines the loss compares."""
    return LAST_CONVOLUTION + len(ARMS[arm].projector)


@dataclass(frozen=True)
class Config:
    """What a reader may change; numbers are those of upstream's notebook."""

    replicates: int = setting(24, "networks of every arm", least=1)
    arms: tuple[str, ...] = setting(tuple(ARMS), "ways to train the encoder", among=ARMS)
    epochs: int = setting(EPOCHS, "of training, of 40 batches of 100 each", least=1)
    rate: float = setting(0.01, "learning rate of Adam", above=0)
    temperature: float = setting(0.5, "divides the cosines of the loss", above=0)
    shifts: int = setting(10, "turns of a view: by 0 to shifts - 1 places", least=1, most=LENGTH)
    slope: float = setting(
        0.04, "standard deviation of a view's new slope, in the signal's unit per position", least=0
    )
    offset: float = setting(
        0.3, "standard deviation of a view's new offset, in the signal's unit", least=0
    )
    looks: tuple[int, ...] = setting(
        (10, 50, 100, 160),
        "epochs after which the last convolution is probed, beside the first and last",
        least=1,
        empty=True,
    )
    labelled: int = setting(
        EXAMPLES, "training examples whose labels the probes see", least=100, most=EXAMPLES
    )
    mapped: int = setting(
        EXAMPLES, "examples in the t-SNE map of replicate 0; 0: no map", least=0, most=EXAMPLES
    )

    def __post_init__(self) -> None:
        check(self)
        if 0 < self.mapped < 10:
            raise ValueError(f"mapped must be 0 or at least 10, got {self.mapped}")


PRESETS = {
    "smoke": Config(replicates=2, epochs=1, looks=(), labelled=400, mapped=50, arms=("default",)),
    "quick": Config(replicates=5, epochs=60, looks=(10,), mapped=1000, arms=("default", "none")),
    "full": Config(),
    # Figure 8 of 2024, once: its three projectors.
    "paper": Config(replicates=1, arms=("default", "none", "deep")),
}


@dataclass(frozen=True)
class Cell:
    """One trained network."""

    arm: str
    epochs: int
    rate: float
    temperature: float
    shifts: int
    slope: float
    offset: float
    looks: tuple[int, ...]  # epochs with a linear probe; no looks of a run
    labelled: int  # training examples whose labels the probes see
    mapped: int
    replicate: int


@dataclass(frozen=True)
class Record:
    """What is measured of it; accuracies in percent, of probes fitted to the training set.

    Layer 0 is the signal, 1 to 3 are the convolutions, then comes the projector: L layers.
    """

    epoch: list[int]  # 0, those of `looks`, and the last (k,)
    loss: list[float]  # mean over each such epoch but 0, nats (k - 1,)
    linear_by_epoch: list[float]  # of the last convolution, on all 5000 test examples (k,)
    linear: list[float]  # by layer, on all test examples (L,)
    linear_published: list[float]  # on the published 1000 (L,)
    linear_validation: list[float]  # on 1000 validation examples (L,)
    neighbours: list[float]  # of 10 nearest neighbours, on the published 1000 (L,)
    own: float | None = None  # accuracy of the network itself, where it has labels
    map: np.ndarray | None = None  # t-SNE of the embedding (mapped, 2) float32
    digit: np.ndarray | None = None  # its labels (mapped,) uint8


def cells(config: Config) -> list[Cell]:
    """Every arm and every replicate; one of them is mapped."""
    return [
        Cell(
            arm,
            config.epochs,
            config.rate,
            config.temperature,
            config.shifts,
            config.slope,
            config.offset,
            config.looks,
            config.labelled,
            mapped=config.mapped if (arm, replicate) == ("default", 0) else 0,
            replicate=replicate,
        )
        for arm in config.arms
        for replicate in range(config.replicates)
    ]


MEMBERS = 6
SECONDS = {"deep": 0.115, "full": 0.11, "supervised": 0.045}  # of an epoch; 0.09 of the other arms


def seconds(cell: Cell) -> float:
    """Expected seconds of one core, probes included (measured on an AMD EPYC)."""
    probes = (5 + 0.4 * len(cell.looks)) * max(cell.labelled / EXAMPLES, 0.2)
    return 0.8 * (SECONDS.get(cell.arm, 0.09) * cell.epochs + probes + 0.008 * cell.mapped)


def megabytes(stack: Sequence[Cell]) -> float:
    """Expected memory of a stack beyond that of the libraries (measured: 540 to 630 in `full`);
    probes look at all layers of all examples."""
    return 60 + 90 * len(stack)
