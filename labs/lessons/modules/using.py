"""The exercises `activation_matrix` and `collapse_worst`: who uses which module, and is one left
unused?
"""

import numpy as np
from scipy.stats import entropy

from labs.course.compare import expect_array, expect_close, expect_number, unchanged
from labs.course.plan import Answer, Check, Exercise, expect
from labs.nn import metrics

Array = np.ndarray


def _scores(seed: int) -> tuple[Array, Array]:
    """Scores (53, 5), and rules, the first of them the most frequent and none of them missing."""
    rng = np.random.default_rng(seed)
    scores = rng.dirichlet(np.ones(5), size=53)
    rules = np.concatenate([np.arange(5), rng.choice(5, 48, p=[0.5, 0.2, 0.1, 0.1, 0.1])])
    return scores, rng.permutation(rules)


def _means(answer: Answer, seed: int) -> None:
    scores, rules = _scores(seed)
    want = np.stack([np.average(scores, axis=0, weights=rules == r) for r in range(5)])
    mistakes = {
        "is it transposed: rows are rules, columns are modules": want.T,
        "are the scores kept soft, not turned into a first choice": _hard(scores, rules, 5),
        "is each row divided by the number of its own examples, not of all": _joint(
            scores, rules, 5
        ),
        "is each row divided by the number of its own examples, not by N / R": _even(
            scores, rules, 5
        ),
        "are these sums, not means": _sums(scores, rules, 5),
    }
    with unchanged(scores=scores, rules=rules):
        got = answer(scores, rules, 5)
    expect_close(got, want, mistakes=mistakes)


def _rows(answer: Answer, seed: int) -> None:
    scores, rules = _scores(seed)
    sums = expect_array(answer(scores, rules, 5), shape=(5, 5)).sum(axis=1)
    worst = int(np.argmax(abs(sums - 1)))
    told = f"asked for rows that sum to 1, got {sums[worst]:.4g} in row {worst}"
    expect(abs(sums[worst] - 1) < 1e-8, f"{told}: a row is a distribution over modules")


def _one_each(answer: Answer, seed: int) -> None:
    scores, _ = _scores(seed)
    order = np.random.default_rng(seed).permutation(5)
    want = np.empty((5, 5))
    want[order] = scores[:5]
    expect_close(answer(scores[:5], order, 5), want, "with one example of each rule")


def _sums(scores: Array, rules: Array, R: int) -> Array:
    return np.stack([scores[rules == r].sum(axis=0) for r in range(R)])


def _averages(scores: Array, rules: Array, R: int) -> Array:
    return np.stack([scores[rules == r].mean(axis=0) for r in range(R)])


def _hard(scores: Array, rules: Array, R: int) -> Array:
    return _averages(np.eye(R)[scores.argmax(axis=1)], rules, R)


def _joint(scores: Array, rules: Array, R: int) -> Array:
    return _sums(scores, rules, R) / len(rules)


def _even(scores: Array, rules: Array, R: int) -> Array:
    return R * _joint(scores, rules, R)


def _transposed(scores: Array, rules: Array, R: int) -> Array:
    return _averages(scores, rules, R).T


def _unsorted(scores: Array, rules: Array, R: int) -> Array:
    return _averages(scores, rules, R)[list(dict.fromkeys(rules.tolist()))]


def _by_product(scores: Array, rules: Array, R: int) -> Array:
    codes = np.eye(R)[rules]
    product: Array = codes.T @ scores / codes.sum(axis=0)[:, None]
    return product


def _added(scores: Array, rules: Array, R: int) -> Array:
    total = np.zeros((R, scores.shape[1]))
    np.add.at(total, rules, scores)
    return total / np.bincount(rules, minlength=R)[:, None]


ACTIVATION_MATRIX = Exercise(
    name="activation_matrix",
    signature="(scores: np.ndarray, rules: np.ndarray, R: int) -> np.ndarray",
    minutes=8,
    checks=(
        Check(name="mean score of each module on each rule", run=_means),
        Check(name="rows sum to 1", run=_rows),
        Check(name="one example of each rule", run=_one_each),
    ),
    right={"product of codes": _by_product, "added up": _added},
    wrong={
        "first choices": (_hard, "kept soft"),
        "transposed": (_transposed, "transposed"),
        "joint": (_joint, "not of all"),
        "rules taken as equally frequent": (_even, "not by N / R"),
        "sums": (_sums, "not means"),
        "rules as they come": (_unsorted, "one example of each rule"),
    },
)


# collapse_worst


def _random(seed: int) -> Array:
    found: Array = np.random.default_rng(seed).dirichlet(np.full(7, 0.6), size=7)
    return found


def _worst(answer: Answer, seed: int) -> None:
    A = _random(seed)
    mistakes = {
        "is p the mean of a column, not of a row": _over_rows(A),
        "is p the mean of a column, not its sum": _of_sums(A),
        "is it the least mean of a column, not the least entry": _least_entry(A),
        "that is an entropy; look at the least used module alone": _entropy(A),
        "that is averaged over modules; look at the least used one alone": _average(A),
        "is the least share compared with 1 / R": _unscaled(A),
    }
    with unchanged(A=A):
        got = answer(A)
    expect_close(expect_number(got), float(metrics.collapse_worst(A)), mistakes=mistakes)


def _known_use(answer: Answer, seed: int) -> None:
    R = 3 + seed % 4
    one = np.zeros((R, R))
    one[:, R - 1] = 1
    cases = {
        "each rule its own module": (np.eye(R), 0),
        "all modules alike": (np.full((R, R), 1 / R), 0),
        "one module for all rules": (one, 1),
    }
    for name, (A, want) in cases.items():
        expect_close(expect_number(answer(A)), want, name)


def _over_rows(A: Array) -> float:
    return 1 - len(A) * float(A.mean(axis=1).min())


def _of_sums(A: Array) -> float:
    return 1 - len(A) * float(A.sum(axis=0).min())


def _least_entry(A: Array) -> float:
    return 1 - len(A) * float(A.min())


def _entropy(A: Array) -> float:
    return 1 - float(entropy(A.mean(axis=0)) / np.log(len(A)))


def _average(A: Array) -> float:
    return float(metrics.collapse_avg(A))


def _unscaled(A: Array) -> float:
    return 1 - float(A.mean(axis=0).min())


def _by_sums(A: Array) -> float:
    return 1 - float(np.sum(A, axis=0).min())


def _in_plain_python(A: Array) -> float:
    return 1 - min(sum(row[m] for row in A.tolist()) for m in range(len(A)))


COLLAPSE_WORST = Exercise(
    name="collapse_worst",
    signature="(A: np.ndarray) -> float",
    minutes=6,
    checks=(
        Check(name="share that the least used module misses", run=_worst),
        Check(name="three cases that are known", run=_known_use),
    ),
    right={"sums": _by_sums, "plain Python": _in_plain_python},
    wrong={
        "rows for columns": (_over_rows, "not of a row"),
        "sums": (_of_sums, "not its sum"),
        "least entry": (_least_entry, "not the least entry"),
        "entropy": (_entropy, "an entropy"),
        "averaged": (_average, "averaged over modules"),
        "not scaled": (_unscaled, "1 / R"),
    },
)
