"""What all tasks share: records of coefficients, and the published stream of inputs.

A task has R rules. Every sample, token or time step has a rule c, always visible to the model as a
one-hot code beside the features, and the label is a law of the features whose coefficients are
those of rule c. Data are endless: every batch is fresh. Two random streams are kept apart, as in
the source: a task's coefficients come from `RandomState(data_seed)`, inputs from a generator that
the caller owns, in the order of the official program, so that its numbers are reproduced exactly.
`labs.modular_rules.tasks.streams` draws inputs faster, for training, and labels them by the same
law.

Source: Mittal, Bengio, Lajoie, "Is a Modular Architecture Enough?" (2022), eq. 1-15. Shapes are
written with N samples, L tokens or time steps, R rules, M tasks (members of a stack).
"""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, ClassVar, NamedTuple

import numpy as np
import numpy.typing as npt

from labs.kit.checks import known
from labs.modular_rules.published import LOSSES
from labs.modular_rules.tasks.laws import Array
from labs.nn.stochastic import Floats, probabilities
from mnist1d.recipe import real, whole

OOD_SCALE = 2.0  # of the features, out of distribution: four times the variance


class Inputs(NamedTuple):
    """What is drawn: float64 features (N, 2), (N, L, w) or (N, L, d); int64 rules (N,) or (N, L),
    from 0.
    """

    features: npt.NDArray[Any]
    rules: npt.NDArray[Any]


class Batch(NamedTuple):
    """One batch: x = features and one-hot rule side by side, the labels y, the rules."""

    x: npt.NDArray[Any]
    y: npt.NDArray[Any]
    rules: npt.NDArray[Any]


@dataclass(frozen=True)
class Task(ABC):
    """What all tasks share; the tasks themselves are `MLPTask`, `MHATask` and `RNNTask`,
    each in a file of its own.

    Args:
        R: number of rules.
        data_seed: names the coefficients, 0 to 2**32 - 1.
        loss: ``"regression"``, real labels y, or ``"classification"``, labels 1 where y >= 0 and
            else 0, as floats (the paper writes sign(y)).

    Raises:
        TypeError, ValueError: at once, naming the argument, the rule and the value.
    """

    R: int
    data_seed: int = 0
    loss: str = "regression"

    shortest: ClassVar[int] = 0  # sequence; 0 where there are no sequences

    def __post_init__(self) -> None:
        whole("R", self.R, 1)
        whole("data_seed", self.data_seed, 0, 2**32 - 1)
        known("loss", self.loss, LOSSES)

    @property
    @abstractmethod
    def features(self) -> int:
        """Numbers per sample (or token) beside the rule; x has R more."""

    @cached_property
    def coefficients(self) -> tuple[npt.NDArray[Any], ...]:
        """Drawn once from `RandomState(data_seed)`; read-only arrays, rules first."""
        drawn = self._coefficients(np.random.RandomState(self.data_seed))
        for table in drawn:
            table.flags.writeable = False
        return drawn

    @abstractmethod
    def _coefficients(self, rng: np.random.RandomState) -> tuple[npt.NDArray[Any], ...]: ...

    @abstractmethod
    def _draw(
        self, rng: np.random.RandomState, size: tuple[int, ...], p: Floats | None
    ) -> tuple[npt.NDArray[Any], npt.NDArray[Any]]: ...

    def finish(self, normal: Array) -> Array:
        """Features (..., w) from as many independent standard normal numbers."""
        return normal

    @abstractmethod
    def values(self, coefficients: Sequence[Array], features: Array, rules: Array) -> Array:
        """Labels before they are made classes, for a stack of tasks that differ in coefficients.

        Args:
            coefficients: as `coefficients`, each with a leading axis M.
            features: (M, N, ..., w).
            rules: (M, N) or (M, N, L), int64.
        """

    def targets(self, coefficients: Sequence[Array], features: Array, rules: Array) -> Array:
        """Labels of a stack of tasks; arguments are those of `values`, numpy or torch."""
        values = self.values(coefficients, features, rules)
        return values if self.loss == "regression" else 1.0 * (values >= 0)

    def size(self, n: int, length: int | None) -> tuple[int, ...]:
        """Shape of the rules of n samples: (n,), or (n, length) for sequences.

        Raises:
            TypeError, ValueError: n below 1; a length where there are no sequences, none where
                there are, or one too short.
        """
        n = whole("n", n, 1)
        if self.shortest:
            return n, whole("length", length, self.shortest)
        if length is not None:
            raise ValueError(f"length must be None for {type(self).__name__}, got {length!r}")
        return (n,)

    def inputs(
        self,
        rng: np.random.RandomState,
        n: int,
        *,
        length: int | None = None,
        scale: float = 1.0,
        rule_probs: npt.ArrayLike | None = None,
    ) -> Inputs:
        """Draw inputs in the published order: after `RandomState(s)` they are the numbers that
        the official program draws after `numpy.random.seed(s)`.

        Args:
            rng: the stream; moves on.
            n: samples or sequences.
            length: of the sequences; None for `MLPTask`.
            scale: factor on the features; `OOD_SCALE` is the published out-of-distribution case.
            rule_probs: (R,) probabilities of the rules; None is equiprobable.

        Raises:
            TypeError, ValueError: naming the argument, the rule and the value.
        """
        size, scale = self.size(n, length), real("scale", scale)
        p = None if rule_probs is None else rule_probabilities(rule_probs, (self.R,))
        features, rules = self._draw(rng, size, p)
        return Inputs(scale * features, rules)

    def labels(self, inputs: Inputs) -> npt.NDArray[Any]:
        """Labels of inputs, float64: (N,) for MLP, (N, L) for MHA, (N, L, d) or, as classes,
        (N, L, 1) for RNN.

        Raises:
            ValueError: features or rules of another shape, rules outside 0 .. R - 1.
        """
        features, rules = np.asarray(inputs.features), np.asarray(inputs.rules)
        expected = (*rules.shape, self.features)
        if rules.ndim != (2 if self.shortest else 1) or features.shape != expected:
            raise ValueError(
                f"features must be (*rules.shape, {self.features}), "
                f"got {features.shape} for rules of shape {rules.shape}"
            )
        if rules.dtype.kind not in "iu" or not np.isin(rules, np.arange(self.R)).all():
            raise ValueError(f"rules must be integers from 0 to {self.R - 1}, got {rules}")
        coefficients = [table[None] for table in self.coefficients]
        return self.targets(coefficients, features[None], rules[None])[0]

    def batch(
        self,
        rng: np.random.RandomState,
        n: int,
        *,
        length: int | None = None,
        scale: float = 1.0,
        rule_probs: npt.ArrayLike | None = None,
    ) -> Batch:
        """Draw and label a batch; arguments and errors are those of `inputs`.

        >>> from labs.modular_rules.tasks.mlp import MLPTask
        >>> x, y, rules = MLPTask(2).batch(np.random.RandomState(0), 4)
        >>> x.round(3).tolist()[0], y.round(3).tolist(), rules.tolist()
        ([1.764, 1.868, 1.0, 0.0], [4.94, -0.251, 2.656, 0.558], [0, 0, 0, 1])
        """
        inputs = self.inputs(rng, n, length=length, scale=scale, rule_probs=rule_probs)
        onehot = np.eye(self.R)[inputs.rules]
        x = np.concatenate([inputs.features, onehot], axis=-1)
        return Batch(x, self.labels(inputs), inputs.rules)


def rule_probabilities(rule_probs: npt.ArrayLike, *shapes: tuple[int, ...]) -> Floats:
    """Check probabilities of rules, of one of the given shapes, and return them as float64.

    Raises:
        ValueError: another shape, or not probabilities (sums within 1e-6 of 1).
    """
    p = probabilities("rule_probs", rule_probs, 1e-6)
    if p.shape not in shapes:
        rule = " or ".join(map(str, shapes))
        raise ValueError(f"rule_probs must be of shape {rule}, got {p.shape}")
    return p
