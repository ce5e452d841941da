"""One stack of the lab: the replicates of one activation, learned if need be, and judged."""

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from labs.activation import inner, learned
from labs.activation.evaluation import Activation, Judge, Splits, published, splits, torch_seed
from labs.activation.grid import KNOTS, LEARNED, NAME, Cell, Record
from labs.activation.learned import Meta, Outer
from labs.activation.published import RATE
from labs.activation.shape import FITTED, POINTS, Polyline, polyline
from labs.activation.tabulated import CELLS, REACH, Function, Tabulated
from labs.activation.transfer import transfer
from labs.kit.seeds import seed

USUAL: dict[str, Function] = {
    "relu": torch.relu,
    "swish": F.silu,
    "elu": F.elu,
    "softplus": F.softplus,
    "tanh": torch.tanh,
    "sigmoid": torch.sigmoid,
}
SNAPSHOTS = 11  # outer steps whose function is kept, the first and the last among them
WIDE = 4  # times the usual reach of a table, for the larger numbers in long trainings and CNNs
Columns = dict[str, Tensor | np.ndarray]  # name -> one entry per member


def train(cells: Sequence[Cell], device: str) -> Iterator[Record]:
    """Learn and judge one activation in some replicates; yields one record per cell.

    Args:
        cells: of one arm.
        device: "cpu", the only one that this lab offers.
    """
    cell, replicates = cells[0], [c.replicate for c in cells]
    data = splits(replicates, cell.examples)
    columns = _knots(cell, replicates, data) if cell.arm == KNOTS else _arm(cell, replicates, data)
    for member in range(len(cells)):
        yield Record(**{name: _plain(values[member]) for name, values in columns.items()})


def _knots(cell: Cell, replicates: Sequence[int], data: Splits) -> Columns:
    seeds = [torch_seed(replicate) for replicate in replicates]
    columns = learned.table_error(data.train, seeds, cell.inner_steps, cell.knots)
    return {**columns}


def _arm(cell: Cell, replicates: Sequence[int], data: Splits) -> Columns:
    judge = Judge(data, replicates)
    if cell.arm in LEARNED:
        steps = _learn(cell, replicates, data)
        activation, columns = _tabulated(steps[-1].meta), _curves(steps)
        if cell.early:
            early = _tabulated(steps[cell.early - 1].meta)
            columns["accuracy_early"], _ = judge.score(early, cell.inner_steps, RATE, cell.nets)
    else:
        usual = USUAL[cell.arm]
        activation = Activation(usual, inner.elementwise(usual))
        columns = {**published(activation, data, replicates, cell.inner_steps)}
    columns |= _judged(cell, activation, judge)
    columns |= _transferred(cell, activation.function, replicates)
    if cell.tasks and cell.arm in LEARNED:
        lines = torch_lines([polyline(POINTS[FITTED], f[FITTED]) for f in columns["function"]])
        columns |= _transferred(cell, lines, replicates, "lines_")
    return columns


def _plain(value: Tensor | np.ndarray) -> Any:
    return value if isinstance(value, np.ndarray) and value.ndim > 1 else value.tolist()


def _learn(cell: Cell, replicates: Sequence[int], data: Splits) -> list[Outer]:
    orders = None
    if cell.arm == "fresh":
        orders = [seed(NAME, "outer batch orders", replicate) for replicate in replicates]
    return list(
        learned.learn(
            data.train,
            data.test,
            [torch_seed(replicate) for replicate in replicates],
            outer_steps=cell.outer_steps,
            inner_steps=cell.inner_steps,
            orders=orders,
            noisy=cell.arm != "quiet",
        )
    )


def _tabulated(meta: Meta) -> Activation:
    table = Tabulated(meta.activation, len(meta.w1), reach=WIDE * REACH, cells=WIDE * CELLS)
    return Activation(table, table.evaluate)


def _curves(steps: Sequence[Outer]) -> Columns:
    curves = {
        name: torch.stack([getattr(step, name) for step in steps], 1)
        for name in ("objective", "gradient_norm", "accuracy")
    }
    shown = np.unique(np.linspace(0, len(steps) - 1, SNAPSHOTS).round().astype(int))
    snapshots = [_sampled(steps[step].meta) for step in shown]
    return {
        **curves,
        "published_accuracy": curves["accuracy"][:, -1],
        "published_window": curves["objective"][:, -1],
        "snapshot_step": np.tile(shown, (len(snapshots[0]), 1)),
        "snapshots": np.stack(snapshots, 1).astype(np.float32),
        "function": snapshots[-1],
        "parameters": torch.cat(steps[-1].meta, 1).detach().numpy(),
    }


@torch.no_grad()
def _sampled(meta: Meta) -> np.ndarray:
    return meta.activation(torch.from_numpy(POINTS).expand(len(meta.w1), -1)).numpy()


def _judged(cell: Cell, activation: Activation, judge: Judge) -> Columns:
    columns: Columns = {}
    columns["accuracy_usual"], columns["loss_usual"] = judge.score(
        activation, cell.inner_steps, RATE, cell.nets
    )
    for name, steps, tuning, nets in (
        ("tuned", cell.inner_steps, cell.tuning_nets, cell.nets),
        ("long", cell.long_steps, cell.long_tuning_nets, cell.long_nets),
    ):
        if tuning:
            rate, scores = judge.tune(activation, steps, cell.rates, tuning)
            accuracy, loss = judge.score(activation, steps, rate, nets)
            columns |= {
                f"{name}_rate": rate[:, 0],
                f"{name}_validation": scores,
                f"{name}_accuracy": accuracy,
                f"{name}_loss": loss,
            }
    return columns


def _transferred(
    cell: Cell, function: Function, replicates: Sequence[int], prefix: str = ""
) -> Columns:
    columns: Columns = {}
    for task, epochs in zip(cell.tasks, cell.epochs, strict=True):
        result = transfer(
            task,
            function,
            replicates,
            examples=cell.examples,
            epochs=epochs,
            rates=cell.transfer_rates,
            folder=cell.data_dir,
        )
        columns |= {f"{prefix}{task}_{name}": values for name, values in result._asdict().items()}
    return columns


def torch_lines(lines: Sequence[Polyline]) -> Function:
    """One polyline for each member, elementwise on (M, ...)."""
    nodes, slopes = (
        torch.from_numpy(np.stack(part)).float()
        for part in zip(*((line.nodes, line.slopes) for line in lines), strict=True)
    )
    starts = torch.tensor([line.start for line in lines])

    def function(x: Tensor) -> Tensor:
        def shaped(values: Tensor) -> Tensor:
            return values.view(-1, *[1] * (x.dim() - 1))

        total = shaped(starts) + shaped(slopes[:, 0]) * (x - shaped(nodes[:, 0]))
        for node, change in zip(nodes.T, slopes.diff().T, strict=True):
            total = total + shaped(change) * (x - shaped(node)).relu()
        return total

    return function
