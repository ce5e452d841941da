"""The modular-rules models: each member is its plain twin, with the published shapes and counts."""

import pytest
import torch
import torch.nn.functional as F

from labs.modular_rules.grid import MODELS
from labs.modular_rules.nets import attention, models, plain
from labs.modular_rules.nets.attention import Heads, attend
from labs.modular_rules.nets.routing import switch
from labs.nn.optimizer import Optimizer
from tests.nn.random_data import generator

SEEDS = [5, 0, 2**33]
FEATURES = {"mlp": lambda rules: 2, "mha": lambda rules: 6 * rules, "rnn": lambda rules: 8}
CASES = [  # architecture, rules, length, sizes
    ("mlp", 2, None, {"encoder": 16, "width": 64}),
    ("mlp", 3, None, {"encoder": 5, "width": 10}),  # no multiple of the rules
    ("mha", 2, 5, {"encoder": 32, "width": 128}),
    ("mha", 3, 2, {"encoder": 7, "width": 20}),
    ("rnn", 2, 5, {"encoder": 32, "width": 64, "outputs": 8}),
    ("rnn", 5, 1, {"encoder": 7, "width": 12}),
    ("rnn", 3, 4, {"encoder": 7, "width": 12, "outputs": 8, "state": 9}),
]
cases = pytest.mark.parametrize(
    ("architecture", "rules", "length", "widths"),
    CASES,
    ids=[f"{c[0]} {c[1]} {c[2]}" for c in CASES],
)
every_model = pytest.mark.parametrize("model", MODELS)


def stack(architecture, model, members, rules, **widths):
    features = FEATURES[architecture](rules)
    return models.build(architecture, model, members, rules, features=features, **widths)


def twin(seed, architecture, model, rules, **widths):
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        return plain.build(
            architecture, model, rules, features=FEATURES[architecture](rules), **widths
        )


def inputs(architecture, rules, length, members=3, batch=7, seed=0):
    g = generator(seed)
    shape = (members, batch) if length is None else (members, batch, length)
    codes = F.one_hot(torch.randint(rules, shape, generator=g), rules)
    return torch.cat([torch.randn(*shape, FEATURES[architecture](rules), generator=g), codes], -1)


def started(architecture, model, rules, **widths):
    net = stack(architecture, model, len(SEEDS), rules, **widths)
    ones = [twin(seed, architecture, model, rules, **widths) for seed in SEEDS]
    for m, one in enumerate(ones):
        net.load(m, one)
    return net, ones


def close(actual, expected, tolerance=1e-5):
    torch.testing.assert_close(actual, expected, rtol=0, atol=tolerance)


def total(output, weights):
    """A number with a gradient in every output."""
    activation = 0 if output.activation is None else (output.activation * weights[1]).sum()
    return (output.y * weights[0]).sum() + activation + output.balance.sum()


@every_model
@cases
def test_outputs_and_gradients_are_the_twins(architecture, rules, length, widths, model):
    net, ones = started(architecture, model, rules, **widths)
    gradients = stack(architecture, model, len(SEEDS), rules, **widths)
    x = inputs(architecture, rules, length)
    output = net(x)
    weights = [
        None if t is None else torch.randn(t.shape, generator=generator(1)) for t in output[:2]
    ]
    total(output, weights).backward()
    for m, one in enumerate(ones):
        expected = one(x[m])
        for ours, its in zip(output, expected, strict=True):
            assert (ours is None) == (its is None)
            if its is not None:
                close(ours[m], its)
        total(expected, [None if w is None else w[m] for w in weights]).backward()
        for p in one.parameters():
            p.data = torch.zeros_like(p) if p.grad is None else p.grad
        gradients.load(m, one)
    for p, expected in zip(net.parameters(), gradients.parameters(), strict=True):
        close(torch.zeros_like(p) if p.grad is None else p.grad, expected.detach())


@every_model
@cases
def test_members_start_as_the_twin_under_their_seeds(architecture, rules, length, widths, model):
    before = torch.get_rng_state()
    net = stack(architecture, model, 3, rules, **widths).reset(SEEDS)
    assert torch.equal(torch.get_rng_state(), before)
    expected, _ = started(architecture, model, rules, **widths)
    alone = stack(architecture, model, 1, rules, **widths).reset(SEEDS[1:2])
    for p, q, one in zip(net.parameters(), expected.parameters(), alone.parameters(), strict=True):
        close(p, q, 1e-7)
        assert torch.equal(p[1:2], one)


@every_model
@pytest.mark.parametrize("architecture", models.NETS)
def test_a_stack_trains_as_the_plain_loop_trains_each(architecture, model):
    rules, length, widths = next(c[1:] for c in CASES if c[0] == architecture)
    net, ones = started(architecture, model, rules, **widths)
    optimizer = Optimizer(net, torch.optim.Adam, lr=1e-3)
    updates = [torch.optim.Adam(one.parameters(), lr=1e-3) for one in ones]
    for step in range(5):
        x = inputs(architecture, rules, length, seed=step)
        output = net(x)
        (output.y.square().flatten(1).mean(1) + 0.01 * output.balance).sum().backward()
        optimizer.step()
        for m, (one, update) in enumerate(zip(ones, updates, strict=True)):
            output = one(x[m])
            update.zero_grad()
            (output.y.square().mean() + 0.01 * output.balance).backward()
            update.step()
    for m, one in enumerate(ones):
        close(net(x).y[m], one(x[m]).y, 2e-5)


def test_one_state_width_for_all():
    given_width = {"encoder": 16, "width": 64, "state": 24}
    nets = [stack("rnn", model, 1, rules, **given_width) for model in MODELS for rules in (2, 7)]
    assert {net.state for net in nets} == {24}
    assert {tuple(net.decode_first.weight.shape) for net in nets} == {(1, 24, 24)}


@every_model
@cases
def test_activations(architecture, rules, length, widths, model):
    net = stack(architecture, model, 3, rules, **widths).reset(SEEDS)
    x = inputs(architecture, rules, length)
    y, activation, balance = net(x)
    outputs = (widths["outputs"],) if "outputs" in widths else (1,)
    assert y.shape == (*x.shape[:-1], *(outputs if architecture == "rnn" else ()))
    assert balance.shape == (3,)
    if model == "monolithic":
        assert activation is None
        return
    codes = x[..., -rules:]
    assert activation.shape == codes.shape
    close(activation.sum(-1), torch.ones(codes.shape[:-1]))
    if model == "gt_modular":
        assert torch.equal(activation, codes)
    if model == "switch":
        assert set(activation.unique().tolist()) <= {0.0, 1.0}
        assert not activation.requires_grad
        assert bool((balance > 0).all())
    else:
        assert torch.equal(balance, torch.zeros(3))
    if model.startswith("modular_op"):  # a function of the rule alone
        by_rule = torch.einsum("m...r,m...k->mrk", codes, activation)
        counts = codes.flatten(1, -2).sum(1).unsqueeze(-1).clamp(min=1)
        close(
            (codes @ (by_rule / counts).view(3, *[1] * (codes.dim() - 3), rules, rules)), activation
        )


def test_the_switch_chooses_after_the_softmax():
    p = torch.tensor([[0.5, 0.2, 0.6, 0.1], [0.3, 0.7, 0.3, 0.2], [0.2, 0.1, 0.1, 0.7]])
    logits = p.log().unsqueeze(0).requires_grad_()
    gate = switch(logits)
    chosen = torch.tensor([[1.0, 0, 1, 0], [0, 1, 0, 0], [0, 0, 0, 1]])
    assert torch.equal(gate.activation[0], chosen)
    close(gate.weights[0], p * chosen)
    fractions, means = torch.tensor([0.5, 0.25, 0.25]), p.mean(1)
    close(gate.balance[0], 3 * (fractions * means).sum())
    gate.weights.sum().backward()
    assert logits.grad.abs().sum() > 0.1  # the router learns from the gate alone


@pytest.mark.parametrize("rules", [2, 5])
def test_balance_is_one_when_even_and_the_number_of_modules_when_one_takes_all(rules):
    even = switch(20 * torch.eye(rules).unsqueeze(0)).balance
    one = switch(20 * torch.eye(rules)[:1].T.expand(rules, 9).unsqueeze(0)).balance
    close(torch.cat([even, one]), torch.tensor([1.0, rules]))


@pytest.mark.parametrize("length", [2, 3, 7])
@pytest.mark.parametrize("members", [1, 5])
def test_attention_is_torchs(members, length):
    heads, own = Heads(3, 2, 4, length), 6
    x = torch.randn(members, 3 * heads.rows + own, 4 * length, generator=generator())
    grad = torch.randn(members, 3, (heads.rows + own) // 3, 4 * length, generator=generator(1))
    results = []
    for function in (attend, attention.plain):
        leaf = x.clone().requires_grad_()
        heard = function(leaf, heads)
        heard.backward(grad)
        results.append((heard.detach(), leaf.grad))
    for ours, torchs in zip(*results, strict=True):
        close(ours, torchs)


GOOD = {"encoder": 8, "width": 16, "features": 2}
FAULTS = [
    ({"architecture": "mpl"}, "architecture must be .*got 'mpl': did you mean 'mlp'"),
    ({"model": "modular_opp"}, "model must be .*got 'modular_opp': did you mean 'modular_op'"),
    ({"members": 0}, "members must be a whole number of at least 1, got 0"),
    ({"rules": 0}, "rules must be a whole number of at least 1, got 0"),
    ({"encoder": 1.5}, "encoder must be a whole number of at least 1, got 1.5"),
    ({"rules": 17}, "width must be at least rules = 17, got 16"),
    ({"features": 3}, "features must be 2 for 'mlp', got 3"),
    ({"state": 4}, "state must be None for 'mlp', got 4"),
    ({"architecture": "mha", "outputs": 2}, "outputs must be 1 for 'mha', got 2"),
    ({"architecture": "mha", "rules": 9}, "width must be at least 2 rules = 18, got 16"),
    ({"architecture": "rnn", "state": 0}, "state must be a whole number of at least 1, got 0"),
    ({"architecture": "rnn", "width": 1, "encoder": 99, "rules": 90}, "rules must leave the state"),
]


@pytest.mark.parametrize(("fault", "message"), FAULTS, ids=[str(f[0]) for f in FAULTS])
def test_what_cannot_be_built_is_refused(fault, message):
    arguments = {
        "architecture": "mlp",
        "model": "modular",
        "members": 2,
        "rules": 4,
        **GOOD,
        **fault,
    }
    with pytest.raises(ValueError, match=message):
        models.build(**arguments)
    del arguments["members"]
    if "members" not in fault:
        with pytest.raises(ValueError, match=message):
            plain.build(**arguments)


@pytest.mark.parametrize("shape", [(3, 4, 6), (2, 4, 7), (2, 4)])
def test_an_mlp_refuses_other_inputs(shape):
    with pytest.raises(ValueError, match=r"x must have shape \(2, B, 6\), got"):
        stack("mlp", "modular", 2, 4, encoder=4, width=8)(torch.zeros(shape))


def test_sequences_are_checked():
    mha = stack("mha", "modular", 2, 2, encoder=4, width=8)
    rule = r"x must have shape \(2, B, L, 14\), B and L at least 1, got "
    for shape in ((2, 4, 14), (2, 4, 5, 13), (3, 4, 5, 14), (2, 4, 0, 14), (2, 0, 5, 14)):
        with pytest.raises(ValueError, match=rule):
            mha(torch.zeros(shape))
    with pytest.raises(ValueError, match="x must have at least 2 tokens"):
        mha(torch.zeros(2, 4, 1, 14))
