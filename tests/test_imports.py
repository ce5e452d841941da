"""Who may import whom: the rooms of the house, read from the imports with `ast`."""

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from labs import LABS

ROOT = Path(__file__).parents[1]
FILES = sorted(path for room in ("mnist1d", "labs") for path in (ROOT / room).rglob("*.py"))
OUTSIDE = {"numpy", "scipy", "torch", "sklearn", "matplotlib", "PIL", "tqdm"}  # PIL: matplotlib's
HEAVY = {"torch", "sklearn", "matplotlib"}


def module(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def imports(path: Path, *, lazy: bool = True) -> Iterator[str]:
    """Names that a file imports; without `lazy` only those that run when it is imported."""
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
    """The rooms that a module must not import, at the top or in a function."""
    if within(name, {"mnist1d"}):
        return {"labs", "sklearn", "tqdm"}
    if within(name, {"labs.kit"}):
        return {"torch", "sklearn", "mnist1d", "labs.nn", *LABS.values()}
    if within(name, {"labs.nn"}):
        return set(LABS.values())
    if name in ("labs", "labs.__main__"):
        return {"torch", "mnist1d", "labs.nn", *LABS.values()}
    own = {lab for lab in LABS.values() if within(name, {lab})}
    return set(LABS.values()) - own


@pytest.mark.parametrize("path", FILES, ids=module)
def test_rooms(path):
    names = set(imports(path))
    assert not {n for n in names if within(n, forbidden(module(path)))}
    tops = {n.partition(".")[0] for n in names} - {"mnist1d", "labs"}
    assert tops <= OUTSIDE | set(sys.stdlib_module_names)


def loaded(name: str) -> set[str]:
    """Everything outside the project that importing a module imports, through the project."""
    modules = {module(path): path for path in FILES}
    waiting, seen, outside = [name], set(), set()
    while waiting:
        current = waiting.pop()
        parts = current.split(".")
        parents = {".".join(parts[: i + 1]) for i in range(len(parts))}
        for found in (parents & modules.keys()) - seen:
            seen.add(found)
            waiting += imports(modules[found], lazy=False)
        if parts[0] not in ("mnist1d", "labs"):
            outside.add(parts[0])
    return outside


LIGHT = [module(path) for path in FILES if within(module(path), {"labs.kit"})]


@pytest.mark.parametrize("name", ["mnist1d", "labs", "labs.__main__", *LIGHT, *LABS.values()])
def test_what_is_heavy_is_imported_where_it_is_used(name):
    found = loaded(name)
    assert not found & HEAVY


def test_every_module_of_labs_has_a_room():
    rooms = {"labs.kit", "labs.nn", "labs.__main__", *LABS.values()}
    strays = [module(p) for p in FILES if module(p).startswith("labs.")]
    assert [name for name in strays if not within(name, rooms)] == []


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
