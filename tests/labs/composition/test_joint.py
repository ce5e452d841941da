"""Joint training on all pairs but those held out."""

from dataclasses import replace

import pytest
import torch
import torch.nn.functional as F

from labs.composition import joint as module
from labs.composition.examples import examples, sizes, trained_bases
from labs.composition.grid import DOMAINS, PAIRS, PRESETS, TASKS, cells
from labs.composition.joint import FIRST, LEARNED, NETWORKS, SIZES, by_task, held_out, joint
from labs.nn.base import logits

pytestmark = pytest.mark.slow  # trains or draws

CELLS = [cell for cell in cells(PRESETS["smoke"]) if cell.question == "joint"]


def test_every_pair_is_held_out_once_and_a_network_knows_its_domains_and_tasks():
    held = [held_out(network) for network in range(NETWORKS)]
    assert sorted(pair for own in held for pair in own) == sorted(PAIRS)
    for own in held:
        assert len({domain for domain, _ in own}) == len({task for _, task in own}) == len(TASKS)


def test_a_mixture_has_all_pairs_but_those():
    _, y = module._mixture(CELLS[0], 0, 2, "cpu")
    count = CELLS[0].examples
    combinations = (1 + len(DOMAINS)) * len(LEARNED) - len(TASKS)
    assert len(y) == combinations * count
    for first, size, task in zip(FIRST, SIZES, LEARNED, strict=True):
        domains = 1 + len(DOMAINS) - (task != "digit")
        assert ((y >= first) & (y < first + size)).sum() == domains * count


def test_the_loss_is_cross_entropy_over_a_tasks_own_outputs():
    outputs = torch.randn(1, 4, sum(SIZES), generator=torch.Generator().manual_seed(0))
    labels = torch.tensor([[3, 12, 21, 25]])
    expected = [
        F.cross_entropy(outputs[:, i, first : first + size], labels[:, i] - first)
        for i, (first, size) in enumerate(zip(FIRST, SIZES, strict=True))
    ]
    assert by_task(outputs, labels).item() == pytest.approx(torch.stack(expected).mean().item())


def test_a_held_out_pair_is_read_by_the_network_that_holds_it_out(monkeypatch):
    def tested(cell, replicates, pair, *rest):
        place = 100.0 * DOMAINS.index(pair[0]) + 10 * TASKS.index(pair[1])
        return torch.tensor([place + m for m in range(len(replicates))])

    monkeypatch.setattr(module, "_tested", tested)
    monkeypatch.setattr(module, "_rate", lambda cell, device: 1e-3)
    records = list(joint([replace(cell, steps=2) for cell in CELLS], "cpu"))
    for r, record in enumerate(records):
        for (domain, task), value in zip(PAIRS, record.joint, strict=True):
            place = 100 * DOMAINS.index(domain) + 10 * TASKS.index(task)
            network = int(value - place) - NETWORKS * r
            assert (domain, task) in held_out(network)


def test_a_pair_is_judged_by_its_tasks_outputs():
    weights = trained_bases(CELLS[:1], "cpu")
    found = module._trained(CELLS[0], [0], [0], weights, [1e-3], "cpu")
    outputs = [
        *found[:-1],
        replace(found[-1], values={n: 0 * v for n, v in found[-1].values.items()}),
    ]
    outputs[-1].values["head.bias"][..., 0] = 5.0  # the digit 0 before all, whatever is asked
    outputs[-1].values["head.bias"][..., FIRST[2] + 1] = 1.0  # and odd before even
    percent = module._tested(
        CELLS[0], [0], ("ramp", "parity"), weights, outputs, "test", 200, "cpu"
    )
    assert percent.item() == pytest.approx(50, abs=8)
    assert percent.item() > 0


def test_a_network_starts_from_the_base_with_its_head_of_digits():
    weights, heads = trained_bases(CELLS[:1], "cpu"), sizes(CELLS[0]).heads
    still = module._trained(CELLS[0], [0], [0], weights, [0.0], "cpu")
    x, _ = examples([0], ["clean"], "test", 20, "cpu")
    outputs = logits(weights, x, still, heads)
    assert torch.allclose(outputs[..., : SIZES[0]], logits(weights, x, [], heads), atol=1e-6)
