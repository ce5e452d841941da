"""The lab's figures: what each shows, to one who sees nothing else."""

from labs.kit.lab import Picture
from labs.self_supervised.figure import changes, layers, neighbours, training

PICTURES = {
    "layers": Picture(
        layers,
        "Three convolutions and a projector (the published one of two layers, a deep one, of four, "
        "or none) learned without labels to recognise two views of one signal; beside them a "
        "network that learned with labels. (a) How many digits a linear classifier reads from each "
        "layer: {S1} before the default projector (82 ± 2: {S1:verdict}). (b) Where that peaks: by "
        "how much one layer, or the best of some, is ahead of others; the last convolution is "
        "ahead of the embedding, the projector's end, by {S2} (above 0: {S2:verdict}).",
    ),
    "neighbours": Picture(
        neighbours,
        "(a) How many digits of the published test set a vote of the 10 nearest training examples "
        "reads in each layer, of encoders that learned without labels, with three projectors, and "
        "of a network that learned with labels; layer 0 is the signal itself, and published values "
        "are known of the last layer. (b) A map by t-SNE of what the default encoder's last "
        "layer, the embedding, makes of the signals: a point is a signal, its colour the digit, "
        "which it was never told; numbers stand where a digit is densest.",
    ),
    "changes": Picture(
        changes,
        "Changes to the published way to learn without labels: no projector or a deep one, the "
        "full NT-Xent loss in place of one direction, views without a random offset, and training "
        "on the test inputs too. (a) Test accuracy of a linear classifier on the last convolution, "
        "before the projector, and on the embedding, after it. (b) What each change does, beside "
        "a tolerance of 2 points: to the best layer where the projector changes (S4), to the last "
        "convolution elsewhere (S6, S8).",
    ),
    "training": Picture(
        training,
        "Does longer training help? Test accuracy of a linear classifier on the last convolution "
        "over epochs of training, of encoders that learned without labels, with the default "
        "projector, none, or a deep one, and of a network with the same convolutions that "
        "learned with labels. Epoch 0 is the untrained network. Lines are means, bands 95 % "
        "intervals over replicates, each with data, start and order of its own.",
    ),
}
