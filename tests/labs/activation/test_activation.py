"""The activation lab: shapes, claims, transfer and settings."""

import gzip
import struct
from dataclasses import replace
from itertools import combinations

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from labs.activation import measures, transfer
from labs.activation.claims import CLAIMS
from labs.activation.figure import shapes
from labs.activation.figures_of_descent import descent
from labs.activation.grid import BASELINES, LEARNED, PRESETS, TASKS, Config, Record, cells
from labs.activation.lab import LAB
from labs.activation.published import RATE
from labs.activation.remarks import remarks
from labs.activation.shape import FITTED, POINTS, extrema, polyline
from labs.activation.tabulated import Tabulated
from labs.activation.training import torch_lines, train
from labs.kit import texts
from labs.kit.execute import stacks
from labs.kit.table import Table, row
from labs.kit.verdicts import judge


@pytest.fixture(autouse=True)
def _the_global_generator_stays():
    before = torch.random.get_rng_state()
    yield
    assert torch.equal(torch.random.get_rng_state(), before)


def test_a_polyline_in_torch_is_the_one_in_numpy():
    lines = [polyline(POINTS[FITTED], f(POINTS[FITTED])) for f in (np.sin, np.tanh)]
    x = torch.linspace(-7, 7, 50)
    found = torch_lines(lines)(x.expand(2, 5, 50))
    for line, own in zip(lines, found, strict=True):
        np.testing.assert_allclose(own[0].numpy(), line(x.numpy()), atol=1e-5)


@given(arrays(float, 9, elements=st.floats(-5, 5)), st.integers(2, 4))
def test_no_polyline_through_points_of_the_function_is_nearer(y, pieces):
    x = np.arange(9.0)
    best = np.sum((polyline(x, y, pieces)(x) - y) ** 2)
    for nodes in combinations(range(1, 8), pieces - 1):
        at = [0, *nodes, 8]
        assert best <= np.sum((np.interp(x, x[at], y[at]) - y) ** 2) + 1e-9


def test_a_polyline_goes_on_beyond_its_ends():
    line = polyline(POINTS[FITTED], np.maximum(POINTS[FITTED], -1.0), pieces=2)
    assert line(np.array([-9.0, -1.0, 0.0, 9.0])).tolist() == pytest.approx([-1, -1, 0, 9])


@pytest.mark.parametrize("pieces", [1, 9])
def test_impossible_polylines_are_refused(pieces):
    with pytest.raises(ValueError, match="pieces must be between 2 and 8, got"):
        polyline(np.arange(9.0), np.arange(9.0), pieces)


def published_like(x):
    """A function with the published extrema: a maximum at -2 and a minimum at 0.15."""
    return np.interp(x, [-6, -2, 0.15, 6], [-0.5, 0.55, -0.9, 6])


def test_the_published_shape_is_recognised():
    assert measures.has_published_shape(published_like(POINTS))
    assert measures.is_positive_left(published_like(POINTS))
    assert extrema(POINTS, published_like(POINTS)) == ([pytest.approx(-2)], [pytest.approx(0.15)])
    for other in (POINTS, np.maximum(POINTS, 0), np.where(POINTS < 0, np.exp(POINTS) - 1, POINTS)):
        assert not measures.has_published_shape(other)
        assert not measures.is_positive_left(other)


def a_row(arm, replicate, outer_steps=201, **measured):
    """The row of an arm of the full run, learned in at most so many outer steps."""
    (cell,) = [c for c in cells(PRESETS["full"]) if (c.arm, c.replicate) == (arm, replicate)]
    steps = min(outer_steps, cell.outer_steps)
    return row(replace(cell, outer_steps=steps), Record(**measured))


def learned_rows(replicates=10, fresh_share=0.3, outer_steps=201):
    """Rows whose `fresh` function lies `fresh_share` of the way from the published kind back."""
    start, end = POINTS, published_like(POINTS)
    rows = []
    for r in range(replicates):
        share = fresh_share + 0.01 * (r - 4.5)
        for arm, f, accuracy in (
            ("paper", end, 66.0),
            ("fresh", end + share * (start - end), 67.0),
            ("quiet", end, 64.0),
        ):
            measured = {
                "function": f.tolist(),
                "snapshot_step": [0, outer_steps - 1],
                "snapshots": np.stack([start, f]),
                "accuracy_usual": accuracy + 0.1 * r,
                "accuracy_early": accuracy - 1 + (0.12 if arm == "quiet" else 0.1) * r,
                "published_accuracy": 69.0 + 0.2 * r,
                "gradient_norm": [4.0 + 0.1 * r if arm == "quiet" else 1.0] * 3,
                "loss_usual": 0.9,
                "published_window": 0.85 + 0.001 * r,
            }
            if arm != "quiet":
                measured["lines_digits_first"] = 0.5
                measured["lines_digits_final"] = 0.35 + 0.001 * r
            rows.append(a_row(arm, r, outer_steps, **measured))
        rows += [
            a_row(
                arm,
                r,
                accuracy_usual=58.0 + 0.05 * r,
                published_accuracy=58.0 + 0.3 * r,
                loss_usual=1.2,
                published_window=1.18,
                digits_first=0.6 + place,
                digits_final=0.1 * place,
            )
            for place, arm in enumerate(BASELINES)
        ]
    return rows


def verdicts(table):
    return {verdict.id: verdict for verdict in judge(CLAIMS, table)}


def test_claims_read_a_run_like_the_published_one():
    found = verdicts(Table(learned_rows()))
    for claim in ("A1-relu", "A1-fresh", "A3-paper-shape", "A3-paper-left", "A4", "A4-one"):
        assert found[claim].verdict == "holds", claim
    for claim in ("A5-accuracy", "A5-gradient", "A6-1st-digits", "A6-end-digits"):
        assert found[claim].verdict == "holds", claim
    assert found["A1-relu"].estimate == pytest.approx(8 + 0.05 * 4.5)
    assert found["A4"].estimate == pytest.approx(0.3)
    assert found["A4-one"].estimate == pytest.approx(0.33 - 0.0045 - 0.3)
    assert found["A5-gradient"].estimate > 2
    assert found["A6-end-digits"].estimate == 5
    assert found["A2-paper"].n == found["A6-1st-mnist"].n == 0


def test_another_function_is_not_similar():
    assert verdicts(Table(learned_rows(fresh_share=0.9)))["A4"].verdict == "contradicted"


def test_activations_learned_in_fewer_steps_are_not_judged_but_directions_are():
    found = verdicts(Table(learned_rows(outer_steps=31)))
    for claim in ("A1-relu", "A1-fresh", "A3-paper-shape", "A3-fresh-left", "A4", "A6-1st-digits"):
        assert found[claim].verdict == "not judged", claim
        assert found[claim].reason.startswith("31 of 201 "), claim
    for claim in ("A4-one", "A5-accuracy", "A5-gradient"):
        assert found[claim].verdict == "holds", claim


@pytest.mark.parametrize("change", [{"inner_steps": 300}, {"examples": 5000}])
def test_nor_are_those_of_a_smaller_protocol(change):
    rows = [values | change for values in learned_rows()]
    assert verdicts(Table(rows))["A1-elu"].verdict == "not judged"


def test_the_judged_steps_of_an_arm_are_its_own():
    rows = [
        values | {"outer_steps": 31} if values["arm"] == "fresh" else values
        for values in learned_rows()
    ]
    found = verdicts(Table(rows))
    assert (found["A1-relu"].verdict, found["A1-fresh"].verdict) == ("holds", "not judged")
    assert found["A4"].verdict == "not judged"


def test_ranks_are_counts():
    rows = learned_rows()
    found = verdicts(Table(rows))["A6-end-digits"]
    assert set(found.values.values()) == {5.0}
    assert found.low_95 < 5 < found.high_95  # equal values are no certainty
    assert found.low_95 >= 1
    assert found.high_95 <= 7


def test_what_diverged_comes_last():
    rows = [values for values in learned_rows(5) if values["arm"] != "quiet"]
    for values in rows:
        if values["arm"] == "relu":
            values["digits_final"] = float("nan")
    ranks = measures.rank(Table(rows), "paper", "digits", "final", lines=True)
    assert set(ranks.values()) == {4}


def test_ranks_need_all_six():
    rows = [v for v in learned_rows(5) if (v["arm"], v["replicate"]) != ("tanh", 2)]
    ranks = measures.rank(Table(rows), "paper", "digits", "first", lines=True)
    assert sorted(ranks) == [0, 1, 3, 4]


def test_remarks_speak_of_what_there_is():
    assert texts.said(remarks(Table([]))) == []
    found = {remark.text: remark for remark in texts.said(remarks(Table(learned_rows())))}
    accuracies = next(r for text, r in found.items() if "Test accuracy" in text)
    relu = next(cells for cells in accuracies.rows if cells[0] == "ReLU")
    assert relu[1].mean == pytest.approx(58.2, abs=0.05)
    assert relu[2:] == (None, None)
    ranks = next(r for text, r in found.items() if text.startswith("Ranks"))
    ((task, activation, first, _),) = ranks.rows
    assert (task, activation) == ("8x8 digits", "learned, fresh networks, polyline")
    assert first.low == 1 == first.mean < first.high
    best = next(r for text, r in found.items() if "lowest" in text)
    assert best.rows == (("8x8 digits", "ReLU", 0.0),)
    assert not any("rates" in text for text in found)


def test_a_rate_at_an_end_is_remarked():
    rows = [a_row("relu", r, tuned_rate=0.1 if r else 0.03) for r in range(3)]
    (found,) = texts.said(remarks(Table(rows)))
    assert found.rows == (("ReLU", "short", 0.1, 2),)


def test_figures_have_what_was_learned():
    table = Table(learned_rows(2))
    verdicts = {verdict.id: verdict for verdict in judge(CLAIMS, table)}
    # the axes, the published extrema, two arms in two replicates
    assert len(shapes(table, verdicts).axes[1].lines) == 2 + 2 + 4
    assert len(descent(table, verdicts).axes[1].lines) == len(LEARNED)


def write_mnist(folder, train=120, test=40):
    rng = np.random.default_rng(0)
    for name, n in (("train", train), ("t10k", test)):
        y = np.arange(n, dtype=np.uint8) % 10
        x = rng.integers(0, 40, (n, 28, 28), dtype=np.uint8)
        x[np.arange(n), :, 2 * y] = 255  # a bar whose place is the digit
        image = struct.pack(">4B3I", 0, 0, 8, 3, n, 28, 28) + x.tobytes()
        (folder / f"{name}-images-idx3-ubyte.gz").write_bytes(gzip.compress(image))
        label = struct.pack(">4BI", 0, 0, 8, 1, n) + y.tobytes()
        (folder / f"{name}-labels-idx1-ubyte").write_bytes(label)


def test_image_files_add_a_task(tmp_path):
    write_mnist(tmp_path)
    grid = cells(replace(PRESETS["smoke"], data_dir=str(tmp_path)))
    assert {c.tasks for c in grid if c.arm == "relu"} == {("mnist1d", "digits", "mnist")}
    found = transfer.transfer(
        "mnist",
        torch.relu,
        [0, 1],
        examples=1000,
        epochs=10,
        rates=(1e-6, 1e-2),
        folder=str(tmp_path),
    )
    assert found.rate.tolist() == pytest.approx([1e-2, 1e-2])
    assert (found.accuracy > 60).all()
    assert (found.final < found.first).all()


@pytest.mark.parametrize("task", list(TASKS)[:2])
def test_cnns_learn_with_a_tabulated_activation(task):
    table = Tabulated(torch.nn.functional.silu, 1, reach=64.0, cells=4096)
    settings = {"examples": 2000, "epochs": 2, "rates": (3e-3,)}
    found, exact = (transfer.transfer(task, f, [0], **settings) for f in (table, F.silu))
    assert float(found.first) < 2.29
    torch.testing.assert_close(found.first, exact.first, rtol=1e-3, atol=1e-3)


def test_a_folder_without_images_is_refused_by_the_grid(tmp_path):
    config = replace(PRESETS["smoke"], data_dir=str(tmp_path))  # which reads nothing itself
    with pytest.raises(ValueError, match="data_dir must hold train-images"):
        cells(config)
    with pytest.raises(ValueError, match="data_dir must be a folder"):
        cells(replace(config, data_dir=str(tmp_path / "none")))


def test_the_published_preset_is_upstream_s():
    paper = PRESETS["paper"]
    assert (paper.examples, paper.outer_steps, paper.inner_steps) == (10000, 301, 301)
    assert (paper.rates, paper.replicates) == ((RATE,), 1)


@pytest.mark.parametrize(
    ("preset", "networks", "count"),
    [("smoke", 8, 4), ("quick", 40, 8), ("full", 100, 23), ("paper", 7, 7)],
)
def test_replicates_of_one_activation_train_together(preset, networks, count):
    grid = cells(PRESETS[preset])
    found = stacks(LAB, grid)
    assert (len(grid), len(found)) == (networks, count)
    assert all(len({cell.arm for cell in stack}) == 1 for stack in found)


def test_a_stack_of_baselines_and_of_learned_ones_yields_a_record_per_cell():
    for arm in ("relu", "paper"):
        stack = [c for c in cells(PRESETS["smoke"]) if c.arm == arm]
        records = list(train(stack, "cpu"))
        assert len(records) == len(stack) == 2
        assert row(stack[0], records[0]).keys() == row(stack[1], records[1]).keys()
        assert records[0].loss_usual != records[1].loss_usual  # accuracies may tie


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"replicates": 0}, "replicates must be at least 1, got 0"),
        ({"inner_steps": 1}, "inner_steps must be at least 2, got 1"),
        ({"examples": 100}, "examples must be at least 1000, got 100"),
        ({"rates": ()}, "rates must hold at least one value"),
        ({"rates": (0.01, float("nan"))}, "rates must be above 0"),
        ({"rates": (0.01, 0.01)}, "rates must not repeat"),
        ({"arms": ("relo",)}, "did you mean 'relu'"),
        ({"long_arms": ("papier",)}, "did you mean 'paper'"),
        ({"knots": (63,)}, r"knots must be even, got \(63,\)"),
    ],
)
def test_wrong_settings_are_refused(change, message):
    with pytest.raises(ValueError, match=message):
        Config(**change)


@pytest.mark.parametrize(("loss", "verdict"), [(0.25, "holds"), (0.15, "contradicted")])
def test_an_activation_is_behind_three_where_it_is_behind_the_worst(loss, verdict):
    rows = [
        values | {"lines_digits_final": loss + 0.001 * values["replicate"]}
        for values in learned_rows()
        if values["arm"] != "quiet"
    ]
    found = verdicts(Table(rows))["A6-late-digits"]  # they end at 0, 0.1 and 0.2
    assert found.verdict == verdict
    assert found.estimate == pytest.approx(loss - 0.2 + 0.0045)


@pytest.mark.parametrize(("epochs", "reason"), [(49, "49 of 50 epochs"), (50, "")])
def test_convergence_is_not_judged_after_few_epochs(epochs, reason):
    rows = [
        values | {"tasks": ("mnist1d", "digits"), "epochs": (50, epochs)}
        for values in learned_rows()
        if values["arm"] != "quiet"
    ]
    found = verdicts(Table(rows))["A6-late-digits"]
    assert found.reason == reason
    assert (found.verdict == "not judged") == bool(reason)
