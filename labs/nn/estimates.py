"""How long bases are expected to train, for the estimates of labs that start from them. Nothing
here needs torch."""

from typing import Protocol

from labs.kit.seeds import TUNING

STEP, SMALL = 30.0, 14.5  # milliseconds of a step of a base, and of a small one (AMD EPYC, AVX2)


class OnBase(Protocol):
    """A cell that starts from a base."""

    @property
    def replicate(self) -> int: ...

    @property
    def base_steps(self) -> int: ...

    @property
    def small(self) -> bool: ...


def bases(cell: OnBase) -> dict[str, float]:
    """The base of a cell's replicate and that on which rates are chosen: by name the seconds of one
    core that `labs.nn.pretraining.bases` takes for it, once in a run of all labs."""
    size, step = ("small", SMALL) if cell.small else ("standard", STEP)
    return {
        f"{size} base {replicate}, {cell.base_steps} steps": step * cell.base_steps / 1000
        for replicate in (cell.replicate, TUNING)
    }
