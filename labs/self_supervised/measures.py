"""Test accuracies of probes in percent, by replicate.

The arms of a replicate share data, start, batch order and views. The best of several layers is
always chosen on validation data and measured on test data.
"""

from collections.abc import Collection, Iterable

from labs.kit.measures import Measure, Values, measured
from labs.kit.table import Table
from labs.self_supervised.grid import ARMS, LAST_CONVOLUTION, last_layer


def accuracy(arm: str, layer: int = LAST_CONVOLUTION, probe: str = "linear") -> Measure:
    """A probe of one layer: "linear", on all 5000 test examples, or, on the published 1000,
    "linear_published" or "neighbours"."""
    return measured(_entry, probe, layer, arm=arm)


def then(arm: str, visit: int) -> Measure:
    """The linear probe of the last convolution during training; visit 0 is before it."""
    return measured(_entry, "linear_by_epoch", visit, arm=arm)


def best(arm: str, layers: Iterable[int]) -> Measure:
    """The linear probe of the best of some layers, chosen on validation data."""
    return measured(_best, tuple(layers), arm=arm)


def peak(arm: str) -> Measure:
    """The linear probe of the best of all layers."""
    return best(arm, range(last_layer(arm) + 1))


def lead(arm: str, layers: Collection[int]) -> Measure:
    """By how much the best of some layers beats the best of all others."""
    others = (layer for layer in range(last_layer(arm) + 1) if layer not in layers)
    return best(arm, layers) - best(arm, others)


def change(arm: str) -> Measure:
    """What an arm's change to the default does to the last convolution."""
    # Of the test examples only the published ones can have been trained on.
    probe = "linear_published" if ARMS[arm].test_inputs else "linear"
    return accuracy(arm, probe=probe) - accuracy("default", probe=probe)


def _entry(table: Table, name: str, index: int, arm: str) -> Values:
    return {r: values[index] for r, values in table.values(name, arm=arm).items()}


def _best(table: Table, layers: tuple[int, ...], arm: str) -> Values:
    test, validation = (table.values(name, arm=arm) for name in ("linear", "linear_validation"))
    return {r: test[r][max(layers, key=validation[r].__getitem__)] for r in test}
