"""What the tests of lab options share: cells, options that are right, tables as they might be."""

from dataclasses import asdict
from types import SimpleNamespace

import numpy as np

from labs.kit.table import Table
from labs.options.grid import ARMS, NAME, Config, cells, evaluations
from labs.options.world import CELLS, SIDE, STOP, landmarks


def some(arm, length, replicates=2, **settings):
    """The cells of one arm of a small run."""
    config = Config(
        replicates=replicates, **{"budget": 4000, "octaves": 0, "starts": 3, **settings}
    )
    return [cell for cell in cells(config) if (cell.arm, cell.length) == (arm, length)]


def to_goal(place):
    """The actions of a walker that first goes north or south, then east or west, and stops."""
    row, column = np.divmod(np.arange(CELLS), SIDE)
    down, right = place // SIDE - row, place % SIDE - column
    sideways = np.where(right > 0, 1, np.where(right < 0, 3, STOP))
    return np.where(down < 0, 0, np.where(down > 0, 2, sideways))


def right_options(replicate):
    """Greedy choices of options that go to their landmarks and stop there."""
    actions = np.concatenate([to_goal(place) for place in landmarks(NAME, replicate)])
    return SimpleNamespace(actions=actions.astype(np.int8), options=np.empty(0, np.int8))


def table(level, learned_at, replicates=6, use=(20.0, 20.0, 30.0, 30.0), octaves=4):
    """Rows of all arms. `level`: (arm, length trained, length tested) -> percent at the end;
    `learned_at`: (arm, length) -> evaluation from which on the level is reached."""
    rows = []
    for cell in cells(Config(replicates=replicates, octaves=octaves)):
        steps, kind = evaluations(cell), (cell.arm, cell.length)
        noise = 0.1 * (cell.replicate % 3)

        def curve(tested, steps=steps, kind=kind, noise=noise):
            found = max(level(*kind, tested) - noise, 0)
            start = learned_at(*kind)
            return [0.0 if 0 < place < start else found * (place > 0 or len(steps) == 1)
                    for place in range(len(steps))]  # fmt: skip

        row = {**asdict(cell), "steps": steps, "episodes": [n // 250 for n in steps]}
        row |= {"success": curve(cell.length), "worth": 0.5, "excess": 1.0}
        if cell.arm in ("options", "random"):
            row |= {"triples": curve(3), "fours": curve(4)}
        if cell.arm == "options":
            row |= {"shuffled": level("shuffled", 2, 3), "replaced": level("replaced", 2, 3)}
            row |= {"shuffled": row["shuffled"] + noise, "replaced": row["replaced"] + noise}
        if ARMS[cell.arm].shared:
            row["use"] = [share + noise * (1, -1, 1, -1)[i] for i, share in enumerate(use)]
        rows.append(row)
    return Table(rows)
