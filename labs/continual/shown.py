"""What figures and remarks share: names, and what of a table there is to show."""

from labs.continual.grid import METHODS, SEQUENCES
from labs.kit.table import Table

LABELS = {
    "base": "frozen base",
    "full": "fine-tuning in sequence",
    "lora": "one LoRA, trained on",
    "lora-each": "LoRA per task",
    "adapter-each": "adapter per task",
    "packnet": "PackNet",
    "packnet-leaking": "PackNet that leaks",
    "supsup": "SupSup",
    "progressive": "progressive columns",
    "scratch": "columns without laterals",
    "joint": "joint training",
}
OF_SEQUENCES = {
    "domains": "five domains",
    "permutations": "five permutations of the labels",
    "classes": "five pairs of classes",
}


def measured(table: Table) -> list[str]:
    """The methods of a table, in their order."""
    found = {row["method"] for row in table}
    return [name for name in METHODS if name in found]


def learned(table: Table) -> list[str]:
    """The sequences of a table, in their order."""
    found = {row["sequence"] for row in table}
    return [name for name in SEQUENCES if name in found]
