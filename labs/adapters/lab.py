"""What does a module cost, and what does it buy?

Varied: how a frozen network for MNIST-1D is adapted to another domain (modules that change its
parameters, its inputs or its functions, of several sizes, a hypernetwork; beside them fine-tuning
of all parameters, of the head, and training from scratch), the domain and the number of examples.
Measured: test accuracy in percent; trained numbers, bits, products and memory of a step, counted;
how well each method closes the gap between the frozen network and fine-tuning.

Source: Pfeiffer, Ruder, Vulic & Ponti 2023, "Modular Deep Learning" (arXiv:2302.11529), whose
comparison of computation functions is a table of plus and minus signs. Replicate r redraws data,
base, modules and batch order; methods and domains share them. Rates are chosen on validation data
of a replicate of their own.
"""

from labs.adapters.claims import CLAIMS
from labs.adapters.estimates import MEMBERS, megabytes, seconds
from labs.adapters.grid import NAME, PRESETS, WITHIN, Cell, Config, Record, cells
from labs.adapters.method import METHOD
from labs.adapters.pictures import PICTURES
from labs.adapters.remarks import remarks
from labs.kit.lab import Deferred, Lab
from labs.nn.estimates import bases

LAB = Lab[Config, Cell, Record](
    name=NAME,
    version=1,
    question="What does a module cost, and what does it buy?",
    finding="The best module of at most 4 % of a frozen network's parameters closes {C2-best} "
    "between it and full fine-tuning (0.8 or more in three domains: {C2-best:verdict}). By best "
    "members, modules that add functions lead those that change parameters by {C7-function-best} "
    "(above 0: {C7-function-best:verdict}), and these lead added inputs by {C7-parameter-best} "
    "(above 0: {C7-parameter-best:verdict}).",
    source="Pfeiffer, Ruder, Vulic & Ponti 2023, arXiv:2302.11529, table of computation functions",
    presets=PRESETS,
    cell=Cell,
    record=Record,
    cells=cells,
    train=Deferred("labs.adapters.training:train"),
    claims=CLAIMS,
    figures=PICTURES,
    seconds=seconds,
    megabytes=megabytes,
    within=WITHIN,
    members=MEMBERS,
    bench=Deferred("labs.adapters.speed:bench"),
    remarks=remarks,
    devices=Deferred("labs.nn:devices"),
    shares=bases,
    method=METHOD,
)
