"""What is asked of two numbers of a curve: the interpolation threshold; the rise and the fall."""

from typing import Any

import numpy as np

from labs.course.compare import expect_close, expect_number, expect_parts
from labs.course.plan import Answer, Check, Exercise, expect

# threshold


def _table(seed: int) -> tuple[list[int], list[float]]:
    """Sizes, ascending, and errors of which those of the last ones are 0."""
    rng = np.random.default_rng(seed)
    sizes = np.sort(rng.choice(np.arange(10, 900), size=9, replace=False)).tolist()
    fits = int(rng.integers(3, 7))
    errors = np.sort(rng.uniform(1, 90, size=fits))[::-1].round(1).tolist()
    return sizes, errors + [0.0] * (9 - fits)


def _smallest(answer: Answer, seed: int) -> None:
    sizes, errors = _table(seed)
    _expect_size(answer, sizes, errors, "sizes in order")


def _again(answer: Answer, seed: int) -> None:
    sizes, errors = _table(seed)
    errors[-2] = 0.5
    _expect_size(answer, sizes, errors, "a larger size that misses again")


def _mixed(answer: Answer, seed: int) -> None:
    sizes, errors = _table(seed)
    order = [7, 8, 2, 0, 6, 1, 5, 3, 4]
    _expect_size(answer, [sizes[i] for i in order], [errors[i] for i in order], "sizes in no order")


def _none(answer: Answer, seed: int) -> None:
    sizes, errors = _table(seed)
    got = answer(list(sizes), [error + 0.2 for error in errors])
    expect(
        got is None,
        f"no size without error: asked for None, got {got!r}: argmax and argmin find something "
        "even where nothing fits",
    )


def _expect_size(answer: Answer, sizes: list[int], errors: list[float], what: str) -> None:
    fitting = sorted(size for size, error in zip(sizes, errors, strict=True) if error == 0)
    missing = max(size for size, error in zip(sizes, errors, strict=True) if error > 0)
    got = answer(list(sizes), list(errors))
    expect(got is not None, f"{what}: asked for {fitting[0]}, got None")
    mistakes = {
        "is that the place in the list, not the size": sizes.index(fitting[0]),
        "is that the largest that fits, not the smallest": fitting[-1],
        "is that a size that still misses": missing,
        "is that the first in the list, not the smallest": sizes[errors.index(0)],
    }
    expect_close(got, fitting[0], what, mistakes=mistakes)


def _sorted_pairs(sizes: Any, errors: Any) -> int | None:
    return next((s for s, e in sorted(zip(sizes, errors, strict=True)) if e == 0), None)


def _masked(sizes: Any, errors: Any) -> Any:
    fits = np.asarray(sizes)[np.asarray(errors) == 0]
    return fits.min() if fits.size else None


def _from_there_on(sizes: Any, errors: Any) -> int | None:
    misses = [size for size, error in zip(sizes, errors, strict=True) if error > 0]
    return min((size for size in sizes if size > max(misses, default=-1)), default=None)


def _or_none(choose: Any) -> Answer:
    return lambda s, e: choose(s, e) if 0 in e else None


THRESHOLD = Exercise(
    name="threshold",
    signature="(sizes: list[int], errors: list[float]) -> int | None",
    minutes=7,
    checks=(
        Check(name="the smallest size without error", run=_smallest),
        Check(name="even if a larger one misses again", run=_again),
        Check(name="sizes in any order", run=_mixed),
        Check(name="None where nothing fits", run=_none),
    ),
    right={"sorted pairs": _sorted_pairs, "numpy": _masked},
    wrong={
        "argmax of what fits": (
            lambda s, e: s[int(np.argmax(np.asarray(e) == 0))],
            "find something even where nothing fits",
        ),
        "argmin": (lambda s, e: s[int(np.argmin(e))], "find something even where nothing fits"),
        "the place": (_or_none(lambda s, e: e.index(0)), "the place in the list"),
        "the last misfit": (
            _or_none(lambda s, e: max(a for a, b in zip(s, e, strict=True) if b > 0)),
            "still misses",
        ),
        "the first in the list": (_or_none(lambda s, e: s[e.index(0)]), "the first in the list"),
        "the largest that fits": (
            _or_none(lambda s, e: max(a for a, b in zip(s, e, strict=True) if b == 0)),
            "the largest that fits",
        ),
        "from which on all fit": (_from_there_on, "misses again"),
        "0 for none": (lambda s, e: _sorted_pairs(s, e) or 0, "asked for None, got 0"),
    },
)


# rise_and_fall


def _curve(seed: int) -> tuple[list[float], int]:
    """Errors with their highest first, a valley, a peak at the place that is returned, and a
    lowest after it that is not the last."""
    rng = np.random.default_rng(seed)
    at = int(rng.integers(4, 8))
    errors = rng.uniform(40, 60, size=12)
    errors[[0, 1, at - 1, at, at + 2, -1]] = [95, 30, 61, 80, 12, 20]
    return (errors + rng.uniform(0, 5, size=12)).tolist(), at


def _parts(answer: Answer, errors: list[float], at: int) -> tuple[float, float]:
    rise, fall = expect_parts(answer(list(errors), at), ("rise", "fall"))
    return expect_number(rise, "rise"), expect_number(fall, "fall")


def _rise(answer: Answer, seed: int) -> None:
    errors, at = _curve(seed)
    got, _ = _parts(answer, errors, at)
    mistakes = {
        "was the valley looked for behind the peak, too": errors[at] - min(errors),
        "was it taken from the neighbour of the peak": errors[at] - errors[at - 1],
        "was it taken from the first error": errors[at] - errors[0],
        "was the highest error taken for the peak": max(errors) - min(errors[: at + 1]),
    }
    want = errors[at] - min(errors[:at])
    expect_close(got, want, f"rise to the error at place {at}", mistakes=mistakes)


def _fall(answer: Answer, seed: int) -> None:
    errors, at = _curve(seed)
    _, got = _parts(answer, errors, at)
    mistakes = {
        "was the lowest error behind the peak taken, not the last": errors[at] - min(errors[at:]),
        "is that the change, not the fall": errors[-1] - errors[at],
        "was it taken from the first error": errors[0] - errors[-1],
    }
    want = errors[at] - errors[-1]
    expect_close(got, want, f"fall from place {at} to the last", mistakes=mistakes)


def _at_an_end(answer: Answer, seed: int) -> None:
    errors, _ = _curve(seed)
    for at, place in ((0, "first"), (len(errors) - 1, "last")):
        rise, fall = _parts(answer, errors, at)
        what = f"{{}} with the peak at the {place} size"
        expect_close(rise, errors[at] - min(errors[: at + 1]), what.format("rise"))
        expect_close(fall, errors[at] - errors[-1], what.format("fall"))


def _running(errors: Any, at: int) -> tuple[float, float]:
    valley = errors[0]
    for error in errors[: at + 1]:
        valley = min(valley, error)
    return errors[at] - valley, errors[at] - errors[len(errors) - 1]


def _arrays(errors: Any, at: int) -> np.ndarray:
    errors = np.asarray(errors)
    return errors[at] - np.array([errors[: at + 1].min(), errors[-1]])


FALL = Exercise(
    name="rise_and_fall",
    signature="(test_errors: list[float], at: int) -> tuple[float, float]",
    minutes=8,
    checks=(
        Check(name="the rise from the lowest error up to the peak", run=_rise),
        Check(name="the fall to the last error", run=_fall),
        Check(name="a peak at either end", run=_at_an_end),
    ),
    right={"running minimum": _running, "one array": _arrays},
    wrong={
        "lowest of all": (lambda e, at: (e[at] - min(e), e[at] - e[-1]), "behind the peak, too"),
        "from the neighbour": (
            lambda e, at: (e[at] - e[at - 1], e[at] - e[-1]),
            "neighbour of the peak",
        ),
        "from the first": (lambda e, at: (e[at] - e[0], e[at] - e[-1]), "from the first error"),
        "highest for the peak": (
            lambda e, at: (max(e) - min(e[: at + 1]), max(e) - e[-1]),
            "highest error taken for the peak",
        ),
        "lowest behind the peak": (
            lambda e, at: (e[at] - min(e[: at + 1]), e[at] - min(e[at:])),
            "not the last",
        ),
        "change instead of fall": (
            lambda e, at: (e[at] - min(e[: at + 1]), e[-1] - e[at]),
            "the change, not the fall",
        ),
        "last minus first": (
            lambda e, at: (e[at] - min(e[: at + 1]), e[0] - e[-1]),
            "from the first error",
        ),
        "without the peak itself": (
            lambda e, at: (e[at] - min(e[:at]), e[at] - e[-1]),
            "ValueError",
        ),
        "one number": (lambda e, at: e[at] - e[-1], "asked for 2 values"),
    },
)
