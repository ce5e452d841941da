"""How far a level spreads, and by what."""

import math

import numpy as np
from scipy.special import chdtri

from labs.benchmark.grid import SOURCES
from labs.benchmark.measures import of_all_else, of_source, of_test_set
from labs.kit.intervals import Interval, interval_or_none
from labs.kit.measures import Values
from labs.kit.table import Table


def deviation(parts: Values, freedom: int) -> Interval | None:
    """The root of a mean of squared deviations with the 95 % interval of a standard deviation, or
    None of no parts.

    Args:
        parts: by replicate, squares whose mean estimates a variance of normal values.
        freedom: how many of them are free.

    >>> found = deviation({0: 1.0, 1: 1.0, 2: 4.0}, 3)
    >>> f"{found.mean:.2f} [{found.low:.2f}, {found.high:.2f}]"
    '1.41 [0.80, 5.27]'
    """
    if not parts or freedom < 1:
        return None
    variance = float(np.mean([*parts.values()]))
    low, high = (math.sqrt(variance * freedom / chdtri(freedom, tail)) for tail in (0.025, 0.975))
    return Interval(math.sqrt(variance), low, high)


def deviations(table: Table, model: str) -> dict[str, Interval | None]:
    """Standard deviations of a net's level in points, by what is drawn anew: one source, all of
    them, the 1000 examples of a test set."""
    found = {name: of_source(model, source)(table) for source, name in SOURCES.items()}
    spread = {name: deviation(parts, len(parts)) for name, parts in found.items()}
    together = of_all_else(model)(table)
    spread["all three"] = deviation(together, len(together) - 1)
    sets = of_test_set(model)(table)
    # The sets of a network have 49 free parts, so that its variances differ less than roots show.
    roots = interval_or_none({replicate: math.sqrt(part) for replicate, part in sets.items()})
    return spread | {"1000 test examples": roots}
