"""Adapters side by side: scalar weights and AdapterFusion, over one table of both."""

import math
from typing import NamedTuple

import pytest
import torch

from labs.composition.aggregation.fusion import AdapterFusion, Weighted, fused, mass, weighted
from labs.nn.base import STANDARD, logits
from labs.nn.losses import cross_entropy
from labs.nn.modules.adapted import Adapted
from labs.nn.modules.adapter import Adapter
from labs.nn.modules.adapting import Schedule, adapt
from labs.nn.modules.lora import LoRA
from labs.nn.modules.module import Kind, Module, merge
from labs.nn.modules.scaling import FiLM
from tests.nn.modules.kinds import TINY, base, generators, moved, signals, started
from tests.nn.random_data import generator

PAIR = (Adapter(3), Adapter(2, parallel=True, scale=0.5))
BOTH = (Adapter(2, sites="both"),) * 3
PLACES = {"one": (Adapter(3),), "pair": PAIR, "three at both sites": BOTH}


class Case(NamedTuple):
    """A kind and the numbers that it trains over `PAIR` on the standard base."""

    kind: type[Kind]
    settings: dict
    count: int

    def of(self, kinds) -> Kind:
        return self.kind(kinds, **self.settings)


CASES = {
    "fixed": Case(Weighted, {"learned": False}, 0),
    "learned": Case(Weighted, {}, 3 * 2),
    "attention": Case(AdapterFusion, {}, 21_024),
}
cases = pytest.mark.parametrize("case", CASES.values(), ids=CASES.keys())
places = pytest.mark.parametrize("kinds", PLACES.values(), ids=PLACES.keys())
TRAINING = {name: case for name, case in CASES.items() if case.count}
training = pytest.mark.parametrize("case", TRAINING.values(), ids=TRAINING.keys())


def adapters(kinds=PAIR, members=2) -> list[Module]:
    return [moved(started(kind, members), 0.5, seed) for seed, kind in enumerate(kinds)]


def over(case, modules, seed=70) -> Module:
    if case.kind is AdapterFusion:
        return fused(modules, generators(modules[0].members, seed))
    return weighted(modules, **case.settings)


def forward(modules, members=2, weights=None):
    weights = base() if weights is None else weights
    return logits(weights, signals(members), modules, TINY.heads)


def equal(a, b, tolerance=1e-11):
    torch.testing.assert_close(a, b, rtol=0, atol=tolerance)


@cases
def test_trained_numbers(case):
    module = case.of(PAIR).start(base(1, STANDARD), STANDARD, generators(1))
    assert module.count() == case.count
    assert module.bits() == 32 * case.count
    more = case.of(PAIR * 2).start(base(1, STANDARD), STANDARD, generators(1))
    assert more.count() == (12 if case.count == 6 else case.count)
    both = case.of(BOTH).start(base(1), TINY, generators(1))
    d = TINY.features
    sites = {0: 0, 6: 4 * 3, 21_024: 4 * (3 * d * d + 2 * d)}
    assert both.count() == sites[case.count]
    assert round(100 * 21_024 / 66_346) == 32


@cases
@places
def test_over_adapters_at_their_start_it_is_the_base(case, kinds):
    module = case.of(kinds).start(base(), TINY, generators())
    assert module.kind.identity
    assert torch.equal(forward([module]), forward([]))
    assert module.kind == case.of(kinds) == over(case, adapters(kinds)).kind


@cases
@pytest.mark.parametrize("kind", [*PAIR, BOTH[0]])
def test_over_one_adapter_it_starts_as_that_adapter(case, kind):
    [adapter] = adapters((kind,))
    equal(forward([over(case, [adapter])]), forward([adapter]), 1e-14)
    assert (forward([adapter]) - forward([])).abs().max() > 0.1


@cases
def test_over_equal_adapters_it_starts_as_one_of_them(case):
    [adapter] = adapters(PAIR[:1])
    equal(forward([over(case, [adapter] * 3)]), forward([adapter]), 1e-13)


def test_fixed_weights_are_the_mean_of_what_adapters_add():
    modules = adapters()
    module = weighted(modules, learned=False)
    x, y = (torch.randn(2, 3, 20, 8, generator=generator(s)).double() for s in (1, 2))
    for name in ("blocks.0.narrow", "blocks.1.narrow"):
        outputs = [m.sublayer(name, x, y) for m in modules]
        equal(module.sublayer(name, x, y), sum(outputs) / 2)
        assert torch.equal(weighted(modules).sublayer(name, x, y), module.sublayer(name, x, y))
    assert torch.equal(module.sublayer("blocks.0.out", x, y), y)


def test_learned_weights_are_scalars_by_site_and_adapter():
    modules = adapters()
    module = weighted(modules)
    values = {n: v.clone() for n, v in module.values.items()}
    values["blocks.1.narrow.weights"][1] = torch.tensor([2.0, -3.0])
    module = module.with_values(values)
    x, y = (torch.randn(2, 3, 20, 8, generator=generator(s)).double() for s in (1, 2))
    added = [m.sublayer("blocks.1.narrow", x, y) - y for m in modules]
    found = module.sublayer("blocks.1.narrow", x, y) - y
    equal(found[1], 2 * added[0][1] - 3 * added[1][1])
    equal(found[0], (added[0][0] + added[1][0]) / 2)


def test_attention_is_its_formula_token_by_token():
    modules = adapters((Adapter(3), Adapter(2, parallel=True), Adapter(1)))
    module = moved(fused(modules, generators()), 0.4)
    x, y = (torch.randn(2, 2, 5, 8, generator=generator(s)).double() for s in (1, 2))
    name = "blocks.0.narrow"
    found = module.sublayer(name, x, y)
    own = {n.removeprefix(f"{name}."): v for n, v in module.values.items()}
    added = [m.sublayer(name, x, y) - y for m in modules]
    for m, b, t in ((0, 0, 0), (1, 1, 4), (1, 0, 2)):
        query = y[m, b, t] @ own["query"][m] + own["query_bias"][m, 0]
        z = [a[m, b, t] for a in added]
        scores = [float(query @ (v @ own["key"][m] + own["key_bias"][m, 0])) for v in z]
        weights = [math.exp(s) / sum(math.exp(r) for r in scores) for s in scores]
        value = sum(w * (v @ own["value"][m]) for w, v in zip(weights, z, strict=True))
        equal(found[m, b, t], y[m, b, t] + value)


def test_the_shift_of_the_keys_changes_nothing():
    module = moved(fused(adapters(), generators()))
    other = {n: v + 5 * n.endswith("key_bias") for n, v in module.values.items()}
    equal(forward([module.with_values(other)]), forward([module]))


def test_values_start_at_the_identity_and_queries_and_keys_small():
    module = fused(adapters(), generators())
    sizes = []
    for name, value in module.values.items():
        if name.endswith("value"):
            assert torch.equal(value, torch.eye(8).double().expand(2, 8, 8))
        elif name.endswith("bias"):
            assert not value.any()
        else:
            sizes.append(value.flatten())
    assert torch.cat(sizes).std().item() == pytest.approx(0.02, rel=0.15)  # 5 deviations
    queries, keys = (module.values[f"blocks.0.narrow.{n}"] for n in ("query", "key"))
    assert not torch.equal(queries, keys)
    assert not torch.equal(queries[0], queries[1])


@cases
@places
def test_members_are_their_own(case, kinds):
    weights, modules = base(3), adapters(kinds, 3)
    module = moved(over(case, modules), 0.2)
    whole = forward([module], 3, weights)
    for m in range(3):
        own = {n: v[m : m + 1] for n, v in weights.items()}
        for alone in (module.of([m]), moved_alone(case, modules, module, m)):
            equal(logits(own, signals(3)[m : m + 1], [alone], TINY.heads), whole[m : m + 1])


def moved_alone(case, modules, module, m):
    built = over(case, [adapter.of([m]) for adapter in modules], 70 + m)
    return built.with_values({n: v[m : m + 1] for n, v in module.values.items()})


def test_a_start_is_of_its_generator_alone():
    whole, alone = fused(adapters(), generators()), fused(adapters(), generators()).of([1])
    again = fused([a.of([1]) for a in adapters()], generators()[1:])
    for name, value in again.values.items():
        assert torch.equal(whole.values[name][1:], value)
        assert torch.equal(alone.values[name], value)


@training
def test_the_fusion_trains_and_the_adapters_do_not(case):
    modules = adapters()
    for value in (v for m in modules for v in m.values.values()):
        value.requires_grad_()
    module = over(case, modules)
    before = {n: v.clone() for n, v in module.fixed.items()}
    net = Adapted(base(), [module], heads=TINY.heads)
    assert net.parameter_count() == module.count()
    x, y = signals(2, 12), torch.randint(10, (2, 12), generator=generator(3))
    first = cross_entropy(net(x), y)
    first.sum().backward()
    for name, p in zip(module.values, net.trained, strict=True):
        moves = p.grad.flatten(1).abs().amax(1) > 1e-12
        assert moves.all() != name.endswith("key_bias"), name
    assert all(v.grad is None for m in modules for v in m.values.values())
    schedule = Schedule(15, 12, 15)
    adapt(net, x, y, rates=1e-2, shuffles=generators(), schedule=schedule)
    assert (cross_entropy(net(x), y) < first).all()
    [result] = net.result()
    assert all(torch.equal(v, before[n]) for n, v in result.fixed.items())
    equal(forward([result]), net(signals()))


def test_fixed_weights_train_nothing():
    module = weighted(adapters(), learned=False)
    assert Adapted(base(), [module], heads=TINY.heads).parameter_count() == 0
    net = Adapted(base(), [module, started(LoRA())], heads=TINY.heads, frozen=1)
    assert torch.equal(net(signals()), forward([module]))


@cases
@places
def test_the_mass_is_the_mean_weight_of_each_adapter(case, kinds):
    modules = adapters(kinds)
    module, before = moved(over(case, modules), 0.4), [moved(started(FiLM()))]
    found = mass(base(), signals(), module, before, TINY.heads)
    sites = ("out", "narrow") if kinds is BOTH else ("narrow",)
    assert list(found) == [f"blocks.{b}.{s}" for b in range(2) for s in sites]
    for name, share in found.items():
        assert share.shape == (2, len(kinds))
        if case.kind is AdapterFusion:
            equal(share.sum(1), torch.ones(2).double())
        else:
            own = module.values if case.settings == {} else module.fixed
            equal(share, own[f"{name}.weights"])
    alone = mass(base(1), signals()[1:], module.of([1]), [before[0].of([1])], TINY.heads)
    both = mass(base(1), signals(), module, before, TINY.heads)
    for name in found:
        equal(alone[name], both[name][1:])


def test_the_mass_is_of_what_the_modules_before_leave():
    module, film = moved(fused(adapters(), generators()), 0.4), moved(started(FiLM()), 0.5)
    before = mass(base(), signals(), module, [film], TINY.heads)
    merged = mass(merge(base(), [film]), signals(), module, (), TINY.heads)
    for name, share in mass(base(), signals(), module, (), TINY.heads).items():
        equal(before[name], merged[name])
        assert (share - before[name]).abs().max() > 1e-3


def test_the_mass_goes_where_the_keys_point():
    module = fused(adapters(), generators())
    name = "blocks.0.narrow"
    values = {n: torch.zeros_like(v) for n, v in module.values.items()}
    even = mass(base(), signals(), module.with_values(values), (), TINY.heads)
    equal(even[name], torch.full((2, 2), 0.5).double())
    fixed = {n: v.clone() for n, v in module.fixed.items()}
    for j, sign in ((0, 1.0), (1, -1.0)):  # adapters that add a constant, one each way
        fixed |= {f"{j}.{name}.up": torch.zeros_like(fixed[f"{j}.{name}.up"])}
        fixed[f"{j}.{name}.up_bias"] = sign * torch.ones(2, 1, 8).double() / (8, 4)[j]
    values[f"{name}.key"] = torch.eye(8).double().repeat(2, 1, 1)
    values[f"{name}.query_bias"] = torch.tensor([1.0, -1.0]).double().view(2, 1, 1).expand(2, 1, 8)
    pointed = mass(base(), signals(), Module(module.kind, values, fixed), (), TINY.heads)
    far = 1 / (1 + math.exp(-2))
    expected = torch.tensor([[far, 1 - far], [1 - far, far]], dtype=torch.float64)
    equal(pointed[name], expected)


@cases
def test_it_does_not_merge(case):
    with pytest.raises(ValueError, match="kinds that merge"):
        merge(base(), [over(case, adapters())])


ONE = started(Adapter())
REFUSED = {
    "adapters must be a whole number of at least 1, got 0": lambda: fused([], []),
    "adapters must be of the kind Adapter, got LoRA": lambda: weighted([ONE, started(LoRA())]),
    r"adapters must have one number of members, got \[1, 2\]": lambda: weighted([ONE, ONE.of([0])]),
    r"adapters must be of the same sites, got \['feedforward', 'both'\]": lambda: fused(
        [ONE, started(BOTH[0])], generators()
    ),
    r"generators must hold one per member \(2\), got 1": lambda: fused([ONE], generators(1)),
    r"of must be a tuple of at least one Adapter, got \(\)": lambda: AdapterFusion(()),
    r"of must be a tuple of at least one Adapter, got \(LoRA": lambda: Weighted((LoRA(),)),
    "of must be a tuple of at least one Adapter, got Adapter": lambda: Weighted(Adapter()),
    "module must be AdapterFusion or Weighted, got Adapter": lambda: mass(base(), signals(), ONE),
}


@pytest.mark.parametrize(("message", "call"), REFUSED.items(), ids=REFUSED.keys())
def test_bad_arguments_are_refused(message, call):
    with pytest.raises(ValueError, match=message):
        call()
