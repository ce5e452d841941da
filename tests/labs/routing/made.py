"""Small untrained networks with experts that do something, and signals for them."""

import torch
from torch import Tensor

from labs.nn.base import SMALL, Base
from labs.routing.grid import PLACE, PLACES
from labs.routing.routed import Routed

DOMAINS = 4


def streams(members: int, seed: int = 0) -> list[torch.Generator]:
    return [torch.Generator().manual_seed(seed + m) for m in range(members)]


def made(
    router: str,
    *,
    members: int = 2,
    experts: int = 4,
    place: tuple[str, str] | None = None,
    kind: type[Routed] = Routed,
) -> Routed:
    """Started from seeds; their experts' last maps are drawn, too, so that experts differ."""
    base = Base(members, SMALL)
    base.reset(range(members))
    level, grain = place or PLACES.get(router, PLACE)
    net = kind(base.frozen(), SMALL, router, experts, DOMAINS, level, grain)
    net.experts.start(streams(members))
    net.router.start(streams(members, 10), streams(members, 20))
    with torch.no_grad():
        for own in (net.experts.up, net.experts.up_bias):
            for member, generator in enumerate(streams(members, 30)):
                own[member] = torch.empty(own.shape[1:]).uniform_(-1, 1, generator=generator)
    return net


def signals(members: int = 2, count: int = 6) -> tuple[Tensor, Tensor]:
    """x (M, DOMAINS * count, 41), domain by domain, and labels."""
    generator = torch.Generator().manual_seed(5)
    x = torch.randn(members, DOMAINS, count, 41, generator=generator)
    x[..., -1] = torch.arange(DOMAINS)[:, None]
    y = torch.randint(10, (members, DOMAINS * count), generator=generator)
    return x.flatten(1, 2), y
