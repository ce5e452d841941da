"""What the double-descent lab reads off a sweep, and its claims."""

import numpy as np
import pytest

from labs.double_descent import measures
from labs.double_descent.claims import CLAIMS
from labs.double_descent.grid import PRESETS, Task
from labs.double_descent.remarks import remarks
from labs.double_descent.sizes import parameters, threshold_widths
from labs.kit.table import Table, row
from labs.kit.verdicts import judge
from tests.labs.double_descent.made import cell, record

FULL = PRESETS["full"]


def verdicts(table):
    return {verdict.id: verdict for verdict in judge(CLAIMS, table)}


def bounds(table):
    return [
        row[-1] for remark in remarks(table) if "bounds" in remark.columns for row in remark.rows
    ]


def test_squared_error_is_fitted_only_with_a_small_loss():
    def fits(sweep="mse", loss=0.0, error=0.0, classes=10):
        found = record(final_train_loss=loss, final_train_error=error)
        return measures.fits(row(cell(sweep, classes=classes), found))

    assert not fits(loss=0.01)
    assert fits(loss=0.0005)
    assert not fits(loss=0.0005, classes=2)  # 8 are unused
    assert fits("nll", loss=0.01)
    assert not fits(error=0.1)


def rows_of_a_law(power, replicates=10, factor=1.0, steps=5000):
    """Nets that fit from factor * n K^power parameters on."""
    return [
        law_row(cell(loss, size=h, examples=n, classes=k, outputs=k, steps=steps, replicate=r), at)
        for loss in power
        for n in (250, 1000, 4000)
        for k in (2, 5, 10)
        for at in [factor * n * k ** power[loss]]
        for h in threshold_widths(loss, n, k, getattr(FULL, f"{loss}_ratios"))
        for r in range(replicates)
    ]


def law_row(cell, threshold):
    count = parameters("one", cell.size, cell.outputs)
    return row(cell, record(parameters=count, final_train_error=float(count < threshold)))


def test_slopes_and_levels_of_the_law_of_2020():
    table = Table(rows_of_a_law({"nll": 0, "mse": 1}))
    for loss, k in (("nll", 0), ("mse", 1)):
        n_slope, k_slope = (
            np.mean(list(measures.slope(table, loss, over).values()))
            for over in ("examples", "classes")
        )
        assert (n_slope, k_slope) == (pytest.approx(1, abs=0.1), pytest.approx(k, abs=0.15))
        assert np.mean(list(measures.level(table, loss).values())) == pytest.approx(1.2, abs=0.2)
    found = verdicts(table)
    for claim in ("DD5-nll-n", "DD5-mse-n", "DD5-mse-k", "DD7-nll-k", "DD5-nll-level"):
        assert found[claim].verdict == "holds"


def test_a_law_without_classes_contradicts_squared_error():
    found = verdicts(Table(rows_of_a_law({"nll": 0, "mse": 0}, factor=1.0)))
    assert found["DD5-mse-k"].verdict == "contradicted"


def test_the_rival_laws_are_told_apart_within_the_widths_of_the_sweep():
    table = Table(rows_of_a_law({"nll": 1, "mse": 0}))
    found = verdicts(table)
    assert found["DD5-mse-k"].estimate == pytest.approx(0, abs=0.1)
    assert found["DD7-nll-k"].reason == "no data"  # n K lies beyond its widths
    assert any("above the widths" in text for text in bounds(table))


def test_where_nothing_fits_the_threshold_is_a_bound_and_no_claim_uses_it():
    rows = rows_of_a_law({"nll": 0}, replicates=6)
    for one in rows:
        if one["replicate"] == 0 and one["examples"] == 1000:
            one["final_train_error"] = 1.0
    table = Table(rows)
    assert sorted(measures.slope(table, "nll", "examples")) == list(range(1, 6))
    task = Task(1000)
    widest = max(row["parameters"] for row in rows if row["examples"] == 1000 == row["examples"])
    bound = measures.law(table, "nll")[task][0]
    assert bound.bracket == "above"
    assert bound.parameters > widest
    assert any("1 above the widths" in text for text in bounds(table))


def test_a_replicate_without_all_widths_has_no_threshold_yet():
    rows = rows_of_a_law({"nll": 0}, replicates=6)
    del rows[[row["replicate"] for row in rows].index(3)]
    assert 3 not in measures.slope(Table(rows), "nll", "examples")


def test_controls_compare_with_the_same_task():
    rows = rows_of_a_law({"mse": 1})
    control = [
        law_row(cell("mse", size=h, classes=2, outputs=2, effort=0.5, replicate=r), 4000)
        for h in threshold_widths("mse", 4000, 2, FULL.mse_ratios)
        for r in range(10)
    ]
    moved = measures.moved(Table(rows + control), "mse", "effort")
    assert len(moved) == 10
    assert np.mean(list(moved.values())) == pytest.approx(-1, abs=0.01)
    again = [{**row, "effort": 1.0, "start": 1} for row in control]
    found = measures.restarted(Table(rows + again), "mse")
    assert np.mean(list(found.values())) == pytest.approx(-1, abs=0.01)
    assert measures.moved(Table(rows), "mse", "outputs") == {}


def sweep_rows(name, curve, spread, replicates=10, seed=0, fitted=47, **changes):
    rng = np.random.default_rng(seed)
    sizes = PRESETS["paper"].widths[: len(curve)]
    return [
        row(
            cell(name, size=size, noise=0.15, noise_kind="any", replicate=r),
            record(
                **{
                    "epoch": [1.0, 10.0, 100.0],
                    "test_error": [60.0, 50.0, value],
                    "final_test_error": value + float(rng.normal(0, spread)),
                    "final_test_loss": value,
                    "final_train_error": float(size < fitted),
                    "parameters": parameters("two", size),
                    **changes,
                }
            ),
        )
        for size, value in zip(sizes, curve, strict=True)
        for r in range(replicates)
    ]


def test_a_true_peak_holds():
    curve = [70, 66, 62, 58, 54, 50, 48, 47, 48, 50, 52, 54, 54, 52, 50, 48.5, 47, 46, 45]
    found = verdicts(Table(sweep_rows("noise", curve, 0.8)))
    assert found["DD1-noise-rise"].verdict == "holds"
    assert found["DD1-noise-fall"].verdict == "holds"
    assert found["DD1-noise-rise"].estimate == pytest.approx(7, abs=0.8)


def test_what_only_falls_does_not_fall_again():
    found = verdicts(Table(sweep_rows("noise", list(np.linspace(70, 45, 19)), 0.5)))
    assert found["DD1-noise-rise"].verdict == "contradicted"
    rng = np.random.default_rng(1)
    rows = [
        {**row, "epoch": [1, 2, 3, 4], "test_error": [60.0, 55.0, 52.0, 50.0 + rng.normal(0, 0.1)]}
        for row in sweep_rows("noise", [50.0] * 19, 1.0)
    ]
    assert verdicts(Table(rows))["DD8-fall"].verdict == "contradicted"


def test_noise_alone_makes_no_peak():
    # Looked for on the same replicate, the largest rise of pure noise would be about 3 points.
    estimates = []
    for seed in range(20):
        table = Table(sweep_rows("noise", [50.0] * 19, 1.0, seed=seed))
        rise = measures.at("peak", sweep="noise") - measures.at("valley", sweep="noise")
        estimates += rise(table).values()
    assert abs(np.mean(estimates)) < 0.2


def test_loss_peaks_at_the_threshold():
    rows = sweep_rows("clean", [*range(1, 13), *range(11, 4, -1)], 0)
    found = verdicts(Table(rows))["DD3-clean"]
    assert (found.estimate, found.verdict) == (0, "holds")
    assert found.low < 0 < found.high  # to a size of the sweep, not for certain
    assert verdicts(Table(sweep_rows("clean", list(range(19)), 0)))["DD3-clean"].estimate == 7


def test_noise_moves_the_threshold():
    rows = sweep_rows("clean", [1.0] * 19, 0)
    rows += sweep_rows("noise", [1.0] * 19, 0, fitted=61)
    found = verdicts(Table(rows))["DD4"]
    assert found.verdict == "holds"
    assert found.estimate == pytest.approx(np.log2(61 / 47))


def test_equal_values_on_the_sweeps_grid_are_no_certainty():
    gridded = {claim.id for claim in CLAIMS if claim.grid}
    assert gridded == {
        "DD1-noise-where",
        *(f"DD3-{sweep}" for sweep in ("clean", "noise", "cnn")),
        "DD4",
        *(f"DD5-{loss}-{what}" for loss in ("nll", "mse") for what in ("n", "level")),
        *(f"DD5-{loss}-{what}" for loss in ("nll", "mse") for what in ("half", "start")),
        *("DD5-mse-k", "DD5-mse-unused", "DD6-where", "DD7-nll-k", "DD7-cnn", "DD7-cnn-n"),
    }
    control = [
        law_row(cell("mse", size=h, classes=2, outputs=2, effort=0.5, replicate=r), 11_000)
        for h in threshold_widths("mse", 4000, 2, FULL.mse_ratios)
        for r in range(10)
    ]
    found = verdicts(Table(rows_of_a_law({"mse": 1}) + control))["DD5-mse-half"]
    assert len(set(found.values.values())) == 1
    assert found.estimate == pytest.approx(0.5, abs=0.02)
    assert found.high - found.low > 0.3
    assert found.verdict == "undecided"  # it was contradicted, with an interval of width zero


def test_a_second_start_can_only_lower_a_threshold():
    rows = rows_of_a_law({"nll": 0})
    again = [{**row, "start": 1} for row in rows if (row["examples"], row["classes"]) == (250, 10)]
    found = verdicts(Table(rows + again))["DD5-nll-start"]
    assert (found.estimate, found.high) == (0, 0)
    assert found.low < 0


def test_a_shorter_protocol_is_judged_in_its_directions_alone():
    curve = [70, 66, 62, 58, 54, 50, 48, 47, 48, 50, 52, 54, 54, 52, 50, 48.5, 47, 46, 45]
    rows = sweep_rows("clean", curve, 0.8) + sweep_rows("noise", curve, 0.8, fitted=61)
    rows = [{**row, "steps": 6800} for row in rows] + rows_of_a_law({"nll": 0}, steps=2000)
    found = verdicts(Table(rows))
    for claim in ("DD1-noise-rise", "DD1-noise-fall", "DD1-noise-where", "DD2"):
        assert (found[claim].verdict, found[claim].reason) == (
            "not judged",
            "6,800 of 20,000 steps",
        )
    for claim in ("DD5-nll-n", "DD5-nll-level", "DD7-nll-k"):
        assert (found[claim].verdict, found[claim].reason) == ("not judged", "2,000 of 5,000 steps")
    assert found["DD4"].verdict == "holds"


def test_the_control_with_less_training_does_not_shorten_the_protocol():
    rows = rows_of_a_law({"nll": 0})
    control = [{**row, "effort": 0.5, "steps": 2500} for row in rows if row["examples"] == 4000]
    assert verdicts(Table(rows + control))["DD5-nll-level"].verdict == "holds"
