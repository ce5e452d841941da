"""Libraries that only some commands need, and which extra of the package installs them."""

import importlib.util
import sys
from collections.abc import Iterable

EXTRAS = {
    "labs": ("torch", "sklearn", "matplotlib", "tqdm"),
    "cluster": ("distributed",),
    "teach": ("jupytext", "nbformat", "nbclient", "ipykernel"),
}


class MissingExtraError(ImportError):
    """A library is not installed; the message says which extra installs it."""


def require(extra: str, purpose: str, libraries: Iterable[str] = ()) -> None:
    """Refuse to begin work for which an extra's libraries, all or some of them, are not installed.

    Raises:
        MissingExtraError: naming the purpose, what is missing and what to install.
    """
    names = tuple(libraries) or EXTRAS[extra]
    missing = [name for name in names if not installed(name)]
    if missing:
        raise MissingExtraError(_sentence(purpose, missing, extra))


def explained(error: ImportError) -> MissingExtraError | None:
    """Return an import error in the words of `require`, if an extra would mend it."""
    library = (error.name or "").partition(".")[0]
    for extra, names in EXTRAS.items():
        if isinstance(error, ModuleNotFoundError) and library in names:
            return MissingExtraError(_sentence("this", [library], extra))
    return None


def installed(name: str) -> bool:
    """Return whether a library can be imported."""
    try:
        return importlib.util.find_spec(name) is not None
    except ValueError:  # it is imported already, by hand
        return sys.modules[name] is not None
    except ImportError:  # somebody's own finder forbids it
        return False


def _sentence(purpose: str, missing: Iterable[str], extra: str) -> str:
    return f"{purpose} needs {', '.join(missing)}: pip install 'mnist1d-labs[{extra}]'"
