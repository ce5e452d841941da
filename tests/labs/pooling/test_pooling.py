"""The pooling lab: its data, grid, measures and claims; the contract tests do the rest."""

from dataclasses import asdict, replace

import numpy as np
import pytest

from labs.kit.claims import judge
from labs.kit.table import Table
from labs.pooling import arms, lab
from labs.pooling.claims import CLAIMS
from labs.pooling.remarks import remarks
from mnist1d.generate import generate
from mnist1d.recipe import Recipe

SMOKE, FULL = lab.PRESETS["smoke"], lab.PRESETS["full"]
SIZES = tuple(arms.PUBLISHED)


def cell(arm="max", **changes):
    return replace(next(c for c in lab.cells(SMOKE) if c.arm == arm), **changes)


def trained(*cells):
    return list(lab.train(cells, "cpu"))


def table(score, longer=None, replicates=10, noise=0.05, sizes=SIZES, seed=0):
    """Rows of a full run, with `score(arm, examples)` and a little noise as accuracy."""
    rng = np.random.default_rng(seed)
    config = replace(FULL, replicates=replicates, examples=sizes)
    rows = []
    for c in lab.cells(config):
        final = score(c.arm, c.examples) + rng.normal(scale=noise)
        more = final if longer is None else longer(c.arm)
        curve = {"step": [3000, 6000, 12_000], "test_accuracy": [50.0, final, more]}
        rows.append(asdict(c) | curve | {"final": final, "longer": more, "final_train": 99.0})
    return Table(rows)


def published(arm, examples):
    row = dict(zip(arms.SHOWN, arms.PUBLISHED[examples], strict=True))
    return row["none"] - 2 if arm == "matched" else row[arm]


def verdicts(rows):
    return {verdict.id: verdict.verdict for verdict in judge(CLAIMS, rows)}


def test_training_sets_are_nested_and_the_test_set_is_common():
    small, large = (lab._split(cell(examples=n, drawn=600)) for n in (200, 600))
    assert [len(part) for part in small] == [200, 200, 200, 200]
    for few, many in zip(small, large, strict=True):
        np.testing.assert_array_equal(few, many[: len(few)])
    assert len(large[0]) == 600


def test_a_replicate_is_one_draw_standardised_once():
    x, y, x_test, _ = lab._drawn(1, 600, 200)
    both = np.concatenate([x, x_test])
    assert (both.mean(), both.std()) == (pytest.approx(0, abs=1e-5), pytest.approx(1, abs=1e-5))
    data = generate(Recipe(seed=43, n_train=600, n_test=200), stream="fast")
    np.testing.assert_array_equal(data.x, x)
    assert not np.array_equal(lab._drawn(0, 600, 200)[1], y)


def test_the_full_grid_is_that_of_the_figure():
    grid = lab.cells(FULL)
    assert {c.examples for c in grid} == set(arms.PUBLISHED)
    assert {c.arm for c in grid} == {*arms.SHOWN, "matched"}
    assert {c.steps for c in grid} == {6000}
    assert {c.examples for c in grid if c.further} == {50_000} == {c.drawn for c in grid}


@pytest.mark.parametrize("arm", arms.ARMS)
def test_records_have_the_stated_parameters(arm):
    (record,) = trained(cell(arm))
    assert record["parameters"] == arms.ARMS[arm].parameters
    assert (record["step"], record["final"]) == ([10, 20], record["test_accuracy"][1])
    read = 2 * np.array(record["test_accuracy"])  # of 200 test examples
    np.testing.assert_allclose(read, read.round())


def test_no_number_of_channels_matches_better():
    def parameters(channels):
        return 3 * channels**2 + 405 * channels + 10

    assert parameters(20) == arms.ARMS["none"].parameters
    best = min(range(1, 20), key=lambda channels: abs(parameters(channels) - 3310))
    assert best == arms.ARMS["matched"].channels
    assert parameters(best) == arms.ARMS["matched"].parameters


def test_going_on_changes_nothing_before_and_is_the_longer_training():
    (usual,) = trained(cell(examples=400))
    (longer,) = trained(cell(examples=400, further=10))
    (whole,) = trained(cell(examples=400, steps=30))
    assert longer["step"] == whole["step"] == [10, 20, 30]
    assert longer["final"] == usual["final"] == usual["longer"]
    assert longer["longer"] == whole["final"]


def test_a_network_alone_trains_as_in_its_stack():
    cells = [cell("l2", replicate=r, steps=30, every=30) for r in range(3)]
    together, (alone,) = trained(*cells), trained(cells[2])
    assert together[2]["final"] == pytest.approx(alone["final"], abs=0.5)
    assert together[0] != together[2]


def test_claims_on_the_published_numbers():
    found = verdicts(table(published, longer=lambda arm: 98.0 - (arm == "none")))
    assert found == {
        "P1": "holds",
        "P2": "holds",
        "P2-ratio": "holds",
        "P3": "holds",
        "P3-hinders": "contradicted",
        "P4": "holds",
        "P5-matched": "holds",
        "P5-hinders": "contradicted",
        "P5-longer": "contradicted",
        "P6": "undecided",
    }
    values = {verdict.id: verdict for verdict in judge(CLAIMS, table(published))}
    for claim in CLAIMS:
        if claim.published is not None and claim.id != "P6":
            assert values[claim.id].estimate == pytest.approx(claim.published, abs=0.06)


def test_claims_when_pooling_hinders():
    def score(arm, examples):
        stays = arm in ("none", "matched")
        return 95 - stays * 2 if examples < 50_000 else 95 + stays * 3

    found = verdicts(table(score, longer=lambda arm: 95.0 + 3 * (arm == "none")))
    assert {found[i] for i in ("P3-hinders", "P5-hinders", "P5-longer")} == {"holds"}
    assert {found[i] for i in ("P1", "P3", "P4", "P5-matched")} == {"contradicted"}


def test_a_ceiling_shrinks_points_and_not_the_ratio_of_errors():
    def score(arm, examples):
        error = 40 * (1000 / examples) ** 0.7
        return 100 - (error / 2 if arm in arms.POOLED else error)

    found = {v.id: v for v in judge(CLAIMS, table(score, noise=0.01))}
    assert found["P2"].verdict == "holds"
    assert found["P2-ratio"].estimate == pytest.approx(0, abs=0.02)
    assert found["P2-ratio"].verdict == "undecided"


def test_the_best_size_for_stride_is_not_best_by_chance():
    # The largest of six equal differences would be about 1.27 standard deviations.
    estimates = [
        verdict.estimate
        for seed in range(30)
        for verdict in judge(CLAIMS, table(lambda arm, n: 80.0, noise=1.0, seed=seed))
        if verdict.id == "P4"
    ]
    assert abs(np.mean(estimates)) < 0.25


def test_max_against_l2_counts_high_data_alone():
    def score(arm, examples):
        return 90 + (arm == "l2") * (1 if examples >= 20_000 else -5)

    found = {verdict.id: verdict for verdict in judge(CLAIMS, table(score))}
    assert found["P6"].estimate == pytest.approx(-1, abs=0.1)
    assert found["P6"].verdict == "holds"


def test_what_a_preset_lacks_is_undecided():
    rows = table(published, sizes=(1000, 5000))
    found = {verdict.id: verdict for verdict in judge(CLAIMS, rows)}
    assert [found[i].n for i in ("P1", "P2", "P3", "P5-longer", "P6")] == [10, 10, 0, 0, 0]
    without = Table(row for row in rows if row["arm"] != "avg")
    assert [v.n for v in judge(CLAIMS, without) if v.id in ("P1", "P4")] == [0, 10]


def test_a_test_set_read_without_error_counts_half_an_error():
    rows = table(lambda arm, n: 100.0 if arm in arms.POOLED else 99.0, noise=0)
    ratios = list(arms.error_ratio(rows, 1000).values())
    assert ratios == pytest.approx([100.0] * 10)  # 50 errors of 5000 against one half


def test_remarks_say_gains_ratios_and_the_longer_training():
    lines = remarks(table(published, noise=0, longer=lambda arm: 98.0 - (arm == "none")))
    points, ratios, matched, stride, average, l2, train, longer = lines
    assert "18.60 [18.60, 18.60] with 1,000" in points
    assert "1.48 [1.48, 1.48] with 50,000" in ratios
    assert "3.20 [3.20, 3.20] with 50,000" in matched
    assert "2.10 [2.10, 2.10] with 50,000" in stride
    assert "-0.80 [-0.80, -0.80] with 50,000" in average
    assert "-1.00 [-1.00, -1.00] with 50,000" in l2
    assert "Training accuracy without pooling, by training examples: 99.00" in train
    assert "12,000 steps in place of 6,000 pooling gains 1.00 [1.00, 1.00] points" in longer
    assert "no pooling 97.0 %" in longer


def test_a_short_training_says_so():
    rows = Table({**row, "steps": 2500} for row in table(published))
    assert remarks(rows)[0].startswith("These networks trained for 2500 of the published 6000")


def test_going_on_short_of_the_published_steps_is_no_longer_training():
    short = {"steps": 2000, "step": [1000, 2000, 4000]}
    rows = Table(
        {**row, **short, "further": 2000 * (row["further"] > 0)} for row in table(published)
    )
    found = {verdict.id: verdict for verdict in judge(CLAIMS, rows)}
    assert (found["P5-longer"].n, found["P3"].n) == (0, 10)
    assert "in place of" not in " ".join(remarks(rows))
    assert not lab.plot(rows).axes[8].axison


def test_the_figure_has_a_panel_for_every_size_and_three_more():
    drawn = lab.plot(table(published, replicates=3))
    assert [ax.get_title() for ax in drawn.axes] == [
        *(f"{n:,} training examples" for n in SIZES),
        "Gain",
        "Ratio of errors (above 1: pooling is ahead)",
        "50,000 training examples, longer training",
    ]
    assert len(drawn.axes[0].lines) == 6
    assert max(drawn.axes[5].lines[0].get_xdata()) == 6000
    assert max(drawn.axes[8].lines[0].get_xdata()) == 12_000


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"replicates": 0}, "replicates must be 1 or more, not 0"),
        ({"examples": (1000, 50)}, "examples must be 100 or more"),
        ({"examples": ()}, "examples must be 100 or more"),
        ({"examples": (1000, 1000)}, "examples must not repeat"),
        ({"further": -1}, "further must be 0 or more, not -1"),
        ({"every": 7}, "steps must be a multiple of every = 7, not 6000"),
        ({"arms": ("mean",)}, "unknown arm 'mean'"),
        ({"arms": ("max", "max")}, "arms must not repeat"),
    ],
)
def test_wrong_settings_are_refused(change, message):
    with pytest.raises(ValueError, match=message):
        lab.Config(**change)
