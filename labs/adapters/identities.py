"""Parameter and input composition, written as function composition: both sides computed.

For modules of random values on the replicate's base the largest difference of a logit (of an
attention's output for the prefix), relative to the largest logit (output).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import ClassVar

import torch
from torch import Tensor

from labs.adapters.examples import examples, sizes, trained_bases
from labs.adapters.grid import NAME, Cell, Record
from labs.kit.seeds import seed
from labs.nn.attention import attend
from labs.nn.base import Sizes, Weights, logits
from labs.nn.linear import affine
from labs.nn.modules.delta import Delta, sparse
from labs.nn.modules.lora import LoRA
from labs.nn.modules.module import Kind, Module, merge
from labs.nn.modules.names import LINEARS
from labs.nn.modules.scaling import IA3

SIGNALS, PREFIX = 32, 5
STEP = 0.1  # deviation of the modules' random values


@dataclass(frozen=True)
class Beside(Kind):
    """A linear function beside every linear map of the blocks: y + x weight + bias."""

    composition: ClassVar[str] = "function"

    def linear(self, module: Module, name: str, x: Tensor, y: Tensor) -> Tensor:
        if f"{name}.weight" not in module.values:
            return y
        return y + affine(x, module.values[f"{name}.weight"], module.values.get(f"{name}.bias"))


def identities(cells: Sequence[Cell], device: str) -> Iterator[Record]:
    """The errors of the cells' identities, in the order of `IDENTITIES`; one record each."""
    for cell in cells:
        weights = trained_bases([cell], device)
        x, _ = examples([_clean(cell)], "test", SIGNALS, device)
        own = sizes(cell)
        chance = torch.Generator().manual_seed(seed(NAME, "identities", cell.replicate))
        errors = [identity(weights, x, own, chance) for identity in IDENTITY.values()]
        yield Record(errors=errors)


def lora_beside(weights: Weights, x: Tensor, sizes: Sizes, chance: torch.Generator) -> float:
    """LoRA, merged into the weights, is a linear adapter in parallel."""
    module = _random(LoRA(4, LINEARS), weights, sizes, chance)
    beside = Module(Beside(), module.kind.differences(module))  # type: ignore[attr-defined]
    merged = merge(weights, [module])
    return _error(logits(merged, x, (), sizes.heads), logits(weights, x, [beside], sizes.heads))


def sparse_beside(weights: Weights, x: Tensor, sizes: Sizes, chance: torch.Generator) -> float:
    """A sparse difference of the linear maps is a sparse linear function beside each of them."""
    of = tuple(f"blocks.*.{name}.*" for name in LINEARS)
    module = sparse(_random(Delta(of), weights, sizes, chance), 1000)
    module = _moved(module, chance)
    masked = {name: value * module.fixed[name] for name, value in module.values.items()}
    beside = Module(Beside(), masked)
    return _error(*(logits(weights, x, [own], sizes.heads) for own in (module, beside)))


def prefix_beside(weights: Weights, x: Tensor, sizes: Sizes, chance: torch.Generator) -> float:
    """Attention with a prefix is (1 - g) times attention without it plus g times a softmax adapter
    in parallel, whose bottleneck is the prefix (He et al. 2022)."""
    width = sizes.features // sizes.heads

    def drawn(tokens: int) -> Tensor:
        shape = (1, len(x[0]), sizes.heads, tokens, width)
        return torch.randn(shape, generator=chance).to(x)

    query, key, value = (drawn(sizes.tokens) for _ in range(3))
    own_key, own_value = drawn(PREFIX), drawn(PREFIX)
    whole = attend(query, torch.cat([own_key, key], 3), torch.cat([own_value, value], 3))
    scale = width**-0.5
    own, others = (
        (scale * query @ keys.transpose(-1, -2)).exp().sum(-1, keepdim=True)
        for keys in (own_key, key)
    )
    gate = own / (own + others)
    beside = attend(query, own_key, own_value)
    return _error(whole, (1 - gate) * attend(query, key, value) + gate * beside)


def gains_as_diagonals(weights: Weights, x: Tensor, sizes: Sizes, chance: torch.Generator) -> float:
    """(IA)^3 is a product of its maps' weights with diagonal matrices."""
    module = _random(IA3(), weights, sizes, chance)
    merged = merge(weights, [module])
    return _error(logits(merged, x, (), sizes.heads), logits(weights, x, [module], sizes.heads))


IDENTITY = {
    "LoRA": lora_beside,
    "sparse difference": sparse_beside,
    "prefix": prefix_beside,
    "(IA)³": gains_as_diagonals,
}


def _clean(cell: Cell) -> Cell:
    return replace(cell, domain="clean")


def _random(kind: Kind, weights: Weights, sizes: Sizes, chance: torch.Generator) -> Module:
    return _moved(kind.start(weights, sizes, [chance]), chance)


def _moved(module: Module, chance: torch.Generator) -> Module:
    return module.with_values(
        {
            name: value + STEP * torch.randn(value.shape, generator=chance).to(value)
            for name, value in module.values.items()
        }
    )


def _error(one: Tensor, other: Tensor) -> float:
    return float((one - other).abs().max() / other.abs().max())
