"""The figures of the lab of adapters: they draw what is there, and the numbers are those computed
by hand."""

from dataclasses import replace

import numpy as np
import pytest

from labs.adapters import comparisons, figure, figures_of_gaps, figures_of_sizes, gaps, measures
from labs.adapters.grid import PRESETS, UNSEEN, cells
from labs.adapters.lab import LAB
from labs.adapters.published import COLUMNS
from labs.kit import draw
from labs.kit.table import Table
from labs.kit.verdicts import judge
from labs.nn.modules.methods import BUDGET, METHODS

pytestmark = pytest.mark.slow  # trains or draws

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


VERDICTS = {verdict.id: verdict for verdict in judge(LAB.claims, Table([]))}  # of no data


def drawn_of(draws, own):
    return draws(own, VERDICTS)


@pytest.mark.parametrize("of", TABLES)
@pytest.mark.parametrize("name", LAB.figures)
def test_figures_draw_what_is_there(name, of):
    with draw.style():
        drawn = drawn_of(LAB.figures[name].draw, TABLES[of])
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


def test_figures_have_the_gaps_of_the_measures():
    found = gaps.gap_closed(table(), "lora", "reverse", 1500)
    assert found == {0: (70 - 50) / (90 - 50), 1: (70 - 51) / (90 - 51)}
    for method, examples in (("lora", 1500), ("full", 100), ("prompt", 100)):
        found = gaps.gap_closed(table(), method, "diff", examples)
        assert found == measures.closed(table(), method, "diff", examples)


def test_of_a_short_run_one_is_full_fine_tuning_with_the_most_examples():
    start = {"question": "base", "method": "", "examples": 0, "domain": "diff", "base": 40.0}
    rows = [start]
    for examples, method, accuracy in ((9, "full", 60.0), (90, "full", 80.0), (9, "lora", 50.0)):
        one = {"question": "adapt", "method": method, "examples": examples, "domain": "diff"}
        rows.append(one | {"accuracy": accuracy})
    own = Table(row | {"replicate": 0} for row in rows)
    assert gaps.gap_closed(own, "lora", "diff", 9) == {0: 0.25}
    assert gaps.gap_closed(own, "full", "diff", 9) == {0: 0.5}


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


def test_the_table_of_signs_has_the_numbers_of_the_claims():
    whole = table()
    with draw.style():
        drawn = drawn_of(figure.signs, whole)
    shown = texts(drawn)
    parameter = [METHODS[name].row for name in BUDGET].count("parameter")
    assert f"{parameter} methods, by validation\nbest: LoRA r = 2, q and v" in shown
    numbers = [10 + list(METHODS).index(n) for n in comparisons.members(whole, "parameter")]
    bits = f"of 2 %: {32 * np.median(numbers):,.0f} bits"
    assert f"best not reached\nmedian not reached\n{bits}" in shown  # none closes 0.8
    assert "best 20\nmedian 20\nruns: 1" in shown  # 40 steps of half the products
    assert "best 1.100\nmedian 1.100" in shown
    # of gaps of 40 and 39 points in one domain, and 70 and 69 in the other
    prefix = np.mean([(5 / 40 + 35 / 70) / 2, (4 / 39 + 34 / 69) / 2])
    assert any(f"best {prefix:.2f}" in text for text in shown)
    assert f"{100 * 63 / 70:.0f} %\nof accuracy of\nadapters" in shown
    assert f"{100 * 300 / 1000:.0f} % once\n0 per domain" in shown
    taus = [
        text
        for text in shown
        if text.startswith("best +") or text.startswith("best \N{MINUS SIGN}")
    ]
    assert len(taus) == len(figure.COLUMNS)
    for column, text in zip(COLUMNS, taus, strict=False):
        expected = [[*comparisons.tau(whole, column, pick).values()] for pick in comparisons.PICKS]
        assert [
            float(line.split()[1].replace("\N{MINUS SIGN}", "-")) for line in text.split("\n")
        ] == [pytest.approx(np.mean(own), abs=0.005) for own in expected]


def test_colours_say_whether_we_order_rows_as_the_signs_do():
    signs = {"a": "++", "b": "-", "c": "--"}
    for ours, expected in (((3, 2, 1), 1.0), ((1, 2, 3), 0.0), ((2, 3, 1), 0.5)):
        assert gaps.agreeing("a", dict(zip("abc", ours, strict=True)), signs) == expected


def test_tau_is_the_mean_over_replicates():
    signs = {"a": "++", "b": "-", "c": "--"}
    ours = {"a": {0: 3, 1: 1, 2: 5}, "b": {0: 2, 1: 2, 2: 5}, "c": {0: 1, 1: 3, 2: 5}}
    assert gaps.tau(ours, signs) == 0  # 1, -1, and 0 where all are alike
    assert gaps.tau({name: {0: own[0]} for name, own in ours.items()}, signs) == 1
    assert gaps.tau(ours | {"c": {}}, signs) is None


def test_the_front_of_a_family_is_its_mean_over_domains():
    found = figures_of_sizes._points(table(), ("prompt", "lora"), ["reverse", "diff"], 100)
    gap = np.mean([(0 / 40 + 30 / 70) / 2, (-1 / 39 + 29 / 69) / 2])
    x, mean, low, high = found["prompt"]
    assert x == (10 + list(METHODS).index("prompt")) / 10
    assert mean == pytest.approx(gap)
    assert low < mean < high
    assert list(found) == ["lora", "prompt"]  # the smaller first


def test_every_family_of_sizes_has_a_style():
    assert list(figures_of_sizes.FAMILIES) == list(figures_of_sizes.STYLES)


def test_the_intrinsic_dimension_is_that_of_the_claims():
    rows = [dict(own) for own in table()]
    for own in rows:
        if own["method"] in ("intrinsic-500", "intrinsic-2000"):
            own["accuracy"] = 89.0
    own = Table(rows)
    expected = 2 ** np.mean([*comparisons.d90(own, "diff").values()])
    assert 200 < expected < 500
    assert figures_of_sizes.dimension_needed(own, "diff") == f"{expected:,.0f}"
    assert figures_of_sizes.dimension_needed(table(), "diff") == "not reached"
    assert figures_of_sizes.dimension_needed(Table([]), "diff") == "not all were trained"


def test_gaps_are_drawn_where_they_are():
    with draw.style():
        drawn = drawn_of(figures_of_gaps.gaps, table())
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
        drawn = drawn_of(figures_of_gaps.pilot, table())
    names = [label.get_text() for label in drawn.axes[0].get_yticklabels()]
    assert names == ["diff  ✓", "reverse  ✓", "clean"]
    assert points(drawn.axes[0])["frozen base"][0].tolist() == [20.5, 0]
    assert figures_of_gaps.gained(table(), "prompt", "reverse") == {0: 0.0, 1: -1.0}


def test_hypernetworks_stand_beside_adapters_trained_there():
    found = {arm: figures_of_gaps.in_unseen(table(), arm) for arm in ("metadata", "shuffled", "")}
    assert {arm: own["ramp 3"] for arm, own in found.items()} == {
        "metadata": {0: 63.0, 1: 63.0},
        "shuffled": {0: 35.0, 1: 35.0},
        "": {0: 70.0, 1: 70.0},
    }
