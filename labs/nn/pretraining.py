"""Bases trained on the clean task, from which modules start."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from math import cos, pi

import torch
from torch import Tensor

from labs.data import mnist1d
from labs.kit.checks import check_sizes
from labs.kit.seeds import seed
from labs.nn.base import STANDARD, Base, Sizes
from labs.nn.optimizer import Optimizer
from labs.nn.training import fit, stacked

RATE, BATCH = 2e-3, 128  # of AdamW, whose decay is torch's default
NAME = "base"  # of the random streams: every lab starts from the same bases


@lru_cache(maxsize=64)
def pretrained(
    replicate: int, sizes: Sizes = STANDARD, steps: int = 600, device: str = "cpu"
) -> dict[str, Tensor]:
    """The weights of a replicate's base by name (1, ...), trained on fresh examples of the clean
    task; without gradients, kept, and not to be changed in place.

    AdamW with a cosine, batches of 128 that are seen once.

    Args:
        replicate: whose data set and start it is.
        sizes: of the base.
        steps: of training.
        device: where it is.

    Raises:
        ValueError: a negative replicate, a size or `steps` below 1.
    """
    check_sizes(steps=steps)
    net = Base(1, sizes)
    net.reset([seed(NAME, "initialisation", replicate)]).to(device)
    x, y = stacked([mnist1d.fresh(replicate, steps * BATCH, "training of the base")], device)
    optimizer = Optimizer(net, torch.optim.AdamW, lr=RATE)
    for step in fit(net, x, y, optimizer=optimizer, steps=steps, every=1, batch=BATCH):
        optimizer.scale_rate((1 + cos(pi * step / steps)) / 2)
    return net.frozen()


def bases(
    replicates: Sequence[int], sizes: Sizes = STANDARD, steps: int = 600, device: str = "cpu"
) -> dict[str, Tensor]:
    """The weights of several replicates' bases side by side (len(replicates), ...); one may come
    several times. Arguments and errors are those of `pretrained`.

    Raises:
        ValueError: no replicate.
    """
    check_sizes(replicates=len(replicates))
    own = [pretrained(replicate, sizes, steps, device) for replicate in replicates]
    return {name: torch.cat([weights[name] for weights in own]) for name in own[0]}
