"""Twelve replicates of three ways to train an MLP, all in one stack."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import torch

from labs.kit.seeds import seed
from labs.nn.nets import MLP
from labs.nn.optimizer import Optimizer
from labs.nn.training import evaluate, fit, stacked
from mnist1d import Recipe, generate

SEED = 42  # of replicate 0
HELD_OUT = 500  # of the 4000 training signals, for validation
ARMS = {"plain": (0.01, "start"), "slower": (0.003, "start"), "twin": (0.01, "another start")}


@dataclass(frozen=True, eq=False)
class Curves:
    """Accuracies of an arm while it trained, percent.

    Attributes:
        steps: (E,) steps done at each evaluation.
        test: (M, E) on the 1000 published test signals of each replicate.
        val: (M, E) on 500 signals that were held out of the training set.
    """

    steps: np.ndarray
    test: np.ndarray
    val: np.ndarray


def curves(replicates: range, steps: int, evaluations: int) -> dict[str, Curves]:
    """Train three MLPs on the data set of each replicate and evaluate them on the way.

    The arms of a replicate share the data, their order and, but for the twin, the first weights.
    "plain" has Adam's rate 0.01, "slower" 0.003; "twin" is "plain" from another start.

    Args:
        replicates: M of them.
        steps: of training, 100 signals each.
        evaluations: E, at equal distances, the last after the last step.

    Returns:
        Arm -> its curves.
    """
    cells = [(arm, replicate) for arm in ARMS for replicate in replicates]
    net = MLP(len(cells))
    net.reset([seed("verdicts", ARMS[arm][1], replicate) for arm, replicate in cells])
    rates = [ARMS[arm][0] for arm, _ in cells]
    sets = {replicate: _arrays(replicate) for replicate in replicates}
    parts = zip(*(sets[replicate] for _, replicate in cells), strict=True)
    train, val, test = (_stacked(part) for part in parts)
    optimizer = Optimizer(net, torch.optim.Adam, lr=rates)
    every = max(1, steps // evaluations)
    done: list[int] = []
    seen: dict[str, list[np.ndarray]] = {"val": [], "test": []}
    for step in fit(net, *train, optimizer=optimizer, steps=steps, every=every):
        done.append(step)
        for name, (x, y) in (("val", val), ("test", test)):
            seen[name].append(evaluate(net, x, y).accuracy.numpy())
    found = {name: np.stack(rows, axis=1) for name, rows in seen.items()}
    members = np.array([arm for arm, _ in cells])
    return {
        arm: Curves(np.array(done), **{name: rows[members == arm] for name, rows in found.items()})
        for arm in ARMS
    }


def _stacked(members: Iterable[Iterable[np.ndarray]]) -> tuple[torch.Tensor, torch.Tensor]:
    x, y = stacked(members)
    return x, y


def _arrays(replicate: int) -> list[tuple[np.ndarray, np.ndarray]]:
    own = generate(Recipe(seed=SEED + replicate, n_val=HELD_OUT))
    pairs = ((own.x, own.y), (own.x_val, own.y_val), (own.x_test, own.y_test))
    return [(x.astype(np.float32), y) for x, y in pairs]
