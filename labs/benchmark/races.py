"""The benchmark's networks raced against another library (`labs.kit.race`)."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch

from labs.benchmark.grid import MEMBERS
from labs.benchmark.speed import TWINS
from labs.benchmark.training import STACKED
from labs.data import mnist1d
from labs.kit.race import Race
from labs.kit.sides import Side
from labs.nn.side import Stack, drawn, supervised
from labs.nn.training import stacked

RATE, BATCH = 1e-3, 100  # a tenth of the lab's, for Adam magnifies rounding
STEPS = {"mlp": 200, "cnn": 50, "gru": 50}


def races() -> list[Race]:
    """MLP, CNN and GRU in stacks as a full run trains them."""
    return [
        Race(
            model,
            MEMBERS[model],
            steps,
            ours=f"{__name__}:side",
            theirs={"jax": f"labs.nn.in_jax:{model}"},
            settings={"model": model, "residual": True, "how": {"rate": RATE}},
        )
        for model, steps in STEPS.items()
    ]


def side(settings: Mapping[str, Any], file: Path) -> Side:
    """Our side: replicates of one model on the published training sets, in their fixed order."""
    model, members = settings["model"], settings["members"]
    x, y = stacked(mnist1d.published(replicate).train for replicate in range(members))
    stack = Stack(
        STACKED[model](members),
        drawn(TWINS[model], members),
        x,
        y,
        torch.optim.Adam,
        {"lr": settings["how"]["rate"]},
        settings["steps"],
        BATCH,
    )
    return supervised(stack, file)
