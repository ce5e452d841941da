"""What a run says after its claims: chance, the number of examples, and what is not judged."""

from labs.embedding.grid import PLAIN, TITLES
from labs.embedding.measures import arm
from labs.embedding.published import NEIGHBOURS
from labs.kit.intervals import Interval, interval
from labs.kit.lab import Remark
from labs.kit.table import Table

PURITY = {"purity": "as they lie", "map_purity": "in the map", "purity_of_chance": "by chance"}
ACCURACY = {"knn_accuracy": "neighbours' vote", "logistic_accuracy": "logistic regression"}


def remarks(table: Table) -> list[Remark]:
    """Purity beside chance, accuracy by training examples, and how MNIST gets judged."""
    own = table.where(data=PLAIN)
    purity = {title: arm(table, data) for data, title in TITLES.items()}
    accuracy = {f"{n:,}": own.where(train=n) for n in sorted(set(own.column("train")))}
    found = [
        _means(f"Percent of the {NEIGHBOURS} nearest neighbours of one kind", "", purity, PURITY),
        _means("Percent read of MNIST-1D", "training examples", accuracy, ACCURACY),
    ]
    if not table.where(data="mnist"):
        found.append(Remark("MNIST is judged where its files are: --set data_dir=FOLDER."))
    return [remark for remark in found if remark]


def _means(
    text: str, head: str, groups: dict[str, Table], columns: dict[str, str]
) -> Remark | None:
    rows: tuple[tuple[str | Interval, ...], ...] = tuple(
        (name, *(interval(group.column(column)) for column in columns))
        for name, group in groups.items()
        if group
    )
    return Remark(text, (head, *columns.values()), rows, ".1f") if rows else None
