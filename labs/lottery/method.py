"""How it is done, and what that cannot show."""

from labs.kit.method import Method

METHOD = Method(
    "A ticket is found by iterative magnitude pruning: train, mask the smallest weights of each "
    "layer, rewind the others to their initial weights, train again. It is compared with the "
    "dense network and with random masks, by how much is masked; then the ticket with 92 % masked "
    "is trained on a new draw of the data, in original, flipped, shuffled and chunked order of "
    "the positions, rewound or from fresh initial weights. Measured are loss and accuracy on test "
    "examples and how often units of the first layer keep neighbouring positions. The arms of a "
    "replicate share data, initial weights and masks.",
    differences=(
        "Pruning ranks the weights of the last step, and rewinding is exact; in the released code "
        "of 2024 neither is so.",
        "The text of 2024 describes the figure of 2020 and not its own stored outputs; both stand "
        "as published values.",
        "Neighbours kept are compared with chance by permuting positions within a unit, where the "
        "source compares with one random mask.",
    ),
    limitations=(
        "A ticket is one network's: what is said of tickets is about this network, optimiser and "
        "pruning.",
        "That a mask carries locality is judged by neighbours in the first layer alone.",
    ),
)
