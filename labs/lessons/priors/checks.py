"""What is asked of the functions of the lesson, and what students get wrong: shuffled positions
here, convolutions beside it.
"""

from typing import Any

import numpy as np
import torch

from labs.course.compare import expect_array, expect_law, unchanged
from labs.course.plan import Answer, Check, Exercise, expect
from labs.lessons.priors.convolutions import CONV, FIELD, PARAMETERS

LENGTH = 41  # of the signals of the checks


def _signals(seed: int, n: int) -> np.ndarray:
    return np.random.default_rng(seed).normal(size=(n, LENGTH))


def _one_permutation(answer: Answer, seed: int) -> None:
    x = _signals(seed, 4)
    y = expect_array(answer(x.copy(), seed + 3), "the shuffled signals", shape=x.shape)
    places = [np.flatnonzero(x[0] == value) for value in y[0]]
    order = [int(place[0]) if len(place) else -1 for place in places]
    whole = sum(any(np.array_equal(row, signal) for signal in x) for row in y)
    expect(
        whole < 4,
        "asked for the positions within every signal to move, got whole signals back: were the "
        "signals shuffled?",
    )
    kept = len(set(order) - {-1})
    expect(
        sorted(order) == list(range(LENGTH)),
        f"asked for all 41 values of the first signal, got {kept} of them: "
        "were values changed, repeated, or mixed between signals?",
    )
    other = [i for i in range(1, 4) if not np.array_equal(y[i], x[i, order])]
    expect(
        not other,
        f"asked for ONE order for all signals, got another one for {len(other)} of 3 further "
        "signals: draw it once, before any signal is touched",
    )


def _seed_alone(answer: Answer, seed: int) -> None:
    x, own = _signals(seed, 7), seed + 3
    first = expect_array(answer(x[:3].copy(), own), "three signals", shape=(3, LENGTH))
    all_ = expect_array(answer(x.copy(), own), "seven signals", shape=x.shape)
    expect(
        np.array_equal(first, all_[:3]),
        "asked for the same order whether 3 or 7 signals are given, got two orders: training and "
        "test set have other numbers of signals, but must be shuffled alike",
    )
    other = expect_array(answer(x.copy(), own + 1), "seven signals", shape=x.shape)
    expect(
        not np.array_equal(other, all_),
        "asked for another order with another seed, got the same: is `seed` used?",
    )


def _every_order(answer: Answer, seed: int) -> None:
    x, trials = np.arange(3.0).reshape(1, 3), 120
    orders = [expect_array(answer(x.copy(), 1000 * seed + i), shape=(1, 3)) for i in range(trials)]
    _, counts = np.unique(np.concatenate(orders), axis=0, return_counts=True)
    expect(
        len(counts) == 6,
        f"asked for all 6 orders of 3 positions over {trials} seeds, got {len(counts)}: is it "
        "a random permutation, or only a shift or a swap?",
    )
    expect_law(counts, f"how often each of the 6 orders came over {trials} seeds")


def _not_changed(answer: Answer, seed: int) -> None:
    x = _signals(seed, 3)
    with unchanged(x=x):
        answer(x, seed)


def _permutation(seed: int, length: int) -> np.ndarray:
    return np.random.default_rng(seed).permutation(length)


def _torch_order(x: Any, seed: int) -> torch.Tensor:
    generator = torch.Generator().manual_seed(seed)
    signals = torch.as_tensor(x)
    return signals[:, torch.randperm(signals.shape[1], generator=generator)]


def _sorted_keys(x: Any, seed: int) -> list[list[float]]:
    keys = np.random.RandomState(seed).uniform(size=len(x[0]))
    return [[signal[i] for i in np.argsort(keys)] for signal in x]


def _swap(x: Any, seed: int) -> np.ndarray:
    i, j = np.random.default_rng(seed).choice(x.shape[1], size=2, replace=False)
    y = np.array(x)
    y[:, [i, j]] = y[:, [j, i]]
    return y


def _in_place(x: Any, seed: int) -> Any:
    x[:] = x[:, _permutation(seed, x.shape[1])]
    return x


SHUFFLE = Exercise(
    name="shuffle_positions",
    signature="(x: np.ndarray, seed: int) -> np.ndarray",
    minutes=8,
    checks=(
        Check(name="one permutation for all signals", run=_one_permutation),
        Check(name="decided by the seed alone", run=_seed_alone),
        Check(name="any order may come", run=_every_order),
        Check(name="the signals that were given stay as they are", run=_not_changed),
    ),
    right={
        "take": lambda x, s: np.take(x, _permutation(s, x.shape[1]), axis=1),
        "torch": _torch_order,
        "random keys and lists": _sorted_keys,
        "columns of the transpose": lambda x, s: np.random.default_rng(s).permutation(x.T).T,
        "one axis": lambda x, s: np.random.default_rng(s).permutation(x, axis=1),
    },
    wrong={
        "each signal its own": (
            lambda x, s: np.random.default_rng(s).permuted(x, axis=1),
            "ONE order for all",
        ),
        "whole signals": (
            lambda x, s: x[_permutation(s, len(x))],
            "were the signals shuffled",
        ),
        "values of all signals": (
            lambda x, s: x.ravel()[_permutation(s, x.size)].reshape(x.shape),
            "all 41 values of the first signal",
        ),
        "depends on N": (
            lambda x, s: x[:, _permutation(s + len(x), x.shape[1])],
            "training and test set",
        ),
        "goes on with one generator": (
            lambda x, s, rng=np.random.default_rng(0): x[:, rng.permutation(x.shape[1])],  # noqa: B008
            "got two orders",
        ),
        "fixed": (lambda x, s: x[:, _permutation(0, x.shape[1])], "is `seed` used?"),
        "reversed": (lambda x, s: x[:, ::-1], "is `seed` used?"),
        "a shift": (
            lambda x, s: np.roll(x, np.random.default_rng(s).integers(x.shape[1]), axis=1),
            "only a shift",
        ),
        "in place": (_in_place, "work on a copy"),
        "one swap": (_swap, "shift or a swap"),
        "with replacement": (
            lambda x, s: x[:, np.random.default_rng(s).integers(x.shape[1], size=x.shape[1])],
            "all 41 values of the first signal",
        ),
    },
)

EXERCISES: tuple[Exercise, ...] = (SHUFFLE, CONV, PARAMETERS, FIELD)
