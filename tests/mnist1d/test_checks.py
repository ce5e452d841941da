"""Refusals: one form, and never longer than some lines, whatever was given."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from mnist1d import Recipe, draw, flip_to_any_class, generate, load, make_mnist1d, save
from mnist1d.checks import LARGEST, brief, shown, whole
from mnist1d.paths import expanded

LONG = "long" * 10**5
GREAT: list[Any] = [LONG, [0.5] * 10**5, np.full(10**5, 0.5), {LONG: LONG}, 10**5000, b"x" * 10**6]
CALLS: dict[str, Any] = {
    "size": lambda value: Recipe(n_train=value),
    "real": lambda value: Recipe(shear_scale=value),
    "pair": lambda value: Recipe(padding=value),
    "flag": lambda value: Recipe(shuffle_seq=value),
    "name": lambda value: Recipe.from_mapping({shown(value) * 999: 1}),
    "mapping": lambda value: Recipe.from_mapping([value]),  # type: ignore[arg-type]
    "recipe": lambda value: generate(value),
    "stream": lambda value: generate(stream=value),
    "rng": lambda value: draw(Recipe(), 3, value),
    "rng of noise": lambda value: flip_to_any_class([0, 1], 0.5, rng=[value]),  # type: ignore[arg-type]
    "labels": lambda value: flip_to_any_class(np.arange(10**5), 0.5, rng=0, classes=[1, 2]),
    "random_state": lambda value: make_mnist1d(9, random_state=[value]),  # type: ignore[arg-type]
    "knob": lambda value: make_mnist1d(9, seed=value),
    "pair of make": lambda value: make_mnist1d(9, return_X_y=value),
    "data": lambda value: save(value, "data.npz"),
    "ending": lambda value: load(f"{shown(value) * 999}.txt"),
    "path": lambda value: load([value]),  # type: ignore[arg-type]
}


@pytest.mark.parametrize("value", GREAT, ids=lambda value: type(value).__name__)
@pytest.mark.parametrize("call", CALLS)
def test_no_refusal_is_longer_than_a_screen(call: str, value: Any) -> None:
    with pytest.raises((TypeError, ValueError)) as refusal:
        CALLS[call](value)
    assert 10 < len(str(refusal.value)) < 800
    assert len(str(refusal.value).splitlines()) < 10


def test_short_values_are_shown_as_they_are() -> None:
    for value in ("0.8", 3, 0.1, None, True, [1, 2], (36, 60), {"a": 1}, 2**64):
        assert shown(value) == repr(value)
    assert shown(10**5000) == "an integer of 16610 bits"
    assert brief(ValueError("short")) == "short"
    assert len(brief(LONG)) < 500


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (-1, "n must be an integer of at least 0, got -1"),
        (2**63, "n must be an integer of at least 0 and at most 9223372036854775807, got 92233"),
        (1.5, "n must be an integer of at least 0, got 1.5"),
    ],
)
def test_the_largest_size_is_that_of_an_array(value: Any, words: str) -> None:
    with pytest.raises((TypeError, ValueError), match=words):
        whole("n", value, 0, LARGEST)
    assert whole("n", 2**63 - 1, 0, LARGEST) == 2**63 - 1


def test_the_users_home_is_expanded(monkeypatch: pytest.MonkeyPatch, tmp_path: Any) -> None:
    for name in ("HOME", "USERPROFILE"):
        monkeypatch.setenv(name, str(tmp_path))
    assert expanded("~/a") == tmp_path / "a"
    assert str(expanded("~no such user/a")) == "~no such user/a"
    assert str(expanded("./~")) == "~"
