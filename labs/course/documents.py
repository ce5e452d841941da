"""The small JSON files of a class: written in one form, and read with suspicion, for they come from
other people's machines."""

import hashlib
import json
from pathlib import Path
from stat import S_ISDIR, S_ISLNK, S_ISREG
from typing import Any

from labs.kit import files

LARGEST = 1_000_000  # bytes of a file that is read


def canonical(value: Any) -> str:
    """Return the one JSON text of a value: equal values have equal texts.

    >>> canonical({"b": [1.5, 2], "a": "é"})
    '{"a":"é","b":[1.5,2]}'
    """
    return json.dumps(
        value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False
    )


def code(content: str | bytes) -> str:
    """Return the 12 letters and digits that stand for a content: the first of its sha256.

    >>> code("a")
    'ca978112ca1b'
    """
    raw = content.encode() if isinstance(content, str) else content
    return hashlib.sha256(raw).hexdigest()[:12]


def load(path: Path) -> tuple[dict[str, Any], bytes]:
    """Return the JSON object of a plain file, and the bytes that it was read from.

    Raises:
        ValueError: a link, a folder or something else that is no plain file, a file of more than
            1 MB, or one that holds no JSON object; NaN and infinities are no JSON.
        OSError: it is not there or cannot be read.
    """
    mode, size = path.lstat().st_mode, path.lstat().st_size
    if not S_ISREG(mode):
        kind = "a link" if S_ISLNK(mode) else "a folder" if S_ISDIR(mode) else "a device"
        raise ValueError(f"{path.name} must be a plain file, got {kind}")
    if size > LARGEST:
        raise ValueError(f"{path.name} must have at most {LARGEST:,} bytes, got {size:,}")
    raw = files.read(path)
    try:
        found = json.loads(raw, parse_constant=_refuse)
    except (ValueError, RecursionError) as error:
        raise ValueError(f"{path.name} must be JSON, got {_reason(error)}") from None
    if not isinstance(found, dict):
        raise ValueError(f"{path.name} must be a JSON object, got {type(found).__name__}")
    return found, raw


def _refuse(constant: str) -> None:
    raise ValueError(f"the number {constant}")


def _reason(error: Exception) -> str:
    if isinstance(error, RecursionError):
        return "lists in lists without end"
    return "bytes that are no text" if isinstance(error, UnicodeDecodeError) else str(error)
