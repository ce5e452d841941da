"""What a network learns from and is tested on, where it starts, and what of it is drawn anew."""

from functools import lru_cache
from typing import NamedTuple

import numpy as np

from labs.benchmark.grid import BATCH, FROZEN, NAME, ROUNDING, Cell
from labs.data import mnist1d
from labs.kit.checks import known
from labs.kit.seeds import seed, stream

ANEW = 1000  # added to a replicate: its second data set
SET = 1000  # examples of the published test set


class Order(NamedTuple):
    """In which order a network trains: the data set's own, which is a random one, or where `drawn`
    is "all" or "within batches" another, the `replicate`-th."""

    drawn: str = ""
    replicate: int = 0


OWN = Order()


def source(cell: Cell) -> tuple[int, Order]:
    """The number of a cell's data set, in `labs.data.mnist1d`, and the order in which it trains."""
    data = {"data": cell.replicate + ANEW, FROZEN: 0}.get(cell.varied, cell.replicate)
    drawn = {"order": "all", FROZEN: "all", ROUNDING: "within batches"}.get(cell.varied)
    return data, Order(drawn, cell.replicate) if drawn else OWN


def start(cell: Cell) -> int:
    """The seed of a cell's starting weights."""
    anew = cell.varied in ("start", FROZEN)
    return seed(NAME, f"{'second ' * anew}initialisation", cell.replicate)


@lru_cache(maxsize=64)
def drawn(replicate: int, order: Order, examples: int, shuffled: bool) -> dict[str, mnist1d.Split]:
    """The parts "train", "val" (1000 examples) and "test" (the published 1000) of a data set.

    Validation examples and training examples beyond 4000 are fresh draws of the same law, others
    for each number of training examples, standardised apart.

    Args:
        replicate, order: as `source` gives them.
        examples: that train.
        shuffled: permute the positions.
    """
    own = mnist1d.published(replicate)
    fresh = seed(NAME, "validation and further training data", replicate) % 2**32
    more = mnist1d.drawn(fresh, train=max(examples - mnist1d.EXAMPLES, 0), val=1000)
    x, y = (np.concatenate(pair)[:examples] for pair in zip(own.train, more.train, strict=True))
    rows = _rows(order, len(y))
    parts = {"train": (x[rows], y[rows]), "val": more.val, "test": own.test}
    places = _places(replicate, shuffled)
    return {name: mnist1d.Split(x[:, places], y) for name, (x, y) in parts.items()}


def fresh(cell: Cell) -> mnist1d.Split:
    """The fresh test examples of a cell, in the units and the positions of its data set."""
    replicate, _ = source(cell)
    x, y = mnist1d.fresh(replicate, cell.fresh, "fresh test set")
    return mnist1d.Split(x[:, _places(replicate, cell.shuffled)], y)


def set_variance(right: np.ndarray) -> float | None:
    """Variance of the accuracy over disjoint sets of 1000 examples, in squared points; None of
    fewer than two sets.

    Args:
        right: whether each example is read correctly, (n,) bool. The sets are cut at random:
            blocks of fresh examples hold all classes alike, as the published sets do not.

    >>> set_variance(np.arange(4000) < 2000) > 0
    True
    """
    sets = len(right) // SET
    mixed = stream(NAME, "sets of test examples", 0).permutation(right)[: sets * SET]
    accuracies = 100 * mixed.reshape(sets, SET).mean(1)
    return float(accuracies.var(ddof=1)) if sets > 1 else None


def _rows(order: Order, examples: int) -> np.ndarray:
    rows = np.arange(examples)
    if known("order", order.drawn, ("", "all", "within batches")) == "":
        return rows
    if order.drawn == "all":
        return stream(NAME, "second order", order.replicate).permutation(rows)
    draws = stream(NAME, "order within batches", order.replicate)
    return draws.permuted(rows.reshape(-1, BATCH), axis=1).ravel()


def _places(replicate: int, shuffled: bool) -> np.ndarray:
    return mnist1d.shuffled_order(replicate) if shuffled else np.arange(mnist1d.LENGTH)
