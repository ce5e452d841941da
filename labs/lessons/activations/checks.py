"""The exercises of the lesson on activations, each with right and wrong answers."""

from itertools import groupby, pairwise
from typing import Any

import numpy as np

from labs.course.compare import expect_array, expect_close, unchanged
from labs.course.plan import Answer, Check, Exercise, expect
from labs.lessons.activations.pieces import PENALTY, POLYLINE

# --- extrema


def _turns(values: Any) -> list[int]:
    """Of every run of equal values that is higher or lower than both neighbours, its start."""
    runs = [(own, [i for i, _ in at]) for own, at in groupby(enumerate(values), lambda iv: iv[1])]
    return [
        at[0]
        for (before, _), (own, at), (after, _) in zip(runs, runs[1:], runs[2:], strict=False)
        if (own > before) == (own > after)
    ]


def _expect_turns(answer: Answer, values: np.ndarray, what: str) -> None:
    with unchanged(values=values):
        found = answer(values)
    got = sorted(expect_array(found, what).ravel().tolist())
    want = _turns(values)
    expect(got == want, f"{what}: asked for positions {want}, got {_short(got)}")


def _short(numbers: list[float]) -> str:
    return f"[{', '.join(f'{number:.4g}' for number in numbers)}]"


def _of_waves(answer: Answer, seed: int) -> None:
    rng = np.random.default_rng(seed)
    at = np.linspace(0, 5, 47)
    wave = np.sin(rng.uniform(1.5, 3) * at + rng.uniform(0, 6)) + 0.1 * at
    _expect_turns(answer, wave, "a wave, its hills and its valleys")


def _no_ends(answer: Answer, seed: int) -> None:
    rising = np.sort(np.random.default_rng(seed).normal(size=13))
    _expect_turns(answer, rising, "values that only rise, whose ends do not count")


def _flat(answer: Answer, seed: int) -> None:
    rng = np.random.default_rng(seed)
    low, wide = rng.uniform(1, 2), int(rng.integers(2, 5))
    step = np.concatenate([np.zeros(3), np.full(wide, low), [low + 1, low + 2]])
    _expect_turns(answer, step, "a flat step on the way up")
    top = np.concatenate([[0, 1], np.full(wide, low + 1), [1, 0.5, 0.5]])
    _expect_turns(answer, top, f"a hill whose top is {wide} positions wide")
    _expect_turns(answer, np.maximum(np.arange(-4.0, 5), 0), "a ReLU")


def _by_signs(values: np.ndarray) -> list[int]:
    steps = np.sign(np.diff(values))
    places = np.flatnonzero(steps)
    return [int(i) + 1 for i, j in pairwise(places) if steps[i] != steps[j]]


def _strict(values: np.ndarray) -> list[int]:
    inner = range(1, len(values) - 1)
    return [i for i in inner if (values[i] - values[i - 1]) * (values[i + 1] - values[i]) < 0]


def _loose(values: np.ndarray) -> list[int]:
    inner = range(1, len(values) - 1)
    return [i for i in inner if (values[i] - values[i - 1]) * (values[i + 1] - values[i]) <= 0]


def _by_rising(values: np.ndarray) -> list[int]:
    rising = np.diff(values) > 0
    return [int(i) + 1 for i in np.flatnonzero(rising[1:] != rising[:-1])]


def _maxima(values: np.ndarray) -> list[int]:
    return [i for i in _by_signs(values) if values[i] > values[i - 1]]


EXTREMA = Exercise(
    name="extrema",
    signature="(values: np.ndarray) -> list[int]",
    minutes=10,
    checks=(
        Check(name="hills and valleys", run=_of_waves),
        Check(name="ends do not count", run=_no_ends),
        Check(name="flat stretches", run=_flat),
    ),
    right={"runs": _turns},
    wrong={
        "hills alone": (_maxima, "its hills and its valleys"),
        "one too early": (lambda v: [i - 1 for i in _by_signs(v)], "its hills and its valleys"),
        "the heights": (lambda v: [v[i] for i in _by_signs(v)], "its hills and its valleys"),
        "with the ends": (lambda v: [0, *_by_signs(v), len(v) - 1], "whose ends do not count"),
        "misses wide tops": (_strict, "positions wide"),
        "every flat position": (_loose, "a flat step"),
        "flat is falling": (_by_rising, "a flat step"),
    },
)

# --- best_rate


def _scores(seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Validation and test accuracies (5 rates, 3 networks)."""
    rng = np.random.default_rng(seed)
    val = rng.permuted(np.tile(np.linspace(40, 60, 5), (3, 1)), axis=1).T
    val[:, 1] = np.roll(val[:, 0], 1)  # another rate for the second network
    test = rng.permutation(np.linspace(38, 62, 15)).reshape(5, 3)
    test[val.argmax(0), range(3)] = rng.uniform(45, 50, 3)  # never the best on test
    test[val.argmax(0) - 1, range(3)] = 65
    return val, test


def _as_validated(val: np.ndarray, test: np.ndarray) -> np.ndarray:
    return np.array([test[v.index(max(v)), m] for m, v in enumerate(val.T.tolist())])


def _mistakes(val: np.ndarray, test: np.ndarray) -> dict[str, Any]:
    return {
        "the best on test: test data must not choose": test.max(0),
        "whole rows, where one rate for each network is asked: are both axes indexed": test[
            val.argmax(0)
        ],
        "one rate for all networks": test[val.mean(1).argmax()],
        "validation accuracies, not those on test": val.max(0),
        "the rate with the worst validation": test[val.argmin(0), range(3)],
        "positions, not accuracies": val.argmax(0),
    }


def _by_validation(answer: Answer, seed: int) -> None:
    val, test = _scores(seed)
    with unchanged(val=val, test=test):
        found = answer(val, test)
    what, usual = "test accuracy at the rate of best validation", _mistakes(val, test)
    expect_close(found, _as_validated(val, test), what, mistakes=usual)


def _each_alone(answer: Answer, seed: int) -> None:
    val, test = _scores(seed)
    several = expect_array(answer(val, test), "three networks", shape=(3,))
    for m in range(3):
        alone = expect_array(answer(val[:, [m]], test[:, [m]]), "one network", shape=(1,))
        told = f"network {m}: got {several[m]:.4g} beside others and {alone[0]:.4g} alone"
        expect(alone[0] == several[m], f"{told}: each network has its own best rate")


def _first_of_equals(answer: Answer, seed: int) -> None:
    val, test = _scores(seed)
    val[3] = val[1] = 70
    what = "rates 1 and 3 equally good on validation, the first counts"
    expect_close(answer(val, test), test[1], what, mistakes={"the last of them": test[3]})


BEST_RATE = Exercise(
    name="best_rate",
    signature="(val: np.ndarray, test: np.ndarray) -> np.ndarray",
    minutes=6,
    checks=(
        Check(name="validation chooses, test reports", run=_by_validation),
        Check(name="each network by itself", run=_each_alone),
        Check(name="of equals the first", run=_first_of_equals),
    ),
    right={
        "loop": _as_validated,
        "take_along_axis": lambda val, test: np.take_along_axis(
            test, val.argmax(0, keepdims=True), 0
        )[0],
    },
    wrong={
        "test chooses": (lambda val, test: test.max(0), "test data must not choose"),
        "whole rows": (lambda val, test: test[val.argmax(0)], "are both axes indexed?"),
        "one for all": (lambda val, test: test[val.mean(1).argmax()], "one rate for all networks"),
        "validation reported": (lambda val, test: val.max(0), "not those on test"),
        "worst": (
            lambda val, test: test[val.argmin(0), range(val.shape[1])],
            "the rate with the worst",
        ),
        "positions": (lambda val, test: val.argmax(0), "positions, not accuracies"),
        "axes exchanged": (
            lambda val, test: test[range(len(val)), val.argmax(1)],
            "asked for shape",
        ),
        "last of equals": (
            lambda val, test: test[len(val) - 1 - val[::-1].argmax(0), range(val.shape[1])],
            "the last of them",
        ),
    },
)

EXERCISES = (POLYLINE, PENALTY, EXTREMA, BEST_RATE)
