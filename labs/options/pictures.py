"""The lab's figures: what each shows, to one who sees nothing else."""

from labs.kit.lab import Picture
from labs.options.figure import answers, world

PICTURES = {
    "answers": Picture(
        answers, "Success over training and by length, time until 95 %, use of options."
    ),
    "world": Picture(
        world,
        "The first replicate's world: the path of a sketch, and what each of its options does.",
    ),
}
