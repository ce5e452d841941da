"""The figures and remarks of the lab of composition: they show what is there, and the numbers are
those of the measures."""

import numpy as np
import pytest

from labs.composition import figure, figures_of_lines, figures_of_shares, measures, shown
from labs.composition.claims import CLAIMS
from labs.composition.grid import (
    DOMAINS,
    LEAVES,
    LINES,
    MERGES,
    METHODS,
    MIXTURES,
    PAIRS,
    PRESETS,
    SCALES,
    SIGNALS,
)
from labs.composition.lab import LAB
from labs.composition.remarks import remarks
from labs.kit import texts
from labs.kit.outputs import picture
from labs.kit.table import Table
from labs.kit.verdicts import judge
from tests.labs.composition.made import made

pytestmark = pytest.mark.slow  # trains or draws

FIGURES = LAB.figures
WHOLE = made(replicates=2)


def of_preset(name):
    fields = vars(PRESETS[name])
    return made(**{**fields, "replicates": 2})


def partial(keep):
    return Table(own for own in WHOLE if keep(own))


TABLES = {
    "empty": Table([]),
    "whole": WHOLE,
    "smoke": of_preset("smoke"),
    "quick": of_preset("quick"),
    "one replicate": partial(lambda own: own["replicate"] == 0),
    "uneven": partial(lambda own: own["replicate"] == 0 or own["question"] == "pairs"),
    "apart alone": partial(lambda own: own["layers"] == "apart"),
}
ALONE = {
    question: partial(lambda own, question=question: own["question"] == question)
    for question in dict.fromkeys(WHOLE.column("question"))
}


def drawn_by(name, table=WHOLE):
    return picture(LAB, name, table, judge(CLAIMS, table))


@pytest.mark.parametrize("of", TABLES)
@pytest.mark.parametrize("name", FIGURES)
def test_figures_draw_what_is_there(name, of):
    drawn = drawn_by(name, TABLES[of])
    if of in ("empty", "smoke", "uneven"):
        drawn.draw_without_rendering()
    said = {"empty": "no results yet", "whole": "2 replicates", "one replicate": "1 replicate"}
    assert drawn.get_supxlabel().startswith(said.get(of, ""))


SILENT = {"pairs": 0, "joint": 1, "trees": 2}  # axes without results, where one question was asked


@pytest.mark.parametrize("question", SILENT)
def test_the_grid_says_where_there_is_nothing(question):
    axes = drawn_by("grid", ALONE[question]).axes
    silent = ["no results" in [t.get_text() for t in ax.texts] for ax in axes]
    assert sum(silent) == SILENT[question]


def marks(ax):
    """By the name of a row, where its large mark stands; rows without data have none."""
    names = [label.get_text() for label in ax.get_yticklabels()]
    large = [line for line in ax.lines if line.get_marker() in "so^x" and line.get_markersize() > 6]
    return {names[round(float(line.get_ydata()[0]))]: line.get_xdata()[0] for line in large}


def means(ax):
    """By legend entry, the means that an axes shows (n, 2), of points or a curve."""
    found = {}
    for handle, label in zip(*ax.get_legend_handles_labels(), strict=True):
        lines = handle[0] if isinstance(handle, tuple) else handle
        found[label] = lines.get_xydata()
    return found


def cells_of(ax):
    """The numbers of a heat map by its row and place, as they are written."""
    names = [label.get_text() for label in ax.get_yticklabels()]
    at = {}
    for text in ax.texts:
        x, y = text.get_position()
        at[names[round(y)], round(x)] = text.get_text()
    return at


def low_gap(cell, record):
    """One pair without a gap, another in which composed modules are worse than none."""
    if cell.question == "pairs" and record.oracle:
        record.oracle[0] = record.task[0] + 9  # reverse, permuted
        record.composed[4] = record.task[4] - 30  # ramp, parity
    return record


def test_the_grid_has_shares_by_task_and_blanks_without_a_gap():
    own = made(replicates=2, noise=0, change=low_gap)
    ax = drawn_by("grid", own).axes[0]
    at = cells_of(ax)
    assert ("LoRA", 0) not in at
    assert len(ax.patches) == len(METHODS)  # hatched, one for each of them
    parity_in_ramp = figure.BY_TASK.index(("ramp", "parity"))
    assert parity_in_ramp == 5
    assert at["LoRA", parity_in_ramp] == "\N{MINUS SIGN}0.50"
    assert at["prompt", 1] == f"{0.7:.2f}"
    assert len(at) == 11 * len(METHODS)


def test_the_grid_shows_the_arms_of_adapters_or_else_of_what_there_is():
    at = cells_of(drawn_by("grid").axes[1])
    assert at["composed", 0] == f"{30 + 0.7 * 60:.0f}"
    assert at["joint training, pair held out", 3] == "50"
    assert len(at) == len(figure.ARMS) * len(PAIRS)
    other = drawn_by("grid", made(replicates=2, methods=("ia3",), unlabelled=(), apart=()))
    assert "(IA)³" in other.axes[1].get_title()


def test_numbers_that_are_written_as_zero_have_no_sign():
    assert figure._signed(-0.001, "{:.2f}") == "0.00"
    assert figure._signed(-0.006, "{:.2f}") == "\N{MINUS SIGN}0.01"


def test_arms_are_the_shares_of_the_measures():
    axes = drawn_by("arms").axes
    assert [ax.get_title()[-14:] for ax in axes[:2]] == ["LoRA, 12 pairs", "-SFT, 12 pairs"]
    for ax, method in zip(axes, METHODS, strict=True):
        found = marks(ax)
        for name, arm in (("reversed order", "reversed"), ("domain's module,\nhead alone", "head")):
            among = measures.OWN_HEAD if arm == "head" else PAIRS
            own = measures.closed(WHOLE, method, arm, among=among)
            assert found[name] == pytest.approx(np.mean([*own.values()]))
        assert f"composed\n (C8-{method})" in found
    assert "at random places\n (N-masked)" in marks(axes[1])


def test_shares_show_every_method_with_the_right_and_with_a_wrong_domain():
    right, wrong = (marks(ax) for ax in drawn_by("shares").axes)
    assert len(right) == len(METHODS) + 2
    assert len(wrong) == len(METHODS)
    own = measures.closed(WHOLE, "adapter", "wrong")
    assert wrong["adapter\n (C8-wrong-adapter)"] == pytest.approx(np.mean([*own.values()]))


def test_all_variants_of_domain_modules_are_shown():
    assert {signal for signal, _ in shown.VARIANTS.values()} == set(SIGNALS)
    found = figures_of_shares.of_variants(WHOLE, "lora", {})
    composed = [np.mean([*values.values()]) for values in found.values()]
    assert composed == pytest.approx([0.7, 0.65, 0.4, 0.8], abs=0.01)
    assert shown.varied(WHOLE) == ["lora", "adapter"]


def test_lines_have_their_barriers_beside_them():
    curves, barriers, _ = drawn_by("lines", made(replicates=2, noise=0)).axes
    found = means(curves)
    assert len(found) == len(LINES) == len(shown.OF_LINES) == len(figures_of_lines.LOOKS)
    assert found["whole networks, two bases"][5].tolist() == [0.5, 90.5 - 60]
    assert marks(barriers)["whole networks,\ntwo bases\n (C18-full-bases)"] == pytest.approx(60)
    assert marks(barriers)["LoRA,\ntwo starts"] == pytest.approx(25)


def test_a_soup_stands_beside_the_mean_and_the_best_of_its_networks():
    found = shown.soup(made(replicates=1, noise=0))
    assert found == {"mean of them": {0: 91.5}, "best of them": {0: 93.0}, "soup": {0: 94.0}}


def test_sums_are_marked_where_their_scales_were_chosen():
    def change(cell, record):
        if cell.question == "arithmetic":
            record.scales[:] = [0.2, 0.4] * 3 + [0.7]
        return record

    own = made(replicates=2, noise=0, change=change)
    two, chosen, _, merges = drawn_by("sums", own).axes
    points = means(two)
    assert points["two, scales chosen"][0] == pytest.approx([0.3, 0.9])
    assert points["four, scale chosen"][0] == pytest.approx([0.7, 0.6])
    assert points["sum of two"][:, 0] == pytest.approx(SCALES)
    assert marks(chosen)["one and a random one"] == pytest.approx(0.5)
    assert len(merges.get_yticks()) == len(MERGES)
    left = means(drawn_by("negation", own).axes[0])
    assert left["reverse, scale chosen"][0] == pytest.approx([0.6, 50])
    assert left["clean, random change"][0] == pytest.approx([0.6, 0.99 * 97])
    assert left["reverse"][-1] == pytest.approx([1, 30])


def test_mixtures_and_trees_are_those_of_the_measures():
    own = made(replicates=2, noise=0)
    mixed, _, attention = drawn_by("mixtures", own).axes
    assert len(marks(mixed)) == len(MIXTURES)
    assert [t.get_text().split("\n")[0] for t in attention.get_yticklabels()] == list(DOMAINS)
    trees = drawn_by("trees", own).axes[0]
    assert len(trees.get_yticks()) == len(LEAVES)
    points = means(trees)
    assert [points[label][0, 0] for label in points] == [65, 60, 75]


def test_remarks_fit_100_columns_and_have_the_numbers_of_the_measures():
    text = texts.remarks(remarks(made(noise=0)))
    assert max(map(len, text.splitlines())) <= 100
    for method in METHODS:
        assert shown.name_of(method) in text
    for part in (
        "3.2 times through 1,500",
        "12 of 12",
        "read 50.0 % of the pairs held out, 85.0 % of the",
        "whole networks, two bases  90.0   91.0    30.5    60.00",
        "reverse + ramp     0.900 [0.900, 0.900]  0.500        0.600  0.500  0.100",
        "all four           0.600 [0.600, 0.600]  -            -      0.500  -",
        "scales chosen on validation data 0.60",
        "reverse 0.20, ramp 0.40, diff 0.30, stretch 0.10; it trains 21,024 numbers",
        "mean                65.0 [65.0, 65.0]  60.0 [60.0, 60.0]  75.0 [75.0, 75.0]",
        "changes 10.0 %, of two random masks 2.0 %",
    ):
        assert part in text or part in " ".join(text.split()), part


@pytest.mark.parametrize("of", [*TABLES, *ALONE])
def test_remarks_speak_of_what_there_is(of):
    table = TABLES.get(of) or ALONE.get(of, TABLES["empty"])
    said = texts.said(remarks(table))
    assert bool(said) == (of != "empty")
    everything = " ".join(remark.text for remark in said)
    questions = {row["question"] for row in table}
    assert ("side by side" in everything) == ("mixtures" in questions)
    assert ("Trees" in everything) == ("trees" in questions)
    assert ("R by method" in everything) == ("pairs" in questions)
    assert ("taken from a network" in everything) == ("negation" in questions)
