"""Reference lines: what predictors reach that learn nothing, or nothing about the rules."""

import numpy as np
import numpy.typing as npt

from labs.modular_rules.stochastic import Floats
from labs.modular_rules.tasks.rnn import RNNTask
from labs.modular_rules.tasks.task import Task
from mnist1d.recipe import real, whole

COIN = 50.0  # percent of errors of a constant guess: the laws are symmetric about 0


def zero_predictor(
    task: Task,
    *,
    length: int | None = None,
    scale: float = 1.0,
    sequences: int = 4000,
    seed: int = 0,
) -> float:
    """Mean L1 loss of always predicting 0, with equiprobable rules; 50 % for classification.

    For `MLPTask` and `MHATask` it is E|y| = sqrt(2/pi) mean_r sqrt(alpha_r^2 + beta_r^2), times
    `scale`: exact, because given the rule y is normal. In MHA that is so for both searches and any
    length, since the two values found are standard normal whatever the queries are. For `RNNTask`
    it is the mean of |s| over a simulation, and grows with the length.

    Args:
        task: whose labels are predicted.
        length: of the sequences; needed for sequences, though only `RNNTask` depends on it.
        scale: factor on the features.
        sequences: simulated for `RNNTask`; 4000 of length 10 with d = 32 give 0.2 %.
        seed: of the simulation.

    Raises:
        TypeError, ValueError: naming the argument, the rule and the value.

    >>> from labs.modular_rules.tasks.mlp import MLPTask
    >>> [round(zero_predictor(MLPTask(2, data_seed)), 3) for data_seed in range(5)]
    [1.713, 1.174, 1.523, 1.478, 0.739]
    """
    sequences, scale = whole("sequences", sequences, 1), real("scale", scale)
    task.size(sequences, length)
    if task.loss == "classification":
        return COIN
    if isinstance(task, RNNTask):
        y = task.batch(_rng(seed), sequences, length=length, scale=scale).y
        return float(np.abs(y).mean())
    alpha, beta = task.coefficients
    return float(abs(scale) * np.sqrt(2 / np.pi) * np.hypot(alpha, beta).mean())


def rule_blind(
    task: Task,
    *,
    length: int | None = None,
    scale: float = 1.0,
    samples: int = 4000,
    seed: int = 0,
) -> float:
    """Loss of the best predictor that sees the features but not the rule, equiprobable rules.

    Each rule makes one candidate label of the same features. The L1 loss is least at the median of
    the R candidates, the error (in percent) at the sign of the majority; both are averaged over
    all R rules rather than over drawn ones. Not defined for `RNNTask`, whose labels depend on the
    rules of earlier steps as well.

    Args:
        task: an `MLPTask` or `MHATask`.
        length: of the sequences; None for `MLPTask`.
        scale: factor on the features.
        samples: samples or sequences drawn.
        seed: of the draw.

    Raises:
        TypeError, ValueError: a bad value, or an `RNNTask`.

    >>> from labs.modular_rules.tasks.mlp import MLPTask
    >>> rule_blind(MLPTask(1))
    0.0
    """
    _check_memoryless(task)
    samples = whole("samples", samples, 1)
    inputs = task.inputs(_rng(seed), samples, length=length, scale=scale)
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


def _rng(seed: int) -> np.random.RandomState:
    return np.random.RandomState(whole("seed", seed, 0, 2**32 - 1))
