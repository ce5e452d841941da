"""A pickle from elsewhere runs nothing, changes nothing here and takes no more than its size."""

from __future__ import annotations

import io
import os
import pickle
import pickletools
import struct
import tracemalloc
from collections import defaultdict
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from mnist1d import opcodes
from mnist1d.data import make_dataset
from mnist1d.pickles import load_plain
from mnist1d.plain_names import NAMES
from mnist1d.recipe import Recipe
from mnist1d.stand_ins import Name, StandIn
from mnist1d.utils import ObjectView, from_pickle
from tests.mnist1d.assembled import (
    a,
    array,
    built,
    called,
    data,
    dtype,
    entry,
    loaded,
    name,
    number,
    row,
    shaped,
    slots,
    text,
    timed,
)

HUGE = 10**12


LIST, ENCODE, VIEW = (
    name("builtins", "list"),
    name("_codecs", "encode"),
    name("mnist1d.utils", "ObjectView"),
)
DEFAULT = ("collections", "defaultdict")
HOSTILE: dict[str, bytes] = {
    # names
    "os.system": a("os", "system", text("touch pwned")),
    "posix.system": a("posix", "system", text("touch pwned")),
    "eval": a("builtins", "eval", text("1")),
    "getattr": a("builtins", "getattr", LIST, text("append")),
    "attribute of a name": name("builtins", "list.append"),
    "module in a module": name("mnist1d.utils", "pickle.loads"),
    "numpy.load": a("numpy", "load", text("x")),
    "a function as a value": ENCODE,
    "a maker as a value": name("numpy._core.multiarray", "_reconstruct"),
    # states
    "state of a class": built(LIST, entry(text("make"), number(1))),
    "attribute of a class": built(LIST, slots("make", number(1))),
    "attribute of a maker": built(ENCODE, slots("make", LIST)),
    "attribute of the view": built(VIEW, slots("kind", LIST)),
    "attribute of a view": built(VIEW + b")\x81", slots("__class__", VIEW)),
    "number as a name": built(VIEW + b")\x81", entry(number(1), number(1))),
    "arguments of a view": VIEW + row(number(1)) + pickle.NEWOBJ,
    "new array": name("numpy", "ndarray") + row(number(HUGE)) + pickle.NEWOBJ,
    # default dictionaries
    "factory that evaluates": a(*DEFAULT, name("builtins", "eval")),
    "factory that is a function": a(*DEFAULT, ENCODE),
    "factory that is a number": a(*DEFAULT, number(5)),
    "factory set later": built(a(*DEFAULT, LIST), slots("default_factory", ENCODE)),
    # numpy
    "objects": array(1, code="O8", content=b"12345678"),
    "fields": array(1, code="V8", content=b"12345678"),
    "several types": dtype("f8,O8"),
    "too few bytes": array(3, content=b"12345678"),
    "too many bytes": array(1, content=b"12345678" * 2),
    "negative shape": array(-1, -1, content=b"12345678"),
    "unknown unit": timed("eon"),
    "no days": timed("D", 0),
    "days below none": timed("D", -1),
    "shape that is a text": shaped(row(text("x" * 9), number(10**6))),
    "shape that is no row": shaped(text("x")),
    "more axes than numpy has": array(*65 * [1], content=b"12345678"),
    "dtype with a size of its own": a(
        *("numpy._core.numeric", "_frombuffer"),
        data(b""),
        built(VIEW + b")\x81", entry(text("itemsize"), text("x" * 9))),
        *(row(number(10**6)), text("C")),
    ),
    "unit with more to it": timed("ns],(9,)f8[s"),
    # torch
    "torch.load": a("torch", "load", text("x")),
    "torch.hub": a("torch.hub", "load", text("x")),
    "a storage that evaluates": a(
        *("torch.storage", "_load_from_bytes"),
        data(b"\x80\x02cbuiltins\neval\nX\x01\x00\x00\x001\x85R."),
    ),
    # more than there is
    "shape": array(HUGE),
    "shape of nothing": array(HUGE, code="S0"),
    "bytes": a("builtins", "bytes", number(HUGE)),
    "byte array": a("builtins", "bytearray", number(HUGE)),
    "list": called(LIST, number(1)),
    "range": a("builtins", "range", number(HUGE)),
    "set of a text": a("builtins", "set", text("abc")),
    "deque": a("collections", "deque", number(HUGE)),
    "counter": a("collections", "Counter", text("abc")),
    "stated length": b"\x8e" + struct.pack("<Q", HUGE) + b"abc",
    "place": pickle.EMPTY_LIST + b"r" + struct.pack("<I", 2**31 - 1),
    "place in digits": pickle.EMPTY_LIST + b"p2147483647\n",
    "place behind a text": text("abc") + pickle.EMPTY_LIST + b"r\x00\x00\x00\x10",
    "stated frame": b"\x95" + struct.pack("<Q", HUGE) + b"abc",
    # dates and paths
    "month 1 of year 65535": a("datetime", "date", data(b"\xff\xff\x01\x01")),
    "day 255": a("datetime", "datetime", data(b"\x07\xe4\x01\xff\x01\x01\x01\x00\x00\x00")),
    "zone that is a list": a(
        "datetime", "datetime", data(b"\x07\xe4\x01\x01\x01\x01\x01\x00\x00\x00"), LIST
    ),
    "path of numbers": a("pathlib", "PosixPath", number(1)),
    "decoder": a("_codecs", "encode", text("x"), text("rot13")),
    # opcodes
    "persistent": b"Px\n",
    "extension": b"\x82\x01",
}


@pytest.mark.parametrize("case", HOSTILE)
def test_hostile_pickles_are_refused(
    case: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    if "storage" in case:
        pytest.importorskip("torch")
    with pytest.raises(pickle.UnpicklingError) as refusal:
        loaded(HOSTILE[case])
    assert len(str(refusal.value)) < 1000
    assert os.listdir(tmp_path) == []


@pytest.mark.parametrize("case", ["shape that is a text", "dtype with a size of its own"])
def test_a_text_is_not_multiplied(case: str) -> None:
    tracemalloc.start()
    try:
        with pytest.raises(pickle.UnpicklingError):
            loaded(HOSTILE[case])
        assert tracemalloc.get_traced_memory()[1] < 10**6
    finally:
        tracemalloc.stop()


def test_what_stands_for_things_stays_as_it_was() -> None:
    def state() -> list[Any]:
        names = [part for part in NAMES.values() if isinstance(part, Name)]
        return [(part.thing, part.make, vars(part.make) if part.make else None) for part in names]

    before = [repr(part) for part in state()]
    for program in HOSTILE.values():
        with suppress(pickle.UnpicklingError):
            loaded(program)
    assert [repr(part) for part in state()] == before


def test_harmless_neighbours_are_read() -> None:
    """The same programs with honest numbers: they are not refused for being clumsy."""
    assert loaded(array(1, content=struct.pack("<d", 2.5))).tolist() == [2.5]
    assert loaded(array(0, HUGE)).shape == (0, HUGE)
    assert loaded(a(*DEFAULT, LIST)) == defaultdict(list)
    assert vars(loaded(built(VIEW + b")\x81", entry(text("x"), number(1))))) == {"x": 1}
    assert loaded(a("builtins", "bytearray", data(b"xy"))) == bytearray(b"xy")
    assert loaded(LIST) is list
    assert loaded(VIEW) is ObjectView
    assert loaded(timed("ns")) == np.dtype("M8[ns]")
    assert loaded(b"]r\x08\x00\x00\x00p9\n") == []


@pytest.mark.parametrize(
    "place",
    [b"+20000000", b"2_0000_000", b" +20000000", b"20000000\0", b"0" * 99, b"-1", b"x", b""],
)
@pytest.mark.parametrize("opcode", [pickle.PUT, pickle.GET])
@pytest.mark.parametrize("end", [b"\n.", b" \n.", b""])
def test_a_place_is_a_plain_number(place: bytes, opcode: bytes, end: bytes) -> None:
    """The unpickler reads it as int does, so that it is more than it seems."""
    with pytest.raises(pickle.UnpicklingError, match="it keeps something at"):
        opcodes.check_places(pickle.EMPTY_LIST + opcode + place + end)


def test_an_honest_place_is_taken_with_either_end_of_a_line() -> None:
    assert loaded(b"]p1\r\n0g1\n") == []


@pytest.mark.parametrize(
    "inner", [b"]X\x20\x00", b"]p1", b"]" + pickle.FRAME], ids=["bytes", "line", "frame"]
)
def test_no_opcode_reaches_beyond_its_frame(inner: bytes) -> None:
    """The unpickler drops what is left of the frame, and finds a place in what was a text."""
    frame = pickle.FRAME + struct.pack("<Q", len(inner)) + inner
    with pytest.raises(pickle.UnpicklingError, match="beyond its frame"):
        opcodes.check_places(frame + bytes(4) + b"0r\x00\x00\x00\x01." + b" " * 40 + b"\n.")


@pytest.mark.parametrize("protocol", range(6))
def test_what_the_look_through_passes_at_once_ends_with_an_opcode(protocol: int) -> None:
    things = [
        list(range(-9, 99_999, 999)),
        0.5,
        "a" * 31,
        b"." * 31,
        ["b" * 99],
        10**99,
        {"\n.": 1},
    ]
    program = pickle.dumps([things, Path("a"), np.ones(3)], protocol=protocol)
    opcodes.check_places(program)
    starts = {at for _, _, at in pickletools.genops(program)}
    for at in starts:
        assert opcodes._RUN.match(program, at).end() in starts  # type: ignore[union-attr]


def test_the_look_through_a_program_knows_every_opcode() -> None:
    lengths = {pickletools.TAKEN_FROM_ARGUMENT1: 1, pickletools.TAKEN_FROM_ARGUMENT8U: 8}
    for opcode in pickletools.opcodes:
        code, n = ord(opcode.code), opcode.arg.n if opcode.arg else 0
        fixed, sized, lines = (
            next((size for size, codes in table.items() if code in codes), 0)
            for table in (opcodes.FIXED, opcodes.SIZED, opcodes.LINES)
        )
        if n == pickletools.UP_TO_NEWLINE:
            assert (fixed, sized, lines) == (0, 0, 2 if opcode.name in ("GLOBAL", "INST") else 1)
        else:
            assert (fixed, sized, lines) == ((n, 0, 0) if n >= 0 else (0, lengths.get(n, 4), 0))


class TestTensors:
    torch = pytest.importorskip("torch")

    def tensor(self, storage: bytes, offset: int, size: list[int], stride: list[int]) -> bytes:
        return a(
            *("torch._utils", "_rebuild_tensor_v2"),
            a("torch.storage", "_load_from_bytes", data(storage)),
            *(number(offset), row(*map(number, size)), row(*map(number, stride))),
            *(pickle.NEWFALSE, a("collections", "OrderedDict")),
        )

    @pytest.fixture
    def storage(self) -> bytes:
        (content,) = self.torch.ones(2).__reduce_ex__(4)[1][0].__reduce__()[1]
        return bytes(content)

    def test_an_honest_tensor(self, storage: bytes) -> None:
        assert loaded(self.tensor(storage, 0, [2], [1])).tolist() == [1, 1]
        assert loaded(self.tensor(storage, 1, [HUGE], [0])).shape == (
            HUGE,
        )  # one number, seen often

    @pytest.mark.parametrize(
        ("offset", "size", "stride"),
        [(0, [HUGE], [1]), (HUGE, [1], [1]), (0, [-1], [1]), (1, [2], [-1]), (0, [2, 1], [1])],
    )
    def test_a_tensor_beyond_its_numbers(
        self, storage: bytes, offset: int, size: list[int], stride: list[int]
    ) -> None:
        with pytest.raises(pickle.UnpicklingError):
            loaded(self.tensor(storage, offset, size, stride))

    def test_a_storage_that_is_none_or_states_too_much(self, storage: bytes) -> None:
        more = storage.replace(b"K\x02N", b"\x8a\x05" + HUGE.to_bytes(5, "little") + b"N")
        assert more != storage
        saved = io.BytesIO()
        self.torch.save({"a": self.torch.ones(2)}, saved)
        for content in (more, saved.getvalue(), storage[:-3], b""):
            with pytest.raises(pickle.UnpicklingError, match="tensor that torch does not read"):
                loaded(a("torch.storage", "_load_from_bytes", data(content)))

    def test_damage(self, storage: bytes) -> None:
        good = b"\x80\x04" + self.tensor(storage, 0, [2], [1]) + pickle.STOP
        fuzz(good, 300)


@pytest.mark.parametrize(
    "program",
    [
        pickle.EMPTY_LIST * 10**5 + pickle.APPEND * (10**5 - 1),
        (VIEW + b")\x81}" + text("x")) * 10**4 + pickle.NONE + b"sb" * 10**4,
        pickle.EMPTY_TUPLE
        + (pickle.DUP + pickle.TUPLE2) * 60,  # 2**60 tuples if each were made anew
    ],
    ids=["lists", "views", "shared tuples"],
)
def test_deep_nesting_is_read(program: bytes) -> None:
    loaded(program)


def test_deeper_tuples_than_python_takes_are_refused() -> None:
    with pytest.raises(pickle.UnpicklingError, match="RecursionError"):
        loaded(pickle.EMPTY_TUPLE + pickle.TUPLE1 * 10**5)


def fuzz(good: bytes, times: int, seed: int = 0) -> None:
    rng = np.random.default_rng(seed)
    for _ in range(times):
        bad = np.frombuffer(good, dtype=np.uint8).copy()
        places = rng.integers(len(bad), size=4)
        bad[places] = rng.integers(256, size=4)
        content = bad.tobytes()[: rng.integers(1, 2 * len(bad))]
        with suppress(pickle.UnpicklingError):
            assert not isinstance(load_plain(io.BytesIO(content)), StandIn)


PLAIN: dict[str, Callable[[], Any]] = {
    "data set": lambda: make_dataset(Recipe(num_samples=10, final_seq_length=2)),
    "view": lambda: [ObjectView({"a": {1, 2}, "b": defaultdict(list, x=[Path("a")])}), np.float32],
    "times": lambda: [
        np.array(["2020-01-01"], "M8[ns]"),
        np.datetime64("2020", "Y"),
        np.dtype("m8"),
    ],
}


@pytest.mark.parametrize("protocol", [2, 4, 5])
@pytest.mark.parametrize("name", PLAIN)
def test_a_damaged_pickle_raises_and_never_crashes(name: str, protocol: int) -> None:
    fuzz(pickle.dumps(PLAIN[name](), protocol=protocol), 300, seed=protocol)


def test_an_error_does_not_carry_the_data(tmp_path: Path) -> None:
    """Python prints an error with all that it holds: a UnicodeDecodeError the whole file."""
    path = tmp_path / "large.pkl"
    content = b"\xe9" * 10**6
    path.write_bytes(b"\x80\x02T" + struct.pack("<I", len(content)) + content + b".")
    with pytest.raises(pickle.UnpicklingError) as refusal:
        from_pickle(path, encoding="ascii")
    assert len(str(refusal.value)) < 300
    assert refusal.value.__cause__ is None
    assert refusal.value.__suppress_context__ or refusal.value.__context__ is None
    assert len(from_pickle(path)) == 10**6
