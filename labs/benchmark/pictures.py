"""The lab's figures: what each shows, to one who sees nothing else."""

from labs.benchmark.figure import changes, curves, human, margins, priors
from labs.benchmark.figure_further import further, spread
from labs.kit.lab import Picture

PICTURES = {
    "priors": Picture(
        priors,
        "Models learn to read 4000 signals of 40 positions, and are tested on others. They are "
        "ordered by how much they know beforehand of which positions are neighbours: nothing on "
        "top, most at the bottom; their parameters are in brackets. (a) Positions as they are. "
        "(b) Positions shuffled, in one way for all signals, which takes away neighbourhood and "
        "nothing else. What a model gains by its prior is how far to the right it stands in (a); "
        "what is left of it without neighbours stands in (b). Dots are replicates, each with data "
        "and starting weights of its own; grey band and line: one human.",
    ),
    "margins": Picture(
        margins,
        "Differences between test accuracies of models that learned from the same signals, each "
        "claim in a row of its own. (a) By how many points one model beats another. (b) How many "
        "points a model loses when the 40 positions are shuffled, and by how much the MLP is then "
        "ahead of the CNN. (c) How much higher than its last evaluation the best of all is, when "
        "it is chosen on the test data. Shaded is where the claim holds, a black bar is the "
        "published value; a whole bar on the shaded side says that the claim holds.",
    ),
    "curves": Picture(
        curves,
        "How the models learn, step by step: the share of signals that they read correctly, mean "
        "and 95 % interval over replicates. Above, the 4000 training signals, below, signals that "
        "they have not seen; left, with the positions in order, right, shuffled. The distance "
        "between (a) and (c), or (b) and (d), is what a model has learned by heart. Published "
        "final accuracies are the short black bars at the right; grey band and line: one human.",
    ),
    "changes": Picture(
        changes,
        "The paper reports 68 % for the MLP; its released code trains a smaller network than it "
        "names. Each row is the test accuracy of that MLP with one change, whose strength is "
        "chosen on validation data: with 256 hidden units in place of 100 it reaches {C5-width} "
        "(more than 68: {C5-width:verdict}), unchanged {C2-mlp} (66 to 70: {C2-mlp:verdict}). "
        "Shaded is what the claim asks for, a black bar is the published value.",
    ),
    "human": Picture(
        human,
        "One human read 400 of these signals, 383 of them correctly. (a) Test accuracy of the CNN "
        "by the number of signals that it learned from; it reaches {C6-human} with 32,000 (above "
        "the human's score: {C6-human:verdict}; above the upper end of the human's interval, the "
        "grey band: {C6-clear:verdict}). (b) Which digits are misread, by the human and by the "
        "CNN with 4000 training signals: the intervals of the human are wide, for each digit was "
        "asked 30 to 50 times.",
    ),
    "further": Picture(
        further,
        "What the source says of its models beside its table. (a) Two nets that know less of "
        "neighbourhood than the CNN and more than the MLP: by how much each beats the MLP, and "
        "the CNN beats each. (b) By how much the MLP beats other nets when the positions are "
        "shuffled, which leaves nothing to know of neighbours. (c) The best accuracy on training "
        "data of all evaluations; the source says 100 % of all but logistic regression. (d) The "
        "same four models on MNIST, where a reader has its files: the source gives no code for "
        "that row, so they are plain analogues. Shaded is where the claim holds, a black bar is "
        "the published value.",
    ),
    "spread": Picture(
        spread,
        "Why two trainings of one model give two accuracies. (a) Standard deviation of a test "
        "accuracy when one thing alone is drawn anew: the data set, the starting weights, the "
        "order of the batches, all three together, or the 1000 test examples; no shares of a "
        "whole, for what things do together counts in each. Bars are 95 % intervals. (b) The "
        "variance by 1000 test examples over that by all else, in octaves (1: twice): above 0 the "
        "test set is most of what a published level spreads by; for logistic regression "
        "{C10-logistic} ({C10-logistic:verdict}), for the GRU {C10-gru} ({C10-gru:verdict}). (c) "
        "Levels on the one published data set, over starts and orders, less levels on data sets "
        "that are drawn anew.",
    ),
    "crossed": Picture(
        spread,
        "How much of that is rounding. As the figure of the spread, of networks that were trained "
        "anew beside others of each net, in which the examples of every batch change places: in "
        "exact arithmetic nothing would change. What one source of chance does alone has this in "
        "it, but each is an estimate by a few pairs, and they need not nest; a net without a mark "
        "reads the same share of examples.",
        preset="crossed",
    ),
}
