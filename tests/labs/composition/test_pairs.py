"""Composition of modules that were trained apart, and its controls."""

from dataclasses import replace

import pytest
import torch

from labs.composition import pairs as module
from labs.composition.aggregation.arithmetic import difference, norm, weight_vector
from labs.composition.examples import examples
from labs.composition.grid import DOMAINS, PRESETS, TASKS, cells
from labs.composition.pairs import WIDE, pairs
from labs.composition.teaching import started, taught

pytestmark = pytest.mark.slow  # trains or draws

CELLS = [replace(cell, steps=3) for cell in cells(PRESETS["smoke"])[:2]]


def stack(method="lora", **change):
    return module._Stack([replace(cell, method=method, **change) for cell in CELLS], "cpu")


def test_the_wrong_module_is_of_another_domain_of_the_same_replicate():
    own = stack()
    (domain,) = taught(own.domain_lesson())
    wrong = module._replaced(own, domain)["wrong"].values["blocks.0.query.B"]
    right = domain.values["blocks.0.query.B"]
    for r in range(2):
        for d in range(WIDE):
            assert torch.equal(wrong[r * WIDE + d], right[r * WIDE + (d + 1) % WIDE])


@pytest.mark.parametrize("method", ["lora", "adapter", "prefix", "lt-sft"])
def test_the_random_change_is_as_long_as_what_was_learned(method):
    own = stack(method)
    (domain,) = taught(own.domain_lesson())
    found = module._replaced(own, domain)["random"]
    if method in ("lora", "lt-sft"):
        learned, drawn = (weight_vector(own.wide_bases, part) for part in (domain, found))
    else:
        start = started(own.domain_lesson()).values
        learned, drawn = (difference(part.values, start) for part in (domain, found))
    assert torch.allclose(norm(drawn), norm(learned), rtol=1e-4)
    assert not any(torch.allclose(drawn[name], learned[name]) for name in learned)
    name = next(name for name, value in drawn.items() if value[0].numel() > 1)
    assert not any(torch.allclose(drawn[name][0], drawn[name][d]) for d in range(1, WIDE))


def test_a_random_mask_moves_the_same_numbers_to_other_places():
    own = stack("lt-sft")
    (domain,) = taught(own.domain_lesson())
    vector = weight_vector(own.wide_bases, domain)
    masked = module._replaced(own, domain)["masked"].values
    name = "blocks.0.widen.weight"
    assert not torch.equal(masked[name], vector[name])
    for one, other in zip(masked[name], vector[name], strict=True):
        assert torch.equal(one.flatten().sort().values, other.flatten().sort().values)


def test_nothing_but_the_oracle_has_seen_a_pair(monkeypatch):
    lessons = []

    def watched(lesson):
        lessons.append(lesson)
        return taught(lesson)

    monkeypatch.setattr(module, "taught", watched)
    found = list(pairs(CELLS, "cpu"))
    by_role = {role: [own for own in lessons if own.role == role] for role in ("domain", "task")}
    (domain,) = by_role["domain"]
    replicates, domains = [0] * WIDE + [1] * WIDE, list(DOMAINS) * 2
    x, digits = examples(replicates, domains, "training", CELLS[0].examples, "cpu")
    assert torch.equal(domain.x, x)
    assert torch.equal(domain.y, digits)
    purpose = "training of a task"
    clean, _ = examples([0, 1], ["clean"] * 2, purpose, CELLS[0].examples, "cpu")
    assert [own.task for own in by_role["task"]] == list(TASKS)
    assert all(torch.equal(own.x, clean) for own in by_role["task"])
    assert len(lessons) == 1 + 2 * len(TASKS)  # and an oracle for each task
    for record in found:
        rows = (record.task, record.composed, record.reversed, record.wrong, record.oracle)
        assert [len(row) for row in rows] == [12] * 5


def test_a_module_that_learned_nothing_composes_to_the_task_alone(monkeypatch):
    def idle(lesson):
        return taught(lesson._replace(rates=[0.0] * len(lesson.rates)))

    monkeypatch.setattr(
        module, "taught", lambda own: (idle if own.role == "domain" else taught)(own)
    )
    for record in pairs(CELLS, "cpu"):
        assert record.composed == record.task
        assert record.domain == record.base
        assert max(record.commutator) < 1e-9


def test_pairs_go_domain_by_domain(monkeypatch):
    monkeypatch.setattr(
        module._Stack,
        "tested",
        lambda self, modules, task: (
            10.0 * torch.arange(4).expand(2, 4) + (TASKS.index(task) if task in TASKS else 0)
        ),
    )
    record = next(pairs(CELLS, "cpu"))
    assert record.composed == [10.0 * d + t for d in range(4) for t in range(3)]


def test_sums_commute_and_stacks_do_not():
    sums, stacks = (
        next(pairs([replace(c, method=m) for c in CELLS], "cpu")) for m in ("bitfit", "adapter")
    )
    assert sums.swapped < 1e-6 < stacks.swapped
    assert max(sums.commutator) < 1e-6 < max(stacks.commutator)


def test_other_signals_and_layers_have_no_oracle_of_their_own():
    for change in ({"signal": "pairs"}, {"layers": "apart"}):
        record = next(pairs([replace(cell, **change) for cell in CELLS], "cpu"))
        assert record.oracle is None
        assert record.head is None
        assert len(record.composed) == 12
