"""Training steps with their gradients written out, for the nets that labs train by the thousand.

Automatic differentiation of a small network spends as much on its own bookkeeping, on fresh memory
and on passes over it as on arithmetic. Here a step is the textbook's products, those of affine maps
in place, over memory that is allocated once. `fit` takes such a step where there is one, on a CPU,
and automatic differentiation, its oracle in the tests, elsewhere.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np
import torch
from torch import Tensor

from labs.nn import gru
from labs.nn.halving import Chain, paired_windows
from labs.nn.layers import Linear
from labs.nn.losses import GRADIENTS, Loss
from labs.nn.nets import CNN, MLP, GRUNet, Logistic, Net
from labs.nn.products import in_place

Backward = Callable[[Tensor, Tensor], None]  # (inputs, targets): leaves each parameter its `grad`
Gradient = Callable[[Tensor, Tensor], Tensor]  # of a loss (labs.nn.losses)
Masks = Mapping[str, Tensor]
_rectify = torch.ops.aten.threshold_backward.grad_input


def backward(net: Net, masks: Masks, loss: Loss, batch: int) -> Backward | None:
    """The gradient of the sum over members of a loss, written out, or None where it is not.

    Args:
        net: the stack; its parameters must stay where they are in memory.
        masks: parameter name -> 0/1 tensor, multiplied into the parameter.
        loss: of the outputs.
        batch: examples per member, the same in every call.

    Returns:
        (inputs (M, batch, length), targets (M, batch)) -> None. The gradients that it leaves stand
        in memory that the next call uses again.
    """
    if loss not in GRADIENTS or not all(map(_plain, net.parameters())):
        return None
    if type(net) is MLP and not net.dropout.rate:
        return _MLP(net, masks, GRADIENTS[loss], batch)
    if type(net) is Logistic:
        return _Logistic(net, masks, GRADIENTS[loss], batch)
    if type(net) is CNN and not masks:
        return _CNN(net, GRADIENTS[loss], batch)
    if type(net) is GRUNet and not masks:
        return _GRU(net, GRADIENTS[loss], batch)
    return None


def _plain(p: Tensor) -> bool:
    return p.device.type == "cpu" and p.dtype == torch.float32 and p.requires_grad


class _Affine:
    """The affine map of a layer, its product and its gradients in memory of its own.

    Tensors have numpy's views beside them: between two products Python is out of the cache, and
    each call that is saved counts.
    """

    def __init__(
        self, weight: Tensor, bias: Tensor, batch: int, masks: Sequence[Tensor | None] = (None,) * 2
    ) -> None:
        values = [p.detach() for p in (weight, bias)]
        self.grads = [torch.empty_like(value) for value in values]
        self.parameters = list(zip((weight, bias), self.grads, strict=True))
        used, self.masked = [*values], []
        for i, mask in enumerate(masks):
            if mask is not None:
                used[i] = torch.empty_like(values[i])
                self.masked.append((values[i], mask, used[i], self.grads[i]))
        members, inputs, outputs = weight.shape
        empty = values[0].new_empty
        self.product, self.grad_x = (empty(members, batch, n) for n in (outputs, inputs))
        self.y = self.product
        self.weight, self.bias = used[0].numpy(), used[1]
        self.turned = self.weight.transpose(0, 2, 1)
        self.ones = np.ones((members, 1, batch), np.float32)
        arrays = (t.numpy() for t in (self.product, self.grad_x, *self.grads))
        self.output, self.by_input, self.by_weight, self.by_bias = arrays

    @classmethod
    def of(cls, net: Net, name: str, masks: Masks, batch: int) -> _Affine:
        """That of a net's layer, with the masks of its parameters."""
        layer: Linear = getattr(net, name)
        own = [masks.get(f"{name}.{part}") for part in ("weight", "bias")]
        return cls(layer.weight, layer.bias, batch, own)

    def forward(self, x: np.ndarray) -> Tensor:
        for value, mask, used, _ in self.masked:
            torch.mul(value, mask, out=used)
        self.x = x
        np.matmul(x, self.weight, out=self.output)
        return torch.add(self.product, self.bias, out=self.y)

    def backward(self, grad: Tensor) -> np.ndarray:
        """Keep the gradients by the parameters; returns `grad` as numpy's."""
        by_output = grad.numpy()
        np.matmul(self.x.transpose(0, 2, 1), by_output, out=self.by_weight)
        np.matmul(self.ones, by_output, out=self.by_bias)
        for _, mask, _, own in self.masked:
            own.mul_(mask)
        for parameter, own in self.parameters:
            parameter.grad = own
        return by_output

    def through(self, grad: Tensor) -> Tensor:
        """The gradient by the input, beside those by the parameters."""
        np.matmul(self.backward(grad), self.turned, out=self.by_input)
        return self.grad_x


class _Head(_Affine):
    """An affine map whose outputs stand with classes first in memory, as losses read them."""

    def __init__(
        self, weight: Tensor, bias: Tensor, batch: int, masks: Sequence[Tensor | None] = (None,) * 2
    ) -> None:
        super().__init__(weight, bias, batch, masks)
        self.y = self.product.transpose(1, 2).contiguous().transpose(1, 2)


class _Logistic:
    def __init__(self, net: Logistic, masks: Masks, gradient: Gradient, batch: int) -> None:
        self.gradient, self.head = gradient, _Head.of(net, "head", masks, batch)

    @in_place
    def __call__(self, x: Tensor, y: Tensor) -> None:
        self.head.backward(self.gradient(self.head.forward(x.numpy()), y))


class _MLP:
    def __init__(self, net: MLP, masks: Masks, gradient: Gradient, batch: int) -> None:
        self.gradient = gradient
        self.first = _Affine.of(net, "first", masks, batch)
        self.second = _Affine.of(net, "second", masks, batch) if net.depth == 2 else None
        self.head = _Head.of(net, "head", masks, batch)
        self.sum = torch.empty_like(self.first.y) if self.second and net.residual else None
        last = self.second or self.first
        self.read = (last.y if self.sum is None else self.sum).numpy()

    @in_place
    def __call__(self, x: Tensor, y: Tensor) -> None:
        first = self.first.forward(x.numpy()).relu_()
        if self.second:
            second = self.second.forward(self.first.output).relu_()
            if self.sum is not None:
                torch.add(first, second, out=self.sum)
        grad = self.head.through(self.gradient(self.head.forward(self.read), y))
        if self.second:
            own = self.second.through(_rectify(grad, second, 0, grad_input=second))
            grad = own if self.sum is None else own.add_(grad)
        self.first.backward(_rectify(grad, first, 0, grad_input=first))


class _CNN:
    def __init__(self, net: CNN, gradient: Gradient, batch: int) -> None:
        self.gradient, self.head = gradient, _Head.of(net, "head", {}, batch)
        self.geometry = net.first.geometry
        convolutions = (net.first, net.second, net.third)
        self.parameters = [p for conv in convolutions for p in (conv.weight, conv.bias)]
        self.values = [p.detach() for p in self.parameters]

    @in_place
    def __call__(self, x: Tensor, y: Tensor) -> None:
        affine = torch.cat(self.values[:2], dim=1)
        chain = Chain.forward(
            paired_windows(x.unsqueeze(-1), *self.geometry), affine, self.values[2:]
        )
        outputs = self.head.forward(chain.outputs.transpose(2, 3).flatten(2).numpy())
        grad = self.head.through(self.gradient(outputs, y))
        grad = grad.unflatten(2, chain.outputs.shape[:1:-1])
        _, (first, *others) = chain.backward(grad.transpose(2, 3))
        own = [first[:, :-1], first[:, -1:], *others]
        for p, grad in zip(self.parameters, own, strict=True):
            p.grad = grad.contiguous()  # as fused optimisers take for granted


class _GRU:
    """The two directions of each member are GRUs of one pass, which keeps the states in what its
    products take, its columns. So the head takes whole columns, with 0 where no state stands."""

    def __init__(self, net: GRUNet, gradient: Gradient, batch: int) -> None:
        layer, weight, self.gradient = net.recurrent, net.head.weight, gradient
        self.parameters = [layer.weight_ih, layer.weight_hh, layer.bias_ih, layer.bias_hh, weight]
        self.grads = [torch.empty_like(p.detach()) for p in self.parameters]
        self.values, self.by_values = (
            [t.detach().flatten(0, 1) for t in own[:-1]] for own in (self.parameters, self.grads)
        )
        self.merged = torch.zeros_like(gru.merged(self.values))
        members, hidden, (length, inputs) = net.members, layer.hidden, net.sequence
        self.sequence, classes = net.sequence, weight.shape[2]
        self.own = gru.Pass(self.merged, 2 * members, length, inputs, hidden, batch)
        columns = self.own.columns.unflatten(0, (members, 2))
        self.inputs = columns[:, :, :-1, hidden:-1].numpy()
        self.columns = columns.flatten(1, 3).numpy()
        self.by_columns = torch.empty(self.columns.shape)
        whole = weight.new_zeros(members, self.columns.shape[1], classes)
        self.head = _Head(whole, net.head.bias, batch)

        def by_time(t: Tensor) -> np.ndarray:
            return t.detach().view(members, length, 2, hidden, -1).transpose(1, 2).numpy()

        def states(t: Tensor) -> Tensor:
            return t.view(members, 2, length + 1, -1, t.shape[2])[:, :, 1:, :hidden]

        self.weight, self.by_weight = by_time(weight), by_time(self.grads[-1])
        self.whole, self.by_whole = (states(t).numpy() for t in (whole, self.head.grads[0]))
        self.by_states = states(self.by_columns).flatten(0, 1)

    @in_place
    def __call__(self, x: Tensor, y: Tensor) -> None:
        sequences = x.unflatten(2, self.sequence).permute(0, 2, 3, 1)
        _both_ways(sequences.numpy()[:, None], self.inputs)
        _both_ways(self.weight, self.whole)
        self.own.forward(gru.merged(self.values, self.merged))
        outputs = self.head.forward(self.columns.transpose(0, 2, 1))
        by_output = self.head.backward(self.gradient(outputs, y))
        np.matmul(self.head.weight, by_output.transpose(0, 2, 1), out=self.by_columns.numpy())
        gru.separated(self.own.backward(self.merged, self.by_states), self.by_values)
        _both_ways(self.by_whole, self.by_weight)
        for p, own in zip(self.parameters, self.grads, strict=True):
            p.grad = own


def _both_ways(a: np.ndarray, out: np.ndarray) -> None:
    """Copy (M, 2, T, ...), or (M, 1, T, ...) for both, with the second direction's time turned."""
    out[:, 0], out[:, 1] = a[:, 0], a[:, -1, ::-1]
