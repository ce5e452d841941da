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
    cells,
    megabytes,
    seconds,
)
from labs.continual.pictures import PICTURES
from labs.continual.remarks import remarks
from labs.kit.lab import Deferred, Lab

LAB = Lab[Config, Cell, Record](
    name=NAME,
    version=1,
    question="Do separate modules prevent forgetting?",
    finding="Five tasks are learned one after the other, by one network or by frozen parts with a "
    "new one for each. Over five domains fine-tuning has a backward transfer of "
    "{C25-full-domains} (below 0: {C25-full-domains:verdict}), with frozen parts it is exactly 0: "
    "{C25-bwt:verdict}; on permuted labels a LoRA per task ends {C25-joint-permutations} from "
    "joint training (above -1.5: {C25-joint-permutations:verdict}), and lateral connections bring "
    "late pairs of classes {C26-late-classes} (above 0: {C26-late-classes:verdict}).",
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
    bench=Deferred("labs.continual.speed:bench"),
    remarks=remarks,
    devices=Deferred("labs.nn:devices"),
)
