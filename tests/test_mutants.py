"""The contract at work: labs with the faults that it is there for, each of which it must find."""

from dataclasses import fields, replace

import pytest

from labs import LABS
from labs.kit import plan as plans
from labs.kit.lab import load
from labs.kit.table import Table, row
from tests.alone import assert_alone_as_together, mixed, records, twins

pytestmark = pytest.mark.slow

FAULTS = {  # a field that networks of a stack must agree in, left out of what they agree in
    "pooling": "arm",
    "benchmark": "change",
    "hyperparameters": "horizon",
}


def all_alone(lab):
    for stack in mixed(lab):
        assert_alone_as_together(lab, stack, records(lab, stack))


@pytest.mark.parametrize("name", FAULTS)
def test_a_field_that_a_stack_must_agree_in_is_missed_where_it_is_left_out(name):
    lab = load(LABS, name)
    mutant = replace(lab, within=(*lab.within, FAULTS[name]))
    with pytest.raises((AssertionError, RuntimeError, ValueError)):
        all_alone(mutant)


def test_a_field_that_a_cell_lacks_leaves_cells_that_are_one():
    lab = load(LABS, "benchmark")

    def without_change(config):
        return [replace(cell, change="") for cell in lab.cells(config)]

    with pytest.raises(ValueError, match="must hold every cell once"):
        plans.resolve(replace(lab, cells=without_change), "smoke")


def test_an_arm_that_is_trained_as_another_is_found():
    lab = load(LABS, "pooling")
    stacks = [s for s in plans.resolve(lab, "smoke").stacks if s[0].arm in ("max", "avg")]

    def rows(arm):
        for stack in stacks:
            meant = [replace(cell, arm=arm or cell.arm) for cell in stack]
            yield from map(row, stack, lab.train(meant, "cpu"))

    assert twins(lab, Table(rows(""))) == []
    found = twins(lab, Table(rows("max")))
    assert {cell["arm"] for cell in found} == {"avg"}
    assert found[0].keys() == {item.name for item in fields(lab.cell)}
