"""Looking through the program of a pickle before it runs.

The unpickler numbers what it keeps, and makes a table of as many places as the highest number:
ten bytes that name the place 2**31 take 34 GB. An honest program keeps less than it has bytes.
"""

from __future__ import annotations

import pickle
import re

from mnist1d.checks import shown

# What follows an opcode: so many bytes, a length in so many bytes and then its content, or lines.
FIXED = {1: b"\x80Khq\x82", 2: b"M\x83", 4: b"Jjr\x84", 8: b"G\x95"}
SIZED = {1: b"U\x8cC\x8a", 4: b"TBX\x8b", 8: b"\x8e\x8d\x96"}
LINES = {1: b"SVLIFgpP", 2: b"ci"}

_fixed, _sized, _lines = (
    {code: n for n, codes in table.items() for code in codes} for table in (FIXED, SIZED, LINES)
)
_STOP, _FRAME, _LONG_BINPUT = ord(pickle.STOP), ord(pickle.FRAME), ord(pickle.LONG_BINPUT)
_KEEPING = pickle.LONG_BINPUT + pickle.PUT + pickle.GET
# The unpickler reads a line as int does, which takes signs, underscores and blanks, too.
_DIGITS = re.compile(rb"[0-9]{1,10}\r?\n")


def _passed() -> re.Pattern[bytes]:
    """A run of opcodes that number nothing and are short: most of a program, passed at once."""
    special = _KEEPING + pickle.FRAME
    longer = b"".join(map(bytes, (_fixed, _sized, _lines)))
    kinds = [b"[^%b]" % re.escape(longer + pickle.STOP)]
    for n, codes in FIXED.items():
        kinds.append(b"[%b].{%d}" % (re.escape(codes.translate(None, special)), n))
    for n, codes in LINES.items():
        kinds.append(b"[%b](?:[^\n]*+\n){%d}" % (re.escape(codes.translate(None, special)), n))
    for n, codes in SIZED.items():
        short = [re.escape(k.to_bytes(n, "little")) + b".{%d}" % k for k in range(32)]
        kinds.append(b"[%b](?:%b)" % (re.escape(codes), b"|".join(short)))
    return re.compile(b"(?:%b)*+" % b"|".join(kinds), re.DOTALL)


_RUN = _passed()


def check_places(program: bytes) -> None:
    """Raise UnpicklingError if a place is numbered higher than the program is long.

    Also if an opcode reaches beyond its frame: the unpickler drops the rest of the frame then, and
    so runs another program than the one that is looked through here.
    """
    at, frame, end = 0, len(program), len(program)
    while (at := _RUN.match(program, at, frame).end()) < end:  # type: ignore[union-attr]
        if at == frame:
            frame = end
            continue
        if (code := program[at]) == _STOP:
            return
        start, at = at + 1, _next(program, at)
        if frame < end and (at > frame or code == _FRAME):
            raise _damaged("an opcode reaches beyond its frame")
        if code == _FRAME:
            frame = min(end, at + int.from_bytes(program[start:at], "little"))
        elif code in _KEEPING and (place := _place(code, program[start:at])) > end:
            raise _damaged(f"it keeps {place} things in {end} bytes")


def _place(code: int, rest: bytes) -> int:
    if code == _LONG_BINPUT:
        return int.from_bytes(rest, "little")
    if not _DIGITS.fullmatch(rest):
        raise _damaged(f"it keeps something at {shown(rest)}")
    return int(rest)


def _next(program: bytes, at: int) -> int:
    """Where the opcode after the one at `at` stands, or the end."""
    code, at = program[at], at + 1
    if (n := _sized.get(code)) is not None:
        return at + n + int.from_bytes(program[at : at + n], "little")
    for _ in range(_lines.get(code, 0)):
        at = (program.find(b"\n", at) + 1) or len(program)
    return at + _fixed.get(code, 0)


def _damaged(why: str) -> pickle.UnpicklingError:
    return pickle.UnpicklingError(f"the file is damaged or no pickle: {why}")
