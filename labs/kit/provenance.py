"""Where results come from: machine, versions of packages, commit."""

import importlib.metadata
import platform
import subprocess
from pathlib import Path
from typing import Any

from labs.kit.machine import cores
from labs.kit.places import HERE

PACKAGES = ("mnist1d-labs", "numpy", "scipy", "torch", "scikit-learn", "matplotlib")


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
