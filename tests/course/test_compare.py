"""Comparing answers: each helper passes what is right, in any dress, and says what is wrong."""

import numpy as np
import pytest
import torch

from labs.course.compare import (
    expect_array,
    expect_close,
    expect_law,
    expect_number,
    expect_parts,
    expect_seeded,
    unchanged,
)
from labs.course.plan import MismatchError

WANT = np.array([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]])


def message(function, *args, **options):
    with pytest.raises(MismatchError) as raised:
        function(*args, **options)
    return str(raised.value)


@pytest.mark.parametrize(
    "dress", [np.asarray, np.ndarray.tolist, torch.tensor, lambda x: list(map(torch.tensor, x))]
)
def test_a_right_answer_may_be_a_list_an_array_or_a_tensor(dress):
    assert expect_close(dress(WANT), WANT).tolist() == WANT.tolist()


def test_a_tensor_with_a_gradient_is_an_answer():
    assert expect_close(torch.ones(2, requires_grad=True), [1, 1]).tolist() == [1, 1]


@pytest.mark.parametrize(
    ("got", "words"),
    [
        (None, "got None: is there a return?"),
        ("abc", "asked for numbers, got 'abc'"),
        ([[1.0, 2.0], [3.0]], "asked for numbers, got [[1.0, 2.0], [3.0]]"),
        (WANT.T, "asked for shape (2, 3), got (3, 2): transposed?"),
        (WANT[:1], "asked for shape (2, 3), got (1, 3)"),
        (WANT * 1j, "asked for numbers"),
    ],
)
def test_what_is_no_array_of_this_shape(got, words):
    assert message(expect_array, got, "x", shape=(2, 3)).startswith("x: ")
    assert words in message(expect_array, got, "x", shape=(2, 3))


def test_a_difference_is_told_where_it_is_largest():
    got = WANT + np.array([[0, 0, 0.1], [0, -0.25, 0]])
    told = "x: asked for 5, got 4.75 at [1, 1], 2 of 6 values differ"
    assert message(expect_close, got, WANT, "x") == told


def test_a_difference_beyond_four_digits_is_still_seen():
    told = message(expect_close, 1.00012, 1.0001)
    assert told == "the result: asked for 1.0001, got 1.00012"


def test_the_tolerance_is_relative_to_the_largest_value():
    expect_close([100 + 9e-7, 0], [100, 0])
    assert "got 2e-06" in message(expect_close, [100, 2e-6], [100, 0])
    expect_close([0.0, 1e-9], [0, 0])
    assert message(expect_close, [0.0, 1e-9], [0, 0], relative=0)


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_what_is_not_finite_is_far_away(value):
    assert f"got {value} at [0]" in message(expect_close, [value, 2], [1, 2])


def test_the_first_mistake_that_fits_is_named_whatever_its_shape():
    mistakes = {"doubled": 2 * WANT, "turned": WANT.T, "turned again": WANT.T}
    assert message(expect_close, WANT.T, WANT, mistakes=mistakes).endswith(": turned?")
    assert message(expect_close, 2 * WANT, WANT, mistakes=mistakes).endswith(": doubled?")
    assert message(expect_close, 3 * WANT, WANT, mistakes=mistakes).endswith("values differ")


def test_an_empty_answer_is_compared():
    assert expect_close(np.zeros((0, 3)), np.zeros((0, 3))).shape == (0, 3)
    assert "asked for shape (0, 3)" in message(expect_close, [], np.zeros((0, 3)))


@pytest.mark.parametrize("got", [None, "1", [1.0], np.nan, np.inf, (1, 2)])
def test_what_is_no_number(got):
    assert message(expect_number, got, "p").startswith("p: asked for ")


@pytest.mark.parametrize("got", [1, 1.0, np.float32(1), np.array(1), torch.tensor(1.0)])
def test_a_number_in_any_dress(got):
    assert expect_number(got) == 1.0


@pytest.mark.parametrize("got", [None, 3.0, (1,), [1, 2, 3], np.zeros((3, 2)), "a"])
def test_what_has_not_two_parts(got):
    assert message(expect_parts, got, ("a", "b")).startswith("asked for 2 values (a, b), got ")


@pytest.mark.parametrize("got", [(1, 2), [1, 2], np.array([1, 2])])
def test_two_parts_in_any_dress(got):
    assert expect_parts(got, ("a", "b")) == (1, 2)


def test_a_law_holds_for_what_follows_it_and_for_nothing_else():
    rng = np.random.default_rng(0)
    for _ in range(200):
        expect_law(rng.multinomial(900, [1 / 9] * 9), "labels")
        expect_law(rng.multinomial(900, [0.1, 0.9]), "coins", weights=[1, 9])
    assert "got " in message(expect_law, rng.multinomial(900, [0.1, 0.9]), "coins")
    assert "got 900 at [0]" in message(expect_law, [900, 0, 0], "labels")
    assert "got none" in message(expect_law, [0, 0], "labels")
    told = message(expect_law, [0, 90], "steps", mistakes={"always the next": [0, 90]})
    assert told.endswith(": always the next?")


def test_a_seed_decides():
    expect_seeded(lambda seed: np.random.default_rng(seed).permutation(20))
    rng = np.random.default_rng(0)
    assert "another one" in message(expect_seeded, lambda seed: rng.permutation(20))
    assert "got the same" in message(expect_seeded, lambda seed: np.arange(20))


@pytest.mark.parametrize(
    "argument",
    [np.zeros(3), torch.zeros(3), {"a": np.zeros(3)}, [torch.zeros(3)], ({"a": [np.zeros(3)]},)],
)
def test_an_argument_that_was_changed_is_named(argument):
    def change(value):
        inner = value
        while not hasattr(inner, "shape"):
            inner = inner["a"] if isinstance(inner, dict) else inner[0]
        inner += 1

    with unchanged(x=argument):
        pass
    with pytest.raises(MismatchError, match="x: asked to stay as it is"), unchanged(x=argument):
        change(argument)


def test_an_argument_that_lost_an_entry_was_changed():
    masks = {"a": 1, "b": 2}
    with pytest.raises(MismatchError), unchanged(masks=masks):
        del masks["a"]


def test_what_the_block_raises_comes_first():
    with pytest.raises(ZeroDivisionError), unchanged(x=np.zeros(3)):
        _ = 1 / 0
