"""Verdicts as statistics: power, rates of wrong decisions, Holm's steps, looks, gates, refusals."""

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from labs.kit.claims import Claim, Protocol
from labs.kit.intervals import interval
from labs.kit.measures import column, measured
from labs.kit.table import Table
from labs.kit.verdicts import ERROR, Measured, decide, holm, judge


def claim(id="C", measure=None, **changes):
    rule = {} if {"above", "below", "within"} & changes.keys() else {"above": 0.0}
    texts = {"sentence": "s", "source": "t", "unit": "points", "because": "it is zero"}
    return Claim(id=id, measure=measure or column("x"), **{**texts, **rule, **changes})


def table(values):
    return Table({"replicate": i, "x": x} for i, x in enumerate(values))


def verdict(values, **changes):
    return judge([claim(**changes)], table(values))[0]


def decisions(claims, values, error=ERROR):
    """Decide claims on values (claims, replicates): the core of `judge`, fast."""
    found = [
        Measured(c, dict(enumerate(own)), "")
        for c, own in zip(claims, values.tolist(), strict=True)
    ]
    return [judged.decision for _, judged in decide(found, error)]


def samples(rng, truths, correlation, n):
    """Normal values (claims, n) of given means, unit deviation, any two claims correlated."""
    common = rng.normal(size=n) * math.sqrt(correlation)
    own = rng.normal(size=(len(truths), n)) * math.sqrt(1 - correlation)
    return np.asarray(truths, float)[:, None] + common + own


MIXES = {
    "all at the threshold": [0.0] * 8,
    "half true": [0.0] * 4 + [1.5] * 4,
    "true and false": [0.0, 0.0, 3.0, -3.0, 0.4, -0.4, 1.0, -1.0],
    "one of many": [0.0] + [2.0] * 7,
    "barely true": [0.05] * 8,
}


@pytest.mark.parametrize("correlation", [0.0, 0.95])
@pytest.mark.parametrize("truths", MIXES.values(), ids=MIXES)
@pytest.mark.parametrize("n", [5, 12])
def test_a_family_decides_wrongly_at_most_as_often_as_stated(truths, correlation, n):
    rng = np.random.default_rng(len(truths) + n)
    claims = [claim(f"C{i}") for i in range(len(truths))]
    to_holds = to_contradicted = 0
    for _ in range(1500):
        found = decisions(claims, samples(rng, truths, correlation, n))
        pairs = list(zip(found, truths, strict=True))
        to_holds += any(d == "holds" and t <= 0 for d, t in pairs)
        to_contradicted += any(d == "contradicted" and t >= 0 for d, t in pairs)
    at_threshold = 0.0 in truths
    for wrong in (to_holds, to_contradicted) if at_threshold else (to_holds + to_contradicted,):
        assert stats.binomtest(wrong, 1500, ERROR, alternative="greater").pvalue > 0.005


def test_a_right_decision_does_not_loosen_the_rule_of_a_wrong_one():
    # Two measures that go together, a hair to either side of their thresholds: the worst case.
    rng = np.random.default_rng(12)
    claims, truths = [claim("A"), claim("B")], np.array([-0.02, 0.02])
    wrong = 0
    for _ in range(4000):
        a, b = decisions(claims, samples(rng, truths, 0.92, 30))
        wrong += a == "holds" or b == "contradicted"
    assert stats.binomtest(wrong, 4000, ERROR, alternative="greater").pvalue > 0.005


@pytest.mark.parametrize("width", [0.05, 1.0, 4.0])
@pytest.mark.parametrize("place", [0.0, 0.5, 1.0])
def test_a_window_is_decided_wrongly_at_most_as_often_as_stated(width, place):
    # Inside, "contradicted" is wrong on either side: the narrow window is the hard case.
    rng = np.random.default_rng(7)
    claims = [claim(within=(-width / 2, width / 2))]
    values = rng.normal(width * (place - 0.5), 1, size=(2000, 1, 8))
    found = [decisions(claims, own)[0] for own in values]
    wrong = [found.count("contradicted")] + [found.count("holds")] * (place in (0.0, 1.0))
    for count in wrong:
        assert stats.binomtest(count, 2000, ERROR, alternative="greater").pvalue > 0.005


def test_shares_are_decided_wrongly_at_most_as_often_as_stated():
    rng = np.random.default_rng(8)
    claims = [claim(f"C{i}", share=True, above=0.5) for i in range(3)]
    wrong = sum(
        "holds" in decisions(claims, (rng.random((3, 6)) < 0.5).astype(float)) for _ in range(2000)
    )
    assert stats.binomtest(wrong, 2000, ERROR, alternative="greater").pvalue > 0.005


def test_three_looks_decide_wrongly_at_most_as_often_as_stated():
    rng = np.random.default_rng(9)
    wrong = 0
    for _ in range(600):
        found = judge([claim()], table(rng.normal(size=24)), looks=(6, 12, 24))
        wrong += found[0].verdict == "holds"
    assert stats.binomtest(wrong, 600, ERROR, alternative="greater").pvalue > 0.005


def test_power_is_not_below_that_of_bonferroni_on_both_sides():
    rng = np.random.default_rng(10)
    for truths in ([1.2] * 10, [0.0] * 5 + [1.5] * 5, [2.0, 1.0, 0.5, 0.0]):
        claims = [claim(f"C{i}") for i in range(len(truths))]
        before = after = 0
        quantile = stats.t.ppf(1 - 0.05 / len(truths) / 2, 9)
        for _ in range(200):
            values = samples(rng, truths, 0.3, 10)
            means, errors = values.mean(1), values.std(1, ddof=1) / math.sqrt(10)
            decided = np.abs(means) > quantile * errors
            now = [d != "undecided" for d in decisions(claims, values)]
            assert (decided <= now).all()  # nothing that was decided is lost
            before, after = before + decided.sum(), after + sum(now)
        assert after > before


def test_a_true_effect_holds_with_the_power_of_the_t_test():
    rng = np.random.default_rng(1)
    runs = [verdict(rng.normal(1.5, 1.0, size=10)).verdict for _ in range(400)]
    quantile = stats.t.ppf(0.95, 9)  # one-sided: only one decision can be wrong
    power = stats.nct.sf(quantile, 9, 1.5 * math.sqrt(10))
    assert runs.count("holds") / 400 == pytest.approx(power, abs=0.03)
    assert runs.count("contradicted") == 0


def test_no_effect_is_a_claim_that_can_hold_and_be_contradicted():
    rng = np.random.default_rng(3)
    margin = {"within": (-1.0, 1.0)}
    assert verdict(rng.normal(0, 0.3, 10), **margin).verdict == "holds"
    assert verdict(rng.normal(3, 0.3, 10), **margin).verdict == "contradicted"
    assert verdict(rng.normal(1, 0.3, 10), **margin).verdict == "undecided"


@given(st.lists(st.floats(0, 1), max_size=12), st.floats(0.001, 0.2))
def test_holms_steps(strengths, error):
    result = holm(strengths, error)
    order = sorted(range(len(strengths)), key=strengths.__getitem__)
    open_ = False
    for step, i in enumerate(order):
        allowed, decided = result[i]
        left = max(len(strengths) - step, min(2, len(strengths)))
        open_ = open_ or strengths[i] > error / left
        assert decided == (not open_)
        assert not decided or allowed == error / left
    assert len({allowed for allowed, decided in result if not decided}) <= 1


def test_families_and_claims_without_data_do_not_weigh_on_each_other():
    values = [0.2, 0.5, 0.9, 1.1, 1.4, 0.6]
    alone, *_ = judge([claim()], table(values))
    others = [claim(f"O{i}", family="own") for i in range(9)]
    empty = [claim(f"E{i}", measured(lambda table: {})) for i in range(9)]
    gated = [claim(f"G{i}", gate=lambda t: "no") for i in range(9)]
    among, *_ = judge([claim(), *others, *empty, *gated], table(values))
    assert among == alone


def test_the_interval_shown_is_the_one_that_was_used():
    values = np.random.default_rng(4).normal(0.1, 1, size=8)
    found = judge([claim(f"C{i}") for i in range(10)], table(values))
    for one in found:
        assert one.error == ERROR / 10
        assert (one.low, one.high) == pytest.approx(interval(values, 1 - 2 * ERROR / 10)[1:])
        assert (one.low_95, one.high_95) == pytest.approx(interval(values, 0.95)[1:])
    window = verdict(values, within=(-1, 1))
    assert (window.low, window.high) == pytest.approx(interval(values, 0.95)[1:])


@given(st.lists(st.floats(100, 101), max_size=4))
def test_few_replicates_stay_undecided(values):
    found = verdict(values)
    expected = ("undecided", "fewer than 5 replicates") if values else ("not judged", "no data")
    assert (found.verdict, found.reason) == expected
    assert found.n == len(values)
    assert (found.estimate is None) == (not values)


def test_equal_values_are_undecided_without_a_grid():
    found = verdict([1.0] * 5)
    assert (found.low, found.verdict, found.reason) == (None, "undecided", "all values are equal")
    assert verdict([1.0] * 5, grid=0.5).verdict == "holds"
    assert verdict([1.0] * 5, grid=3.0).verdict == "undecided"


def test_a_shorter_protocol_is_not_judged_and_says_so():
    rows = [{"replicate": r, "x": 1.0 + r, "steps": 2000} for r in range(6)]
    gated = claim(gate=Protocol({"steps": 6000}))
    short, *_ = judge([gated], Table(rows))
    assert (short.verdict, short.reason) == ("not judged", "2,000 of 6,000 steps")
    assert short.estimate == 3.5
    assert judge([gated], Table({**r, "steps": 6000} for r in rows))[0].verdict == "holds"


def test_looks_keep_what_was_decided_and_say_when():
    early = [1.0, 1.1, 0.9, 1.2, 0.8, 1.0]
    data = table([*early, -9.0, 9.0, -9.0, 9.0, -8.0, 8.0])
    found, *_ = judge([claim()], data, looks=(6, 12))
    assert (found.verdict, found.look, found.n) == ("holds", 6, 6)
    assert found.error == ERROR / 2
    assert len(found.values) == 12
    assert judge([claim()], data)[0].verdict == "undecided"
    open_, *_ = judge([claim(above=5)], table(early[:4]), looks=(6, 12))
    assert (open_.verdict, open_.look) == ("undecided", None)


def test_a_verdict_keeps_the_value_of_every_replicate():
    rows = [
        {"replicate": r, "arm": arm, "x": float(r * k)}
        for r in range(6)
        for k, arm in enumerate("ab")
    ]
    found, *_ = judge([claim(measure=column("x", arm="b") - column("x", arm="a"))], Table(rows))
    assert found.values == {str(r): float(r) for r in range(6)}


def test_a_rule_that_is_younger_than_the_networks_is_marked():
    data = table([1.0, 2.0, 3.0, 4.0, 5.0])
    changed = claim("A", changed="it was 0.5")
    found = judge([changed, claim("B"), claim("C")], data, younger={"B": "the rule was otherwise"})
    assert [v.younger for v in found] == ["it was 0.5", "the rule was otherwise", ""]


@pytest.mark.parametrize("bad", [math.nan, math.inf])
def test_a_measure_that_is_not_finite_is_an_error_naming_the_claim(bad):
    with pytest.raises(ValueError, match="'C': the measure must be finite numbers, got"):
        verdict([1.0, bad])


@pytest.mark.parametrize("values", [[1.0, 2.0], {0: 1.0, 7: 2.0}, {0: [1.0, 2.0]}])
def test_a_measure_gives_one_number_per_replicate(values):
    with pytest.raises(ValueError, match="'C': the measure must be"):
        judge([claim(measure=lambda t: values)], table([1.0]))


def test_a_measure_stays_within_its_limits():
    with pytest.raises(ValueError, match=r"must lie within 0 and 1, got \{0: 1\.5\}"):
        verdict([1.5], limits=(0, 1))
    with pytest.raises(ValueError, match="measure of a share must be 0 or 1"):
        verdict([0.5], share=True)


def test_an_error_in_a_measure_names_the_claim():
    with pytest.raises(ZeroDivisionError) as caught:
        judge([claim("C7", lambda t: {0: 1 / 0})], table([1.0]))
    assert caught.value.__notes__ == ["(in the measure of claim 'C7')"]


def test_decisions_do_not_depend_on_the_order_of_claims():
    rng = np.random.default_rng(11)
    values = samples(rng, [0.0, 0.5, 1.0, 2.0], 0.0, 8)
    claims = [claim(f"C{i}") for i in range(4)]
    found = dict(zip("0123", decisions(claims, values), strict=True))
    order = [2, 0, 3, 1]
    again = decisions([replace(claims[i]) for i in order], values[order])
    assert [found[str(i)] for i in order] == again
