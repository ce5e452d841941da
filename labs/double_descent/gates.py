"""Why networks are not those that a claim is about: they trained for less than its source says."""

from functools import partial

from labs.double_descent.grid import LOSSES
from labs.double_descent.published import EXAMPLES, EXAMPLES_2020, STEPS, STEPS_2020
from labs.kit.claims import Protocol
from labs.kit.table import Table


def short(table: Table, *, sweeps: tuple[str, ...], steps: int, examples: int = 0) -> str:
    """Why the networks of sweeps are not those that a claim is about; empty where they are."""
    protocol = Protocol({"steps": steps, "examples": examples})
    reasons = (protocol(table.where(sweep=sweep, effort=1.0)) for sweep in sweeps)
    return next(filter(None, reasons), "")


FIGURE_5 = partial(short, steps=STEPS, examples=EXAMPLES)
FIGURE_6 = partial(short, sweeps=("mlp2020",), steps=STEPS_2020, examples=EXAMPLES_2020)
LAW = {loss: partial(short, sweeps=(loss,), steps=5000) for loss in LOSSES}  # steps of `full`
FITS = partial(short, steps=5000)
