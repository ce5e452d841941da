"""What is asked of counting what trains and of the gap, and what students get wrong."""

from math import prod
from typing import Any

import numpy as np
import torch
from torch import nn
from torch.nn.utils import parametrize

from labs.course.compare import expect_close, expect_number
from labs.course.plan import Answer, Check, Exercise, expect

Shapes = dict[str, tuple[int, ...]]


def _net(seed: int) -> nn.ModuleDict:
    i, h, g, o = (int(n) for n in np.random.default_rng(seed).choice(range(3, 30), 4, False))
    layers = {"first": nn.Linear(i, h), "heads": nn.Linear(h, g), "head": nn.Linear(g, o)}
    return nn.ModuleDict(layers)


def _shapes(net: nn.Module) -> Shapes:
    return {name: tuple(p.shape) for name, p in net.named_parameters()}


def _count(net: nn.Module, part: str = "") -> int:
    return sum(p.numel() for name, p in net.named_parameters() if part in name)


class _LoRA(nn.Module):
    def __init__(self, shape: tuple[int, ...], rank: int) -> None:
        super().__init__()
        self.A = nn.Parameter(torch.zeros(rank, shape[1]))
        self.B = nn.Parameter(torch.zeros(shape[0], rank))

    def forward(self, W: torch.Tensor) -> torch.Tensor:
        return W + self.B @ self.A


def _asked(answer: Answer, net: nn.Module, method: str, want: int, hint: str) -> None:
    shapes = _shapes(net)
    found = expect_number(answer(dict(shapes), method), method)
    expect(found == want, f"{shapes}, {method}: asked for {want}, got {found:g}: {hint}")


def _all(answer: Answer, seed: int) -> None:
    net = _net(seed)
    _asked(answer, net, "all", _count(net), "every weight and every bias")


def _biases(answer: Answer, seed: int) -> None:
    net = _net(seed)
    _asked(answer, net, "biases", _count(net, ".bias"), "of all layers, and no weights")


def _readout(answer: Answer, seed: int) -> None:
    net = _net(seed)
    want = sum(p.numel() for p in net["head"].parameters())
    _asked(answer, net, "readout", want, 'weight and bias of what begins with "head.", no more')


def _low_rank(answer: Answer, seed: int) -> None:
    for rank in (1, 4, 12):
        net = _net(seed)
        shapes, frozen = _shapes(net), _count(net)
        for name, layer in net.items():
            module = _LoRA(shapes[f"{name}.weight"], rank)
            parametrize.register_parametrization(layer, "weight", module)
        want = _count(net) - frozen
        found = expect_number(answer(dict(shapes), f"lora-{rank}"), f"lora-{rank}")
        hint = "an A (R, i) and a B (o, R) for each weight; is the whole rank read, are frozen "
        hint += "numbers and biases left out?"
        asked = f"{shapes}, lora-{rank}: asked for {want}, got {found:g}: {hint}"
        expect(found == want, asked)


def _trains(shapes: Shapes, method: str) -> int:
    total = 0
    for name, shape in shapes.items():
        bias, head = name.endswith(".bias"), name.startswith("head.")
        if method.startswith("lora-") and not bias:
            total += int(method.split("-")[1]) * (shape[0] + shape[1])
        elif method == "all" or (method == "biases" and bias) or (method == "readout" and head):
            total += prod(shape)
    return total


def _all_but(method: str, other: Any) -> Any:
    return lambda s, m: other(s, m) if m.startswith(method) else _trains(s, m)


def _rank(method: str) -> int:
    return int(method.split("-")[1])


def _weights(shapes: Shapes) -> list[tuple[int, ...]]:
    return [shape for name, shape in shapes.items() if name.endswith("weight")]


TRAINABLE = Exercise(
    name="trainable",
    signature="(shapes: dict[str, tuple[int, ...]], method: str) -> int",
    minutes=8,
    checks=(
        Check(name="all", run=_all),
        Check(name="readout", run=_readout),
        Check(name="biases", run=_biases),
        Check(name="LoRA, as torch counts", run=_low_rank),
    ),
    right={"branches": _trains},
    wrong={
        "counts frozen numbers": (
            _all_but("lora", lambda s, m: _trains(s, m) + _trains(s, "all")),
            "frozen numbers",
        ),
        "always everything": (lambda s, m: _trains(s, "all"), "of all layers, and no weights"),
        "LoRA with biases": (
            _all_but("lora", lambda s, m: _trains(s, m) + _trains(s, "biases")),
            "biases left out",
        ),
        "A alone": (
            _all_but("lora", lambda s, m: sum(_rank(m) * shape[1] for shape in _weights(s))),
            "an A (R, i) and a B (o, R)",
        ),
        "rank squared": (
            _all_but("lora", lambda s, m: _trains(s, m) * _rank(m)),
            "an A (R, i) and a B (o, R)",
        ),
        "one digit of the rank": (
            _all_but("lora", lambda s, m: int(m[5]) * _trains(s, "lora-1")),
            "is the whole rank read",
        ),
        "readout without its bias": (
            _all_but("readout", lambda s, m: prod(s["head.weight"])),
            'of what begins with "head."',
        ),
        "readout begins too early": (
            _all_but(
                "readout", lambda s, m: sum(prod(v) for k, v in s.items() if k.startswith("head"))
            ),
            'of what begins with "head."',
        ),
        "biases of the readout": (
            _all_but("biases", lambda s, m: prod(s["head.bias"])),
            "of all layers",
        ),
        "number of parameters' names": (lambda s, m: len(s), "every weight and every bias"),
        "weights without biases": (
            _all_but("all", lambda s, m: sum(prod(v) for v in _weights(s))),
            "every weight and every bias",
        ),
    },
)

# --- gap_closed


def _points(seed: int) -> tuple[float, float, float]:
    base, gap, share = np.random.default_rng(seed).uniform((20, 10, 0.2), (50, 40, 0.4))
    return float(base), float(base + gap), float(share)


def _share(answer: Answer, seed: int) -> None:
    base, full, share = _points(seed)
    acc = base + share * (full - base)
    mistakes = {
        "was it divided by full": (acc - base) / full,
        "is that acc over full": acc / full,
        "is that what is left of the gap": 1 - share,
        "are these points": acc - base,
        "is that percent": 100 * share,
        "was it divided by base": (acc - base) / base,
    }
    what = f"acc {acc:.4g}, base {base:.4g}, full {full:.4g}"
    expect_close(answer(acc, base, full), share, what, relative=1e-6, mistakes=mistakes)


def _beyond(answer: Answer, seed: int) -> None:
    base, full, share = _points(seed)
    for wanted in (0.0, 1.0, -share, 1 + share):
        found = answer(base + wanted * (full - base), base, full)
        what = f"a share of {wanted:.4g}: it may be below 0 or above 1"
        expect_close(found, wanted, what, relative=1e-6)


def _downwards(answer: Answer, seed: int) -> None:
    base, full, share = _points(seed)
    found = answer(full + share * (base - full), full, base)
    what = "training all made it worse than the base, and acc lies between them: the share"
    expect_close(found, share, what, relative=1e-6)


def _no_gap(answer: Answer, seed: int) -> None:
    base, full, _ = _points(seed)
    found = answer(full, base, base)
    expect(found is None, f"base and full are both {base:.4g}: asked for None, got {found}")


def _gap(acc: float, base: float, full: float) -> float | None:
    return (acc - base) / (full - base) if full - base else None


def _tried(acc: float, base: float, full: float) -> float | None:
    try:
        return (acc - base) / (full - base)
    except ZeroDivisionError:
        return None


def _unless_none(share: Any) -> Any:
    return lambda a, b, f: None if b == f else share(a, b, f)


GAP = Exercise(
    name="gap_closed",
    signature="(acc: float, base: float, full: float) -> float | None",
    minutes=5,
    checks=(
        Check(name="a share of the gap", run=_share),
        Check(name="none, all, less and more", run=_beyond),
        Check(name="a gap downwards", run=_downwards),
        Check(name="no gap", run=_no_gap),
    ),
    right={
        "tried": _tried,
        "what is left": lambda a, b, f: None if b == f else 1 - (f - a) / (f - b),
        "numpy": lambda a, b, f: None if b == f else float(np.divide(a - b, f - b)),
    },
    wrong={
        "divided by full": (_unless_none(lambda a, b, f: (a - b) / f), "divided by full"),
        "acc over full": (_unless_none(lambda a, b, f: a / f), "acc over full"),
        "what is left": (_unless_none(lambda a, b, f: (f - a) / (f - b)), "left of the gap"),
        "points": (_unless_none(lambda a, b, f: a - b), "are these points"),
        "percent": (_unless_none(lambda a, b, f: 100 * (a - b) / (f - b)), "is that percent"),
        "divided by base": (_unless_none(lambda a, b, f: (a - b) / b), "divided by base"),
        "clipped": (
            _unless_none(lambda a, b, f: float(np.clip((a - b) / (f - b), 0, 1))),
            "may be below 0 or above 1",
        ),
        "size of the gap": (
            _unless_none(lambda a, b, f: (a - b) / abs(f - b)),
            "training all made it worse",
        ),
        "0 without a gap": (lambda a, b, f: (a - b) / (f - b) if f > b else 0.0, "asked for None"),
        "None if worse": (
            lambda a, b, f: (a - b) / (f - b) if f > b else None,
            "training all made it worse",
        ),
        "almost no gap": (lambda a, b, f: (a - b) / (f - b + 1e-9), "asked for None"),
    },
)
