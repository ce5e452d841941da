"""PackNet (Mallya and Lazebnik 2018, arXiv:1711.05769): many tasks in one network's weights.

A task trains the weights that are free, then gives up those of them that are smallest, in each
tensor by the same share, and trains the rest again; these are its own from then on. It reads with
its own weights and those of earlier tasks; all others count as zero. Biases, gains and shifts of
normalisation and positions belong to no task: the first trains them, then they are frozen, or old
tasks would change with them. Here a task's steps go to training and, a third of them, to training
again, so that it takes no more of them than other methods.
"""

import torch
from torch import Tensor

from labs.continual.grid import PRUNED, RETRAINED, TASKS
from labs.continual.learners import BITS, Count, Learner, numbers, places
from labs.continual.stack import Stack
from labs.nn.base import logits
from labs.nn.modules.delta import Delta
from labs.nn.modules.module import Module
from labs.nn.modules.names import BODY


class PackNet(Learner):
    """One set of weights, and for each of them the task that owns it.

    Attributes:
        weights: as they are now, by name (M, ...).
        owners: by name (M, ...) uint8, 0 where a weight is free, else the task from 1 on.
        leaking: whether biases and normalisation train in every task, which they must not.
    """

    one_by_one = each = True

    def __init__(self, stack: Stack) -> None:
        super().__init__(stack)
        self.weights = {name: value.clone() for name, value in stack.bases.items()}
        body = self.start(Delta(BODY)).values
        self.shared = [name for name in body if not is_packed(name)]
        self.owners = {
            name: torch.zeros_like(value, dtype=torch.uint8)
            for name, value in body.items()
            if is_packed(name)
        }
        self.leaking = stack.cell.method == "packnet-leaking"
        self.heads_of: list[list[Module]] = []

    def teach(self, place: int, x: Tensor, y: Tensor) -> Count:
        task = place + 1
        head = self.train(self.masks(0, task), self.heads(), x, y, 1 - RETRAINED, ", training")
        free = sum(int((own[0] == 0).sum()) for own in self.owners.values())
        free += self.shared_count() * (self.leaking or task == 1)
        trained = free + numbers(head)
        self.prune(task)
        own = self.masks(task, task)
        self.heads_of.append(self.train(own, head, x, y, RETRAINED, ", again"))
        return trained

    def shared_count(self) -> int:
        """Numbers of one member that no task owns."""
        return sum(self.weights[name][0].numel() for name in self.shared)

    def masks(self, owner: int, task: int) -> dict[str, Tensor]:
        """1 where a task may change a number, which `owner` has: 0 for the free ones."""
        found = {name: (own == owner).float() for name, own in self.owners.items()}
        shared = float(self.leaking or task == 1)
        return found | {n: torch.full_like(self.weights[n], shared) for n in self.shared}

    def train(
        self,
        masks: dict[str, Tensor],
        head: list[Module],
        x: Tensor,
        y: Tensor,
        share: float,
        purpose: str,
    ) -> list[Module]:
        """Add to the weights what a run finds within the masks; the head after it."""
        # a masked difference is multiplied by 0, so no optimiser can move a frozen weight
        start = Module(Delta(BODY), {n: torch.zeros_like(m) for n, m in masks.items()}, masks)
        schedule = self.stack.schedule(share)
        moved, *head = self.fit([start, *head], x, y, schedule, purpose, weights=self.weights)
        for name, mask in masks.items():
            self.weights[name] = self.weights[name] + moved.values[name] * mask
        return head

    def prune(self, task: int) -> None:
        """Of the free weights the larger ones become the task's, the others zero."""
        for name, own in self.owners.items():
            free = own == 0
            count = int(free[0].sum())
            keep = count - int(PRUNED * count)
            size = torch.where(free, self.weights[name].abs(), -1.0).flatten(1)
            chosen = torch.zeros_like(own).flatten(1)
            chosen.scatter_(1, size.topk(keep, dim=1).indices, task)
            self.owners[name] = own + chosen.view_as(own)
            kept = self.owners[name] > 0
            self.weights[name] = torch.where(kept, self.weights[name], 0.0)

    def network(self, place: int) -> dict[str, Tensor]:
        """The weights with which the task at a place reads."""
        own = dict(self.weights)
        for name, owner in self.owners.items():
            seen = (owner > 0) & (owner <= place + 1)
            own[name] = torch.where(seen, own[name], 0.0)
        return own

    def read(self, place: int, x: Tensor) -> Tensor:
        heads = self.stack.sizes.heads
        return logits(self.network(place), x, self.heads_of[place], heads)

    def bits(self) -> Count:
        owned = sum(own[0].numel() for own in self.owners.values())
        heads = numbers([module for own in self.heads_of for module in own])
        return BITS * (owned + self.shared_count() + heads) + owned * places(TASKS + 1)


def is_packed(name: str) -> bool:
    """Whether tasks own the numbers of a parameter: weights of maps and convolutions.

    >>> [is_packed(n) for n in ("blocks.0.query.weight", "blocks.0.query.bias", "norm.weight")]
    [True, False, False]
    """
    layer, _, kind = name.rpartition(".")
    return kind == "weight" and "norm" not in layer and layer != "positions"
