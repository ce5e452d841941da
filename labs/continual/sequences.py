"""Sequences of five tasks: what is asked, and in which order.

In "domains" the digits are asked for in five changed worlds, in an order of the replicate, so that
a domain's difficulty and its place do not go together. In "permutations" the signals are clean and
five permutations rename the digits; no two of them agree on any digit, nor does one leave a digit
its name: who is not told the task can be right in one of the five at most. In "classes" the digits
of one new domain come in pairs.
"""

from functools import lru_cache
from typing import NamedTuple

import numpy as np

from labs.continual.grid import DOMAINS, NAME, NEW, TASKS
from labs.data.domains import Array
from labs.data.mnist1d import CLASSES
from labs.data.signals import draw
from labs.kit.checks import known
from labs.kit.seeds import stream

DIGITS = tuple(range(CLASSES))
BLOCK = 1000  # examples, in which a draw holds all digits alike


class Task(NamedTuple):
    """What is asked: a domain, the digits that occur, and the answer to each of the ten digits."""

    domain: str
    digits: tuple[int, ...] = DIGITS
    answers: tuple[int, ...] = DIGITS

    @property
    def allowed(self) -> tuple[int, ...]:
        """The answers that can be right.

        >>> Task("diff", (3, 7)).allowed
        (3, 7)
        """
        return tuple(sorted(self.answers[digit] for digit in self.digits))


def sequence(name: str, replicate: int) -> tuple[Task, ...]:
    """The five tasks of a replicate, in their order.

    Args:
        name: "domains", "permutations" or "classes".
        replicate: whose order and permutations they are.

    Raises:
        ValueError: an unknown name.

    >>> [task.domain for task in sequence("domains", 0)]
    ['ramp', 'reverse', 'stretch', 'diff', 'gain']
    >>> [task.digits for task in sequence("classes", 0)]
    [(0, 6), (3, 9), (5, 8), (1, 4), (2, 7)]
    """
    makers = {"domains": _domains, "permutations": _permutations, "classes": _classes}
    return makers[known("sequence", name, makers)](
        stream(NAME, f"tasks of the sequence {name}", replicate)
    )


def _domains(draws: np.random.Generator) -> tuple[Task, ...]:
    return tuple(Task(DOMAINS[place]) for place in draws.permutation(len(DOMAINS)))


def _permutations(draws: np.random.Generator) -> tuple[Task, ...]:
    # turns of one circle of the digits by different steps: no two agree anywhere
    circle = draws.permutation(CLASSES)
    place = np.argsort(circle)
    turns = 1 + draws.permutation(CLASSES - 1)[:TASKS]
    answers = (circle[(place + turn) % CLASSES] for turn in turns)
    return tuple(Task("clean", DIGITS, tuple(own.tolist())) for own in answers)


def _classes(draws: np.random.Generator) -> tuple[Task, ...]:
    pairs = np.sort(draws.permutation(CLASSES).reshape(TASKS, -1), axis=1)
    return tuple(Task(NEW, tuple(pair.tolist())) for pair in pairs)


@lru_cache(maxsize=1024)  # several methods on all sequences of ten replicates
def drawn(task: Task, replicate: int, count: int, purpose: str) -> tuple[Array, Array]:
    """Signals x (count, 40) float32 of a task and the right answers y (count,) int64, kept: not to
    be written to.

    Args:
        task: what is asked.
        replicate: whose draws of chance.
        count: how many, at least 1.
        purpose: names the draws.
    """
    among = -(-count * CLASSES // (len(task.digits) * BLOCK)) * BLOCK
    signals = draw(task.domain, replicate, among, f"{NAME}: {purpose}")
    places = np.flatnonzero(np.isin(signals.y, task.digits))[:count]
    return signals.x[places], np.array(task.answers)[signals.y[places]]
