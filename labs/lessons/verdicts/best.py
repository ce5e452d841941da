"""The exercise `best_minus_last`: what two ways to choose an evaluation gain over the last one."""

import numpy as np

from labs.course.compare import expect_close, expect_parts
from labs.course.plan import Answer, Check, Exercise

Gains = tuple[np.ndarray, np.ndarray]


def _tables(seed: int) -> Gains:
    """Accuracies (5, 7) on test and validation data whose best evaluations differ."""
    rng = np.random.default_rng(seed)
    test, val = rng.uniform(50, 70, size=(2, 5, 7)).round(2)
    best = rng.permutation(6)[:5]
    test[range(5), best], val[range(5), (best + 1) % 6] = 71 + rng.random(5), 72 + rng.random(5)
    return test, val


def _gains(test: np.ndarray, val: np.ndarray) -> Gains:
    rows = range(len(test))
    return test.max(1) - test[:, -1], test[rows, val.argmax(1)] - test[:, -1]


def _one_epoch(test: np.ndarray, val: np.ndarray) -> Gains:
    last = test[:, -1]
    return test[:, test.mean(0).argmax()] - last, test[:, val.mean(0).argmax()] - last


def _mean_first(test: np.ndarray, val: np.ndarray) -> tuple[float, float]:
    mean = test.mean(0)
    return float(mean.max() - mean[-1]), float(mean[val.mean(0).argmax()] - mean[-1])


def _part(answer: Answer, seed: int, part: int) -> None:
    test, val = _tables(seed)
    want = _gains(test, val)
    got = expect_parts(answer(test.copy(), val.copy()), ("best", "chosen"))
    name = ("best", "chosen")[part]
    mistakes = {
        "one evaluation for all members": _one_epoch(test, val)[part],
        "a mean over the members first": _mean_first(test, val)[part],
        "the validation value, not the test value": val.max(1) - test[:, -1],
        "what validation data gain, not test data": val.max(1) - val[:, -1],
        "chosen on test, too": want[0],
        "last minus best": -want[part],
        "the value, not what it gains": want[part] + test[:, -1],
    }
    expect_close(got[part], want[part], name, mistakes=mistakes)


def _best(answer: Answer, seed: int) -> None:
    _part(answer, seed, 0)


def _chosen(answer: Answer, seed: int) -> None:
    _part(answer, seed, 1)


def _first_of_equal(answer: Answer, seed: int) -> None:
    test, val = _tables(seed)
    val[:, -1] = val.max(1)  # the last evaluation is as good
    _, got = expect_parts(answer(test.copy(), val.copy()), ("best", "chosen"))
    expect_close(
        got,
        _gains(test, val)[1],
        "chosen, with two equal validation values",
        mistakes={"the last of equal ones, not the first": np.zeros(len(test))},
    )


def _last_of_equal(test: np.ndarray, val: np.ndarray) -> Gains:
    at = val.shape[1] - 1 - val[:, ::-1].argmax(1)
    return test.max(1) - test[:, -1], test[range(len(test)), at] - test[:, -1]


def _loop(test: np.ndarray, val: np.ndarray) -> tuple[list[float], list[float]]:
    rows = [(t.tolist(), v.tolist()) for t, v in zip(test, val, strict=True)]
    best = [max(t) - t[-1] for t, _ in rows]
    return best, [t[v.index(max(v))] - t[-1] for t, v in rows]


BEST = Exercise(
    name="best_minus_last",
    signature="(test: np.ndarray, val: np.ndarray) -> tuple[np.ndarray, np.ndarray]",
    minutes=8,
    checks=(
        Check(name="the best evaluation on test", run=_best),
        Check(name="the one that validation data choose", run=_chosen),
        Check(name="the first of equal ones", run=_first_of_equal),
    ),
    right={"indices": _gains, "loop": _loop},
    wrong={
        "on test": (lambda t, v: (_gains(t, v)[0],) * 2, "chosen on test, too"),
        "validation value": (
            lambda t, v: (t.max(1) - t[:, -1], v.max(1) - t[:, -1]),
            "the validation value",
        ),
        "validation gain": (
            lambda t, v: (t.max(1) - t[:, -1], v.max(1) - v[:, -1]),
            "what validation data gain",
        ),
        "the last of equal ones": (_last_of_equal, "not the first"),
        "mean first": (_mean_first, "a mean over the members"),
        "one epoch": (_one_epoch, "one evaluation for all"),
        "turned": (lambda t, v: tuple(-gain for gain in _gains(t, v)), "last minus best"),
        "values": (lambda t, v: tuple(g + t[:, -1] for g in _gains(t, v)), "not what it gains"),
    },
)
