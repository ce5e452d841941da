"""Do modules learnt on short programs run longer ones?

A program is a text such as "diff shift smooth": operations on signals, from left to right. Varied:
what runs it: a module per operation, put together as the text says; affine modules; one network
that is iterated with the code of each operation; one network that is told the whole program by a
GRU that has read it, MLP(x, GRU(program)); all with as many parameters and examples. All programs
of length 1 and half of those of length 2 train. Measured: relative error on the other half and on
programs of length 3, 4 and 5. Beside it a task that needs an external memory: pairs of a signal and
a symbol are told, a signal is shown again; a memory with content addressing against a GRU, after as
many steps and after four times as many.

Source: Pfeiffer, Ruder, Vulic & Ponti 2023, "Modular Deep Learning" (arXiv:2302.11529), section on
programme simulation, which has no numbers of its own; the memory is that of Graves et al. 2016.
"""

from labs.kit.lab import Deferred, Lab
from labs.programs.claims import CLAIMS
from labs.programs.grid import NAME, PRESETS, Cell, Config, Record, cells, megabytes, seconds
from labs.programs.method import METHOD
from labs.programs.pictures import PICTURES
from labs.programs.remarks import remarks

LAB = Lab[Config, Cell, Record](
    name=NAME,
    version=1,
    question="Do modules learnt on short programs run longer ones?",
    finding="Modules trained on programs of one and two operations run five with {C29-five} (below "
    "5: {C29-five:verdict}), and their lead over one network that reads the program is "
    "{C29-tenfold-five} (doublings of the error, above 3.32: {C29-tenfold-five:verdict}). On pairs "
    "of operations that were held out their error is {C29-held} above that on trained pairs (less "
    "than one: {C29-held:verdict}).",
    source="Pfeiffer et al. 2023, arXiv:2302.11529, programme simulation",
    presets=PRESETS,
    cell=Cell,
    record=Record,
    cells=cells,
    train=Deferred("labs.programs.training:train"),
    claims=CLAIMS,
    figures=PICTURES,
    seconds=seconds,
    megabytes=megabytes,
    members=12,
    bench=Deferred("labs.programs.speed:bench"),
    remarks=remarks,
    devices=Deferred("labs.nn:devices"),
    method=METHOD,
)
