"""The algebra of measures: paired by replicate, whatever the table lacks."""

import math

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from labs.kit.measures import (
    aligned,
    average,
    column,
    lowest_elsewhere,
    mean,
    measured,
    minus,
    shared,
)
from labs.kit.table import Table

NUMBERS = st.dictionaries(st.integers(0, 5), st.floats(-100, 100), max_size=6)


def table(**arms):
    return Table(
        {"arm": arm, "replicate": r, "x": x} for arm, own in arms.items() for r, x in own.items()
    )


A, B = column("x", arm="a"), column("x", arm="b")


@given(NUMBERS, NUMBERS)
def test_arithmetic_is_that_of_the_replicates_both_have(a, b):
    both = table(a=a, b=b)
    replicates = sorted(a.keys() & b.keys())
    assert (A - B)(both) == {r: a[r] - b[r] for r in replicates}
    assert (A + B)(both) == {r: a[r] + b[r] for r in replicates}
    assert (A * 2)(both) == {r: 2 * a[r] for r in sorted(a)}
    assert (A > 1)(both) == {r: float(a[r] > 1) for r in sorted(a)}
    assert (A / 4 - B)(both) == {r: a[r] / 4 - b[r] for r in replicates}
    halves = mean(A, B)(both)
    assert list(halves) == replicates
    assert all(math.isclose(halves[r], (a[r] + b[r]) / 2, abs_tol=1e-9) for r in replicates)


def test_a_function_of_a_lab_becomes_a_measure():
    def spread(table, over):
        return dict.fromkeys(table.replicates, 10.0 * over)

    assert (measured(spread, over=2) - A)(table(a={3: 1.0})) == {3: 19.0}


def test_values_are_combined_as_measures_are():
    a, b = {0: 3.0, 1: 4.0}, {1: 1.0, 2: 5.0}
    assert shared(a, b) == [1]
    assert shared() == []
    assert minus(a, b) == {1: 3.0}
    assert average(a, b) == {1: 2.5}
    assert aligned([a, b]) == {1: [4.0, 1.0]}


def test_the_lowest_is_chosen_by_the_other_replicates():
    lower, higher = dict.fromkeys(range(4), 1.0), dict.fromkeys(range(5), 2.0)
    assert lowest_elsewhere({"a": higher, "b": lower}) == lower
    lucky = {0: -9.0, 1: 3.0, 2: 3.0}  # once, which its own replicate does not see
    assert lowest_elsewhere({"a": lucky, "b": dict.fromkeys(range(3), 1.0)}) == {
        **{0: 1.0, 1: 3.0, 2: 3.0}
    }
    assert lowest_elsewhere({"a": {0: 1.0}}) == lowest_elsewhere({}) == {}


def test_of_equals_the_lowest_is_not_below_their_mean():
    rng = np.random.default_rng(0)
    found = [
        np.mean([*lowest_elsewhere(dict(enumerate(made))).values()])
        for made in rng.normal(size=(400, 5, 6))
        for made in [[dict(enumerate(own)) for own in made]]
    ]
    assert abs(np.mean(found)) < 0.1  # by each replicate's own lowest: -1.16
