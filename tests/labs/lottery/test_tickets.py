"""Lottery tickets: what a mask leaves trains as the masked dense net does."""

from functools import partial

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn
from torch.nn.utils import prune as torch_prune

from labs.lottery import tickets
from labs.nn import nets, plain
from labs.nn.optimizer import Optimizer
from labs.nn.training import evaluate, fit
from tests.nn.random_data import data, generator

HIDDEN = 24
LEVELS = (0.0, 0.4, 0.7, 0.9, 0.97, 1.0)
# Not Adam, which divides by the size of a gradient: of one that is rounding alone it makes a step
# as long as any. After 10 steps of this, processors were seen to differ by 1e-6.
MOMENTUM = partial(torch.optim.SGD, momentum=0.9)
STEPS, RATE = 10, 0.1
levels = pytest.mark.parametrize("sparsity", LEVELS)


def started(members=2, seed=0, hidden=HIDDEN):
    return tickets.joined(nets.MLP(members, hidden=hidden).reset(range(seed, seed + members)))


def drawn(start, sparsity, seed=0, **options):
    scores = tickets.random_like(start, generator(seed))
    return tickets.prune(scores, tickets.everything(start), sparsity, **options)


def train(net, x, y, steps=STEPS, masks=None):
    optimizer = Optimizer(net, torch.optim.SGD, lr=RATE, momentum=0.9)
    [*_] = fit(net, x, y, optimizer=optimizer, steps=steps, every=steps, batch=20, masks=masks)
    return tickets.joined(net)


def as_masked_dense(start, masks, x, y):
    net = tickets.network(start, tickets.everything(start))
    floats = {name: mask.float() for name, mask in tickets.separate(masks).items()}
    return train(net, x, y, masks=floats), net


def member(tensors, m):
    return {name: t[m : m + 1] for name, t in tensors.items()}


def close(a, b, tolerance=1e-5):
    for name, t in a.items():
        torch.testing.assert_close(t, b[name], rtol=0, atol=tolerance, msg=name)


@levels
def test_in_another_order_of_units_a_net_trains_and_is_pruned_alike(sparsity):
    start, (x, y) = started(3), data(3, 60)
    order = torch.randperm(HIDDEN, generator=generator(4))
    masks = drawn(start, sparsity)
    moved, moved_masks = (tickets.reordered(t, order) for t in (start, masks))
    trained = train(tickets.network(start, masks), x, y)
    close(train(tickets.network(moved, moved_masks), x, y), tickets.reordered(trained, order))
    one, other = (
        tickets.prune({n: t.abs() for n, t in values.items()}, live, (1 + sparsity) / 2)
        for values, live in ((start, masks), (moved, moved_masks))
    )
    for name, mask in tickets.reordered(one, order).items():
        assert torch.equal(mask, other[name])


@levels
def test_a_ticket_trains_as_the_masked_dense_net(sparsity):
    start, (x, y) = started(3), data(3, 60)
    masks = drawn(start, sparsity)
    ticket = tickets.Ticket(start, masks)
    dense, net = as_masked_dense(start, masks, x, y)
    close(train(ticket, x, y), dense)
    torch.testing.assert_close(ticket(x), net(x), rtol=0, atol=1e-5)
    assert torch.equal(evaluate(ticket, x, y).predicted, ticket(x).argmax(-1))


@levels
def test_a_ticket_trains_as_torch_prunes(sparsity):
    start, (x, y) = started(2), data(1, 60)
    masks = drawn(start, sparsity, seed=3)
    trained = train(tickets.Ticket(start, masks), x, y)
    for m in range(2):
        twin = plain.MLP(HIDDEN)
        for name in tickets.LAYERS:
            layer, values, mask = getattr(twin, name), start[name][m], masks[name][m]
            with torch.no_grad():
                layer.weight.copy_(values[:-1].T)
                layer.bias.copy_(values[-1])
            torch_prune.custom_from_mask(layer, "weight", mask[:-1].T)
            torch_prune.custom_from_mask(layer, "bias", mask[-1])
        plain.train(twin, x[0], y[0], STEPS, RATE, batch=20, optimizer=MOMENTUM)
        twin(x[0])  # applies the masks to the last step's weights
        for name in tickets.LAYERS:
            layer = getattr(twin, name)
            both = torch.cat([layer.weight.T, layer.bias[None]])
            torch.testing.assert_close(trained[name][m], both, rtol=0, atol=1e-5, msg=name)


def unit_masks(**live):
    """Masks of one small net that leave the named (row, column) of each layer, last row: biases."""
    masks = {name: torch.zeros_like(t, dtype=torch.bool) for name, t in started(1).items()}
    for name, places in live.items():
        for row, column in places:
            masks[name][0, row, column] = True
    return masks


CORNERS = {
    "a second-layer unit with a bias alone": unit_masks(second=[(-1, 3)], head=[(3, 1)]),
    "a first-layer unit with a bias alone": unit_masks(first=[(-1, 3)], head=[(3, 1)]),
    "a unit that only the second layer reads": unit_masks(
        first=[(5, 2)], second=[(2, 7)], head=[(7, 0), (7, 9)]
    ),
    "a unit that nothing enters, read by head and second layer": unit_masks(
        first=[(0, 1)], second=[(4, 5)], head=[(4, 0), (5, 3), (1, 2)]
    ),
    "a path that the head does not read": unit_masks(first=[(1, 1)], second=[(1, 2)]),
    "the head's biases alone": unit_masks(head=[(-1, c) for c in range(10)]),
    "a unit read through both of its ways": unit_masks(
        first=[(3, 3), (9, 3), (-1, 3)], second=[(3, 3), (-1, 3)], head=[(3, 4), (3, 5), (-1, 4)]
    ),
}


@pytest.mark.parametrize("name", CORNERS)
def test_corners_of_what_matters(name):
    start, masks, (x, y) = started(1), CORNERS[name], data(1, 60)
    dense, _ = as_masked_dense(start, masks, x, y)
    close(train(tickets.Ticket(start, masks), x, y), dense)


def test_members_with_unlike_masks_do_not_notice_each_other():
    start, (x, y) = started(3), data(3, 60)
    few, many = drawn(start, 0.95, seed=1), drawn(start, 0.3, seed=2)
    masks = {n: torch.cat([few[n][:1], many[n][1:2], few[n][2:]]) for n in start}
    together = train(tickets.Ticket(start, masks), x, y)
    for m in range(3):
        alone = tickets.Ticket(
            {n: t[m : m + 1] for n, t in start.items()}, {n: t[m : m + 1] for n, t in masks.items()}
        )
        close(
            train(alone, x[m : m + 1], y[m : m + 1]), {n: t[m : m + 1] for n, t in together.items()}
        )


@levels
def test_masked_weights_never_move_and_have_no_optimiser_state(sparsity):
    start, (x, y) = started(2), data(2, 60)
    masks = drawn(start, sparsity)
    ticket = tickets.network(start, masks)
    optimizer = Optimizer(ticket, torch.optim.Adam, lr=2e-2)
    for _ in fit(ticket, x, y, optimizer=optimizer, steps=6, every=2, batch=20):
        trained = tickets.joined(ticket)
        assert all((trained[n][~masks[n]] == 0).all() for n in masks)
    (moments,) = [state["exp_avg_sq"] for state in optimizer._states]
    live = sum(int(mask[0].sum()) for mask in masks.values())
    assert sum(int((m[0] != 0).sum()) for m in moments) <= live


def test_before_training_a_ticket_is_its_start_bit_for_bit():
    start = started(2)
    masks = drawn(start, 0.8)
    rewound = tickets.joined(tickets.Ticket(start, masks))
    for name, mask in masks.items():
        assert torch.equal(rewound[name], start[name] * mask)


def test_a_net_without_masks_is_the_dense_one():
    start = started(2)
    net = tickets.network(start, tickets.everything(start))
    assert isinstance(net, nets.MLP)
    assert isinstance(tickets.network(start, drawn(start, 0.1)), tickets.Ticket)
    assert all(torch.equal(t, start[n]) for n, t in tickets.joined(net).items())
    x, _ = data(2, 9)
    assert torch.equal(net(x), nets.MLP(2, hidden=HIDDEN).reset([0, 1])(x))


@given(
    seed=st.integers(0, 99), sparsity=st.floats(0, 1), more=st.floats(0, 1), biases=st.booleans()
)
@settings(max_examples=30, deadline=None)
def test_pruning_keeps_the_highest_live_scores_and_the_exact_share(seed, sparsity, more, biases):
    start = started(2, seed, hidden=7)
    once = drawn(start, sparsity, seed, biases=biases)
    magnitudes = {n: t.abs() for n, t in start.items()}
    higher = sparsity + more * (1 - sparsity)
    twice = tickets.prune(magnitudes, once, higher, biases=biases)
    rows = slice(None) if biases else slice(None, -1)
    for name, mask in twice.items():
        count = mask[0, rows].numel()
        for m in range(2):
            part, before, score = (t[name][m, rows] for t in (twice, once, magnitudes))
            assert part.sum() == round((1 - higher) * count)
            assert not (part & ~before).any()
            dropped = before & ~part
            if part.any() and dropped.any():
                assert score[part].min() >= score[dropped].max()
        assert biases or bool(mask[:, -1].all())


def test_pruning_agrees_with_torch():
    start = started(1)
    for name, t in tickets.prune(
        {n: t.abs() for n, t in start.items()}, tickets.everything(start), 0.75, biases=False
    ).items():
        layer = nn.Linear(t.shape[1] - 1, t.shape[2])
        layer.weight.data = start[name][0, :-1].T.contiguous()
        torch_prune.l1_unstructured(layer, "weight", 0.75)
        np.testing.assert_array_equal(t[0, :-1].T.numpy(), layer.weight_mask.bool().numpy())


@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs CUDA")
def test_cuda_trains_tickets_as_the_cpu():
    start, (x, y) = started(2), data(2, 60)
    masks = drawn(start, 0.8)
    there = [{n: t.cuda() for n, t in tensors.items()} for tensors in (start, masks)]
    cuda = train(tickets.Ticket(*there), x.cuda(), y.cuda(), steps=5)
    close(train(tickets.Ticket(start, masks), x, y, steps=5), {n: t.cpu() for n, t in cuda.items()})


def test_bad_arguments_are_refused():
    start = started(2)
    masks = drawn(start, 0.5)
    for sparsity in (-0.1, 1.1):
        with pytest.raises(ValueError, match=f"sparsity must be between 0 and 1, got {sparsity}"):
            tickets.prune(start, masks, sparsity)
    with pytest.raises(ValueError, match=r"sparsity must be at least that of masks, got 0\.4: "):
        tickets.prune(start, masks, 0.4)
    with pytest.raises(ValueError, match="must have the same layers, got head, second in one only"):
        tickets.prune({"first": start["first"]}, masks, 0.6)
    with pytest.raises(ValueError, match=r"mask 'head' must have shape \(2, 25, 10\), got \(1,"):
        tickets.Ticket(start, masks | {"head": masks["head"][:1]})
    for net in (nets.CNN(1), nets.MLP(1, depth=1), nets.MLP(1, residual=False)):
        with pytest.raises(TypeError, match="net must be a residual MLP or a Ticket, got"):
            tickets.joined(net)
