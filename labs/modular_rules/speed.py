"""The benches, and the usual loop: one network at a time, every module's output materialised, the
same steps and tests."""

from dataclasses import replace

import torch
from torch import Tensor, nn

from labs.kit.lab import Bench
from labs.modular_rules.exam import Exam, Group, losses
from labs.modular_rules.grid import FULL, TRAINED, Cell, cells
from labs.modular_rules.nets import plain
from labs.modular_rules.nets.routing import Output
from labs.modular_rules.published import JOINT
from labs.modular_rules.sources import Sources
from labs.modular_rules.training import BALANCE, CLIP, rate_scale, sizes

STEPS = {"mlp": 240, "mha": 60, "rnn": 60}  # fewer, and the tests would take most of the time
FEW, MANY = 2, 8  # rules


def bench() -> list[Bench[Cell]]:
    """Every model with many rules, Modular with few, too."""
    grid = [(name, JOINT, FEW) for name in STEPS]
    grid += [(name, model, MANY) for name in STEPS for model in TRAINED]
    return [
        Bench(f"{name} {model} {rules}", stack(name, model, rules), STEPS[name], train_plain)
        for name, model, rules in grid
    ]


def stack(architecture: str, model: str, rules: int) -> tuple[Cell, ...]:
    """The cells of a bench: the tasks of `full`, one seed, whatever rules it has itself."""
    config = replace(FULL, seeds=1, mlp_rules=(rules,), mha_rules=(rules,), rnn_rules=(rules,))
    wanted = (architecture, model, "regression", 0)
    return tuple(
        replace(cell, steps=STEPS[architecture])
        for cell in cells(config)
        if (cell.architecture, cell.model, cell.loss, cell.state) == wanted
    )


class Alone(nn.Module):
    """A plain network as a stack of one, for the exam."""

    def __init__(self, net: nn.Module) -> None:
        super().__init__()
        self.net = net

    def forward(self, x: Tensor) -> Output:
        y, activation, balance = self.net(x[0])
        return Output(y[None], None if activation is None else activation[None], balance[None])

    def parameter_count(self) -> int:
        """Trainable numbers."""
        return sum(p.numel() for p in self.parameters())


def train_plain(cell: Cell) -> None:
    """One network, the usual loop."""
    torch.manual_seed(0)
    net = plain.build(cell.architecture, cell.model, cell.rules, **sizes(cell))
    sources = Sources([cell], "cpu")
    exam = Exam(sources, [Group([cell], slice(None), Alone(net))])
    optimizer = torch.optim.Adam(net.parameters(), lr=cell.rate)
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimizer, lambda done: rate_scale(done, cell.steps, cell.fall)
    )
    batches = sources.stream("training", cell.batch)
    exam.at(0)
    for done in range(cell.steps):
        x, y, _ = next(batches)
        output = net(x[0])
        optimizer.zero_grad()
        loss = losses(output.y[None], y, cell.loss).sum()
        (loss + BALANCE * output.balance).backward()
        if cell.architecture == "rnn":
            nn.utils.clip_grad_norm_(net.parameters(), CLIP)
        optimizer.step()
        schedule.step()
        exam.at(done + 1)
    exam.records()
