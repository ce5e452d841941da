"""Sealed predictions: what is refused, what a code tells, and that telling the truth pays."""

import hashlib
import json
import math
import re
import stat
from itertools import permutations

import numpy as np
import pytest
from scipy import stats

from labs import LABS
from labs.course import predictions as module
from labs.course import require_seal, reveal, seal, start
from labs.course.answers import checked, probabilities
from labs.course.plan import Question, Reference
from labs.course.scoring import interval_score, kendall, score
from labs.course.truths import referred, truth
from labs.kit.references import reference
from tests.course.students import ANSWERS, said, sealed
from tests.course.term.gain.plan import CLAIM, LESSON

QUESTIONS = {question.id: question for question in LESSON.questions}
CLASS = {
    "schema": "mnist1d-labs/class/1",
    "lesson": "gain",
    "measures": [{"id": "gain", "estimate": 15.0, "low_95": 12.0, "high_95": 18.0, "n": 20}],
}


@pytest.fixture(autouse=True)
def begun(term, tmp_path, monkeypatch, capsys):
    """The lesson has been started in an empty folder."""
    monkeypatch.chdir(tmp_path)
    start("gain", replicate=7, steps={"mlp": 100})
    capsys.readouterr()


def test_a_seal_is_closed_by_the_beginning_of_its_sha256(tmp_path, capsys):
    seal("gain", ANSWERS)
    path = tmp_path / "predictions" / "gain.json"
    raw = path.read_bytes()
    assert hashlib.sha256(raw).hexdigest()[:12] in capsys.readouterr().out
    assert stat.S_IMODE(path.stat().st_mode) == 0o444
    found = json.loads(raw)
    assert raw.decode() == json.dumps(found, sort_keys=True, separators=(",", ":"))
    assert len(bytes.fromhex(found["salt"])) == 16
    assert (found["replicate"], found["answers"]["lab"]) == (7, [10, 30])


def test_equal_answers_have_different_codes(tmp_path):
    assert sealed(tmp_path / "a") != sealed(tmp_path / "b")


def test_a_second_seal_stands_beside_the_first_which_counts(tmp_path, capsys):
    first = sealed(tmp_path)
    second = {**ANSWERS, "best": "CNN"}
    assert first in said(seal, "gain", second)
    assert sorted(path.name for path in (tmp_path / "predictions").iterdir()) == [
        "gain-2.json",
        "gain.json",
    ]
    assert module.read(module.path("gain")).code == first
    reveal("gain")
    assert f"code {first}" in capsys.readouterr().out


def test_the_same_answers_again_change_nothing(tmp_path):
    first = sealed(tmp_path)
    assert said(seal, "gain", ANSWERS) == f"sealed already, with the code {first}\n"
    assert len([*(tmp_path / "predictions").iterdir()]) == 1


def test_an_edited_seal_has_another_code(tmp_path):
    first = sealed(tmp_path)
    path = tmp_path / "predictions" / "gain.json"
    path.chmod(0o644)
    path.write_text(path.read_text().replace("[10.0,30.0]", "[25.0,30.0]"))
    assert module.read(path).answers["lab"] == [25, 30]
    assert module.read(path).code != first


def test_nothing_runs_before_the_seal():
    with pytest.raises(ValueError, match="seal your prediction first"):
        require_seal("gain")
    with pytest.raises(ValueError, match="seal your prediction first"):
        reveal("gain")
    seal("gain", ANSWERS)
    require_seal("gain")


@pytest.mark.parametrize("text", ["", "{", "[]", '{"schema": "x"}', "NaN", "[" * 100_000])
def test_a_damaged_seal_is_refused(tmp_path, text):
    sealed(tmp_path)
    path = tmp_path / "predictions" / "gain.json"
    path.chmod(0o644)
    path.write_text(text)
    for action in (require_seal, reveal, lambda name: seal(name, ANSWERS)):
        with pytest.raises(ValueError, match="must"):
            action("gain")
    assert path.read_text() == text


@pytest.mark.parametrize(
    ("name", "answer", "words"),
    [
        ("lab", (30, 10), "lab must have its lower end first, got 30 and 10"),
        ("lab", (10, 10), "lab must have its lower end first"),
        ("lab", (-30, 10), "lab must lie between -20 and 60 points, got -30 and 10"),
        ("lab", (10, math.nan), "lab: each end must be a finite number, got nan"),
        ("lab", (10, "30"), "lab: each end must be a finite number, got '30'"),
        ("lab", (True, 30), "lab: each end must be a finite number, got True"),
        ("lab", 20, "lab must be two numbers, the ends of an interval, got 20"),
        ("lab", "20", "lab must be two numbers"),
        ("lab", (1, 2, 3), "lab must be two numbers"),
        ("best", "MPL", "best must be one of logistic, MLP, CNN, got 'MPL': did you mean 'MLP'"),
        ("best", 3, "best must be one of"),
        ("best", {"MLP": 0.5}, "best must have probabilities that sum to 1, got 0.5"),
        ("best", {"MLP": 60, "CNN": 40}, "best must hold probabilities from 0 to 1"),
        ("best", {"MLP": 1.5, "CNN": -0.5}, "best must hold probabilities from 0 to 1"),
        ("best", {"MLP": 0.5, "SVM": 0.5}, "best must be one of"),
        ("best", {}, "best must have probabilities that sum to 1, got 0"),
        ("order", ("CNN", "MLP"), "order must be logistic, MLP, CNN in some order"),
        ("order", ("CNN", "MLP", "MLP"), "order must be logistic, MLP, CNN in some order"),
        ("order", "CNN", "order must be logistic"),
        ("gian", (1, 2), "question must be one of lab, class, best, order, got 'gian'"),
    ],
)
def test_answers_that_do_not_fit_are_refused_before_anything_is_written(
    tmp_path, name, answer, words
):
    with pytest.raises(ValueError, match=f"^{re.escape(words)}"):
        seal("gain", {**ANSWERS, name: answer})
    assert [*tmp_path.iterdir()] == []


@pytest.mark.parametrize("answers", [{}, {"lab": (1, 2)}, None, [1, 2]])
def test_every_question_must_be_answered(tmp_path, answers):
    with pytest.raises(ValueError, match="answers must be"):
        seal("gain", answers)
    assert [*tmp_path.iterdir()] == []


def test_another_lesson_is_not_sealed():
    with pytest.raises(ValueError, match="lesson must be gain, which was started, got 'many'"):
        seal("many", {})
    with pytest.raises(ValueError, match="lesson must be one of gain, many, got 'gian'"):
        seal("gian", ANSWERS)


def test_arrays_are_answers_like_lists():
    given = checked(LESSON, {**ANSWERS, "lab": np.array([10, 30]), "best": "CNN"})
    assert (given["lab"], given["best"]) == ([10.0, 30.0], "CNN")
    assert json.loads(json.dumps(given)) == given


def test_a_reveal_shows_truth_score_and_reason(tmp_path):
    sealed(tmp_path)
    claim = next(c for c in reference("benchmark")["claims"] if c["id"] == CLAIM.claim)
    text = said(reveal, "gain")
    (told,) = re.findall(r"truth: ([\d.]+) \[", text)
    assert float(told) == pytest.approx(claim["estimate"], abs=0.05)
    assert f"(benchmark C1-cnn-mlp, n = {claim['n']}); score 0.75" in text
    assert "Neighbours matter." in text
    assert "truth: after the class has gathered" in text
    assert "It trains for less long." not in text
    (tmp_path / "class.json").write_text(json.dumps(CLASS))
    later = said(reveal, "gain")
    assert "truth: 15.0 [12.0, 18.0] points (the class, n = 20); score 0.62" in later
    assert "after the class" not in later


def test_the_class_of_another_lesson_says_nothing(tmp_path):
    sealed(tmp_path)
    (tmp_path / "class.json").write_text(json.dumps({**CLASS, "lesson": "many"}))
    assert "after the class has gathered" in said(reveal, "gain")


@pytest.mark.parametrize("lab", LABS)
def test_every_claim_of_every_reference_can_be_a_truth(lab):
    for claim in reference(lab)["claims"]:
        if claim["estimate"] is not None:
            found = referred(Reference(lab, claim["id"]))
            assert found.value == claim["estimate"]
            assert found.low is None or found.low <= found.value <= found.high


def test_a_truth_that_does_not_exist_is_named():
    lost = {"id": "x", "kind": "interval", "text": "?", "why": "", "range": (0.0, 1.0)}
    with pytest.raises(ValueError, match="did you mean 'gain'"):
        truth(LESSON, Question(truth="gian", **lost))
    for claim in (type(CLAIM)("benchmark", "C1-cnn-mpl"), type(CLAIM)("benhcmark", "C1")):
        with pytest.raises(ValueError, match="claim of ben"):
            truth(LESSON, Question(truth=claim, **lost))


def test_scores_have_fixed_points():
    lab, best, order = QUESTIONS["lab"], QUESTIONS["best"], QUESTIONS["order"]
    assert score(lab, [-20, 60], 29) == 0
    assert score(lab, [20, 28], 28) == pytest.approx(0.9)
    assert score(lab, [20, 28], 29) == pytest.approx(0.9 - 10 / 80)
    assert score(best, dict.fromkeys(best.options, 1 / 3), "MLP") == pytest.approx(0)
    assert score(best, {"MLP": 1.0}, "MLP") == pytest.approx(1)
    assert score(best, {"CNN": 1.0}, "MLP") == pytest.approx(-2)
    assert score(best, "MLP", "MLP") == score(best, probabilities(best, "MLP"), "MLP")
    assert score(order, order.truth, order.truth) == 1
    assert score(order, order.truth[::-1], order.truth) == -1


def test_kendalls_tau_is_scipys():
    truth_ = ("a", "b", "c", "d")
    for order in permutations(truth_):
        places = [order.index(each) for each in truth_]
        assert kendall(order, truth_) == pytest.approx(stats.kendalltau(range(4), places)[0])


def test_the_best_interval_is_the_one_that_is_believed():
    """Of a normal belief the quantiles 10 % and 90 % score best on average."""
    draws = np.random.default_rng(0).normal(size=20_000)
    ends = np.linspace(-2.5, 2.5, 51)
    mean = {
        (low, high): np.mean([interval_score(low, high, t) for t in draws[:2000]])
        for low in ends[::5]
        for high in ends[::5]
        if low < high
    }
    assert min(mean, key=mean.get) == pytest.approx((-1.5, 1.5))
    best = stats.norm.ppf([0.1, 0.9])

    def average(low, high):
        return np.mean([interval_score(low, high, t) for t in draws])

    for wider in (0.6, 0.8, 1.25, 1.6):
        assert average(*best) < average(*(wider * best))
    for moved in (-0.3, 0.3):
        assert average(*best) < average(*(best + moved))


def test_the_best_probabilities_are_those_that_are_believed():
    best = QUESTIONS["best"]
    belief = dict(zip(best.options, (0.2, 0.5, 0.3), strict=True))

    def expected(said):
        return sum(p * score(best, said, option) for option, p in belief.items())

    rng = np.random.default_rng(0)
    others = [dict(zip(best.options, p, strict=True)) for p in rng.dirichlet([1, 1, 1], 200)]
    certain = [{option: 1.0} for option in best.options]
    assert all(expected(belief) > expected(other) for other in (*others, *certain))
