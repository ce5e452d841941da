"""Seconds and memory of the three hyper-gradients over the horizon.

    python -m labs.hyperparameters.cost [--horizons 50,200,1000] [--members 20] [--json]

A table beside the lab's results and not among them, because seconds differ from run to run and
stored results must not. The problem is the published one, the gradient by one learning rate, on
one thread. Memory is the peak of what tensors hold at once beyond what was there before: it is
counted, so it is the same on every machine.
"""

import argparse
import json
import sys
import time
import weakref
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, get_args

import torch
from torch import Tensor
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_leaves

from labs.hyperparameters import outer
from labs.hyperparameters.inner import published
from labs.hyperparameters.training import problem
from labs.kit import console
from labs.kit.checks import check_sizes
from labs.kit.settings import parse
from labs.nn.unroll import Method, hypergradient

HORIZONS = (50, 100, 200, 500, 1000, 2000)
MEMBERS = 20


class PeakBytes(TorchDispatchMode):
    """Counts, inside its block, the most bytes that new tensors hold at once.

    >>> with PeakBytes() as memory:
    ...     x = torch.zeros(1000)  # 4 bytes each
    ...     del x
    ...     y = torch.zeros(500)
    >>> memory.peak
    4000
    """

    def __init__(self) -> None:
        super().__init__()
        self.peak = 0
        self._now = 0
        self._live: dict[int, int] = {}

    def __torch_dispatch__(
        self,
        func: Callable[..., Any],
        types: Sequence[type],
        args: tuple[Any, ...] = (),
        kwargs: Mapping[str, Any] | None = None,
    ) -> Any:
        kwargs = kwargs or {}
        for storage in _storages((args, kwargs)):  # what was there before counts nothing
            self._add(storage, 0)
        result = func(*args, **kwargs)
        for storage in _storages(result):
            self._add(storage, storage.nbytes())
        return result

    def _add(self, storage: torch.UntypedStorage, size: int) -> None:
        key = storage._cdata
        if key not in self._live:
            self._live[key] = size
            weakref.finalize(storage, self._free, key)
            self._now += size
            self.peak = max(self.peak, self._now)

    def _free(self, key: int) -> None:
        self._now -= self._live.pop(key)


def _storages(tree: Any) -> Iterator[torch.UntypedStorage]:
    return (leaf.untyped_storage() for leaf in tree_leaves(tree) if isinstance(leaf, Tensor))


def measure(method: Method, horizon: int, members: int) -> dict[str, Any]:
    """Seconds and megabytes (10^6 bytes) of one hyper-gradient of a stack.

    Raises:
        ValueError: an unknown method, a size below 1.
    """
    check_sizes(horizon=horizon, members=members)
    step, state = problem("published", [published(m) for m in range(members)], horizon)
    hyper = outer.begin("published", [0.6] * members, 1)
    with PeakBytes() as memory:
        hypergradient(step, state, hyper, horizon, method=method)
    begin = time.perf_counter()
    hypergradient(step, state, hyper, horizon, method=method)
    seconds = time.perf_counter() - begin
    return {
        "horizon": horizon,
        "method": method,
        "members": members,
        "seconds": round(seconds, 3),
        "megabytes": memory.peak / 1e6,
    }


@console.patient()
def main(words: Sequence[str] | None = None) -> int:
    """Print the table; returns the exit code."""
    first = (__doc__ or "").partition("\n")[0]
    parser = argparse.ArgumentParser(prog="python -m labs.hyperparameters.cost", description=first)
    parser.add_argument("--horizons", default=",".join(map(str, HORIZONS)), help="inner steps")
    parser.add_argument("--members", type=int, default=MEMBERS, help="networks in the stack")
    parser.add_argument("--json", action="store_true", help="print JSON")
    given = parser.parse_args(words)
    torch.set_num_threads(1)
    try:
        horizons = parse("horizons", tuple[int, ...], given.horizons)
        check_sizes(members=given.members, **{f"horizon {h}": h for h in horizons})
    except ValueError as error:
        parser.error(str(error))
    rows = (measure(m, h, given.members) for h in horizons for m in get_args(Method))
    if given.json:
        print(json.dumps(list(rows), indent=1))
        return 0
    print(f"{'horizon':>7}  {'method':<12} {'seconds':>8} {'MB':>8}")
    for row in rows:
        print(
            f"{row['horizon']:>7}  {row['method']:<12} {row['seconds']:>8.2f} "
            f"{row['megabytes']:>8.1f}",
            flush=True,
        )
    return 0


if __name__ == "__main__":
    sys.exit(main())
