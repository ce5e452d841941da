"""Which rows of the table are a data set's, and their numbers, one per replicate."""

from labs.kit.measures import Measure, Values, measured
from labs.kit.table import Table


def arm(table: Table, data: str, size: str = "map") -> Table:
    """The rows of a data set that has a map, at the largest ("map") or smallest ("small") size, or
    of the largest training set ("most")."""
    rows = [row for row in table.where(data=data) if row["perplexity"] or size == "most"]
    pick = min if size == "small" else max
    chosen = pick((row["train"] for row in rows), default=0)
    return Table(row for row in rows if row["train"] == chosen)


def level(column: str, data: str, size: str = "map") -> Measure:
    """A column of a data set's rows, chosen as `arm` does."""
    return measured(_level, column, data, size)


def _level(table: Table, column: str, data: str, size: str) -> Values:
    return arm(table, data, size).values(column)
