"""A repository of sketches: what was seen, found again by what it shares.

In the spirit of Ghazi, Panigrahy and Wang 2019 (arXiv:1905.12730), who speak of it in words only:
sketches are stored, related ones are found by their similarity, and a new concept is a new cluster.
Scenes that share modules share directions of their sketches: an inner product grows with what they
share, and of two that share nothing the cosine is about 1 / sqrt(d).
"""

import warnings
from collections.abc import Sequence
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np
from scipy.sparse import csr_array
from sklearn.cluster import KMeans
from sklearn.exceptions import ConvergenceWarning
from sklearn.neighbors import NearestNeighbors

from labs.kit.checks import check_sizes, known
from labs.sketches.checks import check_share, check_whole, numbers, sequence

DEVIATIONS = 4  # of the cosine of unrelated sketches: an edge of the graph lies above
STARTS = 10  # of k-means, the best of which is kept
BLOCK = 1024  # sketches whose cosines with all are held at once


class Hits(NamedTuple):
    """What is found for one sketch or many (...), best first: labels (..., m) of text, and the
    similarity of each (..., m)."""

    labels: np.ndarray
    scores: np.ndarray


class Repository:
    """Sketches with labels, to which more may be added; a copy has a life of its own.

    Args:
        d: dimension of every sketch.

    Raises:
        ValueError: `d` below 1.

    >>> from labs.sketches.objects import Object, Scene
    >>> from labs.sketches.sketching import overall_sketches
    >>> from labs.sketches.space import Space
    >>> space = Space(4096, {"cat": 1, "dog": 1, "car": 1}, positions=2)
    >>> cat, dog, car = (Object(name, [1.0]) for name in space.modules)
    >>> rooms = overall_sketches(space, [Scene([cat, dog]), Scene([dog, cat]), Scene([car])])
    >>> stored = Repository(4096)
    >>> stored.add(rooms, ["kitchen", "garden", "garage"])
    >>> stored.nearest(stored.sketch("kitchen"), 2).labels.tolist()
    ['kitchen', 'garden']
    >>> stored.graph().nnz  # an edge and its mirror image: kitchen and garden are related
    2
    """

    def __init__(self, d: int) -> None:
        check_sizes(d=d)
        self.d = d
        self._sketches: list[np.ndarray] = []
        self._places: dict[str, int] = {}

    def __len__(self) -> int:
        return len(self._places)

    def __getstate__(self) -> dict[str, Any]:
        return {"d": self.d, "_sketches": [*self._sketches], "_places": {**self._places}}

    def add(self, sketches: np.ndarray, labels: Sequence[str]) -> None:
        """Store sketches (n, d) under labels, one each, that are new.

        Raises:
            TypeError: sketches that are no array of real numbers, labels that are no sequence of
                text, or one text in place of a list.
            ValueError: another dimension, numbers that are not finite, another number of labels
                than of sketches, a label that is there already. Then nothing is stored.
        """
        sketches = numbers("sketches", sketches).copy()
        if sketches.ndim != 2:
            raise ValueError(f"sketches must be of shape (n, {self.d}), got {sketches.shape}")
        self._check("sketches", sketches)
        for label in _new(labels, len(sketches), self._places):
            self._places[label] = len(self._places)
        self._sketches.append(sketches)
        for name in ("_stored", "_labels", "_neighbors"):
            self.__dict__.pop(name, None)

    @property
    def labels(self) -> list[str]:
        """Of all sketches, in the order in which they came."""
        return list(self._places)

    def sketch(self, label: str) -> np.ndarray:
        """The sketch (d,) of a label, read-only.

        Raises:
            ValueError: an unknown label.
        """
        place = self._places[known("label", label, self._places)]
        stored: np.ndarray = self._stored[place]
        return stored

    def query(self, sketch: np.ndarray, m: int) -> Hits:
        """The m stored sketches of the largest inner products with a sketch (d,) or many (..., d).

        Raises:
            ValueError: another dimension; m is not a whole number from 1 to the number stored; an
                empty repository.

        >>> stored, asked = Repository(2), np.array([1.0, 0.5])
        >>> stored.add(np.array([[1.0, 0.0], [0.0, 3.0]]), ["light", "heavy"])
        >>> stored.query(asked, 1).labels.tolist(), stored.nearest(asked, 1).labels.tolist()
        (['heavy'], ['light'])
        """
        scores = self._query(sketch, m) @ self._stored.T
        order = np.argsort(-scores, axis=-1, kind="stable")[..., :m]
        return Hits(self._labels[order], np.take_along_axis(scores, order, -1))

    def nearest(self, sketch: np.ndarray, m: int) -> Hits:
        """As `query`, by the cosine: heavy and light scenes alike.

        Raises:
            ValueError: as `query`; a sketch of zeros, stored or asked for, has no cosine and is
                taken as unrelated to all.
        """
        asked = self._query(sketch, m)
        shape = (*asked.shape[:-1], m)
        if not asked.size:
            return Hits(np.empty(shape, object), np.empty(shape))
        distances, order = self._neighbors.kneighbors(asked.reshape(-1, self.d), m)
        return Hits(self._labels[order.reshape(shape)], 1 - distances.reshape(shape))

    def graph(self, threshold: float | None = None) -> csr_array:
        """The graph of related sketches: an edge where the cosine is above a threshold.

        Args:
            threshold: by default 4 / sqrt(d), four standard deviations of unrelated sketches.

        Returns:
            (n, n) sparse, symmetric, the cosines as weights; no sketch is its own neighbour.

        Raises:
            ValueError: a threshold outside [0, 1], an empty repository.
        """
        threshold = min(DEVIATIONS / np.sqrt(self.d), 1.0) if threshold is None else threshold
        check_share("threshold", threshold, zero=True)
        unit = _unit(self._filled)
        rows, columns, values = [], [], []
        for start in range(0, len(unit), BLOCK):
            cosines = unit[start : start + BLOCK] @ unit.T
            row, column = np.nonzero(cosines > threshold)
            kept = row + start != column
            rows.append(row[kept] + start)
            columns.append(column[kept])
            values.append(cosines[row, column][kept])
        data, places = np.concatenate(values), (np.concatenate(rows), np.concatenate(columns))
        return csr_array((data, places), shape=(len(unit), len(unit)))

    def clusters(self, count: int, *, seed: int = 0) -> np.ndarray:
        """Candidates for new concepts: k-means in the space of sketches.

        Args:
            count: number of clusters, at most the number of sketches stored.
            seed: of its starts, below 2^32.

        Returns:
            (n,) int, the cluster of every sketch in the order of `labels`. Where fewer sketches are
            different, fewer clusters are found.

        Raises:
            ValueError: another count or seed, an empty repository.

        >>> stored = Repository(2)
        >>> stored.add(np.array([[0.9, 0.0], [0.0, 0.9], [1.0, 0.1]]), ["cat", "car", "cat again"])
        >>> cat, car, again = stored.clusters(2).tolist()
        >>> cat == again, cat == car
        (True, False)
        """
        return clustered(self._filled, count, seed=seed)

    @cached_property
    def _stored(self) -> np.ndarray:
        stored = np.concatenate([np.empty((0, self.d)), *self._sketches])
        stored.flags.writeable = False
        return stored

    @cached_property
    def _labels(self) -> np.ndarray:
        return np.array(self.labels, dtype=object)  # as they are, whatever their lengths

    @cached_property
    def _neighbors(self) -> NearestNeighbors:
        return NearestNeighbors(metric="cosine").fit(self._stored)

    @property
    def _filled(self) -> np.ndarray:
        if not self._places:
            raise ValueError("repository must hold at least 1 sketch, got none")
        return self._stored

    def _query(self, sketch: np.ndarray, m: int) -> np.ndarray:
        stored = len(self._filled)
        check_sizes(m=m)
        if m > stored:
            raise ValueError(f"m must be at most the {stored} stored, got {m}")
        return self._check("sketch", numbers("sketch", sketch))

    def _check(self, name: str, sketch: np.ndarray) -> np.ndarray:
        if sketch.ndim < 1 or sketch.shape[-1] != self.d:
            raise ValueError(f"{name} must be of shape (..., {self.d}), got {sketch.shape}")
        if not np.isfinite(sketch).all():
            raise ValueError(f"{name} must hold finite numbers, got nan or infinity")
        return sketch


def clustered(points: np.ndarray, count: int, *, seed: int = 0) -> np.ndarray:
    """The cluster (n,) of each of many points (n, d) by k-means, the best of ten starts.

    Raises:
        TypeError: points that are no real numbers.
        ValueError: points of another shape, or not finite; `count` is not a whole number from 1 to
            n; a seed that is not one from 0 to 2^32 - 1.

    >>> points = np.array([[0.0, 0.0], [9.0, 9.0], [0.0, 1.0], [8.0, 9.0]])
    >>> groups = clustered(points, 2)
    >>> (groups == groups[0]).tolist()  # which of the two is called 0 is left to chance
    [True, False, True, False]
    """
    check_sizes(count=count)
    check_whole("seed", seed, 0, 2**32 - 1)
    points = numbers("points", points)
    if points.ndim != 2 or not np.isfinite(points).all():
        raise ValueError(f"points must be finite, of shape (n, d), got shape {points.shape}")
    if count > len(points):
        raise ValueError(f"count must be at most the {len(points)} stored, got {count}")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)  # of points that are the same
        found: np.ndarray = KMeans(count, n_init=STARTS, random_state=seed).fit_predict(points)
    return found


def _unit(sketches: np.ndarray) -> np.ndarray:
    norms = np.linalg.norm(sketches, axis=-1, keepdims=True)
    return sketches / np.where(norms > 0, norms, 1)


def _new(labels: Sequence[str], count: int, stored: dict[str, int]) -> list[str]:
    if isinstance(labels, str):
        raise TypeError(f"labels must be a sequence of text, got {labels!r}")
    labels = sequence("labels", labels)
    if len(labels) != count:
        raise ValueError(f"labels must be {count}, one per sketch, got {len(labels)}")
    seen = set(stored)
    for label in labels:
        if not isinstance(label, str):
            raise TypeError(f"labels must be text, got {label!r}")
        if label in seen:
            raise ValueError(f"labels must be new, got {label!r}")
        seen.add(label)
    return [str(label) for label in labels]
