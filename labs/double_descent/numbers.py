"""What Figure 5 of 2024 shows of its single curves, read off ours in the same way: claims read
places off other replicates, of which a single run has none."""

from collections.abc import Callable, Sequence

from labs.double_descent.measures import over_sizes, rise, sizes
from labs.double_descent.published import PANELS
from labs.kit.measures import Measure, Values, measured
from labs.kit.published import Published
from labs.kit.table import Table

Read = Callable[[Sequence[int], Sequence[float]], float]  # (sizes, curve) -> number


def valley(sizes: Sequence[int], curve: Sequence[float]) -> float:
    """The lowest value before the largest rise."""
    return curve[rise(curve)[0]]


def valley_at(sizes: Sequence[int], curve: Sequence[float]) -> float:
    """Its size."""
    return sizes[rise(curve)[0]]


def peak(sizes: Sequence[int], curve: Sequence[float]) -> float:
    """The highest value of that rise."""
    return curve[rise(curve)[1]]


def peak_at(sizes: Sequence[int], curve: Sequence[float]) -> float:
    """The size of that peak."""
    return sizes[rise(curve)[1]]


def end(sizes: Sequence[int], curve: Sequence[float]) -> float:
    """The value of the largest net."""
    return curve[-1]


def highest(sizes: Sequence[int], curve: Sequence[float]) -> float:
    """The highest value of all."""
    return max(curve)


def fitted_at(sizes: Sequence[int], curve: Sequence[float]) -> float:
    """The first size without error, infinite where there is none."""
    return next((s for s, error in zip(sizes, curve, strict=True) if error == 0), float("inf"))


READ: dict[str, tuple[str, Read, str, str]] = {  # key of PANELS -> column, how, words, unit
    "fitted": ("final_train_error", fitted_at, "first size without training error", "size"),
    "valley": ("final_test_error", valley, "test error in the valley", "%"),
    "valley at": ("final_test_error", valley_at, "size in that valley", "size"),
    "peak": ("final_test_error", peak, "test error at the peak", "%"),
    "peak at": ("final_test_error", peak_at, "size at that peak", "size"),
    "end": ("final_test_error", end, "test error of the largest net", "%"),
    "loss": ("final_test_loss", highest, "highest test loss", "nats"),
}
NAMES = {"clean": "MLP, clean", "noise": "MLP, noise", "cnn": "CNN, noise"}


def read(sweep: str, column: str, how: Read) -> Measure:
    """A number read off each replicate's own curve over sizes; none of a curve of fewer than
    three sizes, or that has no such place."""
    return measured(_read, sweep, column, how)


def _read(table: Table, sweep: str, column: str, how: Read) -> Values:
    at = sizes(table, sweep)
    curves = over_sizes(table, sweep, column) if len(at) > 2 else {}
    found = {r: float(how(at, curve)) for r, curve in curves.items()}
    return {r: value for r, value in found.items() if value < float("inf")}


NUMBERS = [
    Published(
        what=f"{NAMES[sweep]}: {words}", value=value, unit=unit, measure=read(sweep, column, how)
    )
    for sweep, values in PANELS.items()
    for (column, how, words, unit), value in ((READ[key], value) for key, value in values.items())
]
