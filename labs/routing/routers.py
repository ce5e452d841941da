"""Routers: maps from what is seen of a signal to scores, and rules that make gates of scores.

A rule is the whole difference between most routers. Scores, gates: (M, B, S, E), where S is the
number of tokens where each has a choice of its own, else 1.
"""

from collections.abc import Callable, Sequence
from math import ceil
from typing import NamedTuple

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from labs.kit.checks import known
from labs.nn.linear import affine
from labs.nn.nets import Net
from labs.routing.grid import ROUTERS

GROUPS = 2  # of a hierarchical router
SMALL = 1e-3  # bound of a domain's first scores for skills (Ponti et al. 2023)
START = 1e-2  # of the bound of torch's `Linear`: first probabilities are almost uniform
MEMORY = 0.9  # of the running thresholds of experts that choose
NEVER = float("-inf")


class Chance:
    """Numbers by chance in a pass of training: member m's come from its own CPU generator, so that
    it draws the same alone."""

    def __init__(self, generators: Sequence[torch.Generator]) -> None:
        self.generators = generators

    def uniform(self, like: Tensor) -> Tensor:
        """In (0, 1), of the shape (M, ...) and on the device of `like`."""
        drawn = [torch.rand(like.shape[1:], generator=g) for g in self.generators]
        return torch.stack(drawn).clamp(1e-7, 1 - 1e-7).to(like)

    def normal(self, like: Tensor) -> Tensor:
        """Standard normal, of the shape (M, ...) and on the device of `like`."""
        drawn = [torch.randn(like.shape[1:], generator=g) for g in self.generators]
        return torch.stack(drawn).to(like)

    def gumbel(self, like: Tensor) -> Tensor:
        """-log(-log u): the highest of scores with this added is a draw from their softmax."""
        return -(-self.uniform(like).log()).log()


class Scores(NamedTuple):
    """What a rule makes gates of.

    Attributes:
        logits: (M, B, S, E).
        noise: what noise is to be multiplied with, before the softplus (M, B, S, E), or None.
        chance: None outside training.
        heat: temperature of relaxed choices.
        threshold: of experts that choose (M, E), brought up to date in training.
    """

    logits: Tensor
    noise: Tensor | None = None
    chance: Chance | None = None
    heat: float = 1.0
    threshold: Tensor | None = None


Rule = Callable[[Scores], Tensor]


def highest(scores: Scores) -> Tensor:
    """One-hot of the highest score: piecewise constant, so that no gradient reaches the scores."""
    return one_hot(scores.logits)


def one_hot(values: Tensor) -> Tensor:
    """1 where a value is the highest of its last axis, the first where several are; else 0."""
    return torch.zeros_like(values).scatter_(-1, values.argmax(-1, keepdim=True), 1.0)


def everyone(scores: Scores) -> Tensor:
    """All experts, unweighted: together one wide expert."""
    return torch.ones_like(scores.logits)


def dense(scores: Scores) -> Tensor:
    """Softmax: every expert acts (Jacobs et al. 1991)."""
    return scores.logits.softmax(-1)


def top_2(scores: Scores) -> Tensor:
    """Softmax over the two highest of noisy scores (Shazeer et al. 2017); no noise in a test."""
    logits = scores.logits
    if scores.chance is not None and scores.noise is not None:
        logits = logits + scores.chance.normal(logits) * F.softplus(scores.noise)
    kept = logits.topk(min(2, logits.shape[-1]), dim=-1)
    return torch.full_like(logits, NEVER).scatter(-1, kept.indices, kept.values).softmax(-1)


def switch(scores: Scores) -> Tensor:
    """The probability of the most probable expert, by which it is multiplied (Fedus et al. 2022):
    softmax first and choice second, or the factor is 1 and the router learns nothing."""
    probabilities = scores.logits.softmax(-1)
    return probabilities * one_hot(probabilities.detach())


def sampled(scores: Scores) -> Tensor:
    """One-hot of a draw from the softmax; in a test of the highest score."""
    if scores.chance is None:
        return highest(scores)
    return one_hot(scores.logits.detach() + scores.chance.gumbel(scores.logits))


def straight_through(scores: Scores) -> Tensor:
    """As `sampled`, with the gradient of the softmax at temperature `heat` (Jang et al. 2017)."""
    if scores.chance is None:
        return highest(scores)
    soft = ((scores.logits + scores.chance.gumbel(scores.logits)) / scores.heat).softmax(-1)
    return one_hot(soft.detach()) + soft - soft.detach()


def skills(scores: Scores) -> Tensor:
    """Shares of the experts that are switched on, each by a relaxed coin (Gumbel-sigmoid); in a
    test by its probability (Polytropon, Ponti et al. 2023)."""
    logits = scores.logits
    if scores.chance is not None:
        u = scores.chance.uniform(logits)
        logits = logits + u.log() - (1 - u).log()
    on = logits.sigmoid()
    return on / (on.sum(-1, keepdim=True) + 1e-12)


def experts_choose(scores: Scores) -> Tensor:
    """Every expert takes its B S / E most probable ones of a batch, with their probability as gate
    (Zhou et al. 2022). In a test those above the running mean of the lowest that it took, so that
    no test example depends on others."""
    probabilities = scores.logits.softmax(-1)
    threshold = scores.threshold
    if threshold is None:
        raise ValueError("threshold must be given where experts choose, got None")
    if scores.chance is not None:
        flat = probabilities.detach().flatten(1, 2)
        lowest = flat.topk(ceil(flat.shape[1] / flat.shape[2]), dim=1).values[:, -1]
        began = (threshold > 0).any(-1, keepdim=True)
        mean = MEMORY * threshold + (1 - MEMORY) * lowest
        threshold.copy_(torch.where(began, mean, lowest))
        return probabilities * (probabilities >= lowest[:, None, None])
    return probabilities * (probabilities >= threshold[:, None, None])


RULES: dict[str, Rule] = {
    "one": everyone,
    "oracle": highest,
    "hash": highest,
    "taught": highest,
    "argmax": highest,
    "reinforce": sampled,
    "evolution": highest,
    "gumbel": straight_through,
    "polytropon": skills,
    "em": highest,
    "dense": dense,
    "top-2": top_2,
    "switch": switch,
    "switch-balanced": switch,
    "switch-z": switch,
    "expert-choice": experts_choose,
    "smear": dense,
}
TOLD = ("one", "oracle", "hash", "evolution")  # whose scores no gradient moves


class Choice(NamedTuple):
    """Scores and gates of one block, (M, B, S, E) each."""

    logits: Tensor
    gates: Tensor


class Router(Net):
    """M networks' routers, affine maps from what is seen to scores, one for each of the choices.

    Args:
        members: M.
        name: of `labs.routing.grid.ROUTERS`; of `TOLD` the maps are buffers.
        choices: maps: blocks, or 1 where all blocks share a choice.
        seen: features of what is seen.
        experts: E.
        hierarchical: whether scores are log-probabilities of a group and of an expert within it.

    Raises:
        ValueError: an unknown name, a size below 1, experts that are no multiple of the groups.
    """

    def __init__(
        self,
        members: int,
        name: str,
        choices: int,
        seen: int,
        experts: int,
        hierarchical: bool = False,
    ) -> None:
        super().__init__(members, choices=choices, seen=seen, experts=experts)
        self.name, self.experts, self.hierarchical = known("router", name, ROUTERS), experts, False
        self.hierarchical = hierarchical
        if hierarchical and experts % GROUPS:
            raise ValueError(f"experts must be a multiple of {GROUPS}, got {experts}")
        outputs = experts * (2 if name == "top-2" else 1) + (GROUPS if hierarchical else 0)
        weight = torch.zeros(members, choices, seen, outputs)
        bias = torch.zeros(members, choices, 1, outputs)
        self.heat = 1.0
        self.generators: Sequence[torch.Generator] = ()
        self.register_buffer("threshold", torch.zeros(members, choices, experts))
        self.threshold: Tensor
        self.weight: Tensor
        self.bias: Tensor
        for key, value in (("weight", weight), ("bias", bias)):
            if name in TOLD:
                self.register_buffer(key, value)
            else:
                self.register_parameter(key, nn.Parameter(value))

    @torch.no_grad()
    def start(
        self, generators: Sequence[torch.Generator], chances: Sequence[torch.Generator]
    ) -> None:
        """Draw each member's maps as torch's `Linear` but `START` as large, those of skills in
        `SMALL`; of `TOLD` the n-th thing seen has expert n, modulo E.

        Args:
            generators: of the members' maps.
            chances: of what they draw in training.
        """
        self.generators = chances
        if self.name in TOLD:
            self.weight.copy_(torch.eye(self.experts)[self._places() % self.experts])
            return
        bound = SMALL if self.name == "polytropon" else START * self.weight.shape[2] ** -0.5
        for member, generator in enumerate(generators):
            for own in (self.weight[member], self.bias[member]):
                own.copy_(torch.empty(own.shape).uniform_(-bound, bound, generator=generator))

    def _places(self) -> Tensor:
        return torch.arange(self.weight.shape[2])

    def forward(self, choice: int, seen: Tensor) -> Choice:
        """What is seen (M, B, S, features) -> the gates of a choice; chance acts in training."""
        scores = affine(seen, self.weight[:, choice], self.bias[:, choice])
        noise = None
        if self.name == "top-2":
            scores, noise = scores.split([scores.shape[-1] - self.experts, self.experts], dim=-1)
        logits = _leaves(scores) if self.hierarchical else scores
        chance = Chance(self.generators) if self.training else None
        threshold = self.threshold[:, choice]
        gates = RULES[self.name](Scores(logits, noise, chance, self.heat, threshold))
        return Choice(logits, gates)


def _leaves(scores: Tensor) -> Tensor:
    """Log-probabilities of experts from scores of groups and of experts within them."""
    groups, within = scores[..., :GROUPS].log_softmax(-1), scores[..., GROUPS:]
    inside = within.unflatten(-1, (GROUPS, -1)).log_softmax(-1)
    return (groups.unsqueeze(-1) + inside).flatten(-2)
