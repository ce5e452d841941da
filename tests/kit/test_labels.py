"""Names beside lines: at their ends, apart from each other, none lost."""

import pytest

from labs.kit import draw, labels


def drawn(lines):
    with draw.style():
        figure, (ax,) = draw.figure()
        for name, ends in lines.items():
            ax.plot([0, 1], ends, label=name)
        ax.set_ylim(0, 1)
        labels.beside(ax)
        figure.draw_without_rendering()
    return {text.get_text(): text.get_position()[1] for text in ax.texts}


def test_names_stand_at_the_ends_of_lines():
    assert drawn({"low": [0.9, 0.2], "high": [0.1, 0.7], "_unnamed": [0, 0.5]}) == {
        "low": pytest.approx(0.2),
        "high": pytest.approx(0.7),
    }


def test_names_that_are_near_stand_apart_by_their_lines():
    for name, lines in (("b", 1), ("two\nlines", 2)):
        heights = sorted(drawn({"a": [0, 0.5], name: [0, 0.51]}).values())
        assert heights[1] - heights[0] == pytest.approx(lines * labels.STEP)


def test_the_end_is_the_last_point_that_is_one():
    assert drawn({"short": [0.3, float("nan")]}) == {"short": pytest.approx(0.3)}


def test_of_no_lines_it_says_so():
    assert list(drawn({})) == ["no results"]


@pytest.mark.parametrize(
    ("heights", "expected"),
    [
        ([], []),
        ([0.0, 0.0], [0.0, 1.0]),
        ([5.0, 5.0], [4.0, 5.0]),
        ([1.0, 3.0], [1.0, 3.0]),
        ([2.0, 2.0, 2.0], [1.0, 2.0, 3.0]),
    ],
)
def test_heights_stand_apart(heights, expected):
    assert labels.apart(heights, 1.0, 0.0, 5.0) == expected
