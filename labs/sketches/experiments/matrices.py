"""Desynchronization and isometry of the random matrices."""

import numpy as np

from labs.sketches.experiments.draws import rms, trials, units
from labs.sketches.grid import Cell
from labs.sketches.rotations import Rotation, transparent


def matrices(cell: Cell) -> dict[str, float]:
    """Products of independent unit vectors x, y with a rotation R and T = (I + R) / 2 between."""
    crossed, leaked, scaled = [], [], []
    for seed, rng in trials(cell):
        turn = Rotation(cell.d, "R", seed)
        x, y = units(rng, 2, cell.d)
        image = transparent(turn, x)
        crossed.append(turn.apply(x) @ y)
        leaked.append(image @ x)
        scaled.append(image @ image)
    return {
        "desynchronization": rms(crossed),
        "leak": float(np.mean(leaked)),
        "scale": float(np.mean(scaled)),
    }
