"""Do winning tickets exist here, do they transfer, and is locality what they carry?

A lottery ticket is found by iterative magnitude pruning: train, mask the smallest weights of each
layer, rewind the others to their initial weights, train again. Varied: how much is masked; by
magnitude or at random; whether biases are masked with the weights; then, for the ticket with 92 %
masked, the data it is trained on anew (a new draw in original, flipped, shuffled and chunked order
of the positions) and its initial weights (rewound or fresh); in how many rounds it is found
(preset longer); and what of a replicate is redrawn, or whether the new draw is upstream's (preset
crossed). Measured: loss and accuracy on
50,000 fresh test examples, and how often units of the first layer keep neighbouring positions.

Source: Greydanus & Kobak 2024, "Scaling Down Deep Learning with MNIST-1D" (arXiv:2011.14439),
Figure 4, and Greydanus 2020 (version 1), Figure 3. Pruning ranks the weights of the last step, and
rewinding is exact; in the released code of 2024 neither is so. Replicate r redraws the data set
(seed 42 + r; replicate 0 is the published one), the new data, the initial weights, the masks and
the permutation; its arms share them, but for the masks.
"""

from labs.kit.lab import Deferred, Lab
from labs.lottery.claims import CLAIMS
from labs.lottery.grid import (
    NAME,
    PRESETS,
    WITHIN,
    Cell,
    Config,
    Record,
    cells,
    chain,
    megabytes,
    seconds,
)
from labs.lottery.method import METHOD
from labs.lottery.numbers import NUMBERS
from labs.lottery.pictures import PICTURES
from labs.lottery.remarks import remarks

LAB = Lab[Config, Cell, Record](
    name=NAME,
    version=2,
    question="Do winning tickets exist here, do they transfer, and is locality what they carry?",
    finding="A ticket, 92 % of its weights and biases pruned, gains {L1} over the dense network "
    "where it was found (that it gains: {L1:verdict}) and {L4} on new data ({L4:verdict}). Over a "
    "random mask it gains {L2} ({L2:verdict}), and {L2-weights} where all biases stay live "
    "({L2-weights:verdict}). Shuffling the positions takes {L9} from its gain ({L9:verdict}), and "
    "how often its units keep two neighbouring inputs is {L11-p2} (more than chance: "
    "{L11-p2:verdict}).",
    source="Greydanus & Kobak 2024, arXiv:2011.14439, Figure 4; version 1 (2020), Figure 3",
    presets=PRESETS,
    cell=Cell,
    record=Record,
    cells=cells,
    train=Deferred("labs.lottery.training:train"),
    claims=CLAIMS,
    published=NUMBERS,
    figures=PICTURES,
    seconds=seconds,
    megabytes=megabytes,
    within=WITHIN,  # a replicate is one stack: its rounds follow one another
    members=10_000,  # never cut a replicate,
    apart=chain,  # but where it is long
    bench=Deferred("labs.lottery.speed:bench"),
    remarks=remarks,
    devices=Deferred("labs.nn:devices"),
    method=METHOD,
)
