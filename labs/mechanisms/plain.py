"""The usual way: one replicate at a time, a list of experts, `torch.nn`.

The baseline of `python -m labs bench mechanisms`, and the twin of the stacked nets in the tests.
"""

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from labs.mechanisms import competing as rule
from labs.mechanisms.grid import Cell
from labs.mechanisms.nets import BENDS, HIDDEN, SHIFTS, SLOPE, patterns
from labs.mechanisms.signals import drawn
from labs.nn.nets import LENGTH


class Filter(nn.Module):
    """As `labs.mechanisms.nets.Filter`, of one signal law."""

    def __init__(self) -> None:
        super().__init__()
        self.patterns = patterns()
        bound = len(self.patterns) ** -0.5
        self.weight = nn.Parameter(torch.empty(len(self.patterns)).uniform_(-bound, bound))
        self.shift = nn.Parameter(torch.zeros(LENGTH))

    def forward(self, x: Tensor) -> Tensor:
        return x @ (self.weight @ self.patterns).view(LENGTH, LENGTH) + SHIFTS * self.shift


class Expert(nn.Module):
    """A bend of every sample, a filter, a shift per place. Input and output (B, 40)."""

    def __init__(self) -> None:
        super().__init__()
        self.bend_in, self.bend_out = nn.Linear(1, BENDS), nn.Linear(BENDS, 1)
        self.filter = Filter()

    def forward(self, x: Tensor) -> Tensor:
        bent = self.bend_out(F.elu(self.bend_in(x.unsqueeze(-1)))).squeeze(-1)
        return self.filter(x + bent)


class Critic(nn.Sequential):
    """Two hidden layers and a linear readout. Input (B, 40), output (B,)."""

    def __init__(self) -> None:
        first, second = nn.Linear(LENGTH, HIDDEN), nn.Linear(HIDDEN, HIDDEN)
        bent = nn.LeakyReLU(SLOPE)
        super().__init__(first, bent, second, bent, nn.Linear(HIDDEN, 1), nn.Flatten(0))


def compete(cell: Cell) -> None:
    """Train the experts and the critic of one replicate by the rule of
    `labs.mechanisms.competing.play`, without measuring."""
    torch.manual_seed(0)
    signals = drawn(cell)
    clean, mixed = map(torch.from_numpy, (signals.clean, signals.mixed))
    experts = [Expert() for _ in range(cell.experts)]
    critic = Critic()
    adam = torch.optim.Adam
    for expert in experts:
        identity = adam(expert.parameters(), lr=rule.IDENTITY_RATE)
        for _ in range(cell.identity):
            x = _batch(mixed, cell.batch)
            _descend(identity, F.mse_loss(expert(x), x))
    learners = [adam(e.parameters(), lr=rule.RATE, betas=rule.BETAS) for e in experts]
    judge = adam(critic.parameters(), lr=rule.CRITIC_RATE, betas=rule.BETAS)
    for _ in range(cell.steps):
        x, y = _batch(mixed, cell.batch), _batch(clean, cell.batch).requires_grad_()
        back = torch.stack([expert(x) for expert in experts])  # K, B, 40
        with torch.no_grad():
            winner = critic(back.flatten(0, 1)).view(len(experts), -1).argmax(0)
        won = back[winner, torch.arange(len(x))]
        scores = critic(y)
        (slope,) = torch.autograd.grad(scores.sum(), y, create_graph=True)
        fooled = F.softplus(critic(won.detach())).mean()
        flat = slope.square().sum(-1).mean()
        _descend(judge, F.softplus(-scores).mean() + fooled + rule.SMOOTH / 2 * flat)
        for learner in learners:
            learner.zero_grad()
        F.softplus(-critic(won)).mean().backward()
        for learner in learners:
            learner.step()


def _batch(x: Tensor, size: int) -> Tensor:
    return x[torch.randint(len(x), (size,))]


def _descend(optimizer: torch.optim.Optimizer, loss: Tensor) -> None:
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
