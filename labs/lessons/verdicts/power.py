"""The exercise `power`: how often an experiment of n replicates finds an effect that is there."""

import numpy as np
from scipy import stats

from labs.course.compare import expect_number
from labs.course.plan import Answer, Check, Exercise, expect

TRIALS = 1000
CASES = (  # effect, sd, n, confidence
    (1.5, 1.0, 5, 0.99),
    (1.0, 1.0, 6, 0.95),
    (2.0, 2.5, 9, 0.95),
)


def _chance(effect: float, sd: float, n: int, confidence: float, tails: int = 2) -> float:
    at = stats.t.ppf(1 - (1 - confidence) / tails, n - 1)
    return float(stats.nct.sf(at, n - 1, effect * n**0.5 / sd))


def _known_sd(effect: float, sd: float, n: int, confidence: float) -> float:
    return float(stats.norm.sf(stats.norm.ppf(0.5 + confidence / 2) - effect * n**0.5 / sd))


def _found(answer: Answer, seed: int, effect: float, sd: float, n: int, confidence: float) -> float:
    rng = np.random.default_rng([seed, n])
    return expect_number(answer(effect, sd, n, confidence, rng, TRIALS), "power")


def _expect_share(got: float, want: float, told: str, usual: dict[str, float]) -> None:
    """Refuse what lies over 4.5 standard errors of the trials away, and name the nearest reason."""
    expect(0 <= got <= 1, f"{told}: asked for a share, got {got:.6g}: a count, not a share?")
    room = 4.5 * (want * (1 - want) / TRIALS) ** 0.5
    near = [(abs(value - got), name) for name, value in usual.items() if abs(value - got) < room]
    hint = f": {min(near)[1]}?" if near else ""
    asked = f"asked for {want:.4g} within {room:.2g}, got {got:.4g}"
    expect(abs(got - want) <= room, f"{told}: {asked}{hint}")


def _effects(answer: Answer, seed: int) -> None:
    for effect, sd, n, confidence in CASES:
        usual = {
            "the quantile of one side": _chance(effect, sd, n, confidence, tails=1),
            "the normal law, as if sd were known": _known_sd(effect, sd, n, confidence),
            "the standard error for one value's deviation": _chance(
                effect, sd * n**0.5, n, confidence
            ),
        }
        got = _found(answer, seed, effect, sd, n, confidence)
        told = f"effect {effect}, sd {sd}, n = {n}, confidence {confidence}"
        _expect_share(got, _chance(effect, sd, n, confidence), told, usual)


def _nothing_there(answer: Answer, seed: int) -> None:
    got = _found(answer, seed, 0.0, 1.0, 6, 0.8)
    usual = {"both sides of zero counted, or the quantile of one side": 0.2}
    _expect_share(got, 0.1, "effect 0, confidence 0.8", usual)


def _by_rng(answer: Answer, seed: int) -> None:
    found = [
        expect_number(answer(1.0, 1.0, 6, 0.95, np.random.default_rng([seed, s]), 200), "power")
        for s in (0, 0, 1, 2, 3, 4)
    ]
    told = "asked for the same with the same rng, got another one"
    expect(found[0] == found[1], f"{told}: is everything drawn from the given one?")
    expect(len(set(found)) > 1, "asked for another one with another rng, got the same five times")
    whole = [share * 200 for share in found]
    told = f"200 trials: asked for a share of them, got {found[0]:.6g}"
    expect(np.allclose(whole, np.rint(whole)), f"{told}: is it of other trials?")


def _simulated(
    effect: float,
    sd: float,
    n: int,
    confidence: float,
    rng: np.random.Generator,
    trials: int = 2000,
    *,
    tails: int = 2,
    normal: bool = False,
    both: bool = False,
    root: bool = True,
) -> float:
    """The power, right or with one thing wrong."""
    runs = rng.normal(effect, sd, size=(trials, n))
    at = 1 - (1 - confidence) / tails
    if normal:
        half = np.full(trials, stats.norm.ppf(at) * sd / n**0.5)
    else:
        error = runs.std(1, ddof=1) / (n**0.5 if root else 1)
        half = stats.t.ppf(at, n - 1) * error
    mean = np.abs(runs.mean(1)) if both else runs.mean(1)
    return float((mean > half).mean())


def _tested(
    effect: float, sd: float, n: int, confidence: float, rng: np.random.Generator, trials: int
) -> float:
    found, least = 0, stats.t.ppf(0.5 + confidence / 2, n - 1)
    for _ in range(trials):
        values = rng.normal(effect, sd, n)
        t = values.mean() / values.std(ddof=1) * n**0.5
        found += t > least
    return found / trials


POWER = Exercise(
    name="power",
    signature="(effect: float, sd: float, n: int, confidence: float, "
    "rng: np.random.Generator, trials: int = 2000) -> float",
    minutes=8,
    checks=(
        Check(name="as often as the exact law says", run=_effects),
        Check(name="nothing there: 10 % on this side at confidence 0.8", run=_nothing_there),
        Check(name="a share of the trials, drawn from rng", run=_by_rng),
    ),
    right={"one array": _simulated, "loop": _tested},
    wrong={
        "one side": (lambda *a: _simulated(*a, tails=1), "one side"),
        "known sd": (lambda *a: _simulated(*a, normal=True), "the normal law"),
        "both directions": (lambda *a: _simulated(*a, both=True), "both sides of zero"),
        "sd of a value": (lambda *a: _simulated(*a, root=False), "asked for"),
        "a count": (
            lambda *a: _simulated(*a) * (a[5] if len(a) > 5 else 2000),
            "a count, not a share",
        ),
        "own rng": (
            lambda e, s, n, c, rng, trials: _simulated(
                e, s, n, c, np.random.default_rng(1), trials
            ),
            "with another rng",
        ),
        "formula": (lambda e, s, n, c, rng, trials: _chance(e, s, n, c), "with another rng"),
        "own trials": (
            lambda e, s, n, c, rng, trials: _simulated(e, s, n, c, rng, 1999),
            "of other trials",
        ),
    },
    limit=20.0,
)
