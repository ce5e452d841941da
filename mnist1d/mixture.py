"""Whether this package is whole: the original, installed by pip, has files of the same names.

``pip install mnist1d`` writes its four files over ours, or ours are written over them, and whoever
is uninstalled takes the shared ones along; pip sees nothing wrong with any of it. Our own
``mnist1d/__init__.py`` imports this module before any other: if it is not the first to, or if the
package has no such file, what runs is a mixture.
"""

from __future__ import annotations

import os
import sys
import warnings
from pathlib import Path

CURE = (
    "run 'python -m pip uninstall -y mnist1d mnist1d-labs', then install mnist1d-labs again "
    "(a notebook that begins with 'pip install mnist1d' needs that line no more)"
)


def check() -> None:
    """Raise ImportError in a mixture, and warn where uninstalling something would make one."""
    package = sys.modules["mnist1d"]
    if package.__file__ is None:
        raise ImportError(
            "files of mnist1d are missing: the original package, which has the same name, was "
            f"installed over it and uninstalled; {CURE}"
        )
    if "mnist1d.data" in sys.modules:
        raise ImportError(
            "mnist1d is a mixture: the original package, which has the same name, was installed "
            f"over it; {CURE}"
        )
    if installed_beside(Path(__file__).parents[1]):
        warnings.warn(
            "the original package mnist1d is installed into the same folder as mnist1d-labs, which "
            f"replaces it: to uninstall one of them alone would break the other; {CURE}",
            stacklevel=4,  # whoever imports the package
        )


def installed_beside(folder: Path) -> bool:
    """Whether pip knows a distribution called mnist1d in this folder."""
    try:
        names = os.listdir(folder)
    except OSError:  # a zip file is no folder
        return False
    return any(
        name.lower().startswith("mnist1d-") and name.endswith((".dist-info", ".egg-info"))
        for name in names
    )


check()
