"""How it is done, and what that cannot show."""

from labs.kit.method import Method

METHOD = Method(
    "An outer loop descends on hyper-parameters by the gradient of the mean training loss over "
    "the horizon, through the whole training of a network 40-50-10 by SGD. It tunes one learning "
    "rate as published, from two starts; the rate by a better optimiser over three horizons; a "
    "schedule; or rate, weight decay and momentum together. A grid search that takes no gradient "
    "judges the optimum, and what is tuned is tried on starts and batch orders that it was not "
    "tuned on.",
    differences=(
        "The source has one data set, start and batch order; here a replicate draws them anew, "
        "and replicate 0 is the published run to the printed digits.",
        "Schedules, joint tuning, other horizons and fresh runs are not in the source's figure; "
        "other papers speak of them, and claims about them are our own.",
        "The published outer loop is plain gradient descent for a fixed number of steps, which "
        "stands beside a loop that settles.",
    ),
    limitations=(
        "One small network and one loss are tuned; large rates make its training chaotic, where a "
        "gradient says nothing.",
        "The objective is the mean training loss: nothing is tuned for test accuracy.",
        "The batch order of a data set is fixed, as published, so that noise of the order is not "
        "averaged.",
    ),
    left_out=(
        "The optimum appears to be 0.6 (2020): it is that of M2-level, with one digit.",
        "The curves of 2020 and the rates printed on the way: they are of the published run, which "
        "replicate 0 repeats and a test compares; its last rates are compared here.",
        "The experiment takes a minute: a time is of a machine and a program.",
    ),
)
