"""Tables of the benchmark lab with given columns, for tests of measures and claims."""

from dataclasses import replace

from labs.benchmark import grid
from labs.benchmark.lab import LAB
from labs.kit.table import Table, row


def record(**measured):
    accuracy = {f"{part}_accuracy": [50.0] for part in ("train", "val", "test")}
    names = ("final", "final_train", "final_val", "final_published", "best_on_val")
    finals = dict.fromkeys((*names, "best_on_val_published", "best_on_test"), 50)
    rest = {"step": [0], "class_errors": [50.0] * 10, "parameters": 410}
    return grid.Record(**(accuracy | finals | rest | measured))


def table(steps=6000, **columns):
    """Rows of six replicates of every arm of the full grid and MNIST, with the given columns."""
    config = LAB.with_replicates(replace(grid.PRESETS["full"], steps=steps), 6)
    images = [
        grid.cell(config, model, data="mnist", examples=50_000, replicate=replicate)
        for model in grid.NETS
        for replicate in range(6)
    ]
    return Table(
        row(cell, record(**{name: make(cell) for name, make in columns.items()}))
        for cell in [*grid.cells(config), *images]
    )
