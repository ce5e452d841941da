"""Data sets on disk: `.npz` without pickles and `.csv`, both checked when they are read back."""

from __future__ import annotations

import csv
import io
import json
import os
import secrets
import struct
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict
from hashlib import sha256
from os import PathLike
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from mnist1d.generate import Data
from mnist1d.recipe import Recipe

Array = npt.NDArray[Any]

FORMAT = "mnist1d-labs data, version 1"
DTYPES: dict[str, np.dtype[Any]] = {"exact": np.dtype("<f8"), "fast": np.dtype("<f4")}
SPLITS = {"train": ("x", "y"), "val": ("x_val", "y_val"), "test": ("x_test", "y_test")}
TEMPLATES = ("templates_x", "templates_t", "templates_y")
ARRAYS = (*(name for pair in SPLITS.values() for name in pair), "t")

# What zipfile, numpy, json, csv and Recipe raise on bytes that are damaged or not ours.
DAMAGE = (
    ValueError,
    TypeError,
    LookupError,
    EOFError,
    OSError,
    RuntimeError,
    csv.Error,
    struct.error,
    zipfile.BadZipFile,
    zlib.error,
)


def save(data: Data, path: str | PathLike[str]) -> Path:
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
    if not isinstance(data, Data):
        raise TypeError(f"data must be a Data, as generate() returns; got {type(data).__name__}")
    path = writable(path, tuple(WRITERS))
    arrays = _arrays(data)
    header = {"format": FORMAT, "recipe": asdict(data.recipe), "stream": data.stream}
    header["digest"] = _digest(header, arrays)
    with replacing(path) as temporary:
        WRITERS[path.suffix](temporary, header, arrays)
    return path


def load(
    path: str | PathLike[str], recipe: Recipe | None = None, stream: str | None = None
) -> Data:
    """Read back what `save` wrote, to the last bit.

    Parameters
    ----------
    path
        A ``.npz`` or ``.csv`` file.
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
    """
    path = _known(path, tuple(READERS))
    content = path.read_bytes()
    try:
        data = _checked(*READERS[path.suffix](content))
    except DAMAGE as error:
        raise ValueError(f"{path} is not a sound MNIST-1D file: {error}") from error
    if recipe is not None and (differing := _differing(data.recipe, recipe)):
        raise ValueError(f"{path} holds another recipe: {differing}")
    if stream not in (None, data.stream):
        raise ValueError(f"{path} holds the {data.stream} stream, not the {stream} stream")
    return data


def writable(path: str | PathLike[str], endings: tuple[str, ...]) -> Path:
    """`path`, if its ending is among `endings` and its folder exists.

    Raises
    ------
    ValueError, FileNotFoundError
        Otherwise.

    >>> writable("data.txt", (".npz", ".csv"))
    Traceback (most recent call last):
        ...
    ValueError: the file name must end in .npz or .csv; got data.txt
    """
    path = _known(path, endings)
    if not path.parent.is_dir():
        raise FileNotFoundError(f"the folder of {path} does not exist; create it first")
    if path.is_dir():
        raise ValueError(f"the file name must not be that of a folder; got {path}")
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


def _known(path: str | PathLike[str], endings: tuple[str, ...]) -> Path:
    path = Path(path)
    if path.suffix not in endings:
        raise ValueError(f"the file name must end in {' or '.join(endings)}; got {path}")
    return path


def _arrays(data: Data) -> dict[str, Array]:
    arrays = {name: getattr(data, name) for name in ARRAYS}
    arrays |= {name: data.templates[name[-1]] for name in TEMPLATES}
    return {name: np.ascontiguousarray(array) for name, array in arrays.items()}


def _digest(header: Mapping[str, Any], arrays: Mapping[str, Array]) -> str:
    identity = {name: header[name] for name in ("format", "recipe", "stream")}
    digest = sha256(json.dumps(identity, sort_keys=True).encode())
    for name, array in sorted(arrays.items()):
        digest.update(f"{name} {array.dtype.str} {array.shape}".encode())
        digest.update(array.tobytes())
    return digest.hexdigest()


def _checked(header: Mapping[str, Any], arrays: dict[str, Array]) -> Data:
    if header.get("format") != FORMAT:
        raise ValueError(f"its format must be {FORMAT!r}; got {header.get('format')!r}")
    recipe, stream = Recipe.from_mapping(header["recipe"]), header["stream"]
    if stream not in DTYPES:
        raise ValueError(f"its stream must be one of {', '.join(DTYPES)}; got {stream!r}")
    if missing := {*ARRAYS, *TEMPLATES} - arrays.keys():
        raise ValueError(f"the array {' and the array '.join(sorted(missing))} is missing")
    for name, (dtype, shape) in _expected(recipe, stream, arrays).items():
        if (array := arrays[name]).shape != shape or array.dtype != dtype:
            raise ValueError(
                f"{name} must be {dtype} of shape {shape} by its recipe; "
                f"got {array.dtype} of shape {array.shape}"
            )
    if _digest(header, arrays) != header["digest"]:
        raise ValueError("its digest does not match: numbers or recipe were changed")
    templates = {name[-1]: arrays.pop(name) for name in TEMPLATES}
    return Data(**arrays, templates=templates, recipe=recipe, stream=stream)


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


def _write_npz(path: Path, header: Mapping[str, Any], arrays: Mapping[str, Array]) -> None:
    # No object arrays, so no pickles; numpy 1.26 does not know allow_pickle here.
    np.savez(path, header=np.array(json.dumps(header)), **arrays)  # type: ignore[arg-type]


def _read_npz(content: bytes) -> tuple[dict[str, Any], dict[str, Array]]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        if (damaged := archive.testzip()) is not None:
            raise ValueError(f"its member {damaged} is damaged")
    with np.load(io.BytesIO(content), allow_pickle=False) as members:
        arrays = dict(members)
    if "header" not in arrays:
        raise ValueError("the array header is missing")
    return _header(str(arrays.pop("header"))), arrays


def _write_csv(path: Path, header: Mapping[str, Any], arrays: Mapping[str, Array]) -> None:
    small = {name: arrays[name].tolist() for name in ("t", *TEMPLATES)}
    with path.open("w", encoding="utf-8", newline="\n") as file:
        file.write(f"# {json.dumps({**header, **small})}\n")
        rows = csv.writer(file, lineterminator="\n")
        rows.writerow(_columns(arrays["x"].shape[1]))
        for split, (x, y) in SPLITS.items():
            samples = zip(arrays[y].tolist(), arrays[x].tolist(), strict=True)
            rows.writerows([split, label, *values] for label, values in samples)


def _read_csv(content: bytes) -> tuple[dict[str, Any], dict[str, Array]]:
    first, *lines = content.decode("utf-8").splitlines()
    header = _header(first.removeprefix("# "))
    arrays = {name: np.array(header.pop(name)) for name in ("t", *TEMPLATES)}
    dtype = DTYPES[header["stream"]]
    arrays["t"] = arrays["t"].astype(dtype)
    columns, *rows = csv.reader(lines)
    if columns != _columns(len(arrays["t"])):
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


def _header(text: str) -> dict[str, Any]:
    header = json.loads(text)
    if not isinstance(header, dict):
        raise ValueError("its header is not a JSON object")
    return header


def _columns(points: int) -> list[str]:
    return ["split", "label", *(f"x{point}" for point in range(points))]


WRITERS = {".npz": _write_npz, ".csv": _write_csv}
READERS = {".npz": _read_npz, ".csv": _read_csv}
