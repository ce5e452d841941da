"""Negation: what is learned, what is subtracted, and at which scale."""

import pytest
import torch

from labs.composition import differences
from labs.composition import negating as module
from labs.composition.differences import digits, fine_tuned
from labs.composition.examples import trained_bases
from labs.composition.grid import SCALES
from labs.composition.negating import BOTH, chosen, negations
from labs.composition.teaching import Lesson
from tests.labs.composition.stacks import Drawn, cells, moved, right

pytestmark = pytest.mark.slow  # trains or draws

OWN = cells("negation")


@pytest.fixture
def drawn(monkeypatch):
    drawn = Drawn()
    monkeypatch.setattr(module, "fine_tuned", drawn)
    monkeypatch.setattr(module, "VALIDATION", 40)
    return drawn


def in_both(weights):
    """Test accuracies (clean, reverse), by member."""
    found = [right(OWN, weights, digits(OWN, d, "test", OWN[0].tests, "cpu")) for d in BOTH]
    return [list(own) for own in zip(*found, strict=True)]


def test_the_scale_is_that_of_the_least_where_enough_is_kept():
    kept = torch.full((21, 3), 50.0)
    kept[:, 0] = 80.0
    kept[11:, 0] = 77.5  # just below 97 %
    kept[0, 2] = 60.0
    forgotten = torch.linspace(90, 10, 21, dtype=torch.float64).unsqueeze(1).repeat(1, 3)
    forgotten[7, 1] = 5.0
    assert chosen(kept, forgotten).tolist() == [SCALES[10], SCALES[7], 0.0]
    kept[:, 0] = 77.625
    kept[0, 0] = 80.0
    assert chosen(kept, forgotten)[0] == 1  # just above it is enough


def test_what_more_of_a_domain_adds_is_subtracted(drawn):
    records = list(negations(OWN, "cpu"))
    base = trained_bases(OWN, "cpu")
    mixture, more = drawn.given
    start = moved(base, mixture)
    assert [record.before for record in records] == in_both(start)
    scale = torch.tensor([record.scale for record in records])
    after = in_both(moved(start, more, scale=-scale))
    for record, expected in zip(records, after, strict=True):
        assert record.after == pytest.approx(expected, abs=4)
        assert len(record.clean_by_scale) == len(record.reverse_by_scale) == len(SCALES)
    curves = [[r.clean_by_scale for r in records], [r.reverse_by_scale for r in records]]
    assert chosen(*(torch.tensor(curve).T for curve in curves)).tolist() == scale.tolist()
    last = [right(OWN, moved(start, more, scale=-1.0), validation(d)) for d in BOTH]
    assert [own[0][-1] for own in curves] == pytest.approx([own[0] for own in last], abs=4)


def validation(domain):
    return digits(OWN, domain, "validation", 40, "cpu")


def test_both_are_learned_in_twice_the_steps_and_one_goes_on_with_fresh_examples(drawn):
    list(negations(OWN, "cpu"))
    (first, (x, _), times), (second, (fresh, _), again) = drawn.calls
    parts = [digits(OWN, domain, "training", OWN[0].examples, "cpu")[0] for domain in BOTH]
    assert torch.equal(x, torch.cat(parts, dim=1))
    assert (times, again) == (2, 1)
    start = moved(first, drawn.given[0])
    assert all(torch.allclose(value, second[name]) for name, value in start.items())
    for example in fresh[0]:
        assert not torch.isclose(example, x[0]).all(-1).any()


def test_noise_has_the_scale_of_what_it_replaces(drawn, monkeypatch):
    before = [record.after_random for record in negations(OWN, "cpu")]
    drawn.calls.clear()
    monkeypatch.setattr(module, "random_vector", lambda vector, _: vector)
    monkeypatch.setattr(module, "chosen", lambda clean, reverse: torch.tensor([0.5, 1.0]))
    records = list(negations(OWN, "cpu"))
    assert [record.after_random for record in records] == [record.after for record in records]
    assert [record.scale for record in records] == [0.5, 1.0]
    assert before != [record.after for record in records]


def test_of_nothing_learned_nothing_is_forgotten(drawn):
    drawn.size = 0.0
    for record in negations(OWN, "cpu"):
        assert record.scale == 0
        assert record.before == record.after == record.after_random
        assert record.before[0] == record.clean
        assert len(set(record.reverse_by_scale)) == 1


def test_fine_tuning_learns_and_leaves_the_head_and_the_base_alone(monkeypatch):
    lessons = []
    teach = differences.taught

    def watched(lesson: Lesson):
        lessons.append(lesson)
        return teach(lesson)

    monkeypatch.setattr(differences, "taught", watched)
    base = trained_bases(OWN, "cpu")
    before = {name: value.clone() for name, value in base.items()}
    data = digits(OWN, "reverse", "training", 24, "cpu")
    vector = fine_tuned(OWN, base, data, "cpu", times=2)
    assert lessons[0].cell.steps == 2 * OWN[0].steps
    assert not [name for name in vector if name.startswith("head.")]
    assert all(value.flatten(1).any(1).all() for value in vector.values())
    assert all(torch.equal(value, before[name]) for name, value in base.items())
