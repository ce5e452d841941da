"""What a stack of adapted networks does: choices, runs, and what is measured."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from labs.adapters import adaptation
from labs.adapters.adaptation import adapted, chosen_rate, run
from labs.adapters.examples import examples, trained_bases
from labs.adapters.grid import IDENTITIES, SEEN, TUNED, UNSEEN, Cell
from labs.adapters.identities import IDENTITY
from labs.adapters.pilot import bases_alone, remapped
from labs.adapters.training import train
from labs.kit.seeds import TUNING
from labs.nn.modules.methods import METHODS
from labs.nn.training import evaluate

pytestmark = pytest.mark.slow  # trains or draws

CELL = Cell("adapt", "lora", "reverse", 100, 20, 16, 40, True, 100, 10, 0)


def some(method: str, **how: object) -> list[Cell]:
    return [replace(CELL, method=method, domain=name, **how) for name in ("reverse", "ramp")]


@pytest.mark.parametrize(
    ("method", "runs"),
    [
        ("lora", 1),
        ("lt-sft", 2),
        ("diff", 2),
        ("ticket", 3),
        ("full-twice", 2),
        ("random-8", 1),
        ("head", 1),
    ],
)
def test_a_method_takes_its_runs_and_leaves_the_base_alone(method, runs):
    for record in adapted(some(method), "cpu"):
        assert record.runs == runs
        assert record.moved == 0
        assert 20 * (runs - 1) < record.needed <= 20 * runs
        assert record.start == 0  # all of these start as the base
        assert record.merging < 1e-4


@pytest.mark.parametrize("method", ["prompt", "lora"])
def test_a_network_s_changes_are_its_own(method):
    cells = some(method, steps=1)
    for cell, record in zip(cells, adapted(cells, "cpu"), strict=True):
        alone = next(adapted([cell], "cpu"))
        assert record.start == pytest.approx(alone.start, rel=1e-3)
        assert record.merging == pytest.approx(alone.merging, abs=1e-5)


def test_what_ships_is_counted():
    shares = {m: next(adapted(some(m), "cpu")) for m in ("lt-sft", "random-8", "bitfit", "full")}
    numbers = {name: record.trained for name, record in shares.items()}
    assert numbers == {"lt-sft": 469, "random-8": 1877, "bitfit": 672, "full": 23466}
    assert shares["lt-sft"].bits == 469 * (32 + 15)
    assert shares["full"].bits == 32 * 23466


def test_the_rate_is_the_best_on_validation_data_of_another_replicate(monkeypatch):
    asked = []

    def watched(cells, weights, rates, device):
        asked.append((cells, list(rates)))
        return run(cells, weights, rates, device)

    monkeypatch.setattr(adaptation, "run", watched)
    adaptation._chosen.cache_clear()
    rate = chosen_rate(CELL, "cpu")
    ((cells, rates),) = asked
    assert {cell.replicate for cell in cells} == {TUNING}
    assert [cell.domain for cell in cells] == [TUNED] * 5
    trained = run(cells, trained_bases(cells, "cpu"), rates, "cpu")
    x, y = examples(cells, "validation", 1000, "cpu")
    assert rate == METHODS["lora"].rates[int(evaluate(trained.net, x, y).accuracy.argmax())]
    assert chosen_rate(replace(CELL, domain="diff", replicate=3), "cpu") == rate
    assert len(asked) == 1  # a choice for all domains and replicates


def test_training_starts_at_the_base_unless_from_scratch():
    full, scratch = (next(adapted(some(m, steps=1), "cpu")) for m in ("full", "scratch"))
    assert full.accuracy > scratch.accuracy + 5


def test_test_validation_and_training_examples_differ():
    parts = [examples([CELL], part, 50, "cpu")[0] for part in ("training", "validation", "test")]
    for one in range(3):
        for other in range(one):
            assert not torch.isclose(parts[one], parts[other]).all(-1).any()


def test_the_pilot_tests_the_base_as_it_is():
    cells = [replace(CELL, question="base", method="", domain=d) for d in ("clean", "reverse")]
    clean, reverse = bases_alone(cells, "cpu")
    assert clean.base == clean.clean == reverse.clean != reverse.base


def test_a_permutation_of_the_answers_is_found_and_tested_on_other_examples():
    right = np.tile(np.arange(10), 20)
    assert remapped((right + 3) % 10, right) == 100
    chance = np.random.default_rng(0)
    assert remapped(chance.integers(10, size=4000), chance.integers(10, size=4000)) < 13


def test_the_identities_hold_on_the_base():
    (record,) = train([replace(CELL, question="identities", method="", domain="")], "cpu")
    assert tuple(IDENTITY) == IDENTITIES
    assert max(record.errors) < 1e-5


def test_a_hypernetwork_is_tested_where_it_was_not_trained():
    assert not set(SEEN.values()) & set(UNSEEN.values())
    cells = [
        replace(CELL, question="hypernetwork", method="metadata", domain="", replicate=r)
        for r in range(2)
    ]
    first, second = train(cells, "cpu")
    assert len(first.unseen) == len(UNSEEN)
    assert first.unseen != second.unseen
    (alone,) = train(cells[1:], "cpu")
    assert alone.unseen == pytest.approx(second.unseen, abs=2)
