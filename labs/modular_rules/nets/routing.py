"""The models, and the routers in which alone they differ.

Every architecture is one program: encode, let the modules work, weigh them by a `Gate`, mix, and
decode. Columns are examples, (M, features, N), as in `labs.modular_rules.nets.layers`.
"""

from collections.abc import Iterator
from itertools import pairwise
from typing import NamedTuple

import torch
from torch import Tensor, nn

from labs.kit.checks import known
from labs.modular_rules.grid import MODELS, OP_WIDE, SWITCH
from labs.modular_rules.nets.layers import Affine, Product
from labs.modular_rules.published import GT, MONOLITHIC, OP
from labs.nn.layers import Layer
from labs.nn.nets import Net
from labs.nn.products import matmul


class Output(NamedTuple):
    """What a network returns.

    Args:
        y: outputs, (M, B), (M, B, L) or (M, B, L, outputs): a number or a logit.
        activation: p(module | input) of every sample, token or step, (M, B[, L], R), None for a
            monolithic network; for a switch the dispatch, a one-hot code without gradient.
        balance: the switch's load-balancing loss, (M,); 0 for the other models.
    """

    y: Tensor
    activation: Tensor | None
    balance: Tensor


class Gate(NamedTuple):
    """Weights of the modules and what is reported of them, both (M, R, N), and the balancing loss
    (M,); the weights of a monolithic network are None."""

    weights: Tensor | None
    activation: Tensor | None
    balance: Tensor


def open_gate(like: Tensor) -> Gate:
    """One module, always on."""
    return Gate(None, None, like.new_zeros(len(like)))


def given(rules: Tensor) -> Gate:
    """Module r for rule r: the ground truth."""
    return Gate(rules, rules, rules.new_zeros(len(rules)))


def soft(logits: Tensor) -> Gate:
    """Every module, by softmax over the modules (M, R, N)."""
    return given(logits.softmax(1))


def by_rule(logits: Tensor, rules: Tensor) -> Gate:
    """The same for a router that sees the rule alone: logits (M, modules, rules) of every rule,
    looked up by the one-hot codes (M, rules, N)."""
    return given(matmul(logits.softmax(1), rules))


def switch(logits: Tensor) -> Gate:
    """The most probable module alone, scaled by its probability, so that the router learns.

    Softmax first, then the choice; the balancing loss is R sum_m f_m P_m, f_m the fraction of the
    batch sent to module m and P_m its mean probability, 1 when both are uniform and at most R
    (Fedus, Zoph, Shazeer 2021, arXiv:2101.03961, equations 1 to 6; without their coefficient).
    """
    p = logits.softmax(1)
    chosen = torch.zeros_like(p).scatter_(1, p.argmax(1, keepdim=True), 1.0)
    balance = p.shape[1] * (chosen.mean(2) * p.mean(2)).sum(1)
    return Gate(p * chosen, chosen, balance)


class RuleRouter(nn.Module):
    """Logits of the modules from a code of the rule, (M, inputs, N) to (M, modules, N): one affine
    map, or two with `hidden` rectified units between them."""

    def __init__(
        self, members: int, inputs: int, modules: int, hidden: int | None, *, bias: bool = True
    ) -> None:
        super().__init__()
        widths = (inputs, modules) if hidden is None else (inputs, hidden, modules)
        kind = Affine if bias else Product
        self.maps = nn.ModuleList(kind(members, *pair) for pair in pairwise(widths))

    def forward(self, code: Tensor) -> Tensor:
        *hidden, last = self.maps
        for affine in hidden:
            code = affine(code).relu()
        return last(code)


class ModularNet(Net):
    """Base of the architectures: the model, its router, and the shape of inputs and outputs."""

    rule_router: RuleRouter  # of a model that weighs modules by the rule alone
    dispatcher: Affine  # of a switch

    def __init__(self, members: int, rules: int, model: str, **widths: int) -> None:
        known("model", model, MODELS)
        super().__init__(members, rules=rules, **widths)
        self.rules, self.model = rules, model

    @property
    def own_modules(self) -> int | None:
        """Modules R; None for a monolithic network, which has plain layers instead."""
        return None if self.model == MONOLITHIC else self.rules

    def layers(self) -> Iterator[Layer]:
        """The layers in order of definition, those of the router among them."""
        return (module for module in self.modules() if isinstance(module, Layer))

    def gate(self, rules: Tensor, logits: Tensor | None, codes: Tensor | None = None) -> Gate:
        """How the model weighs its modules.

        Args:
            rules: one-hot codes of the examples' rules, (M, R, N).
            logits: of the modules (M, R, N), where they depend on more than the rule.
            codes: codes of all rules, (M, width, R), for a router that sees the rule alone; one-hot
                by default.
        """
        if self.model in (OP, OP_WIDE):
            one_hot = torch.eye(self.rules, device=rules.device).expand(self.members, -1, -1)
            return by_rule(self.rule_router(one_hot if codes is None else codes), rules)
        if logits is not None:
            return switch(logits) if self.model == SWITCH else soft(logits)
        return given(rules) if self.model == GT else open_gate(rules)

    def _columns(self, x: Tensor, features: int) -> tuple[Tensor, Tensor]:
        """Checked inputs as columns, tokens before examples (M, features + R, L * B), and of these
        the rules."""
        fits = x.dim() == 4 and (x.shape[0], x.shape[3]) == (self.members, features + self.rules)
        if not fits or x.numel() == 0:
            expected = f"({self.members}, B, L, {features + self.rules}), B and L at least 1"
            raise ValueError(f"x must have shape {expected}, got {tuple(x.shape)}")
        columns = x.permute(0, 3, 2, 1).flatten(2)
        return columns, columns[:, features:]


def by_example(t: Tensor, length: int) -> Tensor:
    """Columns (M, features, L * B) as (M, B, L, features)."""
    return t.unflatten(2, (length, -1)).permute(0, 3, 2, 1)
