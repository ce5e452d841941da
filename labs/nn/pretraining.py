"""Bases trained on the clean task, from which modules start."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from math import cos, pi

import numpy as np
import torch
from torch import Tensor

from labs.data import mnist1d
from labs.kit import shared
from labs.kit.checks import check_sizes
from labs.kit.seeds import seed
from labs.nn.base import STANDARD, Base, Sizes
from labs.nn.optimizer import Optimizer
from labs.nn.training import fit, stacked

RATE, BATCH = 2e-3, 128  # of AdamW, whose decay is torch's default
NAME = "base"  # of the random streams: every lab starts from the same bases


def bases(
    replicates: Sequence[int], sizes: Sizes = STANDARD, steps: int = 600, device: str = "cpu"
) -> dict[str, Tensor]:
    """The weights of several replicates' bases by name, side by side (len(replicates), ...), which
    are trained on fresh examples of the clean task; without gradients. One may come several times.

    AdamW with a cosine, batches of 128 that are seen once. A base is trained alone, by one process
    of a run, and kept.

    Args:
        replicates: whose data sets and starts they are.
        sizes: of the bases.
        steps: of training.
        device: where they are.

    Raises:
        ValueError: no replicate or a negative one, a size or `steps` below 1.
    """
    check_sizes(replicates=len(replicates), steps=steps)
    kept = _kept.setdefault((sizes, steps, device), {})
    how = "-".join(map(str, (*sizes, steps, device)))
    names = {f"base-{r}-{how}": r for r in replicates if r not in kept}
    made = shared.arrays({n: partial(_trained, r, sizes, steps, device) for n, r in names.items()})
    for name, replicate in names.items():
        weights = {n: torch.from_numpy(w).to(device) for n, w in made[name].items()}
        kept[replicate] = weights
    own = [kept[replicate] for replicate in replicates]
    return {name: torch.cat([weights[name] for weights in own]) for name in own[0]}


_kept: dict[tuple[Sizes, int, str], dict[int, dict[str, Tensor]]] = {}  # that this process has had


def _trained(replicate: int, sizes: Sizes, steps: int, device: str) -> dict[str, np.ndarray]:
    net = Base(1, sizes)
    net.reset([seed(NAME, "initialisation", replicate)]).to(device)
    x, y = stacked([mnist1d.fresh(replicate, steps * BATCH, "training of the base")], device)
    optimizer = Optimizer(net, torch.optim.AdamW, lr=RATE)
    for step in fit(net, x, y, optimizer=optimizer, steps=steps, every=1, batch=BATCH):
        optimizer.scale_rate((1 + cos(pi * step / steps)) / 2)
    return {name: weight.numpy(force=True) for name, weight in net.frozen().items()}
