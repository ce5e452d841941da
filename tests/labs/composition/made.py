"""Tables of the composition lab, made by hand: every number in them is known."""

from dataclasses import replace

import numpy as np

from labs.composition.grid import (
    ALONG,
    COUPLES,
    DOMAINS,
    LEAVES,
    MERGES,
    MIXTURES,
    PAIRS,
    PRESETS,
    SCALES,
    SOUP,
    TASKS,
    Record,
    cells,
)
from labs.composition.published import FUSION
from labs.kit.table import Table, row

FULL = PRESETS["full"]
TASK, ORACLE = 30.0, 90.0  # percent: a gap of 60 points in every pair
CLEAN = 97.0
ROWS = {"composed": 0.7, "reversed": 0.5, "wrong": 0.05, "random": 0.02, "head": 0.3}
COMPOSED = {"pairs": 0.65, "samples": 0.4, "apart": 0.8}  # where it is not that of labels in all
DIPS = {"full": 0.5, "full-bases": 60, "adapter": 0.5, "lora": 0.5}  # others 25
JOINT, SEEN = 50.0, 85.0
MIXED = (40.0, 55.0, 60.0, 70.0, 80.0, 65.0)  # of MIXTURES
ANALOGY = (20.0, 50.0, 40.0, 25.0, 70.0)  # base, ramp, reverse, random, analogy
FLAT, TREE, ROOT = 60.0, 75.0, 65.0
ORDERED = ("adapter", "ia3")  # methods of which the order matters


def made(replicates=8, noise=0.1, change=None, **settings):
    """Rows of a full run in which all claims hold, with a little noise; `change(cell, record)` has
    the last word."""
    rng = np.random.default_rng(0)
    rows = []
    for cell in cells(replace(FULL, replicates=replicates, **settings)):
        record = RECORDS[cell.question](cell, lambda: rng.normal(scale=noise))
        rows.append(row(cell, change(cell, record) if change else record))
    return Table(rows)


def closing(share, chance=0.0, pairs=PAIRS):
    """A column over pairs that closes a share of every gap."""
    return [TASK + share * (ORACLE - TASK) + chance for _ in pairs]


def _pairs(cell, chance):
    shares = dict(ROWS)
    shares["composed"] = COMPOSED.get(cell.signal, COMPOSED.get(cell.layers, ROWS["composed"]))
    own = (cell.signal, cell.layers) == ("labels", "all")
    sparse = cell.method == "lt-sft"
    return Record(
        clean=CLEAN + chance(),
        base=[25.0 + chance() for _ in DOMAINS],
        domain=[85.0 + chance() for _ in DOMAINS],
        alone=[95.0 + chance() for _ in TASKS],
        task=closing(0.0, chance()),
        oracle=closing(1.0, chance()) if own else None,
        masked=closing(0.03, chance()) if sparse else None,
        overlap=[0.1 for _ in PAIRS] if sparse else None,
        chance=0.02 if sparse else None,
        commutator=[0.4 for _ in PAIRS],
        swapped=5.0 if cell.method in ORDERED else 1e-8,
        rates=[0.01, 0.03, 0.03] if own else [0.01, 0.03],
        bare=closing(-0.1, chance()) if own else None,
        **{name: closing(share, chance()) for name, share in shares.items()},
    )


def _joint(cell, chance):
    return Record(clean=CLEAN, joint=[JOINT + chance() for _ in PAIRS], seen=SEEN)


def _line(cell, chance):
    dip = DIPS.get(cell.method, 25) + abs(chance())
    soup = cell.method == "full"
    return Record(
        clean=CLEAN,
        line=[ORACLE + a - 4 * a * (1 - a) * dip for a in ALONG],  # one point from end to end
        singles=[ORACLE + i + chance() for i in range(SOUP)] if soup else None,
        soup=ORACLE + SOUP + chance() if soup else None,
    )


def _arithmetic(cell, chance):
    def small():
        return chance() / 100

    return Record(
        clean=CLEAN,
        tuned=[ORACLE + chance() for _ in DOMAINS],
        couples=[0.9 + small() for _ in COUPLES],
        all_four=0.6 + small(),
        noise=[0.5 + small() for _ in COUPLES],
        single=[0.6 + small() for _ in COUPLES],
        scales=[0.5] * (len(COUPLES) + 1),
        couples_by_scale=[0.9 - (scale - 0.5) ** 2 for scale in SCALES],
        all_by_scale=[0.6 - (scale - 0.5) ** 2 for scale in SCALES],
        cosines=[0.1 + small() for _ in COUPLES],
        analogy=[own + chance() for own in ANALOGY],
        merged=[0.5 + i / 100 + small() for i in range(len(MERGES))],
    )


def _negation(cell, chance):
    return Record(
        clean=CLEAN,
        before=[CLEAN, 90.0 + chance()],
        after=[0.98 * CLEAN + chance(), 50.0 + chance()],
        after_random=[0.99 * CLEAN + chance(), 85.0 + chance()],
        scale=0.6,
        clean_by_scale=[CLEAN - 3 * scale for scale in SCALES],
        reverse_by_scale=[90.0 - 60 * scale for scale in SCALES],
    )


def _mixtures(cell, chance):
    masses = [0.2 + chance() / 100, 0.4 + chance() / 100, 0.3, 0.1]
    return Record(
        clean=CLEAN,
        mixtures=[own + chance() for own in MIXED[: len(MIXTURES)]],
        mass=masses,
        numbers=FUSION,
    )


def _trees(cell, chance):
    levels = {"flat": FLAT, "tree": TREE, "root": ROOT}
    return Record(
        clean=CLEAN, **{name: [own + chance() for _ in LEAVES] for name, own in levels.items()}
    )


RECORDS = {
    "pairs": _pairs,
    "joint": _joint,
    "line": _line,
    "arithmetic": _arithmetic,
    "negation": _negation,
    "mixtures": _mixtures,
    "trees": _trees,
}
