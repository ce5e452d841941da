"""One small file per trained network: resume is "the file is there".

A file is named by the cell's settings and a hash of every field, the lab and its version. It holds
a digest of its content, so a truncated, foreign or edited file is found on reading; arrays lie in
an `.npz` beside it, under the same digest. There is no pickle. Files are written under a temporary
name and renamed, so a kill at any moment loses at most the stacks in flight.
"""

import hashlib
import io
import json
import math
import re
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

import numpy as np

from labs.kit import files

SCHEMA = "labs.cell/1"
NON_FINITE = "float"  # JSON knows no NaN: {"float": "nan"} stands for it
WORDS = 36  # characters of a cell's settings in its file's name: 100 for the path below `results`


class DamagedError(ValueError):
    """A stored file that cannot be trusted; the message names it and says why."""


@dataclass(frozen=True)
class Store:
    """The stored records of one lab in one folder.

    Args:
        folder: where the cells' files lie.
        lab: the lab's name.
        version: the lab's version.
    """

    folder: Path
    lab: str
    version: int

    def key(self, cell: Any) -> str:
        """Return the name of a cell's file without its ending: its settings and a hash of them.

        Raises:
            TypeError, ValueError: a field is not a finite number, text, None or a tuple of these.
        """
        settings = _named(cell)
        identity = [SCHEMA, self.lab, self.version, settings]
        try:
            digest = _digest(identity)
        except (TypeError, ValueError) as error:
            error.add_note(f"(in {cell}: fields of a cell are plain finite values)")
            raise
        words = re.sub(r"[^A-Za-z0-9.=,+-]+", "_", label(cell))
        return f"{words[:WORDS]}-{digest[:16]}"

    def path(self, cell: Any) -> Path:
        """Return the cell's JSON file, there or not; its arrays lie beside it as `.npz`."""
        return self.folder / f"{self.key(cell)}.json"

    def write(self, cell: Any, record: Mapping[str, Any]) -> None:
        """Store a record (see `pack`)."""
        for name, content in self.pack(cell, record):
            files.write(self.folder / name, content)

    def pack(self, cell: Any, record: Mapping[str, Any]) -> list[tuple[str, bytes]]:
        """Return the files of a record, names and contents, in the order in which to write them:
        the JSON file, whose presence says that the cell is done, comes last.

        A record holds plain numbers, text, None, lists and mappings of them, and numpy arrays.
        Floats come back exactly, NaN and the infinities too.

        Raises:
            TypeError: a value of another kind; the message names it.
            ValueError: a field of the record has the name of a field of the cell.
        """
        both = sorted(_named(cell).keys() & record.keys())
        if both:
            raise ValueError(
                f"record must not repeat fields of the cell, got {', '.join(both)} in both"
            )
        arrays = {n: v for n, v in record.items() if isinstance(v, np.ndarray) and v.ndim}
        plain = {n: _plain(v, n) for n, v in record.items() if n not in arrays}
        name, packed = self.key(cell), _pack(arrays) if arrays else b""
        content = {
            "schema": SCHEMA,
            "lab": self.lab,
            "version": self.version,
            "cell": _named(cell),
            "record": plain,
            "arrays": hashlib.sha256(packed).hexdigest() if arrays else None,
        }
        lines = [f"{json.dumps(n)}: {json.dumps(v)}" for n, v in content.items()]
        lines.append(f'"digest": "{_digest(content)}"')
        text = "{\n" + ",\n".join(lines) + "\n}\n"
        return [(f"{name}.npz", packed)] * bool(arrays) + [(f"{name}.json", text.encode())]

    def read(self, cell: Any) -> dict[str, Any] | None:
        """Return a cell's record, or None where it is not stored.

        Raises:
            DamagedError: the file is truncated, edited or of another cell.
        """
        path = self.path(cell)
        try:
            content = json.loads(files.read(path))
            digest = content.pop("digest")
            record, arrays = content["record"], content["arrays"]
        except FileNotFoundError:
            return None
        except (ValueError, KeyError, AttributeError, TypeError):
            raise DamagedError(f"{path.name}: truncated, or not a file of this store") from None
        if digest != _digest(content):
            raise DamagedError(f"{path.name}: edited, its digest does not match its content")
        expected = [SCHEMA, self.lab, self.version, _named(cell)]
        found = [content.get(n) for n in ("schema", "lab", "version", "cell")]
        if _json(expected) != _json(found):
            raise DamagedError(f"{path.name}: belongs to another cell")
        restored = {name: _restore(value) for name, value in record.items()}
        return restored | (_unpack(path.with_suffix(".npz"), arrays) if arrays else {})

    def load(self, cells: Iterable[Any]) -> tuple[dict[Any, dict[str, Any]], list[str]]:
        """Return the stored records, `{cell: record}`, and what is wrong with damaged files."""
        records, damage = {}, []
        for cell in cells:
            try:
                record = self.read(cell)
            except DamagedError as error:
                damage.append(str(error))
            else:
                if record is not None:
                    records[cell] = record
        return records, damage

    def strangers(self, cells: Sequence[Any]) -> int:
        """Return how many stored files belong to none of these cells (other settings)."""
        names = {self.path(cell).name for cell in cells}
        return sum(path.name not in names for path in self.folder.glob("*.json"))


def _named(cell: Any) -> dict[str, Any]:
    """Return a cell's settings by name."""
    # `asdict` would copy every value: a sixth of the time that a run of all labs takes to begin
    return {item.name: getattr(cell, item.name) for item in fields(cell)}


def label(cell: Any) -> str:
    """Return a cell's settings in one line, for people."""
    return ",".join(f"{name}={value}" for name, value in _named(cell).items())


def _json(value: Any) -> str:
    return json.dumps(value, allow_nan=False, sort_keys=True)


def _digest(value: Any) -> str:
    return hashlib.sha256(_json(value).encode()).hexdigest()


def _plain(value: Any, name: str) -> Any:
    if isinstance(value, np.generic) or (isinstance(value, np.ndarray) and not value.ndim):
        value = value.item()
    if isinstance(value, float) and not math.isfinite(value):
        return {NON_FINITE: repr(value)}
    if value is None or isinstance(value, str | bool | int | float):
        return value
    if isinstance(value, Mapping) and NON_FINITE not in value:
        return {str(k): _plain(v, f"{name}.{k}") for k, v in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(v, name) for v in value]
    raise TypeError(f"record field {name!r} must be plain values or an array, got {type(value)}")


def _restore(value: Any) -> Any:
    if isinstance(value, list):
        return [_restore(v) for v in value]
    if isinstance(value, dict):
        if value.keys() == {NON_FINITE}:
            return float(value[NON_FINITE])
        return {k: _restore(v) for k, v in value.items()}
    return value


def _pack(arrays: Mapping[str, np.ndarray]) -> bytes:
    buffer = io.BytesIO()
    # Unlike numpy.savez this stamps no time, so that equal arrays give equal bytes.
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, array in sorted(arrays.items()):
            with archive.open(zipfile.ZipInfo(f"{name}.npy"), "w") as member:
                np.lib.format.write_array(member, array, allow_pickle=False)
    return buffer.getvalue()


def _unpack(path: Path, digest: str) -> dict[str, np.ndarray]:
    try:
        packed = files.read(path)
    except FileNotFoundError:
        raise DamagedError(f"{path.name}: missing, the record beside it needs it") from None
    if hashlib.sha256(packed).hexdigest() != digest:
        raise DamagedError(f"{path.name}: edited or truncated, its digest does not match")
    with np.load(io.BytesIO(packed), allow_pickle=False) as archive:
        return {name: archive[name] for name in archive.files}
