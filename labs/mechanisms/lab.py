"""Do competing experts find the causes apart?

Varied: how experts start (at the identity or at random), who learns from a signal (the one that a
critic scores highest, one dealt by chance, the one that is told), how many experts there are, and
one mechanism after training. Measured: the share of a mechanism's signals that its matched expert
wins; how well a frozen classifier of clean digits reads what the winners give back; how far that is
from the clean signal; whether the other experts change when one is refitted.

Source: Parascandolo, Kilbertus, Rojas-Carulla & Schoelkopf 2018, "Learning Independent Causal
Mechanisms" (arXiv:1712.00961), on images; here clean MNIST-1D signals and others that went through
one of five mechanisms, with thresholds foretold in this lab's specification.
"""

from labs.kit.lab import Deferred, Lab
from labs.mechanisms.claims import CLAIMS
from labs.mechanisms.grid import NAME, PRESETS, Cell, Config, Record, cells, megabytes, seconds
from labs.mechanisms.method import METHOD
from labs.mechanisms.pictures import PICTURES
from labs.mechanisms.remarks import remarks

LAB = Lab[Config, Cell, Record](
    name=NAME,
    version=1,
    question="Do competing experts find the causes apart?",
    finding="Five experts compete for digits that five mechanisms have changed: what winners give "
    "back is read better than before by {C30-invert} (above 0: {C30-invert:verdict}), and a "
    "mechanism's matched expert has {C30-apart} (above 0.9: {C30-apart:verdict}). Refitting one "
    "expert to a swapped mechanism changes what is read of it by {C30-new-anew} from training all "
    "anew (above 0: {C30-new-anew:verdict}).",
    source="Parascandolo et al. 2018, arXiv:1712.00961",
    presets=PRESETS,
    cell=Cell,
    record=Record,
    cells=cells,
    train=Deferred("labs.mechanisms.training:train"),
    claims=CLAIMS,
    figures=PICTURES,
    seconds=seconds,
    megabytes=megabytes,
    members=12,
    bench=Deferred("labs.mechanisms.speed:bench"),
    remarks=remarks,
    devices=Deferred("labs.nn:devices"),
    method=METHOD,
)
