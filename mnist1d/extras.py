"""Libraries that the data set needs only here and there: who lacks one is told what to install."""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec
from typing import Any

OF = {"torch": "labs", "matplotlib": "labs", "PIL": "labs", "pyarrow": "parquet"}


def missing(name: str, purpose: str, error: ImportError) -> ImportError:
    """The error to raise where `error` says that the library `name` is absent.

    >>> missing("torch", "Data.torch", ModuleNotFoundError("No module named 'torch'"))
    ModuleNotFoundError("Data.torch needs torch: pip install 'mnist1d-labs[labs]'")
    """
    sentence = f"{purpose} needs {name}: pip install 'mnist1d-labs[{OF[name]}]'"
    return type(error)(sentence, name=name)


def library(name: str, purpose: str) -> Any:
    """The module `name`, or the error that says what to install."""
    try:
        return import_module(name)
    except ImportError as error:
        raise missing(name.partition(".")[0], purpose, error) from error


def installed(name: str) -> bool:
    """Whether the library is there, as far as can be told without importing it."""
    try:
        return find_spec(name) is not None
    except ValueError:  # it is imported already, by hand
        return True
    except ImportError:  # somebody's own finder forbids it
        return False
