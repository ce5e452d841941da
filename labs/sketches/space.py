"""The space that sketches live in: one dimension, and the random matrices of every module."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from typing import Any, Literal

import numpy as np

from labs.kit.checks import check_sizes, known
from labs.sketches.checks import check_share, check_whole, sequence
from labs.sketches.objects import Object, Scene, check_scene
from labs.sketches.rotations import (
    LEAK,
    MAPS,
    Blocks,
    Map,
    block_columns,
    check_blocks,
    transparent,
    transparent_transpose,
)

SHARES = {"attributes": 1 / 2, "count": 1 / 2}  # of an attribute subsketch
SIGNED = {"attributes": 1 / 2, "count": 1 / 4, "signature": 1 / 4}  # with signatures
HALF = 1 / 2  # of an object sketch: its attribute subsketch, and its input subsketch


@dataclass(frozen=True, eq=False)
class Space:
    """All random matrices of the sketches of one network, and what they leave of an object.

    In the spirit of Ghazi, Panigrahy and Wang 2019 (arXiv:1905.12730): every module M has rotations
    R_{M,0} (of its objects), R_{M,1} (of attributes) and R_{M,2} (of the number of objects); every
    position of a tuple has one, R_i, which all tuples share.

    Matrices are drawn when they are first needed and kept; arrays are read-only. Copies and pickles
    leave them out and draw the same ones again.

    Args:
        d: dimension of every sketch. In a handful of dimensions a transparent matrix may be
            singular (in one it is 0 or 1): then nothing is left to read.
        modules: name -> number of attributes of its objects, at most `d`; copied.
        positions: number of positions in a tuple.
        seed: another seed, other matrices; 0 or more.
        reading: what a gain loses per level. "A": the two halves of an object sketch are added.
            "B": they are a tuple themselves, which loses another factor of 2 per level; its two
            matrices are no position's.
        maps: "structured" (`Rotation`) or "haar" (`Haar`, for small d).
        blocks: the law of block-random columns for R_{M,1} and R_{M,2} in place of rotations, for
            network recovery.
        signature: numbers of an object's signature, an extension (`labs.sketches.signatures`); 0
            leaves it out.

    Raises:
        TypeError: `modules` is no mapping of names, `blocks` are no `Blocks`.
        ValueError: a size below 1, more attributes than `d`, no module, an unknown reading or kind
            of map, blocks that do not fit, a negative seed.

    >>> space = Space(256, {"face": 3}, positions=2)
    >>> space.gain((1.0,)), space.gain((0.5, 0.5))  # of weights on the way to an object
    (0.0625, 0.001953125)
    >>> columns = space.columns("face")  # of three attributes, and of the count
    >>> columns.shape, bool(np.allclose(columns[:, :3].T @ columns[:, :3], np.eye(3)))
    ((256, 4), True)
    >>> moved = transparent(space.module("face"), part(space, "attributes", columns.T)).T
    >>> bool(np.allclose(space.object_columns("face"), moved))  # where an object's sketch has them
    True
    >>> space.module("face").name, space.position(1).name  # of the streams that draw them
    ('module face 0', 'position 1')
    """

    d: int
    modules: Mapping[str, int]
    positions: int
    seed: int = 0
    reading: Literal["A", "B"] = "A"
    maps: str = "structured"
    blocks: Blocks | None = None
    signature: int = 0
    _drawn: dict[str, Map] = field(default_factory=dict, init=False, repr=False)
    _columns: dict[str, np.ndarray] = field(default_factory=dict, init=False, repr=False)
    _of_objects: dict[str, np.ndarray] = field(default_factory=dict, init=False, repr=False)

    def __post_init__(self) -> None:
        check_sizes(d=self.d, positions=self.positions)
        if not isinstance(self.modules, Mapping):
            raise TypeError(f"modules must be name -> number of attributes, got {self.modules!r}")
        if not self.modules:
            raise ValueError("modules must hold at least 1, got none")
        for name, count in self.modules.items():
            if not isinstance(name, str):
                raise TypeError(f"modules must have text as names, got {name!r}")
            check_sizes(**{f"attributes of {name}": count})
            if count > self.d:
                raise ValueError(f"attributes of {name} must be at most d = {self.d}, got {count}")
        object.__setattr__(self, "modules", dict(self.modules))
        check_whole("signature", self.signature, 0, self.d)
        known("reading", self.reading, ("A", "B"))
        known("maps", self.maps, MAPS)
        if self.blocks is not None:
            check_blocks(self.d, self.blocks)
        check_whole("seed", self.seed, 0)

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), tuple(getattr(self, item.name) for item in fields(self) if item.init)

    @property
    def shares(self) -> Mapping[str, float]:
        """Of an attribute subsketch: what is attributes, what the count, what the signature.

        >>> dict(Space(64, {"face": 2}, positions=1, signature=8).shares)
        {'attributes': 0.5, 'count': 0.25, 'signature': 0.25}
        """
        return SIGNED if self.signature else SHARES

    def map(self, name: str) -> Map:
        """The rotation of a name, drawn when it is first asked for."""
        if name not in self._drawn:
            self._drawn[name] = MAPS[self.maps](self.d, name, self.seed)
        return self._drawn[name]

    def position(self, index: int) -> Map:
        """R_i of a position in a tuple.

        Raises:
            ValueError: an index outside the space's positions.
        """
        check_whole("position", index, 0, self.positions - 1)
        return self.map(f"position {index}")

    def module(self, name: str) -> Map:
        """R_{M,0} of a module.

        Raises:
            ValueError: an unknown module.
        """
        return self.map(f"module {known('module', name, self.modules)} 0")

    def columns(self, name: str) -> np.ndarray:
        """The columns that a module's objects add up (d, n + 1 + signature): of R_{M,1} one per
        attribute, of R_{M,2} one for the count, and those of signatures. Unless they are blocks,
        those of one matrix are orthonormal.

        Raises:
            ValueError: an unknown module.
        """
        if name not in self._columns:
            count = self.modules[known("module", name, self.modules)]
            self._columns[name] = _fixed(self._draw(name, count))
        return self._columns[name]

    def _draw(self, name: str, count: int) -> np.ndarray:
        signed = self._first("signature", self.signature)  # of all modules alike
        if self.blocks is not None:
            purpose = f"module {name} 1 and 2"
            own = [block_columns(self.d, count + 1, self.blocks, purpose, self.seed)]
        else:
            own = [self._first(f"module {name} {i}", n) for i, n in ((1, count), (2, 1))]
        return np.hstack([*own, signed])

    def object_columns(self, name: str) -> np.ndarray:
        """The columns of a module's objects in their own sketch, which is where `columns` come to
        lie by its halving and by R_{M,0} (d, n + 1 + signature).

        Raises:
            ValueError: an unknown module.
        """
        if name not in self._of_objects:
            half = part(self, "attributes", self.columns(name).T)
            self._of_objects[name] = _fixed(transparent(self.module(name), half).T)
        return self._of_objects[name]

    def _first(self, name: str, count: int) -> np.ndarray:
        return self.map(name).apply(np.eye(count, self.d)).T

    def gain(self, weights: Sequence[float], what: str = "attributes") -> float:
        """How much of an object is left in a readout, computed along its path.

        Args:
            weights: those on the way from the root to the object, one per level.
            what: "attributes", "count" or, in a space that has them, "signature".

        Returns:
            The factor between an attribute and its place in ``R^T sketch``. Where a readout keeps a
            share of the sketch's numbers only, multiply it by that share.

        Raises:
            TypeError: weights that are no sequence.
            ValueError: no weights, one outside [0, 1], or an unknown `what`.

        >>> added, paired = (Space(64, {"face": 2}, 1, reading=which) for which in ("A", "B"))
        >>> added.gain((1.0,)), paired.gain((1.0,))
        (0.0625, 0.03125)
        """
        weights = sequence("weights", weights)
        if not weights:
            raise ValueError("weights must be numbers, one per level, got none")
        for weight in weights:
            check_share("weight", weight, zero=True)
        gain = self.shares[known("what", what, self.shares)]
        half = HALF * (LEAK if self.reading == "B" else 1)  # attributes, or inputs, in an object
        for weight in weights:
            gain *= float(weight) * LEAK * LEAK * half  # of the position, the module, its half
        return gain

    def check(self, scene: Scene) -> None:
        """Refuse a scene that is not of this space.

        Raises:
            TypeError: something else than a scene.
            ValueError: an unknown module or position, another number of attributes than the module
                has.

        >>> Space(64, {"face": 2}, positions=1).check(Scene([Object("face", [1.0])]))
        Traceback (most recent call last):
            ...
        ValueError: attributes of face must be 2, got 1
        """
        check_scene(scene)
        self._check(scene, set())

    def _check(self, scene: Scene, seen: set[Scene]) -> None:
        for item, _, position in scene:
            if self.modules.get(item.module) != len(item.attributes):
                self.check_object(item)
            if position >= self.positions:
                self.position(position)
            if item.inputs.objects and item.inputs not in seen:
                seen.add(item.inputs)
                self._check(item.inputs, seen)

    def check_object(self, item: Object) -> None:
        """Refuse an object that is not of this space, whatever it is made of.

        Raises:
            TypeError, ValueError: as `check`.
        """
        if not isinstance(item, Object):
            raise TypeError(f"item must be an Object, got {item!r}")
        if self.modules.get(item.module) != len(item.attributes):
            count = self.modules[known("module", item.module, self.modules)]
            raise ValueError(
                f"attributes of {item.module} must be {count}, got {len(item.attributes)}"
            )


def check_space(space: Space) -> None:
    """Refuse what is no space, as where arguments are given in another order.

    Raises:
        TypeError: something else than a `Space`.

    >>> check_space("face")
    Traceback (most recent call last):
        ...
    TypeError: space must be a Space, got 'face'
    """
    if not isinstance(space, Space):
        raise TypeError(f"space must be a Space, got {space!r}")


def _fixed(columns: np.ndarray) -> np.ndarray:
    columns.flags.writeable = False
    return columns


def part(space: Space, what: Literal["attributes", "inputs"], sketch: np.ndarray) -> np.ndarray:
    """What an attribute or an input sketch (..., d) becomes in its object's: half of it, in reading
    B of its transparent image.

    >>> sketch = np.eye(1, 65536)[0]
    >>> added, paired = (Space(65536, {"face": 2}, 1, reading=which) for which in ("A", "B"))
    >>> [round(float(part(space, "inputs", sketch) @ sketch), 2) for space in (added, paired)]
    [0.5, 0.25]
    """
    if space.reading == "B":
        sketch = transparent(space.map(f"pair {what}"), sketch)
    return HALF * sketch


def part_transpose(
    space: Space, what: Literal["attributes", "inputs"], sketch: np.ndarray
) -> np.ndarray:
    """The transpose of `part`, applied to an object sketch (..., d).

    >>> space = Space(64, {"face": 2}, positions=1, reading="B")
    >>> x, y = np.random.default_rng(0).standard_normal((2, 64))
    >>> there, back = part(space, "inputs", x) @ y, x @ part_transpose(space, "inputs", y)
    >>> bool(np.isclose(there, back))
    True
    """
    if space.reading == "B":
        sketch = transparent_transpose(space.map(f"pair {what}"), sketch)
    return HALF * sketch
