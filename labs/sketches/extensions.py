"""Better readouts than the source's, extensions of ours: matched filter, least squares, greedy
decoding. (Another is `labs.sketches.signatures`.)

None of them is in what is remembered of Ghazi, Panigrahy and Wang 2019 (arXiv:1905.12730). Each
pays for a smaller error with something that must be known beforehand: the matched filter that a
module fires at one position only, least squares the whole tree, greedy decoding that the scene is
flat and of how many objects. The error of order 1 / sqrt(d) of a plain readout
(`labs.sketches.readouts`) is the price of not knowing the rest of the scene.
"""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np

from labs.kit.checks import check_sizes
from labs.sketches.checks import check_share, sequence
from labs.sketches.objects import Scene, check_scene
from labs.sketches.readouts import Estimate, unroll
from labs.sketches.rotations import transparent_transpose
from labs.sketches.sketching import Step, check_path, path_columns
from labs.sketches.space import Space, part_transpose

EPSILON = float(np.finfo(float).eps)


def matched_filter(
    space: Space, sketch: np.ndarray, path: Sequence[Step], weight: float
) -> Estimate:
    """The attributes at the end of a path, read from all copies that the sketch holds of them.

    A plain readout uses one copy, that which every (I + R)/2 on the way has left in place. The
    product with the path's columns (`path_columns`) uses the scrambled ones too, four at the top:
    the error is about half as large. But the copy in place is the same at every position, so an
    object of the same module elsewhere is read along, with half of its weight. This is for modules
    that fire once; for others unroll (`labs.sketches.readouts.attributes`).

    Args:
        space: that the sketch was made in.
        sketch: (..., d).
        path: (position, module) from the root to the object.
        weight: its effective weight.

    Returns:
        value (..., n) and error (...,), the same for each attribute, from what the filter leaves of
        the sketch beside what is read; nan for an attribute that is not in the sketch, since its
        random column has no block, or since a transparent matrix of few dimensions is singular.

    Raises:
        ValueError: an empty path, an unknown module or position, a sketch of another dimension, a
            weight outside (0, 1].

    >>> from labs.sketches.objects import Object
    >>> from labs.sketches.sketching import overall_sketch
    >>> space = Space(4096, {"face": 2}, positions=1)
    >>> sketch = overall_sketch(space, Scene([Object("face", [0.6, -0.8])]))
    >>> read = matched_filter(space, sketch, [(0, "face")], weight=1.0)
    >>> read.value.round(1).tolist(), float(read.error.round(2))
    ([0.6, -0.8], 0.03)
    """
    path = check_path(space, path)
    check_share("weight", weight)
    count = space.modules[path[-1][1]]
    pulled = _pulled(space, sketch, path)
    read = pulled @ space.columns(path[-1][1])[:, :count]
    norms = (path_columns(space, path)[:, :count] ** 2).sum(0)
    norms[norms < EPSILON * space.gain([1.0] * len(path)) ** 2] = 0  # of rounding
    gain = weight * space.shares["attributes"] * norms
    rest = np.clip((pulled**2).sum(-1) - (read**2).sum(-1), 0, None)
    with np.errstate(divide="ignore", invalid="ignore"):
        value = np.where(gain > 0, read / gain, np.nan)
        return Estimate(value, np.sqrt(rest / space.d) / gain.mean())


def paths(scene: Scene) -> Iterator[tuple[tuple[Step, ...], float]]:
    """The path to every object of a scene and its effective weight, in the order of `places`.

    >>> from labs.sketches.objects import Object
    >>> face = Object("face", [1.0], Scene([Object("eye", [1.0])]))
    >>> for path, weight in paths(Scene([face, face])):
    ...     print(path, weight)
    ((0, 'face'),) 0.5
    ((0, 'face'), (0, 'eye')) 0.5
    ((1, 'face'),) 0.5
    ((1, 'face'), (0, 'eye')) 0.5
    """
    check_scene(scene)
    for item, weight, position in scene:
        step = (position, item.module)
        yield (step,), weight
        for below, share in paths(item.inputs):
            yield (step, *below), weight * share


def least_squares(
    space: Space, sketch: np.ndarray, tree: Scene | Sequence[tuple[Sequence[Step], float]]
) -> list[np.ndarray]:
    """All attributes of a scene whose tree is known, exactly.

    The sketch is linear in the attributes, with columns that are known and independent as long as
    there are no more of them than d; counts are known to be one and are taken off first. So nothing
    is lost, and the error is one of rounding.

    Args:
        space: that the sketch was made in.
        sketch: (..., d), whole: a prefix is not the sketch of this tree.
        tree: the path and the effective weight of every object; or a scene of the same tree, of
            which attributes are not looked at.

    Returns:
        The attributes (..., n) of each object, in the order of the tree (`paths`).

    Raises:
        TypeError: a tree that is neither a scene nor a sequence.
        ValueError: no object, more unknown numbers than d, two objects at one path, an unknown
            module or position, a sketch of another dimension or with numbers that are not finite, a
            weight outside (0, 1]; columns that are not independent, as of objects so deep that they
            are lost in rounding.

    >>> from labs.sketches.objects import Object
    >>> from labs.sketches.sketching import overall_sketch
    >>> space = Space(16, {"face": 2, "tree": 1}, positions=2)
    >>> scene = Scene([Object("face", [0.6, -0.8]), Object("tree", [-0.5])])
    >>> found = least_squares(space, overall_sketch(space, scene), scene)
    >>> [x.round(9).tolist() for x in found]
    [[0.6, -0.8], [-0.5]]
    """
    sketch = _finite(unroll(space, sketch, ()))
    steps = list(paths(tree)) if isinstance(tree, Scene) else _listed(tree)
    _check_tree(space, steps)
    known, unknown = np.zeros(space.d), []
    for path, weight in steps:
        columns, at = weight * path_columns(space, path), space.modules[path[-1][1]]
        known += space.shares["count"] * columns[:, at]
        unknown.append(np.delete(columns, at, axis=1))
    solved = _solved(np.hstack(unknown), sketch - known) / space.shares["attributes"]
    starts = np.cumsum([0, *(columns.shape[1] for columns in unknown)])
    counts = [space.modules[path[-1][1]] for path, _ in steps]
    return [solved[..., i : i + n] for i, n in zip(starts, counts, strict=False)]


def _listed(tree: Sequence[tuple[Sequence[Step], float]]) -> list[tuple[tuple[Step, ...], float]]:
    found = []
    for pair in sequence("tree", tree):
        if not isinstance(pair, tuple | list) or len(pair) != 2:
            raise ValueError(f"tree must be of pairs (path, weight), got {pair!r}")
        found.append((sequence("path", pair[0]), pair[1]))
    return found


class Found(NamedTuple):
    """What `greedy` says of one object. Where its weight is read and is negative, or 0 (attributes
    are nan then), what was found is noise."""

    position: int
    module: str
    weight: float
    attributes: np.ndarray


def greedy(
    space: Space,
    sketch: np.ndarray,
    objects: int,
    *,
    positions: Sequence[int] | None = None,
    weight: float | None = None,
) -> list[Found]:
    """Objects and attributes of a flat scene of which only their number is known.

    Orthogonal matching pursuit over groups of columns, one group per position and module: the group
    that explains most of what is left of the sketch, beyond what it would of noise, is an object;
    then all objects so far are fitted together (`least_squares`, with weights unknown). Where every
    object was found, all is exact; else what is missing is noise to the others.

    It is assumed that the objects are made of nothing, that no two share both position and module,
    and that none is so light, or the sketch so short, that noise looks more like an object.

    Args:
        space: that the sketch was made in.
        sketch: (d,), of the whole scene.
        objects: how many there are.
        positions: where they may stand, by default at every position.
        weight: of each object where all weigh the same; else it is read from the counts.

    Returns:
        `objects` found ones, those that explain most first.

    Raises:
        TypeError: positions that are no sequence.
        ValueError: a number of objects below 1, more than places or than columns fit in d; an
            unknown position, a sketch of another shape or with numbers that are not finite, a
            weight outside (0, 1].

    >>> from labs.sketches.objects import Object
    >>> from labs.sketches.sketching import overall_sketch
    >>> space = Space(512, {"face": 2, "tree": 1}, positions=3)
    >>> scene = Scene([Object("face", [0.6, -0.8]), Object("tree", [-0.5])], [0.7, 0.3])
    >>> for found in greedy(space, overall_sketch(space, scene), objects=2):
    ...     print(found.position, found.module, round(found.weight, 9), found.attributes.round(9))
    0 face 0.7 [ 0.6 -0.8]
    1 tree 0.3 [-0.5]
    """
    sketch, places = _finite(unroll(space, sketch, ())), _places(space, positions)
    _check_greedy(space, sketch, objects, len(places))
    if weight is not None:
        check_share("weight", weight)
    chosen: list[Step] = []
    fitted, rest = [np.empty(0)], sketch
    for _ in range(objects):
        energies = {step: _energy(space, rest, step) for step in places if step not in chosen}
        chosen.append(max(energies, key=energies.__getitem__))
        fitted, rest = _fit(space, sketch, chosen)
    if weight is None:
        return [_found(space, *step, x) for step, x in zip(chosen, fitted, strict=True)]
    exact = least_squares(space, sketch, [((step,), weight) for step in chosen])
    return [Found(*step, weight, x) for step, x in zip(chosen, exact, strict=True)]


def _energy(space: Space, rest: np.ndarray, step: Step) -> float:
    """What a place's columns explain of the rest of a sketch beyond what they would of noise."""
    pulled, columns = _pulled(space, rest, [step]), space.columns(step[1])
    read = pulled @ columns
    return float(read @ read - columns.shape[1] / space.d * (pulled @ pulled))


def _fit(
    space: Space, sketch: np.ndarray, chosen: Sequence[Step]
) -> tuple[list[np.ndarray], np.ndarray]:
    columns = [path_columns(space, [step]) for step in chosen]
    whole = np.hstack(columns)
    solved = _solved(whole, sketch)
    ends = np.cumsum([own.shape[1] for own in columns])[:-1]
    return np.split(solved, ends), sketch - whole @ solved


def _found(space: Space, position: int, module: str, fitted: np.ndarray) -> Found:
    count = space.modules[module]
    weight = float(fitted[count] / space.shares["count"])
    with np.errstate(divide="ignore", invalid="ignore"):  # of a sketch of zeros
        found = fitted[:count] / (space.shares["attributes"] * weight)
    return Found(position, module, weight, found)


def _pulled(space: Space, sketch: np.ndarray, path: Sequence[Step]) -> np.ndarray:
    """The sketch (..., d) through the transpose of the way that an object's columns take."""
    pulled = unroll(space, sketch, ())
    for level, (position, module) in enumerate(path):
        if level:
            pulled = part_transpose(space, "inputs", pulled)
        pulled = transparent_transpose(space.position(position), pulled)
        pulled = transparent_transpose(space.module(module), pulled)
    return part_transpose(space, "attributes", pulled)


def _solved(columns: np.ndarray, sketch: np.ndarray) -> np.ndarray:
    """Coefficients (..., columns) of a sketch (..., d)."""
    flat = sketch.reshape(-1, sketch.shape[-1])
    solved, _, rank, _ = np.linalg.lstsq(columns, flat.T, rcond=None)
    if rank < columns.shape[1]:
        raise ValueError(f"columns must be {columns.shape[1]} independent ones, got rank {rank}")
    return solved.T.reshape(*sketch.shape[:-1], columns.shape[1])


def _finite(sketch: np.ndarray) -> np.ndarray:
    if not np.isfinite(sketch).all():
        raise ValueError("sketch must hold finite numbers, got nan or infinity")
    return sketch


def _check_tree(space: Space, steps: Sequence[tuple[tuple[Step, ...], float]]) -> None:
    if not steps:
        raise ValueError("tree must hold at least one object, got none")
    for path, weight in steps:
        check_path(space, path)
        check_share("weight", weight)
    if len({path for path, _ in steps}) < len(steps):
        raise ValueError(f"paths must be different, got {[path for path, _ in steps]}")
    unknown = sum(space.modules[path[-1][1]] + space.signature for path, _ in steps)
    if unknown > space.d:
        raise ValueError(f"unknown numbers must be at most d = {space.d}, got {unknown}")


def _places(space: Space, positions: Sequence[int] | None) -> list[Step]:
    every = range(space.positions)
    chosen = every if positions is None else sequence("positions", positions)
    for position in chosen:
        space.position(position)
    return [(position, module) for position in dict.fromkeys(chosen) for module in space.modules]


def _check_greedy(space: Space, sketch: np.ndarray, objects: int, places: int) -> None:
    if sketch.ndim != 1:
        raise ValueError(f"sketch must be of shape ({space.d},), got {sketch.shape}")
    check_sizes(objects=objects)
    most = min(places, space.d // (max(space.modules.values()) + 1 + space.signature))
    if objects > most:
        raise ValueError(f"objects must be at most {most} in this space, got {objects}")
