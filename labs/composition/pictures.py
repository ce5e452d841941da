"""The lab's figures: what each shows, to one who sees nothing else."""

from labs.composition.figure import grid
from labs.composition.figures_of_mixtures import mixtures
from labs.composition.figures_of_rows import rows
from labs.composition.figures_of_sums import arithmetic, lines
from labs.kit.lab import Picture

PICTURES = {
    "grid": Picture(
        grid,
        "The share R of the gap that composed modules close, by method and pair, blank in "
        "pairs without a gap; below it the accuracy of all arms of one method.",
    ),
    "rows": Picture(
        rows,
        "The share R of the gap by method and arm, over the pairs that have one; and of "
        "composed modules by what the domain modules learned from, and where modules of a "
        "kind have blocks of their own.",
    ),
    "lines": Picture(
        lines,
        "Accuracy along lines between two networks or modules, with the barrier of each; "
        "and of a soup beside the networks that it is made of.",
    ),
    "arithmetic": Picture(
        arithmetic,
        "What networks keep when differences are added, by scale; what falls when one is "
        "negated; how four are merged; and the analogy.",
    ),
    "mixtures": Picture(
        mixtures,
        "Adapters of other domains side by side in a new one, the attention that each gets, "
        "and adapters alone against those behind their family's and the root's.",
    ),
}
