"""Columns of a progressive network against torch's own convolutions, summed over columns."""

import torch
import torch.nn.functional as F

from labs.continual.columns import Column
from labs.nn.losses import cross_entropy
from tests.nn.random_data import data, generator

WIDTH = 4


def columns(count, members=2):
    made = []
    for k in range(count):
        made.append(Column(members, WIDTH, made[:k]).reset([10 * k, 10 * k + 1]))
        with torch.no_grad():
            for i, value in enumerate(made[k].laterals.values()):
                value.copy_(torch.randn(value.shape, generator=generator(100 * k + i)))
    return made


def conv(x, weight, stride, padding, inputs):
    """(B, channels, positions), with a weight (kernel * inputs, outputs), channels fastest."""
    kernel = weight.unflatten(0, (-1, inputs)).permute(2, 1, 0)
    return F.conv1d(x, kernel, stride=stride, padding=padding)


def by_hand(made, m, x):
    """Logits of the last column, member m: a convolution of its own per earlier column."""
    below = []
    for k, net in enumerate(made):
        own = {name: p.detach()[m] for name, p in net.named_parameters()}
        h = [conv(x.unsqueeze(1), own["first.weight"], 2, 2, 1) + own["first.bias"].T]
        h[0] = h[0].relu()
        for layer, name in enumerate(("second", "third")):
            total = conv(h[-1], own[f"{name}.weight"], 2, 1, WIDTH) + own[f"{name}.bias"].T
            for j in range(k):
                taps = own[f"laterals.{name}"].view(3, k, WIDTH, WIDTH)[:, j].flatten(0, 1)
                total = total + conv(below[j][layer], taps, 2, 1, WIDTH)
            h.append(total.relu())
        h[-1] = h[-1].amax(2)
        logits = h[-1] @ own["head.weight"] + own["head.bias"]
        for j in range(k):
            rows = own["laterals.head"].view(k, WIDTH, 10)[j]
            logits = logits + below[j][2] @ rows
        below.append(h)
    return logits


def test_a_column_adds_a_map_of_every_earlier_ones_layers():
    made = columns(3)
    x, _ = data(2, 6)
    for m in range(2):
        torch.testing.assert_close(made[2](x)[m], by_hand(made, m, x[m]), rtol=1e-4, atol=1e-4)


def test_at_its_start_a_column_is_the_one_without_laterals():
    first = columns(1)
    heard = Column(2, WIDTH, first).reset([5, 6])
    alone = Column(2, WIDTH).reset([5, 6])
    x, _ = data(2, 6)
    torch.testing.assert_close(heard(x), alone(x), rtol=0, atol=1e-6)


def test_laterals_learn_from_the_first_step_and_earlier_columns_do_not():
    first = columns(1)
    heard = Column(2, WIDTH, first).reset([5, 6])
    x, y = data(2, 6)
    cross_entropy(heard(x), y).sum().backward()
    assert all(value.grad.abs().sum() > 0 for value in heard.laterals.values())
    assert all(p.grad is None for p in first[0].parameters())
    assert not any("earlier" in name for name, _ in heard.named_parameters())


def test_numbers_between_columns_grow_by_one_pairs_number_for_each_earlier_column():
    pair = 3 * WIDTH * WIDTH * 2 + WIDTH * 10
    assert [net.lateral_count() for net in columns(4)] == [0, pair, 2 * pair, 3 * pair]
