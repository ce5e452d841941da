"""The exact stream: the numbers of the published data set, from the legacy generator."""

from __future__ import annotations

import numpy as np

from mnist1d.pipeline import Array, Draws, Pipeline
from mnist1d.recipe import Recipe

CHUNK = 500  # samples rendered at once; their noise then stays in the cache


class LegacyStream:
    """Samples in upstream's order of drawing, from numpy's legacy generator.

    After each call ``generator`` is where upstream's global generator would be.
    """

    name = "exact"
    dtype = np.dtype(np.float64)

    def __init__(self, seed: int | np.random.RandomState | None) -> None:
        bits = np.random.MT19937()
        self.generator = np.random.RandomState(bits)
        if isinstance(seed, np.random.RandomState):  # go on where it stands, and leave it there
            self.generator.set_state(seed.get_state())
        else:
            self.generator.seed(seed)
        self._word = bits.random_raw

    def draws(self, recipe: Recipe, n: int) -> Draws:
        """The draws of the next n samples: only their calls are sequential."""
        uniform, normal, word = (
            self.generator.random_sample,
            self.generator.standard_normal,
            self._word,
        )
        # The legacy generator draws an integer by rejection of masked words: this is
        # generator.choice(max_translation), without the cost of the call.
        top = recipe.max_translation - 1
        mask = (1 << top.bit_length()) - 1
        uniforms = np.empty((3, n))
        shift = np.zeros(n, dtype=np.intp)
        noise = np.empty((n, 2 * recipe.canvas))
        pad, height, slope = uniforms
        for i in range(n):
            pad[i] = uniform()
            height[i] = uniform()
            if top:
                k = word() & mask
                while k > top:
                    k = word() & mask
                shift[i] = k
            noise[i] = normal(2 * recipe.canvas)
            slope[i] = uniform()
        low, high = recipe.padding
        extra = (pad * (high - low + 1)).astype(np.intp)
        smooth, white = noise[:, : recipe.canvas], noise[:, recipe.canvas :]
        return Draws(extra, height, shift, smooth, white, slope)

    def samples(self, line: Pipeline, rows: Array) -> tuple[Array, Array]:
        """Samples of (n,) rows of the templates in a random order, and these rows permuted."""
        samples = np.empty((len(rows), line.recipe.final_seq_length))
        for start in range(0, len(rows), CHUNK):
            part = rows[start : start + CHUNK]
            samples[start : start + CHUNK] = line.render(part, self.draws(line.recipe, len(part)))
        order = self.generator.permutation(len(rows))
        return samples[order], rows[order]
