"""Reading data sets back from disk, every byte checked."""

from __future__ import annotations

import csv
import io
import struct
import zipfile
import zlib
from collections.abc import Mapping
from dataclasses import asdict
from os import PathLike
from typing import Any

import numpy as np

from mnist1d.checks import brief, shown
from mnist1d.generate import Data
from mnist1d.layout import (
    ARRAYS,
    BEFORE,
    DTYPES,
    FORMAT,
    SPLITS,
    TEMPLATES,
    Array,
    digest_of,
    header_of,
    table_header,
)
from mnist1d.parquet import pyarrow, read_parquet
from mnist1d.paths import known_path
from mnist1d.recipe import Recipe, checked_recipe
from mnist1d.writing import columns_of

# What zipfile, numpy, json, csv, pyarrow and Recipe raise on bytes that are damaged or not ours.
DAMAGE = (
    ValueError,
    TypeError,
    LookupError,
    EOFError,
    OSError,
    RuntimeError,
    MemoryError,
    csv.Error,
    struct.error,
    zipfile.BadZipFile,
    zlib.error,
)


def load(
    path: str | PathLike[str], recipe: Recipe | None = None, stream: str | None = None
) -> Data:
    """Read back what `save` wrote, to the last bit.

    Parameters
    ----------
    path
        A ``.npz``, ``.csv`` or ``.parquet`` file.
    recipe, stream
        What the file must hold; None accepts any.

    Raises
    ------
    ValueError
        If the file is not what `save` wrote: an array is missing or has another shape or dtype
        than its recipe asks for, the digest differs, the bytes are damaged, or it holds another
        recipe or stream. The message names the file and the fault.
    OSError
        If the file cannot be read at all.
    ImportError
        For ``.parquet`` without pyarrow; the message says which extra installs it.
    """
    if recipe is not None:
        checked_recipe(recipe)
    if stream is not None and stream not in DTYPES:
        raise ValueError(f"stream must be one of {', '.join(DTYPES)}, got {shown(stream)}")
    path = known_path(path, tuple(READERS))
    if path.suffix == ".parquet":
        pyarrow()
    content = path.read_bytes()
    try:
        data = _checked(*READERS[path.suffix](content))
    except DAMAGE as error:
        raise ValueError(f"{path} is not a sound MNIST-1D file: {brief(error)}") from error
    if recipe is not None and (differing := _differing(data.recipe, recipe)):
        raise ValueError(f"{path} holds another recipe: {differing}")
    if stream not in (None, data.stream):
        raise ValueError(f"{path} holds the {data.stream} stream, not {shown(stream)}")
    return data


def _checked(header: Mapping[str, Any], arrays: dict[str, Array]) -> Data:
    recipe, stream = _checked_format(header), header["stream"]
    if stream not in DTYPES:
        raise ValueError(f"its stream must be one of {', '.join(DTYPES)}, got {shown(stream)}")
    if missing := {*ARRAYS, *TEMPLATES} - arrays.keys():
        raise ValueError(f"the array {' and the array '.join(sorted(missing))} is missing")
    for name, (dtype, shape) in _expected(recipe, stream, arrays).items():
        if (array := arrays[name]).shape != shape or array.dtype != dtype:
            raise ValueError(
                f"{name} must be {dtype} of shape {shape} by its recipe; "
                f"got {array.dtype} of shape {array.shape}"
            )
    if digest_of(header, arrays) != header["digest"]:
        raise ValueError("its digest does not match: numbers or recipe were changed")
    templates = {name[-1]: arrays.pop(name) for name in TEMPLATES}
    splits: dict[str, Any] = dict(arrays)
    return Data(**splits, templates=templates, recipe=recipe, stream=stream)


def _checked_format(header: Mapping[str, Any]) -> Recipe:
    if (found := header.get("format")) not in (FORMAT, BEFORE):
        raise ValueError(f"its format must be {FORMAT!r}, got {shown(found)}")
    recipe = Recipe.from_mapping(header["recipe"])
    if found == BEFORE and recipe.n_train is not None:
        raise ValueError("its sizes were not stratified when it was written: generate it again")
    return recipe


def _expected(
    recipe: Recipe, stream: str, arrays: Mapping[str, Array]
) -> dict[str, tuple[np.dtype[Any], tuple[int, ...]]]:
    classes, length = arrays["templates_x"].shape
    real, whole, points = np.dtype("<f8"), np.dtype("<i8"), recipe.final_seq_length
    expected = {
        "t": (DTYPES[stream], (points,)),
        "templates_x": (real, (classes, length)),
        "templates_t": (real, (length,)),
        "templates_y": (whole, (classes,)),
    }
    for (x, y), size in zip(SPLITS.values(), recipe.sizes_for(classes), strict=True):
        expected |= {x: (DTYPES[stream], (size, points)), y: (whole, (size,))}
    return expected


def _differing(found: Recipe, wanted: Recipe) -> str:
    ours = asdict(wanted)
    return ", ".join(
        f"{name} is {value}, not {ours[name]}"
        for name, value in asdict(found).items()
        if value != ours[name]
    )


def _read_npz(content: bytes) -> tuple[dict[str, Any], dict[str, Array]]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        if (damaged := archive.testzip()) is not None:
            raise ValueError(f"its member {damaged} is damaged")
    with np.load(io.BytesIO(content), allow_pickle=False) as members:
        arrays = dict(members)
    if "header" not in arrays:
        raise ValueError("the array header is missing")
    return header_of(str(arrays.pop("header"))), arrays


def _read_csv(content: bytes) -> tuple[dict[str, Any], dict[str, Array]]:
    first, *lines = content.decode("utf-8").splitlines()
    header, arrays = table_header(first.removeprefix("# "))
    dtype = DTYPES[header["stream"]]
    columns, *rows = csv.reader(lines)
    if columns != columns_of(len(arrays["t"])):
        raise ValueError(f"its columns must be split, label, x0 to x{len(arrays['t']) - 1}")
    for number, row in enumerate(rows, start=3):
        if len(row) != len(columns) or row[0] not in SPLITS:
            raise ValueError(f"line {number} is not a sample of {', '.join(SPLITS)}")
    for split, (x, y) in SPLITS.items():
        samples = [row[1:] for row in rows if row[0] == split]
        values = [[float(value) for value in sample[1:]] for sample in samples]
        arrays[x] = np.array(values, dtype).reshape(-1, len(columns) - 2)
        arrays[y] = np.array([int(sample[0]) for sample in samples], np.int64)
    return header, arrays


READERS = {".npz": _read_npz, ".csv": _read_csv, ".parquet": read_parquet}
