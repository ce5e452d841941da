"""What is measured of the networks of a stack: before, during and after training."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from labs.modular_rules.grid import SWITCH, Cell, Record
from labs.modular_rules.published import JOINT, MONOLITHIC
from labs.modular_rules.sources import Sources, blind
from labs.modular_rules.tasks.predictors import COIN
from labs.modular_rules.tasks.streams import Step
from labs.modular_rules.tasks.task import OOD_SCALE
from labs.nn.metrics import adaptation_sampled, rule_distributions

EVALUATIONS = 20
TEST = {"mlp": (10, 1000), "mha": (16, 64), "rnn": (16, 64)}  # batches, of a size for the cache
CURVE = 2  # of these batches, for an evaluation while training
SEEING = (JOINT, SWITCH)  # models whose router sees more than the rule
SHIFTED = 50  # sequences per distribution of rules, for Adaptation


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


@dataclass(frozen=True)
class Group:
    """One model of a stack: its cells, the streams that they read, and their networks.

    The net returns `labs.modular_rules.nets.routing.Output` and has a `parameter_count`.
    """

    cells: Sequence[Cell]
    rows: Tensor | slice
    net: Any

    @property
    def model(self) -> str:
        """The model's name."""
        return self.cells[0].model


class Exam:
    """Fresh samples that all models of a setting are tested on, first at once, untrained.

    Args:
        sources: of the stack.
        groups: its models.
    """

    def __init__(self, sources: Sources, groups: Sequence[Group]) -> None:
        self.sources, self.groups = sources, groups
        self.cell = cell = sources.cell
        conditions: dict[str, dict[str, Any]] = {"id": {}, "ood": {"scale": OOD_SCALE}}
        if cell.ood_length:
            conditions["ood"]["length"] = cell.ood_length
        count, size = TEST[cell.architecture]
        self.batches: dict[str, list[Step]] = {}
        for name, options in conditions.items():
            stream = sources.stream(f"test {name}", size, ahead=count, **options)
            self.batches[name] = [next(stream) for _ in range(count)]
        self.steps: list[int] = []
        self.curves: dict[str, list[Tensor]] = {group.model: [] for group in groups}
        self.before = {group.model: self.activation(group) for group in groups}
        self.adaptation_before = self.adaptation()

    def at(self, done: int) -> None:
        """Test all models after so many steps, where that is one of the evaluations."""
        steps = self.cell.steps
        if done % max(steps // EVALUATIONS, 1) == 0 or done == steps:
            self.steps.append(done)
            for group in self.groups:
                self.curves[group.model].append(self.score(group, "id", CURVE))

    def records(self) -> dict[Cell, Record]:
        """What has been measured, by cell; tests the trained networks."""
        shifts = self.adaptation_before, self.adaptation()
        return {
            cell: record
            for group in self.groups
            for cell, record in zip(group.cells, self._records(group, *shifts), strict=True)
        }

    @torch.no_grad()
    def score(self, group: Group, name: str, batches: int | None = None) -> Tensor:
        """Loss per member (M,), on the first batches in or out of distribution."""
        found = [
            scores(group.net(b.x[group.rows]).y, b.y[group.rows], self.cell.loss)
            for b in self.batches[name][:batches]
        ]
        return torch.stack(found).mean(0).cpu()

    @torch.no_grad()
    def activation(self, group: Group) -> np.ndarray | None:
        """Activation matrices (M, R, R) on equiprobable rules, None without modules."""
        if group.model == MONOLITHIC:
            return None
        uses, counts = [], []
        for batch in self.batches["id"]:
            rules = F.one_hot(batch.rules[group.rows], self.cell.rules).flatten(1, -2).float()
            activation = group.net(batch.x[group.rows]).activation.flatten(1, -2)
            uses.append(rules.transpose(1, 2) @ activation)
            counts.append(rules.sum(1).unsqueeze(2))
        total, count = (torch.stack(parts).sum(0) for parts in (uses, counts))
        return (total / count).double().cpu().numpy()

    @torch.no_grad()
    def adaptation(self) -> dict[str, list[float]]:
        """Adaptation by model from sampled use, where a router sees the other tokens, too.

        Use is compared with the frequencies of the rules that were drawn, not with those that they
        were drawn from: a perfect model is at 0.
        """
        routed = [g for g in self.groups if g.model in SEEING] if self.cell.length else []
        drawn: list[np.ndarray] = []
        used: dict[str, list[np.ndarray]] = {group.model: [] for group in routed}
        for number, p in enumerate(rule_distributions(self.cell.rules) if routed else ()):
            batch = next(self.sources.stream(f"shift {number}", SHIFTED, rule_probs=p, ahead=1))
            drawn.append(_frequencies(F.one_hot(batch.rules, self.cell.rules)))
            for group in routed:
                used[group.model].append(_frequencies(group.net(batch.x[group.rows]).activation))
        return {
            group.model: [
                float(adaptation_sampled(p, q))
                for p, q in zip(
                    np.stack(drawn, 1)[_numpy(group.rows)],
                    np.stack(used[group.model], 1),
                    strict=True,
                )
            ]
            for group in routed
        }

    def _zero(self, group: Group, name: str) -> list[float]:
        if self.cell.loss == "classification":
            return [COIN] * len(group.cells)
        found = [b.y[group.rows].abs().flatten(1).mean(1) for b in self.batches[name]]
        return torch.stack(found).mean(0).tolist()

    def _count(self, name: str) -> int:
        """Samples or tokens that a member is tested on."""
        return sum(batch.rules[0].numel() for batch in self.batches[name])

    def _records(self, group: Group, *shifts: dict[str, list[float]]) -> Iterator[Record]:
        before, after = self.before[group.model], self.activation(group)
        curves = torch.stack(self.curves[group.model], 1).tolist()
        scored = {name: self.score(group, name).tolist() for name in self.batches}
        zero, zero_ood = (self._zero(group, name) for name in ("id", "ood"))
        moved_before, moved = (shift.get(group.model) for shift in shifts)
        for m, cell in enumerate(group.cells):
            yield Record(
                step=self.steps,
                curve=curves[m],
                id=scored["id"][m],
                ood=scored["ood"][m],
                zero=zero[m],
                zero_ood=zero_ood[m],
                activation=None if after is None else after[m].tolist(),
                activation_before=None if before is None else before[m].tolist(),
                blind=blind(cell),
                test_examples=self._count("id"),
                test_examples_ood=self._count("ood"),
                parameters=group.net.parameter_count(),
                adaptation_before=None if moved_before is None else moved_before[m],
                adaptation=None if moved is None else moved[m],
            )


def _frequencies(use: Tensor) -> np.ndarray:
    """Mean over samples and tokens (M, R)."""
    return use.flatten(1, -2).double().mean(1).cpu().numpy()


def _numpy(rows: Tensor | slice) -> Any:
    return rows.cpu().numpy() if isinstance(rows, Tensor) else rows
