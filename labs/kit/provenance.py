"""Where results come from: machine, versions of packages, commit."""

import importlib.metadata
import os
import platform
import subprocess
from pathlib import Path
from typing import Any

from labs.kit.machine import cores
from labs.kit.places import HERE

PACKAGES = ("mnist1d-labs", "numpy", "scipy", "torch", "scikit-learn", "matplotlib")
PARTS = {"cpu family": "family", "model": "model", "CPU implementer": "maker", "CPU part": "part"}
VECTORS = ("avx512f", "avx2", "avx")  # the widest one is used
KERNELS = "OPENBLAS_CORETYPE"  # where it is set, numpy's BLAS takes those of that processor


def provenance() -> dict[str, Any]:
    """Return what the results depend on besides the settings: machine, versions, commit."""
    return {
        "cores": cores(),
        "machine": platform.machine(),
        "processor": processor(),
        "versions": versions(),
        "commit": commit(),
    }


def processor(path: Path = Path("/proc/cpuinfo")) -> str:
    """Return the kind of processor: two of one kind round alike.

    A name alone does not tell: machines of two generations call themselves "AMD EPYC", and a
    machine may hide its widest vectors. And numpy may be told whose kernels it multiplies with.

    Args:
        path: where Linux tells; elsewhere the name that Python knows is returned.
    """
    try:
        lines = path.read_text(encoding="utf-8").split("\n\n")[0].splitlines()
    except OSError:  # not on Linux
        lines = []
    told = {name.strip(): value.strip() for name, _, value in (x.partition(":") for x in lines)}
    vectors = [name for name in VECTORS if name in told.get("flags", "").split()]
    parts = [f"{word} {told[name]}" for name, word in PARTS.items() if name in told] + vectors[:1]
    if kernels := os.environ.get(KERNELS):
        parts.append(f"{kernels} kernels")
    name = told.get("model name") or platform.processor() or platform.machine()
    return f"{name} ({', '.join(parts)})" if parts else name


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
