"""Lab options: the world, episodes, learning against the plain loop, tests."""

import numpy as np
import pytest

from labs.kit.execute import stacks
from labs.options.figure_of_world import walk
from labs.options.grid import NAME, PARTS, PRESETS, Config, evaluations
from labs.options.lab import LAB
from labs.options.learning import Batch, Learners, play
from labs.options.plain import Plain, train
from labs.options.training import Greedy, controls, played, used, wrong_sketches
from labs.options.training import train as train_stack
from labs.options.world import (  # fmt: skip
    APART,
    CELLS,
    LIMIT,
    STOP,
    distance,
    free,
    landmarks,
    next_cells,
    optimum,
    tasks,
)
from tests.labs.options.made import right_options, some

N, E, S, W = range(4)
LEARNERS = [
    ("options", 2), ("flat", 3), ("private", 2), ("blind", 2), ("learned", 2), ("optimistic", 3)
]  # fmt: skip


def test_moves():
    assert next_cells()[[0, 8, 40, 80]].tolist() == [
        [0, 1, 9, 0, 0],
        [8, 8, 17, 7, 8],
        [31, 41, 49, 39, 40],
        [71, 80, 80, 79, 80],
    ]


def test_landmarks_are_apart_and_redrawn():
    found = np.stack([landmarks(NAME, replicate) for replicate in range(20)])
    between = distance(found[:, :, None], found[:, None, :]) + 99 * np.eye(4, dtype=int)
    assert between.min() >= APART
    assert len({tuple(own) for own in found}) == 20
    assert not set(free(found[0])) & set(found[0])
    assert len(free(found[0])) == CELLS - 4


def test_the_fewest_moves():
    assert optimum(np.array([0, 40]), np.array([[8, 80], [40, 44]])).tolist() == [16, 4]
    assert {len(set(task)) for task in tasks(3).tolist()} == {3}


def episode(moves, goals, start=0, by="symbol"):
    """Play given actions once; the outcome, and rows by step."""
    batch = Batch(by, np.array([start]), np.array([goals]), np.array([0]))
    seen, given = [], []

    def act(time, ids, rows):
        return np.array([moves[min(time, len(moves) - 1)]])

    def choose(ended, ids, last):
        given.append((int(ended[0]), int(last[0])))
        return ended

    outcome = play(batch, act, choose, lambda step: seen.append(int(step.after[0])))
    return bool(outcome.success[0]), int(outcome.steps[0]), seen, given


def test_landmarks_count_in_their_order_alone():
    assert episode([E, E, E], [1, 2])[:2] == (True, 2)
    assert episode([E, E, W], [2, 1])[:2] == (True, 3)  # the first pass of 1 was too early
    assert episode([E], [2, 1])[:2] == (False, LIMIT * 2)


def test_a_stop_visits_nothing_and_hands_over():
    success, steps, seen, given = episode([STOP, E, E, STOP], [1, 2])
    assert (success, steps) == (True, 3)
    assert given == [(0, 4), (1, 0)]
    assert seen == [81, 82, 83]  # the second symbol's table
    assert episode([E, STOP, STOP, E], [1, 2])[:2] == (False, 3)  # out of symbols
    assert episode([STOP, E, W, E], [0, 1])[:2] == (True, 4)  # nor where it is taken


def test_tables_by_progress_and_by_position():
    assert episode([E, E, E, E], [1, 4], by="progress")[2] == [82, 83, 84, 85]
    assert episode([E, STOP, E, E, E], [1, 4], by="position")[2] == [1, 82, 83, 84, 85]
    assert episode([E, STOP, E], [1, 2], by="none")[2] == [1, 1, 2]


@pytest.mark.parametrize(("arm", "length"), [*LEARNERS, ("options", 3)])
def test_values_are_those_of_the_plain_loop_to_the_bit(arm, length):
    cells = some(arm, length)
    learners, plain = Learners(cells), Plain(cells[1])
    steps = sum(int(learners.round(np.arange(2))[1]) for _ in range(15))
    for _ in range(15):
        plain.round()
    assert plain.used == steps
    assert np.array_equal(learners.values[:, learners.rows :].T, np.array(plain.values))
    orders = np.array(plain.orders).reshape(-1, 4)
    assert np.array_equal(learners.orders[learners.size.orders :], orders)
    assert (learners.values > 0.005).any()  # something was solved


@pytest.mark.parametrize(("arm", "length"), [*LEARNERS, ("private", 3)])
def test_tests_are_those_of_the_plain_loop(arm, length):
    (cell,) = some(arm, length, 1, starts=2)
    learners, plain = Learners([cell]), Plain(cell)
    for _ in range(40):
        learners.round(np.array([0]))
        plain.round()
    greedy = Greedy(learners, 0, 40)
    for tested in (2, 3, 4) if arm == "options" else (length,):
        assert played(cell, [greedy], tested)[0][0] == pytest.approx(plain.solved(tested))
    if arm == "options":
        for told in (*wrong_sketches()[0], *wrong_sketches()[1]):
            found = played(cell, [greedy], 3, told[None])[0][0]
            assert found == pytest.approx(plain.solved(3, told.tolist()))


def test_wrong_sketches():
    shuffled, replaced = wrong_sketches()
    assert (shuffled.shape, replaced.shape) == ((5, 24, 3), (9, 24, 3))
    assert (np.sort(shuffled) == np.sort(tasks(3))).all()
    assert (shuffled != tasks(3)).any(axis=2).all()
    assert (replaced != tasks(3)).all()


def test_a_replicate_that_is_done_does_not_change():
    cells = some("options", 2)
    learners, alone = Learners(cells), Learners(cells[1:])
    for _ in range(5):
        learners.round(np.array([1]))
        alone.round(np.array([0]))
    assert np.array_equal(learners.values[:, learners.rows :], alone.values)
    assert np.array_equal(learners.values[:, : learners.rows], Learners(cells[:1]).values)


def test_where_moves_are_certain_values_are_powers_of_the_discount():
    (cell,) = some("flat", 2, 1)
    learners = Learners([cell])
    for _ in range(60):
        learners.round(np.array([0]))
    found = learners.values[learners.values > 1e-4]
    powers = np.log(found) / np.log(cell.discount)
    assert len(found) > 50
    np.testing.assert_allclose(powers, powers.round(), atol=1e-3)
    assert found.max() == 1.0


def test_given_options_stay_and_their_order_is_learned():
    (cell,) = some("chosen", 3, 1)
    given = np.zeros((STOP + 1, 4 * CELLS))
    for row, action in enumerate(right_options(0).actions):
        given[action, row] = 1.0
    learners = Learners([cell], given.copy())
    for _ in range(200):
        learners.round(np.array([0]))
    assert np.array_equal(learners.values, given)
    assert (learners.orders.max(axis=1) > 0.5).sum() > 24


def test_right_options_solve_all_lengths_by_the_fewest_moves_and_a_stop_for_each():
    (cell,) = some("options", 2, 1)
    for length in (2, 3, 4):
        success, excess = played(cell, [right_options(0)] * 2, length)
        assert success.tolist() == [100, 100]
        assert excess.tolist() == pytest.approx([length - 1] * 2)
        use = used(cell, right_options(0), length)
        assert use.sum() == pytest.approx(100)
        assert use.min() > 15
    assert max(controls(cell, right_options(0))) < 20


def test_a_wrong_option_fails_in_the_tasks_that_need_it():
    (cell,) = some("options", 2, 1)
    wrong = right_options(0)
    wrong.actions[:CELLS] = STOP
    assert played(cell, [wrong], 2)[0][0] == pytest.approx(50, abs=10)  # A is in half of all pairs


def test_the_example_of_the_figure():
    places = landmarks(NAME, 0)
    steps = walk(right_options(0).actions.reshape(4, CELLS), places)
    options, cells, visited = zip(*steps, strict=True)
    assert [*dict.fromkeys(options)] == [1, 3, 0]
    assert cells[-1] == places[0]
    assert visited[-1] == 3


def test_evaluations():
    cell = some("flat", 2, 1, octaves=1)[0]
    found = evaluations(cell)
    assert found[:2] == [0, 250]
    assert found[-1 - PARTS :: PARTS] == [4000, 8000]
    assert found == sorted(set(found))
    assert evaluations(some("random", 2, 1)[0]) == [0]


def test_options_of_triples_are_tested_in_triples():
    record = next(train_stack(some("options", 3, 1, starts=1), "cpu"))
    assert record.triples is None
    assert record.fours is None


def test_benches_are_stacks_of_a_full_run_and_train_one_plainly():
    for bench in LAB.bench():
        assert [len(stack) for stack in stacks(LAB, bench.cells)] == [PRESETS["full"].replicates]
    train(some("learned", 2, 1, budget=1000)[0])


REFUSED = {
    "budget must be at least 1000, got 10": {"budget": 10},
    "explore must be above 0 and below 1, got 1": {"explore": 1},
    "arms must be one of .*got 'option': did you mean 'options'": {"arms": ("option",)},
}


@pytest.mark.parametrize("message", REFUSED)
def test_refusals(message):
    with pytest.raises(ValueError, match=message):
        Config(**REFUSED[message])
