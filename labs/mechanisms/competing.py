"""The competition: experts give back signals, the critic scores them, the highest score wins.

The winner alone learns from a signal, from how the critic scores what it gave back; the critic
learns to tell clean signals from what winners give back. Neither is told which mechanism a signal
went through, and no clean signal belongs to a changed one.

Two things are not as in the paper. Its critic, as re-implementations have it, learns from what all
experts give back, which here is mostly told apart at a glance; experts then end farther from clean
signals. And shifts are learned first and faster than the rest, else an expert shrinks a signal that
it ought to shift. Both, and all numbers below, were chosen on replicates 100 to 102, which no run
has.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from copy import deepcopy
from dataclasses import dataclass
from typing import NamedTuple

import torch
import torch.nn.functional as F
from torch import Tensor

from labs.mechanisms.nets import Critic, Experts
from labs.nn.training import batch_indices, normal_numbers

RATE, CRITIC_RATE, IDENTITY_RATE = 1e-3, 4e-3, 3e-3
BETAS = (0.5, 0.99)  # of Adam
SMOOTH = 1.0  # weight of the critic's squared slope at clean signals (Mescheder et al. 2018)
HEAD = 20  # the critic starts a twentieth of the steps earlier
FIRST = 0.25  # of the steps, in which shifts alone are learned
SETTLED = 0.3  # of their rate, that shifts have afterwards
AVERAGED = 0.005  # weight of the newest in the running mean of the experts
LOOKS = 20

Batches = Sequence[torch.Generator]  # one stream of orders per replicate


@dataclass
class Game:
    """R replicates of K experts and their critics.

    Attributes:
        experts: R * K of them, those of a replicate one after the other.
        critic: R of them.
        average: running means of the experts over training, which are what is measured.
        count: K.
        one: whether the mean of a replicate's experts stands for them all.
    """

    experts: Experts
    critic: Critic
    average: Experts
    count: int
    one: bool = False

    def copy(self) -> Game:
        """A game of its own, as it stands."""
        return deepcopy(self)

    def back(self, x: Tensor, experts: Experts | None = None) -> Tensor:
        """What each expert gives back of signals (R, B, 40): (R, K, B, 40); K is 1 where one stands
        for all."""
        given = (experts or self.experts)(x.repeat_interleave(self.count, 0))
        given = given.unflatten(0, (-1, self.count))
        return given.mean(1, keepdim=True) if self.one else given

    def scores(self, back: Tensor) -> Tensor:
        """The critic's, of what experts give back (R, K, B, 40): (R, K, B)."""
        scores: Tensor = self.critic(back.flatten(1, 2))
        return scores.unflatten(1, back.shape[1:3])


class Play(NamedTuple):
    """What is played for how long.

    Attributes:
        clean, mixed: signals (R, n, 40).
        mechanism: of the mixed ones (R, n), for counting alone.
        orders: streams of the batches, of clean and of mixed signals.
        steps, batch: of the experts.
        owner: the expert of every mixed signal (R, n), where the critic does not choose it.
        free: the only expert that learns (R,), where not all do.
        head: whether the critic starts earlier.
        everyone: whether the critic learns from what all experts give back, not from winners.
    """

    clean: Tensor
    mixed: Tensor
    mechanism: Tensor
    orders: tuple[Batches, Batches]
    steps: int
    batch: int
    owner: Tensor | None = None
    free: Tensor | None = None
    head: bool = True
    everyone: bool = False


class Look(NamedTuple):
    """Experts' wins since the last look, by mechanism (R, mechanisms, K), at a step; at step 0 the
    critic has had its head start."""

    step: int
    wins: Tensor


def learn_identity(experts: Experts, mixed: Tensor, order: Batches, steps: int, batch: int) -> None:
    """Train experts (R * K) in place to give back signals (R, n, 40) as they are."""
    count = experts.members // len(mixed)
    optimizer = torch.optim.Adam(experts.parameters(), lr=IDENTITY_RATE)
    for step, rows in enumerate(batch_indices(mixed.shape[1], batch, steps, order)):
        _rate(optimizer, IDENTITY_RATE * (1 - step / steps))
        x = taken(mixed, rows).repeat_interleave(count, 0)
        with normal_numbers():
            _descend(optimizer, (experts(x) - x).square().mean((1, 2)))


def play(game: Game, play: Play) -> Iterator[Look]:
    """Train a game's experts and critics in place; looks up at step 0 and `LOOKS` times after."""
    slow, fast = game.experts.slow(), [game.experts.filter.shift]
    learner = torch.optim.Adam([{"params": fast}, {"params": slow}], betas=BETAS)
    critic = torch.optim.Adam(game.critic.parameters(), betas=BETAS)
    head = max(play.steps // HEAD, 1) if play.head else 0
    sizes = (play.clean.shape[1], play.mixed.shape[1])
    batches = (
        batch_indices(n, play.batch, head + play.steps, order)
        for n, order in zip(sizes, play.orders, strict=True)
    )
    every = max(play.steps // LOOKS, 1)
    wins = _none(game, play)
    for step, (clean, mixed) in enumerate(zip(*batches, strict=True), start=-head):
        if step == 0:
            yield Look(0, wins)
            wins = _none(game, play)
        share = max(step, 0) / play.steps
        x = taken(play.mixed, mixed)
        with normal_numbers():
            back = game.back(x)
            winner = winners(game, back) if play.owner is None else taken(play.owner, mixed)
            won = picked(back, winner)
            _rate(critic, CRITIC_RATE * (1 - share))
            given = back.flatten(1, 2) if play.everyone else won
            _descend(critic, critic_loss(game, taken(play.clean, clean), given))
            if step >= 0:
                _rate(learner, *(RATE * factor for factor in factors(share)))
                _descend(learner, expert_loss(game, won, _learning(winner, play.free)))
                average(game, max(AVERAGED, 1 / (step + 2)))
        count(wins, taken(play.mechanism, mixed), winner)
        if step >= 0 and ((step + 1) % every == 0 or step + 1 == play.steps):
            yield Look(step + 1, wins)
            wins = _none(game, play)


def factors(share: float) -> tuple[float, float]:
    """Of the rates of shifts and of all other parameters, at a share of the training.

    >>> factors(0.0), factors(1.0)
    ((1.0, 0.0), (0.0, 0.0))
    """
    settling = SETTLED ** min(share / FIRST, 1)
    others = min(max(share / FIRST - 1, 0), 1)
    return settling * (1 - share), others * (1 - share)


def winners(game: Game, back: Tensor) -> Tensor:
    """The expert whose signal the critic scores highest (R, B), of signals (R, K, B, 40)."""
    with torch.no_grad():
        return game.scores(back).argmax(1)


def picked(back: Tensor, winner: Tensor) -> Tensor:
    """What the winners (R, B) gave back (R, B, 40), of signals (R, K, B, 40)."""
    index = winner[:, None, :, None].expand(-1, 1, -1, back.shape[-1])
    return back.gather(1, index).squeeze(1)


def critic_loss(game: Game, clean: Tensor, given: Tensor) -> Tensor:
    """The critic's loss (R,): cross-entropy of clean signals (R, B, 40) and of what experts gave
    back (R, N, 40), and its squared slope at the clean ones."""
    clean = clean.clone().requires_grad_()
    scores = game.critic(clean)
    (slope,) = torch.autograd.grad(scores.sum(), clean, create_graph=True)
    flat = slope.square().sum(-1).mean(1)
    fooled = F.softplus(game.critic(given.detach())).mean(1)
    loss: Tensor = F.softplus(-scores).mean(1) + fooled + SMOOTH / 2 * flat
    return loss


def expert_loss(game: Game, won: Tensor, learning: Tensor | None) -> Tensor:
    """-log of how clean what the winners gave back (R, B, 40) looks, mean over signals (R,); those
    whose winner is not `learning` (R, B) count 0."""
    game.critic.requires_grad_(False)
    loss = F.softplus(-game.critic(won))
    game.critic.requires_grad_(True)
    return (loss if learning is None else loss * learning).mean(1)


def _learning(winner: Tensor, free: Tensor | None) -> Tensor | None:
    return None if free is None else (winner == free.unsqueeze(1)).float()


@torch.no_grad()
def average(game: Game, weight: float) -> None:
    """Move the running means towards the experts by a share `weight` of the way."""
    for mean, now in zip(game.average.parameters(), game.experts.parameters(), strict=True):
        mean.lerp_(now, weight)


def taken(x: Tensor, rows: Tensor) -> Tensor:
    """Rows (R, B) of x (R, n, ...): (R, B, ...)."""
    rows = rows.to(x.device)
    return x[torch.arange(len(x), device=x.device).unsqueeze(1), rows]


def count(wins: Tensor, mechanism: Tensor, winner: Tensor) -> None:
    """Add to wins (R, mechanisms, K) those of a batch, whose mechanisms and winners are (R, B)."""
    replicate = torch.arange(len(wins), device=wins.device).unsqueeze(1).expand_as(winner)
    one = torch.ones((), dtype=wins.dtype, device=wins.device)
    wins.index_put_((replicate, mechanism, winner), one, accumulate=True)


def _none(game: Game, play: Play) -> Tensor:
    mechanisms = int(play.mechanism.max()) + 1
    shape = (len(play.mixed), mechanisms, 1 if game.one else game.count)
    return torch.zeros(shape, device=play.mixed.device)


def _rate(optimizer: torch.optim.Optimizer, *rates: float) -> None:
    for group, rate in zip(optimizer.param_groups, rates, strict=True):
        group["lr"] = rate


def _descend(optimizer: torch.optim.Optimizer, loss: Tensor) -> None:
    optimizer.zero_grad()
    loss.sum().backward()
    optimizer.step()
