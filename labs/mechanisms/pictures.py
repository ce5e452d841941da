"""The lab's figures: what each shows, to one who sees nothing else."""

from labs.kit.lab import Picture
from labs.mechanisms.figure import answers, example

PICTURES = {
    "answers": Picture(
        answers,
        "Who wins what, from two starts and over training; what is read by mechanism; the swap.",
    ),
    "example": Picture(
        example,
        "One signal, what each mechanism makes of it, and what each expert gives back, the "
        "winner marked.",
    ),
}
