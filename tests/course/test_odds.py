"""One replicate of a lesson in a process of its own, its seconds, and the odds that it shows."""

import json

import numpy as np
import pytest
from scipy.stats import ttest_1samp

from labs import LABS
from labs.course import clock, odds, register, solo
from labs.kit.cli import main
from mnist1d import Recipe, generate


def gap(replicate):
    x = generate(Recipe(seed=42 + replicate)).x.astype(np.float32)
    return float(x[0].mean(dtype=np.float32) - x[1].mean(dtype=np.float32))


def test_a_solution_runs_for_any_replicate_and_leaves_nothing(toy, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("LABS_SCALE", "smoke")  # odds are of the whole lesson
    found = solo.run("toy", 3)
    assert found.values == {"gap": pytest.approx(gap(3), abs=1e-5)}
    assert (found.replicate, found.steps) == (3, {"all": 40})
    assert {"Predict", "Build", "Run", "Look"} <= found.seconds.keys()
    assert 0 < sum(found.seconds.values()) < 60
    assert [*tmp_path.iterdir()] == []


def test_a_solution_that_fails_says_so(toy):
    with pytest.raises(RuntimeError, match=r"toy, replicate -1: (?s:.*)replicate must be a whole"):
        solo.run("toy", -1)


def test_odds_are_measured_stored_and_told(own_toy, capsys):
    assert main(LABS, ["lesson", "odds", "toy"]) == 0
    assert "gap above 0 units: not measured.\n" in capsys.readouterr().out
    assert main(LABS, ["lesson", "odds", "toy", "--measure", "3", "--jobs", "1"]) == 0
    stored = json.loads((register.folder() / "odds.json").read_text())["toy"]
    values = [gap(replicate) for replicate in (1, 2, 3)]
    assert stored["values"]["gap"] == pytest.approx(values, abs=1e-5)
    assert (stored["version"], stored["steps"], stored["replicates"]) == (1, {"all": 40}, 3)
    shown = sum(value > 0 for value in values)
    least = {0: 0, 1: 6, 2: 21, 3: 44}[shown]  # Wilson's, %
    assert f"it shows in {shown} of 3 runs (at least {least} %)" in capsys.readouterr().out


def test_the_labs_own_rule_is_told_beside_its_odds():
    lines = list(odds.lines(register.lesson("priors")))
    (line,) = [each for each in lines if each.startswith("cnn_minus_mlp above 20 points:")]
    assert " In the lab, where the rule is above 20 points (benchmark C1-cnn-mlp), with 6 " in line


def test_seconds_are_measured_and_kept(own_toy, capsys):
    assert main(LABS, ["lesson", "time", "toy"]) == 0
    assert clock.stored() == {}
    assert main(LABS, ["lesson", "time", "all", "--write"]) == 0
    kept = clock.stored()["toy"]
    assert kept.keys() == {"version", "run", "whole", "yardstick"}
    assert 0 < kept["run"] <= kept["whole"]
    assert capsys.readouterr().out.count("toy: run ") == 2


@pytest.mark.parametrize("effect", [0.3, 0.7, 1.2])
def test_a_chance_is_the_share_of_tests_that_find_it(effect):
    samples = np.random.default_rng(0).normal(effect, 1, size=(4000, 12))
    found = ttest_1samp(samples, 0, axis=1, alternative="greater").pvalue < 0.05 / 4
    assert odds.chance(effect, 12, 0.05 / 4) == pytest.approx(found.mean(), abs=0.03)


def test_no_class_rescues_what_is_on_the_other_side():
    assert odds.chance(-0.2, 30, 0.0125) < 0.01
    assert [odds.chance(sign * np.inf, 12, 0.05) for sign in (1, -1)] == [1, 0]
    for n in odds.CLASSES:
        rising = [odds.chance(effect, n, 0.0125) for effect in np.arange(-8, 8, 0.25)]
        assert np.isfinite(rising).all()
        assert rising == sorted(rising)
        assert odds.chance(odds.LARGE, n, 0.0125) > 0.999


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("time toys", "lesson must be one of toy"),
        ("odds toys", "lesson must be one of toy"),
        ("odds toy --measure 1", "--measure must be a whole number of at least 2, got 1"),
        ("odds toy --measure 2 --jobs 0", "--jobs must be a whole number of at least 1, got 0"),
    ],
)
def test_wrong_words_are_refused(own_toy, capsys, words, said):
    assert main(LABS, ["lesson", *words.split()]) == 2
    assert said in capsys.readouterr().err
    assert [*register.folder().glob("*.json")] == []
