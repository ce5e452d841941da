"""make_mnist1d is a `make_*` generator as scikit-learn's are, and scikit-learn itself says so."""

from __future__ import annotations

import copy
import inspect
import pickle
from typing import Any

import numpy as np
import pytest
from sklearn.datasets import make_blobs, make_classification
from sklearn.ensemble import RandomForestClassifier
from sklearn.model_selection import StratifiedKFold, cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.utils import Bunch as TheirBunch
from sklearn.utils import check_random_state, check_X_y

from mnist1d import Recipe, generate, make_mnist1d
from mnist1d.make import Bunch

# Whatever names a state of theirs; made anew for every call, since drawing moves it.
STATES = {
    "int": lambda: 3,
    "numpy int": lambda: np.int64(3),
    "RandomState": lambda: np.random.RandomState(3),
    "None": lambda: np.random.seed(3),  # noqa: NPY002  (which returns None)
    "numpy.random": lambda: np.random.seed(3) or np.random,  # noqa: NPY002
    "its global generator": lambda: np.random.seed(3) or np.random.mtrand._rand,  # noqa: NPY002
}


def drawn(state: Any, n_samples: int = 23, **knobs: Any) -> tuple[np.ndarray, np.ndarray]:
    return make_mnist1d(n_samples, random_state=state, **knobs)  # type: ignore[return-value]


def same(one: Any, other: Any) -> bool:
    return all(np.array_equal(a, b) for a, b in zip(one, other, strict=True))


def test_the_signature_is_in_their_grammar() -> None:
    ours, theirs = (inspect.signature(make).parameters for make in (make_mnist1d, make_blobs))
    kinds = {name: parameter.kind for name, parameter in ours.items()}
    positional = [name for name, kind in kinds.items() if kind.name == "POSITIONAL_OR_KEYWORD"]
    assert positional == [next(iter(theirs))] == ["n_samples"]
    assert kinds["random_state"] == theirs["random_state"].kind == inspect.Parameter.KEYWORD_ONLY
    assert ours["random_state"].default is theirs["random_state"].default is None
    assert ours["return_X_y"].default is True
    with pytest.raises(TypeError, match="positional"):
        make_mnist1d(20, 0)  # type: ignore[misc]


@pytest.mark.parametrize("name", STATES)
def test_random_state_means_what_check_random_state_means(name: str) -> None:
    state = STATES[name]()
    expected = drawn(check_random_state(state))
    assert same(drawn(STATES[name]()), expected)
    assert same(drawn(3), expected)


@pytest.mark.parametrize("name", [name for name in STATES if "int" not in name])
def test_a_generator_goes_on_where_a_draw_has_left_it(name: str) -> None:
    state = STATES[name]()
    first, second = drawn(state), drawn(state)
    assert not same(first, second)
    state = STATES[name]()
    assert same((drawn(state)[0], drawn(state)[0]), (first[0], second[0]))


def test_an_int_leaves_numpys_global_generator_alone() -> None:
    np.random.seed(1)  # noqa: NPY002
    expected = np.random.rand()  # noqa: NPY002
    np.random.seed(1)  # noqa: NPY002
    drawn(3)
    drawn(np.random.RandomState(3))
    assert np.random.rand() == expected  # noqa: NPY002


@pytest.mark.parametrize("bits", [np.random.PCG64, np.random.MT19937])
def test_generators_and_foreign_bits_are_taken_too(bits: Any) -> None:
    for kind in (np.random.Generator, np.random.RandomState):
        state = kind(bits(5))
        first, second = drawn(state), drawn(state)
        assert same(first, drawn(kind(bits(5))))
        assert not same(first, second)


def test_refused_arguments_leave_the_generator_where_it_is() -> None:
    states = np.random.RandomState(1), np.random.default_rng(1)
    for state in states:
        with pytest.raises(ValueError, match="scale_coeff"):
            drawn(state, scale_coeff=4)
    assert states[0].randint(2**31) == np.random.RandomState(1).randint(2**31)
    assert states[1].integers(2**31) == np.random.default_rng(1).integers(2**31)


@pytest.mark.parametrize("n_samples", [5, 100, 1003])
def test_classes_are_as_even_as_those_of_make_classification(n_samples: int) -> None:
    ours = np.bincount(make_mnist1d(n_samples, random_state=0)[1], minlength=10)
    _, y = make_classification(
        n_samples, n_classes=10, n_informative=5, flip_y=0, random_state=0, n_clusters_per_class=1
    )
    assert sorted(ours) == sorted(np.bincount(y, minlength=10))


def test_the_pair_is_what_their_estimators_take() -> None:
    X, y = drawn(0, 300)
    checked = check_X_y(X, y, dtype=np.float64, ensure_min_samples=300)
    assert same(checked, (X, y))
    assert X.flags.c_contiguous
    model = make_pipeline(StandardScaler(), RandomForestClassifier(30, random_state=0))
    score = cross_val_score(model, X, y, cv=StratifiedKFold(3)).mean()
    assert score > 0.15  # chance is 0.1


def test_with_42_it_is_the_published_data_also_from_the_global_generator() -> None:
    data = generate()
    expected = np.concatenate([data.x, data.x_test]), np.concatenate([data.y, data.y_test])
    assert same(make_mnist1d(random_state=42), expected)
    np.random.seed(42)  # noqa: NPY002
    assert same(make_mnist1d(), expected)


@pytest.mark.parametrize("state", [7, np.random.default_rng(7)])
def test_the_recipe_in_the_bunch_gives_the_same_data(state: Any) -> None:
    bunch = make_mnist1d(17, random_state=state, return_X_y=False, final_seq_length=30)
    data = generate(bunch.recipe)  # type: ignore[union-attr]
    assert same((bunch["X"], bunch["y"], bunch["t"]), (data.x, data.y, data.t))


@pytest.mark.parametrize("state", [None, np.random.RandomState(1)])
def test_no_recipe_is_claimed_where_none_gives_the_data_again(state: Any) -> None:
    assert make_mnist1d(17, random_state=state, return_X_y=False)["recipe"] is None


@pytest.mark.parametrize("kind", [Bunch, TheirBunch])
def test_the_bunch_behaves_as_theirs(kind: Any) -> None:
    bunch = kind(X=[1], y=[2])
    bunch.z = [3]
    assert bunch["z"] == bunch.z == [3]
    bunch["y"] = [4]
    assert bunch.y == [4]
    assert {"X", "y", "z"} <= set(dir(bunch))
    assert "items" in dir(type(bunch))
    for twin in (pickle.loads(pickle.dumps(bunch)), copy.copy(bunch), copy.deepcopy(bunch)):
        assert (type(twin), twin) == (kind, bunch)
        twin.X = [9]
        assert bunch.X == [1]
    assert not hasattr(bunch, "w")
    with pytest.raises(AttributeError, match="w"):
        bunch.w  # noqa: B018


@pytest.mark.parametrize(
    ("arguments", "kind", "words"),
    [
        ({"n_samples": 0}, ValueError, "n_samples must be an integer of at least 1, got 0"),
        ({"n_samples": 2.5}, TypeError, "n_samples must be an integer"),
        ({"random_state": "a"}, TypeError, "random_state must be an integer, a RandomState, a Gen"),
        ({"random_state": np.random.rand}, TypeError, "random_state must be"),
        ({"random_state": -1}, ValueError, "random_state must be an integer from 0 to 4294967295"),
        ({"random_state": True}, TypeError, "random_state must be"),
        ({"seed": 1}, ValueError, "seed must be left out for n_samples and random_state, got 1"),
        ({"n_train": 5}, ValueError, "n_train must be left out"),
        ({"shuffle": False}, ValueError, "shuffle must be left out: the order is always random"),
        ({"return_X_y": 1}, TypeError, "return_X_y must be True or False, got 1"),
    ],
)
def test_bad_arguments_are_refused(
    arguments: dict[str, Any], kind: type[Exception], words: str
) -> None:
    with pytest.raises(kind, match=words):
        make_mnist1d(**arguments)


def test_numpy_booleans_are_taken() -> None:
    assert same(make_mnist1d(9, random_state=1, return_X_y=np.True_), drawn(1, 9))  # type: ignore[arg-type]


def test_knobs_go_to_the_recipe() -> None:
    X, _ = drawn(0, 9, final_seq_length=72, shuffle_seq=True)
    assert same([X], [generate(Recipe(n_train=9, seed=0, final_seq_length=72, shuffle_seq=True)).x])
