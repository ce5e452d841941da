"""The lab's figures: what each shows, to one who sees nothing else."""

from labs.kit.lab import Picture
from labs.pooling.figure import curves, gains

PICTURES = {
    "curves": Picture(
        curves,
        "Accuracy over steps, a panel for every size; of more than six sizes the six largest.",
    ),
    "gains": Picture(
        gains,
        "Gains in points and ratios of errors by size, and the longer training, where there "
        "is one.",
    ),
}
