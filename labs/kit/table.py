"""The results of a lab as an immutable table: one row per trained network.

A row holds the cell's fields (what was asked) and the record's fields (what was measured).
A table may be partly filled: an arm that has not been trained is an empty selection, not an error.
"""

from collections.abc import Iterable, Iterator, Mapping
from types import MappingProxyType
from typing import Any

from labs.kit.names import known


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
    >>> paired(table.values("accuracy", model="cnn"), table.values("accuracy", model="mlp"))
    [26.0]
    """

    def __init__(self, rows: Iterable[Mapping[str, Any]]) -> None:
        self.rows: tuple[Mapping[str, Any], ...] = tuple(MappingProxyType(dict(r)) for r in rows)
        for row in self.rows:
            if "replicate" not in row:
                raise ValueError(f"every row needs a 'replicate', this one has {sorted(row)}")
        self._columns = tuple(dict.fromkeys(name for row in self.rows for name in row))

    def __len__(self) -> int:
        return len(self.rows)

    def __iter__(self) -> Iterator[Mapping[str, Any]]:
        return iter(self.rows)

    @property
    def replicates(self) -> list[int]:
        """The replicates present, in ascending order."""
        return sorted({row["replicate"] for row in self.rows})

    def where(self, **equals: Any) -> "Table":
        """Return the rows whose columns equal the given values, in the same order.

        Raises:
            ValueError: the table has rows, and a name is no column of it.
        """
        # An empty table knows no columns; a selection remembers those of the table it came from.
        for name in equals if self._columns else ():
            known("column", name, self._columns)
        chosen = Table(r for r in self.rows if all(n in r and r[n] == v for n, v in equals.items()))
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


def paired(a: Mapping[int, float], b: Mapping[int, float]) -> list[float]:
    """Return `a - b` for every replicate that both have, in ascending order of the replicate."""
    return [a[r] - b[r] for r in sorted(a.keys() & b.keys())]
