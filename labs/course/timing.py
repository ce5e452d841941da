"""`python -m labs lesson time`: how many seconds of one core the lessons take, measured."""

import argparse

from labs.course import clock, register, solo
from labs.kit import files

MOST = 120.0  # seconds of a lesson's run


def run(arguments: argparse.Namespace) -> int:
    """Measure one lesson or all on the instructor's replicate; `--write` keeps what was found."""
    names = register.names() if arguments.name == "all" else [arguments.name]
    for name in names:
        found = measured(name)
        print(f"{name}: run {found['run']:.0f} s, all cells {found['whole']:.0f} s")
        if arguments.write:
            times = {**clock.stored(), name: found}
            kept = {known: times[known] for known in register.names() if known in times}
            files.write(register.folder() / clock.TIMES, files.as_json(kept))
    return 0


def measured(name: str) -> dict[str, float]:
    """Return the seconds of a lesson's solution on one core, and this machine's yardstick.

    Raises:
        ValueError: an unknown lesson.
        RuntimeError: the solution fails.
    """
    seconds = solo.run(name, 0).seconds
    return {
        "version": register.lesson(name).version,
        "run": round(seconds.get("Run", 0.0), 2),
        "whole": round(sum(seconds.values()), 2),
        "yardstick": round(clock.yardstick(), 5),
    }
