"""What is asked of convolutions: one by hand, how many numbers it holds, how far it sees."""

import math
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F

from labs.course.compare import SINGLE, expect_array, expect_close, unchanged
from labs.course.plan import Answer, Check, Exercise, expect

LENGTH, KERNEL = 17, 5  # of the signals and windows of the checks


def _layer(seed: int, stride: int) -> tuple[Any, ...]:
    rng = np.random.default_rng(seed)
    return rng.normal(size=(3, LENGTH)), rng.normal(size=(4, KERNEL)), rng.normal(size=4), stride


def _torch_conv(x: Any, w: Any, b: Any, stride: int) -> np.ndarray:
    x, w, b = (torch.as_tensor(np.asarray(array)) for array in (x, w, b))
    return F.conv1d(x[:, None], w[:, None], b, stride=stride).transpose(1, 2).numpy()


def _positions(answer: Answer, seed: int) -> None:
    for stride in (1, 2, 3):
        x, w, b, _ = _layer(seed, stride)
        got = expect_array(answer(x, w, b, stride), f"stride {stride}")
        asked = (3, (LENGTH - KERNEL) // stride + 1, 4)
        hint = "channels come last" if got.shape == (asked[0], asked[2], asked[1]) else ""
        hint = hint or "a window lies wholly in the signal, and the last that fits counts"
        expect(
            got.shape == asked,
            f"17 positions, windows of 5, 4 channels, stride {stride}: asked for shape {asked}, "
            f"got {got.shape}: {hint}",
        )


def _every_position(answer: Answer, seed: int) -> None:
    x, w, b, stride = _layer(seed, 1)
    want, flipped = (_torch_conv(x, kernel, b, stride) for kernel in (w, w[:, ::-1].copy()))
    mistakes = {
        "was the kernel reversed, as np.convolve does": flipped,
        "was the bias forgotten": want - b,
    }
    with unchanged(x=x, w=w, b=b):
        got = answer(x, w, b, stride)
    expect_close(got, want, "stride 1", relative=SINGLE, mistakes=mistakes)


def _steps(answer: Answer, seed: int) -> None:
    for stride in (2, 3):
        x, w, b, _ = _layer(seed, stride)
        want = _torch_conv(x, w, b, stride)
        close = _torch_conv(x, w, b, 1)[:, : want.shape[1]]
        mistakes = {"was the window moved by one position": close}
        got = answer(x, w, b, stride)
        expect_close(got, want, f"stride {stride}", relative=SINGLE, mistakes=mistakes)


def _bias(answer: Answer, seed: int) -> None:
    x, w, b, stride = _layer(seed, 2)
    without = expect_array(answer(x, w, 0 * b, stride), "with bias 0")
    got = expect_array(answer(x, w, b, stride), "with bias", shape=without.shape)
    asked = "asked for the 4 channels along the last axis"
    expect(without.shape[-1:] == (4,), f"{asked}, got shape {without.shape}")
    added = np.broadcast_to(b, without.shape)
    expect_close(
        got - without,
        added,
        "what the bias adds at every position",
        relative=SINGLE,
        mistakes={"was it forgotten": 0 * got, "was it added once per weight": KERNEL * added},
    )


def _loops(x: Any, w: Any, b: Any, stride: int) -> list[list[list[float]]]:
    starts = range(0, len(x[0]) - len(w[0]) + 1, stride)
    return [
        [
            [
                sum(k * signal[start + j] for j, k in enumerate(kernel)) + offset
                for kernel, offset in zip(w, b, strict=True)
            ]
            for start in starts
        ]
        for signal in x
    ]


def _windows(x: np.ndarray, size: int, stride: int = 1) -> np.ndarray:
    return np.lib.stride_tricks.sliding_window_view(x, size, axis=1)[:, ::stride]


def _shifted_slices(x: Any, w: Any, b: Any, stride: int) -> np.ndarray:
    span = x.shape[1] - w.shape[1] + 1
    parts = [x[:, j : j + span : stride, None] * w[:, j] for j in range(w.shape[1])]
    return np.sum(parts, axis=0) + b


def _convolve(x: Any, w: Any, b: Any, stride: int) -> np.ndarray:
    rows = [[np.convolve(s, k[::-1], "valid")[::stride] for k in w] for s in x]
    return np.array(rows).transpose(0, 2, 1) + b


def _padded(x: np.ndarray, mode: Any) -> np.ndarray:
    return np.pad(x, ((0, 0), (0, KERNEL - 1)), mode=mode)


def _spread(x: Any, w: Any, b: Any, stride: int) -> np.ndarray:
    starts = range((x.shape[1] - w.shape[1]) // stride + 1)
    return np.stack([x[:, s : s + w.shape[1]] @ w.T + b for s in starts], axis=1)


CONV = Exercise(
    name="conv1d",
    signature="(x: np.ndarray, w: np.ndarray, b: np.ndarray, stride: int) -> np.ndarray",
    minutes=12,
    checks=(
        Check(name="one answer per window and channel", run=_positions),
        Check(name="the kernel lies on the window, position by position", run=_every_position),
        Check(name="the window moves by the stride", run=_steps),
        Check(name="each channel adds its bias once", run=_bias),
    ),
    right={
        "loops and lists": _loops,
        "windows as rows": lambda x, w, b, s: _windows(x, w.shape[1], s) @ w.T + b,
        "shifted slices": _shifted_slices,
        "np.convolve, reversed back": _convolve,
        "torch unfold": lambda x, w, b, s: (
            torch.as_tensor(x).unfold(1, w.shape[1], s) @ torch.as_tensor(w).T + torch.as_tensor(b)
        ),
    },
    wrong={
        "kernel reversed": (
            lambda x, w, b, s: _windows(x, w.shape[1], s) @ w[:, ::-1].T + b,
            "was the kernel reversed",
        ),
        "last window lost": (
            lambda x, w, b, s: _windows(x, w.shape[1], s)[:, :-1] @ w.T + b,
            "the last that fits counts",
        ),
        "stride ignored": (
            lambda x, w, b, s: _windows(x, w.shape[1]) @ w.T + b,
            "stride 2: asked for shape (3, 7, 4), got (3, 13, 4)",
        ),
        "number of windows by the stride, moved by one": (_spread, "moved by one position"),
        "no bias": (
            lambda x, w, b, s: _windows(x, w.shape[1], s) @ w.T,
            "was the bias forgotten",
        ),
        "bias added for every weight": (
            lambda x, w, b, s: (_windows(x, w.shape[1], s)[:, :, None] * w + b[:, None]).sum(-1),
            "was it added once per weight",
        ),
        "wraps around": (
            lambda x, w, b, s: _windows(_padded(x, "wrap"), w.shape[1], s) @ w.T + b,
            "a window lies wholly in the signal",
        ),
        "pads with zeros": (
            lambda x, w, b, s: _windows(_padded(x, "constant"), w.shape[1], s) @ w.T + b,
            "a window lies wholly in the signal",
        ),
        "channels before positions": (
            lambda x, w, b, s: (_windows(x, w.shape[1], s) @ w.T + b).transpose(0, 2, 1),
            "channels come last",
        ),
        "windows side by side": (
            lambda x, w, b, s: _windows(x, w.shape[1], s * w.shape[1]) @ w.T + b,
            "asked for shape",
        ),
    },
    without=("labs", "torch.nn", "torch.conv1d", "scipy"),
)


# conv_parameters


def _counted(kernel: int, inputs: int, outputs: int) -> int:
    return sum(p.numel() for p in torch.nn.Conv1d(inputs, outputs, kernel).parameters())


def _whole(got: Any, what: str) -> int:
    number = expect_array(got, what, shape=())
    expect(number == round(float(number)), f"{what}: asked for a whole number, got {got}")
    return int(number)


def _one_kernel(answer: Answer, seed: int) -> None:
    kernel = int(np.random.default_rng(seed).integers(4, 12))
    what = f"kernel {kernel}, from 1 channel to 1"
    got = _whole(answer(kernel, 1, 1), what)
    mistakes = {"was the bias forgotten": kernel, "was a bias counted for every weight": 2 * kernel}
    expect_close(got, kernel + 1, what, mistakes=mistakes)


def _many_channels(answer: Answer, seed: int) -> None:
    sizes = np.random.default_rng(seed).permutation([3, 5, 7, 11, 13])[:3].tolist()
    kernel, inputs, outputs = sizes
    weights, what = kernel * inputs * outputs, "kernel {}, from {} channels to {}".format(*sizes)
    mistakes = {
        "was the bias forgotten": weights,
        "was one bias counted in all": weights + 1,
        "was a bias counted for every pair of channels": (kernel + 1) * inputs * outputs,
        "was a bias counted for every input channel": weights + inputs,
        "was it forgotten that a kernel reads all input channels": kernel * outputs + outputs,
    }
    got = _whole(answer(kernel, inputs, outputs), what)
    expect_close(got, _counted(kernel, inputs, outputs), what, mistakes=mistakes)


PARAMETERS = Exercise(
    name="conv_parameters",
    signature="(kernel: int, inputs: int, outputs: int) -> int",
    minutes=5,
    checks=(
        Check(name="one kernel and its bias", run=_one_kernel),
        Check(name="from all channels to all channels", run=_many_channels),
    ),
    right={
        "kernel by kernel": lambda k, i, o: sum(k * i + 1 for _ in range(o)),
        "size of arrays": lambda k, i, o: np.zeros((o, i, k)).size + np.zeros(o).size,
    },
    wrong={
        "no bias": (lambda k, i, o: k * i * o, "was the bias forgotten"),
        "one bias in all": (lambda k, i, o: k * i * o + 1, "one bias counted in all"),
        "a bias per weight": (lambda k, i, o: 2 * k * i * o, "was a bias counted for every weight"),
        "a bias per pair": (lambda k, i, o: (k + 1) * i * o, "every pair of channels"),
        "a bias per input": (lambda k, i, o: k * i * o + i, "every input channel"),
        "one input channel": (lambda k, i, o: (k + 1) * o, "reads all input channels"),
        "times the length": (lambda k, i, o: 40 * (k * i * o + o), "asked for"),
    },
)


# receptive_field


def _span(kernels: list[int], strides: list[int]) -> int:
    """Number of positions from the first to the last that reach one unit of the last layer."""
    length = 400
    x = torch.ones(1, 1, length, dtype=torch.float64, requires_grad=True)
    h = x
    for kernel, stride in zip(kernels, strides, strict=True):
        h = F.conv1d(h, torch.ones(1, 1, kernel, dtype=torch.float64), stride=stride)
    h[0, 0, h.shape[2] // 2].backward()
    assert x.grad is not None
    seen = x.grad[0, 0].nonzero()
    return int(seen[-1] - seen[0]) + 1


def _seen(answer: Answer, kernels: list[int], strides: list[int], mistakes: Any) -> None:
    what = f"kernels {kernels}, strides {strides}"
    got = _whole(answer(list(kernels), list(strides)), what)
    expect_close(got, _span(kernels, strides), what, mistakes=mistakes)


def _one_layer(answer: Answer, seed: int) -> None:
    rng = np.random.default_rng(seed)
    kernel, stride = int(rng.integers(3, 8)), int(rng.integers(2, 4))
    mistakes = {
        "was the first layer's own stride used": 1 + (kernel - 1) * stride,
        "was the kernel multiplied by its own stride": kernel * stride,
    }
    _seen(answer, [kernel], [stride], mistakes)


def _no_stride(answer: Answer, seed: int) -> None:
    kernels = np.random.default_rng(seed).integers(2, 8, size=3).tolist()
    mistakes = {
        "was it forgotten that neighbouring windows overlap": sum(kernels),
        "were the kernels multiplied": math.prod(kernels),
    }
    _seen(answer, kernels, [1, 1, 1], mistakes)


def _strides_multiply(answer: Answer, seed: int) -> None:
    rng = np.random.default_rng(seed)
    # so every mistake below gives a wrong number of its own, whatever is drawn
    kernels = sorted((rng.permutation(5)[:3] + 4).tolist())
    strides = [4, 3, 2]
    mistakes = {
        "were the strides forgotten": 1 + sum(kernel - 1 for kernel in kernels),
        "was only the layer just below counted": _stride_before(kernels, strides),
        "was the layer's own stride counted": _too_late(kernels, strides),
        "walked from the first layer to the last": _from_the_first(kernels, strides),
    }
    _seen(answer, kernels, strides, mistakes)


def _too_late(kernels: Any, strides: Any) -> int:
    jumps = np.cumprod(strides)
    return 1 + sum((k - 1) * int(jump) for k, jump in zip(kernels, jumps, strict=True))


def _backwards(kernels: Any, strides: Any) -> int:
    width = 1
    for kernel, stride in zip(kernels[::-1], strides[::-1], strict=True):
        width = (width - 1) * stride + kernel
    return width


def _from_the_first(kernels: Any, strides: Any) -> int:
    return _backwards(kernels[::-1], strides[::-1])


def _sets(kernels: Any, strides: Any) -> int:
    seen = {0}
    for kernel, stride in zip(reversed(kernels), reversed(strides), strict=True):
        seen = {stride * place + j for place in seen for j in range(kernel)}
    return max(seen) - min(seen) + 1


def _forwards(kernels: Any, strides: Any) -> int:
    jumps = [math.prod(strides[:i]) for i in range(len(kernels))]
    return 1 + sum((k - 1) * jump for k, jump in zip(kernels, jumps, strict=True))


def _stride_before(kernels: Any, strides: Any) -> int:
    before = [1, *strides[:-1]]
    return 1 + sum((k - 1) * s for k, s in zip(kernels, before, strict=True))


FIELD = Exercise(
    name="receptive_field",
    signature="(kernels: list[int], strides: list[int]) -> int",
    minutes=10,
    checks=(
        Check(name="one layer", run=_one_layer),
        Check(name="three layers of stride 1", run=_no_stride),
        Check(name="three layers with strides", run=_strides_multiply),
    ),
    right={"from the last layer back": _backwards, "sets of positions": _sets, "sums": _forwards},
    wrong={
        "sum of the kernels": (lambda k, s: sum(k), "neighbouring windows overlap"),
        "product of the kernels": (lambda k, s: math.prod(k), "kernels multiplied"),
        "strides ignored": (lambda k, s: 1 + sum(j - 1 for j in k), "were the strides forgotten"),
        "only the stride before": (_stride_before, "only the layer just below"),
        "own stride too": (_too_late, "own stride"),
        "first to last": (_from_the_first, "walked from the first layer to the last?"),
        "kernels times strides": (lambda k, s: np.dot(k, s), "multiplied by its own stride"),
        "product of the strides": (
            lambda k, s: math.prod(s) * k[-1],
            "kernel multiplied by its own stride",
        ),
    },
)
