"""The odds that an effect shows: in one student's run, and as a verdict of a class.

``labs/lessons/odds.json`` holds by lesson the values of its measures in replicates that were run
for this, and the version and steps of the lesson that gave them. A class's chances are those of a
one-sided t test (noncentral t) of values that vary as these do, with 5 % for all measures.
"""

import argparse
import json
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.special import nctdtr, stdtrit

from labs.course import register, solo
from labs.course.plan import Lesson, Measure, Reference
from labs.kit import files, references
from labs.kit.intervals import wilson
from labs.kit.machine import cores
from labs.kit.rounding import number
from labs.kit.verdicts import ERROR

ODDS = "odds.json"
CLASSES = (12, 20, 30)  # students
LARGE = 4.0  # standard deviations, from which on scipy's tail gives 0, 1 or no number
QUICK = 6  # replicates of a lab's quick preset


def run(arguments: argparse.Namespace) -> int:
    """Print the odds of a lesson or all; `--measure N` first runs its solution for N students."""
    count, jobs = arguments.measure, arguments.jobs or cores()
    if count is not None and count < 2:
        raise ValueError(f"--measure must be a whole number of at least 2, got {count}")
    if jobs < 1 or arguments.jobs == 0:
        raise ValueError(f"--jobs must be a whole number of at least 1, got {arguments.jobs}")
    for name in register.names() if arguments.name == "all" else [arguments.name]:
        lesson = register.lesson(name)
        if count is not None:
            _keep(name, measured(lesson, count, jobs))
        print(f"{name}: {lesson.question}")
        print("".join(f"  {line}\n" for line in lines(lesson)), end="")
    return 0


def measured(lesson: Lesson, count: int, jobs: int) -> dict[str, Any]:
    """Return the measures of replicates 1 to `count`, each by the lesson's own solution.

    Raises:
        RuntimeError: a solution fails.
    """
    values: dict[str, list[float]] = {measure.name: [] for measure in lesson.measures}
    steps: dict[str, int] = {}
    for each in solo.several(lesson.name, range(1, count + 1), jobs):
        steps = each.steps
        for name, value in each.values.items():
            values[name].append(value)
    return {"version": lesson.version, "steps": steps, "replicates": count, "values": values}


def stored() -> dict[str, Any]:
    """Return what has been measured, by lesson; empty where nothing has."""
    path = register.folder() / ODDS
    found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    return found


@dataclass(frozen=True)
class Odds:
    """The odds of one measure.

    Args:
        shown: runs in which it lies on the claimed side.
        runs: that were measured.
        mean, spread: of its values; the standard deviation.
        chances: that it holds in classes of `CLASSES` students.
    """

    shown: int
    runs: int
    mean: float
    spread: float
    chances: tuple[float, ...]


def of(lesson: Lesson, measure: Measure) -> Odds | None:
    """Return the odds of a measure, None where fewer than two runs have it."""
    values = stored().get(lesson.name, {"values": {}})["values"].get(measure.name, [])
    if len(values) < 2:
        return None
    mean, spread = _moments(values)
    error = ERROR / len(lesson.measures)
    effect = _effect(mean, spread, measure.above, measure.below)
    chances = tuple(chance(effect, n, error) for n in CLASSES)
    return Odds(sum(map(measure.shows, values)), len(values), mean, spread, chances)


def lines(lesson: Lesson) -> Iterator[str]:
    """Yield the odds of a lesson, some sentences for each measure."""
    for measure in lesson.measures:
        lab = _lab(measure.reference) if measure.reference else ""
        yield f"{measure.name} {side(measure)}: {_told(of(lesson, measure))}{lab}"


def side(measure: Measure) -> str:
    """Return the rule of a measure in words."""
    return _side(measure.above, measure.below, measure.unit)


def chance(effect: float, n: int, error: float) -> float:
    """Return the chance that a mean is found beyond a threshold.

    Args:
        effect: distance of the true mean from the threshold, on the claimed side, in standard
            deviations over replicates.
        n: replicates.
        error: of the one-sided test.

    >>> f"{chance(0.7, 20, 0.05 / 4):.2f}", f"{chance(0, 12, 0.05):.2f}"
    ('0.75', '0.05')
    """
    if abs(effect) > LARGE:
        return float(effect > 0)
    return 1 - float(nctdtr(n - 1, effect * math.sqrt(n), stdtrit(n - 1, 1 - error)))


def _told(found: Odds | None) -> str:
    if found is None:
        return "not measured."
    least = wilson(found.shown, found.runs).low
    chances = (f"{n}: {each:.2f}" for n, each in zip(CLASSES, found.chances, strict=True))
    return (
        f"mean {number(found.mean)}, standard deviation {number(found.spread)}; it shows in "
        f"{found.shown} of {found.runs} runs (at least {least:.0f} %). Chance that it holds in a "
        f"class of {', '.join(chances)}."
    )


def _side(above: float | None, below: float | None, unit: str) -> str:
    rule = f"above {above:g}" if above is not None else f"below {below:g}"
    return f"{rule} {unit}".rstrip()


def _lab(reference: Reference) -> str:
    """How often the lab's quick preset would decide it, by the spread of its reference."""
    found = (references.reference(reference.lab) or {"claims": []})["claims"]
    claim = next(each for each in found if each["id"] == reference.claim)
    values = list((claim.get("values") or {}).values())
    above, below = claim.get("above"), claim.get("below")
    if len(values) < 2 or (above is None) == (below is None):
        return ""
    family = sum(each.get("family") == claim.get("family") for each in found)
    decided = chance(_effect(*_moments(values), above, below), QUICK, ERROR / family)
    rule = _side(above, below, claim.get("unit", ""))
    return (
        f" In the lab, where the rule is {rule} ({reference.lab} {reference.claim}), with {QUICK} "
        f"replicates: {decided:.2f}."
    )


def _moments(values: Sequence[float]) -> tuple[float, float]:
    return float(np.mean(values)), float(np.std(values, ddof=1))


def _effect(mean: float, spread: float, above: float | None, below: float | None) -> float:
    distance = mean - above if above is not None else (below or 0.0) - mean
    return distance / spread if spread else math.copysign(math.inf, distance)


def _keep(name: str, found: Mapping[str, Any]) -> None:
    odds = {**stored(), name: found}
    kept = {known: odds[known] for known in register.names() if known in odds}
    files.write(register.folder() / ODDS, files.as_json(kept))
