"""Does training help a coin? A lab without torch, in which every part of the kit can be tested.

Two arms, "fair" and "biased", toss coins; the record holds the share of heads in per cent.
`python -m tests.kit.toy_lab` is the command line of a register with this one lab.
"""

import os
import signal
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from labs.kit import draw
from labs.kit.claims import Claim
from labs.kit.cli import main
from labs.kit.lab import Bench, Lab
from labs.kit.seeds import stream
from labs.kit.table import Table, paired

if TYPE_CHECKING:
    from matplotlib.figure import Figure


@dataclass(frozen=True)
class Config:
    replicates: int = 6  # coins per arm
    tosses: int = 400  # per coin
    arms: tuple[str, ...] = ("fair", "biased")
    pause: float = 0.0  # seconds per coin, to have time for an accident
    accident: str = "none"  # "raise" or "die", in the arm "biased"

    def __post_init__(self) -> None:
        if self.replicates < 1:
            raise ValueError(f"replicates must be 1 or more, not {self.replicates}")


PRESETS = {
    "smoke": Config(replicates=2, tosses=50),
    "quick": Config(),
    "full": Config(replicates=10),
    "longer": Config(replicates=10, tosses=1000, arms=("fair",)),
}


@dataclass(frozen=True)
class Cell:
    arm: str
    tosses: int
    pause: float
    accident: str
    replicate: int


def cells(config: Config) -> list[Cell]:
    return [
        Cell(arm, config.tosses, config.pause, config.accident, replicate)
        for arm in config.arms
        for replicate in range(config.replicates)
    ]


def stack_by(cell: Cell) -> tuple[str, int]:
    return cell.arm, cell.tosses


def train(cells: Sequence[Cell], device: str) -> Iterator[dict[str, object]]:
    # The stack shares one draw, so a record depends on the composition of its stack.
    shared = sum(cell.replicate for cell in cells) / 1e6
    for cell in cells:
        time.sleep(cell.pause)
        if cell.arm == "biased" and cell.accident == "raise":
            raise RuntimeError("the coin rolled under the table")
        if cell.arm == "biased" and cell.accident == "die":
            os.kill(os.getpid(), signal.SIGKILL)
        heads = stream("toy", "tosses", cell.replicate).random(cell.tosses)
        heads = heads < (0.5 if cell.arm == "fair" else 0.8)
        curve = np.cumsum(heads)[9::10] / np.arange(10, cell.tosses + 1, 10) * 100
        yield {
            "heads": float(heads.mean() * 100 + shared),
            "curve": curve.tolist(),
            "tosses_seen": heads.astype(np.uint8),
            "loss": float("nan"),
        }


def gain(table: Table) -> list[float]:
    return paired(table.values("heads", arm="biased"), table.values("heads", arm="fair"))


def fair(table: Table) -> list[float]:
    return list(table.values("heads", arm="fair").values())


CLAIMS = (
    Claim(
        id="T1",
        sentence="A biased coin shows more heads than a fair one.",
        source="the toy lab, line 1",
        unit="points",
        measure=gain,
        above=10.0,
        because="the bias is 30 points",
        published=30.0,
    ),
    Claim(
        id="T2",
        sentence="A fair coin shows 90 % heads.",
        source="the toy lab, line 2",
        unit="% heads",
        measure=fair,
        within=(85.0, 95.0),
        because="five points are a margin",
        published="90 by eye",
        cause="A fair coin knows nothing of its fame.",
    ),
)


def plot(table: Table) -> "Figure":
    figure, (ax,) = draw.figure(width=3.0, height=2.0)
    heads = {arm: table.where(arm=arm).column("heads") for arm in ("fair", "biased")}
    draw.dots(ax, heads, color=draw.COLORS[:2])
    ax.set(xlabel="heads (%)", xticks=[0, 50, 100])
    draw.note(figure, table)
    return figure


def remarks(table: Table) -> list[str]:
    return [f"{len(table)} coins were tossed."]


def toss(tosses: int) -> None:
    stream("toy", "bench", 0).random(tosses)


def bench() -> list[Bench]:
    work = partial(toss, 200_000)
    return [Bench("coin", steps=1, members=4, plain=work, stacked=work)]


LAB = Lab(
    name="toy",
    version=1,
    question="Does training help a coin?",
    source="nobody, Figure 0",
    presets=PRESETS,
    cell=Cell,
    cells=cells,
    stack_by=stack_by,
    train=train,
    claims=CLAIMS,
    plot=plot,
    seconds=lambda cell: 0.001 + cell.pause,
    members=4,
    bench=bench,
    remarks=remarks,
)

if __name__ == "__main__":
    sys.exit(main({"toy": "tests.kit.toy_lab"}))
