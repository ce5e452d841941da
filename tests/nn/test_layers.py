"""Member-axis layers: the same arithmetic, gradients and starting values as their torch twins."""

from collections.abc import Callable
from typing import NamedTuple

import pytest
import torch
import torch.nn.functional as F
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor, nn

from labs.nn import layers
from labs.nn.halving import rectified

MEMBERS, BATCH = 3, 4
SEEDS = [0, 7, 2**40 + 1]


class Local(nn.Module):
    """`Linear` per position, windows cut by hand."""

    def __init__(self, length, inputs, outputs, kernel, stride, padding):
        super().__init__()
        self.kernel, self.stride, self.padding = kernel, stride, padding
        positions = len(range(0, length + 2 * padding - kernel + 1, stride))
        self.at = nn.ModuleList(nn.Linear(kernel * inputs, outputs) for _ in range(positions))

    def forward(self, x: Tensor) -> Tensor:
        x = F.pad(x, (0, 0, self.padding, self.padding))
        starts = [i * self.stride for i in range(len(self.at))]
        rows = [x[:, start : start + self.kernel].flatten(1) for start in starts]
        return torch.stack([f(row) for f, row in zip(self.at, rows, strict=True)], dim=1)


class Case(NamedTuple):
    """A layer and its twin; `call` applies the twin to the (B, ...) input of one member."""

    layer: Callable[[int], layers.Layer]
    twin: Callable[[], nn.Module]
    shape: tuple[int, ...]
    call: Callable[[nn.Module, Tensor], Tensor] = lambda twin, x: twin(x)
    stacked: Callable[[layers.Layer, Tensor], Tensor] = lambda layer, x: layer(x)


def linear(inputs, outputs):
    return Case(
        lambda m: layers.Linear(m, inputs, outputs), lambda: nn.Linear(inputs, outputs), (inputs,)
    )


def conv(length, inputs, outputs, kernel, stride, padding):
    return Case(
        lambda m: layers.Conv1d(m, inputs, outputs, kernel, stride, padding),
        lambda: nn.Conv1d(inputs, outputs, kernel, stride, padding),
        (length, inputs),
        lambda twin, x: twin(x.transpose(1, 2)).transpose(1, 2),
    )


def local(*geometry):
    return Case(
        lambda m: layers.LocallyConnected1d(m, *geometry), lambda: Local(*geometry), geometry[:2]
    )


def gru(steps, inputs, hidden):
    return Case(
        lambda m: layers.GRU(m, inputs, hidden),
        lambda: nn.GRU(inputs, hidden, batch_first=True, bidirectional=True),
        (steps, inputs),
        lambda twin, x: twin(x)[0],
    )


def norm(features):
    return Case(
        lambda m: layers.LayerNorm(m, features), lambda: nn.LayerNorm(features), (features,)
    )


def attention(tokens, features, heads):
    return Case(
        lambda m: layers.Attention(m, features, heads),
        lambda: nn.MultiheadAttention(features, heads, batch_first=True),
        (tokens, features),
        lambda twin, x: twin(x, x, x)[0],
        lambda layer, x: layer(x.flatten(1, 2), tokens).view_as(x),
    )


def embedding(tokens, features):
    twin = nn.Embedding(tokens, features)
    nn.init.uniform_(twin.weight, -1, 1)
    return twin


def positions(tokens, features):
    return Case(
        lambda m: layers.Positions(m, tokens, features),
        lambda: embedding(tokens, features),
        (tokens, features),
        lambda twin, x: x + twin.weight,
    )


GEOMETRIES = {  # length, inputs, outputs, kernel, stride, padding
    "first of the CNN": (40, 1, 5, 5, 2, 1),
    "second of the CNN": (19, 4, 3, 3, 2, 1),
    "stride 1, no padding": (9, 2, 3, 3, 1, 0),
    "stride that skips the end": (11, 2, 2, 3, 3, 0),
    "stride beyond the kernel": (13, 3, 2, 2, 5, 2),
    "kernel 1": (6, 2, 3, 1, 1, 0),
    "kernel as long as the input": (5, 2, 3, 5, 1, 0),
    "kernel longer than the input": (3, 2, 3, 6, 2, 2),
}
EXACT = {  # twins that draw in the order of `draws`
    "linear": linear(40, 10),
    "linear, one input": linear(1, 3),
    **{f"conv, {name}": conv(*geometry) for name, geometry in GEOMETRIES.items()},
    **{f"local, {name}": local(*geometry) for name, geometry in GEOMETRIES.items()},
    "gru of the benchmark": gru(40, 1, 6),
    "gru, three inputs": gru(7, 3, 5),
    "gru, one unit": gru(4, 3, 1),
    "gru, one step": gru(1, 1, 4),
    "gru, two steps": gru(2, 2, 3),
    "norm": norm(16),
}
CASES = {
    **EXACT,
    "attention": attention(9, 16, 1),
    "attention, 4 heads": attention(5, 8, 4),
    "attention, one token": attention(1, 4, 2),
    "positions": positions(40, 16),
}
cases = pytest.mark.parametrize("case", CASES.values(), ids=CASES.keys())


def generator(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def filled(module: nn.Module, g: torch.Generator) -> nn.Module:
    """Every parameter drawn anew, since a bias that starts at zero would hide errors."""
    with torch.no_grad():
        for p in module.parameters():
            p.uniform_(-0.7, 0.7, generator=g)
    return module


def start(seed: int, twin: Callable[[], nn.Module]) -> nn.Module:
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        return twin()


@pytest.mark.parametrize(("dtype", "tolerance"), [(torch.float32, 1e-5), (torch.float64, 1e-12)])
@cases
def test_outputs_and_gradients_are_the_twins(case, dtype, tolerance):
    g = generator()
    layer, gradients = case.layer(MEMBERS).to(dtype), case.layer(MEMBERS).to(dtype)
    x = torch.randn(MEMBERS, BATCH, *case.shape, generator=g, dtype=dtype, requires_grad=True)
    twins = [filled(case.twin().to(dtype), g) for _ in range(MEMBERS)]
    for m, twin in enumerate(twins):
        layer.load(m, *twin.parameters())
    output = case.stacked(layer, x)
    cotangent = torch.randn(output.shape, generator=g, dtype=dtype)
    output.backward(cotangent)
    for m, twin in enumerate(twins):
        alone = x[m].detach().requires_grad_()
        expected = case.call(twin, alone)
        expected.backward(cotangent[m])
        gradients.load(m, *(p.grad for p in twin.parameters()))
        torch.testing.assert_close(output[m], expected, rtol=tolerance, atol=tolerance)
        torch.testing.assert_close(x.grad[m], alone.grad, rtol=tolerance, atol=tolerance)
    for (name, p), expected in zip(layer.named_parameters(), gradients.parameters(), strict=True):
        scale = max(1.0, expected.abs().max().item())  # sums over batch and positions
        close = torch.testing.assert_close
        close(
            p.grad, expected.detach(), rtol=0, atol=tolerance * scale, msg=lambda m, n=name: n + m
        )


@cases
def test_draws_are_the_twins_parameters_and_their_range(case):
    layer = case.layer(1)
    drawn = [[*start(seed, case.twin).parameters()] for seed in range(40)]
    for draw, samples in zip(layer.draws, zip(*drawn, strict=True), strict=True):
        values = torch.stack(samples).detach()
        assert values.shape[1:] == draw.shape
        margin = 1e-6
        assert draw.low - margin <= values.min() <= values.max() <= draw.high + margin
        assert values.max() - values.min() >= 0.8 * (draw.high - draw.low)


@pytest.mark.parametrize("case", EXACT.values(), ids=EXACT.keys())
def test_a_member_starts_as_the_twin_under_its_seed(case):
    layer, expected = case.layer(len(SEEDS)), case.layer(len(SEEDS))
    before = torch.get_rng_state()
    layer.reset([generator(seed) for seed in SEEDS])
    assert torch.equal(torch.get_rng_state(), before)
    for m, seed in enumerate(SEEDS):
        expected.load(m, *start(seed, case.twin).parameters())
    for p, q in zip(layer.parameters(), expected.parameters(), strict=True):
        torch.testing.assert_close(p, q, rtol=0, atol=1e-7)


@cases
def test_reset_draws_within_the_ranges(case):
    layer, seen = case.layer(40), []
    layer.reset([generator(seed) for seed in range(40)])
    values = torch.cat([p.detach().flatten(1) for p in layer.parameters()], dim=1)
    for draw in layer.draws:
        seen += [draw.low, draw.high]
    assert min(seen) <= values.min() <= 0.8 * min(seen) + 0.2 * max(seen)
    assert 0.2 * min(seen) + 0.8 * max(seen) <= values.max() <= max(seen)
    assert not torch.equal(values[0], values[1]) or min(seen) in (0, 1)  # LayerNorm draws nothing


SIZES = st.integers(1, 5)


@settings(deadline=None, max_examples=60)
@given(st.integers(1, 12), SIZES, SIZES, SIZES, st.integers(0, 3))
def test_a_window_is_a_slice_of_the_padded_sequence(length, channels, kernel, stride, padding):
    x = torch.randn(2, 3, length, channels, generator=generator())
    if kernel > length + 2 * padding:
        with pytest.raises(ValueError, match=f"kernel must be at most .* got {kernel}"):
            layers.windows(x, kernel, stride, padding)
        return
    padded = F.pad(x, (0, 0, padding, padding))
    expected = padded.unfold(2, kernel, stride).transpose(-1, -2).flatten(3)
    assert torch.equal(layers.windows(x, kernel, stride, padding), expected)


def chain_of(widths: list[int], first: tuple[int, int, int], dtype: torch.dtype) -> list:
    halving = [(3, 2, 1)] * (len(widths) - 2)
    pairs = zip(widths[:-1], widths[1:], [first, *halving], strict=True)
    return [filled(layers.Conv1d(2, i, o, *g).to(dtype), generator(o)) for i, o, g in pairs]


@pytest.mark.parametrize("length", [40, 19, 10, 9, 8, 3, 2, 1])
@pytest.mark.parametrize("first", [(5, 2, 1), (3, 2, 1), (3, 1, 1)])
@pytest.mark.parametrize("widths", [[1, 4, 3, 5], [2, 3, 2], [3, 2]])
def test_a_chain_of_convolutions_is_the_layers_one_by_one(length, first, widths):
    if first[0] > length + 2:
        return
    convs = chain_of(widths, first, torch.float64)
    parameters = [p for conv in convs for p in conv.parameters()]
    x = torch.randn(2, 3, length, widths[0], generator=generator(), dtype=torch.float64)
    x.requires_grad_()
    expected = x
    for conv in convs:
        expected = conv(expected).relu()
    output = rectified(x, *convs)
    torch.testing.assert_close(output, expected)
    cotangent = torch.randn(output.shape, generator=generator(), dtype=torch.float64)
    ours = torch.autograd.grad(output, [x, *parameters], cotangent)
    theirs = torch.autograd.grad(expected, [x, *parameters], cotangent)
    torch.testing.assert_close(ours, theirs)


def test_a_chain_of_other_geometries_goes_layer_by_layer():
    convs = [layers.Conv1d(2, 1, 3, 5), layers.Conv1d(2, 3, 2, 2, stride=1, padding=0)]
    convs = [filled(conv, generator()) for conv in convs]
    x = torch.randn(2, 4, 12, 1, generator=generator())
    assert torch.equal(rectified(x, *convs), convs[1](convs[0](x).relu()).relu())


@pytest.mark.parametrize("length", [4, 9])
def test_the_gradient_of_the_chain(length):
    convs = chain_of([1, 2, 3, 2], (5, 2, 1), torch.float64)
    parameters = [p for conv in convs for p in conv.parameters()]
    x = torch.randn(2, 2, length, 1, generator=generator(), dtype=torch.float64, requires_grad=True)
    assert torch.autograd.gradcheck(lambda *_: rectified(x, *convs), (x, *parameters))


def test_dropout_is_each_members_own():
    dropout, x = layers.Dropout(2, 0.25), torch.ones(2, 50, 40)
    dropout.reset([generator(3), generator(4)])
    both = dropout(x)
    alone = layers.Dropout(1, 0.25)
    alone.reset([generator(4)])
    assert torch.equal(alone(x[1:]), both[1:])
    assert not torch.equal(both[0], both[1])
    assert both.unique().tolist() == pytest.approx([0, 4 / 3])
    kept = (both > 0).double().mean().item()  # 4000 units: standard error 0.007
    assert kept == pytest.approx(0.75, abs=0.03)
    assert not torch.equal(dropout(x), both)


def test_dropout_that_drops_nothing():
    x = torch.ones(2, 5, 4)
    assert layers.Dropout(2, 0.5).eval()(x) is x
    assert layers.Dropout(2, 0.0)(x) is x


REFUSED = {
    "members must be .* got 0": lambda: layers.Linear(0, 1, 1),
    "inputs must be .* got 0": lambda: layers.Linear(1, 0, 1),
    "outputs must be .* got 2.5": lambda: layers.Linear(1, 1, 2.5),
    "stride must be .* got 0": lambda: layers.Conv1d(1, 1, 1, 1, stride=0),
    "padding must be at least 0, got -1": lambda: layers.LocallyConnected1d(1, 5, 1, 1, 1, 1, -1),
    r"kernel must be at most length \+ 2 padding = 4, got 5": lambda: layers.LocallyConnected1d(
        1, 2, 1, 1, 5, padding=1
    ),
    "hidden must be .* got -3": lambda: layers.GRU(1, 1, -3),
    "features must be .* got 0": lambda: layers.LayerNorm(1, 0),
    "features must be a multiple of heads = 3, got 8": lambda: layers.Attention(1, 8, 3),
    "tokens must be .* got 0": lambda: layers.Positions(1, 0, 4),
    r"rate must be in \[0, 1\), got 1": lambda: layers.Dropout(1, 1),
    r"rate must be in \[0, 1\), got -0.1": lambda: layers.Dropout(1, -0.1),
}


@pytest.mark.parametrize(("message", "build"), REFUSED.items(), ids=REFUSED.keys())
def test_bad_sizes_are_refused_by_name(message, build):
    with pytest.raises(ValueError, match=message):
        build()
