"""What the notebook prints of its two outer loops, at the last step that it prints."""

from labs.hyperparameters.published import HORIZON, OBJECTIVE, PRINTED, TARGETS
from labs.kit.measures import Measure, Values, measured
from labs.kit.published import Published
from labs.kit.table import Table


def printed(column: str, start: float) -> Measure:
    """A column of the published loop from a start, at that step; none of a shorter loop."""
    return measured(_printed, column, start)


def _printed(table: Table, column: str, start: float) -> Values:
    paths = table.values(column, arm="published", horizon=HORIZON, start=start)
    return {r: path[PRINTED] for r, path in paths.items() if len(path) > PRINTED}


NUMBERS = [
    Published(
        what=f"learning rate at outer step {PRINTED}, from {start:g}",
        value=rate,
        unit="",
        measure=printed("rates", start),
    )
    for start, rate in TARGETS.items()
]
NUMBERS += [
    Published(
        what=f"mean training loss there, from {start:g}",
        value=OBJECTIVE,
        unit="nats",
        measure=printed("objective", start),
    )
    for start in TARGETS
]
