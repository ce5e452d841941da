"""Routing by evolution, as in PathNet (Fernando et al. 2017): paths are genotypes, their experts
learn by gradients, and what they have learned stays when the paths change."""

from collections.abc import Sequence

import torch
import torch.nn.functional as F
from torch import Tensor

from labs.nn.training import evaluate
from labs.routing.examples import CHUNK
from labs.routing.losses import Objective
from labs.routing.routed import Routed

POPULATION = 8
TRIAL = 5  # training steps of each of the two in a tournament
SEARCH = 0.5  # of the steps; the rest train the best path, before rates are too low for it
REACH = 2  # of a mutation, in places


class Evolution:
    """A population of paths for each of M networks.

    A path says for every block and domain which expert acts. In a binary tournament two paths are
    trained in turn, on as many steps each; the one with the higher loss becomes a copy of the other
    in which a gene moves with probability 1 / genes by up to two places. After `SEARCH` of the
    steps the path with the lowest loss on validation examples is trained to the end: as many steps
    in all as any other router has.

    Args:
        net: with the router "evolution".
        objective: whose losses are the fitness.
        validation: x (M, n, 41) and y (M, n).
        generators: of the members' paths and mutations.
        steps: of training.
    """

    def __init__(
        self,
        net: Routed,
        objective: Objective,
        validation: tuple[Tensor, Tensor],
        generators: Sequence[torch.Generator],
        steps: int,
    ) -> None:
        self.net, self.objective, self.validation = net, objective, validation
        self.generators, self.steps = generators, int(SEARCH * steps)
        shape = (POPULATION, net.blocks, net.domains)
        self.experts = net.experts.experts
        self.paths = torch.stack(
            [torch.randint(self.experts, shape, generator=g) for g in generators]
        )
        self.members = torch.arange(net.members)
        self.rivals = self._rivals()

    def _rivals(self) -> Tensor:
        return torch.stack([torch.randperm(POPULATION, generator=g)[:2] for g in self.generators])

    def turn(self, done: int) -> None:
        """What happens before the next step, after `done` steps."""
        if done > self.steps:
            return
        if done == self.steps:
            self.take(self.best())
        elif done % (2 * TRIAL) == 0:
            if done:
                self._tournament()
            self.rivals = self._rivals()
            self.take(self.rivals[:, 0])
        elif done % TRIAL == 0:
            self.take(self.rivals[:, 1])

    @torch.no_grad()
    def take(self, which: Tensor) -> None:
        """Route by one path of each member, whose places in the populations are given (M,)."""
        genes = F.one_hot(self.paths[self.members, which], self.experts)
        self.net.router.weight.copy_(genes.to(self.net.router.weight))

    def _tournament(self) -> None:
        losses = torch.stack(self.objective.losses[-2 * TRIAL :]).cpu().unflatten(0, (2, -1))
        first, second = losses.mean(1)
        for member, generator in enumerate(self.generators):
            winner, loser = self.rivals[member].tolist()
            if second[member] < first[member]:
                winner, loser = loser, winner
            self.paths[member, loser] = mutated(self.paths[member, winner], self.experts, generator)

    def best(self) -> Tensor:
        """The place (M,) of the path with the lowest validation loss."""
        found = []
        for place in range(POPULATION):
            self.take(torch.full((self.net.members,), place))
            found.append(evaluate(self.net, *self.validation, chunk=CHUNK).loss)
        return torch.stack(found).argmin(0)


def mutated(path: Tensor, experts: int, generator: torch.Generator) -> Tensor:
    """A copy of a path whose genes each move with probability 1 / genes, by -2 to 2 places."""
    moves = torch.rand(path.shape, generator=generator) < 1 / path.numel()
    by = torch.randint(-REACH, REACH + 1, path.shape, generator=generator)
    return (path + moves * by) % experts
