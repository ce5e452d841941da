"""Where results come from: `run.json` with settings, versions, device, commit and wall time."""

import importlib.metadata
import json
import os
import platform
import subprocess
import time
import uuid
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from labs.kit import files
from labs.kit.execute import Outcome, cores, peak_mb

PACKAGES = ("mnist1d-labs", "numpy", "scipy", "torch", "scikit-learn", "matplotlib")
HERE = Path(__file__).parents[2]


def read_run(folder: Path) -> dict[str, Any]:
    """Return a folder's `run.json`.

    Raises:
        FileNotFoundError: there is none.
        ValueError: it is damaged.
    """
    path = folder / "run.json"
    try:
        run = json.loads(path.read_text(encoding="utf-8"))
    except ValueError:
        run = None
    names = {"lab", "version", "preset", "settings", "updated", "sessions"}
    if not isinstance(run, dict) or not names <= run.keys():
        raise ValueError(f"{path} is damaged: remove it and run the lab again")
    return run


@dataclass
class Session:
    """What `run.json` says of one sitting; a resumed run has several, and they add up."""

    folder: Path
    header: dict[str, Any]
    device: str
    jobs: int
    trained: int = 0
    peaks: dict[int, float] = field(default_factory=dict)
    id: str = field(default_factory=lambda: uuid.uuid4().hex)
    began: float = field(default_factory=time.monotonic)
    origin: dict[str, Any] = field(default_factory=lambda: provenance())

    def count(self, outcome: Outcome) -> None:
        """Add a trained stack, on disk at once: a killed run has spent its time, too."""
        self.trained += outcome.cells
        self.peaks[outcome.pid] = outcome.peak_mb
        self.save()

    def continues(self) -> bool:
        """Whether the folder's `run.json` is of the same lab, version and settings."""
        try:
            earlier = read_run(self.folder)
        except (FileNotFoundError, ValueError):
            return False
        plain = json.loads(json.dumps(self.header))
        return all(earlier.get(name) == value for name, value in plain.items())

    def save(self) -> None:
        """Write `run.json`, keeping the other sessions of the same settings."""
        earlier = read_run(self.folder)["sessions"] if self.continues() else []
        sessions = [s for s in earlier if s["id"] != self.id]
        if self.trained or not sessions:
            sessions.append(self._entry())
        updated = datetime.now(UTC).isoformat(timespec="milliseconds")
        content = self.header | {"updated": updated, "sessions": sessions}
        files.write(self.folder / "run.json", files.as_json(content))

    def _entry(self) -> dict[str, Any]:
        # Workers add up; each one's peak may be at another time, so this is an upper bound.
        memory = sum((self.peaks | {os.getpid(): peak_mb()}).values())
        return {
            "id": self.id,
            "networks_trained": self.trained,
            "wall_seconds": round(time.monotonic() - self.began, 3),
            "peak_memory_mb": round(memory, 1) if memory == memory else None,
            "device": self.device,
            "jobs": self.jobs,
            **self.origin,
        }


def provenance() -> dict[str, Any]:
    """Return what the results depend on besides the settings: machine, versions, commit."""
    return {
        "cores": cores(),
        "machine": platform.machine(),
        "versions": versions(),
        "commit": commit(),
    }


def versions() -> dict[str, str]:
    """Return the versions of Python and of the packages that results depend on."""
    found = {"python": platform.python_version()}
    for name in PACKAGES:
        try:
            found[name] = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            continue
    return found


def commit() -> str | None:
    """Return the commit of the checkout, with ``-dirty`` where it is changed; else None."""
    if not (HERE / ".git").exists():
        return None
    command = ["git", "-C", str(HERE), "describe", "--always", "--dirty", "--abbrev=40"]
    try:
        done = subprocess.run([*command, "--exclude=*"], capture_output=True, text=True, timeout=10)
    except (OSError, subprocess.TimeoutExpired):
        return None
    return done.stdout.strip() or None
