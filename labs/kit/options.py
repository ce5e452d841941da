"""The options of the command line, by command: what each takes, and how its text is read."""

import argparse
from pathlib import Path
from typing import Any


def _positive(text: str) -> int:
    try:
        value = int(text)
    except ValueError:
        value = 0
    if value < 1:
        raise argparse.ArgumentTypeError(f"must be a whole number of at least 1, got {text!r}")
    return value


def _shard(text: str) -> tuple[int, int]:
    try:
        index, count = (int(part) for part in text.split("/"))
    except ValueError:
        index, count = 0, 0
    if not 1 <= index <= count:
        raise argparse.ArgumentTypeError(f"must be I/N with I from 1 to N, got {text!r}")
    return index, count


JOBS: dict[str, Any] = {
    "type": _positive,
    "help": "processes; default: one per core as far as they fit into memory (on cuda 1)",
}
SHARD: dict[str, Any] = {
    "type": _shard,
    "default": (1, 1),
    "metavar": "I/N",
    "help": "every N-th stack",
}
OUT: dict[str, dict[str, Any]] = {  # of the commands that write or read results
    "--out": {"type": Path, "default": argparse.SUPPRESS, "help": "default: results"}
}
STORED = {**OUT, "--preset": {"help": "default: the one that was run last"}}
SWITCH: dict[str, Any] = {"action": "store_true"}
OPTIONS: dict[str, dict[str, dict[str, Any]]] = {
    "run": {
        **OUT,
        "--preset": {"default": "quick", "help": "smoke, quick (default), full, ..."},
        "--set": {"action": "extend", "nargs": "+", "default": [], "metavar": "NAME=VALUE"},
        "--device": {"choices": ("cpu", "cuda"), "default": "cpu"},
        "--jobs": JOBS,
        "--shard": SHARD,
        "--executor": {"metavar": "dask|tcp://HOST:PORT", "help": "start or join a cluster"},
        "--until-decided": {**SWITCH, "help": "more replicates while published claims are open"},
        "--dry-run": {**SWITCH, "help": "say what would be trained, and train nothing"},
    },
    "paper": {
        **OUT,
        "--jobs": JOBS,
        "--dry-run": {**SWITCH, "help": "say what would be trained, and train nothing"},
    },
    "check": {
        **STORED,
        "--json": {**SWITCH, "help": "print the list of verdicts"},
        "--strict": {**SWITCH, "help": "exit 3 on a contradicted claim"},
    },
    "draw": {
        **STORED,
        "--figure": {"metavar": "NAME", "help": "one figure; default: all"},
        "--slide": {**SWITCH, "help": "at the size of a slide, to figure-...-slide.png and .svg"},
    },
    "settings": {},
    "verify": {
        "--cells": {"type": _positive, "default": 3, "help": "how many; default: 3"},
        "--jobs": JOBS,
    },
    "bench": {
        "--jobs": JOBS,
        "--rounds": {"type": _positive, "default": 5, "help": "timed turns; default: 5"},
        "--against": {"choices": ("jax",), "help": "race another library, one thread each"},
        "--python": {"metavar": "PATH", "help": "an interpreter that has it; default: this one"},
        "--json": {**SWITCH, "help": "print a list"},
    },
    "new": {},
    "report": {
        **OUT,
        "--write": {**SWITCH, "help": "write README.md and figures/"},
        "--html": {**SWITCH, "help": "write one page of all to the file --out; default: page.html"},
    },
}
