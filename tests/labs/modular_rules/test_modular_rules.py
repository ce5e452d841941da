"""The modular-rules lab: its grid, pairing, measures and claims; the contract tests do the rest."""

from dataclasses import asdict, replace

import numpy as np
import pytest
import torch

from labs.kit.claims import judge
from labs.kit.table import Table
from labs.modular_rules import arms, lab, measures, metrics, speed, training
from labs.modular_rules.claims import CLAIMS
from labs.modular_rules.figure import pies
from labs.modular_rules.remarks import remarks
from labs.modular_rules.tasks import MHATask, MLPTask, RNNTask

SMOKE, FULL = lab.PRESETS["smoke"], lab.PRESETS["full"]
LOSS = {"gt_modular": 1.0, "modular_op": 1.5, "modular": 2.0, "monolithic": 2.2, "switch": 1.8}


def matrix(rules, mix):
    """Ground truth mixed with uniform use."""
    return ((1 - mix) * np.eye(rules) + mix / rules).tolist()


def published(cell):
    """A loss as the paper tells it: models drift apart as rules grow."""
    rank = LOSS.get(cell.model, 1.4)
    return 0.1 * rank ** np.log2(cell.rules)


SHORT = replace(FULL, replicates=6, seeds=1)


def table(loss=published, mix=lambda cell: 0.6, noise=0.02, config=SHORT):
    """Rows of a run with `loss(cell)` and routers `mix(cell)` of the way to random."""
    rng = np.random.default_rng(0)
    rows = []
    for cell in lab.cells(config):
        value = loss(cell) * np.exp(rng.normal(scale=noise))
        own = {"gt_modular": 0.0, "monolithic": None}.get(cell.model, mix(cell))
        activation = None if own is None else matrix(cell.rules, own)
        before = activation if cell.model == "gt_modular" else matrix(cell.rules, 0.98)
        rows.append(
            asdict(cell)
            | dict.fromkeys(("id", "ood"), value)
            | {
                "zero": 1.0,
                "zero_ood": 2.0,
                "blind": 0.9,
                "test_examples_ood": 1000,
                "step": [0, 10, 20],
            }
            | {"curve": [1.0, 2 * value, value], "test_examples": 1000, "parameters": 9000}
            | {"activation": activation, "adaptation": None, "adaptation_before": None}
            | {"activation_before": None if own is None else before}
        )
    return Table(rows)


def verdicts(rows):
    return {verdict.id: verdict.verdict for verdict in judge(CLAIMS, rows)}


def cell(architecture="mlp", model="modular", **changes):
    found = [c for c in lab.cells(SMOKE) if (c.architecture, c.model) == (architecture, model)]
    return replace(found[0], **changes)


def trained(*cells):
    return list(lab.train(cells, "cpu"))


def test_full_grid_is_what_the_issue_asks():
    cells = lab.cells(FULL)
    assert {c.architecture for c in cells} == {"mlp", "mha", "rnn"}
    assert max(c.rules for c in cells if c.architecture == "mlp") == 16
    assert max(c.rules for c in cells if c.architecture == "rnn") == 8
    for setting in {lab.stack_by(c) for c in cells}:
        same = [c for c in cells if lab.stack_by(c) == setting and c.model == "modular"]
        assert len({c.replicate for c in same}) >= 5
        assert len({c.seed for c in same}) >= 2


def test_paper_grid_has_twenty_thousand_trainings():
    cells = lab.cells(lab.PRESETS["paper"])
    assert len(cells) == len(set(cells)) == 20_000


def test_the_wide_router_is_not_listed_twice():
    config = replace(FULL, models=("modular", "modular_op_wide"))
    cells = lab.cells(config)
    assert len(cells) == len(set(cells))


def test_controls_are_trained_where_rules_are_most_or_fewest_in_any_order():
    cells = lab.cells(replace(FULL, mha_rules=(4, 2), rnn_rules=(4, 8, 2)))
    assert {c.rules for c in cells if c.model == "modular_op_wide"} == {4}
    assert {c.rules for c in cells if c.state} == {2, 8}


def test_benches_are_of_every_model_and_number_of_rules_at_the_sizes_of_full():
    found = [speed._cell(*bench.plain.args) for bench in speed.benches()]
    assert {c.model for c in found} == set(lab.TRAINED)
    for name in ("mlp", "mha", "rnn"):
        own = [c for c in found if c.architecture == name]
        assert 8 in {c.rules for c in own}
        assert {c.width for c in own} == set(getattr(FULL, f"{name}_widths"))


def test_no_rules_leave_an_architecture_out():
    cells = lab.cells(replace(FULL, mha_rules=(), rnn_rules=()))
    assert {c.architecture for c in cells} == {"mlp"}


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"models": ("modulr",)}, "modular"),
        ({"losses": ("regresion",)}, "regression"),
        ({"mlp_rules": (0,)}, "mlp_rules"),
        ({"mlp_rules": (2, 2)}, "repeat"),
        ({"length": 1}, "length"),
        ({"searches": (3,)}, "searches"),
        ({"mlp_rate": 0.0}, "mlp_rate"),
        ({"fall": 1.5}, "fall"),
        ({"seeds": 0}, "seeds"),
        ({"mlp_rules": (128,)}, "mlp_rules"),
        ({"mlp_rules": (1,)}, "mlp_rules"),
        ({"rnn_rules": (2, 128)}, "rnn_rules"),
        ({"rnn_rate": float("inf")}, "rnn_rate"),
        ({"models": ()}, "models"),
    ],
)
def test_bad_settings_are_refused_by_name(change, words):
    with pytest.raises(ValueError, match=words):
        replace(FULL, **change)


def test_a_replicate_is_the_published_task_of_its_number():
    assert training.task(cell(replicate=3)) == MLPTask(2, 3)
    assert training.task(cell("mha")) == MHATask(2, 0, version=2)
    assert training.task(cell("rnn")) == RNNTask(2, 0, d=2)


@pytest.mark.parametrize("architecture", ["mlp", "mha", "rnn"])
def test_a_record_does_not_depend_on_who_trains_beside(architecture):
    stack = [
        cell(architecture, model, replicate=replicate)
        for replicate in (0, 1)
        for model in ("modular", "gt_modular", "switch")
    ]
    for own, together in zip(stack, trained(*stack), strict=True):
        (alone,) = trained(own)
        np.testing.assert_allclose(alone["curve"], together["curve"], rtol=2e-4)
        np.testing.assert_allclose(alone["activation"], together["activation"], atol=2e-4)
        assert alone["zero"] == pytest.approx(together["zero"])


@pytest.mark.parametrize("architecture", ["mlp", "mha", "rnn"])
def test_activation_matrices_are_those_of_the_metrics(architecture):
    stack = [cell(architecture, replicate=replicate) for replicate in (0, 1)]
    streams = [(0, 0), (1, 0)]
    arm = training._arm(stack, streams, "cpu")
    test = training._Test(stack, streams, "cpu")
    found = test.activation(arm)
    batches = test.batches["id"]
    uses = torch.cat([arm.net(batch.x).activation for batch in batches], 1).detach().numpy()
    rules = torch.cat([batch.rules for batch in batches], 1).numpy()
    for member in range(2):
        expected = metrics.activation_matrix(uses[member], rules[member], stack[0].rules)
        np.testing.assert_allclose(found[member], expected, atol=1e-5)


def test_models_of_a_task_see_the_same_test_samples():
    mono, gt = trained(cell(model="monolithic"), cell(model="gt_modular"))
    assert mono["zero"] == gt["zero"]
    assert mono["activation"] is None
    assert metrics.alignment(gt["activation"]) == pytest.approx(0, abs=1e-12)
    assert metrics.collapse_worst(gt["activation_before"]) == pytest.approx(0, abs=1e-12)


def test_training_lowers_the_loss_below_the_zero_predictor():
    (record,) = trained(cell(model="gt_modular", steps=400, rate=1e-2))
    assert record["id"] < 0.5 * record["zero"]
    assert record["step"][0] == 0
    assert record["step"][-1] == 400
    assert len(record["curve"]) == len(record["step"])


def test_the_rate_falls_on_a_line_to_nothing_in_the_last_share_of_the_steps():
    scales = [training.rate_scale(done, 8, 0.5) for done in range(8)]
    assert scales == [1, 1, 1, 1, 1, 0.75, 0.5, 0.25]
    assert [training.rate_scale(done, 8, 0.0) for done in range(8)] == [1] * 8
    assert training.rate_scale(4, 8, 1.0) == 0.5


def test_untrained_routers_are_near_random():
    records = trained(*(cell(rules=8, steps=1, model=m) for m in ("modular", "modular_op")))
    for record in records:
        assert metrics.inverse_mi(record["activation_before"]) > 0.98
        assert metrics.alignment(record["activation_before"]) == pytest.approx(7 / 8, abs=0.06)


def test_clipping_is_torch_s_of_every_member_alone():
    stack = [cell("rnn", replicate=r) for r in range(3)]
    net = training.network(stack[0], 3).reset([0, 1, 2])
    x = torch.randn(3, 4, 5, 2 + 2, generator=torch.Generator().manual_seed(0))
    (30 * net(x).y.square().flatten(1).mean(1)).sum().backward()
    expected = []
    for member in range(3):
        own = [torch.nn.Parameter(p[member].detach().clone()) for p in net.parameters()]
        for p, stacked in zip(own, net.parameters(), strict=True):
            p.grad = stacked.grad[member].clone()
        torch.nn.utils.clip_grad_norm_(own, 0.5)
        expected.append([p.grad for p in own])
    training.clip(net, 0.5)
    for member, grads in enumerate(expected):
        for p, grad in zip(net.parameters(), grads, strict=True):
            torch.testing.assert_close(p.grad[member], grad)


TOLD = (
    *("1", "2", "3-many", "3-mlp", "3-mha", "3-rnn", "4", "4-margin", "5"),
    *("6-mlp", "6-mha", "6-rnn", "6-grow", "7-op", "7-gt", "8", "state"),
    *("11-mlp", "11-mha", "11-rnn", "12-train", "12-far"),
)


def test_what_the_paper_tells_is_found_where_it_is_so():
    found = verdicts(table())
    assert {name for name in TOLD if found[name] != "holds"} == set()
    assert found["13"] == "undecided"  # contradicted by all of 6 tasks, which do not decide it


def test_the_opposite_is_contradicted():
    found = verdicts(table(loss=lambda c: 0.02 / published(c), mix=lambda c: 0.2))
    for name in ("1", "2", "3-many", "4", "6-mlp", "6-grow", "7-op", "7-gt", "8", "12-far"):
        assert found[name] == "contradicted", name


def test_equal_models_decide_nothing():
    found = verdicts(table(loss=lambda c: 0.1, noise=0.1))
    names = ("1", "3-many", "3-mlp", "4", "5", "6-mlp", "6-grow", "7-op", "7-gt", "8", "S-loss")
    assert {found[name] for name in names} == {"undecided"}


def test_untrained_routers_are_not_taken_for_trained_ones():
    found = verdicts(table(mix=lambda c: 0.98))
    for name in ("11-mlp", "11-mha", "11-rnn", "12-train"):
        assert found[name] == "contradicted", name


def test_specialisation_is_compared_between_models_and_numbers_of_rules():
    def mix(cell):
        easy = {"modular_op": 0.3, "modular": 0.5, "switch": 0.2, "modular_op_wide": 0.1}
        return min(0.95, easy.get(cell.model, 0.0) * cell.rules**0.3)

    found = verdicts(table(mix=mix))
    assert found["12-op"] == found["11-harder"] == "holds"
    found = verdicts(table(mix=lambda c: 0.2 if c.model == "modular" else 0.8 - 0.04 * c.rules))
    assert found["12-op"] == "contradicted"


def one_module(rules, share):
    """Every rule uses the first module with this probability beyond an equal share."""
    rest = (1 - share) / rules
    return [[share + rest] + [rest] * (rules - 1)] * rules


def collapsing(share):
    """Rows in which the share of the first module depends on model and rules."""
    rng = np.random.default_rng(0)
    rows = []
    for row in table():
        own = {}
        if row["activation"] is not None and row["model"] != "gt_modular":
            value = share(row["model"], row["rules"]) * np.exp(rng.normal(scale=0.02))
            own = {"activation": one_module(row["rules"], min(value, 1.0))}
        rows.append(dict(row) | own)
    return Table(rows)


def test_collapse_is_seen_with_its_growth_and_between_models():
    much = {"modular": 0.06, "modular_op": 0.03, "switch": 0.02, "modular_op_wide": 0.02}
    found = verdicts(collapsing(lambda model, rules: much[model] * rules))
    names = ("9-mod", "9-op", "9-grow", "10-avg", "10-worst", "S-collapse", "wide")
    assert {name for name in names if found[name] != "holds"} == set()
    less = {"modular": 0.1, "modular_op": 0.5, "switch": 0.6, "modular_op_wide": 0.7}
    found = verdicts(collapsing(lambda model, rules: less[model] / rules))
    names = ("9-grow", "10-avg", "10-worst", "S-collapse", "wide")
    assert {name for name in names if found[name] != "contradicted"} == set()


def test_equals_share_a_win():
    rows = Table(dict(row) | {"id": 1.0} for row in table())
    for model in arms.PAPER:
        assert set(arms.wins(rows, model).values()) == {0.25}


def test_seeds_are_averaged_before_tasks_are_compared():
    config = replace(SMOKE, seeds=2, mlp_rules=(2,), mha_rules=(), rnn_rules=())
    rows = [dict(row) | {"id": 1.0 + row["seed"]} for row in table(config=config)]
    (setting,) = arms.settings(Table(rows))
    assert arms.of(Table(rows), "id", "modular", setting) == {0: 1.5, 1: 1.5}


def test_reference_lines_are_of_every_task_that_any_model_has():
    rows = [row for row in table() if (row["model"], row["replicate"]) != ("gt_modular", 0)]
    part = Table(rows)
    for setting in arms.settings(part):
        assert set(arms.reference(part, "zero", setting)) == set(range(6))


def test_an_error_rate_of_nothing_counts_as_half_an_error():
    config = replace(SMOKE, losses=("classification",), mlp_rules=(2,), mha_rules=(), rnn_rules=())
    rows = table(loss=lambda c: 0.0, config=config)
    (setting,) = arms.settings(rows)
    assert set(arms.octaves(rows, "id", "modular", setting).values()) == {np.log2(0.05)}


def test_a_few_rules_alone_have_no_growth():
    rows = table(config=replace(FULL, mlp_rules=(4,), mha_rules=(), rnn_rules=()))
    found = {v.id: v for v in judge(CLAIMS, rows)}
    assert found["3-mlp"].n == found["5"].n == found["9-grow"].n == 0


def test_specialisation_is_0_for_the_truth_and_1_for_random():
    rows = table(mix=lambda c: 1.0)
    for setting in arms.settings(rows):
        for name, metric in metrics.METRICS.items():
            if metric.kind == "specialisation":
                for model, value in (("gt_modular", 0.0), ("modular", 1.0)):
                    found = measures.specialisation(rows, name, model, setting, measures.AFTER)
                    assert list(found.values()) == pytest.approx([value] * 6, abs=1e-9)


def test_remarks_and_pies_of_partial_tables():
    assert remarks(Table([])) == []
    assert len(pies(Table([])).axes) == 2
    rows = table(config=SMOKE)
    assert any("two-sided" in line for line in remarks(rows))
    assert len(pies(rows).axes) == 2
    for model in arms.PAPER:
        some = Table(row for row in rows if row["model"] == model)
        assert not any(": ." in line for line in remarks(some))
        judge(CLAIMS, some)
        pies(some)
