"""Writing data sets to disk, `.npz` without pickles, `.csv` and `.parquet`, whole or not at all."""

from __future__ import annotations

import csv
import json
from collections.abc import Mapping
from dataclasses import asdict
from os import PathLike
from pathlib import Path
from typing import Any, Protocol, runtime_checkable

import numpy as np

from mnist1d.checks import shown
from mnist1d.layout import ARRAYS, FORMAT, SPLITS, TEMPLATES, Array, digest_of, table_text
from mnist1d.parquet import pyarrow, write_parquet
from mnist1d.paths import replacing, writable
from mnist1d.recipe import Recipe


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
        ``.parquet``: a table of the columns ``split``, ``label`` and ``x``, the signals as lists
        of one length; the header under ``mnist1d`` in the metadata of its schema.
        The header holds the recipe, the stream and a digest of everything, in JSON.

    Returns
    -------
    Path
        The file written.

    Raises
    ------
    TypeError, ValueError, FileNotFoundError
        If `data` is no `Data`, the ending is none of these, or the folder does not exist.
    ImportError
        For ``.parquet`` without pyarrow; the message says which extra installs it.
    """
    if not isinstance(data, DataLike):
        raise TypeError(f"data must be a Data, as generate() returns, got {shown(data)}")
    path = checked_target(path)
    arrays = _arrays(data)
    header = {"format": FORMAT, "recipe": asdict(data.recipe), "stream": data.stream}
    header["digest"] = digest_of(header, arrays)
    with replacing(path) as temporary:
        WRITERS[path.suffix](temporary, header, arrays)
    return path


def checked_target(path: str | PathLike[str]) -> Path:
    """`path`, if `save` can write there: its ending, its folder, what the ending needs."""
    path = writable(path, tuple(WRITERS))
    if path.suffix == ".parquet":
        pyarrow()
    return path


def _arrays(data: DataLike) -> dict[str, Array]:
    arrays = {name: getattr(data, name) for name in ARRAYS}
    arrays |= {name: data.templates[name[-1]] for name in TEMPLATES}
    return {name: np.ascontiguousarray(array) for name, array in arrays.items()}


def _write_npz(path: Path, header: Mapping[str, Any], arrays: Mapping[str, Array]) -> None:
    # No object arrays, so no pickles; numpy 1.26 does not know allow_pickle here.
    np.savez(path, header=np.array(json.dumps(header)), **arrays)  # type: ignore[arg-type]


def _write_csv(path: Path, header: Mapping[str, Any], arrays: Mapping[str, Array]) -> None:
    with path.open("w", encoding="utf-8", newline="\n") as file:
        file.write(f"# {table_text(header, arrays)}\n")
        rows = csv.writer(file, lineterminator="\n")
        rows.writerow(columns_of(arrays["x"].shape[1]))
        for split, (x, y) in SPLITS.items():
            samples = zip(arrays[y].tolist(), arrays[x].tolist(), strict=True)
            rows.writerows([split, label, *values] for label, values in samples)


def columns_of(points: int) -> list[str]:
    return ["split", "label", *(f"x{point}" for point in range(points))]


WRITERS = {".npz": _write_npz, ".csv": _write_csv, ".parquet": write_parquet}
