"""Slides: six pages that can be read from the last row, and what they do not tell too early."""

import json
import math
import os
import re
import struct
import subprocess
import sys

import numpy as np
import pytest
from matplotlib.text import Text

from labs import LABS
from labs.course import classroom, odds, register, slides, truths
from labs.course.plan import Reference
from labs.kit.cli import main
from labs.kit.references import reference
from labs.kit.table import Table
from labs.kit.verdicts import judge

PAGES = ["question", "predict", "build", "expect", "found", "verdicts"]


def judged(name, count=20):
    """The verdicts of a class whose measures lie around 10, or at the nearest end of the range."""
    normal, lesson = np.random.default_rng(3).normal, register.lesson(name)
    rows = [
        {"replicate": i, **{m.name: np.clip(normal(10, 4), *m.range) for m in lesson.measures}}
        for i in range(1, count + 1)
    ]
    return judge(classroom.claims(lesson), Table(rows))


def written(path, name, **parts):
    lesson = register.lesson(name)
    content = {
        "schema": truths.CLASS_SCHEMA,
        "lesson": name,
        "version": lesson.version,
        "n": 20,
        "measures": [verdict.as_dict() for verdict in judged(name)],
    }
    path.write_text(json.dumps({**content, **parts}))
    return path


def shown(drawn):
    """The texts of a page that are drawn: no ticks beyond the ends of an axis."""
    drawn.draw_without_rendering()
    hidden = {
        label
        for ax in drawn.axes
        for label in ax.get_xticklabels()
        if not ax.axison or not ax.get_xlim()[0] <= label.get_position()[0] <= ax.get_xlim()[1]
    }
    hidden |= {t for ax in drawn.axes if not ax.axison for t in ax.findobj(Text)} - {
        t for ax in drawn.axes for t in ax.texts
    }
    texts = [t for t in drawn.findobj(Text) if t.get_visible() and t.get_text().strip()]
    return [t for t in dict.fromkeys(texts) if t not in hidden]


def box(text):
    """Where a text lies, as shares of the page."""
    drawn = text.get_figure(root=True)
    return text.get_window_extent().transformed(drawn.transFigure.inverted())


@pytest.mark.parametrize("with_class", [False, True], ids=["alone", "class"])
@pytest.mark.parametrize("name", register.names())
def test_nothing_is_small_cut_or_piled_up(name, with_class):
    measured = {verdict.id: verdict for verdict in judged(name)}
    deck = slides.pages(
        register.lesson(name), slides.Measured("the class", measured) if with_class else None
    )
    assert list(deck) == PAGES
    for page, drawn in list(deck.items())[3 * with_class :]:
        texts = shown(drawn)
        boxes = [box(text).padded(-0.002) for text in texts]
        assert min(text.get_fontsize() for text in texts) >= 20
        for place, (text, own) in enumerate(zip(texts, boxes, strict=True)):
            assert 0 < min(own.x0, own.y0) < max(own.x1, own.y1) < 1, (page, text)
            before = zip(texts[:place], boxes, strict=False)
            piled = [other.get_text() for other, its in before if its.overlaps(own)]
            assert not piled, (page, text.get_text(), piled)
        assert sum(len(text.get_text().split()) for text in drawn.texts) <= 25


def lines(drawn):
    return [line for ax in drawn.axes for line in ax.lines if line.get_visible()]


def test_the_hidden_figure_has_axes_claims_and_key_and_does_not_tell_the_side():
    lesson = register.lesson("priors")
    measured = {verdict.id: verdict for verdict in judged("priors")}
    deck = slides.pages(lesson, slides.Measured("the class", measured))
    hidden, found = deck["expect"], deck["found"]
    assert not lines(hidden)
    assert len(lines(found)) > 4
    (ax,), (full,) = hidden.axes, found.axes
    assert (ax.get_xlabel(), len(ax.collections)) == ("points", len(lesson.measures))
    named = [[t.get_text() for t in each.get_yticklabels()] for each in (ax, full)]
    keys = [[t.get_text() for t in each.legends[0].get_texts()] for each in (hidden, found)]
    assert (named[0], keys[0]) == (named[1], keys[1])
    assert keys[0] == ["the class", "the lab", "claimed", "holds", "contradicted", "undecided"]
    assert sum(ax.get_xlim()) == pytest.approx(20)  # the thresholds are 0, 2 and 20
    assert "n = 20 (the class), 12 (lab benchmark)." in found.texts[1].get_text()
    assert hidden.texts[1].get_text() == ""


def test_the_figure_shows_the_class_and_the_lab():
    lesson = register.lesson("priors")
    measured = {verdict.id: verdict for verdict in judged("priors")}
    drawn = slides.pages(lesson, slides.Measured("the class", measured))["found"]
    ends = {tuple(line.get_xdata()) for line in lines(drawn)}
    for measure in lesson.measures:
        lab = truths.referred(measure.reference)
        own = measured[measure.name]
        assert {(own.low_95, own.high_95), (lab.low, lab.high)} <= ends


def test_without_a_class_the_runs_of_the_odds_stand_in(monkeypatch):
    lesson = register.lesson("signals")
    values = {"shift_over_smooth": [4.0, 5.0, 6.0, 5.5], "own_share": []}
    stored = {"version": lesson.version, "values": values}
    monkeypatch.setattr(odds, "stored", lambda: {"signals": stored})
    found = slides.own_runs(lesson)
    assert found.who == "own runs"
    assert found.verdicts["shift_over_smooth"].n == 4
    assert found.verdicts["shift_over_smooth"].estimate == pytest.approx(5.125)
    assert found.verdicts["own_share"].estimate is None
    stored["version"] += 1
    assert all(v.estimate is None for v in slides.own_runs(lesson).verdicts.values())
    caption = slides.pages(lesson)["found"].texts[1].get_text()
    assert caption == "Not measured yet: gather the class."


@pytest.mark.parametrize("name", register.names())
def test_the_claims_are_led_to_and_those_of_the_measures_come_first(name):
    lesson = register.lesson(name)
    found = list(slides.chosen(lesson))
    assert 1 < len(found) <= 8
    assert all(each.claim in lesson.leads[each.lab] for each in found)
    own = [m.reference for m in lesson.measures if m.reference and m.reference in found]
    assert found[: len(own)] == own


def test_the_claimed_side_is_shaded():
    claims = {c["id"]: c for c in reference("lottery")["claims"]}
    verdict = slides.chosen(register.lesson("tickets"))[Reference("lottery", "L2")]
    assert (verdict.above, verdict.below) == (0, None)
    assert verdict.estimate == claims["L2"]["estimate"]


@pytest.fixture
def call(tmp_path, monkeypatch, capsys):
    """Run `python -m labs lesson slides ...` in an empty folder; returns what it printed."""
    monkeypatch.chdir(tmp_path)

    def run(*words, code=0):
        try:
            found = main(LABS, ["lesson", "slides", *words])
        except SystemExit as left:  # argparse's
            found = left.code
        said = capsys.readouterr()
        assert found == code, said
        return said

    return run


def test_what_is_written(toy, call, tmp_path):
    for place in "ab":
        said = call("toy", "--out", place).out
        assert said == f"{os.path.join(place, 'toy.pdf')}: 6 pages, each as .png and .svg, too\n"
    names = [f"toy-{i}-{name}.{end}" for i, name in enumerate(PAGES, 1) for end in ("png", "svg")]
    assert sorted(path.name for path in tmp_path.glob("a/*")) == sorted(["toy.pdf", *names])
    for path in tmp_path.glob("a/*"):
        assert path.read_bytes() == (tmp_path / "b" / path.name).read_bytes()
        if path.suffix == ".png":
            assert struct.unpack(">II", path.read_bytes()[16:24]) == (1920, 1080)
    pdf = (tmp_path / "a" / "toy.pdf").read_bytes()
    assert b"CreationDate" not in pdf
    assert len(re.findall(rb"/Type /Page\b", pdf)) == 6
    assert re.findall(rb"/MediaBox \[ 0 0 ([\d.]+ [\d.]+) \]", pdf) == [b"921.6 518.4"] * 6


def test_all_lessons_and_the_class_of_one(toy, call, tmp_path):
    path = written(tmp_path / "class.json", "toy")
    said = call("all", "--class", str(path))
    assert said.out.startswith(os.path.join("slides", "toy.pdf"))
    assert "the class" in slides.class_file(path)[1].who


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["toi"], "lesson must be one of toy, got 'toi': did you mean 'toy'?"),
        (["toy", "--out", "file"], "--out: must be a folder, got 'file'"),
        (["toy", "--class", "nowhere"], "argument --class: must exist, got 'nowhere'"),
        (["toy", "--class", "."], "must be a plain file, got a folder"),
        (["toy", "--class", "file"], "file must be JSON"),
    ],
    ids=" ".join,
)
def test_bad_input(toy, call, tmp_path, words, said):
    (tmp_path / "file").write_text("no JSON")
    if said.startswith("lesson"):
        words = [*words, "--out", "slides"]
    assert said in call(*words, code=2).err
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


def changed(**parts):
    return [{**verdict.as_dict(), **parts} for verdict in judged("toy")]


@pytest.mark.parametrize(
    ("parts", "said"),
    [
        ({"schema": "x"}, "class.json must be a class's file, got 'x'"),
        ({"lesson": "toi"}, "lesson must be one of toy, got 'toi': did you mean 'toy'?"),
        ({"lesson": None}, "lesson must be one of toy, got 'None'"),
        ({"version": 7}, "class.json must be of version 1, got 7"),
        ({"measures": []}, "class.json must have the measures gap, got others"),
        ({"measures": {"gap": 1}}, "class.json must have the measures gap, got others"),
        ({"measures": [1]}, "class.json must have the measures gap, got others"),
        ({"measures": [{"id": "gap"}]}, "class.json must have a judged gap, got"),
        ({"estimate": "10"}, "class.json must have a judged gap, got"),
        ({"estimate": math.inf}, "class.json must be JSON"),
        ({"n": None}, "class.json must have a judged gap, got"),
        ({"verdict": "wrong"}, "class.json must have a judged gap, got"),
        ({"values": [1, 2]}, "class.json must have a judged gap, got"),
        ({"values": {"1": "a"}}, "class.json must have a judged gap, got"),
    ],
    ids=str,
)
def test_a_damaged_file_of_a_class(toy, call, tmp_path, parts, said):
    known = {"schema", "lesson", "version", "measures"}
    parts = parts if set(parts) <= known else {"measures": changed(**parts)}
    path = written(tmp_path / "class.json", "toy", **parts)
    assert said in call("toy", "--class", str(path), code=2).err
    assert [path.name for path in tmp_path.iterdir()] == ["class.json"]


def test_a_number_without_end(toy, call, tmp_path):
    path = written(tmp_path / "class.json", "toy")
    path.write_text(re.sub(r'"estimate": [\d.]+', '"estimate": 1e999', path.read_text()))
    assert "must have a judged gap" in call("toy", "--class", str(path), code=2).err


def test_the_class_of_another_lesson(call, tmp_path):
    path = written(tmp_path / "class.json", "tickets")
    said = call("priors", "--class", str(path), code=2).err
    assert "--class must be of priors, got one of tickets" in said


def test_nothing_is_trained(toy, tmp_path):
    script = (
        "import sys\n"
        "for name in ('torch', 'sklearn', 'jupytext', 'nbformat'):\n"
        "    sys.modules[name] = None\n"
        "from labs.kit.cli import main\n"
        "sys.exit(main({}, ['lesson', 'slides', 'toy']))\n"
    )
    command = [sys.executable, "-W", "error", "-c", script]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=240)
    assert (done.returncode, done.stderr) == (0, "")
