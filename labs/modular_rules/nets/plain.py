"""The same networks as ordinary `torch.nn` modules, one at a time, in the published formulation.

They are the oracle of the stacked nets in the tests and the baseline of `python -m labs bench`:
every module's output is materialised and then mixed. Shapes are those of
`labs.modular_rules.nets.models` without the member axis.
"""

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from labs.kit.checks import check_sizes, known
from labs.modular_rules.grid import MODELS, OP_WIDE, SWITCH
from labs.modular_rules.nets import sizes
from labs.modular_rules.nets.models import sizes_of
from labs.modular_rules.nets.routing import Output
from labs.modular_rules.published import GT, JOINT, MONOLITHIC, OP


class GroupLinear(nn.Module):
    """R independent affine maps, (B, R, inputs) -> (B, R, outputs), as one batched product."""

    def __init__(self, modules: int, inputs: int, outputs: int, bias: bool = True) -> None:
        super().__init__()
        bound = inputs**-0.5
        shape = (modules, inputs, outputs)
        self.weight = nn.Parameter(torch.empty(shape).uniform_(-bound, bound))
        self.bias = None
        if bias:
            self.bias = nn.Parameter(torch.empty(1, modules, outputs).uniform_(-bound, bound))

    def forward(self, x: Tensor) -> Tensor:
        y = torch.bmm(x.transpose(0, 1), self.weight).transpose(0, 1)
        return y if self.bias is None else y + self.bias


def _two_layers(inputs: int, hidden: int, outputs: int, bias: bool = True) -> nn.Sequential:
    return nn.Sequential(
        nn.Linear(inputs, hidden, bias), nn.ReLU(), nn.Linear(hidden, outputs, bias)
    )


def _modules(model: str, rules: int, inputs: int, hidden: int, outputs: int) -> nn.Sequential:
    outputs += model == JOINT  # the last channel is the module's own score
    return nn.Sequential(
        GroupLinear(rules, inputs, hidden), nn.ReLU(), GroupLinear(rules, hidden, outputs)
    )


def _gate(model: str, logits: Tensor, rules: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """Weights of the modules, activation, balance; the first two (..., R), the last a scalar."""
    zero = logits.new_zeros(())
    if model == GT:
        return rules, rules, zero
    p = logits.softmax(-1)
    if model != SWITCH:
        return p, p, zero
    chosen = F.one_hot(p.argmax(-1), p.shape[-1]).to(p)
    fraction, mean = (t.flatten(0, -2).mean(0) for t in (chosen, p))
    return p * chosen, chosen, p.shape[-1] * (fraction * mean).sum()


class MLP(nn.Module):
    """Two encoded numbers and an encoded rule; x (B, 2 + R), y (B,)."""

    def __init__(self, model: str, rules: int, encoder: int, width: int) -> None:
        super().__init__()
        self.model, self.rules = model, rules
        self.encode_number = _two_layers(1, encoder, encoder)
        self.encode_rule = _two_layers(rules, encoder, encoder)
        if model == MONOLITHIC:
            self.modules_ = _two_layers(3 * encoder, width, width)
        else:
            units = sizes.module_units(width, rules)
            self.modules_ = _modules(model, rules, 3 * encoder, units, width)
        if model == OP:
            self.router: nn.Module = nn.Linear(encoder, rules)
        elif model == OP_WIDE:
            self.router = _two_layers(encoder, sizes.wide_router(encoder, rules), rules)
        elif model == SWITCH:
            self.router = nn.Linear(3 * encoder, rules)
        self.decode = _two_layers(width, encoder, 1)

    def forward(self, x: Tensor) -> Output:
        numbers, rules = x[:, :2], x[:, 2:]
        code = self.encode_rule(rules)
        h = torch.cat([self.encode_number(numbers.unsqueeze(-1)).flatten(1), code], dim=1)
        if self.model == MONOLITHIC:
            return Output(self.decode(self.modules_(h)).squeeze(-1), None, x.new_zeros(()))
        z = self.modules_(h.unsqueeze(1).expand(-1, self.rules, -1))
        logits = rules
        if self.model == JOINT:
            z, logits = z[..., :-1], z[..., -1]
        elif self.model != GT:
            logits = self.router(h if self.model == SWITCH else code)
        weights, activation, balance = _gate(self.model, logits, rules)
        mixed = (weights.unsqueeze(-1) * z).sum(1)
        return Output(self.decode(mixed).squeeze(-1), activation, balance)


class MHA(nn.Module):
    """Tokens that attend to one another, each with a rule of its own; x (B, L, features + R),
    y (B, L)."""

    def __init__(self, model: str, rules: int, encoder: int, width: int, features: int) -> None:
        super().__init__()
        self.model, self.rules = model, rules
        self.head = sizes.head_features(width, rules)
        heads = 2 * rules * self.head
        own = self.head if model == MONOLITHIC else rules * self.head
        self.encode = _two_layers(features + rules, encoder, encoder)
        self.query = nn.Linear(encoder, heads)
        self.key = nn.Linear(encoder, heads)
        self.value = nn.Linear(encoder, heads)
        self.own = nn.Linear(encoder, own)
        if model == MONOLITHIC:
            self.modules_ = _two_layers(heads + own, 2 * encoder, encoder)
        else:
            units = sizes.attention_units(encoder, width, rules)
            self.modules_ = _modules(model, rules, 3 * self.head, units, encoder)
        if model == OP:
            self.router: nn.Module = _two_layers(rules, self.head, rules)
        elif model == OP_WIDE:
            self.router = _two_layers(rules, sizes.wide_router(max(width // 4, 1), rules), rules)
        elif model == SWITCH:
            self.router = nn.Linear(encoder, rules)
        self.decode = _two_layers(encoder, encoder, 1)

    def forward(self, x: Tensor) -> Output:
        batch, length = x.shape[:2]
        h = self.encode(x)
        query, key, value = (
            f(h).view(batch, length, -1, self.head).transpose(1, 2)
            for f in (self.query, self.key, self.value)
        )
        scores = (query * self.head**-0.5) @ key.transpose(2, 3)
        itself = torch.eye(length, dtype=torch.bool, device=x.device)
        attended = (scores.masked_fill(itself, -torch.inf).softmax(-1) @ value).transpose(1, 2)
        if self.model == MONOLITHIC:
            z = self.modules_(torch.cat([attended.flatten(2), self.own(h)], dim=-1))
            return Output(self.decode(z).squeeze(-1), None, x.new_zeros(()))
        pairs = attended.reshape(batch * length, self.rules, -1)
        own = self.own(h).view(batch * length, self.rules, -1)
        z = self.modules_(torch.cat([pairs, own], dim=-1))
        logits = rules = x[..., -self.rules :].flatten(0, 1)
        if self.model == JOINT:
            z, logits = z[..., :-1], z[..., -1]
        elif self.model != GT:
            logits = self.router(h.flatten(0, 1) if self.model == SWITCH else rules)
        weights, activation, balance = _gate(self.model, logits, rules)
        y = self.decode((weights.unsqueeze(-1) * z).sum(1)).view(batch, length)
        return Output(y, activation.view(batch, length, -1), balance)


class RNN(nn.Module):
    """Recurrent modules that share one state, mixed at every step; x (B, L, inputs + R),
    y (B, L, outputs)."""

    def __init__(
        self,
        model: str,
        rules: int,
        encoder: int,
        width: int,
        features: int,
        outputs: int,
        state: int | None = None,
    ) -> None:
        super().__init__()
        self.model, self.rules = model, rules
        self.encode = _two_layers(features + rules, encoder, encoder)
        modules = None if model == MONOLITHIC else rules
        self.state = sizes.state_width(encoder, width, modules, state)
        if modules is None:
            self.cell = nn.LSTMCell(encoder, self.state)
        else:
            self.input = nn.Linear(encoder, 4 * rules * self.state, bias=False)
            self.recurrent = nn.Linear(self.state, 4 * rules * self.state, bias=False)
        if model == JOINT:
            self.router: nn.Module = GroupLinear(rules, 8 * self.state, 1, bias=False)
        elif model == OP:
            self.router = _two_layers(rules, self.state, rules, bias=False)
        elif model == OP_WIDE:
            widest = sizes.state_width(encoder, width, 2, state)
            self.router = _two_layers(rules, sizes.wide_router(widest, rules), rules, bias=False)
        elif model == SWITCH:
            self.router = nn.Linear(encoder, rules)
        self.decode = nn.Sequential(
            nn.Linear(self.state, self.state), nn.ReLU(), nn.Linear(self.state, outputs)
        )

    def forward(self, x: Tensor) -> Output:
        encoded, rules = self.encode(x), x[..., -self.rules :]
        h = c = x.new_zeros(len(x), self.state)
        if self.model == MONOLITHIC:
            states = []
            for t in range(x.shape[1]):
                h, c = self.cell(encoded[:, t], (h, c))
                states.append(h)
            return Output(self.decode(torch.stack(states, dim=1)), None, x.new_zeros(()))
        gate = None
        if self.model != JOINT:
            logits = rules if self.model == GT else self.router(self._routed(encoded, rules))
            gate = _gate(self.model, logits, rules)
        states, activations = [], []
        for t in range(x.shape[1]):
            weights = None if gate is None else gate[0][:, t]
            h, c, activation = self._step(encoded[:, t], h, c, weights)
            states.append(h)
            activations.append(activation)
        y = self.decode(torch.stack(states, dim=1))
        if gate is None:
            return Output(y, torch.stack(activations, dim=1), x.new_zeros(()))
        return Output(y, *gate[1:])

    def _routed(self, encoded: Tensor, rules: Tensor) -> Tensor:
        return encoded if self.model == SWITCH else rules

    def _step(
        self, encoded: Tensor, h: Tensor, c: Tensor, weights: Tensor | None
    ) -> tuple[Tensor, Tensor, Tensor]:
        shape = (len(h), self.rules, 4 * self.state)
        of_input, of_state = self.input(encoded).view(shape), self.recurrent(h).view(shape)
        gates, new = (of_input + of_state).split((3 * self.state, self.state), dim=-1)
        i, f, o = gates.sigmoid().chunk(3, dim=-1)
        c = f * c.unsqueeze(1) + i * new.tanh()
        h = o * c.tanh()
        if weights is None:
            both = torch.cat([of_input, of_state], dim=-1).relu()
            weights = self.router(both).squeeze(-1).softmax(-1)
        mix = weights.unsqueeze(-1)
        return (mix * h).sum(1), (mix * c).sum(1), weights


TWINS: dict[str, type[MLP] | type[MHA] | type[RNN]] = {"mlp": MLP, "mha": MHA, "rnn": RNN}


def build(
    architecture: str,
    model: str,
    rules: int,
    *,
    encoder: int,
    width: int,
    features: int,
    outputs: int = 1,
    state: int | None = None,
) -> nn.Module:
    """The twin of one member of `labs.modular_rules.nets.models.build`, drawn from torch's global
    generator; arguments and errors are the same."""
    known("model", model, MODELS)
    check_sizes(rules=rules)
    free = sizes_of(
        architecture, encoder=encoder, width=width, features=features, outputs=outputs, state=state
    )
    return TWINS[architecture](model, rules, **free)
