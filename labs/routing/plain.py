"""The usual way: one network at a time, whose experts are modules of their own that see the signals
sent to them.

The baseline of `python -m labs bench routing`, and a twin of the stacked net in the tests.
"""

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from labs.data.mnist1d import LENGTH
from labs.nn.plain import Base, Block
from labs.routing.examples import mixture, sizes
from labs.routing.grid import MIXTURES, Cell
from labs.routing.rates import EXPERTS
from labs.routing.routed import WIDTH


class Mixture(nn.Module):
    """Experts beside the feedforward layer of a block, put there by hooks, and their router.

    Args:
        block: into which the hooks go.
        router: "switch" or "gumbel" or "dense".
        experts: E.
        features: of a token.
    """

    def __init__(self, block: Block, router: str, experts: int, features: int) -> None:
        super().__init__()
        self.rule = router
        self.router = nn.Linear(features, experts)
        self.experts = nn.ModuleList(
            nn.Sequential(nn.Linear(features, WIDTH), nn.ReLU(), nn.Linear(WIDTH, features))
            for _ in range(experts)
        )
        for expert in self.experts.children():
            last = list(expert.children())[-1]
            assert isinstance(last, nn.Linear)
            nn.init.zeros_(last.weight)
            nn.init.zeros_(last.bias)
        block.widen.register_forward_hook(self.keep)
        block.narrow.register_forward_hook(self.add)

    def keep(self, layer: nn.Module, inputs: tuple[Tensor, ...], output: Tensor) -> None:
        self.seen = inputs[0]

    def add(self, layer: nn.Module, inputs: tuple[Tensor, ...], output: Tensor) -> Tensor:
        return output + self(self.seen)

    def gates(self, scores: Tensor) -> Tensor:
        """Of scores (B, E)."""
        if self.rule == "gumbel":
            return F.gumbel_softmax(scores, hard=True)
        shares = scores.softmax(-1)
        if self.rule == "dense":
            return shares
        return shares * F.one_hot(shares.argmax(-1), shares.shape[-1])

    def forward(self, x: Tensor) -> Tensor:
        gates, total = self.gates(self.router(x.mean(1))), torch.zeros_like(x)
        for number, expert in enumerate(self.experts):
            rows = gates[:, number].nonzero().squeeze(1)
            if len(rows):
                own = gates[rows, number, None, None] * expert(x[rows])
                total = total.index_add(0, rows, own)
        return total


def mixed(net: Base, router: str, experts: int) -> list[Mixture]:
    """Freeze a network, put experts and routers into its blocks, return them."""
    net.requires_grad_(False)
    blocks = [block for block in net.blocks.children() if isinstance(block, Block)]
    return [Mixture(b, router, experts, b.narrow.out_features) for b in blocks]


def train(cell: Cell) -> None:
    """Train one untrained base's experts and routers, and test them."""
    torch.manual_seed(0)
    net = Base(sizes(cell))
    parts = mixed(net, cell.router, cell.experts)
    updates = torch.optim.Adam([p for part in parts for p in part.parameters()], lr=EXPERTS)
    count = cell.examples // len(MIXTURES[cell.domains])
    x, y = (part[0] for part in mixture([cell], "training", count, "cpu"))
    x_test, y_test = (part[0] for part in mixture([cell], "test", cell.tests, "cpu"))
    for step in range(cell.steps):
        if step % (len(x) // cell.batch) == 0:
            order = torch.randperm(len(x))
        here = order[step % (len(x) // cell.batch) * cell.batch :][: cell.batch]
        loss = F.cross_entropy(net(x[here, :LENGTH]), y[here])
        updates.zero_grad()
        loss.backward()
        updates.step()
    _accuracy(net, x_test, y_test)


@torch.no_grad()
def _accuracy(net: Base, x: Tensor, y: Tensor) -> float:
    return float((net(x[:, :LENGTH]).argmax(1) == y).double().mean())
