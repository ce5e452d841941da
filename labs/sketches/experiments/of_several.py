"""Cells of the year, of retrieval, of new concepts, of recovery and of a CNN. Each asks for one
method or encoding where the experiment measures several at once; the last one is remembered."""

from functools import lru_cache, partial
from typing import Any

import numpy as np

from labs.sketches.config import UNCUT
from labs.sketches.digits import Digits
from labs.sketches.experiments import cnn, recovery
from labs.sketches.experiments.concepts import concepts, unnamed
from labs.sketches.experiments.days import draw_year
from labs.sketches.experiments.retrieval import plane, retrieval
from labs.sketches.experiments.scenes import seen_by
from labs.sketches.experiments.year import QUESTIONS, year
from labs.sketches.grid import Cell
from labs.sketches.reader import Reader


def year_of(cell: Cell) -> dict[str, float]:
    """The errors of one method in all questions on a year."""
    errors = _year(cell.d, cell.replicate, cell.days)
    return {question: errors[f"{question} {cell.arm}"] for question in QUESTIONS}


def year_by_network(cell: Cell, net: Reader, member: int) -> dict[str, float]:
    """The same of what a trained network sees in signals of the year's digits. It names digits and
    knows their templates: how a waveform drifts is not in its signals."""
    errors = _year_of_network(net, member, cell.d, cell.replicate, cell.days)
    return {question: errors[f"{question} {cell.arm}"] for question in QUESTIONS}


@lru_cache(maxsize=1)
def _year_of_network(
    net: Reader, member: int, d: int, replicate: int, days: int
) -> dict[str, float]:
    labels = draw_year(replicate, days=days).seen.labels
    seen = seen_by(net, member, labels, replicate, "a year")
    return year(d=d, replicate=replicate, days=days, seen=seen)


def named(cell: Cell) -> dict[str, float]:
    """The purity of clusters of an unnamed module's objects, which others stand beside."""
    return {"purity": _concepts(cell.d, cell.replicate, cell.trials, cell.objects - 1)[cell.arm]}


def named_by_network(cell: Cell, net: Reader, member: int) -> dict[str, float]:
    """The same of the waveforms that a trained network sees; clusters are judged by true digits."""
    found = _concepts_of_network(net, member, cell.d, cell.replicate, cell.trials, cell.objects - 1)
    return {"purity": found[cell.arm]}


@lru_cache(maxsize=1)
def _concepts_of_network(
    net: Reader, member: int, d: int, replicate: int, scenes: int, company: int
) -> dict[str, float]:
    labels, _ = unnamed(scenes, replicate)
    seen = Digits(labels, seen_by(net, member, labels, replicate, "concepts").waveforms)
    return concepts(d=d, replicate=replicate, scenes=scenes, company=company, seen=seen)


@lru_cache(maxsize=1)
def _year(d: int, replicate: int, days: int) -> dict[str, float]:
    return year(d=d, replicate=replicate, days=days)


@lru_cache(maxsize=1)
def _concepts(d: int, replicate: int, scenes: int, company: int) -> dict[str, float]:
    return concepts(d=d, replicate=replicate, scenes=scenes, company=company)


def retrieved(cell: Cell) -> dict[str, float]:
    """How well stored scenes are found again."""
    return _as_fields(retrieval(d=cell.d, replicate=cell.replicate, k=cell.objects))


def retrieved_by_network(cell: Cell, net: Reader, member: int) -> dict[str, float]:
    """The same of scenes that a trained network sees; what they share is judged by true digits."""
    see = partial(_seen, net, member, cell.replicate)
    return _as_fields(retrieval(d=cell.d, replicate=cell.replicate, k=cell.objects, see=see))


def _seen(net: Reader, member: int, replicate: int, labels: np.ndarray, purpose: str) -> Digits:
    return seen_by(net, member, labels, replicate, purpose)


def _as_fields(found: dict[str, float]) -> dict[str, float]:
    return {name.replace(" ", "_"): value for name, value in found.items()}


def plane_of(cell: Cell) -> dict[str, Any]:
    """Sketches of scenes in a plane."""
    found = plane(d=cell.d, replicate=cell.replicate, k=cell.objects)
    return {"points": found.points, "labels": found.labels, "shares": found.shares.tolist()}


def network_recovered(cell: Cell) -> dict[str, float]:
    """What is recovered of a network from its sketches alone."""
    found = recovery.recovered(**_sizes(cell), noise=cell.arm == "sketches")
    return {RENAMED.get(name, name): value for name, value in found.items()}


def of_known_activities(cell: Cell) -> dict[str, float]:
    """Columns by least squares where it is known what fired, and how strongly."""
    found = recovery.supervised(**_sizes(cell), noise=cell.arm == "sketches")
    names = {"error": "largest_error"}
    kept = ("columns", "unexplained", "determined", "error")
    return {names.get(name, name): found[name] for name in kept}


def recovered_otherwise(cell: Cell) -> dict[str, float]:
    """Columns that another method finds in the same sketches."""
    return {"columns": _rivals(*_sizes(cell).values())[cell.arm]}


RENAMED = {
    "counts": "counts_known",
    "count ceiling": "count_ceiling",
    "chance": "placed_by_chance",
}


def _sizes(cell: Cell) -> dict[str, Any]:
    return {
        "d": cell.d,
        "samples": cell.sketches,
        "share": cell.share,
        "replicate": cell.replicate,
    }


@lru_cache(maxsize=1)
def _rivals(d: int, samples: int, share: float, replicate: int) -> dict[str, float]:
    return recovery.rivals(d=d, samples=samples, share=share, noise=True, replicate=replicate)


def probed(cell: Cell, net: Reader, member: int) -> dict[str, float]:
    """What one encoding of what a CNN's channels did holds of the class; all of its numbers where d
    is `UNCUT`."""
    whole = cell.d == UNCUT
    found = _probed(net, member, cell.replicate, cell.fitted, cell.tested, cell.d)
    name = f"all_{cell.arm}" if whole else cell.arm
    record = {
        "accuracy": found[f"{name}_accuracy"],
        "gap": found[f"{name}_gap"],
        "class_auc": found[f"{name}_auc"],
    }
    further = {"own_accuracy": found["own_accuracy"]} if whole else {}
    return record | further | ({"channels": found["sketch_read"]} if name == "sketch" else {})


@lru_cache(maxsize=1)
def _probed(
    net: Reader, member: int, replicate: int, fitted: int, tested: int, d: int
) -> dict[str, float]:
    looked = _look(net, member, replicate, fitted, tested)
    return cnn.whole(looked) if d == UNCUT else cnn.probe(looked, d=d, seed=replicate)


@lru_cache(maxsize=1)
def _look(net: Reader, member: int, replicate: int, fitted: int, tested: int) -> cnn.Look:
    return cnn.look(net, member, replicate, fitted=fitted, tested=tested)
