"""The exercise `purity`: how many of the nearest neighbours are of an example's own class."""

import numpy as np
from sklearn.neighbors import NearestNeighbors

from labs.course.compare import SINGLE, expect_close, expect_number, unchanged
from labs.course.plan import Answer, Check, Exercise, expect

Array = np.ndarray
ITSELF = "leave out the example itself, not what comes first and not whatever has distance 0"


def _clouds(seed: int, count: int = 61) -> tuple[Array, Array]:
    rng = np.random.default_rng(seed)
    y = rng.integers(3, size=count)
    return rng.normal(size=(count, 3)) + y[:, None], y


def _nearest(x: Array, k: int) -> Array:
    found: Array = NearestNeighbors(n_neighbors=k).fit(x).kneighbors(return_distance=False)
    return found


def _share(y: Array, neighbours: Array) -> float:
    return 100 * float((y[neighbours] == y[:, None]).mean())


def _neighbours(answer: Answer, seed: int) -> None:
    x, y = _clouds(seed)
    for k in (1, 10):
        mistakes = {
            "was a vote taken, instead of counting every neighbour": _vote(x, y, k),
            "does an example count as its own neighbour": _with_itself(x, y, k),
            "are these the farthest": _farthest(x, y, k),
            "is it in percent": _share(y, _nearest(x, k)) / 100,
        }
        with unchanged(x=x, y=y):
            got = answer(x, y, k)
        want = _share(y, _nearest(x, k))
        expect_close(expect_number(got), want, f"for k = {k}", mistakes=mistakes)


def _everybody(answer: Answer, seed: int) -> None:
    x, y = _clouds(seed, 23)
    counts = np.bincount(y)[y] - 1
    want = 100 * float(counts.mean()) / 22
    mistakes = {"does an example count as its own neighbour": _with_itself(x, y, 22)}
    got = expect_number(answer(x, y, 22))
    expect_close(got, want, "with all 22 others as neighbours", mistakes=mistakes)


def _twins(answer: Answer, seed: int) -> None:
    x, _ = _clouds(seed, 15)
    y = np.repeat([0, 1], 15)
    got = expect_number(answer(np.concatenate([x, x]), y, 1))
    told = f"where every signal has a copy of another class, asked for 0, got {got:.4g}"
    expect(abs(got) < SINGLE, f"{told}: {ITSELF}")


def _with_itself(x: Array, y: Array, k: int) -> float:
    return _share(y, NearestNeighbors(n_neighbors=k).fit(x).kneighbors(x, return_distance=False))


def _distances(x: Array) -> Array:
    found: Array = np.linalg.norm(x[:, None] - x, axis=2)
    return found


def _vote(x: Array, y: Array, k: int) -> float:
    votes = [np.bincount(y[row], minlength=y.max() + 1).argmax() for row in _nearest(x, k)]
    return 100 * float((np.array(votes) == y).mean())


def _farthest(x: Array, y: Array, k: int) -> float:
    return _share(y, np.argsort(_distances(x))[:, -k:])


def _first_dropped(x: Array, y: Array, k: int) -> float:
    return _share(y, np.argsort(_distances(x), axis=1, kind="stable")[:, 1 : k + 1])


def _copies_dropped(x: Array, y: Array, k: int) -> float:
    distance = _distances(x)
    distance[distance == 0] = np.inf
    return _share(y, np.argsort(distance, axis=1)[:, :k])


def _as_share(x: Array, y: Array, k: int) -> float:
    return _share(y, _nearest(x, k)) / 100


def _by_products(x: Array, y: Array, k: int) -> float:
    square = (x**2).sum(axis=1)
    distance = square[:, None] + square - 2 * x @ x.T
    np.fill_diagonal(distance, np.inf)
    return _share(y, np.argsort(distance, axis=1)[:, :k])


def _by_rows(x: Array, y: Array, k: int) -> float:
    shares = []
    for i, row in enumerate(x):
        others = np.delete(np.arange(len(x)), i)
        near = others[np.argsort(((x[others] - row) ** 2).sum(axis=1))[:k]]
        shares.append(np.mean(y[near] == y[i]))
    return 100 * float(np.mean(shares))


def _by_library(x: Array, y: Array, k: int) -> float:
    return _share(y, _nearest(x, k))


PURITY = Exercise(
    name="purity",
    signature="(x: np.ndarray, y: np.ndarray, k: int) -> float",
    minutes=7,
    checks=(
        Check(name="share of the nearest that are of one class", run=_neighbours),
        Check(name="all others as neighbours", run=_everybody),
        Check(name="copies are neighbours", run=_twins),
    ),
    right={"products": _by_products, "row by row": _by_rows, "scikit-learn": _by_library},
    wrong={
        "counts itself": (_with_itself, "its own neighbour"),
        "majority vote": (_vote, "a vote"),
        "farthest": (_farthest, "the farthest"),
        "share": (_as_share, "in percent"),
        "drops all copies": (_copies_dropped, "whatever has distance 0"),
        "drops what comes first": (_first_dropped, "not what comes first"),
    },
)
