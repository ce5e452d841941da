"""Do separate modules prevent forgetting?

Varied: how five tasks are learned one after the other (one network or one module that is trained
on, a module per task, PackNet, SupSup, progressive networks; joint training as the ceiling, the
frozen base as the floor) and what they are: five domains, five permutations of the labels, five
pairs of classes of a new domain. Measured: test accuracy in percent on every task after every task,
with the task's name known, and where it must be inferred; backward and forward transfer; whether
logits of old tasks stay the same to the bit; numbers trained and kept.

Source: Pfeiffer, Ruder, Vulic & Ponti 2023, "Modular Deep Learning" (arXiv:2302.11529), section on
continual learning, which has no numbers of its own. Replicate r redraws data, base, tasks, order
and starts; methods share them. Rates are chosen on validation data of a replicate of their own.
"""

from labs.continual.claims import CLAIMS
from labs.continual.grid import (
    MEMBERS,
    NAME,
    PRESETS,
    WITHIN,
    Cell,
    Config,
    Record,
    apart,
    cells,
    megabytes,
    seconds,
)
from labs.continual.method import METHOD
from labs.continual.pictures import PICTURES
from labs.continual.remarks import remarks
from labs.kit.lab import Deferred, Lab
from labs.nn.estimates import bases

LAB = Lab[Config, Cell, Record](
    name=NAME,
    version=1,
    question="Do separate modules prevent forgetting?",
    finding="Learning five domains one after the other, fine-tuning moves earlier ones by "
    "{C25-full-domains} (below 0: {C25-full-domains:verdict}), frozen parts with a new one for "
    "each task by exactly 0: {C25-bwt:verdict}. On permuted labels a LoRA per task differs from "
    "joint training by {C25-joint-permutations} (above -1.5: {C25-joint-permutations:verdict}).",
    source="Pfeiffer et al. 2023, arXiv:2302.11529, continual learning",
    presets=PRESETS,
    cell=Cell,
    record=Record,
    cells=cells,
    train=Deferred("labs.continual.training:train"),
    claims=CLAIMS,
    figures=PICTURES,
    seconds=seconds,
    megabytes=megabytes,
    within=WITHIN,
    members=MEMBERS,
    apart=apart,
    bench=Deferred("labs.continual.speed:bench"),
    remarks=remarks,
    devices=Deferred("labs.nn:devices"),
    shares=bases,
    method=METHOD,
)
