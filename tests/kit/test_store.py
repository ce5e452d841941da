"""The store: exact round trips, unique keys, and every kind of damage found by name."""

import errno
import json
import math
import os
import time
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from labs.kit import files
from labs.kit.store import DamagedError, Store
from tests.toy_lab import Cell

CELL = Cell("fair", 10, 0.0, "none", 0)
CELLS = st.builds(
    Cell,
    st.sampled_from(["fair", "biased", "a/b", "a_b", "ä b"]),
    st.integers(),
    st.floats(allow_nan=False, allow_infinity=False),
    st.sampled_from(["none", "None", "x" * 200]),
    st.integers(0, 9),
)
PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text('aé\n"{', max_size=5),
    lambda inner: st.lists(inner) | st.dictionaries(st.sampled_from("abc"), inner),
    max_leaves=5,
)


@pytest.fixture
def store(tmp_path):
    return Store(tmp_path / "cells", "toy", 1)


@given(st.lists(CELLS, unique_by=repr))
def test_different_cells_have_different_keys_that_are_file_names(cells):
    store = Store(Path("x"), "toy", 1)
    keys = [store.key(cell) for cell in cells]
    assert len({key.lower() for key in keys}) == len(cells)
    assert all(len(key) <= 53 and "/" not in key for key in keys)


def test_the_key_knows_lab_version_and_type(store):
    keys = {
        store.key(CELL),
        replace(store, version=2).key(CELL),
        replace(store, lab="coy").key(CELL),
        store.key(replace(CELL, tosses=10.0)),
        store.key(replace(CELL, tosses="10")),
    }
    assert len(keys) == 5
    assert store.key(CELL).startswith("arm=fair,tosses=10,pause=0.0,acciden-")


@settings(max_examples=60, deadline=None)
@given(st.dictionaries(st.sampled_from("xyz"), PLAIN))
def test_records_come_back_exactly(tmp_path_factory, record):
    store = Store(tmp_path_factory.mktemp("store"), "toy", 1)
    store.write(CELL, record)
    assert repr(store.read(CELL)) == repr(record)


def test_arrays_and_numpy_numbers_come_back(store):
    weights = np.arange(6, dtype=np.float32).reshape(2, 3)
    store.write(
        CELL, {"weights": weights, "loss": np.float64(1 / 3), "n": np.int64(4), "t": (1, 2)}
    )
    found = store.read(CELL)
    assert found.pop("weights").tolist() == weights.tolist()
    assert found == {"loss": 1 / 3, "n": 4, "t": [1, 2]}
    store.write(CELL, {"loss": np.array(0.5), "gain": np.array(np.nan), "n": np.array(3)})
    assert repr(store.read(CELL)) == "{'loss': 0.5, 'gain': nan, 'n': 3}"  # of no dimension


def test_equal_records_give_equal_bytes_at_any_time(store):
    record = {"x": 0.1, "a": np.ones(3)}
    store.write(CELL, record)
    before = [p.read_bytes() for p in sorted(store.folder.iterdir())]
    time.sleep(2.1)  # a zip archive counts in steps of two seconds
    store.write(CELL, record)
    assert [p.read_bytes() for p in sorted(store.folder.iterdir())] == before


def test_files_are_json_without_nan(store):
    store.write(CELL, {"loss": math.nan, "gain": -math.inf})

    def refuse(name):
        raise AssertionError(name)

    json.loads(store.path(CELL).read_text(), parse_constant=refuse)
    assert store.read(CELL)["gain"] == -math.inf


@pytest.mark.parametrize("keep", [0, 1, 40, 0.5, -3])
def test_truncated_files_are_named(store, keep):
    store.write(CELL, {"x": 1.0})
    text = store.path(CELL).read_bytes()
    store.path(CELL).write_bytes(text[: int(len(text) * keep) if keep == 0.5 else keep])
    with pytest.raises(DamagedError, match=f"{store.key(CELL)}.json: truncated"):
        store.read(CELL)


@pytest.mark.parametrize("foreign", ["[]", "null", "{}", '"text"', '{"digest": 1}', "\x00\x01"])
def test_foreign_files_are_named(store, foreign):
    files.write(store.path(CELL), foreign)
    with pytest.raises(DamagedError, match="not a file of this store"):
        store.read(CELL)


def test_every_edited_digit_is_found(store):
    store.write(CELL, {"x": 1.25, "curve": [1, 2, 3]})
    text = store.path(CELL).read_text()
    for place, character in enumerate(text):
        if character.isdigit():
            edited = text[:place] + str((int(character) + 1) % 10) + text[place + 1 :]
            store.path(CELL).write_text(edited)
            records, damage = store.load([CELL])
            assert not records
            assert store.key(CELL) in damage[0]


def test_a_file_of_another_cell_is_found(store):
    other = replace(CELL, replicate=1)
    store.write(other, {"x": 1.0})
    os.rename(store.path(other), store.path(CELL))
    with pytest.raises(DamagedError, match="belongs to another cell"):
        store.read(CELL)


def test_damaged_and_missing_arrays_are_found(store):
    store.write(CELL, {"a": np.ones(3)})
    arrays = store.path(CELL).with_suffix(".npz")
    arrays.write_bytes(arrays.read_bytes()[:-1])
    with pytest.raises(DamagedError, match=r"npz: edited or truncated"):
        store.read(CELL)
    arrays.unlink()
    with pytest.raises(DamagedError, match=r"npz: missing"):
        store.read(CELL)


def test_what_is_missing_is_missing(store):
    other = replace(CELL, replicate=1)
    store.write(CELL, {"x": 1.0})
    assert store.load([CELL, other]) == ({CELL: {"x": 1.0}}, [])
    assert store.strangers([other]) == 1
    assert store.strangers([CELL]) == 0


@pytest.mark.parametrize("value", [object(), {1, 2}, b"bytes", [object()], {"float": 1.0}])
def test_records_refuse_what_json_does_not_know(store, value):
    with pytest.raises(TypeError, match="record field 'x' must be plain values"):
        store.write(CELL, {"x": value})
    assert not store.folder.exists()


def test_records_may_not_repeat_the_cell(store):
    with pytest.raises(ValueError, match="must not repeat fields of the cell, got arm"):
        store.write(CELL, {"arm": "fair"})


def test_cells_have_plain_finite_fields(store):
    for bad, error in ((math.nan, ValueError), (object(), TypeError), (CELL, TypeError)):
        with pytest.raises(error) as caught:
            store.key(replace(CELL, pause=bad))
        said = caught.value.__notes__[-1]  # after those of json itself
        assert "fields of a cell are plain finite values" in said


@pytest.mark.parametrize("number", [errno.EACCES, errno.EBUSY, errno.ESTALE])
def test_a_refused_rename_is_tried_again(tmp_path, monkeypatch, number):
    path, rename, refusals = tmp_path / "file", os.replace, [number] * 3
    waits = []

    def refuse(*names):
        if refusals:
            raise OSError(refusals.pop(), "somebody else reads it")
        rename(*names)

    monkeypatch.setattr(os, "replace", refuse)
    monkeypatch.setattr(time, "sleep", waits.append)
    files.write(path, "new")
    assert path.read_text() == "new"
    assert waits == [0.05, 0.1, 0.2]
    refusals += [number] * 99
    with pytest.raises(OSError, match="somebody else"):
        files.write(path, "newer")
    assert [p.name for p in tmp_path.iterdir()] == ["file"]
    assert path.read_text() == "new"


def test_a_refused_reading_is_tried_again(store, monkeypatch):
    store.write(CELL, {"x": 1.0})
    content, refusals = Path.read_bytes, [errno.EACCES] * 2

    def refuse(path):
        if refusals:
            raise OSError(refusals.pop(), "somebody else has it")
        return content(path)

    monkeypatch.setattr(Path, "read_bytes", refuse)
    monkeypatch.setattr(time, "sleep", lambda seconds: None)
    assert store.read(CELL) == {"x": 1.0}
    assert not refusals


def test_temporary_names_are_short(tmp_path, monkeypatch):
    names, rename = [], os.replace

    def note(temporary, path):
        names.append(Path(temporary).name)
        rename(temporary, path)

    monkeypatch.setattr(os, "replace", note)
    files.write(tmp_path / ("x" * 140), "content")  # what eCryptfs takes
    assert len(names[0]) < 30


def test_a_failed_write_leaves_the_old_file_and_nothing_else(tmp_path, monkeypatch):
    path = tmp_path / "file"
    files.write(path, "old")

    def fail(*names):
        raise OSError("disk")

    monkeypatch.setattr(os, "replace", fail)
    with pytest.raises(OSError, match="disk"):
        files.write(path, "new")
    assert [p.name for p in tmp_path.iterdir()] == ["file"]
    assert path.read_text() == "old"


def test_old_temporary_files_are_swept_and_young_ones_are_not(tmp_path, monkeypatch):
    for name, age in ((".a.tmp", 2 * files.STALE), (".b.tmp", 0.0)):
        (tmp_path / name).write_text("half")
        os.utime(tmp_path / name, (time.time() - age,) * 2)
    monkeypatch.setattr(time, "time", lambda: 0.0)  # this machine's clock is not the disk's
    files.sweep(tmp_path)
    files.sweep(tmp_path / "not there")
    assert [p.name for p in tmp_path.iterdir()] == [".b.tmp"]


@dataclass(frozen=True)
class Nested:
    layers: tuple[tuple[int, str], ...]
    replicate: int


def test_tuples_in_a_cell(store):
    cell = Nested(((1, "a"), (2, "b")), 0)
    store.write(cell, {"x": 1})
    assert store.read(cell) == {"x": 1}
