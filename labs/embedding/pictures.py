"""The lab's figures: what each shows, to one who sees nothing else."""

from labs.embedding.figure import neighbours
from labs.kit.lab import Picture

PICTURES = {
    "neighbours": Picture(
        neighbours,
        "The maps side by side, then accuracy over training examples, and purity by data set.",
    ),
}
