"""The learning rate by gradient descent: the published digits, the inner step, claims, costs."""

import math
from functools import partial

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn

from labs.hyperparameters import LAB, arms, claims, cost, figure, grid, inner, outer, training
from labs.hyperparameters.lab import PRESETS, Cell, Config
from labs.hyperparameters.remarks import remarks
from labs.kit.claims import judge
from labs.kit.table import Table
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
    step, state = training.problem("published", [inner.published(0)] * 2, arms.HORIZON)
    hyper = outer.begin("published", arms.STARTS, 1)
    run = outer.tune("published", step, state, hyper, arms.HORIZON, arms.PRINTED + 1)
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
    data = inner.data(3)
    expected = F.cross_entropy(net(torch.from_numpy(data.x_test)), torch.from_numpy(data.y_test))
    ours = inner.whole_loss(end, tasks, "test")[1]
    assert ours.item() == pytest.approx(expected.item(), rel=1e-5)


def test_batches_are_the_published_order_or_a_shuffle():
    data = inner.data(0)
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
    for arm in arms.TUNED:
        first, *rest = outer.natural(arm)(outer.begin(arm, [rate, 2 * rate], segments))
        expected = torch.tensor([[rate], [2 * rate]]).expand(2, segments)
        torch.testing.assert_close(first, expected)
        assert len(rest) == len(arms.TUNED[arm]) - 1


def test_gradient_and_grid_find_the_same_optimum():
    cells = [Cell("rate", 12, start, 30, 1, 1, 5) for start in arms.STARTS]
    above, below = training.train(cells, "cpu")
    (judge_,) = training.train([Cell("grid", 12, 0.0, 0, 1, 0, 5)], "cpu")
    assert above["best_rates"][0] == pytest.approx(below["best_rates"][0], abs=0.01)
    assert above["best_rates"][0] == pytest.approx(judge_["best_mean"], abs=0.03)
    assert above["own_mean"] == pytest.approx(min(above["objective"]), abs=1e-5)
    assert above["fresh_mean"] != above["own_mean"]
    k = int(np.argmin(np.abs(np.log(judge_["rate"]) - math.log(judge_["best_mean"]))))
    assert judge_["mean"][k] >= above["own_mean"] - 1e-4
    assert not judge_["edge_mean"]
    assert max(above["moved"], below["moved"]) < 0.01


def test_a_minimum_at_the_end_of_the_grid_is_marked(monkeypatch):
    monkeypatch.setattr(grid, "COARSE", 2.0 ** np.arange(-9, -6.1, 0.5))
    record = grid.search(inner.published(0), 12)
    assert record["edge_mean"]
    assert record["best_mean"] == pytest.approx(2.0**-6.5)


def test_what_overflows_is_stored_as_a_number():
    values = torch.tensor([1.0, math.inf, -math.inf, math.nan])
    assert inner.finite(values).tolist() == [1.0, 1e6, -1e6, 1e6]
    wild = Cell("rate", 30, 1e5, 2, 1, 1, 0)
    (record,) = training.train([wild], "cpu")
    numbers = np.concatenate([np.ravel(v) for v in record.values()])
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


def row(arm, replicate, **fields):
    first = {"arm": arm, "replicate": replicate, "horizon": 200, "start": 0.15, "steep": 0.0}
    first |= {"moved": 0.0}
    return first | {"own_mean": 1.7, "fresh_mean": 1.7, "fresh_test": 1.6} | fields


def table(replicates=12):
    """What a run would store if every claim held."""
    rows = []
    for r in range(replicates):
        optimum, small = 0.62 + 0.002 * (-1) ** r, 0.0001 * r
        for start, end in ((1.5, optimum + 0.003), (0.15, optimum)):
            path = [start] * arms.PRINTED + [end, end]
            rows.append(row("published", r, start=start, rates=path))
            for horizon in (200, 1000):
                loss = 1.7 if start == 0.15 else 1.7001
                rates = [optimum + (0.001 if start == 1.5 else 0)]
                rows.append(
                    row("rate", r, start=start, horizon=horizon, best_rates=rates, own_mean=loss)
                )
        lower = {"fresh_mean": 1.65 + small, "fresh_test": 1.55 + small}
        rows.append(row("schedule", r, best_rates=[1.0, 0.5, 0.25 + small], **lower))
        rows.append(row("joint", r, best_rates=[0.3], best_decay=1e-6, best_momentum=0.7, **lower))
        edges = {f"edge_{name}": False for name in arms.OBJECTIVES}
        later = {"best_last": 0.8 + small, "best_train": 0.9 + small}
        for horizon, factor in ((50, 0.8 + small), (200, 1), (1000, 1.2 + small)):
            best = {"best_mean": (optimum + 0.01) * factor, **later}
            rows.append(row("grid", r, horizon=horizon, start=0.0, **best, **edges))
    return Table(rows)


def test_claims_measure_what_they_say():
    verdicts = {v.id: v for v in judge(LAB.claims, table())}
    assert {v.verdict for v in verdicts.values()} == {"holds"}
    estimates = {name: verdict.estimate for name, verdict in verdicts.items()}
    assert estimates["M1-published"] == estimates["M1-converged"] == 1
    assert estimates["M2-level"] == pytest.approx(0.62)
    assert estimates["M2-each"] == pytest.approx(0.002)
    assert estimates["M3"] == pytest.approx(0.01)
    assert estimates["M4-train"] == pytest.approx(0.9 - 0.63, abs=0.001)
    assert estimates["M5-200"] == pytest.approx(-math.log2(0.8), abs=0.001)
    assert estimates["M5-1000"] == pytest.approx(math.log2(1.2), abs=0.001)
    assert estimates["S-fresh"] == pytest.approx(0.05, abs=0.001)
    assert estimates["S-falls"] == pytest.approx(0.25 / (1.75 / 3), abs=0.001)
    assert estimates["J-test"] == pytest.approx(0.05, abs=0.001)


def test_a_loop_that_diverges_counts_as_one_that_does_not_meet():
    rows = [dict(r) for r in table()]
    rows[0]["rates"] = [*rows[0]["rates"][:-2], -1e6, -1e6]
    (claim,) = (c for c in LAB.claims if c.id == "M1-published")
    assert sorted(claim.measure(Table(rows))) == [0, *[1] * 11]
    assert "In 1 of 24 published outer loops" in " ".join(remarks(Table(rows)))


def test_the_optimum_is_that_of_the_lower_objective():
    found = arms.tuned(table())
    assert found[0] == pytest.approx(0.622)
    assert arms.tuned(Table([])) == {}


def test_other_settings_are_not_judged_by_the_published_numbers():
    rows = [dict(r, horizon=100) for r in table()]
    short = [dict(r, rates=r["rates"][:20]) for r in table() if r["arm"] == "published"]
    assert {v.n for v in judge(LAB.claims, Table(rows))} == {0}
    assert {v.n for v in judge(LAB.claims, Table(short))} == {0}


def test_remarks_name_targets_edges_and_explosions():
    rows = [dict(r) for r in table()]
    rows[-1]["edge_train"] = True
    rows[-4]["moved"] = 0.25  # the last replicate's joint arm
    rows[1]["steep"] = 0.5
    text = " ".join(remarks(Table(rows)))
    assert "(published 0.6243)" in text
    assert "In 1 of 36 grids the lowest final loss on the training set lies at an end" in text
    assert "training is chaotic" in text
    assert "In 1 of 12 outer loops of the joint arm" in text
    assert "of the rate arm" not in text
    assert "momentum 0.700" in text
    assert remarks(Table([])) == []


def test_settings_are_checked():
    with pytest.raises(ValueError, match="replicates must be positive and finite, not 0"):
        Config(replicates=0)
    with pytest.raises(ValueError, match=r"starts must not repeat a value"):
        Config(starts=(0.1, 0.1))
    with pytest.raises(ValueError, match="horizons must be positive"):
        Config(horizons=())
    with pytest.raises(ValueError, match="segments must be at most horizon = 5, not 10"):
        Config(horizon=5)


def test_a_record_says_how_far_its_outer_loop_still_moved():
    (early,) = training.train([Cell("rate", 10, 0.15, 3, 1, 1, 0)], "cpu")
    assert early["moved"] == pytest.approx(0.144, rel=1e-4)  # Rprop's strides: 0.1, 0.12, 0.144


def test_unknown_names_are_refused():
    with pytest.raises(ValueError, match=r"unknown arm 'join'.*did you mean 'joint'"):
        outer.natural("join")
    with pytest.raises(ValueError, match="unknown arm"):
        outer.begin("join", [0.1], 1)
    with pytest.raises(ValueError, match="unknown part 'val'"):
        inner.whole_loss((), [], "val")
    with pytest.raises(ValueError, match="steps must be a whole number of at least 1, got 0"):
        outer.tune("rate", lambda *_: None, (), (), 5, 0)


def test_every_arm_has_all_replicates_and_starts_share_a_stack():
    config = PRESETS["full"]
    cells = LAB.cells(config)
    assert len(cells) == config.replicates * (2 + 3 * 2 + 2 + 3)
    same = {LAB.stack_by(cell) for cell in cells if (cell.arm, cell.horizon) == ("rate", 200)}
    assert len(same) == 1
    assert claims.LONG in PRESETS["full"].horizons
    assert figure.plot(Table([])) is not None


def test_both_benches_take_one_outer_step():
    before = torch.random.get_rng_state()
    training.train_stacked(members=2, horizon=3)
    with torch.random.fork_rng():
        training.train_plain(horizon=3)
    assert torch.equal(torch.random.get_rng_state(), before)


def test_a_bench_is_a_published_outer_step():
    (bench,) = LAB.bench()
    assert (bench.steps, bench.members) == (200, 20)
    assert isinstance(bench.plain, partial)
