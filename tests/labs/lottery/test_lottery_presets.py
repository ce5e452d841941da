"""The lottery's settings: what its presets train, in which stacks, and what is refused."""

from dataclasses import replace

import numpy as np
import pytest

from labs.kit.execute import stacks
from labs.kit.verdicts import FEWEST
from labs.lottery import grid, published
from labs.lottery.lab import LAB


def test_the_paper_preset_has_upstreams_schedule():
    paper = grid.PRESETS["paper"]
    np.testing.assert_allclose(paper.levels, np.linspace(0, 1, 100), atol=1e-6)
    assert paper.levels.index(paper.ticket) == 91
    assert (paper.steps, paper.batch, paper.replicates) == (1501, 100, 1)
    assert (paper.transfer_steps, paper.transfer_batch, paper.every) == (6000, 500, 100)


def test_the_published_preset_is_the_paper_s_often_enough_to_be_judged():
    often = grid.PRESETS["published"]
    assert replace(often, replicates=1) == grid.PRESETS["paper"]
    assert often.replicates >= FEWEST
    assert len(stacks(LAB, grid.cells(often))) == 3 * often.replicates


def test_the_paper_preset_trains_what_upstream_does_in_three_stacks():
    made = stacks(LAB, grid.cells(grid.PRESETS["paper"]))
    arms = [{(c.data, c.arm) for c in stack} for stack in made]
    assert arms == [
        {("own", "dense"), ("own", "lottery"), ("new", "lottery")},
        {("own", "random"), ("new", "random")},
        {("new", "dense")},
    ]
    new = [(c.order, c.start, c.arm) for stack in made for c in stack if c.data == "new"]
    assert {(order, start) for order, start, _ in new} == {*published.NEW_DATA}
    assert len(new) == 15
    assert {c.order for stack in made for c in stack if c.data == "own"} == {"original"}


@pytest.mark.parametrize("preset", ["smoke", "quick", "full"])
def test_presets_have_the_levels_of_the_claims(preset):
    assert {0.8, 0.92, 0.96, 0.98} <= set(grid.PRESETS[preset].levels)


@pytest.mark.parametrize(
    ("preset", "replicates", "networks"),
    [("smoke", 2, 54), ("quick", 6, 29), ("full", 12, 52), ("longer", 6, 100), ("crossed", 12, 34)],
)
def test_a_replicate_is_one_stack(preset, replicates, networks):
    made = stacks(LAB, grid.cells(grid.PRESETS[preset]))
    assert [len(stack) for stack in made] == [networks] * replicates
    assert [{cell.replicate for cell in stack} for stack in made] == [
        {r} for r in range(replicates)
    ]


LEVELS = "levels must ascend from 0, got "
TICKET = r"ticket must be one of the levels \(0.0, .*\), got "


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"replicates": 0}, "replicates must be at least 1, got 0"),
        ({"hidden": 0}, "hidden must be at least 1, got 0"),
        ({"levels": ()}, r"levels must hold at least one value, got \(\)"),
        ({"levels": (0.1, 0.92)}, LEVELS),
        ({"levels": (0.0, 0.96, 0.92)}, LEVELS),
        ({"levels": (0.0, 0.92, 0.92)}, "levels must not repeat a value, got "),
        ({"levels": (0.0, 0.92, 1.1)}, "levels must be at least 0 and at most 1, got "),
        ({"ticket": 0.9}, f"{TICKET}0.9"),
        ({"ticket": 0.0}, "ticket must be above 0 and below 1, got 0.0"),
        ({"levels": (0.0, 1.0), "ticket": 1.0}, "ticket must be above 0 and below 1, got 1.0"),
        ({"steps": 1.5}, "steps must be a whole number, got 1.5"),
        ({"steps": True}, "steps must be a whole number, got True"),
        ({"test_examples": 1500}, "test_examples must be a multiple of 1000, got 1500"),
        ({"parts": ("round",)}, "parts must be .*'round'.*: did you mean 'rounds'"),
        ({"rounds": 0}, "rounds must be at least 1, got 0"),
        ({"levels": [0.0, 0.92]}, r"levels must be a tuple, each a number, got \[0.0, 0.92\]"),
        ({"levels": 0.5}, "levels must be a tuple, each a number, got 0.5"),
        ({"levels": (0.0, "0.92")}, "levels must be a tuple, each a number, got .*'0.92'"),
    ],
)
def test_wrong_settings_are_refused(wrong, message):
    with pytest.raises((ValueError, TypeError), match=message):
        grid.Config(**wrong)
