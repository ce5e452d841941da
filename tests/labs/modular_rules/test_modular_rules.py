"""The modular-rules lab: its grid, pairing and training; the contract tests do the rest."""

from dataclasses import fields, replace

import numpy as np
import pytest
import torch

from labs.kit.draw import panels
from labs.kit.execute import stacks
from labs.kit.table import Table, row
from labs.kit.verdicts import judge
from labs.modular_rules import grid, speed, training
from labs.modular_rules.exam import Exam
from labs.modular_rules.figure import judged
from labs.modular_rules.grid import FULL, Record
from labs.modular_rules.lab import LAB
from labs.modular_rules.sources import Sources, task
from labs.modular_rules.tasks.mha import MHATask
from labs.modular_rules.tasks.mlp import MLPTask
from labs.modular_rules.tasks.rnn import RNNTask
from labs.nn import metrics
from tests.labs.modular_rules.made import SHORT, SMOKE, published, record, table


def cell(architecture="mlp", model="modular", **changes):
    found = [c for c in grid.cells(SMOKE) if (c.architecture, c.model) == (architecture, model)]
    return replace(found[0], **changes)


def trained(*cells):
    return list(training.train(cells, "cpu"))


def test_full_grid_is_what_the_issue_asks():
    cells = grid.cells(FULL)
    assert {c.architecture for c in cells} == {"mlp", "mha", "rnn"}
    assert max(c.rules for c in cells if c.architecture == "mlp") == 32
    assert min(c.width for c in cells if c.architecture == "mlp") == 32
    assert max(c.rules for c in cells if c.architecture == "rnn") == 8
    for stack in stacks(LAB, cells):
        assert len({c.replicate for c in stack}) >= 12


def test_full_takes_an_hour_at_most():
    assert sum(LAB.seconds(cell) for cell in grid.cells(FULL)) / 2 < 3600


STACKS = {  # preset: networks, stacks
    "smoke": (40, 4),
    "quick": (240, 4),
    "full": (1032, 18),
    "longer": (600, 12),
    "wider": (384, 8),
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
    cells = grid.cells(replace(FULL, wide_router=True, mha_rules=(4, 2), rnn_rules=(4, 8, 2)))
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
        ({"mlp_rules": (256,)}, "mlp_rules must be at most 128 with mlp_widths .*, got"),
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
def test_activation_matrices_are_the_mean_use_by_rule(architecture):
    stack = [cell(architecture, replicate=replicate) for replicate in (0, 1)]
    sources = Sources(stack, "cpu")
    group = training._group(stack, sources)
    exam = Exam(sources, [group])
    found = exam.activation(group)
    batches = exam.batches["id"]
    uses = torch.cat([group.net(batch.x).activation for batch in batches], 1).detach().numpy()
    rules = torch.cat([batch.rules for batch in batches], 1).numpy()
    for member in range(2):
        own, seen = uses[member], rules[member]
        expected = [own[seen == rule].mean(0) for rule in range(stack[0].rules)]
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


def test_a_record_is_stored_in_its_order_with_what_is_missing():
    names = [field.name for field in fields(Record)]
    assert list(row(cell(), record()))[-len(names) :] == names


def test_figures_are_of_six_panels_at_most():
    for found in (Table([]), table(config=SMOKE), table(config=replace(SHORT, replicates=2))):
        verdicts = {verdict.id: verdict for verdict in judge(LAB.claims, found)}
        for name, picture in LAB.figures.items():
            assert 2 <= len(panels(picture.draw(found, verdicts))) <= 6, name


def test_figures_leave_architectures_out_that_were_not_trained():
    found = table(config=replace(SMOKE, rnn_rules=(), mha_rules=()))
    verdicts = {verdict.id: verdict for verdict in judge(LAB.claims, found)}
    titles = [ax.get_title() for ax in LAB.figures["losses"].draw(found, verdicts).axes]
    assert titles == ["MLP, regression", "MLP, classification"]


def test_modules_of_an_architecture_that_has_not_learned_are_not_drawn():
    found = table(loss=lambda cell: 0.9 if cell.architecture == "mha" else published(cell))
    verdicts = {verdict.id: verdict for verdict in judge(LAB.claims, found)}
    labels = LAB.figures["modules"].draw(found, verdicts).axes[0].get_legend_handles_labels()[1]
    assert labels == ["MLP", "RNN"]


def test_claims_that_are_not_judged_are_not_drawn_beside_those_that_are():
    found = table(loss=lambda cell: 0.9 if cell.architecture == "mha" else published(cell))
    verdicts = {verdict.id: verdict for verdict in judge(LAB.claims, found)}
    axes = {ax.get_title(): ax for ax in LAB.figures["answer"].draw(found, verdicts).axes}

    def drawn(panel):
        (ax,) = (ax for title, ax in axes.items() if panel in title)
        return [label.get_text().split("(")[-1] for label in ax.get_yticklabels()]

    assert verdicts["3-mha"].estimate is not None
    assert drawn("Does the lead grow") == [
        *("3-mlp)", "3-rnn)", "state)", "5)", "6-grow-mlp)", "6-grow-rnn)"),
    ]
    assert drawn("out of distribution") == ["6-mlp)", "6-rnn)"]
    none = {name: replace(verdict, verdict="not judged") for name, verdict in verdicts.items()}
    none["state"] = replace(none["state"], estimate=None)
    assert list(judged({"a": "3-mha", "b": "3-rnn", "c": "state"}, none)) == ["a", "b"]
    assert list(judged({"c": "state"}, none)) == ["c"]


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
