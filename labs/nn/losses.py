"""Losses of a stack, one number per member, and their gradients written out.

Outputs are (M, B, K), labels (M, B) int64. A gradient is that of the sum over members of the loss:
the sum keeps every member's gradient its own.
"""

from __future__ import annotations

from collections.abc import Callable

import torch
import torch.nn.functional as F
from torch import Tensor

Loss = Callable[[Tensor, Tensor], Tensor]
_MINUS_ONE = torch.full((1, 1, 1), -1.0)


def cross_entropy(logits: Tensor, labels: Tensor) -> Tensor:
    """Mean cross-entropy of each member in nats (M,); logits (M, B, K), labels (M, B) int64."""
    # classes before examples: torch's softmax is several times slower over a short last axis
    return F.cross_entropy(logits.transpose(1, 2), labels, reduction="none").mean(1)


def squared_error(logits: Tensor, labels: Tensor) -> Tensor:
    """Squared distance of the outputs to the one-hot label, mean over examples and classes (M,);
    logits (M, B, K), labels (M, B) int64."""
    return (logits - F.one_hot(labels, logits.shape[-1])).square().mean((1, 2))


def _entropy_gradient(outputs: Tensor, labels: Tensor) -> Tensor:
    shares = outputs.transpose(1, 2).softmax(1)  # fast where classes come first in memory, too
    return _less_one(shares, labels).div_(labels.shape[1]).transpose(1, 2)


def _error_gradient(outputs: Tensor, labels: Tensor) -> Tensor:
    scale = 2 / outputs[0].numel()
    return _less_one(outputs.transpose(1, 2), labels).mul_(scale).transpose(1, 2)


def _less_one(values: Tensor, labels: Tensor) -> Tensor:
    """`values` (M, K, B) less 1 at the labels (M, B), in place."""
    index = labels.unsqueeze(1)
    return values.scatter_add_(1, index, _MINUS_ONE.expand(index.shape))


GRADIENTS: dict[Loss, Callable[[Tensor, Tensor], Tensor]] = {
    cross_entropy: _entropy_gradient,
    squared_error: _error_gradient,
}  # (outputs, labels) on a CPU -> gradient by the outputs (M, B, K), which may stand in their place
