"""Cells and records of the double-descent lab that are made up, for tests."""

from dataclasses import replace

import numpy as np

from labs.double_descent.config import PRESETS
from labs.double_descent.grid import SWEEPS, Cell, Record
from labs.double_descent.sizes import parameters
from labs.kit.table import row

CELL = Cell(
    sweep="clean",
    size=4,
    examples=4000,
    classes=10,
    outputs=10,
    effort=1.0,
    start=0,
    digits="merged",
    noise=0.0,
    noise_kind="",
    rate=0.01,
    batch=100,
    steps=20_000,
    looks=(20_000,),
    test_examples=12_000,
    replicate=0,
    **SWEEPS["clean"]._asdict(),
)
RECORD = Record(
    epoch=[500.0],
    train_error=[0.0],
    train_loss=[0.0],
    test_error=[0.0],
    test_loss=[0.0],
    final_train_error=0.0,
    final_train_loss=0.0,
    final_test_error=0.0,
    final_test_loss=0.0,
    parameters=1,
)


def cell(sweep, **changes):
    return replace(CELL, sweep=sweep, **SWEEPS[sweep]._asdict() | changes)


def record(**changes):
    return replace(RECORD, **changes)


def sweep_rows(name, curve, spread, replicates=10, seed=0, fitted=47, **changes):
    """Rows of a sweep that has a mean test error and loss over the published widths."""
    rng = np.random.default_rng(seed)
    sizes = PRESETS["paper"].widths[: len(curve)]
    return [
        row(
            cell(name, size=size, noise=0.15, noise_kind="any", replicate=r),
            record(
                **{
                    "epoch": [1.0, 10.0, 100.0],
                    "test_error": [60.0, 50.0, value],
                    "final_test_error": value + float(rng.normal(0, spread)),
                    "final_test_loss": value,
                    "final_train_error": float(size < fitted) * (1 + r / 10),
                    "parameters": parameters("two", size),
                    **changes,
                }
            ),
        )
        for size, value in zip(sizes, curve, strict=True)
        for r in range(replicates)
    ]
