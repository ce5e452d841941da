"""When a claim is not judged: levels of networks that trained for less than `full` trains them, and
modules of networks that have not learned the task."""

import numpy as np

from labs.kit.claims import Protocol
from labs.kit.table import Table
from labs.modular_rules.grid import FULL
from labs.modular_rules.measures import octaves
from labs.modular_rules.published import ARCHITECTURES, GT
from labs.modular_rules.rows import ends, reference

STEPS = {"mlp": FULL.mlp_steps, "mha": FULL.mha_steps, "rnn": FULL.rnn_steps}


def short(table: Table, architecture: str | None = None) -> str:
    """Why levels are not judged: fewer steps than in `full`; empty where they are."""
    for key in [architecture] if architecture else ARCHITECTURES:
        if reason := Protocol({"steps": STEPS[key]})(table.where(architecture=key)):
            return f"{ARCHITECTURES[key]}: {reason}"
    return ""


def unlearned(table: Table, architecture: str | None = None) -> str:
    """Why the use of modules is not judged; empty where it is.

    With most rules GT-Modular, which is told what its modules are for, must be better than the best
    predictor that does not see the rule (of the RNN: than that of zero), mean over losses.
    """
    for key in [architecture] if architecture else ARCHITECTURES:
        leads = [
            np.log2(line[task]) - loss
            for setting in ends(table, architecture=key)[1]
            for line in [reference(table, setting, "zero" if key == "rnn" else "blind")]
            for task, loss in octaves(table, setting, GT).items()
        ]
        if leads and np.mean(leads) <= 0:
            return f"{ARCHITECTURES[key]}: not better than blind to the rule"
    return ""


def immature(table: Table, architecture: str | None = None) -> str:
    """Why levels of the use of modules are not judged: for either reason."""
    return short(table, architecture) or unlearned(table, architecture)
