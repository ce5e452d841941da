"""Comparing what a student's function gave with what was asked, for the checks of lessons.

Each function raises `MismatchError` with one form of message: whose value it is, what was asked,
what came and by how much, in four digits; and, where a usual mistake gives the same value, which.
Answers may be lists, numpy arrays or torch tensors.
"""

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import numpy as np
from scipy.stats import chisquare

from labs.course.plan import MismatchError, expect

EXACT = 1e-8  # relative: two ways to compute the same in float64
SINGLE = 1e-4  # relative: through float32, or a finite difference
RARE = 1e-6  # a right random answer fails a check of its law with this chance

Mistakes = Mapping[str, Any]  # what was done, as words before a "?" -> the value that it gives


def expect_array(
    got: Any, what: str = "the result", *, shape: tuple[int, ...] | None = None
) -> np.ndarray:
    """Return an answer as an array of numbers.

    Args:
        got: what the student's function gave.
        what: whose value it is, the beginning of the message.
        shape: that was asked for; None for any.

    Raises:
        MismatchError: nothing was returned, it holds no numbers, or it has another shape.

    >>> expect_array([[1, 2, 3]], "x", shape=(3, 1))
    Traceback (most recent call last):
        ...
    labs.course.plan.MismatchError: x: asked for shape (3, 1), got (1, 3): transposed?
    """
    expect(got is not None, f"{what}: asked for numbers, got None: is there a return?")
    try:
        array = _as_array(got)
    except (TypeError, ValueError):  # lists of unequal length
        array = np.array(None)
    expect(array.dtype.kind in "biuf", f"{what}: asked for numbers, got {_short(got)}")
    if shape is not None and array.shape != shape:
        hint = ": transposed?" if array.shape == shape[::-1] else ""
        raise MismatchError(f"{what}: asked for shape {shape}, got {array.shape}{hint}")
    return array


def expect_close(
    got: Any,
    want: Any,
    what: str = "the result",
    *,
    relative: float = EXACT,
    mistakes: Mistakes | None = None,
) -> np.ndarray:
    """Return an answer that equals the oracle's value.

    Args:
        got: what the student's function gave.
        want: the oracle's value, any shape, finite.
        what: whose value it is, the beginning of the message.
        relative: largest difference that is allowed, in units of the largest absolute value of
            `want` (1 where that is 0); 0 for equal values.
        mistakes: usual mistakes and what they give; the message names the first that fits.

    Raises:
        MismatchError: other shape, not finite, or too far away.

    >>> expect_close(2.5, 2, "mean", mistakes={"the median was taken": 2.5})
    Traceback (most recent call last):
        ...
    labs.course.plan.MismatchError: mean: asked for 2, got 2.5: the median was taken?
    """
    target = _as_array(want)
    try:
        array = expect_array(got, what, shape=target.shape)
        _expect_close(array, target, what, relative)
    except MismatchError as wrong:
        raise MismatchError(f"{wrong}{_which(got, mistakes, relative)}") from None
    return array


def expect_number(got: Any, what: str = "the result") -> float:
    """Return an answer that is one finite number.

    Raises:
        MismatchError: it is none, or several.

    >>> expect_number([0.5])
    Traceback (most recent call last):
        ...
    labs.course.plan.MismatchError: the result: asked for shape (), got (1,)
    """
    number = float(expect_array(got, what, shape=()))
    expect(math.isfinite(number), f"{what}: asked for a finite number, got {number}")
    return number


def expect_parts(got: Any, names: Sequence[str]) -> tuple[Any, ...]:
    """Return an answer that has as many parts as there are names.

    Raises:
        MismatchError: it has not.

    >>> expect_parts(3.0, ("low", "high"))
    Traceback (most recent call last):
        ...
    labs.course.plan.MismatchError: asked for 2 values (low, high), got 3.0
    """
    several = isinstance(got, tuple | list) or np.ndim(got) > 0
    if not several or len(got) != len(names):
        raise MismatchError(
            f"asked for {len(names)} values ({', '.join(names)}), got {_short(got)}"
        )
    return tuple(got)


def expect_law(
    counts: Any, what: str, *, weights: Any = None, mistakes: Mistakes | None = None
) -> None:
    """Check by a chi-square test that counts follow a law.

    Args:
        counts: how often each case came, (cases,).
        what: whose counts they are, the beginning of the message.
        weights: of the cases, (cases,) above 0, whatever their sum; all alike by default.
        mistakes: usual mistakes and the counts that they give exactly.

    Raises:
        MismatchError: a right answer gives counts so far away with a chance below `RARE`.

    >>> expect_law([90, 110], "heads and tails")
    >>> expect_law([200, 0], "heads and tails")
    Traceback (most recent call last):
        ...
    labs.course.plan.MismatchError: heads and tails: asked for about 100, got 200 at [0]
    """
    found = expect_array(counts, what).astype(float)
    expect(found.sum() > 0, f"{what}: asked for some, got none")
    law = np.ones_like(found) if weights is None else _as_array(weights)
    asked = law / law.sum() * found.sum()
    if chisquare(found, asked).pvalue > RARE:
        return
    at = int(np.argmax((found - asked) ** 2 / asked))
    told = f"{what}: asked for about {asked[at]:.0f}, got {found[at]:.0f} at [{at}]"
    raise MismatchError(told + _which(counts, mistakes, 0))


def expect_seeded(draw: Callable[[int], Any], what: str = "the result") -> None:
    """Check that a random function is decided by its seed, and by nothing else.

    Args:
        draw: seed -> the student's answer, such as ``lambda seed: answer(x, seed)``. Two right
            answers of different seeds must practically never be equal.
        what: whose value it is, the beginning of the message.

    Raises:
        MismatchError: the same seed gives another result, or another seed the same.

    >>> expect_seeded(lambda seed: np.arange(100), "x")
    Traceback (most recent call last):
        ...
    labs.course.plan.MismatchError: x: asked for another one with another seed, got the same
    """
    first, again, other = (expect_array(draw(seed), what) for seed in (3, 3, 4))
    asked = f"{what}: asked for the same with the same seed, got another one"
    expect(np.array_equal(first, again), f"{asked}: is everything drawn from the given one?")
    asked = f"{what}: asked for another one with another seed, got the same"
    expect(not np.array_equal(first, other), asked)


@contextmanager
def unchanged(**arguments: Any) -> Iterator[None]:
    """Check that arguments are the same after a block as before it.

    Args:
        **arguments: name -> array, tensor, number, or a dict, list or tuple of them.

    Raises:
        MismatchError: naming the argument that was changed.

    >>> x = np.zeros(3)
    >>> with unchanged(x=x):
    ...     x += 1
    Traceback (most recent call last):
        ...
    labs.course.plan.MismatchError: x: asked to stay as it is, was changed: work on a copy
    """
    before = {name: _frozen(value) for name, value in arguments.items()}
    yield
    for name, value in arguments.items():
        same = _frozen(value) == before[name]
        expect(same, f"{name}: asked to stay as it is, was changed: work on a copy")


def _as_array(value: Any) -> np.ndarray:
    if isinstance(value, list | tuple):
        return np.array([_as_array(part) for part in value])
    return np.asarray(value.detach() if hasattr(value, "detach") else value)


def _expect_close(array: np.ndarray, target: np.ndarray, what: str, relative: float) -> None:
    if not target.size:
        return
    given, asked = array.astype(float), target.astype(float)
    far = np.where(np.isfinite(given), np.abs(given - asked), np.inf)
    differ = far > relative * (np.abs(asked).max() or 1.0)
    at = np.unravel_index(np.argmax(far), far.shape)
    where = f" at [{', '.join(map(str, at))}]" if array.ndim else ""
    how_many = f", {differ.sum()} of {differ.size} values differ" if array.ndim else ""
    pair = f"asked for {_digits(asked[at], given[at])}, got {_digits(given[at], asked[at])}"
    expect(not differ.any(), f"{what}: {pair}{where}{how_many}")


def _digits(value: float, other: float) -> str:
    return f"{value:.4g}" if f"{value:.4g}" != f"{other:.4g}" else f"{value:.12g}"


def _which(got: Any, mistakes: Mistakes | None, relative: float) -> str:
    fits = (name for name, value in (mistakes or {}).items() if _is(got, value, relative))
    return next((f": {name}?" for name in fits), "")


def _is(got: Any, value: Any, relative: float) -> bool:
    try:
        target = _as_array(value)
        _expect_close(expect_array(got, shape=target.shape), target, "", relative)
    except MismatchError:
        return False
    return True


def _short(value: Any) -> str:
    shape = getattr(value, "shape", None)
    if shape:
        return f"an array of shape {tuple(shape)}"
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:57]}..."


def _frozen(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _frozen(part) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [_frozen(part) for part in value]
    array = _as_array(value)
    return array.shape, array.dtype, array.tobytes()
