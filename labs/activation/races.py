"""One outer step of the lab raced against another library (`labs.kit.race`)."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import torch

from labs.activation import inner, learned
from labs.activation.evaluation import splits, torch_seed
from labs.activation.inner import BATCH, DECAY, EPSILON, TINY
from labs.activation.learned import NOISE, SCALE, UNITS, Meta, meta_gradient
from labs.activation.published import RATE, WINDOW
from labs.activation.speed import EXAMPLES, MEMBERS
from labs.activation.tabulated import CELLS, REACH, Tabulated
from labs.activation.training import WIDE
from labs.activation.unrolled import Unrolled
from labs.kit.race import Race
from labs.kit.sides import Side
from labs.nn.training import batch_indices

STEPS = {"tabulated": 100, "direct": 40}  # of 301, after which rounding shows in the gradient


def races() -> list[Race]:
    """The outer step against JAX with our table, and against JAX that computes every activation;
    steps are inner steps."""
    constants = {
        "rate": RATE,
        "decay": DECAY,
        "epsilon": EPSILON,
        "tiny": TINY,
        "scale": SCALE,
        "window": WINDOW,
        "cells": WIDE * CELLS,  # theirs has no other way beyond its knots
        "reach": WIDE * REACH,
    }
    return [
        Race(
            f"outer step, {how}",
            MEMBERS,
            steps,
            ours=f"{__name__}:side",
            theirs={"jax": f"labs.activation.in_jax:{how}"},
            settings=constants,
        )
        for how, steps in STEPS.items()
    ]


def side(settings: Mapping[str, Any], file: Path) -> Side:
    """Our side: the first published outer step of some replicates. The outcome (2, M) is the
    objective and the norm of its gradient by the activation's parameters."""
    members, steps = settings["members"], settings["steps"]
    seeds = [torch_seed(replicate) for replicate in range(members)]
    train = splits(range(members), EXAMPLES).train
    generators = [torch.Generator().manual_seed(seed) for seed in seeds]
    meta = Meta(*(p.requires_grad_() for p in Meta.start(generators)))
    weights = inner.start(generators)
    draws = learned.noise(generators, steps, UNITS, NOISE)
    order = torch.stack([*batch_indices(train.x.shape[1], BATCH, steps, [None])])[:, 0]
    arrays: dict[str, Any] = {
        "x": train.x.numpy(),
        "y": train.y.numpy(),
        "order": order.int().numpy(),
        "inside": draws.inside.numpy(),
        "after": draws.after.squeeze(2).numpy(),
    }
    arrays |= {f"start.{name}": p.detach().numpy() for name, p in meta._asdict().items()}
    arrays |= {
        name: getattr(weights, name).squeeze(2).numpy() for name in ("first", "second", "bias")
    }
    np.savez(file, **arrays)
    training = Unrolled(members, steps)

    def train_once(state: None) -> tuple[torch.Tensor, torch.Tensor]:
        table = Tabulated(meta.activation, members)
        objective, _, gradients = meta_gradient(
            meta, table, training, weights, train.batches(steps), draws
        )
        return objective, torch.cat(gradients, 1)

    def outcome(found: tuple[torch.Tensor, torch.Tensor]) -> np.ndarray:
        objective, gradient = found
        return torch.stack([objective.double(), gradient.norm(dim=1)]).numpy()

    return Side(lambda: None, train_once, outcome)
