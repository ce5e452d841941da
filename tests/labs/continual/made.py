"""Tables of the continual lab, made by hand, and small stacks: every number in them is known."""

from dataclasses import replace

import numpy as np

from labs.continual.grid import FROZEN, METHODS, PRESETS, SEQUENCES, TASKS, Cell, Record, cells
from labs.continual.stack import stack
from labs.kit.table import Table, row

FULL = PRESETS["full"]
START = {"domains": 20.0, "permutations": 5.0, "classes": 50.0}
OWN = {"full": 90.0, "joint": 86.0}  # others 85; scratch 80
FORGOT = {"full": 30.0, "lora": 32.0, "packnet-leaking": 20.0}  # points, of old tasks
LATERALS = [0, 100, 200, 300, 400]


def made(replicates=8, noise=0.1, change=None, **settings):
    """Rows of a full run in which all claims hold, with a little noise; `change(cell, record)` has
    the last word."""
    rng = np.random.default_rng(0)
    rows = []
    for cell in cells(replace(FULL, replicates=replicates, **settings)):
        record = recorded(cell, lambda: float(rng.normal(scale=noise)))
        rows.append(row(cell, change(cell, record) if change else record))
    return Table(rows)


def matrix(cell, chance):
    """Rows before training and after each task."""
    start = START[cell.sequence]
    own = OWN.get(cell.method, 85.0) + chance()
    if cell.method in ("base", "joint"):
        return [[start] * TASKS, [start if cell.method == "base" else own] * TASKS]
    columns = cell.method in ("progressive", "scratch")
    first = 85 + cell.replicate / 100 if columns else own  # the same column
    late = own - 5 if cell.method == "scratch" else own
    forgot = max(0.0, FORGOT.get(cell.method, 0.0) + chance()) if cell.method in FORGOT else 0.0
    rows = [[start] * TASKS]
    for after in range(1, TASKS + 1):
        reached = [first if j == 0 else late for j in range(after)]
        old = [value - (forgot if j < after - 1 else 0.0) for j, value in enumerate(reached)]
        rows.append([*old, *[start + 3 + chance()] * (TASKS - after)])
    return rows


def recorded(cell, chance):
    own = matrix(cell, chance)
    each = cell.method in (*FROZEN, "packnet-leaking", "scratch")
    frozen = cell.method in (*FROZEN, "scratch")
    steady = len(own) == TASKS + 1
    supsup, columns = cell.method == "supsup", cell.method in ("progressive", "scratch")
    opened = [[0.0] * TASKS for _ in own]
    wrong = 2.0 if cell.sequence == "permutations" else 15.0
    named = 20.0 if cell.sequence == "permutations" else 60.0
    return Record(
        clean=95.0,
        rate=0.01,
        matrix=own,
        open=opened if cell.sequence == "classes" else None,
        trained=[1000] * TASKS,
        bits=32 * 5000,
        changed=([0.0] * 4 if frozen else [2.0] * 4) if steady else None,
        equal=(1.0 if frozen else 0.0) if steady else None,
        shuffled=[wrong + chance()] * TASKS if each else None,
        inferred=[40.0 + chance()] * TASKS if each else None,
        entropy=[named + chance()] * TASKS if each else None,
        gradient=[named + chance()] * TASKS if supsup else None,
        random=[10.0 + chance()] * TASKS if supsup else None,
        laterals=(LATERALS if cell.method == "progressive" else [0] * TASKS) if columns else None,
    )


def cell(method, sequence="domains", **how):
    """A cell that trains in a moment, on the small base."""
    assert method in METHODS
    assert sequence in SEQUENCES
    sizes = {"examples": 32, "steps": 4, "batch": 8, "base_steps": 20, "tests": 32, "replicate": 0}
    return Cell(**{"sequence": sequence, "method": method, "small": True, **sizes, **how})


def small(method, sequence="domains", members=2, rate=0.01, **how):
    """A stack of such cells."""
    cells = [cell(method, sequence, replicate=r, **how) for r in range(members)]
    return stack(cells, [rate] * members, "cpu")


def shown(learner, count=5):
    """Show a learner its first tasks."""
    for place in range(count):
        learner.learn(*learner.stack.examples(place, "training", learner.stack.cell.examples))
    return learner
