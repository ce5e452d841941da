"""The independent judge of the optimum: a search over learning rates that takes no gradient."""

from typing import Any

import numpy as np
import torch

from labs.hyperparameters.grid import OBJECTIVES, OCTAVE, Record
from labs.hyperparameters.inner import Batches, Task, finite, sgd, weights, whole_loss
from labs.nn.unroll import unroll

# Quarter octaves from 1/32 to 5.7, and then half an octave on the fine grid around each minimum.
COARSE = 2.0 ** np.arange(-5, 2.51, 0.25)
FINE = OCTAVE // 2


def search(task: Task, horizon: int, device: str = "cpu") -> Record:
    """Train one network at every rate of the coarse grid, all at once, then around each minimum.

    A fine grid around a minimum at an end of the coarse one finds no more than a bound.
    """
    curves = _losses(task, COARSE, horizon, device)
    lowest = {name: int(np.argmin(curve)) for name, curve in curves.items()}
    fine = {name: _around(place) for name, place in lowest.items()}
    again = _losses(task, np.concatenate(list(fine.values())), horizon, device)
    found: dict[str, Any] = {}
    for k, name in enumerate(OBJECTIVES):
        own = again[name][k * (FINE + 1) : (k + 1) * (FINE + 1)]
        found[name] = curves[name].tolist()
        found[f"best_{name}"] = float(fine[name][np.argmin(own)])
        found[f"edge_{name}"] = lowest[name] in (0, len(COARSE) - 1)
    return Record(rate=COARSE.tolist(), **found)


def _around(place: int) -> np.ndarray:
    place = min(max(place, 1), len(COARSE) - 2)
    return np.geomspace(COARSE[place - 1], COARSE[place + 1], FINE + 1)


def _losses(task: Task, rates: np.ndarray, horizon: int, device: str) -> dict[str, np.ndarray]:
    tasks = [task] * len(rates)
    batches = Batches(tasks, horizon, device)
    hyper = torch.from_numpy(rates).float().unsqueeze(1).to(device)
    start = tuple(w.to(device) for w in weights([task]))
    state = tuple(w.expand(len(rates), -1, -1) for w in start)
    losses, end = unroll(sgd(batches, lambda hyper: hyper, horizon), state, (hyper,), horizon)
    values = {"mean": losses.mean(0), "last": losses[-1], "train": whole_loss(end, tasks, "train")}
    return {name: finite(value).numpy() for name, value in values.items()}
