"""Only what the original reads is read, from any object; what is ours stays ours."""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Mapping
from dataclasses import make_dataclass
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from mnist1d.arguments import PUBLISHED
from mnist1d.data import get_dataset_args, get_templates, make_dataset
from mnist1d.recipe import Recipe
from mnist1d.transform import transform
from mnist1d.utils import ObjectView

KNOBS = {**PUBLISHED, "num_samples": 50, "seed": 7, "n_train": 20, "n_val": -1, "n_test": "many"}


class Attributes(dict[str, Any]):
    """An attribute dictionary; some raise KeyError where Python expects AttributeError."""

    def __getattr__(self, name: str) -> Any:
        return self[name]


class Inventive(dict[str, Any]):
    """One that makes up what it lacks, and keeps it."""

    def __getattr__(self, name: str) -> Any:
        return self.setdefault(name, Inventive())


class Config(Mapping[str, Any]):
    """A configuration in the manner of the libraries for it: a mapping with attributes."""

    def __init__(self, entries: dict[str, Any]) -> None:
        self._entries = entries

    def __getitem__(self, name: str) -> Any:
        return self._entries[name]

    def __len__(self) -> int:
        return len(self._entries)

    def __iter__(self) -> Iterator[str]:
        return iter(self._entries)

    def __getattr__(self, name: str) -> Any:
        return self[name]


class Computed:
    n_train = property(lambda self: pytest.fail("it was read"))
    n_val = n_test = url = n_train

    def __init__(self, knobs: dict[str, Any]) -> None:
        self._knobs = knobs

    def __getattr__(self, name: str) -> Any:
        if name not in PUBLISHED:
            raise KeyError(name)
        return self._knobs[name]


class Stateful(dict[str, Any]):
    """A dict whose entries are one thing and its attributes another."""

    def __init__(self, knobs: dict[str, Any]) -> None:
        super().__init__(entry=1)
        self.__dict__.update(knobs)


def with_class_attributes(knobs: dict[str, Any]) -> object:
    return type("Settings", (), knobs)


def with_slots(knobs: dict[str, Any]) -> object:
    return make_dataclass("Settings", list(knobs), slots=True)(**knobs)


MAKES = [
    lambda knobs: argparse.Namespace(**knobs),
    lambda knobs: SimpleNamespace(**knobs),
    ObjectView,
    Attributes,
    Inventive,
    Config,
    Computed,
    Stateful,
    with_class_attributes,
    with_slots,
]


@pytest.mark.parametrize("make", MAKES)
def test_every_make_of_object_is_read_and_what_is_not_upstreams_is_not(make: Any) -> None:
    data, plain = make_dataset(make(dict(KNOBS))), make_dataset(Recipe(num_samples=50, seed=7))
    assert data["x"].shape == (40, 40)
    assert np.array_equal(data["x"], plain["x"])


@pytest.mark.parametrize("make", [SimpleNamespace, Attributes, Inventive, with_class_attributes])
def test_a_missing_knob_takes_its_default_and_is_not_made_up(make: Any) -> None:
    knobs = {"num_samples": 50}
    args = make(**knobs) if make is not with_class_attributes else make(knobs)
    assert np.array_equal(make_dataset(args)["x"], make_dataset(Recipe(num_samples=50))["x"])
    if isinstance(args, dict):
        assert args == knobs


@pytest.mark.parametrize("args", [{"seed": 3}, [], 5, object(), Attributes(), "seed"], ids="abcdef")
def test_an_object_without_any_knob_is_refused_in_a_line(args: object) -> None:
    with pytest.raises(TypeError, match="args must have knobs as attributes"):
        make_dataset(args)


def test_a_recipe_keeps_its_exact_sizes() -> None:
    data = make_dataset(Recipe(n_train=20, n_val=10, n_test=10))
    assert [len(data[name]) for name in ("x", "x_val", "x_test")] == [20, 10, 10]


def test_a_known_mistake_is_named_unless_the_knob_is_there_too() -> None:
    with pytest.warns(UserWarning, match=r"args\.noise_scale has no effect; did you mean") as seen:
        make_dataset(ObjectView({**KNOBS, "noise_scale": 0.1}))
    assert [warning.filename for warning in seen] == [__file__]
    with pytest.warns(UserWarning, match="did you mean seed"):
        make_dataset(SimpleNamespace(num_samples=50, random_state=1))
    make_dataset(SimpleNamespace(**KNOBS, random_state=1))  # somebody's own


def test_a_transform_reads_its_own_knobs_only() -> None:
    args = get_dataset_args()
    del args.num_samples, args.train_split
    args.seed, args.shuffle_seq = -1, "whatever"
    templates = get_templates()
    assert transform(templates["x"][0], templates["t"], args)[0].shape == (40,)


def test_a_fresh_seed_is_fresh_every_time_also_for_the_generators() -> None:
    first, second = (make_dataset(ObjectView({**KNOBS, "seed": None})) for _ in range(2))
    assert not np.array_equal(first["x"], second["x"])
    assert first["x"].shape == (40, 40)
