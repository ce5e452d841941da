"""The lab's figures: what each shows, to one who sees nothing else."""

from labs.continual.figure import sequences
from labs.continual.figures_of_matrices import forgetting, matrices, names
from labs.kit.lab import Picture

PICTURES = {
    "sequences": Picture(
        sequences, "The tasks of three sequences, and what six methods train for each of them."
    ),
    "matrices": Picture(
        matrices,
        "R of up to six methods, the sequences side by side: rows are before training and "
        "after each task, columns the tasks.",
    ),
    "forgetting": Picture(
        forgetting,
        "The first task over the sequence, a panel for each; and by method what is there at "
        "the end (ACC), what was lost (BWT) and what was there beforehand (FWT).",
    ),
    "names": Picture(
        names, "What the task's name is worth, what is kept for it, and what earlier columns are."
    ),
}
