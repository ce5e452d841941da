"""Tasks of two latent skills: digits whose signals were changed twice.

A skill undoes one change of the input; a task is a pair of two of the six, so there are 15, of
which a replicate's networks see 11. (This lab's specification asks for 12 tasks of 5 skills, which
have 10 pairs only.) Changes act in the order of `labs.data.domains.Domain`, whatever the pair's.
Nothing in a task's signals or labels names its skills: which tasks share one must be found out.
"""

from collections.abc import Sequence
from functools import lru_cache
from itertools import combinations
from typing import Any

import numpy as np

from labs.data.domains import Domain
from labs.kit import seeds
from labs.routing.grid import NAME, SKILLS, UNSEEN

Pair = tuple[str, str]

CHANGES: dict[str, dict[str, Any]] = {
    "reverse": {"reverse": True},
    "ramp": {"ramp": 2},
    "diff": {"diff": True},
    "stretch": {"stretch": 1},
    "square": {"square": True},
    "gain": {"gain": 0.3},
}
PAIRS: tuple[Pair, ...] = tuple(combinations(SKILLS, 2))
LEAST = 3  # seen pairs that every skill is in, of 5


def domain(pair: Pair) -> Domain:
    """The domain of a pair's signals.

    Raises:
        KeyError: a skill that there is none of.

    >>> domain(("ramp", "reverse"))
    Domain(reverse=True, ramp=2)
    """
    return Domain(**{name: value for skill in pair for name, value in CHANGES[skill].items()})


@lru_cache(maxsize=256)
def split(replicate: int) -> tuple[tuple[Pair, ...], tuple[Pair, ...]]:
    """A replicate's pairs: those that networks are trained on (11,), and those they are not (4,).

    Drawn uniformly among the splits in which every skill is in three seen pairs or more.

    Raises:
        TypeError, ValueError: a replicate that is no integer of at least 0.

    >>> seen, unseen = split(0)
    >>> len(seen), unseen[:2]
    (11, (('reverse', 'ramp'), ('reverse', 'square')))
    """
    stream = seeds.stream(NAME, "pairs of skills", replicate)
    while True:
        out = set(stream.choice(len(PAIRS), UNSEEN, replace=False).tolist())
        seen = tuple(pair for place, pair in enumerate(PAIRS) if place not in out)
        if truth(seen).sum(0).min() >= LEAST:
            return seen, tuple(PAIRS[place] for place in sorted(out))


def truth(pairs: Sequence[Pair]) -> np.ndarray[Any, Any]:
    """Which skills are in which pairs, 0 and 1 (pairs, skills) int64.

    >>> truth((("reverse", "diff"), ("ramp", "gain"))).tolist()
    [[1, 0, 1, 0, 0, 0], [0, 1, 0, 0, 0, 1]]
    """
    return np.array([[int(skill in pair) for skill in SKILLS] for pair in pairs])
