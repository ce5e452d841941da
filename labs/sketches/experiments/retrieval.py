"""Retrieval: does the inner product of two sketches follow what their scenes share?"""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from labs.kit.checks import check_sizes
from labs.kit.seeds import stream
from labs.sketches.digits import CLASSES, Digits, digit_space, digits
from labs.sketches.digits import histograms as counted
from labs.sketches.digits import scenes as made
from labs.sketches.experiments.agreement import overlap, spearman, top
from labs.sketches.rotations import NAME
from labs.sketches.sketching import overall_sketches

BEST = 10  # found scenes whose shared content is looked at


def seen_scenes(purpose: str, scenes: int, replicate: int, *, k: int = 3) -> Digits:
    """Scenes of k digits each, labels uniform: labels (scenes, k), waveforms (scenes, k, 12)."""
    check_sizes(scenes=scenes, k=k)
    rng = stream(NAME, purpose, replicate)
    return digits(rng.integers(CLASSES, size=(scenes, k)), rng)


def retrieval(
    *,
    d: int,
    replicate: int,
    stored: int = 400,
    queries: int = 50,
    k: int = 3,
    see: Callable[[np.ndarray, str], Digits] | None = None,
) -> dict[str, float]:
    """How well stored scenes are found again by the inner products of their sketches.

    Args:
        d: dimension of the sketches.
        replicate: of the scenes and of the random matrices.
        stored, queries: numbers of scenes; queries are no stored ones.
        k: digits per scene.
        see: what a network says of digits of labels (scenes, k), given what for; by default it
            knows them.

    Returns:
        "spearman": between the inner product and the size of the shared multiset of classes, over
        the stored scenes, mean over queries. "top": mean shared size of the ten best found; "oracle
        top" and "random top": of the ten that share most, and of all. "overlap j", j = 0..k: mean
        inner product where j digits are shared (nan where no pair shares j).

    Raises:
        ValueError: sizes below 1, fewer than ten stored, a negative replicate.
    """
    check_sizes(stored=stored, queries=queries)
    if stored < BEST:
        raise ValueError(f"stored must be at least {BEST}, got {stored}")
    old = seen_scenes("stored scenes", stored, replicate, k=k)
    new = seen_scenes("query scenes", queries, replicate, k=k)
    space = digit_space(d, k, replicate)
    seen = {"queries": new, "stored": old}
    if see is not None:
        seen = {name: see(split.labels, name) for name, split in seen.items()}
    first, second = (overall_sketches(space, made(split)) for split in seen.values())
    products = first @ second.T
    shared = overlap(counted(new.labels), counted(old.labels))
    return {
        "spearman": float(spearman(products, shared).mean()),
        "top": top(products, shared, BEST),
        "oracle top": top(shared, shared, BEST),
        "random top": float(shared.mean()),
        **{f"overlap {j}": _mean(products[shared == j]) for j in range(k + 1)},
    }


def _mean(values: np.ndarray) -> float:
    return float(values.mean()) if values.size else np.nan


class Plane(NamedTuple):
    """Sketches in a plane: points (n, 2), the labels of their scenes (n, k), and the share of the
    sketches' variance along each axis (2,)."""

    points: np.ndarray
    labels: np.ndarray
    shares: np.ndarray


def flattened(sketches: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The two principal components (n, 2) of sketches (n, d), and their shares of the variance
    (2,). The sign of an axis is that of its largest number."""
    left, scale, _ = np.linalg.svd(sketches - sketches.mean(axis=0), full_matrices=False)
    points = left[:, :2] * scale[:2]
    points *= np.sign(points[np.abs(points).argmax(axis=0), [0, 1]])
    return points, scale[:2] ** 2 / (scale**2).sum()


def plane(*, d: int, replicate: int, scenes: int = 300, k: int = 3) -> Plane:
    """Sketches of scenes in the plane of their first two principal components, for a figure.

    Arguments and errors are those of `retrieval`.
    """
    seen = seen_scenes("scenes of a plane", scenes, replicate, k=k)
    points, shares = flattened(overall_sketches(digit_space(d, k, replicate), made(seen)))
    return Plane(points, seen.labels, shares)
