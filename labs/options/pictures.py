"""The lab's figures: what each shows, to one who sees nothing else."""

from labs.kit.lab import Picture
from labs.options.figure import answer, controls, times, training, use
from labs.options.figure_of_world import world

PICTURES = {
    "answer": Picture(
        answer,
        "Learners walk a grid to landmarks in a told order and are rewarded at the last alone. "
        "(a) Episodes solved by tasks of two, three and four landmarks after equally many steps: "
        "options, small policies for one landmark each, learned in pairs and put together by the "
        "task's sketch, {C28-zero-shot} of three ({C28-zero-shot:verdict}), and learners that "
        "were trained in those very tasks, flat {C28-flat} (fewer than 5 %: {C28-flat:verdict}); "
        "grey line: 95 %. (b) Leads of shared options. (c) Worlds in which learning the order, "
        "too, takes 2 to 10 times the episodes.",
    ),
    "training": Picture(
        training,
        "Episodes that are solved from fresh starts over environment steps, (a) in tasks of two "
        "landmarks, in which all learners are trained, and (b) in tasks of three, in which all "
        "are trained but for the options of pairs (solid): these have never seen one and follow "
        "its sketch. Options are shared over tasks or learned by each task for itself; flat "
        "learners have one table of values for each task. Dotted upright: the budget at which "
        "learners are compared; grey: 95 %.",
    ),
    "times": Picture(
        times,
        "How long learners train until they solve 95 % of their tasks, (a) in environment steps "
        "and (b) in episodes of each task; dots are replicates, large marks means, and who has "
        "not got there counts as at the end of training (grey stroke). (c) By how many doublings "
        "options of each task and flat learners need more steps than shared options, and flat "
        "learners of three landmarks more than the budget: {C28-flat-longer} "
        "({C28-flat-longer:verdict}).",
    ),
    "use": Picture(
        use,
        "Do some options fall out of use? (a) The share of steps in which each of the four "
        "options runs, from the most used to the least, at the end of training: where the order "
        "is told, where it is learned together with the options, and where it is learned for "
        "options that are given. Below the dotted line an option has collapsed. (b) The least "
        "used option's share against the claim that it is more than 5 %.",
    ),
    "controls": Picture(
        controls,
        "Episodes of three landmarks that are solved where few should be: by options that are "
        "told the landmarks in a wrong order or others, by options before training, by random "
        "moves, by flat learners, and by flat learners that do not see which landmarks were "
        "visited; at the top the options with the true sketch. Shaded: the claimed side, below 5 "
        "% for controls. Flat: {C28-flat} ({C28-flat:verdict}).",
    ),
    "world": Picture(
        world,
        "The first replicate's world, a grid of 9 by 9 cells with landmarks A to D. (a) The path "
        "of the trained options through the sketch B, D, A, from the grey square. (b to e) Each "
        "option: arrows are its moves, dark cells are worth more, a ring marks where it stops and "
        "hands over. (f) The same episode over time: which option runs, when it stops and what "
        "has been visited.",
    ),
}
