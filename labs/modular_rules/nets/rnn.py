"""The RNN of the modular-rules lab: recurrent modules that share one state."""

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from labs.kit.checks import check_sizes
from labs.modular_rules.grid import OP_WIDE, SWITCH
from labs.modular_rules.nets import sizes
from labs.modular_rules.nets.layers import Affine
from labs.modular_rules.nets.routing import Gate, ModularNet, Output, RuleRouter, by_example
from labs.modular_rules.nets.scan import scan, scored_scan
from labs.modular_rules.published import GT, JOINT, OP
from labs.nn.layers import Layer, Uniform


class Gates(Layer):
    """Weights of the modules' gates, as `labs.modular_rules.nets.scan` wants them; twins: two
    `torch.nn.Linear` without bias, of the input and of the state, whose rows are ordered module by
    module and in it input, forget, output gate and new value; a `torch.nn.LSTMCell` where `modules`
    is None.

    weight (M, 4 R h, h + inputs), or with `dispatched` (M, 4 h, R (h + inputs)); bias of an LSTM
    (M, 2, 4 h, 1), two as in torch, where an optimiser moves their sum twice as fast as one.
    """

    def __init__(
        self, members: int, modules: int | None, inputs: int, state: int, dispatched: bool
    ) -> None:
        check_sizes(members=members, inputs=inputs, state=state)
        super().__init__()
        self.dispatched, self.shape = dispatched, (modules or 1, 4, state)
        rows = (modules or 1) * 4 * state
        shape = (
            (4 * state, (modules or 1) * (state + inputs)) if dispatched else (rows, state + inputs)
        )
        self.weight = nn.Parameter(torch.empty(members, *shape))
        self.bias = None
        if modules is None:
            self.bias = nn.Parameter(torch.empty(members, 2, rows, 1))
            shapes = ((rows, inputs), (rows, state), (rows,), (rows,))
            self.draws = tuple(Uniform(shape, -(state**-0.5), state**-0.5) for shape in shapes)
        else:
            self.draws = tuple(
                Uniform((rows, width), -(width**-0.5), width**-0.5) for width in (inputs, state)
            )

    @torch.no_grad()
    def load(self, member: int, *tensors: Tensor) -> None:
        of_input, of_state, *biases = tensors
        weight = torch.cat([of_state, of_input], dim=1)
        if self.bias is not None:
            i, f, new, o = torch.arange(4 * self.shape[2]).chunk(4)
            order = torch.cat([i, f, o, new])
            weight = weight[order]
            self.bias[member, ..., 0] = torch.stack(biases)[:, order]
        weight = weight.unflatten(0, self.shape)  # R, 4, h, columns
        if self.dispatched:
            self.weight[member] = weight.permute(1, 2, 0, 3).flatten(2).flatten(0, 1)
        else:
            self.weight[member] = weight.flatten(0, 2)


class Score(Layer):
    """Weights of the modules' scores (M, 2, R, 4 h): of the state's share of the gates, then of
    the input's; twin: `labs.modular_rules.nets.plain.GroupLinear`, of the input's, then the
    state's, without the bias that the published one has but never adds.
    """

    def __init__(self, members: int, modules: int, state: int) -> None:
        super().__init__()
        inputs = 8 * state
        self.weight = nn.Parameter(torch.empty(members, 2, modules, 4 * state))
        self.draws = (Uniform((modules, inputs, 1), -(inputs**-0.5), inputs**-0.5),)

    @torch.no_grad()
    def load(self, member: int, *tensors: Tensor) -> None:
        self.weight[member] = tensors[0].unflatten(1, (2, -1))[..., 0].transpose(0, 1).flip(0)


class RNN(ModularNet):
    """Sequences with a rule at every step -> numbers at every step; x (M, B, L, features + R), y
    (M, B, L, outputs), activation (M, B, L, R).

    All modules read the same state (h and c, started from zero) and each makes a new one, as an
    LSTM does; their mixture is the next state. The monolithic network is an LSTM of H units.

    Args:
        members: networks in the stack.
        rules: rules R, and modules.
        model: one of `labs.modular_rules.grid.MODELS`.
        encoder: width E of a step's code.
        width: units H of the monolithic network, which also sets the others' state width by
            `labs.modular_rules.nets.sizes.matched_state`.
        features: numbers per step beside the rule.
        outputs: numbers per step to predict.
        state: state width of every model, instead of the matched one.

    Raises:
        ValueError: an unknown model, a size below 1, sizes that leave the state no unit; in
            `forward`, an x of another shape.
    """

    def __init__(
        self,
        members: int,
        rules: int,
        model: str,
        *,
        encoder: int,
        width: int,
        features: int,
        outputs: int,
        state: int | None = None,
    ) -> None:
        widths = {"encoder": encoder, "width": width, "features": features, "outputs": outputs}
        super().__init__(members, rules, model, **widths)
        modules, self.features = self.own_modules, features
        self.state = sizes.state_width(encoder, width, modules, state)
        self.encode_first = Affine(members, features + rules, encoder)
        self.encode_second = Affine(members, encoder, encoder)
        self.gates = Gates(members, modules, encoder, self.state, model in (GT, SWITCH))
        if model == OP:
            self.rule_router = RuleRouter(members, rules, rules, self.state, bias=False)
        elif model == OP_WIDE:
            hidden = sizes.wide_router(sizes.state_width(encoder, width, 2, state), rules)
            self.rule_router = RuleRouter(members, rules, rules, hidden, bias=False)
        elif model == SWITCH:
            self.dispatcher = Affine(members, encoder, rules)
        elif model == JOINT:
            self.score = Score(members, rules, self.state)
        self.decode_first = Affine(members, self.state, self.state)
        self.decode_second = Affine(members, self.state, outputs)

    def forward(self, x: Tensor) -> Output:
        columns, rules = self._columns(x, self.features)
        length = x.shape[2]
        code = self.encode_second(self.encode_first(columns).relu())
        gate = self.gate(rules, self.dispatcher(code) if self.model == SWITCH else None)
        states, activation = self._states(code, gate, length)
        y = self.decode_second(self.decode_first(states).relu())
        activation = None if activation is None else by_example(activation, length)
        return Output(by_example(y, length), activation, gate.balance)

    def _states(self, code: Tensor, gate: Gate, length: int) -> tuple[Tensor, Tensor | None]:
        """States (M, h, L * B), and the activation."""

        def timed(t: Tensor) -> Tensor:
            return t.unflatten(2, (length, -1))

        weight: Tensor = self.gates.weight
        bias, weights, dispatch = self.gates.bias, gate.weights, None
        if self.model == JOINT:
            states, p = scored_scan(weight, self.score.weight, timed(code))
            return states.flatten(2), p.flatten(2)
        if bias is not None:
            weight = torch.cat([weight, bias.sum(1)], 2)
            code = F.pad(code, (0, 0, 0, 1), value=1.0)
        if weights is not None and self.gates.dispatched:
            dispatch = gate.activation
            weights = weights.sum(1, keepdim=True) if self.model == SWITCH else None
        mixture, dispatch = (t if t is None else timed(t) for t in (weights, dispatch))
        states = scan(weight, timed(code), mixture, dispatch, self.state)
        return states.flatten(2), gate.activation
