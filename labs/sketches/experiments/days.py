"""A year of days, what can be asked of it, and the true answers.

A day has four times (two in the morning, two in the evening), at each of which a network looks at a
scene of three digits: twelve objects. Some classes are rare and some are seen in mornings; days
come in a few types, each with classes of its own; and the shape of a class drifts away from its
template with the year and with the type of the day.
"""

from typing import NamedTuple

import numpy as np

from labs.kit.checks import check_sizes
from labs.kit.seeds import stream
from labs.sketches.digits import (
    CLASSES,
    POINTS,
    Digits,
    digits,
    histograms,
    templates,
    unit,
)
from labs.sketches.experiments.agreement import overlap
from labs.sketches.rotations import NAME

DAYS, TIMES, SLOTS = 365, 4, 3
OBJECTS = TIMES * SLOTS  # of a day
THIRD = 2  # of them
HALF = np.repeat([1.0, -1.0], TIMES // 2)  # of a day: morning, evening
TYPES = 6  # of days
CONCENTRATION = 2.0  # of the Dirichlet laws of classes and of types
PREFERENCE, SPECIAL = 0.7, 1.0  # deviations of logits: mornings of a class, classes of a type
DRIFT = 0.1  # deviation of a waveform's numbers: of a class in the year, and again in a type


class Year(NamedTuple):
    """Digits in labels (days, 4, 3) and waveforms (days, 4, 3, 12), and the types (days,)."""

    seen: Digits
    types: np.ndarray


class Answers(NamedTuple):
    """To what is asked of the year, for every class: its share of all objects (10,), that of its
    objects in mornings less those in evenings (10,), and its mean waveform (10, 12)."""

    frequency: np.ndarray
    mornings: np.ndarray
    shape: np.ndarray


SHARE = 1 / CLASSES  # of a class of which nothing is known
NULL = Answers(np.full(CLASSES, SHARE), np.zeros(CLASSES), templates())
SPREAD = Answers(*map(np.array, (0.075, 0.065, 0.105)))  # of the answers around these, by the law
NO_OBJECT = templates().mean(axis=0)  # the waveform of an object of which nothing is known
OBJECT = 0.135  # deviation of an object's numbers from its template's, by the law
SCATTER = 0.085  # deviation of an object's numbers from its class's in the year, by the law


def draw_year(replicate: int, *, days: int = DAYS) -> Year:
    """Draw the year of a replicate; fewer days are another year.

    Raises:
        ValueError: `days` below 1, a negative replicate.
    """
    check_sizes(days=days)
    rng = stream(NAME, "days of a year", replicate)
    types = rng.choice(TYPES, size=days, p=rng.dirichlet(np.full(TYPES, CONCENTRATION)))
    chances = _chances(rng)[types][:, :, None, :]
    uniform = rng.random((days, TIMES, SLOTS, 1))
    labels = (uniform > chances.cumsum(axis=-1)).sum(axis=-1).clip(max=CLASSES - 1)
    drift = DRIFT * rng.standard_normal((CLASSES, POINTS))
    own = DRIFT * rng.standard_normal((TYPES, CLASSES, POINTS))
    drawn = digits(labels, rng).waveforms + (drift + own)[types[:, None, None], labels]
    return Year(Digits(labels, unit(drawn)), types)


def _chances(rng: np.random.Generator) -> np.ndarray:
    """Of each class at each time of a day of each type (types, times, classes)."""
    logits = np.log(rng.dirichlet(np.full(CLASSES, CONCENTRATION)))
    preference = PREFERENCE * rng.standard_normal(CLASSES)
    special = SPECIAL * rng.standard_normal((TYPES, 1, CLASSES))
    weights = np.exp(logits + special + HALF[:, None] * preference)
    chances: np.ndarray = weights / weights.sum(axis=-1, keepdims=True)
    return chances


class Tally(NamedTuple):
    """Sums over n objects, by class: their number (10,), in mornings less in evenings (10,), and
    their waveforms (10, 12)."""

    n: int
    counts: np.ndarray
    balance: np.ndarray
    sums: np.ndarray


def tally(labels: np.ndarray, half: np.ndarray, waveforms: np.ndarray) -> Tally:
    """Add up objects: labels (n,), halves of the day (n,) of +-1, waveforms (n, 12)."""
    is_class = (labels == np.arange(CLASSES)[:, None]).astype(float)
    return Tally(len(labels), is_class.sum(axis=1), is_class @ half, is_class @ waveforms)


def halves(days: int) -> np.ndarray:
    """The half of the day of every object of a year (days * 12,): 1 morning, -1 evening."""
    return np.tile(HALF.repeat(SLOTS), days)


def in_a_row(seen: Digits) -> Digits:
    """The objects of a year one after the other: labels (n,), waveforms (n, 12)."""
    return Digits(seen.labels.reshape(-1), seen.waveforms.reshape(-1, POINTS))


def true_answers(seen: Digits) -> Answers:
    """What is asked of the year, from all of its objects; nan for the shape of a class that never
    occurred."""
    row = in_a_row(seen)
    total = tally(row.labels, halves(len(seen.labels)), row.waveforms)
    with np.errstate(invalid="ignore"):
        shape = total.sums / total.counts[:, None]
    return Answers(total.counts / total.n, total.balance / total.n, shape)


def shrunk(
    value: np.ndarray, error: np.ndarray, null: np.ndarray, spread: np.ndarray | float
) -> np.ndarray:
    """An estimate drawn to the null answer, the more the larger its error is beside the spread of
    truths around that answer: so no method answers worse than without memory, on average.

    >>> float(shrunk(np.array(1.0), np.array(0.5), np.array(0.0), 0.5))
    0.5
    """
    return null + (value - null) * spread**2 / (spread**2 + error**2)


def guarded(values: Answers, errors: Answers) -> Answers:
    """Estimates of all answers, each `shrunk` by its error, which may be infinite."""
    return Answers(*map(shrunk, values, errors, NULL, SPREAD))


class DayAnswers(NamedTuple):
    """To what is asked of the days: how alike every two are (days, days), in any unit, and the
    waveform of the third object of each (days, 12)."""

    alike: np.ndarray
    third: np.ndarray


def true_day_answers(seen: Digits) -> DayAnswers:
    """What is asked of the days: the number of digits that they share, and the third waveform."""
    counts = histograms(seen.labels.reshape(len(seen.labels), -1))
    return DayAnswers(overlap(counts, counts), seen.waveforms[:, 0, THIRD])
