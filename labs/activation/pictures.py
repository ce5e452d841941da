"""The lab's figures: what each shows, to one who sees nothing else."""

from labs.activation.figure import activations, descent, transfer
from labs.kit.lab import Picture

PICTURES = {
    "activations": Picture(
        activations, "What was learned, and its accuracy as published and in fresh networks."
    ),
    "descent": Picture(
        descent, "Objective and meta-gradient by outer step, and their errors by size of the table."
    ),
    "transfer": Picture(transfer, "Ranks of the learned activations in CNNs."),
}
