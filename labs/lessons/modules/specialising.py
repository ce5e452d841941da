"""The exercises `alignment` and `inverse_mi`: does each rule have a module of its own?"""

from itertools import permutations

import numpy as np
from scipy.optimize import linear_sum_assignment

from labs.course.compare import expect_close, expect_number, unchanged
from labs.course.plan import Answer, Check, Exercise
from labs.nn import metrics

Array = np.ndarray


def _random(seed: int, count: int) -> Array:
    found: Array = np.random.default_rng(seed).dirichlet(np.ones(6), size=(count, 6))
    return found


def _one_for_all(R: int) -> Array:
    A = np.zeros((R, R))
    A[:, 0] = 1
    return A


# alignment


def _best_matching(answer: Answer, seed: int) -> None:
    for A in _random(seed, 40):
        mistakes = {
            "may two rules take the same module": _row_maxima(A),
            "does it keep the least instead of the most": _least(A),
            "is the mean of the kept scores wanted, not their sum": _kept_sum(A),
            "is module r meant to be that of rule r": _diagonal(A),
            "was the largest entry served first, which is not always best": _greedy(A),
            "was rule 0 served first, which is not always best": _in_turn(A),
            "may one rule take two modules": _column_maxima(A),
            "is 1 minus the kept share wanted": 1 - float(metrics.alignment(A)),
        }
        with unchanged(A=A):
            got = answer(A)
        expect_close(expect_number(got), float(metrics.alignment(A)), mistakes=mistakes)


def _permuted(answer: Answer, seed: int) -> None:
    order = np.roll(np.arange(5), 1 + seed % 4)
    got = expect_number(answer(np.eye(5)[order]))
    expect_close(got, 0, "each rule with a module of its own, in another order")


def _unspecialised(answer: Answer, seed: int) -> None:
    R = 3 + seed % 4
    for name, A in {"one module": _one_for_all(R), "all alike": np.full((R, R), 1 / R)}.items():
        expect_close(expect_number(answer(A)), 1 - 1 / R, f"{name} for all {R} rules")


def _row_maxima(A: Array) -> float:
    return 1 - float(A.max(axis=1).mean())


def _column_maxima(A: Array) -> float:
    return 1 - float(A.max(axis=0).mean())


def _diagonal(A: Array) -> float:
    return 1 - float(np.diag(A).mean())


def _greedy(A: Array) -> float:
    left, kept = A.copy(), 0.0
    for _ in A:
        rule, module = np.unravel_index(left.argmax(), left.shape)
        kept += float(A[rule, module])
        left[rule], left[:, module] = -1, -1
    return 1 - kept / len(A)


def _in_turn(A: Array) -> float:
    left, kept = A.copy(), 0.0
    for row in left:
        module = int(row.argmax())
        kept += float(row[module])
        left[:, module] = -1
    return 1 - kept / len(A)


def _least(A: Array) -> float:
    rules, modules = linear_sum_assignment(A)
    return 1 - float(A[rules, modules].mean())


def _kept_sum(A: Array) -> float:
    return 1 - len(A) * _kept(A)


def _kept(A: Array) -> float:
    return 1 - _by_assignment(A)


def _by_assignment(A: Array) -> float:
    rules, modules = linear_sum_assignment(-A)
    return 1 - float(A[rules, modules].mean())


def _by_trial(A: Array) -> float:
    rules = np.arange(len(A))
    return 1 - max(float(A[rules, list(order)].mean()) for order in permutations(rules))


ALIGNMENT = Exercise(
    name="alignment",
    signature="(A: np.ndarray) -> float",
    minutes=8,
    checks=(
        Check(name="the best matching of modules to rules", run=_best_matching),
        Check(name="the modules' order does not matter", run=_permuted),
        Check(name="without specialisation it is 1 - 1/R", run=_unspecialised),
    ),
    right={"assignment": _by_assignment, "all orders tried": _by_trial},
    wrong={
        "row maxima": (_row_maxima, "two rules take the same"),
        "column maxima": (_column_maxima, "one rule take two"),
        "diagonal": (_diagonal, "module r"),
        "least": (_least, "least instead of the most"),
        "sum": (_kept_sum, "not their sum"),
        "greedy": (_greedy, "served first"),
        "rule by rule": (_in_turn, "served first"),
        "kept share": (_kept, "1 minus"),
    },
    limit=20.0,
)


# inverse_mi


def _information(answer: Answer, seed: int) -> None:
    for A in _random(seed, 3):
        nats = float(metrics.mutual_information(A))
        mistakes = {
            "is it divided by log R": 1 - nats,
            "are bits divided by nats": 1 - nats / np.log(2) / np.log(6),
            "is 1 minus the information wanted": nats / np.log(6),
            "is p(rule, module) one R-th of A": _without_rules(A),
        }
        with unchanged(A=A):
            got = answer(A)
        expect_close(expect_number(got), float(metrics.inverse_mi(A)), mistakes=mistakes)


def _zeros(answer: Answer, seed: int) -> None:
    A = _random(seed, 1)[0]
    A[np.random.default_rng(seed).random((6, 6)) < 0.4] = 0
    A[:, 0] += 0.1
    A[2] = np.eye(6)[0]
    A /= A.sum(axis=1, keepdims=True)
    got = expect_number(answer(A), "with zeros in A, where 0 log 0 counts as 0")
    expect_close(got, float(metrics.inverse_mi(A)), "with zeros in A", relative=1e-6)


def _known_information(answer: Answer, seed: int) -> None:
    R = 3 + seed % 4
    own = np.eye(R)[np.random.default_rng(seed).permutation(R)]
    expect_close(expect_number(answer(own)), 0, "a module of its own for each rule", relative=1e-6)
    for name, A in {"one module": _one_for_all(R), "all alike": np.full((R, R), 1 / R)}.items():
        got = expect_number(answer(A), f"{name} for all {R} rules")
        expect_close(got, 1, f"{name} for all {R} rules", relative=1e-6)


def _mutual(A: Array) -> float:
    with np.errstate(all="ignore"):
        terms = A * np.log(A / A.mean(axis=0))
    return float(np.nansum(terms) / len(A))


def _not_normalised(A: Array) -> float:
    return 1 - _mutual(A)


def _in_bits(A: Array) -> float:
    return 1 - _mutual(A) / np.log(2) / np.log(len(A))


def _share_known(A: Array) -> float:
    return _mutual(A) / np.log(len(A))


def _without_rules(A: Array) -> float:
    return 1 - _mutual(A) * len(A) / np.log(len(A))


def _nan(A: Array) -> float:
    with np.errstate(all="ignore"):
        return 1 - float((A * np.log(A / A.mean(axis=0))).mean(axis=1).sum() / np.log(len(A)))


def _by_entropies(A: Array) -> float:
    def entropy(p: Array) -> float:
        return -sum(x * np.log(x) for x in p.ravel() if x > 0)

    joint = A / len(A)
    mutual = entropy(joint.sum(axis=0)) + np.log(len(A)) - entropy(joint)
    return float(1 - mutual / np.log(len(A)))


def _with_one_for_zero(A: Array) -> float:
    ratio = np.where(A > 0, A, 1) / np.where(A > 0, A.mean(axis=0), 1)
    return 1 - float((A * np.log(ratio)).sum() / len(A) / np.log(len(A)))


INVERSE_MI = Exercise(
    name="inverse_mi",
    signature="(A: np.ndarray) -> float",
    minutes=6,
    checks=(
        Check(name="what the module does not tell of the rule", run=_information),
        Check(name="zeros in A", run=_zeros),
        Check(name="three cases that are known", run=_known_information),
    ),
    right={"entropies": _by_entropies, "ones for zeros": _with_one_for_zero},
    wrong={
        "not normalised": (_not_normalised, "divided by log R"),
        "bits": (_in_bits, "bits divided by nats"),
        "share known": (_share_known, "1 minus the information"),
        "A for the joint": (_without_rules, "one R-th of A"),
        "nan at zeros": (_nan, "0 log 0"),
    },
)
