"""The task of the MLP: a weighted sum of two numbers."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from labs.modular_rules.tasks import laws
from labs.modular_rules.tasks.laws import Array
from labs.modular_rules.tasks.task import Task
from labs.nn.stochastic import Floats


@dataclass(frozen=True)
class MLPTask(Task):
    """y = alpha_c a + beta_c b of two standard normal numbers a, b, eq. 4-6.

    Coefficients: alpha (R,), beta (R,).

    >>> [table.round(3).tolist() for table in MLPTask(2, data_seed=1).coefficients]
    [[1.624, -0.612], [-0.528, -1.073]]
    """

    @property
    def features(self) -> int:
        return 2

    def _coefficients(self, rng: np.random.RandomState) -> tuple[npt.NDArray[Any], ...]:
        return rng.randn(self.R), rng.randn(self.R)

    def _draw(
        self, rng: np.random.RandomState, size: tuple[int, ...], p: Floats | None
    ) -> tuple[npt.NDArray[Any], npt.NDArray[Any]]:
        a, b = rng.randn(*size), rng.randn(*size)
        return np.stack([a, b], axis=-1), rng.choice(self.R, size=size, p=p)

    def values(self, coefficients: Sequence[Array], features: Array, rules: Array) -> Array:
        alpha, beta = coefficients
        return laws.mlp(alpha, beta, features, rules)
