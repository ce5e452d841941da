"""Cells of two replicates on the small base, and differences that nobody had to train."""

import torch

from labs.composition.examples import generators
from labs.composition.grid import Cell
from labs.composition.teaching import accuracies


def cells(question, method="", **how):
    sizes = {"examples": 24, "steps": 3, "batch": 8, "base_steps": 25, "small": True, "tests": 60}
    return [
        Cell(question, method, "labels", "all", **{**sizes, **how}, replicate=r) for r in range(2)
    ]


class Drawn:
    """Stands for `fine_tuned`: draws what it gives, and keeps what it was asked and gave."""

    def __init__(self, size=0.03):
        self.size, self.calls, self.given = size, [], []

    def __call__(self, cells, weights, data, device, times=1):
        streams = generators([cell.replicate for cell in cells], f"drawn {len(self.calls)}")
        self.calls.append((dict(weights), data, times))
        self.given.append(
            {
                name: self.size
                * torch.stack([torch.randn(v.shape[1:], generator=g) for g in streams])
                for name, v in weights.items()
                if not name.startswith("head.")
            }
        )
        return self.given[-1]


def moved(weights, *vectors, scale=1.0):
    """Weights + scale (vectors), by hand; a scale may be a list, one per member."""
    scales = torch.as_tensor(scale, dtype=torch.float32)
    out = dict(weights)
    for vector in vectors:
        for name, value in vector.items():
            by_member = scales.view(-1, *[1] * (value.dim() - 1)) if scales.dim() else scales
            out[name] = out[name] + by_member * value
    return out


def right(own, weights, data):
    """Percent that networks read right, by member."""
    return accuracies(own[0], weights, [], *data).tolist()
