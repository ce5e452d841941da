"""Who may import whom: the rooms of the house, read from every import, wherever it stands."""

import ast
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from labs import LABS

ROOT = Path(__file__).parents[1]
FILES = sorted(path for room in ("mnist1d", "labs") for path in (ROOT / room).rglob("*.py"))
# threadpoolctl and joblib come with scikit-learn, cloudpickle with joblib, PIL with matplotlib
NEEDED = {"numpy", "scipy"}
LABS_EXTRA = {"torch", "sklearn", "matplotlib", "tqdm", "threadpoolctl", "joblib", "cloudpickle"}
TEACH_EXTRA = {"jupytext", "nbformat", "nbclient"}
OUTSIDE = NEEDED | LABS_EXTRA | TEACH_EXTRA | {"PIL", "pandas", "dask", "distributed"}
MAY_BE_ABSENT = {*OUTSIDE, "resource"} - NEEDED
HEAVY = {"torch", "sklearn", "matplotlib"}
# labs that enter the register with their references
COMING: set[str] = set()
REGISTERED = {module.rpartition(".")[0] for module in LABS.values()}
HOMES = REGISTERED | COMING
TEACHING = {"labs.course", "labs.lessons"}
ABOVE = {"labs.page", *TEACHING, *HOMES}  # what the rooms below must not know
ORDER = (
    "lab",
    "pictures",
    "claims",
    "remarks",
    "figure",
    "measures",
    "grid",
    "published",
    "method",
)  # one way only


def module(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


MODULES = {module(path): path for path in FILES}


@cache
def imports(path: Path, *, lazy: bool = True) -> tuple[str, ...]:
    """Names that a file imports; without `lazy` only those that run when it is imported."""
    return tuple(_imports(path, lazy))


def _imports(path: Path, lazy: bool) -> Iterator[str]:
    package = module(path) if path.name == "__init__.py" else module(path).rpartition(".")[0]
    for node in walk(ast.parse(path.read_text()), lazy):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            ancestors = package.split(".")[: package.count(".") + 2 - node.level]
            base = ".".join([*ancestors, node.module or ""] if node.level else [node.module or ""])
            yield from (f"{base.rstrip('.')}.{alias.name}" for alias in node.names)


def walk(node: ast.AST, lazy: bool) -> Iterator[ast.AST]:
    yield node
    typing_only = isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test)
    if not lazy and (typing_only or isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)):
        return
    for child in ast.iter_child_nodes(node):
        yield from walk(child, lazy)


def within(name: str, rooms: set[str]) -> bool:
    return any(name == room or name.startswith(f"{room}.") for room in rooms)


def forbidden(name: str) -> set[str]:
    """The rooms that a module must not import, wherever the import stands."""
    if within(name, {"mnist1d"}):
        return {"labs", "sklearn", "tqdm"}
    if within(name, {"labs.kit"}):
        return {"torch", "sklearn", "mnist1d", "labs.nn", "labs.data", *ABOVE}
    if within(name, {"labs.data"}):
        return {"torch", "sklearn", "labs.nn", *ABOVE}
    if within(name, {"labs.page"}):
        return {"torch", "sklearn", "matplotlib", "labs.nn", *TEACHING, *HOMES}
    if within(name, {"labs.course"}):
        return {"torch", "sklearn", "labs.nn", "labs.page", "labs.lessons", *HOMES}
    if within(name, {"labs.lessons"}):  # of a lab its checks take oracles
        return {"labs.page"} | (set() if name.endswith(".checks") else HOMES)
    if within(name, {"labs.nn"}):
        return ABOVE
    if name in ("labs", "labs.__main__"):
        return {"torch", "mnist1d", "labs.nn", *ABOVE}
    return ABOVE - {home for home in HOMES if within(name, {home})}


@pytest.mark.parametrize("path", FILES, ids=module)
def test_rooms(path):
    names = set(imports(path))
    assert not {n for n in names if within(n, forbidden(module(path)))}
    tops = {n.partition(".")[0] for n in names} - {"mnist1d", "labs"}
    if path.stem == "in_jax":  # the other side of a race, run by an interpreter that has jax
        assert loaded(module(path)) & OUTSIDE <= {"numpy"}
        tops -= {"jax"}
    assert tops <= OUTSIDE | set(sys.stdlib_module_names)


# `labs` itself loads its face when that is called: `python -m labs` first sets the path.
@pytest.mark.parametrize("name", [name for name in MODULES if name.startswith("labs.")])
def test_only_what_may_be_absent_is_imported_late(name):
    late = set(imports(MODULES[name])) - set(imports(MODULES[name], lazy=False))
    assert {n for n in late if not loaded(n) & MAY_BE_ABSENT} == set()


@cache
def edges() -> dict[str, set[str]]:
    """Which file of the project imports which, at the top, in a function or for types alone."""
    return {
        name: {found for n in imports(path) if (found := origin(n)) and found != name}
        for name, path in MODULES.items()
    }


def origin(name: str) -> str | None:
    """The project's file that an imported name comes from."""
    return next((n for n in (name, name.rpartition(".")[0]) if n in MODULES), None)


def test_no_circle_of_files():
    graph, done = edges(), set()

    def visit(name: str, path: tuple[str, ...]) -> None:
        assert name not in path, " -> ".join([*path[path.index(name) :], name])
        if name not in done:
            for other in sorted(graph[name]):
                visit(other, (*path, name))
            done.add(name)

    for name in graph:
        visit(name, ())


@pytest.mark.parametrize("home", sorted(HOMES))
def test_a_labs_rooms_import_one_way(home):
    graph = edges()
    for place, room in enumerate(ORDER):
        above = {f"{home}.{name}" for name in ORDER[:place]}
        assert not graph.get(f"{home}.{room}", set()) & above
    for room in ("lab", *ORDER):
        assert not graph.get(f"{home}.{room}", set()) & {f"{home}.training", f"{home}.speed"}


@pytest.mark.parametrize("home", sorted(REGISTERED))
def test_a_lab_has_the_rooms_of_every_lab(home):
    names = {"lab", "grid", "training", "measures", "claims", "figure", "pictures"}
    assert {f"{home}.{name}" for name in names} <= MODULES.keys()
    assert f"{home}.arms" not in MODULES


@cache
def loaded(name: str) -> set[str]:
    """Everything outside the project that importing a module imports, through the project."""
    waiting, seen, outside = [name], set(), set()
    while waiting:
        current = waiting.pop()
        parts = current.split(".")
        parents = {".".join(parts[: i + 1]) for i in range(len(parts))}
        for found in (parents & MODULES.keys()) - seen:
            seen.add(found)
            waiting += imports(MODULES[found], lazy=False)
        if parts[0] not in ("mnist1d", "labs"):
            outside.add(parts[0])
    return outside


LIGHT_ROOMS = {"labs.kit", "labs.data", "labs.page", "labs.course"}
LIGHT = [
    n
    for n in MODULES
    if within(n, LIGHT_ROOMS) or (n.startswith("labs.lessons.") and n.endswith(".plan"))
]


@pytest.mark.parametrize("name", ["mnist1d", "labs", "labs.__main__", *LIGHT, *LABS.values()])
def test_what_is_heavy_is_imported_where_it_is_used(name):
    assert not loaded(name) & HEAVY


def test_every_module_of_labs_has_a_room():
    rooms = {*LIGHT_ROOMS, "labs.nn", "labs.lessons", "labs.__main__", *HOMES}
    strays = [name for name in MODULES if name.startswith("labs.")]
    assert [name for name in strays if not within(name, rooms)] == []
    assert not COMING & REGISTERED


def test_the_reader_of_imports_reads(tmp_path):
    path = ROOT / "labs" / "kit" / "x.py"
    source = "import a.b\nfrom . import c\nfrom ..nn import d\ndef f():\n    from e import g\n"
    copy = tmp_path / "x.py"
    copy.write_text(source)

    class Copy(type(path)):
        def read_text(self):
            return copy.read_text()

    assert set(imports(Copy(path))) == {"a.b", "labs.kit.c", "labs.nn.d", "e.g"}
    assert "e.g" not in set(imports(Copy(path), lazy=False))
