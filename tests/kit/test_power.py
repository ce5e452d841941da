"""Power: the detectable effect against simulated runs."""

import math

import numpy as np
import pytest

from labs.kit.claims import Claim
from labs.kit.measures import column
from labs.kit.power import factor, summary, table
from labs.kit.table import Table
from labs.kit.verdicts import judge


def claim(id, **changes):
    texts = {"sentence": "s", "source": "t", "unit": "points", "because": "it is zero"}
    rule = {} if {"below", "within"} & changes.keys() else {"above": 0.0}
    return Claim(id=id, measure=column("x"), **{**texts, **rule, **changes})


@pytest.mark.parametrize("rule", [{}, {"within": (-50.0, 0.0)}])
def test_the_detectable_effect_is_detected_in_four_runs_of_five(rule):
    rng = np.random.default_rng(1)
    claims = [claim("C", **rule)]
    (row,) = table(claims, [], 8)
    found = [
        judge(claims, Table({"replicate": i, "x": x} for i, x in enumerate(values)))[0].verdict
        for values in rng.normal(row.factor, 1, size=(600, 8))
    ]
    decided = 1 - found.count("undecided") / 600
    assert decided == pytest.approx(0.8, abs=0.06)  # 4 deviations of 600 runs, and the t's excess


def test_spread_and_distance_come_from_the_reference():
    values = {"0": 1.0, "1": 3.0, "2": 2.0}
    reference = [{"id": "A", "values": values, "estimate": 2.0}, {"id": "B", "estimate": None}]
    first, second = table([claim("A"), claim("B")], reference, {"A": 12, "B": 3})
    assert (first.deviation, first.distance) == (1.0, 2.0)
    assert first.detectable == factor(12, 0.05 / 2)
    assert (second.deviation, second.detectable, second.factor) == (None, None, math.inf)
    assert summary([first, second]) == f"detects effects of A {first.detectable:.2g} points"
    assert "standard deviations" in summary(table([claim("A")], [], 6))
    assert summary(table([claim("A")], [], 4)) == "below 5 replicates nothing is decided"


def test_more_looks_and_more_claims_see_less():
    one = table([claim("A")], [], 12)[0].factor
    assert table([claim("A")], [], 12, looks=3)[0].factor > one
    assert table([claim("A"), claim("B")], [], 12)[0].factor > one
    assert table([claim("A"), claim("B", family="own")], [], 12)[0].factor == one
