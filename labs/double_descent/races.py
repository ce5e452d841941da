"""The networks of Figure 5 raced against another library (`labs.kit.race`)."""

from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Any

from torch import nn

from labs.double_descent.grid import NAME
from labs.double_descent.speed import stack
from labs.double_descent.training import OPTIMIZERS, network, split
from labs.kit.race import Race
from labs.kit.seeds import seed
from labs.kit.sides import Side
from labs.nn import plain
from labs.nn.side import Stack, drawn, supervised
from labs.nn.training import stacked

WIDTHS, CHANNELS = (10, 30, 100, 300), (10, 25, 50, 100)


def races() -> list[Race]:
    """MLPs over widths and CNNs over channels, in stacks as a full run trains them."""
    return [
        *(_race(f"MLP width {width}", "mlp", "two", width) for width in WIDTHS),
        *(_race(f"CNN channels {channels}", "cnn", "cnn", channels) for channels in CHANNELS),
    ]


def _race(name: str, theirs: str, net: str, size: int) -> Race:
    cells = stack(net, size, steps=1)
    cell = cells[0]
    return Race(
        name,
        len(cells),
        200 if net == "two" and size <= 100 else 40,  # an epoch is 40
        ours=f"{__name__}:side",
        theirs={"jax": f"labs.nn.in_jax:{theirs}"},
        settings={
            "net": net,
            "size": size,
            "residual": False,
            "how": {"rate": cell.rate, "momentum": cell.momentum},
        },
    )


def side(settings: Mapping[str, Any], file: Path) -> Side:
    """Our side: the lab's stack by SGD, each member in a random order of its own."""
    size = settings["size"]
    cells = stack(settings["net"], size, settings["steps"])[: settings["members"]]
    cell = cells[0]
    twin: Callable[[], nn.Module] = partial(plain.CNN, size)
    if cell.net != "cnn":
        twin = partial(plain.MLP, size, residual=False)
    x, y = stacked(split(c)[:2] for c in cells)
    return supervised(
        Stack(
            network(cell, len(cells)),
            drawn(twin, len(cells)),
            x,
            y,
            OPTIMIZERS[cell.optimizer],
            {"lr": cell.rate, "momentum": cell.momentum},
            cell.steps,
            cell.batch,
            [seed(NAME, "batch order", c.replicate) for c in cells],
        ),
        file,
    )
