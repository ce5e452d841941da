"""The lab of hyper-parameters: what its claims measure, when they are judged, remarks, figures."""

import math
from itertools import groupby

import pytest
from scipy import stats

from labs.hyperparameters import grid, measures
from labs.hyperparameters import published as source
from labs.hyperparameters.grid import Cell, Record
from labs.hyperparameters.lab import LAB
from labs.hyperparameters.remarks import remarks
from labs.kit import texts
from labs.kit.outputs import picture
from labs.kit.table import Table, row
from labs.kit.verdicts import judge


def loop(arm, replicate, start=0.15, horizon=200, outer_steps=50, **found):
    cell = Cell(arm, horizon, start, outer_steps, 3 if arm == "schedule" else 1, 8, replicate)
    usual = {"own_mean": 1.7, "fresh_mean": 1.7, "fresh_test": 1.6, "steep": 0.0, "moved": 0.0}
    return row(cell, Record(**usual | found))


def table(replicates=12, *, steps=50, better=40, changes=lambda r: {}):
    """What a run would store if every claim held; `changes` are made to each row."""
    rows = []
    for r in range(replicates):
        small = 0.0001 * r
        optimum = 0.62 + (-1) ** r * (0.002 + 0.0001 * (r // 2))
        for start, end in ((1.5, optimum + 0.003), (0.15, optimum)):
            path = ([start] * source.PRINTED + [end, end])[-steps:]
            rows.append(loop("published", r, start, 200, steps, rates=path))
            rates = [optimum + (0.001 if start == 1.5 else 0)]
            found = {"best_rates": rates, "own_mean": 1.7 if start == 0.15 else 1.7001}
            rows += [loop("rate", r, start, h, better, **found) for h in (200, 1000)]
        lower = {"fresh_mean": 1.65 + small, "fresh_test": 1.55 + small}
        rates = [1.0, 0.5, 0.25 + small]
        rows.append(loop("schedule", r, 0.15, 200, better, best_rates=rates, **lower))
        joint = {"best_rates": [0.3], "best_decay": 1e-6, "best_momentum": 0.7}
        rows.append(loop("joint", r, 0.15, 200, better, **joint, **lower))
        found = {f"edge_{name}": False for name in grid.OBJECTIVES}
        found |= {"best_last": 0.8 + small, "best_train": 0.9 + small}
        for h, factor in ((50, 0.8 + small), (200, 1), (1000, 1.2 + small)):
            best = Record(best_mean=(optimum + 0.01 + small) * factor, **found)
            rows.append(row(Cell("grid", h, 0.0, 0, 1, 0, r), best))
    return Table([r | changes(r) for r in rows])


def only(**where):
    """Changes made to the row that is meant alone."""
    fields = where.pop("fields")
    return lambda row: fields if where.items() <= row.items() else {}


def shown(table):
    """The remarks as text: sentences, columns and the rows' names and numbers."""
    found = texts.said(remarks(table))
    return "\n".join([r.text for r in found] + [str(entry) for r in found for entry in r.rows])


def test_claims_measure_what_they_say():
    verdicts = {v.id: v for v in judge(LAB.claims, table())}
    assert {v.verdict for v in verdicts.values()} == {"holds"}
    estimates = {name: verdict.estimate for name, verdict in verdicts.items()}
    assert estimates["M1-published"] == estimates["M1-converged"] == 1
    assert estimates["M2-level"] == pytest.approx(0.62)
    assert estimates["M2-each"] == pytest.approx(0.00225)
    assert estimates["M3"] == pytest.approx(0.01055)
    assert estimates["M4-train"] == pytest.approx(0.9 - 0.63, abs=0.001)
    assert estimates["M5-200"] == pytest.approx(-math.log2(0.8), abs=0.001)
    assert estimates["M5-1000"] == pytest.approx(math.log2(1.2), abs=0.001)
    assert estimates["S-fresh"] == pytest.approx(0.05, abs=0.001)
    assert estimates["S-falls"] == pytest.approx(0.25 / (1.75 / 3), abs=0.001)
    assert estimates["J-test"] == pytest.approx(0.05, abs=0.001)


def test_a_loop_that_diverges_counts_as_one_that_does_not_meet():
    path = [1.5] * source.PRINTED + [-1e6, -1e6]
    thrown = table(changes=only(arm="published", replicate=0, start=1.5, fields={"rates": path}))
    assert measures.meet("published")(thrown) == {0: 0.0} | dict.fromkeys(range(1, 12), 1.0)
    assert "('published loops thrown below 0 or above 10 for good', 1, 24)" in shown(thrown)


def test_the_optimum_is_that_of_the_lower_objective():
    found = measures.tuned()(table())
    assert found[0] == pytest.approx(0.622)
    assert measures.tuned()(Table([])) == {}


def test_a_loop_is_compared_with_one_rate_from_its_own_start():
    found = {"fresh_mean": 1.8}
    other = table(changes=only(arm="rate", start=1.5, fields=found))
    assert measures.saved("fresh_mean", "joint")(other)[0] == pytest.approx(0.05)
    own = table(changes=only(arm="rate", start=0.15, fields=found))
    assert measures.saved("fresh_mean", "joint")(own)[0] == pytest.approx(0.15)


def test_other_horizons_are_not_judged_by_the_published_numbers():
    assert {v.n for v in judge(LAB.claims, table(changes=lambda r: {"horizon": 100}))} == {0}


def test_shorter_loops_are_not_judged_where_they_move_the_number():
    settling = {"M1-converged", "M1-long", "M2-level", "M2-each", "M3"}
    for results, ids, reason in (
        (table(steps=20), {"M1-published"}, "20 of 49 outer steps"),
        (table(better=25), settling, "25 of 40 outer steps"),
    ):
        verdicts = judge(LAB.claims, results)
        assert {v.id for v in verdicts if v.verdict == "not judged"} == ids
        assert {v.reason for v in verdicts if v.id in ids} == {reason}
        assert {v.verdict for v in verdicts if v.id not in ids} == {"holds"}  # directions


def test_equal_places_on_the_grid_are_judged():
    same = {"best_mean": 0.5, "best_last": 1.0, "best_train": 1.0}
    results = table(changes=lambda r: same if r["arm"] == "grid" else {})
    verdicts = {v.id: v for v in judge(LAB.claims, results)}
    assert verdicts["M4-last"].verdict == verdicts["M4-train"].verdict == "holds"
    octaves = verdicts["M5-200"]
    half = stats.t.ppf(0.975, 11) * 0.0125 / math.sqrt(12)  # half a step of 1/40 octave deviates
    assert (octaves.estimate, octaves.verdict) == (0, "undecided")
    assert octaves.high_95 == pytest.approx(half) == pytest.approx(-octaves.low_95)


def test_what_cannot_be_negative_has_no_negative_interval():
    results = table(6, changes=only(arm="grid", replicate=0, fields={"best_mean": 1.0}))
    verdicts = {v.id: v for v in judge(LAB.claims, results)}
    assert verdicts["M3"].low == 0 < verdicts["M3"].high


def test_families_of_claims_and_what_was_changed():
    families = {
        family: [claim.id for claim in own]
        for family, own in groupby(sorted(LAB.claims, key=lambda c: c.family), lambda c: c.family)
    }
    assert families.keys() == {"own", "published"}
    assert families["published"] == ["M1-published", "M2-level", "M3", "M4-last"]
    changed = [claim.id for claim in LAB.claims if claim.changed]
    assert changed == ["M1-published", "M1-converged", "M1-long"]


def test_remarks_name_targets_edges_and_explosions():
    edge = only(arm="grid", horizon=1000, replicate=11, fields={"edge_train": True})
    goes_on = only(arm="joint", replicate=11, fields={"moved": 0.25})
    chaotic = only(arm="rate", horizon=200, start=1.5, replicate=0, fields={"steep": 0.5})
    text = shown(table(changes=lambda r: edge(r) | goes_on(r) | chaotic(r)))
    assert "('from 1.5', 0.625, 0.6243)" in text
    assert "('grids with the lowest final loss on the training set at an end', 1, 36)" in text
    assert "training is chaotic" in text
    assert "200 steps from 1.5" in text
    assert "1000 steps from 1.5" not in text
    assert "('joint loops whose log or logit still moves by more than 0.01', 1, 12)" in text
    assert "rate loops" not in text
    assert "('momentum', 0.5, Interval(mean=0.7" in text
    assert shown(Table([])) == ""


@pytest.mark.parametrize("name", LAB.figures)
def test_figures_draw_what_there_is(name):
    for results in (Table([]), table(2).where(arm="schedule")):
        assert len(picture(LAB, name, results, judge(LAB.claims, results)).axes) <= 6


def test_the_path_of_the_rate_begins_where_the_loop_starts():
    results = table()
    path = picture(LAB, "rate", results, judge(LAB.claims, results)).axes[0].lines
    assert [line.get_ydata()[0] for line in path[:2]] == [1.5, 0.15]
    assert {len(line.get_xdata()) for line in path[:2]} == {1 + source.OUTER_STEPS}


def test_a_schedule_is_drawn_in_units_of_its_mean():
    results = table()
    ax = picture(LAB, "further", results, judge(LAB.claims, results)).axes[0]
    middle = ax.patches[0].get_data().values
    assert middle.mean() == pytest.approx(1, abs=0.001)
    assert middle[-1] == pytest.approx(0.25 / (1.75 / 3), abs=0.001)
