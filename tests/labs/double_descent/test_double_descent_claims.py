"""What the double-descent lab reads off a sweep, and its claims."""

import numpy as np
import pytest
from scipy import optimize, stats

from labs.double_descent import thresholds
from labs.double_descent.claims import CLAIMS
from labs.double_descent.config import PRESETS
from labs.double_descent.grid import DROPPED, Task, cells, window
from labs.double_descent.remarks import remarks
from labs.double_descent.sizes import parameters, threshold_widths
from labs.kit.table import Table, row
from labs.kit.verdicts import judge
from tests.labs.double_descent.made import cell, record, sweep_rows

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
        return thresholds.fits(row(cell(sweep, classes=classes), found))

    assert not fits(loss=0.01)
    assert fits(loss=0.0005)
    assert not fits(loss=0.0005, classes=2)  # 8 are unused
    assert fits("nll", loss=0.01)
    assert not fits(error=0.1)


def widths(loss, n, k):
    return threshold_widths(n, k, window(FULL, loss, Task(n, k, k)))


def rows_of_a_law(power, replicates=10, factor=1.0, steps=5000):
    """Nets that fit from factor * n K^power parameters on."""
    return [
        law_row(cell(loss, size=h, examples=n, classes=k, outputs=k, steps=steps, replicate=r), at)
        for loss in power
        for n in (250, 1000, 4000)
        for k in (2, 5, 10)
        for at in [factor * n * k ** power[loss]]
        for h in widths(loss, n, k)
        for r in range(replicates)
    ]


def law_row(cell, threshold):
    """A net whose misfit falls with its size to where it fits, a little later in each replicate."""
    count = parameters("one", cell.size, cell.outputs)
    missing = np.log2(threshold * 1.01 ** (cell.replicate - 4.5) / count)
    wrong = 100 / cell.examples * max(0, np.ceil(20 * missing))
    loss = thresholds.MSE_FITTED * 2 ** (8 * min(missing, 6)) * cell.classes / cell.outputs
    return row(
        cell, record(parameters=count, final_train_error=float(wrong), final_train_loss=float(loss))
    )


def test_slopes_and_levels_of_the_law_of_2020():
    table = Table(rows_of_a_law({"nll": 0, "mse": 1}))
    for loss, k in (("nll", 0), ("mse", 1)):
        n_slope, k_slope = (
            np.mean(list(thresholds.slope(table, loss, over).values()))
            for over in ("examples", "classes")
        )
        assert (n_slope, k_slope) == (pytest.approx(1, abs=0.1), pytest.approx(k, abs=0.15))
        assert np.mean(list(thresholds.level(table, loss).values())) == pytest.approx(1, abs=0.1)
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
    assert any("above the widths" in text for text in bounds(table))


def test_a_threshold_lies_between_two_sizes_the_nearer_to_the_first_that_fits_the_worse_the_last():
    near, far = (thresholds.crossing([10, 20, 40], [100, last, 0.5]).size for last in (1.1, 99))
    assert 20 < near < 22 < 36 < far < 40


def test_a_threshold_beyond_the_widths_counts_as_a_bound_by_censored_regression():
    rows = rows_of_a_law({"nll": 0}, replicates=6, factor=0.9)
    whole = thresholds.slope(Table(rows), "nll", "examples")
    for one in rows:  # as if the widest nets at n = 4000, K = 10 had not fitted, nor any other
        if one["replicate"] == 0 and (one["examples"], one["classes"]) == (4000, 10):
            one["final_train_error"] = 1.0
    table = Table(rows)
    bound = thresholds.law(table, "nll")[Task(4000)][0]
    assert bound.bracket == "above"
    assert bound.size == max(r["parameters"] for r in rows if r["examples"] == 4000)
    slopes = thresholds.slope(table, "nll", "examples")
    assert sorted(slopes) == [*range(6)]  # none is dropped
    assert slopes[0] > whole[0] + 0.05  # as far up as the bound demands
    assert [slopes[r] for r in range(1, 6)] == [whole[r] for r in range(1, 6)]
    assert any("1 above the widths" in text for text in bounds(table))


def found_by(law, bracket):
    """Thresholds of one replicate on a law, those that a bound hides given as that bound."""
    return {
        task: {0: thresholds.Threshold(size, "")} if size == seen else {0: bracket(seen)}
        for task, (size, seen) in law.items()
    }


@pytest.mark.parametrize(("name", "cut"), [("above", 0.5), ("below", 2.0)])
def test_on_a_line_censored_regression_finds_what_a_bound_hides(name, cut):
    sizes = {Task(n, k, k): n * k**0.5 for n in (250, 1000, 4000) for k in (2, 5, 10)}
    hidden = Task(4000, 10, 10)
    law = {task: (size, size * cut if task == hidden else size) for task, size in sizes.items()}
    found = found_by(law, lambda seen: thresholds.Threshold(seen, name))
    (logs,) = thresholds.completed(found).values()
    assert logs == pytest.approx([*np.log([*sizes.values()])], abs=0.01)


def test_censored_regression_equals_the_most_likely_line():
    rng = np.random.default_rng(0)
    x, bound = np.log([250, 500, 1000, 2000, 4000]), np.log(1800)
    y = x + rng.normal(0, 0.3, 5)
    hidden = y > bound
    found = {
        Task(n): {0: thresholds.Threshold(float(np.exp(min(value, bound))), "above" * bool(cut))}
        for n, value, cut in zip((250, 500, 1000, 2000, 4000), y, hidden, strict=True)
    }
    (logs,) = thresholds.completed(found).values()
    slope, level = np.polyfit(x, logs, 1)

    def surprise(free):
        z = (np.minimum(y, bound) - free[0] - free[1] * x) / np.exp(free[2])
        seen = stats.norm.logpdf(z[~hidden]) - free[2]
        return -seen.sum() - stats.norm.logsf(z[hidden]).sum()

    assert 1 <= hidden.sum() <= 3
    best = optimize.minimize(surprise, [level, slope, -1], method="Nelder-Mead", tol=1e-9).x
    assert (level, slope) == (pytest.approx(best[0], abs=0.02), pytest.approx(best[1], abs=0.003))


def test_without_enough_thresholds_a_replicate_says_nothing():
    tasks = [Task(n, k, k) for n in (250, 1000) for k in (2, 10)]
    bounds = {task: {0: thresholds.Threshold(100.0, "above")} for task in tasks}
    assert thresholds.completed(bounds) == {}
    assert thresholds.completed({}) == {}


def rows_of_digits(power, replicates=6):
    """With dropped digits nets fit from n (K / 10)^power parameters on, with merged ones from n."""
    return [
        {
            **law_row(made, 1000 * (k / 10) ** power if digits == DROPPED else 1000),
            "digits": digits,
        }
        for digits, classes in ((DROPPED, (2, 5)), ("merged", (2, 5, 10)))
        for k in classes
        for h in threshold_widths(1000, k, (0.25, 16))
        for r in range(replicates)
        for made in [
            cell("nll", size=h, examples=1000, classes=k, outputs=k, steps=5000, replicate=r)
        ]
    ]


def test_the_slope_over_classes_with_digits_dropped():
    same, steep = (Table(rows_of_digits(power)) for power in (0, 0.5))
    assert verdicts(same)["DD7-nll-k-dropped"].estimate == pytest.approx(0, abs=0.2)
    assert verdicts(same)["DD7-nll-k-digits"].estimate == pytest.approx(0, abs=0.1)
    assert verdicts(steep)["DD7-nll-k-dropped"].estimate == pytest.approx(0.5, abs=0.2)
    assert verdicts(steep)["DD7-nll-k-dropped"].verdict == "contradicted"
    assert verdicts(steep)["DD7-nll-k-digits"].verdict == "contradicted"


def rows_of_a_net(at, replicates=6):
    counts = {h: parameters("cnn", h) for h in (3, 4, 5, 6, 8, 10, 13, 17, 22)}
    made = [
        cell("fit_cnn", size=h, examples=1000, steps=5000, replicate=r)
        for h in counts
        for r in range(replicates)
    ]
    wrong = {h: max(0, round(20 * np.log2(at / count))) / 10 for h, count in counts.items()}
    return [
        row(one, record(parameters=counts[one.size], final_train_error=float(wrong[one.size])))
        for one in made
    ]


@pytest.mark.parametrize(("at", "level"), [(1000, "holds"), (2800, "contradicted")])
def test_the_threshold_of_another_architecture(at, level):
    mlp = rows_of_a_law({"nll": 0}, replicates=6)
    values = {
        id: verdicts(Table(mlp + rows_of_a_net(at)))[f"DD9-cnn-{id}"].values
        for id in ("level", "harder")
    }
    inside = {0.5 < value < 2 for value in values["level"].values()}
    assert inside == {level == "holds"}
    assert np.mean([*values["harder"].values()]) == pytest.approx(np.log2(at / 1000), abs=0.35)


def test_a_replicate_without_all_widths_has_no_threshold_yet():
    rows = rows_of_a_law({"nll": 0}, replicates=6)
    del rows[[row["replicate"] for row in rows].index(3)]
    assert 3 not in thresholds.slope(Table(rows), "nll", "examples")


def test_controls_compare_with_the_same_task():
    rows = rows_of_a_law({"mse": 1}, factor=0.7)  # with n = 4000 and K = 2 at 5600
    control = [
        law_row(cell("mse", size=h, classes=2, outputs=2, effort=0.5, replicate=r), 2800)
        for h in widths("mse", 4000, 2)
        for r in range(10)
    ]
    moved = thresholds.moved(Table(rows + control), "mse", "effort")
    assert len(moved) == 10
    assert np.mean(list(moved.values())) == pytest.approx(-1, abs=0.2)
    again = [{**row, "effort": 1.0, "start": 1} for row in control]
    found = thresholds.restarted(Table(rows + again), "mse")
    assert np.mean(list(found.values())) == pytest.approx(-1, abs=0.2)
    assert thresholds.moved(Table(rows), "mse", "outputs") == {}


def test_the_claim_about_half_the_training_is_about_most_examples():
    at = {4000: 1.0, 1000: 0.5}  # where half the steps have the threshold, in units of all
    grid = [c for c in cells(FULL) if (c.sweep, c.classes, c.digits) == ("mse", 2, "merged")]
    rows = [
        law_row(c, 0.7 * c.examples * c.classes * (at[c.examples] if c.effort < 1 else 1))
        for c in grid
        if c.outputs == 2 and c.examples in at
    ]
    assert {c.examples for c in grid if c.effort < 1} == {1000, 4000}
    found = verdicts(Table(rows))["DD5-mse-half"]
    assert found.estimate == pytest.approx(0, abs=0.05)
    controls = {row[2]: row for row in remark_rows(Table(rows), "Octaves by which a control")}
    assert controls["1,000"][:4] == ("squared error", "0.5 of the steps", "1,000", "2")
    assert controls["1,000"][4].mean == pytest.approx(-1, abs=0.2)


def remark_rows(table, beginning):
    (found,) = (remark for remark in remarks(table) if remark.text.startswith(beginning))
    return found.rows


def test_remarks_count_bounds_that_stand_for_themselves():
    rows = rows_of_a_law({"nll": 0}, factor=0.9)
    control = [
        {**row, "effort": 0.5} for row in rows if (row["examples"], row["classes"]) == (4000, 2)
    ]
    both = [
        {**row, "final_train_error": 50.0 if row["replicate"] == 0 else row["final_train_error"]}
        for row in rows + control
    ]
    one = [
        {**row, "final_train_error": 0.0} if (row["replicate"], row["effort"]) == (1, 0.5) else row
        for row in both
    ]
    (row,) = remark_rows(Table(one), "Octaves by which a control")
    assert row[-3:] == ("2", "1", "10")


def test_remarks_count_peaks_and_thresholds_at_the_ends_of_a_sweep():
    rows = sweep_rows("noise", [3, 2, 5, 1], 0, fitted=0)
    for one in rows:
        if one["replicate"] < 3:  # the largest has both peaks, and nothing fits
            one["final_test_error"] = one["final_test_loss"] = float(one["size"])
            one["final_train_error"] = 1.0
    found = {row[1]: row[2:] for row in remark_rows(Table(rows), "A peak at an end")}
    assert found == {
        "peak of test error": ("0", "3", "10"),
        "peak of test loss": ("0", "3", "10"),
        "threshold": ("7", "3", "10"),
    }


def test_only_less_training_shows_that_training_was_not_at_rest():
    controls = {claim.id for claim in CLAIMS if claim.family == "control" and claim.cause}
    assert controls == {"DD5-nll-half", "DD5-mse-half"}


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
