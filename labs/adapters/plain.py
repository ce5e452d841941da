"""The usual way: one network at a time, modules put into it by surgery and by hooks.

The baseline of `python -m labs bench adapters`, and a twin of the stacked modules in the tests.
"""

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from labs.adapters.examples import examples, sizes
from labs.adapters.grid import Cell
from labs.nn.modules.delta import named
from labs.nn.modules.names import BIASES
from labs.nn.plain import Base, Block

RATE = 1e-2


class LoRALinear(nn.Module):
    """A frozen linear map with a trained difference of low rank beside it."""

    def __init__(self, linear: nn.Linear, rank: int) -> None:
        super().__init__()
        self.linear = linear
        self.A = nn.Linear(linear.in_features, rank, bias=False)
        self.B = nn.Linear(rank, linear.out_features, bias=False)
        nn.init.zeros_(self.B.weight)

    def forward(self, x: Tensor) -> Tensor:
        return self.linear(x) + self.B(self.A(x))


class Bottleneck(nn.Module):
    """A sequential adapter, put behind a layer by a hook."""

    def __init__(self, features: int, width: int) -> None:
        super().__init__()
        self.down, self.up = nn.Linear(features, width), nn.Linear(width, features)
        nn.init.zeros_(self.up.weight)
        nn.init.zeros_(self.up.bias)

    def hook(self, layer: nn.Module, inputs: tuple[Tensor, ...], output: Tensor) -> Tensor:
        return output + self.up(self.down(output).relu())


def adapted(net: Base, method: str) -> list[nn.Parameter]:
    """Freeze a network, put a method's modules into it, return what trains.

    Args:
        net: changed in place.
        method: "full", "bitfit", "lora" (rank 2 on queries and values) or "adapter" (width 4).
    """
    if method == "full":
        return list(net.parameters())
    net.requires_grad_(False)
    if method == "bitfit":
        biases = named(dict(net.named_parameters()), BIASES)
        own = [p for name, p in net.named_parameters() if name in biases]
        for parameter in own:
            parameter.requires_grad_()
        return own
    new: list[nn.Module] = []
    for block in net.blocks.children():
        assert isinstance(block, Block)
        if method == "lora":
            for name in ("query", "value"):
                new.append(LoRALinear(getattr(block, name), 2))
                setattr(block, name, new[-1])
        else:
            adapter = Bottleneck(block.narrow.out_features, 4)
            block.narrow.register_forward_hook(adapter.hook)
            new.append(adapter)
    return [p for module in new for p in module.parameters() if p.requires_grad]


def train(cell: Cell) -> None:
    """Adapt one untrained base to the cell's domain, and test it."""
    torch.manual_seed(0)
    net = Base(sizes(cell))
    updates = torch.optim.Adam(adapted(net, cell.method), lr=RATE)
    x, y = (part[0] for part in examples([cell], "training", cell.examples, "cpu"))
    x_test, y_test = (part[0] for part in examples([cell], "test", cell.tests, "cpu"))
    for step in range(cell.steps):
        if step % (len(x) // cell.batch) == 0:
            order = torch.randperm(len(x))
        here = order[step % (len(x) // cell.batch) * cell.batch :][: cell.batch]
        loss = F.cross_entropy(net(x[here]), y[here])
        updates.zero_grad()
        loss.backward()
        updates.step()
    _accuracy(net, x_test, y_test)


@torch.no_grad()
def _accuracy(net: Base, x: Tensor, y: Tensor) -> float:
    return float((net(x).argmax(1) == y).double().mean())
