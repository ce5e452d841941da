"""A trained CNN as a modular network: do sketches of its firings tell the classes?

Channels are modules, their firings objects, two levels deep (`labs.sketches.firings`).

A sketch of d numbers stands beside d numbers of a random rotation (or all of them turned round,
where there are no more than d) of three other encodings of the same two layers:

* `raw`: the responses as they are, 375 numbers; what anybody would keep for a linear probe. Here
  the second layer takes two thirds of the numbers and half of the norm.
* `top`: the third layer alone, 125 numbers. It is the stricter rival: a sketch too gives objects
  further down little weight, and the class is easier to see in the last layer.
* `bag`: the objects of the scene without positions and wiring, 425 numbers: for every module what
  its objects add to the count and to the attributes in a sketch. Sketch against bag is the price of
  knowing where things stood; bag against `top`, what there is in objects.

All probes are fitted to the examples and labels that the network was trained on and to no others,
and are tested on fresh ones; nothing is chosen by its result. An untrained network is the control.
"""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
from scipy.stats import rankdata

from labs.data import mnist1d
from labs.kit.checks import check_sizes
from labs.nn.probes import logistic
from labs.sketches.firings import bag, kernel, responses, scenes, space, spread, wiring
from labs.sketches.objects import Scene
from labs.sketches.reader import CHANNELS, Reader, alone, read
from labs.sketches.readouts import count
from labs.sketches.rotations import Rotation
from labs.sketches.sketching import overall_sketches
from labs.sketches.space import Space

PAIRED = 1000  # tested inputs that are compared, each with each
PLAIN = ("raw", "top", "bag")


class Part(NamedTuple):
    """Some inputs: labels (n,), their scenes, the weights in them of the third layer's channels
    (n, 25), and the plain encodings by name, `PLAIN`."""

    y: np.ndarray
    scenes: list[Scene]
    weights: np.ndarray
    plain: Mapping[str, np.ndarray]


class Look(NamedTuple):
    """What a network did on the inputs that probes are fitted to and on those that test them, and
    its own accuracy on the latter in percent."""

    fitted: Part
    tested: Part
    own: float


def look(
    net: Reader,
    member: int,
    replicate: int,
    *,
    fitted: int = mnist1d.EXAMPLES,
    tested: int = 2000,
    top: int = 8,
    below: int = 4,
) -> Look:
    """Run one member of a stack on examples of its replicate and take down its scenes.

    Args:
        net: trained, or not.
        member: which one of the stack.
        replicate: whose data it was trained on.
        fitted: examples that probes are fitted to, the first of the published 4000.
        tested: fresh examples; the first `PAIRED` are compared in pairs.
        top: firings of the third layer in a scene.
        below: firings of the second layer that each is made of.

    Raises:
        ValueError: a size below 1.
    """
    check_sizes(tested=tested)
    own, data = alone(net, member), mnist1d.published(replicate, train=fitted, test=tested)
    right = read(own, data.fresh.x).classes[0] == data.fresh.y
    fit, test = (part(own, split, top=top, below=below) for split in (data.train, data.fresh))
    return Look(fit, test, 100 * float(right.mean()))


def part(net: Reader, split: mnist1d.Split, *, top: int, below: int) -> Part:
    """Labels, scenes and plain encodings of the examples of a split, by a stack of one network."""
    seen = responses(net, split.x)
    wires = wiring(seen, kernel(net), top=top, below=below)
    second, third = (layer.reshape(len(layer), -1) for layer in seen)
    plain = {"raw": np.hstack([second, third]), "top": third, "bag": bag(seen, wires)}
    return Part(split.y, scenes(seen, wires), spread(wires.channels, wires.weights), plain)


def projected(values: np.ndarray, d: int, seed: int) -> np.ndarray:
    """d numbers (n, d) of a random rotation of n vectors (n, k), padded with zeros where k < d."""
    width = max(d, values.shape[1])
    padded = np.pad(values, ((0, 0), (0, width - values.shape[1])))
    return Rotation(width, "plain projection", seed).apply(padded)[:, :d]


def probe(looked: Look, *, d: int, seed: int) -> dict[str, float]:
    """What d numbers hold of the classes: those of a sketch, and those of the projected plain
    encodings.

    Returns:
        For every NAME of "sketch", "raw", "top" and "bag" ``NAME_accuracy``, that of a linear probe
        in percent, ``NAME_gap``, the mean cosine of two tested inputs of one class less that of two
        of different classes, and ``NAME_auc``, how often the former cosine is larger (0.5 by
        chance). Then ``sketch_read``: the correlation between the weights of the third layer's
        channels in the tested scenes and what `labs.sketches.readouts.count` reads of them.

    Raises:
        ValueError: `d` below 10, the attributes of a module.
    """
    made = space(d, seed)
    sketches = [overall_sketches(made, part.scenes) for part in looked[:2]]
    found = _held("sketch", looked, sketches)
    for name in PLAIN:
        both = [projected(part.plain[name], d, seed) for part in (looked.fitted, looked.tested)]
        found |= _held(name, looked, both)
    return {**found, "sketch_read": _read(made, sketches[1], looked.tested.weights)}


def whole(looked: Look) -> dict[str, float]:
    """The same of the plain encodings with all their numbers, as ``all_NAME_...``; and
    ``own_accuracy``, the network's."""
    found = {"own_accuracy": looked.own}
    for name in PLAIN:
        both = [looked.fitted.plain[name], looked.tested.plain[name]]
        found |= _held(f"all_{name}", looked, both)
    return found


def _held(name: str, looked: Look, both: Sequence[np.ndarray]) -> dict[str, float]:
    fitted, tested = both
    model = logistic(len(fitted)).fit(fitted, looked.fitted.y)
    gap, auc = similarity(tested[:PAIRED], looked.tested.y[:PAIRED])
    accuracy = 100 * float(model.score(tested, looked.tested.y))
    return {f"{name}_accuracy": accuracy, f"{name}_gap": gap, f"{name}_auc": auc}


def _read(made: Space, sketches: np.ndarray, weights: np.ndarray) -> float:
    gain = made.gain((1.0,), "count")
    channels = [count(made, sketches, f"third {c}", gain).value for c in range(CHANNELS)]
    return float(np.corrcoef(np.stack(channels, axis=1).ravel(), weights.ravel())[0, 1])


def similarity(values: np.ndarray, y: np.ndarray) -> tuple[float, float]:
    """How well cosines of pairs of vectors (n, k) tell the pairs of one class, labels (n,): the
    difference of the mean cosines, and the area under the ROC curve.

    >>> similarity(np.array([[1.0, 0], [2, 0], [0, 1], [0, 3]]), np.array([0, 0, 1, 1]))
    (1.0, 1.0)
    """
    norms = np.linalg.norm(values, axis=1, keepdims=True)
    unit = values / np.where(norms > 0, norms, 1)
    pairs = np.triu_indices(len(unit), 1)
    cosine, same = (unit @ unit.T)[pairs], y[pairs[0]] == y[pairs[1]]
    hits, misses = cosine[same], cosine[~same]
    ranks = rankdata(cosine)[same].sum() - len(hits) * (len(hits) + 1) / 2
    return float(hits.mean() - misses.mean()), float(ranks / (len(hits) * len(misses)))
