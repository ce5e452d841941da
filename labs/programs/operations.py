"""Operations on signals, and programs of them.

A program is a text such as ``"diff shift smooth"``: its operations act from left to right, each on
what the one before it left. All operations are affine, so a program is one matrix and one shift;
most pairs of them do not commute.
"""

from collections.abc import Callable, Sequence
from functools import lru_cache, reduce
from itertools import combinations, product
from typing import Any, NamedTuple

import numpy as np
from scipy.ndimage import gaussian_filter1d

from labs.kit.checks import check_sizes, known

Array = np.ndarray[Any, Any]

LENGTH = 40  # samples of a signal
SHIFT, SIGMA, RAMP = 5, 1.0, 2.0


def reverse(x: Array) -> Array:
    """Last sample first; all operations take and return (n, 40), float32 or float64."""
    return x[:, ::-1]


def negate(x: Array) -> Array:
    """Upside down."""
    return -x


def shift(x: Array) -> Array:
    """`SHIFT` samples to the right; those that leave at the end come back at the start."""
    return np.roll(x, SHIFT, axis=1)


def smooth(x: Array) -> Array:
    """Gaussian filter with a deviation of `SIGMA` samples, cut at four of them; beyond its ends the
    signal goes on as its mirror image."""
    return np.asarray(gaussian_filter1d(x, SIGMA, axis=1))


def diff(x: Array) -> Array:
    """The difference of the two neighbours, at an end twice that of the sample and its only one."""
    return 2 * np.gradient(x, axis=1)


def ramp(x: Array) -> Array:
    """Less a line that rises by `RAMP` in all, from -`RAMP` / 2 to `RAMP` / 2."""
    return x - np.linspace(-RAMP / 2, RAMP / 2, LENGTH, dtype=x.dtype)


OPERATIONS: dict[str, Callable[[Array], Array]] = {
    "reverse": reverse,
    "negate": negate,
    "shift": shift,
    "smooth": smooth,
    "diff": diff,
    "ramp": ramp,
}
NAMES = tuple(OPERATIONS)
PAIRS = tuple((a, b) for a, b in product(range(len(NAMES)), repeat=2) if a != b)  # in both orders


def parse(text: str) -> tuple[int, ...]:
    """The operations of a program by their places in `NAMES`.

    Raises:
        ValueError: no word at all, or one that is no operation; the message offers the nearest.

    >>> parse("diff shift smooth")
    (4, 2, 3)
    >>> parse("diff shfit")
    Traceback (most recent call last):
        ...
    ValueError: word 2 of 'diff shfit' must be one of reverse, negate, shift, smooth, diff, ramp, \
got 'shfit': did you mean 'shift'?
    """
    words = text.split()
    if not words:
        raise ValueError(f"program must hold one operation at least, got {text!r}")
    found = (known(f"word {n} of {text!r}", word, NAMES) for n, word in enumerate(words, start=1))
    return tuple(NAMES.index(word) for word in found)


def text_of(program: Sequence[int]) -> str:
    """The text of a program, which `parse` reads.

    >>> text_of((4, 2, 3))
    'diff shift smooth'
    """
    return " ".join(NAMES[place] for place in program)


def run(x: Array, program: Sequence[int]) -> Array:
    """What a program makes of signals (n, 40): (n, 40), of their type.

    Raises:
        ValueError: signals of another shape.
    """
    if np.ndim(x) != 2 or x.shape[1] != LENGTH:
        raise ValueError(f"x must be of shape (n, {LENGTH}), got {np.shape(x)}")
    return np.ascontiguousarray(reduce(lambda h, place: OPERATIONS[NAMES[place]](h), program, x))


class Affine(NamedTuple):
    """x -> x matrix + shift: (40, 40) and (40,), float64."""

    matrix: Array
    shift: Array


@lru_cache(maxsize=4096)
def affine(program: tuple[int, ...]) -> Affine:
    """A program as one affine map; () is the identity.

    >>> affine(parse("negate negate")).matrix[0, :3].tolist()
    [1.0, 0.0, 0.0]
    """
    start = run(np.zeros((1, LENGTH)), program)
    return Affine(run(np.eye(LENGTH), program) - start, start[0])


def same(program: tuple[int, ...], other: tuple[int, ...]) -> bool:
    """Whether two programs give the same of every signal."""
    return all(map(np.allclose, affine(program), affine(other)))


def difference(program: Sequence[int], other: Sequence[int], x: Array) -> float:
    """How far what two programs give of signals (n, 40) differs: the mean square in percent of the
    variance of what the first gives, as errors are.

    >>> x = np.random.default_rng(0).normal(size=(50, LENGTH))
    >>> round(difference(parse("negate"), parse("negate negate"), x) / 400, 1)
    1.0
    """
    (matrix, start), (second, begin) = (affine(tuple(map(int, own))) for own in (program, other))
    off = x @ (matrix - second) + (start - begin)
    return float(100 * np.square(off).mean() / (x @ matrix).var(0).mean())


def commute(a: int, b: int) -> bool:
    """Whether two operations give the same in either order.

    >>> commute(*parse("negate shift")), commute(*parse("reverse shift"))
    (True, False)
    """
    return same((a, b), (b, a))


def commuting() -> tuple[tuple[str, str], ...]:
    """The pairs that commute, of the 15 of different operations."""
    found = combinations(range(len(NAMES)), 2)
    return tuple((NAMES[a], NAMES[b]) for a, b in found if commute(a, b))


class Programs(NamedTuple):
    """Programs as places in `NAMES`, (count, length) int64 each, by length: those that train (1 and
    2), those of length 2 that are held out, and longer ones (3, 4, ...)."""

    trained: tuple[Array, Array]
    held: Array
    longer: tuple[Array, ...]


def drawn(stream: np.random.Generator, longer: Sequence[int], count: int) -> Programs:
    """Draw the programs of a replicate.

    All of length 1 train, and half of those of length 2: any half in which every operation occurs
    in either place.

    Args:
        stream: of the draws.
        longer: the lengths of longer programs, ascending.
        count: different programs of each, or all where there are fewer.

    Raises:
        ValueError: a length or a count below 1.
    """
    check_sizes(count=count, **{f"longer[{n}]": length for n, length in enumerate(longer)})
    pairs = _all_of(2)
    trained, held = np.split(pairs[stream.permutation(len(pairs))], 2)
    while any(len(set(trained[:, place])) < len(NAMES) for place in range(2)):
        trained, held = np.split(pairs[stream.permutation(len(pairs))], 2)
    others = tuple(_some_of(stream, length, count) for length in longer)
    return Programs((_all_of(1), trained), held, others)


def _all_of(length: int) -> Array:
    return np.array([*product(range(len(NAMES)), repeat=length)])


def _some_of(stream: np.random.Generator, length: int, count: int) -> Array:
    everything = _all_of(length)
    return everything[stream.permutation(len(everything))[:count]]


def shuffled(
    stream: np.random.Generator, program: Sequence[int], x: Array, least: float
) -> tuple[int, ...] | None:
    """The operations of a program in another order, drawn, that differs by `least` percent of
    variance or more on signals (n, 40); None where 20 draws have found none.

    >>> x = np.random.default_rng(0).normal(size=(50, LENGTH))
    >>> shuffled(np.random.default_rng(0), parse("shift ramp"), x, 10)
    (5, 2)
    >>> shuffled(np.random.default_rng(0), parse("smooth ramp"), x, 10)
    """
    own = tuple(map(int, program))
    for _ in range(20):
        other = tuple(map(int, stream.permutation(own)))
        if other != own and difference(own, other, x) >= least:
            return other
    return None
