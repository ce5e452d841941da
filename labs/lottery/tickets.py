"""Lottery tickets of the residual MLP: pruning a stack, and training what is left of it.

A pruned network is a mask over the dense one. The weights of a layer and its biases are one tensor
here, (M, inputs + 1, outputs) with the biases as last row, because upstream prunes both as one. A
mask does not change while a network trains, so what it leaves can train as a smaller network with
the very same outputs and gradients: `Ticket` holds the weights that matter, and nothing else.
"""

from collections.abc import Mapping
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn
from torch.autograd.function import once_differentiable

from labs.nn.nets import MLP, Net
from labs.nn.products import product

LAYERS = ("first", "second", "head")
WIDTH = 16  # floats of a vector register: matrix products of such widths are the fastest
Tensors = Mapping[str, Tensor]


def joined(net: Net) -> dict[str, Tensor]:
    """Copies of the weights of a residual `MLP` or a `Ticket`: layer -> (M, inputs + 1, outputs),
    with 0 where they are masked.

    Raises:
        TypeError: a net of another kind.
    """
    if isinstance(net, Ticket):
        return net.joined()
    if not isinstance(net, MLP) or net.depth != 2 or not net.residual:
        raise TypeError(f"net must be a residual MLP or a Ticket, got {type(net).__name__}")
    layers = (net.first, net.second, net.head)
    both = (torch.cat([layer.weight, layer.bias], dim=1).detach() for layer in layers)
    return dict(zip(LAYERS, both, strict=True))


def separate(tensors: Tensors) -> dict[str, Tensor]:
    """Views of joined tensors under the names of `MLP`'s parameters, such as ``"first.weight"``;
    of masks this makes what `fit` takes.
    """
    parts = {"weight": slice(None, -1), "bias": slice(-1, None)}
    return {f"{n}.{part}": t[:, rows] for n, t in tensors.items() for part, rows in parts.items()}


def reordered(values: Tensors, order: Tensor) -> dict[str, Tensor]:
    """The same networks with their hidden units in another order: they compute and train alike, but
    for rounding.

    Args:
        values: layer -> (M, inputs + 1, outputs).
        order: which unit comes to each place, int64 (hidden,); of both hidden layers, for the
            residual adds unit to unit.
    """
    rows = torch.cat([order, order.new_tensor([len(order)])])  # biases stay last
    first, second, head = (values[name] for name in LAYERS)
    moved = (first[:, :, order], second[:, rows][:, :, order], head[:, rows])
    return dict(zip(LAYERS, moved, strict=True))


def everything(values: Tensors) -> dict[str, Tensor]:
    """Masks that mask nothing."""
    return {name: torch.ones_like(t, dtype=torch.bool) for name, t in values.items()}


def random_like(values: Tensors, draws: torch.Generator) -> dict[str, Tensor]:
    """Random numbers between 0 and 1 in the shapes of the values: scores of a random mask."""
    return {name: torch.rand(t.shape, generator=draws) for name, t in values.items()}


def prune(
    scores: Tensors, masks: Tensors, sparsity: float, *, biases: bool = True
) -> dict[str, Tensor]:
    """Mask all but the highest scores of each layer, among those that are still live.

    With magnitudes as scores this is a round of layerwise magnitude pruning (Han et al. 2015;
    Frankle & Carbin 2019), with random numbers it makes a control of equal sparsity.

    Args:
        scores: layer -> (M, inputs + 1, outputs) float.
        masks: layer -> bool of the same shape, True where a weight is live.
        sparsity: share of the layer that is masked afterwards, 0 to 1; round((1 - sparsity) *
            count) of its `count` weights and biases stay live in every member.
        biases: whether biases are pruned with the weights; if not, they stay live and are not
            counted.

    Returns:
        The new masks.

    Raises:
        ValueError: a sparsity outside 0 to 1, or one below that of `masks`; a layer that only one
            of `scores` and `masks` has.

    >>> scores = {"head": torch.tensor([[[3.0, 1.0], [4.0, 2.0]]])}
    >>> prune(scores, everything(scores), 0.5)["head"].int().tolist()
    [[[1, 0], [1, 0]]]
    >>> prune(scores, everything(scores), 0.5, biases=False)["head"].int().tolist()
    [[[1, 0], [1, 1]]]
    """
    if not 0 <= sparsity <= 1:
        raise ValueError(f"sparsity must be between 0 and 1, got {sparsity}")
    apart = ", ".join(sorted(scores.keys() ^ masks.keys()))
    if apart:
        raise ValueError(f"scores and masks must have the same layers, got {apart} in one only")
    if biases:
        return {n: _highest(scores[n], mask, sparsity) for n, mask in masks.items()}
    rows = slice(None, -1)
    return {
        n: torch.cat([_highest(scores[n][:, rows], mask[:, rows], sparsity), mask[:, -1:]], dim=1)
        for n, mask in masks.items()
    }


def _highest(scores: Tensor, mask: Tensor, sparsity: float) -> Tensor:
    keep, live = round((1 - sparsity) * mask[0].numel()), mask.flatten(1).sum(1)
    if keep > live.min():
        raise ValueError(
            f"sparsity must be at least that of masks, got {sparsity}: {keep} would stay of "
            f"{live.tolist()}"
        )
    ranked = scores.masked_fill(~mask, -torch.inf).flatten(1).topk(keep).indices
    return torch.zeros_like(mask).flatten(1).scatter(1, ranked, True).view_as(mask)


def network(start: Tensors, masks: Tensors) -> Net:
    """The stack to train: an `MLP` where nothing is masked, otherwise a `Ticket`.

    start: layer -> initial weights (M, inputs + 1, outputs); masks: the same shapes, bool.
    """
    if not all(mask.all() for mask in masks.values()):
        return Ticket(start, masks)
    members, length, hidden = (start["first"][:, :-1]).shape
    net = MLP(members, hidden=hidden, length=length).to(start["first"].device)
    net.load_state_dict(separate(start))
    return net


class Ticket(Net):
    """What masks leave of a stack of residual MLPs, as smaller nets that train exactly alike.

    A second-layer unit matters if the head reads it and something live enters it; a first-layer
    unit if something live enters it, and the head or a second-layer unit that matters reads it.
    Live weights of other units get no gradient in the masked dense net either: they keep their
    start. What matters is one vector per layer and member, laid out before each product as a small
    dense matrix over the units that matter. A masked weight is no parameter, so it cannot move and
    has no optimiser state.

    Takes the place of `MLP` in `fit` and `evaluate`: input (M, B, length), output (M, B, classes).
    The dense matrices are buffers that forward and backward share, so every forward pass allows one
    backward pass, before the next forward pass.

    Args:
        start: layer -> initial weights (M, inputs + 1, outputs), biases last, as of `joined`.
        masks: layer -> bool of the same shape, True where a weight is live.

    Raises:
        ValueError: a mask of another shape than its layer.
    """

    def __init__(self, start: Tensors, masks: Tensors) -> None:
        for name in LAYERS:
            shape, got = tuple(start[name].shape), tuple(masks[name].shape)
            if got != shape:
                raise ValueError(f"mask {name!r} must have shape {shape}, got {got}")
        first, second, head = (masks[name] for name in LAYERS)
        super().__init__(len(first))
        lower, upper = _units(first, second, head)
        # One more unit, which is always 1, carries the biases; so does one more input.
        one = torch.ones_like(lower[:, :1])
        inputs, classes = _places(torch.ones_like(first[:, :, 0])), _places(head[:, 0] | True)
        below, above = _places(torch.cat([lower, one], 1)), _places(torch.cat([upper, ~one], 1))
        length, low, high = (_size(places) for places in (inputs, below, above))
        self._start = {name: start[name] * masks[name] for name in LAYERS}
        self._sources = {
            "first": _sources(first, inputs, below[:, :-1]),
            "second": _sources(second, below, above[:, :-1]),
            "head": _sources(head, below.maximum(above), classes),
        }
        self.first, self.second, self.head = (
            nn.Parameter(self._start[n].flatten(1).gather(1, self._sources[n])) for n in LAYERS
        )
        to_low, to_high, to_logits = self._sources.values()
        self.into_lower = _Matrix(first, to_low, inputs, below[:, :-1], length, low)
        self.into_upper = _Matrix(second, to_high, below, above[:, :-1], low, high)
        self.from_lower = _Matrix(head, to_logits, below, classes, low, head.shape[2])
        self.from_upper = _Matrix(head, to_logits, above, classes, high, head.shape[2])
        members = torch.arange(self.members, device=first.device)
        self.into_lower.dense[members, inputs[:, -1], below[:, -1]] = 1

    def joined(self) -> dict[str, Tensor]:
        """Copy the weights into the dense net's shapes, 0 where masked; see `joined`."""
        values = zip(LAYERS, (self.first, self.second, self.head), strict=True)
        return {
            n: self._start[n].flatten(1).scatter(1, self._sources[n], v.detach()).view_as(start)
            for (n, v), start in zip(values, self._start.values(), strict=True)
        }

    def forward(self, x: Tensor) -> Tensor:
        spare = self.into_lower.dense.shape[1] - x.shape[2] - 1
        x = F.pad(F.pad(x, (0, 1), value=1.0), (0, spare))
        return _Logits.apply(x, self.first, self.second, self.head, self)


def _units(first: Tensor, second: Tensor, head: Tensor) -> tuple[Tensor, Tensor]:
    fed, read = first.any(1), head[:, :-1].any(2)
    entered = (second[:, :-1] & fed.unsqueeze(2)).any(1) | second[:, -1]
    upper = read & entered
    return fed & (read | (second[:, :-1] & upper.unsqueeze(1)).any(2)), upper


def _places(kept: Tensor) -> Tensor:
    return torch.where(kept, kept.cumsum(1) - 1, -1)


def _size(places: Tensor) -> int:
    # Room for at least one spare unit, which is always 0: see `_Matrix`.
    return -(-(int(places.max()) + 2) // WIDTH) * WIDTH


def _sources(mask: Tensor, rows: Tensor, columns: Tensor) -> Tensor:
    # Where the values that matter lie in the flat layer, (M, k). Members that have fewer than k are
    # filled up with a value that does not matter, and which `_Matrix` gives no place.
    chosen = (mask & (rows >= 0).unsqueeze(2) & (columns >= 0).unsqueeze(1)).flatten(1)
    most = max(int(chosen.sum(1).max()), 1)
    filled = chosen.int().argmin(1, keepdim=True).repeat(1, most + 1)
    order = torch.where(chosen, chosen.cumsum(1) - 1, most)
    flat = torch.arange(chosen.shape[1], device=mask.device).expand_as(chosen)
    return filled.scatter(1, order, flat)[:, :most]


class _Matrix(nn.Module):
    # A small dense matrix (M, height, width) that holds a layer's values where `index` says. What
    # has no place here goes into the last row, which only meets inputs that are 0, so that it
    # neither acts nor gets a gradient. The entries that hold no value stay 0, so they are written
    # once, and not at every step.
    index: Tensor
    dense: Tensor
    grad: Tensor

    def __init__(
        self,
        mask: Tensor,
        source: Tensor,
        rows: Tensor,
        columns: Tensor,
        height: int,
        width: int,
    ) -> None:
        super().__init__()
        row = rows.gather(1, source // mask.shape[2])
        column = columns.gather(1, source % mask.shape[2])
        placed = mask.flatten(1).gather(1, source) & (row >= 0) & (column >= 0)
        spare = (height - 1) * width
        zeros = torch.zeros(len(source), height, width, device=source.device)
        self.register_buffer("index", torch.where(placed, row * width + column, spare))
        self.register_buffer("dense", zeros)
        self.register_buffer("grad", zeros.clone())

    def filled(self, values: Tensor) -> Tensor:
        self.dense.flatten(1).scatter_(1, self.index, values)
        return self.dense

    def gradient(self, inputs: Tensor, outputs: Tensor) -> Tensor:
        product(inputs.transpose(1, 2), outputs, self.grad)
        return self.grad.flatten(1).gather(1, self.index)


class _Logits(torch.autograd.Function):
    # Written out because the bookkeeping of automatic differentiation would copy every matrix, and
    # these nets are so small that this costs as much as the products.
    @staticmethod
    def forward(
        ctx: Any, x: Tensor, first: Tensor, second: Tensor, head: Tensor, net: Ticket
    ) -> Tensor:
        lower = product(x, net.into_lower.filled(first)).relu_()
        upper = product(lower, net.into_upper.filled(second)).relu_()
        ctx.save_for_backward(x, lower, upper)
        ctx.net = net
        logits = product(lower, net.from_lower.filled(head))
        return logits.add_(product(upper, net.from_upper.filled(head)))

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, *grads: Tensor) -> tuple[Tensor | None, ...]:
        (grad,), net = grads, ctx.net
        x, lower, upper = ctx.saved_tensors
        relu_backward = torch.ops.aten.threshold_backward
        d_upper = product(grad, net.from_upper.dense.transpose(1, 2))
        d_upper = relu_backward(d_upper, upper, 0)
        d_lower = product(grad, net.from_lower.dense.transpose(1, 2))
        d_lower.add_(product(d_upper, net.into_upper.dense.transpose(1, 2)))
        d_lower = relu_backward(d_lower, lower, 0)
        d_head = net.from_lower.gradient(lower, grad).add_(net.from_upper.gradient(upper, grad))
        d_second = net.into_upper.gradient(lower, d_upper)
        return None, net.into_lower.gradient(x, d_lower), d_second, d_head, None
