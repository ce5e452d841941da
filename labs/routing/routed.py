"""A frozen base with experts and a router: the stacked net that `labs.nn.training.fit` trains."""

from __future__ import annotations

from collections.abc import Sequence

import torch
import torch.nn.functional as F
from torch import Tensor

from labs.data.mnist1d import LENGTH
from labs.kit.checks import known
from labs.nn.base import Sizes, Weights, logits
from labs.nn.nets import Net
from labs.routing.experts import Experts
from labs.routing.grid import GRAINS, LEVELS
from labs.routing.routers import Choice, Router

WIDTH = 8  # of an expert
EARLY = ("naive", "global")  # levels at which all is chosen before the first block
MULTIPLIER = 2_654_435_761  # of the hash (Knuth)


class Routed(Net):
    """M networks. Input (M, B, 41): signals, and behind each the number of its domain, which only
    routers see that are told it. Output logits (M, B, classes).

    After a pass `trace` holds its choices: one for each block, or at level "naive" one for all.

    Args:
        weights: of the bases by name (M, ...), which stay as they are.
        sizes: of the bases.
        router: of `labs.routing.grid.ROUTERS`.
        experts: E of each block.
        domains: D.
        level: of `LEVELS`. "layer" and "hierarchical" see a block's own input, "naive" and "global"
            the tokens before the first block.
        grain: of `GRAINS`: whether a token, the mean of a signal's tokens or its domain is seen.

    Raises:
        ValueError: an unknown name, merged experts of tokens, a size below 1.
    """

    def __init__(
        self,
        weights: Weights,
        sizes: Sizes,
        router: str,
        experts: int,
        domains: int,
        level: str,
        grain: str,
    ) -> None:
        members = len(weights["head.weight"])
        super().__init__(members, domains=domains)
        if router == "smear" and grain == "token":
            raise ValueError("grain must be 'example' or 'task' where experts are merged")
        self.level, self.grain = known("level", level, LEVELS), known("grain", grain, GRAINS)
        self.base, self.heads, self.blocks, self.domains = (
            dict(weights),
            sizes.heads,
            sizes.blocks,
            domains,
        )
        self.experts = Experts(members, sizes, experts, WIDTH)
        self.merges, self.hashes = router == "smear", router == "hash"
        seen = experts if self.hashes else domains if grain == "task" else sizes.features
        choices = 1 if level == "naive" else sizes.blocks
        self.router = Router(members, router, choices, seen, experts, level == "hierarchical")
        self.trace: list[Choice] = []
        self.names = torch.zeros(members, 0, dtype=torch.int64)  # domains (M, B) of the last pass
        self.forced: Tensor | None = None  # gates (M, B, 1, E) in place of the router's
        self.silent: int | None = None  # an expert that adds nothing

    def forward(self, x: Tensor) -> Tensor:
        self.trace, self.names = [], x[..., LENGTH].long()
        return logits(self.base, x[..., :LENGTH], [_Pass(self, x)], self.heads)

    def chosen(self, block: int) -> Choice:
        """The choice of a block in the last pass."""
        return self.trace[block % len(self.trace)]


class _Pass:
    """What the experts do in one pass of the base."""

    def __init__(self, net: Routed, x: Tensor) -> None:
        self.net, self.x = net, x

    @property
    def members(self) -> int:
        return self.net.members

    def expanded(self) -> Sequence[_Pass]:
        return [self]

    def weights(self, weights: Weights) -> Weights:
        return weights

    def keys_values(self, block: int, key: Tensor, value: Tensor) -> tuple[Tensor, Tensor]:
        return key, value

    def hidden(self, block: int, h: Tensor) -> Tensor:
        return h

    def linear(self, name: str, x: Tensor, y: Tensor) -> Tensor:
        return y

    def tokens(self, h: Tensor) -> Tensor:
        if self.net.level in EARLY:
            seen = self.seen(F.layer_norm(h, h.shape[-1:]))
            choices = 1 if self.net.level == "naive" else self.net.blocks
            self.net.trace = [self.net.router(choice, seen) for choice in range(choices)]
        return h

    def sublayer(self, name: str, x: Tensor, y: Tensor) -> Tensor:
        if not name.endswith(".narrow"):
            return y
        net, block = self.net, int(name.split(".")[1])
        if net.level not in EARLY:
            net.trace.append(net.router(block, self.seen(x)))
        gates = net.chosen(block).gates if net.forced is None else net.forced
        if net.silent is not None:
            gates = gates.index_fill(-1, torch.tensor(net.silent, device=gates.device), 0.0)
        return y + (net.experts.merged if net.merges else net.experts)(block, x, gates)

    def seen(self, tokens: Tensor) -> Tensor:
        """What the router sees (M, B, S, features) where a block's tokens are (M, B, T, ...)."""
        net = self.net
        if net.hashes:
            count = net.experts.experts
            return F.one_hot(hashed(self.x[..., :LENGTH], count), count).unsqueeze(2).to(tokens)
        if net.grain == "task":
            return F.one_hot(net.names, net.domains).unsqueeze(2).to(tokens)
        return tokens if net.grain == "token" else tokens.mean(2, keepdim=True)


def hashed(signals: Tensor, experts: int) -> Tensor:
    """A number in 0..experts - 1 of each signal (..., 40) float32, int64: of the bits of its
    samples, so that it tells nothing of what the signal is."""
    bits = signals.contiguous().view(torch.int32).long()
    places = torch.arange(1, bits.shape[-1] + 1, device=bits.device)
    mixed = (bits * places).sum(-1) * MULTIPLIER
    return (mixed >> 16) % experts
