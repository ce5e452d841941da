"""What holds of every kind of module: what it trains, where it starts, what it leaves alone."""

import hashlib
import importlib
import pkgutil

import pytest
import torch

import labs.nn.modules
from labs.nn.base import SMALL, STANDARD, logits
from labs.nn.losses import cross_entropy
from labs.nn.modules.adapted import Adapted
from labs.nn.modules.adapting import Schedule, adapt
from labs.nn.modules.lora import LoRA
from labs.nn.modules.module import Kind, merge
from tests.nn.modules.kinds import CASES, TINY, base, generators, moved, signals, started
from tests.nn.random_data import generator

cases = pytest.mark.parametrize("case", CASES.values(), ids=CASES.keys())
COMPOSITIONS = {"parameter", "input", "function", "hypernetwork"}


def close(a, b, tolerance=1e-11):
    torch.testing.assert_close(a, b, rtol=0, atol=tolerance)


def forward(modules, weights=None, x=None):
    weights = base() if weights is None else weights
    return logits(weights, signals() if x is None else x, modules, TINY.heads)


def classes(module) -> int:
    return module.values.get("head.bias", torch.empty(10)).shape[-1]


def kinds(of=Kind):
    for kind in of.__subclasses__():
        yield kind
        yield from kinds(kind)


def test_the_table_holds_every_kind():
    for file in pkgutil.iter_modules(labs.nn.modules.__path__):
        importlib.import_module(f"labs.nn.modules.{file.name}")
    ours = {k for k in kinds() if k.__module__.startswith("labs.nn.")}
    assert ours == {type(case.kind) for case in CASES.values()}


@cases
def test_trained_numbers_and_bits(case):
    for sizes in (STANDARD, SMALL, TINY):
        module = case.kind.start(base(1, sizes), sizes, generators(1))
        count = module.count()
        assert count == case.formula(sizes)
        assert count == case.count or sizes is not STANDARD
        assert module.bits() == case.bits(count)
    assert case.kind.composition in COMPOSITIONS


@cases
def test_a_start_is_of_its_generator_alone(case):
    before = torch.get_rng_state()
    together, alone = started(case.kind, 3), case.kind.start(base(1), TINY, generators(3)[1:2])
    assert torch.equal(torch.get_rng_state(), before)
    assert {len(v) for v in together.values.values()} == {3} == {together.members}
    for name, value in alone.values.items():
        assert torch.equal(together.values[name][1:2], value), name
        assert value.dtype == torch.float64
        assert value.is_contiguous()
    for name in set(alone.fixed) - {"metadata", "noise", "shapes"}:
        assert torch.equal(together.fixed[name][1:2], alone.fixed[name]), name


@cases
def test_a_module_starts_at_the_base_exactly_or_says_that_it_does_not(case):
    weights, module = base(), started(case.kind)
    assert case.kind.identity == case.identity
    same = classes(module) == 10 and torch.equal(forward([module]), forward([]))
    assert same == case.identity
    net = Adapted(weights, [module], heads=TINY.heads)
    assert (classes(module) == 10 and torch.equal(net(signals()), forward([]))) == case.identity


@cases
def test_a_module_that_moved_changes_the_outputs_of_every_member(case):
    module = moved(started(case.kind))
    before, after = forward([]), forward([module])
    k = classes(module)
    assert ((after - before[..., :k]).abs().amax((1, 2)) > 1e-3).all()


@cases
def test_gradients_reach_every_value_and_nothing_of_the_base_moves(case):
    weights, module = base(), started(case.kind)
    net = Adapted(weights, [module], heads=TINY.heads)
    optimizer = torch.optim.Adam(net.parameters(), lr=1e-2)
    x, y = signals(2, 12), torch.randint(5, (2, 12), generator=generator(3))
    before, reached = digest(weights), [torch.zeros(2, dtype=torch.bool) for _ in net.trained]
    for _ in range(3):
        optimizer.zero_grad()
        cross_entropy(net(x), y).sum().backward()
        for seen, p in zip(reached, net.trained, strict=True):
            seen |= p.grad.flatten(1).abs().amax(1) > 0
        optimizer.step()
    assert digest(weights) == before == digest(net.base)
    for name, seen in zip(module.values, reached, strict=True):
        assert seen.all(), name
    assert all(p.grad is None and not p.requires_grad for p in weights.values())
    assert not any(v.requires_grad for v in module.values.values())


def digest(weights) -> str:
    joined = hashlib.sha256()
    for name, value in sorted(weights.items()):
        joined.update(name.encode() + value.numpy().tobytes())
    return joined.hexdigest()


@pytest.mark.parametrize("bases", [1, 2])
@cases
def test_a_merged_module_is_the_module(case, bases):
    weights, module = base(bases), moved(started(case.kind))
    if not case.merges:
        expanded = module.expanded()[0].kind
        with pytest.raises(ValueError, match=f"kinds that merge, got {type(expanded).__name__}"):
            merge(weights, [module])
        return
    plain = merge(weights, [module])
    assert plain.keys() == weights.keys()
    close(forward([], plain), forward([module], weights))


MERGING = {name: case for name, case in CASES.items() if case.merges and name != "another head"}


@pytest.mark.parametrize("first", MERGING)
def test_modules_merge_in_whatever_order_they_stand(first):
    weights = base()
    for second in MERGING:
        pair = [moved(started(CASES[name].kind), 0.3, i) for i, name in enumerate((first, second))]
        close(forward([], merge(weights, pair)), forward(pair))


def test_a_list_merges_only_if_all_of_it_does():
    pair = [moved(started(CASES[name].kind)) for name in ("IA3", "prompt")]
    with pytest.raises(ValueError, match=r"must be of kinds that merge, got Prompt\(length=5\)"):
        merge(base(), pair)


@cases
def test_a_base_that_all_share_is_the_base_repeated(case):
    one, module = base(1), moved(started(case.kind))
    repeated = {name: v.repeat(2, *[1] * (v.dim() - 1)) for name, v in one.items()}
    close(forward([module], one), forward([module], repeated))


@cases
def test_members_are_taken_in_any_order(case):
    module, x = moved(started(case.kind, 3)), signals(3)
    weights, chosen = base(3), [2, 0, 2]
    taken = {name: v[chosen] for name, v in weights.items()}
    close(forward([module.of(chosen)], taken, x[chosen]), forward([module], weights, x)[chosen])
    with pytest.raises(ValueError, match=r"members must be in 0..2, got \[3\]"):
        module.of([3])
    with pytest.raises(ValueError, match=r"members must be in 0..2, got \[\]"):
        module.of([])


@cases
def test_a_stack_trains_as_each_member_alone(case):
    weights, whole = base(3), started(case.kind, 3)
    x, y = signals(3, 20), torch.randint(5, (3, 20), generator=generator(3))
    schedule, rates = Schedule(5, 8, 5), [1e-2, 1e-3, 3e-2]
    parts = [whole.of([m]) for m in range(3)]
    together = trained(weights, whole, x, y, rates, generators(3), schedule)
    for m, part in enumerate(parts):
        own, here = {n: v[m : m + 1] for n, v in weights.items()}, slice(m, m + 1)
        alone = trained(own, part, x[here], y[here], rates[m], generators(3)[here], schedule)
        for name, value in alone.values.items():
            close(together.values[name][here], value, 1e-5)
        close(forward([alone], own, x[here]), forward([together], weights, x)[here], 1e-5)


def trained(weights, module, x, y, rates, shuffles, schedule):
    net = Adapted(weights, [module], heads=TINY.heads)
    adapt(net, x, y, rates=rates, shuffles=shuffles, schedule=schedule)
    [result] = net.result()
    assert not any(v.requires_grad for v in result.values.values())
    assert any(not torch.equal(v, module.values[n]) for n, v in result.values.items())
    return result


@cases
def test_other_numbers_of_members_are_refused(case):
    module = moved(started(case.kind, 2))
    for members in (1, 3):
        with pytest.raises(ValueError, match=rf"x must be of as many .* got {members}"):
            forward([module], base(1), signals(members))
    with pytest.raises(ValueError, match=r"x must be of as many .* bases, 3 .* got 2"):
        forward([module], base(3), signals(2))
    with pytest.raises(ValueError, match=r"weights must be of one base .* \(2\), got \[3\]"):
        Adapted(base(3), [module], heads=2)
    with pytest.raises(ValueError, match=r"weights must be of one base .* \(2\), got \[3\]"):
        case.kind.start(base(3), TINY, generators(2))
    with pytest.raises(ValueError, match=r"generators must be .* got 0"):
        case.kind.start(base(1), TINY, [])
    with pytest.raises(ValueError, match=r"modules must have the same number .* \[2, 3\]"):
        Adapted(base(1), [module, started(LoRA(), 3)], heads=2)


@cases
def test_sizes_of_another_base_are_refused(case):
    for other in ({"blocks": 3}, {"blocks": 1}, {"wide": 13}, {"features": 4}, {"stem": 4}):
        sizes = TINY._replace(**other)
        with pytest.raises(ValueError, match=r"weights must have .* as Sizes\(.* got"):
            case.kind.start(base(), sizes, generators())
    assert case.kind.start(base(), TINY._replace(classes=3), generators()).members == 2


@cases
def test_values_of_other_names_or_shapes_are_refused(case):
    module = started(case.kind)
    name = next(iter(module.values))
    with pytest.raises(ValueError, match="values must have the names and shapes"):
        module.with_values({**module.values, "other": module.values[name]})
    with pytest.raises(ValueError, match="values must have the names and shapes"):
        module.with_values({**module.values, name: module.values[name].unsqueeze(1)})
    if module.fixed:
        with pytest.raises(ValueError, match=r"values must be of 2 members, got \[1\]"):
            module.with_values({n: v[:1] for n, v in module.values.items()})
    else:
        assert module.with_values({n: v[:1] for n, v in module.values.items()}).members == 1
