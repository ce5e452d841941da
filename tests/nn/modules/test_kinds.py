"""What holds of one kind of module alone, and what each refuses."""

import pytest
import torch

from labs.nn.base import STANDARD, logits
from labs.nn.modules.adapter import Adapter, Invertible
from labs.nn.modules.delta import Delta, Ticket, named, sparse
from labs.nn.modules.diff_pruning import HIGH, LOW, DiffPruning
from labs.nn.modules.head import Head
from labs.nn.modules.hypernetwork import Hypernetwork
from labs.nn.modules.intrinsic import Intrinsic
from labs.nn.modules.lora import LoRA
from labs.nn.modules.names import ALL, HEAD
from labs.nn.modules.prompt import Prefix, Prompt
from labs.nn.modules.scaling import IA3
from labs.nn.modules.supermask import Supermask
from tests.nn.modules.kinds import TINY, base, generators, moved, parameters, signals, started

N = parameters(TINY)


def forward(modules, weights=None, x=None):
    weights = base() if weights is None else weights
    return logits(weights, signals() if x is None else x, modules, TINY.heads)


def same(a, b):
    torch.testing.assert_close(a, b, rtol=0, atol=1e-11)


def flat(weights, member=0):
    return torch.cat([value[member].flatten() for value in weights.values()])


@pytest.mark.parametrize("dimension", [1, 10, 700, N])
def test_the_columns_of_the_projection_are_orthonormal(dimension):
    weights, module = base(), started(Intrinsic(dimension))
    seen = []
    for member in range(2):
        columns = []
        for j in range(dimension) if dimension <= 10 else (0, 1, dimension // 2, dimension - 1):
            v = torch.zeros(2, dimension, dtype=torch.float64)
            v[:, j] = 1
            at = module.with_values({"v": v}).weights(weights)
            columns.append(flat(at, member) - flat(weights, member))
        p = torch.stack(columns, dim=1)
        same(p.T @ p, torch.eye(len(columns), dtype=torch.float64))
        seen.append(p)
    # exactly: one entry in every row, columns that share no row
    place, step = module.fixed["place"], module.fixed["step"]
    for member in range(2):
        counts = torch.bincount(place[member], minlength=dimension)
        assert counts.min() >= 1
        same(step[member].square(), 1 / counts[place[member]].double())
    assert not torch.equal(*seen) or dimension == N
    assert abs((step > 0).double().mean().item() - 0.5) < 0.06  # 2 * 1476 signs: 6 deviations


def test_the_subspace_moves_every_parameter():
    module = moved(started(Intrinsic(20)))
    after, before = module.weights(base()), base()
    assert all((after[name] != before[name]).all() for name in before)


def test_gates_are_random_in_training_alone():
    module = moved(started(DiffPruning(start_gate=0.0))).of([0, 1])
    noisy = DiffPruning().start(base(), TINY, generators())
    noisy = noisy.with_values(module.values)
    assert torch.equal(forward([module]), forward([module]))
    assert not torch.equal(forward([noisy]), forward([noisy]))
    assert torch.equal(forward([noisy.settled()]), forward([module]))
    assert noisy.settled().count() == noisy.count() == 2 * N


def test_gates_are_written_out():
    kind = DiffPruning(("head.*",), start_gate=1.5, speed=10.0)
    module = kind.start(base(), TINY, generators(seed=4))
    values = {n: v + 0.1 if n.startswith("w:") else v for n, v in module.values.items()}
    module, draws = module.with_values(values), generators(seed=4)
    drawn = module.kind.differences(module)
    settled = module.kind.differences(module.settled())
    for name in ("head.weight", "head.bias"):
        assert values[f"gate:{name}"].unique().item() == pytest.approx(0.15)
        u = torch.stack([torch.rand(drawn[name].shape[1:], generator=g) for g in draws]).double()
        s = torch.sigmoid(u.log() - (1 - u).log() + 1.5)
        torch.testing.assert_close(
            drawn[name], 0.1 * (s * (HIGH - LOW) + LOW).clamp(0, 1), rtol=0, atol=1e-5
        )
        typical = torch.sigmoid(torch.tensor(1.5)) * (HIGH - LOW) + LOW
        assert settled[name].unique().item() == pytest.approx(0.1 * min(typical.item(), 1))
    assert (drawn["head.weight"] == 0).any()


def test_gates_draw_from_each_members_own_generator():
    whole = DiffPruning().start(base(3), TINY, generators(3))
    values = {n: v + 0.1 for n, v in whole.values.items()}
    whole = whole.with_values(values)
    picked, twice = whole.of([2]), whole.of([1, 1])
    state = [g.get_state() for g in whole.fixed["noise"]]
    ahead = picked.kind.differences(picked), twice.kind.differences(twice)
    assert all(
        torch.equal(g.get_state(), s) for g, s in zip(whole.fixed["noise"], state, strict=True)
    )
    for name, difference in whole.kind.differences(whole).items():
        assert torch.equal(ahead[0][name][0], difference[2])
        assert torch.equal(ahead[1][name], difference[[1, 1]])


def test_the_penalty_is_the_expected_number_of_open_gates():
    kind = DiffPruning(("head.*", "norm.*"), penalty_rate=1e-2, speed=3.0)
    module = moved(started(kind), 0.8)
    expected = [
        sum(
            torch.sigmoid(3 * v[m] - torch.log(torch.tensor(-LOW / HIGH))).sum()
            for n, v in module.values.items()
            if n.startswith("gate:")
        )
        for m in range(2)
    ]
    same(module.penalty(), 1e-2 * torch.stack(expected))
    assert started(LoRA()).penalty() == 0


def test_a_supermask_is_a_mask_and_its_gradient_goes_straight_through():
    weights, module = base(), moved(started(Supermask(HEAD)), 1.0)
    module.values["head.bias"][:, 0, 0] = 0.0  # kept
    scores = {n: v.clone().requires_grad_() for n, v in module.values.items()}
    masked = module.with_values(scores).weights(weights)
    for name, score in scores.items():
        expected = torch.where(score >= 0, weights[name], torch.zeros(()).double())
        assert torch.equal(masked[name], expected)
        assert 0 < (score < 0).sum() < score.numel()
    masked["head.weight"].square().sum().backward()
    same(scores["head.weight"].grad, 2 * masked["head.weight"].detach() * weights["head.weight"])
    assert masked["first.weight"] is weights["first.weight"]


def test_a_supermask_starts_near_the_base():
    scores = torch.cat([v.flatten() for v in started(Supermask()).values.values()])
    assert scores.mean().item() == pytest.approx(1, abs=0.05)
    assert scores.std().item() == pytest.approx(0.5, abs=0.03)
    everything = started(Supermask(deviation=0))
    assert torch.equal(forward([everything]), forward([]))


def test_what_is_invertible_has_an_inverse():
    module, h = moved(started(Invertible(5))), torch.randn(2, 3, 20, 8, dtype=torch.float64)
    assert (module.tokens(h) - h).abs().amin((0, 1, 2)).min() > 0  # both halves move
    same(module.kind.inverse(module, module.tokens(h)), h)
    same(module.tokens(module.kind.inverse(module, h)), h)


def test_another_head_is_drawn_as_torch_draws_one():
    module = Head(50).start(base(3, STANDARD), STANDARD, generators(3))
    for value in module.values.values():
        assert value.abs().max() <= 48**-0.5
        assert value.std().item() == pytest.approx((3 * 48) ** -0.5, rel=0.15)
    assert forward([started(Head(3))]).shape == (2, 3, 3)


def test_starts_are_drawn_as_they_say():
    lora = started(LoRA(50), sizes=STANDARD, weights=base(2, STANDARD))
    drawn = torch.cat([v.flatten() for n, v in lora.values.items() if n.endswith(".A")])
    assert drawn.std().item() == pytest.approx(48**-0.5, rel=0.05)
    adapter = started(Adapter(200), sizes=STANDARD, weights=base(2, STANDARD))
    for part in ("down", "down_bias"):
        drawn = torch.cat([v.flatten() for n, v in adapter.values.items() if n.endswith(part)])
        assert drawn.abs().max() <= 48**-0.5
        assert drawn.std().item() == pytest.approx((3 * 48) ** -0.5, rel=0.1)
    for kind in (Prompt(100), Prefix(100)):
        drawn = torch.cat([v.flatten() for v in started(kind).values.values()])
        assert drawn.abs().max() <= 1
        assert drawn.std().item() == pytest.approx(3**-0.5, rel=0.05)


def test_a_hypernetwork_writes_many_domains_as_one_at_a_time():
    kind, weights = Hypernetwork(metadata=3), base()
    module = moved(kind.start(weights, TINY, generators()))
    metadata = torch.randn(2, 4, 3, dtype=torch.float64)
    x = signals(8).unflatten(0, (2, 4))
    repeated = {n: v.repeat_interleave(4, 0) for n, v in weights.items()}
    together = forward([kind.described(module, metadata)], repeated, x.flatten(0, 1))
    together = together.unflatten(0, (2, 4))
    for domain in range(4):
        one = kind.described(module, metadata[:, domain : domain + 1])
        same(together[:, domain], forward([one], weights, x[:, domain]))
    assert (together[:, 0] - forward([one], weights, x[:, 0])).abs().max() > 1e-3


def test_a_hypernetwork_is_written_out():
    kind = Hypernetwork(Adapter(2), metadata=3, embedding=4, units=5)
    module = started(kind)
    module = moved(module)
    written, own = kind.written(module).values, module.values
    for m in range(2):
        for block in range(TINY.blocks):
            both = torch.cat([module.fixed["metadata"][m, 0], own["block"][m, block]])
            hidden = (both @ own["first"][m] + own["first_bias"][m, 0]).clamp(min=0)
            values = hidden @ own["second"][m] + own["second_bias"][m, 0]
            parts = [written[f"blocks.{block}.narrow.{n}"][m] for n in PARTS]
            same(torch.cat([part.flatten() for part in parts]), values)


PARTS = ("down", "down_bias", "up", "up_bias")


@pytest.mark.parametrize("target", [Adapter(), Adapter(1), LoRA(), IA3()])
def test_a_hypernetwork_starts_where_its_target_starts(target):
    kind = Hypernetwork(target)
    module = started(kind)
    assert torch.equal(forward([module]), forward([]))
    written, start = kind.written(module).values, target.start(base(), TINY, generators()).values
    assert written.keys() == start.keys()
    for name, value in start.items():
        if value.unique().numel() == 1:
            assert torch.equal(written[name], value)
        elif value[0].numel() > 16:
            assert 0.2 < written[name].std() / value.std() < 5


def random_scores(module, seed=3):
    return moved(module, seed=seed).values


def test_sparse_keeps_the_largest_of_every_member():
    module = started(Delta(("head.*", "norm.*")))
    module = module.with_values(random_scores(module))
    kept = sparse(module, 17)
    assert kept.count() == 17
    assert kept.bits() == 17 * (32 + 7)  # 106 places
    assert all((v == 0).all() for v in kept.values.values())
    for m in range(2):
        size, mask = flat(module.values, m).abs(), flat(kept.fixed, m)
        assert mask.unique().tolist() == [0, 1]
        assert mask.sum() == 17
        assert size[mask == 1].min() > size[mask == 0].max()


def test_sparse_keeps_what_the_scores_say():
    module = started(Delta(HEAD))
    scores = {n: v[:1] for n, v in reversed(random_scores(module).items())}
    kept = sparse(module, 5, scores)
    alone = kept.of([1])
    assert alone.count() == 5
    for m in range(2):
        order = {n: scores[n] for n in module.values}
        assert torch.equal(
            flat(kept.fixed, m).nonzero(), flat(order).topk(5).indices.sort()[0][:, None]
        )


def test_what_is_masked_does_not_act():
    module = sparse(moved(started(Delta())), 30)
    module = moved(module)
    changed = module.weights(base())
    for m in range(2):
        assert int((flat(changed, m) != flat(base(), m)).sum()) == 30


def test_the_standard_sparse_difference_has_the_published_count_and_bits():
    module = Delta().start(base(1, STANDARD), STANDARD, generators(1))
    kept = sparse(moved(module), round(0.02 * 66_346))
    assert (kept.count(), kept.bits()) == (1_327, 1_327 * (32 + 17))


def test_a_ticket_is_the_mask_times_the_moved_weights():
    module = started(Ticket(HEAD))
    assert torch.equal(forward([module]), forward([]))
    kept = moved(sparse(moved(module), 12))
    assert kept.bits() == 12 * 32 + 90
    changed, weights = kept.weights(base()), base()
    for name in ("head.weight", "head.bias"):
        same(changed[name], kept.fixed[name] * (weights[name] + kept.values[name]))
    assert int((flat({n: changed[n] for n in kept.values}) != 0).sum()) == 12


def test_patterns_name_parameters_in_the_order_of_the_base():
    weights = base()
    assert [*named(weights, ALL)] == [*weights]
    assert [*named(weights, ("norm.*", "blocks.1.norm_*", "norm.bias"))] == [
        *(
            f"blocks.1.norm_{n}.{p}"
            for n in ("attention", "feedforward")
            for p in ("weight", "bias")
        ),
        *("norm.weight", "norm.bias"),
    ]
