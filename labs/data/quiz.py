"""The quiz: 400 published test signals that a person has read, and three ways to show them.

One author of the data set read them in four quizzes of 100 (Greydanus and Kobak 2024,
arXiv:2011.14439, Section 3; of the five published quizzes one is stored twice): 383 right.
"""

from functools import lru_cache

import numpy as np

from labs.data.mnist1d import Split, published, shuffled_order, units
from labs.kit.checks import known
from mnist1d.generate import generate
from mnist1d.recipe import Recipe

INDICES = (*range(100), *range(200, 500))  # of the signals in the published test set
GUESSES = (  # of the person, one digit each
    "26394319520771461439975071769180438941101574810119"
    "69398846534893634434675751868260631319275395721026"
    "87205497983443853406154414268351255908396144622883"
    "79198242074767672340769040487292203685488568646955"
    "84035913137081181932535472199132493918355397321386"
    "70486653299852521649924284413836824653760337860253"
    "39586681197117033620189818954537492921708903149714"
    "09518557548440243613436430594635561631660154232528"
)
KINDS = ("plain", "shuffled", "noisy")
NOISE = 0.06  # `iid_noise_scale` of the noisy kind: the published one is 0.02


def signals(kind: str) -> Split:
    """The signals of the quiz and their labels, in the order of `INDICES`.

    Args:
        kind: ``"plain"``, as published; ``"shuffled"``, their positions permuted as the published
            shuffled data are; ``"noisy"``, the same draws with more white noise (`NOISE`). All
            stand in the units of the published set.

    Returns:
        Inputs (400, 40) float32 and labels (400,) int64; copies, the caller's own.

    Raises:
        ValueError: an unknown kind.

    >>> plain = signals("plain")
    >>> plain.x.shape, "".join(map(str, plain.y[:10])), GUESSES[:10]
    ((400, 40), '2639431952', '2639431952')
    """
    known("kind", kind, KINDS)
    x, y = published(0).test
    if kind == "shuffled":
        x = x[:, shuffled_order(0)]
    if kind == "noisy":
        x = _noisy()
    return Split(x[list(INDICES)], y[list(INDICES)])


@lru_cache
def _noisy() -> np.ndarray:
    mean, sd = units(0)
    data = generate(Recipe(iid_noise_scale=NOISE))
    assert data.moments is not None  # generated here, not read from a file
    own_mean, own_sd = data.moments
    return ((data.x_test * own_sd + own_mean - mean) / sd).astype(np.float32)
