"""Claims: what they refuse, how they read, and digests that follow what is computed."""

import math
from functools import partial

import pytest

from labs.kit.claims import Claim, Protocol
from labs.kit.digest import digest
from labs.kit.measures import column, mean
from labs.kit.table import Table

FACTOR = 2.0


def helper(values):
    return {r: FACTOR * v for r, v in values.items()}


def through_a_helper(table, name):
    return helper(table.values(name))


def claim(**changes):
    rule = {} if {"above", "below", "within"} & changes.keys() else {"above": 0.0}
    texts = {"sentence": "s", "source": "t", "unit": "points", "because": "it is zero"}
    return Claim(id="C", **{"measure": column("x"), **texts, **rule, **changes})


def test_rules_read_as_sentences():
    assert claim().rule == "above 0 points, because it is zero"
    assert claim(within=(1, 2)).rule.startswith("between 1 and 2 points")
    assert claim(below=3).rule.startswith("below 3 points")


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"above": 1.0, "below": 2.0}, "must be given one of the three, got 2"),
        ({"above": None}, "must be given one of the three, got 0"),
        ({"within": (2.0, 1.0)}, "finite and ordered"),
        ({"above": math.nan}, "finite and ordered"),
        ({"above": -math.inf}, "finite and ordered"),
        ({"family": "publish"}, "family must be one of .*did you mean 'published'"),
        ({"grid": 0.0}, r"grid must be above 0, got 0\.0"),
        ({"limits": (1, 0)}, "limits must ascend"),
        ({"because": ""}, "because must hold a text"),
        ({"limits": (0, 1), "above": 5}, "the rule must lie within 0 and 1, got 5"),
        ({"share": True, "below": 50}, "the rule must lie within 0 and 1, got 50"),
    ],
)
def test_claims_refuse(changes, message):
    with pytest.raises(ValueError, match=message):
        claim(**changes)


def test_a_protocol_names_the_shortest_training():
    rows = [{"replicate": 0, "steps": n} for n in (6000, 2000, 0)]
    gate = Protocol({"steps": 6000})
    assert gate(Table(rows)) == "2,000 of 6,000 steps"
    assert gate(Table(rows[:1])) == gate(Table([])) == ""


def test_digests_see_into_measures_and_partials():
    one, other = column("a") - column("b"), column("b") - column("a")
    assert digest(one) != digest(other)
    assert digest(mean(one, other)) != digest(mean(one, one))
    assert digest(partial(through_a_helper, name="x")) != digest(partial(through_a_helper, name=""))
    assert digest(column("a", arm="b")) == digest(column("a", arm="b"))


def test_a_claims_digests_tell_rule_and_measure_apart():
    first = claim().digests
    assert claim(above=0.5).digests["rule"] != first["rule"]
    assert claim(above=0.5).digests["measure"] == first["measure"]
    assert claim(measure=column("y")).digests["rule"] == first["rule"]
    assert claim(grid=0.5).digests["rule"] != first["rule"]
    assert claim(gate=Protocol({"steps": 1})).digests["rule"] != first["rule"]
    assert claim(sentence="otherwise said").digests == first
