"""A lab to start from: what `python -m labs new NAME` writes, one file that runs as it is.

The text is that of `labs/kit/new_lab.txt`, with LAB_NAME in place of the lab's name.
"""

import keyword
import sys
from collections.abc import Iterable
from importlib.util import find_spec
from pathlib import Path

from labs.kit import files

TEXT = Path(__file__).with_name("new_lab.txt")


def write(name: str, taken: Iterable[str], folder: Path) -> Path:
    """Write a lab of this name into a folder and return its path.

    Raises:
        ValueError: a name that Python cannot import, that another lab has, or whose file exists.
    """
    path = folder / f"{name}.py"
    if not name.isidentifier() or keyword.iskeyword(name) or name != name.lower():
        raise ValueError(f"NAME must be a lower-case Python name, got {name!r}")
    if name in {*taken, "all"} or name in sys.stdlib_module_names or find_spec(name):
        raise ValueError(f"NAME must be one that no lab and no module has, got {name!r}")
    if path.exists():
        raise ValueError(f"NAME must be one that no file here has, got {name!r}: {path} is there")
    files.write(path, TEXT.read_text(encoding="utf-8").replace("LAB_NAME", name))
    return path
