"""Scenes of MNIST-1D digits side by side: which digits, which one where, and what shape it has.

Level 1 of the modular network are ten modules, one per digit: the module of the digit that stands
in a slot fires, and its object's attributes are the twelve points of the digit's waveform, of norm
1. In a second network one module sees all digits, and the digit is read from the waveform. Both are
asked of modules that know the digits, and of a trained network.
"""

from collections.abc import Callable

import numpy as np

from labs.data import mnist1d
from labs.kit.seeds import seed, stream
from labs.sketches import reader
from labs.sketches.config import SPACES
from labs.sketches.digits import (
    CLASSES,
    MODULES,
    POINTS,
    Digits,
    digit_space,
    digits,
    histograms,
    scenes,
    templates,
)
from labs.sketches.experiments.draws import rms, trials, units
from labs.sketches.grid import NAME, Cell
from labs.sketches.objects import Object, Scene
from labs.sketches.readouts import attributes, count, prefix
from labs.sketches.sketching import overall_sketches
from labs.sketches.space import Space

ANY = "digit"  # the one module that sees all digits
ERRORS = ("count_error", "waveform")  # root mean squares
SIGNALS = 2000  # fresh ones of a replicate, as many of each digit, that stand in its scenes


def known_scenes(cell: Cell) -> dict[str, float]:
    """Scenes that modules see which know the digits, waveforms with a little noise."""
    truth = _drawn(cell)
    noise = stream(NAME, "noise of waveforms", cell.replicate)
    return read_back(cell, truth, digits(truth, noise))


def trained_scenes(cell: Cell, net: reader.Reader, member: int) -> dict[str, float]:
    """The same scenes, of signals that a trained network sees."""
    truth = _drawn(cell)
    seen = seen_by(net, member, truth, cell.replicate)
    own = {
        "network_slot": float((seen.labels == truth).mean()),
        "network_waveform": rms(seen.waveforms - templates()[truth]),
        "network_histogram": float((histograms(seen.labels) == histograms(truth)).all(1).mean()),
    }
    if cell.objects == 1:
        (score,) = reader.scores(reader.alone(net, member), [cell.replicate], cell.tested)
        own["own_accuracy"] = score.accuracy
    return own | read_back(cell, truth, seen)


def seen_by(
    net: reader.Reader, member: int, labels: np.ndarray, replicate: int, purpose: str = "scenes"
) -> Digits:
    """What a trained network says of a signal of every digit of labels (...); another purpose,
    other signals."""
    rows = signals(labels, replicate, purpose)
    found = reader.read(net, rows.reshape(-1, rows.shape[-1]))
    waveforms = found.waveforms[member].reshape(*labels.shape, POINTS)
    return Digits(found.classes[member].reshape(labels.shape), waveforms)


def _drawn(cell: Cell) -> np.ndarray:
    """The true digits of a cell's scenes (S, k), every one as likely in every slot."""
    rng = stream(NAME, f"scenes of {cell.objects} digits", cell.replicate)
    return rng.integers(CLASSES, size=(cell.trials, cell.objects))


def signals(labels: np.ndarray, replicate: int, purpose: str = "scenes") -> np.ndarray:
    """A fresh signal of a replicate's law for every digit of labels (...): (..., 40) float32, one
    after the other, and from the first again where `SIGNALS` are used up."""
    fresh = mnist1d.fresh(replicate, SIGNALS, f"signals of {purpose}")
    rows = np.empty((*labels.shape, fresh.x.shape[1]), np.float32)
    for digit in range(CLASSES):
        here = labels == digit
        own = fresh.x[fresh.y == digit]
        rows[here] = own[np.arange(here.sum()) % len(own)]
    return rows


def read_back(cell: Cell, truth: np.ndarray, seen: Digits) -> dict[str, float]:
    """Sketch what was seen in scenes, a part of them in each of `SPACES`, and read it back.

    Args:
        cell: its d, k objects per scene, and how many numbers are left of a sketch.
        truth: the true digits (S, k).
        seen: what the network says of them.

    Returns:
        Shares of scenes, or of slots, in which what is read is true (`histogram`: all ten counts;
        `slot`; `nearest`, by the waveform), and rms errors of a count and of a waveform's point.
    """
    found = []
    for part, rows in enumerate(np.array_split(np.arange(len(truth)), SPACES)):
        own = seed(NAME, f"space {part} of scenes", cell.replicate)
        by_digit = digit_space(cell.d, cell.objects, own)
        by_waveform = Space(cell.d, {ANY: POINTS}, cell.objects, seed=own)
        some = Digits(seen.labels[rows], seen.waveforms[rows])
        found.append(
            _by_digit(by_digit, truth[rows], some, cell.keep or cell.d)
            | _by_waveform(by_waveform, truth[rows], some, cell.keep or cell.d)
        )
    columns = {name: [part[name] for part in found] for name in found[0]}
    return {
        name: rms(values) if name in ERRORS else float(np.mean(values))
        for name, values in columns.items()
    }


def _by_digit(space: Space, truth: np.ndarray, seen: Digits, keep: int) -> dict[str, float]:
    k = space.positions
    sketches = prefix(overall_sketches(space, scenes(seen)), keep)
    gain = space.gain([1 / k], "count") * keep / space.d
    counts = np.stack([count(space, sketches, name, gain).value for name in MODULES], 1)
    slots = [
        np.argmax([count(space, sketches, m, gain, positions=[i]).value for m in MODULES], 0)
        for i in range(k)
    ]
    true = histograms(truth)
    return {
        "histogram": float((np.rint(counts) == true).all(1).mean()),
        "slot": float((np.stack(slots, 1) == truth).mean()),
        "count_error": rms(counts - true),
    }


def _by_waveform(space: Space, truth: np.ndarray, seen: Digits, keep: int) -> dict[str, float]:
    k = space.positions
    rooms = [Scene([Object(ANY, x) for x in waveforms]) for waveforms in seen.waveforms]
    sketches = prefix(overall_sketches(space, rooms), keep)
    gain = space.gain([1 / k]) * keep / space.d
    slots = [attributes(space, sketches, ANY, gain, positions=[i]).value for i in range(k)]
    found = np.stack(slots, 1)
    nearest = (found @ templates().T).argmax(-1)  # all templates have norm 1
    return {
        "waveform": rms(found - templates()[truth]),
        "nearest": float((nearest == truth).mean()),
    }


def averaged(cell: Cell) -> dict[str, float]:
    """One vector, the mean of the sketches of many scenes: the error of how often each digit stood
    in a scene. As many vectors, each in a space of its own, as there are trials. Attributes are
    waveforms, whose mean stays in the vector, or "of chance": their mean vanishes."""

    def see(labels: np.ndarray, rng: np.random.Generator) -> Digits:
        if cell.arm == "of chance":
            return Digits(labels, units(rng, *labels.shape, POINTS))
        return digits(labels, rng)

    return _averaged(cell, see)


def trained_average(cell: Cell, net: reader.Reader, member: int) -> dict[str, float]:
    """The same of what a trained network sees."""
    purposes = (f"means {trial}" for trial in range(cell.trials))

    def see(labels: np.ndarray, _: np.random.Generator) -> Digits:
        return seen_by(net, member, labels, cell.replicate, next(purposes))

    return _averaged(cell, see)


def _averaged(
    cell: Cell, see: Callable[[np.ndarray, np.random.Generator], Digits]
) -> dict[str, float]:
    errors, bars = [], []
    for own, rng in trials(cell):
        truth = rng.integers(CLASSES, size=(cell.together, cell.objects))
        space = digit_space(cell.d, cell.objects, own)
        vector = overall_sketches(space, scenes(see(truth, rng))).mean(0)
        gain = space.gain([1 / cell.objects], "count")
        found = [count(space, vector, name, gain) for name in MODULES]
        errors.append([read.value for read in found] - histograms(truth).mean(0))
        bars.append([read.error for read in found])
    return {"error": rms(errors), "bar": rms(bars)}
