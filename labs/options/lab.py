"""Do shared sub-policies reach goals that a flat learner does not?

A grid of 9 x 9 cells has four landmarks A to D. A task is to visit two, three or four of them in an
order, of which a sketch tells the symbols ("B, then D, then A"); the reward is 1 when the last has
been visited in order, and nothing else is ever rewarded. An episode ends then, or after 25 steps
for each landmark. No curriculum: options are learned in the twelve pairs alone.

Varied: the learner. Options: a table of values by cell for each symbol, shared over all tasks that
name it, with an action STOP that hands over to the next symbol of the sketch; or of each task for
itself; or in an order that is not told but learned. Flat: a table for each task, by cell and by how
many of its landmarks have been visited; or by cell alone. Options never see what has been visited.
Measured: episodes solved by the greedy learner from fresh starts, in the tasks that it was trained
in and in longer ones that it has never seen, over environment steps; what a flat learner and a
learned order need until they solve as many; how much every option is used.

Controls: sketches in wrong orders and of wrong symbols, untrained options, random moves.

Source: Pfeiffer, Ruder, Vulic, Ponti 2023, "Modular Deep Learning" (arXiv:2302.11529), purposes
beyond transfer; after Sutton, Precup & Singh 1999 (options) and Andreas, Klein & Levine 2017
(policy sketches, arXiv:1611.01796).
"""

from labs.kit.lab import Deferred, Lab
from labs.options.claims import CLAIMS
from labs.options.grid import NAME, PRESETS, Cell, Config, Record, cells, megabytes, seconds
from labs.options.method import METHOD
from labs.options.pictures import PICTURES
from labs.options.remarks import remarks

LAB = Lab[Config, Cell, Record](
    name=NAME,
    version=1,
    question="Do shared sub-policies reach goals that a flat learner does not?",
    finding="Options (sub-policies) learned in tasks of two landmarks solve {C28-zero-shot} in "
    "unseen tasks of three (95 % or more: {C28-zero-shot:verdict}), and a flat learner trained "
    "there as long {C28-flat} (fewer than 5 %: {C28-flat:verdict}). Learning the order of given "
    "options in each of these takes 2 to 10 times the episodes in {C28-order-triples} (most: "
    "{C28-order-triples:verdict}).",
    source="Pfeiffer et al. 2023, arXiv:2302.11529; Andreas et al. 2017, arXiv:1611.01796",
    presets=PRESETS,
    cell=Cell,
    record=Record,
    cells=cells,
    train=Deferred("labs.options.training:train"),
    claims=CLAIMS,
    figures=PICTURES,
    seconds=seconds,
    megabytes=megabytes,
    members=48,
    bench=Deferred("labs.options.speed:bench"),
    remarks=remarks,
    method=METHOD,
)
