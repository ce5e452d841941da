"""The old face computes what the original computes, for every argument that it takes.

`golden/upstream_arguments.json` was made by this very file with the original, mnist1d 0.0.2.post1,
in place of ours: ``PYTHONPATH=FOLDER_OF_THE_ORIGINAL python tests/mnist1d/test_old_arguments.py``.
"""

from __future__ import annotations

import json
import random
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from mnist1d.data import get_dataset_args, get_templates, make_dataset
from mnist1d.utils import ObjectView

# ruff: noqa: NPY002  (this face works on numpy's global generator)

GOLDEN = Path(__file__).parents[1] / "golden" / "upstream_arguments.json"
NAN, INF, DIGITS = float("nan"), float("inf"), get_templates()["x"]

SILENT: list[dict[str, Any]] = [
    {"shuffle_seq": 0},
    {"shuffle_seq": 1},
    {"shuffle_seq": None},
    {"shuffle_seq": "yes"},
    {"shuffle_seq": []},
    {"padding": (0, 0)},
    {"padding": np.array([3, 9])},
    {"max_translation": 100},
    {"final_seq_length": np.int32(30)},
    {"num_samples": np.int16(64)},
    {"num_samples": 57, "train_split": np.float32(0.29)},
    {"scale_coeff": np.float32(0.4)},
    {"shear_scale": np.float32(0.75), "corr_noise_scale": np.float16(0.25)},
    {"corr_noise_scale": 0, "iid_noise_scale": 0, "shear_scale": 0},
    {"seed": 2**32 - 1},
]
DOUBTED: list[dict[str, Any]] = [
    {"scale_coeff": 4},
    {"scale_coeff": -0.4},
    {"scale_coeff": NAN},
    {"shear_scale": -0.75},
    {"shear_scale": INF},
    {"corr_noise_scale": -0.25, "iid_noise_scale": -0.02},
    {"corr_noise_scale": NAN},
    {"padding": (60, 36)},
    {"padding": (True, True)},
    {"final_seq_length": 1},
    {"final_seq_length": 0},
    {"train_split": -0.2},
    {"train_split": 1.5},
    {"train_split": -3},
    {"train_split": True},
    {"template_len": 1},
    {"template_len": -10},
    {"max_translation": [0, 5, -5, 100, -100]},
    {"seed": True},
    {"shuffle_seq": "no"},
]
WAVES = {"x": [np.sin(np.arange(5.0 + i)) for i in range(3)], "t": np.linspace(-1, 1, 7) ** 3}
TEMPLATES: dict[str, dict[str, Any]] = {
    "ragged": WAVES | {"y": ["p", "q", "rrr"]},
    "labels of text": get_templates() | {"y": list("abcdefghij")},
    "labels in one-hot": get_templates() | {"y": np.eye(10)},
    "labels of 32 bits": get_templates() | {"y": np.arange(10, dtype=np.int32)},
    "fewer labels than rows": get_templates() | {"y": np.arange(4)},
    "float32": {k: v.astype("f4") if v.dtype == "f8" else v for k, v in get_templates().items()},
    "whole numbers": get_templates() | {"x": np.arange(120).reshape(10, 12) % 7},
    "one point": get_templates() | {"x": DIGITS[:, :1]},
    "constant": get_templates() | {"x": np.zeros((10, 12))},
    "not a number": get_templates() | {"x": np.where(DIGITS.max() == DIGITS, NAN, DIGITS)},
    "positions in pairs": get_templates() | {"t": np.stack([np.arange(12.0)] * 2, axis=1)},
}
CASES: list[tuple[dict[str, Any], str]] = [
    *((change, "") for change in (*SILENT, *DOUBTED)),
    *(({}, name) for name in TEMPLATES),
    ({"final_seq_length": 1, "shuffle_seq": 1}, "ragged"),
    ({"corr_noise_scale": 0, "iid_noise_scale": 0, "shear_scale": 0}, "constant"),
]


def made(change: dict[str, Any], name: str) -> dict[str, Any]:
    args = get_dataset_args(as_dict=True) | {"num_samples": 50} | change
    return make_dataset(ObjectView(args), TEMPLATES[name] if name else None)


def record(change: dict[str, Any], name: str) -> dict[str, Any]:
    """What a case comes to, in some numbers: all of them enter the sums, each with its place."""
    random.seed(999)
    np.random.seed(999)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        data = made(change, name)
    arrays = [np.asarray(data[key]) for key in ("x", "x_test", "t", "y", "y_test")]
    numbers = [array for array in arrays if array.dtype.kind == "f"]
    return {
        "keys": list(data),
        "shapes": [list(array.shape) for array in arrays],
        "dtypes": [array.dtype.str for array in arrays],
        "y": arrays[3].ravel().tolist(),
        "some": [array.ravel()[:4].tolist() for array in numbers],
        "sums": [float(array.ravel() @ np.cos(np.arange(array.size))) for array in numbers],
        "next": [np.random.rand(), random.random()],
    }


def titled(case: tuple[dict[str, Any], str]) -> str:
    return f"{case[1]} {case[0]}".strip()


if GOLDEN.exists():
    RECORDS = json.loads(GOLDEN.read_text())


@pytest.mark.parametrize("case", CASES, ids=titled)
def test_it_computes_what_the_original_computes(case: tuple[dict[str, Any], str]) -> None:
    if titled(case) not in RECORDS:
        pytest.skip("numpy 1 writes the type of a number otherwise")
    ours, theirs = record(*case), RECORDS[titled(case)]
    for name in ("some", "sums"):
        for one, other in zip(ours.pop(name), theirs.pop(name), strict=True):
            # Another processor moves the last digit; sums of constant samples come to 1e8.
            near = {"rtol": 1e-12, "atol": 1e-12 if name == "some" else 1e-9}
            np.testing.assert_allclose(one, other, **near)
    assert ours == theirs


@pytest.mark.parametrize("change", DOUBTED, ids=str)
def test_what_is_surely_a_mistake_gets_one_warning_that_names_it(change: dict[str, Any]) -> None:
    with pytest.warns(UserWarning, match="as the original does") as seen:
        made(change, "")
    assert [warning.filename for warning in seen] == [__file__]
    assert str(seen[0].message).startswith(tuple(change))


@pytest.mark.parametrize("change", SILENT, ids=str)
def test_what_is_only_another_type_gets_none(change: dict[str, Any]) -> None:
    made(change, "")  # warnings are errors here


@pytest.mark.parametrize("name", sorted(TEMPLATES.keys() - {"constant"}))
def test_templates_of_every_make_get_none(name: str) -> None:
    data = made({}, name)
    assert data["templates"] is TEMPLATES[name]


if __name__ == "__main__":
    print(json.dumps({titled(case): record(*case) for case in CASES}))
