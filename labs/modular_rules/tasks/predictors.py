"""Reference lines: what predictors reach that learn nothing about the rules."""

import numpy as np
import numpy.typing as npt

from labs.modular_rules.tasks.rnn import RNNTask
from labs.modular_rules.tasks.task import Task
from labs.nn.stochastic import Floats

COIN = 50.0  # percent of errors of a constant guess: the laws are symmetric about 0


def rule_blind(task: Task, *, length: int | None = None, samples: int = 4000) -> float:
    """Loss of the best predictor that sees the features but not the rule, equiprobable rules.

    Each rule makes one candidate label of the same features. The L1 loss is least at the median of
    the R candidates, the error (in percent) at the sign of the majority; both are averaged over
    all R rules rather than over drawn ones. Not defined for `RNNTask`, whose labels depend on the
    rules of earlier steps as well.

    Args:
        task: an `MLPTask` or `MHATask`.
        length: of the sequences; None for `MLPTask`.
        samples: samples or sequences drawn.

    Raises:
        TypeError, ValueError: a bad value, or an `RNNTask`.

    >>> from labs.modular_rules.tasks.mlp import MLPTask
    >>> rule_blind(MLPTask(1))
    0.0
    """
    _check_memoryless(task)
    inputs = task.inputs(np.random.RandomState(0), samples, length=length)
    y = candidates(task, inputs.features)
    if task.loss == "regression":
        return float(np.abs(y - np.median(y, axis=0)).mean())
    share = y.mean(axis=0)
    return float(100 * np.minimum(share, 1 - share).mean())


def candidates(task: Task, features: npt.ArrayLike) -> Floats:
    """Labels that each rule would give to the same features: (R, N) for `MLPTask`, (R, N, L) for
    `MHATask`.

    Args:
        task: an `MLPTask` or `MHATask`.
        features: (N, 2) or (N, L, w), as in `Inputs`.

    Raises:
        ValueError: features of another shape, or an `RNNTask`.
    """
    _check_memoryless(task)
    x = np.asarray(features, dtype=np.float64)
    if x.ndim != (3 if task.shortest else 2) or x.shape[-1] != task.features:
        raise ValueError(f"features must be (N, ..., {task.features}), got shape {x.shape}")
    # the rules are the members of a stack of equal tasks
    stack = [np.broadcast_to(table, (task.R, *table.shape)) for table in task.coefficients]
    rules = np.arange(task.R).reshape(-1, *[1] * (x.ndim - 1))
    shape = (task.R, *x.shape)
    return task.targets(stack, np.broadcast_to(x, shape), np.broadcast_to(rules, shape[:-1]))


def _check_memoryless(task: Task) -> None:
    if isinstance(task, RNNTask):
        raise ValueError(f"task must not be an RNNTask: its labels need earlier rules, got {task}")
