"""Writing files so that a kill at any moment leaves the old file or the new one, never a half."""

import json
import os
import secrets
import time
from pathlib import Path
from typing import Any

STALE = 3600.0  # seconds after which a temporary file must be a killed writer's


def write(path: Path, content: str | bytes) -> None:
    """Write a file under a temporary name of its own in the same folder, then rename it.

    Two processes may write one path at once: one of the two contents wins, whole.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{os.getpid()}-{secrets.token_hex(4)}.tmp")
    try:
        temporary.write_bytes(content.encode() if isinstance(content, str) else content)
        os.replace(temporary, path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


def sweep(folder: Path) -> None:
    """Remove the temporary files that killed processes left in a folder more than an hour ago."""
    for path in folder.glob(".*.tmp"):
        try:
            if time.time() - path.stat().st_mtime > STALE:
                path.unlink()
        except FileNotFoundError:  # another process swept it first
            continue


def as_json(value: Any) -> str:
    """Return JSON for people and programs."""
    return json.dumps(value, indent=2, ensure_ascii=False, allow_nan=False) + "\n"
