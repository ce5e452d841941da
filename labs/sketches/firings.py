"""A CNN as a modular network: its channels are modules, their firings objects, two levels deep.

Channels of the last two convolutions are the modules, 25 each. A channel that responds anywhere
along the signal has fired once, and the firing is an object: its attributes are the response along
the signal, 5 numbers of the third convolution or 10 of the second, scaled to norm 1. The scene of
an input holds the strongest firings of the third convolution, weighted by strength (the norm before
scaling), at the position in the tuple where the response is largest. Each is made of the firings of
the second convolution that contributed most to that largest response (weight of the kernel times
response, positive ones only), weighted by contribution, at the position of the tap of the kernel.
A firing below may be an input of several above.
"""

from typing import NamedTuple

import numpy as np
import torch

from labs.kit.checks import check_sizes
from labs.sketches.objects import Object, Scene
from labs.sketches.reader import CHANNELS, CHUNK, POSITIONS, Reader
from labs.sketches.space import Space

TAPS = 3
LAYERS = {"second": 2 * POSITIONS, "third": POSITIONS}  # responses of a channel along the signal
MODULES = {f"{layer} {c}": n for layer, n in LAYERS.items() for c in range(CHANNELS)}


class Responses(NamedTuple):
    """Of the channels of two layers to n inputs, float64, at least 0: `second` (n, 10, 25) and
    `third` (n, 5, 25)."""

    second: np.ndarray
    third: np.ndarray


class Wiring(NamedTuple):
    """Which firings an input's scene holds. Of the third layer (n, top): `channels`, their
    `weights` (sum 1, or all 0 where none fired) and the `places` of their largest response. Of the
    second layer, what each is made of (n, top, below): `sources`, the channels, their `shares` (as
    weights) and the `taps` that they came in by."""

    channels: np.ndarray
    weights: np.ndarray
    places: np.ndarray
    sources: np.ndarray
    shares: np.ndarray
    taps: np.ndarray


def space(d: int, seed: int) -> Space:
    """The space of the sketches, 50 modules in all; `d` of 10 or more.

    >>> own = space(64, seed=0)
    >>> len(own.modules), own.modules["second 0"], own.modules["third 0"]
    (50, 10, 5)
    """
    return Space(d, MODULES, positions=POSITIONS, seed=seed)


@torch.no_grad()
def responses(net: Reader, x: np.ndarray) -> Responses:
    """What the channels of a stack of one network respond to signals x (n, 40).

    Raises:
        ValueError: a stack of several.

    >>> from labs.sketches.reader import start
    >>> seen = responses(start([0]), np.ones((3, 40), np.float32))
    >>> seen.second.shape, seen.third.shape, bool((seen.third >= 0).all())
    ((3, 10, 25), (3, 5, 25), True)
    """
    if net.members != 1:
        raise ValueError(f"net must be a stack of 1, got {net.members}")
    signals = torch.from_numpy(x).to(net.first.weight.device).unsqueeze(0)
    layers = zip(*(net.responses(part) for part in signals.split(CHUNK, dim=1)), strict=True)
    return Responses(*(torch.cat(layer, dim=1)[0].double().cpu().numpy() for layer in layers))


def kernel(net: Reader) -> np.ndarray:
    """Weights of the third convolution of a stack of one (3 taps, 25 below, 25).

    >>> from labs.sketches.reader import start
    >>> kernel(start([0])).shape
    (3, 25, 25)
    """
    weight = net.third.weight[0].detach().cpu().double().numpy()
    return weight.reshape(TAPS, CHANNELS, CHANNELS)


def wiring(seen: Responses, weight: np.ndarray, *, top: int, below: int) -> Wiring:
    """Choose the firings of every scene.

    Args:
        seen: responses of n inputs.
        weight: of the third convolution (3, 25, 25), as `kernel` has it.
        top, below: how many firings of the third layer, and how many of the second in each; fewer
            where there are no more.

    Raises:
        ValueError: `top` or `below` below 1.

    >>> seen = Responses(np.zeros((1, 10, 25)), np.zeros((1, 5, 25)))
    >>> seen.third[0, 2, 7], seen.third[0, 4, 9], seen.second[0, 4, 1] = 3.0, 1.0, 2.0
    >>> wires = wiring(seen, np.ones((3, 25, 25)), top=2, below=1)
    >>> wires.channels.tolist(), wires.weights.tolist(), wires.places.tolist()
    ([[7, 9]], [[0.75, 0.25]], [[2, 4]])
    >>> wires.sources[0, 0].tolist(), wires.taps[0, 0].tolist()  # what 7 is made of, and where
    ([1], [1])
    """
    check_sizes(top=top, below=below)
    channels, strengths = _largest(np.linalg.norm(seen.third, axis=1), top)
    places = np.take_along_axis(seen.third.argmax(1), channels, axis=1)
    padded = np.pad(seen.second, ((0, 0), (1, 1), (0, 0)))  # as the convolution pads
    window = 2 * places[..., None] + np.arange(TAPS)
    windows = padded[np.arange(len(padded))[:, None, None], window]
    contributions = windows * np.moveaxis(weight[:, :, channels], (0, 1), (2, 3))
    which, parts = _largest(contributions.reshape(*channels.shape, -1), below)
    taps, sources = np.divmod(which, CHANNELS)
    return Wiring(channels, _shares(strengths), places, sources, _shares(parts), taps)


def _largest(values: np.ndarray, count: int) -> tuple[np.ndarray, np.ndarray]:
    """Where the `count` largest of the last axis are, the largest first, and what they are."""
    where = np.argsort(-values, axis=-1, kind="stable")[..., :count]
    return where, np.take_along_axis(values, where, axis=-1)


def _shares(values: np.ndarray) -> np.ndarray:
    """Values above 0 as parts of their sum over the last axis; 0 where none is."""
    positive = np.maximum(values, 0)
    return _divided(positive, positive.sum(-1, keepdims=True))


def _divided(values: np.ndarray, by: np.ndarray) -> np.ndarray:
    return np.divide(values, by, out=np.zeros_like(values), where=by > 0)


def _unit(layer: np.ndarray) -> np.ndarray:
    """Responses (n, places, channels) by channel, of norm 1 or 0 (n, channels, places)."""
    by_channel = layer.swapaxes(1, 2)
    return _divided(by_channel, np.linalg.norm(by_channel, axis=-1, keepdims=True))


def scenes(seen: Responses, wires: Wiring) -> list[Scene]:
    """The scenes of n inputs; one in which nothing fired is empty.

    >>> seen = Responses(np.zeros((1, 10, 25)), np.zeros((1, 5, 25)))
    >>> seen.third[0, 2, 7], seen.third[0, 4, 9], seen.second[0, 4, 1] = 3.0, 1.0, 2.0
    >>> wires = wiring(seen, np.ones((3, 25, 25)), top=2, below=1)
    >>> from labs.sketches.objects import places
    >>> for place in places(scenes(seen, wires)[0]):
    ...     print(place.object.module, place.positions, place.weight)
    third 7 (2,) 0.75
    second 1 (2, 1) 0.75
    third 9 (4,) 0.25
    """
    rows = zip(*map(_unit, seen), *wires, strict=True)
    return [_scene(second, third, Wiring(*own)) for second, third, *own in rows]


def _scene(second: np.ndarray, third: np.ndarray, wires: Wiring) -> Scene:
    """The scene of one input, from the unit responses of its channels and its wires."""
    used = set(wires.sources[wires.shares > 0].tolist())
    below = {c: Object(f"second {c}", second[c]) for c in used}
    made = [_tuple(below, *one) for one in zip(*wires[3:], strict=True)]
    above = {
        c: Object(f"third {c}", third[c], inputs)
        for c, w, inputs in zip(wires.channels.tolist(), wires.weights, made, strict=True)
        if w > 0
    }
    return _tuple(above, wires.channels, wires.weights, wires.places)


def _tuple(
    objects: dict[int, Object], channels: np.ndarray, weights: np.ndarray, positions: np.ndarray
) -> Scene:
    """The objects of those channels whose weight is above 0."""
    fired = weights > 0
    return Scene(
        [objects[c] for c in channels[fired].tolist()],
        weights[fired].tolist(),
        positions[fired].tolist(),
    )


def bag(seen: Responses, wires: Wiring) -> np.ndarray:
    """The objects of n scenes without positions and wiring (n, 425): channel by channel of the
    second and then of the third layer, the attributes and 1, times the effective weight (added over
    the places where the object stands) and what a sketch leaves of its depth.

    >>> seen = Responses(np.zeros((1, 10, 25)), np.zeros((1, 5, 25)))
    >>> seen.third[0, 2, 7], seen.third[0, 4, 9], seen.second[0, 4, 1] = 3.0, 1.0, 2.0
    >>> wires = wiring(seen, np.ones((3, 25, 25)), top=2, below=1)
    >>> (place,) = np.flatnonzero(bag(seen, wires)[0, 275:].reshape(25, 6)[7, :5]).tolist()
    >>> place, bag(seen, wires).shape  # of the response of 7
    (2, (1, 425))
    """
    third = spread(wires.channels, wires.weights)
    sources = wires.sources.reshape(len(third), -1)
    effective = (wires.weights[..., None] * wires.shares).reshape(sources.shape)
    second = spread(sources, effective) * _left_below()
    return np.hstack([_weighted(seen.second, second), _weighted(seen.third, third)])


def spread(channels: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Weights by channel (n, 25) of what is listed by rows, both (n, k).

    >>> total = spread(np.array([[3, 1, 3]]), np.array([[0.5, 0.25, 0.25]]))
    >>> total.shape, total[0, :4].tolist()
    ((1, 25), [0.0, 0.25, 0.0, 0.75])
    """
    total = np.zeros((len(channels), CHANNELS))
    np.add.at(total, (np.arange(len(total))[:, None], channels), weights)
    return total


def _left_below() -> float:
    """What a sketch leaves of an object one level further down."""
    one = space(max(MODULES.values()), 0)
    return one.gain((1.0, 1.0)) / one.gain((1.0,))


def _weighted(layer: np.ndarray, weights: np.ndarray) -> np.ndarray:
    unit = _unit(layer)
    counted = np.concatenate([unit, np.ones_like(unit[..., :1])], axis=-1)
    return (weights[..., None] * counted).reshape(len(layer), -1)
