"""An extension: all objects of a space are read from a sketch at once, by least squares.

A sketch is linear in what was seen. With the list of modules and positions at hand (not what fired,
and not what will be asked), its columns are known, and with at least as many dimensions as columns
the sketch tells every number exactly. With fewer, a prior says what is likely, and the answer is
the most likely one (Gaussian conditioning). The error of order 1 / sqrt(d) of the plain readouts is
the price of not looking at the rest of the sketch.
"""

from typing import NamedTuple

import numpy as np
from scipy.linalg import cho_factor, cho_solve

from labs.sketches.sketching import path_columns
from labs.sketches.space import Space

JITTER = 1e-12  # of the mean variance of a sketch's numbers


class Prior(NamedTuple):
    """A normal law of what stands at P positions from M modules, n + 1 numbers each: weight times
    coefficients. Its covariance is a product: across positions, and within a module.

    Args:
        mean: (P, M, n + 1).
        across: (P, P) covariance of positions.
        within: (M, n + 1, n + 1) covariances of modules.
    """

    mean: np.ndarray
    across: np.ndarray
    within: np.ndarray


def all_columns(space: Space) -> np.ndarray:
    """The columns of every position and module of a space whose modules have equally many
    attributes (P, M, n + 1, d)."""
    return np.stack(
        [
            np.stack([path_columns(space, [(position, module)]).T for module in space.modules])
            for position in range(space.positions)
        ]
    )


def solve(columns: np.ndarray, sketches: np.ndarray, prior: Prior) -> np.ndarray:
    """What stands at every position from every module, given sketches of flat scenes.

    Args:
        columns: (P, M, n + 1, d), `all_columns` of the space.
        sketches: (m, d).
        prior: does not matter where d is at least P M (n + 1): the answer is exact then.

    Returns:
        (m, P, M, n + 1): weight times coefficients (`labs.sketches.sketching.coefficients`).
    """
    d, shape = columns.shape[-1], columns.shape[:-1]
    flat = columns.reshape(-1, d)
    if len(flat) <= d:
        factor = cho_factor(flat @ flat.T)
        return cho_solve(factor, flat @ sketches.T).T.reshape(-1, *shape)
    varied = np.tensordot(prior.across, prior.within @ columns, 1).reshape(-1, d)
    gram = flat.T @ varied
    gram[np.diag_indices(d)] += JITTER * np.trace(gram) / d
    rest = sketches - prior.mean.ravel() @ flat
    found = varied @ cho_solve(cho_factor(gram), rest.T)
    return prior.mean + found.T.reshape(-1, *shape)
