"""What learns in sequence: what may change, what must not, and who owns which weight."""

import pytest
import torch
import torch.nn.functional as F

from labs.continual.grid import CONTROLS, FROZEN, METHODS, PRESETS, SEQUENCES, TASKS, cells
from labs.continual.lab import LAB
from labs.continual.learners import Joint
from labs.continual.packing import PackNet, is_packed
from labs.continual.scratch import SupSup
from labs.continual.stack import stack
from labs.continual.training import LEARNERS, SEARCHED_AS, train
from labs.kit.execute import stacks
from tests.labs.continual.made import cell, shown, small

pytestmark = pytest.mark.slow  # trains or draws

SHARED = ("full", "lora", *CONTROLS)


def made(method, sequence="domains", **how):
    return LEARNERS[method](small(method, sequence, **how))


def asked(learner, place):
    x, _ = learner.stack.examples(place, "test", 16)
    with torch.no_grad():
        return learner.outputs(place, x)


@pytest.mark.parametrize("sequence", ["domains", "classes"])
@pytest.mark.parametrize("method", [*FROZEN, *SHARED])
def test_what_is_frozen_gives_the_same_bits_and_what_is_shared_does_not(method, sequence):
    learner = made(method, sequence)
    before = []
    for place in range(3):
        learner.learn(*learner.stack.examples(place, "training", 32))
        before.append(asked(learner, place))
    now = [asked(learner, place) for place in range(3)]
    same = [torch.equal(a, b) for a, b in zip(before, now, strict=True)]
    assert same == [method in FROZEN] * 2 + [True]
    assert not torch.equal(before[0], before[1])


@pytest.mark.parametrize("method", METHODS)
def test_bases_stay_as_they_are(method):
    learner = made(method)
    before = {name: value.clone() for name, value in learner.stack.bases.items()}
    shown(learner)
    assert all(torch.equal(value, before[n]) for n, value in learner.stack.bases.items())


def test_a_name_that_was_not_learned_asks_the_last_one_learned():
    learner = shown(made("lora-each"), 2)
    x, _ = learner.stack.examples(0, "test", 8)
    assert torch.equal(learner.outputs(4, x), learner.outputs(1, x))
    assert not torch.equal(learner.outputs(4, x), learner.outputs(0, x))
    assert torch.equal(made("lora-each").outputs(3, x), learner.untaught(x))


def test_a_task_keeps_half_of_what_is_free_and_the_largest_of_it():
    learner = shown(made("packnet"), 1)
    for name, own in learner.owners.items():
        total = own[0].numel()
        assert (own == 1).flatten(1).sum(1).tolist() == [total - total // 2] * 2, name
        assert (learner.weights[name][own == 0] == 0).all()
    free = {name: own == 0 for name, own in learner.owners.items()}
    with torch.no_grad():
        for name in learner.owners:
            noise = torch.rand(free[name].shape, generator=torch.Generator().manual_seed(1))
            learner.weights[name] = learner.weights[name] + noise * free[name]
    sizes = {name: value.abs() for name, value in learner.weights.items()}
    learner.prune(2)
    for name, own in learner.owners.items():
        for m in range(2):
            new, gone = own[m] == 2, free[name][m] & (own[m] == 0)
            assert sizes[name][m][new].min() >= sizes[name][m][gone].max()
            assert (own[m] == 1).equal(~free[name][m])


def test_later_tasks_move_no_owned_weight_and_after_the_first_nothing_shared():
    learner = shown(made("packnet", "classes"), 1)
    for task in (1, 2, 3):
        before = {name: value.clone() for name, value in learner.weights.items()}
        owners = {name: own.clone() for name, own in learner.owners.items()}
        learner.learn(*learner.stack.examples(task, "training", 32))
        moved = 0
        for name, old in before.items():
            if name in owners:
                owned = owners[name] > 0
                assert torch.equal(learner.weights[name][owned], old[owned])
                moved += int((learner.weights[name] != old).sum())
            elif not name.startswith("head"):
                assert torch.equal(learner.weights[name], old), name
        assert moved > 0


def test_a_task_reads_with_its_own_and_earlier_weights_alone():
    learner = shown(made("packnet"), 3)
    before = asked(learner, 1)
    for name, own in learner.owners.items():
        learner.weights[name] = torch.where(own == 2, learner.weights[name], 0.0 * own)
        learner.weights[name] = learner.weights[name].float()
    assert not torch.equal(asked(learner, 1), before)  # the first task's are needed
    learner = shown(made("packnet"), 3)
    for name, own in learner.owners.items():
        learner.weights[name] = torch.where(own == 3, 9.0, learner.weights[name])
    assert torch.equal(asked(learner, 1), before)


def test_the_first_task_trains_all_and_later_ones_half_of_the_last():
    learner = shown(made("packnet"))
    free = [sum(own[0].numel() for own in learner.owners.values())]
    for _ in range(TASKS - 1):
        free.append(free[-1] // 2)
    first, *later = (int(own[0]) for own in learner.trained)
    assert first == free[0] + learner.shared_count()
    assert later == pytest.approx(free[1:], abs=len(learner.owners) * 2)
    leaking = shown(made("packnet-leaking"), 2)
    assert leaking.trained[1][0] == later[0] + leaking.shared_count()


def test_shared_numbers_are_biases_norms_and_positions():
    learner = made("packnet")
    assert isinstance(learner, PackNet)
    assert {name for name in learner.shared if name.endswith("weight")} == {
        name for name in learner.weights if "norm" in name and "weight" in name
    } | {"positions.weight"}
    assert not is_packed("head.bias")


def test_supsup_never_moves_its_weights_and_random_masks_keep_as_many():
    learner = made("supsup")
    assert isinstance(learner, SupSup)
    before = {name: value.clone() for name, value in learner.weights.items()}
    shown(learner, 2)
    assert all(torch.equal(value, before[n]) for n, value in learner.weights.items())
    first, second = learner.masks
    drawn = learner.drawn(0)
    for name in first:
        own, random = (m[name].flatten(1).sum(1).tolist() for m in (first, drawn))
        assert own == random, name
    assert not all(torch.equal(first[name], second[name]) for name in first)
    assert not all(torch.equal(first[name], drawn[name]) for name in first)
    sizes = {name: value.abs().unique().numel() for name, value in learner.weights.items()}
    assert set(sizes.values()) == {1}


def test_joint_heads_take_the_loss_of_their_own_task():
    learner = made("joint", "permutations")
    assert isinstance(learner, Joint)
    outputs = torch.randn(2, 6, 50, generator=torch.Generator().manual_seed(0))
    labels = torch.tensor([[0, 9, 10, 25, 38, 49]] * 2)
    loss = learner.by_task(outputs, labels)
    for m in range(2):
        parts = [
            F.cross_entropy(outputs[m, i, 10 * (t // 10) : 10 * (t // 10) + 10], labels[m, i] % 10)
            for i, t in enumerate(labels[m].tolist())
        ]
        torch.testing.assert_close(loss[m], torch.stack(parts).mean())


@pytest.mark.parametrize("method", ["packnet", "supsup", "progressive", "full", "adapter-each"])
def test_a_member_alone_is_the_member_in_its_stack(method):
    own = [cell(method, name, replicate=r, steps=3) for r, name in enumerate(SEQUENCES)]
    for together, one in zip(train(own, "cpu"), own, strict=True):
        alone = next(train([one], "cpu"))
        for row, other in zip(together.matrix, alone.matrix, strict=True):
            assert row == pytest.approx(other, abs=100 / 32 + 1e-9)
        for name in ("rate", "trained", "bits", "equal", "laterals"):
            assert getattr(together, name) == getattr(alone, name), name
        assert (together.open is None) == (one.sequence != "classes")


def test_only_who_learns_classes_moves_its_head():
    own = [cell("lora-each", name) for name in SEQUENCES]
    learner = shown(LEARNERS["lora-each"](stack(own, [0.01] * len(own), "cpu")), 1)
    _, head = learner.by_task[0]
    moved = [[bool(value[m].any()) for value in head.values.values()] for m in range(len(own))]
    assert moved == [[name == "classes"] * 2 for name in SEQUENCES]


def test_sequences_share_a_stack_except_in_joint_training():
    found = {}
    for own in stacks(LAB, cells(PRESETS["quick"])) + stacks(LAB, cells(PRESETS["smoke"])):
        found.setdefault(own[0].method, set()).add(tuple(sorted({c.sequence for c in own})))
    assert found["full"] == {tuple(sorted(SEQUENCES)), ("classes", "domains")}
    assert found["joint"] == {("classes",), ("domains",)}


@pytest.mark.parametrize("method", SEARCHED_AS)
def test_who_shares_a_search_learns_a_first_task_alike(method):
    both = [shown(made(m, "classes"), 1) for m in (method, SEARCHED_AS[method])]
    assert torch.equal(asked(both[0], 0), asked(both[1], 0))


def test_columns_on_a_first_task_are_those_without_laterals():
    records = [next(train([cell(name)], "cpu")) for name in ("progressive", "scratch")]
    assert records[0].matrix[1] == records[1].matrix[1]
    assert records[0].laterals == [place * records[0].laterals[1] for place in range(TASKS)]
