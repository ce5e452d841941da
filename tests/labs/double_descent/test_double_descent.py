"""The double-descent lab: its grids and its training."""

from dataclasses import replace

import numpy as np
import pytest

from labs.double_descent import thresholds, training
from labs.double_descent.config import PRESETS, Config
from labs.double_descent.grid import DROPPED, LOSSES, SWEEPS, Task, cells, epochs_seen, window
from labs.double_descent.lab import LAB
from labs.double_descent.sizes import parameters, threshold_widths
from labs.double_descent.speed import bench
from labs.kit.execute import stacks
from labs.kit.table import row
from tests.labs.double_descent.made import cell

SMOKE, FULL = PRESETS["smoke"], PRESETS["full"]


def only(sweep, **changes):
    return [c for c in cells(replace(SMOKE, **changes)) if c.sweep == sweep]


@pytest.mark.parametrize(
    ("net", "sweep"),
    [
        ("one", "nll"),
        ("two", "clean"),
        ("cnn", "cnn"),
        ("gru", "fit_gru"),
        ("transformer", "fit_transformer"),
    ],
)
@pytest.mark.parametrize("size", [2, 8, 30])
def test_parameters_are_those_of_the_network(net, sweep, size):
    built = training.network(cell(sweep, size=size), 3)
    assert SWEEPS[sweep].net == net
    assert built.parameter_count() == parameters(net, size)


def test_outputs_count():
    built = training.network(cell("nll", size=7, outputs=2), 1)
    assert built.parameter_count() == parameters("one", 7, 2)


def test_the_paper_preset_is_the_published_grid():
    paper = PRESETS["paper"]
    assert paper.widths == tuple(np.unique(np.geomspace(2, 300, 20).astype(int)))
    assert paper.channels == (*range(2, 30, 2), 30, *range(35, 101, 5))
    main = cells(paper)
    assert {c.sweep for c in main} == {"clean", "noise", "cnn"}
    assert len(main) == 2 * 19 + 29
    assert {(c.examples, c.test_examples, c.steps, c.rate) for c in main} == {
        (4000, 12000, 20_000, 0.01)
    }
    assert {c.noise for c in main if c.sweep != "clean"} == {0.15}


def test_the_sweep_of_2020_has_the_recovered_sizes():
    grid = cells(PRESETS["paper2020"])
    counts = {
        s: sorted({parameters(SWEEPS[s].net, c.size) for c in grid if c.sweep == s})
        for s in ("mlp2020", "cnn2020")
    }
    assert {s: len(v) for s, v in counts.items()} == {"mlp2020": 24, "cnn2020": 18}
    assert (counts["mlp2020"][0], counts["mlp2020"][-1]) == (520, 21_940)
    assert (counts["cnn2020"][0], counts["cnn2020"][-1]) == (450, 29_130)
    assert 9700 in counts["mlp2020"]


def test_widths_bracket_the_predicted_threshold():
    widths = threshold_widths(1000, 5, (0.5, 8.0))
    ratios = [parameters("one", h, 5) / 1000 for h in widths]
    assert ratios[0] == pytest.approx(0.5, rel=0.1)
    assert ratios[-1] == pytest.approx(8.0, rel=0.1)
    assert epochs_seen(1) == [1]


def test_windows_follow_the_law_of_each_loss():
    few, some, many = (Task(n, 5, 5) for n in (250, 1000, 4000))
    config = Config(
        nll_ratios=(1, 2), nll_ratios_few=(3, 4), mse_ratios=(5, 6), mse_ratios_many=(7, 8)
    )
    assert [window(config, "nll", task) for task in (few, some, many)] == [(3, 4), (1, 2), (1, 2)]
    assert [window(config, "mse", task) for task in (few, some, many)] == [
        (5, 30),
        (5, 30),
        (28, 40),
    ]


def test_widths_start_lower_where_the_fewest_digits_are_left():
    config = Config(nll_ratios=(1, 2), dropped_classes=(2, 5))
    tasks = Task(1000, 2, 2, digits=DROPPED), Task(1000, 5, 5, digits=DROPPED), Task(1000, 2, 2)
    assert [window(config, "nll", task) for task in tasks] == [(0.25, 2), (1, 2), (1, 2)]
    assert window(config, "mse", tasks[0]) == window(config, "mse", tasks[2])
    two = [c for c in cells(FULL) if (c.sweep, c.examples, c.classes) == ("nll", 1000, 2)]
    dropped, merged = ({c.size for c in two if c.digits == of} for of in (DROPPED, "merged"))
    assert dropped - merged == {1, 2, 3, 4}


def test_squared_error_is_patient_with_the_most_examples_alone():
    config = replace(FULL, more_examples=(), patience=4)
    steps = {(c.loss, c.examples, c.effort): c.steps for c in cells(config) if c.sweep in LOSSES}
    assert steps["mse", 4000, 1.0] == 4 * steps["nll", 4000, 1.0] == 32_000
    assert steps["mse", 4000, 0.5] == 16_000
    assert steps["mse", 1000, 1.0] == steps["nll", 1000, 1.0] == 5000
    rates = {(c.examples, c.rate) for c in cells(config) if c.sweep == "mse"}
    assert rates == {(250, 0.02), (1000, 0.02), (4000, config.mse_rate_many)}


def test_fewer_classes_of_squared_error_at_the_most_examples():
    config = replace(FULL, mse_classes_many=(2, 10))
    found = {
        loss: {(c.examples, c.classes) for c in cells(config) if c.sweep == loss} for loss in LOSSES
    }
    assert found["nll"] - found["mse"] == {(4000, 5)}


def test_clean_and_noisy_networks_train_together_and_classes_apart():
    mixed = [s for s in stacks(LAB, cells(SMOKE)) if {c.sweep for c in s} == {"clean", "noise"}]
    assert mixed
    for stack in stacks(LAB, cells(SMOKE)):
        assert len({(c.net, c.loss, c.rate, c.outputs, c.classes) for c in stack}) == 1


def test_networks_and_stacks_of_every_preset():
    counts = {name: (len(cells(c)), len(stacks(LAB, cells(c)))) for name, c in PRESETS.items()}
    assert counts == {
        "smoke": (112, 47),
        "quick": (432, 64),
        "full": (2796, 261),
        "paper": (67, 48),
        "whole": (3515, 330),
        "paper2020": (330, 42),
    }


def test_a_cell_holds_its_protocol():
    noise, mse = only("noise")[0], only("mse")[0]
    assert (noise.optimizer, noise.momentum, noise.whitened, noise.batch) == (
        "sgd",
        0.9,
        False,
        100,
    )
    assert (mse.optimizer, mse.momentum, mse.schedule, mse.loss) == ("adam", 0.0, "cosine", "mse")
    for own in cells(FULL):
        assert own.looks[-1] == own.steps
        assert list(own.looks) == sorted(set(own.looks))


def test_benches_are_stacks_of_a_full_run():
    full = {
        stack[0].size: len(stack) for stack in stacks(LAB, cells(FULL)) if stack[0].net == "two"
    }
    benches = {(bench.cells[0].net, bench.cells[0].size): bench for bench in bench()}
    assert len(benches["two", 27].cells) == full[27] == 20
    for found in benches.values():
        assert {(c.steps, c.looks) for c in found.cells} == {(found.steps, (found.steps,))}
        assert len(stacks(LAB, found.cells)) == 1


@pytest.mark.parametrize(("kind", "wrong"), [("any", 0.135), ("another", 0.15)])
def test_both_kinds_of_noise(kind, wrong):
    noisy, clean = (only(sweep, examples=4000, noise_kind=kind)[0] for sweep in ("noise", "clean"))
    parts = [training.split(cell) for cell in (noisy, clean)]
    assert np.mean(parts[0][1] != parts[1][1]) == pytest.approx(wrong, abs=0.01)
    for i in (0, 2, 3):  # inputs and test labels are the same
        np.testing.assert_array_equal(parts[0][i], parts[1][i])


def test_smaller_sets_are_the_first_examples_and_classes_are_merged():
    few, many = (only("nll", grid_examples=(n,), grid_classes=(2, 10))[0] for n in (100, 300))
    y = training.drawn(0, 4000, few.test_examples)[1]
    assert few.classes == many.classes == 2
    np.testing.assert_array_equal(training.split(few)[1], y[:100] % 2)
    np.testing.assert_array_equal(training.split(many)[1], y[:300] % 2)


def test_digits_are_dropped_not_merged():
    found = only("nll", dropped_examples=200, grid_examples=(200,))
    cell_of = {c.digits: c for c in found if c.classes == 2}
    dropped, merged = (training.split(cell_of[name]) for name in ("dropped", "merged"))
    assert len(dropped[0]) == len(dropped[1]) == 200
    assert len(dropped[2]) == len(dropped[3]) == cell_of["dropped"].test_examples
    own = cell_of["dropped"]
    x, y = training.drawn(own.replicate, 1200, 6 * own.test_examples)[:2]
    np.testing.assert_array_equal(dropped[1], y[y < 2][:200])
    raw = replace(own, whitened=False)
    np.testing.assert_array_equal(training.split(raw)[0], x[y < 2][:200])
    assert set(dropped[1]) == set(merged[1]) == {0, 1}


def test_whitening_is_an_invertible_map():
    x = training.drawn(0, 4000, 50)
    white, test = training.whitened(x[0], x[2])
    np.testing.assert_allclose(np.cov(white.T, bias=True), np.eye(40), atol=1e-3)
    back, *_ = np.linalg.lstsq(np.column_stack([white, np.ones(len(white))]), x[0], rcond=None)
    np.testing.assert_allclose(np.column_stack([test, np.ones(50)]) @ back, x[2], atol=1e-3)


def test_a_network_alone_trains_as_in_its_stack():
    for sweep in ("noise", "mse", "fit_gru", "fit_transformer"):
        found = only(sweep, fit_replicates=2)
        stack = [c for c in found if c.size == found[0].size][:2]
        together = list(training.train(stack, "cpu"))
        alone = [record for cell in stack for record in training.train([cell], "cpu")]
        for a, b in zip(together, alone, strict=True):
            assert a.final_train_loss == pytest.approx(b.final_train_loss, rel=1e-4)
            assert a.parameters == b.parameters


def test_strong_training_fits_what_it_can():
    config = replace(
        SMOKE, grid_examples=(100,), nll_ratios_few=(4.0, 4.0), grid_steps=800, controls=False
    )
    cell = next(c for c in cells(config) if c.sweep == "nll" and c.classes == c.outputs == 2)
    (record,) = training.train([cell], "cpu")
    assert thresholds.fits(row(cell, record))
    assert record.train_loss[-1] < record.train_loss[0]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"replicates": 0}, "replicates must be at least 1"),
        ({"widths": (4, 0)}, "widths must be at least 1"),
        ({"noise": 1.0}, "noise must be above 0 and below 1"),
        ({"grid_classes": (1, 2)}, "grid_classes must be at least 2 and at most 10"),
        ({"mse_ratios": (1.0, 0.5)}, "mse_ratios must ascend"),
        ({"noise_kind": "some"}, "noise_kind must be one of any, another"),
        ({"rate": float("nan")}, "rate must be above 0"),
        ({"channels": (4, 4)}, "channels must not repeat"),
        ({"grid_examples": (40,)}, "grid_examples must be at least 100 and at most 4000"),
        ({"fit_transformer": (6, 7)}, "fit_transformer must be multiples of 2"),
        ({"mse_ratios_many": (1.0, 0.5)}, "mse_ratios_many must ascend"),
        ({"more_examples": (250,)}, "more_examples must not repeat grid_examples"),
    ],
)
def test_wrong_settings_are_refused(change, message):
    with pytest.raises(ValueError, match=message):
        Config(**change)


def test_cnn_has_the_published_number_of_parameters():
    assert parameters("cnn", 37) == 10_370
