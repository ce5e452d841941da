"""Intervals against scipy, and what each kind of measure needs of them."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from labs.kit.intervals import Sample, deviation, interval, wilson

FINITE = st.floats(-1e6, 1e6)
SHARES = st.lists(st.integers(0, 1), min_size=1, max_size=40)


def sample(values, **how):
    return Sample(np.array(values, dtype=float), **how)


@given(st.lists(FINITE, min_size=2, max_size=30), st.floats(0.5, 0.999))
def test_interval_is_scipys_t_interval(values, confidence):
    mean, low, high = interval(values, confidence)
    sem = np.std(values, ddof=1) / math.sqrt(len(values))
    assert mean == pytest.approx(np.mean(values))
    if sem > 0:
        expected = stats.t.interval(confidence, len(values) - 1, np.mean(values), sem)
        assert (low, high) == pytest.approx(expected, rel=1e-8, abs=1e-8)  # scipy 1.11's digits


def test_interval_of_curves_is_the_interval_of_each_point():
    curves = np.random.default_rng(0).normal(size=(7, 3))
    mean, low, high = interval(curves)
    for k in range(3):
        assert (mean[k], low[k], high[k]) == pytest.approx(interval(curves[:, k]))


@given(SHARES, st.floats(0.5, 0.999))
def test_share_interval_is_scipys_exact_interval(values, confidence):
    expected = stats.binomtest(sum(values), len(values)).proportion_ci(confidence)
    found = sample(values, share=True).interval(confidence)
    assert found[1:] == pytest.approx(tuple(expected))


@given(SHARES, st.floats(0.01, 0.99))
def test_evidence_of_a_share_is_scipys_binomial_test(values, threshold):
    found = sample(values, share=True).evidence(threshold)
    for side, p in zip(("greater", "less"), found, strict=True):
        expected = stats.binomtest(sum(values), len(values), threshold, alternative=side).pvalue
        assert p == pytest.approx(expected)


@given(st.lists(FINITE, min_size=2, max_size=12, unique=True), FINITE)
def test_evidence_of_a_mean_is_scipys_t_test(values, threshold):
    found = sample(values)
    if np.isnan(found.deviation):
        return
    for side, p in zip(("greater", "less"), found.evidence(threshold), strict=True):
        expected = stats.ttest_1samp(values, threshold, alternative=side).pvalue
        assert p == pytest.approx(expected, abs=1e-9)


KINDS = [{}, {"share": True}, {"grid": 0.5}]


@pytest.mark.parametrize("how", KINDS)
@given(st.lists(st.integers(0, 1), min_size=5, max_size=12), st.floats(0.001, 0.2))
def test_evidence_and_interval_say_the_same(how, values, error):
    found = sample(values, **how)
    ends = found.interval(1 - 2 * error)
    if ends is None:
        assert found.evidence(0.3) == (1, 1)
        return
    for threshold in (0.05, 0.3, 0.5, 0.9):
        above, below = found.evidence(threshold)
        for p, outside in ((above, ends.low > threshold), (below, ends.high < threshold)):
            if abs(p - error) > 1e-9:
                assert (p < error) == outside


def test_equal_values_are_no_certainty():
    assert sample([2.0] * 5).interval(0.95) is None
    assert sample([0.1 + 0.2] * 7).interval(0.95) is None
    low, high = sample([2.0] * 5, grid=1.0).interval(0.95)[1:]
    half = stats.t.ppf(0.975, 4) * 0.5 / math.sqrt(5)  # half a step is the deviation
    assert (low, high) == pytest.approx((2 - half, 2 + half))


def test_a_grid_widens_no_interval_whose_values_differ_by_more():
    values = [1.0, 2.0, 3.0, 5.0, 6.0]
    assert sample(values, grid=1.0).interval(0.95) == sample(values).interval(0.95)


@pytest.mark.parametrize("chance", [0.05, 0.3, 0.5])
def test_on_a_grid_the_mean_is_covered_as_often_as_stated(chance):
    # The case that fools a t interval: values on two neighbouring steps, often all equal.
    rng = np.random.default_rng(5)
    for n in (5, 12):
        ends = [sample(v, grid=1.0).interval(0.95) for v in rng.random((2000, n)) < chance]
        covered = np.mean([low <= chance <= high for _, low, high in ends])
        assert covered > 0.94


def test_wilsons_interval_would_not_cover_few_replicates():
    # Why shares have the exact interval: at 97.5 % to one side 2.5 % may lie outside.
    wilson = stats.binomtest(5, 5).proportion_ci(0.95, method="wilson")
    assert wilson.low > 0.5
    assert stats.binom.pmf(5, 5, 0.5) > 0.025
    assert sample([1] * 5, share=True).interval(0.95).low < 0.5


def test_an_interval_stays_within_the_limits_of_its_measure():
    found = sample([0.2, 1.0, 1.0, 1.0, 0.9], limits=(0, 1)).interval(0.99)
    assert found.high == 1
    assert found.low == sample([0.2, 1.0, 1.0, 1.0, 0.9]).interval(0.99).low


@pytest.mark.parametrize("values", [[-1, 50], [50, 101]])
def test_values_outside_of_their_limits_are_refused(values):
    with pytest.raises(ValueError, match="values must lie within 0 and 100, got"):
        interval(values, limits=(0, 100))


def test_intervals_refuse():
    with pytest.raises(ValueError, match="values must hold at least one"):
        interval([])
    with pytest.raises(ValueError, match=r"confidence must be between 0 and 1, got 1\.5"):
        interval([1.0], 1.5)


@pytest.mark.parametrize(("hits", "of"), [(383, 400), (0, 40), (17, 400), (30, 30), (1, 1)])
def test_wilsons_interval_is_scipys(hits, of):
    share, low, high = wilson(hits, of)
    interval = stats.binomtest(hits, of).proportion_ci(0.95, "wilson")
    np.testing.assert_allclose((low, high), 100 * np.array(interval), atol=1e-9)
    assert share == 100 * hits / of


def test_the_interval_of_a_deviation_holds_the_true_one():
    rng = np.random.default_rng(0)
    inside = 0
    for _ in range(400):
        pairs = rng.normal(scale=2, size=(8, 2))
        found = deviation({r: (a - b) ** 2 / 2 for r, (a, b) in enumerate(pairs)}, 8)
        inside += found.low < 2 < found.high
    assert 370 <= inside <= 390  # 95 % of 400, give or take
    assert deviation({}, 8) is None
    assert deviation({0: 1.0}, 0) is None
