"""Rates of Adam, chosen on validation data of a replicate of its own, in a domain that no pair,
line or sum has and, for tasks, on clean signals: five for every method, none of the pairs."""

from dataclasses import replace
from functools import lru_cache, partial

import torch
from torch import Tensor

from labs.composition.examples import sizes, trained_bases
from labs.composition.grid import TASKS, TUNED, Cell
from labs.composition.published import HEADED
from labs.composition.teaching import Lesson, accuracies, blocks_of, head_alone, taught
from labs.composition.unlabelled import signal
from labs.kit.seeds import TUNING
from labs.nn.base import Weights
from labs.nn.modules.methods import METHODS

VALIDATION = 500  # examples, at most as many as are learned from


def chosen_rate(cell: Cell, method: str, role: str, device: str) -> float:
    """The rate of a method's modules, for the cell's numbers of examples and steps.

    Args:
        cell: whose protocol it is, and from what domain modules learn.
        method: a key of `labs.nn.modules.methods.METHODS`.
        role: "domain" (digits in `TUNED`), "task" (mean over `TASKS` on clean signals), "pair"
            (mean over `TASKS` in `TUNED`) or "head" (of the method "head": as "task", a head
            alone).
        device: where it is tried.
    """
    signal = cell.signal if role == "domain" else "labels"
    own = replace(cell, question="", method=method, signal=signal, tests=0, replicate=TUNING)
    return _chosen(own, role, device)


@lru_cache(maxsize=256)
def _chosen(cell: Cell, role: str, device: str) -> float:
    rates = METHODS[cell.method].rates
    weights = trained_bases([cell], device, len(rates))
    asked = {"domain": ("digit",), "head": HEADED}.get(role, TASKS)
    scores = torch.stack([_scores(cell, role, task, weights, device) for task in asked])
    return rates[int(scores.mean(0).argmax())]


def _scores(cell: Cell, role: str, task: str, weights: Weights, device: str) -> Tensor:
    """By rate (5,): validation accuracy, or without labels the negative loss."""
    rates = METHODS[cell.method].rates
    replicates = [TUNING] * len(rates)
    domains = ["clean" if role in ("task", "head") else TUNED] * len(rates)
    drawn = partial(signal, cell, replicates, domains, weights, device=device, task=task)
    own = drawn("training", cell.examples)
    blocks = blocks_of(cell, role)
    lesson = Lesson(cell, cell.method, replicates, weights, own.x, own.y, rates, role, task, blocks)
    learn = head_alone if role == "head" else taught
    modules = learn(lesson._replace(read=own.read, loss=own.loss))
    asked = drawn("validation", min(VALIDATION, cell.examples))
    if cell.signal == "labels":
        return accuracies(cell, weights, modules, asked.x, asked.y)
    with torch.no_grad():
        outputs = own.read(weights, asked.x, modules, sizes(cell).heads)
    return -own.loss(outputs, asked.y).double().cpu()
