"""The MLP of the modular-rules lab: two numbers and a rule, encoded; modules; a shared decoder."""

import torch
from torch import Tensor

from labs.modular_rules.grid import OP_WIDE, SWITCH
from labs.modular_rules.nets import sizes
from labs.modular_rules.nets.layers import Affine, Fan, Merge
from labs.modular_rules.nets.routing import ModularNet, Output, RuleRouter
from labs.modular_rules.published import JOINT, OP
from labs.nn.products import affine, matmul


class MLP(ModularNet):
    """Two numbers and a one-hot rule -> y; x (M, B, 2 + R), y (M, B), activation (M, B, R).

    A code of 3 E numbers (both numbers by one encoder, the rule by another) goes to all modules,
    each of D // R hidden units and D outputs. A rule has R codes only, so whatever depends on it
    alone is computed once per rule and looked up by a product with the one-hot code.

    Args:
        members: networks in the stack.
        rules: rules R, and modules.
        model: one of `labs.modular_rules.grid.MODELS`.
        encoder: width E.
        width: width D.

    Raises:
        ValueError: an unknown model, a size below 1, more rules than `width`; in `forward`, an x of
            another shape.
    """

    def __init__(self, members: int, rules: int, model: str, *, encoder: int, width: int) -> None:
        super().__init__(members, rules, model, encoder=encoder, width=width)
        modules = self.own_modules
        units = width if modules is None else sizes.module_units(width, rules)
        self.number_first = Affine(members, 1, encoder)
        self.number_second = Affine(members, encoder, encoder)
        self.rule_first = Affine(members, rules, encoder)
        self.rule_second = Affine(members, encoder, encoder)
        self.first = Fan(members, modules, 3 * encoder, units)
        self.second = Merge(members, modules, units, width, scored=model == JOINT)
        hidden = {OP: None, OP_WIDE: sizes.wide_router(encoder, rules)}
        if model in hidden:
            self.rule_router = RuleRouter(members, encoder, rules, hidden[model])
        elif model == SWITCH:
            self.dispatcher = Affine(members, 3 * encoder, rules)
        self.decode_first = Affine(members, width, encoder)
        self.decode_second = Affine(members, encoder, 1)

    def forward(self, x: Tensor) -> Output:
        if x.dim() != 3 or x.shape[0] != self.members or x.shape[2] != 2 + self.rules:
            expected = f"({self.members}, B, {2 + self.rules})"
            raise ValueError(f"x must have shape {expected}, got {tuple(x.shape)}")
        numbers, rules = x.transpose(1, 2).contiguous().split((2, self.rules), 1)
        codes = self.rule_second((self.rule_first.weight + self.rule_first.bias).relu())
        units, routed = self._units(numbers, rules, codes)
        gate = self.gate(rules, self.second.scores(units) if self.model == JOINT else routed, codes)
        hidden = self.second.mixed(units, gate.weights, self.decode_first).relu()
        y = self.decode_second(hidden).squeeze(1)
        return Output(
            y, None if gate.activation is None else gate.activation.transpose(1, 2), gate.balance
        )

    def _units(self, numbers: Tensor, rules: Tensor, codes: Tensor) -> tuple[Tensor, Tensor | None]:
        """The modules' hidden units (M, R, units, B), and what a switch makes of the same code."""
        first, second = self.number_first, self.number_second
        hinges = numbers.unsqueeze(2) * first.weight.unsqueeze(1) + first.bias.unsqueeze(1)
        weight, bias = self.first.weight.flatten(1, 2), self.first.bias.flatten(1, 2)
        rows = [weight.shape[1]]
        if self.model == SWITCH:
            weight = torch.cat([weight, self.dispatcher.weight], 1)
            bias = torch.cat([bias, self.dispatcher.bias], 1)
            rows.append(self.rules)
        # The encoders' second maps are joined to the modules' first: nothing bends between them.
        of_a, of_b, of_rule = weight.chunk(3, dim=2)
        by_rule = matmul(of_rule, codes) + affine(of_a + of_b, second.bias, bias)
        joined = [matmul(of_a, second.weight), matmul(of_b, second.weight), by_rule]
        columns = torch.cat([hinges.relu().flatten(1, 2), rules], 1)
        units, *routed = matmul(torch.cat(joined, 2), columns).split(rows, 1)
        return units.relu().unflatten(1, self.first.weight.shape[1:3]), *(routed or [None])
