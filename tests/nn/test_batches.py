"""The order of batches, and that `fit` goes through them."""

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from labs.nn import nets, training
from labs.nn.optimizer import Optimizer
from labs.nn.training import batch_indices, fit
from tests.nn.random_data import generator

SGD = torch.optim.SGD


@pytest.mark.parametrize(("examples", "batch"), [(12, 4), (10, 4), (3, 7), (5, 5), (7, 1)])
def test_the_cyclic_order_is_upstreams(examples, batch):
    steps = 3 * examples
    for step, indices in enumerate(batch_indices(examples, batch, steps, [None, None])):
        start = step * batch % examples
        upstream = range(examples)[start : start + batch]  # cut short at the end of the data
        assert indices.shape == (2, batch)
        assert indices[0].tolist() == indices[1].tolist()
        assert indices[0, : len(upstream)].tolist() == [*upstream]
        assert indices[0].tolist() == [(start + i) % examples for i in range(batch)]


@settings(deadline=None, max_examples=60)
@given(st.integers(1, 12), st.integers(1, 15), st.integers(0, 2**63 - 1), st.integers(1, 4))
def test_every_shuffled_epoch_is_a_permutation(examples, batch, seed, epochs):
    steps = -(-epochs * examples // batch)
    shuffles = [generator(seed), None, generator(seed)]
    order = torch.cat([*batch_indices(examples, batch, steps, shuffles)], dim=1)
    assert order.shape == (3, steps * batch)
    for epoch in order[:, : epochs * examples].split(examples, dim=1):
        assert (epoch.sort().values == torch.arange(examples)).all()
    assert torch.equal(order[0], order[2])
    alone = torch.cat([*batch_indices(examples, batch, steps, [generator(seed)])], dim=1)
    assert torch.equal(order[:1], alone)


def test_epochs_and_seeds_differ():
    first, second = batch_indices(50, 50, 2, [generator(0), generator(1)])
    assert len({tuple(row.tolist()) for row in (*first, *second)}) == 4


@pytest.mark.parametrize("name", ["examples", "batch", "steps"])
def test_batch_indices_refuse_before_the_first_is_drawn(name):
    sizes = {"examples": 5, "batch": 2, "steps": 3, name: 0}
    with pytest.raises(ValueError, match=rf"{name} must be .* got 0"):
        batch_indices(**sizes, shuffles=[None])


@pytest.mark.parametrize("shared", [False, True])
@pytest.mark.parametrize("examples", [6, 7])  # batches of 3 are views of 6, and copies of 7
def test_fit_sees_the_batches_in_order(examples, shared):
    steps, y = 5, torch.arange(examples).repeat(1 if shared else 2, 1)
    y[1:] += 100
    seen = []

    def loss(outputs, targets):
        seen.append(targets.tolist())
        assert torch.equal(outputs[..., 0], targets.float())
        return outputs.square().mean((1, 2)) * 0

    net = nets.Logistic(2, length=1).reset([0, 1])
    for p, value in zip(net.parameters(), (1.0, 0.0), strict=True):
        torch.nn.init.constant_(p, value)  # outputs are inputs
    x, optimizer = y.unsqueeze(-1).float(), Optimizer(net, SGD, lr=0.1)
    before = x.clone(), y.clone()
    done = fit(net, x, y, optimizer=optimizer, steps=steps, every=2, batch=3, loss=loss)
    assert [*done] == [2, 4, 5]
    assert torch.equal(x, before[0])
    assert torch.equal(y, before[1])
    own = [[(3 * step + i) % examples for i in range(3)] for step in range(steps)]
    assert seen == [[batch, [i + (0 if shared else 100) for i in batch]] for batch in own]


@pytest.mark.parametrize("at_once", [1, 2, 3, 100])  # batches that are copied together
@pytest.mark.parametrize("steps", [1, 2, 7])
def test_a_shuffled_fit_sees_and_draws_what_batch_indices_gives(at_once, steps, monkeypatch):
    y, seen = torch.arange(14).view(2, 7), []
    net = nets.Logistic(2, length=1).reset([0, 1])
    monkeypatch.setattr(training, "GATHERED", at_once * 2 * 3 * 4)  # of 2 members, 3 float32 each

    def loss(outputs, targets):
        seen.append(targets)
        return outputs.sum((1, 2)) * 0

    orders, own = ([generator(5), generator(6)] for _ in range(2))
    sgd = Optimizer(net, SGD, lr=0.1)
    how = {"steps": steps, "every": 2, "batch": 3, "loss": loss, "shuffles": orders}
    assert [*fit(net, y.unsqueeze(-1).float(), y, optimizer=sgd, **how)][-1] == steps
    expected = [y.gather(1, rows) for rows in batch_indices(7, 3, steps, own)]
    assert all(map(torch.equal, seen, expected))
    assert len(seen) == steps
    assert all(map(torch.equal, *([g.get_state() for g in each] for each in (orders, own))))
