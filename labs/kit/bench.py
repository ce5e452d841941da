"""Seconds per network: the stacked engine against the usual loop, both measured in one run.

The usual loop trains one network in a fresh process with the machine's default threads. The
stacked engine is measured as a run uses it: `jobs` processes of one thread each, all at work at
the same time. The two alternate, after one untimed call of each, and medians are reported.
"""

import statistics
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Executor
from typing import Any

from labs.kit.execute import one_thread, workers
from labs.kit.lab import Bench

ROUNDS = 5


def measure(benches: Sequence[Bench], *, jobs: int, rounds: int = ROUNDS) -> list[dict[str, Any]]:
    """Time every bench.

    Args:
        benches: what to time.
        jobs: processes of the stacked engine.
        rounds: timed alternations.

    Returns:
        One mapping per bench with keys `network`, `steps`, `members` (networks that train at once:
        members of a stack times `jobs`), `plain_s` and `stacked_s` (seconds per network) and
        `ratio` (`plain_s / stacked_s`).

    Raises:
        ValueError: `jobs` or `rounds` below 1.
    """
    for name, value in (("jobs", jobs), ("rounds", rounds)):
        if value < 1:
            raise ValueError(f"{name} must be 1 or more, not {value}")
    # A process keeps the threads of the moment it starts in: first the loop's, then the engine's.
    with workers(1) as plain, one_thread(), workers(jobs) as stacked:
        return [_measure(bench, plain, stacked, rounds) for bench in benches]


def _measure(
    bench: Bench, plain: Sequence[Executor], stacked: Sequence[Executor], rounds: int
) -> dict[str, Any]:
    _seconds(plain, bench.plain)
    _seconds(stacked, bench.stacked)
    times = [
        (_seconds(plain, bench.plain), _seconds(stacked, bench.stacked)) for _ in range(rounds)
    ]
    members = bench.members * len(stacked)
    plain_s = statistics.median(loop for loop, _ in times)
    stacked_s = statistics.median(stack for _, stack in times) / members
    return {
        "network": bench.network,
        "steps": bench.steps,
        "members": members,
        "plain_s": plain_s,
        "stacked_s": stacked_s,
        "ratio": plain_s / stacked_s,
    }


def _seconds(lanes: Sequence[Executor], function: Callable[[], None]) -> float:
    begin = time.perf_counter()
    for future in [lane.submit(function) for lane in lanes]:
        future.result()
    return time.perf_counter() - begin
