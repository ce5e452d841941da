"""The transforms of single signals, which take whatever the original's take."""

from __future__ import annotations

from importlib import import_module
from typing import Any

import numpy as np
import pytest

from mnist1d.data import get_dataset_args, get_templates, make_dataset
from mnist1d.transform import (
    corr_noise_like,
    iid_noise_like,
    interpolate,
    pad,
    shear,
    transform,
    translate,
)
from mnist1d.utils import ObjectView, set_seed

# ruff: noqa: NPY002  (this face works on numpy's global generator)


def test_one_by_one_is_all_at_once() -> None:
    args, templates = get_dataset_args(), get_templates()
    args.num_samples = 50
    set_seed(args.seed)
    samples = []
    for template in templates["x"]:
        for _ in range(5):
            x, t = transform(template, templates["t"], args)
            samples.append(x)
    x = np.stack(samples)[np.random.permutation(50)]
    data = make_dataset(args)
    together = np.concatenate([data["x"], data["x_test"]])
    np.testing.assert_allclose((x - x.mean()) / x.std(), together, rtol=0, atol=1e-12)
    np.testing.assert_allclose(t / x.std(), data["t"], rtol=0, atol=1e-12)


def test_pad() -> None:
    set_seed(0)
    lengths = {len(pad(np.ones(3), (1, 4))) for _ in range(200)}
    assert lengths == {4, 5, 6, 7}
    assert pad(np.ones((2, 3)), [5, 5]).shape == (2, 8)


def test_translate() -> None:
    set_seed(0)
    x = np.arange(5)
    seen = {tuple(translate(x, 7).tolist()) for _ in range(300)}
    assert seen == {tuple(np.roll(x, k).tolist()) for k in range(5)}


def test_shear_is_a_line_through_the_middle() -> None:
    line = shear(np.zeros(11), 3)
    np.testing.assert_allclose(np.diff(line, 2), 0, atol=1e-15)
    assert line[5] == pytest.approx(0)
    assert abs(line[10] - line[0]) <= 1.5


def test_noise() -> None:
    set_seed(0)
    x = np.zeros((200, 300))
    assert iid_noise_like(x, 0.5).std() == pytest.approx(0.5, rel=0.02)
    smooth = np.concatenate([corr_noise_like(row, 0.25) for row in x])
    assert smooth.std() == pytest.approx(0.25 * 0.376, rel=0.03)


def test_interpolate() -> None:
    x = np.array([[0.0, 1], [2, 3], [4, 8]])
    assert interpolate(x, 5).tolist() == [[0, 1], [1, 2], [2, 3], [3, 5.5], [4, 8]]


def test_padding_the_wrong_way_round() -> None:
    set_seed(0)
    assert {len(pad(np.ones(1), (6, 3))) for _ in range(200)} == {6, 7}


def test_translate_by_one_of_several_shifts() -> None:
    set_seed(0)
    seen = {tuple(translate(range(4), [0, -1, 9]).tolist()) for _ in range(100)}
    assert seen == {(0, 1, 2, 3), (1, 2, 3, 0)}


@pytest.mark.parametrize("N", [0, 1, True])
def test_few_points(N: int) -> None:
    assert interpolate([3.0, 5.0], N).tolist() == [3.0][:N]


def test_signs_and_what_is_no_number() -> None:
    set_seed(0)
    ones = [shear(np.zeros(3), scale)[0] for scale in (2, -2) if set_seed(0) is None]
    assert ones[0] == -ones[1] != 0
    assert np.isnan(iid_noise_like(np.ones(2), float("nan"))).all()
    assert shear(np.ones(0)).shape == (0,)


def test_float32_is_kept_where_the_original_keeps_it() -> None:
    assert pad(np.ones(3, "f4"), (0, 0)).dtype == np.float64
    assert translate(np.ones(3, "f4"), 2).dtype == np.float32


@pytest.mark.parametrize(
    ("call", "kind", "words"),
    [
        (lambda: pad(np.ones(2), 3), TypeError, r"padding must be a pair .*, got 3"),
        (lambda: pad(np.ones(2), (1.5, 2)), TypeError, "padding must be a pair"),
        (lambda: pad(3, (1, 2)), ValueError, "x must hold a signal"),
        (lambda: translate(np.ones(2), 0), ValueError, "max_translation must be .*, got 0"),
        (lambda: interpolate(np.ones(2), -1), ValueError, "N must be .*, got -1"),
        (lambda: interpolate(np.ones(2), "a"), TypeError, "N must be .*, got 'a'"),
        (lambda: interpolate([], 3), ValueError, "x must hold a signal"),
        (lambda: shear(np.ones(3), "a"), TypeError, "scale must be a number, got 'a'"),
        (lambda: iid_noise_like(np.ones(2), None), TypeError, "scale must be a number, got None"),
        (
            lambda: transform(np.ones(2), np.ones(2), ObjectView({"final_seq_length": -1})),
            ValueError,
            "final_seq_length must be an integer of at least 2, got -1",
        ),
        (lambda: transform(np.ones(2), np.ones(2), {"seed": 1}), TypeError, "args must have knobs"),
        (
            lambda: transform("no signal", np.ones(2), get_dataset_args()),
            TypeError,
            "x must hold a signal|ufunc 'add'",
        ),
    ],
)
def test_what_cannot_be_computed_is_refused_by_name(
    call: Any, kind: type[Exception], words: str
) -> None:
    with pytest.raises(kind, match=words):
        call()


def test_names_that_the_original_has_here() -> None:
    module = import_module("mnist1d.transform")
    assert module.interp1d([0, 1], [2, 3])(0.5) == 2.5
    assert module.gaussian_filter(np.ones(3), 2).tolist() == pytest.approx([1, 1, 1])
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        module.nothing  # noqa: B018
