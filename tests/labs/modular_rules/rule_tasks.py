"""One task of every kind, for tests."""

import numpy as np
import pytest

from labs.modular_rules.tasks.mha import MHATask
from labs.modular_rules.tasks.mlp import MLPTask
from labs.modular_rules.tasks.rnn import RNNTask

TASKS = {
    "mlp": (MLPTask(4), None),
    "mha 1": (MHATask(4, version=1), 5),
    "mha 2": (MHATask(4, version=2), 5),
    "rnn": (RNNTask(4, d=3), 5),
    "rnn of order 2": (RNNTask(4, d=3, order=2), 5),
}
kinds = pytest.mark.parametrize(("task", "length"), TASKS.values(), ids=TASKS)
losses = pytest.mark.parametrize("loss", ["regression", "classification"])


def rng(seed: int = 0) -> np.random.RandomState:
    return np.random.RandomState(seed)
