"""Checks of the lesson `signals`, each with the mistakes that it must catch."""

from collections.abc import Callable

import numpy as np
from scipy.stats import binomtest
from sklearn.preprocessing import StandardScaler

from labs.course.compare import (
    SINGLE,
    expect_close,
    expect_number,
    expect_parts,
    unchanged,
)
from labs.course.plan import Answer, Check, Exercise, expect
from labs.lessons.signals.flipping import FLIP

Pair = tuple[np.ndarray, np.ndarray]


# ---- translate


def _signals(seed: int) -> np.ndarray:
    return np.random.default_rng(seed).normal(size=(5, 17))


def _to_the_right(answer: Answer, seed: int) -> None:
    x = _signals(seed)
    for k in (1, 3 + seed % 7, 16):
        want = [[row[(place - k) % 17] for place in range(17)] for row in x]
        mistakes = {
            "moved to the left": np.roll(x, -k, axis=1),
            "zeros, where what leaves on the right comes in": _with_zeros(x, k),
            "the signals were moved, not their positions": np.roll(x, k, axis=0),
            "what leaves one signal came into the next": np.roll(x, k),
        }
        expect_close(answer(x.copy(), k), want, f"k = {k}", mistakes=mistakes)


def _copy(answer: Answer, seed: int) -> None:
    x = _signals(seed)
    expect_close(answer(x.copy(), 0), x, "k = 0")
    with unchanged(x=x):
        answer(x, 2)


def _with_zeros(x: np.ndarray, k: int) -> np.ndarray:
    moved = np.zeros_like(x)
    moved[:, k:] = x[:, : x.shape[1] - k]
    return moved


def _in_place(x: np.ndarray, k: int) -> np.ndarray:
    x[:] = np.roll(x, k, axis=1)
    return x


TRANSLATE = Exercise(
    name="translate",
    signature="(x: np.ndarray, k: int) -> np.ndarray",
    minutes=7,
    checks=(
        Check(name="to the right, and round the end", run=_to_the_right),
        Check(name="k = 0 moves nothing, x stays as it is", run=_copy),
    ),
    right={
        "indices": lambda x, k: x[:, (np.arange(x.shape[1]) - k) % x.shape[1]],
        "two pieces": lambda x, k: np.hstack([x[:, len(x[0]) - k :], x[:, : len(x[0]) - k]]),
        "lists": lambda x, k: [[row[j - k] for j in range(len(row))] for row in x],
    },
    wrong={
        "left": (lambda x, k: np.roll(x, -k, axis=1), "moved to the left"),
        "zeros": (_with_zeros, "zeros, where"),
        "batch": (lambda x, k: np.roll(x, k, axis=0), "signals were moved"),
        "no axis": (lambda x, k: np.roll(x, k), "into the next"),
        "in place": (_in_place, "x: asked to stay as it is"),
    },
)


# ---- standardise


def _split(seed: int) -> Pair:
    rng = np.random.default_rng(seed)
    own = rng.uniform(1, 3, size=7)  # of the positions
    return 5 + own * rng.normal(size=(13, 7)), 9 + 2 * own * rng.normal(size=(5, 7))


def _standardised(train: np.ndarray, other: np.ndarray) -> np.ndarray:
    scaler = StandardScaler().fit(train.reshape(-1, 1))
    return scaler.transform(other.reshape(-1, 1)).reshape(other.shape)


def _z(reference: np.ndarray, x: np.ndarray, axis: int | None = None, ddof: int = 0) -> np.ndarray:
    scaled: np.ndarray = (x - reference.mean(axis)) / reference.std(axis, ddof=ddof)
    return scaled


def _slips(train: np.ndarray, test: np.ndarray, x: np.ndarray) -> dict[str, np.ndarray]:
    return {
        "not divided by the deviation": x - train.mean(),
        "one mean for every position": _z(train, x, axis=0),
        "mean and deviation of train and test together": _z(np.concatenate([train, test]), x),
        "divided by the root of n - 1, not of n": _z(train, x, ddof=1),
        "divided by the variance": (x - train.mean()) / train.var(),
    }


def _train(answer: Answer, seed: int) -> None:
    train, test = _split(seed)
    got, _ = expect_parts(answer(train.copy(), test.copy()), ("train", "test"))
    expect_close(got, _standardised(train, train), "train", mistakes=_slips(train, test, train))


def _test(answer: Answer, seed: int) -> None:
    train, test = _split(seed)
    _, got = expect_parts(answer(train.copy(), test.copy()), ("train", "test"))
    own = {"standardised by its own mean and deviation": _z(test, test)}
    mistakes = own | _slips(train, test, test)
    expect_close(got, _standardised(train, test), "test", mistakes=mistakes)


def _both_stay(answer: Answer, seed: int) -> None:
    train, test = _split(seed)
    with unchanged(train=train, test=test):
        expect_parts(answer(train, test), ("train", "test"))


def _changes_both(train: np.ndarray, test: np.ndarray) -> Pair:
    mean, deviation = train.mean(), train.std()
    for x in (train, test):
        x -= mean
        x /= deviation
    return train, test


def _by(how: Callable[[np.ndarray, np.ndarray, np.ndarray], np.ndarray]) -> Answer:
    return lambda train, test: (how(train, test, train), how(train, test, test))


STANDARDISE = Exercise(
    name="standardise",
    signature="(train: np.ndarray, test: np.ndarray) -> tuple[np.ndarray, np.ndarray]",
    minutes=8,
    checks=(
        Check(name="train: one mean, one deviation", run=_train),
        Check(name="test: in the units of train", run=_test),
        Check(name="both arguments stay as they are", run=_both_stay),
    ),
    right={
        "list": lambda train, test: [_z(train, x) for x in (train, test)],
        "scikit-learn": _by(lambda train, test, x: _standardised(train, x)),
    },
    wrong={
        "test by its own": (lambda train, test: (_z(train, train), _z(test, test)), "its own mean"),
        "per position": (_by(lambda train, test, x: _z(train, x, axis=0)), "every position"),
        "pooled": (_by(lambda a, b, x: _z(np.concatenate([a, b]), x)), "together"),
        "no division": (_by(lambda train, test, x: x - train.mean()), "not divided"),
        "variance": (_by(lambda a, b, x: (x - a.mean()) / a.var()), "by the variance"),
        "n - 1": (_by(lambda train, test, x: _z(train, x, ddof=1)), "n - 1"),
        "train alone": (lambda train, test: _z(train, train), "asked for 2 values"),
        "in place": (_changes_both, "train: asked to stay as it is"),
    },
)


# ---- wilson


def _ends(answer: Answer, k: int, n: int) -> tuple[float, float]:
    low, high = expect_parts(answer(k, n), ("low", "high"))
    return expect_number(low, f"{k} of {n}: low"), expect_number(high, f"{k} of {n}: high")


def _as_published(answer: Answer, seed: int) -> None:
    drawn = np.random.default_rng(seed)
    n = int(drawn.integers(20, 200))
    for k, of in ((383, 400), (17, 30), (int(drawn.integers(1, n)), n)):
        found = binomtest(k, of).proportion_ci(method="wilson")
        got = _ends(answer, k, of)
        mistakes = {
            "the simple interval, k / n and 1.96 deviations": _wald(k, of),
            "k / n as the centre": _not_moved(k, of),
            "1.645 for z, which is that of 90 %": _wilson(k, of, z=1.645),
            "does the root go over k (n - k) / n + z^2 / 4 as a whole": _root_too_short(k, of),
            "percent, not shares from 0 to 1": [100 * end for end in (found.low, found.high)],
            "high before low": (found.high, found.low),
        }
        want = (found.low, found.high)
        expect_close(got, want, f"{k} of {of}", relative=SINGLE, mistakes=mistakes)


def _few(answer: Answer, seed: int) -> None:
    n = 7 + seed % 13
    for k in (0, n):
        low, high = _ends(answer, k, n)
        told = f"{k} of {n}: got {low:.4g} to {high:.4g}, asked for"
        expect(high - low > 0.1, f"{told} an interval: few answers are no certainty")
        expect(-1e-9 <= low <= high <= 1 + 1e-9, f"{told} shares from 0 to 1: where is its centre?")


def _wilson(k: int, n: int, z: float = 1.96) -> tuple[float, float]:
    centre, half = (k + z**2 / 2) / (n + z**2), z * (k * (n - k) / n + z**2 / 4) ** 0.5 / (n + z**2)
    return centre - half, centre + half


def _quadratic(k: int, n: int) -> list[float]:
    # the ends p solve (k / n - p)^2 = z^2 p (1 - p) / n
    z2, share = 1.959964**2, k / n
    roots: list[float] = np.sort(
        np.roots([1 + z2 / n, -2 * share - z2 / n, share**2]).real
    ).tolist()
    return roots


def _wald(k: int, n: int) -> tuple[float, float]:
    half = 1.96 * (k * (n - k) / n**3) ** 0.5
    return k / n - half, k / n + half


def _root_too_short(k: int, n: int, z: float = 1.96) -> tuple[float, float]:
    centre = (k + z**2 / 2) / (n + z**2)
    half = z * ((k * (n - k) / n) ** 0.5 + z**2 / 4) / (n + z**2)
    return centre - half, centre + half


def _not_moved(k: int, n: int) -> tuple[float, float]:
    low, high = _wilson(k, n)
    return k / n - (high - low) / 2, k / n + (high - low) / 2


def _percent(k: int, n: int) -> tuple[float, ...]:
    return tuple(100 * end for end in _wilson(k, n))


WILSON = Exercise(
    name="wilson",
    signature="(k: int, n: int) -> tuple[float, float]",
    minutes=10,
    checks=(
        Check(name="Wilson's interval of a share", run=_as_published),
        Check(name="none right and all right", run=_few),
    ),
    right={
        "1.96": _wilson,
        "roots": _quadratic,
        "scipy": lambda k, n: binomtest(k, n).proportion_ci(method="wilson"),
    },
    wrong={
        "simple interval": (_wald, "simple interval"),
        "centre not moved": (_not_moved, "as the centre"),
        "90 %": (lambda k, n: _wilson(k, n, z=1.645), "1.645"),
        "root too short": (_root_too_short, "as a whole"),
        "percent": (_percent, "percent, not shares"),
        "high first": (lambda k, n: _wilson(k, n)[::-1], "high before low"),
    },
)

EXERCISES = (TRANSLATE, STANDARDISE, FLIP, WILSON)
