"""Labs that stand elsewhere than in the register: in files, in modules, in installed packages.

Their modules are imported by name, from folders in `sys.path`, so that other processes find them,
too. An installed package offers labs under the entry point ``mnist1d_labs``::

    [project.entry-points.mnist1d_labs]
    mine = "my_package.lab:LAB"
"""

import importlib
import importlib.metadata
import importlib.util
import os
import sys
import traceback
from collections.abc import Iterable
from importlib.machinery import PathFinder
from importlib.metadata import EntryPoint
from pathlib import Path
from types import ModuleType

from labs.kit.digest import ENTRY_POINTS, of_a_library
from labs.kit.failure import KIT, SCREEN, in_one_line

NOBODYS = (KIT, "<frozen ", importlib.__file__)  # frames of an import
FRAMES = 5  # of a traceback, the innermost


def offers() -> dict[str, list[EntryPoint]]:
    """Return what installed packages offer: name -> entry points, in the order of names; one that
    is offered twice has two."""
    found: dict[str, list[EntryPoint]] = {}
    for entry in sorted(importlib.metadata.entry_points(group=ENTRY_POINTS)):
        found.setdefault(entry.name, []).append(entry)
    return found


def only(name: str, entries: Iterable[EntryPoint]) -> tuple[str, str]:
    """Return module and attribute of a name that one package offers.

    Raises:
        ValueError: several packages offer it, as different things.
    """
    values = {entry.value: entry for entry in entries}
    if len(values) > 1:
        packages = ", ".join(f"{e.dist.name if e.dist else '?'} ({v})" for v, e in values.items())
        raise ValueError(
            f"lab must be offered by one package, got {name!r} of {packages}: give its module"
        )
    (entry,) = values.values()
    return entry.module, entry.attr or "LAB"


def file(name: str) -> Path | None:
    """Return the file that a name stands for, None where it is no path.

    Raises:
        ValueError: a path that is no Python file.
    """
    path = Path(name).expanduser()
    if not (name.endswith(".py") or path.name != name or path.is_file()):
        return None
    if path.suffix != ".py" or not path.is_file():
        raise ValueError(f"lab must be a Python file that is there, got {name!r}")
    return path.resolve()


def module_of(path: Path) -> str:
    """Return the name by which a file is imported from now on, with the packages that it is in.

    Its folder, or that of its outermost package, becomes the first in `sys.path`, as that of a
    script does.

    Raises:
        ValueError: the name has a dot, or is that of another module.
    """
    names, folder = [path.stem], path.parent
    while (folder / "__init__.py").is_file():
        names, folder = [folder.name, *names], folder.parent
    top = folder / names[0]
    if any("." in name for name in names):
        raise ValueError(f"lab must be in a file whose name has no dot, got {str(path)!r}")
    other = _another(names[0], [top.with_suffix(".py"), top / "__init__.py"])
    if other:
        raise ValueError(
            f"lab must be in a file that is named like no other module, got {str(path)!r}: "
            f"{names[0]!r} is {other}, rename it"
        )
    if sys.path[:1] != [str(folder)]:
        sys.path.insert(0, str(folder))
    return ".".join(names)


def _another(name: str, own: Iterable[Path]) -> str:
    """What else has a module's name: a library that it would hide, or a module that hides it."""
    if name in sys.stdlib_module_names:
        return "a module of Python"
    here = ("", str(Path.cwd()))  # what lies in the working folder gives way
    loaded = sys.modules.get(name)
    spec = loaded.__spec__ if loaded else PathFinder.find_spec(name, _without(here))
    origin = getattr(loaded, "__file__", None) or (spec.origin if spec else None)
    return "" if origin is None or any(_same(origin, path) for path in own) else str(origin)


def _without(folders: Iterable[str]) -> list[str]:
    return [path for path in sys.path if path not in folders]


def _same(origin: str, path: Path) -> bool:
    try:
        return os.path.samefile(origin, path)
    except OSError:  # one of them is not there
        return False


def is_module(name: str) -> bool:
    """Return whether a name is that of a module, so far as can be said without importing it."""
    importlib.invalidate_caches()  # its file may be a moment old
    top, *_ = parts = name.split(".")
    return (
        all(part.isidentifier() for part in parts)
        and top not in sys.stdlib_module_names
        and importlib.util.find_spec(top) is not None
    )


def imported(module: str, lab: str) -> ModuleType:
    """Return the module of a lab.

    Raises:
        ValueError: it fails; the message says how, and where in the lab's own files.
    """
    importlib.invalidate_caches()
    try:
        return importlib.import_module(module)
    except (Exception, SystemExit) as error:
        raise ValueError(f"lab must be importable, got {lab!r}: {_told(error)}") from error


def _told(error: BaseException) -> str:
    if isinstance(error, SyntaxError):  # says where it is itself
        return "".join(traceback.format_exception_only(error))[:SCREEN].strip()
    return f"{in_one_line(error)}\n{_frames(error)}".rstrip()


def _frames(error: BaseException) -> str:
    """The lines of a traceback without those of the kit, of Python and of what is installed; all
    but the kit's where a lab is installed itself."""
    trace = traceback.extract_tb(error.__traceback__)
    found = [frame for frame in trace if not frame.filename.startswith(NOBODYS)]
    own = [frame for frame in found if not of_a_library(frame.filename)]
    return "".join(traceback.format_list(own or found)[-FRAMES:])
