"""The list of labs: each one's question, and the verdicts of its reference and of the last run.

Loading all labs takes seconds. So a lab of the register that has a reference is told from what is
written: its reference has the question, the outputs of its last run have the verdicts.
"""

import csv
import io
import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from labs.kit import elsewhere, files, owner, plan, references, texts
from labs.kit.lab import AnyLab, load
from labs.kit.outputs import NAMES
from labs.kit.sessions import latest, read_run

NOT_RUN = "not run here"


def lines(register: Mapping[str, str], out: Path) -> Iterator[str]:
    """Yield what there is to say of the labs of the register and of those that installed packages
    offer; of one that cannot be loaded, why.

    Args:
        register: lab name -> module.
        out: folder of all results.
    """
    for name in dict.fromkeys([*register, *elsewhere.offers()]):
        reference = references.reference(name) if name in register else None
        try:
            if reference is None:
                yield from _introduced(load(register, name), out)
            else:
                yield from _intro(name, reference["question"], reference)
                written = _as_written(out / name, reference["version"])
                yield f"    {written or _judged(load(register, name), out)}"
        except (ValueError, TypeError) as error:  # of somebody else, most likely
            yield f"{name}: {error}"


def _introduced(lab: AnyLab, out: Path) -> Iterator[str]:
    yield from _intro(lab.name, lab.question, references.reference(lab.name, references.home(lab)))
    yield f"    {_judged(lab, out)}"


def _intro(name: str, question: str, reference: Mapping[str, Any] | None) -> Iterator[str]:
    yield f"{name}: {question}"
    if reference is not None:
        yield f"    reference: {texts.tally(reference['claims'])}"


def _judged(lab: AnyLab, out: Path) -> str:
    try:
        stored = plan.stored(lab, out=out)
        found = plan.results(stored)
    except FileNotFoundError:
        return NOT_RUN
    except ValueError as error:
        return f"not judged: {error}"
    return _said(stored.preset, [verdict.as_dict() for verdict in found.verdicts], found.missing)


def _as_written(folder: Path, version: int) -> str:
    """The verdicts that a lab's last run has written; empty where these may be others by now: after
    an interruption, of another version, or of another lab of this name."""
    if (folder / owner.FILE).exists():
        return ""
    try:
        last = max(folder.glob("*"), key=latest, default=folder)
        if not latest(last):
            return NOT_RUN
        table, claims, run = (files.read(last / name).decode() for name in NAMES)
        known, rows = json.loads(run), sum(1 for _ in csv.reader(io.StringIO(table))) - 1
        if known != read_run(last) or known["version"] != version:
            return ""
        return _said(last.name, json.loads(claims), known["networks"] - rows)
    except (OSError, ValueError, csv.Error):  # said where it is judged
        return ""


def _said(preset: str, verdicts: Sequence[Mapping[str, Any]], missing: int) -> str:
    return f"{preset}: {texts.tally(verdicts)}{texts.lacking(missing)}"
