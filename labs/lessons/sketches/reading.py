"""What is asked of a scene's sketch and of reading it, and what students get wrong."""

from typing import Any

import numpy as np
import torch

from labs.course.compare import (
    SINGLE,
    expect_array,
    expect_close,
    expect_number,
    unchanged,
)
from labs.course.plan import Answer, Check, Exercise
from labs.lessons.sketches.turning import haar

D, K = 13, 3  # numbers of a vector, objects of a scene


def _scene(seed: int) -> tuple[np.ndarray, list[np.ndarray], np.ndarray]:
    rng = np.random.default_rng(seed)
    places = [haar(D, 100 * seed + i) for i in range(K)]
    return rng.normal(size=(K, D)), places, rng.uniform(0.1, 1, size=K)


def _rooms(objects: np.ndarray, places: list[np.ndarray]) -> np.ndarray:
    """Objects in their rooms (k, d), by the rooms' matrices."""
    matrices = (np.eye(D) + np.array(places)) / 2
    return np.einsum("kij,kj->ki", matrices, objects)


def _value(answer: Answer, seed: int) -> None:
    objects, places, weights = _scene(seed)
    parts = _rooms(objects, places)
    mistakes = {
        "were the weights forgotten": parts.sum(axis=0),
        "were the places forgotten": weights @ objects,
        "was everything put into the first place": weights
        @ _rooms(objects, [places[0] for _ in places]),
        "was the mean taken": weights @ parts / K,
        "were objects turned without a room": weights
        @ np.einsum("kij,kj->ki", np.array(places), objects),
    }
    with unchanged(objects=objects, places=places, weights=weights):
        got = answer(objects, places, weights)
    what = f"the sketch of {K} objects of {D} numbers"
    expect_close(got, weights @ parts, what, mistakes=mistakes)


def _order(answer: Answer, seed: int) -> None:
    objects, places, weights = _scene(seed)
    first = expect_array(answer(objects, places, weights), "the sketch", shape=(D,))
    back = answer(objects[::-1].copy(), places[::-1], weights[::-1].copy())
    what = "the sketch of the same objects, places and weights, named in reverse order"
    expect_close(back, first, what)


def _alone(answer: Answer, seed: int) -> None:
    objects, places, _ = _scene(seed)
    for at in range(K):
        only = np.where(np.arange(K) == at, 0.5, 0.0)
        want = _rooms(objects, places)[at] / 2
        what = f"weight 0.5 for object {at}, 0 for the others: half of what is in its room"
        expect_close(answer(objects, places, only), want, what)


def _scene_by_torch(objects: Any, places: Any, weights: Any) -> torch.Tensor:
    x = torch.as_tensor(objects)
    turned = torch.stack([torch.as_tensor(R) @ row for R, row in zip(places, x, strict=True)])
    return torch.as_tensor(weights) @ (x + turned) / 2


def _loop(objects: Any, places: Any, weights: Any) -> np.ndarray:
    total = np.zeros(len(objects[0]))
    for i, R in enumerate(places):
        total += weights[i] * 0.5 * (objects[i] + R.dot(objects[i]))
    return total


def _chained(objects: Any, places: Any, weights: Any) -> Any:
    total = 0 * objects[0]
    for R, item, weight in zip(places, objects, weights, strict=True):
        total = total + weight * item
        total = (total + R @ total) / 2
    return total


def _unit(objects: Any, places: Any, weights: Any) -> Any:
    total = _loop(objects, places, weights)
    return total / np.linalg.norm(total)


def _shares(objects: Any, places: Any, weights: Any) -> Any:
    return _loop(objects, places, weights / np.sum(weights))


def _into_weights(objects: Any, places: Any, weights: Any) -> Any:
    objects *= weights[:, None]
    return _loop(objects, places, np.ones(len(weights)))


SKETCH = Exercise(
    name="sketch",
    signature="(objects: np.ndarray, places: list[np.ndarray], weights: np.ndarray) -> np.ndarray",
    minutes=8,
    checks=(
        Check(name="all objects, each in its room, times its weight", run=_value),
        Check(name="the order in which objects are named does not matter", run=_order),
        Check(name="one object alone", run=_alone),
    ),
    right={"loop": _loop, "torch": _scene_by_torch},
    wrong={
        "concatenates": (
            lambda o, p, w: np.concatenate([_loop([x], [R], [a]) for x, R, a in zip(o, p, w)]),  # noqa: B905
            "asked for shape",
        ),
        "no weights": (lambda o, p, w: _loop(o, p, np.ones(len(w))), "weights forgotten"),
        "no places": (lambda o, p, w: w @ o, "places forgotten"),
        "first place for all": (
            lambda o, p, w: _loop(o, [p[0]] * len(p), w),
            "into the first place",
        ),
        "mean": (lambda o, p, w: _loop(o, p, w) / len(w), "mean taken"),
        "turned without a room": (
            lambda o, p, w: sum(a * (R @ x) for x, R, a in zip(o, p, w, strict=True)),
            "without a room",
        ),
        "the sum goes through every room": (_chained, "named in reverse order"),
        "length 1": (_unit, "half of what is in its room"),
        "weights to shares": (_shares, "half of what is in its room"),
        "in place": (_into_weights, "work on a copy"),
    },
)

# --- recover

GAIN, N = 6.5, 4


def _comes_out(answer: Answer, seed: int) -> None:
    R, x = haar(D, seed), np.random.default_rng(seed).normal(size=N)
    vector = R[:, :N] @ x / GAIN
    mistakes = {"was the gain forgotten": x / GAIN, "was it divided by the gain": x / GAIN**2}
    what = f"{N} numbers, turned by R and divided by the gain {GAIN}, read again"
    expect_close(answer(vector, R, GAIN, N), x, what, mistakes=mistakes)


def _any_vector(answer: Answer, seed: int) -> None:
    R, vector = haar(D, seed), np.random.default_rng(seed).normal(size=D)
    back = np.linalg.solve(R, vector)
    mistakes = {
        "was it turned once more, by R in place of its transpose": GAIN * (R @ vector)[:N],
        "were the last n taken": GAIN * back[-N:],
        "were the first n taken before turning back": GAIN * (R[:N].T @ vector[:N])[:N],
    }
    got = answer(vector, R, GAIN, N)
    expect_close(got, GAIN * back[:N], "any vector, turned back", mistakes=mistakes)


def _only_n(answer: Answer, seed: int) -> None:
    R, vector = haar(D, seed), np.random.default_rng(seed).normal(size=D)
    for n in (1, N, D):
        expect_array(answer(vector, R, GAIN, n), f"n = {n} of {D}", shape=(n,))


def _reading_keeps(answer: Answer, seed: int) -> None:
    R, vector = haar(D, seed), np.random.default_rng(seed).normal(size=D)
    with unchanged(vector=vector, R=R):
        answer(vector, R, GAIN, N)


def _gain_in_place(v: Any, R: Any, g: float, n: int) -> Any:
    v *= g
    return (R.T @ v)[:n]


RECOVER = Exercise(
    name="recover",
    signature="(vector: np.ndarray, R: np.ndarray, gain: float, n: int) -> np.ndarray",
    minutes=7,
    checks=(
        Check(name="what was written comes out", run=_comes_out),
        Check(name="any vector is turned back", run=_any_vector),
        Check(name="the first n and no more", run=_only_n),
        Check(name="reading changes nothing", run=_reading_keeps),
    ),
    right={
        "from the left": lambda v, R, g, n: (v @ R)[:n] * g,
        "columns": lambda v, R, g, n: g * R[:, :n].T @ v,
        "inverse": lambda v, R, g, n: g * (np.linalg.inv(R) @ v)[:n],
        "torch": lambda v, R, g, n: g * (torch.as_tensor(R).T @ torch.as_tensor(v))[:n],
        "list": lambda v, R, g, n: [g * float(R[:, i] @ v) for i in range(n)],
    },
    wrong={
        "not turned back": (lambda v, R, g, n: g * (R @ v)[:n], "in place of its transpose"),
        "no turn": (lambda v, R, g, n: g * v[:n], "any vector, turned back"),
        "no gain": (lambda v, R, g, n: (R.T @ v)[:n], "gain forgotten"),
        "divided by the gain": (lambda v, R, g, n: (R.T @ v)[:n] / g, "divided by the gain"),
        "last n": (lambda v, R, g, n: g * (R.T @ v)[-n:], "last n taken"),
        "first n too early": (
            lambda v, R, g, n: g * (R[:n].T @ v[:n])[:n],
            "before turning back",
        ),
        "all of them": (lambda v, R, g, n: g * (R.T @ v), "asked for shape"),
        "in place": (_gain_in_place, "work on a copy"),
    },
)

# --- count


def _clean(answer: Answer, seed: int) -> None:
    R, rng = haar(D, seed), np.random.default_rng(seed)
    for found in (0, 1, 3):
        written = np.concatenate([[found], rng.normal(size=N)])
        vector = R[:, : N + 1] @ written / GAIN
        mistakes = {
            "was the gain forgotten": found / GAIN,
            "were all numbers added up": written.sum(),
            "was the length taken": np.linalg.norm(written),
        }
        got = expect_number(answer(vector, R, GAIN), f"a module that found {found}")
        what = f"{found} objects, nothing else in the vector"
        expect_close(got, found, what, mistakes=mistakes)


def _noisy(answer: Answer, seed: int) -> None:
    R, rng = haar(D, seed), np.random.default_rng(seed)
    for sign in (1, -1):
        back = rng.normal(size=D)
        back[0] = sign * (0.6 + 0.3 * rng.random()) / GAIN
        want = GAIN * back[0]
        mistakes = {
            "was it rounded": round(want),
            "was a count below 0 cut off": max(0.0, want),
            "was the sign lost": abs(want),
            "was the vector turned by R in place of its transpose": GAIN * (R @ back)[0],
        }
        got = answer(R @ back, R, GAIN)
        expect_close(got, want, "a count with noise", relative=SINGLE, mistakes=mistakes)


COUNT = Exercise(
    name="count",
    signature="(vector: np.ndarray, R: np.ndarray, gain: float) -> float",
    minutes=5,
    checks=(
        Check(name="as many as were written", run=_clean),
        Check(name="noise and all", run=_noisy),
    ),
    right={
        "turned back": lambda v, R, g: g * (R.T @ v)[0],
        "from the left": lambda v, R, g: float((v @ R)[0] * g),
        "torch": lambda v, R, g: g * (torch.as_tensor(R)[:, 0] @ torch.as_tensor(v)),
    },
    wrong={
        "rounded": (lambda v, R, g: float(np.round(g * (R.T @ v)[0])), "was it rounded"),
        "no gain": (lambda v, R, g: (R.T @ v)[0], "gain forgotten"),
        "row in place of column": (lambda v, R, g: g * (R[0] @ v), "nothing else in the vector"),
        "not below 0": (lambda v, R, g: max(0.0, g * (R.T @ v)[0]), "below 0 cut off"),
        "absolute": (lambda v, R, g: abs(g * (R.T @ v)[0]), "sign lost"),
        "all numbers": (lambda v, R, g: g * (R.T @ v).sum(), "added up"),
        "length": (lambda v, R, g: g * np.linalg.norm(v), "length taken"),
        "an array": (lambda v, R, g: g * (R.T @ v)[:1], "asked for shape"),
    },
)
