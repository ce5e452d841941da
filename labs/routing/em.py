"""Routing by hard EM, as in modular networks (Kirsch, Kunze & Barber 2018), with all experts tried.

E-step: each signal of a batch goes to the expert e with the highest log p(e | signal) +
log p(label | signal, e), the router's own opinion and that of the label. M-step: one step of Adam
for the chosen experts, and for the router, a classifier that learns to foretell the choice. In a
test there is no label and the router's highest score decides.
"""

import torch
import torch.nn.functional as F
from torch import Tensor

from labs.routing.losses import Objective
from labs.routing.routed import Routed


class Tried(Routed):
    """A net whose output in training is what it says with each expert, (M, B, E, classes), without
    gradients; arguments are those of `Routed`, at level "naive"."""

    inputs: Tensor

    def forward(self, x: Tensor) -> Tensor:
        if not self.training:
            return super().forward(x)
        self.inputs, count = x, self.experts.experts
        each = torch.eye(count, device=x.device).expand(*x.shape[:2], count, count)
        with torch.no_grad():
            return torch.stack([self.under(each[:, :, [e]]) for e in range(count)], dim=2)

    def under(self, gates: Tensor) -> Tensor:
        """The logits (M, B, classes) of the last inputs with these gates (M, B, 1, E)."""
        self.forced = gates
        outputs = super().forward(self.inputs)
        self.forced = None
        return outputs


class Expectation(Objective):
    """The objective of `Tried`."""

    net: Tried

    def __call__(self, outputs: Tensor, targets: Tensor) -> Tensor:
        """Outputs (M, B, E, classes), targets (M, B) -> (M,)."""
        labels = targets.unsqueeze(-1).expand(outputs.shape[:-1])
        tried = F.cross_entropy(outputs.movedim(-1, 1), labels, reduction="none")
        believed = self.net.trace[0].logits.squeeze(2).log_softmax(-1)
        choice = (believed.detach() - tried).argmax(-1)
        chosen = self.net.under(F.one_hot(choice, tried.shape[-1]).to(tried).unsqueeze(2))
        foretold = self.net.trace[0].logits.squeeze(2).transpose(1, 2)
        return super().__call__(chosen, targets) + F.cross_entropy(
            foretold, choice, reduction="none"
        ).mean(1)
