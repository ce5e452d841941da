"""What is asked of the functions of the lesson on hyper-gradients, and the usual mistakes."""

from collections.abc import Callable

import numpy as np
import torch
from scipy.optimize import minimize_scalar

from labs.course.compare import expect_close, expect_number
from labs.course.plan import Answer, Check, Exercise, expect
from labs.lessons.hypergradients.checks_of_unrolling import UNROLLED

Function = Callable[[float], float]


def _cubic(seed: int) -> tuple[np.poly1d, float, float]:
    rng = np.random.default_rng(seed)
    return np.poly1d(rng.uniform(1, 2, size=4)), rng.uniform(0.5, 1), rng.uniform(0.1, 0.2)


# --- finite_difference


def _central(answer: Answer, seed: int) -> None:
    f, x, h = _cubic(seed)
    expect_close(
        expect_number(answer(f, x, h)),
        f.deriv()(x) + f.coeffs[0] * h**2,  # exact for a cubic
        f"a cubic at x = {x:.4g} with h = {h:.4g}",
        mistakes={
            "only x + h and x were used": (f(x + h) - f(x)) / h,
            "only x and x - h were used": (f(x) - f(x - h)) / h,
            "x - h and x + h are 2 h apart": (f(x + h) - f(x - h)) / h,
            "half a step to each side": (f(x + h / 2) - f(x - h / 2)) / h,
            "which side comes first": (f(x - h) - f(x + h)) / (2 * h),
        },
    )


def _like_h_squared(answer: Answer, seed: int) -> None:
    x = np.random.default_rng(seed).uniform(0.3, 1.2)
    errors = [abs(expect_number(answer(np.sin, x, h)) - np.cos(x)) for h in (0.2, 0.02)]
    ratio = errors[0] / max(errors[1], 1e-15)
    expect(
        80 < ratio < 120,
        f"the error on a sine must be 100 times less with h = 0.02 than with h = 0.2, "
        f"it went from {errors[0]:.4g} to {errors[1]:.4g}: is h used, and on both sides?",
    )


DIFFERENCE = Exercise(
    name="finite_difference",
    signature="(f: Callable[[float], float], x: float, h: float) -> float",
    minutes=6,
    checks=(
        Check(name="the slope between x - h and x + h", run=_central),
        Check(name="ten times less h, a hundred times less error", run=_like_h_squared),
    ),
    right={
        "two halves": lambda f, x, h: ((f(x + h) - f(x)) / h + (f(x) - f(x - h)) / h) / 2,
        "numpy": lambda f, x, h: np.diff([f(x - h), f(x + h)])[0] / 2 / h,
    },
    wrong={
        "one-sided": (lambda f, x, h: (f(x + h) - f(x)) / h, "only x + h and x"),
        "backward": (lambda f, x, h: (f(x) - f(x - h)) / h, "only x and x - h"),
        "not halved": (lambda f, x, h: (f(x + h) - f(x - h)) / h, "2 h apart"),
        "half steps": (lambda f, x, h: (f(x + h / 2) - f(x - h / 2)) / h, "half a step"),
        "sign": (lambda f, x, h: (f(x - h) - f(x + h)) / 2 / h, "which side comes first"),
        "an h of its own": (
            lambda f, x, h: (f(x + 1e-4) - f(x - 1e-4)) / 2e-4,
            "is h used",
        ),
    },
)

# --- outer_step


def _given(seed: int) -> tuple[float, float, float]:
    rng = np.random.default_rng(seed)
    return np.log(rng.uniform(0.2, 0.7)), rng.uniform(0.2, 0.5), rng.uniform(0.5, 2)


def _chain_rule(answer: Answer, seed: int) -> None:
    theta, slope, size = _given(seed)
    rate = torch.tensor(theta, dtype=torch.float64, requires_grad=True)
    (by_theta,) = torch.autograd.grad(slope * rate.exp(), rate)  # a loss with this slope
    expect_close(
        expect_number(answer(theta, slope, size)),
        theta - size * by_theta.item(),
        f"theta = {theta:.4g}, slope = {slope:.4g}, size = {size:.4g}",
        relative=1e-6,
        mistakes={
            "the slope is by the rate, not by theta": theta - size * slope,
            "that goes uphill": theta + size * by_theta.item(),
            "theta is log(rate), not the rate": theta - size * slope * theta,
            "asked for theta, is this the rate": np.exp(theta - size * by_theta.item()),
            "asked for theta, was the rate moved": np.exp(theta) - size * slope,
            "asked for theta, was the rate moved by theta's slope": np.exp(theta)
            - size * by_theta.item(),
            "divided by the rate, and multiplied it should be": theta
            - size * slope / np.exp(theta),
        },
    )


def _finds(answer: Answer, seed: int) -> None:
    lowest = np.random.default_rng(seed).uniform(0.3, 0.9)
    theta = 0.0
    for _ in range(1000):
        rate = float(np.exp(theta))
        theta = expect_number(answer(theta, 2 * (rate - lowest), 0.2))
        expect(abs(theta) < 30, "descending on (rate - a)**2, theta runs away")
    expect_close(float(np.exp(theta)), lowest, "the rate after 1000 steps down (rate - a)**2")


def _never_below_zero(answer: Answer, seed: int) -> None:
    theta, _, size = _given(seed)
    got = expect_number(answer(theta, 50.0, size), "theta after a steep slope")
    expect(got < theta, f"a rising loss asks for a smaller theta, {theta:.4g} became {got:.4g}")


def _on_the_rate(theta: float, slope: float, size: float) -> float:
    return float(np.log(np.exp(theta) - size * slope))


OUTER = Exercise(
    name="outer_step",
    signature="(theta: float, slope: float, size: float) -> float",
    minutes=7,
    checks=(
        Check(name="the chain rule", run=_chain_rule),
        Check(name="it finds the lowest point", run=_finds),
        Check(name="a steep slope leaves a rate above 0", run=_never_below_zero),
    ),
    right={
        "math": lambda theta, slope, size: theta - np.exp(theta) * size * slope,
        "autograd": lambda theta, slope, size: _by_autograd(theta, slope, size),
    },
    wrong={
        "no chain rule": (lambda theta, slope, size: theta - size * slope, "by the rate, not by"),
        "uphill": (lambda theta, slope, size: theta + size * slope * np.exp(theta), "uphill"),
        "theta for the rate": (
            lambda theta, slope, size: theta - size * slope * theta,
            "not the rate",
        ),
        "returns the rate": (
            lambda theta, slope, size: np.exp(theta - size * slope * np.exp(theta)),
            "is this the rate",
        ),
        "moves the rate": (lambda theta, slope, size: np.exp(theta) - size * slope, "rate moved?"),
        "moves the rate by theta's slope": (
            lambda theta, slope, size: np.exp(theta) * (1 - size * slope),
            "moved by theta's slope",
        ),
        "divides": (lambda theta, slope, size: theta - size * slope / np.exp(theta), "divided by"),
        "on the rate itself": (_on_the_rate, "asked for a finite number"),
    },
)


def _by_autograd(theta: float, slope: float, size: float) -> float:
    at = torch.tensor(theta, dtype=torch.float64, requires_grad=True)
    (slope * at.exp()).backward()
    assert at.grad is not None
    return (at - size * at.grad).item()


# --- grid_minimum

LOW, HIGH, POINTS = 0.1, 3.0, 11


def _bowl(seed: int) -> tuple[Function, float]:
    lowest = float(np.random.default_rng(seed).uniform(0.3, 0.9))
    return lambda x: 2 * (np.log(x) - np.log(lowest)) ** 2 + 1, lowest


def _vertex(answer: Answer, seed: int) -> None:
    f, lowest = _bowl(seed)
    grid = np.geomspace(LOW, HIGH, POINTS)
    k = int(np.argmin([f(x) for x in grid]))
    straight = np.linspace(LOW, HIGH, POINTS)
    expect_close(
        expect_number(answer(f, LOW, HIGH, POINTS)),
        lowest,
        f"a parabola over log(x) with its vertex at {lowest:.4g}",
        mistakes={
            "the best of the grid, without a parabola": grid[k],
            "is this log(x)": np.log(lowest),
            "the parabola stands over log(x), not over x": _fitted(f, grid[k - 1 : k + 2], False),
            "the lowest value is not its place": 1.0,
            "equal steps are no equal ratios": straight[np.argmin([f(x) for x in straight])],
        },
    )


def _tried(answer: Answer, seed: int) -> None:
    f, _ = _bowl(seed)
    seen: list[float] = []

    def watched(x: float) -> float:
        seen.append(float(x))
        return f(x)

    answer(watched, LOW, HIGH, POINTS)
    tried = np.unique(np.round(seen, 9))
    want = np.geomspace(LOW, HIGH, POINTS)
    expect(
        len(tried) == POINTS,
        f"asked to try {POINTS} values from {LOW} to {HIGH}, {len(tried)} were tried",
    )
    expect_close(
        tried,
        want,
        "the values tried",
        relative=1e-6,
        mistakes={"equal steps are no equal ratios": np.linspace(LOW, HIGH, POINTS)},
    )


def _quartic(answer: Answer, seed: int) -> None:
    lowest = float(np.random.default_rng(seed).uniform(0.3, 0.9))
    f = lambda x: np.cosh(np.log(x / lowest)) + 0.2 * np.log(x / lowest) ** 3  # noqa: E731
    found = minimize_scalar(lambda z: f(np.exp(z)), bounds=(-2, 1), method="bounded").x
    got = expect_number(answer(f, LOW, HIGH, 41))
    expect(
        abs(got - np.exp(found)) < 0.01,
        f"a valley with its lowest point at {np.exp(found):.4g}, found at {got:.4g}: the parabola "
        "goes through three neighbours only",
    )


def _at_the_ends(answer: Answer, seed: int) -> None:
    for f, end in ((lambda x: x, LOW), (lambda x: -x, HIGH)):
        what = f"a function that is lowest at the end {end}"
        expect_close(answer(f, LOW, HIGH, POINTS), end, what, relative=1e-6)


def _fitted(f: Function, grid: np.ndarray, logs: bool = True) -> float:
    z = np.log(grid) if logs else grid
    square, linear, _ = np.polyfit(z, [f(float(x)) for x in grid], 2)
    vertex = -linear / (2 * square)
    return float(np.exp(vertex) if logs else vertex)


def _around(
    f: Function, grid: np.ndarray, logs: bool = True, ends: bool = True, width: int = 1
) -> float:
    k = int(np.argmin([f(float(x)) for x in grid]))
    if ends and k in (0, len(grid) - 1):
        return float(grid[k])
    k = min(max(k, 1), len(grid) - 2)
    return _fitted(f, grid[max(k - width, 0) : k + width + 1], logs)


def _best(f: Function, low: float, high: float, n: int) -> float:
    return float(min(np.geomspace(low, high, n), key=f))


def _by_hand(f: Function, low: float, high: float, n: int) -> float:
    grid = [low * (high / low) ** (i / (n - 1)) for i in range(n)]
    values = [f(x) for x in grid]
    k = values.index(min(values))
    if k in (0, n - 1):
        return grid[k]
    left, here, right = values[k - 1 : k + 2]
    shift = (left - right) / (2 * (left - 2 * here + right))
    return grid[k] * (high / low) ** (shift / (n - 1))


MINIMUM = Exercise(
    name="grid_minimum",
    signature="(f: Callable[[float], float], low: float, high: float, n: int) -> float",
    minutes=7,
    checks=(
        Check(name="n values in equal ratios", run=_tried),
        Check(name="the vertex between grid points", run=_vertex),
        Check(name="the nearest three points only", run=_quartic),
        Check(name="lowest at an end", run=_at_the_ends),
    ),
    right={"by hand": _by_hand},
    wrong={
        "linear grid": (
            lambda f, low, high, n: _around(f, np.linspace(low, high, n)),
            "equal steps",
        ),
        "argmin": (_best, "without a parabola"),
        "log of it": (
            lambda f, low, high, n: np.log(_around(f, np.geomspace(low, high, n))),
            "is this log(x)",
        ),
        "parabola over x": (
            lambda f, low, high, n: _around(f, np.geomspace(low, high, n), logs=False),
            "not over x",
        ),
        "the value": (
            lambda f, low, high, n: f(_around(f, np.geomspace(low, high, n))),
            "not its place",
        ),
        "beyond the ends": (
            lambda f, low, high, n: _around(f, np.geomspace(low, high, n), ends=False),
            "lowest at the end",
        ),
        "a parabola through all": (
            lambda f, low, high, n: _around(f, np.geomspace(low, high, n), width=n),
            "three neighbours only",
        ),
        "without the last": (
            lambda f, low, high, n: _around(f, np.geomspace(low, high, n, endpoint=False)),
            "the values tried",
        ),
        "one more": (
            lambda f, low, high, n: _around(f, np.geomspace(low, high, n + 1)),
            "12 were tried",
        ),
    },
)

EXERCISES = (DIFFERENCE, UNROLLED, OUTER, MINIMUM)
