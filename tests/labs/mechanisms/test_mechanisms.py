"""The causal mechanisms lab: its grid, measures, claims, remarks and figures on made tables."""

from dataclasses import replace

import numpy as np
import pytest

from labs.kit.outputs import picture
from labs.kit.table import Table, row
from labs.kit.verdicts import judge
from labs.mechanisms.claims import CLAIMS
from labs.mechanisms.grid import ARMS, COUNT, MECHANISMS, PRESETS, Config, Record, cells
from labs.mechanisms.lab import LAB
from labs.mechanisms.measures import error, new, read, wins
from labs.mechanisms.remarks import remarks
from labs.mechanisms.scores import idle, largest, matched, matching

FULL = PRESETS["full"]
CLEAN = 90.0
READ = {
    "competing": 0.9,
    "random": 0.3,
    "paper": 0.3,
    "untrained": 0.2,
    "fixed": 0.3,
    "single": 0.5,
    "told": 1,
}
APART = {
    "competing": 0.95,
    "random": 0.2,
    "paper": 0.2,
    "untrained": 0.3,
    "fixed": 0.3,
    "told": 1.0,
}


def won(share, count):
    """Experts win `share` of their own mechanism's signals; below 0.25 one wins all."""
    if share < 0.25:
        return [[1.0] + [0.0] * (count - 1)] * COUNT
    rest = (1 - share) / (count - 1)
    return [[share if k == m % count else rest for k in range(count)] for m in range(COUNT)]


def made(replicates=8, change=None, **settings):
    """Rows of a full run in which all claims hold, with a little noise; `change(cell, record)` has
    the last word."""
    rng = np.random.default_rng(0)
    rows = []
    for cell in cells(replace(FULL, replicates=replicates, **settings)):
        noise = rng.normal(scale=0.004)
        level = [CLEAN * (READ[cell.arm] + noise)] * COUNT
        share = APART.get(cell.arm, 1.0) + noise * (cell.arm not in ("random", "paper"))
        course = {"looks": [100, 200], "matched": [0.3, share], "largest": [0.9, 0.2]}
        swap = {
            "swap_before": [20.0 + noise] * COUNT,
            "swap": [CLEAN * (0.88 + noise)] * COUNT,
            "swap_wins": won(share, cell.experts),
            "swap_error": [0.1] * COUNT,
            "changed": 0.0,
            "anew": [CLEAN * (0.4 - noise)] * COUNT,
            "anew_wins": won(0.5, cell.experts),
        }
        shown = {
            "shown": [0.0] * 40,
            "shown_changed": [[1.0] * 40] * COUNT,
            "shown_back": [[[0.5] * 40] * cell.experts] * COUNT,
        }
        record = Record(
            clean=CLEAN,
            untreated=[18.0 + noise] * COUNT,
            treated=level,
            error_untreated=[2.0] * COUNT,
            error=[0.1 + 0.1 * m for m in range(COUNT)],
            wins=[[1.0]] * COUNT if cell.arm == "single" else won(share, cell.experts),
            parameters=370,
            apart=90.0,
            idle=[0.0, 0.0],
            **course,
            **(swap if cell.refit else {}),
            **({} if cell.replicate else shown),
        )
        rows.append(row(cell, change(cell, record) if change else record))
    return Table(rows)


def verdicts(table):
    return {v.id: v for v in judge(CLAIMS, table)}


def test_scores_of_a_matrix_by_hand():
    wins_ = np.array([[0.6, 0.4, 0.0], [0.5, 0.5, 0.0]])
    assert matching(wins_) == {0: 0, 1: 1}
    assert matched(wins_) == 0.55
    assert largest(wins_) == pytest.approx(0.55)
    assert idle(wins_) == 1
    counts = np.array([[30, 10], [0, 5]])  # mechanisms weigh alike, however many signals
    assert matched(counts) == pytest.approx((0.75 + 1) / 2)
    assert matched(np.array([[1.0], [1.0]])) == 0.5  # one expert can be matched once


def test_every_arm_is_in_the_grid_and_one_is_swapped():
    found = cells(FULL)
    assert {c.arm for c in found} == set(ARMS)
    assert {(c.arm, c.experts) for c in found if c.refit} == {("competing", COUNT)}
    assert {c.experts for c in found if c.arm != "competing"} == {COUNT}
    assert {c.experts for c in found if c.arm == "competing"} == set(FULL.experts)


def test_too_few_experts_are_refused():
    with pytest.raises(ValueError, match="experts must be"):
        Config(experts=(1,))


def test_measures_by_hand():
    table = made(2, lambda c, r: replace(r, treated=[90.0, 45, 0, 90, 45], clean=90.0))
    assert read()(table)[0] == pytest.approx(0.6)
    assert read(among=("gain",))(table)[0] == pytest.approx(0.5)
    assert error("competing", "diff")(table)[0] == pytest.approx(0.4)
    swapped = made(1, lambda c, r: replace(r, swap=[9.0, 90, 90, 90, 90]) if c.refit else r)
    assert new()(swapped)[0] == pytest.approx(0.1)  # the first is the new mechanism
    assert wins("largest", "random")(table)[0] == 1


def test_all_claims_hold_on_a_table_of_what_they_say():
    found = verdicts(made())
    assert {name: v.verdict for name, v in found.items() if v.verdict != "holds"} == {}


CONTRADICTED = {
    "C30-apart": ("competing", {"wins": won(0.6, COUNT)}),
    "C30-read": ("competing", {"treated": [60.0] * COUNT}),
    "C30-others": ("competing", {"changed": 40.0}),
    "C30-new": ("competing", {"swap": [10.0] + [90.0] * 4}),
    "C30-collapse": ("random", {"wins": won(0.5, COUNT)}),
    "C30-collapse-paper": ("paper", {"wins": won(0.5, COUNT)}),
    "C30-several": ("single", {"treated": [89.0] * COUNT}),
    "C30-dealt": ("fixed", {"wins": won(1.0, COUNT)}),
    "C30-told": ("told", {"treated": [50.0] * COUNT}),
}


@pytest.mark.parametrize("name", CONTRADICTED)
def test_each_claim_can_be_contradicted(name):
    arm, changes = CONTRADICTED[name]
    rng = np.random.default_rng(1)

    def change(cell, record):
        if cell.arm != arm or cell.experts != COUNT:
            return record
        own = {k: (np.array(v) * (1 + rng.normal(scale=1e-4))).tolist() for k, v in changes.items()}
        return replace(record, **own)

    assert verdicts(made(change=change))[name].verdict == "contradicted"


def test_nothing_is_judged_where_classifiers_do_not_read():
    found = verdicts(made(change=lambda c, r: replace(r, clean=60.0)))
    assert {v.verdict for v in found.values()} == {"not judged"}


def test_levels_wait_for_the_whole_protocol_and_directions_do_not():
    found = verdicts(made(steps=600))
    assert found["C30-apart"].verdict == "not judged"
    assert found["C30-specialise"].verdict == "holds"


def test_a_critic_that_tells_nothing_apart_says_nothing():
    found = verdicts(made(change=lambda c, r: replace(r, apart=52.0)))
    assert "told" in found["C30-apart"].reason or "apart" in found["C30-apart"].reason


def test_remarks_say_who_wins_and_what_a_swap_changes():
    said = " ".join(remark.text for remark in remarks(made(5)))
    assert "0 numbers differ" in said
    rows = {r[0]: r for remark in remarks(made(5))[:3] for r in remark.rows}
    assert rows["told, 5"][1].mean == pytest.approx(1, abs=0.02)
    assert set(MECHANISMS) <= rows.keys()


@pytest.mark.slow
@pytest.mark.parametrize("name", LAB.figures)
@pytest.mark.parametrize("replicates", [1, 5])
def test_figures_draw_whole_and_partly_filled_tables(name, replicates):
    table = made(replicates)
    parts = {f"{replicates} rep": table, "1 rep": Table(list(table)[:1]), "no results": Table([])}
    for said, part in parts.items():
        figure = picture(LAB, name, part, judge(CLAIMS, part))
        figure.draw_without_rendering()
        assert figure.get_supxlabel().startswith(said)
