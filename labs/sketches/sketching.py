"""Sketches of attributes, inputs, objects and scenes, one at a time and many at once.

In the spirit of Ghazi, Panigrahy and Wang 2019 (arXiv:1905.12730), for an object of module M with
attributes x and inputs o_1, ..., o_k of weights w_1, ..., w_k::

    attribute sketch   a = 1/2 R_{M,1} x + 1/2 R_{M,2} e_1
    input sketch       b = sum_i w_i (I + R_i)/2 sketch(o_i)
    object sketch          (I + R_{M,0})/2 (1/2 a + 1/2 b)

and the overall sketch is the input sketch of the scene. All of them are linear in the attributes,
with a constant for the counts: `path_columns` gives the columns.
"""

from collections.abc import Sequence
from itertools import compress
from typing import NamedTuple

import numpy as np
from scipy.sparse import csr_array

from labs.sketches.checks import sequence
from labs.sketches.objects import Object, Scene, check_scene
from labs.sketches.rotations import transparent
from labs.sketches.signatures import signature
from labs.sketches.space import Space, check_space, part

CHUNK = 2**22  # numbers of what waits for rotations, beside the result
CACHED = 1024  # numbers, and scenes, that are computed together: a processor's cache holds them

Step = tuple[int, str]  # a position, and the module of the object there


def coefficients(space: Space, item: Object) -> np.ndarray:
    """What an object multiplies its module's columns with (n + 1 + signature,): its attributes, 1
    for the count and its signature, each times its share of the attribute sketch.

    >>> coefficients(Space(64, {"face": 2}, 1), Object("face", [0.6, -0.8])).tolist()
    [0.3, -0.4, 0.5]
    """
    check_space(space)
    space.check_object(item)
    return _coefficients(space, [item])[0]


def attribute_sketch(space: Space, item: Object) -> np.ndarray:
    """The attribute sketch of an object (d,).

    >>> space, face = Space(65536, {"face": 2}, positions=1), Object("face", [0.6, -0.8])
    >>> read = attribute_sketch(space, face) @ space.columns("face")
    >>> read.round(1).tolist()  # half of each attribute, and half of the count
    [0.3, -0.4, 0.5]
    """
    own = coefficients(space, item)
    return space.columns(item.module) @ own


def input_sketch(space: Space, scene: Scene) -> np.ndarray:
    """The input sketch of weighted objects (d,); zeros where there are none.

    >>> space = Space(256, {"eye": 1, "ear": 1}, positions=2)
    >>> eye, ear = Object("eye", [1.0]), Object("ear", [-0.5])
    >>> sketch = input_sketch(space, Scene([eye, ear], [0.75, 0.25]))
    >>> first = transparent(space.position(0), object_sketch(space, eye))
    >>> second = transparent(space.position(1), object_sketch(space, ear))
    >>> bool(np.allclose(sketch, 0.75 * first + 0.25 * second))
    True
    """
    check_space(space)
    check_scene(scene)
    return _input_sketch(space, scene, _Shared(scene))


def object_sketch(space: Space, item: Object) -> np.ndarray:
    """The sketch of an object and of all that it is made of (d,).

    >>> space = Space(256, {"face": 1, "eye": 1}, positions=1)
    >>> plain, whole = Object("face", [1.0]), Object("face", [1.0], Scene([Object("eye", [0.5])]))
    >>> more = object_sketch(space, whole) - object_sketch(space, plain)
    >>> eye = part(space, "inputs", input_sketch(space, whole.inputs))
    >>> bool(np.allclose(more, transparent(space.module("face"), eye)))
    True
    """
    check_space(space)
    space.check_object(item)
    return _object_sketch(space, item, _Shared(item.inputs))


class _Shared(dict[Object, np.ndarray | None]):
    """Objects that are made of others and that several stand above, with their sketches once those
    are made: no work is done twice for them, and nothing is kept of the rest."""

    def __init__(self, scene: Scene) -> None:
        super().__init__()
        self._find(scene, set())

    def _find(self, scene: Scene, seen: set[Object]) -> None:
        for item in scene.objects:
            if item in seen:
                self[item] = None
            elif item.inputs.objects:
                seen.add(item)
                self._find(item.inputs, seen)


def _input_sketch(space: Space, scene: Scene, shared: _Shared) -> np.ndarray:
    total = np.zeros(space.d)
    for item, weight, position in scene:
        sketch = shared.get(item)
        if sketch is None:
            sketch = _object_sketch(space, item, shared)
        if item in shared:
            shared[item] = sketch
        total += weight * transparent(space.position(position), sketch)
    return total


def _object_sketch(space: Space, item: Object, shared: _Shared) -> np.ndarray:
    own = part(space, "attributes", attribute_sketch(space, item))
    made_of = part(space, "inputs", _input_sketch(space, item.inputs, shared))
    return transparent(space.module(item.module), own + made_of)


def overall_sketch(space: Space, scene: Scene) -> np.ndarray:
    """The sketch of a scene (d,), float64: the definition, one object after the other. One that
    stands in several places is sketched once.

    Raises:
        TypeError: something else than a `Scene`.
        ValueError: an unknown module or position, another number of attributes than a module has.

    >>> space = Space(256, {"face": 2, "edge": 1}, positions=2)
    >>> edge = Object("edge", [1.0])
    >>> overall_sketch(space, Scene([Object("face", [0.6, 0.8], Scene([edge])), edge])).shape
    (256,)
    """
    check_space(space)
    space.check(scene)
    return input_sketch(space, scene)


def overall_sketches(space: Space, scenes: Sequence[Scene]) -> np.ndarray:
    """The sketches of many scenes (len(scenes), d), float64, as `overall_sketch` gives one by one.

    Objects of one module at one position go through their rotations together, and where there are
    many of them their columns do, so that each object costs one small product. An object that is
    made of others costs as often as it stands in different places.

    Raises:
        TypeError, ValueError: as `overall_sketch`.

    >>> space = Space(256, {"face": 1}, positions=2)
    >>> overall_sketches(space, [Scene([Object("face", [1.0])] * k) for k in (1, 2)]).shape
    (2, 256)
    """
    check_space(space)
    scenes = sequence("scenes", scenes)
    for scene in scenes:
        space.check(scene)
    return _inputs(space, scenes)


def path_columns(space: Space, path: Sequence[Step]) -> np.ndarray:
    """The columns of an object at the end of a path in the overall sketch, for weights of 1.

    Args:
        space: whose columns.
        path: (position, module) of every object on the way from the root, the object's own last.

    Returns:
        (d, n + 1 + signature): times `coefficients` of the object and times its effective weight,
        this is what the object adds to the sketch.

    Raises:
        ValueError: an empty path, an unknown module or position.

    >>> space, face = Space(64, {"face": 2}, positions=1), Object("face", [0.6, 0.8])
    >>> columns = path_columns(space, [(0, "face")])
    >>> sketch = overall_sketch(space, Scene([face]))
    >>> bool(np.allclose(columns @ coefficients(space, face), sketch))
    True
    """
    *above, (position, module) = check_path(space, path)
    rows = transparent(space.position(position), space.object_columns(module).T)
    for position, module in reversed(above):
        rows = transparent(space.module(module), part(space, "inputs", rows))
        rows = transparent(space.position(position), rows)
    return rows.T


def check_path(space: Space, path: Sequence[Step]) -> tuple[Step, ...]:
    """The path, unless it is not of this space.

    Raises:
        TypeError: a path that is no sequence.
        ValueError: an empty path, steps that are no pairs, an unknown module or position.

    >>> space = Space(64, {"face": 2, "eye": 1}, positions=2)
    >>> check_path(space, [(0, "face"), (1, "eye")])  # the eye at position 1 of the face at 0
    ((0, 'face'), (1, 'eye'))
    >>> check_path(space, [(0, "face"), (2, "eye")])
    Traceback (most recent call last):
        ...
    ValueError: position must be a whole number from 0 to 1, got 2
    """
    check_space(space)
    steps = sequence("path", path)
    if not steps:
        raise ValueError("path must hold at least one (position, module), got none")
    for step in steps:
        if not isinstance(step, tuple) or len(step) != 2:
            raise ValueError(f"path must be of pairs (position, module), got {step!r}")
        space.position(step[0])
        space.module(step[1])
    return steps


class _Objects(NamedTuple):
    """The objects of many scenes in one row of N, with the scene, the weight, the position and the
    module of each, the latter as its place among the space's: arrays (N,)."""

    items: list[Object]
    rows: np.ndarray
    weights: np.ndarray
    positions: np.ndarray
    modules: np.ndarray

    def those(self, mask: np.ndarray) -> "_Objects":
        return _Objects(list(compress(self.items, mask)), *(values[mask] for values in self[1:]))


def _flat(space: Space, scenes: Sequence[Scene]) -> _Objects:
    items = [item for scene in scenes for item in scene.objects]
    place = {name: i for i, name in enumerate(space.modules)}
    return _Objects(
        items,
        np.repeat(np.arange(len(scenes)), [len(scene) for scene in scenes]),
        np.array([weight for scene in scenes for weight in scene.weights or ()]),
        np.array([index for scene in scenes for index in scene.positions or ()], dtype=int),
        np.array([place[item.module] for item in items], dtype=int),
    )


def _inputs(space: Space, scenes: Sequence[Scene]) -> np.ndarray:
    """Input sketches of many scenes (S, d)."""
    found, total = _flat(space, scenes), np.zeros((len(scenes), space.d))
    leaf = np.array([not item.inputs.objects for item in found.items], dtype=bool)
    if leaf.sum() <= _starts(space, found.those(leaf))[-1]:
        leaf[:] = False  # there are fewer objects than columns to send through the rotations
    if leaf.any():
        _set_by_columns(space, found.those(leaf), total)
    step = max(1, CHUNK // (space.d * space.positions))
    for i in range(0, len(scenes), step):
        here = found.those(~leaf & (found.rows >= i) & (found.rows < i + step))
        _add_by_rotation(space, here._replace(rows=here.rows - i), total[i : i + step])
    return total


def _widths(space: Space) -> np.ndarray:
    """How many columns an object of each module has."""
    return np.array([count + 1 + space.signature for count in space.modules.values()])


def _starts(space: Space, found: _Objects) -> np.ndarray:
    """Where the columns of each position and module begin when those that objects need lie side by
    side, position by position; at last, their number (positions * modules + 1,)."""
    needed = np.zeros((space.positions, len(space.modules)), dtype=int)
    needed[found.positions, found.modules] = 1
    return np.concatenate([[0], np.cumsum(needed * _widths(space))])


def _set_by_columns(space: Space, found: _Objects, total: np.ndarray) -> None:
    """The sketches of objects without inputs: the columns of each position and module go through
    its rotation, and all is one sparse product with them."""
    starts = _starts(space, found)
    product = _coefficients_of_columns(space, found, starts, len(total))
    columns = np.empty((starts[-1], space.d))
    for place in np.flatnonzero(np.diff(starts)).tolist():
        position, module = divmod(place, len(space.modules))
        own = space.object_columns(list(space.modules)[module]).T
        columns[starts[place] : starts[place + 1]] = transparent(space.position(position), own)
    for i in range(0, space.d, CACHED):
        own = np.ascontiguousarray(columns[:, i : i + CACHED])
        for j in range(0, len(total), CACHED):
            total[j : j + CACHED, i : i + CACHED] = product[j : j + CACHED] @ own


def _coefficients_of_columns(
    space: Space, found: _Objects, starts: np.ndarray, scenes: int
) -> csr_array:
    """What each scene multiplies the columns with (scenes, columns), object after object."""
    widths = _widths(space)
    ends = np.concatenate([[0], np.cumsum(widths[found.modules])])
    values, where = np.empty(ends[-1]), np.empty(ends[-1], dtype=int)
    for module, width in enumerate(widths):
        (own,) = np.nonzero(found.modules == module)
        if len(own):
            places = ends[own, None] + np.arange(width)
            items = [found.items[i] for i in own.tolist()]
            values[places] = _coefficients(space, items) * found.weights[own, None]
            first = starts[found.positions[own] * len(widths) + module]
            where[places] = first[:, None] + np.arange(width)
    rows = ends[np.searchsorted(found.rows, np.arange(scenes + 1))]
    return csr_array((values, where, rows), shape=(scenes, starts[-1]))


def _add_by_rotation(space: Space, found: _Objects, total: np.ndarray) -> None:
    """Add objects one by one, those of a module and those of a position through its rotation
    together."""
    waiting: dict[int, np.ndarray] = {}  # at each position, for its rotation
    for module in set(found.modules.tolist()):
        own = found.those(found.modules == module)
        sketches = _objects(space, own.items)
        for position in set(own.positions.tolist()):
            (here,) = np.nonzero(own.positions == position)
            shape = (len(total), len(own.items))
            weights = csr_array((own.weights[here], (own.rows[here], here)), shape=shape)
            waiting[position] = waiting.get(position, 0) + weights @ sketches
    for position, sketch in waiting.items():
        total += transparent(space.position(position), sketch)


def _objects(space: Space, items: Sequence[Object]) -> np.ndarray:
    """Sketches of objects of one module (len(items), d)."""
    module, values = items[0].module, _coefficients(space, items)
    total = part(space, "attributes", values @ space.columns(module).T)
    made = [place for place, item in enumerate(items) if item.inputs.objects]
    if made:
        inputs = _inputs(space, [items[place].inputs for place in made])
        total[made] += part(space, "inputs", inputs)
    return transparent(space.module(module), total)


def _coefficients(space: Space, items: Sequence[Object]) -> np.ndarray:
    """`coefficients` of objects of one module (len(items), n + 1 + signature)."""
    x = np.concatenate([item.attributes for item in items]).reshape(len(items), -1)
    shares = space.shares
    parts = [shares["attributes"] * x, np.full((len(x), 1), shares["count"])]
    if space.signature:
        signed = [signature(item, space.signature) for item in items]
        parts.append(shares["signature"] * np.stack(signed))
    return np.hstack(parts)
