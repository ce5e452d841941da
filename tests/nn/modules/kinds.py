"""One table of the kinds of modules, over which the laws iterate: a new kind gets them all at once.

The laws are asked of a tiny base in float64, where rounding hides nothing.
"""

from collections.abc import Callable
from typing import NamedTuple

import torch
from torch import Tensor

from labs.nn.base import Base, Sizes
from labs.nn.modules.adapter import Adapter, Invertible
from labs.nn.modules.delta import Delta, Ticket
from labs.nn.modules.diff_pruning import DiffPruning
from labs.nn.modules.head import Head
from labs.nn.modules.hypernetwork import Hypernetwork
from labs.nn.modules.intrinsic import Intrinsic
from labs.nn.modules.lora import LoRA
from labs.nn.modules.module import Kind, Module
from labs.nn.modules.names import BIASES, HEAD, LINEARS, NORMS
from labs.nn.modules.prompt import Prefix, Prompt
from labs.nn.modules.scaling import IA3, FiLM
from labs.nn.modules.supermask import Supermask
from tests.nn.random_data import generator

TINY = Sizes(stem=3, features=8, heads=2, wide=12, blocks=2)


def parameters(s: Sizes) -> int:
    d, wide = s.features, s.wide
    stem = 6 * s.stem + (5 * s.stem + 1) * d + 20 * d
    return stem + s.blocks * block(d, wide) + 2 * d + (d + 1) * s.classes


def block(d: int, wide: int) -> int:
    return 4 * d + 4 * d * (d + 1) + (2 * d + 1) * wide + d


def six(s: Sizes) -> int:
    """Of a LoRA of rank 1 on all six linear maps."""
    return s.blocks * (8 * s.features + 2 * (s.features + s.wide))


def adapter(s: Sizes, width: int = 4) -> int:
    return s.blocks * (2 * s.features * width + width + s.features)


class Case(NamedTuple):
    """A kind, the numbers it trains on the standard base, and the same by its formula; bits where
    they are not 32 per number; whether its outputs start as those of the base, whether it merges.
    """

    kind: Kind
    count: int
    formula: Callable[[Sizes], int]
    identity: bool = True
    merges: bool = False
    bits: Callable[[int], int] = lambda count: 32 * count


CASES = {
    "full": Case(Delta(), 66_346, parameters, merges=True),
    "head": Case(Delta(HEAD), 490, lambda s: (s.features + 1) * s.classes, merges=True),
    "biases": Case(
        Delta(BIASES),
        1_424,
        lambda s: s.stem + s.features + s.blocks * (7 * s.features + s.wide) + s.features,
        merges=True,
    ),
    "norms": Case(
        Delta(NORMS), 672, lambda s: 4 * s.features * s.blocks + 2 * s.features, merges=True
    ),
    "ticket": Case(Ticket(), 66_346, parameters, merges=True, bits=lambda n: 33 * n),
    "diff pruning": Case(DiffPruning(), 132_692, lambda s: 2 * parameters(s), merges=True),
    "intrinsic": Case(Intrinsic(), 200, lambda s: 200, merges=True),
    "LoRA": Case(LoRA(), 1_152, lambda s: 8 * s.features * s.blocks, merges=True),
    "LoRA of rank 1 on six": Case(LoRA(1, LINEARS), 2_016, six, merges=True),
    "LoRA of rank 4 on six": Case(LoRA(4, LINEARS, 2), 8_064, lambda s: 4 * six(s), merges=True),
    "supermask": Case(Supermask(), 66_346, parameters, False, True, lambda n: n),
    "another head": Case(Head(5), 245, lambda s: 5 * (s.features + 1), False, True),
    "prompt": Case(Prompt(), 240, lambda s: 5 * s.features, False),
    "prompt of 20": Case(Prompt(20), 960, lambda s: 20 * s.features, False),
    "prefix": Case(Prefix(), 1_440, lambda s: 10 * s.features * s.blocks, False),
    "prefix of 20": Case(Prefix(20), 5_760, lambda s: 40 * s.features * s.blocks, False),
    "adapter": Case(Adapter(), 1_308, adapter),
    "adapters, two": Case(Adapter(sites="both"), 2_616, lambda s: 2 * adapter(s)),
    "parallel adapter": Case(Adapter(parallel=True, scale=0.5), 1_308, adapter),
    "invertible": Case(Invertible(), 1_224, lambda s: 2 * (12 * s.features + 12 + s.features // 2)),
    "IA3": Case(IA3(), 576, lambda s: s.blocks * (2 * s.features + s.wide), merges=True),
    "FiLM": Case(FiLM(), 576, lambda s: s.blocks * 4 * s.features, merges=True),
    "hypernetwork": Case(
        Hypernetwork(),
        14_892,
        lambda s: 8 * s.blocks + (14 + 1) * 32 + (32 + 1) * adapter(s) // s.blocks,
    ),
    "hypernetwork of LoRA": Case(
        Hypernetwork(LoRA(), metadata=3),
        24 + 12 * 32 + 33 * 384,
        lambda s: 8 * s.blocks + (11 + 1) * 32 + (32 + 1) * 8 * s.features,
        merges=True,
    ),
}


def base(members: int = 2, sizes: Sizes = TINY, dtype: torch.dtype = torch.float64) -> dict:
    """Weights drawn anew, since a shift that starts at zero would hide errors."""
    return {
        name: torch.empty(p.shape).uniform_(-0.6, 0.6, generator=generator(i)).to(dtype)
        for i, (name, p) in enumerate(Base(members, sizes).named_parameters())
    }


def signals(members: int = 2, examples: int = 3, seed: int = 9) -> Tensor:
    return torch.randn(members, examples, 40, generator=generator(seed), dtype=torch.float64)


def generators(members: int = 2, seed: int = 70) -> list[torch.Generator]:
    return [generator(seed + m) for m in range(members)]


def started(kind: Kind, members: int = 2, sizes: Sizes = TINY, weights=None) -> Module:
    """At its start; a hypernetwork with metadata of one domain."""
    weights = base(members, sizes) if weights is None else weights
    module = kind.start(weights, sizes, generators(members))
    if isinstance(kind, Hypernetwork):
        drawn = [torch.randn(1, kind.metadata, generator=g) for g in generators(members, 7)]
        return kind.described(module, torch.stack(drawn))
    return module


def moved(module: Module, by: float = 0.3, seed: int = 1) -> Module:
    """At random values about its own, without the chance of training."""
    g = generator(seed)
    return module.settled().with_values(
        {n: v + by * torch.randn(v.shape, generator=g).to(v) for n, v in module.values.items()}
    )
