"""Several labs in one command, `python -m labs run all`: what there is to train, and one bar."""

from collections.abc import Sequence

from labs.kit.execute import Stack, describe, expected, wall
from labs.kit.lab import AnyLab
from labs.kit.progress import Progress, duration

Part = tuple[AnyLab, Sequence[Stack]]  # a lab and its stacks to train


def announce(parts: Sequence[Part], jobs: int) -> str:
    """Return how many networks all labs train, and how long that takes, one lab after the other."""
    networks = sum(len(stack) for _, todo in parts for stack in todo)
    time = f", about {duration(wall(parts, jobs))} with {jobs} process{'es' if jobs > 1 else ''}"
    return f"{len(parts)} labs, {networks} networks to train{time if networks else ''}"


def progress(parts: Sequence[Part], jobs: int) -> Progress:
    """Return one bar for all labs, which tells their stacks apart by the class of the cells."""
    labs = {lab.cell: lab for lab, _ in parts}

    def of(stack: Stack) -> AnyLab:
        return labs[type(stack[0])]

    return Progress(
        [stack for _, todo in parts for stack in todo],
        expected=lambda stack: expected(of(stack), stack),
        describe=lambda stack: f"{of(stack).name}, {describe(stack)}",
        jobs=jobs,
        lab=lambda stack: of(stack).name,
    )
