"""What a notebook works with: how a lesson begins, and the figures that it keeps."""

import json
import subprocess
import sys

import matplotlib as mpl
import pytest

from labs.course import clock, data, figure, show, start
from labs.kit import draw
from tests.course.students import said

pytestmark = pytest.mark.usefixtures("term")
NOTEBOOK = """
import sys
from IPython.core.interactiveshell import InteractiveShell
shell = InteractiveShell.instance()
from labs.course import figure, show, start
start("gain")
drawn, (ax,) = figure()
ax.plot([1, 2])
shown, _ = shell.display_formatter.format(show(drawn, "A line."))
assert shown["image/png"].startswith(b"\\x89PNG"), shown
assert "matplotlib.pyplot" not in sys.modules
"""


@pytest.fixture(autouse=True)
def own_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with draw.style():  # what a lesson sets ends with the test
        yield


def line():
    drawn, (ax,) = figure()
    ax.plot([1, 3, 2])
    ax.set_title("A line")
    return drawn


def test_a_figure_is_kept_as_png_and_svg_the_same_every_time(tmp_path):
    said(start, "gain")
    text = said(show, line(), "It rises and falls.")
    assert text == "gain-own: It rises and falls.\n"
    first = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    assert sorted(first) == ["gain-own.png", "gain-own.svg"]
    drawn = line()
    assert show(drawn, "Again.") is drawn
    assert first == {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    said(show, line(), "Another.", name="vary")
    assert (tmp_path / "gain-vary.svg").read_bytes() == first["gain-own.svg"]


def test_figures_of_pyplot_are_kept_and_not_shown_twice():
    from matplotlib import pyplot

    said(start, "gain")
    drawn, ax = pyplot.subplots()
    ax.plot([1, 2])
    said(show, drawn, "A line.")
    assert not pyplot.fignum_exists(drawn.number)


def test_a_notebook_shows_it(tmp_path):
    prepared = "import labs.course.register as r; r.REGISTER = 'tests.course.term'" + NOTEBOOK
    done = subprocess.run([sys.executable, "-c", prepared], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("name", ["", "../own", "a b", "Own", "a.b"])
def test_a_name_that_is_no_word_is_refused(tmp_path, name):
    said(start, "gain")
    with pytest.raises(ValueError, match="name must be of small letters"):
        show(line(), "A line.", name=name)
    assert [*tmp_path.iterdir()] == []


def test_what_is_no_figure_is_refused(tmp_path):
    said(start, "gain")
    for wrong in (None, "figure", line().axes[0]):
        with pytest.raises(TypeError, match="figure must be one of matplotlib, got"):
            show(wrong, "A line.")
    assert [*tmp_path.iterdir()] == []


def test_a_lesson_draws_in_the_style_of_the_kit():
    mpl.rcParams["axes.spines.top"] = True
    backend = mpl.rcParams._get("backend")
    said(start, "gain")
    assert not mpl.rcParams["axes.spines.top"]
    assert mpl.rcParams["svg.hashsalt"] == "labs"
    assert mpl.rcParams._get("backend") == backend


def test_a_lesson_says_how_long_it_takes_on_this_machine(tmp_path, monkeypatch):
    monkeypatch.setattr(clock.register, "folder", lambda: tmp_path)
    assert "the run takes" not in said(start, "gain")
    times = {"gain": {"run": 20.0, "whole": 30.0, "yardstick": 0.5}}
    (tmp_path / "times.json").write_text(json.dumps(times))
    monkeypatch.setattr(clock, "yardstick", lambda: 0.75)
    assert "the run takes about 30 s here\n" in said(start, "gain")
    assert "the run takes" not in said(start, "many")
    monkeypatch.setenv("LABS_SCALE", "smoke")
    assert "the run takes about 2 s here\n" in said(start, "gain")


def test_the_yardstick_is_short():
    assert 0 < clock.yardstick() < 5


@pytest.mark.parametrize("replicate", [-1, 2**32 - 42, 2**40, True, 1.0, "1"])
def test_a_replicate_whose_seed_does_not_fit_is_refused_at_the_start(replicate):
    with pytest.raises(ValueError, match="replicate must be a whole number from 0 to 4294967253"):
        start("gain", replicate=replicate)


def test_the_largest_replicate_has_data():
    said(start, "gain", replicate=2**32 - 43)
    assert data().x.shape == (4000, 40)
