"""Our side of a race: what it writes is all that is needed to train the same networks again."""

from functools import partial

import numpy as np
import pytest
import torch
import torch.nn.functional as F

from labs.nn import nets, plain
from labs.nn.side import Stack, drawn, supervised
from tests.nn.random_data import data

STEPS, BATCH = 12, 20  # three epochs of 80 examples


def raced(file, orders):
    x, y = data(2, 80)
    build = partial(plain.MLP, 8)
    how = {"lr": 0.1, "momentum": 0.9}
    stack = Stack(nets.MLP(2, 8), drawn(build, 2), x, y, torch.optim.SGD, how, STEPS, BATCH, orders)
    return supervised(stack, file)


@pytest.mark.parametrize("orders", [None, [3, 4]])
def test_the_file_tells_the_training(orders, tmp_path):
    side = raced(tmp_path / "start.npz", orders)
    losses = side.outcome(side.train(side.reset()))
    stored = np.load(tmp_path / "start.npz")
    order = torch.from_numpy(stored["order"]).long()
    assert order.shape == (STEPS, 1 if orders is None else 2, BATCH)
    for member in range(2):
        net = plain.MLP(8)
        state = {
            name: torch.from_numpy(stored[f"start.{name}"][member]) for name in net.state_dict()
        }
        net.load_state_dict(state)
        x, y = (torch.from_numpy(stored[name][member]) for name in ("x", "y"))
        optimizer = torch.optim.SGD(net.parameters(), lr=0.1, momentum=0.9)
        for indices in order:
            rows = indices[member % len(indices)]
            optimizer.zero_grad()
            F.cross_entropy(net(x[rows]), y[rows]).backward()
            optimizer.step()
        assert losses[member] == pytest.approx(F.cross_entropy(net(x), y).item(), rel=1e-4)


def test_every_training_starts_anew(tmp_path):
    side = raced(tmp_path / "start.npz", [3, 4])
    first, again = (side.outcome(side.train(side.reset())) for _ in range(2))
    assert first.tolist() == again.tolist()
    assert first.tolist() != side.outcome(side.reset()).tolist()
