"""Undoing what an answer has replaced in the libraries that its check works with.

This is against accidents, such as a helper that overwrites `numpy.allclose`: not against somebody
who attacks the process from inside.
"""

import sys
from collections.abc import Iterable
from types import ModuleType
from typing import Any

GUARDED = ("builtins", "math", "mnist1d", "labs", "numpy", "scipy", "sklearn", "torch")
WHOLLY = ("labs", "mnist1d")  # with names that begin with an underscore


class Guard:
    """What the loaded modules of some packages hold now: their functions and classes.

    Args:
        packages: names of packages beside those of `GUARDED`, such as that of the lesson.
    """

    def __init__(self, packages: Iterable[str] = ()) -> None:
        wholly = (*WHOLLY, *packages)
        self._modules = {
            name: module
            for name, module in list(sys.modules.items())
            if name.partition(".")[0] in (*GUARDED, *wholly) and isinstance(module, ModuleType)
        }
        self._held = [
            (name, vars(module), _callables(module, name.partition(".")[0] in wholly))
            for name, module in self._modules.items()
        ]
        # Looked up now: what mends must not need what may be broken.
        self._loaded, self._absent = sys.modules, object()

    def mend(self) -> str | None:
        """Put back what was replaced or deleted, and return the name of one such thing, or None."""
        found = None
        for name, now, held in self._held:
            for key, value in held.items():
                if now.get(key, self._absent) is not value:
                    now[key] = value
                    found = found or f"{name}.{key}"
        for name, module in self._modules.items():
            if self._loaded.get(name) is not module:
                self._loaded[name] = module
                found = found or name
        return found


def _callables(module: ModuleType, wholly: bool) -> dict[str, Any]:
    return {
        key: value
        for key, value in list(vars(module).items())
        if callable(value) and (wholly or not key.startswith("_"))
    }
