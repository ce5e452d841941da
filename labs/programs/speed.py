"""Stacks against the usual loop: one network at a time, torch's own layers, every program of a
batch run module by module; and the plain networks, which are twins of the stacked ones in tests."""

from collections.abc import Callable, Sequence
from dataclasses import replace

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from labs.kit.lab import Bench
from labs.kit.seeds import stream
from labs.programs.examples import fresh_signals, programs, training_signals
from labs.programs.grid import (
    ARMS,
    DRAWS,
    LONGER,
    NAME,
    PRESETS,
    RECALLERS,
    SYMBOLS,
    TOLD,
    TRAINED,
    Cell,
    cells,
)
from labs.programs.memory import INPUTS, SLOTS, content, free, read, told, write
from labs.programs.operations import LENGTH, NAMES, Array, run

STEPS = {"modular": 400, "monolith": 200, "memory": 200}
RATE = 1e-2
FULL = replace(PRESETS["full"], tests=20, programs=20, rate=RATE)


class Modular(nn.Module):
    """A module per operation; `forward(x, program)` runs one program on signals (B, 40)."""

    def __init__(self, hidden: int) -> None:
        super().__init__()
        self.first = nn.ModuleList(nn.Linear(LENGTH, hidden) for _ in NAMES)
        self.second = nn.ModuleList(nn.Linear(hidden, LENGTH) for _ in NAMES)

    def forward(self, x: Tensor, program: Sequence[int]) -> Tensor:
        for place in program:
            x = x + self.second[place](self.first[place](x).relu())
        return x


class Monolith(nn.Module):
    """A network that is told the program by a GRU; `forward` as of `Modular`."""

    def __init__(self, hidden: int, code: int) -> None:
        super().__init__()
        self.first, self.code = nn.Linear(LENGTH, hidden), nn.Linear(code, hidden)
        self.second, self.head = nn.Linear(hidden, hidden), nn.Linear(hidden, LENGTH)
        self.reader = nn.GRU(len(NAMES), code, batch_first=True)

    def forward(self, x: Tensor, program: Sequence[int]) -> Tensor:
        words = F.one_hot(torch.tensor(program), len(NAMES)).to(x)
        code = self.reader(words.unsqueeze(0))[1][0]
        h = (self.first(x) + self.code(code)).relu()
        return x + self.head(self.second(h).relu())


class Memory(nn.Module):
    """A controller with a memory; input (B, T, 48), output logits (B, 8)."""

    def __init__(self, hidden: int, width: int) -> None:
        super().__init__()
        self.width = width
        self.first, self.orders = nn.Linear(INPUTS, hidden), nn.Linear(hidden, 3 * width + 2)
        self.head = nn.Linear(width + hidden, SYMBOLS)

    def forward(self, x: Tensor) -> Tensor:
        memory, usage = x.new_zeros(len(x), SLOTS, self.width), x.new_zeros(len(x), SLOTS)
        for t in range(x.shape[1]):
            h = self.first(x[:, t]).relu()
            key, word, erase, two = self.orders(h).split([self.width] * 3 + [2], -1)
            weights = content(memory, key, 1 + F.softplus(two[:, :1]))
            if t < x.shape[1] - 1:
                gate = two[:, 1:].sigmoid()
                weights = gate * free(usage) + (1 - gate) * weights
                memory = write(memory, weights, erase.sigmoid(), word)
                usage = usage + weights - usage * weights
        return self.head(torch.cat([read(memory, weights), h], -1))


def bench() -> list[Bench[Cell]]:
    """Stacks of the size of a full run, with few steps and a given rate."""
    return [
        Bench(ARMS[arm].label, _stack(arm, steps), steps, train) for arm, steps in STEPS.items()
    ]


def _stack(arm: str, steps: int) -> tuple[Cell, ...]:
    return tuple(cells(replace(FULL, arms=(arm,), steps=steps, recall_steps=steps)))


def train(cell: Cell) -> None:
    """Train and test one network as `labs.programs.training.train` does, by the usual loop."""
    torch.manual_seed(0)
    (_recall if cell.arm in RECALLERS else _run)(cell)


def _run(cell: Cell) -> None:
    sizes = ARMS[cell.arm].sizes
    net: nn.Module = Modular(*sizes) if cell.arm == "modular" else Monolith(*sizes)
    x = training_signals([cell.replicate], "cpu")[0]
    own = programs(cell.replicate, cell.programs)
    trained = [tuple(program) for part in own.trained for program in part.tolist()]
    targets = [torch.from_numpy(run(x.numpy(), program)) for program in trained]
    scales = [1 / y.var(0, correction=0).mean() for y in targets]

    def loss(rows: Tensor) -> Tensor:
        parts = [
            scale * F.mse_loss(net(x[rows], program), y[rows])
            for program, y, scale in zip(trained, targets, scales, strict=True)
        ]
        return torch.stack(parts).mean()

    held = [own.held, *own.longer]
    x_test = fresh_signals([cell.replicate], cell.tests, "test", "cpu")[0]
    rounds = len(LONGER) if cell.arm == "modular" else 1  # modules are tested in other orders, too
    _test(net, x_test, [*own.trained, *held])
    _loop(net, cell.steps, lambda step: loss(torch.randint(len(x), (cell.batch,))))
    for _ in range(rounds):
        _test(net, x_test, [*own.trained, *held])


@torch.no_grad()
def _test(net: nn.Module, x: Tensor, asked: Sequence[Array]) -> None:
    for program in (program for part in asked for program in part.tolist()):
        F.mse_loss(net(x, program), torch.from_numpy(run(x.numpy(), program)))


def _recall(cell: Cell) -> None:
    net = Memory(*ARMS[cell.arm].sizes)
    signals = training_signals([cell.replicate], "cpu").numpy()
    draws = [stream(NAME, "sequences", cell.replicate)]

    def loss(step: int) -> Tensor:
        x, y = told(signals, TRAINED[step % len(TRAINED)], cell.batch, draws)
        return F.cross_entropy(net(x[0]), y[0])

    _loop(net, cell.steps, loss)
    test = fresh_signals([cell.replicate], cell.tests * max(TOLD), "test", "cpu").numpy()
    with torch.no_grad():
        for pairs in (*TOLD, *TRAINED, *TRAINED) * DRAWS:  # test, training signals, emptied
            net(told(test, pairs, cell.tests, draws)[0][0])


def _loop(net: nn.Module, steps: int, loss: Callable[[int], Tensor]) -> None:
    updates = torch.optim.Adam(net.parameters(), lr=RATE)
    for step in range(steps):
        own = loss(step)
        updates.zero_grad()
        own.backward()
        updates.step()
