"""The methods that are compared: one row each, and every table and figure has it.

A row names a kind of module (`labs.nn.modules`), its settings, the procedure that trains it and the
learning rates between which validation data choose: five for each, half a decade apart. Nothing
here needs torch.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from labs.kit.lab import Deferred
from labs.nn.modules.names import ATTENTION, BIASES, HEAD, LINEARS, NORMS

PARAMETERS = 66346  # of the base with its published sizes

# Rates of Adam by what they move
WHOLE = (3e-4, 1e-3, 3e-3, 1e-2, 3e-2)  # all parameters
SMALL = (3e-3, 1e-2, 3e-2, 1e-1, 3e-1)  # differences and bottlenecks that start at zero
GAINS = (1e-2, 3e-2, 1e-1, 3e-1, 1.0)
TOKENS = (3e-2, 1e-1, 3e-1, 1.0, 3.0)

ONCE = Deferred("labs.nn.modules.adapting:once")
ROWS = {
    "parameter": "parameter composition",
    "input": "input composition",
    "function": "function composition",
    "hypernetwork": "hypernetwork",
    "none": "compared with",
}


@dataclass(frozen=True)
class Method:
    """One way to adapt the base to a domain.

    Attributes:
        label: as tables and legends have it.
        row: a key of `ROWS`: where the survey's table has it.
        kind: a kind of `labs.nn.modules`, called with `settings`.
        rates: of Adam, between which validation data choose.
        settings: of the kind.
        procedure: of `labs.nn.modules.adapting`, called with `keep` where that is given.
        keep: parameters that stay, as a share of the base's.
        untrained: whether it starts from an untrained base.
        budget: whether it stands in the table of methods of about 2 % of the parameters.
    """

    label: str
    row: str
    kind: Deferred
    rates: tuple[float, ...]
    settings: Mapping[str, Any] = field(default_factory=dict)
    procedure: Deferred = ONCE
    keep: float | None = None
    untrained: bool = False
    budget: bool = False


def _kind(path: str) -> Deferred:
    return Deferred(f"labs.nn.modules.{path}")


def _procedure(name: str) -> Deferred:
    return Deferred(f"labs.nn.modules.adapting:{name}")


DELTA, TICKET = _kind("delta:Delta"), _kind("delta:Ticket")


def _lora(rank: int, of: tuple[str, ...], where: str, **how: Any) -> Method:
    settings = {"rank": rank, "of": of}
    label = f"LoRA r = {rank}, {where}"
    return Method(label, "parameter", _kind("lora:LoRA"), SMALL, settings, **how)


def _intrinsic(dimension: int, **how: Any) -> Method:
    # so that the parameters move as fast as when all are trained
    rates = tuple(rate * (PARAMETERS / dimension) ** 0.5 for rate in WHOLE)
    settings, kind = {"dimension": dimension}, _kind("intrinsic:Intrinsic")
    label = f"intrinsic dimension {dimension}"
    return Method(label, "parameter", kind, rates, settings, **how)


def _sparse(percent: float, procedure: str, label: str, **how: Any) -> Method:
    kind = _kind("diff_pruning:DiffPruning") if procedure == "diff_pruning" else DELTA
    return Method(
        f"{label} {percent:g} %",
        "parameter",
        kind,
        SMALL,
        procedure=_procedure(procedure),
        keep=percent / 100,
        **how,
    )


def _tokens(length: int, kind: str, **how: Any) -> Method:
    path = _kind(f"prompt:{kind.capitalize()}")
    return Method(f"{kind} P = {length}", "input", path, TOKENS, {"length": length}, **how)


def _adapter(width: int, label: str, **how: Any) -> Method:
    settings = {"width": width} | how.pop("settings", {})
    path = _kind("adapter:Adapter")
    return Method(f"{label} b = {width}", "function", path, SMALL, settings, **how)


METHODS: dict[str, Method] = {
    # what modules are compared with
    "full": Method("full fine-tuning", "none", DELTA, WHOLE),
    "full-twice": Method(
        "full fine-tuning, two runs", "none", DELTA, WHOLE, procedure=_procedure("twice")
    ),
    "head": Method("head only", "none", DELTA, SMALL, {"of": HEAD}),
    "scratch": Method("from scratch", "none", DELTA, WHOLE, untrained=True),
    # parameter composition
    "ticket": Method(
        "lottery ticket 50 %",
        "parameter",
        TICKET,
        WHOLE,
        procedure=_procedure("magnitude_pruning"),
        keep=0.5,
    ),
    "lt-sft": _sparse(2, "sparse_fine_tuning", "LT-SFT", budget=True),
    "diff": _sparse(2, "diff_pruning", "diff pruning", budget=True),
    "bitfit": Method("BitFit", "parameter", DELTA, SMALL, {"of": BIASES}, budget=True),
    "norms": Method("LayerNorm", "parameter", DELTA, GAINS, {"of": NORMS}, budget=True),
    "lora": _lora(2, ATTENTION, "q and v", budget=True),
    "lora-all": _lora(1, LINEARS, "all six", budget=True),
    "intrinsic": _intrinsic(200, budget=True),
    "supermask": Method("supermask", "parameter", _kind("supermask:Supermask"), SMALL),
    # input composition
    "prompt": _tokens(5, "prompt", budget=True),
    "prefix": _tokens(5, "prefix", budget=True),
    # function composition
    "adapter": _adapter(4, "adapter", budget=True),
    "houlsby": _adapter(2, "two adapters", settings={"sites": "both"}, budget=True),
    "parallel": _adapter(4, "parallel adapter", settings={"parallel": True}, budget=True),
    "ia3": Method("(IA)³", "function", _kind("scaling:IA3"), GAINS, budget=True),
    "film": Method("FiLM", "function", _kind("scaling:FiLM"), GAINS, budget=True),
    "invertible": Method(
        "invertible adapter",
        "function",
        _kind("adapter:Invertible"),
        SMALL,
        budget=True,
    ),
    # other sizes
    **{f"lora-{r}": _lora(r, ATTENTION, "q and v") for r in (1, 4, 8)},
    **{f"adapter-{b}": _adapter(b, "adapter") for b in (1, 2, 16)},
    **{f"prompt-{p}": _tokens(p, "prompt") for p in (1, 20)},
    **{f"prefix-{p}": _tokens(p, "prefix") for p in (1, 20)},
    **{f"lt-sft-{k:g}": _sparse(k, "sparse_fine_tuning", "LT-SFT") for k in (0.5, 8)},
    **{f"intrinsic-{d}": _intrinsic(d) for d in (10, 30, 100, 500, 1000, 2000)},
    # what of LT-SFT matters
    **{f"random-{k:g}": _sparse(k, "masked_at_random", "random mask") for k in (0.5, 8)},
    **{f"largest-{k:g}": _sparse(k, "masked_by_size", "largest weights") for k in (0.5, 8)},
    "without-rewinding": _sparse(0.5, "without_rewinding", "no rewinding"),
}
BUDGET = tuple(name for name, method in METHODS.items() if method.budget)
