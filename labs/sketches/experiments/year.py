"""A year of days: one vector for the year and one per day, and questions that nobody foresaw.

A network looks at four scenes of three digits a day. A day is one flat tuple of twelve objects: a
position is a time of the day and a place in the scene together. So one position's rotation finds
the third object, and mornings are read by unrolling all twelve positions, whose errors add up. A
tuple over times of tuples over places reads mornings better and the third object worse; an object
"scene" between a day and its digits, as in the network proper, costs more than a factor of 8
everywhere (`labs.sketches.experiments.arrangements` measures all). The year is the mean of its
days.

What is asked:

* of the year's vector: "frequency", the share of each class; "mornings", its objects in mornings
  less those in evenings, as a share of all; "shape", its mean waveform;
* of the days' vectors: "alike", which days resemble a day, by the classes that two days share;
  "third", what the third object of a day looked like.

Who answers, from the same number of numbers of four bytes, d for the year and d for every day:

* "sketch": the readouts of `labs.sketches.readouts`.
* "solved": the same vectors, read by `labs.sketches.experiments.solving`; an extension.
* "scenes": a reservoir of raw scenes, 120 numbers and a time; the network reads them when asked.
* "objects": a reservoir of the network's outputs: a waveform, a class and a position, 14 numbers.
* "labels": a reservoir of class and position; was told that no shape would be asked.
* "average": shares and mean waveforms of classes, 130 numbers whatever d is; was told frequency
  and shape, and forgets times and order.
* "counters": a count sketch of classes by halves of the day, of each day by class; was told
  frequency, mornings and resemblance.
* "null": nobody remembers anything.

Not counted for anyone is what comes from a seed (rotations, hash functions: a few bytes), the
network with its classes and templates, and the law of the year, which all know: estimates are
`shrunk` to the null answer by their own errors.

Who is told the questions needs no sketch: twenty counters answer frequency and mornings exactly,
130 numbers frequency and shape, and a table of what stood at every position from every class, 1560
numbers, all that is asked of the year, which is where "solved" becomes exact. And a day is shorter
than its sketch: its twelve objects are 168 numbers. What a sketch has to offer is below that: it is
made before anybody knows the list of modules or the question, and every further number of it helps
every answer.
"""

from collections.abc import Iterator

import numpy as np

from labs.kit.seeds import stream
from labs.sketches.digits import POINTS, Digits
from labs.sketches.experiments import keepers, readers
from labs.sketches.experiments.agreement import spearman
from labs.sketches.experiments.days import (
    DAYS,
    NULL,
    Answers,
    DayAnswers,
    draw_year,
    true_answers,
    true_day_answers,
)
from labs.sketches.experiments.solving import all_columns
from labs.sketches.rotations import NAME

QUESTIONS = (*Answers._fields, *DayAnswers._fields)
METHODS = ("sketch", "solved", *keepers.FLOATS, "average", "counters", "null")


def year(
    *, d: int, replicate: int, days: int = DAYS, seen: Digits | None = None
) -> dict[str, float]:
    """Errors of every method in every question, at equal memory.

    Args:
        d: numbers that are kept: of the year for "frequency", "mornings" and "shape", of each day
            for "alike" and "third".
        replicate: of the year, the random matrices, the samples and the hash functions.
        days: of the year.
        seen: what the network says of the objects of ``draw_year(replicate, days=days)``: labels
            (days, 4, 3) and unit waveforms (days, 4, 3, 12). By default the truth. Every method
            keeps or reads what was seen; answers are judged by what was there.

    Returns:
        "QUESTION METHOD": the error, the smaller the better, for all `QUESTIONS` and `METHODS`.
        Root mean squares over classes of shares of all objects (frequency, mornings) and of the
        waveforms' numbers (shape; those of third over days), and for alike 1 less Spearman's
        correlation of similarity and shared content, mean over days.

    Raises:
        ValueError: `d` below 12, sizes below 1, a negative replicate, `seen` of another shape.
    """
    if d < POINTS:
        raise ValueError(f"d must be at least {POINTS}, got {d!r}")
    there = draw_year(replicate, days=days).seen
    seen = there if seen is None else _fitting(seen, there)
    truth, day_truth = true_answers(there), true_day_answers(there)
    errors = {}
    for method, answers, day_answers in _answers(d, replicate, seen):
        for question, value, right in zip(Answers._fields, answers, truth, strict=True):
            errors[f"{question} {method}"] = _rms(value - right)
        errors[f"alike {method}"] = _unlike(day_answers.alike, day_truth.alike)
        errors[f"third {method}"] = _rms(day_answers.third - day_truth.third)
    return errors


Answered = tuple[str, Answers, DayAnswers]


def _answers(d: int, replicate: int, seen: Digits) -> Iterator[Answered]:
    yield from _of_sketches(d, replicate, seen)
    for kind in keepers.FLOATS:
        rng = stream(NAME, f"reservoir of {kind}", replicate)
        sampled = keepers.sampled_year(kind, d, seen, rng)
        yield kind, sampled, keepers.sampled_days(kind, d, seen, rng)
    yield "average", keepers.averaged_year(seen), keepers.averaged_days(seen)
    rng = stream(NAME, "hash functions", replicate)
    yield "counters", keepers.counted_year(d, seen, rng), keepers.counted_days(d, seen, rng)
    yield "null", NULL, keepers.nothing(len(seen.labels))


def _of_sketches(d: int, replicate: int, seen: Digits) -> Iterator[Answered]:
    space, days = readers.day_sketches(d, replicate, seen)
    whole, days = readers.kept(days.mean(axis=0)), readers.kept(days)
    yield "sketch", readers.read_year(space, whole), readers.read_days(space, days)
    columns = all_columns(space)
    solved = readers.solved_year(space, columns, whole)
    yield "solved", solved, readers.solved_days(space, columns, days)


def _fitting(seen: Digits, there: Digits) -> Digits:
    for name, got, want in zip(Digits._fields, seen, there, strict=True):
        if np.shape(got) != want.shape:
            raise ValueError(f"seen {name} must be of shape {want.shape}, got {np.shape(got)}")
    return seen


def _rms(values: np.ndarray) -> float:
    return float(np.sqrt(np.nanmean(values**2)))


def _unlike(alike: np.ndarray, truth: np.ndarray) -> float:
    others = ~np.eye(len(truth), dtype=bool)
    a, b = (x[others].reshape(len(x), -1) for x in (alike, truth))
    return float(1 - spearman(a, b).mean())
