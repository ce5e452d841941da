"""How a day may be arranged in one sketch, and what each arrangement costs.

* "flat": a tuple of twelve objects; a position is a time and a place in the scene together.
* "times": a tuple of twelve objects; the three of a time share a position. Mornings are read from
  four positions in place of twelve, and nobody can tell the third object from the second.
* "tuples": a tuple over times of tuples over places, without objects between.
* "nested": a tuple over times of objects of a module "scene", made of digits: the network proper.
"""

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np

from labs.kit.checks import known
from labs.sketches import readouts
from labs.sketches.digits import MODULES, POINTS, Digits, scenes
from labs.sketches.experiments.days import (
    DAYS,
    HALF,
    OBJECTS,
    SLOTS,
    THIRD,
    TIMES,
    draw_year,
    true_answers,
)
from labs.sketches.objects import Object, Scene
from labs.sketches.rotations import LEAK, transparent
from labs.sketches.sketching import overall_sketches
from labs.sketches.space import Space

SCENE = "scene"


class Arranged(NamedTuple):
    """Sketches of days (days, d), the gain of all objects together, the half of the day of each
    position to unroll for mornings, and the path of the third object, if there is one."""

    sketches: np.ndarray
    gain: float
    halves: dict[int, float]
    third: Sequence[int]


def _flat(space: Space, seen: Digits) -> Arranged:
    days = scenes(_rows(seen, OBJECTS))
    halves = dict(enumerate(HALF.repeat(SLOTS).tolist()))
    return Arranged(overall_sketches(space, days), space.gain((1.0,)), halves, (THIRD,))


def _times(space: Space, seen: Digits) -> Arranged:
    times = np.arange(TIMES).repeat(SLOTS).tolist()
    days = [Scene(day.objects, positions=times) for day in scenes(_rows(seen, OBJECTS))]
    halves = dict(enumerate(HALF.tolist()))
    return Arranged(overall_sketches(space, days), space.gain((1.0,)), halves, ())


def _tuples(space: Space, seen: Digits) -> Arranged:
    looks = overall_sketches(space, scenes(_rows(seen, SLOTS))).reshape(-1, TIMES, space.d)
    positions = {SLOTS + time: half for time, half in enumerate(HALF.tolist())}
    days = np.zeros((len(looks), space.d))
    for time, position in enumerate(positions):
        days += transparent(space.position(position), looks[:, time]) / TIMES
    return Arranged(days, LEAK * space.gain((1.0,)), positions, (SLOTS, THIRD))


def _nested(space: Space, seen: Digits) -> Arranged:
    looks = [Object(SCENE, [1.0], scene) for scene in scenes(_rows(seen, SLOTS))]
    days = [Scene(looks[i : i + TIMES]) for i in range(0, len(looks), TIMES)]
    halves = dict(enumerate(HALF.tolist()))
    return Arranged(overall_sketches(space, days), space.gain((1.0, 1.0)), halves, (0, THIRD))


def _rows(seen: Digits, objects: int) -> Digits:
    labels = seen.labels.reshape(-1, objects)
    return Digits(labels, seen.waveforms.reshape(*labels.shape, POINTS))


ARRANGEMENTS: dict[str, Callable[[Space, Digits], Arranged]] = {
    "flat": _flat,
    "times": _times,
    "tuples": _tuples,
    "nested": _nested,
}


def arrangements(
    *, d: int, replicate: int, days: int = DAYS, names: Sequence[str] = tuple(ARRANGEMENTS)
) -> dict[str, float]:
    """Errors of plain readouts, not shrunk to a null answer, by arrangement.

    Args:
        d: dimension of the sketches.
        replicate: of the year and of the random matrices.
        days: of the year.
        names: of the arrangements, by default all.

    Returns:
        "QUESTION ARRANGEMENT": rms over classes of the error in "frequency" and "mornings", from
        the mean of all days' sketches; rms over days of the error in the numbers of the third
        object's waveform, "third", from the days' sketches, its class being told. Of "times" there
        is no "third".

    Raises:
        ValueError: sizes below 1, a negative replicate, an unknown arrangement.
    """
    for name in names:
        known("names", name, ARRANGEMENTS)
    seen = draw_year(replicate, days=days).seen
    modules = {**dict.fromkeys(MODULES, POINTS), SCENE: 1}
    space = Space(d, modules, OBJECTS, seed=replicate)
    return {
        f"{question} {name}": error
        for name in names
        for question, error in _errors(space, ARRANGEMENTS[name](space, seen), seen).items()
    }


def _errors(space: Space, day: Arranged, seen: Digits) -> dict[str, float]:
    truth, whole = true_answers(seen), day.sketches.mean(axis=0)
    shares = _shares(space, whole, day.gain)
    turned = np.stack([readouts.unroll(space, whole, [p]) for p in day.halves])
    mornings = np.array([*day.halves.values()]) @ _shares(space, turned, day.gain)
    found = {"frequency": shares - truth.frequency, "mornings": mornings - truth.mornings}
    if day.third:
        found["third"] = _third(space, day, seen) - seen.waveforms[:, 0, THIRD]
    return {question: float(np.sqrt(np.mean(error**2))) for question, error in found.items()}


def _shares(space: Space, sketch: np.ndarray, gain: float) -> np.ndarray:
    return np.stack([readouts.count(space, sketch, m, gain).value for m in MODULES], axis=-1)


def _third(space: Space, day: Arranged, seen: Digits) -> np.ndarray:
    turned = readouts.unroll(space, day.sketches, day.third)
    read = [readouts.attributes(space, turned, m, day.gain / OBJECTS).value for m in MODULES]
    found: np.ndarray = np.stack(read)[seen.labels[:, 0, THIRD], np.arange(len(turned))]
    return found
