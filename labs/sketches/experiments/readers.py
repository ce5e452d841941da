"""The year's questions, asked of sketches: by plain readouts, and by solving for all at once.

A reader knows the space, the law of the year and the sketches, and nothing else.
"""

import numpy as np
from scipy.special import softmax

from labs.sketches import readouts
from labs.sketches.digits import CLASSES, MODULES, POINTS, Digits, digit_space, scenes
from labs.sketches.experiments.agreement import overlap
from labs.sketches.experiments.days import (
    DAYS,
    HALF,
    NULL,
    OBJECT,
    OBJECTS,
    SHARE,
    SLOTS,
    SPREAD,
    THIRD,
    Answers,
    DayAnswers,
    guarded,
    shrunk,
)
from labs.sketches.experiments.solving import Prior, solve
from labs.sketches.readouts import Estimate
from labs.sketches.sketching import overall_sketches
from labs.sketches.space import Space

WHOLE = (1.0,)  # weights on the way to all of a flat scene together
POSITION_HALF = HALF.repeat(SLOTS)  # of the day at each position
KEPT = np.float32
ROUNDED = 3  # decimals of counts, which would else differ where they agree
VARIED = np.append(np.ones(POINTS), 0.0)  # where an object's 13 numbers vary: not in its count


def day_sketches(d: int, replicate: int, seen: Digits) -> tuple[Space, np.ndarray]:
    """The space of days, and a sketch of each day (days, d); the year's is their mean (`kept`)."""
    space = digit_space(d, OBJECTS, replicate)
    labels = seen.labels.reshape(-1, OBJECTS)
    rows = Digits(labels, seen.waveforms.reshape(*labels.shape, POINTS))
    return space, overall_sketches(space, scenes(rows))


def kept(sketches: np.ndarray) -> np.ndarray:
    """What is left of sketches where numbers are kept in four bytes each."""
    return sketches.astype(KEPT).astype(float)


def read_year(space: Space, sketch: np.ndarray) -> Answers:
    """Answers of the year's sketch (d,) by plain readouts, each shrunk by its error bar."""
    share = _shares(space, sketch)
    turned = np.stack([readouts.unroll(space, sketch, [p]) for p in range(OBJECTS)])
    at = _shares(space, turned)
    shapes = [readouts.mean(space, sketch, module) for module in MODULES]
    shape, moved = map(np.stack, zip(*shapes, strict=True))
    values = Answers(share.value, POSITION_HALF @ at.value, shape)
    return guarded(values, Answers(share.error, np.sqrt(OBJECTS) * share.error, moved))


def _shares(space: Space, sketch: np.ndarray) -> Estimate:
    """The share of each class in sketches (..., d): (..., 10), and its error, once for all."""
    gain = space.gain(WHOLE, "count")
    read = [readouts.count(space, sketch, module, gain).value for module in MODULES]
    return Estimate(np.stack(read, axis=-1), readouts.error_bar(sketch, gain))


def read_days(space: Space, sketches: np.ndarray) -> DayAnswers:
    """Answers of the days' sketches (days, d): cosines, and the waveform at a position."""
    unit = sketches / np.linalg.norm(sketches, axis=1, keepdims=True)
    return DayAnswers(unit @ unit.T, _object_at(space, sketches, THIRD))


def _object_at(space: Space, sketches: np.ndarray, position: int) -> np.ndarray:
    """The expected waveform (m, 12) of the object at a position: every class may have fired, and
    is as likely as its count and its waveform, read at that position, look like it."""
    turned = readouts.unroll(space, sketches, [position])
    gain = space.gain((1 / OBJECTS,))
    error = readouts.error_bar(sketches, gain)
    counts = OBJECTS * _shares(space, turned).value
    read = np.stack([readouts.attributes(space, turned, m, gain).value for m in MODULES], axis=1)
    match = counts + (read * NULL.shape).sum(axis=-1)  # expected 2 where a class fired, 0 elsewhere
    chance = softmax(match / error[:, None] ** 2, axis=1)
    shape = shrunk(read, error[:, None, None], NULL.shape, OBJECT)
    return (chance[..., None] * shape).sum(axis=1)


def solved_year(space: Space, columns: np.ndarray, sketch: np.ndarray) -> Answers:
    """Answers of the year's sketch (d,) by `solve`, twice: how much a shape may move a sketch
    depends on how often its class was seen, which the first reading tells."""
    share = np.hypot(NULL.frequency, SPREAD.frequency)
    for _ in range(2):
        found = solve(columns, sketch[None], _of_year(space, share))[0]
        counts = found[..., -1] / space.shares["count"]
        frequency = counts.sum(axis=0)
        share = frequency.clip(min=1 / (DAYS * OBJECTS))  # one object of the year
    sums = found[..., :-1].sum(axis=0) / space.shares["attributes"]
    moved = sums - frequency[:, None] * NULL.shape
    return Answers(frequency, POSITION_HALF @ counts, NULL.shape + moved / share[:, None])


def _of_year(space: Space, share: np.ndarray) -> Prior:
    """The law of the year: classes vary around equal shares, together at all positions, apart in
    mornings and evenings, and by chance at each; shapes vary around templates."""
    apart = (SPREAD.mornings / SPREAD.frequency) ** 2 * (POSITION_HALF[:, None] == POSITION_HALF)
    across = 1 + apart + np.eye(OBJECTS) * SHARE * (1 - SHARE) / DAYS / SPREAD.frequency**2
    moved = (share * SPREAD.shape)[:, None, None] ** 2 * np.diag(VARIED)
    return _prior(space, across, float(SPREAD.frequency) ** 2, moved)


def _of_day(space: Space) -> Prior:
    """The law of a day: at each position, a class of equal chances, near its template."""
    moved = np.full((CLASSES, 1, 1), SHARE * OBJECT**2) * np.diag(VARIED)
    return _prior(space, np.eye(OBJECTS), SHARE * (1 - SHARE), moved)


def _prior(space: Space, across: np.ndarray, fired: float, moved: np.ndarray) -> Prior:
    """Of weights times coefficients: a class fires with its template, whose share has a variance,
    and its waveform moves with a covariance (10, 13, 13)."""
    scale = np.append(np.full(POINTS, space.shares["attributes"]), space.shares["count"]) / OBJECTS
    object_ = np.hstack([NULL.shape, np.ones((CLASSES, 1))])
    within = fired * object_[:, :, None] * object_[:, None] + moved
    mean = np.broadcast_to(SHARE * object_ * scale, (OBJECTS, *object_.shape))
    return Prior(mean, across, within * scale[:, None] * scale)


def solved_days(space: Space, columns: np.ndarray, sketches: np.ndarray) -> DayAnswers:
    """Answers of the days' sketches (days, d) by `solve`."""
    found = solve(columns, sketches, _of_day(space)) * OBJECTS
    counts = (found[..., -1].sum(axis=1) / space.shares["count"]).round(ROUNDED)
    third = found[:, THIRD, :, :-1].sum(axis=1) / space.shares["attributes"]
    return DayAnswers(overlap(counts, counts), third)
