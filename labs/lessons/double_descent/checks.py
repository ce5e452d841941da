"""What is asked of the four functions of the lesson, and what students get wrong: features and
their fit here, curves beside it.
"""

from typing import Any

import numpy as np
import torch
from scipy import linalg

from labs.course.compare import SINGLE, expect_array, expect_close, unchanged
from labs.course.plan import Answer, Check, Exercise, MismatchError, expect
from labs.lessons.double_descent.curves import FALL, THRESHOLD

N, LENGTH, SIZE = 7, 11, 5  # signals, samples and features of the checks


# random_features


def _layer(seed: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    return rng.normal(size=(N, LENGTH)), rng.normal(size=(LENGTH, SIZE)), rng.normal(size=SIZE)


def _one_number_each(answer: Answer, seed: int) -> None:
    expect_array(answer(*_layer(seed)), "7 signals, 5 features", shape=(N, SIZE))


def _rectified(answer: Answer, seed: int) -> None:
    x, W, b = _layer(seed)
    sums = torch.from_numpy(x @ W)
    want = (sums + torch.from_numpy(b)).relu().numpy()
    mistakes = {
        "were the offsets forgotten": sums.relu().numpy(),
        "was nothing rectified": x @ W + b,
        "was the sign dropped instead of the negative value": np.abs(x @ W + b),
        "was the offset added after rectifying": sums.relu().numpy() + b,
    }
    with unchanged(x=x, W=W, b=b):
        got = answer(x, W, b)
    expect_close(got, want, "the features", relative=SINGLE, mistakes=mistakes)


def _nested(answer: Answer, seed: int) -> None:
    x, W, b = _layer(seed)
    few = expect_array(answer(x, W[:, :3], b[:3]), "three features", shape=(N, 3))
    many = expect_array(answer(x, W, b), "five features", shape=(N, SIZE))
    far = np.abs(few - many[:, :3]).max()
    expect(
        far < SINGLE * np.abs(many).max(),
        f"asked for the same first 3 features with 3 columns of W as with 5, got other ones (by up "
        f"to {far:.4g}): a feature depends on its own column alone, and nothing is drawn in here",
    )


def _loops(x: Any, W: Any, b: Any) -> list[list[float]]:
    return [
        [max(0.0, float(np.dot(signal, W[:, j]) + b[j])) for j in range(len(b))] for signal in x
    ]


def _redrawn(x: Any, W: Any, b: Any) -> np.ndarray:
    return np.maximum(x @ np.random.default_rng(W.shape[1]).normal(size=W.shape) + b, 0)


FEATURES = Exercise(
    name="random_features",
    signature="(x: np.ndarray, W: np.ndarray, b: np.ndarray) -> np.ndarray",
    minutes=7,
    checks=(
        Check(name="one number for each signal and feature", run=_one_number_each),
        Check(name="weighted sum, offset, nothing below 0", run=_rectified),
        Check(name="the first features stay the first", run=_nested),
    ),
    right={
        "loops": _loops,
        "where": lambda x, W, b: np.where(x @ W + b > 0, x @ W + b, 0),
        "half of sum and size": lambda x, W, b: (x @ W + b + np.abs(x @ W + b)) / 2,
        "torch": lambda x, W, b: torch.relu(
            torch.as_tensor(x) @ torch.as_tensor(W) + torch.as_tensor(b)
        ),
    },
    wrong={
        "no offset": (lambda x, W, b: np.maximum(x @ W, 0), "were the offsets forgotten"),
        "not rectified": (lambda x, W, b: x @ W + b, "was nothing rectified"),
        "tanh": (lambda x, W, b: np.tanh(x @ W + b), "values differ"),
        "absolute value": (lambda x, W, b: np.abs(x @ W + b), "was the sign dropped"),
        "offset afterwards": (
            lambda x, W, b: np.maximum(x @ W, 0) + b,
            "was the offset added after rectifying",
        ),
        "features by signals": (lambda x, W, b: np.maximum(x @ W + b, 0).T, "transposed"),
        "W drawn anew": (_redrawn, "nothing is drawn in here"),
        "scaled by the number of features": (
            lambda x, W, b: np.maximum(x @ W + b, 0) / len(b) ** 0.5,
            "a feature depends on its own column alone",
        ),
        "a share of the whole": (
            lambda x, W, b: np.maximum(x @ W + b, 0) / np.maximum(x @ W + b, 0).sum(),
            "a feature depends on its own column alone",
        ),
    },
)


# min_norm_fit


def _task(seed: int, n: int, p: int, k: int = 3) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    return rng.normal(size=(n, p)), rng.normal(size=(n, k))


def _fitted(answer: Answer, A: np.ndarray, Y: np.ndarray) -> np.ndarray:
    what = f"{A.shape[0]} examples, {A.shape[1]} features, {Y.shape[1]} outputs"
    with unchanged(A=A, Y=Y):
        got = answer(A, Y)
    return expect_array(got, what, shape=(A.shape[1], Y.shape[1])).astype(float)


def _least_squares(answer: Answer, seed: int) -> None:
    A, Y = _task(seed, 23, 7)
    singular = "does this work only with more features than examples"
    try:
        got = _fitted(answer, A, Y)
    except linalg.LinAlgError as error:  # by rounding, as it seems to invert at other times
        raise MismatchError(
            f"23 examples, 7 features: LinAlgError: {error}: {singular}?"
        ) from error
    best = ((A @ linalg.lstsq(A, Y)[0] - Y) ** 2).sum()
    own = ((A @ got - Y) ** 2).sum()
    reason = "was something added to the problem (a ridge), or left out"
    if own > (Y**2).sum():  # worse than no weights at all
        reason = singular
    expect(
        own < best * (1 + 1e-9),
        f"23 examples, 7 features: asked for a sum of squared misfits of {best:.10g}, the least "
        f"there is, got {own:.10g}: {reason}?",
    )


def _hits(answer: Answer, seed: int) -> None:
    for p in (29, 13):
        A, Y = _task(seed, 13, p)
        far = np.abs(A @ _fitted(answer, A, Y) - Y).max()
        expect(
            far < 1e-6,
            f"13 examples, {p} features: asked for all targets to be hit, got misfits of up to "
            f"{far:.4g}: with as many features as examples an exact fit exists",
        )


def _shortest(answer: Answer, seed: int) -> None:
    A, Y = _task(seed, 13, 29)
    want, got = (np.linalg.norm(w) for w in (linalg.pinv(A) @ Y, _fitted(answer, A, Y)))
    expect(
        got < want * (1 + 1e-6),
        f"13 examples, 29 features: asked for the shortest of all weights that fit, of length "
        f"{want:.4g}, got length {got:.4g}: does some solver pick any solution?",
    )


def _dependent(answer: Answer, seed: int) -> None:
    A, Y = _task(seed, 17, 5)
    A[:, 1], A[:, 3] = 0, A[:, 2]  # a feature that never answers, and one twice
    what = "a feature that is always 0 and one that comes twice"
    expect_close(_fitted(answer, A, Y), linalg.pinv(A) @ Y, what, relative=1e-6)


def _by_svd(A: Any, Y: Any) -> np.ndarray:
    U, s, V = np.linalg.svd(A, full_matrices=False)
    kept = s > 1e-10 * s[0]
    return (V[kept].T / s[kept]) @ U[:, kept].T @ Y


def _basic(A: Any, Y: Any) -> np.ndarray:
    """Weights of the first N features alone, where there are more."""
    used = min(A.shape)
    weights = np.zeros((A.shape[1], Y.shape[1]))
    weights[:used] = np.linalg.pinv(A[:, :used]) @ Y
    return weights


def _ridge(A: Any, Y: Any, strength: float = 0.01) -> np.ndarray:
    return np.linalg.solve(A.T @ A + strength * np.eye(A.shape[1]), A.T @ Y)


FIT = Exercise(
    name="min_norm_fit",
    signature="(A: np.ndarray, Y: np.ndarray) -> np.ndarray",
    minutes=10,
    checks=(
        Check(name="few features: the least squared misfit", run=_least_squares),
        Check(name="many features: every target is hit", run=_hits),
        Check(name="many features: the shortest weights", run=_shortest),
        Check(name="features that depend on each other", run=_dependent),
    ),
    right={
        "pseudo-inverse": lambda A, Y: np.linalg.pinv(A) @ Y,
        "scipy": lambda A, Y: linalg.lstsq(A, Y)[0],
        "singular values": _by_svd,
        "output by output": lambda A, Y: np.stack(
            [np.linalg.lstsq(A, column, rcond=None)[0] for column in Y.T], axis=1
        ),
        "torch": lambda A, Y: torch.linalg.pinv(torch.as_tensor(A)) @ torch.as_tensor(Y),
    },
    wrong={
        "normal equations": (lambda A, Y: np.linalg.solve(A.T @ A, A.T @ Y), "Singular matrix"),
        "for many features only": (
            lambda A, Y: A.T @ np.linalg.inv(A @ A.T) @ Y,
            "only with more features than examples",
        ),
        "ridge": (_ridge, "asked for all targets to be hit"),
        "any solution": (_basic, "does some solver pick any solution"),
        "transposed": (lambda A, Y: (np.linalg.pinv(A) @ Y).T, "transposed"),
        "transpose for inverse": (lambda A, Y: A.T @ Y / len(A), "the least there is"),
        "predictions": (lambda A, Y: A @ (np.linalg.pinv(A) @ Y), "asked for shape"),
        "centred": (
            lambda A, Y: np.linalg.pinv(A - A.mean(0)) @ (Y - Y.mean(0)),
            "the least there is",
        ),
        "rough cut of singular values": (
            lambda A, Y: np.linalg.lstsq(A, Y, rcond=0.3)[0],
            "asked for all targets to be hit",
        ),
    },
    without=("labs", "sklearn"),
)

EXERCISES: tuple[Exercise, ...] = (FEATURES, FIT, THRESHOLD, FALL)
