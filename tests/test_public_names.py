"""What other people's code may call is written down: names, arguments, defaults, fields, methods.

`python -m tests.test_public_names` accepts a change; it belongs into CHANGELOG.md, too.
"""

import difflib
import importlib
import inspect
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any, TypeVar

GOLDEN = Path(__file__).with_name("golden") / "public_names.txt"
MODULES = (
    *("mnist1d", "mnist1d.data", "mnist1d.transform", "mnist1d.utils"),
    *("labs", "labs.data.mnist1d", "labs.data.images"),
    *("labs.data.domains", "labs.data.signals", "labs.data.tasks"),
    *("labs.kit.lab", "labs.kit.settings", "labs.kit.checks", "labs.kit.claims", "labs.kit.seeds"),
    *("labs.kit.table", "labs.kit.measures", "labs.kit.intervals", "labs.kit.draw"),
    *("labs.nn", "labs.nn.layers", "labs.nn.gru", "labs.nn.nets", "labs.nn.training"),
    *("labs.nn.plain", "labs.nn.probes", "labs.nn.unroll", "labs.nn.halving"),
    *("labs.course", "labs.course.plan", "labs.course.compare"),
)


class Default:
    """What a signature shows of a default: the same on every machine."""

    def __init__(self, value: Any) -> None:
        self.value = value

    def __repr__(self) -> str:
        if isinstance(self.value, Path):
            return "PATH"
        return getattr(self.value, "__qualname__", repr(self.value))


def signature(function: Any) -> str:
    """The arguments of a function or class, without annotations: Python versions spell them in
    different ways."""
    shown = []
    for parameter in inspect.signature(function).parameters.values():
        given = parameter.default is not parameter.empty
        default = Default(parameter.default) if given else parameter.empty
        shown.append(parameter.replace(annotation=parameter.empty, default=default))
    return str(inspect.Signature(shown))


def public(module: ModuleType) -> list[str]:
    """The names in `__all__`; without one, what the module defines itself, and its constants."""
    return getattr(module, "__all__", None) or [
        name
        for name, value in vars(module).items()
        if not name.startswith("_")
        if defined(module, value) or (name.isupper() and constant(value))
    ]


def defined(module: ModuleType, value: Any) -> bool:
    here = getattr(value, "__module__", None) == module.__name__
    return here and not isinstance(value, TypeVar)


def constant(value: Any) -> bool:
    return isinstance(value, int | float | str | tuple | dict) and not isinstance(value, bool)


def members(kind: type) -> Iterator[str]:
    """Public methods and attributes that classes of this project define, but for those that are
    arguments of the class."""
    ours = [c for c in kind.__mro__ if c.__module__.partition(".")[0] in ("mnist1d", "labs")]
    names = {name for c in ours for name in vars(c) if not name.startswith("_")}
    for name in sorted(names - set(inspect.signature(kind).parameters)):
        value = getattr(kind, name, None)
        if inspect.isroutine(value):
            yield name + signature(value)
        else:
            yield f"{name} = {value!r}" if constant(value) else name


def lines() -> Iterator[str]:
    """One line for everything public, in order."""
    for name in MODULES:
        module = importlib.import_module(name)
        for item in sorted(public(module)):
            value = getattr(module, item)
            error = inspect.isclass(value) and issubclass(value, Exception)  # has no signature
            yield f"{name}.{item}" + (signature(value) if callable(value) and not error else "")
            if isinstance(value, type) and not error:
                yield from (f"{name}.{item}.{member}" for member in members(value))


def test_public_names_are_those_that_are_written_down():
    written, now = GOLDEN.read_text().splitlines(), list(lines())
    changes = "\n".join(difflib.unified_diff(written, now, "written down", "now", n=0, lineterm=""))
    assert not changes, (
        f"{changes}\nThe public names have changed. Is it meant? Then say so in CHANGELOG.md and "
        "accept it with `python -m tests.test_public_names`."
    )


def test_what_is_written_down_does_not_depend_on_the_machine():
    assert "0x" not in GOLDEN.read_text()
    assert str(Path.home()) not in GOLDEN.read_text()


if __name__ == "__main__":
    GOLDEN.write_text("\n".join(lines()) + "\n", encoding="utf-8")
