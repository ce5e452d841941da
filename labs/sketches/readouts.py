"""What is read from a sketch: attributes, counts and means of a module's objects, each with its
error bar.

In the spirit of Ghazi, Panigrahy and Wang 2019 (arXiv:1905.12730). A readout is one product with a
random matrix, divided by the gain (`Space.gain`); all that the sketch also holds becomes noise of a
size that the sketch itself tells: one standard deviation per number is at most about

    |sketch| / (gain sqrt(d))

(with orthonormal matrices, and but for the readout's own part: its square is the square of this
less the mean square of what is read; a block-random column adds the spread of its own norm,
sqrt(length (1 - share) / (d share)) of what is read). Sketches may be one vector (d,) or many
(..., d), of any type of real numbers; nan in one of them makes all that is read of that one nan.
"""

from collections.abc import Sequence
from numbers import Real
from typing import NamedTuple

import numpy as np

from labs.kit.checks import known
from labs.sketches.checks import check_whole, numbers, sequence
from labs.sketches.space import Space, check_space


class Estimate(NamedTuple):
    """What is read, and one standard deviation of each of its numbers.

    >>> read = Estimate(np.array([0.6, -0.8, 0.1]), np.array(0.2))
    >>> (np.abs(read.value) > 3 * read.error).tolist()  # what can hardly be noise
    [False, True, False]
    """

    value: np.ndarray
    error: np.ndarray


def error_bar(sketch: np.ndarray, gain: float) -> np.ndarray:
    """One standard deviation of a number read from a sketch (..., d) with a gain: (...,).

    Raises:
        TypeError: a sketch that is no array of real numbers.
        ValueError: a gain that is not a number above 0, a sketch of no dimension.

    >>> short, long = np.full(100, 0.1), np.full(400, 0.05)  # both of norm 1
    >>> [round(float(error_bar(sketch, gain=0.25)), 6) for sketch in (short, long)]
    [0.4, 0.2]
    """
    if not isinstance(gain, Real) or not 0 < gain < np.inf:
        raise ValueError(f"gain must be a number above 0, got {gain!r}")
    sketch = _numbers_of(sketch)
    return np.linalg.norm(sketch, axis=-1) / (gain * np.sqrt(sketch.shape[-1]))


def attributes(
    space: Space, sketch: np.ndarray, module: str, gain: float, *, positions: Sequence[int] = ()
) -> Estimate:
    """The attributes of a module's object; where several fired with this gain, their sum.

    Args:
        space: that the sketch was made in.
        sketch: (..., d).
        module: whose object is read.
        gain: ``space.gain(weights)`` of the weights on the way to the object; times keep / d where
            only `keep` numbers of the sketch are left (`prefix`, `subset`).
        positions: the path of positions to the object, unrolled first (`unroll`): so one of several
            objects of a module is read alone. Errors are no smaller.

    Returns:
        value (..., n) and error (...,), the same for each of the n attributes.

    Raises:
        ValueError: an unknown module or position, a sketch of another dimension, a gain of 0.

    >>> from labs.sketches.objects import Object, Scene
    >>> from labs.sketches.sketching import overall_sketch
    >>> space = Space(65536, {"face": 2, "tree": 2}, positions=2)
    >>> scene = Scene([Object("face", [0.6, -0.8]), Object("tree", [0.0, 1.0])])
    >>> read = attributes(space, overall_sketch(space, scene), "face", space.gain((0.5,)))
    >>> read.value.round(1).tolist(), float(read.error.round(3))
    ([0.6, -0.8], 0.016)
    """
    return _read(space, sketch, module, slice(_width(space, module)), gain, positions)


def count(
    space: Space, sketch: np.ndarray, module: str, gain: float, *, positions: Sequence[int] = ()
) -> Estimate:
    """How many objects of a module fired, unbiased.

    Arguments and errors are those of `attributes`; the gain is ``space.gain(weights, "count")`` of
    one object. Objects of other weights count as much as they weigh: in a scene of weights that sum
    to one, ``space.gain((1.0,), "count")`` gives the weight of all objects of the module at the
    top.

    Returns:
        value (...,) and error (...,).

    >>> from labs.sketches.objects import Object, Scene
    >>> from labs.sketches.sketching import overall_sketch
    >>> space = Space(65536, {"face": 2, "tree": 2}, positions=3)
    >>> scene = Scene([Object("face", [0.6, -0.8]), Object("tree", [0.0, 1.0])])
    >>> scene = Scene([*scene.objects, Object("face", [1.0, 0.0])])
    >>> read = count(space, overall_sketch(space, scene), "face", space.gain((1 / 3,), "count"))
    >>> round(float(read.value), 1)
    2.0
    """
    return _read(space, sketch, module, _width(space, module), gain, positions)


def mean(
    space: Space, sketch: np.ndarray, module: str, *, positions: Sequence[int] = ()
) -> Estimate:
    """The mean attributes of a module's objects at one depth, their weights as weights: the sum
    over the count, so no gain is needed. Where the count is not far above its error, the mean is
    not to be trusted, and its error says so.

    Returns:
        value (..., n) and error (..., n), the latter to first order.

    Raises:
        ValueError: an unknown module or position, a sketch of another dimension.

    >>> from labs.sketches.objects import Object, Scene
    >>> from labs.sketches.sketching import overall_sketch
    >>> space = Space(65536, {"face": 2, "tree": 2}, positions=3)
    >>> faces = [Object("face", [0.6, -0.8]), Object("face", [1.0, 0.0])]
    >>> sketch = overall_sketch(space, Scene([*faces, Object("tree", [0.0, 1.0])]))
    >>> mean(space, sketch, "face").value.round(1).tolist()
    [0.8, -0.4]
    """
    check_space(space)
    one, positions = (1.0,), sequence("positions", positions)
    total = attributes(space, sketch, module, space.gain(one), positions=positions)
    number = count(space, sketch, module, space.gain(one, "count"), positions=positions)
    divisor = number.value[..., None]
    with np.errstate(divide="ignore", invalid="ignore"):  # of an empty sketch
        value = total.value / divisor
        spread = np.hypot(total.error[..., None], value * number.error[..., None])
        return Estimate(value, spread / np.abs(divisor))


def _width(space: Space, module: str) -> int:
    """How many attributes an object of a module has; its count stands next."""
    check_space(space)
    return space.modules[known("module", module, space.modules)]


def _read(
    space: Space,
    sketch: np.ndarray,
    module: str,
    columns: slice | int,
    gain: float,
    positions: Sequence[int],
) -> Estimate:
    error = error_bar(unroll(space, sketch, ()), gain)
    unrolled = unroll(space, sketch, positions)
    return Estimate(unrolled @ space.columns(module)[:, columns] / gain, error)


def unroll(space: Space, sketch: np.ndarray, positions: Sequence[int]) -> np.ndarray:
    """Turn the scrambled halves back along a path of positions, root first: what stood there comes
    to lie unscrambled with the same gain, and what stood at others becomes noise.

    Args:
        space: that the sketch was made in.
        sketch: (..., d).
        positions: of each tuple on the way; none leaves the sketch as it is.

    Raises:
        ValueError: an unknown position, a sketch of another dimension.

    >>> from labs.sketches.objects import Object, Scene
    >>> from labs.sketches.sketching import overall_sketch
    >>> space = Space(65536, {"face": 2}, positions=2)
    >>> scene = Scene([Object("face", [0.6, -0.8]), Object("face", [1.0, 0.0])])
    >>> turned = unroll(space, overall_sketch(space, scene), (0,))  # to the first face
    >>> (turned @ space.columns("face")[:, :2] / space.gain((0.5,))).round(1).tolist()
    [0.6, -0.8]
    """
    check_space(space)
    sketch = numbers("sketch", sketch)
    if sketch.ndim < 1 or sketch.shape[-1] != space.d:
        raise ValueError(f"sketch must be of shape (..., {space.d}), got {sketch.shape}")
    for rotation in [space.position(position) for position in sequence("positions", positions)]:
        sketch = rotation.transpose(sketch)
    return sketch


def prefix(sketch: np.ndarray, keep: int) -> np.ndarray:
    """The sketch (..., d) with all but its first `keep` numbers set to zero.

    Gains shrink to keep / d of what they were, and errors grow as if d were `keep`.

    Raises:
        ValueError: `keep` is not a whole number from 1 to d.

    >>> prefix(np.ones(4), 3).tolist()
    [1.0, 1.0, 1.0, 0.0]
    """
    check_whole("keep", keep, 1, _numbers_of(sketch).shape[-1])
    return subset(sketch, np.arange(keep))


def subset(sketch: np.ndarray, kept: np.ndarray) -> np.ndarray:
    """The sketch (..., d) with all numbers set to zero but those at the places `kept` (k,), drawn
    at random by the caller; as good as a prefix of k.

    Raises:
        ValueError: places that are not different whole numbers from 0 to d - 1.

    >>> from labs.sketches.objects import Object, Scene
    >>> from labs.sketches.sketching import overall_sketch
    >>> space = Space(65536, {"face": 2}, positions=1)
    >>> sketch = overall_sketch(space, Scene([Object("face", [0.6, -0.8])]))
    >>> quarter = np.random.default_rng(0).permutation(65536)[:16384]
    >>> read = attributes(space, subset(sketch, quarter), "face", space.gain((1.0,)) / 4)
    >>> read.value.round(1).tolist()
    [0.6, -0.8]
    """
    sketch, kept = _numbers_of(sketch), np.asarray(kept)
    whole = kept.ndim == 1 and kept.dtype.kind in "iu" and len(np.unique(kept)) == len(kept) > 0
    if not whole or kept.min() < 0 or kept.max() >= sketch.shape[-1]:
        raise ValueError(
            f"kept must be different places from 0 to {sketch.shape[-1] - 1}, got {kept}"
        )
    left = np.zeros_like(sketch)
    left[..., kept] = sketch[..., kept]
    return left


def _numbers_of(sketch: np.ndarray) -> np.ndarray:
    found = numbers("sketch", sketch)
    if not found.ndim or not found.shape[-1]:
        raise ValueError(f"sketch must be of shape (..., d), d at least 1, got {found.shape}")
    return found
