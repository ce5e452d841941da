"""The lab's figures: what each shows, to one who sees nothing else."""

from labs.double_descent.figure import descent, thresholds
from labs.kit.lab import Picture

PICTURES = {
    "descent": Picture(
        descent,
        "Six panels: errors over size, test loss at the threshold, time, and the sweep of 2020.",
    ),
    "thresholds": Picture(
        thresholds, "Three panels: the threshold against n and against K, and which networks fit."
    ),
}
