"""Training steps with their gradients written out, for the nets that labs train by the thousand.

Automatic differentiation of a small network spends as much on its own bookkeeping, on fresh memory
and on passes over it as on arithmetic. Here a step is the textbook's products, those of affine maps
in place, over memory that is allocated once. `fit` takes such a step where there is one, on a CPU,
and automatic differentiation, its oracle in the tests, elsewhere.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
import torch
from torch import Tensor

from labs.nn.halving import Chain, paired_windows
from labs.nn.layers import Linear
from labs.nn.losses import GRADIENTS, Loss
from labs.nn.nets import CNN, MLP, Logistic, Net

Backward = Callable[[Tensor, Tensor], None]  # (inputs, targets): leaves each parameter its `grad`
Gradient = Callable[[Tensor, Tensor], Tensor]  # of a loss (labs.nn.losses)
Masks = Mapping[str, Tensor]
_as_torch = np.errstate(all="ignore")  # infinities are the caller's to see
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
    return None


def _plain(p: Tensor) -> bool:
    return p.device.type == "cpu" and p.dtype == torch.float32 and p.requires_grad


class _Affine:
    """The affine map of a layer, its product and its gradients in memory of its own.

    Tensors have numpy's views beside them: between two products Python is out of the cache, and
    each call that is saved counts.
    """

    def __init__(self, net: Net, name: str, masks: Masks, batch: int) -> None:
        layer: Linear = getattr(net, name)
        self.parameters = (layer.weight, layer.bias)
        self.values = [p.detach() for p in self.parameters]
        self.masks = [masks.get(f"{name}.{part}") for part in ("weight", "bias")]
        self.used = [
            value if mask is None else torch.empty_like(value)
            for value, mask in zip(self.values, self.masks, strict=True)
        ]
        self.grads = [torch.empty_like(value) for value in self.values]
        members, inputs, outputs = layer.weight.shape
        self.y, self.grad_x = (layer.weight.new_empty(members, batch, n) for n in (outputs, inputs))
        self.ones = np.ones((members, 1, batch), np.float32)
        self.weight, self.bias = self.used[0].numpy(), self.used[1]
        self.turned = self.weight.transpose(0, 2, 1)
        self.arrays = [t.numpy() for t in (self.y, self.grad_x, *self.grads)]

    def forward(self, x: Tensor) -> Tensor:
        for value, mask, used in zip(self.values, self.masks, self.used, strict=True):
            if mask is not None:
                torch.mul(value, mask, out=used)
        self.x = x.numpy()
        np.matmul(self.x, self.weight, out=self.arrays[0])
        return self.y.add_(self.bias)

    def backward(self, grad: Tensor) -> np.ndarray:
        """Keep the gradients by the parameters; returns `grad` as numpy's."""
        by_output, (_, _, weight, bias) = grad.numpy(), self.arrays
        np.matmul(self.x.transpose(0, 2, 1), by_output, out=weight)
        np.matmul(self.ones, by_output, out=bias)
        for p, own, mask in zip(self.parameters, self.grads, self.masks, strict=True):
            p.grad = own if mask is None else own.mul_(mask)
        return by_output

    def through(self, grad: Tensor) -> Tensor:
        """The gradient by the input, beside those by the parameters."""
        np.matmul(self.backward(grad), self.turned, out=self.arrays[1])
        return self.grad_x


class _Logistic:
    def __init__(self, net: Logistic, masks: Masks, gradient: Gradient, batch: int) -> None:
        self.gradient, self.head = gradient, _Affine(net, "head", masks, batch)

    @_as_torch
    def __call__(self, x: Tensor, y: Tensor) -> None:
        self.head.backward(self.gradient(self.head.forward(x), y))


class _MLP:
    def __init__(self, net: MLP, masks: Masks, gradient: Gradient, batch: int) -> None:
        names = ("first", "second", "head") if net.depth == 2 else ("first", "head")
        self.first, *self.second, self.head = (_Affine(net, name, masks, batch) for name in names)
        self.gradient, self.residual = gradient, net.residual
        self.sum = torch.empty_like(self.first.y)

    @_as_torch
    def __call__(self, x: Tensor, y: Tensor) -> None:
        first = self.first.forward(x).relu_()
        outputs = self.head.forward(self._deeper(first))
        grad = self._shallower(self.head.through(self.gradient(outputs, y)))
        self.first.backward(_rectify(grad, first, 0, grad_input=first))

    def _deeper(self, first: Tensor) -> Tensor:
        for layer in self.second:
            second = layer.forward(first).relu_()
            return torch.add(first, second, out=self.sum) if self.residual else second
        return first

    def _shallower(self, grad: Tensor) -> Tensor:
        for layer in self.second:
            own = layer.through(_rectify(grad, layer.y, 0, grad_input=layer.y))
            return own.add_(grad) if self.residual else own
        return grad


class _CNN:
    def __init__(self, net: CNN, gradient: Gradient, batch: int) -> None:
        self.gradient, self.head = gradient, _Affine(net, "head", {}, batch)
        self.geometry = net.first.geometry
        convolutions = (net.first, net.second, net.third)
        self.parameters = [p for conv in convolutions for p in (conv.weight, conv.bias)]
        self.values = [p.detach() for p in self.parameters]

    @_as_torch
    def __call__(self, x: Tensor, y: Tensor) -> None:
        affine = torch.cat(self.values[:2], dim=1)
        chain = Chain.forward(
            paired_windows(x.unsqueeze(-1), *self.geometry), affine, self.values[2:]
        )
        outputs = self.head.forward(chain.outputs.transpose(2, 3).flatten(2))
        grad = self.head.through(self.gradient(outputs, y))
        grad = grad.unflatten(2, chain.outputs.shape[:1:-1])
        _, (first, *others) = chain.backward(grad.transpose(2, 3))
        own = [first[:, :-1], first[:, -1:], *others]
        for p, grad in zip(self.parameters, own, strict=True):
            p.grad = grad.contiguous()  # as fused optimisers take for granted
