"""What `gather` is told beside the contributions, codes, rosters and grades, and what it says."""

import json
import shutil

import pytest

from labs import LABS
from labs.course import classroom
from labs.kit.cli import main
from labs.kit.rounding import ends
from tests.course.classes import changed, gathered, own, verdicts
from tests.course.students import sealed, takes_part

pytestmark = pytest.mark.usefixtures("term")


def test_seals_are_compared_with_the_codes_that_were_called_out(folder):
    for student in ("s09", "s10"):
        path = folder / student / "predictions" / "gain.json"
        path.chmod(0o644)
        path.write_text(path.read_text().replace("[10.0,30.0]", "[24.0,30.0]"))
    takes_part(folder / "s10", 10)  # after the edit: the sheet alone tells
    shutil.rmtree(folder / "s04" / "predictions")
    takes_part(folder / "new", 77)
    absent = "no sealed prediction: s04"
    found = gathered(folder)
    assert found.seals == [
        "edited after sealing: s09",
        "the code on the sheet is not that of the file: s10",
        absent,
        "no code on the sheet: new",
    ]
    assert len(found.given) == 21
    assert classroom.gather("gain", folder).seals == ["edited after sealing: s09", absent]


def test_a_second_seal_is_no_edit_but_a_deleted_first_is(folder):
    answers = {"lab": (0, 9), "class": (0, 9), "best": "CNN", "order": ("CNN", "MLP", "logistic")}
    sealed(folder / "s03", answers=answers)
    assert gathered(folder).seals == []
    (folder / "s03" / "predictions" / "gain.json").unlink()
    assert gathered(folder).seals == ["edited after sealing: s03"]


def test_wrong_answers_are_counted_from_grade_reports(folder, tmp_path):
    grades = tmp_path / "grades"
    grades.mkdir()

    def report(student, message, lesson="gain"):
        check = {"name": "value", "message": message}
        found = {
            "schema": "mnist1d-labs/grade/1",
            "lesson": lesson,
            "student": student,
            "exercises": [{"name": "half", "checks": [check]}],
        }
        place = grades if student == "s02" else folder
        (place / f"report-{student}.json").write_text(json.dumps(found))

    report("s01", "got twice as much")
    report("s02", "got twice as much")
    report("s03", "got the number itself")
    report("s04", "")
    report("s05", "got twice as much", lesson="many")
    (grades / "torn.json").write_text("{")
    (folder / "broken.json").write_text('{"schema": "mnist1d-labs/grade/1", "lesson": "gain"}')
    shutil.copy(grades / "report-s02.json", folder)  # counts once
    found = classroom.gather("gain", folder, grades=grades)
    assert found.wrong == {"half": {"double": 2, "itself": 1}}
    assert [line.split(":")[0] for line in found.refused] == ["broken.json", "torn.json"]


def test_without_a_contribution_nothing_is_written(tmp_path, monkeypatch, capsys):
    (tmp_path / "s01.json").write_text("{")
    monkeypatch.chdir(tmp_path)
    assert main(LABS, ["lesson", "gather", "gain", "."]) == 2
    assert "got none that counts\n  s01.json: " in capsys.readouterr().err
    assert [path.name for path in tmp_path.iterdir()] == ["s01.json"]


@pytest.mark.parametrize("name", ["gian", "../gain", ""])
def test_an_unknown_lesson_is_refused(folder, name):
    with pytest.raises(ValueError, match="lesson must be one of gain, many"):
        classroom.gather(name, folder)


def test_a_folder_or_a_sheet_that_is_none_is_refused(folder, tmp_path):
    with pytest.raises(ValueError, match="DIR must be a folder"):
        classroom.gather("gain", tmp_path / "none")
    (tmp_path / "sheet.csv").write_text("who,what\na,b\n")
    with pytest.raises(ValueError, match=r"sheet.csv must have a column student, got 'who, what'"):
        classroom.gather("gain", folder, tmp_path / "sheet.csv")


def test_a_typo_on_the_sheet_accuses_nobody(folder):
    text = (folder / "codes.csv").read_text().splitlines()
    text[4] = f"s03,{'0' * 12}"
    (folder / "codes.csv").write_text("\n".join(text))
    assert gathered(folder).seals == ["the code on the sheet is not that of the file: s03"]


@pytest.mark.parametrize("code", ["12ab", "0" * 13, "g" * 12, "1e+05"])
def test_a_code_that_is_none_is_refused_with_its_row(folder, code):
    with (folder / "codes.csv").open("a") as sheet:
        sheet.write(f"\n\nlate,{code}\n")
    with pytest.raises(ValueError, match=r"codes.csv row 23: code must be 12 of 0-9 and a-f, got"):
        gathered(folder)


def test_one_students_own_folder_is_refused(folder):
    with pytest.raises(ValueError, match="DIR must be the folder of all students, got one's own"):
        classroom.gather("gain", folder / "s03")


@pytest.mark.parametrize("grades", ["nope", "codes.csv"])
def test_grades_that_are_named_must_be_a_folder(folder, tmp_path, monkeypatch, capsys, grades):
    monkeypatch.chdir(tmp_path)
    words = ["lesson", "gather", "gain", str(folder), "--grades", str(folder / grades)]
    assert main(LABS, [*words, "--out", "out"]) == 2
    assert "--grades must be a folder, got " in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


def test_the_lessons_that_were_found_are_told(folder, tmp_path):
    content = {**json.loads(own(folder).read_text()), "lesson": "many"}
    (tmp_path / "s1").mkdir()
    (tmp_path / "s1" / "many.json").write_text(json.dumps(content))
    with pytest.raises(ValueError, match=r"none that counts\n  contributions found: many \(1\)"):
        classroom.gather("gain", tmp_path / "s1")


def test_a_file_whose_scale_was_changed_is_said_to_be_edited(folder):
    changed(own(folder), scale="smoke")
    (line,) = gathered(folder).refused
    assert line.endswith(": the file was edited")


def test_every_interval_says_what_it_is(folder):
    found = gathered(folder)
    verdict = verdicts(found)["gain"]
    text = classroom.lines(found)
    judged, usual = ends(verdict.low, verdict.high), ends(verdict.low_95, verdict.high_95)
    assert judged != usual
    assert f" points, as judged {judged}, 95 % {usual}, claimed " in text[1]
    assert text[2].startswith("    the lab, 95 %: ")


def test_the_command_tells_names_to_the_instructor_alone(folder, tmp_path, monkeypatch, capsys):
    own(folder).write_text("{")
    monkeypatch.chdir(tmp_path)
    words = ["lesson", "gather", "gain", str(folder), "--codes", str(folder / "codes.csv")]
    assert main(LABS, words) == 0
    text = capsys.readouterr().out
    assert text.startswith("gain: 19 contributions count\n  gain: holds: ")
    assert "(benchmark C1-cnn-mlp, n = 12)" in text
    assert "s03/contributions/gain.json: gain.json must be JSON" in text
    assert (tmp_path / "class" / "gain" / "class.svg").exists()


def test_versions_that_differ_are_told(folder):
    versions = json.loads(own(folder).read_text())["versions"]
    changed(own(folder), versions={**versions, "numpy": "1.26.0"})
    text = "\n".join(classroom.lines(gathered(folder)))
    assert f"versions of numpy: 1.26.0 (1), {versions['numpy']} (19)" in text
