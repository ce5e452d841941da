"""Exercises of the lesson on pooling that count, each with right and wrong answers."""

from collections.abc import Callable

import numpy as np
from torch import nn

from labs.course.compare import expect_number
from labs.course.plan import Answer, Check, Exercise, expect
from labs.nn.nets import CLASSES

MOST = 64  # channels that are tried


def _count(channels: int, positions: int) -> int:
    net = nn.Sequential(
        nn.Conv1d(1, channels, 3),
        nn.Conv1d(channels, channels, 3),
        nn.Linear(channels * positions, CLASSES),
    )
    return sum(p.numel() for p in net.parameters())


def _expect_count(found: float, channels: int, positions: int, hint: str = "") -> None:
    expect(
        found == _count(channels, positions),
        f"channels = {channels}, positions = {positions}: asked for "
        f"{_count(channels, positions)} numbers, got {found:g}{hint}",
    )


def _smallest(answer: Answer, seed: int) -> None:
    found = expect_number(answer(1, 1), "channels = 1, positions = 1")
    _expect_count(found, 1, 1, ": 3 + 1, 3 + 1 and 10 + 10; are biases counted once?")


def _one_more_position(answer: Answer, seed: int) -> None:
    channels, positions = (int(n) for n in np.random.default_rng(seed).integers(2, 30, size=2))
    more, fewer = (expect_number(answer(channels, positions + j)) for j in (1, 0))
    asked = CLASSES * channels
    expect(
        more - fewer == asked,
        f"one more position, {channels} channels: asked for {asked} numbers more, all of them in "
        f"the readout, got {more - fewer:g} more",
    )


def _as_torch_counts(answer: Answer, seed: int) -> None:
    for channels, positions in ((20, 40), *np.random.default_rng(seed).integers(2, 50, (3, 2))):
        channels, positions = int(channels), int(positions)
        found = expect_number(answer(channels, positions))
        _expect_count(found, channels, positions, ": what does each layer read?")


def _collected(c: int, p: int) -> int:
    return 3 * c * (1 + c) + 2 * c + CLASSES * (c * p + 1)


PARAMETERS = Exercise(
    name="parameters",
    signature="(channels: int, positions: int) -> int",
    minutes=7,
    checks=(
        Check(name="the smallest net", run=_smallest),
        Check(name="one more position", run=_one_more_position),
        Check(name="as torch counts", run=_as_torch_counts),
    ),
    right={
        "collected": _collected,
        "by shapes": lambda c, p: sum(
            int(np.prod(s)) for s in ((3, 1, c), (c,), (3, c, c), (c,), (c * p, 10), (10,))
        ),
    },
    wrong={
        "no biases": (lambda c, p: 3 * c + 3 * c * c + 10 * c * p, "are biases counted once?"),
        "a bias for each weight": (
            lambda c, p: 2 * (3 * c + 3 * c * c + 10 * c * p),
            "are biases counted once?",
        ),
        "second reads one channel": (
            lambda c, p: 2 * (3 * c + c) + 10 * c * p + 10,
            "what does each layer read?",
        ),
        "readout of channels alone": (
            lambda c, p: 4 * c + (3 * c + 1) * c + 10 * c + 10,
            "all of them in the readout",
        ),
        "weights for each position": (
            lambda c, p: p * (4 * c + (3 * c + 1) * c) + 10 * c * p + 10,
            "all of them in the readout",
        ),
    },
)

# --- matched_channels


def _counts(seed: int) -> Callable[[int], int]:
    rng = np.random.default_rng(seed)
    steps = rng.integers(50, 500, size=MOST + 1)
    return lambda channels: int(steps[: channels + 1].sum())


def _expect_channels(
    answer: Answer, target: int, count: Callable[[int], int], right: int, hint: str
) -> None:
    found = expect_number(answer(target, count), f"target = {target}")
    inside = found.is_integer() and 1 <= found <= MOST
    which = f"{found:g} with {count(int(found))}" if inside else f"{found:g}"
    if found == count(right):
        hint = "return the channels, not their count"
    asked = f"target = {target}: asked for {right} channels with {count(right)} numbers"
    expect(found == right, f"{asked}, got {which}: {hint}")


def _nearest(answer: Answer, seed: int) -> None:
    count, rng = _counts(seed), np.random.default_rng(seed)
    for share in (0.0, 0.3, 0.7):
        at = int(rng.integers(3, MOST - 3))
        target = count(at) + round(share * (count(at + 1) - count(at)))
        hint = "the nearest count may lie on either side of the target"
        _expect_channels(answer, target, count, at + round(share), hint)


def _ends(answer: Answer, seed: int) -> None:
    count = _counts(seed)
    hint = f"channels from 1 to {MOST} are tried, both ends among them"
    _expect_channels(answer, count(1) // 2, count, 1, hint)
    _expect_channels(answer, count(MOST) + 100, count, MOST, hint)


def _any_count(answer: Answer, seed: int) -> None:
    right, each = (int(n) for n in np.random.default_rng(seed).integers((2, 100), (30, 900)))

    def count(channels: int) -> int:
        return each * channels + CLASSES

    hint = f"`count` adds {each} for each channel here; is it asked?"
    _expect_channels(answer, count(right), count, right, hint)


def _down(target: int, count: Callable[[int], int]) -> int:
    return max([c for c in range(1, MOST + 1) if count(c) <= target], default=1)


def _up(target: int, count: Callable[[int], int]) -> int:
    return min([c for c in range(1, MOST + 1) if count(c) >= target], default=MOST)


def _gaps(target: int, count: Callable[[int], int], low: int = 1, high: int = MOST) -> list[int]:
    return [abs(count(c) - target) for c in range(low, high + 1)]


MATCHED = Exercise(
    name="matched_channels",
    signature="(target: int, count: Callable[[int], int]) -> int",
    minutes=6,
    checks=(
        Check(name="the nearest count", run=_nearest),
        Check(name="from 1 to 64 channels", run=_ends),
        Check(name="whatever the count", run=_any_count),
    ),
    right={
        "argmin": lambda target, count: int(np.argmin(_gaps(target, count))) + 1,
        "loop": lambda target, count: sorted(
            (abs(count(c) - target), c) for c in range(1, MOST + 1)
        )[0][1],
    },
    wrong={
        "rounds down": (_down, "either side of the target"),
        "rounds up": (_up, "either side of the target"),
        "counts from 0": (
            lambda target, count: int(np.argmin(_gaps(target, count))),
            "either side of the target",
        ),
        "gives the count": (
            lambda target, count: count(int(np.argmin(_gaps(target, count))) + 1),
            "return the channels, not their count",
        ),
        "no channel at all": (
            lambda target, count: int(np.argmin(_gaps(target, count, 0))),
            "both ends among them",
        ),
        "stops at 63": (
            lambda target, count: int(np.argmin(_gaps(target, count, 1, MOST - 1))) + 1,
            "both ends among them",
        ),
        "its own count": (
            lambda target, count: int(np.argmin(_gaps(target, lambda c: _collected(c, 40)))) + 1,
            "is it asked?",
        ),
    },
)
