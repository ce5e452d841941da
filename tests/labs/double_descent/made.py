"""Cells and records of the double-descent lab that are made up, for tests."""

from dataclasses import replace

from labs.double_descent.grid import SWEEPS, Cell, Record

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
