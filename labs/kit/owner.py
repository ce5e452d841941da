"""Whose results a folder holds: two labs that stand elsewhere may have one name.

The cells of a store are told apart by the lab's name, its version and their fields, so that a lab
can move with its results. What two files of one name must not do is read each other's cells; so the
folder says which file it was made by.
"""

import json
from pathlib import Path

from labs.kit import files
from labs.kit.lab import AnyLab
from labs.kit.places import LABS

FILE = "lab.json"


def check(folder: Path, lab: AnyLab) -> None:
    """Refuse the folder of a lab's results where they are another's.

    Raises:
        ValueError: they were made by another file, which is still there and says something else.
    """
    other = _made_by(folder)
    if other is None or lab.file is None or not other.is_file() or other.samefile(lab.file):
        return
    if other.read_bytes() != lab.file.read_bytes():
        raise ValueError(
            f"{folder} must hold results of lab {lab.name!r} in {lab.file}, got those of "
            f"{other}: give one of them another name, or another folder by --out"
        )


def sign(folder: Path, lab: AnyLab) -> None:
    """Say which file the results in a folder are made by, unless the lab is one of ours."""
    if lab.file is not None and not lab.file.is_relative_to(LABS):
        content = {"lab": lab.name, "file": str(lab.file)}
        # In ASCII: a path need not be text in any encoding.
        files.write(folder / FILE, json.dumps(content, indent=2) + "\n")


def _made_by(folder: Path) -> Path | None:
    try:
        return Path(json.loads((folder / FILE).read_text(encoding="utf-8"))["file"])
    except (OSError, ValueError, KeyError, TypeError):  # there is none, or it is damaged
        return None
