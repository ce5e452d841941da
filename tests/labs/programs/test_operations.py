"""Operations, what commutes, texts, and the draw of programs."""

import numpy as np
import pytest
from scipy.stats import norm

from labs.data import mnist1d
from labs.kit.seeds import stream
from labs.programs.grid import DIFFER, SHOWN
from labs.programs.operations import (
    LENGTH,
    NAMES,
    OPERATIONS,
    affine,
    commuting,
    difference,
    drawn,
    parse,
    run,
    shuffled,
    text_of,
)

X = np.random.default_rng(0).normal(size=(5, LENGTH))


def by_hand(x, name):
    """One signal, sample by sample, from the definitions in words."""
    last = LENGTH - 1
    weights = norm.pdf(np.arange(-4, 5))
    weights /= weights.sum()
    mirrored = np.concatenate([x[3::-1], x, x[:-5:-1]])
    neighbours = [x[min(t + 1, last)] - x[max(t - 1, 0)] for t in range(LENGTH)]
    neighbours[0], neighbours[last] = 2 * (x[1] - x[0]), 2 * (x[last] - x[last - 1])
    return {
        "reverse": [x[last - t] for t in range(LENGTH)],
        "negate": [-value for value in x],
        "shift": [x[t - 5] for t in range(LENGTH)],
        "smooth": [weights @ mirrored[t : t + 9] for t in range(LENGTH)],
        "diff": neighbours,
        "ramp": [x[t] - (-1 + 2 * t / last) for t in range(LENGTH)],
    }[name]


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("kind", [np.float32, np.float64])
def test_operations_are_what_their_words_say(name, kind):
    found = OPERATIONS[name](X.astype(kind))
    assert found.dtype == kind
    expected = [by_hand(x, name) for x in X]
    np.testing.assert_allclose(found, expected, atol=1e-12 if kind is np.float64 else 1e-5)


def test_a_program_runs_from_left_to_right_and_leaves_its_input_alone():
    before = X.copy()
    found = run(X, parse("diff shift smooth"))
    expected = OPERATIONS["smooth"](OPERATIONS["shift"](OPERATIONS["diff"](X)))
    np.testing.assert_array_equal(found, expected)
    assert not np.allclose(found, run(X, parse("smooth shift diff")))
    run(X, parse(SHOWN))
    np.testing.assert_array_equal(X, before)


@pytest.mark.parametrize("text", [*NAMES, "diff ramp reverse", "ramp ramp shift smooth diff"])
def test_a_program_is_one_affine_map(text):
    matrix, shift = affine(parse(text))
    np.testing.assert_allclose(X @ matrix + shift, run(X, parse(text)), atol=1e-12)


def test_which_pairs_commute():
    # reversal turns the slope round, which is why it does not commute with diff
    assert commuting() == (
        ("reverse", "negate"),
        ("reverse", "smooth"),
        ("negate", "shift"),
        ("negate", "smooth"),
        ("negate", "diff"),
    )
    for a, b in commuting():
        np.testing.assert_allclose(run(X, parse(f"{a} {b}")), run(X, parse(f"{b} {a}")), atol=1e-12)


@pytest.mark.parametrize("text", ["shift", "diff diff", SHOWN])
def test_texts_come_back(text):
    assert text_of(parse(text)) == text
    assert parse(f"  {text.replace(' ', '   ')} ") == parse(text)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "program must hold one operation at least, got ''"),
        ("shift revers", "word 2 of 'shift revers' .* got 'revers': did you mean 'reverse'"),
        ("Shift", "word 1 .* did you mean 'shift'"),
        ("diff, shift", "word 1 .* got 'diff,': did you mean 'diff'"),
    ],
)
def test_what_is_no_program_is_refused(text, words):
    with pytest.raises(ValueError, match=words):
        parse(text)


@pytest.mark.parametrize("x", [np.zeros(40), np.zeros((2, 39))])
def test_what_are_no_signals_is_refused(x):
    with pytest.raises(ValueError, match=r"x must be of shape \(n, 40\), got"):
        run(x, (0,))


def as_set(programs):
    return {tuple(program) for program in programs.tolist()}


@pytest.mark.parametrize("replicate", range(20))
def test_half_of_the_pairs_train_and_every_operation_in_either_place(replicate):
    own = drawn(stream("toy", "programs", replicate), (3, 4), 60)
    first, second = own.trained
    assert first.tolist() == [[place] for place in range(6)]
    assert len(as_set(second)) == len(as_set(own.held)) == 18
    assert not as_set(second) & as_set(own.held)
    for place in range(2):
        assert set(second[:, place].tolist()) == set(range(6))
    assert [programs.shape for programs in own.longer] == [(60, 3), (60, 4)]
    assert all(len(as_set(programs)) == 60 for programs in own.longer)


def test_halves_differ_by_replicate_and_fewer_programs_are_the_first_of_more():
    many, few = (drawn(stream("toy", "programs", 0), (3,), count) for count in (300, 7))
    assert len(many.longer[0]) == 6**3  # there are no more
    np.testing.assert_array_equal(many.longer[0][:7], few.longer[0])
    other = drawn(stream("toy", "programs", 1), (3,), 7)
    assert as_set(other.held) != as_set(few.held)


@pytest.mark.parametrize(("longer", "count"), [((3,), 0), ((0,), 2)])
def test_bad_draws_are_refused(longer, count):
    with pytest.raises(ValueError, match="must be a whole number of at least 1, got 0"):
        drawn(stream("toy", "programs", 0), longer, count)


def test_another_order_has_the_same_words_and_does_something_else():
    draws = np.random.default_rng(0)
    for text in ("diff ramp", "reverse shift negate", SHOWN):
        other = shuffled(draws, parse(text), X, 10)
        assert sorted(other) == sorted(parse(text))
        assert by_definition(parse(text), other, X) > 0.1
    for text in ("shift", "diff diff", "negate smooth", "negate negate diff", "ramp smooth"):
        assert shuffled(draws, parse(text), X, 10) is None


def by_definition(program, other, x):
    own = run(x, program)
    return ((own - run(x, other)) ** 2).mean() / own.var(0).mean()


@pytest.mark.parametrize(("text", "other"), [("diff shift", "shift diff"), ("ramp", SHOWN)])
def test_a_difference_is_of_the_first_ones_variance(text, other):
    pair = parse(text), parse(other)
    assert difference(*pair, X) == pytest.approx(100 * by_definition(*pair, X))
    assert difference(*pair[::-1], X) == pytest.approx(100 * by_definition(*pair[::-1], X))
    assert difference(pair[0], pair[0], X) == 0


def test_pairs_that_do_not_commute_may_hardly_differ():
    x = mnist1d.fresh(0, 300, "test").x.astype(float)
    found = {
        f"{a} {b}"
        for n, a in enumerate(NAMES)
        for b in NAMES[n + 1 :]
        if difference(parse(f"{a} {b}"), parse(f"{b} {a}"), x) >= DIFFER
    }
    assert found == {
        *("reverse shift", "reverse diff", "reverse ramp", "negate ramp"),
        *("shift diff", "shift ramp", "diff ramp"),
    }
