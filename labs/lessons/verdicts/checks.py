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
from labs.lessons.verdicts.best import BEST
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
    """Nine cases: low, high, above, n and the verdict."""
    above, a, b = np.random.default_rng(seed).uniform(1, 3, size=3).round(2).tolist()
    return [
        (above + a, above + a + b, above, 12, "holds"),
        (above - a - b, above - a, above, 12, "contradicted"),
        (above - a, above + 2 * a, above, 12, "undecided"),
        (above - 2 * a, above + a, above, 12, "undecided"),
        (above - 0.9, above - 0.1, above, 5, "contradicted"),  # above zero, and yet below `above`
        (above + a, above + a + b, above, 4, "undecided"),
        (above - a - b, above - a, above, 4, "undecided"),
        (above, above + a, above, 12, "undecided"),  # an end on the threshold
        (above - a, above, above, 12, "undecided"),
    ]


def _judged(answer: Answer, seed: int, cases: slice) -> None:
    for low, high, above, n, want in _table(seed)[cases]:
        got = answer(low, high, above, n)
        words = f"one of {', '.join(WORDS)}"
        expect(isinstance(got, str) and got in WORDS, f"asked for {words}, got {got!r}")
        told = f"[{low:.4g}, {high:.4g}], above {above:.4g}, n = {n}"
        expect(got == want, f"{told}: asked for {want}, got {got}")


def _sides(answer: Answer, seed: int) -> None:
    cases = [case[:4] for case in _table(seed)[:5]]
    at_zero = [_verdict(low, high, 0.0, n) for low, high, _, n in cases]
    given = [answer(*case) for case in cases]
    expect(given != at_zero, "asked to compare with `above`: is it compared with 0?")
    _judged(answer, seed, slice(0, 5))


def _few(answer: Answer, seed: int) -> None:
    _judged(answer, seed, slice(5, 7))


def _ends_on_it(answer: Answer, seed: int) -> None:
    _judged(answer, seed, slice(7, 9))


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


def _or_equal(low: float, high: float, above: float, n: int) -> str:
    if n < 5:
        return "undecided"
    return "holds" if low >= above else "contradicted" if high <= above else "undecided"


VERDICT = Exercise(
    name="verdict",
    signature="(low: float, high: float, above: float, n: int) -> str",
    minutes=6,
    checks=(
        Check(name="the whole interval on one side", run=_sides),
        Check(name="below five replicates nothing is decided", run=_few),
        Check(name="an end at the threshold decides nothing", run=_ends_on_it),
    ),
    right={"the middle first": _verdict},
    wrong={
        "by the mean": (_by_mean, "asked for undecided, got"),
        "no least n": (lambda lo, hi, at, n: _verdict(lo, hi, at, 9), "n = 4: asked for undecided"),
        "not holds": (_not_holds, "asked for undecided, got contradicted"),
        "at zero": (lambda lo, hi, at, n: _verdict(lo, hi, 0.0, n), "compared with 0"),
        "at the threshold": (_or_equal, "asked for undecided, got holds"),
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


EXERCISES = (T_INTERVAL, VERDICT, PAIRED, BEST, POWER)
