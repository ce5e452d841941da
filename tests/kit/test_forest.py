"""Forest plots: the interval that judged, the plain one, the claimed side, the published value."""

from dataclasses import replace

import numpy as np
import pytest

from labs.kit import draw
from labs.kit.claims import Claim
from labs.kit.forest import bar, forest
from labs.kit.measures import column
from labs.kit.table import Table
from labs.kit.verdicts import judge

CLAIMS = [
    Claim(
        id=name,
        sentence="It is so.",
        source="nobody",
        unit="points",
        measure=column(name),
        because="why not",
        published=published,
        **rule,
    )
    for name, published, rule in (
        ("A", 4.0, {"above": 1.0}),
        ("B", None, {"below": 1.0}),
        ("C", "about 3", {"within": (2.5, 3.5)}),
    )
]
VALUES = np.random.default_rng(0).normal(3, 0.8, size=(8, 3))
TABLE = Table({"replicate": r} | dict(zip("ABC", row, strict=True)) for r, row in enumerate(VALUES))


@pytest.fixture
def verdicts():
    return {verdict.id: verdict for verdict in judge(CLAIMS, TABLE)}


def drawn(verdicts, rows):
    _, (ax,) = draw.figure()
    forest(ax, rows, verdicts)
    return ax


def lines(ax, place):
    """Points on the measure's axis of what is drawn in a row, by width or marker."""
    own = [line for line in ax.lines if set(line.get_ydata()) == {place}]
    bars = {
        line.get_linewidth(): list(line.get_xdata()) for line in own if len(line.get_xdata()) == 2
    }
    marks = {
        line.get_marker(): list(line.get_xdata()) for line in own if line.get_marker() != "None"
    }
    return bars, marks


def test_a_row_shows_both_intervals_the_estimate_and_the_published_value(verdicts):
    ax = drawn(verdicts, {"first": "A", "second": "C"})
    assert [text.get_text() for text in ax.get_yticklabels()] == ["first (A)", "second (C)"]
    for place, name in enumerate("AC"):
        verdict = verdicts[name]
        bars, marks = lines(ax, place)
        assert bars[1.2] == [verdict.low, verdict.high]
        assert bars[4.0] == [verdict.low_95, verdict.high_95]
        assert marks["."] == list(verdict.values.values())
    assert any(v.low < v.low_95 for v in verdicts.values())  # so the two are told apart
    assert lines(ax, 0)[1]["|"] == [4.0]
    assert "|" not in lines(ax, 1)[1]  # published in words alone


def test_a_row_says_which_replicates_decided_it():
    judged = judge(CLAIMS, TABLE, looks=(6, 8))
    shown = drawn({v.id: v for v in judged}, {name: name for name in "AC"}).get_yticklabels()
    assert [v.look for v in judged] == [6, 6, None]
    assert [text.get_text() for text in shown] == ["A (A, of the first 6)", "C (C)"]


def test_the_claimed_side_is_shaded_to_its_ends(verdicts):
    ax = drawn(verdicts, {"a": "A", "b": "B", "c": "C"})
    sides = [patch.get_paths()[0].get_extents() for patch in ax.collections]
    low, high = ax.get_xlim()
    assert [(side.x0, side.x1) for side in sides] == [(1.0, high), (low, 1.0), (2.5, 3.5)]
    assert low < 1.0 < VALUES.max() < high


@pytest.mark.parametrize(
    ("decision", "marker", "filled"),
    [
        ("holds", "o", True),
        ("contradicted", "^", True),
        ("undecided", "o", False),
        ("not judged", "x", True),
    ],
)
def test_the_mark_tells_the_verdict_without_colour(verdicts, decision, marker, filled):
    _, (ax,) = draw.figure()
    bar(ax, 0, replace(verdicts["A"], verdict=decision))
    mark = ax.lines[-1]
    assert mark.get_marker() == marker
    assert (mark.get_markerfacecolor() != "white") == filled
    assert list(mark.get_ydata()) == [verdicts["A"].estimate]  # upright: the measure goes up


def test_without_data_only_the_published_value_is_drawn():
    empty = {verdict.id: verdict for verdict in judge(CLAIMS, Table([]))}
    ax = drawn(empty, {"a": "A", "b": "B"})
    assert [list(line.get_xdata()) for line in ax.lines] == [[4.0]]


def test_forest_refuses(verdicts):
    _, (ax,) = draw.figure()
    with pytest.raises(KeyError, match="Z"):
        forest(ax, {"a": "Z"}, verdicts)
    with pytest.raises(ValueError, match="color must be one or 1, got 2"):
        forest(ax, {"a": "A"}, verdicts, color=["r", "g"])


def test_an_arm_that_is_no_claim_has_a_square_and_no_shaded_side(verdicts):
    own = {0: 1.0, 1: 2.0, 2: 3.0}
    ax = drawn(verdicts, {"a": "A", "arm": own, "none": {}})
    assert [text.get_text() for text in ax.get_yticklabels()] == ["a (A)", "arm", "none"]
    bars, marks = lines(ax, 1)
    assert marks == {".": [1.0, 2.0, 3.0], "s": [2.0]}
    half = 4.303 / 3**0.5  # of Student's t with two degrees of freedom
    assert bars[4.0] == pytest.approx([2 - half, 2 + half], abs=1e-3)
    assert len(ax.collections) == 1  # the claimed side of the claim
    assert lines(ax, 2) == ({}, {})
