"""The modular-rules lab: its grid, pairing, measures and claims; the contract tests do the rest."""

from dataclasses import fields, replace

import numpy as np
import pytest
import torch

from labs.kit.execute import stacks
from labs.kit.table import Table, row
from labs.kit.verdicts import judge
from labs.modular_rules import gates, grid, measures, metrics, rows, speed, training
from labs.modular_rules.claims import CLAIMS
from labs.modular_rules.exam import Exam
from labs.modular_rules.grid import FULL, Record
from labs.modular_rules.lab import LAB
from labs.modular_rules.published import PAPER
from labs.modular_rules.remarks import remarks
from labs.modular_rules.sources import Sources, task
from labs.modular_rules.tasks.mha import MHATask
from labs.modular_rules.tasks.mlp import MLPTask
from labs.modular_rules.tasks.rnn import RNNTask

SMOKE = grid.PRESETS["smoke"]
LOSS = {"gt_modular": 1.0, "modular_op": 1.5, "modular": 2.0, "monolithic": 2.2, "switch": 1.8}


def matrix(rules, mix):
    """Ground truth mixed with uniform use."""
    return ((1 - mix) * np.eye(rules) + mix / rules).tolist()


def published(cell):
    """A loss as the paper tells it: models drift apart as rules grow."""
    rank = LOSS.get(cell.model, 1.4)
    return 0.1 * rank ** np.log2(cell.rules)


SHORT = replace(FULL, replicates=6, seeds=1)


def record(rules=2, **changes):
    """A record of a network with `rules` modules."""
    usual = {
        "step": [0, 10, 20],
        "curve": [1.0, 0.4, 0.2],
        "id": 0.2,
        "ood": 0.2,
        "zero": 1.0,
        "zero_ood": 2.0,
        "activation": matrix(rules, 0.6),
        "activation_before": matrix(rules, 0.98),
        "blind": 0.9,
        "test_examples": 1000,
        "test_examples_ood": 1000,
        "parameters": 9000,
        "adaptation_before": None,
        "adaptation": None,
    }
    return Record(**usual | changes)


def table(loss=published, mix=lambda cell: 0.6, noise=0.02, config=SHORT):
    """Rows of a run with `loss(cell)` and routers `mix(cell)` of the way to random."""
    rng, routers = np.random.default_rng(0), np.random.default_rng(1)
    found = []
    for cell in grid.cells(config):
        value = loss(cell) * np.exp(rng.normal(scale=noise))
        mixed = mix(cell) * np.exp(routers.normal(scale=0.01))
        own = {"gt_modular": 0.0, "monolithic": None}.get(cell.model, min(mixed, 1.0))
        activation = None if own is None else matrix(cell.rules, own)
        before = activation if cell.model == "gt_modular" else matrix(cell.rules, 0.98)
        measured = record(
            id=value,
            ood=value,
            curve=[1.0, 2 * value, value],
            activation=activation,
            activation_before=None if own is None else before,
        )
        found.append(row(cell, measured))
    return Table(found)


def verdicts(found):
    return {verdict.id: verdict.verdict for verdict in judge(CLAIMS, found)}


def cell(architecture="mlp", model="modular", **changes):
    found = [c for c in grid.cells(SMOKE) if (c.architecture, c.model) == (architecture, model)]
    return replace(found[0], **changes)


def trained(*cells):
    return list(training.train(cells, "cpu"))


def test_full_grid_is_what_the_issue_asks():
    cells = grid.cells(FULL)
    assert {c.architecture for c in cells} == {"mlp", "mha", "rnn"}
    assert max(c.rules for c in cells if c.architecture == "mlp") == 16
    assert max(c.rules for c in cells if c.architecture == "rnn") == 8
    for stack in stacks(LAB, cells):
        same = [c for c in stack if c.model == "modular"]
        assert len({c.replicate for c in same}) >= 5
        assert len({c.seed for c in same}) >= 2


STACKS = {  # preset: networks, stacks
    "smoke": (40, 4),
    "quick": (220, 4),
    "full": (2376, 24),
    "longer": (374, 8),
    "wider": (352, 4),
    "paper": (20_000, 200),
}


def test_all_models_seeds_and_tasks_of_a_setting_train_side_by_side():
    for preset, config in grid.PRESETS.items():
        cells = grid.cells(config)
        found = stacks(LAB, cells)
        assert (len(cells), len(found)) == STACKS[preset]
        for stack in found:
            assert len({replace(c, model="", seed=0, replicate=0) for c in stack}) == 1


def test_paper_grid_has_twenty_thousand_trainings():
    cells = grid.cells(grid.PRESETS["paper"])
    assert len(cells) == len(set(cells)) == 20_000


def test_the_wide_router_is_not_listed_twice():
    config = replace(FULL, models=("modular", "modular_op_wide"))
    cells = grid.cells(config)
    assert len(cells) == len(set(cells))


def test_controls_are_trained_where_rules_are_most_or_fewest_in_any_order():
    cells = grid.cells(replace(FULL, mha_rules=(4, 2), rnn_rules=(4, 8, 2)))
    assert {c.rules for c in cells if c.model == "modular_op_wide"} == {4}
    assert {c.rules for c in cells if c.state} == {2, 8}


def test_benches_are_of_every_model_and_number_of_rules_at_the_sizes_of_full():
    found = [cell for bench in speed.bench() for cell in bench.cells]
    assert {c.model for c in found} == set(grid.TRAINED)
    for name in ("mlp", "mha", "rnn"):
        own = [c for c in found if c.architecture == name]
        assert 8 in {c.rules for c in own}
        assert {c.width for c in own} == set(getattr(FULL, f"{name}_widths"))


def test_no_rules_leave_an_architecture_out():
    cells = grid.cells(replace(FULL, mha_rules=(), rnn_rules=()))
    assert {c.architecture for c in cells} == {"mlp"}


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"models": ("modulr",)}, "modular"),
        ({"losses": ("regresion",)}, "regression"),
        ({"mlp_rules": (0,)}, "mlp_rules"),
        ({"mlp_rules": (2, 2)}, "repeat"),
        ({"length": 1}, "length"),
        ({"searches": (3,)}, "searches must be at least 1 and at most 2, got"),
        ({"mlp_rate": 0.0}, "mlp_rate"),
        ({"fall": 1.5}, "fall"),
        ({"seeds": 0}, "seeds"),
        ({"mlp_rules": (128,)}, "mlp_rules must be at most 64 with mlp_widths .*, got"),
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
    assert task(cell(replicate=3)) == MLPTask(2, 3)
    assert task(cell("mha")) == MHATask(2, 0, version=2)
    assert task(cell("rnn")) == RNNTask(2, 0, d=2)


@pytest.mark.parametrize("architecture", ["mlp", "mha", "rnn"])
def test_a_record_does_not_depend_on_who_trains_beside(architecture):
    stack = [
        cell(architecture, model, replicate=replicate)
        for replicate in (0, 1)
        for model in ("modular", "gt_modular", "switch")
    ]
    for own, together in zip(stack, trained(*stack), strict=True):
        (alone,) = trained(own)
        np.testing.assert_allclose(alone.curve, together.curve, rtol=2e-4)
        np.testing.assert_allclose(alone.activation, together.activation, atol=2e-4)
        assert alone.zero == pytest.approx(together.zero)


@pytest.mark.parametrize("architecture", ["mlp", "mha", "rnn"])
def test_activation_matrices_are_those_of_the_metrics(architecture):
    stack = [cell(architecture, replicate=replicate) for replicate in (0, 1)]
    sources = Sources(stack, "cpu")
    group = training._group(stack, sources)
    exam = Exam(sources, [group])
    found = exam.activation(group)
    batches = exam.batches["id"]
    uses = torch.cat([group.net(batch.x).activation for batch in batches], 1).detach().numpy()
    rules = torch.cat([batch.rules for batch in batches], 1).numpy()
    for member in range(2):
        expected = metrics.activation_matrix(uses[member], rules[member], stack[0].rules)
        np.testing.assert_allclose(found[member], expected, atol=1e-5)


def test_models_of_a_task_see_the_same_test_samples():
    mono, gt = trained(cell(model="monolithic"), cell(model="gt_modular"))
    assert mono.zero == gt.zero
    assert mono.activation is None
    assert metrics.alignment(gt.activation) == pytest.approx(0, abs=1e-12)
    assert metrics.collapse_worst(gt.activation_before) == pytest.approx(0, abs=1e-12)


def test_training_lowers_the_loss_below_the_zero_predictor():
    (found,) = trained(cell(model="gt_modular", steps=400, rate=1e-2))
    assert found.id < 0.5 * found.zero
    assert found.step[0] == 0
    assert found.step[-1] == 400
    assert len(found.curve) == len(found.step)


def test_the_rate_falls_on_a_line_to_nothing_in_the_last_share_of_the_steps():
    scales = [training.rate_scale(done, 8, 0.5) for done in range(8)]
    assert scales == [1, 1, 1, 1, 1, 0.75, 0.5, 0.25]
    assert [training.rate_scale(done, 8, 0.0) for done in range(8)] == [1] * 8
    assert training.rate_scale(4, 8, 1.0) == 0.5


def test_untrained_routers_are_near_random():
    for found in trained(*(cell(rules=8, steps=1, model=m) for m in ("modular", "modular_op"))):
        assert metrics.inverse_mi(found.activation_before) > 0.98
        assert metrics.alignment(found.activation_before) == pytest.approx(7 / 8, abs=0.06)


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
    found = []
    for network in table():
        own = {}
        if network["activation"] is not None and network["model"] != "gt_modular":
            value = share(network["model"], network["rules"]) * np.exp(rng.normal(scale=0.02))
            own = {"activation": one_module(network["rules"], min(value, 1.0))}
        found.append(dict(network) | own)
    return Table(found)


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
    equal = Table(dict(network) | {"id": 1.0} for network in table())
    for model in PAPER:
        assert set(measures.wins(equal, model).values()) == {0.25}


def test_seeds_are_averaged_before_tasks_are_compared():
    config = replace(SMOKE, seeds=2, mlp_rules=(2,), mha_rules=(), rnn_rules=())
    found = Table(dict(n) | {"id": 1.0 + n["seed"]} for n in table(config=config))
    (setting,) = rows.settings(found)
    assert rows.of(found, setting, "modular", "id") == {0: 1.5, 1: 1.5}


def test_reference_lines_are_of_every_task_that_any_model_has():
    part = Table(n for n in table() if (n["model"], n["replicate"]) != ("gt_modular", 0))
    for setting in rows.settings(part):
        assert set(rows.reference(part, setting, "zero")) == set(range(6))


def test_an_error_rate_of_nothing_counts_as_half_an_error():
    config = replace(SMOKE, losses=("classification",), mlp_rules=(2,), mha_rules=(), rnn_rules=())
    found = table(loss=lambda c: 0.0, config=config)
    (setting,) = rows.settings(found)
    assert set(measures.octaves(found, setting, "modular").values()) == {np.log2(0.05)}


def test_a_few_rules_alone_have_no_growth():
    alone = table(config=replace(FULL, mlp_rules=(4,), mha_rules=(), rnn_rules=()))
    found = {v.id: v for v in judge(CLAIMS, alone)}
    assert found["3-mlp"].n == found["5"].n == found["9-grow"].n == 0


def test_specialisation_is_0_for_the_truth_and_1_for_random():
    random = table(mix=lambda c: 2.0)
    for setting in rows.settings(random):
        for name, metric in metrics.METRICS.items():
            if metric.kind == "specialisation":
                for model, value in (("gt_modular", 0.0), ("modular", 1.0)):
                    found = measures.specialisation(random, setting, name, model)
                    assert list(found.values()) == pytest.approx([value] * 6, abs=1e-9)


LEVELS = {"2-gap", "11-mlp", "11-mha", "11-rnn", "12-train", "12-far", "13"}
MODULES = LEVELS - {"2-gap"} | {
    *("9-mod", "9-op", "9-grow", "10-avg", "10-worst", "11-harder", "12-op"),
    *("S-collapse", "S-special", "wide"),
}


def not_judged(found):
    return {v.id: v.reason for v in judge(CLAIMS, found) if v.verdict == "not judged"}


def test_all_is_judged_where_full_s_steps_were_made_and_the_task_is_learned():
    assert not_judged(table()) == {}


def test_levels_are_not_judged_of_a_shorter_training_but_directions_are():
    found = not_judged(table(config=replace(SHORT, mha_steps=400)))
    assert set(found) == LEVELS - {"11-mlp", "11-rnn"}
    assert set(found.values()) == {"MHA: 400 of 1,000 steps"}
    longer = {"mlp_steps": 3000, "mha_steps": 3000, "rnn_steps": 3000}
    assert not_judged(table(config=replace(SHORT, **longer))) == {}


def test_modules_are_not_judged_where_the_truth_is_no_better_than_blind_to_the_rule():
    def unlearned(cell):
        return 0.95 if cell.architecture == "mha" else published(cell)

    found = not_judged(table(loss=unlearned))
    assert set(found) == MODULES - {"11-mlp", "11-rnn"}
    assert set(found.values()) == {"MHA: not better than blind to the rule"}


def test_the_recurrent_task_is_learned_where_zero_is_beaten():
    def nearly(cell):
        return 0.95 if cell.architecture == "rnn" else published(cell)

    unseen = Table(dict(n) | {"blind": None} for n in table(loss=nearly) if n["length"] != 0)
    assert gates.unlearned(unseen, "rnn") == ""
    worse = Table(dict(n) | {"zero": 0.9} for n in unseen)
    assert gates.unlearned(worse, "rnn") != ""
    assert gates.immature(worse, "mlp") == ""  # not trained


def test_grids_and_limits_are_those_of_full():
    cells = grid.cells(FULL)
    judged = {claim.id: claim for claim in CLAIMS}
    settings = {(c.architecture, c.loss, c.rules) for c in cells if c.state == 0}
    for name in ("1", "2", "2-gap"):
        assert judged[name].grid == 1 / len(settings)
    least = 1 / (max(c.rules for c in cells) * FULL.seeds * 6)  # 3 architectures, 2 losses
    assert judged["S-special"].grid == least
    best = table(loss=lambda c: 0.1 if c.model == "modular" else 0.2, noise=0.0)
    found = {v.id: v for v in judge(CLAIMS, best)}
    assert found["2"].verdict == "holds"  # all values are 1, on a grid
    assert found["2"].high == 1
    assert found["12-far"].high <= 1


def test_families():
    named = {claim.id: claim.family for claim in CLAIMS if claim.family != "published"}
    own = dict.fromkeys(("S-collapse", "S-special", "S-loss"), "own")
    assert named == own | {"state": "control", "wide": "control"}


def test_a_record_is_stored_in_its_order_with_what_is_missing():
    names = [field.name for field in fields(Record)]
    assert list(row(cell(), record()))[-len(names) :] == names


def test_remarks_are_tables_of_what_there_is():
    assert remarks(Table([])) == []
    found = remarks(table())
    assert [len(remark.rows) for remark in found] == [9, 9, 3, 9, 9, 6, 6]
    assert found[1].columns == ("", "out of distribution", "equal states", "wide router")
    for model in PAPER:
        some = Table(n for n in table(config=SMOKE) if n["model"] == model)
        for remark in remarks(some):
            assert all(any(entry is not None for entry in own[1:]) for own in remark.rows)
        judge(CLAIMS, some)


def test_figures_are_of_six_panels_at_most():
    for found in (Table([]), table(config=SMOKE), table(config=replace(SHORT, replicates=2))):
        for draw in LAB.figures.values():
            assert 2 <= len(draw(found).axes) <= 6


def test_plain_training_is_examined_like_the_lab_s(monkeypatch):
    kept = []
    records = Exam.records
    monkeypatch.setattr(Exam, "records", lambda self: kept.append(records(self)) or kept[-1])
    for architecture in ("mlp", "mha", "rnn"):
        own = cell(architecture, "switch")
        speed.train_plain(own)
        (lab,) = trained(own)
        (plain,) = kept[-2].values()
        assert (plain.step, plain.zero, plain.parameters) == (lab.step, lab.zero, lab.parameters)
