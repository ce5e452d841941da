"""What figures and remarks share: names, and what of a table there is to show."""

from labs.composition.grid import METHODS
from labs.composition.measures import Lists, in_pairs, mean_of, of
from labs.kit.measures import Values
from labs.kit.table import Table
from labs.nn.modules.methods import METHODS as ALL_METHODS

VARIANTS = {  # of domain modules: their signal and layers
    "labels": ("labels", "all"),
    "pairs with clean signals": ("pairs", "all"),
    "signals alone": ("samples", "all"),
    "labels, blocks apart": ("labels", "apart"),
}
OF_LINES = {
    "full": "whole networks, one base",
    "full-bases": "whole networks, two bases",
    "adapter": "adapters, one start",
    "adapter-starts": "adapters, two starts",
    "lora": "LoRA, one start",
    "lora-starts": "LoRA, two starts",
}


def name_of(method: str) -> str:
    """A method's name without its size, as no two sizes of one are composed.

    >>> name_of("lora"), name_of("lt-sft")
    ('LoRA', 'LT-SFT')
    """
    label = ALL_METHODS[method].label
    return label.split(" ")[0] if method in METHODS else label


def measured(table: Table) -> list[str]:
    """The methods of which modules were composed, in their order."""
    found = {row["method"] for row in table if row["question"] == "pairs"}
    return [name for name in dict.fromkeys((*METHODS, *ALL_METHODS)) if name in found]


def varied(table: Table) -> list[str]:
    """The methods of which more than one kind of domain modules was composed."""
    beyond = {r["method"] for r in table if (r["signal"], r["layers"]) != ("labels", "all")}
    return [name for name in measured(table) if name in beyond]


def arm(table: Table, name: str, method: str) -> Lists:
    """Accuracies over `PAIRS` (12,) in percent of a column of a method, or of networks that were
    trained jointly ("joint"), which have no method."""
    return of(table, name, "joint") if name == "joint" else in_pairs(table, name, method)


def soup(table: Table) -> dict[str, Values]:
    """Accuracies in percent of the networks of a soup, on their mean and of the best of them, and
    of their average."""
    singles = of(table, "singles", "line", "full")
    best = {r: float(max(own)) for r, own in singles.items()}
    own = of(table, "soup", "line", "full")
    return {"mean of them": mean_of(singles), "best of them": best, "soup": own}
