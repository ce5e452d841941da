"""Names of lines at their ends."""

import pytest

from labs.kit import draw
from labs.kit.ends import named


def test_lines_are_named_at_their_ends_apart_from_each_other():
    _, (ax,) = draw.figure()
    for end, name in ((5.0, "low"), (5.1, "mid"), (9.0, "high"), (7.0, "_unnamed")):
        ax.plot([0, 1], [0, end], "--", label=name, color="C3")
    ax.set_ylim(0, 10)
    named(ax, gap=0.1)
    heights = {text.get_text(): text.get_position()[1] for text in ax.texts}
    assert heights == pytest.approx({"low": 0.455, "mid": 0.555, "high": 0.9})
    samples = ax.lines[4:]
    assert [sample.get_ydata()[0] for sample in samples] == list(heights.values())
    assert {(sample.get_linestyle(), sample.get_color()) for sample in samples} == {("--", "C3")}


def test_an_axes_without_lines_to_name_says_so():
    _, (ax,) = draw.figure()
    ax.axhline(1)
    named(ax)
    assert [text.get_text() for text in ax.texts] == ["no results"]


def test_ends_on_a_logarithmic_axis_and_before_what_is_missing():
    _, (ax,) = draw.figure()
    ax.plot([0, 1, 2], [1, 10, float("nan")], label="short")
    ax.set(yscale="log", ylim=(1, 1000))
    named(ax)
    (text,) = ax.texts
    assert text.get_position()[1] == pytest.approx(1 / 3)


def test_names_of_several_lines_stand_further_apart():
    _, (ax,) = draw.figure()
    for end, name in ((0.5, "of\ntwo"), (0.51, "b")):
        ax.plot([0, 1], [0, end], label=name, marker="o", markevery=[0])
    ax.set_ylim(0, 1)
    named(ax, gap=0.1)
    low, high = sorted(text.get_position()[1] for text in ax.texts)
    assert high - low == pytest.approx(0.2)
    ax.figure.draw_without_rendering()
