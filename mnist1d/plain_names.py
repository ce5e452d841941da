"""The names that a pickle of plain data may use, and what stands for each."""

from __future__ import annotations

import datetime
import os
import pathlib
from collections import Counter, OrderedDict, defaultdict, deque
from typing import Any

import numpy as np

from mnist1d.checks import shown
from mnist1d.stand_ins import VIEWS, Array, Dtype, Name, array, refuse, scalar

POSIX, WINDOWS = (
    (pathlib.PosixPath, pathlib.PureWindowsPath)
    if os.name == "posix"
    else (pathlib.PurePosixPath, pathlib.WindowsPath)
)


def made_of(kind: Any, *parts: type) -> Name:
    """A class that a file may fill with what it holds already, and so with no more than that."""

    def make(*args: Any) -> Any:
        if not all(isinstance(arg, parts) for arg in args):
            refuse(f"{shown(kind)} made of {shown(args)}")
        return kind(*args)

    return Name(kind, make)


def _dated(kind: Any) -> Name:
    # Made anew from its fields: from bytes it is believed unseen.
    return Name(kind, lambda *args: kind(*args).replace())


def _default_dict(factory: Any = None) -> defaultdict[Any, Any]:
    if factory is not None and not (isinstance(factory, Name) and isinstance(factory.thing, type)):
        refuse(f"a default dictionary of {shown(factory)}")
    return defaultdict(factory.thing if factory else None)


def _latin1(text: str, encoding: str) -> bytes:
    if encoding != "latin1":
        refuse(f"text encoded as {shown(encoding)}")
    return text.encode("latin1")


def _byte_array(*args: Any) -> bytearray:
    if len(args) == 2:  # how protocols before 3 have it
        return bytearray(args[0].encode("latin1"))
    return bytearray(b"".join(args))  # and not a number of bytes


_NUMBERS = {kind for kind in np.sctypeDict.values() if np.dtype(kind).kind in "biufcSUmM"}
_DATES = (datetime.date, datetime.datetime, datetime.time)
_BUILTINS = (bool, int, float, str, list, tuple, dict)

NAMES: dict[tuple[str, str], Any] = {
    ("numpy._core.multiarray", "_reconstruct"): Name(None, Array),
    ("numpy._core.multiarray", "scalar"): Name(None, scalar),
    ("numpy._core.numeric", "_frombuffer"): Name(None, array),
    ("numpy", "ndarray"): Name(np.ndarray),
    ("numpy", "dtype"): Name(np.dtype, Dtype),
    **{("numpy", name): Name(kind) for kind in _NUMBERS for name in (kind.__name__,)},
    ("numpy", "bool_"): Name(np.bool_),
    ("_codecs", "encode"): Name(None, _latin1),  # bytes in protocols before 3
    **{("builtins", kind.__name__): Name(kind) for kind in _BUILTINS},
    **{("builtins", "long"): Name(int), ("builtins", "unicode"): Name(str)},  # Python 2's
    **{("builtins", kind.__name__): made_of(kind, list, tuple) for kind in (set, frozenset)},
    ("builtins", "complex"): made_of(complex, int, float),
    ("builtins", "bytes"): made_of(bytes),
    ("builtins", "bytearray"): Name(bytearray, _byte_array),
    ("collections", "OrderedDict"): made_of(OrderedDict, list),
    ("collections", "Counter"): made_of(Counter, dict),
    ("collections", "deque"): made_of(deque, list, tuple, int, type(None)),
    ("collections", "defaultdict"): Name(defaultdict, _default_dict),
    **{("datetime", kind.__name__): _dated(kind) for kind in _DATES},
    ("datetime", "timedelta"): made_of(datetime.timedelta, int),
    ("datetime", "timezone"): made_of(datetime.timezone, datetime.timedelta, str),
    **{
        (module, name): made_of(kind, str)
        for module in ("pathlib", "pathlib._local")
        for name, kind in (
            ("PosixPath", POSIX),
            ("WindowsPath", WINDOWS),
            ("PurePosixPath", pathlib.PurePosixPath),
            ("PureWindowsPath", pathlib.PureWindowsPath),
        )
    },
    **{(kind.__module__, kind.__name__): view for kind, view in VIEWS.items()},
}

# What stands for these is in a module of its own, which imports torch.
DTYPES = "bool uint8 int8 int16 int32 int64 float16 bfloat16 float32 float64 complex64 complex128"
TENSOR_NAMES = {
    ("torch._utils", "_rebuild_tensor_v2"),
    ("torch._utils", "_rebuild_parameter"),
    ("torch.storage", "_load_from_bytes"),
    *(("torch", name) for name in ("Size", "device", *DTYPES.split())),
}


def todays(module: str) -> str:
    """The name of a module that had another before Python 3 or before numpy 2."""
    return {"__builtin__": "builtins"}.get(module, module).replace("numpy.core.", "numpy._core.")


def readable(module: str, name: str) -> bool:
    """Whether a pickle may name this class or function."""
    module = todays(module)
    return (module, name) in NAMES or (module, name) in TENSOR_NAMES
