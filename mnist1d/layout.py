"""What a file of ours holds, whatever its format: names, types, the header and its digest."""

from __future__ import annotations

import json
from collections.abc import Mapping
from hashlib import sha256
from typing import Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]

FORMAT = "mnist1d-labs data, version 2"
# Exact sizes were not balanced by class in it, so that such a recipe says what it does not hold.
BEFORE = "mnist1d-labs data, version 1"
DTYPES: dict[str, np.dtype[Any]] = {"exact": np.dtype("<f8"), "fast": np.dtype("<f4")}
SPLITS = {"train": ("x", "y"), "val": ("x_val", "y_val"), "test": ("x_test", "y_test")}
TEMPLATES = ("templates_x", "templates_t", "templates_y")
ARRAYS = (*(name for pair in SPLITS.values() for name in pair), "t")
SMALL = ("t", *TEMPLATES)  # what a table has no column for stands in its header


def digest_of(header: Mapping[str, Any], arrays: Mapping[str, Array]) -> str:
    identity = {name: header[name] for name in ("format", "recipe", "stream")}
    digest = sha256(json.dumps(identity, sort_keys=True).encode())
    for name, array in sorted(arrays.items()):
        digest.update(f"{name} {array.dtype.str} {array.shape}".encode())
        digest.update(array.tobytes())
    return digest.hexdigest()


def header_of(text: str) -> dict[str, Any]:
    """The header that is written in JSON; ValueError if it is none."""
    header = json.loads(text)
    if not isinstance(header, dict):
        raise ValueError("its header is not a JSON object")
    return header


def table_text(header: Mapping[str, Any], arrays: Mapping[str, Array]) -> str:
    """The header of a table of samples, which holds the small arrays too."""
    return json.dumps({**header, **{name: arrays[name].tolist() for name in SMALL}})


def table_header(text: str) -> tuple[dict[str, Any], dict[str, Array]]:
    """The header of a table and the small arrays in it."""
    header = header_of(text)
    arrays = {name: np.array(header.pop(name)) for name in SMALL}
    arrays["t"] = arrays["t"].astype(DTYPES[header["stream"]])
    return header, arrays
