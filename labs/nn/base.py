"""The base: a small transformer over convolutional tokens, trained once and then frozen, whose
forward pass has a place for every kind of module (`labs.nn.modules`).

A signal of 40 samples becomes 20 tokens by two convolutions; blocks of attention and a feedforward
layer, normalised before (pre-norm), read them; the mean of the tokens goes through a linear head.
With the published sizes it has 66,346 parameters and 1.38 million multiplications per signal.
There is no batch normalisation and no dropout, so the base is a function of its weights alone.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import NamedTuple, Protocol

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from labs.nn.attention import attend
from labs.nn.layers import Conv1d, Layer, LayerNorm, Linear, Positions
from labs.nn.linear import affine
from labs.nn.nets import CLASSES, LENGTH, Net
from labs.nn.normalisation import normalise
from labs.nn.stem import KERNEL, PADDING, STRIDE, stem

Weights = Mapping[str, Tensor]  # name -> (M, ...), or (1, ...) where all members share them


class Sizes(NamedTuple):
    """Of a base: channels of the stem's first convolution, features of a token, heads of the
    attention, width of the feedforward layer, blocks, classes."""

    stem: int = 32
    features: int = 48
    heads: int = 4
    wide: int = 96
    blocks: int = 3
    classes: int = CLASSES

    @property
    def tokens(self) -> int:
        """Tokens of a signal."""
        return LENGTH // STRIDE


STANDARD = Sizes()
SMALL = Sizes(features=32, wide=64, blocks=2)  # for classrooms and tests


class Insert(Protocol):
    """What a forward pass asks of a module: its M members, and what it does at each place
    (`labs.nn.modules.module`, where `Kind` says the shapes)."""

    @property
    def members(self) -> int: ...

    def expanded(self) -> Sequence[Insert]: ...

    def weights(self, weights: Weights) -> Weights: ...

    def tokens(self, h: Tensor) -> Tensor: ...

    def keys_values(self, block: int, key: Tensor, value: Tensor) -> tuple[Tensor, Tensor]: ...

    def hidden(self, block: int, h: Tensor) -> Tensor: ...

    def linear(self, name: str, x: Tensor, y: Tensor) -> Tensor: ...

    def sublayer(self, name: str, x: Tensor, y: Tensor) -> Tensor: ...


class Block(nn.Module):
    """The layers of one block, in order of use."""

    def __init__(self, members: int, sizes: Sizes) -> None:
        super().__init__()
        d = sizes.features
        self.norm_attention = LayerNorm(members, d)
        self.query, self.key, self.value, self.out = (Linear(members, d, d) for _ in range(4))
        self.norm_feedforward = LayerNorm(members, d)
        self.widen, self.narrow = Linear(members, d, sizes.wide), Linear(members, sizes.wide, d)


class Base(Net):
    """M bases; input (M, B, 40), output logits (M, B, classes).

    Raises:
        ValueError: a size below 1, features that are no multiple of the heads.
    """

    def __init__(self, members: int, sizes: Sizes = STANDARD) -> None:
        super().__init__(members, **sizes._asdict())
        check_heads(sizes.features, sizes.heads)
        self.sizes = sizes
        self.first = Conv1d(members, 1, sizes.stem, KERNEL, padding=PADDING)
        self.second = Conv1d(members, sizes.stem, sizes.features, KERNEL, STRIDE, PADDING)
        self.positions = Positions(members, sizes.tokens, sizes.features)
        self.blocks = nn.ModuleList(Block(members, sizes) for _ in range(sizes.blocks))
        self.norm = LayerNorm(members, sizes.features)
        self.head = Linear(members, sizes.features, sizes.classes)

    def layers(self) -> Iterator[Layer]:
        """The layers in order of definition, those of the blocks among them."""
        return (layer for layer in self.modules() if isinstance(layer, Layer))

    def forward(self, x: Tensor) -> Tensor:
        return logits(dict(self.named_parameters()), x, heads=self.sizes.heads)

    def frozen(self) -> dict[str, Tensor]:
        """The weights by name, without gradients: what modules adapt. Views, no copies."""
        return {name: p.detach() for name, p in self.named_parameters()}


def check_heads(features: int, heads: int) -> None:
    """Refuse heads that do not divide the features.

    Raises:
        ValueError: naming the rule and the value.
    """
    if heads < 1 or features % heads:
        raise ValueError(f"features must be a multiple of heads = {heads}, got {features}")


def check_members(weights: Weights, members: int) -> None:
    """Refuse weights that are neither of one base nor of one per member.

    Raises:
        ValueError: naming the rule and what was received.
    """
    counts = {len(value) for value in weights.values()}
    if not counts <= {1, members}:
        raise ValueError(
            f"weights must be of one base or of one per member ({members}), got {sorted(counts)}"
        )


def check_fits(weights: Weights, sizes: Sizes) -> None:
    """Refuse weights that are not of a base of these sizes; the classes may be others.

    Raises:
        ValueError: the first weight that is missing, too many or of another shape.
    """
    expected = {name: tuple(p.shape[1:]) for name, p in _shapes(sizes).named_parameters()}
    received = {name: tuple(value.shape[1:]) for name, value in weights.items()}
    for name in [*expected, *received]:
        own, other = expected.get(name), received.get(name)
        if own != other and not name.startswith("head."):
            raise ValueError(f"weights must have {name} {own} as {sizes}, got {other}")


@lru_cache(maxsize=8)
def _shapes(sizes: Sizes) -> Base:
    with torch.device("meta"):
        return Base(1, sizes)


def logits(
    weights: Weights, x: Tensor, modules: Sequence[Insert] = (), heads: int = STANDARD.heads
) -> Tensor:
    """The forward pass of a base with any list of modules, each acting on what those before it
    left: signals (M, B, 40) -> logits (M, B, classes).

    Args:
        weights: of the base by name; leading axis M, or 1 where all members share one base.
        x: the signals.
        modules: of M members each. At every place of the pass they act in this order, and what
            changes parameters comes before what acts on activations; for two facets the module of
            the input (domain) comes first.
        heads: of the attention.

    Raises:
        ValueError: signals of another shape, bases or modules of another number of members, heads
            that do not divide the features.
    """
    return _Pass(weights, x, modules, heads).logits(x)


def features(
    weights: Weights, x: Tensor, modules: Sequence[Insert] = (), heads: int = STANDARD.heads
) -> Tensor:
    """What the head sees of signals (M, B, 40): (M, B, features); arguments and errors are those of
    `logits`."""
    return _Pass(weights, x, modules, heads).features(x)


def encoded(
    weights: Weights, x: Tensor, modules: Sequence[Insert] = (), heads: int = STANDARD.heads
) -> Tensor:
    """The tokens of signals (M, B, 40) behind the last block, normalised, without those of prompts:
    (M, B, T, features), whose mean over T are the `features`; arguments and errors are those of
    `logits`."""
    return _Pass(weights, x, modules, heads).encoded(x)


def _check_signals(x: Tensor, bases: int, modules: Sequence[int]) -> None:
    # `affine` would deal out the rows of another number of members among these, without a word
    if x.dim() != 3 or x.shape[2] != LENGTH or not x.numel():
        raise ValueError(f"x must be signals (M, B, {LENGTH}), got {tuple(x.shape)}")
    if bases not in (1, len(x)) or any(count != len(x) for count in modules):
        raise ValueError(
            f"x must be of as many members as the modules, {modules}, and the bases, {bases} "
            f"(or 1), got {len(x)}"
        )


class _Pass:
    """One forward pass: the weights as the modules left them, and the modules' other places.

    Tokens are (M, B, T, features).
    """

    def __init__(self, weights: Weights, x: Tensor, modules: Sequence[Insert], heads: int) -> None:
        self.modules = [part for module in modules for part in module.expanded()]
        bases, _, self.own, features = weights["positions.weight"].shape
        _check_signals(x, bases, [part.members for part in self.modules])
        check_heads(features, heads)
        for module in self.modules:
            weights = module.weights(weights)
        self.weights, self.heads = weights, heads
        self.blocks = sum(name.endswith(".query.weight") for name in weights)

    def logits(self, x: Tensor) -> Tensor:
        return self.linear("head", self.features(x))

    def features(self, x: Tensor) -> Tensor:
        return self.encoded(x).mean(2)

    def encoded(self, x: Tensor) -> Tensor:
        h = self.tokens(x)
        for block in range(self.blocks):
            h = h + self.attention(block, self.norm(f"blocks.{block}.norm_attention", h))
            h = h + self.feedforward(block, self.norm(f"blocks.{block}.norm_feedforward", h))
        # prompts stand in front; the readout is the mean over the signal's own tokens
        return self.norm("norm", h[:, :, -self.own :])

    def tokens(self, x: Tensor) -> Tensor:
        names = (f"{layer}.{part}" for layer in ("first", "second") for part in ("weight", "bias"))
        h = stem(x, *(self.weights[name] for name in names)) + self.weights["positions.weight"]
        for module in self.modules:
            h = module.tokens(h)
        return h

    def attention(self, block: int, x: Tensor) -> Tensor:
        split = (self._by_head(f"blocks.{block}.{name}", x) for name in ("query", "key", "value"))
        query, key, value = split
        for module in self.modules:
            key, value = module.keys_values(block, key, value)
        heard = attend(query, key, value).transpose(2, 3).flatten(3)
        return self.sublayer(f"blocks.{block}.out", x, self.linear(f"blocks.{block}.out", heard))

    def _by_head(self, name: str, x: Tensor) -> Tensor:
        return self.linear(name, x).unflatten(-1, (self.heads, -1)).transpose(2, 3)

    def feedforward(self, block: int, x: Tensor) -> Tensor:
        hidden = F.gelu(self.linear(f"blocks.{block}.widen", x))
        for module in self.modules:
            hidden = module.hidden(block, hidden)
        name = f"blocks.{block}.narrow"
        return self.sublayer(name, x, self.linear(name, hidden))

    def sublayer(self, name: str, x: Tensor, y: Tensor) -> Tensor:
        for module in self.modules:
            y = module.sublayer(name, x, y)
        return y

    def linear(self, name: str, x: Tensor) -> Tensor:
        y = self.affine(name, x)
        for module in self.modules:
            y = module.linear(name, x, y)
        return y

    def affine(self, name: str, x: Tensor) -> Tensor:
        return affine(x, self.weights[f"{name}.weight"], self.weights[f"{name}.bias"])

    def norm(self, name: str, x: Tensor) -> Tensor:
        weight, bias = (self.weights[f"{name}.{part}"].unsqueeze(1) for part in ("weight", "bias"))
        return normalise(x, weight, bias)
