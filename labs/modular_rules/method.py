"""How it is done, and what that cannot show."""

from labs.kit.method import Method

METHOD = Method(
    "A task is a set of random rules, and every sample, or token of a sequence, is told its own. "
    "One monolithic network, modules with a router that is trained with them, and modules that "
    "are told which of them is meant are trained side by side on the same endless batches, in "
    "three architectures, two losses and several numbers of rules. Measured are losses in and out "
    "of distribution and which module answers for which rule, before and after training. A "
    "replicate is a task, over whose seeds is averaged. An architecture is judged where modules "
    "that are told the rule have learned it.",
    differences=(
        "The source trains 100,000 to 500,000 steps of 256 samples at rate 1e-4, in many widths "
        "(preset paper); here steps, samples and widths are fewer, and the rate is higher and "
        "falls to zero.",
        "Tests are smaller than the source's.",
        "A recurrent net with equally wide states, a router by rule that does not narrow, a "
        "sparse router and untrained routers are controls of ours.",
        "The numbers behind the published curves and pies are not available; most sentences are "
        "judged as directions.",
    ),
    limitations=(
        "What a short training leaves open, a longer one may decide otherwise.",
        "Where modules become many at equal parameters each becomes small, which is part of what "
        "is compared.",
        "Rules are drawn at random and told in the input: finding out which rule is meant is no "
        "part of the task.",
    ),
    changed=(
        "2026-11-21 (9fe56a9): rates are those with the lowest losses over all models in a pilot "
        "of three tasks, and fall to zero, since at a constant one the last loss was noise.",
        "2026-11-21 (1fe6f48): the presets longer and wider were added for what a full run had "
        "left undecided.",
        "2026-11-27 (e7f33cf): after a reference in which attention stood at 59 to 68 % of the "
        "zero predictor, architectures are judged where modules that are told the rule have "
        "learned; fewer settings train for longer, with steps and rates from pilots on replicates "
        "from 100, which no run has.",
    ),
)
