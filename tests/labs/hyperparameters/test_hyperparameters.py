"""The learning rate by gradient descent: the published digits, the inner step, claims, costs."""

import math
from dataclasses import asdict

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn

from labs.data import mnist1d
from labs.hyperparameters import cost, grid, inner, outer, search, speed, training
from labs.hyperparameters import published as source
from labs.hyperparameters.grid import PRESETS, Cell, Config
from labs.hyperparameters.lab import LAB
from labs.kit.execute import stacks
from labs.nn.unroll import hypergradient, unroll

# torch's first forward derivative in a process loads rules that it compiles with its old compiler
pytestmark = pytest.mark.filterwarnings("ignore:.*torch.jit.script:DeprecationWarning")

STEPS = range(3, 49, 3)  # of which the notebook prints the rate, to four digits
FROM_ABOVE = (
    1.259, 1.044, 0.9111, 0.8209, 0.7606, 0.7205, 0.6931, 0.6735, 0.6590, 0.6482, 0.6404, 0.6348,
    0.6307, 0.6278, 0.6258, 0.6243,
)  # fmt: skip
FROM_BELOW = (
    0.4909, 0.5407, 0.5689, 0.5857, 0.5965, 0.6038, 0.6088, 0.6124, 0.6149, 0.6166, 0.6179, 0.6187,
    0.6193, 0.6198, 0.6201, 0.6203,
)  # fmt: skip
LAST_ABOVE = (
    1.588, 1.508, 1.500, 1.491, 1.484, 1.485, 1.488, 1.492, 1.495, 1.498, 1.500, 1.502, 1.503,
    1.504, 1.504, 1.505,
)  # fmt: skip


def printed(number, digit):
    """A number of the notebook: half of its last digit is the printing, a tenth is for rounding,
    by which processors were seen to differ by 0.03 of it: the number may be printed as the next.
    """
    return pytest.approx(number, rel=0, abs=0.6 * digit)


def test_the_published_run_to_every_printed_digit():
    before = torch.random.get_rng_state()
    step, state = training.problem("published", [inner.published(0)] * 2, source.HORIZON)
    hyper = outer.begin("published", source.STARTS, 1)
    run = outer.tune("published", step, state, hyper, source.HORIZON, source.PRINTED + 1)
    assert torch.equal(torch.random.get_rng_state(), before)
    for member, rates in enumerate((FROM_ABOVE, FROM_BELOW)):
        for k, rate in zip(STEPS, rates, strict=True):
            digit = 1e-3 if rate >= 1 else 1e-4
            assert run.rates[k, member, 0].item() == printed(rate, digit)
    assert run.last[STEPS, 0].tolist() == printed(list(LAST_ABOVE), 1e-3)
    assert [run.objective[-1, 0].item(), run.last[-1, 1].item()] == printed([1.716, 1.506], 1e-3)
    assert run.objective[3].tolist() == printed([1.808, 1.722], 1e-3)
    assert int(run.last[:, 0].argmin()) == 16  # ahead of the next by 500 times what rounding moves
    assert run.last[16, 0].item() == printed(1.4842, 1e-4)


def twin(weights):
    net = nn.Sequential(nn.Linear(40, 50), nn.Tanh(), nn.Linear(50, 10))
    with torch.no_grad():
        for parameter, value in zip(net.parameters(), weights, strict=True):
            parameter.copy_(value[0].T.squeeze(1) if value.shape[1] == 1 else value[0].T)
    return net


def test_replicate_zero_starts_as_upstream_does():
    with torch.random.fork_rng():
        torch.manual_seed(0)
        first, head = nn.Linear(40, 50), nn.Linear(50, 10)
    w1, b1, w2, b2 = inner.weights([inner.published(0)])
    for ours, theirs in ((w1, first.weight.T), (b1, first.bias), (w2, head.weight.T)):
        assert torch.equal(ours[0].squeeze(0), theirs)
    assert torch.equal(b2[0, 0], head.bias)


def test_the_inner_step_is_torchs_sgd():
    tasks = inner.fresh(3, 2)
    batches = inner.Batches(tasks, 6)
    state = inner.weights(tasks)
    rates, decay, momentum = torch.tensor([[0.3, 0.1]] * 2), torch.tensor(0.02), torch.tensor(0.7)
    hyper = (rates, decay.expand(2), momentum.expand(2))
    step = inner.sgd(batches, lambda hyper: hyper, 6)
    losses, end = unroll(step, (*state, *map(torch.zeros_like, state)), hyper, 6)
    net = twin([w[1:] for w in state])
    sgd = torch.optim.SGD(net.parameters(), lr=0.3, weight_decay=0.02, momentum=0.7)
    for t in range(6):
        sgd.param_groups[0]["lr"] = 0.3 if t < 3 else 0.1  # half of the steps each
        x, labels = (part[1] for part in batches(t))
        loss = F.cross_entropy(net(x), labels.argmax(1))
        sgd.zero_grad()
        loss.backward()
        sgd.step()
        assert losses[t, 1].item() == pytest.approx(loss.item(), rel=1e-5)
    torch.testing.assert_close(end[0][1], net[0].weight.detach().T, rtol=1e-4, atol=1e-6)
    x, y = map(torch.from_numpy, mnist1d.published(3).test)
    expected = F.cross_entropy(net(x), y)
    ours = inner.whole_loss(end, tasks, "test")[1]
    assert ours.item() == pytest.approx(expected.item(), rel=1e-5)


def test_batches_are_the_published_order_or_a_shuffle():
    data = mnist1d.published(0).train
    batches = inner.Batches([inner.published(0), *inner.fresh(0, 1)], 81)
    x, labels = batches(80)  # the data end after 80 batches of 50
    assert np.array_equal(x[0].numpy(), data.x[:50])
    assert np.array_equal(labels[0].argmax(1).numpy(), data.y[:50])
    shuffled = torch.cat([batches(t)[0][1] for t in range(80)])
    assert not torch.equal(shuffled, torch.from_numpy(data.x))
    assert torch.equal(shuffled.sum(1).sort().values, torch.from_numpy(data.x).sum(1).sort().values)


@pytest.mark.parametrize(("arm", "segments"), [("rate", 1), ("schedule", 4), ("joint", 1)])
def test_the_methods_agree_on_every_arm(arm, segments):
    horizon = 40
    step, state = training.problem(arm, [inner.published(r) for r in range(2)], horizon)
    hyper = outer.begin(arm, [0.5, 0.9], segments)
    gradients = [
        hypergradient(step, state, hyper, horizon, method=method).gradients
        for method in ("reverse", "checkpointed", "forward")
    ]
    for other in gradients[1:]:
        for a, b in zip(other, gradients[0], strict=True):
            assert (a - b).norm() <= 1e-5 * b.norm()


def test_finite_differences_confirm_it_in_float64():
    horizon, eps = 20, 1e-6
    _, state = training.problem("joint", [inner.published(0)], horizon)
    batches = inner.Batches([inner.published(0)], horizon)
    double = lambda t: tuple(part.double() for part in batches(t))  # noqa: E731
    step = inner.sgd(double, outer.natural("joint"), horizon)
    state = tuple(s.double() for s in state)
    hyper = tuple(h.double() for h in outer.begin("joint", [0.5], 1))
    result = hypergradient(step, state, hyper, horizon).gradients
    for k, gradient in enumerate(result):
        ends = []
        for sign in (1, -1):
            moved = [h + sign * eps if i == k else h for i, h in enumerate(hyper)]
            ends.append(unroll(step, state, tuple(moved), horizon).losses.mean().item())
        expected = (ends[0] - ends[1]) / (2 * eps)
        assert gradient.item() == pytest.approx(expected, rel=1e-5, abs=1e-9)


@settings(max_examples=50, deadline=None)
@given(st.lists(st.floats(-60, 60), min_size=4, max_size=4))
def test_every_real_number_is_legal(numbers):
    rates, decay, momentum = outer.natural("joint")(
        (torch.tensor([numbers[:2]]), torch.tensor(numbers[2:3]), torch.tensor(numbers[3:]))
    )
    assert (rates > 0).all()
    assert decay.item() > 0
    assert 0 <= momentum.item() <= 1


@settings(max_examples=20, deadline=None)
@given(rate=st.floats(1e-3, 10), segments=st.integers(1, 5))
def test_an_arm_starts_where_it_says(rate, segments):
    for arm in grid.TUNED:
        first, *rest = outer.natural(arm)(outer.begin(arm, [rate, 2 * rate], segments))
        expected = torch.tensor([[rate], [2 * rate]]).expand(2, segments)
        torch.testing.assert_close(first, expected)
        assert len(rest) == len(grid.TUNED[arm]) - 1


def test_gradient_and_grid_find_the_same_optimum():
    cells = [Cell("rate", 12, start, 30, 1, 1, 5) for start in source.STARTS]
    above, below = training.train(cells, "cpu")
    (judge_,) = training.train([Cell("grid", 12, 0.0, 0, 1, 0, 5)], "cpu")
    assert above.best_rates[0] == pytest.approx(below.best_rates[0], abs=0.01)
    assert above.best_rates[0] == pytest.approx(judge_.best_mean, abs=0.03)
    assert above.own_mean == pytest.approx(min(above.objective), abs=1e-5)
    assert above.fresh_mean != above.own_mean
    k = int(np.argmin(np.abs(np.log(judge_.rate) - math.log(judge_.best_mean))))
    assert judge_.mean[k] >= above.own_mean - 1e-4
    assert not judge_.edge_mean
    assert max(above.moved, below.moved) < 0.01


def test_a_minimum_at_the_end_of_the_grid_is_marked(monkeypatch):
    monkeypatch.setattr(search, "COARSE", 2.0 ** np.arange(-9, -6.1, 0.5))
    record = search.search(inner.published(0), 12)
    assert record.edge_mean
    assert record.best_mean == pytest.approx(2.0**-6.5)


def test_what_overflows_is_stored_as_a_number():
    values = torch.tensor([1.0, math.inf, -math.inf, math.nan])
    assert inner.finite(values).tolist() == [1.0, 1e6, -1e6, 1e6]
    wild = Cell("rate", 30, 1e5, 2, 1, 1, 0)
    (record,) = training.train([wild], "cpu")
    numbers = np.concatenate([np.ravel(v) for v in asdict(record).values() if v is not None])
    assert np.isfinite(numbers).all()


def test_memory_of_the_methods_over_the_horizon():
    short, long = (
        {m: cost.measure(m, h, 2)["megabytes"] for m in ("reverse", "checkpointed", "forward")}
        for h in (16, 64)
    )
    assert long["forward"] < 1.05 * short["forward"]
    assert 3.5 < long["reverse"] / short["reverse"] < 4.5
    assert 1.5 < long["checkpointed"] / short["checkpointed"] < 2.5


def test_the_table_of_costs(capsys):
    assert cost.main(["--horizons", "3,5", "--members", "1"]) == 0
    assert len(capsys.readouterr().out.splitlines()) == 1 + 2 * 3
    assert cost.main(["--horizons", "3", "--members", "1", "--json"]) == 0
    assert '"method": "forward"' in capsys.readouterr().out
    for words in (["--horizons", "x"], ["--horizons", "0"], ["--members", "0"]):
        with pytest.raises(SystemExit):
            cost.main(words)


def test_settings_are_checked():
    with pytest.raises(ValueError, match="replicates must be at least 1, got 0"):
        Config(replicates=0)
    with pytest.raises(ValueError, match="starts must be above 0, got"):
        Config(starts=(0.1, 0.0))
    with pytest.raises(ValueError, match="starts must not repeat a value"):
        Config(starts=(0.1, 0.1))
    with pytest.raises(ValueError, match="horizons must hold at least one value"):
        Config(horizons=())
    with pytest.raises(ValueError, match="segments must be at most the horizon, 5, got 10"):
        Config(horizon=5)


def test_a_record_says_how_far_its_outer_loop_still_moved():
    (early,) = training.train([Cell("rate", 10, 0.15, 3, 1, 1, 0)], "cpu")
    assert early.moved == pytest.approx(0.144, rel=1e-4)  # Rprop's strides: 0.1, 0.12, 0.144


def test_unknown_names_are_refused():
    with pytest.raises(ValueError, match=r"arm must be one of .* got 'join': did you mean 'joint'"):
        outer.natural("join")
    with pytest.raises(ValueError, match="arm must be one of"):
        outer.begin("join", [0.1], 1)
    with pytest.raises(ValueError, match="part must be one of train, test, got 'val'"):
        inner.whole_loss((), [], "val")
    with pytest.raises(ValueError, match="steps must be a whole number of at least 1, got 0"):
        outer.tune("rate", lambda *_: None, (), (), 5, 0)


def test_every_arm_has_all_replicates():
    config = PRESETS["full"]
    assert len(LAB.cells(config)) == config.replicates * (2 + 3 * 2 + 2 + 3)
    assert grid.LONG in config.horizons


@pytest.mark.parametrize(
    ("preset", "loops", "searches"), [("smoke", 5, 4), ("quick", 8, 24), ("full", 16, 90)]
)
def test_starts_and_replicates_share_stacks_and_searches_share_none(preset, loops, searches):
    found = stacks(LAB, LAB.cells(PRESETS[preset]))
    assert sum(stack[0].arm != "grid" for stack in found) == loops
    assert [len(stack) for stack in found if stack[0].arm == "grid"] == [1] * searches
    for stack in found:
        assert len({(c.arm, c.horizon, c.outer_steps, c.segments, c.fresh) for c in stack}) == 1
    if preset == "quick":
        assert {len(stack) for stack in found if stack[0].arm != "grid"} == {12}
        assert {c.start for c in found[0]} == {1.5}  # cut evenly, 24 cells into two stacks


def test_the_bench_trains_what_the_usual_loop_trains():
    (bench,) = LAB.bench()
    assert (bench.steps, len(bench.cells)) == (3 * 200, 20)
    cell = Cell("published", 90, 0.15, 3, 1, 2, 1)  # 90 steps: the second epoch is begun
    before = torch.random.get_rng_state()
    (record,) = training.train([cell], "cpu")
    own, *fresh = speed.tune(cell)
    assert torch.equal(torch.random.get_rng_state(), before)
    assert own.item() == pytest.approx(record.own_test, rel=1e-4)
    assert sum(fresh).item() / 2 == pytest.approx(record.fresh_test, rel=1e-4)
