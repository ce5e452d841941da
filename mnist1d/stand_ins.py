"""What stands for things while an untrusted pickle is read.

A pickle calls what it names and changes the state of anything that it holds. Every name here gets
an object of ours: numpy's own constructors believe what a file says about a dtype, and a hostile
one brings the interpreter down; a class or a function could be changed for good.
"""

from __future__ import annotations

import math
import pickle
import re
from argparse import Namespace
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any, NoReturn

import numpy as np

from mnist1d.arguments import ObjectView
from mnist1d.checks import LARGEST, shown

DTYPE = re.compile(r"[biufc][1-9]\d?|[SU][1-9]\d{0,8}|[mM]8")
UNIT = re.compile(r"generic|Y|M|W|D|h|m|s|ms|us|ns|ps|fs|as")


def refuse(what: str) -> NoReturn:
    raise pickle.UnpicklingError(
        f"the file holds {what}, and only numbers, texts, dates, paths, arrays and tensors of "
        "numbers or texts and plain containers are read here; if you trust where it comes from, "
        "from_pickle(path, trust=True) reads anything, and runs whatever the file says"
    )


class StandIn:
    """Stands for `thing` until the file is read, and takes no state that is not its own."""

    __slots__ = ("thing",)

    thing: Any

    def __setstate__(self, state: Any) -> None:
        refuse(f"a new state of {shown(self.thing)}")


class Name(StandIn):
    """Stands for a class or, without a `thing`, a function: `make` is how a file may call it."""

    __slots__ = ("make",)

    def __init__(self, thing: type | None, make: Callable[..., Any] | None = None) -> None:
        self.thing, self.make = thing, make

    def __call__(self, *args: Any) -> Any:
        if self.make is None:
            refuse(f"a call of {shown(self.thing)}")
        return self.make(*args)


class Dtype(StandIn):
    """Stands for a numpy dtype: a code, then a state of which byte order and unit count."""

    __slots__ = ()

    def __init__(self, code: str | bytes, *_: object) -> None:
        code = text(code)
        if not DTYPE.fullmatch(code):
            refuse(f"numpy dtype {shown(code)}")
        self.thing = np.dtype(code)

    def __setstate__(self, state: tuple[Any, ...]) -> None:
        _, order, *structure = state[:5]
        if structure != [None] * 3:
            refuse("structured numpy dtype")
        if self.thing.kind in "mM" and len(state) > 8:
            self.thing = _timed(self.thing, *state[8][1])
        self.thing = np.dtype(self.thing.newbyteorder(text(order)).str)


class Array(StandIn):
    """Stands for a numpy array: numpy makes an empty one and then fills it in place."""

    __slots__ = ()
    __hash__ = None  # type: ignore[assignment]

    def __init__(self, *_: object) -> None:
        self.thing = np.empty(0)

    def __setstate__(self, state: tuple[Any, ...]) -> None:
        _, shape, dtype, fortran, content = state
        self.thing = array(content, dtype, shape, "F" if fortran else "C")


class View:
    """Stands for an object that is nothing but its attributes; a pickle asks for a class."""

    __slots__ = ("thing",)

    kind: Any
    thing: Any

    def __new__(cls) -> View:
        view = super().__new__(cls)
        view.thing = cls.kind.__new__(cls.kind)
        return view

    def __setstate__(self, state: dict[str, Any]) -> None:
        if not all(type(name) is str for name in state):
            refuse("attributes whose names are no text")
        vars(self.thing).update(state)


VIEWS = {
    kind: type(f"{kind.__name__}View", (View,), {"__slots__": (), "kind": kind})
    for kind in (ObjectView, Namespace, SimpleNamespace)
}


def array(content: Any, dtype: Dtype, shape: tuple[int, ...], order: Any, axes: Any = None) -> Any:
    """An array of its own, of exactly the bytes that are there."""
    content = content.encode("latin1") if isinstance(content, str) else content
    # Checked before they are multiplied: a text times a number is as long as the number says.
    if not (type(shape) is tuple and len(shape) <= 64 and all(map(_is_size, shape))):
        raise ValueError(f"an array has no shape {shown(shape)}")
    if not isinstance(dtype, Dtype):
        raise TypeError(f"an array has no dtype {shown(dtype)}")
    if math.prod(shape) * dtype.thing.itemsize != len(content):
        raise ValueError(f"an array of shape {shown(shape)} is {len(content)} bytes long")
    if axes is not None:
        return np.ndarray(shape, dtype.thing, content).transpose(axes).copy(order="K")
    return np.ndarray(shape, dtype.thing, content, order=order).copy(order="K")


def _is_size(value: Any) -> bool:
    return type(value) is int and 0 <= value <= LARGEST


def scalar(dtype: Dtype, content: Any) -> Any:
    return array(content, dtype, (), "C")[()]


def text(value: str | bytes) -> str:
    """Python 2's strings, which arrive as bytes if that is what was asked for."""
    return value.decode("latin1") if isinstance(value, bytes) else value


def _timed(dtype: np.dtype[Any], unit: str | bytes, count: int, *_: object) -> np.dtype[Any]:
    unit = text(unit)
    if not UNIT.fullmatch(unit):
        refuse(f"numpy unit of time {shown(unit)}")
    if type(count) is not int or count < 1:
        refuse(f"a numpy unit of time of {shown(count)} {unit}")
    return dtype if unit == "generic" else np.dtype(f"{dtype.kind}8[{count}{unit}]")
