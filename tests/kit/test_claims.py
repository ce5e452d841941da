"""Verdicts as statistics: power, error rate, intervals against scipy, and refusals."""

import math
from functools import partial

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from labs.kit.claims import FAMILY_LEVEL, Claim, interval, judge, proportion_interval
from labs.kit.table import Table

FINITE = st.floats(-1e6, 1e6)


def claim(id="C", measure=None, **changes):
    rule = {} if {"above", "below", "within"} & changes.keys() else {"above": 0.0}
    texts = {"sentence": "s", "source": "t", "unit": "points", "because": "it is zero"}
    measure = measure or (lambda table: table.column("x"))
    return Claim(id=id, measure=measure, **{**texts, **rule, **changes})


def table(values):
    return Table({"replicate": i, "x": x} for i, x in enumerate(values))


def column(k, table):
    return [row["x"][k] for row in table]


def verdict(values, **changes):
    return judge([claim(**changes)], table(values))[0]


@given(st.lists(FINITE, min_size=2, max_size=30), st.floats(0.5, 0.999))
def test_interval_is_scipys_t_interval(values, confidence):
    mean, low, high = interval(values, confidence)
    sem = np.std(values, ddof=1) / math.sqrt(len(values))
    assert mean == pytest.approx(np.mean(values))
    if sem > 0:
        expected = stats.t.interval(confidence, len(values) - 1, np.mean(values), sem)
        assert (low, high) == pytest.approx(expected, rel=1e-9, abs=1e-9)


def test_interval_of_curves_is_the_interval_of_each_point():
    curves = np.random.default_rng(0).normal(size=(7, 3))
    mean, low, high = interval(curves)
    for k in range(3):
        assert (mean[k], low[k], high[k]) == pytest.approx(interval(curves[:, k]))


@given(st.lists(st.integers(0, 1), min_size=1, max_size=40))
def test_wilson_interval_stays_in_the_unit_interval_and_holds_the_share(values):
    mean, low, high = proportion_interval(values)
    assert 0 <= low <= mean + 1e-12
    assert mean - 1e-12 <= high <= 1
    assert high - low > 0


def test_a_true_effect_holds_with_the_power_of_the_t_test():
    rng = np.random.default_rng(1)
    runs = [verdict(rng.normal(1.5, 1.0, size=10)).verdict for _ in range(400)]
    # 97.5 % one-sided t test, effect 1.5 standard deviations, n = 10.
    quantile = stats.t.ppf(0.975, 9)
    power = stats.nct.sf(quantile, 9, 1.5 * math.sqrt(10))
    assert runs.count("holds") / 400 == pytest.approx(power, abs=0.03)
    assert runs.count("contradicted") == 0


def test_a_null_effect_holds_at_most_at_the_stated_family_wise_rate():
    rng = np.random.default_rng(2)
    wrong = 0
    for _ in range(1000):
        claims = [claim(f"C{k}", partial(column, k)) for k in range(4)]
        wrong += any(
            v.verdict != "undecided" for v in judge(claims, table(rng.normal(size=(6, 4))))
        )
    # Four claims exactly on their thresholds: each of both wrong verdicts counts.
    assert stats.binomtest(wrong, 1000, FAMILY_LEVEL, alternative="greater").pvalue > 0.01
    assert wrong > 20


def test_no_effect_is_a_claim_that_can_hold_and_be_contradicted():
    rng = np.random.default_rng(3)
    margin = {"within": (-1.0, 1.0)}
    assert verdict(rng.normal(0, 0.3, 10), **margin).verdict == "holds"
    assert verdict(rng.normal(3, 0.3, 10), **margin).verdict == "contradicted"
    assert verdict(rng.normal(1, 0.3, 10), **margin).verdict == "undecided"


@given(st.lists(st.floats(100, 101), max_size=4))
def test_few_replicates_stay_undecided(values):
    found = verdict(values)
    assert (found.verdict, found.n) == ("undecided", len(values))
    assert (found.estimate is None) == (not values)
    assert (found.low is None) == (len(values) < 2)


@pytest.mark.parametrize(
    ("value", "expected"), [(1.0, "holds"), (-1.0, "contradicted"), (0.0, "undecided")]
)
def test_equal_values_are_judged_by_their_side(value, expected):
    found = verdict([value] * 5)
    assert (found.low, found.high, found.verdict) == (value, value, expected)


def test_proportions_are_judged_by_wilson():
    found = verdict([1] * 5, kind="proportion", above=0.5)
    assert (found.estimate, found.verdict) == (1.0, "holds")
    assert found.low == pytest.approx(0.5655, abs=1e-4)
    assert verdict([1] * 5, kind="proportion", above=0.6).verdict == "undecided"


def test_the_interval_shown_widens_with_the_number_of_claims():
    data = table(np.random.default_rng(4).normal(size=8))
    alone, *_ = judge([claim()], data)
    among, *_ = judge([claim(f"C{i}") for i in range(10)], data)
    values = data.column("x")
    assert (alone.low, alone.high) == pytest.approx(interval(values, 0.95)[1:])
    assert (among.low, among.high) == pytest.approx(interval(values, 0.995)[1:])


def test_as_dict_has_the_keys_of_claims_json():
    keys = {"id", "sentence", "source", "published", "unit", "estimate", "low", "high", "n"}
    found = verdict([1.0, 2.0], published="about 1").as_dict()
    assert found.keys() == keys | {"rule", "verdict"}
    assert found["rule"] == "above 0 points, because it is zero"
    assert claim(within=(1, 2)).rule.startswith("between 1 and 2 points")
    assert claim(below=3).rule.startswith("below 3 points")


@pytest.mark.parametrize("bad", [math.nan, math.inf])
def test_a_measure_that_is_not_finite_is_an_error_naming_the_claim(bad):
    with pytest.raises(ValueError, match="'C': the measure must be finite"):
        verdict([1.0, bad])


def test_a_measure_gives_one_number_per_replicate():
    with pytest.raises(ValueError, match="gives 2 numbers for 1 replicates"):
        judge([claim(measure=lambda t: [1.0, 2.0])], table([1.0]))
    with pytest.raises(ValueError, match="one number per replicate"):
        judge([claim(measure=lambda t: [[1.0]])], table([1.0]))


def test_an_error_in_a_measure_names_the_claim():
    with pytest.raises(ZeroDivisionError) as caught:
        judge([claim("C7", lambda t: [1 / 0])], table([1.0]))
    assert caught.value.__notes__ == ["(in the measure of claim 'C7')"]


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"above": 1.0, "below": 2.0}, "exactly one of above, below, within"),
        ({"above": None}, "exactly one of above, below, within"),
        ({"within": (2.0, 1.0)}, "finite and ordered"),
        ({"above": math.nan}, "finite and ordered"),
        ({"above": -math.inf}, "finite and ordered"),
        ({"kind": "median"}, "kind must be 'mean' or 'proportion', not 'median'"),
        ({"because": ""}, "because must not be empty"),
    ],
)
def test_claims_refuse(changes, message):
    with pytest.raises(ValueError, match=message):
        claim(**changes)


def test_intervals_refuse():
    with pytest.raises(ValueError, match="at least one"):
        interval([])
    with pytest.raises(ValueError, match=r"confidence must be between 0 and 1, not 1\.5"):
        interval([1.0], 1.5)
    with pytest.raises(ValueError, match="0 or 1"):
        proportion_interval([0.5])
