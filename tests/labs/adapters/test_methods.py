"""The table of methods: what a row must say, and what the survey's specification counts."""

from dataclasses import replace
from itertools import groupby

import pytest

from labs.adapters.costs import costs
from labs.adapters.estimates import runs
from labs.adapters.grid import PRESETS, WITHIN, cells
from labs.nn.base import STANDARD, Base
from labs.nn.modules.methods import BUDGET, METHODS, PARAMETERS, ROWS


@pytest.mark.parametrize("name", METHODS)
def test_a_row_is_whole(name):
    method = METHODS[name]
    assert method.row in ROWS
    assert len(method.rates) == 5
    assert list(method.rates) == sorted(method.rates)
    assert method.procedure.resolve()
    assert method.kind(**method.settings)
    if method.keep is not None:
        assert runs(name) > 1 or "mask" in method.procedure.path


def test_the_budget_is_about_two_percent():
    shares = {name: costs(name, False).share for name in BUDGET}
    assert all(0.3 < share < 3.1 for share in shares.values()), shares
    assert {METHODS[name].row for name in BUDGET} == {"parameter", "input", "function"}


def test_a_step_through_a_frozen_base_costs_two_thirds_and_less_where_it_ends_early():
    share = {name: costs(name, False).step_macs for name in ("full", "bitfit", "norms", "head")}
    assert share["full"] == 1
    assert 2 / 3 < share["bitfit"] < 0.75  # bias gradients need no product, the stem's input none
    assert 0.6 < share["norms"] < share["bitfit"]  # no gradient goes below the first block
    assert share["head"] == pytest.approx(1 / 3, abs=0.01)


def test_a_base_has_as_many_parameters_as_the_table_says():
    assert Base(1, STANDARD).parameter_count() == PARAMETERS


def test_a_network_is_asked_for_once_and_stacks_differ_in_domain_and_replicate_only():
    found = cells(PRESETS["full"])
    assert len(found) == len(set(found))
    key = lambda cell: replace(cell, domain="", replicate=0)  # noqa: E731
    for _, stack in groupby(sorted(found, key=lambda c: repr(key(c))), key=key):
        assert len({(cell.domain, cell.replicate) for cell in stack}) > 1
    assert set(WITHIN) == {"domain", "replicate"}


def test_few_examples_train_half_as_long():
    steps = {cell.examples: cell.steps for cell in cells(PRESETS["full"]) if cell.method == "lora"}
    assert steps == {100: 150, 1500: 300}
