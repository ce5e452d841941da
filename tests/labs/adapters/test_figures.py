"""The figures of the lab of adapters: they draw what is there, and the numbers are those computed
by hand."""

from dataclasses import replace

import numpy as np
import pytest

from labs.adapters import figure, figures_of_gaps, figures_of_sizes, gaps
from labs.adapters.grid import PRESETS, UNSEEN, cells
from labs.adapters.lab import LAB
from labs.adapters.methods import BUDGET, METHODS
from labs.kit import draw
from labs.kit.table import Table

ACCURACY = {"full": 90.0, "head": 40.0, "scratch": 20.0, "prompt": 50.0, "prefix": 55.0}
CONFIG = replace(
    PRESETS["full"], replicates=2, domains=("reverse", "diff"), pilot=("clean", "reverse", "diff")
)


def row(cell):
    """What a cell would measure, were accuracies as above and 70 elsewhere, and bases 50 or 20."""
    kept = {name: getattr(cell, name) for name in ("question", "method", "domain", "examples")}
    kept["replicate"] = cell.replicate
    if cell.question == "base":
        start = {"clean": 95.0, "reverse": 50.0}.get(cell.domain, 20.0) + cell.replicate
        return kept | {"base": start, "clean": 95.0, "remapped": start + 5}
    if cell.question == "hypernetwork":
        reached = 63.0 if cell.method == "metadata" else 35.0
        return kept | {"unseen": [reached] * len(UNSEEN), "trained": 300}
    if cell.question == "identities":
        return kept | {"errors": [0.0] * 4}
    found = METHODS[cell.method]
    number = 10 + list(METHODS).index(cell.method)
    return kept | {
        "accuracy": ACCURACY.get(cell.method, 70.0),
        "validation": 70.0 + (cell.method in ("lora", "prefix", "film")),
        "trained": 1000 if cell.method == "full" else number,
        "share": number / 10,
        "bits": 32 * number,
        "runs": 1,
        "needed": {"parameter": 40, "input": 90, "function": 20}.get(found.row, 60),
        "step_macs": 0.5,
        "merged_macs": {"input": 1.2, "function": 1.1}.get(found.row, 1.0),
    }


def table(config=CONFIG):
    return Table(row(cell) for cell in cells(config))


def partial(keep):
    return Table(own for own in table() if keep(own))


TABLES = {
    "empty": Table([]),
    "whole": table(),
    "smoke": table(PRESETS["smoke"]),
    "quick": table(PRESETS["quick"]),
    "bases alone": partial(lambda own: own["question"] == "base"),
    "no base": partial(lambda own: own["question"] != "base"),
    "no full": partial(lambda own: own["method"] != "full"),
    "hypernetworks alone": partial(lambda own: own["question"] == "hypernetwork"),
    "one replicate": partial(lambda own: own["replicate"] == 0),
    "one domain of few": partial(lambda own: own["domain"] != "diff" or own["examples"] == 1500),
    "uneven": partial(lambda own: own["replicate"] == 0 or own["method"] in ("full", "lora")),
}


@pytest.mark.parametrize("of", TABLES)
@pytest.mark.parametrize("name", LAB.figures)
def test_figures_draw_what_is_there(name, of):
    with draw.style():
        drawn = LAB.figures[name](TABLES[of])
        assert len(drawn.axes) <= 6
        drawn.draw_without_rendering()
    said = {"empty": "no results yet", "whole": "2 replicates", "one replicate": "1 replicate"}
    assert drawn.get_supxlabel().startswith(said.get(of, ""))


def texts(drawn):
    return [text.get_text() for ax in drawn.axes for text in ax.texts]


def points(ax):
    """By legend entry, the means that an axes shows (n, 2)."""
    handles, labels = ax.get_legend_handles_labels()
    return {label: handle[0].get_xydata() for handle, label in zip(handles, labels, strict=True)}


def test_gap_closed_is_a_share_of_what_full_fine_tuning_gains():
    found = gaps.gap_closed(table(), "lora", "reverse", 1500)
    assert found == {0: (70 - 50) / (90 - 50), 1: (70 - 51) / (90 - 51)}
    assert gaps.gap_closed(table(), "full", "diff", 100) == {0: 1.0, 1: 1.0}


def test_a_replicate_in_which_nothing_is_gained_has_no_gap():
    start = {"question": "base", "method": "", "examples": 0, "domain": "diff", "base": 90.0}
    full = {"question": "adapt", "method": "full", "examples": 9, "domain": "diff"}
    rows = [start, full | {"accuracy": 90.0}]
    assert gaps.gap_closed(Table(r | {"replicate": 0} for r in rows), "full", "diff", 9) == {}


@pytest.mark.parametrize(
    ("start", "full", "stays"),
    [(50.0, 75.0, True), (50.1, 75.0, False), (40.0, 74.9, False), (20.0, 95.0, True)],
)
def test_domains_are_admitted_by_their_gap_and_ceiling(start, full, stays):
    rows = [
        {"question": "base", "method": "", "examples": 0, "base": start},
        {"question": "adapt", "method": "full", "examples": 1500, "accuracy": full},
        {"question": "adapt", "method": "full", "examples": 100, "accuracy": 0.0},
    ]
    own = Table(r | {"domain": "diff", "replicate": 0} for r in rows)
    assert gaps.admitted(own) == ["diff"] * stays


def test_the_table_of_signs_has_our_numbers():
    with draw.style():
        drawn = figure.signs(table())
    shown = texts(drawn)
    parameter = [METHODS[name].row for name in BUDGET].count("parameter")
    assert f"{parameter} methods, by validation\nbest: LoRA r = 2, q and v" in shown
    numbers = [10 + list(METHODS).index(n) for n in gaps.members(table(), "parameter")]
    share, best = np.median(numbers) / 10, (10 + list(METHODS).index("lora")) / 10
    bits = f"{32 * np.median(numbers):,.0f} bits"
    assert f"median {share:.2f} %\nbest {best:.2f} %\n{bits}" in shown
    assert "median 20\nbest 20\nruns: 1" in shown  # 40 steps of half the products
    assert "median 1.100 times\nbest 1.100 times" in shown
    # of gaps of 40 and 39 points in one domain, and 70 and 69 in the other
    prefix = np.mean([(5 / 40 + 35 / 70) / 2, (4 / 39 + 34 / 69) / 2])
    assert any(f"best {prefix:.2f}" in text for text in shown)
    assert "median +1.00\nbest +1.00" in shown  # of products at inference
    assert f"{100 * 63 / 70:.0f} %\nof accuracy of\nadapters" in shown
    assert f"{100 * 300 / 1000:.0f} % once\n0 per domain" in shown


def test_colours_say_whether_we_order_rows_as_the_signs_do():
    signs = {"a": "++", "b": "-", "c": "--"}
    for ours, expected in (((3, 2, 1), 1.0), ((1, 2, 3), 0.0), ((2, 3, 1), 0.5)):
        assert gaps.agreeing("a", dict(zip("abc", ours, strict=True)), signs) == expected
    assert gaps.tau({"a": 3, "b": 2, "c": 1}, signs) == 1
    assert gaps.tau({"a": 1, "b": 2, "c": 3}, signs) == -1
    assert gaps.tau({"a": 3, "b": 2}, signs) is None
    assert gaps.tau({"a": 1, "b": 1, "c": 1}, signs) is None


def test_the_front_of_a_family_is_its_mean_over_domains():
    found = figures_of_sizes._points(table(), ("prompt", "lora"), ["reverse", "diff"], 100)
    gap = np.mean([(0 / 40 + 30 / 70) / 2, (-1 / 39 + 29 / 69) / 2])
    x, mean, low, high = found["prompt"]
    assert x == (10 + list(METHODS).index("prompt")) / 10
    assert mean == pytest.approx(gap)
    assert low < mean < high
    assert list(found) == ["lora", "prompt"]  # the smaller first


def test_the_intrinsic_dimension_is_the_smallest_that_closes_most_of_the_gap():
    rows = [dict(own) for own in table()]
    for own in rows:
        if own["method"] in ("intrinsic-500", "intrinsic-2000"):
            own["accuracy"] = 89.0
    assert figures_of_sizes.dimension_needed(Table(rows), "diff") == 500
    assert figures_of_sizes.dimension_needed(table(), "diff") is None


def test_gaps_are_drawn_where_they_are():
    with draw.style():
        drawn = figures_of_gaps.gaps(table())
    shown = drawn.axes[0]
    names = [label.get_text() for label in shown.get_yticklabels()]
    bars = points(shown)
    (x, y), *_ = bars["reverse"]
    first = next(n for n, method in METHODS.items() if method.label == names[round(y)])
    expected = gaps.gap_closed(table(), first, "reverse", 1500)
    assert x == pytest.approx(np.mean([*expected.values()]))
    assert names[-2:] == ["head only", "from scratch"]
    assert [ax.get_title() for ax in drawn.axes] == [
        f"{n} training examples" for n in ("1,500", "100")
    ]


def test_the_pilot_marks_admitted_domains_and_draws_them_first():
    with draw.style():
        drawn = figures_of_gaps.pilot(table())
    names = [label.get_text() for label in drawn.axes[0].get_yticklabels()]
    assert names == ["diff  ✓", "reverse  ✓", "clean"]
    assert points(drawn.axes[0])["frozen base"][0].tolist() == [20.5, 0]
    assert figures_of_gaps.gained(table(), "prompt", "reverse") == {0: 0.0, 1: -1.0}


def test_hypernetworks_stand_beside_adapters_trained_there():
    found = {arm: figures_of_gaps.unseen(table(), arm) for arm in ("metadata", "shuffled", "")}
    assert {arm: own["ramp 3"] for arm, own in found.items()} == {
        "metadata": {0: 63.0, 1: 63.0},
        "shuffled": {0: 35.0, 1: 35.0},
        "": {0: 70.0, 1: 70.0},
    }


@pytest.mark.parametrize(
    ("heights", "expected"),
    [([], []), ([0.0, 0.0], [0.0, 1.0]), ([5.0, 5.0], [4.0, 5.0]), ([1.0, 3.0], [1.0, 3.0])],
)
def test_names_stand_apart(heights, expected):
    assert figures_of_sizes._apart(heights, 1.0, 0.0, 5.0) == expected
