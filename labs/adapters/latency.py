"""Times of one machine: `python -m labs.adapters.latency` prints, for every method of the table,
the milliseconds of a training step and of an answer, beside full fine-tuning's and the base's.

All are measured in turn, several times, on one thread; a row of the base against itself says how
far the ratios can be trusted. Times are no results of the lab, which counts products instead.
"""

import statistics
from collections.abc import Callable

import torch
from torch.utils.benchmark import Timer

from labs.adapters.grid import COMPARED
from labs.nn.base import STANDARD, Base, logits
from labs.nn.losses import cross_entropy
from labs.nn.modules.adapted import Adapted
from labs.nn.modules.methods import METHODS
from labs.nn.modules.module import merge

ROUNDS, BATCH = 7, 64
BASE, AGAIN = "the base (step: all of it)", "the same again"
COLUMNS = ("step", "ratio", "batch 1", "merged", "batch 256", "merged")

Action = Callable[[], object]


def main(rounds: int = ROUNDS) -> None:
    """Measure and print."""
    torch.set_num_threads(1)
    actions = {BASE: _of("full", plain=True), AGAIN: _of("full", plain=True)} | {
        METHODS[name].label: _of(name) for name in COMPARED if not METHODS[name].untrained
    }
    times = _measured(actions, rounds)
    base = times[BASE]
    print(f"{'':28}" + "".join(f"{name:>11}" for name in COLUMNS))
    for label, own in times.items():
        ratios = [t / b for t, b in zip(own, base, strict=True)]
        row = [f"{1000 * own[0]:.2f} ms", *(f"{ratio:.2f}" for ratio in ratios)]
        print(f"{label:28}" + "".join(f"{entry:>11}" for entry in row))


def _measured(actions: dict[str, list[Action]], rounds: int) -> dict[str, list[float]]:
    """By label, the median seconds of each of its actions, all measured in turn."""
    found: dict[str, list[list[float]]] = {label: [] for label in actions}
    for _ in range(rounds):
        for label, own in actions.items():
            found[label].append([_seconds(action) for action in own])
    return {
        label: [statistics.median(column) for column in zip(*rows, strict=True)]
        for label, rows in found.items()
    }


def _seconds(action: Action) -> float:
    return float(Timer("action()", globals={"action": action}).timeit(5).median)


def _of(name: str, plain: bool = False) -> list[Action]:
    """A training step, and answers to 1 and to 256 signals, as it trains and merged; of `plain`
    ones without the module."""
    method, base = METHODS[name], Base(1)
    base.reset([0])
    weights = base.frozen()
    module = method.kind(**method.settings).start(
        weights, STANDARD, [torch.Generator().manual_seed(0)]
    )
    net = Adapted(weights, [module])
    x, y = torch.randn(1, BATCH, 40), torch.zeros(1, BATCH, dtype=torch.int64)
    own = [] if plain else [module.settled()]
    merged = (merge(weights, own), []) if module.kind.merges else (weights, own)
    one, many = torch.randn(1, 1, 40), torch.randn(1, 256, 40)

    def answer(weights, modules, x):  # type: ignore[no-untyped-def]
        with torch.no_grad():
            return logits(weights, x, modules)

    return [
        lambda: cross_entropy(net(x), y).sum().backward(),
        lambda: answer(weights, own, one),
        lambda: answer(*merged, one),
        lambda: answer(weights, own, many),
        lambda: answer(*merged, many),
    ]


if __name__ == "__main__":
    main()
