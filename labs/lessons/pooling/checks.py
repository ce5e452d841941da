"""The exercises of the lesson on pooling, each with right and wrong answers."""

from collections.abc import Callable

import numpy as np
import torch
import torch.nn.functional as F
from scipy.stats import linregress
from torch import Tensor, nn

from labs.course.compare import SINGLE, expect_array, expect_close, expect_number, unchanged
from labs.course.plan import Answer, Check, Exercise, expect
from labs.nn.nets import CLASSES

WIDTHS = (2, 3, 5)
MOST = 64  # channels that are tried

# --- max_pool


def _hidden(seed: int, positions: int = 17) -> Tensor:
    return torch.randn(3, positions, 4, generator=torch.Generator().manual_seed(seed))


def _pooled(h: Tensor, k: int) -> Tensor:
    return F.max_pool1d(h.transpose(1, 2), k).transpose(1, 2)


def _every_k_become_one(answer: Answer, seed: int) -> None:
    for k in WIDTHS:
        what = f"17 positions, k = {k}, the {17 % k} left over dropped"
        expect_array(answer(_hidden(seed), k), what, shape=(3, 17 // k, 4))


def _a_peak_survives(answer: Answer, seed: int) -> None:
    example, at, channel = (int(n) for n in np.random.default_rng(seed).integers((3, 12, 4)))
    for k in (2, 3):
        h = torch.full((3, 12, 4), -1.0)
        h[example, at, channel] = 1.0
        found = expect_array(answer(h, k), f"12 positions, k = {k}", shape=(3, 12 // k, 4))
        expect(found.max() > -1, f"a single peak of 1 at position {at} is lost with k = {k}")
        height, where = found.max(), int(np.argwhere(found == found.max())[0][1])
        story = f"a single peak of 1 at position {at}, everything else -1, k = {k}: asked for 1 at"
        right = height == 1 and where == at // k
        expect(right, f"{story} {at // k}, got {height:.4g} at {where}")


def _the_largest(answer: Answer, seed: int) -> None:
    for k in (1, *WIDTHS):
        h = _hidden(seed)
        with unchanged(h=h):
            found = answer(h, k)
        zero = {"were negative numbers replaced by 0": _pooled(h, k).relu()}
        what = f"the largest of every k = {k}"
        expect_close(found, _pooled(h, k), what, relative=SINGLE, mistakes=zero)


def _slope(pool: Answer, h: Tensor, k: int) -> Tensor:
    h = h.clone().requires_grad_()
    out = pool(h, k)
    expect(
        isinstance(out, Tensor) and out.requires_grad,
        "the result cannot be differentiated: use torch alone, without detach or numpy",
    )
    expect_array(out, f"k = {k}", shape=tuple(_pooled(h, k).shape))
    (gradient,) = torch.autograd.grad((out * torch.arange(1.0, 5)).sum(), h)
    return gradient


def _gradient(answer: Answer, seed: int) -> None:
    h = _hidden(seed)
    for k in WIDTHS:
        what = f"the gradient in h, k = {k}, which reaches the largest of each k alone"
        expect_close(_slope(answer, h, k), _slope(_pooled, h, k), what, relative=SINGLE)


def _windows(h: Tensor, k: int) -> Tensor:
    """(N, P, C) -> (N, P // k, k, C)."""
    return h[:, : h.shape[1] // k * k].unflatten(1, (-1, k))


def _by_loop(h: Tensor, k: int) -> Tensor:
    starts = range(0, h.shape[1] - k + 1, k)
    return torch.stack([h[:, j : j + k].max(1).values for j in starts], 1)


def _in_place(h: Tensor, k: int) -> Tensor:
    h = h.detach()
    for j in range(1, k):
        h[:, : h.shape[1] // k * k : k].clamp_min_(h[:, j : h.shape[1] // k * k : k])
    return h[:, : h.shape[1] // k * k : k].clone()


def _padded(h: Tensor, k: int) -> Tensor:
    return _windows(F.pad(h, (0, 0, 0, -h.shape[1] % k)), k).amax(2)


def _of_rectified(h: Tensor, k: int) -> Tensor:
    out = torch.zeros(h.shape[0], h.shape[1] // k, h.shape[2])
    for j in range(k):
        out = torch.maximum(out, _windows(h, k)[:, :, j])
    return out


MAX_POOL = Exercise(
    name="max_pool",
    signature="(h: torch.Tensor, k: int) -> torch.Tensor",
    minutes=12,
    checks=(
        Check(name="every k positions become one", run=_every_k_become_one),
        Check(name="a peak survives, in its place", run=_a_peak_survives),
        Check(name="the largest of every k, h as it was", run=_the_largest),
        Check(name="it can be differentiated", run=_gradient),
    ),
    right={
        "loop over windows": _by_loop,
        "shifted copies": lambda h, k: torch.stack(
            [h[:, j : h.shape[1] // k * k : k] for j in range(k)]
        ).amax(0),
        "unfold": lambda h, k: h.unfold(1, k, k).amax(-1),
    },
    wrong={
        "mean": (lambda h, k: _windows(h, k).mean(2), "asked for 1 at"),
        "stride": (lambda h, k: _windows(h, k)[:, :, 0], "the largest of every k"),
        "over channels": (lambda h, k: h.unflatten(2, (-1, 2)).amax(3), "asked for shape"),
        "overlapping": (lambda h, k: h.unfold(1, k, 1).amax(-1), "asked for shape"),
        "pads with zeros": (_padded, "left over dropped: asked for shape"),
        "distant positions": (
            lambda h, k: h[:, : h.shape[1] // k * k].unflatten(1, (k, -1)).amax(1),
            "the largest of every k",
        ),
        "starts from zeros": (_of_rectified, "were negative numbers replaced by 0?"),
        "in place": (_in_place, "h: asked to stay as it is"),
        "by numpy": (
            lambda h, k: torch.from_numpy(_windows(h, k).detach().numpy().max(2)),
            "cannot be differentiated",
        ),
    },
    without=("labs", "torch.nn", "torch.max_pool1d"),
)

# --- parameters


def _count(channels: int, positions: int) -> int:
    net = nn.Sequential(
        nn.Conv1d(1, channels, 3),
        nn.Conv1d(channels, channels, 3),
        nn.Linear(channels * positions, CLASSES),
    )
    return sum(p.numel() for p in net.parameters())


def _expect_count(found: float, channels: int, positions: int, hint: str = "") -> None:
    expect(
        found == _count(channels, positions),
        f"channels = {channels}, positions = {positions}: asked for "
        f"{_count(channels, positions)} numbers, got {found:g}{hint}",
    )


def _smallest(answer: Answer, seed: int) -> None:
    found = expect_number(answer(1, 1), "channels = 1, positions = 1")
    _expect_count(found, 1, 1, ": 3 + 1, 3 + 1 and 10 + 10; are biases counted once?")


def _one_more_position(answer: Answer, seed: int) -> None:
    channels, positions = (int(n) for n in np.random.default_rng(seed).integers(2, 30, size=2))
    more, fewer = (expect_number(answer(channels, positions + j)) for j in (1, 0))
    asked = CLASSES * channels
    expect(
        more - fewer == asked,
        f"one more position, {channels} channels: asked for {asked} numbers more, all of them in "
        f"the readout, got {more - fewer:g} more",
    )


def _as_torch_counts(answer: Answer, seed: int) -> None:
    for channels, positions in ((20, 40), *np.random.default_rng(seed).integers(2, 50, (3, 2))):
        channels, positions = int(channels), int(positions)
        found = expect_number(answer(channels, positions))
        _expect_count(found, channels, positions, ": what does each layer read?")


def _collected(c: int, p: int) -> int:
    return 3 * c * (1 + c) + 2 * c + CLASSES * (c * p + 1)


PARAMETERS = Exercise(
    name="parameters",
    signature="(channels: int, positions: int) -> int",
    minutes=7,
    checks=(
        Check(name="the smallest net", run=_smallest),
        Check(name="one more position", run=_one_more_position),
        Check(name="as torch counts", run=_as_torch_counts),
    ),
    right={
        "collected": _collected,
        "by shapes": lambda c, p: sum(
            int(np.prod(s)) for s in ((3, 1, c), (c,), (3, c, c), (c,), (c * p, 10), (10,))
        ),
    },
    wrong={
        "no biases": (lambda c, p: 3 * c + 3 * c * c + 10 * c * p, "are biases counted once?"),
        "a bias for each weight": (
            lambda c, p: 2 * (3 * c + 3 * c * c + 10 * c * p),
            "are biases counted once?",
        ),
        "second reads one channel": (
            lambda c, p: 2 * (3 * c + c) + 10 * c * p + 10,
            "what does each layer read?",
        ),
        "readout of channels alone": (
            lambda c, p: 4 * c + (3 * c + 1) * c + 10 * c + 10,
            "all of them in the readout",
        ),
        "weights for each position": (
            lambda c, p: p * (4 * c + (3 * c + 1) * c) + 10 * c * p + 10,
            "all of them in the readout",
        ),
    },
)

# --- matched_channels


def _counts(seed: int) -> Callable[[int], int]:
    rng = np.random.default_rng(seed)
    steps = rng.integers(50, 500, size=MOST + 1)
    return lambda channels: int(steps[: channels + 1].sum())


def _expect_channels(
    answer: Answer, target: int, count: Callable[[int], int], right: int, hint: str
) -> None:
    found = expect_number(answer(target, count), f"target = {target}")
    inside = found.is_integer() and 1 <= found <= MOST
    which = f"{found:g} with {count(int(found))}" if inside else f"{found:g}"
    asked = f"target = {target}: asked for {right} channels with {count(right)} numbers"
    expect(found == right, f"{asked}, got {which}: {hint}")


def _nearest(answer: Answer, seed: int) -> None:
    count, rng = _counts(seed), np.random.default_rng(seed)
    for share in (0.0, 0.3, 0.7):
        at = int(rng.integers(3, MOST - 3))
        target = count(at) + round(share * (count(at + 1) - count(at)))
        hint = "the nearest count may lie on either side of the target"
        _expect_channels(answer, target, count, at + round(share), hint)


def _ends(answer: Answer, seed: int) -> None:
    count = _counts(seed)
    hint = f"channels from 1 to {MOST} are tried, both ends among them"
    _expect_channels(answer, count(1) // 2, count, 1, hint)
    _expect_channels(answer, count(MOST) + 100, count, MOST, hint)


def _any_count(answer: Answer, seed: int) -> None:
    right, each = (int(n) for n in np.random.default_rng(seed).integers((2, 100), (30, 900)))

    def count(channels: int) -> int:
        return each * channels + CLASSES

    hint = f"`count` adds {each} for each channel here; is it asked?"
    _expect_channels(answer, count(right), count, right, hint)


def _down(target: int, count: Callable[[int], int]) -> int:
    return max([c for c in range(1, MOST + 1) if count(c) <= target], default=1)


def _up(target: int, count: Callable[[int], int]) -> int:
    return min([c for c in range(1, MOST + 1) if count(c) >= target], default=MOST)


def _gaps(target: int, count: Callable[[int], int], low: int = 1, high: int = MOST) -> list[int]:
    return [abs(count(c) - target) for c in range(low, high + 1)]


MATCHED = Exercise(
    name="matched_channels",
    signature="(target: int, count: Callable[[int], int]) -> int",
    minutes=6,
    checks=(
        Check(name="the nearest count", run=_nearest),
        Check(name="from 1 to 64 channels", run=_ends),
        Check(name="whatever the count", run=_any_count),
    ),
    right={
        "argmin": lambda target, count: int(np.argmin(_gaps(target, count))) + 1,
        "loop": lambda target, count: sorted(
            (abs(count(c) - target), c) for c in range(1, MOST + 1)
        )[0][1],
    },
    wrong={
        "rounds down": (_down, "either side of the target"),
        "rounds up": (_up, "either side of the target"),
        "counts from 0": (
            lambda target, count: int(np.argmin(_gaps(target, count))),
            "either side of the target",
        ),
        "gives the count": (
            lambda target, count: count(int(np.argmin(_gaps(target, count))) + 1),
            "asked for 1 channels",
        ),
        "no channel at all": (
            lambda target, count: int(np.argmin(_gaps(target, count, 0))),
            "both ends among them",
        ),
        "stops at 63": (
            lambda target, count: int(np.argmin(_gaps(target, count, 1, MOST - 1))) + 1,
            "both ends among them",
        ),
        "its own count": (
            lambda target, count: int(np.argmin(_gaps(target, lambda c: _collected(c, 40)))) + 1,
            "is it asked?",
        ),
    },
)

# --- log_slope


def _sizes(seed: int) -> np.ndarray:
    rng = np.random.default_rng(seed)
    return np.sort(rng.choice([100, 250, 700, 1000, 3000, 4000, 16_000, 50_000], 5, replace=False))


def _exact_line(answer: Answer, seed: int) -> None:
    n, (start, slope) = _sizes(seed), np.random.default_rng(seed).uniform(2, 9, size=2)
    gain = start - slope * np.log10(n)
    usual = {
        "a natural logarithm, not that of base 10": -slope / np.log(10),
        "a logarithm of base 2, not that of base 10": -slope * np.log10(2),
        "the fall counted as positive": slope,
        "the height of the line instead of its slope": start,
        "points by examples, without a logarithm": np.polyfit(n, gain, 1)[0],
        "the axes exchanged": -1 / slope,
    }
    with unchanged(n=n, gain=gain):
        found = answer(n, gain)
    expect_close(found, -slope, "an exact line, its points per factor of 10", mistakes=usual)


def _least_squares(answer: Answer, seed: int) -> None:
    n = _sizes(seed)
    gain = np.random.default_rng(seed).normal(size=len(n))
    at = np.log10(n)
    usual = {
        "the first and the last point alone": (gain[-1] - gain[0]) / (at[-1] - at[0]),
        "the mean of the slopes between neighbours": np.mean(np.diff(gain) / np.diff(at)),
    }
    want = linregress(at, gain).slope
    expect_close(answer(n, gain), want, "five scattered points, least squares", mistakes=usual)


def _any_order(answer: Answer, seed: int) -> None:
    n, rng = _sizes(seed), np.random.default_rng(seed)
    gain, order = rng.normal(size=len(n)), np.roll(np.arange(len(n)), 2)
    found = answer(n[order].tolist(), gain[order].tolist())
    want = linregress(np.log10(n), gain).slope
    expect_close(found, want, "the points in another order, as lists")


def _fitted(n: np.ndarray, gain: np.ndarray) -> np.ndarray:
    return np.polyfit(np.log10(n), gain, 1)


def _covariance(n: np.ndarray, gain: np.ndarray) -> float:
    x, y = np.log10(n), np.asarray(gain)
    return float(((x - x.mean()) * y).sum() / ((x - x.mean()) ** 2).sum())


def _neighbours(n: np.ndarray, gain: np.ndarray) -> float:
    return float(np.mean(np.diff(gain) / np.diff(np.log10(n))))


LOG_SLOPE = Exercise(
    name="log_slope",
    signature="(n: np.ndarray, gain: np.ndarray) -> float",
    minutes=10,
    checks=(
        Check(name="points per factor of 10", run=_exact_line),
        Check(name="least squares over all points", run=_least_squares),
        Check(name="any order, and lists", run=_any_order),
    ),
    right={
        "covariance": _covariance,
        "lstsq": lambda n, gain: np.linalg.lstsq(
            np.stack([np.log10(n), np.ones(len(n))], 1), np.asarray(gain), rcond=None
        )[0][0],
    },
    wrong={
        "natural logarithm": (
            lambda n, gain: np.polyfit(np.log(n), gain, 1)[0],
            "a natural logarithm",
        ),
        "base 2": (lambda n, gain: np.polyfit(np.log2(n), gain, 1)[0], "a logarithm of base 2"),
        "no logarithm": (lambda n, gain: np.polyfit(n, gain, 1)[0], "without a logarithm"),
        "a fall is positive": (lambda n, gain: -_fitted(n, gain)[0], "the fall counted"),
        "height": (lambda n, gain: _fitted(n, gain)[1], "the height of the line"),
        "axes exchanged": (
            lambda n, gain: np.polyfit(gain, np.log10(n), 1)[0],
            "the axes exchanged",
        ),
        "ends alone": (
            lambda n, gain: (gain[-1] - gain[0]) / (np.log10(n[-1]) - np.log10(n[0])),
            "the first and the last point alone",
        ),
        "slopes of neighbours": (_neighbours, "the mean of the slopes between neighbours"),
        "not for lists": (
            lambda n, gain: np.polyfit(np.log10(np.sort(n)), gain, 1)[0],
            "in another order",
        ),
    },
)

EXERCISES = (MAX_POOL, PARAMETERS, MATCHED, LOG_SLOPE)
