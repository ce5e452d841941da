"""The training loop: masks, evaluation and refusals against torch alone."""

import pytest
import torch
import torch.nn.functional as F
from torch.nn.utils import prune

from labs.nn import nets, plain
from labs.nn.losses import cross_entropy, squared_error
from labs.nn.optimizer import Optimizer
from labs.nn.training import evaluate, fit
from tests.nn.random_data import data, generator

ADAM, SGD, RMSPROP = torch.optim.Adam, torch.optim.SGD, torch.optim.RMSprop


def train(net, x, y, optimizer, steps=15, **options):
    return [*fit(net, x, y, optimizer=optimizer, steps=steps, every=steps, batch=20, **options)]


def test_the_layout_of_the_data_changes_no_bit():
    x, y = data(2, 400)
    both = [nets.MLP(2).reset([0, 1]) for _ in range(2)]
    for net, laid in zip(both, (x, x.mT.contiguous().mT), strict=True):
        train(net, laid, y, Optimizer(net, ADAM, lr=0.01))
    assert all(map(torch.equal, *(net.parameters() for net in both)))


@pytest.mark.parametrize(
    ("steps", "every", "expected"), [(6, 2, [2, 4, 6]), (7, 3, [3, 6, 7]), (2, 5, [2])]
)
def test_fit_yields_at_every_and_at_the_end(steps, every, expected):
    net, (x, y) = nets.Logistic(1).reset([0]), data(1, 10)
    optimizer = Optimizer(net, SGD, lr=0.1)
    assert [*fit(net, x, y, optimizer=optimizer, steps=steps, every=every, batch=5)] == expected


def test_fit_leaves_the_global_generator_and_forgets_old_gradients():
    x, y = data(1, 40)
    fresh, used = (nets.MLP(1, dropout=0.5).reset([0]) for _ in range(2))
    for p in used.parameters():
        p.grad = torch.ones_like(p)
    before = torch.get_rng_state()
    for net in (fresh, used):
        train(net, x, y, Optimizer(net, ADAM), shuffles=[generator()])
    assert torch.equal(torch.get_rng_state(), before)
    for p, q in zip(fresh.parameters(), used.parameters(), strict=True):
        assert torch.equal(p, q)


def test_evaluating_between_two_yields_changes_nothing():
    x, y = data(1, 40)
    watched, alone = (nets.MLP(1, dropout=0.5).reset([0]) for _ in range(2))
    train(alone, x, y, Optimizer(alone, ADAM))
    for _ in fit(watched, x, y, optimizer=Optimizer(watched, ADAM), steps=15, every=2, batch=20):
        evaluate(watched, x, y, chunk=7)
    for p, q in zip(watched.parameters(), alone.parameters(), strict=True):
        assert torch.equal(p, q)


def test_shared_data_are_the_same_data_for_all():
    x, y = data(1, 40)
    shared, copied = (nets.Logistic(2).reset([0, 1]) for _ in range(2))
    shuffles = [[None, generator()], [None, generator()]]
    train(shared, x, y, Optimizer(shared, ADAM), shuffles=shuffles[0])
    copies = x.expand(2, -1, -1), y.expand(2, -1)
    train(copied, *copies, Optimizer(copied, ADAM), shuffles=shuffles[1])
    assert torch.equal(shared.head.weight, copied.head.weight)


def test_another_loss_trains_too():
    x, _ = data(2, 40)
    net = nets.Logistic(2).reset([0, 1])
    target = x[..., :10]

    def mean_square(outputs, targets):
        return (outputs - targets).square().mean((1, 2))

    before = mean_square(net(x), target)
    train(net, x, target, Optimizer(net, ADAM, lr=0.05), steps=100, loss=mean_square)
    assert (mean_square(net(x), target) < 0.3 * before).all()


def masks_of(net: nets.Net) -> dict[str, torch.Tensor]:
    g = generator(5)
    shapes = {"first.weight": net.first.weight.shape, "head.weight": net.head.weight.shape}
    return {name: torch.randint(2, shape, generator=g) for name, shape in shapes.items()}


def state_of(optimizer: Optimizer, i: int) -> list[torch.Tensor]:
    if optimizer._optimizer:
        state = optimizer._optimizer.state[optimizer._groups[0]["params"][i]]
        return [value for value in state.values() if torch.is_tensor(value)]
    return [values[i] for values in optimizer._states[0].values()]


@pytest.mark.parametrize("dtype", [torch.bool, torch.float32])
@pytest.mark.parametrize(
    ("kind", "options"),
    [
        (ADAM, {"lr": 0.01, "weight_decay": 0.1}),
        (SGD, {"lr": 0.1, "momentum": 0.9, "weight_decay": 0.1}),
        (RMSPROP, {"momentum": 0.9}),
    ],
)
def test_masked_weights_stay_zero_and_so_does_their_state(kind, options, dtype):
    net, (x, y) = nets.MLP(2, hidden=8).reset([0, 1]), data(2, 60)
    start = {name: p.detach().clone() for name, p in net.named_parameters()}
    optimizer, masks = Optimizer(net, kind, **options), masks_of(net)
    typed = {name: mask.to(dtype) for name, mask in masks.items()}
    for _ in fit(net, x, y, optimizer=optimizer, steps=9, every=1, batch=20, masks=typed):
        for name, mask in masks.items():
            p = net.get_parameter(name)
            assert (p[mask == 0] == 0).all()
            assert (p[mask == 1] != start[name][mask == 1]).float().mean() > 0.9
    names = list(dict(net.named_parameters()))
    for name, mask in masks.items():
        state = state_of(optimizer, names.index(name))
        moments = [v for v in state if v.shape == mask.shape]
        assert moments
        assert all((v[mask == 0] == 0).all() and (v[mask == 1] != 0).any() for v in moments)


@pytest.mark.parametrize("decay", [0.0, 0.05])
def test_masks_train_as_torchs_pruned_net(decay):
    net, (x, y) = nets.MLP(2), data(2, 60)
    twins = []
    for m in range(2):
        with torch.random.fork_rng():
            torch.manual_seed(m)
            twins.append(plain.MLP())
        net.load(m, twins[m])
    masks = masks_of(net)
    optimizer = Optimizer(net, ADAM, lr=1e-3, weight_decay=decay)
    train(net, x, y, optimizer, masks=masks)
    for m, twin in enumerate(twins):
        prune.custom_from_mask(twin.first, "weight", masks["first.weight"][m].T)
        prune.custom_from_mask(twin.head, "weight", masks["head.weight"][m].T)
        lone = ADAM(twin.parameters(), lr=1e-3, weight_decay=decay)
        for step in range(15):
            here = slice(step * 20 % 60, step * 20 % 60 + 20)
            lone.zero_grad()
            F.cross_entropy(twin(x[m, here]), y[m, here]).backward()
            lone.step()
        for name in ("first", "second", "head"):
            layer, expected = getattr(net, name), getattr(twin, name)
            if prune.is_pruned(expected):
                prune.remove(expected, "weight")
            for got, want in (
                (layer.weight[m].T, expected.weight),
                (layer.bias[m, 0], expected.bias),
            ):
                torch.testing.assert_close(got, want, rtol=0, atol=1e-5)


def test_a_mask_of_ones_changes_nothing():
    x, y = data(1, 60)
    masked, free = (nets.MLP(1).reset([0]) for _ in range(2))
    ones = {name: torch.ones_like(p) for name, p in masked.named_parameters()}
    train(masked, x, y, Optimizer(masked, ADAM), masks=ones)
    train(free, x, y, Optimizer(free, ADAM))
    for p, q in zip(masked.parameters(), free.parameters(), strict=True):
        assert torch.equal(p, q)


X, Y = data(2, 10)
REFUSED = {
    "steps must be .* got 0": {"steps": 0},
    "every must be .* got -1": {"every": -1},
    "batch must be .* got 2.5": {"batch": 2.5},
    r"x and y must begin .* M = 2, got \(3, 10, 40\)": {
        "x": X[:1].expand(3, -1, -1),
        "y": Y[:1].expand(3, -1),
    },
    r"x and y must be on the net's cpu, got meta and cpu": {"x": X.to("meta")},
    r"x and y must begin .* got \(2, 10, 40\) and \(2, 9\)": {"y": Y[:, :9]},
    r"x and y must begin .* got \(2,\) and \(2,\)": {"x": X[:, 0, 0], "y": Y[:, 0]},
    r"x must hold at least 1 example, got \(2, 0, 40\)": {"x": X[:, :0], "y": Y[:, :0]},
    r"shuffles must have one entry per member \(2\), got 1": {"shuffles": [None]},
    "got 'head.weigh': did you mean 'head.weight'": {
        "masks": {"head.weigh": torch.ones(2, 40, 10)}
    },
    r"mask 'head.weight' must have shape \(2, 40, 10\), got \(40, 10\)": {
        "masks": {"head.weight": torch.ones(40, 10)}
    },
    "mask 'head.bias' must hold 0 and 1 only": {
        "masks": {"head.bias": torch.full((2, 1, 10), 0.5)}
    },
}


@pytest.mark.parametrize(("message", "change"), REFUSED.items(), ids=REFUSED.keys())
def test_fit_refuses_before_it_trains(message, change):
    net = nets.Logistic(2).reset([0, 1])
    before = net.head.weight.clone()
    arguments = {"x": X, "y": Y, "steps": 2, "every": 1, "batch": 5, **change}
    x, y = arguments.pop("x"), arguments.pop("y")
    with pytest.raises(ValueError, match=message):
        fit(net, x, y, optimizer=Optimizer(net, ADAM), **arguments)
    assert torch.equal(net.head.weight, before)


def test_cross_entropy_is_each_members_mean():
    g = generator()
    logits = torch.randn(3, 8, 10, generator=g)
    labels = torch.randint(10, (3, 8), generator=g)
    expected = torch.stack([F.cross_entropy(a, b) for a, b in zip(logits, labels, strict=True)])
    torch.testing.assert_close(cross_entropy(logits, labels), expected)


def test_squared_error_is_the_mean_square_to_the_one_hot_label():
    g = generator()
    logits = torch.randn(3, 8, 4, generator=g, requires_grad=True)
    labels = torch.randint(4, (3, 8), generator=g)
    expected = [F.mse_loss(a, F.one_hot(b, 4).float()) for a, b in zip(logits, labels, strict=True)]
    losses = squared_error(logits, labels)
    torch.testing.assert_close(losses, torch.stack(expected))
    ours, theirs = (
        torch.autograd.grad(total, logits)[0] for total in (losses.sum(), sum(expected))
    )
    torch.testing.assert_close(ours, theirs)


def test_evaluate_records_the_loss_it_is_given():
    net, (x, y) = nets.MLP(2, depth=1, hidden=5).reset([0, 1]), data(1, 20)
    scores = evaluate(net, x, y, chunk=7, loss=squared_error)
    expected = squared_error(net(x.expand(2, -1, -1)), y.expand(2, -1)).detach()
    torch.testing.assert_close(scores.loss.float(), expected)
    assert torch.equal(scores.accuracy, evaluate(net, x, y).accuracy)


@pytest.mark.parametrize("members", [1, 3])
@pytest.mark.parametrize("chunk", [1, 7, 20, 50])
def test_evaluate_is_the_direct_computation(members, chunk):
    net, (x, y) = nets.MLP(3, dropout=0.5).reset([0, 1, 2]), data(members, 20)
    scores = evaluate(net, x, y, chunk)
    assert net.training
    assert net.dropout.training
    logits = net.eval()(x.expand(3, -1, -1)).detach()
    labels = y.expand(3, -1)
    evaluate(net, x, y)
    assert not net.training
    torch.testing.assert_close(scores.loss.float(), cross_entropy(logits, labels))
    assert torch.equal(scores.predicted, logits.argmax(-1))
    right = (logits.argmax(-1) == labels).sum(1)
    assert scores.accuracy.tolist() == pytest.approx((100 * right / 20).tolist())
    assert (scores.loss.dtype, scores.accuracy.dtype) == (torch.float64, torch.float64)


def test_evaluate_refuses():
    net = nets.Logistic(2).reset([0, 1])
    with pytest.raises(ValueError, match=r"chunk must be .* got 0"):
        evaluate(net, X, Y, chunk=0)
    with pytest.raises(ValueError, match=r"x and y must begin"):
        evaluate(net, X, Y[:, :9])
    with pytest.raises(ValueError, match=r"at least 1 example"):
        evaluate(net, X[:, :0], Y[:, :0])


def test_the_plain_loop_is_the_usual_loop():
    (x, y), twin = data(1, 40), plain.Logistic()
    weight = twin.head.weight.detach().clone().requires_grad_()
    bias = twin.head.bias.detach().clone().requires_grad_()
    plain.train(twin, x[0], y[0], steps=3, rate=0.1, batch=20)
    optimizer = ADAM([weight, bias], lr=0.1)
    for start in (0, 20, 0):
        optimizer.zero_grad()
        here = slice(start, start + 20)
        F.cross_entropy(F.linear(x[0, here], weight, bias), y[0, here]).backward()
        optimizer.step()
    torch.testing.assert_close(twin.head.weight, weight)
    torch.testing.assert_close(twin.head.bias, bias)


def test_training_leaves_tiny_numbers_to_others_as_they_were():
    tiny = torch.tensor(1e-30)
    net = nets.Logistic(1).reset([0])
    x, y = torch.zeros(1, 4, 40), torch.zeros(1, 4, dtype=torch.int64)
    optimizer = Optimizer(net, torch.optim.Adam, lr=0.01)
    for _ in fit(net, x, y, optimizer=optimizer, steps=2, every=1):
        assert (tiny * 1e-10).item() > 0


def test_the_plain_evaluation_is_that_of_the_stack():
    net, twin = nets.MLP(1), plain.MLP()
    net.load(0, twin)
    x, y = torch.randn(50, 40), torch.randint(10, (50,))
    scores = evaluate(net, x[None], y[None])
    assert plain.evaluate(twin, x, y) == pytest.approx((scores.loss.item(), scores.accuracy.item()))
