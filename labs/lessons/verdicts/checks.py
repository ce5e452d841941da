"""Checks of the lesson `verdicts`, each with the mistakes that it must catch."""

from typing import Any

import numpy as np
from scipy import stats

from labs.course.compare import (
    SINGLE,
    expect_array,
    expect_close,
    expect_number,
    expect_parts,
    unchanged,
)
from labs.course.plan import Answer, Check, Exercise, expect
from labs.lessons.verdicts.power import POWER

# ---- t_interval


def _values(seed: int) -> list[float]:
    rng = np.random.default_rng(seed)
    spread: list[float] = rng.normal(3, 2, size=5 + seed % 3).tolist()
    return spread


def _ends(answer: Answer, *arguments: Any) -> list[float]:
    ends = expect_parts(answer(*arguments), ("low", "high"))
    return [expect_number(end, name) for end, name in zip(ends, ("low", "high"), strict=True)]


def _as_scipy(values: list[float], confidence: float) -> tuple[float, float]:
    error = stats.sem(values)
    low, high = stats.t.interval(confidence, len(values) - 1, np.mean(values), error)
    return float(low), float(high)


def _about(values: list[float], half: float) -> tuple[float, float]:
    return float(np.mean(values)) - half, float(np.mean(values)) + half


def _interval(
    values: list[float],
    confidence: float = 0.95,
    *,
    ddof: int = 1,
    freedom: int = 1,
    tails: int = 2,
    root: bool = True,
    normal: bool = False,
) -> tuple[float, float]:
    """The interval, right or with one thing wrong."""
    n = len(values)
    at = 1 - (1 - confidence) / tails
    quantile = stats.norm.ppf(at) if normal else stats.t.ppf(at, n - freedom)
    return _about(values, float(quantile * np.std(values, ddof=ddof) / (n**0.5 if root else 1)))


def _slips(values: list[float], confidence: float) -> dict[str, tuple[float, float]]:
    return {
        "the deviation with n, not n - 1": _interval(values, confidence, ddof=0),
        "the quantile of the normal law": _interval(values, confidence, normal=True),
        "the quantile of one side": _interval(values, confidence, tails=1),
        "the deviation of one value, not of the mean": _interval(values, confidence, root=False),
        "n degrees of freedom, not n - 1": _interval(values, confidence, freedom=0),
        "95 % whatever the confidence": _interval(values),
    }


def _two_confidences(answer: Answer, seed: int) -> None:
    values = _values(seed)
    for confidence in (0.95, 0.8):
        want, told = _as_scipy(values, confidence), f"confidence {confidence}"
        got = _ends(answer, list(values), confidence)
        slips = _slips(values, confidence)
        expect_close(got, want, told, relative=SINGLE, mistakes=slips)


def _as_given(answer: Answer, seed: int) -> None:
    values = _values(seed)
    with unchanged(values=values):
        got = _ends(answer, values)
    mistakes = {"confidence without 0.95 as its default": _as_scipy(values, 0.9)}
    expect_close(
        got,
        _as_scipy(values, 0.95),
        "confidence left out",
        relative=SINGLE,
        mistakes=mistakes | _slips(values, 0.95),
    )


T_INTERVAL = Exercise(
    name="t_interval",
    signature="(values: list[float], confidence: float = 0.95) -> tuple[float, float]",
    minutes=8,
    checks=(
        Check(name="a t interval at two confidences", run=_two_confidences),
        Check(name="95 % by default, values as they are", run=_as_given),
    ),
    right={
        "scipy": lambda values, confidence=0.95: _as_scipy(values, confidence),
        "numpy": lambda values, confidence=0.95: np.array(_interval(values, confidence)),
    },
    wrong={
        "sd with n": (lambda v, c=0.95: _interval(v, c, ddof=0), "with n, not n - 1"),
        "normal": (lambda v, c=0.95: _interval(v, c, normal=True), "normal law"),
        "one side": (lambda v, c=0.95: _interval(v, c, tails=1), "one side"),
        "sd of a value": (lambda v, c=0.95: _interval(v, c, root=False), "of one value"),
        "ignores confidence": (lambda v, c=0.95: _interval(v), "whatever the confidence"),
        "n degrees": (lambda v, c=0.95: _interval(v, c, freedom=0), "degrees of freedom"),
        "half width": (lambda v, c=0.95: _interval(v, c)[1] - np.mean(v), "asked for 2 values"),
    },
)


# ---- verdict

WORDS = ("holds", "contradicted", "undecided")


def _table(seed: int) -> list[tuple[float, float, float, int, str]]:
    """Seven cases: low, high, above, n and the verdict."""
    above, a, b = np.random.default_rng(seed).uniform(1, 3, size=3).round(2).tolist()
    return [
        (above + a, above + a + b, above, 12, "holds"),
        (above - a - b, above - a, above, 12, "contradicted"),
        (above - a, above + 2 * a, above, 12, "undecided"),
        (above - 2 * a, above + a, above, 12, "undecided"),
        (above - 0.9, above - 0.1, above, 5, "contradicted"),  # above zero, and yet below `above`
        (above + a, above + a + b, above, 4, "undecided"),
        (above - a - b, above - a, above, 4, "undecided"),
    ]


def _judged(answer: Answer, seed: int, cases: slice) -> None:
    for low, high, above, n, want in _table(seed)[cases]:
        got = answer(low, high, above, n)
        words = f"one of {', '.join(WORDS)}"
        expect(isinstance(got, str) and got in WORDS, f"asked for {words}, got {got!r}")
        told = f"[{low:.4g}, {high:.4g}], above {above:.4g}, n = {n}"
        expect(got == want, f"{told}: asked for {want}, got {got}")


def _sides(answer: Answer, seed: int) -> None:
    _judged(answer, seed, slice(0, 5))


def _few(answer: Answer, seed: int) -> None:
    _judged(answer, seed, slice(5, 7))


def _verdict(low: float, high: float, above: float, n: int) -> str:
    if n < 5 or low <= above <= high:
        return "undecided"
    return "holds" if low > above else "contradicted"


def _by_mean(low: float, high: float, above: float, n: int) -> str:
    if n < 5:
        return "undecided"
    return "holds" if (low + high) / 2 > above else "contradicted"


def _not_holds(low: float, high: float, above: float, n: int) -> str:
    return "undecided" if n < 5 else "holds" if low > above else "contradicted"


VERDICT = Exercise(
    name="verdict",
    signature="(low: float, high: float, above: float, n: int) -> str",
    minutes=6,
    checks=(
        Check(name="the whole interval on one side", run=_sides),
        Check(name="below five replicates nothing is decided", run=_few),
    ),
    right={"the middle first": _verdict},
    wrong={
        "by the mean": (_by_mean, "asked for undecided, got"),
        "no least n": (lambda lo, hi, at, n: _verdict(lo, hi, at, 9), "n = 4: asked for undecided"),
        "not holds": (_not_holds, "asked for undecided, got contradicted"),
        "at zero": (lambda lo, hi, at, n: _verdict(lo, hi, 0.0, n), "asked for contradicted"),
        "an end": (
            lambda lo, hi, at, n: "undecided" if n < 5 else "holds" if hi > at else "contradicted",
            "asked for undecided, got holds",
        ),
        "other words": (lambda lo, hi, at, n: lo > at, "asked for one of"),
    },
)


# ---- paired


def _arms(seed: int) -> tuple[dict[int, float], dict[int, float]]:
    """Two arms; two replicates are in one of them alone, and neither is in order."""
    rng = np.random.default_rng(seed)
    order = rng.permutation(7).tolist()
    a = {r: float(rng.normal(60, 2)) for r in order if r != 2}
    b = {r: float(rng.normal(60, 2)) for r in reversed(order) if r != 4}
    return a, b


def _differences(answer: Answer, seed: int) -> None:
    a, b = _arms(seed)
    common = [0, 1, 3, 5, 6]
    want = np.array([a[r] for r in common]) - [b[r] for r in common]
    by_place = [x - y for x, y in zip(a.values(), b.values(), strict=True)]
    mistakes = {
        "b minus a": -want,
        "a mean for all": np.mean(list(a.values())) - np.mean(list(b.values())),
        "the mean of the differences": want.mean(),
        "paired by place, not by replicate": by_place,
        "replicates of one arm alone taken, too": [a.get(r, 0) - b.get(r, 0) for r in range(7)],
        "in the order of a, not ascending": [a[r] - b[r] for r in a if r in b],
    }
    expect_close(answer(dict(a), dict(b)), want, "differences", mistakes=mistakes)


def _arms_stay(answer: Answer, seed: int) -> None:
    a, b = _arms(seed)
    with unchanged(a=a, b=b):
        answer(a, b)
    got = expect_array(answer({1: 2.0}, {3: 4.0}), "no common replicate")
    expect(got.size == 0, f"no common replicate: asked for no differences, got {got.size}")


def _pops(a: dict[int, float], b: dict[int, float]) -> list[float]:
    for replicate in [r for r in a if r not in b]:
        del a[replicate]
    return [a[r] - b[r] for r in sorted(a)]


PAIRED = Exercise(
    name="paired",
    signature="(a: dict[int, float], b: dict[int, float]) -> list[float]",
    minutes=5,
    checks=(
        Check(name="differences of the common replicates", run=_differences),
        Check(name="both arms stay as they are", run=_arms_stay),
    ),
    right={
        "sets": lambda a, b: [a[r] - b[r] for r in sorted(set(a) & set(b))],
        "numpy": lambda a, b: np.array([a[r] - b[r] for r in sorted(a) if r in b]),
    },
    wrong={
        "by place": (lambda a, b: [x - y for x, y in zip(a.values(), b.values())], "by place"),  # noqa: B905
        "mean": (lambda a, b: np.mean([a[r] - b[r] for r in a if r in b]), "the mean of the"),
        "unpaired": (
            lambda a, b: np.mean(list(a.values())) - np.mean(list(b.values())),
            "a mean for all",
        ),
        "zeros": (
            lambda a, b: [a.get(r, 0) - b.get(r, 0) for r in sorted(a.keys() | b.keys())],
            "alone taken",
        ),
        "order of a": (lambda a, b: [a[r] - b[r] for r in a if r in b], "not ascending"),
        "turned": (lambda a, b: [b[r] - a[r] for r in sorted(a.keys() & b.keys())], "b minus a"),
        "takes out": (_pops, "a: asked to stay as it is"),
    },
)


# ---- best_minus_last

Gains = tuple[np.ndarray, np.ndarray]


def _tables(seed: int) -> Gains:
    """Accuracies (5, 7) on test and validation data whose best evaluations differ."""
    rng = np.random.default_rng(seed)
    test, val = rng.uniform(50, 70, size=(2, 5, 7)).round(2)
    best = rng.permutation(6)[:5]
    test[range(5), best], val[range(5), (best + 1) % 6] = 71 + rng.random(5), 72 + rng.random(5)
    return test, val


def _gains(test: np.ndarray, val: np.ndarray) -> Gains:
    rows = range(len(test))
    return test.max(1) - test[:, -1], test[rows, val.argmax(1)] - test[:, -1]


def _one_epoch(test: np.ndarray, val: np.ndarray) -> Gains:
    last = test[:, -1]
    return test[:, test.mean(0).argmax()] - last, test[:, val.mean(0).argmax()] - last


def _mean_first(test: np.ndarray, val: np.ndarray) -> tuple[float, float]:
    mean = test.mean(0)
    return float(mean.max() - mean[-1]), float(mean[val.mean(0).argmax()] - mean[-1])


def _part(answer: Answer, seed: int, part: int) -> None:
    test, val = _tables(seed)
    want = _gains(test, val)
    got = expect_parts(answer(test.copy(), val.copy()), ("best", "chosen"))
    name = ("best", "chosen")[part]
    mistakes = {
        "one evaluation for all members": _one_epoch(test, val)[part],
        "a mean over the members first": _mean_first(test, val)[part],
        "the validation value, not the test value": val.max(1) - test[:, -1],
        "chosen on test, too": want[0],
        "last minus best": -want[part],
        "the value, not what it gains": want[part] + test[:, -1],
    }
    expect_close(got[part], want[part], name, mistakes=mistakes)


def _best(answer: Answer, seed: int) -> None:
    _part(answer, seed, 0)


def _chosen(answer: Answer, seed: int) -> None:
    _part(answer, seed, 1)


def _loop(test: np.ndarray, val: np.ndarray) -> tuple[list[float], list[float]]:
    rows = [(t.tolist(), v.tolist()) for t, v in zip(test, val, strict=True)]
    best = [max(t) - t[-1] for t, _ in rows]
    return best, [t[v.index(max(v))] - t[-1] for t, v in rows]


BEST = Exercise(
    name="best_minus_last",
    signature="(test: np.ndarray, val: np.ndarray) -> tuple[np.ndarray, np.ndarray]",
    minutes=8,
    checks=(
        Check(name="the best evaluation on test", run=_best),
        Check(name="the one that validation data choose", run=_chosen),
    ),
    right={"indices": _gains, "loop": _loop},
    wrong={
        "on test": (lambda t, v: (_gains(t, v)[0],) * 2, "chosen on test, too"),
        "validation value": (
            lambda t, v: (t.max(1) - t[:, -1], v.max(1) - t[:, -1]),
            "the validation value",
        ),
        "mean first": (_mean_first, "a mean over the members"),
        "one epoch": (_one_epoch, "one evaluation for all"),
        "turned": (lambda t, v: tuple(-gain for gain in _gains(t, v)), "last minus best"),
        "values": (lambda t, v: tuple(g + t[:, -1] for g in _gains(t, v)), "not what it gains"),
    },
)

EXERCISES = (T_INTERVAL, VERDICT, PAIRED, BEST, POWER)
