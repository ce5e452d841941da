"""Can a network learn where to send its inputs?

Varied: the router, fixed or learned by hard or soft choices; what it sees (the domain's name, a
signal, a token) and whether one choice serves all blocks; the number of experts; whether labels of
domains conflict; and how tasks of two latent skills share modules. Measured: test accuracy in
percent, how evenly experts are used, whether each domain has its own, and how much of both changes
in training; each beside its value before training.

Source: Pfeiffer, Ruder, Vulic & Ponti 2023, "Modular Deep Learning" (arXiv:2302.11529), section of
routing, which has no numbers of its own. Replicate r redraws data, base, experts, router and batch
order; routers share them. Rates are chosen on validation data.
"""

from labs.kit.lab import Deferred, Lab
from labs.nn.estimates import bases
from labs.routing.claims import CLAIMS
from labs.routing.estimates import MEMBERS, megabytes, seconds
from labs.routing.grid import NAME, PRESETS, WITHIN, Cell, Config, Record, cells
from labs.routing.method import METHOD
from labs.routing.pictures import PICTURES
from labs.routing.remarks import remarks

LAB = Lab[Config, Cell, Record](
    name=NAME,
    version=1,
    question="Can a network learn where to send its inputs?",
    finding="Where labels of four domains conflict, fixed routing by domain is ahead of the best "
    "learned router by {C12-best} (above 0: {C12-best:verdict}); with a balance loss the use that "
    "8 experts miss is {C11-balanced} (below 0.1: {C11-balanced:verdict}). On unseen pairs of "
    "skills, skills that were found are ahead of new modules by {C14-private} (above 0: "
    "{C14-private:verdict}), and agree with the true ones by {C14-f1} (above 0.7: "
    "{C14-f1:verdict}).",
    source="Pfeiffer et al. 2023, arXiv:2302.11529, routing functions",
    presets=PRESETS,
    cell=Cell,
    record=Record,
    cells=cells,
    train=Deferred("labs.routing.training:train"),
    claims=CLAIMS,
    figures=PICTURES,
    bench=Deferred("labs.routing.speed:bench"),
    seconds=seconds,
    megabytes=megabytes,
    within=WITHIN,
    members=MEMBERS,
    remarks=remarks,
    devices=Deferred("labs.nn:devices"),
    shares=bases,
    method=METHOD,
)
