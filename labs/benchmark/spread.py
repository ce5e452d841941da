"""How far a level spreads, and by what."""

import math

from labs.benchmark.grid import NETS, ROUNDING, SOURCES
from labs.benchmark.measures import of_all_else, of_source, of_test_set
from labs.kit.intervals import Interval, deviation, interval_or_none
from labs.kit.table import Table


def deviations(table: Table) -> dict[str, dict[str, Interval | None]]:
    """Standard deviations of every net's level in points, net -> what is drawn anew -> deviation:
    one source of chance, of those that some net has, all of them, the 1000 examples of a test
    set."""
    names = SOURCES | {ROUNDING: "rounding alone"}
    parts = {
        name: {model: of_source(model, source)(table) for model in NETS}
        for source, name in names.items()
    }
    sources = {name: own for name, own in parts.items() if any(own.values())}
    found = {}
    for model in NETS:
        alone = {name: deviation(own[model], len(own[model])) for name, own in sources.items()}
        together = of_all_else(model)(table)
        # a network's sets have 49 free parts: its variances differ less than roots show
        sets = {r: math.sqrt(part) for r, part in of_test_set(model)(table).items()}
        found[model] = alone | {
            "all three": deviation(together, len(together) - 1),
            "1000 test examples": interval_or_none(sets),
        }
    return found
