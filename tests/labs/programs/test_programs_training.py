"""What training does: it learns, members are alone, rates are chosen on validation data alone."""

from dataclasses import replace

import pytest
import torch

from labs.kit.seeds import TUNING
from labs.programs import training as module
from labs.programs.examples import fresh_signals, programs, training_signals
from labs.programs.grid import RATES, SHOWN, TRAINED, Config, cells
from labs.programs.operations import PAIRS, commute, parse
from labs.programs.training import chosen_rate, errors, learned, step_by_step, train

pytestmark = pytest.mark.slow  # trains or draws

SMALL = Config(replicates=2, steps=40, recall_steps=20, programs=20, tests=30, rate=0.01)


def of(arm, config=SMALL):
    return cells(replace(config, arms=(arm,)))


@pytest.mark.parametrize("arm", ["modular", "affine", "iterated", "monolith"])
def test_forty_steps_teach_something_and_members_are_alone(arm):
    both, alone = list(train(of(arm), "cpu")), list(train(of(arm)[1:], "cpu"))
    for record in both:
        trained = record.errors[0] + record.errors[1]
        assert sum(trained) / 24 < 0.7 * (record.untrained[0] * 6 + record.untrained[1] * 18) / 24
        assert [len(own) for own in record.errors] == [6, 18, 18, 20, 20, 20]
    first, second = both[1].errors, alone[0].errors
    for own, other in zip(first, second, strict=True):
        assert own == pytest.approx(other, rel=0.02)
    assert both[0].errors != both[1].errors


def test_modules_say_what_they_were_asked():
    cell = of("modular")[0]
    record = next(iter(train([cell], "cpu")))
    net, trained = learned(cell, [0], [0.01], "cpu")
    x = fresh_signals([0], cell.tests, "test", "cpu")
    assert errors(net, x, trained[0])[0].tolist() == pytest.approx(record.errors[0], rel=1e-4)
    with torch.no_grad():
        whole = net.run(x[:, :1], torch.tensor([[parse(SHOWN)]]))
    assert record.shown[-1] == pytest.approx(whole.flatten().tolist(), abs=1e-4)
    assert step_by_step(net, x[:, :1]).shape == (1, 5, 1, 40)
    assert record.carried[0] == pytest.approx(0, abs=1e-3)  # of itself an error is known
    pairs, swapped = (dict(zip(PAIRS, own, strict=True)) for own in (record.pairs, record.swapped))
    orders = dict(zip(PAIRS, record.orders, strict=True))
    assert 30 < orders[parse("shift ramp")] < 60  # half the variance
    for one, away in zip(programs(0, 20).held.tolist(), record.differs, strict=True):
        mirrored = one[::-1] in programs(0, 20).trained[1].tolist()
        assert (away < 1e-6) >= (mirrored and commute(*one))
    assert max(record.differs) > 50
    own = zip(programs(0, 20).trained[1].tolist(), record.errors[1], strict=True)
    for (first, second), expected in own:
        assert pairs.get((first, second), expected) == pytest.approx(expected, rel=1e-3)
    for first, second in PAIRS:
        # operations that commute ask for the same in both orders
        same = swapped[first, second] == pytest.approx(pairs[second, first], rel=1e-3)
        assert same == commute(first, second)


def test_arms_of_a_replicate_share_programs_and_replicates_do_not():
    first, again, other = programs(0, 20), programs(0, 30), programs(1, 20)
    assert (first.held == again.held).all()
    assert first.held.tolist() != other.held.tolist()


def test_signals_that_train_test_and_choose_are_different():
    parts = [training_signals([0], "cpu")[0]]
    parts += [fresh_signals([0], 50, purpose, "cpu")[0] for purpose in ("test", "validation")]
    rows = [{row.numpy().tobytes() for row in part} for part in parts]
    assert len(set.union(*rows)) == sum(map(len, rows))


@pytest.mark.parametrize("arm", ["modular", "recurrent"])
def test_the_rate_is_chosen_in_a_replicate_of_its_own(arm, monkeypatch):
    asked = []

    def chosen(cell, device):
        asked.append(cell)
        return RATES[1]

    monkeypatch.setattr(module, "chosen_rate", chosen)
    short = replace(SMALL, steps=2, recall_steps=2, rate=0.0)
    records = list(train(of(arm, short), "cpu"))
    (cell,) = asked
    assert (cell.replicate, cell.tests, cell.programs) == (TUNING, 0, 0)
    assert {record.chosen for record in records} == {RATES[1]}


def test_the_rate_is_the_one_of_the_least_error_and_never_one_that_fails(monkeypatch):
    cell = replace(of("modular")[0], replicate=TUNING, rate=0.0, tests=0)
    table = torch.tensor([[9.0, 9.0], [5.0, 4.0], [2.0, 3.0], [2.0, 1.0], [float("nan"), 0.0]])
    monkeypatch.setattr(module, "learned", lambda *_: (None, [None]))
    monkeypatch.setattr(module, "errors", lambda *_: table)
    assert chosen_rate.__wrapped__(cell, "cpu") == RATES[3]
    told = replace(of("memory")[0], replicate=TUNING, rate=0.0, tests=0)
    accuracy = torch.tensor([[10.0, 90.0, 20.0, 30.0, 40.0]] * len(TRAINED))
    monkeypatch.setattr(module.recall, "learned", lambda *_: None)
    monkeypatch.setattr(module.recall, "accuracies", lambda *_: accuracy)
    assert chosen_rate.__wrapped__(told, "cpu") == RATES[1]


def test_a_memory_learns_to_recall_and_needs_what_it_wrote():
    cell = of("memory", replace(SMALL, replicates=1, recall_steps=200, tests=200))[0]
    (record,) = train([cell], "cpu")
    assert record.fitted > 60
    assert min(record.accuracy) > 50
    assert 5 < record.emptied < 20
    (other,) = train([replace(cell, arm="recurrent", steps=5)], "cpu")
    assert other.emptied is None
    assert max(other.accuracy) < 60
