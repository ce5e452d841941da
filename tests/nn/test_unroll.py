"""The hyper-gradient: three methods, finite differences, closed forms, members apart."""

import math
from functools import partial

import pytest
import torch
import torch.nn.functional as F
from hypothesis import given, settings
from hypothesis import strategies as st

from labs.nn.unroll import descent, hypergradient, unroll

# torch's first forward derivative in a process loads rules that it compiles with its old compiler
pytestmark = pytest.mark.filterwarnings("ignore:.*torch.jit.script:DeprecationWarning")

METHODS = ("reverse", "checkpointed", "forward")
MEMBERS = 3


def problem(dtype=torch.float64, members=MEMBERS):
    """A small network with momentum: state of four tensors, hyper-parameters of three shapes."""
    g = torch.Generator().manual_seed(0)
    x = torch.randn(members, 20, 4, generator=g, dtype=torch.float64).to(dtype)
    y = torch.randn(members, 20, 2, generator=g, dtype=torch.float64).to(dtype)
    w = [torch.randn(members, *s, generator=g, dtype=torch.float64) for s in ((4, 5), (5, 2))]
    state = tuple(0.5 * t.to(dtype) for t in w)
    hyper = (
        torch.linspace(0.1, 0.3, members, dtype=dtype),
        torch.full((members, 2), 0.5, dtype=dtype),
        torch.full((members, 1, 2), 0.01, dtype=dtype),
    )

    def loss(rows, weights):
        first, second = weights
        return ((x[:, rows] @ first).tanh() @ second - y[:, rows]).square().mean((1, 2))

    def step(state, hyper, t):
        weights, velocity = state[:2], state[2:]
        rows = slice(5 * (t % 4), 5 * (t % 4) + 5)
        gradients, losses = descent(partial(loss, rows), weights)
        rate, momentum, decay = (h.view(members, -1, 1, 1) for h in hyper)
        velocity = tuple(
            momentum[:, k] * v + g + decay[:, k] * w
            for k, (w, v, g) in enumerate(zip(weights, velocity, gradients, strict=True))
        )
        return (*(w - rate[:, 0] * v for w, v in zip(weights, velocity, strict=True)), *velocity), (
            losses
        )

    return step, (*state, *(torch.zeros_like(w) for w in state)), hyper


def flat(tensors):
    return torch.cat([t.reshape(len(t), -1) for t in tensors], dim=1)


@pytest.mark.parametrize(
    ("dtype", "tolerance"), [(torch.float64, 1e-10), (torch.float32, 1e-5)], ids=str
)
@pytest.mark.parametrize("first", [0, 25])
def test_the_three_methods_agree(dtype, tolerance, first):
    step, state, hyper = problem(dtype)
    results = [
        hypergradient(step, state, hyper, 60, method=method, first=first) for method in METHODS
    ]
    for result in results:
        for part in ("losses", "state", "gradients"):
            ours, theirs = getattr(result, part), getattr(results[0], part)
            pairs = [(ours, theirs)] if part == "losses" else zip(ours, theirs, strict=True)
            for a, b in pairs:
                assert (a - b).norm() <= tolerance * b.norm()
        assert [g.shape for g in result.gradients] == [h.shape for h in hyper]


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("first", [0, 7])
def test_finite_differences_confirm_it(method, first):
    step, state, hyper = problem()
    result = hypergradient(step, state, hyper, 12, method=method, first=first)
    eps = 1e-6
    for k, values in enumerate(hyper):
        for place in range(values[0].numel()):
            ends = []
            for sign in (1, -1):
                moved = [h.clone() for h in hyper]
                moved[k].view(MEMBERS, -1)[:, place] += sign * eps
                ends.append(unroll(step, state, tuple(moved), 12).losses[first:].mean(0))
            expected = (ends[0] - ends[1]) / (2 * eps)
            torch.testing.assert_close(
                result.gradients[k].view(MEMBERS, -1)[:, place], expected, rtol=1e-6, atol=1e-9
            )


@settings(max_examples=30, deadline=None)
@given(
    method=st.sampled_from(METHODS),
    horizon=st.integers(1, 30),
    data=st.data(),
    rate=st.floats(0.01, 1.5),
    curvature=st.floats(0.1, 1.2),
)
def test_a_parabola_has_a_closed_form(method, horizon, data, rate, curvature):
    first = data.draw(st.integers(0, horizon - 1))

    def step(state, hyper, t):
        slope, loss = descent(lambda w: curvature * w[0] ** 2 / 2, state)
        return (state[0] - hyper[0] * slope[0],), loss

    start = torch.tensor([1.0, -2.0], dtype=torch.float64)
    rates = torch.tensor([rate, rate / 2], dtype=torch.float64)
    result = hypergradient(step, (start,), (rates,), horizon, method=method, first=first)
    for m in range(2):
        shrink = 1 - rates[m].item() * curvature
        counted = range(first, horizon)
        slopes = [
            -(curvature**2) * start[m].item() ** 2 * t * shrink ** (2 * t - 1) if t else 0.0
            for t in counted
        ]
        assert result.gradients[0][m].item() == pytest.approx(
            sum(slopes) / len(slopes), rel=1e-9, abs=1e-12
        )
        assert result.state[0][m].item() == pytest.approx(start[m].item() * shrink**horizon)


@pytest.mark.parametrize("method", METHODS)
def test_a_member_is_the_same_alone(method):
    together = hypergradient(*problem(), 15, method=method)
    step, state, hyper = problem()

    def alone(state, hyper, t):  # the other members hold still
        full = tuple(s.expand(MEMBERS, *s.shape[1:]) for s in state)
        new, losses = step(full, tuple(h.expand(MEMBERS, *h.shape[1:]) for h in hyper), t)
        return tuple(s[:1] for s in new), losses[:1]

    result = hypergradient(
        alone, tuple(s[:1] for s in state), tuple(h[:1] for h in hyper), 15, method=method
    )
    torch.testing.assert_close(flat(result.gradients), flat(together.gradients)[:1])


def test_a_member_that_overflows_leaves_the_others_alone():
    step, state, hyper = problem()
    wild = tuple(h.clone() for h in hyper)
    wild[0][1] = 1e200
    for method in METHODS:
        ours = hypergradient(step, state, wild, 20, method=method).gradients
        calm = hypergradient(step, state, hyper, 20, method=method).gradients
        assert not flat(ours)[1].isfinite().all()
        torch.testing.assert_close(flat(ours)[[0, 2]], flat(calm)[[0, 2]])


@pytest.mark.parametrize("method", METHODS)
def test_unroll_trains_the_same_and_nothing_keeps_a_graph(method):
    step, state, hyper = problem()
    before = [t.clone() for t in (*state, *hyper)]
    with torch.no_grad():
        quiet = hypergradient(step, state, hyper, 10, method=method)
    result = hypergradient(step, state, hyper, 10, method=method)
    plain = unroll(step, state, hyper, 10)
    torch.testing.assert_close(result.losses, plain.losses)
    torch.testing.assert_close(flat(result.state), flat(plain.state))
    torch.testing.assert_close(flat(result.gradients), flat(quiet.gradients))
    tensors = (result.losses, *result.state, *result.gradients, plain.losses, *plain.state)
    assert not any(t.requires_grad for t in tensors)
    assert all(torch.equal(a, b) for a, b in zip(before, (*state, *hyper), strict=True))


def test_descent_is_the_gradient_and_autograd_serves_the_reverse_methods():
    g = torch.Generator().manual_seed(1)
    x, y = torch.randn(2, 8, 3, generator=g), torch.randint(4, (2, 8), generator=g)
    start, rate = (torch.randn(2, 3, 4, generator=g),), (torch.tensor([0.1, 0.4]),)

    def loss(weights):
        return F.cross_entropy((x @ weights[0]).mT, y, reduction="none").mean(1)

    def by_descent(state, hyper, t):
        slopes, losses = descent(loss, state)
        return (state[0] - hyper[0].view(-1, 1, 1) * slopes[0],), losses

    def by_autograd(state, hyper, t):
        again = torch.is_grad_enabled()
        with torch.enable_grad():
            own = state if again else (state[0].detach().requires_grad_(),)
            losses = loss(own)
            (slope,) = torch.autograd.grad(losses.sum(), own, create_graph=again)
        return (state[0] - hyper[0].view(-1, 1, 1) * slope,), losses

    expected = hypergradient(by_descent, start, rate, 12, method="forward")
    for method in ("reverse", "checkpointed"):
        result = hypergradient(by_autograd, start, rate, 12, method=method)
        torch.testing.assert_close(result.gradients, expected.gradients, rtol=1e-5, atol=1e-7)
    plain = unroll(by_autograd, start, rate, 12)
    torch.testing.assert_close(plain.losses.detach(), expected.losses)


def test_every_segment_length_is_right_at_awkward_horizons():
    step, state, hyper = problem()
    for horizon in (1, 2, 3, 4, 5, 16, 17):
        whole = hypergradient(step, state, hyper, horizon)
        cut = hypergradient(step, state, hyper, horizon, method="checkpointed")
        torch.testing.assert_close(flat(cut.gradients), flat(whole.gradients))
        assert len(cut.losses) == horizon
        assert math.isfinite(cut.losses.sum())


def test_bad_arguments_are_refused():
    step, state, hyper = problem()
    with pytest.raises(ValueError, match="did you mean 'forward'"):
        hypergradient(step, state, hyper, 5, method="foward")
    with pytest.raises(ValueError, match="horizon must be a whole number of at least 1, got 0"):
        hypergradient(step, state, hyper, 0)
    with pytest.raises(ValueError, match=r"first must lie in 0..horizon - 1 = 4, got 5"):
        hypergradient(step, state, hyper, 5, first=5)
    with pytest.raises(TypeError, match="state must be a tuple of floating tensors"):
        unroll(step, list(state), hyper, 5)
    with pytest.raises(TypeError, match="hyper must be a tuple of floating tensors"):
        unroll(step, state, (torch.arange(MEMBERS),), 5)
    with pytest.raises(ValueError, match="must begin with one member axis M"):
        unroll(step, state, (torch.tensor(0.1),), 5)
    with pytest.raises(ValueError, match="must begin with one member axis M"):
        unroll(step, state, (torch.ones(MEMBERS + 1),), 5)
    with pytest.raises(ValueError, match="step must give one loss per member"):
        unroll(lambda state, hyper, t: (state, state[0].mean()), state, hyper, 5)
