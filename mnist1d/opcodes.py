"""Looking through the program of a pickle before it runs.

The unpickler numbers what it keeps, and makes a table of as many places as the highest number:
ten bytes that name the place 2**31 take 34 GB. An honest program keeps less than it has bytes.
"""

from __future__ import annotations

import pickle

# What follows an opcode: so many bytes, a length in so many bytes and then its content, or lines.
FIXED = {1: b"\x80Khq\x82", 2: b"M\x83", 4: b"Jjr\x84", 8: b"G\x95"}
SIZED = {1: b"U\x8cC\x8a", 4: b"TBX\x8b", 8: b"\x8e\x8d\x96"}
LINES = {1: b"SVLIFgpP", 2: b"ci"}

_fixed, _sized, _lines = (
    {code: n for n, codes in table.items() for code in codes} for table in (FIXED, SIZED, LINES)
)
_STOP, _LONG_BINPUT, _PUT = ord(pickle.STOP), ord(pickle.LONG_BINPUT), ord(pickle.PUT)


def check_places(program: bytes) -> None:
    """Raise UnpicklingError if a place is numbered higher than the program is long."""
    at, end = 0, len(program)
    while at < end and (code := program[at]) != _STOP:
        start, at = at + 1, _next(program, at)
        place = 0
        if code == _LONG_BINPUT:
            place = int.from_bytes(program[start:at], "little")
        elif code == _PUT and (digits := program[start:at].strip()).isdigit():
            place = int(digits[:20])
        if place > end:
            raise pickle.UnpicklingError(
                f"the file is damaged or no pickle: it keeps {place} things in {end} bytes"
            )


def _next(program: bytes, at: int) -> int:
    """Where the opcode after the one at `at` stands, or the end."""
    code, at = program[at], at + 1
    if (n := _sized.get(code)) is not None:
        return at + n + int.from_bytes(program[at : at + n], "little")
    for _ in range(_lines.get(code, 0)):
        at = (program.find(b"\n", at) + 1) or len(program)
    return at + _fixed.get(code, 0)
