"""Where the committed references lie, and what is read of them.

A lab whose `full` preset is too short or too small for a claim, or lacks what few readers have, may
have presets of the names in `MORE`: their references, `figures/<lab>-longer.*` and so on, stand
below the other on the lab's page.
"""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from labs.kit import outputs, texts
from labs.kit.lab import AnyLab, slots
from labs.kit.places import FIGURES, LABS

PRESET = "full"
MORE = {  # presets beside it, and titles
    "longer": "longer training",
    "wider": "wider networks",
    "crossed": "one source of chance at a time",
    "published": "the published schedule",
}


def reference(name: str, figures: Path = FIGURES, preset: str = PRESET) -> dict[str, Any] | None:
    """Return the committed reference of a lab, None where there is none."""
    path = figures / f"{stem(name, preset)}.json"
    if not path.exists():
        return None
    found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return found


def stem(name: str, preset: str = PRESET) -> str:
    """Return the name that the files of a reference have, without ending."""
    return name if preset == PRESET else f"{name}-{preset}"


def presets(lab: AnyLab) -> list[str]:
    """Return the presets of a lab that have references."""
    return [preset for preset in (PRESET, *MORE) if preset in lab.presets]


def home(lab: AnyLab) -> Path:
    """Return the folder of a lab's reference: `figures` of this project, or beside the file of a
    lab that stands elsewhere."""
    if lab.file is None or lab.file.is_relative_to(LABS):
        return FIGURES
    return lab.file.parent / "figures"


def finding(lab: AnyLab, found: Mapping[str, Any]) -> str:
    """Return the lab's finding with the numbers of a reference, or how many of its claims hold
    where it cannot say the finding, and that it is outdated where it is."""
    claims = asked(found)
    said = _filled(lab.finding, claims) or f"{texts.tally(claims)}."
    return f"{said} {outdated(lab, found)}".rstrip()


def asked(found: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """Return the claims of a reference; beside a lab's main one those that it has data for."""
    return [claim for claim in found["claims"] if found["preset"] == PRESET or claim["n"]]


def outdated(lab: AnyLab, found: Mapping[str, Any]) -> str:
    """Return that a reference is of an older version of its lab, in a sentence; empty where it is
    not."""
    if found["version"] == lab.version:
        return ""
    return (
        f"This reference is of version {found['version']} of the lab: what version {lab.version} "
        "trains and claims is another thing, and has not been run in full yet."
    )


def captions(lab: AnyLab, found: Mapping[str, Any]) -> dict[str, str]:
    """Return the figures of a reference: name without ending -> caption, empty for one that was
    drawn before figures had captions."""
    stems = outputs.figure_stems(lab, Path(stem(lab.name, found["preset"])), found["preset"])
    drawn = found.get("figures", [])
    named = {str(path): lab.figures[name].caption for name, path in stems.items()}
    filled = {at: _filled(text, found["claims"]) for at, text in named.items() if at in drawn}
    return filled or {stem(lab.name, found["preset"]): ""}


def _filled(template: str, claims: Sequence[Mapping[str, Any]]) -> str:
    # a reference that is older than a claim has no number for it
    known = {claim["id"] for claim in claims}
    return texts.finding(template, claims) if known.issuperset(slots(template)) else ""
