"""Calibration: of students who know how little they know, and of those who do not."""

import json
import shutil

import numpy as np
import pytest
from scipy import stats

from labs import LABS
from labs.course import calibration, register
from labs.kit.cli import main
from tests.course.students import ANSWERS, sealed
from tests.course.term.many.plan import LESSON

TRUTHS = {question.id: question.truth for question in LESSON.questions}
pytestmark = pytest.mark.usefixtures("term")


def intervals(rng, half):
    """Intervals around the truth's noisy image, whose noise has a standard deviation of 1."""
    centres = {name: truth + rng.normal() for name, truth in TRUTHS.items()}
    return {name: (centre - half, centre + half) for name, centre in centres.items()}


@pytest.fixture(scope="module")
def term_folder(tmp_path_factory):
    """30 students whose 80 % intervals are right, and as many whose are a third as wide."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(register, "REGISTER", "tests.course.term")
        folder, rng = tmp_path_factory.mktemp("term"), np.random.default_rng(0)
        right = stats.norm.ppf(0.9)
        for kind, half in (("wise", right), ("sure", right / 3)):
            for i in range(30):
                sealed(folder / f"{kind}{i:02}", "many", intervals(rng, half))
    return folder


@pytest.fixture
def folder(term_folder, tmp_path):
    return shutil.copytree(term_folder, tmp_path / "term")


def share(found, kind):
    return np.mean([own for who, own in found.held.items() if who.startswith(kind)])


def test_those_who_know_what_they_know_hold_four_of_five(term_folder):
    found = calibration.calibrate(term_folder)
    assert share(found, "wise") == pytest.approx(0.8, abs=0.06)
    assert share(found, "sure") == pytest.approx(0.331, abs=0.07)
    assert len(found.all_held) == 60 * 13
    assert found.refused == []


def test_lines_tell_the_class_and_students_with_twelve_or_more(folder):
    sealed(folder / "rare", answers={**ANSWERS, "best": "MLP"})
    text = "\n".join(calibration.lines(calibration.calibrate(folder)))
    held = sum(calibration.calibrate(folder).all_held)
    assert f"  the class: {100 * held / 781:.0f} % [" in text
    assert "] of 781" in text
    assert "  wise00: " in text
    assert "  students not listed, with fewer than 12 intervals: 1\n" in text
    assert "rare" not in text
    assert "  options given 0 to 20 %, mean 15 %: 0 of 2 were true" in text
    assert "  options given 60 to 80 %, mean 70 %: 1 of 1 were true" in text


def test_probabilities_are_compared_with_what_came_true(tmp_path):
    for i in range(10):  # of ten who say 60 % all are right, as a truth is shared
        sealed(tmp_path / f"s{i}", answers=ANSWERS)
    found = calibration.calibrate(tmp_path)
    assert sorted(found.chances) == [(0.0, False)] * 10 + [(0.4, False)] * 10 + [(0.6, True)] * 10
    means = [(round(mean, 9), len(true), sum(true)) for mean, true in found.bins]
    assert means == [(0.0, 10, 0), (0.4, 10, 0), (0.6, 10, 10)]


def test_the_first_seal_counts(tmp_path):
    never = dict.fromkeys(TRUTHS, (-100, -99))
    always = dict.fromkeys(TRUTHS, (-100, 100))
    sealed(tmp_path / "s1", "many", never)
    sealed(tmp_path / "s1", "many", always)
    assert not any(calibration.calibrate(tmp_path).all_held)


def test_what_the_class_measured_is_a_truth_but_not_what_a_student_says_it_did(
    tmp_path, monkeypatch
):
    monkeypatch.chdir(tmp_path)
    sealed(tmp_path / "s1")  # the reference holds the first interval, the class is not known
    assert calibration.calibrate(tmp_path).held == {"s1": [True]}
    measure = {"id": "gain", "estimate": 30.0, "low_95": 29, "high_95": 31, "n": 5}
    written = {"schema": "mnist1d-labs/class/1", "lesson": "gain", "measures": [measure]}
    (tmp_path / "s1" / "class.json").write_text(json.dumps(written))
    assert calibration.calibrate(tmp_path).held == {"s1": [True]}
    (tmp_path / "class" / "gain").mkdir(parents=True)
    (tmp_path / "class" / "gain" / "class.json").write_text(json.dumps(written))
    assert calibration.calibrate(tmp_path).held == {"s1": [True, False]}


def test_damaged_seals_are_named(folder):
    path = folder / "wise00" / "predictions" / "many.json"
    path.chmod(0o644)
    path.write_text(path.read_text().replace('"q0":[', '"q0":[5,'))
    (folder / "wise01" / "predictions" / "many.json").chmod(0o644)
    (folder / "wise01" / "predictions" / "many.json").write_text("{")
    found = calibration.calibrate(folder)
    assert len(found.held) == 58
    assert [line.split(":")[0] for line in found.refused] == [
        "wise00/predictions/many.json",
        "wise01/predictions/many.json",
    ]


def test_the_figure_is_the_same_twice_and_names_nobody(folder, tmp_path, monkeypatch, capsys):
    sealed(folder / "rare")
    monkeypatch.chdir(tmp_path)
    written = [tmp_path / "class" / f"calibration.{ending}" for ending in ("png", "svg")]
    assert main(LABS, ["lesson", "calibration", str(folder)]) == 0
    assert "written: class/calibration.png, class/calibration.svg" in capsys.readouterr().out
    first = [path.read_bytes() for path in written]
    assert main(LABS, ["lesson", "calibration", str(folder)]) == 0
    assert first == [path.read_bytes() for path in written]
    figure = calibration.figure(calibration.calibrate(folder))
    shown = {text.get_text() for ax in figure.axes for text in ax.get_yticklabels()}
    assert "the class" in shown
    assert not any("wise" in text for text in shown)


def test_every_probability_is_told_in_its_group():
    found = calibration.Calibration(chances=[(0.2, False), (0.4, True), (0.4, False), (1.0, True)])
    assert calibration.lines(found)[-3:] == [
        "  options given 20 to 40 %, mean 20 %: 0 of 1 were true",
        "  options given 40 to 60 %, mean 40 %: 1 of 2 were true",
        "  options given 80 to 100 %, mean 100 %: 1 of 1 were true",
    ]


def test_a_students_own_folder_or_no_folder_of_classes_is_refused(
    folder, tmp_path, monkeypatch, capsys
):
    monkeypatch.chdir(tmp_path)
    assert main(LABS, ["lesson", "calibration", str(folder / "wise00")]) == 2
    assert "DIR must be the folder of all students, got one's own" in capsys.readouterr().err
    assert main(LABS, ["lesson", "calibration", str(folder), "--classes", "nope"]) == 2
    assert "--classes must be a folder, got 'nope'" in capsys.readouterr().err
    assert [path.name for path in tmp_path.iterdir()] == ["term"]


def test_without_predictions_there_is_nothing_to_say(tmp_path):
    with pytest.raises(ValueError, match="must hold sealed predictions with known truths"):
        calibration.calibrate(tmp_path)
    with pytest.raises(ValueError, match="DIR must be a folder"):
        calibration.calibrate(tmp_path / "none")
