"""Every claim of the continual lab, on tables in which it is true and on some in which it is not;
measures by hand."""

from dataclasses import replace

import numpy as np
import pytest

from labs.continual import figure, measures
from labs.continual.claims import CLAIMS
from labs.continual.grid import FROZEN, SEQUENCES, TASKS
from labs.continual.lab import LAB
from labs.continual.remarks import remarks
from labs.kit import texts
from labs.kit.outputs import picture
from labs.kit.table import Table
from labs.kit.verdicts import judge
from tests.labs.continual.made import LATERALS, made


def verdicts(table):
    return {verdict.id: verdict.verdict for verdict in judge(CLAIMS, table)}


def of(method, sequence=None, **changes):
    """A change of what is recorded of a method, on one sequence or on all."""

    def change(cell, record):
        if cell.method != method or sequence not in (None, cell.sequence):
            return record
        shift = 1 + cell.replicate / 1e4  # equal values decide nothing
        own = {n: f(record, shift) if callable(f) else f for n, f in changes.items()}
        return replace(record, **own)

    return change


def listed(value):
    return lambda record, shift: [value * shift] * TASKS


def lasting(points):
    """Old tasks end so many points higher than they were learned."""

    def change(record, shift):
        *rows, last = record.matrix
        learned = [rows[j + 1][j] + points * shift for j in range(TASKS - 1)]
        return [*rows, [*learned, last[-1]]]

    return change


def late(points):
    def change(record, shift):
        rows = [[*row] for row in record.matrix]
        for j in (3, 4):
            rows[j + 1][j] += points * shift
        return rows

    return change


def ending(value):
    return lambda record, shift: [*record.matrix[:-1], [value * shift] * TASKS]


def before(points):
    def change(record, shift):
        rows = [[*row] for row in record.matrix]
        for j in range(1, TASKS):
            rows[j][j] = rows[0][j] + points * shift
        return rows

    return change


def opened(value):
    return lambda record, shift: [[value * shift] * TASKS for _ in record.matrix]


BROKEN = {
    **{f"C25-{name}": of(name, "domains", changed=[0.0, 0.0, 1e-6, 0.0]) for name in FROZEN},
    "C25-bwt": of("packnet", "classes", matrix=lasting(1)),
    "C25-leaking": of("packnet-leaking", matrix=lasting(1)),
    **{f"C25-{m}-{s}": of(m, s, matrix=lasting(1)) for m in ("full", "lora") for s in SEQUENCES},
    **{f"C25-open-{m}": of(m, "classes", open=opened(3.0)) for m in ("full", "lora")},
    **{f"C25-masked-{m}": of(m, "classes", matrix=lasting(-45)) for m in ("full", "lora")},
    **{f"C25-acc-{s}": of("full", s, matrix=lasting(20)) for s in SEQUENCES},
    **{f"C25-joint-{s}": of("joint", s, matrix=ending(95.0)) for s in SEQUENCES},
    **{f"C25-wrong-{m}": of(m, "permutations", shuffled=listed(20.0)) for m in FROZEN},
    **{f"C25-names-{s}": of("supsup", s, gradient=listed(10.0)) for s in ("domains", "classes")},
    "C25-names-alike": of("supsup", "permutations", gradient=listed(30.0)),
    "C25-random": of("supsup", "domains", random=listed(95.0)),
    **{f"C26-late-{s}": of("progressive", s, matrix=late(-9)) for s in SEQUENCES},
    "C26-fwt": of("progressive", "domains", matrix=before(-3)),
    "C26-laterals": of("progressive", laterals=[0, 100, 100, 100, 100]),
    "C26-first": of("scratch", matrix=lambda r, s: [r.matrix[0], *[[50.0 * s] * 5] * 5]),
}


def test_all_hold_where_they_are_true():
    assert {i for i, v in verdicts(made()).items() if v != "holds"} == set()


@pytest.mark.parametrize("name", BROKEN)
def test_each_is_contradicted_where_it_is_not(name):
    assert verdicts(made(change=BROKEN[name]))[name] == "contradicted"


def test_every_claim_has_a_table_that_breaks_it():
    assert BROKEN.keys() == {claim.id for claim in CLAIMS}


def test_bits_that_differ_by_nothing_measurable_count():
    """-0.0 is 0.0 and is another bit: the share of equal logits counts, too."""
    table = made(change=of("supsup", "classes", equal=0.75))
    assert verdicts(table)["C25-supsup"] == "contradicted"


@pytest.mark.parametrize("name", ["C25-packnet", "C25-bwt", "C25-wrong-packnet"])
def test_what_was_not_learned_is_not_asked_for(name):
    poor = of("packnet", matrix=lambda r, s: [[40.0] * TASKS] * (TASKS + 1))
    assert verdicts(made(change=poor))[name] == "not judged"


def test_levels_need_the_full_protocol_and_directions_do_not():
    found = verdicts(made(steps=150))
    levels = {"C25-open-full", "C25-joint-domains"}
    assert {found[i] for i in levels} == {"not judged"}
    assert {found[i] for i in ("C25-full-domains", "C25-acc-classes")} == {"holds"}


MATRIX = [
    [10.0, 11.0, 12.0, 13.0, 14.0],
    [80.0, 21.0, 0.0, 0.0, 0.0],
    [70.0, 85.0, 32.0, 0.0, 0.0],
    [60.0, 80.0, 90.0, 3.0, 0.0],
    [50.0, 75.0, 85.0, 95.0, 24.0],
    [40.0, 65.0, 80.0, 90.0, 99.0],
]


def test_measures_by_hand():
    table = made(replicates=1, change=of("full", "domains", matrix=lambda r, s: MATRIX))
    full = ("full", "domains")
    assert measures.acc(table, *full)[0] == pytest.approx(np.mean([40, 65, 80, 90, 99]))
    assert measures.bwt(table, *full)[0] == pytest.approx(np.mean([-40, -20, -10, -5]))
    assert measures.fwt(table, *full)[0] == pytest.approx(np.mean([10, 20, -10, 10]))
    assert measures.own(table, *full)[0] == pytest.approx(np.mean([80, 85, 90, 95, 99]))
    assert measures.late(table, *full)[0] == pytest.approx((95 + 99) / 2)
    assert measures.old(table, *full)[0] == pytest.approx(np.mean([40, 65, 80, 90]))
    assert measures.bwt(table, "joint", "domains") == {}
    assert measures.connections(table)[0] == sum(LATERALS) / LATERALS[1]


def of_preset(*methods):
    return Table(row for row in made(replicates=2) if row["method"] in methods)


TABLES = {
    "empty": Table([]),
    "whole": made(replicates=2),
    "joint alone": of_preset("joint", "base"),
    "one": of_preset("supsup"),
}


@pytest.mark.slow
@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize("name", LAB.figures)
def test_figures_show_what_is_there(name, table):
    shown = picture(LAB, name, TABLES[table], judge(CLAIMS, TABLES[table]))
    shown.draw_without_rendering()
    words = [text.get_text() for ax in shown.axes for text in ax.texts]
    if name == "matrices" and table == "whole":
        assert words.count("85") > 100
    if table == "empty":
        assert shown.get_supxlabel().startswith("no results yet")
        assert name == "sequences" or "no results" in words


@pytest.mark.parametrize("table", TABLES)
def test_remarks_say_what_is_there(table):
    said = texts.remarks(remarks(TABLES[table]))
    assert all(len(line) <= texts.WIDTH for line in said.splitlines())
    assert ("SupSup: domains" in said) == (table in ("whole", "one"))


def test_parts_of_the_schematic_are_those_of_the_method():
    packed = figure.parts("packnet", 4)
    assert [part.right - part.left for part in packed] == [0.5, 0.25, 0.125, 0.0625, 0.03125]
    for name in figure.SCHEMES:
        for task in range(TASKS):
            parts = figure.parts(name, task)
            assert [part.task for part in parts if part.now] == [task]
            assert all(0 <= part.left < part.right <= 1 for part in parts)
