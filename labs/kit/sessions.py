"""Who has trained what: one file for each sitting of a run, `sessions/<number>-<id>.json`, with
settings, versions, device, commit and wall time, and the rules that the claims had when it started.

A process writes its own file and no other, so that shards that share a folder lose nothing. A
session's number is one more than those that it has seen: clocks of different machines are not
compared. `read_run` puts the files of a folder together.
"""

import json
import time
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from labs.kit import console, files
from labs.kit.claims import Claim
from labs.kit.digest import digest
from labs.kit.execute import Outcome
from labs.kit.machine import peak_mb, process
from labs.kit.provenance import provenance

FOLDER = "sessions"
READ = {"networks_trained", "of", "protocol", "looks", "replicates", "rules", "train"}  # of them
KINDS: dict[str, type] = {
    "lab": str,
    "version": int,
    "preset": str,
    "settings": dict,
    "looks": list,
    "replicates": int,
    "judged_at": int,
    "networks": int,
}


def read_run(folder: Path) -> dict[str, Any]:
    """Return what the sessions of a folder say together.

    Args:
        folder: `results/<lab>/<preset>`.

    Returns:
        Lab, version, preset, settings, looks, replicates and number of networks of the session that
        started last; all `sessions` that have trained networks; and the `rules` by their digest.

    Raises:
        FileNotFoundError: there is no session.
        ValueError: a file is damaged.
    """
    paths = sorted(_paths(folder), key=lambda path: (_number(path), path.name))
    if not paths:
        raise FileNotFoundError(f"{folder / FOLDER} holds no session of a run")
    found = [_read(path) for path in paths]
    run = found[-1]["run"]
    sessions = [one["session"] for one in found]
    trained = [s for s in sessions if s["networks_trained"]]
    if not any(s["of"] == identity(run) for s in trained):
        trained.append(sessions[-1])
    rules = {one["session"]["rules"]: one["rules"] for one in found}
    return {**run, "rules": rules, "sessions": trained}


def _read(path: Path) -> dict[str, Any]:
    try:
        found: dict[str, Any] = json.loads(files.read(path))
        sound = all(isinstance(found["run"][name], kind) for name, kind in KINDS.items())
        sound &= found["session"].keys() >= READ
        sound &= isinstance(found["rules"], dict)
    except (ValueError, LookupError, TypeError, AttributeError):
        sound = False
    if not sound:
        raise ValueError(f"{path} is damaged: remove it and run the lab again")
    return found


def latest(folder: Path) -> int:
    """Return the number of a folder's last session, 0 where there is none."""
    return max(map(_number, _paths(folder)), default=0)


def _paths(folder: Path) -> list[Path]:
    # Some systems put files of their own beside any file, with a dot before its name.
    return [path for path in (folder / FOLDER).glob("*.json") if not path.name.startswith(".")]


def _number(path: Path) -> int:
    number = path.stem.partition("-")[0]
    if not number.isdecimal():
        raise ValueError(f"{path} must be named <number>-<id>.json, as a run names it")
    return int(number)


@dataclass
class Session:
    """One sitting of a run; a resumed run has several, and they add up.

    Args:
        folder: `results/<lab>/<preset>`.
        header: lab, version, preset and settings.
        state: looks and numbers of replicates and networks.
        rules: claim id -> `Claim.digests`, as they are now.
        device, jobs: of this session.
        train: digest of the lab's `train`, as far as it is known without loading torch.
    """

    folder: Path
    header: dict[str, Any]
    state: dict[str, Any]
    rules: dict[str, dict[str, str]]
    device: str
    jobs: int
    train: str = ""
    trained: int = 0
    seconds: float = 0.0
    peaks: dict[str, float] = field(default_factory=dict)
    id: str = field(default_factory=lambda: uuid.uuid4().hex)
    began: float = field(default_factory=time.monotonic)
    origin: dict[str, Any] = field(default_factory=provenance)
    warned: bool = False

    def __post_init__(self) -> None:
        others = self.folder.parent.glob("*")  # all presets: `check` asks for the last one
        self.number = 1 + max(map(latest, others), default=0)
        self.path = self.folder / FOLDER / f"{self.number:04}-{self.id[:8]}.json"

    def start(self) -> None:
        """Write the session's file: its rules are fixed from here on."""
        files.sweep(self.path.parent)
        files.write(self.path, files.as_json(self._content()))

    def count(self, outcome: Outcome) -> None:
        """Add a trained stack, on disk at once: a killed run has spent its time, too."""
        self.trained += outcome.cells
        self.seconds += outcome.seconds
        self.peaks[outcome.process] = outcome.peak_mb
        self.save()

    def save(self) -> None:
        """Write the session's file again. A run does not end because that fails."""
        try:
            files.write(self.path, files.as_json(self._content()))
        except OSError as error:
            if not self.warned:
                console.say(f"{self.path} could not be written ({error}); going on")
            self.warned = True

    def earlier(self) -> dict[str, Any] | None:
        """What the folder's sessions say together, if the last is of these settings.

        Raises:
            ValueError: a file is damaged.
        """
        try:
            run = read_run(self.folder)
        except FileNotFoundError:
            return None
        return run if identity(run) == self.of else None

    def repeats(self) -> bool:
        """Return whether the lab's last session was of these settings and this look."""
        earlier, last = self.earlier(), latest(self.folder) == self.number - 1
        return last and earlier is not None and self.state.items() <= earlier.items()

    def trained_otherwise(self) -> int:
        """Return how many networks of these settings another `train` than today's has trained."""
        sessions = own_sessions(self.earlier() or self.header | {"sessions": []})
        others = [s for s in sessions if self.train and s["train"] not in ("", self.train)]
        return sum(s["networks_trained"] for s in others)

    @property
    def of(self) -> str:
        """What tells the sessions of these settings from others."""
        return identity(self.header)

    def _content(self) -> dict[str, Any]:
        return {"run": self.header | self.state, "session": self._entry(), "rules": self.rules}

    def _entry(self) -> dict[str, Any]:
        # Workers add up; each one's peak may be at another time, so this is an upper bound.
        memory = sum((self.peaks | {process(): peak_mb()}).values())
        return {
            "id": self.id,
            "of": self.of,
            "networks_trained": self.trained,
            "wall_seconds": round(time.monotonic() - self.began, 3),
            "stack_seconds": round(self.seconds, 3),  # the sum over its stacks
            "peak_memory_mb": round(memory, 1) if memory == memory else None,
            "device": self.device,
            "jobs": self.jobs,
            "looks": self.state["looks"],
            "replicates": self.state["judged_at"],
            "protocol": protocol(self.header),
            "rules": digest(self.rules),
            "train": self.train,
            **self.origin,
        }


def identity(run: Mapping[str, Any]) -> str:
    """Return what stands for the lab, version, preset and settings of a run."""
    names = ("lab", "version", "preset", "settings")
    return digest(json.loads(json.dumps([run[name] for name in names])))


def protocol(run: Mapping[str, Any]) -> str:
    """Return what stands for the settings of a run but for the numbers of replicates."""
    settings = {k: v for k, v in run["settings"].items() if not k.endswith("replicates")}
    return identity({**run, "settings": settings})


def unplanned(run: Mapping[str, Any]) -> list[int]:
    """Return the numbers of replicates at which networks of this protocol were judged before under
    another plan of looks: who goes on after such a look has spent a part of the 5 %."""
    looks, this = run["looks"], protocol(run)
    counts = {
        s["replicates"]
        for s in run["sessions"]
        if s["networks_trained"] and s["protocol"] == this
        if not (looks and s["looks"] == looks)
    }
    return sorted(counts - (set() if looks else {run["judged_at"]}))


def own_sessions(run: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the sessions of a run that were of its settings."""
    of = identity(run)
    return [session for session in run["sessions"] if session["of"] == of]


def all_sessions(run: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the sessions that trained a run's networks: those of its settings, or, where these
    have not trained as many, all of its folder: a cell is the same under any settings."""
    own = own_sessions(run)
    whole = sum(s["networks_trained"] for s in own) >= run["networks"]
    return own if whole else list(run["sessions"])


def younger(run: Mapping[str, Any], claims: Iterable[Claim]) -> dict[str, str]:
    """Return what of each claim's rule is younger than the networks of a run.

    Args:
        run: as `read_run` returns it.
        claims: the claims as they are now.

    Returns:
        claim id -> what has changed since the first networks that it judges were trained; claims
        whose rule and measure are as old as all networks are not in it. Where sessions of other
        settings have trained some of the networks, all sessions count.
    """
    trained = dict.fromkeys(s["rules"] for s in all_sessions(run) if s["networks_trained"])
    found = {}
    for claim in claims:
        notes = [_younger(run["rules"][key], claim) for key in trained]
        text = next(filter(None, notes), "")
        if text:
            found[claim.id] = text
    return found


def _younger(rules: Mapping[str, Mapping[str, str]], claim: Claim) -> str:
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
