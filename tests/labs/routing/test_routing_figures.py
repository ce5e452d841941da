"""The figures and remarks of the routing lab: they show what is there, and the numbers are those of
the measures."""

import numpy as np
import pytest

from labs.kit import draw, texts
from labs.kit.outputs import picture
from labs.kit.table import Table
from labs.kit.verdicts import judge
from labs.routing.claims import CLAIMS
from labs.routing.grid import LEVELLED, PRESETS, ROUTERS, SHARERS
from labs.routing.lab import LAB
from labs.routing.measures import MANY, Arm, accuracy, f1
from labs.routing.meters import meter
from labs.routing.remarks import remarks
from tests.labs.routing.tables import made

pytestmark = pytest.mark.slow  # trains or draws

FIGURES = LAB.figures
WHOLE = made(replicates=2)


def of_preset(name):
    return made(**{**vars(PRESETS[name]), "replicates": 2})


def partial(keep):
    return Table(own for own in WHOLE if keep(own))


TABLES = {
    "empty": Table([]),
    "whole": WHOLE,
    "smoke": of_preset("smoke"),
    "quick": of_preset("quick"),
    "one replicate": partial(lambda own: own["replicate"] == 0),
    "skills alone": partial(lambda own: own["question"] == "skills"),
    "starts alone": partial(lambda own: own["question"] == "starts"),
    "shared alone": partial(lambda own: own["labels"] == "shared"),
    "uneven": partial(lambda own: own["replicate"] == 0 or own["router"] == "gumbel"),
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
    assert len(draw.panels(drawn)) <= 6


SILENT = {  # axes without results, of those that show more than claims; others have 0
    "empty": {"learned": 1, "maps": 4, "labels": 1, "collapse": 3, "specialisation": 2, "unrest": 2}
    | {"places": 2, "factors": 2, "few": 1, "starts": 1, "skills": 1, "pairs": 3},
    "whole": {},
    "skills alone": {"learned": 1, "maps": 4, "labels": 1, "collapse": 3, "specialisation": 2}
    | {"unrest": 2, "places": 2, "factors": 2, "few": 1, "starts": 1},
}


@pytest.mark.parametrize("of", SILENT)
@pytest.mark.parametrize("name", FIGURES)
def test_axes_say_where_results_lack(name, of):
    drawn = drawn_by(name, TABLES[of])
    said = [text.get_text() for ax in drawn.axes for text in ax.texts]
    assert said.count("no results") == SILENT[of].get(name, 0)


def marks(ax):
    """By the name of a row, where its large mark stands."""
    names = [label.get_text() for label in ax.get_yticklabels()]
    large = [line for line in ax.lines if line.get_marker() in "so^x" and line.get_markersize() > 6]
    return {names[round(float(line.get_ydata()[0]))]: line.get_xdata()[0] for line in large}


def test_accuracies_are_those_of_the_measures():
    found = marks(drawn_by("learned").axes[0])
    for name, label in ROUTERS.items():
        assert found[label] == pytest.approx(np.mean([*accuracy(WHOLE, Arm(name)).values()]))


def test_meters_stand_beside_their_values_before_training_and_their_claims():
    ax = drawn_by("specialisation").axes[0]
    found = marks(ax)
    assert found[ROUTERS["gumbel"]] == pytest.approx(
        np.mean([*meter(WHOLE, "nmi", Arm("gumbel")).values()])
    )
    assert {"hash of the signal\n (N-hash)", "best learned router\n (C12-nmi)"} <= found.keys()
    before = {
        round(float(line.get_ydata()[0]) - 0.3) for line in ax.lines if line.get_marker() == "d"
    }
    assert before == set(range(len(found) - 1))


def test_chance_is_on_the_axes():
    low, high = drawn_by("learned").axes[0].get_xlim()
    assert low < 10 < high


def test_maps_show_choices_in_the_first_replicate():
    drawn = drawn_by("maps")
    oracle = drawn.axes[0].images[0].get_array()
    assert np.array_equal(oracle, np.eye(4))
    shares = [float(text.get_text()) for text in drawn.axes[2].texts]
    first = next(r for r in WHOLE if r["router"] == "gumbel" and r["replicate"] == 0)
    assert sorted(shares) == pytest.approx(sorted(np.ravel(first["chosen"][-1])), abs=0.006)


def test_found_skills_stand_below_the_true_ones():
    true, found = (ax.images[0].get_array() for ax in drawn_by("skills").axes[:2])
    assert (np.asarray(true) != np.asarray(found)).sum() == 1  # as the table was made


@pytest.mark.parametrize("of", TABLES)
def test_remarks_are_sentences_no_wider_than_a_page(of):
    said = texts.remarks(remarks(TABLES[of]))
    assert all(len(line) <= 110 for line in said.splitlines())
    assert "nan" not in said


def table_of(start, table=WHOLE):
    return next(own for own in remarks(table) if own.text.startswith(start))


def test_remarks_are_those_of_the_measures():
    accuracies = {row[0]: row for row in table_of("Accuracy in percent by meaning").rows}
    own = accuracies[ROUTERS["gumbel"]]
    assert own[2].mean == pytest.approx(np.mean([*accuracy(WHOLE, Arm("gumbel")).values()]))
    used = {row[0]: row for row in table_of("Meters of use").rows}
    nmi = np.mean([*meter(WHOLE, "nmi", Arm("gumbel")).values()])
    assert used[ROUTERS["gumbel"]][4] == pytest.approx(nmi)
    before = {row[0]: row for row in table_of("The same before training").rows}
    assert before[ROUTERS["gumbel"]][4] == pytest.approx(0, abs=1e-6)
    found = table_of("F1 of the skills").rows[0][1]
    assert found.mean == pytest.approx(np.mean([*f1(WHOLE).values()]))
    names = [row[0] for row in table_of("Pairs of skills").rows]
    assert names[: len(SHARERS)] == list(SHARERS.values())
    assert len(table_of("Few examples").rows) == len(LEVELLED)
    assert used[ROUTERS["gumbel"]][6] == pytest.approx(0.7)  # of all blocks together
    leads = {row[0]: row[1].mean for row in table_of("What being told").rows}
    parts = leads["oracle - taught"] + leads["taught - best learned"]
    assert leads["oracle - best learned"] == pytest.approx(parts)
    many = {row[0]: row for row in table_of(f"{MANY} experts").rows}
    assert many[ROUTERS["switch"]][-2:] == (1.0, 0.0)  # dead, before
    assert "in tests 0.25 of choices" in table_of("Experts that choose").text
    placed = [row[0] for row in table_of("Levels and grains").rows]
    assert f"{ROUTERS['reinforce']}: global, example" in placed
    assert "never reached in 0 of 2 replicates" in table_of("A new expert").text
