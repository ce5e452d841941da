"""The lab's figures: what each shows, to one who sees nothing else."""

from labs.double_descent.figure import descent, losses, sweep2020, time
from labs.double_descent.figures_of_nets import nets
from labs.double_descent.figures_of_thresholds import fits, laws
from labs.kit.lab import Picture

PICTURES = {
    "descent": Picture(
        descent,
        "Networks from small to large learn the same signals, with clean labels or with 15 % of "
        "the training labels drawn anew. (a) Error of the MLP over its width, (b) of the CNN over "
        "its channels: solid on test data, dashed on the training data; dash-dotted, the smallest "
        "size that makes no training error. With noise one looks for a valley, a peak about where "
        "the training error vanishes, and a second fall. (c) By how many points test error rises "
        "from valley to peak, falls from there to the largest size, and has a peak without noise; "
        "shaded is what is claimed.",
    ),
    "thresholds": Picture(
        laws,
        "The interpolation threshold: parameters of the smallest network that fits its training "
        "set, interpolated between sizes, for n examples of K classes. (a) With cross-entropy, "
        "against n; (b) with squared error; (d) and (e) the same against K; points are geometric "
        "means, bars 95 %, dotted the "
        "sentence of 2020, later withdrawn: n parameters with cross-entropy, n K with squared "
        "error. (c) Slopes on log scales: 1 is growth like n or K, 0 none. (f) The threshold in "
        "units of n, or of n K, and parameters per example at the CNN's peak of test error.",
    ),
    "losses": Picture(
        losses,
        "Where test loss is worst. (a) Test loss over the number of parameters; dash-dotted in "
        "the same colour, the smallest size without training error, which is where the loss is "
        "said to peak. (b) How many sizes of the sweep lie between that threshold and the peak of "
        "test loss, and of test error: 0 is the same place. (c) In octaves, that is doublings: how "
        "much further out the threshold lies with label noise than without, and how far apart the "
        "peaks of test error of CNN and MLP are.",
    ),
    "time": Picture(
        time,
        "Double descent over time: MLPs of three widths learn labels of which 15 % were drawn "
        "anew. (a) Test error over the epochs of training, mean and 95 % interval; the first "
        "epochs lie above the picture. (b) Of the widest one, by how many points test error rises "
        "after its first valley, and falls after that: the claim is that both are above zero, "
        "which would be a second descent at one and the same size.",
    ),
    "sweep2020": Picture(
        sweep2020,
        "The experiment as it was in the first version of the paper: one hidden layer, clean "
        "labels, cross-entropy, more steps of another optimiser. (a) Test loss (solid) and "
        "training loss (dashed) over the number of parameters; the bar on top is the peak of test "
        "loss, the black tick its published place of 9700. (b) Test loss at the peak over that in "
        "the valley before it, and over that of the widest network: above 1 it rises, and falls "
        "again; and how many times as high as the CNN's rise the MLP's is.",
    ),
    "fits": Picture(
        fits,
        "Which networks fit their training set, over all n: (a) with cross-entropy, by parameters "
        "over n, (b) with squared error, by parameters over n K. Were the sentence of 2020 a law, "
        "all curves of a panel would rise from 0 to 100 % at the dotted line. (c) Controls: by "
        "how many octaves, that is doublings, the threshold moves with half the training, with a "
        "second start to choose from, and with ten outputs where two labels are used.",
    ),
    "nets": Picture(
        nets,
        "Other ways to ask where the threshold lies. (a) Training error of three other "
        "architectures, with cross-entropy, over parameters per training example; dotted, as many "
        "parameters as examples. (b) The size at which this error vanishes, interpolated. (c) By "
        "how many octaves, that is doublings, it lies further from n, on either side, than the "
        "MLP's does: the source calls these nets harder to predict. (d) How the threshold of the "
        "MLP grows with the number of classes K where digits are dropped, and how much that "
        "differs from digits that are merged.",
    ),
}
