"""Network recovery: the columns of a network's modules from nothing but its sketches.

In the spirit of the dictionary learning of Ghazi, Panigrahy and Wang 2019 (arXiv:1905.12730), whose
text was not at hand: atoms are found block by block (`labs.sketches.atoms`), glued to columns by
their activities, and, which is ours, the columns are filled: where the activities of a column are
known from a few of its blocks, a regression of the sketches on them shows the other ones. What is
left is searched for atoms again.
"""

from typing import NamedTuple

import numpy as np
from scipy.sparse.csgraph import connected_components

from labs.kit.checks import check_sizes
from labs.sketches.atoms import Atoms, block_atoms, checked_sketches
from labs.sketches.checks import check_whole
from labs.sketches.rotations import Blocks
from labs.sketches.wiring import correlations

LINK = 0.6  # correlation of the activities of two atoms of one column, at least
TWIN = 0.7  # cosine of two columns that are one
PRESENT = 0.5  # of a column's strongest block, what a block that is not zero has at least
UNEVEN = 0.5  # standard deviation over mean of the magnitudes in such a block, at most
ENOUGH = 1.25  # samples per column for a regression
ROUNDING = 1e-6  # of the sketches' mean square, a variance that is nothing
PASSES, ROUNDS = 2, 4  # of looking for atoms, and of filling in each


class Dictionary(NamedTuple):
    """What sketches (S, d) are made of.

    Attributes:
        columns: (d, L) in no order, each up to its sign.
        coefficients: (S, L) what every sample multiplies them with, by least squares.
        atoms: those that were found first.
    """

    columns: np.ndarray
    coefficients: np.ndarray
    atoms: Atoms


def learn_dictionary(
    sketches: np.ndarray,
    blocks: Blocks,
    *,
    passes: int = PASSES,
    rounds: int = ROUNDS,
    seed: int = 0,
) -> Dictionary:
    """Estimate the columns that sketches are made of, and their coefficients.

    Args:
        sketches: (S, d), one row per sample, S at least 2.
        blocks: the law of the columns.
        passes: 1 looks for atoms in the sketches, 2 again in what the first columns leave, ...
        rounds: of filling (`fill`) in each pass, 1 or more.
        seed: of the start of the analyses.

    Returns:
        Columns (d, L) of the law: +-1 / sqrt(d share) or zero in blocks; coefficients (S, L) by
        least squares. L is not given: it is what is found, and may be 0.

    Raises:
        TypeError, ValueError: see `labs.sketches.atoms.block_atoms`; passes or rounds below 1.

    >>> from labs.sketches.rotations import block_columns
    >>> blocks, rng = Blocks(length=64, share=0.1), np.random.default_rng(0)
    >>> columns = block_columns(1280, 6, blocks, "example")
    >>> activities = rng.standard_normal((400, 6)) * (rng.random((400, 6)) < 0.2)
    >>> found = learn_dictionary(activities @ columns.T, blocks)
    >>> float(cosines(columns, found.columns).max(1).min().round(6))
    1.0
    """
    check_sizes(passes=passes, rounds=rounds)
    check_whole("seed", seed, 0)
    sketches = checked_sketches(sketches, blocks)
    least = ROUNDING * float(np.vdot(sketches, sketches)) / sketches.size
    columns = np.empty((sketches.shape[1], 0))
    found: list[Atoms] = []
    for _ in range(passes):
        left = _left(sketches, columns) if found else sketches
        found.append(block_atoms(left, blocks, least=least, seed=seed))
        columns = np.hstack([columns, glue(found[-1], sketches.shape[1], blocks)])
        for _ in range(rounds):
            columns = fill(sketches, columns, blocks)
    return Dictionary(columns, coefficients(sketches, columns), found[0])


def glue(atoms: Atoms, d: int, blocks: Blocks) -> np.ndarray:
    """Columns (d, L) of atoms whose activities rise and fall together, directly or through others.

    >>> signs, activities = np.ones((3, 4)), np.array([[1.0, -1, 0], [0, 0, 1], [-2, 2, 0]]).T
    >>> atoms = Atoms(signs, np.array([0, 1, 1]), activities)
    >>> np.sign(glue(atoms, 8, Blocks(4, 0.5))).T.tolist()
    [[1.0, 1.0, 1.0, 1.0, -1.0, -1.0, -1.0, -1.0], [0.0, 0.0, 0.0, 0.0, 1.0, 1.0, 1.0, 1.0]]
    """
    alike = correlations(atoms.activities)
    count, groups = connected_components(np.abs(alike) > LINK, directed=False)
    columns = np.zeros((count, d // blocks.length, blocks.length))
    for column, group in enumerate(columns):
        (own,) = np.nonzero(groups == column)
        first = own[np.argmax(np.abs(alike[np.ix_(own, own)]).sum(0))]
        np.add.at(group, atoms.blocks[own], np.sign(alike[first, own])[:, None] * atoms.signs[own])
    return np.sign(columns).reshape(count, d).T / np.sqrt(d * blocks.share)


def fill(sketches: np.ndarray, columns: np.ndarray, blocks: Blocks) -> np.ndarray:
    """Columns (d, L') as a regression of the sketches (S, d) on the coefficients of `columns`
    (d, L) shows them: signs in blocks that are strong and even, zero in the others.

    Blocks that were missed are found, and those that were wrong are lost; columns that come to be
    the same are one. Where samples are hardly more than columns, columns stay as they are: a
    regression would show anything.

    >>> from labs.sketches.rotations import block_columns
    >>> blocks, rng = Blocks(length=8, share=0.5), np.random.default_rng(0)
    >>> columns = block_columns(64, 2, blocks, "columns")
    >>> sketches = rng.standard_normal((50, 2)) @ columns.T
    >>> known = np.where(np.arange(64)[:, None] < 32, columns, 0)  # their first half
    >>> filled = fill(sketches, known, blocks)
    >>> [cosines(columns, each).max(1).round(2).tolist() for each in (known, filled)]
    [[0.58, 1.0], [1.0, 1.0]]
    """
    if not 0 < ENOUGH * columns.shape[1] <= len(sketches):
        return columns
    shown = _regression(coefficients(sketches, columns), sketches)
    return _merged(as_blocks(shown, blocks).T)


def as_blocks(rows: np.ndarray, blocks: Blocks) -> np.ndarray:
    """Rows (L, d) of any numbers as columns of the law (L, d): the signs in those blocks that are
    strong and even, each +-1 / sqrt(d share).

    >>> strong, faint, uneven = [0.9, -1.1, 1.0, 1.0], [0.1, 0.1, 0.0, 0.1], [3.0, 0.0, 0.1, 0.1]
    >>> as_blocks(np.array([[*strong, *faint, *uneven]]), Blocks(length=4, share=1 / 3)).tolist()
    [[0.5, -0.5, 0.5, 0.5, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0]]
    """
    count, d = rows.shape
    cut = rows.reshape(count, d // blocks.length, blocks.length)
    sizes = np.abs(cut)
    strength = sizes.mean(2)
    present = strength > PRESENT * strength.max(1, keepdims=True)
    present &= sizes.std(2) < UNEVEN * strength
    signs: np.ndarray = np.sign(cut) * present[:, :, None]
    return signs.reshape(count, d) / np.sqrt(d * blocks.share)


def coefficients(sketches: np.ndarray, columns: np.ndarray) -> np.ndarray:
    """What the columns (d, L) are multiplied with in each of the sketches (S, d), by least squares:
    (S, L).

    >>> columns = np.array([[1.0, 1.0], [0.0, 1.0], [0.0, 0.0]])
    >>> sketches = np.array([[3.0, 2.0, 0.0], [3.0, 2.0, 7.0]])  # the 7 is of no column
    >>> coefficients(sketches, columns).round(6).tolist()
    [[1.0, 2.0], [1.0, 2.0]]
    """
    inverse = np.linalg.pinv(columns.T @ columns, hermitian=True)
    found: np.ndarray = (sketches @ columns) @ inverse
    return found


def cosines(true: np.ndarray, found: np.ndarray) -> np.ndarray:
    """|cos| of every true column (d, C) with every found one (d, L): (C, L); 0 of columns that are
    zero.

    >>> cosines(np.eye(2), np.array([[3.0, 0.0], [-4.0, 0.0]])).round(1).tolist()
    [[0.6, 0.0], [0.8, 0.0]]
    """
    lengths = np.linalg.norm(true, axis=0)[:, None] * np.linalg.norm(found, axis=0)
    return np.abs(true.T @ found) / np.where(lengths > 0, lengths, 1)


def _left(sketches: np.ndarray, columns: np.ndarray) -> np.ndarray:
    """The sketches (S, d) less what goes with the coefficients of columns, scrambled or not."""
    values = coefficients(sketches, columns)
    explained = values @ _regression(values, sketches)
    return np.subtract(sketches, explained, out=explained)


def _regression(values: np.ndarray, sketches: np.ndarray) -> np.ndarray:
    """What each of the values (S, L) adds to the sketches (S, d), without a constant: (L, d).

    A constant would make the counts of all modules, whose sum does not change, dependent.
    """
    inverse = np.linalg.pinv(values.T @ values, hermitian=True)
    found: np.ndarray = inverse @ (values.T @ sketches)
    return found


def _merged(columns: np.ndarray) -> np.ndarray:
    """Columns that are not zero, and of those that are alike the one with the most blocks."""
    columns = columns[:, columns.any(0)]
    order = np.argsort(-np.abs(columns).sum(0), kind="stable")
    columns = columns[:, order]
    _, groups = connected_components(cosines(columns, columns) > TWIN, directed=False)
    return columns[:, np.sort(np.unique(groups, return_index=True)[1])]
