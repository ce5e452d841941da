"""What can one short vector remember of a modular network's work?

Varied: the numbers d of a sketch, and what it is a sketch of: scenes of objects by number, weight,
depth and repetition, cut sketches, means of many sketches, scenes of MNIST-1D digits seen by
modules that know them or by a trained network, a year of days, a trained CNN's channels. Measured:
errors of what is read back, against theory and against what one would keep instead with the same
memory; similarity of sketches; and how much of a network is found from its sketches alone.

Source: Ghazi, Panigrahy & Wang 2019, "Recursive Sketches for Modular Deep Learning" (ICML,
arXiv:1905.12730), which has no experiment and no code. Its text was not at hand: the construction
is in the spirit of the paper, theory values are derived here from it. Replicate r draws all random
matrices, scenes, days, data and networks anew.
"""

from labs.kit.lab import Deferred, Lab
from labs.sketches.claims import CLAIMS
from labs.sketches.config import PRESETS, Config
from labs.sketches.costs import megabytes, members, seconds
from labs.sketches.grid import NAME, WITHIN, Cell, Record, cells
from labs.sketches.method import METHOD
from labs.sketches.pictures import PICTURES
from labs.sketches.remarks import remarks

LAB = Lab[Config, Cell, Record](
    name=NAME,
    version=1,
    question="What can one short vector remember of a modular network's work?",
    finding="The error of what is read of a sketch, one vector for all outputs of a network, "
    "falls with its length to the power {K8-4} (theory, -1/2: {K8-4:verdict}). As large a sample "
    "of a year's raw scenes errs more in how often each digit came, by {Y1-scenes} "
    "({Y1-scenes:verdict}), and a sample of outputs in what came in mornings, by {Y2-objects} "
    "({Y2-objects:verdict}).",
    source="Ghazi, Panigrahy & Wang 2019, arXiv:1905.12730 (in its spirit; no experiment there)",
    presets=PRESETS,
    cell=Cell,
    record=Record,
    cells=cells,
    train=Deferred("labs.sketches.training:train"),
    claims=CLAIMS,
    figures=PICTURES,
    seconds=seconds,
    megabytes=megabytes,
    within=WITHIN,
    members=members,
    bench=Deferred("labs.sketches.speed:bench"),
    remarks=remarks,
    method=METHOD,
)
