"""The lab's figures: what each shows, to one who sees nothing else."""

from labs.kit.lab import Picture
from labs.lottery.figure import locality, tickets

PICTURES = {
    "tickets": Picture(
        tickets,
        "Loss and accuracy over sparsity, and accuracy over training on new data: panels a "
        "to f of the published figure.",
    ),
    "locality": Picture(
        locality,
        "What neighbours are worth: how many a unit keeps, a training in which they stay "
        "and their places change, and masks of the first two replicates.",
    ),
}
