"""Do modules that were trained apart work together?

Varied: the modules' kind (parameters, inputs, functions), what a domain's module learns from, the
blocks in which modules stand; and how networks and modules are put together: one after the other,
by sums and averages of parameters, side by side, in trees. Measured: test accuracy in percent, in
pairs of a domain and a task that no module has seen; how much of the gap between the task's module
and one trained on the pair is closed; barriers of lines; what is kept of sums.

Source: Pfeiffer, Ruder, Vulic & Ponti 2023, "Modular Deep Learning" (arXiv:2302.11529), sections of
routing and aggregation, which has no numbers of its own. Replicate r redraws data, base, modules
and batch order; methods share them. Rates are chosen on validation data of a replicate of their
own, scales of sums on validation data.
"""

from labs.composition.claims import CLAIMS
from labs.composition.estimates import MEMBERS, megabytes, seconds
from labs.composition.grid import NAME, PRESETS, WITHIN, Cell, Config, Record, cells
from labs.composition.method import METHOD
from labs.composition.pictures import PICTURES
from labs.composition.remarks import remarks
from labs.kit.lab import Deferred, Lab
from labs.nn.estimates import bases

LAB = Lab[Config, Cell, Record](
    name=NAME,
    version=2,
    question="Do modules that were trained apart work together?",
    finding="In pairs of a domain and a task that neither module has seen, modules trained apart "
    "close {C8-lt-sft} for LT-SFT (above 0: {C8-lt-sft:verdict}) and {C8-ia3} for (IA)³ (above 0: "
    "{C8-ia3:verdict}). Averaging four networks of one base brings {C19-mean} (above 0: "
    "{C19-mean:verdict}), and sums of what two domains taught keep {C20-couples} (above 0.8: "
    "{C20-couples:verdict}).",
    source="Pfeiffer et al. 2023, arXiv:2302.11529, routing and aggregation functions",
    presets=PRESETS,
    cell=Cell,
    record=Record,
    cells=cells,
    train=Deferred("labs.composition.training:train"),
    claims=CLAIMS,
    figures=PICTURES,
    seconds=seconds,
    megabytes=megabytes,
    within=WITHIN,
    members=MEMBERS,
    remarks=remarks,
    devices=Deferred("labs.nn:devices"),
    shares=bases,
    method=METHOD,
)
