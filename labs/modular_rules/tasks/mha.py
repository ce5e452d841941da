"""The task of attention: two searches among the other tokens."""

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
class MHATask(Task):
    """Two searches among the other tokens, and a combination of what is found there, eq. 7-11.

    Every token has, for each rule, two queries q, q' and two values v, v'. A token of rule c finds
    the other token i whose q_c is most like its own, and i' by q'_c; its label is alpha_c v_c[i] +
    beta_c v'_c[i']. Coefficients: alpha (R,), beta (R,). Sequences have at least 2 tokens.

    Args:
        version: of the search. 1 (the paper): queries are numbers, the nearest wins; 4 R features.
            2 (the official program): queries are points on the unit circle, the largest dot
            product wins; 6 R features.
    """

    _: KW_ONLY
    version: int = 1

    shortest: ClassVar[int] = 2

    def __post_init__(self) -> None:
        super().__post_init__()
        whole("version", self.version, 1, 2)

    @property
    def features(self) -> int:
        return self.R * self._width

    @property
    def _width(self) -> int:
        return 2 * self.version + 2

    def _coefficients(self, rng: np.random.RandomState) -> tuple[npt.NDArray[Any], ...]:
        return rng.randn(self.R), rng.randn(self.R)

    def _draw(
        self, rng: np.random.RandomState, size: tuple[int, ...], p: Floats | None
    ) -> tuple[npt.NDArray[Any], npt.NDArray[Any]]:
        # version 2 draws all queries before all values; in version 1 nothing comes before
        queries = rng.randn(*size, self.R, 4 * (self.version - 1))
        rest = rng.randn(*size, self.R, self._width - queries.shape[-1])
        normal = np.concatenate([queries, rest], axis=-1).reshape(*size, -1)
        return self.finish(normal), rng.choice(self.R, size=size, p=p)

    def finish(self, normal: Array) -> Array:
        """Put the queries of version 2 on the unit circle, in place."""
        if self.version == 1:
            return normal
        by_rule = normal.reshape(*normal.shape[:-1], self.R, self._width)
        return laws.on_circle(by_rule).reshape(normal.shape)

    def values(self, coefficients: Sequence[Array], features: Array, rules: Array) -> Array:
        alpha, beta = coefficients
        by_rule = features.reshape(*features.shape[:-1], self.R, self._width)
        return laws.mha(alpha, beta, by_rule, rules)
