"""Signatures of objects, an extension: the same object met twice is known again.

Of the source only this is remembered: an object may carry an almost unique string in a subspace of
its own. What the string is made of, and how it is read and compared, is ours.
"""

import hashlib
from collections.abc import Sequence

import numpy as np
from scipy.special import expit

from labs.kit.checks import check_sizes
from labs.sketches.checks import check_share, numbers
from labs.sketches.objects import Object
from labs.sketches.readouts import Estimate, error_bar, unroll
from labs.sketches.space import Space, check_space

GRAIN = 1e-3  # to which attributes are rounded: objects that round alike are the same
SURE = 1e-3  # the least error of a number that is read, in units of its size


def signature(item: Object, numbers: int) -> np.ndarray:
    """The signature of an object: +-1 / sqrt(numbers), (numbers,), from its module and its rounded
    attributes; what it is made of does not matter.

    >>> a, b = (Object("face", [0.6, 0.8]) for _ in range(2))
    >>> bool((signature(a, 32) == signature(b, 32)).all())
    True
    """
    check_sizes(numbers=numbers)
    if not isinstance(item, Object):
        raise TypeError(f"item must be an Object, got {item!r}")
    rounded = np.rint(item.attributes / GRAIN).astype("<i8").tobytes()
    digest = hashlib.shake_256(item.module.encode() + b"\0" + rounded).digest(-(-numbers // 8))
    bits = np.unpackbits(np.frombuffer(digest, np.uint8))[:numbers]
    return (2.0 * bits - 1) / np.sqrt(numbers)


def read_signature(
    space: Space, sketch: np.ndarray, gain: float, *, positions: Sequence[int] = ()
) -> Estimate:
    """The signature of an object; where several have this gain, whatever their module, their sum,
    so that in a scene of several objects one is read by its path of positions.

    Args:
        space: that the sketch was made in, one with signatures.
        sketch: (..., d).
        gain: ``space.gain(weights, "signature")`` of the weights on the way to the object.
        positions: the path of positions to the object, unrolled first.

    Returns:
        value (..., signature), of which the signs are the string, and error (...,).

    Raises:
        ValueError: a space without signatures, an unknown position, a sketch of another dimension,
            a gain that is not above 0.

    >>> from labs.sketches.objects import Scene
    >>> from labs.sketches.sketching import overall_sketch
    >>> space, face = Space(4096, {"face": 2}, 1, signature=32), Object("face", [0.6, 0.8])
    >>> sketch = overall_sketch(space, Scene([face]))
    >>> read = read_signature(space, sketch, space.gain((1.0,), "signature"), positions=(0,))
    >>> bool((np.sign(read.value) == np.sign(signature(face, 32))).all())
    True
    >>> round(float(same(read, Estimate(signature(face, 32), np.array(0.0)))), 3)
    1.0
    """
    check_space(space)
    if not space.signature:
        raise ValueError(f"signature of the space must be at least 1, got {space.signature}")
    error = error_bar(unroll(space, sketch, ()), gain)
    name = next(iter(space.modules))  # the columns are the same in all
    columns = space.columns(name)[:, -space.signature :]
    return Estimate(unroll(space, sketch, positions) @ columns / gain, error)


def same(a: Estimate, b: Estimate, *, prior: float = 0.5) -> np.ndarray:
    """The probability that two signatures that were read (`read_signature`) are one object's.

    Bayes' rule, each number being +-1 / sqrt(n) with independent normal noise. Where the rest of
    the two sketches is the same too, at the same positions, so is most of the noise, and the
    probability is far too high until d is large.

    Args:
        a, b: value (..., n) and error (...,); of a known object, its `signature` and an error of 0.
        prior: the probability before anything was read, from 0 to 1.

    Returns:
        (...,) float64.

    Raises:
        TypeError: something else than an `Estimate` of real numbers.
        ValueError: signatures of different lengths, an error below 0, a prior outside [0, 1].

    >>> one, other = np.array([0.5, 0.5, -0.5, 0.5]), np.array([0.5, -0.5, -0.5, 0.5])
    >>> error = np.array(0.2)
    >>> [round(float(same(Estimate(one, error), Estimate(x, error))), 2) for x in (one, other)]
    [0.94, 0.0]
    """
    check_share("prior", prior, zero=True)
    a, b = _estimate("a", a), _estimate("b", b)
    n = a.value.shape[-1]
    if b.value.shape[-1] != n:
        raise ValueError(f"signature b must be of {n} numbers, got {b.value.shape[-1]}")
    try:
        np.broadcast_shapes(a.value.shape, b.value.shape)
    except ValueError:
        raise ValueError(
            f"signatures must be of shapes that go together, got {a.value.shape} and "
            f"{b.value.shape}"
        ) from None
    first, second = _log_odds(a), _log_odds(b)
    agree = _log_cosh(first + second) - _log_cosh(first) - _log_cosh(second)
    with np.errstate(divide="ignore"):
        before = np.log(prior) - np.log1p(-prior)
    return expit(agree.sum(-1) + before)


def _estimate(name: str, read: Estimate) -> Estimate:
    if not isinstance(read, Estimate):
        raise TypeError(f"{name} must be an Estimate, got {read!r}")
    value, error = numbers(f"value of {name}", read.value), numbers(f"error of {name}", read.error)
    if not value.ndim or not value.shape[-1]:
        raise ValueError(f"value of {name} must be of shape (..., n), got {value.shape}")
    if (error < 0).any():
        raise ValueError(f"error of {name} must be at least 0, got {error.min()}")
    return Estimate(value, error)


def _log_odds(read: Estimate) -> np.ndarray:
    """Half the logarithm of the odds that each number is positive (..., n)."""
    size = 1 / np.sqrt(read.value.shape[-1])
    error = np.maximum(read.error, SURE * size)[..., None]
    return read.value * size / error**2


def _log_cosh(x: np.ndarray) -> np.ndarray:
    with np.errstate(invalid="ignore"):  # of nan
        return np.logaddexp(x, -x) - np.log(2)
