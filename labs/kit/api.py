"""What the command line does, from Python: run a lab, look at its verdicts, its table, its figures.

`labs.run` and `labs.reference` are these functions with the register of this package.
"""

import csv
import io
import warnings
from collections.abc import Iterable, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, overload

import numpy as np

from labs.kit import draw, memory, outputs, plan, references, runs, texts
from labs.kit.checks import check_sizes, known
from labs.kit.claims import Verdict
from labs.kit.cluster import check_executor, joined
from labs.kit.execute import Stack
from labs.kit.extras import require
from labs.kit.lab import AnyLab, Lab, Remark, load
from labs.kit.plan import Plan, Results

if TYPE_CHECKING:  # matplotlib may be absent
    from matplotlib.figure import Figure

Register = Mapping[str, str]


class Verdicts(tuple[Verdict, ...]):
    """Judged claims in order; by id, too: ``verdicts["C1"].verdict``. Shown as a table."""

    @overload  # type: ignore[override]
    def __getitem__(self, key: str | int) -> Verdict: ...
    @overload
    def __getitem__(self, key: slice) -> tuple[Verdict, ...]: ...
    def __getitem__(self, key: str | int | slice) -> Verdict | tuple[Verdict, ...]:
        if not isinstance(key, str):
            return super().__getitem__(key)
        return {verdict.id: verdict for verdict in self}[known("claim", key, [v.id for v in self])]

    def __repr__(self) -> str:
        return texts.claims([verdict.as_dict() for verdict in self])


@dataclass(frozen=True, repr=False)
class Run:
    """What is stored and judged of a run.

    Attributes:
        plan: lab, settings and folder.
        results: table, verdicts, and how many networks are missing.
    """

    plan: Plan
    results: Results

    @property
    def verdicts(self) -> Verdicts:
        """The judged claims, in order."""
        return Verdicts(self.results.verdicts)

    @property
    def finding(self) -> str:
        """The answer to the lab's question in two sentences."""
        return texts.finding(self.plan.lab.finding, _plain(self.verdicts))

    @property
    def remarks(self) -> Sequence[Remark]:
        """What the lab says besides its claims."""
        lab = self.plan.lab
        return texts.said(lab.remarks(self.results.table)) if lab.remarks else []

    @cached_property
    def table(self) -> Any:
        """One row per network: a pandas frame, or a dict of numpy arrays where pandas is absent.

        A column of curves is an array (networks, points) in the dict, and holds an array in each
        row of the frame. Where a network has no value stands NaN, or None among text.
        """
        return frame(self.results.table)

    def figure(self, name: str | None = None) -> "Figure":
        """Draw one of the lab's figures, by default its preset's first.

        Raises:
            ValueError: the lab has no figure of this name.
        """
        lab = self.plan.lab
        shown = outputs.figure_stems(lab, self.plan.folder, self.plan.preset)
        known_name = known("figure", name or next(iter(shown)), lab.figures)
        return _shown(outputs.picture(lab, known_name, self.results.table, self.verdicts))

    def __repr__(self) -> str:
        missing = self.results.missing
        lacking = f" {missing} networks are not stored yet." if missing else ""
        return texts.fill(
            f"{self.plan.lab.name}, {self.plan.preset}, {len(self.results.table)} networks: "
            f"{texts.tally(_plain(self.verdicts))}.{lacking} {self.finding}"
        )


@dataclass(frozen=True, repr=False)
class Reference:
    """The committed results of a lab, read and not trained.

    Attributes:
        lab: whose they are.
        found: what `figures/<lab>.json` holds: settings, claims, versions, commit, wall time, ...
        folder: where it and what belongs to it lies.
    """

    lab: AnyLab
    found: Mapping[str, Any]
    folder: Path

    @property
    def verdicts(self) -> Verdicts:
        """The judged claims, in order."""
        return Verdicts(Verdict(**claim) for claim in self.found["claims"])

    @property
    def finding(self) -> str:
        """The answer to the lab's question in two sentences."""
        return references.finding(self.lab, self.found)

    @cached_property
    def table(self) -> Any:
        """One row per network, all columns that hold one value each; as `Run.table`.

        Raises:
            FileNotFoundError: the reference was made before tables were kept.
        """
        path = self.folder / f"{self.lab.name}.csv"
        if not path.exists():
            raise FileNotFoundError(
                f"the reference of lab {self.lab.name!r} was made before tables were kept: {path} "
                f"is not there"
            )
        rows = csv.DictReader(io.StringIO(path.read_text(encoding="utf-8")))
        return frame([{name: outputs.value(text) for name, text in row.items()} for row in rows])

    @property
    def figures(self) -> list[Path]:
        """The pictures of the reference; an installed package has none."""
        stems = self.found.get("figures", [self.found["lab"]])
        paths = [self.folder / f"{stem}.png" for stem in stems]
        return [path for path in paths if path.exists()]

    def __repr__(self) -> str:
        return texts.fill(
            f"{self.found['lab']}, reference of {self.found['networks']} networks: "
            f"{texts.tally(self.found['claims'])}. {self.finding}"
        )


def run(
    register: Register,
    lab: str | Path | AnyLab,
    preset: str = "quick",
    *,
    out: str | Path = "results",
    device: str = "cpu",
    jobs: int | None = None,
    shard: tuple[int, int] = (1, 1),
    until_decided: bool = False,
    executor: str | None = None,
    **settings: Any,
) -> Run:
    """Train what is not stored yet, judge and write as `python -m labs run` does; see `labs.run`.

    Args:
        register: lab name -> module.
        lab, preset, out, device, jobs, shard, until_decided, executor, **settings: see `labs.run`.
    """
    _check_types(preset, out, device, shard, until_decided, executor)
    if executor is not None:
        check_executor(executor)
    require("labs", "labs.run")
    chosen = find(register, lab)
    plan.check_device(chosen, device)
    if jobs is not None:
        check_sizes(jobs=jobs)
    folder = Path(out).expanduser()
    resolved = plan.resolve(
        chosen, preset, out=folder, values=settings, until_decided=until_decided
    )
    resolved = runs.continued(resolved)
    todo, _ = runs.pending(resolved, shard)
    with joined(executor, jobs) if executor is not None else nullcontext() as on:
        count, remark = (on.slots(), "") if on else memory.processes(chosen, todo, jobs, device)
        for text in [*(on.remarks if on else []), *filter(None, [remark])]:
            warnings.warn(text, stacklevel=3)
        last = runs.train(
            resolved,
            _announce,
            shard=shard,
            until_decided=until_decided,
            device=device,
            jobs=count,
            executor=on,
        )
    return Run(last, plan.conclude(last)[0])


def reference(register: Register, lab: str | Path | AnyLab) -> Reference:
    """Return the committed results of a lab; see `labs.reference`."""
    chosen = find(register, lab)
    folder = references.home(chosen)
    found = references.reference(chosen.name, folder)
    if found is None:
        raise ValueError(f"lab must be one with a committed reference, got {chosen.name!r}")
    return Reference(chosen, found, folder)


def _check_types(
    preset: Any, out: Any, device: Any, shard: Any, until_decided: Any, executor: Any
) -> None:
    sound = {
        "preset must be text": (isinstance(preset, str), preset),
        "out must be the path of a folder": (isinstance(out, str | Path) and str(out) != "", out),
        "device must be text": (isinstance(device, str), device),
        "shard must be a pair of whole numbers": (
            isinstance(shard, tuple | list) and [type(n) for n in shard] == [int, int],
            shard,
        ),
        "until_decided must be True or False": (isinstance(until_decided, bool), until_decided),
        "executor must be text or None": (executor is None or isinstance(executor, str), executor),
    }
    for rule, (fits, value) in sound.items():
        if not fits:
            raise TypeError(f"{rule}, got {value!r}")


def find(register: Register, lab: str | Path | AnyLab) -> AnyLab:
    """Return a lab: itself, or by its name, path or module.

    Raises:
        TypeError: it is none of these.
        ValueError: there is no such lab, or one of another lab's name, beside whose results its own
            would lie.
    """
    if isinstance(lab, str | Path):
        return load(register, str(lab))
    if not isinstance(lab, Lab):
        raise TypeError(f"lab must be a Lab, a name, a path or a module, got {type(lab).__name__}")
    if lab.name in register and load(register, lab.name) is not lab:
        raise ValueError(f"lab must be of a name that no other has, got {lab.name!r}: rename it")
    return lab


def frame(rows: Iterable[Mapping[str, Any]]) -> Any:
    """Return rows as a pandas frame, or as a dict of numpy arrays where pandas is absent."""
    rows = list(rows)
    names = dict.fromkeys(name for row in rows for name in row)
    arrays = {name: _array([row.get(name) for row in rows]) for name in names}
    try:
        import pandas as pd
    except ImportError:
        return arrays
    return pd.DataFrame({n: a if a.ndim == 1 else list(a) for n, a in arrays.items()})


def _array(values: Sequence[Any]) -> np.ndarray:
    if any(isinstance(v, float) for v in values):
        values = [np.nan if v is None else v for v in values]
    try:
        array = np.array(values)
    except ValueError:  # curves of different lengths
        array = np.empty(len(values), object)
        array[:] = values
    return array


def _announce(
    now: Plan, todo: Sequence[Stack], damage: Sequence[str], still_open: int | None
) -> None:
    for text in damage:
        warnings.warn(f"{text}; it is trained again", stacklevel=4)


def _plain(verdicts: Iterable[Verdict]) -> list[dict[str, Any]]:
    return [verdict.as_dict() for verdict in verdicts]


def _shown(drawn: "Figure") -> "Figure":
    # A notebook shows a figure that pyplot does not know only if it can make a picture of itself.
    drawn._repr_png_ = lambda: draw.png(drawn)  # type: ignore[attr-defined]
    return drawn
