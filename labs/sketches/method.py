"""How it is done, and what that cannot show."""

from labs.kit.method import Method

METHOD = Method(
    "A sketch is one vector that sums up the outputs of all modules of a network, each turned by "
    "a random matrix of its own, recursively from the inputs to the top. Scenes of objects, "
    "digits seen by modules, a year of days and a CNN's channels are sketched in vectors of "
    "several lengths, and read back: attributes, counts, means, similarities, and the network "
    "itself. Errors are compared with theory and with what one would keep instead in as many "
    "numbers. A replicate draws matrices, scenes, days, data and networks anew.",
    differences=(
        "The source has theorems and no experiment, and its text was not at hand: the "
        "construction is in its spirit, and the constants of theory are derived here from it.",
        "Levels without a formula were measured once while the lab was specified, before its code.",
        "What is compared with a sketch, samples, means and other methods of recovery, is our "
        "choice.",
    ),
    limitations=(
        "Scenes are synthetic, with few kinds of objects; a sketch's numbers count, not the bits "
        "in which they are kept.",
        "Constants of theory are checked at the lengths and depths that were tried.",
        "Networks are recovered where their columns are sparse and modules few; larger ones are "
        "not tried.",
    ),
)
