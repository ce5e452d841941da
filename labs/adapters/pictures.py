"""The lab's figures: what each shows, to one who sees nothing else."""

from labs.adapters.figure import signs
from labs.adapters.figures_of_gaps import gaps, lineage, pilot
from labs.adapters.figures_of_sizes import fronts
from labs.kit.lab import Picture

PICTURES = {
    "signs": Picture(
        signs,
        "The survey's table: its signs, and in each cell our number, as the claims have it, "
        "of the median and of the best of the methods of about 2 % of the parameters (of "
        "parameter efficiency: of the families of sizes); coloured by whether the medians "
        "order a row and the others as the signs do; Kendall's tau below, the mean over "
        "replicates.",
    ),
    "fronts": Picture(
        fronts,
        "The share of the gap closed against the share of parameters, families of methods "
        "over their sizes, with most and fewest examples; and by domain against the "
        "intrinsic dimension.",
    ),
    "gaps": Picture(
        gaps,
        "The share of the gap that each method closes in each domain, with most and fewest "
        "examples; methods by their row of the survey's table.",
    ),
    "pilot": Picture(
        pilot,
        "Of every domain the frozen base, the base with its answers permuted, and full "
        "fine-tuning; and what methods gain where there is no gap.",
    ),
    "lineage": Picture(
        lineage,
        "What of sparse fine-tuning matters, by domain: its mask against others of the same "
        "size; and hypernetworks in domains that they have not seen.",
    ),
}
