"""What the labs train and test on: the data set of a replicate, and images from the reader's files.

Imports numpy and `mnist1d`, never torch.

Raises:
    ImportError: a `mnist1d` of somebody's own lies in the working folder, before ours, or pip has
        installed the original over ours.
"""

from pathlib import Path

import mnist1d as _data_set  # by its own name it would hide labs.data.mnist1d
from labs.kit.places import HERE

_found = Path(_data_set.__path__[0]).resolve()
if _found.parent != HERE.resolve():
    raise ImportError(
        f"mnist1d must be the one that lies beside labs in {HERE}, got {_found}: start "
        "Python in another folder, or as `python -P`, which does not search the working folder; "
        "if pip has installed it, run 'python -m pip uninstall mnist1d'"
    )
if not hasattr(_data_set, "Recipe"):
    raise ImportError(
        f"mnist1d must be whole, got files of the original in {_found}: run 'python -m pip "
        "uninstall -y mnist1d mnist1d-labs', then install mnist1d-labs again"
    )
