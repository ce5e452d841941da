"""Records and tables of the modular-rules lab that are made up, for tests."""

from dataclasses import replace

import numpy as np

from labs.kit.table import Table, row
from labs.modular_rules import grid
from labs.modular_rules.grid import FULL, Record

SMOKE = grid.PRESETS["smoke"]
LOSS = {"gt_modular": 1.0, "modular_op": 1.5, "modular": 2.0, "monolithic": 2.2, "switch": 1.8}


def matrix(rules, mix):
    """Ground truth mixed with uniform use."""
    return ((1 - mix) * np.eye(rules) + mix / rules).tolist()


def published(cell):
    """A loss as the paper tells it: models drift apart as rules grow."""
    rank = LOSS.get(cell.model, 1.4)
    return 0.02 * rank ** np.log2(cell.rules)


SHORT = replace(FULL, replicates=6, wide_router=True)


def record(rules=2, **changes):
    """A record of a network with `rules` modules."""
    usual = {
        "step": [0, 10, 20],
        "curve": [1.0, 0.4, 0.2],
        "id": 0.2,
        "ood": 0.2,
        "zero": 1.0,
        "zero_ood": 2.0,
        "activation": matrix(rules, 0.6),
        "activation_before": matrix(rules, 0.98),
        "blind": 0.9,
        "test_examples": 1000,
        "test_examples_ood": 1000,
        "parameters": 9000,
        "adaptation_before": None,
        "adaptation": None,
    }
    return Record(**usual | changes)


def table(loss=published, mix=lambda cell: 0.6, noise=0.02, config=SHORT):
    """Rows of a run with `loss(cell)` and routers `mix(cell)` of the way to random."""
    rng, routers = np.random.default_rng(0), np.random.default_rng(1)
    found = []
    for cell in grid.cells(config):
        value = loss(cell) * np.exp(rng.normal(scale=noise))
        mixed = mix(cell) * np.exp(routers.normal(scale=0.01))
        own = {"gt_modular": 0.0, "monolithic": None}.get(cell.model, min(mixed, 1.0))
        activation = None if own is None else matrix(cell.rules, own)
        before = activation if cell.model == "gt_modular" else matrix(cell.rules, 0.98)
        measured = record(
            id=value,
            ood=value,
            curve=[1.0, 2 * value, value],
            activation=activation,
            activation_before=None if own is None else before,
        )
        found.append(row(cell, measured))
    return Table(found)
