"""The attention and recurrent modules raced against another library (`labs.kit.race`)."""

from collections.abc import Mapping
from functools import partial
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
import torch

from labs.kit.race import Race
from labs.kit.sides import Side
from labs.modular_rules.exam import losses
from labs.modular_rules.grid import Cell
from labs.modular_rules.nets import plain
from labs.modular_rules.nets.models import build
from labs.modular_rules.nets.routing import ModularNet
from labs.modular_rules.published import JOINT
from labs.modular_rules.sources import Sources
from labs.modular_rules.speed import FEW, MANY, stack
from labs.modular_rules.training import CLIP, network, rate_scale, sizes, step
from labs.nn.optimizer import Optimizer
from labs.nn.side import drawn, load, save
from labs.nn.training import normal_numbers

STEPS = {"mha": 20, "rnn": 40}


def races() -> list[Race]:
    """Modular with few and many rules, on the tasks of a full run."""
    return [_race(name, rules) for name, rules in product(STEPS, (FEW, MANY))]


def _race(architecture: str, rules: int) -> Race:
    cells = stack(architecture, JOINT, rules)
    net = build(architecture, JOINT, 1, rules, **sizes(cells[0]))
    own: dict[str, Any] = {"clip": CLIP} if architecture == "rnn" else {}
    own |= {name: getattr(net, name) for name in ("head", "state") if hasattr(net, name)}
    return Race(
        f"{architecture} {JOINT} {rules}",
        len(cells),
        STEPS[architecture],
        ours=f"{__name__}:side",
        theirs={"jax": f"labs.modular_rules.in_jax:{architecture}"},
        settings={
            "architecture": architecture,
            "rules": rules,
            "how": {"rate": cells[0].rate},
            **own,
        },
    )


def side(settings: Mapping[str, Any], file: Path) -> Side:
    """Our side: the lab's training step on batches drawn beforehand. The outcome (M,) is the loss
    on a batch that it was not trained on."""
    steps, rules = settings["steps"], settings["rules"]
    cells = stack(settings["architecture"], JOINT, rules)[: settings["members"]]
    cell, net = cells[0], network(cells[0], len(cells))
    twins = drawn(partial(plain.build, cell.architecture, JOINT, rules, **sizes(cell)), len(cells))
    stream = Sources(cells, "cpu").stream("training", cell.batch)
    x, y = zip(*(next(stream)[:2] for _ in range(steps + 1)), strict=True)
    scales = [rate_scale(done, steps, cell.fall) for done in range(steps)]
    save(file, twins, x=torch.stack(x), y=torch.stack(y), scales=torch.tensor(scales))

    def reset() -> Optimizer:
        load(net, twins)
        return Optimizer(net, torch.optim.Adam, lr=cell.rate)

    def train(optimizer: Optimizer) -> None:
        _train(net, optimizer, [*zip(x[:-1], y[:-1], scales, strict=True)], cell)

    def outcome(_: None) -> np.ndarray:
        with torch.no_grad():
            return losses(net(x[-1]).y, y[-1], cell.loss).numpy()

    return Side(reset, train, outcome)


def _train(
    net: ModularNet,
    optimizer: Optimizer,
    batches: list[tuple[torch.Tensor, torch.Tensor, float]],
    cell: Cell,
) -> None:
    with normal_numbers():
        for x, y, scale in batches:
            optimizer.scale_rate(scale)
            step(net, optimizer, x, y, cell)
