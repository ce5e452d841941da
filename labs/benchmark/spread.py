"""How far a level spreads, and by what."""

import math

from labs.benchmark.grid import SOURCES
from labs.benchmark.measures import of_all_else, of_source, of_test_set
from labs.kit.intervals import Interval, deviation, interval_or_none
from labs.kit.table import Table


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
