"""What a method costs, counted and not timed, so that it is the same on every machine: products per
signal, and what a step keeps for its backward pass. (`labs.adapters.speed` times.)"""

from collections.abc import Callable
from functools import lru_cache
from typing import NamedTuple

import torch
from torch import Tensor
from torch.autograd.graph import saved_tensors_hooks
from torch.utils.flop_counter import FlopCounterMode

from labs.nn.base import SMALL, STANDARD, Base, logits
from labs.nn.losses import cross_entropy
from labs.nn.modules.adapted import Adapted
from labs.nn.modules.delta import Delta
from labs.nn.modules.methods import METHODS
from labs.nn.modules.module import Kind, Module, merge

SIGNALS = 16  # in the step that is counted, as in those of the run


class Costs(NamedTuple):
    """Of a method, beside the base's: `share` of its parameters that ship, in percent; products of
    a signal, of a merged network where that is possible, and of a step of its first run, as ratios
    to the base's and to full fine-tuning's; kB per signal `kept` for the backward pass of such a
    step, sums of parameters and differences among them."""

    share: float
    macs: float
    merged_macs: float
    step_macs: float
    kept: float


@lru_cache(maxsize=256)
def costs(name: str, small: bool) -> Costs:
    """The costs of a method on the base of either size."""
    method = METHODS[name]
    module = _started(method.kind(**method.settings), small)
    numbers = module.count() if method.keep is None else round(method.keep * _numbers(small))
    macs = _forward([module], small) / _forward([], small)
    step, kept = _step(method.kind(**method.settings), small)
    return Costs(
        share=100 * numbers / _numbers(small),
        macs=macs,
        merged_macs=_merged(module, small) / _forward([], small) if module.kind.merges else macs,
        step_macs=step / _step(Delta(), small)[0],
        kept=kept / SIGNALS / 1000,
    )


def _base(small: bool) -> Base:
    return Base(1, SMALL if small else STANDARD).reset([0])  # type: ignore[return-value]


def _weights(small: bool) -> dict[str, Tensor]:
    return _base(small).frozen()


def _numbers(small: bool) -> int:
    return _base(small).parameter_count()


def _started(kind: Kind, small: bool) -> Module:
    sizes = SMALL if small else STANDARD
    return kind.start(_weights(small), sizes, [torch.Generator().manual_seed(0)]).settled()


def _forward(modules: list[Module], small: bool) -> float:
    x = torch.zeros(1, 1, 40)
    weights = _weights(small)
    return _counted(lambda: logits(weights, x, modules))


def _merged(module: Module, small: bool) -> float:
    x, weights = torch.zeros(1, 1, 40), merge(_weights(small), [module])
    return _counted(lambda: logits(weights, x))


def _step(kind: Kind, small: bool) -> tuple[float, float]:
    """Products of a training step of `SIGNALS` signals, and the bytes that it keeps: storages that
    the backward pass needs, without the base's weights and the module's values."""
    weights = _weights(small)
    net = Adapted(weights, [_started(kind, small)])
    known = {v.untyped_storage().data_ptr() for v in (*weights.values(), *net.parameters())}
    kept: dict[int, int] = {}

    def keep(tensor: Tensor) -> Tensor:
        storage = tensor.untyped_storage()
        if storage.data_ptr() not in known:
            kept[storage.data_ptr()] = storage.nbytes()
        return tensor

    x, y = torch.zeros(1, SIGNALS, 40), torch.zeros(1, SIGNALS, dtype=torch.int64)

    def step() -> None:
        with saved_tensors_hooks(keep, lambda tensor: tensor):
            loss = cross_entropy(net(x), y).sum()
        loss.backward()

    return _counted(step), float(sum(kept.values()))


def _counted(function: Callable[[], object]) -> float:
    with FlopCounterMode(display=False) as counter:
        function()
    return counter.get_total_flops() / 2
