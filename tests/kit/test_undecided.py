"""Why a claim is open: in words that its own interval and rule bear out, in a table and a page."""

import json
from pathlib import Path

import numpy as np
import pytest

from labs.kit import pages, texts
from labs.kit.claims import Claim
from labs.kit.measures import column
from labs.kit.table import Table
from labs.kit.undecided import why
from labs.kit.verdicts import judge

EFFECT, NEAR = "the effect, if any, is below", "not told from its threshold, "
FIGURES = Path(__file__).parents[2] / "figures"


def verdict(low, high, **changes):
    one = {"verdict": "undecided", "unit": "points", "low": low, "high": high}
    return one | {"above": None, "below": None, "rule": "in words"} | changes


@pytest.mark.parametrize(
    ("found", "words"),
    [
        (verdict(-0.5, 1.6, above=0), f"{EFFECT} 1.6 points (0.5 the other way)"),
        (verdict(-0.5, 1.6, below=0), f"{EFFECT} 0.5 points (1.6 the other way)"),
        (verdict(0, 1.6, above=0), f"{EFFECT} 1.60 points"),
        (verdict(-0.02, 4.2, above=0), f"{EFFECT} 4.2 points (0.02 the other way)"),
        (verdict(-1, 2, rule="above 0, so"), f"{EFFECT} 2.0 points (1.0 the other way)"),
        (verdict(3, 6, above=5), f"{NEAR}5 points: at most 2.0 off"),
        (verdict(0.4, 0.8, above=0.5, unit=""), f"{NEAR}0.5: at most 0.30 off"),
        (verdict(65, 67, above=66, below=70), f"{NEAR}66 points: at most 1.0 off"),
        (verdict(-1, 5, above=-2, below=0), f"{NEAR}0 points: at most 5.0 off"),
        (verdict(60, 72, above=66, below=70), "the interval, 12.0 points long, is longer than "
         "the claimed range"),
    ],
)  # fmt: skip
def test_by_hand(found, words):
    assert why(found) == words


@pytest.mark.parametrize(
    "changes",
    [{"verdict": "holds"}, {"verdict": "not judged"}, {"reason": "fewer than 5 replicates"}],
)
def test_what_is_decided_or_has_a_reason_of_its_own_says_nothing(changes):
    assert why(verdict(-1, 2, above=0, **changes)) == ""
    assert why(verdict(None, None, above=0)) == ""


def claim(**rule):
    texts_ = {"sentence": "It moves.", "source": "t", "unit": "points", "because": "so"}
    return Claim(id="C", measure=column("x"), **texts_, **rule)


def judged(values, **rule):
    table = Table({"replicate": r, "x": float(x)} for r, x in enumerate(values))
    return judge([claim(**rule)], table)[0].as_dict()


def test_the_bound_of_an_effect_is_kept_as_often_as_the_interval_promises():
    # one claim is judged with an error of 5 %, so the true mean lies above its bound in 5 % of runs
    draws, true = np.random.default_rng(0).normal(0.3, 1, (2000, 8)), 0.3
    found = [judged(row, above=0) for row in draws]
    bounds = [float(why(v).split()[6]) for v in found if why(v)]
    assert 0.75 < len(bounds) / len(found) < 0.95  # the others are decided
    exceeded = sum(bound < true for bound in bounds) / len(found)
    assert 0.03 < exceeded < 0.06  # runs that contradict exceed it too; its standard error: 0.5 %


def test_it_stands_with_the_claim_in_the_table_and_on_the_page():
    found = judged([-1, 1, 2, -2, 0.5, 1], above=0)
    assert why(found).startswith("the effect, if any, is below ")
    assert f"It moves. Open: {why(found)}." in " ".join(texts.claims([found]).split())
    assert f"| **undecided**: {why(found)} |" in pages.claims_table([found], {})
    assert "Open:" not in texts.claims([judged([5, 6, 7, 6, 5, 6], above=0)])


def test_every_open_claim_of_a_stored_reference_says_why():
    stored = [json.loads(path.read_text()) for path in sorted(FIGURES.glob("*.json"))]
    silent = [
        (found["lab"], found["preset"], claim["id"])
        for found in stored
        for claim in found["claims"]
        if claim["verdict"] == "undecided" and claim["n"] and not claim.get("reason")
        if not why(claim)
    ]
    assert silent == []
