"""The recurrent task: a linear system that switches its matrices."""

from collections.abc import Sequence
from dataclasses import KW_ONLY, dataclass
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt

from labs.modular_rules.tasks import laws
from labs.modular_rules.tasks.laws import Array
from labs.modular_rules.tasks.task import Task
from labs.nn.stochastic import Floats
from mnist1d.recipe import whole


@dataclass(frozen=True)
class RNNTask(Task):
    """States of a linear system that switches its matrices by rule at every step, eq. 12-15.

    s_n = s_(n-1) A_c + u_n B_c from s_0 = 0, row vectors; with order k, the last k states each
    have a matrix. Regression predicts the whole state (as the official program; the paper's w is
    only in classification), classification whether w s_n >= 0. Coefficients: A (R, order, d, d), B
    (R, d, d) and, for classification, w (1, d, 1): one for all rules.

    Args:
        d: numbers in a state; officially 32.
        order: past states that act, officially 1.
    """

    _: KW_ONLY
    d: int = 32
    order: int = 1

    shortest: ClassVar[int] = 1

    def __post_init__(self) -> None:
        super().__post_init__()
        whole("d", self.d, 1)
        whole("order", self.order, 1)

    @property
    def features(self) -> int:
        return self.d

    def _coefficients(self, rng: np.random.RandomState) -> tuple[npt.NDArray[Any], ...]:
        R, d, order = self.R, self.d, self.order
        matrices = rng.randn(R, order, d, d) / (order * d) ** 0.5, rng.randn(R, d, d) / d**0.5
        return matrices if self.loss == "regression" else (*matrices, rng.randn(1, d, 1))

    def _draw(
        self, rng: np.random.RandomState, size: tuple[int, ...], p: Floats | None
    ) -> tuple[npt.NDArray[Any], npt.NDArray[Any]]:
        rules = rng.choice(self.R, size=size, p=p)  # here the published order is rules first
        return rng.randn(*size, self.d), rules

    def values(self, coefficients: Sequence[Array], features: Array, rules: Array) -> Array:
        states = laws.rnn(coefficients[0], coefficients[1], features, rules)
        if self.loss == "regression":
            return states
        return states @ coefficients[2]
