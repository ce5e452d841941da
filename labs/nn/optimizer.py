"""The optimiser of a stack: one of torch's, whose settings may differ between members."""

from __future__ import annotations

from collections.abc import Sequence
from inspect import signature
from itertools import groupby
from typing import Any

import torch
from torch import Tensor
from torch.optim import SGD, Adam

from labs.kit.checks import known
from labs.nn.nets import Net

State = dict[str, list[Tensor]]  # name -> one tensor per parameter


class Optimizer:
    """A `torch.optim` optimiser over a stack, whose settings may be one value or one per member.

    Elementwise optimisers (SGD, Adam, RMSprop) on stacked tensors are independent optimisers.
    Members that follow one another with equal settings share a parameter group, so a uniform stack
    is one group.

    Args:
        net: the stack, already on its device: the optimiser holds views of the parameters.
        kind: `torch.optim.Adam`, `torch.optim.SGD`, ...
        settings: its keyword arguments, each a value or a list or tuple of M values (no setting of
            these optimisers but Adam's `betas` is itself a tuple: give `betas` as a list of pairs).

    Raises:
        ValueError: a name that `kind` does not have, a list of settings whose length is not M, a
            value that torch refuses.
    """

    def __init__(self, net: Net, kind: type[torch.optim.Optimizer], **settings: Any) -> None:
        names = list(signature(kind).parameters)[1:]
        for name, value in settings.items():
            known(f"setting of {kind.__name__}", name, names)
            if isinstance(value, Sequence) and len(value) != net.members:
                raise ValueError(
                    f"{name} must be one value or one per member ({net.members}), got {value!r}"
                )
        members = [
            {
                name: value[m] if isinstance(value, Sequence) else value
                for name, value in settings.items()
            }
            for m in range(net.members)
        ]
        fused = {"fused": True} if "fused" in names else {}
        self._parameters = list(net.parameters())
        self._slices: list[slice] = []
        groups: list[dict[str, Any]] = []
        for values, run in groupby(range(net.members), key=members.__getitem__):
            first, *rest = run
            self._slices.append(slice(first, first + 1 + len(rest)))
            views = [p.detach()[self._slices[-1]] for p in self._parameters]
            kind(views, **values)  # torch checks the settings of an optimiser, not of a group
            groups.append({"params": views, **values})
        self._optimizer = kind(groups, **fused)  # type: ignore[arg-type]
        self._groups = self._optimizer.param_groups
        self._rates = [group["lr"] for group in self._groups]
        self._states: list[State] = []  # of each group, once it is there

    def scale_rate(self, factor: float) -> None:
        """Set every learning rate to `factor` times its first value: a schedule calls this between
        two yields of `fit`.

        Raises:
            ValueError: a factor that is not a number of at least 0.
        """
        if not 0 <= factor < float("inf"):
            raise ValueError(f"factor must be a finite number of at least 0, got {factor!r}")
        for group, rate in zip(self._groups, self._rates, strict=True):
            group["lr"] = rate * factor

    def step(self) -> None:
        """One update from the gradients of the net's parameters, which are then cleared."""
        grads = [parameter.grad for parameter in self._parameters]
        update = None if any(grad is None for grad in grads) else _FUSED.get(type(self._optimizer))
        if update and self._states:
            for group, members, state in zip(self._groups, self._slices, self._states, strict=True):
                update(group, self._own(grads, members), state)
        else:
            for group, members in zip(self._groups, self._slices, strict=True):
                for view, grad in zip(group["params"], self._own(grads, members), strict=True):
                    view.grad = grad
            self._optimizer.step()
            if update:
                self._states = [self._state(group) for group in self._groups]
        for parameter in self._parameters:
            parameter.grad = None

    def _own(self, grads: list[Any], members: slice) -> list[Any]:
        if len(self._groups) == 1:
            return grads
        return [None if grad is None else grad[members] for grad in grads]

    def _state(self, group: dict[str, Any]) -> State:
        states = [self._optimizer.state[p] for p in group["params"]]
        return {name: [state[name] for state in states] for name in states[0]}


# Updates by torch's own kernels: the methods around them cost a small stack more than they do.


def _adam(group: dict[str, Any], grads: list[Tensor], state: State) -> None:
    torch._foreach_add_(state["step"], 1)
    beta1, beta2 = group["betas"]
    torch._fused_adam_(
        group["params"],
        grads,
        state["exp_avg"],
        state["exp_avg_sq"],
        state.get("max_exp_avg_sq", []),
        state["step"],
        beta1=beta1,
        beta2=beta2,
        **{name: group[name] for name in ("lr", "weight_decay", "eps", "amsgrad", "maximize")},
    )


def _sgd(group: dict[str, Any], grads: list[Tensor], state: State) -> None:
    names = ("lr", "weight_decay", "momentum", "dampening", "nesterov", "maximize")
    torch._fused_sgd_(
        group["params"],
        grads,
        state.get("momentum_buffer", []),
        is_first_step=False,
        **{name: group[name] for name in names},
    )


_FUSED = {Adam: _adam, SGD: _sgd}
