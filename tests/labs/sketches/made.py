"""Spaces and scenes that tests of sketches are made with."""

from itertools import count

import numpy as np
from hypothesis import strategies as st

from labs.sketches.objects import Object, Scene
from labs.sketches.rotations import Blocks
from labs.sketches.space import Space

MODULES = {"eye": 3, "ear": 1, "face": 4}
POSITIONS = 3
KINDS = {  # every kind of space
    "A": {},
    "B": {"reading": "B"},
    "Haar": {"maps": "haar"},
    "blocks": {"blocks": Blocks(length=4, share=0.5)},
    "signatures": {"signature": 6},
    "all": {"reading": "B", "blocks": Blocks(8, 0.5), "signature": 5, "maps": "haar"},
}


D = 32


def small(kind, seed=0):
    """A space of one of `KINDS`, of `D` numbers."""
    return Space(D, MODULES, POSITIONS, seed, **KINDS[kind])


def unit(rng, n=12):
    x = rng.normal(size=n)
    return x / np.linalg.norm(x)


def wide(d, k, seed=0, **options):
    """A space of k modules with 12 attributes and of as many positions, or of `positions`."""
    return Space(d, {f"m{i}": 12 for i in range(k)}, **{"positions": k, "seed": seed, **options})


def flat(rng, modules, weights=None):
    """A scene of objects of the modules of `wide` of these numbers, one per position."""
    return Scene([Object(f"m{i}", unit(rng)) for i in modules], weights)


def tree(rng, fan, depth):
    """A scene of `fan` objects of modules of their own, each made of as many, `depth` levels."""
    names = map("m{}".format, count())

    def grown(left):
        if not left:
            return Scene()
        return Scene([Object(next(names), unit(rng), grown(left - 1)) for _ in range(fan)])

    return grown(depth)


def modules_of(fan, depth):
    return sum(fan**level for level in range(1, depth + 1))


def rms(errors):
    return float(np.sqrt(np.mean(np.square(errors))))


@st.composite
def scenes(draw, levels=3, fan=3):
    """Random scenes over `MODULES`, in which objects are shared and positions too."""
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    made = []
    for _ in range(draw(st.integers(0, levels))):
        names = draw(st.lists(st.sampled_from(sorted(MODULES)), min_size=1, max_size=3))
        made = [
            *made,
            *(Object(name, unit(rng, MODULES[name]), _of(draw, rng, made, fan)) for name in names),
        ]
    return _of(draw, rng, made, fan)


def _of(draw, rng, made, fan):
    chosen = draw(st.lists(st.integers(0, len(made) - 1), max_size=fan)) if made else []
    weights = rng.dirichlet(np.ones(len(chosen))) if chosen else []
    return Scene([made[i] for i in chosen], weights, rng.integers(0, POSITIONS, len(chosen)))
