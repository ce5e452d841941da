"""How modules are used: collapse and specialisation, from the activation matrix alone.

The activation matrix A (R rules x M modules) holds in row r the mean soft score that each module
gets on samples of rule r: every row is a probability distribution, A[r, m] = p(m | r). Rules count
as equiprobable, so p(m) is the mean of column m. For every metric of `METRICS` lower is better and
0 is best. Two questions are asked, and neither answers the other, so report both:

* collapse: are modules left unused? `collapse_avg`, `collapse_worst`. 0 for a perfect system *and*
  for one that uses all modules alike for every rule.
* specialisation: does each rule have a module of its own? `alignment`, `inverse_mi`, `adaptation`.
  The first two are the same, at M = R, for that uniform system and for one where a single module
  does all.

Beside them `entropy` of use and `normalized_mi`, of which more is better.

The source has as many modules as rules, M = R; other M are ours. Where modules are fewer than
rules not every rule can have one of its own: `alignment` is then at least 1 - M / R. An untrained
network is not at 0 either: compare with its own values before training.

Every function takes any row-stochastic matrix, (R, M) or a stack (..., R, M), as arrays or lists,
and returns float64 of shape (...), for one matrix a scalar. Rows may miss a sum of 1 by 1e-4 and
are rescaled. All raise ValueError for a matrix with fewer than 2 rules or modules, that is not
finite or negative somewhere, or whose rows do not sum to 1. No value depends on the modules' order.

Source: Mittal, Bengio, Lajoie, "Is a Modular Architecture Enough?" (2022), eq. 16-20, and its
official program where the two differ.
"""

from collections.abc import Callable
from functools import lru_cache
from types import MappingProxyType
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from scipy.optimize import linear_sum_assignment
from scipy.special import entr, rel_entr

from labs.nn.stochastic import Floats, probabilities
from mnist1d.recipe import whole

TOLERANCE = 1e-4  # by how much a row may miss a sum of 1: float32 scores pass

Numbers = np.float64 | Floats


def collapse_avg(A: npt.ArrayLike) -> Numbers:
    """Collapse-Avg: share of use that modules miss, on average; eq. 16.

    M / (M - 1) sum_m max(0, 1/M - p(m)), in [0, 1]. 0: all modules are used equally, be it each for
    its own rule or all for every rule. 1: one module does everything.

    >>> float(collapse_avg([[0.9, 0.1], [0.8, 0.2]]).round(6))
    0.7
    """
    p = _checked(A).mean(-2)
    M = p.shape[-1]
    return np.clip(M / (M - 1) * np.maximum(0, 1 / M - p).sum(-1), 0, 1)


def collapse_worst(A: npt.ArrayLike) -> Numbers:
    """Collapse-Worst: how much of its share the least used module misses; eq. 17.

    1 - M min_m p(m), in [0, 1], never below Collapse-Avg. 0 as there. 1: some module is never used,
    one or all but one alike. A minimum over more modules: it rises with M even in untrained nets.

    >>> float(collapse_worst([[0.9, 0.1], [0.8, 0.2]]).round(6))
    0.7
    """
    p = _checked(A).mean(-2)
    return np.clip(1 - p.shape[-1] * p.min(-1), 0, 1)


def matching(A: npt.ArrayLike) -> npt.NDArray[np.int64]:
    """The module that stands for each rule, (..., R), no module for two: the permutation that
    `alignment` measures to. Of fewer modules than rules, -1 for a rule that is left without.

    Where several are equally good, any of them.

    >>> matching([[0.95, 0, 0, 0.05], [0, 0, 0, 1], [0.35, 0.1, 0, 0.55], [0, 1, 0, 0]]).tolist()
    [0, 3, 2, 1]
    """
    checked = _checked(A)
    found = np.full((*checked.shape[:-2], checked.shape[-2]), -1, dtype=np.int64)
    for place in np.ndindex(checked.shape[:-2]):
        rules, modules = linear_sum_assignment(checked[place], maximize=True)
        found[place][rules] = modules
    return found


def alignment(A: npt.ArrayLike) -> Numbers:
    """Alignment: distance from the nearest permutation, sum |P - A| / (2 R); eq. 18.

    Equal to 1 - (1/R) sum_r A[r, matching(r)], a rule without a module counting as 0; in [0,
    1 - 1/R], at M < R in [1 - M/R, 1 - 1/R]. 0: every rule has a module of its own. 1 - 1/R: one
    module for all rules, and at M = R uniform use: it cannot tell these apart. Uniform use of M
    modules is at 1 - 1/max(R, M). The ceiling rises with R: divide by 1 - 1/R to compare.

    >>> float(alignment([[0.9, 0.1], [0.2, 0.8]]).round(6))
    0.15
    """
    checked = _checked(A)
    modules = matching(checked)
    kept = np.take_along_axis(checked, np.maximum(modules, 0)[..., None], axis=-1)[..., 0]
    return np.clip(1 - np.where(modules < 0, 0, kept).mean(-1), 0, 1)


def mutual_information(A: npt.ArrayLike) -> Numbers:
    """Mutual information of rule and module in nats, in [0, log min(R, M)], with 0 log 0 = 0.

    log R: every rule has a module of its own. 0: the module tells nothing of the rule. The official
    program adds 1e-8 within the logarithm, which takes off up to 1.1e-5 (at R = 32).
    """
    checked = _checked(A)
    joint = checked / checked.shape[-2]
    independent = joint.sum(-1, keepdims=True) * joint.sum(-2, keepdims=True)
    # a probability of 1e-323 adds nothing, but its product with another rounds to 0: no infinity
    apart = np.where(independent > 0, rel_entr(joint, independent), 0)
    return np.maximum(0, apart.sum((-2, -1)))


def inverse_mi(A: npt.ArrayLike) -> Numbers:
    """Inverse mutual information: 1 - I(module; rule) / log min(R, M), in [0, 1]; eq. 19.

    0: the module names the rule, or of fewer modules the rule names the module. 1: it tells nothing
    of it, as in uniform use and where one module does everything: it cannot tell these apart.

    >>> float(inverse_mi([[0.9, 0.1], [0.2, 0.8]]).round(6))
    0.602687
    """
    checked = _checked(A)
    return np.clip(1 - mutual_information(checked) / np.log(min(checked.shape[-2:])), 0, 1)


def normalized_mi(A: npt.ArrayLike) -> Numbers:
    """Normalised mutual information of rule and module, in [0, 1]: twice I over the sum of their
    entropies, as `sklearn.metrics.normalized_mutual_info_score` of labels has it.

    1: rule and module name each other. 0: the module tells nothing of the rule. It tells one module
    for every rule from several, which `inverse_mi` does not where M > R.

    >>> float(normalized_mi([[0.5, 0.5, 0, 0], [0, 0, 0.5, 0.5]]).round(6))
    0.666667
    """
    checked = _checked(A)
    both = np.log(checked.shape[-2]) + entr(checked.mean(-2)).sum(-1)
    return np.clip(2 * mutual_information(checked) / both, 0, 1)


def entropy(A: npt.ArrayLike) -> Numbers:
    """Entropy of use: H(p) / log M, in [0, 1]. 1: all modules are used equally. 0: one module does
    everything.

    >>> float(entropy([[0.5, 0, 0.25, 0.25], [0, 0.5, 0.25, 0.25]]))
    1.0
    """
    p = _checked(A).mean(-2)
    return np.clip(entr(p).sum(-1) / np.log(p.shape[-1]), 0, 1)


@lru_cache
def rule_distributions(R: int) -> Floats:
    """The rule distributions of Adaptation, (100, R): one flat Dirichlet draw from each of
    `RandomState(0)` to `RandomState(99)`; read-only.

    >>> rule_distributions(2)[0].round(3).tolist()
    [0.388, 0.612]
    """
    ones = np.ones(whole("R", R, 2))
    p = np.stack([np.random.RandomState(seed).dirichlet(ones) for seed in range(100)])
    p.flags.writeable = False
    return p


def sorted_distance(p: npt.ArrayLike, q: npt.ArrayLike) -> Numbers:
    """Distance of two distributions, each sorted first: which module does what costs nothing.

    Total variation, half the sum of |p - q|, as in the official program; the paper's eq. 20 has
    the whole sum.

    Args:
        p, q: (..., R), each row summing to 1.

    Raises:
        ValueError: not probabilities, or another number of entries.

    >>> float(sorted_distance([0.1, 0.2, 0.7], [0.7, 0.1, 0.2]).round(6))
    0.0
    """
    p, q = (probabilities(name, v, TOLERANCE) for name, v in (("p", p), ("q", q)))
    if p.shape[-1] != q.shape[-1]:
        raise ValueError(f"q must have as many entries as p, {p.shape[-1]}, got {q.shape[-1]}")
    return _total_variation(p, q)


def adaptation(A: npt.ArrayLike) -> Numbers:
    """Adaptation: does the use of modules follow a shift in the rules' frequencies? Eq. 20.

    The mean of `sorted_distance` between each p of `rule_distributions` and q = p A, the use of
    modules that follows from p: the population version, exact where a sample's score depends on
    its own rule only. Of another number of modules, those that lack count as never used. At M = R
    in [0, 1 - 1/R]. 0: every rule has a module of its own. In
    expectation (1 - 1/R)^R for uniform use and 1 - H_R / R, H the harmonic number, for one module
    that does all; at R = 2 both are 1/4: it cannot tell these apart. The order of the rules matters
    a little, since the p are fixed.

    >>> float(adaptation([[0.9, 0.1], [0.2, 0.8]]).round(6))
    0.086935
    """
    checked = _checked(A)
    p = rule_distributions(checked.shape[-2])
    q = _widened(p @ checked, checked.shape[-2])
    return _total_variation(_widened(p, checked.shape[-1]), q).mean(-1)


def adaptation_sampled(p: npt.ArrayLike, q: npt.ArrayLike) -> Numbers:
    """Adaptation from observed use, the official procedure.

    Even a perfect model stays above 0 for the finite sample that q comes from: with 10^4 samples
    per row 0.003 at R = 2 and 0.016 at R = 32.

    Args:
        p: (K, R), the rules' probabilities that data were drawn with: `rule_distributions(R)`.
        q: (K, R), in row k the mean scores of the model on the data of p[k]; or a stack of these,
            (..., K, R).

    Raises:
        ValueError: other shapes, or not probabilities.
    """
    shapes = np.shape(p), np.shape(q)
    if len(shapes[0]) != 2 or shapes[0] != shapes[1][-2:]:
        raise ValueError(f"p and q must be (K, R) and (..., K, R), got {shapes[0]}, {shapes[1]}")
    return sorted_distance(p, q).mean(-1)


class Metric(NamedTuple):
    """A function of the activation matrix, its label in the paper, and what it measures."""

    function: Callable[[npt.ArrayLike], Numbers]
    label: str
    kind: str  # "collapse" or "specialisation"


# in the order of the paper's Fig. 5
METRICS = MappingProxyType(
    {
        "collapse_avg": Metric(collapse_avg, "Collapse-Avg", "collapse"),
        "collapse_worst": Metric(collapse_worst, "Collapse-Worst", "collapse"),
        "alignment": Metric(alignment, "Alignment", "specialisation"),
        "adaptation": Metric(adaptation, "Adaptation", "specialisation"),
        "inverse_mi": Metric(inverse_mi, "Inverse Mutual Information", "specialisation"),
    }
)


def _total_variation(p: Floats, q: Floats) -> Floats:
    return 0.5 * np.abs(np.sort(p, axis=-1) - np.sort(q, axis=-1)).sum(-1)


def _widened(p: Floats, entries: int) -> Floats:
    """With zeros behind, to at least as many entries."""
    missing = max(0, entries - p.shape[-1])
    return np.concatenate([p, np.zeros((*p.shape[:-1], missing))], axis=-1)


def _checked(A: npt.ArrayLike) -> Floats:
    matrix = probabilities("A", A, TOLERANCE)
    if matrix.ndim < 2 or min(matrix.shape[-2:]) < 2:
        raise ValueError(
            f"A must be (..., R, M) with R and M of at least 2, got shape {matrix.shape}"
        )
    return matrix
