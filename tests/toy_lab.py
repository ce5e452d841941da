"""Does training help a coin? A lab without torch, in which every part of the kit can be tested.

Two arms, "fair" and "biased", toss coins; the record holds the share of heads in per cent.
`python -m tests.toy_lab` is the command line of a register with this one lab.
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

from labs.kit import draw, report
from labs.kit.claims import Claim, VerdictsById
from labs.kit.cli import main
from labs.kit.lab import Bench, Lab, Picture, Remark
from labs.kit.measures import column
from labs.kit.method import Method
from labs.kit.race import Race
from labs.kit.seeds import stream
from labs.kit.settings import check, setting
from labs.kit.table import Table

if TYPE_CHECKING:
    from matplotlib.figure import Figure


@dataclass(frozen=True)
class Config:
    replicates: int = setting(6, "coins per arm", least=1)
    tosses: int = setting(400, "tosses of each coin", least=10)
    arms: tuple[str, ...] = setting(("fair", "biased"), "kinds of coin", among=("fair", "biased"))
    pause: float = setting(0.0, "seconds per coin, to have time for an accident", least=0)
    accident: str = setting("none", "what befalls the biased coins", among=("none", "raise", "die"))

    def __post_init__(self) -> None:
        check(self)


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


@dataclass(frozen=True)
class Record:
    heads: float  # per cent
    curve: list[float]  # per cent after every tenth toss
    tosses_seen: np.ndarray  # (tosses,) uint8
    loss: float


def train(cells: Sequence[Cell], device: str) -> Iterator[Record]:
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
        yield Record(
            heads=float(heads.mean() * 100 + shared),
            curve=curve.tolist(),
            tosses_seen=heads.astype(np.uint8),
            loss=float("nan"),
        )


CLAIMS = (
    Claim(
        id="T1",
        sentence="A biased coin shows more heads than a fair one.",
        source="the toy lab, line 1",
        unit="points",
        measure=column("heads", arm="biased") - column("heads", arm="fair"),
        above=10.0,
        because="the bias is 30 points",
        published=30.0,
    ),
    Claim(
        id="T2",
        sentence="A fair coin shows 90 % heads.",
        source="the toy lab, line 2",
        unit="% heads",
        measure=column("heads", arm="fair"),
        family="own",
        within=(85.0, 95.0),
        because="five points are a margin",
        published="90 by eye",
        cause="A fair coin knows nothing of its fame.",
    ),
)


def heads(table: Table, verdicts: VerdictsById) -> "Figure":
    figure, (ax,) = draw.figure(width=3.0, height=2.0)
    found = {arm: table.where(arm=arm).column("heads") for arm in ("fair", "biased")}
    draw.dots(ax, found, color=draw.COLORS[:2])
    ax.set(xlabel="heads (%)", xticks=[0, 50, 100])
    draw.note(figure, table)
    return figure


def remarks(table: Table) -> list[Remark]:
    return [
        Remark(f"{len(table)} coins were tossed."),
        Remark("Heads of each.", ("arm", "heads"), tuple((r["arm"], r["heads"]) for r in table)),
    ]


def toss(times: int, cell: Cell) -> None:
    stream("toy", "bench", cell.replicate).random(times)


def bench() -> list[Bench[Cell]]:
    coins = tuple(Cell("fair", 1000, 0.0, "none", replicate) for replicate in range(4))
    return [Bench("coin", coins, steps=1, plain=partial(toss, 200_000))]


def races() -> list[Race]:
    return [Race("coin", 2, 5, "tests.toy_race:ours", {"jax": "tests.toy_race:theirs"}, {})]


LAB = Lab[Config, Cell, Record](
    name="toy",
    version=1,
    question="Does training help a coin?",
    finding="The bias shows: {T1} ({T1:verdict}).",
    source="nobody, Figure 0",
    presets=PRESETS,
    cell=Cell,
    record=Record,
    cells=cells,
    train=train,
    claims=CLAIMS,
    figures={"heads": Picture(heads, "Heads of {T1}."), "again": Picture(heads, "Heads.")},
    seconds=lambda cell: 0.001 + cell.pause,
    members=4,
    bench=bench,
    races=races,
    remarks=remarks,
    method=Method(
        "Coins of two kinds are tossed. Heads are counted.",
        differences=("Nobody tossed before.",),
        left_out=("That coins have memories: nobody asked them.",),
        limitations=("Coins have two sides.", "These have no weight."),
        changed=("2026-11-20 (0123abc): after a look at ten coins they are tossed higher.",),
    ),
)

if __name__ == "__main__":
    sys.exit(main({"toy": "tests.toy_lab"}))

PARTS = ["\nold\n".join(report.markers(part)) for part in report.WRITTEN]
README = "\n\n".join(["# Title", *PARTS, "the rest\n"])  # of a checkout with this lab
