"""The usual way: one environment at a time, one step at a time, in plain Python.

The baseline of `python -m labs bench options`, and the oracle of the tests: with the same draws it
has the same values, to the last bit.
"""

from collections.abc import Callable
from typing import Any

import numpy as np

from labs.options.grid import ARMS, NAME, Cell, evaluations
from labs.options.learning import NONE, STOPPING, Draws, initial
from labs.options.training import episodes, wrong_sketches
from labs.options.world import CELLS, LANDMARKS, LIMIT, STOP, landmarks, next_cells, tasks

NEXT = next_cells().tolist()
Seen = tuple[int, int, int, bool]  # row, action, row after, solved


class Plain:
    """The learner of one cell.

    Attributes:
        values: of actions by row, lists as `labs.options.learning.initial` has arrays.
        orders: of options by row.
        used: environment steps.
        rounds: episodes of each task.
    """

    def __init__(self, cell: Cell) -> None:
        self.cell, self.arm = cell, ARMS[cell.arm]
        self.values, self.orders = (own.tolist() for own in initial(cell))
        self.draws, self.tasks = Draws(cell), tasks(cell.length).tolist()
        self.places = landmarks(NAME, cell.replicate).tolist()
        self.used = self.rounds = 0

    def round(self) -> None:
        """Play one episode of every task and learn from them."""
        learned = self.arm.planned == "learned"
        starts = self.draws.start().tolist()
        noise = self.draws.noise().transpose(0, 2, 1).tolist()
        luck = self.draws.order().tolist() if learned else None
        histories: list[list[Seen]] = []
        choices: list[list[tuple[int, int]]] = []
        for task, start in enumerate(starts):
            made: list[tuple[int, int]] = []
            goals = [self.places[symbol] for symbol in self.tasks[task]]
            act = self._actor(task, noise)
            choose = self._chooser(task, luck, made)
            histories.append(self._episode(task, start, goals, act, choose))
            choices.append(made)
        self._sweep(histories)
        for history, made in zip(histories, choices, strict=True):
            for row, symbol in made:
                change = float(history[-1][3]) - self.orders[row][symbol]
                self.orders[row][symbol] += self.cell.order_rate * change
        self.used += sum(map(len, histories))
        self.rounds += 1

    def _chooser(self, task: int, luck: Any, made: list[Any]) -> Callable[[int, int], int]:
        def choose(ended: int, last: int) -> int:
            if luck is None:
                return int(self.tasks[task][ended])
            row = (task * self.cell.length + ended) * (LANDMARKS + 1) + last
            *ties, chance = luck[ended][task]
            known = [0.0] * LANDMARKS if chance < self.cell.explore else self.orders[row]
            made.append((row, _best([a + b for a, b in zip(known, ties, strict=True)])))
            return made[-1][1]

        return choose

    def solved(self, length: int, told: Any = None) -> float:
        """Percent of the episodes of a test that the greedy learner solves.

        Args:
            length: of the tasks.
            told: their sketches, by default their own.
        """
        goals, starts = episodes(self.cell, tasks(length))
        sketches = tasks(length).tolist() if told is None else told
        won = 0
        for place, (own, start) in enumerate(zip(goals.tolist(), starts.tolist(), strict=True)):
            task = place // self.cell.starts
            choose = self._greedy_chooser(task, sketches[task])
            won += self._episode(task, start, own, self._greedy, choose)[-1][3]
        return 100 * won / len(starts)

    def _greedy(self, time: int, row: int) -> int:
        return _best(self.values[row])

    def _greedy_chooser(self, task: int, sketch: list[int]) -> Callable[[int, int], int]:
        def choose(ended: int, last: int) -> int:
            if self.arm.planned == "told":
                return sketch[ended]
            row = (task * self.cell.length + ended) * (LANDMARKS + 1) + last
            return _best(self.orders[row])

        return choose

    def _actor(self, task: int, noise: Any) -> Callable[[int, int], int]:
        return lambda time, row: self._act(self.values[row], noise[time][task])

    def _episode(
        self,
        task: int,
        start: int,
        goals: list[int],
        act: Callable[[int, int], int],
        choose: Callable[[int, int], int],
    ) -> list[Seen]:
        length, cell, visited, ended = len(goals), start, 0, 0
        symbol = choose(0, NONE)
        row, history = self._row(task, symbol, visited, ended, cell), []
        for time in range(LIMIT * length):
            action = act(time, row)
            cell = NEXT[cell][action]
            if action == STOP:
                ended += 1
                symbol = choose(ended, symbol) if ended < length else symbol
            elif cell == goals[visited]:
                visited += 1
            after = self._row(task, symbol, visited, ended, cell)
            won = visited == length
            history.append((row, action, after, won))
            if won or ended == length:
                break
            row = after
        return history

    def _row(self, task: int, symbol: int, visited: int, ended: int, cell: int) -> int:
        if self.arm.shared:
            return symbol * CELLS + cell
        length = self.cell.length
        count = 1 if self.arm.by == "none" else length
        table = {"progress": visited, "position": ended, "none": 0}[self.arm.by]
        return (task * count + min(table, length - 1)) * CELLS + cell

    def _act(self, values: list[float], drawn: list[float]) -> int:
        *ties, luck = drawn
        random = luck < self.cell.explore
        moves = ties if random else [a + b for a, b in zip(values[:STOP], ties, strict=True)]
        if self.arm.stops:
            worth = luck < self.cell.explore * STOPPING if random else values[STOP] > max(moves)
            if worth:
                return STOP
        return _best(moves)

    def _sweep(self, histories: list[list[Seen]]) -> None:
        for time in reversed(range(max(map(len, histories)))):
            now = [history[time] for history in histories if time < len(history)]
            success = [float(h[-1][3]) for h in histories if time < len(h)]
            if self.arm.stops:
                won = [(after, STOP, 1.0, self.cell.rate) for _, _, after, solved in now if solved]
                self._update(won)
            self._update(
                [
                    (row, action, *self._target(action, after, solved, end))
                    for (row, action, after, solved), end in zip(now, success, strict=True)
                ]
            )

    def _target(self, action: int, after: int, solved: bool, end: float) -> tuple[float, float]:
        if action == STOP:
            return end, self.cell.rate
        if solved and not self.arm.stops:
            return 1.0, 1.0
        return self.cell.discount * max(self.values[after]), 1.0

    def _update(self, changes: list[tuple[int, int, float, float]]) -> None:
        places = [(row, action) for row, action, _, _ in changes]
        by = [rate * (end - self.values[row][action]) for row, action, end, rate in changes]
        for (row, action), change in zip(places, by, strict=True):
            same = places.count((row, action)) if self.arm.shared else 1
            self.values[row][action] += change / same


def _best(values: list[float]) -> int:
    return values.index(max(values))


def train(cell: Cell) -> None:
    """Train and test one learner as `labs.options.training.train` does."""
    learner = Plain(cell)
    pairs = (cell.arm, cell.length) == ("options", 2)
    lengths = (2, 3, 4) if pairs else (cell.length,)
    for end in evaluations(cell):
        while learner.used < end:
            learner.round()
        for length in lengths:
            learner.solved(length)
        if pairs and end == cell.budget:
            for told in np.concatenate(wrong_sketches()).tolist():
                learner.solved(3, told)
