"""The laws that label inputs by rule, written once for numpy arrays and torch tensors.

Every argument carries a leading member axis M: one task per member, each with coefficients of its
own, (M, R, ...). A rule picks its row; nothing loops over rules. What happens to be numpy here (an
index such as `np.arange`) torch takes as well, so the exact stream and the training stream cannot
drift apart. Equations: Mittal, Bengio, Lajoie, "Is a Modular Architecture Enough?" (2022).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

import numpy as np

if TYPE_CHECKING:
    from torch import Tensor

Array = TypeVar("Array", np.ndarray, "Tensor")


def coefficient(table: Array, rules: Array) -> Array:
    """Rows of each member's coefficients: table (M, R, ...), rules (M, ...) int64."""
    members = np.arange(len(table)).reshape(-1, *[1] * (rules.ndim - 1))
    return table[members, rules]


def pick(candidates: Array, rules: Array) -> Array:
    """Of the candidates of all rules, (..., R, d), those of the rules (...): (..., d)."""
    flat = candidates.reshape(-1, *candidates.shape[-2:])
    return flat[np.arange(len(flat)), rules.reshape(-1)].reshape(*rules.shape, -1)


def mlp(alpha: Array, beta: Array, features: Array, rules: Array) -> Array:
    """alpha_c a + beta_c b, eq. 4-6: features (M, N, 2), rules (M, N) -> (M, N)."""
    a, b = features[..., 0], features[..., 1]
    return coefficient(alpha, rules) * a + coefficient(beta, rules) * b


def on_circle(features: Array) -> Array:
    """Put the two queries of every rule, columns 0-1 and 2-3 of (..., R, 6), on the unit circle.

    In place; returns its argument.
    """
    for column in (0, 2):
        x, y = features[..., column], features[..., column + 1]
        norm = (x * x + y * y) ** 0.5
        x /= norm
        y /= norm
    return features


def mha(alpha: Array, beta: Array, features: Array, rules: Array) -> Array:
    """Two searches and two retrievals among the other tokens, eq. 7-11.

    features (M, N, L, R, w), rules (M, N, L) -> (M, N, L). The w columns of a rule are two queries,
    then two values. With one number per query (w = 4) the nearest other token is found, with two
    (w = 6) the one of the largest dot product.
    """
    length, width = features.shape[2], features.shape[4]
    by_rule = features.reshape(-1, *features.shape[2:])
    sequence, token = np.arange(len(by_rule))[:, None, None], np.arange(length)
    # a token needs the queries of its own rule only, its own and those of the others
    seen = by_rule[sequence, token, rules.reshape(-1, length, 1)]
    query = seen[..., :-2].reshape(-1, length, length, 2, (width - 2) // 2)
    own = query[:, token, token][:, :, None]
    if width == 6:
        score = own[..., 0] * query[..., 0] + own[..., 1] * query[..., 1]
    else:
        score = -abs(own - query)[..., 0]
    score[:, token, token] = -np.inf
    # as rows of L: torch is six times slower along an axis that is not the last
    winner = score.swapaxes(2, 3).reshape(-1, length).argmax(-1).reshape(-1, length, 2)
    row = sequence[..., 0]
    first = seen[row, token, winner[..., 0], width - 2].reshape(rules.shape)
    second = seen[row, token, winner[..., 1], width - 1].reshape(rules.shape)
    return coefficient(alpha, rules) * first + coefficient(beta, rules) * second


def rnn(recurrent: Array, drive: Array, features: Array, rules: Array) -> Array:
    """States of the switching linear system, eq. 12-15, from state 0.

    recurrent (M, R, order, d, d), drive (M, R, d, d), features u (M, N, L, d), rules (M, N, L) ->
    (M, N, L, d): s_n = sum_k s_(n-k) recurrent[c_n, k - 1] + u_n drive[c_n], row vectors.
    """
    lags = [_side_by_side(recurrent[:, :, lag]) for lag in range(recurrent.shape[2])]
    states = _product(features, _side_by_side(drive), rules)
    for n in range(1, features.shape[2]):
        for back, matrix in enumerate(lags[:n], start=1):
            states[:, :, n] += _product(states[:, :, n - back], matrix, rules[:, :, n])
    return states


def _side_by_side(matrices: Array) -> Array:
    members, _, d, _ = matrices.shape
    return matrices.swapaxes(1, 2).reshape(members, d, -1)


def _product(rows: Array, side_by_side: Array, rules: Array) -> Array:
    # the products with all rules' matrices are one product: faster than a matrix per row
    members, d = side_by_side.shape[:2]
    products = rows.reshape(members, -1, d) @ side_by_side
    return pick(products.reshape(*rules.shape, -1, d), rules)
