"""Training the models of one setting side by side on one stream, and what is measured of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from labs.kit.seeds import seed
from labs.modular_rules import metrics
from labs.modular_rules.arms import NAME, WIDER
from labs.modular_rules.models import MONOLITHIC, ModularNet, build
from labs.modular_rules.reference import rule_blind
from labs.modular_rules.streams import Batch, Stream
from labs.modular_rules.tasks import OOD_SCALE, MHATask, MLPTask, RNNTask, Task
from labs.nn.training import Optimizer, normal_numbers

if TYPE_CHECKING:
    from labs.modular_rules.lab import Cell

EVALUATIONS = 20
BALANCE = 0.01  # weight of the switch's balancing loss (Fedus et al. 2021)
CLIP = 1.0  # norm of a recurrent network's gradient
TEST = {"mlp": (10, 1000), "mha": (16, 64), "rnn": (16, 64)}  # batches, of a size for the cache
CURVE = 2  # of these batches, for an evaluation while training
BLIND = 1000  # samples for the rule-blind predictor
SEEING = ("modular", "switch")  # models whose router sees more than the rule
SHIFTED = 50  # sequences per distribution of rules, for Adaptation


def task(cell: Cell) -> Task:
    """The task of a cell: its data seed is the replicate."""
    if cell.architecture == "mlp":
        return MLPTask(cell.rules, cell.replicate, cell.loss)
    if cell.architecture == "mha":
        return MHATask(cell.rules, cell.replicate, cell.loss, version=cell.version)
    return RNNTask(cell.rules, cell.replicate, cell.loss, d=cell.dimensions)


def blind(cell: Cell) -> float | None:
    """Loss of the best predictor that does not see the rule; None where that is not defined."""
    return None if cell.architecture == "rnn" else _blind(task(cell), cell.length or None)


@lru_cache(maxsize=64)  # every model of a task asks
def _blind(own: Task, length: int | None) -> float:
    return rule_blind(own, length=length, samples=BLIND)


def losses(y: Tensor, target: Tensor, loss: str) -> Tensor:
    """What is trained, mean per member (M,): L1, or cross-entropy of a logit in nats."""
    if loss == "regression":
        return (y - target).abs().flatten(1).mean(1)
    return F.binary_cross_entropy_with_logits(y, target, reduction="none").flatten(1).mean(1)


def scores(y: Tensor, target: Tensor, loss: str) -> Tensor:
    """What is reported, mean per member (M,): L1, or errors in percent."""
    if loss == "regression":
        return losses(y, target, loss)
    return 100 * ((y >= 0) != (target > 0.5)).float().flatten(1).mean(1)


@torch.no_grad()
def clip(net: ModularNet, most: float) -> None:
    """Scale each member's gradient, over all its parameters, to a norm of at most `most`."""
    grads = [p.grad for p in net.parameters() if p.grad is not None]
    norm = torch.stack([g.flatten(1).square().sum(1) for g in grads]).sum(0).sqrt()
    scale = (most / (norm + 1e-6)).clamp(max=1)  # as torch.nn.utils.clip_grad_norm_
    for grad in grads:
        grad.mul_(scale.view(-1, *[1] * (grad.ndim - 1)))


def step(
    net: ModularNet, optimizer: Optimizer, x: Tensor, y: Tensor, loss: str, limit: float | None
) -> None:
    """One update of a stack."""
    output = net(x)
    (losses(output.y, y, loss) + BALANCE * output.balance).sum().backward()
    if limit is not None:
        clip(net, limit)
    optimizer.step()


def rate_scale(done: int, steps: int, fall: float) -> float:
    """Factor of the rate: 1, then on a line towards 0 in the last share `fall` of the steps."""
    left = 1 - done / steps
    return min(left / fall, 1.0) if fall else 1.0


@dataclass
class Arm:
    """One model of the setting: its networks and where they stand in the stack of streams."""

    cells: list[Cell]
    rows: Tensor | slice
    net: ModularNet
    optimizer: Optimizer
    curve: list[Tensor] = field(default_factory=list)
    before: np.ndarray | None = None  # activation matrices of the untrained networks

    @property
    def model(self) -> str:
        return self.cells[0].model


def train(stack: Sequence[Cell], device: str) -> Iterator[dict[str, Any]]:
    """Yield one record per cell, in order."""
    cell = stack[0]
    streams = list(dict.fromkeys((c.replicate, c.seed) for c in stack))
    arms = [
        _arm([c for c in stack if c.model == model], streams, device)
        for model in dict.fromkeys(c.model for c in stack)
    ]
    test = _Test(stack, streams, device)
    for arm in arms:
        arm.before = test.activation(arm)
    before = test.adaptation(arms)
    every = max(cell.steps // EVALUATIONS, 1)
    limit = CLIP if cell.architecture == "rnn" else None
    batches = _stream(stack, streams, "training", cell.batch, device)
    steps = []
    for done in range(cell.steps + 1):
        if done % every == 0 or done == cell.steps:
            steps.append(done)
            for arm in arms:
                arm.curve.append(test.curve(arm))
        if done < cell.steps:
            batch = next(batches)
            scale = rate_scale(done, cell.steps, cell.fall)
            with normal_numbers():
                for arm in arms:
                    arm.optimizer.scale_rate(scale)
                    x, y = batch.x[arm.rows], batch.y[arm.rows]
                    step(arm.net, arm.optimizer, x, y, cell.loss, limit)
    records: dict[Cell, dict[str, Any]] = {}
    after = test.adaptation(arms)
    for arm in arms:
        none = [None] * len(arm.cells)
        shifts = zip(before.get(arm.model, none), after.get(arm.model, none), strict=True)
        for own, record, shift in zip(arm.cells, test.records(arm, steps), shifts, strict=True):
            adaptation = dict(zip(("adaptation_before", "adaptation"), shift, strict=True))
            records[own] = record | adaptation
    for own in stack:
        yield records[own]


def _arm(cells: list[Cell], streams: list[tuple[int, int]], device: str) -> Arm:
    first = cells[0]
    net = network(first, len(cells))
    net.reset([seed(NAME, f"initialisation {c.seed}", c.replicate) for c in cells])
    net = net.to(device)
    rows = [streams.index((c.replicate, c.seed)) for c in cells]
    whole = rows == list(range(len(streams)))
    return Arm(
        cells,
        slice(None) if whole else torch.tensor(rows, device=device),
        net,
        Optimizer(net, torch.optim.Adam, lr=first.rate),
    )


def network(cell: Cell, members: int) -> ModularNet:
    """The untrained stack of a cell's kind."""
    return build(cell.architecture, cell.model, members, cell.rules, **sizes(cell))


def sizes(cell: Cell) -> dict[str, Any]:
    """What `build` is to know of a cell; recurrent regression alone predicts several numbers."""
    many = cell.architecture == "rnn" and cell.loss == "regression"
    return {
        "encoder": cell.width,
        "width": WIDER * cell.width,
        "features": task(cell).features,
        "outputs": cell.dimensions if many else 1,
        "state": cell.state or None,
    }


def _stream(
    stack: Sequence[Cell],
    streams: list[tuple[int, int]],
    purpose: str,
    batch: int,
    device: str,
    **options: Any,
) -> Stream:
    cell = stack[0]
    options.setdefault("length", cell.length or None)
    by_stream = {(c.replicate, c.seed): task(c) for c in stack}
    seeds = [seed(NAME, f"{purpose} {s}", replicate) for replicate, s in streams]
    return Stream([by_stream[s] for s in streams], seeds, batch, device=device, **options)


def _frequencies(use: Tensor) -> np.ndarray:
    """Mean over samples and tokens (M, R)."""
    return use.flatten(1, -2).double().mean(1).cpu().numpy()


def _rows(arm: Arm) -> Any:
    return arm.rows.cpu().numpy() if isinstance(arm.rows, Tensor) else arm.rows


class _Test:
    """Fresh samples that all models of the setting are tested on."""

    def __init__(self, stack: Sequence[Cell], streams: list[tuple[int, int]], device: str) -> None:
        self.cell = cell = stack[0]
        self.stack, self.streams, self.device = stack, streams, device
        conditions: dict[str, dict[str, Any]] = {"id": {}, "ood": {"scale": OOD_SCALE}}
        if cell.ood_length:
            conditions["ood"]["length"] = cell.ood_length
        count, self.size = TEST[cell.architecture]
        self.batches: dict[str, list[Batch]] = {}
        for name, options in conditions.items():
            options["ahead"] = count
            stream = _stream(stack, streams, f"test {name}", self.size, device, **options)
            self.batches[name] = [next(stream) for _ in range(count)]

    @torch.no_grad()
    def score(self, arm: Arm, name: str, batches: int | None = None) -> Tensor:
        found = [
            scores(arm.net(b.x[arm.rows]).y, b.y[arm.rows], self.cell.loss)
            for b in self.batches[name][:batches]
        ]
        return torch.stack(found).mean(0).cpu()

    def curve(self, arm: Arm) -> Tensor:
        return self.score(arm, "id", CURVE)

    def zero(self, arm: Arm, name: str) -> Tensor:
        if self.cell.loss == "classification":
            return torch.full((len(arm.cells),), 50.0)
        found = [b.y[arm.rows].abs().flatten(1).mean(1) for b in self.batches[name]]
        return torch.stack(found).mean(0).cpu()

    @torch.no_grad()
    def activation(self, arm: Arm) -> np.ndarray | None:
        """Activation matrices (M, R, R) on equiprobable rules, None without modules."""
        if arm.model == MONOLITHIC:
            return None
        uses, counts = [], []
        for batch in self.batches["id"]:
            rules = F.one_hot(batch.rules[arm.rows], self.cell.rules).flatten(1, -2).float()
            activation = arm.net(batch.x[arm.rows]).activation.flatten(1, -2)
            uses.append(rules.transpose(1, 2) @ activation)
            counts.append(rules.sum(1).unsqueeze(2))
        total, count = (torch.stack(parts).sum(0) for parts in (uses, counts))
        return (total / count).double().cpu().numpy()

    @torch.no_grad()
    def adaptation(self, arms: Sequence[Arm]) -> dict[str, list[float]]:
        """Adaptation by model from sampled use, where a router sees the other tokens, too.

        Use is compared with the frequencies of the rules that were drawn, not with those that they
        were drawn from: a perfect model is at 0.
        """
        routed = [arm for arm in arms if arm.model in SEEING] if self.cell.length else []
        drawn: list[np.ndarray] = []
        used: dict[str, list[np.ndarray]] = {arm.model: [] for arm in routed}
        distributions = metrics.rule_distributions(self.cell.rules) if routed else ()
        for number, p in enumerate(distributions):
            stream = _stream(
                self.stack,
                self.streams,
                f"shift {number}",
                SHIFTED,
                self.device,
                rule_probs=p,
                ahead=1,
            )
            batch = next(stream)
            one_hot = F.one_hot(batch.rules, self.cell.rules)
            drawn.append(_frequencies(one_hot))
            for arm in routed:
                activation = arm.net(batch.x[arm.rows]).activation
                used[arm.model].append(_frequencies(activation))
        return {
            arm.model: [
                float(metrics.adaptation_sampled(p, q))
                for p, q in zip(
                    np.stack(drawn, 1)[_rows(arm)], np.stack(used[arm.model], 1), strict=True
                )
            ]
            for arm in routed
        }

    def records(self, arm: Arm, steps: list[int]) -> Iterator[dict[str, Any]]:
        after = self.activation(arm)
        curves = torch.stack(arm.curve, 1).tolist()
        scored = {name: self.score(arm, name).tolist() for name in self.batches}
        scored["zero"], scored["zero_ood"] = (self.zero(arm, n).tolist() for n in ("id", "ood"))
        for m, cell in enumerate(arm.cells):
            yield {
                "step": steps,
                "curve": curves[m],
                **{name: values[m] for name, values in scored.items()},
                "activation": None if after is None else after[m].tolist(),
                "activation_before": None if arm.before is None else arm.before[m].tolist(),
                "blind": blind(cell),
                "test_examples": self.count("id"),
                "test_examples_ood": self.count("ood"),
                "parameters": arm.net.parameter_count(),
            }

    def count(self, name: str) -> int:
        """Samples or tokens that a member is tested on."""
        return sum(batch.rules[0].numel() for batch in self.batches[name])
