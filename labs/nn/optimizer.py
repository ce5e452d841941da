"""The optimiser of a stack: one of torch's, whose settings may differ between members."""

from __future__ import annotations

from collections.abc import Sequence
from inspect import signature
from itertools import groupby
from typing import Any

import torch
from torch import Tensor
from torch.optim import SGD, Adam, AdamW

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
        checked = _checked(kind)
        self._parameters = list(net.parameters())
        self._slices: list[slice] = []
        self._groups: list[dict[str, Any]] = []
        for values, run in groupby(range(net.members), key=members.__getitem__):
            first, *rest = run
            self._slices.append(slice(first, first + 1 + len(rest)))
            views = [p.detach()[self._slices[-1]] for p in self._parameters]
            self._groups += checked(views, **{**values, **fused}).param_groups
        self._rates = [group["lr"] for group in self._groups]
        # Where the first step is another than the later ones, torch's own method makes them.
        dampened = any(group.get("dampening") for group in self._groups)
        self._update = None if dampened else _UPDATES.get(kind)
        self._states = [_fresh(group) for group in self._groups if self._update]
        self._optimizer: Any = None if self._update else kind(self._groups)  # type: ignore[call-arg]

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
        shares = [self._own(grads, members) for members in self._slices]
        if self._update:
            for group, own, state in zip(self._groups, shares, self._states, strict=True):
                if all(grad is not None for grad in own):
                    self._update(group, own, state)
                elif any(grad is not None for grad in own):
                    self._update(*_present(group, own, state))
        else:
            for group, own in zip(self._groups, shares, strict=True):
                for view, grad in zip(group["params"], own, strict=True):
                    view.grad = grad
            self._optimizer.step()
        for parameter in self._parameters:
            parameter.grad = None

    def _own(self, grads: list[Any], members: slice) -> list[Any]:
        if len(self._groups) == 1:
            return grads
        return [None if grad is None else grad[members] for grad in grads]


def _checked(kind: Any) -> Any:
    # Torch's own method loads torch's compiler, only to be left out by it: 1.5 s of a process.
    def add_param_group(self: torch.optim.Optimizer, group: dict[str, Any]) -> None:
        self.param_groups.append({**self.defaults, **group})

    return type(kind.__name__, (kind,), {"add_param_group": add_param_group})


def _fresh(group: dict[str, Any]) -> State:
    params = group["params"]
    if "betas" not in group:
        return {"momentum_buffer": [torch.zeros_like(p) for p in params if group["momentum"]]}
    names = ("exp_avg", "exp_avg_sq", *["max_exp_avg_sq"] * group["amsgrad"])
    return {
        "step": [torch.zeros((), dtype=torch.float32, device=p.device) for p in params],
        **{name: [torch.zeros_like(p) for p in params] for name in names},
    }


def _present(
    group: dict[str, Any], grads: list[Any], state: State
) -> tuple[dict[str, Any], list[Tensor], State]:
    """A parameter without a gradient stays, and so does its state."""
    kept = [i for i, grad in enumerate(grads) if grad is not None]

    def of(values: list[Any]) -> list[Any]:
        return [values[i] for i in kept if values]

    some = {name: of(values) for name, values in state.items()}
    return {**group, "params": of(group["params"])}, of(grads), some


# Updates by torch's own kernels: the methods around them cost a small stack more than they do.


def _adam(group: dict[str, Any], grads: list[Tensor], state: State) -> None:
    torch._foreach_add_(state["step"], 1)
    beta1, beta2 = group["betas"]
    update = torch._fused_adamw_ if group["decoupled_weight_decay"] else torch._fused_adam_
    update(
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
        state["momentum_buffer"],
        is_first_step=False,
        **{name: group[name] for name in names},
    )


_UPDATES = {Adam: _adam, AdamW: _adam, SGD: _sgd}
