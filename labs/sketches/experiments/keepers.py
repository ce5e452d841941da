"""The year's questions, asked of what one would keep instead of sketches."""

import numpy as np

from labs.sketches.digits import CLASSES, POINTS, Digits, histograms
from labs.sketches.experiments.agreement import overlap
from labs.sketches.experiments.days import (
    HALF,
    NO_OBJECT,
    NULL,
    OBJECTS,
    SCATTER,
    SHARE,
    SLOTS,
    THIRD,
    Answers,
    DayAnswers,
    Tally,
    guarded,
    halves,
    in_a_row,
    tally,
)
from labs.sketches.experiments.rivals import CountSketch, reservoir

LENGTH = 40  # of a digit's raw signal
ITEMS = {"scenes": SLOTS, "objects": 1, "labels": 1}  # objects of an item in a reservoir
FLOATS = {"scenes": SLOTS * LENGTH + 1, "objects": POINTS + 2, "labels": 2}  # per item
AVERAGE = CLASSES * (1 + POINTS)  # numbers of an average of outputs


def sampled_year(kind: str, d: int, seen: Digits, rng: np.random.Generator) -> Answers:
    """Answers of a reservoir of d numbers: shares and means of what it holds, shrunk by their
    sampling errors; exact where all of the year fits."""
    row, half = in_a_row(seen), halves(len(seen.labels))
    kept = _objects(reservoir(len(half) // ITEMS[kind], d // FLOATS[kind], rng), ITEMS[kind])
    if not len(kept):
        return NULL
    found = tally(row.labels[kept], half[kept], row.waveforms[kept])
    means = found.sums / np.maximum(found.counts, 1)[:, None]
    values = Answers(found.counts / found.n, found.balance / found.n, means)
    return guarded(values, _sampling_errors(kind, found, len(half)))


def _sampling_errors(kind: str, found: Tally, all_: int) -> Answers:
    missing = 1 - found.n / all_
    with np.errstate(divide="ignore", invalid="ignore"):  # of a class that was not seen
        shape = SCATTER * np.sqrt(missing / found.counts)[:, None]
    share = np.sqrt(SHARE * (1 - SHARE) * missing / found.n)
    mornings = np.sqrt(SHARE * missing / found.n)
    unseen = (found.counts == 0)[:, None] | (kind == "labels")
    return Answers(share, mornings, np.where(unseen, np.inf, shape))


def _objects(items: np.ndarray, each: int) -> np.ndarray:
    return (items[:, None] * each + np.arange(each)).ravel()


def sampled_days(kind: str, d: int, seen: Digits, rng: np.random.Generator) -> DayAnswers:
    """Answers of a reservoir of d numbers for every day: the classes that the kept objects of two
    days share, and the third object where it was kept."""
    labels = seen.labels.reshape(-1, OBJECTS)
    items, size = OBJECTS // ITEMS[kind], d // FLOATS[kind]
    kept = np.zeros(labels.shape, dtype=bool)
    for day in kept:
        day[_objects(reservoir(items, size, rng), ITEMS[kind])] = True
    counts = histograms(np.where(kept, labels, -1))
    there = (
        NULL.shape[seen.labels[:, 0, THIRD]] if kind == "labels" else seen.waveforms[:, 0, THIRD]
    )
    return DayAnswers(overlap(counts, counts), np.where(kept[:, THIRD, None], there, NO_OBJECT))


def averaged_year(seen: Digits) -> Answers:
    """Answers of the mean output: shares and mean waveforms of classes, nothing of mornings."""
    row = in_a_row(seen)
    found = tally(row.labels, np.zeros(len(row.labels)), row.waveforms)
    means = found.sums / np.maximum(found.counts, 1)[:, None]
    shape = np.where(found.counts[:, None] > 0, means, NULL.shape)
    return Answers(found.counts / found.n, NULL.mornings, shape)


def averaged_days(seen: Digits) -> DayAnswers:
    """Answers of each day's mean output: the third object looked like the day's mean."""
    counts = histograms(seen.labels.reshape(-1, OBJECTS))
    return DayAnswers(overlap(counts, counts), seen.waveforms.mean(axis=(1, 2)))


def counted_year(d: int, seen: Digits, rng: np.random.Generator) -> Answers:
    """Answers of a count sketch of d counters, of classes by halves of the day."""
    counters = CountSketch(d, rng)
    morning = np.broadcast_to(HALF[:, None] > 0, seen.labels.shape)
    counters.add((2 * seen.labels + morning).ravel())
    value, error = counters.estimate(np.arange(2 * CLASSES))
    value, error = (x.reshape(CLASSES, 2) / seen.labels.size for x in (value, error))
    values = Answers(value.sum(axis=1), value[:, 1] - value[:, 0], NULL.shape)
    error = np.hypot(*error.T)
    return guarded(values, Answers(error, error, np.array(np.inf)))


def counted_days(d: int, seen: Digits, rng: np.random.Generator) -> DayAnswers:
    """Answers of a count sketch of d counters for every day, of classes."""
    days = len(seen.labels)
    counters = CountSketch(d, rng, streams=days)
    counters.add(seen.labels.ravel(), np.arange(days).repeat(OBJECTS))
    counts = counters.estimate(np.arange(CLASSES)).value
    return DayAnswers(overlap(counts, counts), nothing(days).third)


def nothing(days: int) -> DayAnswers:
    """Answers of nobody: all days are alike, and an object is the mean of all templates."""
    return DayAnswers(np.zeros((days, days)), np.broadcast_to(NO_OBJECT, (days, POINTS)))
