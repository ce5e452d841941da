"""New concepts: a module that nobody named fires, and its kinds are found as clusters.

One module answers to every digit; which of ten it was is in its waveform alone. Known modules may
fire beside it: then the unnamed object's waveform is read from the sketch with their noise.
"""

import numpy as np

from labs.kit.checks import check_sizes
from labs.kit.seeds import seed, stream
from labs.sketches.digits import CLASSES, MODULES, POINTS, Digits, digits
from labs.sketches.objects import Object, Scene
from labs.sketches.readouts import attributes
from labs.sketches.repository import Repository, clustered
from labs.sketches.rotations import NAME
from labs.sketches.sketching import overall_sketches
from labs.sketches.space import Space

UNNAMED = "unnamed"


def purity(clusters: np.ndarray, labels: np.ndarray) -> float:
    """The share of points (n,) whose label is the most frequent one of their cluster.

    >>> purity(np.array([0, 0, 1, 1]), np.array([7, 7, 7, 8]))
    0.75
    """
    pairs = np.zeros((clusters.max() + 1, labels.max() + 1), dtype=int)
    np.add.at(pairs, (clusters, labels), 1)
    return float(pairs.max(axis=1).sum() / len(labels))


def concepts(
    *,
    d: int,
    replicate: int,
    scenes: int = 500,
    company: int = 0,
    noise: float = 0.1,
    seen: Digits | None = None,
) -> dict[str, float]:
    """How pure the clusters of an unnamed module's objects are.

    Args:
        d: dimension of the sketches.
        replicate: of the scenes, the random matrices and the starts of k-means.
        scenes: number of scenes, each with one object of the unnamed module.
        company: objects of other modules, which are known, beside it.
        noise: standard deviation of the unnamed waveforms' numbers around their templates'.
        seen: labels (scenes,) and unit waveforms (scenes, n) of the unnamed objects, by default
            the oracle's; a trained network's features may stand here.

    Returns:
        Purity of ten clusters: "raw", of the waveforms themselves; "recovered", of the waveforms
        read from the sketches; "sketches", of the sketches as they are (only what is in the
        repository, no module known); "chance", of the latter where labels are permuted.

    Raises:
        ValueError: sizes below 1, `company` below 0, fewer scenes than clusters.
    """
    check_sizes(d=d, scenes=scenes)
    if company < 0:
        raise ValueError(f"company must be at least 0, got {company!r}")
    if seen is None:
        labels, rng = unnamed(scenes, replicate)
        seen = digits(labels, rng, noise)
    stored, space = _stored(d, replicate, company, seen)
    sketches = np.stack([stored.sketch(label) for label in stored.labels])
    read = attributes(space, sketches, UNNAMED, space.gain((1 / (1 + company),))).value
    start = seed(NAME, "starts of k-means", replicate) % 2**32
    clusters = {
        "raw": clustered(seen.waveforms, CLASSES, seed=start),
        "recovered": clustered(read, CLASSES, seed=start),
        "sketches": stored.clusters(CLASSES, seed=start),
    }
    shuffled = stream(NAME, "labels of chance", replicate).permutation(seen.labels)
    pure = {name: purity(found, seen.labels) for name, found in clusters.items()}
    return pure | {"chance": purity(clusters["sketches"], shuffled)}


def unnamed(scenes: int, replicate: int) -> tuple[np.ndarray, np.random.Generator]:
    """The true digits (scenes,) of the unnamed objects, and the stream of their noise."""
    rng = stream(NAME, "unnamed objects", replicate)
    return rng.integers(CLASSES, size=scenes), rng


def _stored(d: int, replicate: int, company: int, seen: Digits) -> tuple[Repository, Space]:
    count, n = seen.waveforms.shape
    rng = stream(NAME, "company of unnamed objects", replicate)
    beside = digits(rng.integers(CLASSES, size=(count, company)), rng)
    modules = {UNNAMED: n, **dict.fromkeys(MODULES, POINTS)}
    space = Space(d, modules, 1 + company, seed=replicate)
    rooms = [
        Scene([Object(UNNAMED, x), *(Object(MODULES[c], y) for c, y in zip(*row, strict=True))])
        for x, *row in zip(seen.waveforms, beside.labels.tolist(), beside.waveforms, strict=True)
    ]
    stored = Repository(d)
    stored.add(overall_sketches(space, rooms), [f"scene {i}" for i in range(count)])
    return stored, space
