"""Reading a pickle without trusting it: arrays of numbers and strings, and plain containers.

A pickle is a program that names the functions it calls. Here every name it may use stands for
something of ours, numpy's own constructors included: they believe what a file says about a dtype,
and a damaged or hostile one brings the interpreter down.
"""

from __future__ import annotations

import pickle
import re
from collections import OrderedDict
from typing import Any, BinaryIO, NoReturn

import numpy as np

# What the unpickler and numpy raise on bytes that make no sense.
DAMAGE = (
    ValueError,
    TypeError,
    LookupError,
    EOFError,
    AttributeError,
    ArithmeticError,
    MemoryError,
    RecursionError,
)


def load_plain(handle: BinaryIO) -> Any:
    """What the pickle in an open binary file holds.

    Raises
    ------
    pickle.UnpicklingError
        If that is anything but numbers, strings, plain containers and numpy arrays of numbers or
        strings: the message says what it is, and how to load it knowingly. Also if the file is
        damaged or no pickle.
    """
    try:
        return _finished(_PlainUnpickler(handle).load(), set())
    except DAMAGE as error:
        raise pickle.UnpicklingError(f"the file is damaged or no pickle: {error!r}") from error


class _PlainUnpickler(pickle.Unpickler):
    def find_class(self, module: str, name: str) -> Any:
        # The names before Python 3 and before numpy 2.
        module = {"__builtin__": "builtins"}.get(module, module)
        module = module.replace("numpy.core.", "numpy._core.")
        if (module, name) not in _NAMES:
            _refuse(f"{module}.{name}")
        return _NAMES[module, name]


class _Dtype:
    """Stands for a dtype while it is read: a code, then a state of which the byte order counts."""

    def __init__(self, code: str, *_: object) -> None:
        if not re.fullmatch(r"[biufc]\d{1,2}|[SU]\d{1,9}", code):
            _refuse(f"numpy dtype {code!r}")
        self.dtype = np.dtype(code)

    def __setstate__(self, state: tuple[Any, ...]) -> None:
        _, order, *structure = state[:5]
        if structure != [None] * 3:
            _refuse("structured numpy dtype")
        self.dtype = self.dtype.newbyteorder(order)


class _Array:
    """Stands for an array while it is read: numpy makes an empty one and then fills it in place."""

    __hash__ = None  # type: ignore[assignment]

    def __init__(self, *_: object) -> None:
        self.array = np.empty(0)

    def __setstate__(self, state: tuple[Any, ...]) -> None:
        _, shape, dtype, fortran, content = state
        self.array = _array(content, dtype, shape, "F" if fortran else "C")


def _array(content: bytes, dtype: _Dtype, shape: tuple[int, ...], order: Any) -> Any:
    return np.ndarray(shape, dtype.dtype, content, order=order).copy(order="K")


def _scalar(dtype: _Dtype, content: bytes) -> Any:
    return _array(content, dtype, (), "C")[()]


def _encode(text: str, encoding: str) -> bytes:
    if encoding != "latin1":
        _refuse(f"text encoded as {encoding!r}")
    return text.encode("latin1")


_NAMES: dict[tuple[str, str], Any] = {
    ("numpy._core.multiarray", "_reconstruct"): _Array,
    ("numpy._core.multiarray", "scalar"): _scalar,
    ("numpy._core.numeric", "_frombuffer"): _array,
    ("numpy", "ndarray"): _Array,
    ("numpy", "dtype"): _Dtype,
    ("collections", "OrderedDict"): OrderedDict,
    ("_codecs", "encode"): _encode,  # bytes in protocols before 3
    **{("builtins", kind.__name__): kind for kind in (complex, set, frozenset, bytearray)},
}


def _finished(thing: Any, seen: set[int]) -> Any:
    """`thing` with what stood for an array or a dtype replaced by it; containers in place."""
    if isinstance(thing, _Array):
        return thing.array
    if isinstance(thing, _Dtype):
        return thing.dtype
    if isinstance(thing, tuple):
        return tuple(_finished(part, seen) for part in thing)
    if isinstance(thing, (dict, list)) and id(thing) not in seen:
        seen.add(id(thing))
        for key in thing if isinstance(thing, dict) else range(len(thing)):
            thing[key] = _finished(thing[key], seen)
    return thing


def _refuse(what: str) -> NoReturn:
    raise pickle.UnpicklingError(
        f"the file holds {what}, and only numpy arrays of numbers or strings and plain containers "
        "are read here; if you trust where it comes from, pickle.load(open(path, 'rb')) reads "
        "anything, and runs whatever the file says"
    )
