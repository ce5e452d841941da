"""Lines: what their ends are, what lies between, and what a soup averages."""

import pytest
import torch

from labs.composition import lines as module
from labs.composition.differences import digits
from labs.composition.examples import trained_bases
from labs.composition.grid import ALONG, LINES, SOUP
from labs.composition.lines import DOMAIN, DRAW, PACES, lines
from labs.composition.teaching import started, taught
from tests.labs.composition.stacks import cells, moved, right

pytestmark = pytest.mark.slow  # trains or draws


@pytest.fixture
def lessons(monkeypatch):
    """What was taught, and the module that it gave."""
    given = []

    def watched(lesson):
        given.append((lesson, taught(lesson)))
        return given[-1][1]

    monkeypatch.setattr(module, "taught", watched)
    return given


def unseen(own):
    return digits(own, DOMAIN, "test", own[0].tests, "cpu")


@pytest.mark.parametrize("line", LINES)
def test_every_line_has_a_point_each_and_only_full_fine_tuning_a_soup(line):
    own = cells("line", line)
    records = list(lines(own, "cpu"))
    assert [len(record.line) for record in records] == [len(ALONG)] * len(own)
    assert records[0].line != records[1].line
    for record in records:
        if line == "full":
            assert len(record.singles) == SOUP
            assert record.singles[:2] == [record.line[0], record.line[-1]]
        else:
            assert (record.singles, record.soup) == (None, None)


def test_networks_that_learn_nothing_are_their_bases(monkeypatch):
    monkeypatch.setattr(module, "chosen_rate", lambda *_: 0.0)
    own = cells("line", "full")
    others = [trained_bases(module._drawn(own, draw), "cpu") for draw in range(2)]
    ends = [right(own, weights, unseen(own)) for weights in others]
    for m, record in enumerate(lines(own, "cpu")):
        assert [*record.line, *record.singles, record.soup] == [ends[0][m]] * (11 + SOUP + 1)
    middle = {name: (value + others[1][name]) / 2 for name, value in others[0].items()}
    between = right(own, middle, unseen(own))
    assert ends[0] != ends[1]
    for m, record in enumerate(lines(cells("line", "full-bases"), "cpu")):
        assert (record.line[0], record.line[-1]) == (ends[0][m], ends[1][m])
        assert record.line[5] == pytest.approx(between[m], abs=2)


def test_a_soup_is_the_mean_of_the_weights(lessons):
    own = cells("line", "full")
    records = list(lines(own, "cpu"))
    vectors = [given.values for _, (given,) in lessons]
    soup = right(own, moved(trained_bases(own, "cpu"), *vectors, scale=[1 / SOUP]), unseen(own))
    assert [record.soup for record in records] == pytest.approx(soup, abs=2)
    rates = [lesson.rates[0] / lessons[0][0].rates[0] for lesson, _ in lessons]
    assert rates == list(PACES)


@pytest.mark.parametrize("line", ["full", "full-bases", "adapter", "adapter-starts", "lora-starts"])
def test_ends_differ_in_examples_and_order_and_where_asked_in_base_or_start(line, lessons):
    list(lines(cells("line", line), "cpu"))
    first, second = (lesson for lesson, _ in lessons[:2])
    assert list(first.replicates) == [0, 1]
    assert list(second.replicates) == [DRAW, DRAW + 1]  # whose batch order it has
    assert not torch.isclose(first.x, second.x).all(-1).any()
    for name, value in first.weights.items():
        assert torch.equal(value, second.weights[name]) == (line != "full-bases")
    if not line.startswith("full"):
        starts = [started(lesson).values for lesson in (first, second)]
        drawn = [name for name, value in starts[0].items() if value.any()]
        assert drawn
        for name in drawn:
            assert torch.equal(*(start[name] for start in starts)) != line.endswith("starts")


def test_a_line_of_lora_is_one_of_weights(lessons):
    own = cells("line", "lora", steps=10)
    records = list(lines(own, "cpu"))
    changes = [
        {
            name[: -len(".A")] + ".weight": value @ given.values[name[:-1] + "B"]
            for name, value in given.values.items()
            if name.endswith(".A")
        }
        for _, (given,) in lessons
    ]
    base = trained_bases(own, "cpu")
    middle = right(own, moved(base, *changes, scale=[0.5]), unseen(own))
    assert [record.line[5] for record in records] == pytest.approx(middle, abs=2)
    end = right(own, moved(base, changes[1]), unseen(own))
    assert [record.line[-1] for record in records] == pytest.approx(end, abs=2)


@pytest.mark.parametrize("line", ["full", "adapter-starts"])
def test_a_replicate_has_the_same_line_alone(line):
    own = cells("line", line)
    alone, stacked = next(lines(own[1:], "cpu")), list(lines(own, "cpu"))[1]
    assert alone.line == pytest.approx(stacked.line, abs=2)
    assert alone.clean == pytest.approx(stacked.clean, abs=2)
