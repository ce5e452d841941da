"""Claims about where a sweep over sizes rises, peaks and fits, on sweeps that are made up."""

import numpy as np
import pytest

from labs.double_descent import measures
from labs.double_descent.claims import CLAIMS
from labs.kit.table import Table
from labs.kit.verdicts import judge
from tests.labs.double_descent.made import sweep_rows


def verdicts(table):
    return {verdict.id: verdict for verdict in judge(CLAIMS, table)}


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
    assert (found.estimate, found.verdict) == (pytest.approx(0, abs=0.3), "holds")
    assert verdicts(Table(sweep_rows("clean", list(range(19)), 0)))["DD3-clean"].estimate > 6


def test_noise_moves_the_threshold():
    rows = sweep_rows("clean", [1.0] * 19, 0)
    rows += sweep_rows("noise", [1.0] * 19, 0, fitted=61)
    found = verdicts(Table(rows))["DD4"]
    assert found.verdict == "holds"
    assert found.estimate == pytest.approx(np.log2(61 / 47), abs=0.05)


def test_places_lie_between_the_sizes_of_a_sweep_and_have_no_ties():
    assert {claim.id for claim in CLAIMS if claim.grid} == {"DD5-nll-start", "DD5-mse-start"}
    rows = sweep_rows("noise", [1.0] * 19, 0)
    for one in rows:
        rise = 30 + (one["replicate"] / 10 - 1) * (one["size"] == 36)
        one["final_test_error"] = rise if one["size"] in (36, 47) else 20.0
    found = measures.peak_size(Table(rows), "noise")
    assert len(set(found.values())) == 10
    assert all(36 < size < 61 for size in found.values())


def test_the_peak_of_a_parabola_is_found():
    points = [10, 14, 20, 30]
    values = [-((np.log(point) - np.log(17)) ** 2) for point in points]
    assert measures.vertex(points, values, int(np.argmax(values))) == pytest.approx(17)
    assert measures.vertex(points, [4, 3, 2, 1], 0) == 10  # at an end there is no parabola
    assert measures.vertex(points, [1, 1, 1, 1], 1) == 14
    assert measures.vertex(points, [3, 1, 2, 1], 1) == 14  # no peak


def test_error_peaks_at_the_threshold_or_elsewhere():
    curve = [*range(1, 13), *range(11, 4, -1)]  # highest with 47 units
    for fitted, verdict in ((61, "holds"), (135, "contradicted"), (16, "contradicted")):
        rows = sweep_rows("noise", curve, 0.2, fitted=fitted)
        for one in rows:
            one["final_test_loss"] = 20.0 - one["size"] / 100  # its peak is not what is asked
        assert verdicts(Table(rows))["DD3-noise-error"].verdict == verdict, fitted


def peaked(sweep, ratio, spread=0.02):
    """A sweep of 2020 whose peak of test loss is so many times the valley."""
    rows = sweep_rows(sweep, [2, 1.5, 1, 1.2, ratio, 1.2], 0)
    rng = np.random.default_rng(int(100 * ratio))
    for one in rows:
        one |= {"examples": 10_000, "steps": 9000}
        one["final_test_loss"] *= 1 + rng.normal(scale=spread)
    return rows


@pytest.mark.parametrize(
    ("mlp", "cnn", "verdict"),
    [(1.74, 1.22, "holds"), (1.3, 1.9, "contradicted"), (1.5, 1.51, "undecided")],
)
def test_the_cnn_of_2020_has_a_less_pronounced_peak(mlp, cnn, verdict):
    rows = peaked("mlp2020", mlp) + peaked("cnn2020", cnn)
    found = verdicts(Table(rows))["DD6-cnn"]
    assert (found.verdict, found.estimate) == (verdict, pytest.approx(mlp / cnn, rel=0.03))
    fewer = [one | {"steps": 8000} if one["sweep"] == "cnn2020" else one for one in rows]
    assert verdicts(Table(fewer))["DD6-cnn"].reason == "8,000 of 9,000 steps"
