"""The exercise `flip_labels`: label noise of a known share, and what is taken for it."""

import numpy as np

from labs.course.compare import expect_array, expect_law, expect_seeded, unchanged
from labs.course.plan import Answer, Check, Exercise, expect

CLASSES, MANY = 10, 20_000


def _labels(seed: int) -> np.ndarray:
    return np.random.default_rng(seed).integers(0, CLASSES, size=MANY)


def _flipped(answer: Answer, y: np.ndarray, fraction: float, seed: int) -> np.ndarray:
    rng = np.random.default_rng([seed, 1])
    got = expect_array(answer(y.copy(), fraction, rng), "labels", shape=y.shape)
    strange = got[~np.isin(got, range(CLASSES))]
    expect(not strange.size, f"labels: asked for digits 0 to 9, got {strange[:1]}")
    return got.astype(int)


def _share(answer: Answer, seed: int) -> None:
    y = _labels(seed)
    for fraction in (0.5, 0.15, 0.0, 1.0):
        wrong = int((_flipped(answer, y, fraction, seed) != y).sum())
        asked = round(fraction * MANY)
        told = f"fraction {fraction}: asked for {asked} wrong labels of {MANY}, got {wrong}"
        expect(wrong == asked, told + _why(wrong / MANY, fraction))


def _why(share: float, fraction: float) -> str:
    usual = {
        "one in ten of the new labels is the old one": 0.9 * fraction,
        "some places were chosen twice": 1 - np.exp(-fraction),
        "a coin for every label": fraction,
    }
    if not 0 < fraction < 1:
        return ""
    name, nearest = min(usual.items(), key=lambda entry: abs(entry[1] - share))
    return f": {name}?" if abs(nearest - share) < 0.015 else ""


def _alike(answer: Answer, seed: int) -> None:
    y = _labels(seed)
    got = _flipped(answer, y, 0.5, seed)
    wrong = got != y
    steps = np.bincount((got - y)[wrong] % CLASSES, minlength=CLASSES)[1:]
    mistakes = {
        "always the next class": [wrong.sum(), *[0] * (CLASSES - 2)],
        "is 9 left out": [*steps[:-1], 0],
    }
    expect_law(steps, "steps of 1 to 9 from the old label to the new", mistakes=mistakes)


def _at_random(answer: Answer, seed: int) -> None:
    y = _labels(seed)
    wrong = _flipped(answer, y, 0.15, seed) != y
    first = [wrong.sum(), *[0] * 4]
    counts = wrong.reshape(5, -1).sum(1)
    mistakes = {"always the first labels": first}
    expect_law(counts, "wrong labels in each fifth of y", mistakes=mistakes)
    expect_seeded(lambda s: answer(y.copy(), 0.15, np.random.default_rng([seed, s])), "labels")


def _y_stays(answer: Answer, seed: int) -> None:
    y = _labels(seed)
    with unchanged(y=y):
        answer(y, 0.15, np.random.default_rng(seed))


def _flip(y: np.ndarray, fraction: float, rng: np.random.Generator) -> np.ndarray:
    new = y.copy()
    at = rng.choice(len(y), round(fraction * len(y)), replace=False)
    new[at] = (y[at] + rng.integers(1, CLASSES, size=len(at))) % CLASSES
    return new


def _redrawn(y: np.ndarray, fraction: float, rng: np.random.Generator) -> np.ndarray:
    new = y.tolist()
    for at in rng.permutation(len(y))[: round(fraction * len(y))]:
        while new[at] == y[at]:
            new[at] = rng.integers(CLASSES)
    return np.array(new)


def _masked(y: np.ndarray, fraction: float, rng: np.random.Generator) -> np.ndarray:
    chosen = np.zeros(len(y), bool)
    chosen[: round(fraction * len(y))] = True
    step = rng.integers(1, CLASSES, size=len(y))
    flipped: np.ndarray = (y + rng.permuted(chosen) * step) % CLASSES
    return flipped


def _any_class(y: np.ndarray, fraction: float, rng: np.random.Generator) -> np.ndarray:
    new = y.copy()
    at = rng.choice(len(y), round(fraction * len(y)), replace=False)
    new[at] = rng.integers(CLASSES, size=len(at))
    return new


def _first(y: np.ndarray, fraction: float, rng: np.random.Generator) -> np.ndarray:
    new, count = y.copy(), round(fraction * len(y))
    new[:count] = (y[:count] + rng.integers(1, CLASSES, size=count)) % CLASSES
    return new


def _next(y: np.ndarray, fraction: float, rng: np.random.Generator) -> np.ndarray:
    new = y.copy()
    at = rng.choice(len(y), round(fraction * len(y)), replace=False)
    new[at] = (y[at] + 1) % CLASSES
    return new


def _up_to_eight(y: np.ndarray, fraction: float, rng: np.random.Generator) -> np.ndarray:
    new = y.copy()
    at = rng.choice(len(y), round(fraction * len(y)), replace=False)
    new[at] = (y[at] + rng.integers(1, CLASSES - 1, size=len(at))) % CLASSES
    return new


def _next_if_equal(y: np.ndarray, fraction: float, rng: np.random.Generator) -> np.ndarray:
    new = _any_class(y, fraction, rng)
    kept = rng.permutation(np.flatnonzero(new == y))[: round(fraction * len(y)) - (new != y).sum()]
    new[kept] = (y[kept] + 1) % CLASSES
    return new


def _coin(y: np.ndarray, fraction: float, rng: np.random.Generator) -> np.ndarray:
    step = rng.integers(1, CLASSES, size=len(y))
    flipped: np.ndarray = (y + (rng.random(len(y)) < fraction) * step) % CLASSES
    return flipped


def _twice(y: np.ndarray, fraction: float, rng: np.random.Generator) -> np.ndarray:
    new = y.copy()
    at = rng.integers(len(y), size=round(fraction * len(y)))
    new[at] = (y[at] + rng.integers(1, CLASSES, size=len(at))) % CLASSES
    return new


def _own_seed(y: np.ndarray, fraction: float, rng: np.random.Generator) -> np.ndarray:
    return _flip(y, fraction, np.random.default_rng(0))


def _into_y(y: np.ndarray, fraction: float, rng: np.random.Generator) -> np.ndarray:
    y[:] = _flip(y, fraction, rng)
    return y


FLIP = Exercise(
    name="flip_labels",
    signature="(y: np.ndarray, fraction: float, rng: np.random.Generator) -> np.ndarray",
    minutes=10,
    checks=(
        Check(name="exactly that share is wrong", run=_share),
        Check(name="all wrong classes alike", run=_alike),
        Check(name="chosen at random, by rng alone", run=_at_random),
        Check(name="y stays as it is", run=_y_stays),
    ),
    right={"another step": _flip, "drawn again": _redrawn, "mask": _masked},
    wrong={
        "any class": (_any_class, "is the old one"),
        "chosen twice": (_twice, "chosen twice"),
        "coin": (_coin, "a coin for every label"),
        "first ones": (_first, "always the first"),
        "next class": (_next, "always the next class"),
        "1 to 8": (_up_to_eight, "is 9 left out?"),
        "next where equal": (_next_if_equal, "steps of 1 to 9"),
        "own seed": (_own_seed, "another seed"),
        "in place": (_into_y, "y: asked to stay as it is"),
    },
)
