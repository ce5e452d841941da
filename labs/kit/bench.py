"""Seconds per network: the stacked engine against the usual loop, both measured in one run.

The usual loop trains one network in a fresh process with the machine's default threads. The
stacked engine is the lab's own `train`, measured as a run uses it: `jobs` processes of one thread
each, all at work at the same time. The two alternate, after one untimed call of each (which also
draws the data), and medians are reported.
"""

import statistics
import time
from collections import deque
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from labs.kit.checks import check_sizes
from labs.kit.lab import Bench, Lab
from labs.kit.machine import one_thread
from labs.kit.workers import Pool, Workers

ROUNDS = 5


def measure(lab: Lab[Any, Any, Any], *, jobs: int, rounds: int = ROUNDS) -> list[dict[str, Any]]:
    """Time every bench of a lab.

    Args:
        lab: the lab, with benches.
        jobs: processes of the stacked engine.
        rounds: timed alternations.

    Returns:
        One mapping per bench with keys `network`, `steps`, `members` (networks that train at once:
        members of a stack times `jobs`), `plain_s` and `stacked_s` (seconds per network) and
        `ratio` (`plain_s / stacked_s`); where a bench names memory, `plain_mb` and `stacked_mb`.

    Raises:
        ValueError: `jobs` or `rounds` below 1, or a lab without benches.
    """
    check_sizes(jobs=jobs, rounds=rounds)
    if lab.bench is None:
        raise ValueError(f"lab must be one with a bench, got {lab.name!r}")
    # A process keeps the threads of the moment it starts in: first the loop's, then the engine's.
    with Workers(1) as plain, one_thread(), Workers(jobs) as stacked:
        return [_measure(lab, bench, plain, stacked, rounds) for bench in lab.bench()]


def train_all(train: Callable[..., Any], cells: Sequence[Any]) -> None:
    """Train a stack on the CPU and forget its records; runs in a worker."""
    deque(train(cells, "cpu"), maxlen=0)


def _measure(
    lab: Lab[Any, Any, Any],
    bench: Bench[Any],
    plain: Pool,
    stacked: Pool,
    rounds: int,
) -> dict[str, Any]:
    loop = partial(bench.plain, bench.cells[0])
    stack = partial(train_all, lab.train, bench.cells)
    _seconds(plain, loop)
    _seconds(stacked, stack)
    times = [(_seconds(plain, loop), _seconds(stacked, stack)) for _ in range(rounds)]
    members = len(bench.cells) * stacked.slots()
    plain_s = statistics.median(one for one, _ in times)
    stacked_s = statistics.median(all_ for _, all_ in times) / members
    row = {
        "network": bench.network,
        "steps": bench.steps,
        "members": members,
        "plain_s": plain_s,
        "stacked_s": stacked_s,
        "ratio": plain_s / stacked_s,
    }
    if bench.kept_mb is not None:
        row |= dict(zip(("plain_mb", "stacked_mb"), bench.kept_mb, strict=True))
    return row


def _seconds(pool: Pool, function: Callable[[], None]) -> float:
    begin = time.perf_counter()
    for future in [pool.submit(function) for _ in range(pool.slots())]:
        future.result()
    return time.perf_counter() - begin
