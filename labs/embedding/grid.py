"""What is varied and what is measured: data sets, their sizes, and the records of them.

Replicate r draws MNIST-1D anew (seed 42 + r; replicate 0 is the published data set) and splits the
digits anew: there is one set of them, so their intervals tell how much the split matters, no more.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from labs.embedding.mnist import mnist
from labs.embedding.published import ITERATIONS, MNIST, NEIGHBOURS, PERPLEXITY, PUBLISHED
from labs.kit.settings import check, setting

NAME = "embedding"
PLAIN = "mnist1d"  # MNIST-1D itself
TITLES = {PLAIN: "MNIST-1D", "digits": "8x8 digits", "mnist": "MNIST"}
DIGITS = (1437, 360)  # training and test examples of scikit-learn's 1797 digits
EXAGGERATED = 250  # iterations of t-SNE, which scikit-learn does not leave out


@dataclass(frozen=True)
class Config:
    """What a reader may change."""

    replicates: int = setting(12, "draws or splits of each data set", least=1)
    train: int = setting(
        PUBLISHED[0], "training examples of MNIST-1D, and of MNIST's map", least=NEIGHBOURS
    )
    fresh: int = setting(
        50_000, "fresh test examples of MNIST-1D; a fifth of it for larger training sets", least=5
    )
    test: int = setting(PUBLISHED[1], "test examples of MNIST-1D, and of MNIST's map", least=1)
    small_train: int = setting(
        DIGITS[0], "training examples of the digits, and of MNIST-1D beside them", least=NEIGHBOURS
    )
    small_test: int = setting(
        DIGITS[1], "test examples of the digits, and of MNIST-1D beside them", least=1
    )
    larger: tuple[int, ...] = setting(
        (16000, 64000), "training examples of MNIST-1D, no map", least=NEIGHBOURS, empty=True
    )
    perplexity: float = setting(
        PERPLEXITY, "perplexity of t-SNE: about so many neighbours of a point count", least=1
    )
    iterations: int = setting(
        ITERATIONS, "iterations of t-SNE, the exaggerated ones among them", least=EXAGGERATED
    )
    data_dir: str = setting(
        "", "a folder with MNIST's files; without them MNIST is not judged", place=True
    )
    image_replicates: int = setting(5, "splits of MNIST", least=1)
    mnist_train: int = setting(MNIST[0], "training examples of MNIST", least=NEIGHBOURS)
    mnist_test: int = setting(MNIST[1], "test examples of MNIST", least=1)

    def __post_init__(self) -> None:
        check(self)
        small = self.small_train + self.small_test
        if small > sum(DIGITS):
            raise ValueError(f"small_train + small_test must be at most {sum(DIGITS)}, got {small}")
        smallest = min(self.train + self.test, small)
        if self.perplexity >= smallest:
            raise ValueError(
                f"perplexity must be below the {smallest} examples of a map, got {self.perplexity}"
            )


PRESETS = {
    "smoke": Config(
        replicates=2,
        train=300,
        test=60,
        fresh=2000,
        small_train=160,
        small_test=40,
        larger=(1000,),
        iterations=250,
    ),
    "quick": Config(replicates=5, iterations=300, larger=(16000,)),
    "full": Config(),
    # Figure 3b of 2024, once, and the neighbours of MNIST-1D. The digits are ours: they stand for
    # MNIST (Figure 3a), which joins where `data_dir` has its files.
    "paper": Config(replicates=1, larger=(), image_replicates=1),
}


@dataclass(frozen=True)
class Cell:
    """One data set, judged as it lies."""

    data: str  # a key of TITLES
    train: int
    test: int
    fresh: int  # fresh test examples; 0 of what cannot be drawn anew
    perplexity: float  # of the map; 0 draws none
    iterations: int
    data_dir: str  # of image files
    replicate: int


@dataclass(frozen=True)
class Record:
    """What is measured of a data set; without a map only accuracies, in percent of the fresh test
    examples or, where a set cannot be drawn anew, of its test examples."""

    knn_accuracy: float  # whose class the neighbours' vote names
    logistic_accuracy: float | None = None  # by logistic regression; not of MNIST without a map
    knn_published: float | None = None  # the same of MNIST-1D's 1000 published test examples
    logistic_published: float | None = None
    purity: float | None = None  # percent of all examples' neighbours that are of their class
    purity_of_chance: float | None = None  # percent, were labels permuted
    silhouette: float | None = None  # of the classes, -1 to 1
    map_purity: float | None = None  # percent, of neighbours in the map
    map_silhouette: float | None = None  # -1 to 1
    divergence: float | None = None  # of the map, nats
    map: np.ndarray | None = None  # (train + test, 2) float32
    labels: np.ndarray | None = None  # (train + test,) int64


def cells(config: Config) -> list[Cell]:
    """MNIST-1D at its published size, MNIST, digits and MNIST-1D at their size, larger sets.

    Raises:
        ValueError: `data_dir` does not hold MNIST's files, or fewer images than asked for.
    """
    how = (config.perplexity, config.iterations)
    whole, small = (config.train, config.test), (config.small_train, config.small_test)
    fresh, folder = config.fresh, config.data_dir
    arms: list[tuple[str, int, int, int, float, int, str]] = [(PLAIN, *whole, fresh, *how, "")]
    if folder:
        _check_images(config)
        arms.append(("mnist", *whole, 0, *how, folder))
        arms.append(("mnist", config.mnist_train, config.mnist_test, 0, 0.0, 0, folder))
    arms += [("digits", *small, 0, *how, ""), (PLAIN, *small, fresh, *how, "")]
    arms += [(PLAIN, train, config.test, fresh // 5, 0.0, 0, "") for train in config.larger]
    return [
        Cell(*arm, replicate)
        for arm in dict.fromkeys(arms)
        for replicate in range(config.image_replicates if arm[-1] else config.replicates)
    ]


def _check_images(config: Config) -> None:
    asked = max(config.train + config.test, config.mnist_train + config.mnist_test)
    there = len(mnist(config.data_dir)[1])
    if asked > there:
        raise ValueError(f"data_dir must hold {asked} images or more, got {there}")


def seconds(cell: Cell) -> float:
    """Expected seconds of one core; t-SNE takes most of them (measured on an AMD EPYC)."""
    features = 40 if cell.data == PLAIN else 784
    classify = 1e-10 * cell.train * (cell.test + cell.fresh) * features
    linear = 1e-6 * cell.train * features if cell.perplexity or cell.data == PLAIN else 0
    return 0.5 + classify + linear + 6e-6 * cell.iterations * (cell.train + cell.test)


TORCH = 130  # MB of a library that is not used here


def megabytes(stack: Sequence[Cell]) -> float:
    """Expected memory of a stack beyond that of the libraries (measured: 40 with a map)."""
    cell = stack[0]
    examples = cell.train + cell.test
    features = 40 if cell.data == PLAIN else 784
    return (
        24e-6 * features * examples
        + 4e-4 * cell.fresh
        + (0.04 * examples if cell.perplexity else 0)
        - TORCH
    )
