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
from labs.activation.arms import BASELINES, FITTED, GRID, RATE, TASKS
from labs.activation.claims import CLAIMS
from labs.activation.lab import PRESETS, Config, cells, stack_by
from labs.activation.remarks import remarks
from labs.activation.shape import extrema, polyline
from labs.activation.tabulated import Tabulated
from labs.activation.training import torch_lines, train
from labs.kit.claims import judge
from labs.kit.table import Table


@pytest.fixture(autouse=True)
def _the_global_generator_stays():
    before = torch.random.get_rng_state()
    yield
    assert torch.equal(torch.random.get_rng_state(), before)


def test_a_polyline_in_torch_is_the_one_in_numpy():
    lines = [polyline(GRID[FITTED], f(GRID[FITTED])) for f in (np.sin, np.tanh)]
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
    line = polyline(GRID[FITTED], np.maximum(GRID[FITTED], -1.0), pieces=2)
    assert line(np.array([-9.0, -1.0, 0.0, 9.0])).tolist() == pytest.approx([-1, -1, 0, 9])


@pytest.mark.parametrize("pieces", [1, 9])
def test_impossible_polylines_are_refused(pieces):
    with pytest.raises(ValueError, match="pieces must lie between 2 and 8"):
        polyline(np.arange(9.0), np.arange(9.0), pieces)


def published_like(x):
    """A function with the published extrema: a maximum at -2 and a minimum at 0.15."""
    return np.interp(x, [-6, -2, 0.15, 6], [-0.5, 0.55, -0.9, 6])


def test_the_published_shape_is_recognised():
    assert measures.has_published_shape(published_like(GRID))
    assert measures.is_positive_left(published_like(GRID))
    assert extrema(GRID, published_like(GRID)) == ([pytest.approx(-2)], [pytest.approx(0.15)])
    for other in (GRID, np.maximum(GRID, 0), np.where(GRID < 0, np.exp(GRID) - 1, GRID)):
        assert not measures.has_published_shape(other)
        assert not measures.is_positive_left(other)


def learned_rows(replicates=10, fresh_share=0.3):
    """Rows whose `fresh` function lies `fresh_share` of the way from the published kind back."""
    start, end = GRID, published_like(GRID)
    rows = []
    for r in range(replicates):
        for arm, f, accuracy in (
            ("paper", end, 66.0),
            ("fresh", end + fresh_share * (start - end), 67.0),
            ("quiet", end, 64.0),
        ):
            row = {
                "arm": arm,
                "replicate": r,
                "function": f.tolist(),
                "snapshots": np.stack([start, f]),
                "accuracy_usual": accuracy + 0.1 * r,
                "accuracy_early": accuracy - 1 + 0.1 * r,
                "published_accuracy": 69.0 + 0.2 * r,
                "gradient_norm": [4.0 + 0.1 * r if arm == "quiet" else 1.0] * 3,
                "loss_usual": 0.9,
                "published_window": 0.85 + 0.001 * r,
                "outer_steps": 31,
            }
            if arm != "quiet":
                row |= {"lines_digits_first": 0.5, "lines_digits_final": 0.35 + 0.001 * r}
            rows.append(row)
        for place, arm in enumerate(BASELINES):
            rows.append(
                {
                    "arm": arm,
                    "replicate": r,
                    "accuracy_usual": 58.0 + 0.05 * r,
                    "published_accuracy": 58.0 + 0.3 * r,
                    "loss_usual": 1.2,
                    "published_window": 1.18,
                    "digits_first": 0.6 + place,
                    "digits_final": 0.1 * place,
                }
            )
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


def test_what_diverged_comes_last():
    rows = [row for row in learned_rows(5) if row["arm"] != "quiet"]
    for row in rows:
        if row["arm"] == "relu":
            row["digits_final"] = None
    ranks = measures.rank(Table(rows), "paper", "digits", "final", lines=True)
    assert set(ranks.values()) == {4}


def test_ranks_need_all_six():
    rows = [row for row in learned_rows(5) if (row["arm"], row["replicate"]) != ("tanh", 2)]
    ranks = measures.rank(Table(rows), "paper", "digits", "first", lines=True)
    assert sorted(ranks) == [0, 1, 3, 4]


def test_remarks_speak_of_what_there_is():
    assert remarks(Table([])) == []
    text = " ".join(remarks(Table(learned_rows())))
    assert "ReLU 58.2" in text
    assert "8x8 digits" in text
    assert "learned in 31 outer steps" in text


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


def test_the_published_preset_is_upstream_s():
    paper = PRESETS["paper"]
    assert (paper.examples, paper.outer_steps, paper.inner_steps) == (10000, 301, 301)
    assert RATE in paper.rates
    assert len({stack_by(cell) for cell in cells(paper)}) == len(paper.arms)


def test_a_stack_of_baselines_and_of_learned_ones_yields_a_record_per_cell():
    for arm in ("relu", "paper"):
        stack = [c for c in cells(PRESETS["smoke"]) if c.arm == arm]
        records = list(train(stack))
        assert len(records) == len(stack) == 2
        assert records[0].keys() == records[1].keys()
        assert records[0]["loss_usual"] != records[1]["loss_usual"]  # accuracies may tie


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"replicates": 0}, "replicates must be 1 or more"),
        ({"inner_steps": 1}, "inner_steps must be 2 or more"),
        ({"examples": 100}, "examples must be 1000 or more"),
        ({"rates": ()}, "rates must be positive"),
        ({"rates": (0.01, float("nan"))}, "rates must be positive"),
        ({"rates": (0.01, 0.01)}, "rates must not repeat"),
        ({"arms": ("relo",)}, "did you mean 'relu'"),
        ({"long_arms": ("papier",)}, "did you mean 'paper'"),
        ({"knots": (63,)}, "knots must be even"),
    ],
)
def test_wrong_settings_are_refused(change, message):
    with pytest.raises(ValueError, match=message):
        Config(**change)
