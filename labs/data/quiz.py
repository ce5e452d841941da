"""The quiz: 400 published test signals that a person has read, and three ways to show them.

One author of the data set read them in four quizzes of 100 (Greydanus and Kobak 2024,
arXiv:2011.14439, Section 3; of the five published quizzes one is stored twice): 383 right.

The quiz of the page exports answers as JSON, one object without a name, which `check_export` reads:

==========  ======================================================================================
format      ``"mnist1d-labs quiz"``
version     1
kind        ``"plain"``, ``"shuffled"`` or ``"noisy"``, as in `signals`
seed        whole number, 0 to 2**32 - 1: it chose the items; the same seed chooses the same
items       places of the signals in the published test set, in the order shown, each once
answers     one digit for each item
seconds     from the showing of an item to its answer
==========  ======================================================================================
"""

import math
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

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
FORMAT, VERSION = "mnist1d-labs quiz", 1
COUNTS = {"plain": (20, 40), "shuffled": (20,), "noisy": (20,)}  # items of a quiz
LISTS = ("items", "answers", "seconds")
PARTS = ("format", "version", "kind", "seed", *LISTS)
LARGEST = 2**32 - 1  # seed
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


def check_export(found: Any) -> dict[str, Any]:
    """Return an exported quiz whose every part has been checked.

    Args:
        found: what the file of an export holds, read as JSON.

    Returns:
        A copy with the parts of the module's table.

    Raises:
        ValueError: naming the part that is wrong, the rule and the value.

    >>> check_export({"format": "mnist1d-labs quiz", "version": 2})
    Traceback (most recent call last):
        ...
    ValueError: version must be 1, got 2
    """
    if not isinstance(found, Mapping):
        raise ValueError(f"export must be an object, got {type(found).__name__}")
    for name, value in {"format": FORMAT, "version": VERSION}.items():
        fine = type(found.get(name)) is type(value) and found[name] == value
        _check(fine, name, value, found.get(name))
    _check(set(found) == set(PARTS), "parts", ", ".join(PARTS), ", ".join(map(str, found)))
    counts = COUNTS[known("kind", found["kind"], COUNTS)]
    _check(_whole(found["seed"], LARGEST), "seed", f"whole, 0 to {LARGEST}", found["seed"])
    lengths = {len(found[name]) if isinstance(found[name], list) else 0 for name in LISTS}
    rule = f"lists of one length, {' or '.join(map(str, counts))}"
    _check(len(lengths) == 1 and lengths <= set(counts), ", ".join(LISTS), rule, sorted(lengths))
    _check_items(found["items"])
    for answer in found["answers"]:
        _check(_whole(answer, 9), "answers", "digits", answer)
    for second in found["seconds"]:
        _check(_seconds(second), "seconds", "finite numbers of at least 0", second)
    return {name: found[name] for name in PARTS}


def _check_items(items: list[Any]) -> None:
    for item in items:
        fine = _whole(item, max(INDICES)) and item in INDICES
        _check(fine, "items", "places of the quiz in the published test set", item)
    _check(len(set(items)) == len(items), "items", "different from each other", items)


def _whole(value: Any, largest: int) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= largest


def _seconds(value: Any) -> bool:
    real = isinstance(value, int | float) and not isinstance(value, bool)
    return real and 0 <= value < math.inf


def _check(fine: bool, name: str, rule: Any, value: Any) -> None:
    if not fine:
        raise ValueError(f"{name} must be {rule}, got {value!r}")
