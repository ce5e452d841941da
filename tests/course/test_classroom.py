"""A class: what is judged, and which contributions are refused by name."""

import itertools
import json
import os
import shutil

import pytest

from labs import LABS
from labs.course import classroom, pooled, students
from labs.kit.claims import Claim
from labs.kit.cli import main
from labs.kit.measures import column
from labs.kit.table import Table
from labs.kit.verdicts import judge
from tests.course.classes import KEY, changed, gathered, own, values_of, verdicts
from tests.course.students import VALUES, sealed, takes_part
from tests.course.term.gain.plan import LESSON

pytestmark = pytest.mark.usefixtures("term")


def test_twenty_students_are_judged_as_a_lab_judges(twenty):
    found = gathered(twenty)
    rows = [{"replicate": i, **values_of(i)} for i in range(20)]
    claims = [
        Claim(
            id=m.name,
            sentence=m.sentence,
            source="s",
            unit=m.unit,
            measure=column(m.name),
            because=m.because,
            above=m.above,
            below=m.below,
            limits=m.range,
        )
        for m in LESSON.measures
    ]
    expected = {verdict.id: verdict for verdict in judge(claims, Table(rows))}
    assert {name: v.verdict for name, v in verdicts(found).items()} == {
        "gain": "holds",
        "cost": "undecided",
        "slope": "contradicted",
    }
    for name, verdict in verdicts(found).items():
        same = expected[name]
        assert (verdict.verdict, verdict.error, verdict.n) == (same.verdict, same.error, 20)
        assert (verdict.low, verdict.high) == pytest.approx((same.low, same.high))
    assert (found.refused, found.seals) == ([], [])
    assert all(claim.limits == (-100, 100) for claim in classroom.claims(LESSON))
    assert min(verdict.error for verdict in found.verdicts) == 0.05 / 3


def test_a_measure_that_some_left_out_is_judged_by_the_others(folder):
    for i in range(16):
        content = json.loads(own(folder, f"s{i:02}").read_text())
        changed(own(folder, f"s{i:02}"), values={"gain": 20 + i, "cost": content["values"]["cost"]})
    found = verdicts(gathered(folder))
    assert {name: verdict.n for name, verdict in found.items()} == {
        "gain": 20,
        "cost": 20,
        "slope": 4,
    }
    assert found["slope"].verdict == "undecided"


def test_what_is_written_names_nobody_and_is_the_same_twice(twenty, tmp_path):
    paths = [classroom.write(gathered(twenty), tmp_path / place) for place in "ab"]
    assert [path.name for path in paths[0]] == ["class.json", "class.png", "class.svg"]
    for one, other in zip(*paths, strict=True):
        assert one.read_bytes() == other.read_bytes()
        assert b"s03" not in one.read_bytes() or one.suffix != ".json"
    written = json.loads(paths[0][0].read_text())
    assert [measure["id"] for measure in written["measures"]] == ["gain", "cost", "slope"]
    assert len(written["measures"][0]["values"]) == written["n"] == 20
    assert written["steps"] == {"mlp": 100}


def test_every_student_is_a_dot_that_no_bar_covers(twenty):
    found = gathered(twenty)
    figure = pooled.figure(found.lesson, found.table, found.verdicts)
    (key,) = figure.legends
    assert key.get_title().get_text() == found.lesson.question
    lines = [line for ax in figure.axes for line in ax.get_lines()]
    for name in ("gain", "cost", "slope"):
        values = sorted(row[name] for row in found.table)
        (dots,) = [line for line in lines if list(line.get_xdata()) == values]
        heights = list(dots.get_ydata())
        assert all(0.15 < round(y) - y < 0.4 for y in heights)  # the bar lies at a whole number
        assert all(a != b for a, b in itertools.pairwise(heights))  # equal values lie apart


def test_files_of_students_serve_like_folders(twenty, tmp_path):
    for path in twenty.glob("s*/contributions/gain.json"):
        shutil.copy(path, tmp_path / f"{path.parts[-3]}.json")
    assert verdicts(classroom.gather("gain", tmp_path)) == verdicts(gathered(twenty))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (b"", "must be JSON"),
        (b'{"schema": "mnist1d-labs/contribu', "must be JSON"),
        (b"\xff\xfe\x00", "must be JSON, got bytes that are no text"),
        (b"[" * 100_000, "must be JSON"),
        (b"[]", "must be a JSON object, got list"),
        (b"{}", "schema must be mnist1d-labs/contribution/1, got None"),
        (b'{"schema": ["x"]}', "schema must be"),
        (b'{"schema": "mnist1d-labs/contribution/1"}', "parts must be"),
        (b'{"a": NaN}', "must be JSON, got the number NaN"),
        (b'{"a": ' + b"1" * 5000 + b"}", "must be JSON"),
        (b" " * 1_000_001, "must have at most 1,000,000 bytes, got 1,000,001"),
    ],
    ids=lambda value: repr(value)[:24],
)
def test_a_file_that_is_no_contribution_is_named(folder, text, words):
    own(folder).write_bytes(text)
    found = gathered(folder)
    assert len(found.given) == 19
    assert len(found.refused) == 1
    assert found.refused[0].startswith("s03/contributions/gain.json: ")
    assert words in found.refused[0]
    assert len(found.refused[0]) < 300


@pytest.mark.parametrize(
    ("parts", "words"),
    [
        ({"replicate": 0}, "replicate must be the student's own, got 0, the instructor's"),
        ({"scale": "x" * 900_000}, "scale must be one of lesson, smoke, got 'xxx"),
        ({"values": {**VALUES, "gain": 10**400}}, "gain must be a finite number, got 1000"),
    ],
    ids=["the instructor's", "long", "huge"],
)
def test_a_contribution_with_a_wrong_part_is_named_in_short(folder, parts, words):
    changed(own(folder), **parts)
    found = gathered(folder)
    assert len(found.given) == 19
    assert len(found.refused) == 1
    assert words in found.refused[0]
    assert len(found.refused[0]) < 300


def test_a_doubled_replicate_counts_for_nobody(folder):
    shutil.copy(own(folder, "s05"), own(folder, "s03"))
    found = gathered(folder)
    assert set(found.given) == {f"s{i:02}" for i in range(20)} - {"s03", "s05"}
    number = json.loads(own(folder).read_text())["replicate"]
    assert found.refused == [
        f"s{a}/contributions/gain.json: replicate {number} must have one contribution, "
        f"got s{b}/contributions/gain.json, too"
        for a, b in (("03", "05"), ("05", "03"))
    ]


def test_with_a_roster_the_owner_of_a_copied_contribution_counts(folder, tmp_path, capsys):
    shutil.copy(own(folder, "s05"), own(folder, "s03"))
    takes_part(folder / "guest", 77)
    roster = tmp_path / "roster.csv"
    roster.write_text("\n".join(["student", *(f"s{i:02}" for i in range(20))]))
    words = ["lesson", "gather", "gain", str(folder), "--out", str(tmp_path / "out")]
    assert main(LABS, [*words, "--roster", str(roster), "--course", KEY]) == 0
    said = capsys.readouterr().out
    owned = students.roster([f"s{i:02}" for i in range(20)], KEY)
    assert said.startswith("gain: 19 contributions count\n")
    refused = said.partition("not counted:\n")[2].splitlines()[:2]
    assert refused == [
        "  guest/contributions/gain.json: student must stand in the roster, got 'guest'",
        f"  s03/contributions/gain.json: replicate must be {owned['s03']}, the student's own, "
        f"got {owned['s05']}, that of s05",
    ]
    found = classroom.gather("gain", folder, owned=owned)
    assert found.given["s05"].replicate == owned["s05"]
    assert "s03" not in found.given


def test_a_roster_needs_the_key(folder, tmp_path, monkeypatch, capsys):
    monkeypatch.delenv("LABS_COURSE_KEY", raising=False)
    words = ["lesson", "gather", "gain", str(folder), "--out", str(tmp_path / "out")]
    assert main(LABS, [*words, "--roster", str(folder / "codes.csv")]) == 2
    assert "course key must hold a text" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


def test_two_contributions_of_one_student_count_for_none_but_a_copy_is_one(folder):
    copy = folder / "s03" / "backup" / "gain.json"
    copy.parent.mkdir()
    shutil.copy(own(folder), copy)
    assert len(gathered(folder).given) == 20
    changed(copy, replicate=4)
    found = gathered(folder)
    assert len(found.given) == 19
    assert [line.split(":")[0] for line in found.refused] == [
        "s03/backup/gain.json",
        "s03/contributions/gain.json",
    ]
    assert all("student s03 must have one contribution" in line for line in found.refused)


def test_other_settings_than_most_have_are_refused(folder):
    takes_part(folder / "late", 77, steps={"mlp": 50})
    found = gathered(folder)
    assert len(found.given) == 20
    assert found.refused == [
        "late/contributions/gain.json: steps must be {'mlp': 100}, as most have, got {'mlp': 50}"
    ]


def test_the_scale_smoke_is_no_result(folder, monkeypatch):
    monkeypatch.setenv("LABS_SCALE", "smoke")
    takes_part(folder / "hasty", 77)
    found = gathered(folder)
    assert len(found.given) == 20
    assert found.refused == ["hasty/contributions/gain.json: scale must be lesson, got smoke"]


def test_links_folders_and_pipes_are_named_and_never_followed(folder, tmp_path):
    secret = tmp_path / "elsewhere"
    takes_part(secret, 77)
    (folder / "x1.json").symlink_to(secret / "contributions" / "gain.json")
    (folder / "x2").symlink_to(secret)
    (folder / "x3.json").mkdir()
    (folder / "x4.json").symlink_to(folder / "nowhere")
    os.mkfifo(folder / "x5.json")
    (folder / "x6").symlink_to(folder)
    found = gathered(folder)
    assert len(found.given) == 20
    assert [line.split(":")[0] for line in found.refused] == [
        "x1.json",
        "x2",
        "x3.json",
        "x4.json",
        "x5.json",
        "x6",
    ]


def test_what_a_screen_obeys_is_written_out(folder):
    (folder / "s\x1b[2J\n.json").write_text('{"schema": "\x1b[31m"}')
    changed(own(folder), lesson="\x1b[2J\n")
    text = "\n".join(gathered(folder).refused)
    assert "\x1b" not in text
    assert text.count("\n") == 1


def test_other_weeks_and_other_files_are_no_faults(folder):
    content = {**json.loads(own(folder).read_text()), "lesson": "many"}
    (folder / "s03" / "contributions" / "many.json").write_text(json.dumps(content))
    sealed(folder / "s03", "many", {f"q{i}": (0, 1) for i in range(13)})
    (folder / "s03" / "quiz.json").write_text('{"format": "mnist1d-labs quiz"}')
    (folder / "s03" / ".hidden.json").write_text("{")
    (folder / "s03" / "notes.txt").write_text("{")
    classroom.write(gathered(folder), folder / "class" / "gain")
    found = gathered(folder)
    assert (len(found.given), found.refused) == (20, [])
