"""The lab's training against the usual loop: one network at a time, every module's output
materialised, the same step."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

from labs.kit.lab import Bench

if TYPE_CHECKING:
    from labs.modular_rules.lab import Cell

STEPS = {"mlp": 60, "mha": 20, "rnn": 20}
RULES = {"mlp": (2, 4, 8, 16), "mha": (2, 4, 8), "rnn": (2, 4, 8)}
MEMBERS = 10


def benches() -> list[Bench]:
    """Modular over rules, and every other model at 8 rules."""
    from labs.modular_rules.lab import TRAINED

    grid = [(name, "modular", rules) for name, all_rules in RULES.items() for rules in all_rules]
    others = [(name, model, 8) for name in RULES for model in TRAINED if model != "modular"]
    return [
        Bench(
            f"{architecture} {model} {rules}",
            STEPS[architecture],
            MEMBERS,
            plain=partial(train_plain, architecture, model, rules),
            stacked=partial(train_stacked, architecture, model, rules),
        )
        for architecture, model, rules in grid + others
    ]


def _cell(architecture: str, model: str, rules: int) -> Cell:
    """A network of the sizes of `full`, whatever rules it has itself."""
    from labs.modular_rules.lab import PRESETS, cells

    own: dict[str, Any] = {f"{name}_rules": numbers for name, numbers in RULES.items()}
    config = replace(PRESETS["full"], **own)
    found = [c for c in cells(config) if (c.architecture, c.model) == (architecture, model)]
    return next(c for c in found if (c.rules, c.loss, c.state) == (rules, "regression", 0))


def train_plain(architecture: str, model: str, rules: int) -> None:
    """One network, the usual loop."""
    import torch

    from labs.modular_rules import training, twins
    from labs.modular_rules.streams import Stream

    cell = _cell(architecture, model, rules)
    task = training.task(cell)
    torch.manual_seed(0)
    net = twins.build(architecture, model, rules, **training.sizes(cell))
    optimizer = torch.optim.Adam(net.parameters(), lr=cell.rate)
    stream = Stream([task], [0], cell.batch, length=cell.length or None)
    for _ in range(STEPS[architecture]):
        x, y, _ = next(stream)
        output = net(x[0])
        optimizer.zero_grad()
        loss = training.losses(output.y[None], y, cell.loss).sum()
        (loss + training.BALANCE * output.balance).backward()
        if architecture == "rnn":
            torch.nn.utils.clip_grad_norm_(net.parameters(), training.CLIP)
        optimizer.step()


def train_stacked(architecture: str, model: str, rules: int) -> None:
    """`MEMBERS` networks of different tasks at once."""
    import torch

    from labs.modular_rules import training
    from labs.modular_rules.streams import Stream
    from labs.nn.training import Optimizer

    cell = _cell(architecture, model, rules)
    tasks = [training.task(replace(cell, replicate=r)) for r in range(MEMBERS)]
    net = training.network(cell, MEMBERS)
    net.reset(range(MEMBERS))
    optimizer = Optimizer(net, torch.optim.Adam, lr=cell.rate)
    stream = Stream(tasks, range(MEMBERS), cell.batch, length=cell.length or None)
    limit = training.CLIP if architecture == "rnn" else None
    for _ in range(STEPS[architecture]):
        x, y, _ = next(stream)
        training.step(net, optimizer, x, y, cell.loss, limit)
