"""Inventories of modules that tasks of two skills share."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from labs.nn.base import SMALL, logits
from labs.nn.modules.lora import LoRA
from labs.nn.modules.module import Module
from labs.nn.modules.names import LINEARS
from labs.routing.grid import PRESETS, SHARERS, SKILLS, UNSEEN, cells
from labs.routing.inventory import PACE, accuracies, crossed, logistic
from labs.routing.pairs import split, truth
from labs.routing.skills import TRIED, Sharing, examples, skills

pytestmark = pytest.mark.slow
TINY = replace(PRESETS["smoke"], skills=True, examples=30, steps=5, base_steps=5, batch=8, tests=20)
CELLS = {cell.router: cell for cell in cells(TINY) if cell.question == "skills"}


def sharing(router, replicates=(0, 1), rate=0.01):
    return Sharing(CELLS[router], list(replicates), [rate] * len(replicates), "cpu")


def few(own):
    return own.few(own.start().bank.detach())


@pytest.fixture(scope="module")
def signals():
    own = sharing("told")
    return examples(own, own.seen(), "training", 30)


def test_a_relaxed_bernoulli_variable_is_above_a_half_as_often_as_its_probability():
    own = [torch.Generator().manual_seed(seed) for seed in (0, 1)]
    noise = logistic((100_000,), own)
    for scores, probability in ((0.0, 0.5), (1.0, 0.7311), (-2.0, 0.1192)):
        found = ((scores + noise).sigmoid() > 0.5).double().mean(1)
        assert found.tolist() == pytest.approx([probability] * 2, abs=0.006)
    expected = torch.distributions.RelaxedBernoulli(torch.tensor(1.0), logits=torch.tensor(1.0))
    quantiles = torch.tensor([0.1, 0.25, 0.5, 0.75, 0.9])
    torch.manual_seed(0)
    own, published = (
        torch.quantile(drawn, quantiles)
        for drawn in ((1 + noise[0]).sigmoid(), expected.sample((100_000,)))
    )
    assert own.tolist() == pytest.approx(published.tolist(), abs=0.01)


def test_z_of_those_who_are_told_is_the_truth_and_of_others_near_a_half():
    told, found = (sharing(name).start() for name in ("told", "polytropon"))
    for m in (0, 1):
        assert (2 * told.mixture()[m]).tolist() == truth(split(m)[0]).tolist()
    z = found.skills()
    assert z.shape == (2, 11, len(SKILLS))
    assert 1e-5 < (z - 0.5).abs().max() < 2.6e-4
    assert (z[0] != z[1]).any()
    assert found.train().mixture().sum(-1).tolist() == pytest.approx(np.ones((2, 11)))
    assert sharing("private").start().mixture()[1].tolist() == np.eye(11).tolist()
    assert sharing("shared").start().mixture().shape == (2, 11, 1)


def test_noise_is_drawn_in_training_alone_and_anew_every_time():
    net = sharing("polytropon").start()
    first, second = net.mixture(), net.mixture()
    assert (first != second).any()
    assert (first[0] != first[1]).any()
    net.eval()
    assert (net.mixture() == net.mixture()).all()
    assert net.mixture().detach().numpy() == pytest.approx(1 / len(SKILLS), abs=1e-3)


def test_a_tasks_module_is_the_mean_of_its_skills():
    own = sharing("told")
    net = own.start()
    with torch.no_grad():
        net.bank.normal_(std=0.1)
    x = torch.randn(2, 3, 11, 40)
    found = net(x).unflatten(1, (3, 11))
    kind, task = LoRA(4, LINEARS), 2
    shapes = kind.start(own.weights(), SMALL, own.generators("any")).values
    for m in (0, 1):
        members = [SKILLS.index(skill) for skill in split(m)[0][task]]
        flat = net.bank[m, members].mean(0)
        parts = flat.split([v[0].numel() for v in shapes.values()])
        values = {
            n: p.view(1, *v.shape[1:]) for (n, v), p in zip(shapes.items(), parts, strict=True)
        }
        base = {name: value[m : m + 1] for name, value in own.weights().items()}
        alone = logits(base, x[m : m + 1, :, task], [Module(kind, values)], SMALL.heads)
        assert torch.allclose(alone[0], found[m, :, task], atol=1e-5)


@pytest.mark.parametrize(
    ("router", "trained"),
    [("polytropon", {"bank", "rows"}), ("told", {"bank"}), ("private", {"bank"})],
)
def test_what_trains(router, trained, signals):
    own = sharing(router)
    net = own.start()
    assert {name for name, _ in net.named_parameters()} == trained
    base = {name: value.clone() for name, value in net.base.items()}
    bank, rows = net.bank.detach().clone(), net.rows.detach().clone()
    own.learned(net)
    assert (net.bank != bank).any()
    assert (net.rows != rows).any() if "rows" in trained else (net.rows == rows).all()
    assert all((net.base[name] == value).all() for name, value in base.items())


def test_a_new_row_alone():
    own = sharing("polytropon")
    bank = own.start().bank.detach()
    net = own.few(bank, frozen=True)
    assert {name for name, _ in net.named_parameters()} == {"rows"}
    before = net.skills()
    own.adapted(net)
    assert (net.bank == bank.repeat_interleave(UNSEEN, 0)).all()
    # modules that add nothing get no gradient, and neither does their row
    assert (net.skills() == before).all()


def test_steps_of_z_are_larger_by_its_pace():
    own = sharing("polytropon", rate=0.001)._replace(cell=replace(CELLS["polytropon"], steps=2))
    net = own.start()
    with torch.no_grad():
        net.bank.normal_(std=0.1)
    before = torch.logit(net.skills())
    own.learned(net)
    moved = (torch.logit(net.skills()) - before).abs().max()
    # Adam's first steps are its rate each, here in two steps of a cosine: 1 and 1 / 2
    assert float(moved) == pytest.approx(1.5 * 0.001 * PACE, rel=0.1)


def test_copies_go_to_unseen_pairs_and_private_networks_start_anew():
    for router in ("shared", "wide", "told", "polytropon"):
        own = sharing(router)
        bank = own.start().bank.detach() + 1
        net = own.few(bank)
        assert net.members == 2 * UNSEEN
        assert (net.bank.view(2, UNSEEN, *bank.shape[1:]) == bank.unsqueeze(1)).all()
    own = sharing("private")
    net = own.few(own.start().bank.detach() + 1)
    assert net.bank.shape[1] == 1
    assert (net.bank[:UNSEEN] == own.start().bank[0, 0]).all()
    rows = few(sharing("told")).rows.view(2, UNSEEN, -1)
    assert (2 * rows[1]).tolist() == truth(split(1)[1]).tolist()


def test_wide_modules_have_as_many_numbers_as_an_inventory():
    wide, own = (sharing(name).start().bank for name in ("wide", "told"))
    assert wide.shape[1] == 1
    assert wide[0].numel() == own[0].numel()


def test_crossed_networks_have_the_next_tasks_row():
    net = sharing("told").start()
    assert (crossed(net).mixture()[:, 0] == net.mixture()[:, 1]).all()
    assert (crossed(net).mixture()[:, -1] == net.mixture()[:, 0]).all()


def test_accuracies_are_of_each_task(signals):
    net = sharing("told").start()
    x, _ = signals
    right = net(x).argmax(-1).unflatten(1, (30, 11))
    labels = right.clone()
    labels[0, :, 3] = (labels[0, :, 3] + 1) % 10
    found = accuracies(net, x, labels)
    assert found[0].tolist() == [100.0] * 3 + [0.0] + [100.0] * 7
    assert (found[1] == 100).all()


def test_training_helps(signals):
    own = sharing("shared")._replace(cell=replace(CELLS["shared"], steps=60))
    net = own.start()
    before = accuracies(net, *signals).mean()
    own.learned(net)
    assert accuracies(net, *signals).mean() > before + 5


@pytest.mark.parametrize("router", ["polytropon", "private"])
def test_a_member_alone_and_in_a_stack(router):
    own = [replace(CELLS[router], replicate=r) for r in (0, 1)]
    stack, alone = list(skills(own, "cpu")), list(skills(own[1:], "cpu"))
    assert stack[1].rates == alone[0].rates
    assert set(alone[0].rates) <= set(TRIED)
    for name in ("untaught", "seen", "zero", "unseen", "routed"):
        first, second = getattr(stack[1], name), getattr(alone[0], name)
        assert (first is None) == (second is None)
        if first is not None:
            assert np.abs(np.subtract(first, second)).max() <= 5  # one example of 20
    if router == "polytropon":
        assert np.allclose(stack[1].z, alone[0].z, atol=1e-4)
        assert np.shape(stack[1].z_unseen) == (UNSEEN, len(SKILLS))


def test_all_ways_to_share_are_tried():
    assert set(CELLS) == set(SHARERS)
