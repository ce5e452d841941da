"""Tasks: what is asked of a signal, on the output side.

Labels are canonical: they are made of the digit and of the place where it stood before a domain
changed the signal, so that a domain and a task can be learned apart and composed. The tasks are
ours; what they are for is told by Pfeiffer, Ruder, Vulic and Ponti 2023, "Modular Deep Learning",
arXiv:2302.11529.
"""

from collections.abc import Callable
from dataclasses import dataclass
from itertools import count

import numpy as np

from labs.data.domains import Array
from labs.data.mnist1d import CLASSES
from labs.data.signals import Signals
from labs.kit import seeds
from labs.kit.checks import known
from mnist1d.checks import whole


@dataclass(frozen=True)
class Task:
    """A question with a fixed number of answers.

    Attributes:
        classes: how many answers there are.
        new_head: whether a network gets a new last layer for it; otherwise it answers with the
            head that it learned the digits with.
        rule: (signals, replicate) -> the answers (n,), from 0 to `classes` - 1.
    """

    classes: int
    new_head: bool
    rule: Callable[[Signals, int], Array]

    def labels(self, signals: Signals, replicate: int) -> Array:
        """The right answers (n,) int64.

        Args:
            signals: of any domain.
            replicate: whose permutation of the labels, where the task has one.

        Raises:
            TypeError, ValueError: other things than signals; a replicate that is no integer of at
                least 0.

        >>> signals = Signals(np.zeros((3, 40), "f4"), np.array([0, 4, 7]), np.array([0, 0.3, 0.9]))
        >>> for name, task in TASKS.items():
        ...     print(name, task.labels(signals, 0).tolist())
        digit [0, 4, 7]
        permuted [2, 6, 1]
        parity [0, 0, 1]
        large [0, 0, 1]
        quartile [0, 1, 3]
        """
        if not isinstance(signals, Signals):
            raise TypeError(f"signals must be Signals, got {type(signals).__name__}")
        return self.rule(signals, whole("replicate", replicate, 0)).astype(np.int64)


TASKS: dict[str, Task] = {
    "digit": Task(CLASSES, False, lambda signals, _: signals.y),
    "permuted": Task(CLASSES, False, lambda signals, replicate: permutation(replicate)[signals.y]),
    "parity": Task(2, True, lambda signals, _: signals.y % 2),
    "large": Task(2, True, lambda signals, _: signals.y >= 5),
    "quartile": Task(4, True, lambda signals, _: 4 * signals.position),
}


def named(task: Task | str) -> Task:
    """The task of a name in `TASKS`, or the task itself.

    Raises:
        ValueError: an unknown name; the message offers the nearest.

    >>> named("parity").classes
    2
    """
    return task if isinstance(task, Task) else TASKS[known("task", task, TASKS)]


def permutation(replicate: int) -> Array:
    """The label (10,) that the task ``permuted`` gives to each digit; no digit keeps its own.

    Drawn for each replicate, uniform over all permutations without a fixed point.

    Raises:
        TypeError, ValueError: a replicate that is no integer of at least 0.

    >>> permutation(0).tolist()
    [2, 4, 5, 7, 6, 3, 9, 1, 0, 8]
    """
    stream = seeds.stream("tasks", "permutation of the labels", replicate)
    orders = (stream.permutation(CLASSES) for _ in count())
    return next(order for order in orders if (order != np.arange(CLASSES)).all())
