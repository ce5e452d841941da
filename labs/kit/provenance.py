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
UNTIL_0_1 = {"looks": [], "replicates": 0, "rules": {}}  # what was not said before
KINDS: dict[str, type] = {
    "lab": str,
    "version": int,
    "preset": str,
    "settings": dict,
    "looks": list,
    "replicates": int,
    "updated": str,
    "rules": dict,
    "sessions": list,
}


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
    run = UNTIL_0_1 | run if isinstance(run, dict) else {}
    if not all(isinstance(run.get(name), kind) for name, kind in KINDS.items()):
        raise ValueError(f"{path} is damaged: remove it and run the lab again")
    return run


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
        return run if identity(run) == identity(self.header) else None

    def save(self) -> None:
        """Write `run.json`. All sessions that trained networks stay in it, also those of other
        settings: their cells lie in the folder, too, under the rules of their time."""
        try:
            earlier = read_run(self.folder)
        except (FileNotFoundError, ValueError):
            earlier = {"sessions": [], "rules": {}}
        others = [s for s in earlier["sessions"] if s["id"] != self.id]
        sessions = [s for s in others if s["networks_trained"] or s.get("of") == self.of]
        rules = dict(earlier["rules"])
        if self.trained or not any(s.get("of") == self.of for s in sessions):
            rules[digest(self.rules)] = self.rules
            sessions.append(self._entry())
        updated = datetime.now(UTC).isoformat(timespec="milliseconds")
        content = {"updated": updated, "rules": rules, "sessions": sessions}
        files.write(self.folder / "run.json", files.as_json(self.header | self.state | content))

    @property
    def of(self) -> str:
        """What tells the sessions of these settings from others."""
        return identity(self.header)

    def _entry(self) -> dict[str, Any]:
        # Workers add up; each one's peak may be at another time, so this is an upper bound.
        memory = sum((self.peaks | {os.getpid(): peak_mb()}).values())
        return {
            "id": self.id,
            "of": self.of,
            "networks_trained": self.trained,
            "wall_seconds": round(time.monotonic() - self.began, 3),
            "peak_memory_mb": round(memory, 1) if memory == memory else None,
            "device": self.device,
            "jobs": self.jobs,
            "looks": self.state["looks"],
            "replicates": self.state["judged_at"],
            "protocol": protocol(self.header),
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


def identity(run: Mapping[str, Any]) -> str:
    """Return what stands for the lab, version, preset and settings of a `run.json`."""
    names = ("lab", "version", "preset", "settings")
    return digest(json.loads(json.dumps([run[name] for name in names])))


def protocol(run: Mapping[str, Any]) -> str:
    """Return what stands for the settings of a `run.json` but for the numbers of replicates."""
    settings = {k: v for k, v in run["settings"].items() if not k.endswith("replicates")}
    return identity({**run, "settings": settings})


def unplanned(run: Mapping[str, Any]) -> list[int]:
    """Return the numbers of replicates at which networks of this protocol were judged before under
    another plan of looks: who goes on after such a look has spent a part of the 5 %."""
    looks, this = run["looks"], protocol(run)
    counts = {
        s["replicates"]
        for s in run["sessions"]
        if s["networks_trained"] and s.get("protocol") == this
        if not (looks and s["looks"] == looks)
    }
    return sorted(counts - (set() if looks else {run.get("judged_at")}))


def own_sessions(run: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the sessions of a `run.json` that were of its settings."""
    of = identity(run)
    return [s for s in run["sessions"] if s.get("of", of) == of]


def younger(run: Mapping[str, Any], claims: Iterable[Claim]) -> dict[str, str]:
    """Return what of each claim's rule is younger than the networks of a `run.json`.

    Args:
        run: `run.json`, as `read_run` returns it.
        claims: the claims as they are now.

    Returns:
        claim id -> what has changed since the first networks that it judges were trained; claims
        whose rule and measure are as old as all networks are not in it. Where sessions of other
        settings have trained some of the networks, all sessions count.
    """
    own = own_sessions(run)
    whole = sum(s["networks_trained"] for s in own) >= run.get("networks", 0)
    sessions = own if whole else run["sessions"]
    trained = dict.fromkeys(s.get("rules") for s in sessions if s["networks_trained"])
    found = {}
    for claim in claims:
        notes = [_younger(run["rules"].get(key), claim) for key in trained]
        text = next(filter(None, notes), "")
        if text:
            found[claim.id] = text
    return found


def _younger(rules: Mapping[str, Mapping[str, str]] | None, claim: Claim) -> str:
    if rules is None:
        return "nobody knows how old the rule is: the networks were trained before rules were kept"
    if claim.id not in rules:
        return "the claim was added after training had started"
    before, now = rules[claim.id], claim.digests
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
