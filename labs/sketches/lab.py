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
from labs.sketches.pictures import PICTURES
from labs.sketches.remarks import remarks

LAB = Lab[Config, Cell, Record](
    name=NAME,
    version=1,
    question="What can one short vector remember of a modular network's work?",
    finding="The error of what is read of four objects falls with d to the power {K8-4} (-1/2: "
    "{K8-4:verdict}), and every level of objects made of two multiplies it by {K11-2-1}. In as "
    "many numbers as a year's sketch has, a sample of raw scenes tells how often each digit was "
    "seen with an error larger by {Y1-scenes} (the sketch is better: {Y1-scenes:verdict}), and a "
    "sample of outputs what came in mornings by {Y2-objects} ({Y2-objects:verdict}).",
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
)
