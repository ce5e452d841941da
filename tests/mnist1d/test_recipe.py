"""The recipe: what it accepts, what it refuses and in which words, which sizes it leads to."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mnist1d import Recipe, get_dataset_args, make_mnist1d


def test_the_defaults_are_upstreams() -> None:
    args = get_dataset_args(as_dict=True)
    del args["url"]
    assert Recipe.from_mapping(args) == Recipe()


def test_lists_and_numpy_numbers_are_taken() -> None:
    recipe = Recipe(padding=[3, 4], seed=np.int64(1), scale_coeff=np.float32(0.5))  # type: ignore[arg-type]
    assert recipe == Recipe(padding=(3, 4), seed=1, scale_coeff=0.5)
    assert Recipe(shuffle_seq=np.True_).shuffle_seq is True  # type: ignore[arg-type]
    assert type(recipe.seed) is int
    assert type(recipe.scale_coeff) is float
    assert hash(recipe) == hash(Recipe(padding=(3, 4), seed=1, scale_coeff=0.5))


@pytest.mark.parametrize(
    ("knob", "value", "kind"),
    [
        ("num_samples", 0, ValueError),
        ("num_samples", 1e4, TypeError),
        ("num_samples", True, TypeError),
        ("train_split", 80, ValueError),
        ("train_split", "0.8", TypeError),
        ("template_len", 1, ValueError),
        ("padding", 36, TypeError),
        ("padding", (60, 36), ValueError),
        ("padding", (-1, 3), ValueError),
        ("scale_coeff", 4, ValueError),
        ("scale_coeff", 2, ValueError),
        ("scale_coeff", float("nan"), ValueError),
        ("max_translation", 0, ValueError),
        ("corr_noise_scale", -0.1, ValueError),
        ("iid_noise_scale", float("inf"), ValueError),
        ("shear_scale", None, TypeError),
        ("shuffle_seq", "yes", TypeError),
        ("shuffle_seq", np.ones(2), TypeError),
        ("final_seq_length", 1, ValueError),
        ("seed", -1, ValueError),
        ("seed", 2**32, ValueError),
        ("n_train", -1, ValueError),
        ("n_train", 0, ValueError),
        ("n_test", 10, ValueError),
    ],
)
def test_a_bad_value_is_refused_by_name(knob: str, value: object, kind: type[Exception]) -> None:
    with pytest.raises(kind, match=knob):
        Recipe(**{knob: value})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("noise_scale", "corr_noise_scale"),
        ("noise_scale", "iid_noise_scale"),
        ("num_test_samples", "n_test"),
        ("sheer_scale", "shear_scale"),
        ("url", "the knobs are"),
    ],
)
def test_an_unknown_name_is_refused_with_what_was_meant(typed: str, meant: str) -> None:
    with pytest.raises(ValueError, match=meant):
        Recipe.from_mapping({typed: 1})
    with pytest.raises(ValueError, match=meant):
        Recipe(**{typed: 1})  # type: ignore[arg-type]
    with pytest.raises(ValueError, match=meant):
        make_mnist1d(20, random_state=0, **{typed: 1})


def test_argument_objects_may_lack_knobs_and_have_others() -> None:
    assert Recipe.from_args(SimpleNamespace(seed=3, url="x", extra=1)) == Recipe(seed=3)
    with pytest.warns(UserWarning, match=r"args\.noise_scale has no effect; did you mean"):
        Recipe.from_args(SimpleNamespace(seed=3, noise_scale=0.1))
    for args in ({"seed": 3}, [], None):
        with pytest.raises(TypeError, match="args must have knobs as attributes"):
            Recipe.from_args(args)


@given(total=st.integers(10, 10**5), split=st.floats(0.1, 1), share=st.floats(0, 1))
def test_a_validation_split_is_held_out_of_what_trains(
    total: int, split: float, share: float
) -> None:
    n_train, _, n_test = Recipe(num_samples=total, train_split=split).sizes
    n_val = int(share * n_train)
    recipe = Recipe(num_samples=total, train_split=split, n_val=n_val)
    assert recipe.sizes == (n_train - n_val, n_val, n_test)
    assert recipe.law == Recipe()


def test_more_than_what_trains_cannot_be_held_out() -> None:
    assert Recipe(n_val=4000).sizes == (0, 4000, 1000)
    with pytest.raises(ValueError, match="n_val must be at most 4000, the samples that train, got"):
        Recipe(n_val=4001)
    some = Recipe(num_samples=19, train_split=1.0, n_val=15)  # 19 of one class, 10 of ten
    assert some.sizes_for(1) == (4, 15, 0)
    with pytest.raises(ValueError, match="n_val must be at most 10, the samples that train, got"):
        some.sizes_for(10)


def test_sizes_and_their_alternative_exclude_each_other() -> None:
    with pytest.raises(ValueError, match="not both"):
        Recipe(n_train=10, num_samples=100)
    with pytest.raises(ValueError, match="not both"):
        Recipe(n_train=10, train_split=0.5)


@given(n=st.tuples(*[st.integers(0, 10**6)] * 3).filter(any))
def test_exact_sizes_are_exact(n: tuple[int, int, int]) -> None:
    assert Recipe(n_train=n[0], n_val=n[1], n_test=n[2]).sizes == n


@given(total=st.integers(10, 10**6), split=st.floats(0, 1))
def test_published_sizes_drop_the_remainder_and_floor_the_split(total: int, split: float) -> None:
    n_train, n_val, n_test = Recipe(num_samples=total, train_split=split).sizes
    assert n_val == 0
    assert n_train + n_test == total - total % 10
    assert n_train == int((n_train + n_test) * split)


def test_the_law_forgets_sizes_and_seed_only() -> None:
    assert Recipe(n_train=9, seed=1, shear_scale=0.5).law == Recipe(shear_scale=0.5)
    assert Recipe(seed=1).law == Recipe(num_samples=20).law
