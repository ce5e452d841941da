"""The lab's figures: what each shows, to one who sees nothing else."""

from labs.hyperparameters.figure import further, rate
from labs.kit.lab import Picture

PICTURES = {
    "rate": Picture(
        rate, "Six panels: three of the published outer loop, three of the optimum and its judge."
    ),
    "further": Picture(
        further, "Two panels: the tuned schedule, and what it and joint tuning gain."
    ),
}
