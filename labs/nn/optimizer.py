"""The optimiser of a stack: one of torch's, whose settings may differ between members."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from inspect import signature
from itertools import groupby
from typing import Any

import torch
from torch import Tensor
from torch.optim.adam import Adam, adam

from labs.kit.checks import known
from labs.nn.nets import Net


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
        self._groups: list[dict[str, Any]] = []
        for values, run in groupby(range(net.members), key=members.__getitem__):
            first, *rest = run
            self._slices.append(slice(first, first + 1 + len(rest)))
            views = [p.detach()[self._slices[-1]] for p in self._parameters]
            kind(views, **values)  # torch checks the settings of an optimiser, not of a group
            self._groups.append({"params": views, **values})
        own = self._optimizer = kind(self._groups, **fused)  # type: ignore[arg-type]
        self._rates = [group["lr"] for group in self._optimizer.param_groups]
        self._update: Callable[[], Any] = partial(_adam, own) if type(own) is Adam else own.step

    def scale_rate(self, factor: float) -> None:
        """Set every learning rate to `factor` times its first value: a schedule calls this between
        two yields of `fit`.

        Raises:
            ValueError: a factor that is not a number of at least 0.
        """
        if not 0 <= factor < float("inf"):
            raise ValueError(f"factor must be a finite number of at least 0, got {factor!r}")
        for group, rate in zip(self._optimizer.param_groups, self._rates, strict=True):
            group["lr"] = rate * factor

    def step(self) -> None:
        """One update from the gradients of the net's parameters, which are then cleared."""
        for group, members in zip(self._groups, self._slices, strict=True):
            for view, parameter in zip(group["params"], self._parameters, strict=True):
                grad = parameter.grad
                if grad is not None and len(self._groups) > 1:
                    grad = grad[members]
                view.grad = grad
        self._update()
        for parameter in self._parameters:
            parameter.grad = None


def _adam(optimizer: Adam) -> None:
    """`optimizer.step()` by torch's own function: the bookkeeping of the method costs a small stack
    as much as the update does."""
    groups = [(group, _columns(optimizer, group)) for group in optimizer.param_groups]
    if not all(columns for _, columns in groups):
        optimizer.step()  # the first time it makes the state
        return
    for group, (grads, means, squares, steps) in groups:
        beta1, beta2 = group["betas"]
        adam(
            group["params"],
            grads,
            means,
            squares,
            [],
            steps,
            **{name: group[name] for name in ("lr", "weight_decay", "eps", "maximize", "fused")},
            foreach=False,
            amsgrad=False,
            beta1=beta1,
            beta2=beta2,
        )


def _columns(optimizer: Adam, group: dict[str, Any]) -> list[list[Tensor]]:
    """Gradients and state of a group's parameters, or nothing where `adam` is not to be called."""
    states = [optimizer.state[p] for p in group["params"] if p.grad is not None]
    decoupled = group.get("decoupled_weight_decay", False)  # torch below 2.7 has no such setting
    if group["amsgrad"] or decoupled or len(states) < len(group["params"]):
        return []
    if not all(states):
        return []
    grads = [p.grad for p in group["params"]]
    names = ("exp_avg", "exp_avg_sq", "step")
    return [grads, *([state[name] for state in states] for name in names)]
