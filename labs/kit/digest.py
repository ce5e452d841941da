"""Digests of code: they change where a function would compute something else, and only there.

A digest covers the function's own source, without comments, layout and docstrings, that of every
function of this project that it names, directly or through others, and the plain values it names.
"""

import ast
import functools
import hashlib
import inspect
import json
import textwrap
import types
from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass
from typing import Any

PLAIN = (str, int, float, bool, bytes, type(None))


def digest(value: Any) -> str:
    """Return 16 hexadecimal digits that stand for what a value or a function is.

    >>> digest(lambda x: x + 1) == digest(lambda x: x + 1), digest((1, "a")) == digest((1, "b"))
    (True, False)
    """
    text = json.dumps(_form(value, {}), sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _form(value: Any, seen: dict[str, None]) -> Any:
    if isinstance(value, PLAIN):
        return repr(value)
    if isinstance(value, Mapping):
        return [[_form(k, seen), _form(v, seen)] for k, v in value.items()]
    if isinstance(value, set | frozenset):
        return sorted(json.dumps(_form(v, seen)) for v in value)
    if isinstance(value, list | tuple):
        return [_form(v, seen) for v in value]
    if hasattr(value, "__wrapped__"):  # by lru_cache
        value = inspect.unwrap(value)
    if isinstance(value, functools.partial):
        return [_form(part, seen) for part in (value.func, value.args, value.keywords)]
    if isinstance(value, types.FunctionType):
        return _function(value, seen)
    if isinstance(value, type | types.BuiltinFunctionType | types.ModuleType | types.MethodType):
        return getattr(value, "__qualname__", value.__name__)
    name = f"{type(value).__module__}.{type(value).__qualname__}"
    if is_dataclass(value):
        what = [[f.name, _form(getattr(value, f.name), seen)] for f in fields(value)]
        call = vars(type(value)).get("__call__")  # of what is called, such as a gate
        return [name, what, _form(call, seen)]
    return name


def _function(function: types.FunctionType, seen: dict[str, None]) -> Any:
    name = f"{function.__module__}.{function.__qualname__}"
    if not _ours(function):
        return name
    free = [_form(cell.cell_contents, seen) for cell in function.__closure__ or ()]
    if name in seen and not free:
        return name
    seen[name] = None
    defaults = [_form(function.__defaults__, seen), _form(function.__kwdefaults__, seen)]
    names = sorted(set(_names(function.__code__)) & function.__globals__.keys())
    used = {name: _form(function.__globals__[name], seen) for name in names}
    return [_source(function), free, defaults, used]


def _names(code: types.CodeType) -> Iterator[str]:
    yield from code.co_names
    for constant in code.co_consts:  # comprehensions and inner functions
        if isinstance(constant, types.CodeType):
            yield from _names(constant)


def _ours(function: types.FunctionType) -> bool:
    return function.__module__.partition(".")[0] not in ("numpy", "scipy", "builtins", "math")


def _source(function: types.FunctionType) -> str:
    try:
        tree = ast.parse(textwrap.dedent(inspect.getsource(function)))
    except (OSError, TypeError, SyntaxError):  # typed in, or a lambda in the middle of a call
        return function.__code__.co_code.hex()
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef) and ast.get_docstring(node) is not None:
            node.body = node.body[1:] or [ast.Pass()]
    return ast.unparse(tree)
