"""The pooling lab: its data, grid, measures and claims; the contract tests do the rest."""

from dataclasses import replace

import numpy as np
import pytest

from labs.kit.execute import stacks
from labs.kit.table import Table, row
from labs.kit.verdicts import judge
from labs.pooling import training
from labs.pooling.claims import CLAIMS
from labs.pooling.figure import curves, longer
from labs.pooling.grid import ARMS, POOLED, PRESETS, Config, Record, cells
from labs.pooling.lab import LAB
from labs.pooling.measures import error_ratio
from labs.pooling.published import ACCURACY, EXAMPLES, SHOWN
from labs.pooling.remarks import remarks
from mnist1d.generate import generate
from mnist1d.recipe import Recipe

SMOKE, FULL = PRESETS["smoke"], PRESETS["full"]


def cell(arm="max", **changes):
    return replace(next(c for c in cells(SMOKE) if c.arm == arm), **changes)


def trained(*stack):
    return list(training.train(stack, "cpu"))


def table(score, longer=None, noise=0.05, seed=0, replicates=10, **settings):
    """Rows of a full run, with `score(arm, examples)` and a little noise as accuracy."""
    rng = np.random.default_rng(seed)
    rows = []
    for c in cells(replace(FULL, replicates=replicates, **settings)):
        final = score(c.arm, c.examples) + rng.normal(scale=noise)
        more = final if longer is None else longer(c.arm) + rng.normal(scale=noise)
        steps = [c.steps // 2, c.steps, 2 * c.steps]
        rows.append(row(c, Record(steps, [50.0, final, more], final, more, 99.0, 3310)))
    return Table(rows)


def published(arm, examples):
    accuracies = dict(zip(SHOWN, ACCURACY[examples], strict=True))
    return accuracies["none"] - 2 if arm == "matched" else accuracies[arm]


def verdicts(rows):
    return {verdict.id: verdict.verdict for verdict in judge(CLAIMS, rows)}


def test_training_sets_are_nested_and_the_test_set_is_common():
    small, large = (training.split(cell(examples=n, drawn=600)) for n in (200, 600))
    assert [len(part) for part in small] == [200, 200, 200, 200]
    for few, many in zip(small, large, strict=True):
        np.testing.assert_array_equal(few, many[: len(few)])
    assert len(large[0]) == 600


def test_a_replicate_is_one_draw_standardised_once():
    x, y, x_test, _ = training.drawn(1, 600, 200)
    both = np.concatenate([x, x_test])
    assert (both.mean(), both.std()) == (pytest.approx(0, abs=1e-5), pytest.approx(1, abs=1e-5))
    data = generate(Recipe(seed=43, n_train=800), stream="fast")
    np.testing.assert_array_equal(data.x, both)
    assert not np.array_equal(training.drawn(0, 600, 200)[1], y)


def test_the_full_grid_is_that_of_the_figure():
    grid = cells(FULL)
    assert {c.examples for c in grid} == set(ACCURACY)
    assert {c.arm for c in grid} == {*SHOWN, "matched"}
    assert {c.steps for c in grid} == {6000}
    assert {c.examples for c in grid if c.further} == {50_000} == {c.drawn for c in grid}


@pytest.mark.parametrize(("preset", "count"), [("smoke", 12), ("quick", 18), ("full", 36)])
def test_the_replicates_of_an_arm_and_a_size_are_a_stack(preset, count):
    found = stacks(LAB, cells(PRESETS[preset]))
    assert len(found) == count
    for stack in found:
        assert {replace(c, replicate=0) for c in stack} == {stack[0]}
        assert [c.replicate for c in stack] == [*range(PRESETS[preset].replicates)]


@pytest.mark.parametrize("arm", ARMS)
def test_records_have_the_stated_parameters(arm):
    (record,) = trained(cell(arm))
    assert record.parameters == ARMS[arm].parameters
    assert (record.step, record.final) == ([10, 20], record.test_accuracy[1])
    read = 2 * np.array(record.test_accuracy)  # of 200 test examples
    np.testing.assert_allclose(read, read.round())


def test_no_number_of_channels_matches_better():
    def parameters(channels):
        return 3 * channels**2 + 405 * channels + 10

    assert parameters(20) == ARMS["none"].parameters
    best = min(range(1, 20), key=lambda channels: abs(parameters(channels) - 3310))
    assert best == ARMS["matched"].channels
    assert parameters(best) == ARMS["matched"].parameters


def test_going_on_changes_nothing_before_and_is_the_longer_training():
    (usual,) = trained(cell(examples=400))
    (longer,) = trained(cell(examples=400, further=10))
    (whole,) = trained(cell(examples=400, steps=30))
    assert longer.step == whole.step == [10, 20, 30]
    assert longer.final == usual.final == usual.longer
    assert longer.longer == whole.final


def test_a_network_alone_trains_as_in_its_stack():
    stack = [cell("l2", replicate=r, steps=30, every=30) for r in range(3)]
    together, (alone,) = trained(*stack), trained(stack[2])
    assert together[2].final == pytest.approx(alone.final, abs=0.5)
    assert together[0] != together[2]


def test_benches_are_stacks_of_a_full_run_and_train_one_of_them_plainly():
    benches = LAB.bench()
    assert [bench.network for bench in benches] == [*ARMS]
    for bench in benches:
        assert [len(stack) for stack in stacks(LAB, bench.cells)] == [FULL.replicates]
        assert {c.steps for c in bench.cells} == {c.every for c in bench.cells} == {bench.steps}
        bench.plain(replace(bench.cells[0], steps=2, every=2, test_examples=100))


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
        return 100 - (error / 2 if arm in POOLED else error)

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


def test_what_a_preset_lacks_is_not_judged():
    rows = table(published, examples=(1000, 5000))
    found = {verdict.id: verdict for verdict in judge(CLAIMS, rows)}
    assert [found[i].n for i in ("P1", "P2", "P3", "P5-longer", "P6")] == [10, 10, 0, 0, 0]
    assert found["P3"].verdict == "not judged"
    without = Table(row for row in rows if row["arm"] != "avg")
    assert [v.n for v in judge(CLAIMS, without) if v.id in ("P1", "P4")] == [0, 10]


def test_a_test_set_read_without_error_counts_half_an_error():
    rows = table(lambda arm, n: 100.0 if arm in POOLED else 99.0, noise=0)
    ratios = error_ratio(1000)(rows)
    assert ratios == pytest.approx(dict.fromkeys(range(10), 100.0))  # 50 of 5000 against one half


def test_remarks_say_gains_and_ratios():
    found = remarks(table(published, noise=0))
    gained, kinds, without = found
    assert [remark.columns[1:] for remark in found] == [
        ("no pooling", "8 channels", "stride 2"),
        ("average", "L2"),
        ("ratio of errors", "training accuracy"),
    ]
    assert [entry[0] for entry in gained.rows] == [f"{n:,}" for n in EXAMPLES]
    assert gained.rows[0][1] == pytest.approx([18.6] * 3)
    assert means(gained.rows[-1]) == pytest.approx([1.2, 3.2, 2.1])
    assert means(kinds.rows[-1]) == pytest.approx([-0.8, -1.0])
    assert means(without.rows[-1]) == pytest.approx([1.48, 99.0], abs=0.01)


def means(entry):
    return [interval.mean for interval in entry[1:]]


def test_levels_wait_for_the_published_steps_and_directions_do_not():
    found = {v.id: v for v in judge(CLAIMS, table(published, steps=2500, further=0))}
    waiting = {"P1", "P3", "P5-matched"}
    assert {i for i, v in found.items() if v.verdict == "not judged"} == {*waiting, "P5-longer"}
    assert {found[i].reason for i in waiting} == {"2,500 of 6,000 steps"}
    assert [found[i].verdict for i in ("P2", "P3-hinders", "P4")] == [
        "holds",
        "contradicted",
        "holds",
    ]


def test_going_on_short_of_the_published_steps_is_no_longer_training():
    rows = table(published, steps=2000, further=2000)
    found = {verdict.id: verdict for verdict in judge(CLAIMS, rows)}
    assert (found["P5-longer"].n, found["P3"].n) == (0, 10)
    assert [text.get_text() for text in longer(rows, found).axes[0].texts] == ["no results"]


def test_curves_have_a_panel_for_every_size_and_end_where_they_say():
    rows = table(published, replicates=3)
    by_size = curves(rows, {})
    assert [ax.get_title() for ax in by_size.axes] == [f"{n:,} training examples" for n in EXAMPLES]
    assert len(curves_of(by_size.axes[0])) == len(ARMS)
    assert max(curves_of(by_size.axes[5])[0].get_xdata()) == 6000
    further = longer(rows, {verdict.id: verdict for verdict in judge(CLAIMS, rows)})
    assert max(curves_of(further.axes[0])[0].get_xdata()) == 12_000


def curves_of(ax):
    return [line for line in ax.lines if len(line.get_xdata()) > 1]


def test_published_accuracies_stand_where_the_published_training_ends():
    def crosses(**settings):
        ax = curves(table(published, replicates=2, **settings), {}).axes[0]
        return [line.get_xydata().tolist() for line in ax.lines if line.get_marker() == "x"]

    assert crosses()[:2] == [[[6000, 59.2]], [[6000, 57.4]]]
    assert crosses(steps=2500, further=0) == []


def test_of_many_sizes_the_largest_six_are_drawn():
    drawn = curves(table(lambda arm, n: 80.0, replicates=2, examples=(500, *EXAMPLES)), {})
    assert [ax.get_title() for ax in drawn.axes] == [f"{n:,} training examples" for n in EXAMPLES]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"replicates": 0}, "replicates must be at least 1, got 0"),
        ({"examples": (1000, 50)}, r"examples must be at least 100, got \(1000, 50\)"),
        ({"examples": ()}, "examples must hold at least one value"),
        ({"examples": (1000, 1000)}, "examples must not repeat"),
        ({"further": -1}, "further must be at least 0, got -1"),
        ({"every": 7}, "steps must be a multiple of every = 7, got 6000"),
        ({"arms": ("mean",)}, "arms must be one of none, matched, .*, got 'mean'"),
        ({"arms": ("max", "max")}, "arms must not repeat"),
    ],
)
def test_wrong_settings_are_refused(change, message):
    with pytest.raises(ValueError, match=message):
        Config(**change)
