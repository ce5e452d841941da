"""What a run says after its claims."""

from collections.abc import Iterator, Mapping

from labs.embedding.grid import PLAIN, TITLES
from labs.embedding.measures import arm
from labs.embedding.published import NEIGHBOURS
from labs.kit.intervals import interval_or_none
from labs.kit.lab import Remark
from labs.kit.table import Table

PURITY = {"purity": "as they lie", "map_purity": "in the map", "purity_of_chance": "by chance"}
ACCURACY = {"knn_accuracy": "neighbours' vote", "logistic_accuracy": "logistic regression"}
PUBLISHED = {"knn_published": "neighbours' vote", "logistic_published": "logistic regression"}
TABLES = {  # of MNIST-1D
    "Percent read of fresh examples of MNIST-1D.": ACCURACY,
    "Percent read of the published test examples of MNIST-1D.": PUBLISHED,
}


def remarks(table: Table) -> list[Remark]:
    """Purity beside chance, and accuracy by training examples."""
    purity = {title: arm(table, data) for data, title in TITLES.items()}
    own = table.where(data=PLAIN)
    accuracy = {f"{n:,}": own.where(train=n) for n in sorted(set(own.column("train")))}
    text = f"Percent of the {NEIGHBOURS} nearest neighbours of one kind."
    return [
        *_means(text, "", purity, PURITY),
        *(
            remark
            for title, columns in TABLES.items()
            for remark in _means(title, "training examples", accuracy, columns)
        ),
    ]


def _means(
    text: str, head: str, groups: Mapping[str, Table], columns: Mapping[str, str]
) -> Iterator[Remark]:
    rows = [
        (name, *(interval_or_none(group.column(column)) for column in columns))
        for name, group in groups.items()
        if group
    ]
    yield Remark(text, (head, *columns.values()), tuple(rows), ".1f")
