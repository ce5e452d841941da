"""The exercise `detrend`: the straight line that fits each signal best is taken away."""

import numpy as np
from scipy import signal

from labs.course.compare import expect_close, unchanged
from labs.course.plan import Answer, Check, Exercise

Array = np.ndarray


def _walks(seed: int, length: int) -> Array:
    return 3 + np.random.default_rng(seed).normal(size=(7, length)).cumsum(axis=1)


def _line_taken_away(answer: Answer, seed: int) -> None:
    for length in (19, 12):
        x = _walks(seed, length)
        mistakes = {
            "was only the mean taken away": _mean_only(x),
            "was only the slope taken away, not the mean": _slope_only(x),
            "was only the slope taken away, not the height": _slope_from_the_left(x),
            "is the line drawn through the two end points": _ends(x),
            "was the line fitted down the columns, over the examples": _columns(x),
            "is there one line for all signals": _one_line(x),
        }
        what = f"signals of {length} values"
        expect_close(answer(x.copy()), signal.detrend(x), what, mistakes=mistakes)


def _ramps(answer: Answer, seed: int) -> None:
    height, slope = np.random.default_rng(seed).normal(size=(2, 5, 1))
    x = height + slope * np.arange(17)
    expect_close(answer(x), np.zeros_like(x), "straight lines")


def _left_alone(answer: Answer, seed: int) -> None:
    x = _walks(seed, 17)
    with unchanged(x=x):
        answer(x)


def _centred(length: int) -> Array:
    return np.arange(length) - (length - 1) / 2


def _mean_only(x: Array) -> Array:
    return x - x.mean(axis=1, keepdims=True)


def _slope_only(x: Array) -> Array:
    return signal.detrend(x) + x.mean(axis=1, keepdims=True)


def _slope_from_the_left(x: Array) -> Array:
    position = np.arange(x.shape[1])
    return x - np.polyfit(position, x.T, 1)[0][:, None] * position


def _ends(x: Array) -> Array:
    return x - np.linspace(x[:, 0], x[:, -1], x.shape[1], axis=1)


def _columns(x: Array) -> Array:
    return signal.detrend(x, axis=0)


def _one_line(x: Array) -> Array:
    mean = x.mean(axis=0)
    return x - (mean - signal.detrend(mean))


def _in_place(x: Array) -> Array:
    x -= x - signal.detrend(x)
    return x


def _through_zero(x: Array) -> Array:
    position = np.arange(x.shape[1])
    slope = x @ position / (position @ position)
    return _mean_only(x - slope[:, None] * position)


def _polyfit(x: Array) -> Array:
    position = np.arange(x.shape[1])
    slope, height = np.polyfit(position, x.T, 1)
    return x - slope[:, None] * position - height[:, None]


def _projected(x: Array) -> Array:
    basis, _ = np.linalg.qr(np.stack([np.ones(x.shape[1]), _centred(x.shape[1])], axis=1))
    return x - x @ basis @ basis.T


def _looped(x: Array) -> Array:
    p = _centred(x.shape[1])
    return np.array([row - row.mean() - p * (row @ p) / (p @ p) for row in x])


DETREND = Exercise(
    name="detrend",
    signature="(x: np.ndarray) -> np.ndarray",
    minutes=7,
    checks=(
        Check(name="its own line from every signal", run=_line_taken_away),
        Check(name="a straight line becomes zero", run=_ramps),
        Check(name="the argument is left alone", run=_left_alone),
    ),
    right={"polyfit": _polyfit, "projection": _projected, "loop": _looped},
    wrong={
        "mean only": (_mean_only, "only the mean"),
        "slope only": (_slope_only, "only the slope"),
        "slope only, from the left": (_slope_from_the_left, "only the slope"),
        "through the ends": (_ends, "two end points"),
        "down the columns": (_columns, "down the columns"),
        "one line for all": (_one_line, "one line for all"),
        "slope through zero": (_through_zero, "straight lines"),
        "in place": (_in_place, "work on a copy"),
    },
    without=("labs", "scipy.signal"),
)
