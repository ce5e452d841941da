"""The models of the modular-rules lab, stacked: many networks of one shape in one tensor program.

    Monolithic        y = f(x, c)
    Modular           y = sum_m p_m f_m(x, c), p = softmax of the modules' own scores
    Modular-op        the same, but p is computed from the rule alone
    GT-Modular        p is the rule: module r works on rule r
    Switch            p_m f_m(x, c) of the most probable module m alone, with a loss that balances
                      how often each is chosen (Fedus, Zoph, Shazeer 2021, arXiv:2101.03961)

Source: Mittal, Bengio, Lajoie, "Is a Modular Architecture Enough?" (2022), Table 1, in the shapes
of the official code: the mixture is taken of hidden features before a shared decoder (MLP, MHA) or
of the recurrent state at every step (RNN), modules always see the rule too, and the encoder and
decoder are shared. Modules are as many as rules, and narrower the more there are, so that all
models have about equally many parameters (`labs.modular_rules.nets.sizes`). Two variants answer
what the matching leaves open: Modular-op with a wide router, and an RNN whose state width is given.
"""

from typing import Any

from labs.kit.checks import check_sizes, known
from labs.modular_rules.nets.mha import MHA
from labs.modular_rules.nets.mlp import MLP
from labs.modular_rules.nets.rnn import RNN
from labs.modular_rules.nets.routing import ModularNet

NETS: dict[str, type[MLP] | type[MHA] | type[RNN]] = {"mlp": MLP, "mha": MHA, "rnn": RNN}
# What is not free in an architecture, and what it is.
FIXED: dict[str, dict[str, int | None]] = {
    "mlp": {"features": 2, "outputs": 1, "state": None},
    "mha": {"outputs": 1, "state": None},
    "rnn": {},
}


def build(
    architecture: str,
    model: str,
    members: int,
    rules: int,
    *,
    encoder: int,
    width: int,
    features: int,
    outputs: int = 1,
    state: int | None = None,
) -> ModularNet:
    """A stack of networks, not yet started: `reset(seeds)` draws them, as torch draws the twin.

    >>> import torch
    >>> net = build("mlp", "switch", 10, 8, encoder=32, width=128, features=2)
    >>> y, activation, balance = net.reset(range(10))(torch.zeros(10, 5, 10))
    >>> tuple(y.shape), tuple(activation.shape), tuple(balance.shape)
    ((10, 5), (10, 5, 8), (10,))

    Args:
        architecture: ``"mlp"``, ``"mha"`` or ``"rnn"``.
        model: one of `labs.modular_rules.grid.MODELS`.
        members: networks M in the stack.
        rules: rules R, and modules.
        encoder: width of the encoder: E; D of the MHA.
        width: width of the rest: D of the MLP, A of the MHA, H of the RNN.
        features: numbers per sample, token or step beside the one-hot rule: 2 for the MLP.
        outputs: numbers to predict per step of the RNN; 1 for the others.
        state: state width of the RNN instead of the matched one; None for the others.

    Returns:
        A net whose `forward` takes x float32, features and rule side by side, (M, B, 2 + R) or
        (M, B, L, features + R), and returns `Output(y, activation, balance)`.

    Raises:
        ValueError: an unknown architecture or model, a size below 1 or one that the architecture
            does not leave free, sizes that leave a module no unit.
    """
    free = sizes_of(
        architecture, encoder=encoder, width=width, features=features, outputs=outputs, state=state
    )
    return NETS[architecture](members, rules, model, **free)


def sizes_of(architecture: str, **sizes: int | None) -> dict[str, Any]:
    """Of the sizes that `build` takes, those that are free in an architecture.

    Raises:
        ValueError: an unknown architecture, a size below 1, another value than the one that a size
            must have there.
    """
    fixed = FIXED[known("architecture", architecture, FIXED)]
    for name, value in fixed.items():
        if sizes[name] != value:
            raise ValueError(f"{name} must be {value} for {architecture!r}, got {sizes[name]!r}")
    check_sizes(**{name: value for name, value in sizes.items() if value is not None})
    return {name: value for name, value in sizes.items() if name not in fixed}
