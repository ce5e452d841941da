"""Learning mixtures, and what is measured of it."""

from dataclasses import asdict, replace

import numpy as np
import pytest
import torch

from labs.nn.losses import cross_entropy
from labs.routing.evolution import POPULATION, TRIAL, Evolution, mutated
from labs.routing.examples import meaning, mixture
from labs.routing.grid import LOOKS, PLACE, PLACES, PRESETS, STARTED, Cell, cells
from labs.routing.losses import Objective
from labs.routing.mixtures import (
    Watched,
    ablated,
    churn,
    joint_nmi,
    mixtures,
    rises,
    shifted,
    watch,
)
from labs.routing.starts import take_mean
from labs.routing.training import train
from tests.labs.routing.made import made, signals, streams

pytestmark = pytest.mark.slow


def stack(router, question="mixture", **how):
    level, grain = PLACES.get(router, PLACE)
    sizes = {"examples": 48, "steps": 24, "batch": 8, "base_steps": 8, "small": True, "tests": 12}
    settings = {"experts": 4, "labels": "conflict", "domains": "four", **sizes, **how}
    own = Cell(question, router, level=level, grain=grain, **settings, replicate=0)
    return [own, replace(own, replicate=1)]


@pytest.mark.parametrize("router", ["gumbel", "reinforce", "evolution", "em", "expert-choice"])
def test_a_member_learns_the_same_alone(router):
    both = stack(router, steps=24 if router == "evolution" else 6)  # with one tournament
    together, (alone,) = list(train(both, "cpu")), train(both[1:], "cpu")
    for name, value in asdict(together[1]).items():
        if value is not None:
            own = np.array(getattr(alone, name))
            # one of 12 examples may turn by rounding
            np.testing.assert_allclose(np.array(value), own, atol=9 if own.max() > 1 else 0.1)
    assert together[0].use != together[1].use


def test_a_record_of_the_oracle():
    record, _ = mixtures(stack("oracle", steps=5), "cpu")
    assert np.array_equal(record.use, [np.eye(4)] * 2)
    assert record.use == record.chosen == record.use_before
    assert len(record.accuracy) == len(record.shuffled) == 4
    assert len(record.curve) == LOOKS
    assert (record.gradient, record.moved, record.churn) == (None, None, None)
    assert record.rates == [2e-2]


def test_a_record_of_a_router_that_learns():
    record, _ = mixtures(stack("dense", steps=5), "cpu")
    assert np.allclose(np.sum(record.use, axis=2), 1)
    assert np.shape(record.use) == (2, 4, 4)
    assert len(record.churn) == LOOKS
    assert record.gradient > 0 < record.moved
    assert record.shuffled is None
    assert (record.unserved, 0 <= record.joint_nmi <= 1) == (0, True)
    assert (np.array(record.use) != record.use_before).all()


def test_one_has_no_router():
    record, _ = mixtures(stack("one", steps=1), "cpu")
    assert record.use is record.ablation is record.churn is record.joint_nmi is None


@pytest.mark.parametrize("router", ["gumbel", "smear"])
def test_experts_learn(router):
    records = mixtures(stack(router, examples=40, steps=50, batch=16, base_steps=30), "cpu")
    assert all(record.train > np.mean(record.before) + 20 for record in records)


def test_an_expert_is_missed_where_it_acts_and_nowhere_else():
    net, (x, y) = made("oracle"), signals(count=50)
    y = net.eval()(x).argmax(-1)  # what the experts say is right
    lost = ablated(net, x, y)
    assert torch.equal(lost * (1 - torch.eye(4)), torch.zeros(2, 4, 4, dtype=torch.float64))
    assert (lost.diagonal(dim1=1, dim2=2) > 10).all()
    assert net.silent is None


def test_watching_counts_by_domain():
    net, (x, _) = made("oracle"), signals(count=50)
    y = net.eval()(x).argmax(-1)
    y[:, :25] = (y[:, :25] + 1) % 10  # half of the first domain
    seen = watch(net, x, y)
    assert seen.accuracy().tolist() == [[50, 100, 100, 100]] * 2
    wrong = watch(net, shifted(x, 4), y)
    assert torch.equal(wrong.chosen[0, 0], torch.eye(4).roll(1, 1).double())


def test_signals_that_no_expert_chooses_count_where_their_score_is_highest():
    net, (x, y) = made("expert-choice"), signals()
    net.router.threshold.fill_(2.0)  # no probability is as high
    seen = watch(net, x, y)
    scores = torch.stack([choice.logits.argmax(-1) for choice in net.trace], dim=1)
    assert torch.equal(seen.highest, scores)
    assert scores.float().std() > 0
    assert seen.unserved.tolist() == [1, 1]
    net.router.threshold[1].zero_()
    assert watch(net, x, y).unserved.tolist() == [1, 0]


def test_blocks_together_may_tell_more_than_one_does():
    nothing = torch.zeros(0)
    bits = torch.tensor([[0, 0, 1, 1, 0, 0, 1, 1], [0, 0, 1, 1, 1, 1, 0, 0]])
    right = torch.zeros(1, 4, 2)  # four domains, two signals of each
    for highest, expected in ((bits, 1.0), (bits[[0, 0]], 2 / 3), (bits[:, [0] * 8], 0.0)):
        seen = Watched(right, nothing, nothing, highest.view(1, 2, 8, 1), nothing)
        assert joint_nmi(seen, 0) == pytest.approx(expected)


def test_churn_is_the_share_of_choices_that_changed():
    before = torch.zeros(1, 2, 4, 1, dtype=torch.int64)
    after = before.clone()
    after[0, 0, :2] = 1  # half of one block's, none of the other's
    nothing = torch.zeros(0)
    looks = [Watched(nothing, nothing, nothing, highest, nothing) for highest in (before, after)]
    assert churn(*looks).tolist() == [0.25]


def test_rises_are_above_the_lowest_before():
    losses = torch.tensor([[3.0, 1.0, 2.5, 2.0, 0.5, 0.6]]).repeat_interleave(10, dim=1)
    torch.testing.assert_close(rises(losses), torch.tensor([1.5]))
    torch.testing.assert_close(rises(losses.flip(1).cummin(1).values), torch.tensor([0.0]))


def test_labels_conflict_or_do_not():
    assert (meaning("ramp", "shared", 3) == np.arange(10)).all()
    orders = [meaning(name, "conflict", 3) for name in ("reverse", "ramp", "diff", "stretch")]
    assert all(sorted(order) == list(range(10)) for order in orders)
    assert len({tuple(order) for order in orders}) == 4
    (x, y), (_, own) = (mixture(stack("oracle", labels=labels), "test", 5, "cpu")
                        for labels in ("shared", "conflict"))  # fmt: skip
    assert x.shape == (2, 20, 41)
    assert x[0, :, -1].tolist() == [0] * 5 + [1] * 5 + [2] * 5 + [3] * 5
    assert own[0, 5:10].tolist() == [int(meaning("ramp", "conflict", 0)[k]) for k in y[0, 5:10]]


def test_a_mutation_moves_one_gene_on_average():
    generator, path = streams(1)[0], torch.full((3, 4), 5)
    moved = torch.stack([mutated(path, 11, generator) for _ in range(4000)]) - 5
    assert (moved != 0).sum((1, 2)).double().mean().item() == pytest.approx(0.8, abs=0.06)
    assert moved.unique().tolist() == [-2, -1, 0, 1, 2]  # a move by 0 stays


def evolution(steps=40):
    net, data = made("evolution"), signals()
    objective = Objective(net)
    return net, objective, Evolution(net, objective, data, streams(2), steps)


def test_the_loser_of_a_tournament_becomes_a_mutant_of_the_winner():
    net, objective, paths = evolution()
    paths.turn(0)
    before, rivals = paths.paths.clone(), paths.rivals.clone()
    gates = net.router.weight[0].argmax(-1)
    assert torch.equal(gates, before[0, rivals[0, 0]])
    objective.losses += [torch.tensor([1.0, 2.0])] * TRIAL  # of the first of each pair
    paths.turn(TRIAL)
    assert torch.equal(net.router.weight[1].argmax(-1), before[1, rivals[1, 1]])
    objective.losses += [torch.tensor([2.0, 1.0])] * TRIAL
    paths.turn(2 * TRIAL)
    for member, (winner, loser) in enumerate([rivals[0].tolist(), rivals[1].flip(0).tolist()]):
        assert torch.equal(paths.paths[member, winner], before[member, winner])
        assert (paths.paths[member, loser] != before[member, winner]).sum() <= 4
        others = [p for p in range(POPULATION) if p != loser]
        assert torch.equal(paths.paths[member, others], before[member, others])


def test_the_path_with_the_lowest_validation_loss_is_trained_to_the_end():
    net, objective, paths = evolution()
    x, y = signals()
    losses = []
    for place in range(POPULATION):
        paths.take(torch.tensor([place, place]))
        losses.append(cross_entropy(net.eval()(x), y))
    best = torch.stack(losses).argmin(0)
    assert best[0] != best[1]
    objective.losses += [torch.ones(2)] * 20
    paths.turn(20)
    taken = net.router.weight.clone()
    paths.turn(40)
    assert torch.equal(net.router.weight, taken)
    assert torch.equal(taken[1].argmax(-1), paths.paths[1, best[1]])
    assert torch.equal(paths.best(), best)


def test_the_mean_of_experts():
    others, one = made("oracle").experts, made("one", experts=1).experts
    take_mean(one, others)
    torch.testing.assert_close(one.down[0, 1, :, 3], others.down[0, 1, :, [3, 11, 19, 27]].mean(-1))
    torch.testing.assert_close(one.up[1, 0, 2], others.up[1, 0, [2, 10, 18, 26]].mean(0))
    torch.testing.assert_close(one.up_bias[0, 0, 0], others.up_bias[0, 0].mean(0))


def test_a_record_of_starts():
    record, _ = train(stack("oracle", "starts", labels="shared", tests=60), "cpu")
    looked = [step for step in STARTED if step <= 24]
    assert len(record.from_mean) == len(record.from_random) == len(looked)
    assert record.from_mean != record.from_random


def test_every_cell_of_every_preset_can_be_built():
    asked = [c for config in PRESETS.values() for c in cells(replace(config, replicates=1))]
    own = [c for c in asked if c.question == "mixture"]
    for router, experts, level, grain in {(c.router, c.experts, c.level, c.grain) for c in own}:
        made(router, members=1, experts=experts, place=(level, grain))
