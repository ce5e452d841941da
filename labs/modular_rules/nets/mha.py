"""The MHA of the modular-rules lab: tokens attend to one another; a module owns two heads."""

from torch import Tensor

from labs.modular_rules.grid import OP_WIDE, SWITCH
from labs.modular_rules.nets import sizes
from labs.modular_rules.nets.attention import Heads, attend
from labs.modular_rules.nets.layers import Affine, Fan, Merge
from labs.modular_rules.nets.routing import ModularNet, Output, RuleRouter, by_example
from labs.modular_rules.published import JOINT, OP


class MHA(ModularNet):
    """Tokens, each with a rule of its own -> a number per token; x (M, B, L, features + R), y
    (M, B, L), activation (M, B, L, R); L is at least 2.

    There are 2 R heads of hd = A // (2 R) features, and no token hears itself. A module has two
    heads, and hd features of the token's own; what it makes of these has I hidden units and D
    outputs. The monolithic network has all heads and hd features of its own.

    Args:
        members: networks in the stack.
        rules: rules R, and modules.
        model: one of `labs.modular_rules.grid.MODELS`.
        encoder: width D of a token's code.
        width: width A of the attention.
        features: numbers per token beside its rule.

    Raises:
        ValueError: an unknown model, a size below 1, less than one feature per head, sizes that
            leave a module no unit; in `forward`, an x of another shape.
    """

    def __init__(
        self, members: int, rules: int, model: str, *, encoder: int, width: int, features: int
    ) -> None:
        super().__init__(members, rules, model, encoder=encoder, width=width, features=features)
        modules, self.features = self.own_modules, features
        self.head = sizes.head_features(width, rules)
        heads, own = 2 * rules * self.head, (modules or 1) * self.head
        units = 2 * encoder if modules is None else sizes.attention_units(encoder, width, rules)
        self.encode_first = Affine(members, features + rules, encoder)
        self.encode_second = Affine(members, encoder, encoder)
        self.project = Affine(members, encoder, heads, heads, heads, own)
        self.first = Fan(members, modules, (heads + own) // (modules or 1), units)
        self.second = Merge(members, modules, units, encoder, scored=model == JOINT)
        hidden = {OP: self.head, OP_WIDE: sizes.wide_router(max(width // 4, 1), rules)}
        if model in hidden:
            self.rule_router = RuleRouter(members, rules, rules, hidden[model])
        elif model == SWITCH:
            self.dispatcher = Affine(members, encoder, rules)
        self.decode_first = Affine(members, encoder, encoder)
        self.decode_second = Affine(members, encoder, 1)

    def forward(self, x: Tensor) -> Output:
        columns, rules = self._columns(x, self.features)
        length, modules = x.shape[2], self.own_modules or 1
        if length < 2:
            raise ValueError(f"x must have at least 2 tokens, which hear one another, got {length}")
        code = self.encode_second(self.encode_first(columns).relu())
        heads = Heads(modules, 2 * self.rules // modules, self.head, length)
        units = self.first(attend(self.project(code), heads)).relu()
        gate = self.gate(rules, self._logits(units, code))
        hidden = self.second.mixed(units, gate.weights, self.decode_first).relu()
        y = by_example(self.decode_second(hidden), length).squeeze(3)
        activation = None if gate.activation is None else by_example(gate.activation, length)
        return Output(y, activation, gate.balance)

    def _logits(self, units: Tensor, code: Tensor) -> Tensor | None:
        if self.model == JOINT:
            return self.second.scores(units)
        return self.dispatcher(code) if self.model == SWITCH else None
