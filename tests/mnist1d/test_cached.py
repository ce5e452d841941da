"""Files of data sets say behind their pickle what they hold, and are not computed to be known."""

from __future__ import annotations

import pickle
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from mnist1d.arguments import PUBLISHED, ObjectView
from mnist1d.asked import Asked, asked
from mnist1d.cached import LENGTH, write
from mnist1d.data import (
    _same_templates,
    get_dataset,
    get_dataset_args,
    get_templates,
    make_dataset,
)
from mnist1d.recipe import Recipe

CALLS: list[dict[str, Any]] = [
    {"args": None},
    {"args": {}},
    {"args": {"padding": (36, 60), "seed": np.int64(42), "shuffle_seq": 0}},
    {"args": {"seed": None}},
    {"args": {"scale_coeff": np.float32(0.4)}},
    {"args": {}, "template": {**get_templates(), "y": list("abcdefghij")}},
]


def call(path: Path, args: dict[str, Any] | None, **more: Any) -> dict[str, Any]:
    view = None if args is None else ObjectView(get_dataset_args(as_dict=True) | SMALL | args)
    return get_dataset(view, path, verbose=False, **more)


SMALL = {"num_samples": 50}


@pytest.fixture
def no_computing(monkeypatch: pytest.MonkeyPatch) -> Any:
    def forbid() -> None:
        monkeypatch.setattr(Asked, "computed", lambda *args, **more: pytest.fail("it computed"))

    return forbid


@pytest.mark.parametrize("what", CALLS, ids=repr)
def test_a_file_of_ours_is_known_without_computing(
    tmp_path: Path, no_computing: Any, what: dict[str, Any]
) -> None:
    first = call(tmp_path / "data.pkl", **what)
    no_computing()
    again = call(tmp_path / "data.pkl", **what)
    for name in ("x", "x_test", "y", "y_test", "t"):
        np.testing.assert_array_equal(first[name], again[name])
        again[name][:] = again[name][0]  # writable, as from make_dataset


def test_equal_arguments_of_other_types_are_the_same(tmp_path: Path, no_computing: Any) -> None:
    call(tmp_path / "data.pkl", **CALLS[1])
    no_computing()
    call(tmp_path / "data.pkl", **CALLS[2])


def test_every_reader_of_pickles_reads_it_and_finds_no_key_of_ours(tmp_path: Path) -> None:
    call(tmp_path / "data.pkl", {})
    content = (tmp_path / "data.pkl").read_bytes()
    stored = pickle.loads(content)
    assert list(stored) == ["x", "x_test", "y", "y_test", "t", "templates"]
    assert content[-LENGTH - 1 : -LENGTH] == pickle.STOP


def test_a_file_of_the_original_is_computed_once_and_taken(tmp_path: Path) -> None:
    data = make_dataset(ObjectView(get_dataset_args(as_dict=True) | SMALL))
    data["x"] = data["x"] + 1e-13  # another machine's rounding
    (tmp_path / "data.pkl").write_bytes(pickle.dumps(data, protocol=3))
    assert np.array_equal(call(tmp_path / "data.pkl", {})["x"], data["x"])


def test_a_changed_byte_or_another_seal_is_found(tmp_path: Path) -> None:
    path = tmp_path / "data.pkl"
    right = call(path, {})
    good = path.read_bytes()
    place = good.index(right["x"].tobytes()[:64]) + 7  # sign and exponent of the first number
    path.write_bytes(good[:place] + bytes([good[place] ^ 1]) + good[place + 1 :])
    with pytest.warns(UserWarning, match="does not hold the data of these arguments"):
        data = call(path, {})
    assert np.array_equal(data["x"], right["x"])
    call(tmp_path / "other.pkl", {"seed": 3})
    path.write_bytes(good[:-LENGTH] + (tmp_path / "other.pkl").read_bytes()[-LENGTH:])
    with pytest.warns(UserWarning, match="does not hold the data of these arguments"):
        call(path, {"seed": 3})


@pytest.mark.parametrize("seed", [42, None])
@pytest.mark.parametrize("name", "xt")
def test_a_changed_byte_of_the_templates_is_found(tmp_path: Path, name: str, seed: Any) -> None:
    path = tmp_path / "data.pkl"
    right = call(path, {"seed": seed})["templates"][name]
    good = path.read_bytes()
    place = good.index(right.tobytes()) + right.nbytes - 1 - 8 * (name == "x")
    path.write_bytes(good[:place] + bytes([good[place] ^ 1]) + good[place + 1 :])
    with pytest.warns(UserWarning, match="does not hold the data of these arguments"):
        data = call(path, {"seed": seed})
    assert np.array_equal(data["templates"][name], right)


RAGGED = {"x": [[0.0, 1.0, 0.5], [1.0, 0.0]], "t": [0.0, 1.0, 2.0], "y": ["a", "b"]}


@pytest.mark.parametrize(
    ("change", "same"),
    [
        ({}, True),
        ({"x": [np.array([0.0, 1.0, 0.5 + 1e-12]), (1, 0)]}, True),  # another machine's rounding
        ({"x": [[0.0, 1.0, 0.6], [1.0, 0.0]]}, False),
        ({"x": [[0.0, 1.0, 0.5], [1.0]]}, False),
        ({"x": [[0.0, 1.0, 0.5], 1.0]}, False),
        ({"x": [["0.0", 1.0, 0.5], [1.0, 0.0]]}, False),
        ({"t": np.array([0.0, 1.0, 2.0])}, True),
        ({"t": [0.0, 1.0, 10**400]}, False),
        ({"y": np.array(["a", "b"])}, True),
        ({"y": ["a", "c"]}, False),
        ({"y": [0, 1]}, False),
        ({"y": None}, False),
    ],
    ids=repr,
)
def test_templates_are_compared_one_by_one(change: dict[str, Any], same: bool) -> None:
    assert _same_templates(RAGGED | change, RAGGED) is same


@pytest.mark.parametrize("stored", [None, [], {}, 3, "xty", {"x": [], "t": [], "y": []}], ids=repr)
def test_what_are_no_templates_are_other_templates(stored: Any) -> None:
    assert not _same_templates(stored, RAGGED)
    assert not _same_templates(stored, get_templates())


@pytest.mark.parametrize("missing", [["x_test"], ["t"], ["x", "y"]])
def test_a_sealed_file_of_something_else_is_no_data_set(tmp_path: Path, missing: Any) -> None:
    what = asked(ObjectView(get_dataset_args(as_dict=True) | SMALL), None)
    data = {name: part for name, part in what.computed().items() if name not in missing}
    write(data, tmp_path / "data.pkl", what.identity())
    with pytest.warns(UserWarning, match="does not hold the data of these arguments"):
        call(tmp_path / "data.pkl", {})


@pytest.mark.parametrize(
    "other",
    [
        {"args": {"seed": 1}},
        {"args": {"scale_coeff": 0.5}},
        {"args": {"scale_coeff": np.float32(0.4)}},
        {"args": {}, "template": get_templates() | {"t": get_templates()["t"] ** 3}},
        {"args": None},
    ],
    ids=repr,
)
def test_other_arguments_have_another_identity(tmp_path: Path, other: dict[str, Any]) -> None:
    call(tmp_path / "data.pkl", {})
    with pytest.warns(UserWarning, match="does not hold the data of these arguments"):
        call(tmp_path / "data.pkl", **other)


def test_any_draw_is_not_the_draw_of_a_seed(tmp_path: Path) -> None:
    """Without a seed every call draws other data, and a file of those is not the published one."""
    call(tmp_path / "data.pkl", {"seed": None})
    with pytest.warns(UserWarning, match="does not hold the data of these arguments"):
        data = call(tmp_path / "data.pkl", {"seed": PUBLISHED["seed"]})
    assert np.array_equal(data["x"], make_dataset(Recipe(num_samples=50))["x"])


def test_what_cannot_be_pickled_has_no_identity() -> None:
    class Templates(dict[str, Any]):
        """Of a class that no pickle can name."""

        def __reduce__(self) -> Any:
            raise TypeError("not to be pickled")

    assert Asked(PUBLISHED, Templates(get_templates())).identity() is None
