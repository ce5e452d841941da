"""Signals of domains, drawn in pairs.

One replicate and one purpose give all domains the same draws of chance. Where domains share the
knobs of the pipeline, they are transforms of the same clean signals, bit for bit; where they do
not, digit, height, slope, noise and relative place of a signal are still the same.

All stand in the units of the replicate's own clean, published set: a mean and a deviation of its
own would alone undo a domain's ``gain``.
"""

from typing import NamedTuple

import numpy as np

from labs.data.domains import CLEAN, Array, Domain, named
from labs.data.mnist1d import BLOCK, CLASSES, blocks, units
from mnist1d.checks import whole
from mnist1d.fast import ModernStream
from mnist1d.pipeline import Draws, Pipeline, pipeline
from mnist1d.recipe import Recipe
from mnist1d.templates import get_templates

# Of a block, before they are mixed
DIGITS = np.repeat(np.arange(CLASSES, dtype=np.int64), BLOCK // CLASSES)


class Signals(NamedTuple):
    """Inputs x (n, 40) float32, digits y (n,) int64, and position (n,) float64: where on the
    canvas the digit stands, as a share in [0, 1) of the places that it can take, before a domain
    changes the signal."""

    x: Array
    y: Array
    position: Array


def draw(domain: Domain | str, replicate: int, examples: int, purpose: str) -> Signals:
    """Signals of a domain in the units of a replicate's clean set.

    Args:
        domain: a `Domain`, or the name of one in `labs.data.domains.DOMAINS`.
        replicate: whose units and draws of chance, 0 or more.
        examples: how many, at least 1; every 1000 hold all digits alike, and fewer are the first
            of more.
        purpose: names the draws of chance. The clean domain is what `labs.data.mnist1d.fresh`
            returns for the same purpose, up to rounding.

    Raises:
        TypeError, ValueError: bad arguments; an unknown name.

    >>> clean, reverse = (draw(name, 0, 1500, "test") for name in ("clean", "reverse"))
    >>> clean.x.shape, bool((clean.x == reverse.x[:, ::-1]).all())
    ((1500, 40), True)
    """
    domain = named(domain)
    replicate, examples = whole("replicate", replicate, 0), whole("examples", examples, 1)
    if not isinstance(purpose, str) or not purpose:
        raise ValueError(f"purpose must be a text, got {purpose!r}")
    mean, sd = units(replicate)
    parts = [_block(domain, seed) for _, seed in blocks(replicate, examples, purpose)]
    x, y, position = (np.concatenate(part)[:examples] for part in zip(*parts, strict=True))
    x = (x - np.float32(mean)) / np.float32(sd)
    return Signals(np.ascontiguousarray(x), y, position)


def _block(domain: Domain, seed: int) -> Signals:
    """A block of signals of a domain, not standardised."""
    stream, line = ModernStream(seed), _line(domain.law)
    digits = stream.generator.permutation(DIGITS)
    draws = _fitted(stream.draws(CLEAN, BLOCK), line, stream.generator)
    x = domain.transform(line.render(digits, draws))
    return Signals(x, digits, draws.shift / line.recipe.max_translation)


def _fitted(draws: Draws, line: Pipeline, ties: np.random.Generator) -> Draws:
    """Draws of the published law as draws of another one, whose canvas is not longer."""
    law = line.recipe
    return draws._replace(
        pad=_spread(draws.pad, len(_line(CLEAN).pads), len(line.pads), ties),
        shift=_spread(draws.shift, CLEAN.max_translation, law.max_translation, ties),
        smooth=draws.smooth[:, : law.canvas],
        white=draws.white[:, : law.canvas],
    )


def _spread(values: Array, old: int, new: int, ties: np.random.Generator) -> Array:
    """Values uniform over range(old) as values uniform over range(new), in the same order."""
    # new * value + tie is uniform over range(old * new); a scaled value alone would favour some.
    return (new * values + ties.integers(new, size=len(values))) // old


def _line(law: Recipe) -> Pipeline:
    return pipeline(law, get_templates()["x"], np.float32)
