"""What the notebook prints of its two outer loops: rates on the way, and losses."""

from labs.hyperparameters.published import HORIZON, LAST, LOWEST, OBJECTIVE, PRINTED, RATES
from labs.kit.measures import Measure, Values, measured
from labs.kit.published import Published
from labs.kit.table import Table


def printed(column: str, start: float, step: int = PRINTED) -> Measure:
    """A column of the published loop from a start, at an outer step; none of a shorter loop."""
    return measured(_printed, column, start, step)


def _printed(table: Table, column: str, start: float, step: int) -> Values:
    return {r: path[step] for r, path in _paths(table, column, start).items() if len(path) > step}


def lowest(column: str, start: float) -> Measure:
    """Its lowest value over the outer steps up to the last that is printed."""
    return measured(_lowest, column, start)


def _lowest(table: Table, column: str, start: float) -> Values:
    paths = _paths(table, column, start).items()
    return {r: min(path[: PRINTED + 1]) for r, path in paths if len(path) > PRINTED}


def _paths(table: Table, column: str, start: float) -> dict[int, list[float]]:
    return table.values(column, arm="published", horizon=HORIZON, start=start)


NUMBERS = [
    Published(
        what=f"learning rate at outer step {step}, from {start:g}",
        value=rate,
        unit="",
        measure=printed("rates", start, step),
    )
    for start, rates in RATES.items()
    for step, rate in rates.items()
]
NUMBERS += [
    Published(
        what=f"mean training loss at outer step {PRINTED}, from {start:g}",
        value=OBJECTIVE,
        unit="nats",
        measure=printed("objective", start),
    )
    for start in RATES
]
NUMBERS += [
    Published(
        what=f"loss of the last training step there, from {start:g}",
        value=loss,
        unit="nats",
        measure=printed("last", start),
    )
    for start, loss in LAST.items()
]
NUMBERS += [
    Published(
        what=f"the lowest of these over outer steps, from {start:g}",
        value=loss,
        unit="nats",
        measure=lowest("last", start),
    )
    for start, loss in LOWEST.items()
]
