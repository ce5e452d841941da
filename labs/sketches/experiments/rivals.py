"""What one would keep instead of sketches: a random sample, or a count sketch of labels."""

import numpy as np

from labs.kit.checks import check_sizes
from labs.sketches.readouts import Estimate

PRIME = 2**31 - 1  # of the hash functions


def reservoir(stream: int, size: int, rng: np.random.Generator) -> np.ndarray:
    """A uniform sample of a stream whose end is not known beforehand (Vitter's algorithm R).

    Args:
        stream: number of items that pass.
        size: number of items that fit, 0 or more.
        rng: draws.

    Returns:
        (min(size, stream),) int: which items are kept at the end, ascending. Whatever its number,
        an item is kept with chance size / stream.

    >>> reservoir(5, 9, np.random.default_rng(0)).tolist()
    [0, 1, 2, 3, 4]
    """
    check_sizes(stream=stream)
    if size < 0:
        raise ValueError(f"size must be at least 0, got {size!r}")
    kept = np.arange(min(size, stream))
    places = rng.integers(np.arange(len(kept), stream) + 1)
    for item, place in enumerate(places.tolist(), len(kept)):
        if place < size:
            kept[place] = item
    return np.sort(kept)


class CountSketch:
    """Counts of keys in little memory (Charikar, Chen and Farach-Colton 2002), of several streams
    with the same hash functions.

    Each row of counters adds every key to one of them, with a sign; a key's count is read from its
    counter in every row, unbiased, and the median over rows is the answer.

    Args:
        floats: counters per stream; what does not divide by `rows` is left unused.
        rng: draws the hash functions, four whole numbers per row, which are not counted.
        rows: of counters.
        streams: how many.

    Raises:
        ValueError: sizes below 1, fewer floats than rows.

    >>> kept = CountSketch(1000, np.random.default_rng(0))
    >>> kept.add(np.array([3, 3, 7]))
    >>> kept.estimate(np.array([3, 7, 8])).value.tolist()
    [[2.0, 1.0, 0.0]]
    """

    def __init__(
        self, floats: int, rng: np.random.Generator, *, rows: int = 5, streams: int = 1
    ) -> None:
        check_sizes(floats=floats, rows=rows, streams=streams)
        if floats < rows:
            raise ValueError(f"floats must be at least the {rows} rows, got {floats}")
        self.table = np.zeros((streams, rows, floats // rows))
        self._factors = rng.integers(1, PRIME, size=(2, rows))
        self._shifts = rng.integers(PRIME, size=(2, rows))

    def add(self, keys: np.ndarray, streams: np.ndarray | int = 0) -> None:
        """Count keys (n,), whole numbers of at least 0, each in a stream (n,) or all in one."""
        signs, rows, columns = self._hashed(keys)
        owner = np.broadcast_to(streams, np.shape(keys))[:, None]
        np.add.at(self.table, (owner, rows, columns), signs)

    def estimate(self, keys: np.ndarray) -> Estimate:
        """The counts of keys (n,) in every stream: value (streams, n), and error (streams, n) from
        how much the rows disagree, which is 0 where no key met another."""
        signs, rows, columns = self._hashed(keys)
        read = self.table[:, rows, columns] * signs
        return Estimate(np.median(read, axis=-1), read.std(axis=-1) / np.sqrt(read.shape[-1]))

    def _hashed(self, keys: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Of each key in each row (n, rows): its sign, the row and its counter."""
        mixed = (np.asarray(keys)[:, None, None] * self._factors + self._shifts) % PRIME
        _, rows, width = self.table.shape
        return 1.0 - 2 * (mixed[:, 0] % 2), np.arange(rows), mixed[:, 1] % width
