"""The results of a lab as an immutable table: one row per trained network.

A row holds the cell's fields (what was asked) and the record's fields (what was measured).
A table may be partly filled: an arm that has not been trained is an empty selection, not an error.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, fields
from types import MappingProxyType
from typing import Any

from labs.kit.checks import known


class Table:
    """Rows of a lab's results.

    Args:
        rows: one mapping per trained network, each with an integer `replicate`.

    Raises:
        ValueError: a row has no `replicate`.

    >>> table = Table([
    ...     {"model": "mlp", "replicate": 0, "accuracy": 68.0},
    ...     {"model": "cnn", "replicate": 0, "accuracy": 94.0},
    ...     {"model": "cnn", "replicate": 1, "accuracy": 93.5},
    ... ])
    >>> len(table), table.replicates
    (3, [0, 1])
    >>> table.where(model="cnn").column("accuracy")
    [94.0, 93.5]
    >>> table.values("accuracy", model="cnn")
    {0: 94.0, 1: 93.5}
    """

    def __init__(self, rows: Iterable[Mapping[str, Any]]) -> None:
        self.rows: tuple[Mapping[str, Any], ...] = tuple(MappingProxyType(dict(r)) for r in rows)
        for row in self.rows:
            if "replicate" not in row:
                raise ValueError(f"every row must have a 'replicate', got {sorted(row)}")
        self._columns = tuple(dict.fromkeys(name for row in self.rows for name in row))

    def __len__(self) -> int:
        return len(self.rows)

    def __iter__(self) -> Iterator[Mapping[str, Any]]:
        return iter(self.rows)

    @property
    def replicates(self) -> list[int]:
        """The replicates present, in ascending order."""
        return sorted({row["replicate"] for row in self.rows})

    @property
    def count(self) -> int:
        """One more than the largest replicate: how many there are when all are there."""
        return max(self.replicates, default=-1) + 1

    def first(self, count: int) -> "Table":
        """Return the rows of the first `count` replicates, numbers 0 to `count` - 1."""
        return self._chosen(row for row in self.rows if row["replicate"] < count)

    def where(self, **equals: Any) -> "Table":
        """Return the rows whose columns equal the given values, in the same order.

        Raises:
            ValueError: the table has rows, and a name is no column of it.
        """
        # An empty table knows no columns; a selection remembers those of the table it came from.
        for name in equals if self._columns else ():
            known("column", name, self._columns)
        return self._chosen(
            r for r in self.rows if all(n in r and r[n] == v for n, v in equals.items())
        )

    def _chosen(self, rows: Iterable[Mapping[str, Any]]) -> "Table":
        chosen = Table(rows)
        chosen._columns = self._columns
        return chosen

    def column(self, name: str) -> list[Any]:
        """Return one column as a list, in row order; empty for an empty table.

        Raises:
            ValueError: a row does not have this column.
        """
        return [row[known("column", name, row)] for row in self.rows]

    def values(self, column: str, **equals: Any) -> dict[int, Any]:
        """Return `{replicate: value}` of one column over the rows selected by `equals`.

        Raises:
            ValueError: a name is no column, or two selected rows have the same replicate; the
                message names the columns in which they differ, one of which is missing from
                `equals`.
        """
        rows: dict[int, Mapping[str, Any]] = {}
        for row in self.where(**equals):
            first = rows.setdefault(row["replicate"], row)
            if first is not row:
                differ = [n for n in row if n != column and n in first and first[n] != row[n]]
                raise ValueError(
                    f"replicate {row['replicate']} occurs twice for {equals}: "
                    f"the rows differ in {', '.join(differ) or 'nothing'}"
                )
        return {r: row[known("column", column, row)] for r, row in rows.items()}


def measured(record: Any) -> dict[str, Any]:
    """Return what a record holds, without the fields that it leaves at a default of None: what has
    not been measured of this cell."""
    values = {item.name: getattr(record, item.name) for item in fields(record)}
    unset = {i.name for i in fields(record) if i.default is None and values[i.name] is None}
    return {name: value for name, value in values.items() if name not in unset}


def row(cell: Any, record: Any) -> dict[str, Any]:
    """Return the row of a table that a cell and its record are."""
    return asdict(cell) | measured(record)
