"""Adapters in a tree: what stands before a leaf, and what each of them learned from."""

from dataclasses import fields, replace

import pytest
import torch

from labs.composition import trees as lab
from labs.composition.examples import examples, trained_bases
from labs.composition.grid import LEAF, LEAVES, Cell
from labs.composition.teaching import accuracies, taught

pytestmark = pytest.mark.slow  # trains or draws

CELL = Cell("trees", "", "labels", "all", 60, 10, 16, 40, True, 100, 0)
CELLS = [CELL, replace(CELL, replicate=1)]
MEMBERS = [(r, leaf) for r in range(2) for leaf in LEAVES]
RELATIVES = {  # at the root, and in the family
    "reverse": (["negate", "ramp", "gain"], ["negate"]),
    "negate": (["reverse", "ramp", "gain"], ["reverse"]),
    "ramp": (["reverse", "negate", "gain"], ["gain"]),
    "gain": (["reverse", "negate", "ramp"], ["ramp"]),
}


@pytest.fixture(scope="module")
def watched():
    """The records, and the lessons of root, family, flat and leaf in this order with what they
    taught."""
    found = []

    def watch(lesson):
        found.append((lesson, taught(lesson)))
        return found[-1][1]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(lab, "taught", watch)
        return list(lab.trees(CELLS, "cpu")), found


@pytest.fixture
def records(watched):
    return watched[0]


@pytest.fixture
def lessons(watched):
    return watched[1]


def test_a_record_holds_what_the_question_asks_for_and_is_its_cell_s_own(records):
    for record in records:
        own = {f.name for f in fields(record) if getattr(record, f.name) is not None}
        assert own == {"clean", "flat", "tree", "root"}
        assert len(record.flat) == len(record.tree) == len(record.root) == len(LEAVES)
    first, second = records
    assert first.tree != second.tree
    (alone,) = lab.trees(CELLS[1:], "cpu")
    assert alone.clean == pytest.approx(second.clean, abs=1)
    for name in ("flat", "tree", "root"):
        assert getattr(alone, name) == pytest.approx(getattr(second, name), abs=2)


def test_relatives_of_a_leaf():
    assert {leaf: tuple(lab.relatives(leaf, k) for k in (0, 1)) for leaf in LEAVES} == RELATIVES
    with pytest.raises(ValueError, match="leaf"):
        lab.relatives("mirrored", 0)
    with pytest.raises(ValueError, match=r"level must be in 0\.\.1, got 2"):
        lab.relatives("ramp", 2)


def test_root_and_family_learn_from_relatives_alone(lessons):
    assert set(RELATIVES) == set(LEAVES)
    for level in (0, 1):
        lesson, _ = lessons[level]
        assert list(lesson.replicates) == [r for r, _ in MEMBERS]
        for m, (r, leaf) in enumerate(MEMBERS):
            pool = RELATIVES[leaf][level]
            x, y = examples([r] * len(pool), pool, "training", CELL.examples, "cpu")
            assert torch.equal(lesson.x[m], x.flatten(0, 1))
            assert torch.equal(lesson.y[m], y.flatten())


def test_each_stands_behind_what_was_trained_before_it(lessons):
    (root, of_root), (family, of_family), (flat, _), (leaf, _) = lessons
    assert list(root.before) == list(flat.before) == []
    assert [id(m) for m in family.before] == [id(m) for m in of_root]
    assert [id(m) for m in leaf.before] == [id(m) for m in (*of_root, *of_family)]
    assert [lesson.cell.steps for lesson, _ in lessons] == [10, 10, 5, 5]


def test_flat_and_leaf_differ_in_what_stands_before_them_alone(lessons):
    (flat, _), (leaf, _) = lessons[2:]
    for name in set(flat._fields) - {"before"}:
        assert getattr(flat, name) is getattr(leaf, name)
    assert flat.x.shape == (len(MEMBERS), LEAF, 40)
    for m, (r, domain) in enumerate(MEMBERS):
        x, _ = examples([r], [domain], "training of a leaf", LEAF, "cpu")
        assert torch.equal(flat.x[m], x[0])


def test_accuracies_are_of_what_they_say_leaf_by_leaf(records, lessons):
    root, family, flat, leaf = (made for _, made in lessons)
    stacks = {"flat": flat, "tree": [*root, *family, *leaf], "root": [*root, *family]}
    for m, (r, domain) in enumerate(MEMBERS):
        x, y = examples([r], [domain], "test", CELL.tests, "cpu")
        weights = trained_bases([CELLS[r]], "cpu")
        for name, modules in stacks.items():
            own = accuracies(CELL, weights, [module.of([m]) for module in modules], x, y)
            found = getattr(records[r], name)[list(LEAVES).index(domain)]
            assert found == pytest.approx(own.item(), abs=1)


def test_without_a_rate_all_are_the_base(monkeypatch):
    monkeypatch.setattr(lab, "chosen_rate", lambda *_: 1e-12)
    for r, record in enumerate(lab.trees(CELLS, "cpu")):
        x, y = examples([r] * 4, list(LEAVES), "test", CELL.tests, "cpu")
        base = accuracies(CELL, trained_bases([CELLS[r]], "cpu", 4), [], x, y)
        for name in ("flat", "tree", "root"):
            assert getattr(record, name) == pytest.approx(base.tolist(), abs=1)


def test_rates_are_those_of_as_many_examples_and_steps(monkeypatch):
    asked = []

    def chosen(cell, method, role, device):
        asked.append((cell.examples, cell.steps, method, role))
        return 1e-2

    monkeypatch.setattr(lab, "chosen_rate", chosen)
    list(lab.trees(CELLS, "cpu"))
    assert set(asked) == {(60, 10, "adapter", "domain"), (LEAF, 5, "adapter", "domain")}
