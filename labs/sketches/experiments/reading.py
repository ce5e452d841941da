"""Errors of what is read back: by number, weight, depth and repetition of objects, after erasure,
and where nothing is there to be read."""

from collections.abc import Iterator
from itertools import count as counter

import numpy as np

from labs.sketches.experiments.draws import (
    ATTRIBUTES,
    flat,
    names,
    one_weight,
    rms,
    rng,
    space_of,
    trials,
    units,
)
from labs.sketches.extensions import least_squares
from labs.sketches.grid import Cell
from labs.sketches.objects import Object, Scene, places
from labs.sketches.readouts import Estimate, attributes, count, prefix, subset
from labs.sketches.sketching import overall_sketch

Found = Iterator[tuple[np.ndarray, Estimate]]  # the truth, and what was read


def _errors(found: Found) -> dict[str, float]:
    """Of pairs of truth and estimate: rms error, mean error, and the rms of the error bars."""
    pairs = list(found)
    errors = np.array([read.value - truth for truth, read in pairs])
    return {
        "error": rms(errors),
        "bias": float(errors.mean()),
        "bar": rms([read.error for _, read in pairs]),
    }


def flat_scenes(cell: Cell) -> dict[str, float]:
    """All objects of flat scenes of equal weights, a module each."""
    return _errors(_read_flat(cell, [1 / cell.objects] * cell.objects, range(cell.objects)))


def one_of_four(cell: Cell) -> dict[str, float]:
    """The first of four objects, which has a weight of its own."""
    return _errors(_read_flat(cell, one_weight(cell.weight, cell.objects), [0]))


def _read_flat(cell: Cell, weights: list[float], asked: range | list[int]) -> Found:
    kept = rng(cell, "kept")
    for seed, scenes in trials(cell):
        modules = names(cell.objects)
        space = space_of(cell, modules, cell.objects, seed)
        x = units(scenes, cell.objects, ATTRIBUTES)
        sketch = overall_sketch(space, flat(x, modules, weights))
        left = _left(cell, sketch, kept)
        for i in asked:
            gain = space.gain([weights[i]]) * (cell.keep or cell.d) / cell.d
            yield x[i], attributes(space, left, modules[i], gain)


def _left(cell: Cell, sketch: np.ndarray, kept: np.random.Generator) -> np.ndarray:
    if cell.arm == "random subset":
        return subset(sketch, kept.permutation(cell.d)[: cell.keep])
    return prefix(sketch, cell.keep) if cell.keep else sketch


def deep_scenes(cell: Cell) -> dict[str, float]:
    """The objects at the bottom of trees of equal weights, a module for every object."""
    return _errors(_read_deep(cell))


def _read_deep(cell: Cell) -> Found:
    total = sum(cell.fan**level for level in range(1, cell.depth + 1))
    for seed, scenes in trials(cell):
        space = space_of(cell, names(total), cell.fan, seed)
        scene = tree(units(scenes, total, ATTRIBUTES), cell.fan, cell.depth)
        sketch = overall_sketch(space, scene)
        for place in places(scene):
            if len(place.weights) == cell.depth:
                gain = space.gain(place.weights)
                yield place.object.attributes, attributes(space, sketch, place.object.module, gain)


def tree(x: np.ndarray, fan: int, depth: int) -> Scene:
    """A tree of equal weights, its objects of modules M0, M1, ... with attributes x (total, n)."""
    rows = counter()

    def scene(levels: int) -> Scene:
        return Scene([item(next(rows), levels) for _ in range(fan)])

    def item(row: int, levels: int) -> Object:
        return Object(f"M{row}", x[row], scene(levels - 1) if levels > 1 else Scene())

    return scene(depth)


def repeated(cell: Cell) -> dict[str, float]:
    """Objects of one module: their sum read by module, or each of them by its path."""
    return _errors(_read_repeated(cell))


def _read_repeated(cell: Cell) -> Found:
    k = cell.objects
    for seed, scenes in trials(cell):
        space = space_of(cell, ["M0"], k, seed)
        x = units(scenes, k, ATTRIBUTES)
        sketch, gain = overall_sketch(space, flat(x, ["M0"] * k)), space.gain([1 / k])
        if cell.arm == "by path":
            for i in range(k):
                yield x[i], attributes(space, sketch, "M0", gain, positions=[i])
        else:
            truth = x.sum(0) if cell.arm == "their sum" else x[0]
            yield truth, attributes(space, sketch, "M0", gain)


def counts(cell: Cell) -> dict[str, float]:
    """How many of k objects are of one module; the others are of a module each."""
    return _errors(_counted(cell))


def _counted(cell: Cell) -> Found:
    k = cell.objects
    modules = ["M0"] * cell.repeats + names(k - cell.repeats + 1)[1:]
    for seed, scenes in trials(cell):
        space = space_of(cell, names(k), k, seed)
        sketch = overall_sketch(space, flat(units(scenes, k, ATTRIBUTES), modules))
        gain = space.gain([1 / k], "count")
        yield np.array(float(cell.repeats)), count(space, sketch, "M0", gain)


def nothing_there(cell: Cell) -> dict[str, float]:
    """What is read where nothing is: of a module that did not fire, at a position where nothing
    stands, or of objects whose positions are taken one for another. The truth is zero."""
    return _errors(_read_nothing(cell))


def _read_nothing(cell: Cell) -> Found:
    k = cell.objects
    modules = names(k + 1)
    for seed, scenes in trials(cell):
        space = space_of(cell, modules, k + 1, seed)
        sketch = overall_sketch(space, flat(units(scenes, k, ATTRIBUTES), modules[:k]))
        for i in range(k):
            module, positions = {
                "wrong module": (modules[k], []),
                "wrong path": (modules[i], [k]),
                "shuffled positions": (modules[i], [(i + 1) % k]),
            }[cell.arm]
            read = attributes(space, sketch, module, space.gain([1 / k]), positions=positions)
            yield np.zeros(ATTRIBUTES), read


def exact(cell: Cell) -> dict[str, float]:
    """The largest error of least squares where the list of objects is known."""
    largest = 0.0
    for seed, scenes in trials(cell):
        modules = names(cell.objects)
        space = space_of(cell, modules, cell.objects, seed)
        x = units(scenes, cell.objects, ATTRIBUTES)
        scene = flat(x, modules)
        found = least_squares(space, overall_sketch(space, scene), scene)
        largest = max(largest, float(np.abs(np.stack(found) - x).max()))
    return {"largest_error": largest}
