"""How long a lesson's run takes: measured once, and told for the machine at hand.

``labs/lessons/times.json`` holds by lesson ``run``, the seconds of the phase Run on one thread,
``whole``, those of all cells, ``version``, and ``yardstick``, what `yardstick` gave on the machine
that they were measured on.
"""

import json
import time

import numpy as np

from labs.course import register

TIMES = "times.json"
STEPS, TRIES = 100, 3


def stored() -> dict[str, dict[str, float]]:
    """Return what has been measured, by lesson; empty where nothing has."""
    path = register.folder() / TIMES
    found: dict[str, dict[str, float]] = {}
    if path.exists():
        found = json.loads(path.read_text(encoding="utf-8"))
    return found


def estimate(name: str) -> float | None:
    """Return about how many seconds the run of a lesson takes here, None where it is not known."""
    times = stored().get(name)
    return None if times is None else times["run"] * yardstick() / times["yardstick"]


def yardstick() -> float:
    """Return the seconds of 100 training steps of a small network in numpy, the best of three."""
    return min(_seconds() for _ in range(TRIES))


def _seconds() -> float:
    rng = np.random.default_rng(0)
    x, y = rng.normal(size=(100, 40)), rng.normal(size=(100, 10))
    w, v = rng.normal(size=(40, 100)) / 6, rng.normal(size=(100, 10)) / 10
    start = time.perf_counter()
    for _ in range(STEPS):
        hidden = np.maximum(x @ w, 0)
        error = (hidden @ v - y) / len(x)
        slope = (error @ v.T) * (hidden > 0)
        v -= 0.01 * hidden.T @ error
        w -= 0.01 * x.T @ slope
    return time.perf_counter() - start
