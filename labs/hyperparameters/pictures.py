"""The lab's figures: what each shows, to one who sees nothing else."""

from labs.hyperparameters.figure import further, horizons, loop, losses, rate
from labs.kit.lab import Picture

PICTURES = {
    "rate": Picture(
        rate,
        "A network trains for 200 steps; the whole training is differentiated with respect to its "
        "learning rate, the rate takes one step downhill, and the network trains anew: one outer "
        "step. (a) The learning rate from two starts, one too large and one too small: median and "
        "quartiles over data sets; dotted, where the one published run ended. (b) The best rate "
        "of each data set as found by gradient, {M2-level} on average (0.61 to 0.63: "
        "{M2-level:verdict}), and as found by a search over many rates that takes no gradient. "
        "Faint dots are data sets, each with its own starting weights.",
    ),
    "loop": Picture(
        loop,
        "The published outer loop, from two first learning rates: medians and quartiles over data "
        "sets. (a) The mean loss over training, which the loop descends on. (b) The loss of the "
        "last batch, which it does not see. (c) The share of data sets on which both starts end "
        "within 0.01 of each other: with the published loop, with a better outer optimiser, and "
        "with that over 1000 training steps; shaded is more than half. (d) How far the tuned rate "
        "lies from the published 0.62 and from the minimum that a search finds, without sign.",
    ),
    "horizons": Picture(
        horizons,
        "How the best learning rate depends on the horizon, the number of training steps whose "
        "mean loss it minimises. (a) That loss over the learning rate, less its minimum; the "
        "valley is the best rate. (b) Where it lies, by gradient (blue) and by a search over many "
        "rates (orange); dotted, the published value for 200 steps. (c) By how many octaves, that "
        "is doublings, it moves from one horizon to a longer one; shaded is a larger rate. A rule "
        "of another paper says that short horizons want smaller rates.",
    ),
    "losses": Picture(
        losses,
        "Is the best learning rate another one for another loss? Each is found by a search over "
        "many rates that takes no gradient. (a) The best rate for the mean loss over 200 training "
        "steps, which the outer loop minimises; for the loss of the last batch; and for the loss "
        "on the whole training set at the end. Faint dots are data sets. (b) By how much the best "
        "rate for a loss at the end exceeds that for the mean loss, of the same data set: shaded "
        "is a larger rate, the black bar is read off the published figure.",
    ),
    "further": Picture(
        further,
        "Beyond one learning rate. (a) A schedule of ten rates, all tuned by gradient: median and "
        "quartiles over data sets, in units of the schedule's own mean; the last rate is "
        "{S-falls} (below 1: {S-falls:verdict}). (b) The loss saved by the schedule, and by rate, "
        "weight decay and momentum tuned together, over one tuned rate: in the run that was "
        "tuned, in fresh runs with other starting weights and batches, and in the final test loss "
        "of these. Right of zero is better than one tuned rate.",
    ),
}
