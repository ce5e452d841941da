"""Tabular learners of many tasks in many worlds, all episodes stepped at once as arrays.

A round is one episode of every task of every replicate. After it, its steps are swept backwards by
Q-learning. Moves are certain, so their rate is 1: the value of a move is the discounted best of
the cell that it leads to. What a STOP is worth depends on what comes after it, which a sub-policy
does not see: its value is the mean success of the episodes in which it was taken. (The next
symbol's values, as a target, would promise the same wherever it is taken.) The end of a solved
episode stops the sub-policy that runs, so that it, too, gets its reward by a STOP. Tasks
that change one number of a shared table in the same step change it by the mean of their changes.

Sources: options and intra-option learning, Sutton, Precup & Singh 1999; sub-policies that tasks
share by symbols, with STOP, Andreas, Klein & Levine 2017 (arXiv:1611.01796), who use policy
gradients and returns where we use values and mean success.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from labs.kit.seeds import stream
from labs.options.grid import ARMS, NAME, Cell
from labs.options.world import CELLS, LANDMARKS, LIMIT, STOP, free, landmarks, next_cells, tasks

TIE = 1e-6  # noise that chooses among moves of equal value
NONE = LANDMARKS  # what stands for the last option before any has run
STOPPING = 0.2  # of random actions, as of five actions one
NEXT = next_cells().ravel()


class Sizes(NamedTuple):
    """How many numbers a learner has."""

    tables: int  # of values, each by cell
    actions: int
    orders: int  # rows of the values of options, 0 where their order is told


def sizes(cell: Cell) -> Sizes:
    """Return the sizes of a cell's learner."""
    arm, count = ARMS[cell.arm], len(tasks(cell.length))
    of_task = {"symbol": 1, "progress": cell.length, "position": cell.length, "none": 1}[arm.by]
    rows = count * cell.length * (LANDMARKS + 1) if arm.planned == "learned" else 0
    tables = LANDMARKS if arm.shared else count * of_task
    return Sizes(tables, STOP + 1 if arm.stops else STOP, rows)


def initial(cell: Cell) -> tuple[np.ndarray, np.ndarray]:
    """Return the values at the start: of actions (tables * 81, actions), and of options (orders, 4)
    float64. Noise far below `TIE` chooses among equals when the learner is greedy."""
    size = sizes(cell)
    values = stream(NAME, "values", cell.replicate).random((size.tables * CELLS, size.actions))
    values = ARMS[cell.arm].first + values * 1e-9
    values[:, STOP:] *= -1  # nothing is stopped without a reason
    orders = stream(NAME, "orders", cell.replicate).random((size.orders, LANDMARKS))
    return values, orders * 1e-9


class Draws:
    """The draws of a replicate, one round after another: the same for all its arms."""

    def __init__(self, cell: Cell) -> None:
        self.count, self.length = len(tasks(cell.length)), cell.length
        self.free = free(landmarks(NAME, cell.replicate))
        self.starts, self.actions, self.orders = (
            stream(NAME, purpose, cell.replicate) for purpose in ("starts", "explore", "order")
        )

    def start(self) -> np.ndarray:
        """Cells in which the tasks start: (tasks,)."""
        return self.free[self.starts.integers(len(self.free), size=self.count)]

    def noise(self) -> np.ndarray:
        """Float32 (steps, 5, tasks): for ties of moves (uniform below `TIE`), and to explore."""
        drawn = self.actions.random((LIMIT * self.length, STOP + 1, self.count), dtype=np.float32)
        drawn[:, :STOP] *= np.float32(TIE)
        return drawn

    def order(self) -> np.ndarray:
        """Float64 (length, tasks, 5): the same for the choice of each option of an episode."""
        drawn = self.orders.random((self.length, self.count, LANDMARKS + 1))
        drawn[..., :LANDMARKS] *= TIE
        return drawn


@dataclass(frozen=True)
class Batch:
    """Episodes to play: n of tasks of one length.

    Args:
        by: what tells tables apart, as in `Arm`.
        start: cells (n,).
        goals: cells of the landmarks in their order (n, length).
        origin: the row of the values at which an episode's tables start (n,).
    """

    by: str
    start: np.ndarray
    goals: np.ndarray
    origin: np.ndarray


class Step(NamedTuple):
    """One step of the episodes that have not ended."""

    ids: np.ndarray  # which episodes (m,)
    rows: np.ndarray  # of the values, before the step (m,)
    actions: np.ndarray  # (m,)
    after: np.ndarray  # rows after the step (m,)
    won: np.ndarray  # bool (m,)


class Outcome(NamedTuple):
    """How episodes ended: success bool (n,), and the steps they took (n,)."""

    success: np.ndarray
    steps: np.ndarray


Act = Callable[[int, np.ndarray, np.ndarray], np.ndarray]
Choose = Callable[[np.ndarray, np.ndarray, np.ndarray], np.ndarray]


def play(
    batch: Batch,
    act: Act,
    choose: Choose,
    keep: Callable[[Step], None],
    *,
    certain: bool = False,
) -> Outcome:
    """Play episodes until they are solved, out of options or out of time.

    Args:
        batch: the episodes.
        act: (step, ids, rows) -> actions.
        choose: (how many options have ended, ids, the last one) -> symbols of the next.
        keep: sees every step.
        certain: actions depend on rows alone, so that who is where he was one or two moves ago
            stays there: such episodes end early, as not solved, by `steps` after all their time.
    """
    n, length = batch.goals.shape
    goals = np.column_stack([batch.goals, np.full(n, -1)]).ravel()
    ids, cell, origin = np.arange(n), batch.start, batch.origin
    visited, ended, none = (np.zeros(n, dtype=np.int64) for _ in range(3))
    symbol = choose(ended, ids, none + NONE)
    success, steps = np.zeros(n, dtype=bool), np.full(n, LIMIT * length)

    def rows() -> np.ndarray:
        if batch.by == "symbol":
            return origin + CELLS * symbol + cell
        table = {"progress": visited, "position": ended, "none": none}[batch.by]
        return origin + CELLS * np.minimum(table, length - 1) + cell  # that of the end is not read

    before, earlier = rows(), none - 1
    for time in range(LIMIT * length):
        actions = act(time, ids, before)
        cell = NEXT[cell * (STOP + 1) + actions]
        stopped = actions == STOP
        visited = visited + ((cell == goals[ids * (length + 1) + visited]) & ~stopped)
        ended = ended + stopped
        won = visited == length
        on = np.flatnonzero(stopped & (ended < length))
        if len(on):
            symbol = symbol.copy()
            symbol[on] = choose(ended[on], ids[on], symbol[on])
        after = rows()
        keep(Step(ids, before, actions, after, won))
        over = won | (ended == length)
        if certain:
            idle = ~stopped & ((after == before) | (after == earlier))
            earlier = np.where(stopped, -1, before)
            over |= idle
        if over.any():
            success[ids[won]] = True
            steps[ids[over]] = time + 1
            left = ~over
            if certain:
                steps[ids[idle & ~won]] = LIMIT * length
                earlier = earlier[left]
            ids, cell, origin, none = ids[left], cell[left], origin[left], none[left]
            visited, ended, symbol, after = visited[left], ended[left], symbol[left], after[left]
            if not len(ids):
                break
        before = after
    return Outcome(success, steps)


class Learners:
    """The learners of a stack of cells, which differ in their replicates alone.

    Args:
        cells: of one arm and length.
        values: of sub-policies learned before, as the attribute; they stay.

    Attributes:
        values: of actions, float64 (actions, replicates * rows): the best of few actions is found
            several times faster along the first axis than along the last.
        orders: of options, where their order is learned (replicates * rows of `Sizes.orders`, 4).
    """

    def __init__(self, cells: Sequence[Cell], values: np.ndarray | None = None) -> None:
        self.cell, self.arm, self.size = cells[0], ARMS[cells[0].arm], sizes(cells[0])
        starts = [initial(cell) for cell in cells]
        self.given = values is not None
        fresh = np.ascontiguousarray(np.concatenate([own for own, _ in starts]).T)
        self.values = fresh if values is None else values
        self.orders = np.concatenate([own for _, own in starts])
        self.draws = [Draws(cell) for cell in cells]
        self.places = np.stack([landmarks(NAME, cell.replicate) for cell in cells])
        self.tasks = tasks(self.cell.length)
        self.taken = np.zeros(self.values.size, dtype=np.int64)

    @property
    def rows(self) -> int:
        """Rows of the values of one learner."""
        return self.size.tables * CELLS

    def round(self, active: np.ndarray) -> np.ndarray:
        """Play one episode of every task in the active replicates (a,) and learn from them.

        Returns:
            The steps that each replicate took: (a,).
        """
        count, draws = len(self.tasks), [self.draws[replicate] for replicate in active]
        replicate, task = np.repeat(active, count), np.tile(np.arange(count), len(active))
        sketch = self.tasks[task]
        own = 0 if self.arm.shared else task * (self.rows // count)
        batch = Batch(
            self.arm.by,
            np.concatenate([draw.start() for draw in draws]),
            self.places[replicate[:, None], sketch],
            replicate * self.rows + own,
        )
        noise = np.concatenate([draw.noise() for draw in draws], axis=2)
        history: list[Step] = []
        choices: list[tuple[np.ndarray, np.ndarray, np.ndarray]] = []

        def act(time: int, ids: np.ndarray, rows: np.ndarray) -> np.ndarray:
            return self._act(rows, noise[time].take(ids, axis=1))

        def told(ended: np.ndarray, ids: np.ndarray, last: np.ndarray) -> np.ndarray:
            return sketch[ids, ended]

        def chosen(ended: np.ndarray, ids: np.ndarray, last: np.ndarray) -> np.ndarray:
            rows = (first[ids] + ended) * (LANDMARKS + 1) + last
            drawn = luck[ended, ids]
            random = drawn[:, LANDMARKS:] < self.cell.explore
            found = np.where(random, 0, self.orders[rows]) + drawn[:, :LANDMARKS]
            choices.append((ids, rows, found.argmax(axis=1)))
            return choices[-1][-1]

        learned = self.arm.planned == "learned"
        if learned:
            luck = np.concatenate([draw.order() for draw in draws], axis=1)
            first = (replicate * count + task) * self.cell.length
        success, steps = play(batch, act, chosen if learned else told, history.append)
        if not self.given:
            self._sweep(history, success)
        if learned:  # each row belongs to one episode
            ids, rows, symbols = map(np.concatenate, zip(*choices, strict=True))
            change = success[ids] - self.orders[rows, symbols]
            self.orders[rows, symbols] += self.cell.order_rate * change
        return steps.reshape(len(active), count).sum(axis=1)

    def _act(self, rows: np.ndarray, drawn: np.ndarray) -> np.ndarray:
        values, luck = self.values.take(rows, axis=1), drawn[STOP]
        explore = 0.0 if self.given else self.cell.explore
        random = luck < explore
        moves = np.where(random, 0, values[:STOP]) + drawn[:STOP]
        actions = moves.argmax(axis=0)
        if self.arm.stops:
            better = values[STOP] > moves.max(axis=0)
            stopped = np.where(random, luck < explore * STOPPING, better)
            actions[stopped] = STOP
        return actions

    def _sweep(self, history: list[Step], success: np.ndarray) -> None:
        for ids, rows, actions, after, won in reversed(history):
            if self.arm.stops and won.any():
                self._update(after[won], STOP, 1.0, self.cell.rate)
            ahead = self.cell.discount * self.values.take(after, axis=1).max(axis=0)
            if self.arm.stops:
                stopped = actions == STOP
                rates = np.where(stopped, self.cell.rate, 1.0)
                self._update(rows, actions, np.where(stopped, success[ids], ahead), rates)
            else:
                self._update(rows, actions, np.where(won, 1.0, ahead), 1.0)

    def _update(
        self,
        rows: np.ndarray,
        actions: np.ndarray | int,
        target: np.ndarray | float,
        rate: np.ndarray | float,
    ) -> None:
        values, places = self.values.reshape(-1), actions * self.values.shape[1] + rows
        change = rate * (target - values[places])
        if self.arm.shared:
            np.add.at(self.taken, places, 1)
            np.add.at(values, places, change / self.taken[places])
            self.taken[places] = 0
        else:
            values[places] += change
