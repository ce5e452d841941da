"""Where results come from: `run.json`, with settings, versions, device, commit and wall time, and
the rules that the claims had when training started."""

import importlib.metadata
import json
import os
import platform
import subprocess
import time
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from labs.kit import files
from labs.kit.claims import Claim
from labs.kit.digest import digest
from labs.kit.execute import Outcome, cores, peak_mb

PACKAGES = ("mnist1d-labs", "numpy", "scipy", "torch", "scikit-learn", "matplotlib")
HERE = Path(__file__).parents[2]
UNTIL_0_1 = {"looks": [], "replicates": 0, "rules": {}}  # what an older run.json does not say


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
    return UNTIL_0_1 | run


@dataclass
class Session:
    """What `run.json` says of one sitting; a resumed run has several, and they add up.

    Args:
        folder: of `run.json`.
        header: what all sessions of it have in common.
        state: what a later session may change.
        rules: claim id -> `Claim.digests`, as they are now.
        device, jobs: of this session.
    """

    folder: Path
    header: dict[str, Any]
    state: dict[str, Any]
    rules: dict[str, dict[str, str]]
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

    def earlier(self) -> dict[str, Any] | None:
        """The folder's `run.json`, if it is of the same lab, version and settings."""
        try:
            run = read_run(self.folder)
        except (FileNotFoundError, ValueError):
            return None
        plain = json.loads(json.dumps(self.header))
        return run if all(run.get(name) == value for name, value in plain.items()) else None

    def save(self) -> None:
        """Write `run.json`, keeping the other sessions of the same settings."""
        earlier = self.earlier() or {"sessions": [], "rules": {}}
        sessions = [s for s in earlier["sessions"] if s["id"] != self.id]
        rules = dict(earlier["rules"])
        if self.trained or not sessions:
            rules[digest(self.rules)] = self.rules
            sessions.append(self._entry())
        updated = datetime.now(UTC).isoformat(timespec="milliseconds")
        content = {"updated": updated, "rules": rules, "sessions": sessions}
        files.write(self.folder / "run.json", files.as_json(self.header | self.state | content))

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
            "rules": digest(self.rules),
            **self.origin,
        }


def provenance() -> dict[str, Any]:
    """Return what the results depend on besides the settings: machine, versions, commit."""
    return {
        "cores": cores(),
        "machine": platform.machine(),
        "processor": processor(),
        "versions": versions(),
        "commit": commit(),
    }


def processor() -> str:
    """Return the kind of processor: two of one kind round alike."""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:  # not on Linux
        lines = []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor()


def younger(run: Mapping[str, Any], claims: Iterable[Claim]) -> dict[str, str]:
    """Return what of each claim's rule is younger than the networks of a `run.json`.

    Args:
        run: `run.json`, as `read_run` returns it.
        claims: the claims as they are now.

    Returns:
        claim id -> what has changed since the first networks that it judges were trained; claims
        whose rule and measure are as old as all networks are not in it.
    """
    keys = [s.get("rules") for s in run["sessions"] if s["networks_trained"]]
    trained = [key for key in dict.fromkeys(keys) if key in run["rules"]]
    found = {}
    for claim in claims:
        notes = [_younger(run["rules"][key].get(claim.id), claim) for key in trained]
        text = next(filter(None, notes), "")
        if text:
            found[claim.id] = text
    return found


def _younger(before: Mapping[str, str] | None, claim: Claim) -> str:
    now = claim.digests
    if before is None:
        return "the claim was added after training had started"
    parts = []
    if before["rule"] != now["rule"]:
        same = before["threshold"] == now["threshold"]
        old = "how it is judged was otherwise" if same else f"the rule was {before['threshold']}"
        parts.append(old)
    if before["measure"] != now["measure"]:
        parts.append("the measure was another")
    return " and ".join(parts) + " when training started" if parts else ""


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
