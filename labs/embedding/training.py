"""Classifiers, maps and neighbours of a data set as it lies."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from sklearn.datasets import load_digits
from sklearn.manifold import TSNE
from sklearn.metrics import silhouette_score
from sklearn.neighbors import KNeighborsClassifier, NearestNeighbors

from labs.data import mnist1d
from labs.embedding.grid import NAME, PLAIN, Cell, Record
from labs.embedding.mnist import mnist
from labs.embedding.published import NEIGHBOURS, PUBLISHED
from labs.kit import seeds
from labs.nn import probes
from mnist1d.generate import generate
from mnist1d.recipe import Recipe


def train(cells: Sequence[Cell], device: str) -> Iterator[Record]:
    """Classify, map and measure; yields one record per cell."""
    for cell in cells:
        x, y = split(cell)
        record = _accuracies(x, y, cell.train)
        yield replace(record, **_map(x, y, cell)) if cell.perplexity else record


def split(cell: Cell) -> tuple[np.ndarray, np.ndarray]:
    """Training examples, then test examples: (n, features), (n,)."""
    if cell.data == PLAIN:
        # In float64, as the stored outputs were computed: `labs.data.mnist1d` gives float32. Of the
        # published data set the first ones; more examples are another draw of the seed.
        n_train, n_test = map(max, (cell.train, cell.test), PUBLISHED)
        seed = mnist1d.SEED + cell.replicate
        data = generate(Recipe(n_train=n_train + n_test, seed=seed))  # cut as the published set
        rows = np.r_[: cell.train, n_train : n_train + cell.test]
        return data.x[rows], data.y[rows]
    x, y = load_digits(return_X_y=True) if cell.data == "digits" else mnist(cell.folder)
    order = seeds.stream(NAME, "split", cell.replicate).permutation(len(x))
    chosen = order[: cell.train + cell.test]
    return x[chosen], y[chosen]


def purity(x: np.ndarray, y: np.ndarray) -> float:
    """Percent of the examples' nearest neighbours that are of their class."""
    nearest = NearestNeighbors(n_neighbors=NEIGHBOURS).fit(x).kneighbors(return_distance=False)
    return 100 * float((y[nearest] == y[:, None]).mean())


def _accuracies(x: np.ndarray, y: np.ndarray, count: int) -> Record:
    models = (KNeighborsClassifier(NEIGHBOURS), probes.logistic(count))
    fitted = [model.fit(x[:count], y[:count]) for model in models]
    return Record(*(100 * model.score(x[count:], y[count:]) for model in fitted))


def _map(x: np.ndarray, y: np.ndarray, cell: Cell) -> dict[str, Any]:
    tsne = TSNE(
        perplexity=cell.perplexity,
        max_iter=cell.iterations,
        init="pca",
        random_state=seeds.seed(NAME, "map", cell.replicate) % 2**32,
    )
    drawn = tsne.fit_transform(x)
    counts = np.unique(y, return_counts=True)[1]
    return {
        "purity": purity(x, y),
        "purity_of_chance": 100 * float((counts * (counts - 1)).sum()) / (len(y) * (len(y) - 1)),
        "silhouette": float(silhouette_score(x, y)),
        "map_purity": purity(drawn, y),
        "map_silhouette": float(silhouette_score(drawn, y)),
        "divergence": float(tsne.kl_divergence_),
        "map": drawn.astype(np.float32),
        "labels": y.astype(np.int64),
    }
