"""Pairs of a domain and a task that nothing has seen together: modules that were trained apart, put
together, and their controls. (`labs.composition.joint` has networks trained on other pairs.)"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

import torch
from torch import Tensor

from labs.composition.aggregation.arithmetic import (
    dense,
    difference,
    norm,
    random_vector,
    weight_vector,
)
from labs.composition.aggregation.checks import spread
from labs.composition.aggregation.merging import overlap
from labs.composition.aggregation.stacking import commutator
from labs.composition.examples import examples, generators, sizes, trained_bases
from labs.composition.grid import DOMAINS, TASKS, Cell, Record
from labs.composition.rates import chosen_rate
from labs.composition.teaching import (
    Lesson,
    accuracies,
    blocks_of,
    head_alone,
    started,
    taught,
)
from labs.composition.unlabelled import signal
from labs.nn.base import Weights, logits
from labs.nn.modules.delta import Delta
from labs.nn.modules.lora import LoRA
from labs.nn.modules.module import Module

WIDE = len(DOMAINS)
SHOWN = 50  # test signals whose logits are compared


class _Stack:
    """A stack's members: one per replicate for tasks, one per replicate and domain for the rest
    (replicate by replicate)."""

    def __init__(self, cells: Sequence[Cell], device: str) -> None:
        self.cell, self.device = cells[0], device
        self.narrow = [cell.replicate for cell in cells]
        self.wide = [r for r in self.narrow for _ in DOMAINS]
        self.domains = list(DOMAINS) * len(cells)
        self.bases = trained_bases(cells, device)
        self.wide_bases = trained_bases(cells, device, WIDE)
        variant = (self.cell.signal, self.cell.layers)
        self.whole = variant == ("labels", "all")  # with what is compared with

    def rate(self, role: str) -> float:
        return chosen_rate(self.cell, self.cell.method, role, self.device)

    def domain_lesson(self) -> Lesson:
        own = signal(
            self.cell,
            self.wide,
            self.domains,
            self.wide_bases,
            "training",
            self.cell.examples,
            self.device,
        )
        return self._lesson(self.wide, self.wide_bases, own.x, own.y, "domain")._replace(
            read=own.read, loss=own.loss
        )

    def task_lesson(self, task: str) -> Lesson:
        clean = ["clean"] * len(self.narrow)
        purpose = "training of a task"
        x, y = self.examples(self.narrow, clean, purpose, self.cell.examples, task)
        return self._lesson(self.narrow, self.bases, x, y, "task", task)

    def pair_lesson(self, task: str) -> Lesson:
        x, y = self.examples(self.wide, self.domains, "training", self.cell.examples, task)
        return self._lesson(self.wide, self.wide_bases, x, y, "pair", task)

    def _lesson(
        self,
        replicates: Sequence[int],
        weights: Weights,
        x: Tensor,
        y: Tensor,
        role: str,
        task: str = "digit",
    ) -> Lesson:
        rates, blocks = [self.rate(role)] * len(replicates), blocks_of(self.cell, role)
        return Lesson(
            self.cell, self.cell.method, replicates, weights, x, y, rates, role, task, blocks
        )

    def examples(
        self, replicates: Sequence[int], domains: Sequence[str], purpose: str, count: int, task: str
    ) -> tuple[Tensor, Tensor]:
        return examples(replicates, domains, purpose, count, self.device, task)

    def streams(self, purpose: str) -> list[torch.Generator]:
        """One per replicate and domain."""
        pairs = zip(self.wide, self.domains, strict=True)
        return [generators([r], f"{purpose} in {domain}")[0] for r, domain in pairs]

    def tested(self, modules: Sequence[Module], task: str) -> Tensor:
        """Accuracies (replicates, domains) in the domains."""
        x, y = self.examples(self.wide, self.domains, "test", self.cell.tests, task)
        return accuracies(self.cell, self.wide_bases, modules, x, y).view(-1, WIDE)

    def widened(self, modules: Sequence[Module]) -> list[Module]:
        """One module per replicate as one per replicate and domain."""
        members = [m for m in range(len(self.narrow)) for _ in DOMAINS]
        return [module.of(members) for module in modules]


def pairs(cells: Sequence[Cell], device: str) -> Iterator[Record]:
    """Train domain modules and task modules of the cells' method and compose them; one record per
    cell."""
    stack = _Stack(cells, device)
    (domain,) = taught(stack.domain_lesson())
    rows: dict[str, list[Tensor]] = {}
    alone, swapped, extra = [], [], _replaced(stack, domain)
    for task in TASKS:
        lesson = stack.task_lesson(task)
        own = taught(lesson)
        x, y = stack.examples(stack.narrow, ["clean"] * len(cells), "test", lesson.cell.tests, task)
        alone.append(accuracies(lesson.cell, stack.bases, own, x, y))
        module, *head = stack.widened(own)
        found = {
            "task": [module, *head],
            "composed": [domain, module, *head],
            "reversed": [module, domain, *head],
            **{name: [other, module, *head] for name, other in extra.items()},
        }
        if stack.whole:
            only = stack.widened(_head_alone(stack, lesson)) if head else []
            found |= {"head": [domain, *only], "bare": only}
            found["oracle"] = taught(stack.pair_lesson(task))
        for name, modules in found.items():
            rows.setdefault(name, []).append(stack.tested(modules, task))
        relative, largest = _order(stack, domain, module, head)
        rows.setdefault("commutator", []).append(relative)
        swapped.append(largest)
        if domain.fixed and isinstance(domain.kind, Delta):
            numbers = sum(value[0].numel() for value in domain.values.values())
            both = [weight_vector(stack.wide_bases, m) for m in (domain, module)]
            shared = overlap(both[0], both[1], numbers)
            rows.setdefault("overlap", []).append(shared.shared.view(-1, WIDE))
            rows.setdefault("chance", []).append(shared.chance.view(-1, WIDE))
    by_pair: dict[str, Any] = {n: torch.stack(own, dim=2).flatten(1) for n, own in rows.items()}
    chance = by_pair.pop("chance", None)
    x, y = stack.examples(stack.narrow, ["clean"] * len(cells), "test", cells[0].tests, "digit")
    clean = accuracies(cells[0], stack.bases, [], x, y)
    base, adapted = stack.tested([], "digit"), stack.tested([domain], "digit")
    roles = ("domain", "task", "pair") if stack.whole else ("domain", "task")
    rates = [stack.rate(role) for role in roles]
    for m in range(len(cells)):
        yield Record(
            clean=float(clean[m]),
            base=base[m].tolist(),
            domain=adapted[m].tolist(),
            alone=[float(own[m]) for own in alone],
            rates=rates,
            swapped=max(float(own[m]) for own in swapped),
            chance=None if chance is None else float(chance[m].mean()),
            **{name: own[m].tolist() for name, own in by_pair.items()},
        )


def _replaced(stack: _Stack, domain: Module) -> dict[str, Module]:
    """What stands in a domain module's place as a control: the next domain's module, a random
    change of equal norm, and where a mask says which numbers change, these at random places."""
    members = range(len(stack.wide))
    following = [m - m % WIDE + (m + 1) % WIDE for m in members]
    streams = stack.streams("random change")
    found = {"wrong": domain.of(following)}
    if not domain.fixed:
        start = started(stack.domain_lesson()).values
        drawn = random_vector(difference(domain.values, start), streams)
        changed = replace(domain, values={name: start[name] + drawn[name] for name in start})
        return found | {"random": _as_long(stack.wide_bases, changed, domain)}
    vector = weight_vector(stack.wide_bases, domain)
    found["random"] = dense(random_vector(vector, streams))
    places = stack.streams("random places")
    shuffled = {name: _shuffled(value, places) for name, value in vector.items()}
    return found | {"masked": dense(shuffled)}


def _as_long(weights: Weights, changed: Module, module: Module) -> Module:
    """The changed module, and of LoRA, whose factors are not unique, that which adds as much to the
    weights as the module does."""
    if not isinstance(module.kind, LoRA):
        return changed
    long, own = (norm(weight_vector(weights, part)) for part in (module, changed))
    values = {
        n: v * spread(long / own, v) if n.endswith(".B") else v for n, v in changed.values.items()
    }
    return replace(changed, values=values)


def _head_alone(stack: _Stack, lesson: Lesson) -> list[Module]:
    rate = chosen_rate(stack.cell, "head", "head", stack.device)
    return head_alone(lesson._replace(rates=[rate] * len(lesson.rates)))


def _shuffled(values: Tensor, streams: Sequence[torch.Generator]) -> Tensor:
    """Every member's numbers in random order."""
    rows = [
        own.flatten()[torch.randperm(own.numel(), generator=g)].view_as(own)
        for own, g in zip(values, streams, strict=True)
    ]
    return torch.stack(rows)


@torch.no_grad()
def _order(
    stack: _Stack, domain: Module, module: Module, head: Sequence[Module]
) -> tuple[Tensor, Tensor]:
    """What the order of two modules changes, in double precision: the commutator (replicates,
    domains), relative to what they do, and the largest change of a logit (replicates,)."""
    x, _ = stack.examples(stack.wide, stack.domains, "test", SHOWN, "digit")

    bases = _doubled(stack.wide_bases)

    def out(*modules: Module) -> Tensor:
        acting = [
            replace(part, values=_doubled(part.values), fixed=_doubled(part.fixed))
            for part in (*modules, *head)
        ]
        return logits(bases, x.double(), acting, sizes(stack.cell).heads)

    first, second = out(domain, module), out(module, domain)
    relative = commutator(first, second, out()).view(-1, WIDE)
    largest: Any = (first - second).abs().flatten(1).amax(1).view(-1, WIDE).amax(1)
    return relative.cpu(), largest.cpu()


def _doubled(values: Mapping[str, Any]) -> dict[str, Any]:
    floating = {n: torch.is_tensor(v) and v.is_floating_point() for n, v in values.items()}
    return {n: v.double() if floating[n] else v for n, v in values.items()}
