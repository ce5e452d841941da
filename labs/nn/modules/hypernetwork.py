"""A hypernetwork (Ha, Dai and Le 2017): a small network writes the values of a module from what is
known of the domain, so a new domain costs no trained number at all."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import ClassVar

import torch
from torch import Tensor

from labs.kit.checks import check_sizes
from labs.nn.base import Sizes, Weights
from labs.nn.linear import affine
from labs.nn.modules.adapter import Adapter
from labs.nn.modules.module import Kind, Module

ADAPTER = Adapter()


@dataclass(frozen=True)
class Hypernetwork(Kind):
    """[metadata; a learned vector of the block] -> hidden units (relu) -> the values of `target` in
    that block.

    Its output at the start has, value by value, the mean and the deviation of the target's own
    start: what starts at zero (or one) there starts at it here, whatever the metadata.

    The metadata of D domains stand in `fixed["metadata"]` (M, D, length), where `described` puts
    them, zeros of one domain at the start; a forward pass is then one of M * D members, domains
    varying fastest, on one base or on bases repeated accordingly.

    Args:
        target: a kind whose values belong to blocks and have the same shapes in each.
        metadata: numbers that describe a domain.
        embedding: length of a block's vector.
        units: hidden units.

    Raises:
        ValueError: a size below 1; from `start`, a target whose values do not belong to blocks or
            differ from block to block.
    """

    target: Kind = ADAPTER
    metadata: int = 6
    embedding: int = 8
    units: int = 32
    composition: ClassVar[str] = "hypernetwork"

    def __post_init__(self) -> None:
        check_sizes(metadata=self.metadata, embedding=self.embedding, units=self.units)

    def started(
        self, weights: Weights, sizes: Sizes, generators: Sequence[torch.Generator]
    ) -> Module:
        like, into = weights["head.weight"], self.metadata + self.embedding
        own = _alike(self.target.start(weights, sizes, generators), sizes.blocks)
        drawn: list[dict[str, Tensor]] = []
        for member, g in enumerate(generators):
            flat = [value[member].flatten() for value in own.values()]
            mean = torch.cat([v.mean().expand(len(v)) for v in flat]).cpu()
            deviation = torch.cat([v.std(correction=0).expand(len(v)) for v in flat]).cpu()
            bound = into**-0.5
            drawn.append(
                {
                    "block": torch.randn(sizes.blocks, self.embedding, generator=g),
                    "first": torch.randn(into, self.units, generator=g) * (2 / into) ** 0.5,
                    "first_bias": torch.empty(1, self.units).uniform_(-bound, bound, generator=g),
                    "second": torch.randn(self.units, len(mean), generator=g)
                    * deviation
                    * self.units**-0.5,
                    "second_bias": mean.unsqueeze(0),
                }
            )
        values = {name: torch.stack([own[name] for own in drawn]).to(like) for name in drawn[0]}
        shapes = {name: tuple(value.shape[1:]) for name, value in own.items()}
        unknown = like.new_zeros(len(generators), 1, self.metadata)
        return Module(self, values, {"metadata": unknown, "shapes": shapes})

    def described(self, module: Module, metadata: Tensor) -> Module:
        """The module with the metadata of D domains (M, D, length).

        Raises:
            ValueError: metadata of another shape.
        """
        shape, rule = tuple(metadata.shape), (module.members, "D", self.metadata)
        if len(shape) != 3 or shape[1] < 1 or shape != (rule[0], shape[1], rule[2]):
            raise ValueError(f"metadata must have shape {rule}, got {shape}")
        fixed = {**module.fixed, "metadata": metadata.to(module.values["block"])}
        return replace(module, fixed=fixed)

    def expanded(self, module: Module) -> list[Module]:
        return [self.written(module)]

    def written(self, module: Module) -> Module:
        """The modules of the kind `target` that the hypernetworks write, M * D of them."""
        metadata, vectors = module.fixed["metadata"], module.values["block"]
        domains, blocks = metadata.shape[1], vectors.shape[1]
        both = torch.cat(
            [
                metadata.unsqueeze(2).expand(-1, -1, blocks, -1),
                vectors.unsqueeze(1).expand(-1, domains, -1, -1),
            ],
            dim=-1,
        )
        hidden = affine(both, module.values["first"], module.values["first_bias"]).relu()
        written = affine(hidden, module.values["second"], module.values["second_bias"])
        shapes: dict[str, tuple[int, ...]] = module.fixed["shapes"]
        lengths = [torch.Size(shape).numel() for shape in shapes.values()]
        values = {
            f"blocks.{block}.{name}": part[:, :, block].reshape(-1, *shape)
            for (name, shape), part in zip(
                shapes.items(), written.split(lengths, dim=-1), strict=True
            )
            for block in range(blocks)
        }
        return Module(self.target, values)


def _alike(module: Module, blocks: int) -> dict[str, Tensor]:
    """The values of one block, which every other has in the same shapes."""
    parts = [_of_block(module, block) for block in range(blocks)]
    shapes = [{name: value.shape for name, value in part.items()} for part in parts]
    whole = len(module.values) == sum(map(len, parts)) and not module.fixed
    if not whole or any(shape != shapes[0] for shape in shapes):
        raise ValueError(
            f"target must be a kind with values alike in every block, got {module.kind}"
        )
    return parts[0]


def _of_block(module: Module, block: int) -> dict[str, Tensor]:
    prefix = f"blocks.{block}."
    return {n.removeprefix(prefix): v for n, v in module.values.items() if n.startswith(prefix)}
