"""The stacked net of a frozen base with modules: what trains in it, and what it takes."""

import pytest
import torch

from labs.nn.base import logits
from labs.nn.losses import cross_entropy
from labs.nn.modules.adapted import Adapted
from labs.nn.modules.adapter import Adapter
from labs.nn.modules.diff_pruning import DiffPruning
from labs.nn.modules.hypernetwork import Hypernetwork
from labs.nn.modules.lora import LoRA
from labs.nn.modules.prompt import Prompt
from labs.nn.modules.scaling import FiLM
from labs.nn.training import evaluate
from tests.nn.modules.kinds import TINY, base, generators, moved, signals, started
from tests.nn.random_data import generator


def adapted(modules, weights=None, **options):
    return Adapted(base() if weights is None else weights, modules, heads=2, **options)


def labels(examples=3, members=2):
    return torch.randint(10, (members, examples), generator=generator(3))


def test_it_is_the_base_with_its_modules():
    modules = [moved(started(LoRA())), moved(started(Prompt()))]
    net = adapted(modules)
    expected = logits(base(), signals(), modules, 2)
    assert torch.equal(net(signals()), expected)
    assert net.members == 2
    assert net.parameter_count() == sum(module.count() for module in modules)
    for ours, module in zip(net.result(), modules, strict=True):
        assert ours.kind == module.kind
        assert all(torch.equal(ours.values[n], v) for n, v in module.values.items())
    scores = evaluate(net, signals(), labels(), chunk=2)
    assert torch.equal(scores.predicted, expected.argmax(-1))


def test_training_moves_no_value_that_it_was_given():
    module = moved(started(LoRA()))
    before = {n: v.clone() for n, v in module.values.items()}
    net = adapted([module])
    with torch.no_grad():
        for p in net.parameters():
            p += 1
    result = net.result()[0]
    with torch.no_grad():
        for p in net.parameters():
            p += 1
    for name, value in before.items():
        assert torch.equal(module.values[name], value)
        assert torch.equal(result.values[name], value + 1)


@pytest.mark.parametrize("frozen", [0, 1, 2])
def test_frozen_modules_act_and_get_no_gradient(frozen):
    modules = [moved(started(kind)) for kind in (Adapter(), FiLM(), LoRA())]
    for module in modules:
        for value in module.values.values():
            value.requires_grad_()  # as it is where a caller has trained them by hand
    net = adapted(modules, frozen=frozen)
    assert len(net.trained) == sum(len(m.values) for m in modules[frozen:])
    cross_entropy(net(signals()), labels()).sum().backward()
    assert all(p.grad.abs().sum() > 0 for p in net.parameters())
    assert all(v.grad is None for m in modules for v in m.values.values())
    assert torch.equal(net(signals()), logits(base(), signals(), modules, 2))
    for now, module in zip(net.modules_now()[:frozen], modules, strict=False):
        assert not any(v.requires_grad for v in now.values.values())
        assert all(torch.equal(now.values[n], v) for n, v in module.values.items())


def test_a_base_that_asks_for_gradients_gets_none():
    weights = {name: v.requires_grad_() for name, v in base().items()}
    cross_entropy(adapted([started(LoRA())], weights)(signals()), labels()).sum().backward()
    assert all(v.grad is None for v in weights.values())


def gated(by=0.2):
    module = started(DiffPruning())
    return module.with_values({n: v + by * (n[0] == "w") for n, v in module.values.items()})


def test_chance_acts_in_training_and_in_what_trains_alone():
    trains, frozen = adapted([gated()]), adapted([gated(), started(LoRA())], frozen=1)
    assert not torch.equal(trains(signals()), trains(signals()))
    assert torch.equal(trains.eval()(signals()), trains(signals()))
    assert torch.equal(frozen(signals()), trains(signals()))
    [result] = trains.train().result()
    assert torch.equal(logits(base(), signals(), [result], 2), trains.eval()(signals()))


def test_the_penalty_is_that_of_what_trains():
    one = gated().penalty()
    assert torch.equal(adapted([gated()]).penalty(), one)
    torch.testing.assert_close(adapted([gated(), started(LoRA()), gated()]).penalty(), 2 * one)
    frozen = adapted([gated(), gated(), started(LoRA())], frozen=1).penalty()
    assert torch.equal(frozen, one)
    assert torch.equal(adapted([gated(), started(LoRA())], frozen=1).penalty(), torch.zeros(2))


@pytest.mark.parametrize("bases", [1, 6])
def test_domains_side_by_side_are_domains_one_by_one(bases):
    kind = Hypernetwork(metadata=3)
    module = moved(kind.start(base(), TINY, generators()))
    metadata = torch.randn(2, 3, 3, generator=generator(5), dtype=torch.float64)
    x, weights = signals(6, 4).unflatten(0, (2, 3)).transpose(1, 2), base(bases)
    net = adapted([kind.described(module, metadata)], weights)
    together = net(x)
    assert net.members == 2
    assert together.shape == (2, 4 * 3, 10)
    for m in range(2):
        for domain in range(3):
            one = kind.described(module.of([m]), metadata[m : m + 1, domain : domain + 1])
            at = m * 3 + domain if bases > 1 else 0
            own = {n: v[at : at + 1] for n, v in weights.items()}
            alone = logits(own, x[m : m + 1, :, domain], [one], 2)
            torch.testing.assert_close(together[m, domain::3], alone[0], rtol=0, atol=1e-11)


def test_one_module_for_many_domains_learns_from_all():
    kind = Hypernetwork(metadata=3)
    metadata = torch.randn(2, 3, 3, generator=generator(5), dtype=torch.float64)
    net = adapted([kind.described(started(kind), metadata)], base(1))
    x, y = signals(6, 4).unflatten(0, (2, 3)).transpose(1, 2), labels(12)
    cross_entropy(net(x), y).sum().backward()
    whole = [p.grad.clone() for p in net.parameters()]
    total = [torch.zeros_like(g) for g in whole]
    for domain in range(3):
        one = adapted([kind.described(started(kind), metadata[:, domain : domain + 1])], base(1))
        cross_entropy(one(x[:, :, domain]), y[:, domain::3]).sum().backward()
        total = [t + p.grad / 3 for t, p in zip(total, one.parameters(), strict=True)]
    for ours, theirs in zip(whole, total, strict=True):
        torch.testing.assert_close(ours, theirs, rtol=0, atol=1e-11)


def of_domains(domains):
    kind = Hypernetwork(metadata=3)
    return kind.described(started(kind), torch.zeros(2, domains, 3))


REFUSED = {
    r"modules must be .* at least 1, got 0": lambda: adapted([]),
    r"frozen must be in 0..0, got 1": lambda: adapted([started(LoRA())], frozen=1),
    r"frozen must be in 0..0, got -1": lambda: adapted([started(LoRA())], frozen=-1),
    r"modules must have the same number of members, got \[2, 3\]": lambda: adapted(
        [started(LoRA()), started(LoRA(), 3)]
    ),
    r"modules must serve the same number of domains, got \[2, 4\]": lambda: adapted(
        [started(LoRA()), of_domains(2)], base(1)
    ),
    r"weights must be of one base or of one per member \(4\), got \[2\]": lambda: adapted(
        [of_domains(2)]
    ),
    r"features must be a multiple of heads = 3, got 8": lambda: Adapted(
        base(), [started(LoRA())], heads=3
    ),
    r"x must have 3 or 4 axes, got shape \(3, 40\)": lambda: adapted([started(LoRA())])(
        signals()[0]
    ),
    r"x must be of as many members .* \[2\].* got 4": lambda: adapted([started(LoRA())])(
        signals(4).unflatten(0, (2, 2)).transpose(1, 2)
    ),
}


@pytest.mark.parametrize(("message", "call"), REFUSED.items(), ids=REFUSED.keys())
def test_bad_arguments_are_refused(message, call):
    with pytest.raises(ValueError, match=message):
        call()
