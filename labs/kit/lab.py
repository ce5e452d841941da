"""What a lab is: a frozen record of plain functions. No base class, nothing to register."""

import importlib
from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, is_dataclass
from typing import TYPE_CHECKING, Any

from labs.kit.claims import Claim
from labs.kit.names import known
from labs.kit.table import Table

if TYPE_CHECKING:
    from matplotlib.figure import Figure

PRESETS = ("smoke", "quick", "full")  # what every lab has; it may have more


@dataclass(frozen=True)
class Bench:
    """One line of `python -m labs bench`: the same training by the usual loop and stacked.

    Args:
        network: the network's name.
        steps: training steps in one call of `plain` or `stacked`.
        members: networks that one call of `stacked` trains.
        plain: trains ONE network for `steps` steps by the usual loop.
        stacked: trains `members` networks for `steps` steps at once.

    Both functions run in other processes, so they are module-level functions, or
    `functools.partial` of one.

    Raises:
        ValueError: `steps` or `members` below 1.
    """

    network: str
    steps: int
    members: int
    plain: Callable[[], None]
    stacked: Callable[[], None]

    def __post_init__(self) -> None:
        for name in ("steps", "members"):
            if getattr(self, name) < 1:
                raise ValueError(f"{name} must be 1 or more, not {getattr(self, name)}")


@dataclass(frozen=True, kw_only=True)
class Lab:
    """An experiment.

    Args:
        name: the name on the command line, the same as in the register.
        version: part of every stored result's key; bump it when the meaning of a cell changes.
        question: the question in one sentence, with its question mark.
        source: paper and figure of the published experiment.
        presets: name -> settings, all of one frozen dataclass; at least smoke, quick and full;
            the results of `longer` and `wider`, where they exist, are reported below those of full.
        cell: frozen dataclass of one trained network; everything that can change its result is a
            field of it, among them `replicate: int`.
        cells: settings -> the grid of cells, in plotting order.
        stack_by: cells with equal values train together.
        train: (cells of one stack, device) -> one record per cell, in the same order. A record
            maps names to plain numbers, text, lists of them, or numpy arrays. A module-level
            function: it runs in other processes.
        claims: the sentences to judge.
        plot: table -> figure; works on a partly filled table and says how many replicates it shows.
        seconds: expected seconds of one core for this cell inside a stack; only for the estimate,
            the order of the work (longest first) and the time left.
        members: most cells in one stack, a number or a function of a cell.
        bench: the networks of `python -m labs bench`, if any.
        remarks: sentences that a run says after its claims, if any.
        devices: the devices that `train` can use on this machine; asked for other than "cpu" only.

    Raises:
        TypeError: presets or cell are not frozen dataclasses, or presets differ in type.
        ValueError: a missing preset, a cell without `replicate`, or two claims with one id.
    """

    name: str
    version: int
    question: str
    source: str
    presets: Mapping[str, Any]
    cell: type[Any]
    cells: Callable[[Any], Sequence[Any]]
    stack_by: Callable[[Any], Hashable]
    train: Callable[[Sequence[Any], str], Iterator[Mapping[str, Any]]]
    claims: Sequence[Claim]
    plot: Callable[[Table], "Figure"]
    seconds: Callable[[Any], float]
    members: int | Callable[[Any], int] = 16
    bench: Callable[[], Sequence[Bench]] | None = None
    remarks: Callable[[Table], Sequence[str]] | None = None
    devices: Callable[[], Sequence[str]] = lambda: ("cpu",)

    def __post_init__(self) -> None:
        missing = [name for name in PRESETS if name not in self.presets]
        if missing:
            raise ValueError(f"lab {self.name!r}: presets must include {', '.join(missing)}")
        if len({type(config) for config in self.presets.values()}) > 1:
            raise TypeError(f"lab {self.name!r}: presets must all be of one type")
        for argument, kind in (("presets", type(self.presets["full"])), ("cell", self.cell)):
            if not (is_dataclass(kind) and kind.__dataclass_params__.frozen):  # type: ignore[attr-defined]
                raise TypeError(f"lab {self.name!r}: {argument} must be of a frozen dataclass")
        if "replicate" not in [field.name for field in fields(self.cell)]:
            raise ValueError(f"lab {self.name!r}: cell must have a field 'replicate'")
        ids = [claim.id for claim in self.claims]
        repeated = sorted({i for i in ids if ids.count(i) > 1})
        if repeated:
            raise ValueError(f"lab {self.name!r}: claims must have unique ids, not {repeated}")

    def stack_size(self, cell: Any) -> int:
        """Return the most cells that may train in one stack with this one."""
        return self.members(cell) if callable(self.members) else self.members


def load(register: Mapping[str, str], name: str) -> Lab:
    """Return the lab that the register (name -> module) knows by this name.

    Raises:
        ValueError: the name is not in the register; the message offers the nearest.
        TypeError: the module has no `LAB` of this name.
    """
    module = importlib.import_module(register[known("lab", name, register)])
    lab = getattr(module, "LAB", None)
    if not isinstance(lab, Lab) or lab.name != name:
        raise TypeError(f"{module.__name__}.LAB must be a Lab named {name!r}")
    return lab
