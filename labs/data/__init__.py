"""What the labs train and test on: the data set of a replicate, and images from the reader's files.

Imports numpy and `mnist1d`, never torch.

Raises:
    ImportError: a `mnist1d` of somebody's own lies in the working folder, before ours.
"""

from pathlib import Path

import mnist1d as _data_set  # by its own name it would hide labs.data.mnist1d
from labs.kit.places import HERE

_found = Path(str(_data_set.__file__)).resolve()
if _found.parents[1] != HERE.resolve():
    raise ImportError(
        f"mnist1d must be the one that lies beside labs in {HERE}, got {_found.parent}: start "
        "Python in another folder, or as `python -P`, which does not search the working folder"
    )
