"""The lab's figures: what each shows, to one who sees nothing else."""

from labs.benchmark.figure import models
from labs.kit.lab import Picture

PICTURES = {
    "models": Picture(
        models,
        "Learning curves, final accuracies, changed MLPs, errors by digit, larger training sets.",
    ),
}
