"""Writing data sets to disk, `.npz` without pickles and `.csv`, whole or not at all."""

from __future__ import annotations

import csv
import json
import os
import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict
from hashlib import sha256
from os import PathLike
from pathlib import Path
from typing import Any, Protocol, runtime_checkable

import numpy as np
import numpy.typing as npt

from mnist1d.recipe import Recipe

Array = npt.NDArray[Any]

FORMAT = "mnist1d-labs data, version 1"
DTYPES: dict[str, np.dtype[Any]] = {"exact": np.dtype("<f8"), "fast": np.dtype("<f4")}
SPLITS = {"train": ("x", "y"), "val": ("x_val", "y_val"), "test": ("x_test", "y_test")}
TEMPLATES = ("templates_x", "templates_t", "templates_y")
ARRAYS = (*(name for pair in SPLITS.values() for name in pair), "t")


@runtime_checkable
class DataLike(Protocol):
    """What is written of a :class:`mnist1d.Data`."""

    @property
    def recipe(self) -> Recipe: ...

    @property
    def stream(self) -> str: ...

    @property
    def templates(self) -> Mapping[str, Array]: ...


def save(data: DataLike, path: str | PathLike[str]) -> Path:
    """Write a data set to `path`, whole or not at all.

    Parameters
    ----------
    data
        What `generate` returned.
    path
        ``.npz``: the arrays ``x, y, x_val, y_val, x_test, y_test, t, templates_x, templates_t,
        templates_y`` and ``header``, a JSON string; no pickles, ``numpy.load`` reads it as it is.
        ``.csv``: the header as a first line that starts with ``#`` (``pandas.read_csv(path,
        comment="#")`` skips it), then one row per sample: ``split, label, x0, x1, ...``, every
        number with as many digits as give back the same float.
        The header holds the recipe, the stream and a digest of everything.

    Returns
    -------
    Path
        The file written.

    Raises
    ------
    TypeError, ValueError, FileNotFoundError
        If `data` is no `Data`, the ending is neither, or the folder does not exist.
    """
    if not isinstance(data, DataLike):
        raise TypeError(f"data must be a Data, as generate() returns, got {type(data).__name__}")
    path = writable(path, tuple(WRITERS))
    arrays = _arrays(data)
    header = {"format": FORMAT, "recipe": asdict(data.recipe), "stream": data.stream}
    header["digest"] = digest_of(header, arrays)
    with replacing(path) as temporary:
        WRITERS[path.suffix](temporary, header, arrays)
    return path


def writable(path: str | PathLike[str], endings: tuple[str, ...]) -> Path:
    """`path`, if its ending is among `endings` and its folder exists.

    Raises
    ------
    ValueError, FileNotFoundError
        Otherwise.

    >>> writable("data.txt", (".npz", ".csv"))
    Traceback (most recent call last):
        ...
    ValueError: the file name must end in .npz or .csv, got data.txt
    """
    path = known_path(path, endings)
    if not path.parent.is_dir():
        raise FileNotFoundError(f"the folder of {path} does not exist; create it first")
    if path.is_dir():
        raise ValueError(f"the file name must not be that of a folder, got {path}")
    return path


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """A new name beside `path` to write to: it becomes `path` if the block ends without error."""
    temporary = path.with_name(f".{path.stem}.{secrets.token_hex(4)}{path.suffix}")
    try:
        yield temporary
        os.replace(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)


def known_path(path: str | PathLike[str], endings: tuple[str, ...]) -> Path:
    path = Path(path)
    if path.suffix not in endings:
        raise ValueError(f"the file name must end in {' or '.join(endings)}, got {path}")
    return path


def _arrays(data: DataLike) -> dict[str, Array]:
    arrays = {name: getattr(data, name) for name in ARRAYS}
    arrays |= {name: data.templates[name[-1]] for name in TEMPLATES}
    return {name: np.ascontiguousarray(array) for name, array in arrays.items()}


def digest_of(header: Mapping[str, Any], arrays: Mapping[str, Array]) -> str:
    identity = {name: header[name] for name in ("format", "recipe", "stream")}
    digest = sha256(json.dumps(identity, sort_keys=True).encode())
    for name, array in sorted(arrays.items()):
        digest.update(f"{name} {array.dtype.str} {array.shape}".encode())
        digest.update(array.tobytes())
    return digest.hexdigest()


def _write_npz(path: Path, header: Mapping[str, Any], arrays: Mapping[str, Array]) -> None:
    # No object arrays, so no pickles; numpy 1.26 does not know allow_pickle here.
    np.savez(path, header=np.array(json.dumps(header)), **arrays)  # type: ignore[arg-type]


def _write_csv(path: Path, header: Mapping[str, Any], arrays: Mapping[str, Array]) -> None:
    small = {name: arrays[name].tolist() for name in ("t", *TEMPLATES)}
    with path.open("w", encoding="utf-8", newline="\n") as file:
        file.write(f"# {json.dumps({**header, **small})}\n")
        rows = csv.writer(file, lineterminator="\n")
        rows.writerow(columns_of(arrays["x"].shape[1]))
        for split, (x, y) in SPLITS.items():
            samples = zip(arrays[y].tolist(), arrays[x].tolist(), strict=True)
            rows.writerows([split, label, *values] for label, values in samples)


def columns_of(points: int) -> list[str]:
    return ["split", "label", *(f"x{point}" for point in range(points))]


WRITERS = {".npz": _write_npz, ".csv": _write_csv}
