"""Weights and vectors of two members in float64, small enough to compute by hand."""

import torch

from tests.nn.random_data import generator

SHAPES = {"w": (3, 4), "b": (1, 4)}


def drawn(seed: int, members: int = 2, shapes=None) -> dict:
    g = generator(seed)
    return {
        name: torch.randn(members, *shape, generator=g, dtype=torch.float64)
        for name, shape in (shapes or SHAPES).items()
    }


def taken(values, member: int) -> dict:
    """One member, where it is not one for all."""
    return {n: v[member : member + 1] if len(v) > 1 else v for n, v in values.items()}


def flat(values, member: int = 0):
    """One member as a numpy vector over all names."""
    return torch.cat([v[member].flatten() for v in values.values()]).numpy()


def close(a, b, tolerance=1e-12):
    assert list(a) == list(b)
    for name in a:
        torch.testing.assert_close(a[name], b[name], rtol=0, atol=tolerance)
