"""Adapters side by side in a new domain: what is trained, on what, and what is chosen."""

from dataclasses import fields, replace

import pytest
import torch

from labs.composition import mixtures as lab
from labs.composition.aggregation.fusion import weighted
from labs.composition.examples import examples, sizes, trained_bases
from labs.composition.grid import DOMAINS, FEW, MIXTURES, NEW, Cell
from labs.composition.teaching import accuracies, taught
from labs.kit.seeds import TUNING

pytestmark = pytest.mark.slow  # trains or draws

CELL = Cell("mixtures", "", "labels", "all", 60, 10, 16, 40, True, 100, 0)
CELLS = [CELL, replace(CELL, replicate=1)]


@pytest.fixture(scope="module", autouse=True)
def quick():
    """Few validation examples; what they choose is forgotten."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(lab, "VALIDATION", 50)
        lab._chosen.cache_clear()
        yield
    lab._chosen.cache_clear()


@pytest.fixture(scope="module")
def records():
    return list(lab.mixtures(CELLS, "cpu"))


@pytest.fixture(scope="module")
def adapters():
    return lab._adapters(CELLS, "cpu")


def lesson_at(rate, steps=20):
    return lab._lesson([replace(cell, steps=steps) for cell in CELLS], [rate] * 2, "cpu")


def outputs(lesson, module):
    return lesson.read(lesson.weights, lesson.x, [module], sizes(CELL).heads)


def loss(lesson, module):
    return lesson.loss(outputs(lesson, module), lesson.y)


def test_a_record_holds_what_the_question_asks_for_and_is_its_cell_s_own(records):
    asked = {"clean", "mixtures", "mass", "numbers"}
    for record in records:
        assert {f.name for f in fields(record) if getattr(record, f.name) is not None} == asked
        assert len(record.mixtures) == len(MIXTURES)
        assert len(record.mass) == len(DOMAINS)
        assert min(record.mass) > 0
        assert sum(record.mass) == pytest.approx(1, abs=1e-5)
        assert record.numbers == 2 * (3 * 32**2 + 2 * 32)  # two blocks of 32 features
    first, second = records
    assert first.mixtures != second.mixtures
    (alone,) = lab.mixtures(CELLS[1:], "cpu")
    assert alone.mixtures == pytest.approx(second.mixtures, abs=2)
    assert alone.mass == pytest.approx(second.mass, abs=1e-4)
    assert alone.clean == pytest.approx(second.clean, abs=1)


def test_what_needs_no_training_in_the_new_domain_is_what_it_says(records, adapters):
    weights = trained_bases(CELLS, "cpu")
    test = examples([0, 1], [NEW] * 2, "test", CELL.tests, "cpu")
    few = examples([0, 1], [NEW] * 2, "training in a new domain", FEW, "cpu")
    clean = examples([0, 1], ["clean"] * 2, "test", CELL.tests, "cpu")
    apart = lab._apart(adapters)
    of_base, of_average, of_clean = (
        accuracies(CELL, weights, modules, *part)
        for modules, part in (
            ([], test),
            ([weighted(apart, learned=False)], test),
            ([], clean),
        )
    )
    on_few, on_test = (
        torch.stack([accuracies(CELL, weights, [adapter], *part) for adapter in apart])
        for part in (few, test)
    )
    for m, record in enumerate(records):
        found = dict(zip(MIXTURES, record.mixtures, strict=True))
        assert found["base"] == of_base[m]
        assert found["best"] == on_test[on_few[:, m].argmax(), m]
        assert found["average"] == of_average[m]
        assert record.clean == of_clean[m]


def test_the_best_adapter_is_each_cell_s_own(adapters):
    first, *_, last = lab._apart(adapters)
    lesson = lesson_at(1.0)
    # labels that one adapter gives in the first cell and another in the second
    given = [outputs(lesson, own).argmax(-1)[m] for m, own in enumerate((first, last))]
    best = lab._best(adapters, lesson._replace(y=torch.stack(given)))
    for name, value in best.values.items():
        assert torch.equal(value[0], first.values[name][0])
        assert torch.equal(value[1], last.values[name][1])


def test_adapters_learn_apart_each_in_its_domain(monkeypatch):
    lessons = []

    def watched(lesson):
        lessons.append(lesson)
        return taught(lesson)

    monkeypatch.setattr(lab, "taught", watched)
    apart = lab._apart(lab._adapters(CELLS, "cpu"))
    (lesson,) = lessons
    assert lesson.method == "adapter"
    alone = [taught(lesson._replace(**_part(lesson, d)))[0] for d in range(len(DOMAINS))]
    for d, domain in enumerate(DOMAINS):
        x, y = examples([0, 1], [domain] * 2, "training", CELL.examples, "cpu")
        own = _part(lesson, d)
        assert torch.equal(own["x"], x)
        assert torch.equal(own["y"], y)
        for name, value in alone[d].values.items():
            assert torch.allclose(value, apart[d].values[name], atol=1e-4)


def _part(lesson, d):
    """What of a lesson is about one domain."""
    of = slice(d, None, len(DOMAINS))
    weights = {name: value[of] for name, value in lesson.weights.items()}
    own = {name: getattr(lesson, name)[of] for name in ("replicates", "x", "y", "rates")}
    return {"weights": weights, **own}


@pytest.mark.parametrize(("arm", "rate"), [("scalars", 0.1), ("attention", 1e-2)])
def test_training_leaves_the_adapters_alone_and_learns_from_where_it_starts(arm, rate, adapters):
    lesson, apart = lesson_at(rate), lab._apart(adapters)
    module = lab._trained(arm, lesson, apart)
    for d, own in enumerate(apart):
        for name, value in own.values.items():
            assert torch.equal(module.fixed[f"{d}.{name}"], value)
    unmoved = lab._trained(arm, lesson_at(1e-9, steps=1), apart)
    assert (loss(lesson, module) < loss(lesson, unmoved) - 0.01).all()


def test_scalars_that_have_not_moved_are_the_average(adapters):
    apart = lab._apart(adapters)
    module = lab._trained("scalars", lesson_at(1e-12, steps=1), apart)
    lesson = lesson_at(1.0)
    average = weighted(apart, learned=False)
    assert torch.allclose(outputs(lesson, module), outputs(lesson, average), atol=1e-5)


def test_rates_are_the_best_on_validation_data_of_another_replicate(monkeypatch):
    asked, tried = set(), {}

    def drawn(replicates, domains, purpose, *how):
        asked.update((r, domain, purpose) for r, domain in zip(replicates, domains, strict=True))
        return examples(replicates, domains, purpose, *how)

    monkeypatch.setattr(lab, "examples", drawn)
    monkeypatch.setattr(lab, "accuracies", lambda *_: torch.tensor([20.0, 10, 30, 50, 40]))
    monkeypatch.setattr(lab, "_trained", lambda arm, lesson, _: tried.update({arm: lesson.rates}))
    chosen = lab._chosen.__wrapped__(replace(CELL, tests=0, replicate=TUNING), "cpu")
    assert tried == lab.RATES
    assert chosen == {"scalars": 3e-1, "attention": 3e-3, "new": lab.RATES["new"][3]}
    own = {(TUNING, NEW, purpose) for purpose in ("validation", "training in a new domain")}
    assert asked == own | {(TUNING, domain, "training") for domain in DOMAINS}


def test_a_run_trains_at_the_rates_that_were_chosen(monkeypatch):
    rates = {"scalars": 0.5, "attention": 0.25, "new": 0.125}
    used, asked, train = {}, [], lab._trained

    def chosen(cell, device):
        asked.append(cell)
        return rates

    def watched(arm, lesson, adapters):
        used[arm] = (lesson.rates, lesson.cell.steps, lesson.x.shape)
        return train(arm, lesson, adapters)

    monkeypatch.setattr(lab, "_chosen", chosen)
    monkeypatch.setattr(lab, "_trained", watched)
    list(lab.mixtures(CELLS, "cpu"))
    assert asked == [replace(CELL, tests=0, replicate=TUNING)]
    assert used == {arm: ([rate] * 2, 10, (2, FEW, 40)) for arm, rate in rates.items()}


def test_attention_heard_is_the_mean_over_all_signals(adapters, monkeypatch):
    lesson = lesson_at(3e-2)
    module = lab._trained("attention", lesson, lab._apart(adapters))
    x = lesson.x[:, :70]
    pieces = lab._heard(lesson, module, x)
    monkeypatch.setattr(lab, "CHUNK", 70)
    assert torch.allclose(pieces, lab._heard(lesson, module, x), atol=1e-6)
    assert (pieces - 1 / len(DOMAINS)).abs().max() > 1e-3


def test_signals_of_the_new_domain_are_no_changes_of_those_that_adapters_learned_from():
    purposes = ("training", "training in a new domain", "validation", "test")
    parts = [examples([0], ["clean"], purpose, 50, "cpu")[0][0] for purpose in purposes]
    for one in range(len(parts)):
        for other in range(one):
            assert torch.cdist(parts[one], parts[other]).min() > 1e-3
