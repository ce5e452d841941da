"""What is taken of a student's code, read from its syntax tree: which statements are kept, and what
a function uses. Nothing here runs it."""

import ast
import sys
import threading
import warnings
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

LIBRARIES = ("numpy", "scipy", "torch", "sklearn", "mnist1d", "labs.nn")
PROCESSES = ("subprocess", "multiprocessing", "ctypes")
REFUSED = (*PROCESSES, "socket", "webbrowser", "antigravity")  # of the standard library
CONTAINERS = (ast.Tuple, ast.List, ast.Set, ast.Dict)
LITERALS = (ast.Constant, *CONTAINERS, ast.UnaryOp, ast.unaryop, ast.Load)
NAMES = (ast.Name, ast.Store)  # beside them in what is assigned to

Function = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef
_one_at_a_time = threading.Lock()  # filters of warnings belong to the process


def parse(text: str) -> ast.Module:
    """Return the syntax tree of a text.

    Raises:
        SyntaxError: the text is not Python, or nested too deeply to be read.
    """
    try:
        with _one_at_a_time, warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of a student's "\d"
            return ast.parse(text)
    except (ValueError, RecursionError, MemoryError) as error:
        raise SyntaxError("not readable as Python") from error


@dataclass
class Scope:
    """The names that a submission's kept statements define; a later definition replaces an earlier.

    Args:
        functions: name -> its function, class or lambda.
        modules: name -> what it stands for, such as ``{"np": "numpy"}``.
        stars: modules all of whose names were imported.
        literals: names of literals.
        lost: names that only statements set which are not kept.
    """

    functions: dict[str, ast.AST] = field(default_factory=dict)
    modules: dict[str, str] = field(default_factory=dict)
    stars: set[str] = field(default_factory=set)
    literals: set[str] = field(default_factory=set)
    lost: set[str] = field(default_factory=set)

    def keep(self, tree: ast.Module) -> list[int]:
        """Return which statements of a cell are kept, and remember the names of all of them."""
        return [place for place, node in enumerate(tree.body) if self._kept(node)]

    def _kept(self, node: ast.stmt) -> bool:
        found = self._values(node)
        if found is None:
            known = {*self.functions, *self.modules, *self.literals}
            self.lost |= set(_stored(node)) - known
            return False
        for name, value in found.items():
            self._set(name, value)
        return True

    def _values(self, node: ast.stmt) -> Mapping[str, ast.AST | str | None] | None:
        """What a statement sets its names to: a function, a module, or a literal (None)."""
        if isinstance(node, Function):
            return {node.name: node}
        if isinstance(node, ast.Import | ast.ImportFrom):
            fine = all(allowed(dotted) for _, _, dotted in _imported(node))
            return {name: bound for name, bound, _ in _imported(node)} if fine else None
        if not isinstance(node, ast.Assign | ast.AnnAssign) or node.value is None:
            return None
        targets = node.targets if isinstance(node, ast.Assign) else [node.target]
        if _literal(node.value) and all(_literal(each, *NAMES) for each in targets):
            return dict.fromkeys(_stored(node))
        names = [each.id for each in targets if isinstance(each, ast.Name)]
        value = self._value(node.value)
        return None if value is None or len(names) < len(targets) else dict.fromkeys(names, value)

    def _value(self, node: ast.expr) -> ast.AST | str | None:
        if isinstance(node, ast.Lambda):
            return node
        dotted = chain(node)
        return self.functions.get(dotted) or (
            self.meaning(dotted) if dotted.partition(".")[0] in self.modules else None
        )

    def _set(self, name: str, value: ast.AST | str | None) -> None:
        self.functions.pop(name, None)
        self.modules.pop(name, None)
        self.lost.discard(name)
        if value is None:
            self.literals.add(name)
        elif not isinstance(value, str):
            self.functions[name] = value
        elif value.endswith(".*"):
            self.stars.add(value.removesuffix(".*"))
        else:
            self.modules[name] = value

    def defines(self, name: str) -> bool:
        """Whether there is a function of a name, or another name of a library's."""
        return name in self.functions or name in self.modules

    def meaning(self, dotted: str) -> str:
        """Return a dotted name with its first part replaced by the module that it stands for."""
        first, point, rest = dotted.partition(".")
        return f"{self.modules.get(first, first)}{point}{rest}"

    def uses(self, name: str) -> set[str]:
        """Return the modules and dotted names that a function and its helpers use."""
        seen, waiting = set[str](), [name]
        found = {self.modules[name]} if name in self.modules else set[str]()
        while waiting:
            current = waiting.pop()
            if current in seen or current not in self.functions:
                continue
            seen.add(current)
            for dotted in self._names(self.functions[current]):
                found.add(dotted)
                waiting.append(dotted.partition(".")[0])
        return found - self.functions.keys()

    def _names(self, node: ast.AST) -> Iterator[str]:
        inner = [each for each in ast.walk(node) if isinstance(each, ast.Import | ast.ImportFrom)]
        imported = [triple for each in inner for triple in _imported(each)]
        yield from (dotted.removesuffix(".*") for _, _, dotted in imported)
        own = {name: bound for name, bound, _ in imported}
        hidden = {each.arg for each in ast.walk(node) if isinstance(each, ast.arg)}
        hidden |= set(_stored(node))
        for dotted in _chains(node):
            first, point, rest = dotted.partition(".")
            if first in own:
                yield f"{own[first]}{point}{rest}"
            elif first not in hidden:
                yield self.meaning(dotted)
                yield from (f"{star}.{dotted}" for star in self.stars)


def allowed(dotted: str) -> bool:
    """Return whether a student's code may import a module or a name from it.

    >>> allowed("numpy.linalg"), allowed("labs.course.check"), allowed("socket")
    (True, False, False)
    """
    first = dotted.partition(".")[0]
    if first in sys.stdlib_module_names:
        return first not in (*REFUSED, "__future__")
    return within(dotted, LIBRARIES) is not None


def within(dotted: str, modules: Iterable[str]) -> str | None:
    """Return the first of some modules or names that a dotted name is or belongs to, or None.

    >>> within("torch.nn.functional.conv1d", ("labs", "torch.nn"))
    'torch.nn'
    """
    return next((each for each in modules if f"{dotted}.".startswith(f"{each}.")), None)


def chain(node: ast.AST | None) -> str:
    """Return the dotted name that an expression is, or nothing.

    >>> chain(ast.parse("np.random.default_rng", mode="eval").body)
    'np.random.default_rng'
    """
    parts: list[str] = []
    while isinstance(node, ast.Attribute):
        parts.append(node.attr)
        node = node.value
    return ".".join([node.id, *reversed(parts)]) if isinstance(node, ast.Name) else ""


def _chains(node: ast.AST) -> Iterator[str]:
    """The longest dotted names in a node, each once."""
    waiting = [node]
    while waiting:
        current = waiting.pop()
        if dotted := chain(current):
            yield dotted
        else:
            waiting += ast.iter_child_nodes(current)


def _imported(node: ast.Import | ast.ImportFrom) -> Iterator[tuple[str, str, str]]:
    """The names that an import sets, what each of them stands for, and what is imported."""
    for alias in node.names:
        if isinstance(node, ast.ImportFrom):
            dotted = f"{'.' * node.level}{node.module or ''}.{alias.name}"
            yield alias.asname or alias.name, dotted, dotted
        else:
            first = alias.name.partition(".")[0]
            yield alias.asname or first, alias.name if alias.asname else first, alias.name


def _stored(node: ast.AST) -> Iterator[str]:
    for each in ast.walk(node):
        if isinstance(each, ast.Name) and isinstance(each.ctx, ast.Store):
            yield each.id
        elif isinstance(each, ast.Import | ast.ImportFrom):
            yield from (name for name, _, _ in _imported(each))


def _literal(node: ast.AST, *others: type[ast.AST]) -> bool:
    return all(isinstance(each, (*LITERALS, *others)) for each in ast.walk(node))
