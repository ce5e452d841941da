"""Contrastive learning without labels, stacked: an encoder and the losses that pull two views of
one example together and push the views of other examples apart (SimCLR, Chen et al. 2020).
"""

from collections.abc import Iterator, Sequence
from typing import Any

import torch
from torch import Tensor, nn
from torch.autograd.function import once_differentiable

from labs.nn.halving import rectified
from labs.nn.layers import Conv1d, Layer, Linear
from labs.nn.nets import Net

CHANNELS = 25
FEATURES = 125  # of the last convolution: 5 positions of 25 channels


class _Flattened(Linear):
    """An affine map of a sequence flattened position by position; its twin's channel by channel."""

    def load(self, member: int, *tensors: Tensor) -> None:
        weight, bias = tensors
        weight = weight.unflatten(1, (CHANNELS, -1)).transpose(1, 2).flatten(1)
        super().load(member, weight, bias)


class Encoder(Net):
    """The three convolutions of `labs.nn.nets.CNN` and a projector of affine maps, rectified
    between them; without a projector the last convolution is the embedding. Sequences are
    flattened position by position.

    Input (M, B, 40) float32, output the embedding (M, B, width of the last layer).

    Args:
        members: networks in the stack.
        projector: widths of the projector's layers. (125, 16) has 21,716 parameters with the
            convolutions, () 3,950 and (125, 125, 125, 16) 53,216; (10,) is the CNN itself.

    Raises:
        ValueError: a size below 1.
    """

    def __init__(self, members: int, projector: Sequence[int] = ()) -> None:
        super().__init__(members)
        self.first = Conv1d(members, 1, CHANNELS, kernel=5, stride=2, padding=1)
        self.second = Conv1d(members, CHANNELS, CHANNELS, kernel=3, stride=2, padding=1)
        self.third = Conv1d(members, CHANNELS, CHANNELS, kernel=3, stride=2, padding=1)
        inputs = (FEATURES, *projector)
        self.projector = nn.ModuleList(
            (Linear if depth else _Flattened)(members, inputs[depth], width)
            for depth, width in enumerate(projector)
        )

    def layers(self) -> Iterator[Layer]:
        """The layers in order of definition, those of the projector among them."""
        return (module for module in self.modules() if isinstance(module, Layer))

    def forward(self, x: Tensor) -> Tensor:
        h = rectified(x.unsqueeze(-1), self.first, self.second, self.third)
        return self._projected(h.flatten(2))[-1]

    def _projected(self, h: Tensor) -> list[Tensor]:
        outputs = [h]
        for depth, affine in enumerate(self.projector, start=1):
            h = affine(h)
            outputs.append(h := h.relu() if depth < len(self.projector) else h)
        return outputs

    @torch.no_grad()
    def representations(self, x: Tensor) -> list[Tensor]:
        """What every layer makes of its input, (M, B, features) each, without gradients.

        Layer 0 is the input itself, 1 to 3 are the rectified convolutions (475, 250 and 125
        features), then come the projector's layers, all but the last rectified.
        """
        h, outputs = x.unsqueeze(-1), [x]
        for conv in (self.first, self.second, self.third):
            h = conv(h).relu()
            outputs.append(h.flatten(2))
        return [*outputs[:-1], *self._projected(outputs[-1])]


def half_info_nce(first: Tensor, second: Tensor, temperature: float = 0.5) -> Tensor:
    """InfoNCE in one direction: each first view finds its second view among all second views, so
    that it has B - 1 negatives.

    Args:
        first, second: embeddings of the two views, (M, B, D), example by example; compared by
            their cosine.
        temperature: divides the cosines.

    Returns:
        Mean over the B first views of minus the log-probability of the right one, in nats (M,);
        differentiable once.

    Raises:
        ValueError: views of different shapes or not of three axes, a temperature not above 0.
    """
    _check(first, second, temperature)
    return _InfoNCE.apply(torch.cat([first, second], dim=1), temperature, False)


def info_nce(first: Tensor, second: Tensor, temperature: float = 0.5) -> Tensor:
    """InfoNCE in both directions and among all views, the loss NT-Xent of SimCLR (Chen et al.
    2020, equation 1): each of the 2 B views finds the other view of its example among the 2 B - 1
    views that are not itself.

    Arguments, result (a mean over 2 B views) and errors are those of `half_info_nce`.
    """
    _check(first, second, temperature)
    return _InfoNCE.apply(torch.cat([first, second], dim=1), temperature, True)


class _InfoNCE(torch.autograd.Function):
    # The softmax of the forward pass is all that the gradient in the cosines needs.
    @staticmethod
    def forward(ctx: Any, views: Tensor, temperature: float, full: bool) -> Tensor:
        batch = views.shape[1] // 2
        norms = views.norm(dim=-1, keepdim=True).clamp_min_(1e-12)
        units = views / norms
        anchors, others = (units, units) if full else units.chunk(2, dim=1)
        logits = torch.bmm(anchors, others.transpose(1, 2)).div_(temperature)
        if full:
            logits.diagonal(0, 1, 2).fill_(-torch.inf)
        grad = logits.log_softmax(-1)
        right = [grad.diagonal(offset, 1, 2) for offset in ((batch, -batch) if full else (0,))]
        loss = -torch.cat(right, dim=1).mean(1)
        grad.exp_()
        for probability in right:
            probability.sub_(1)
        ctx.save_for_backward(grad.div_(grad.shape[1] * temperature), units, norms)
        return loss

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, *grads: Tensor) -> tuple[Tensor | None, ...]:
        grad, units, norms = ctx.saved_tensors
        # before the products: torch warns where one of these is what a thread asks of cuda first
        scale = grads[0].view(-1, 1, 1) / norms
        if grad.shape[1] == units.shape[1]:
            result = torch.bmm(grad + grad.transpose(1, 2), units)
        else:
            anchors, others = units.chunk(2, dim=1)
            both = torch.bmm(grad, others), torch.bmm(grad.transpose(1, 2), anchors)
            result = torch.cat(both, dim=1)
        result.addcmul_(units, (units * result).sum(-1, keepdim=True), value=-1)
        return result.mul_(scale), None, None


def _check(first: Tensor, second: Tensor, temperature: float) -> None:
    if first.shape != second.shape or first.dim() != 3:
        raise ValueError(
            "first and second must both have shape (M, B, D), "
            f"got {tuple(first.shape)} and {tuple(second.shape)}"
        )
    if not temperature > 0:
        raise ValueError(f"temperature must be above 0, got {temperature!r}")
