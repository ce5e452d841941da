"""Training: the replicates of one arm side by side, tested as they learn."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import permutations

import numpy as np

from labs.kit.seeds import stream
from labs.options.grid import ARMS, NAME, Cell, Record, evaluations
from labs.options.learning import Act, Batch, Choose, Learners, Step, play, sizes
from labs.options.world import CELLS, LANDMARKS, STOP, free, landmarks, optimum, tasks

LENGTHS = {"triples": 3, "fours": 4}  # of tasks that learners of pairs have not seen


def train(cells: Sequence[Cell], device: str) -> Iterator[Record]:
    """Train one stack; yields one record per cell.

    Args:
        cells: of one arm and length.
        device: of no importance, since arrays are numpy's.
    """
    if cells[0].arm == "random":
        yield from map(_random, cells)
        return
    given = None
    if ARMS[cells[0].arm].given:
        before = [replace(cell, arm="options", length=2, octaves=0) for cell in cells]
        learners = Learners(before)
        _learn(learners, before)
        given = learners.values
    learners = Learners(cells, given)
    for place, (cell, tests) in enumerate(zip(cells, _learn(learners, cells), strict=True)):
        yield _record(cell, learners, place, tests)


class Greedy:
    """A learner's greedy choices at one evaluation, after so many episodes of each task."""

    def __init__(self, learners: Learners, place: int, episodes: int) -> None:
        rows, orders = learners.rows, learners.size.orders
        self.episodes = episodes
        self.actions = _best(learners.values[:, place * rows : (place + 1) * rows].T)
        self.options = _best(learners.orders[place * orders : (place + 1) * orders])


def _best(values: np.ndarray) -> np.ndarray:
    return values.argmax(axis=1).astype(np.int8) if len(values) else np.empty(0, np.int8)


def _learn(learners: Learners, cells: Sequence[Cell]) -> list[list[Greedy]]:
    """Train until all steps are used, each replicate for itself; its greedy choices on the way."""
    ends = evaluations(cells[0])
    tests = [[Greedy(learners, place, 0)] for place in range(len(cells))]
    used, rounds = np.zeros(len(cells), dtype=np.int64), 0
    while len(active := np.flatnonzero(used < ends[-1])):
        used[active] += learners.round(active)
        rounds += 1
        for place in active:
            while len(own := tests[place]) < len(ends) and used[place] >= ends[len(own)]:
                own.append(Greedy(learners, int(place), rounds))
    return tests


def _record(cell: Cell, learners: Learners, place: int, tests: list[Greedy]) -> Record:
    arm, budget = ARMS[cell.arm], evaluations(cell).index(cell.budget)
    success, excess = played(cell, tests, cell.length)
    own = slice(place * learners.rows, (place + 1) * learners.rows)
    best = learners.values[:, own].max(axis=0)
    record = Record(
        evaluations(cell),
        [test.episodes for test in tests],
        success.tolist(),
        float(best.mean()),
        excess=_number(excess[budget]),
    )
    if arm.shared:
        record = replace(record, use=used(cell, tests[-1], cell.length).tolist())
    if (cell.arm, cell.length) != ("options", 2):
        return record
    triples, more = played(cell, tests, LENGTHS["triples"])
    fours, _ = played(cell, tests, LENGTHS["fours"])
    shuffled, replaced = controls(cell, tests[budget])
    return replace(
        record,
        triples=triples.tolist(),
        fours=fours.tolist(),
        shuffled=shuffled,
        replaced=replaced,
        excess_triples=_number(more[budget]),
        value=best.tolist(),
        action=tests[-1].actions.tolist(),
    )


def _number(value: float) -> float | None:
    return None if np.isnan(value) else float(value)


def controls(cell: Cell, greedy: Greedy) -> tuple[float, float]:
    """Return the success in triples, in percent, of sketches in a wrong order, mean of the five,
    and of sketches in which every symbol is replaced by another, mean of the nine ways."""
    shuffled, replaced = wrong_sketches()
    told = np.concatenate([shuffled, replaced])
    success = played(cell, [greedy] * len(told), 3, told)[0]
    return float(success[: len(shuffled)].mean()), float(success[len(shuffled) :].mean())


def wrong_sketches() -> tuple[np.ndarray, np.ndarray]:
    """Return what is told in controls: (5, 24, 3) and (9, 24, 3) symbols."""
    orders = tasks(3)
    shuffled = [orders[:, places] for places in [*permutations(range(3))][1:]]
    others = np.array([*permutations(range(LANDMARKS))])
    others = others[(others != np.arange(LANDMARKS)).all(axis=1)]
    return np.stack(shuffled), others[:, orders]


def played(
    cell: Cell,
    tests: Sequence[Greedy],
    length: int,
    told: np.ndarray | None = None,
) -> tuple[np.ndarray, np.ndarray]:
    """Play tasks greedily from fresh starts, the same at all evaluations.

    Args:
        cell: the learner.
        tests: t of its evaluations.
        length: of the tasks.
        told: the sketches of every evaluation (t, tasks, length), by default the tasks' own.

    Returns:
        Success in percent (t,), and the steps of solved episodes over the fewest moves (t,), NaN
        without any.
    """
    batch, act, choose = _prepared(cell, tests, length, told)
    success, steps = play(batch, act, choose, lambda _: None, certain=True)
    over = np.where(success, steps - optimum(batch.start, batch.goals), 0)
    over, success = over.reshape(len(tests), -1), success.reshape(len(tests), -1)
    excess = over.sum(axis=1) / np.maximum(success.sum(axis=1), 1)
    return 100 * success.mean(axis=1), np.where(success.any(axis=1), excess, np.nan)


def used(cell: Cell, greedy: Greedy, length: int) -> np.ndarray:
    """Return the percent of all steps of a test by option (4,), of a learner of shared ones."""
    count = np.zeros(LANDMARKS)

    def keep(step: Step) -> None:
        count[:] += np.bincount(step.rows // CELLS % LANDMARKS, minlength=LANDMARKS)

    play(*_prepared(cell, [greedy], length, None), keep)
    return 100 * count / count.sum()


def _prepared(
    cell: Cell, tests: Sequence[Greedy], length: int, told: np.ndarray | None
) -> tuple[Batch, Act, Choose]:
    arm, size = ARMS[cell.arm], sizes(cell)
    orders = tasks(length)
    goals, start = episodes(cell, orders)
    test, task = np.divmod(np.arange(len(tests) * len(start)), len(start))
    task //= cell.starts
    sketches = np.stack([orders] * len(tests)) if told is None else told
    sketch = np.repeat(sketches, cell.starts, axis=1).reshape(-1, length)
    own = 0 if arm.shared else task * (size.tables // len(orders))
    batch = Batch(
        arm.by,
        np.tile(start, len(tests)),
        np.tile(goals, (len(tests), 1)),
        (test * size.tables + own) * CELLS,
    )
    actions = np.concatenate([one.actions for one in tests]).astype(np.int64)
    options = np.concatenate([one.options for one in tests]).astype(np.int64)

    def choose(ended: np.ndarray, ids: np.ndarray, last: np.ndarray) -> np.ndarray:
        if not size.orders:
            return sketch[ids, ended]
        place = task[ids] * length + ended
        return options[test[ids] * size.orders + place * (LANDMARKS + 1) + last]

    return batch, lambda time, ids, rows: actions[rows], choose


def episodes(cell: Cell, orders: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the goals and the starts of a test: (n, length) and (n,) cells, every task in a row
    from `starts` free cells."""
    where = landmarks(NAME, cell.replicate)
    draw = stream(NAME, "test", cell.replicate)
    start = draw.choice(free(where), size=len(orders) * cell.starts)
    return np.repeat(where[orders], cell.starts, axis=0), start


def _random(cell: Cell) -> Record:
    """Uniform moves in tasks of all lengths."""
    draw = stream(NAME, "random", cell.replicate)

    def act(time: int, ids: np.ndarray, rows: np.ndarray) -> np.ndarray:
        return draw.integers(STOP, size=len(ids))

    def solved(length: int) -> list[float]:
        goals, start = episodes(cell, tasks(length))
        batch = Batch("none", start, goals, np.zeros(len(start), dtype=np.int64))
        return [100 * float(play(batch, act, lambda _, ids, last: last, lambda _: None)[0].mean())]

    return Record([0], [0], solved(2), 0.0, triples=solved(3), fours=solved(4))
