"""What routers are trained by beside the loss of the digits. All by member (M,)."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor

from labs.routing.routed import Routed
from labs.routing.routers import Choice, one_hot

BALANCE, Z, IMPORTANCE = 1e-2, 1e-3, 1e-1  # of Fedus 2022, Zoph 2022, Shazeer 2017
ENTROPY = 1e-2  # of REINFORCE
MEMORY = 0.9  # of its running mean of rewards
BALANCED = ("switch-balanced", "switch-z")


def balance(probabilities: Tensor) -> Tensor:
    """E sum_e F_e P_e of probabilities (M, N, E): P_e the mean probability of an expert, F_e the
    share of the N for which it is the highest, which has no gradient. 1 where both are uniform, E
    where one expert has all (Fedus et al. 2022, eq. 4)."""
    shares = one_hot(probabilities.detach()).mean(1)
    return probabilities.shape[-1] * (shares * probabilities.mean(1)).sum(-1)


def importance(gates: Tensor) -> Tensor:
    """Squared coefficient of variation of the experts' summed gates (M, N, E), with the population
    variance: 0 where all are alike, E - 1 where one has all (Shazeer et al. 2017)."""
    sums = gates.sum(1)
    return sums.var(-1, correction=0) / sums.mean(-1).square().clamp_min(1e-12)


def z_loss(logits: Tensor) -> Tensor:
    """Mean of the squared logarithm of the sum of exp of logits (M, N, E) (Zoph et al. 2022)."""
    return logits.logsumexp(-1).square().mean(1)


def surrogate(choices: list[Choice], advantages: Tensor) -> Tensor:
    """What has as gradient that of the expected loss, estimated by draws: minus the mean of
    advantage times log-probability of all choices of a signal (Williams 1992).

    Args:
        choices: drawn, one-hot gates.
        advantages: reward minus baseline of each signal (M, B).
    """
    drawn = [(one.logits.log_softmax(-1) * one.gates).sum((-2, -1)) for one in choices]
    return -(advantages.detach() * torch.stack(drawn).sum(0)).mean(1)


def entropy(choices: list[Choice]) -> Tensor:
    """Entropy of the choices in nats, mean over signals and choices."""
    each = []
    for one in choices:
        logs = one.logits.log_softmax(-1)
        each.append(-(logs.exp() * logs).sum(-1).mean((1, 2)))
    return torch.stack(each).mean(0)


def taught(choices: list[Choice], names: Tensor) -> Tensor:
    """Cross-entropy of choices, mean over a signal's tokens, where the n-th expert is right for the
    domain n, modulo E; names of domains (M, B)."""
    total = torch.zeros(len(names), device=names.device)
    for one in choices:
        logs = one.logits.log_softmax(-1).mean(2)
        right = (names % logs.shape[-1]).unsqueeze(-1)
        total = total - logs.gather(-1, right).mean((1, 2))
    return total


class Objective:
    """The loss of a net's outputs, that of its router included.

    Args:
        net: whose `trace` the routers' terms are made of.

    Attributes:
        losses: mean cross-entropy of each step (M,).
    """

    def __init__(self, net: Routed) -> None:
        self.net, self.losses = net, list[Tensor]()
        self._baseline: Tensor | None = None

    def __call__(self, outputs: Tensor, targets: Tensor) -> Tensor:
        """Outputs (M, B, classes), targets (M, B) -> (M,)."""
        each = F.cross_entropy(outputs.transpose(1, 2), targets, reduction="none")
        self.losses.append(each.detach().mean(1))
        return each.mean(1) + self.extra(each.detach())

    def extra(self, each: Tensor) -> Tensor | float:
        """What the router adds, where the signals' losses are these (M, B)."""
        name, trace = self.net.router.name, self.net.trace
        if name == "reinforce":
            return self._reinforced(-each)
        if name == "taught":
            return taught(trace, self.net.names)
        total: Tensor | float = 0.0
        for one in trace:
            flat = one.logits.flatten(1, 2)
            if name in BALANCED:
                total = total + BALANCE * balance(flat.softmax(-1))
            if name == "switch-z":
                total = total + Z * z_loss(flat)
            if name == "top-2":
                total = total + IMPORTANCE * importance(one.gates.flatten(1, 2))
        return total

    def _reinforced(self, rewards: Tensor) -> Tensor:
        mean = rewards.mean(1)
        baseline = mean if self._baseline is None else self._baseline
        self._baseline = MEMORY * baseline + (1 - MEMORY) * mean
        trace = self.net.trace
        return surrogate(trace, rewards - baseline.unsqueeze(1)) - ENTROPY * entropy(trace)
