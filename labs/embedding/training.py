"""Classifiers, maps and neighbours of a data set as it lies."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

import numpy as np
from sklearn.datasets import load_digits
from sklearn.manifold import TSNE
from sklearn.metrics import silhouette_score
from sklearn.neighbors import KNeighborsClassifier, NearestNeighbors

from labs.data import mnist1d
from labs.data.mnist1d import Split
from labs.embedding.grid import NAME, PLAIN, Cell, Record
from labs.embedding.mnist import mnist
from labs.embedding.published import NEIGHBOURS, PUBLISHED
from labs.kit import seeds
from labs.nn import probes
from mnist1d.generate import generate
from mnist1d.recipe import Recipe


class Examples(NamedTuple):
    """Training examples, test examples, fresh test examples (none where a set has no law): each
    (n, features) and (n,)."""

    train: Split
    test: Split
    fresh: Split

    @property
    def published(self) -> Split:
        """Training examples, then test examples."""
        return Split(*map(np.concatenate, zip(self.train, self.test, strict=True)))


def train(cells: Sequence[Cell], device: str) -> Iterator[Record]:
    """Classify, map and measure; yields one record per cell."""
    for cell in cells:
        data = examples(cell)
        record = _accuracies(data, cell)
        yield replace(record, **_map(*data.published, cell)) if cell.perplexity else record


def examples(cell: Cell) -> Examples:
    """The examples of a cell."""
    if cell.data == PLAIN:
        return _drawn(cell)
    x, y = load_digits(return_X_y=True) if cell.data == "digits" else mnist(cell.data_dir)
    order = seeds.stream(NAME, "split", cell.replicate).permutation(len(x))
    chosen = order[: cell.train + cell.test]
    first, last = (Split(x[rows], y[rows]) for rows in np.split(chosen, [cell.train]))
    return Examples(first, last, Split(x[:0], y[:0]))


def _drawn(cell: Cell) -> Examples:
    # In float64, as the stored outputs were computed: `labs.data.mnist1d` gives float32. Of the
    # published data set the first ones; more examples are another draw of the seed.
    n_train, n_test = map(max, (cell.train, cell.test), PUBLISHED)
    seed = mnist1d.SEED + cell.replicate
    data = generate(Recipe(n_train=n_train + n_test, seed=seed))  # cut as the published set
    assert data.moments is not None  # generated here, not read from a file
    (mean, sd), (own_mean, own_sd) = mnist1d.units(cell.replicate), data.moments
    x, y = mnist1d.fresh(cell.replicate, cell.fresh, "fresh test set")
    test = slice(n_train, n_train + cell.test)
    return Examples(
        Split(data.x[: cell.train], data.y[: cell.train]),
        Split(data.x[test], data.y[test]),
        Split((x * sd + mean - own_mean) / own_sd, y),
    )


def purity(x: np.ndarray, y: np.ndarray) -> float:
    """Percent of the examples' nearest neighbours that are of their class."""
    nearest = NearestNeighbors(n_neighbors=NEIGHBOURS).fit(x).kneighbors(return_distance=False)
    return 100 * float((y[nearest] == y[:, None]).mean())


def _accuracies(data: Examples, cell: Cell) -> Record:
    models: dict[str, Any] = {"knn": KNeighborsClassifier(NEIGHBOURS)}
    if cell.perplexity or cell.data == PLAIN:
        models["logistic"] = probes.logistic(cell.train)
    parts = {"accuracy": data.fresh if cell.fresh else data.test}
    if cell.fresh:
        parts["published"] = data.test
    for model in models.values():
        model.fit(*data.train)
    return Record(
        **{
            f"{name}_{what}": 100 * model.score(*part)
            for name, model in models.items()
            for what, part in parts.items()
        }
    )


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
