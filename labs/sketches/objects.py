"""What a modular network did on one input: objects made of objects.

An object is one output of one module: an attribute vector, and the objects that the module looked
at, with weights. The weighted objects at the top are a scene: what the paper calls the inputs of
the output pseudo-object (Ghazi, Panigrahy and Wang 2019, arXiv:1905.12730).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from math import fsum, hypot
from numbers import Real
from typing import Any, NamedTuple

import numpy as np

from labs.sketches.checks import check_whole, numbers, sequence

TOLERANCE = 1e-6  # of a sum of weights, and of a norm: they may come from float32


@dataclass(frozen=True, eq=False)
class Scene:
    """Weighted objects at positions; also what an object is made of.

    The same object may stand in several scenes, or twice in one: a network whose modules share what
    lower modules found (a directed acyclic graph) is a tree in which that object is repeated, and
    its weights add (`effective_weights`).

    Args:
        objects: any number; none is an empty scene.
        weights: of the objects, at least 0, sum 1 to the rounding of float32 (1e-6); by default
            equal ones.
        positions: of the objects in the tuple, each of which has a rotation of its own; by default
            0, 1, 2, ... Several objects may share one.

    Raises:
        TypeError: something else than an `Object` among the objects; what is no sequence.
        ValueError: weights that are negative, not finite, or do not sum to one; another number of
            weights or positions than of objects; a position that is not a whole number of at
            least 0.

    >>> a, b = Object("eye", [1.0, 0.0]), Object("ear", [0.6, 0.8])
    >>> Scene([a, b]).weights
    (0.5, 0.5)
    >>> Scene([a, b], [0.7, 0.2])
    Traceback (most recent call last):
        ...
    ValueError: weights must sum to 1, got 0.9
    """

    objects: Sequence[Object] = ()
    weights: Sequence[float] | None = None
    positions: Sequence[int] | None = None

    def __post_init__(self) -> None:
        objects = sequence("objects", self.objects)
        for item in objects:
            if not isinstance(item, Object):
                raise TypeError(f"objects must be of type Object, got {item!r}")
        object.__setattr__(self, "objects", objects)
        equal = [1 / len(objects) for _ in objects]
        weights = equal if self.weights is None else self.weights
        weights = sequence("weights", weights)
        object.__setattr__(self, "weights", _weights(weights, len(objects)))
        positions = range(len(objects)) if self.positions is None else self.positions
        positions = sequence("positions", positions)
        object.__setattr__(self, "positions", _positions(positions, len(objects)))

    def __iter__(self) -> Iterator[tuple[Object, float, int]]:
        """Each object with its weight and its position."""
        return zip(self.objects, self.weights or (), self.positions or (), strict=True)

    def __len__(self) -> int:
        return len(self.objects)


@dataclass(frozen=True, eq=False)
class Object:
    """One output of a module.

    Args:
        module: its name.
        attributes: (n,) numbers, of either sign, of norm at most 1 to the rounding of float32;
            kept as a read-only copy in float64.
        inputs: the objects that it was made of, by default none.

    Raises:
        TypeError: a module that is not text, `inputs` that is no `Scene`, attributes that are no
            numbers.
        ValueError: attributes that are not a vector of finite numbers of norm at most 1.

    >>> eye = Object("eye", [0.6, 0.8])
    >>> face = Object("face", [1.0], Scene([eye, eye]))
    >>> [(item.module, weight) for item, weight, _ in face.inputs]
    [('eye', 0.5), ('eye', 0.5)]
    >>> Object("eye", [3.0, 4.0])
    Traceback (most recent call last):
        ...
    ValueError: attributes must be finite and of norm at most 1, got norm 5
    """

    module: str
    attributes: Any
    inputs: Scene = field(default_factory=Scene)

    def __post_init__(self) -> None:
        if not isinstance(self.module, str):
            raise TypeError(f"module must be text, got {self.module!r}")
        if not isinstance(self.inputs, Scene):
            raise TypeError(f"inputs must be a Scene, got {self.inputs!r}")
        x = numbers("attributes", self.attributes).copy()
        if x.ndim != 1 or not len(x):
            raise ValueError(f"attributes must be a vector of at least 1 number, got {x.shape}")
        norm = hypot(*x.tolist())
        if not norm <= 1 + TOLERANCE:
            raise ValueError(
                f"attributes must be finite and of norm at most 1, got norm {norm:.9g}"
            )
        x.flags.writeable = False
        object.__setattr__(self, "attributes", x)

    def __reduce__(self) -> tuple[Any, ...]:
        """Copies and pickles are read-only too."""
        return type(self), (self.module, self.attributes, self.inputs)


def _weights(weights: Sequence[float], count: int) -> tuple[float, ...]:
    if len(weights) != count:
        raise ValueError(f"weights must be {count}, one per object, got {len(weights)}")
    real = all(type(w) is float or isinstance(w, Real) for w in weights)  # the latter takes longer
    if not real or not all(0 <= w <= 1 + TOLERANCE for w in weights):
        raise ValueError(f"weights must be numbers from 0 to 1, got {list(weights)!r}")
    found = tuple(min(float(w), 1.0) for w in weights)
    if count and abs(fsum(weights) - 1) > TOLERANCE:
        raise ValueError(f"weights must sum to 1, got {fsum(weights):.9g}")
    return found


def _positions(positions: Sequence[int], count: int) -> tuple[int, ...]:
    if len(positions) != count:
        raise ValueError(f"positions must be {count}, one per object, got {len(positions)}")
    for position in positions:
        if type(position) is not int or position < 0:
            check_whole("position", position, 0)
    return tuple(map(int, positions))


def check_scene(scene: Scene) -> None:
    """Refuse what is no scene.

    Raises:
        TypeError: something else than a `Scene`.

    >>> check_scene(Object("eye", [1.0]).attributes)
    Traceback (most recent call last):
        ...
    TypeError: scene must be a Scene, got array([1.])
    """
    if not isinstance(scene, Scene):
        raise TypeError(f"scene must be a Scene, got {scene!r}")


class Place(NamedTuple):
    """An object in a scene, with the positions and the weights on the way to it.

    >>> Place(Object("edge", [1.0]), positions=(0, 1), weights=(0.5, 0.25)).weight
    0.125
    """

    object: Object
    positions: tuple[int, ...]
    weights: tuple[float, ...]

    @property
    def weight(self) -> float:
        """The effective weight: the product of the weights on the way."""
        return float(np.prod(self.weights))


def places(scene: Scene) -> Iterator[Place]:
    """Every object of a scene in every place where it stands, parents before their inputs.

    >>> leaf = Object("edge", [1.0])
    >>> for place in places(Scene([Object("face", [1.0], Scene([leaf, leaf])), leaf])):
    ...     print(place.object.module, place.positions, place.weight)
    face (0,) 0.5
    edge (0, 0) 0.25
    edge (0, 1) 0.25
    edge (1,) 0.5
    """
    check_scene(scene)
    for item, weight, position in scene:
        yield Place(item, (position,), (weight,))
        for below in places(item.inputs):
            yield Place(below.object, (position, *below.positions), (weight, *below.weights))


def at(scene: Scene, positions: Sequence[int]) -> list[Place]:
    """The objects that stand at the end of a path of positions, several where they share it.

    Raises:
        ValueError: a path that does not exist in the scene.

    >>> at(Scene([Object("edge", [1.0])]), (3,))
    Traceback (most recent call last):
        ...
    ValueError: positions must be a path that exists in the scene, got (3,)
    """
    path = sequence("positions", positions)
    found = [place for place in places(scene) if place.positions == path]
    if not found:
        raise ValueError(f"positions must be a path that exists in the scene, got {path}")
    return found


def effective_weights(scene: Scene) -> dict[Object, float]:
    """The effective weight of every object, added over the places where it stands.

    >>> leaf = Object("edge", [1.0])
    >>> effective_weights(Scene([Object("face", [1.0], Scene([leaf])), leaf]))[leaf]
    1.0
    """
    total: dict[Object, float] = {}
    for place in places(scene):
        total[place.object] = total.get(place.object, 0.0) + place.weight
    return total


def depth(scene: Scene) -> int:
    """The longest path: 0 of an empty scene, 1 of a flat one.

    >>> eye = Object("eye", [1.0])
    >>> face = Object("face", [1.0], Scene([eye]))
    >>> depth(Scene()), depth(Scene([eye])), depth(Scene([eye, face]))
    (0, 1, 2)
    """
    check_scene(scene)
    return max((1 + depth(item.inputs) for item in scene.objects), default=0)
