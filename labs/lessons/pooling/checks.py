"""The exercises of the lesson on pooling, each with right and wrong answers."""

from typing import Any

import numpy as np
import torch
import torch.nn.functional as F
from scipy.stats import linregress
from torch import Tensor

from labs.course.compare import SINGLE, expect_array, expect_close, unchanged
from labs.course.plan import Answer, Check, Exercise, expect
from labs.lessons.pooling.counting import MATCHED, PARAMETERS

WIDTHS = (2, 3, 5)

# --- max_pool


def _hidden(seed: int, positions: int = 17) -> Tensor:
    return torch.randn(3, positions, 4, generator=torch.Generator().manual_seed(seed))


def _pooled(h: Tensor, k: int) -> Tensor:
    return F.max_pool1d(h.transpose(1, 2), k).transpose(1, 2)


def _found(answer: Answer, h: Tensor, k: int) -> Any:
    found = answer(h, k)
    hint = "max(dim=...) returns values and places: take .values, or amax"
    expect(not isinstance(found, tuple), f"asked for one tensor, got a tuple: {hint}")
    return found


def _every_k_become_one(answer: Answer, seed: int) -> None:
    for k in WIDTHS:
        what = f"17 positions, k = {k}, the {17 % k} left over dropped"
        expect_array(_found(answer, _hidden(seed), k), what, shape=(3, 17 // k, 4))


def _a_peak_survives(answer: Answer, seed: int) -> None:
    example, at, channel = (int(n) for n in np.random.default_rng(seed).integers((3, 12, 4)))
    for k in (2, 3):
        h = torch.full((3, 12, 4), -1.0)
        h[example, at, channel] = 1.0
        found = expect_array(_found(answer, h, k), f"12 positions, k = {k}", shape=(3, 12 // k, 4))
        expect(found.max() > -1, f"a single peak of 1 at position {at} is lost with k = {k}")
        height, where = found.max(), int(np.argwhere(found == found.max())[0][1])
        story = f"a single peak of 1 at position {at}, everything else -1, k = {k}: asked for 1 at"
        right = height == 1 and where == at // k
        expect(right, f"{story} {at // k}, got {height:.4g} at {where}")


def _the_largest(answer: Answer, seed: int) -> None:
    for k in (1, *WIDTHS):
        h = _hidden(seed)
        with unchanged(h=h):
            found = _found(answer, h, k)
        zero = {"were negative numbers replaced by 0": _pooled(h, k).relu()}
        what = f"the largest of every k = {k}"
        expect_close(found, _pooled(h, k), what, relative=SINGLE, mistakes=zero)


def _slope(pool: Answer, h: Tensor, k: int) -> Tensor:
    h = h.clone().requires_grad_()
    out = _found(pool, h, k)
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
        "values and places": (lambda h, k: _windows(h, k).max(2), "take .values, or amax"),
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
