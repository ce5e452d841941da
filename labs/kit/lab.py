"""What a lab is: a frozen record of plain functions. No base class, nothing to register."""

import importlib
import inspect
import math
from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields, is_dataclass, replace
from pathlib import Path
from string import Formatter
from typing import TYPE_CHECKING, Any, Generic, TypeVar

import numpy as np

from labs.kit import elsewhere
from labs.kit.checks import check_sizes, known
from labs.kit.claims import Claim, VerdictsById
from labs.kit.intervals import Interval
from labs.kit.method import Method
from labs.kit.published import Published
from labs.kit.race import Race
from labs.kit.table import Table

if TYPE_CHECKING:  # matplotlib may be absent
    from matplotlib.figure import Figure

Config = TypeVar("Config")
Cell = TypeVar("Cell")
Record = TypeVar("Record")

PRESETS = ("smoke", "quick", "full")  # what every lab has; it may have more
LOOKS = (1, 2, 4)  # times a preset's replicates, where it does not name its looks


@dataclass(frozen=True)
class Deferred:
    """A function named by its path ``"module:name"``, imported when it is first called.

    So a lab names the functions that need torch, and judging and drawing go without it.

    Raises:
        ValueError: a path without a colon.

    >>> Deferred("math:sqrt")(9.0)
    3.0
    """

    path: str

    def __post_init__(self) -> None:
        if self.path.count(":") != 1:
            raise ValueError(f"path must be 'module:name', got {self.path!r}")

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return self.resolve()(*args, **kwargs)

    def resolve(self) -> Callable[..., Any]:
        """Import and return the function.

        Raises:
            ImportError, AttributeError: there is no such module, or no such name in it.
        """
        module, _, name = self.path.partition(":")
        function: Callable[..., Any] = getattr(importlib.import_module(module), name)
        return function


@dataclass(frozen=True)
class Bench(Generic[Cell]):
    """One line of `python -m labs bench`: the lab's own `train` against the usual loop.

    Args:
        network: the network's name.
        cells: a stack of the size that a full run trains, with few steps.
        steps: training steps of each cell, for the table.
        plain: trains ONE cell by the usual loop and evaluates it as often as `train` does; a
            module-level function or a `functools.partial` of one, since it runs in other processes.
        kept_mb: MB that the usual loop and the lab's own way keep in memory for it, where that is
            what the bench is about.

    Raises:
        ValueError: no cells, or `steps` below 1.
    """

    network: str
    cells: tuple[Cell, ...]
    steps: int
    plain: Callable[[Cell], None]
    kept_mb: tuple[float, float] | None = None

    def __post_init__(self) -> None:
        check_sizes(steps=self.steps, cells=len(self.cells))


def _plain(entry: Any) -> Any:
    # numpy's numbers as Python's, what is no number (the ends of a single replicate) as None
    if isinstance(entry, tuple):
        return Interval(*map(_plain, entry))
    entry = entry.item() if isinstance(entry, np.generic) else entry
    return None if isinstance(entry, float) and math.isnan(entry) else entry


@dataclass(frozen=True)
class Remark:
    """Something a run says after its claims: a sentence, and a small table where it has numbers.

    Args:
        text: one sentence; with a table it is the table's title.
        columns: names of the table's columns.
        rows: as long as `columns`; text, numbers, None, or `Interval`s (of 95 %, unadjusted).
        form: how the table's numbers are formatted.

    Raises:
        ValueError: a text without a full stop, or a row that is not as long as `columns`.
    """

    text: str
    columns: tuple[str, ...] = ()
    rows: tuple[tuple[str | float | Interval | None, ...], ...] = ()
    form: str = ".4g"

    def __post_init__(self) -> None:
        rows = tuple(tuple(_plain(entry) for entry in row) for row in self.rows)
        object.__setattr__(self, "rows", rows)
        if not self.text.endswith((".", "?", "!")):
            raise ValueError(f"text must be a sentence with its full stop, got {self.text!r}")
        for row in self.rows:
            if len(row) != len(self.columns):
                raise ValueError(f"rows must have {len(self.columns)} entries each, got {row}")


def _cpu() -> Sequence[str]:
    return ("cpu",)


def _together(cell: Any) -> Hashable:
    return None


def _modest(stack: Sequence[Any]) -> float:
    return 60.0 + 15 * len(stack)  # of small networks with a data set of their own


@dataclass(frozen=True)
class Picture:
    """A figure of a lab with its caption.

    Args:
        draw: (table, verdicts by claim) -> figure of at most six panels, which the kit letters. It
            works on a partly filled table and says how many replicates it shows.
        caption: sentences that say without any other text what is shown, with slots for the
            verdicts as in the lab's finding.
        preset: the only one to show it; by default all presets that no figure names show it.

    Raises:
        ValueError: a caption without a full stop.
    """

    draw: Callable[[Table, VerdictsById], "Figure"]
    caption: str
    preset: str = ""

    def __post_init__(self) -> None:
        if not self.caption.endswith("."):
            raise ValueError(f"caption must end with a full stop, got {self.caption!r}")


def slots(template: str) -> list[str]:
    """Return the claims that a template has slots for.

    >>> slots("It gains {C1} (above 0: {C1:verdict}), at a cost of {C2}.")
    ['C1', 'C1', 'C2']
    """
    return [slot for _, slot, _, _ in Formatter().parse(template) if slot is not None]


@dataclass(frozen=True, kw_only=True)
class Lab(Generic[Config, Cell, Record]):
    """An experiment.

    Args:
        name: the name on the command line, the same as in the register.
        version: part of every stored result's key; bump it when the meaning of a cell changes.
        question: the question in one sentence, with its question mark.
        finding: the answer in two sentences with slots for the verdicts: ``{C1}`` becomes claim
            C1's estimate with its interval, ``{C1:verdict}`` its verdict. What stands between must
            stay true whatever comes out.
        source: paper and figure of the published experiment.
        presets: name -> settings, all of one frozen dataclass; at least smoke, quick and full;
            those of `longer`, `wider`, `crossed` and `published`, where they exist, are reported
            below those of full.
        cell: frozen dataclass of one trained network; everything that can change its result is a
            field of it, among them `replicate: int`.
        record: frozen dataclass of what is measured of a cell.
        cells: settings -> the grid of cells, in plotting order.
        within: fields in which cells of a stack may differ; one left out costs speed, never truth.
        train: (cells of one stack, device) -> one record per cell, in the same order. Deferred, or
            a module-level function: it runs in other processes.
        claims: the sentences to judge.
        published: further numbers of the source, which no claim is about.
        figures: name -> figure with its caption. The first is the lab's own.
        seconds: expected seconds of one core for this cell inside a stack; only for the estimate,
            the order of the work (longest first) and the time left.
        shares: cell -> name -> seconds of one core, of what a run makes once (`labs.kit.shared`).
        megabytes: expected MB of training this stack on the CPU at its peak, beyond Python
            and the libraries (310 MB with torch); by default 60, and 15 for each cell.
        members: most cells in one stack, a number or a function of a cell.
        apart: what must agree in a stack beside fields not in `within`, such as networks' shapes.
        bench: the networks of `python -m labs bench`, if any.
        races: those of `python -m labs bench --against`, if any.
        remarks: what a run says after its claims, if anything.
        method: what its page says beside its results.
        devices: the devices that `train` can use on this machine; asked for other than "cpu" only.
        looks: preset -> ascending numbers of replicates at which `run --until-decided` judges; by
            default once, twice and four times the preset's.

    Raises:
        TypeError: presets, cell or record are not frozen dataclasses, or presets differ in type.
        ValueError: a missing preset, a cell without `replicate`, a name in `within` that is no
            field of the cell, no figure, a slot of finding or caption that is no claim, or two
            claims with one id.
    """

    name: str
    version: int
    question: str
    finding: str
    source: str
    presets: Mapping[str, Config]
    cell: type[Cell]
    record: type[Record]
    cells: Callable[[Config], Sequence[Cell]]
    train: Callable[[Sequence[Cell], str], Iterator[Record]]
    claims: Sequence[Claim]
    figures: Mapping[str, Picture]
    seconds: Callable[[Cell], float]
    shares: Callable[[Cell], Mapping[str, float]] | None = None
    megabytes: Callable[[Sequence[Cell]], float] = _modest
    published: Sequence[Published] = ()
    within: Sequence[str] = ("replicate",)
    members: int | Callable[[Cell], int] = 16
    apart: Callable[[Cell], Hashable] = _together
    bench: Callable[[], Sequence[Bench[Cell]]] | None = None
    remarks: Callable[[Table], Sequence[Remark]] | None = None
    method: Method | None = None
    devices: Callable[[], Sequence[str]] = _cpu
    looks: Mapping[str, Sequence[int]] = field(default_factory=dict)
    races: Callable[[], Sequence[Race]] | None = None

    def __post_init__(self) -> None:
        if not self.name.isidentifier():
            raise ValueError(f"name must be a Python name, got {self.name!r}")
        missing = [name for name in PRESETS if name not in self.presets]
        if missing:
            raise ValueError(f"{self._of('presets')} must include {', '.join(missing)}")
        if len({type(config) for config in self.presets.values()}) > 1:
            raise TypeError(f"{self._of('presets')} must all be of one type")
        kinds = {"presets": type(self.presets["full"]), "cell": self.cell, "record": self.record}
        for argument, kind in kinds.items():
            if not (is_dataclass(kind) and kind.__dataclass_params__.frozen):  # type: ignore[attr-defined]
                raise TypeError(f"{self._of(argument)} must be a frozen dataclass, got {kind}")
        names = [item.name for item in fields(self.cell)]  # type: ignore[arg-type]
        if "replicate" not in names:
            raise ValueError(f"{self._of('cell')} must have a field 'replicate', got {names}")
        for name in self.within:
            known(self._of("within"), name, names)
        both = set(names) & {item.name for item in fields(self.record)}  # type: ignore[arg-type]
        if both:
            raise ValueError(f"{self._of('record')} must not repeat fields of the cell, got {both}")
        if not self.figures or next(iter(self.figures.values())).preset:
            raise ValueError(f"{self._of('figures')} must begin with one of no preset of its own")
        ids = [claim.id for claim in self.claims]
        captions = {f"caption of {n}": each.caption for n, each in self.figures.items()}
        for where, template in {"finding": self.finding, **captions}.items():
            for slot in slots(template):
                known(self._of(f"{where}: slots"), slot, ids)
        repeated = sorted({i for i in ids if ids.count(i) > 1})
        if repeated:
            raise ValueError(f"{self._of('claims')} must have unique ids, got {repeated} twice")

    def _of(self, argument: str) -> str:
        return f"lab {self.name!r}: {argument}"

    @property
    def file(self) -> Path | None:
        """The file in which the lab's cell is defined, None for one that was typed in."""
        try:
            return Path(inspect.getfile(self.cell)).resolve()
        except (TypeError, OSError):
            return None

    def stack_size(self, cell: Cell) -> int:
        """Return the most cells that may train in one stack with this one."""
        return self.members(cell) if callable(self.members) else self.members

    def with_replicates(self, config: Config, replicates: int) -> Config:
        """Return settings for a look: every setting named `replicates`, or so at its end, has this
        number, so that the first replicates of a table are those of an earlier look."""
        names = [item.name for item in fields(config)]  # type: ignore[arg-type]
        counts = {name: replicates for name in names if name.endswith("replicates")}
        return replace(config, **counts)  # type: ignore[type-var]

    def looks_of(self, preset: str) -> tuple[int, ...]:
        """Return the numbers of replicates at which a preset is judged until it is decided."""
        if preset in self.looks:
            return tuple(self.looks[preset])
        replicates: int = self.presets[preset].replicates  # type: ignore[attr-defined]
        return tuple(times * replicates for times in LOOKS)


AnyLab = Lab[Any, Any, Any]


def load(register: Mapping[str, str], name: str) -> AnyLab:
    """Return a lab by its name in the register, or one that stands elsewhere.

    Args:
        register: lab name -> module.
        name: a name in it; the path of a Python file; a name that an installed package offers under
            the entry point ``mnist1d_labs``; or a module, alone or in a package, that has a `LAB`.

    Raises:
        ValueError: there is no such lab (the message offers the nearest name), its module fails, or
            another lab in the register has its name.
        TypeError: the module has no `LAB`, or one of another name than register or package say.
    """
    module, attribute, its_name = _place(register, name)
    lab = getattr(elsewhere.imported(module, name), attribute, None)
    if not isinstance(lab, Lab) or (its_name and lab.name != its_name):
        raise TypeError(
            f"{module}.{attribute} must be a Lab{f' named {its_name!r}' if its_name else ''}, got "
            f"{f'one named {lab.name!r}' if isinstance(lab, Lab) else type(lab).__name__}"
        )
    if register.get(lab.name, module) != module:  # their results would lie in one folder
        raise ValueError(
            f"lab must be of a name that no other has, got {lab.name!r} in {module}: rename it"
        )
    return lab


def _place(register: Mapping[str, str], name: str) -> tuple[str, str, str]:
    """The module of a lab, the name of its value there, and the name that it must have, if any."""
    if name in register:
        return register[name], "LAB", name
    path = elsewhere.file(name)
    if path is not None:
        return elsewhere.module_of(path), "LAB", ""
    offers = elsewhere.offers()
    if name not in offers and elsewhere.is_module(name):
        return name, "LAB", ""
    return *elsewhere.only(name, offers[known("lab", name, [*register, *offers])]), name
