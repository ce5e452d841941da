"""The lab's figures: what each shows, to one who sees nothing else."""

from labs.kit.lab import Picture
from labs.programs.figure import lengths, program

PICTURES = {
    "lengths": Picture(
        lengths,
        "Errors over length, ratios to the monolith, single operations, controls, the order "
        "of pairs, and recall over the number of pairs.",
    ),
    "program": Picture(
        program,
        "A program's text, its modules one after the other, and the signal after each: what "
        "it should be and what the modules of one replicate make of it.",
    ),
}
