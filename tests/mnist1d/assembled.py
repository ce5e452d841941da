"""Pickles put together by hand: what no honest pickler would write.

Each function gives the bytes that put one thing on the stack of the reader.
"""

from __future__ import annotations

import io
import pickle
import struct
from typing import Any

from mnist1d.pickles import load_plain


def name(module: str, attribute: str) -> bytes:
    return text(module) + text(attribute) + pickle.STACK_GLOBAL


def text(value: str) -> bytes:
    return pickle.BINUNICODE + struct.pack("<I", len(value)) + value.encode()


def data(value: bytes) -> bytes:
    return pickle.BINBYTES + struct.pack("<I", len(value)) + value


def number(value: int) -> bytes:
    return pickle.LONG1 + b"\x0a" + value.to_bytes(10, "little", signed=True)


def row(*parts: bytes) -> bytes:
    return pickle.MARK + b"".join(parts) + pickle.TUPLE


def called(function: bytes, *parts: bytes) -> bytes:
    return function + row(*parts) + pickle.REDUCE


def built(thing: bytes, state: bytes) -> bytes:
    return thing + state + pickle.BUILD


def entry(key: bytes, value: bytes) -> bytes:
    return pickle.EMPTY_DICT + key + value + pickle.SETITEM


def slots(attribute: str, value: bytes) -> bytes:
    """A state that sets an attribute of whatever it is given to."""
    return pickle.NONE + entry(text(attribute), value) + pickle.TUPLE2


def dtype(code: str) -> bytes:
    state = row(number(3), text("<"), *3 * [pickle.NONE], *2 * [number(-1)], number(0))
    return built(called(name("numpy", "dtype"), text(code)), state)


def timed(unit: str, count: int = 1) -> bytes:
    about = row(pickle.NONE, row(data(unit.encode()), number(count), *2 * [number(1)]))
    state = row(number(4), text("<"), *3 * [pickle.NONE], *3 * [number(-1)], about)
    return built(called(name("numpy", "dtype"), text("M8")), state)


def array(*shape: int, code: str = "f8", content: bytes = b"") -> bytes:
    return shaped(row(*map(number, shape)), code, content)


def shaped(size: bytes, code: str = "f8", content: bytes = b"") -> bytes:
    empty = called(
        name("numpy._core.multiarray", "_reconstruct"),
        *(name("numpy", "ndarray"), row(number(0)), data(b"b")),
    )
    return built(empty, row(number(1), size, dtype(code), pickle.NEWFALSE, data(content)))


def a(module: str, kind: str, *parts: bytes) -> bytes:
    return called(name(module, kind), *parts)


def loaded(program: bytes) -> Any:
    return load_plain(io.BytesIO(b"\x80\x04" + program + pickle.STOP))
