"""Reading a pickle without trusting it: plain data, and nothing that could run."""

from __future__ import annotations

import io
import pickle
from importlib import import_module
from typing import Any, BinaryIO

from mnist1d.checks import brief, shown
from mnist1d.extras import library
from mnist1d.finishing import finished
from mnist1d.opcodes import check_places
from mnist1d.plain_names import NAMES, TENSOR_NAMES, todays
from mnist1d.stand_ins import refuse

# What the unpickler, numpy and torch raise on bytes that make no sense.
DAMAGE = (
    ValueError,
    TypeError,
    LookupError,
    EOFError,
    AttributeError,
    ArithmeticError,
    MemoryError,
    RuntimeError,
)


def load_plain(handle: BinaryIO, encoding: str = "latin1") -> Any:
    """What the pickle in an open binary file holds.

    Parameters
    ----------
    handle
        Where to read from; what stands behind the pickle is left alone.
    encoding
        Of Python 2's strings, as in :func:`pickle.load`.

    Raises
    ------
    pickle.UnpicklingError
        If that is anything but plain data: the message says what it is, and how to load it
        knowingly. Also if the file is damaged or no pickle, or needs torch and there is none.
    """
    try:
        program = handle.read()
        check_places(program)
        return finished(_PlainUnpickler(io.BytesIO(program), encoding=encoding).load())
    except DAMAGE as error:
        why = f"{type(error).__name__}: {brief(error)}"
    # Not chained: Python would print the whole error, and some carry the data.
    raise pickle.UnpicklingError(f"the file is damaged or no pickle: {why}")


class _PlainUnpickler(pickle.Unpickler):
    def find_class(self, module: str, name: str) -> Any:
        module = todays(module)
        if (module, name) in TENSOR_NAMES:  # torch is imported where there are tensors, only
            return _tensors().NAMES[module, name]
        if (module, name) not in NAMES:
            refuse(shown(f"{module}.{name}"))
        return NAMES[module, name]


def _tensors() -> Any:
    try:
        library("torch", "reading tensors")
    except ImportError as error:
        raise pickle.UnpicklingError(str(error)) from error
    return import_module("mnist1d.pickled_tensors")
