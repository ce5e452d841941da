"""Training apart: what starts where, what trains, and what the tests count."""

from dataclasses import replace

import pytest
import torch

from labs.composition.examples import examples, generators, sizes, trained_bases
from labs.composition.grid import PRESETS, cells
from labs.composition.teaching import (
    Lesson,
    accuracies,
    blocks_of,
    head_alone,
    kind,
    started,
    taught,
)
from labs.nn.base import logits

pytestmark = pytest.mark.slow  # trains or draws

CELLS = [cell for cell in cells(PRESETS["smoke"]) if cell.method == "lora"][:2]
REPLICATES = [0, 1]


def lesson(method="lora", task="digit", steps=3, **change):
    weights = trained_bases(CELLS, "cpu")
    cell = replace(CELLS[0], steps=steps, method=method)
    x, y = examples(REPLICATES, ["clean"] * 2, "training", 40, "cpu", task)
    own = Lesson(cell, method, REPLICATES, weights, x, y, [1e-2] * 2, "task", task)
    return own._replace(**change)


@pytest.mark.parametrize(
    ("layers", "role", "blocks"),
    [("all", "task", None), ("apart", "domain", (0,)), ("apart", "task", (1,))],
)
def test_modules_apart_stand_in_blocks_of_their_own(layers, role, blocks):
    cell = replace(CELLS[0], layers=layers)
    assert blocks_of(cell, role) == blocks
    module = started(lesson(blocks=blocks_of(cell, role)))
    found = {int(name.split(".")[1]) for name in module.values}
    assert found == set(blocks or (0, 1))


def test_modules_of_all_parameters_leave_the_head_as_it_is():
    for method in ("lt-sft", "full"):
        names = started(lesson(method)).values
        assert names
        assert not any(name.startswith("head") for name in names)
    assert kind("bitfit").of == ("first.bias", "second.bias", "blocks.*.bias", "norm.bias")


def test_a_start_depends_on_replicate_and_role_alone():
    task, domain = started(lesson()), started(lesson(role="domain"))
    name = "blocks.0.query.A"
    assert torch.equal(task.values[name], started(lesson(steps=9)).values[name])
    assert not torch.equal(task.values[name], domain.values[name])
    assert not torch.equal(task.values[name][0], task.values[name][1])


def test_a_task_with_an_answer_of_its_own_gets_a_head_that_trains():
    own = taught(lesson(task="parity"))
    assert [part.values["head.weight"].shape[-1] for part in own[1:]] == [2]
    (alone,) = head_alone(lesson(task="parity"))
    (unmoved,) = head_alone(lesson(task="parity", rates=[0.0, 0.0]))
    assert not torch.equal(alone.values["head.weight"], unmoved.values["head.weight"])
    assert len(taught(lesson(task="permuted"))) == 1


def test_training_moves_modules_and_no_base():
    own = lesson()
    before = {name: value.clone() for name, value in own.weights.items()}
    (module,) = taught(own)
    assert module.values["blocks.0.query.B"].abs().max() > 0
    assert all(torch.equal(value, own.weights[name]) for name, value in before.items())


def test_what_acts_before_is_frozen_and_is_trained_behind():
    (first,) = taught(lesson())
    (second,) = taught(lesson(before=[first]))
    (alone,) = taught(lesson())
    name = "blocks.0.query.B"
    assert torch.equal(alone.values[name], first.values[name])
    assert not torch.equal(second.values[name], first.values[name])


def test_accuracies_are_those_of_the_logits():
    own = lesson()
    modules = taught(own)
    x, y = examples(REPLICATES, ["reverse", "diff"], "test", 120, "cpu")
    for acting in ([], modules):
        outputs = logits(own.weights, x, acting, sizes(own.cell).heads)
        expected = 100 * (outputs.argmax(-1) == y).double().mean(1)
        assert torch.allclose(accuracies(own.cell, own.weights, acting, x, y), expected)


def test_streams_are_of_their_purpose():
    draws = {
        (purpose, r): torch.rand(1, generator=g).item()
        for purpose in ("one", "other")
        for r, g in zip(REPLICATES, generators(REPLICATES, purpose), strict=True)
    }
    assert len(set(draws.values())) == 4
