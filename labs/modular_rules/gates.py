"""When a claim is not judged: where an architecture has not learned its tasks, and levels where
networks trained for less than `full` trains them."""

from labs.kit.claims import Protocol
from labs.kit.table import Table
from labs.modular_rules.grid import FULL
from labs.modular_rules.learning import learned, pooled, shortfall, trained
from labs.modular_rules.published import ARCHITECTURES
from labs.modular_rules.rows import equal_state

STEPS = {"mlp": FULL.mlp_steps, "mha": FULL.mha_steps, "rnn": FULL.rnn_steps}


def unlearned(table: Table, architecture: str | None = None) -> str:
    """Why an architecture is not judged, without one why none is; empty where it is."""
    if architecture:
        return shortfall(table, architecture)
    if learned(table):
        return ""
    return "; ".join(shortfall(table, name) for name in trained(table))


def unlearned_equal(table: Table) -> str:
    """Why the RNN with equally wide states is not judged; empty where it is."""
    return shortfall(table, "rnn", equal_state(table))


def short(table: Table, architecture: str | None = None) -> str:
    """Why levels are not judged: fewer steps than in `full`; empty where they are."""
    for key in pooled(table, architecture):
        if reason := Protocol({"steps": STEPS[key]})(table.where(architecture=key)):
            return f"{ARCHITECTURES[key]}: {reason}"
    return ""


def immature(table: Table, architecture: str | None = None) -> str:
    """Why levels are not judged: for either reason."""
    return unlearned(table, architecture) or short(table, architecture)
