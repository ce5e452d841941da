"""No message of the old face is longer than a screen, whatever it was given."""

from __future__ import annotations

import pickle
import struct
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from mnist1d.arguments import PUBLISHED, ObjectView
from mnist1d.data import get_dataset, get_templates, make_dataset
from mnist1d.transform import interpolate, pad, shear, transform, translate
from mnist1d.utils import from_pickle, set_seed, to_pickle

LONG = "long" * 25_000
GREAT: dict[str, Any] = {
    "text": LONG,
    "texts": [LONG] * 9,
    "ragged": [["0.5"] * n for n in range(999)],
    "bytes": b"x" * 10**6,
    "dict": {LONG: [LONG]},
    "view": {"x": [LONG] * 9, "t": [LONG], "y": [LONG]},
}


def view(**knobs: Any) -> ObjectView:
    return ObjectView({**PUBLISHED, "num_samples": 50, **knobs})


SINE = np.sin(np.arange(12))
CALLS: dict[str, Callable[[Any], Any]] = {
    "args": make_dataset,
    "args of get_dataset": get_dataset,
    "template": lambda value: make_dataset(view(), value),
    "x of the template": lambda value: make_dataset(view(), get_templates() | {"x": value}),
    "t of the template": lambda value: make_dataset(view(), get_templates() | {"t": value}),
    **{
        name: lambda value, name=name: make_dataset(view(**{name: value}))
        for name in sorted(PUBLISHED.keys() - {"shuffle_seq"})
    },
    "args of transform": lambda value: transform(SINE, SINE, value),
    "knob of transform": lambda value: transform(SINE, SINE, view(padding=value)),
    "x of transform": lambda value: transform(value, SINE, view()),
    "y of transform": lambda value: transform(SINE, value, view()),
    "pad": lambda value: pad(SINE, value),
    "translate": lambda value: translate(SINE, value),
    "interpolate": lambda value: interpolate(SINE, value),
    "scale": lambda value: shear(SINE, value),
    "seed of set_seed": set_seed,
    "encoding": lambda value: from_pickle(__file__, encoding=value),
}


def is_short(text: str) -> bool:
    return 10 < len(text) < 1500 and len(text.splitlines()) < 20


@pytest.mark.parametrize("value", GREAT)
@pytest.mark.parametrize("call", CALLS)
def test_no_refusal_is_longer_than_a_screen(call: str, value: str) -> None:
    with pytest.raises((TypeError, ValueError)) as refusal:
        CALLS[call](GREAT[value])
    assert is_short(str(refusal.value))


def test_no_warning_is(tmp_path: Path) -> None:
    with pytest.warns(UserWarning, match="max_translation must be") as seen:
        make_dataset(view(max_translation=list(range(10**5))))
    with pytest.warns(UserWarning, match="has no effect") as words:
        get_dataset(view(), tmp_path / "data.pkl", verbose=False, regenerate_=1)
    with pytest.warns(UserWarning, match="holds") as types:
        to_pickle(np.dtype([(LONG, int)]), tmp_path / "a.pkl")
    for warning in (*seen, *words, *types):
        assert is_short(str(warning.message))


@pytest.mark.parametrize("encoding", ["latin1", "ascii"])
def test_no_refusal_of_a_file_is(tmp_path: Path, encoding: str) -> None:
    """Names, keys and codes that the file states, and errors that hold what they are about."""
    long = LONG.encode()
    programs = [
        b"c" + long + b"\n" + long + b"\n.",
        b"]" + b"X" + struct.pack("<I", len(long)) + long + b"K\x01s.",
        b"T" + struct.pack("<I", len(long)) + b"\xe9" * len(long) + b"K\x01b.",
        b"cnumpy\ndtype\nX" + struct.pack("<I", len(long)) + long + b"\x85R.",
        b"F" + long + b"\n.",
    ]
    for program in programs:
        (tmp_path / "a.pkl").write_bytes(b"\x80\x02" + program)
        with pytest.raises(pickle.UnpicklingError) as refusal:
            from_pickle(tmp_path / "a.pkl", encoding=encoding)
        assert is_short(str(refusal.value))
        assert refusal.value.__suppress_context__ or refusal.value.__context__ is None
