"""Digests of code: they change where a function would compute something else.

A digest covers the function's own source, without comments, layout and docstrings, and everything
of this project and of the labs of others that it names, directly or through others: functions,
classes, constants, and what it reads from their modules. What comes from other packages stands with
its name, and so do the classes of the kit.
"""

import ast
import enum
import functools
import hashlib
import importlib.metadata
import inspect
import json
import sys
import sysconfig
import textwrap
import types
from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any

import numpy as np

PLAIN = str | bool | bytes | enum.Enum | slice | range | None
OURS = ("labs", "mnist1d")  # also where they are installed
ENTRY_POINTS = "mnist1d_labs"  # under which other packages offer labs
STDLIB = tuple(sysconfig.get_path(name) for name in ("stdlib", "platstdlib"))
INSTALLED = {"site-packages", "dist-packages"}  # of an environment, the system or a user


def digest(value: Any) -> str:
    """Return 16 hexadecimal digits that stand for what a value or a function is.

    Raises:
        TypeError: a value of which nobody can say whether it is the same.

    >>> digest(("a", 1)) == digest(("a", 1.0)), digest((1, "a")) == digest((1, "b"))
    (True, False)
    """
    text = json.dumps(_form(value, set()), sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _form(value: Any, seen: set[int]) -> Any:
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, PLAIN):
        return repr(value)
    if isinstance(value, int | float):
        return repr(float(value)) if float(value) == value else repr(value)
    if isinstance(value, np.ndarray):
        return [str(value.dtype), value.shape, hashlib.sha256(value.tobytes()).hexdigest()]
    if isinstance(value, Mapping):
        return sorted([json.dumps(_form(k, seen)), _form(v, seen)] for k, v in value.items())
    if isinstance(value, set | frozenset):
        return sorted(json.dumps(_form(v, seen)) for v in value)
    if isinstance(value, list | tuple):
        return [type(value).__name__, *(_form(v, seen) for v in value)]
    return _code(value, seen)


def _code(value: Any, seen: set[int]) -> Any:
    """The form of what computes: functions, classes, objects that hold them."""
    if hasattr(value, "__wrapped__"):  # by lru_cache
        value = inspect.unwrap(value)
    if isinstance(value, functools.partial):
        return [_form(part, seen) for part in (value.func, value.args, value.keywords)]
    if isinstance(value, types.MethodType):
        return [_form(value.__func__, seen), _form(value.__self__, seen)]
    name = f"{getattr(value, '__module__', '')}.{getattr(value, '__qualname__', '')}"
    if isinstance(value, types.FunctionType | type) and _ours(value) and not _of_kit(value):
        if id(value) in seen:
            return name
        seen.add(id(value))
        return _function(value, seen) if inspect.isfunction(value) else [_source(value)]
    if isinstance(value, types.ModuleType):
        return value.__name__
    if isinstance(value, types.GenericAlias) or type(value).__name__ == "dtype":
        return repr(value)
    if isinstance(value, type | types.FunctionType | types.BuiltinFunctionType | np.ufunc):
        return name + getattr(value, "__name__", "")
    if is_dataclass(value):
        parts = [[f.name, _form(getattr(value, f.name), seen)] for f in fields(value)]
        return [_form(type(value), seen), parts, _form(vars(type(value)).get("__call__"), seen)]
    if _ours(type(value)) and hasattr(value, "__dict__"):  # of a class of this project
        return [_form(type(value), seen), _form(vars(value), seen)]
    raise TypeError(f"a digest must be of plain values and code, got {value!r}")


def _function(function: types.FunctionType, seen: set[int]) -> Any:
    free = [_form(cell.cell_contents, seen) for cell in function.__closure__ or ()]
    defaults = [_form(function.__defaults__, seen), _form(function.__kwdefaults__, seen)]
    names = sorted(set(_names(function.__code__)))
    known = {name: function.__globals__[name] for name in names if name in function.__globals__}
    read = [
        getattr(module, name)
        for module in known.values()
        if isinstance(module, types.ModuleType) and _ours(module)
        for name in names
        if hasattr(module, name) and not isinstance(getattr(module, name), types.ModuleType)
    ]
    used = {name: _form(value, seen) for name, value in known.items()}
    return [_source(function), free, defaults, used, [_form(value, seen) for value in read]]


def _names(code: types.CodeType) -> Iterator[str]:
    yield from code.co_names
    for constant in code.co_consts:  # comprehensions and inner functions
        if isinstance(constant, types.CodeType):
            yield from _names(constant)


def _ours(value: Any) -> bool:
    module = sys.modules.get(value.__name__ if inspect.ismodule(value) else value.__module__)
    if module is sys.modules["__main__"]:  # a script, or the cells of a notebook
        return True
    path = getattr(module, "__file__", None)
    name = getattr(module, "__name__", "").partition(".")[0]
    if path is None or not of_a_library(path):
        return path is not None
    return name in OURS or name in _offering()


def of_a_library(path: str) -> bool:
    """Return whether a file is Python's own, or of what is installed."""
    return path.startswith(STDLIB) or not INSTALLED.isdisjoint(Path(path).parts)


@functools.lru_cache(maxsize=1)
def _offering() -> set[str]:
    """The packages that offer labs."""
    entries = importlib.metadata.entry_points(group=ENTRY_POINTS)
    return {entry.module.partition(".")[0] for entry in entries}


def _of_kit(value: Any) -> bool:
    return isinstance(value, type) and value.__module__.startswith("labs.kit.")


@functools.cache  # claims share helpers, and reading one takes a millisecond
def _source(value: Any) -> str:
    try:
        tree = ast.parse(textwrap.dedent(inspect.getsource(value)))
    except (OSError, TypeError, SyntaxError):  # typed in, or a lambda in the middle of a call
        code = getattr(value, "__code__", None)
        return repr((code.co_code.hex(), code.co_consts, code.co_names)) if code else repr(value)
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and ast.get_docstring(node) is not None:
            node.body = node.body[1:] or [ast.Pass()]
        if isinstance(node, ast.FunctionDef):
            node.returns = None
            for argument in [*node.args.args, *node.args.kwonlyargs, *node.args.posonlyargs]:
                argument.annotation = None
    return ast.unparse(tree)
