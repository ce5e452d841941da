"""How it is done, and what that cannot show."""

from labs.kit.method import Method

METHOD = Method(
    "In a grid world four landmarks are to be visited in an order that a sketch tells; the reward "
    "is 1 at the end alone. Options, tables of values for each symbol with an action that hands "
    "over to the next, are shared by all tasks that name the symbol, or kept for each task, or "
    "put in an order that is learned; a flat learner has one table for a task. All learn in pairs "
    "of landmarks within the same budget of steps and are tested greedily, in those and in longer "
    "tasks that they have never seen. Sketches in wrong orders and of wrong symbols, untrained "
    "options and random moves are controls.",
    differences=(
        "The survey says in words what sub-policies are good for; numbers are our own "
        "predictions, made before the run.",
        "Andreas et al. 2017 train networks by policy gradients with a curriculum; here values "
        "stand in tables, and there is no curriculum.",
    ),
    limitations=(
        "Tables in a world of 81 cells where moves are certain: nothing is approximated.",
        "The sketch names the landmarks in order, which is most of the solution.",
        "A flat learner is compared at the same steps, not at the same knowledge.",
    ),
    changed=(
        "2026-11-26 (e5fd394): rates, exploration and budget were chosen in a pilot in other "
        "worlds.",
    ),
)
