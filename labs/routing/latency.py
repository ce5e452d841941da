"""Times of one machine: `python -m labs.routing.latency` prints, by number of experts, the
milliseconds that a block's experts take for a batch, all of them or only those with a gate.

With index dispatch a signal's tokens go to the experts of its gates alone: products do not grow
with the number of experts, calls do. All are measured in turn, several times, on one thread; a row
of one case again says how far the ratios can be trusted. Times are no results of the lab, which
counts products instead.
"""

import statistics
from collections.abc import Callable

import torch
from torch import Tensor
from torch.utils.benchmark import Timer

from labs.nn.base import STANDARD
from labs.nn.linear import affine
from labs.routing.costs import TOKENS, WIDTH, active
from labs.routing.experts import Experts

ROUNDS, BATCH = 7, 64
COUNTS = (2, 4, 8, 16, 32)
SHOWN = ("dense", "top-2", "switch")
AGAIN = "dense, again"

Action = Callable[[], object]


def dispatched(experts: Experts, block: int, x: Tensor, gates: Tensor) -> Tensor:
    """What `Experts.forward` gives, by calls of the experts that have gates alone.

    Args:
        experts: of one network.
        block: whose experts.
        x: (1, B, T, features).
        gates: (1, B, 1, E), one set for a signal.

    Raises:
        ValueError: several networks, or a gate for every token.
    """
    if len(x) != 1 or gates.shape[2] != 1:
        raise ValueError(
            f"x and gates must be (1, B, T, features) and (1, B, 1, E), got {tuple(x.shape)} and "
            f"{tuple(gates.shape)}"
        )
    out, width = torch.zeros_like(x[0]), experts.width
    down, up = experts.down[0, block], experts.up[0, block]
    shift, last = experts.down_bias[0, block], experts.up_bias[0, block]
    for expert in range(experts.experts):
        gate = gates[0, :, 0, expert]
        rows = gate.nonzero().squeeze(1)
        if len(rows):
            own = slice(expert * width, (expert + 1) * width)
            inner = affine(x[:, rows], down[None, :, own], shift[None, :, own]).relu()
            y = affine(inner, up[None, own], last[None, expert : expert + 1])[0]
            out.index_add_(0, rows, y * gate[rows, None, None])
    return out.unsqueeze(0)


def gates(router: str, experts: int, batch: int) -> Tensor:
    """Gates (1, batch, 1, experts) of equal shares, the acting experts drawn by seed 0."""
    scores = torch.rand(1, batch, 1, experts, generator=torch.Generator().manual_seed(0))
    count = active(router, experts)
    kept = scores.topk(count, dim=-1).indices
    return torch.zeros_like(scores).scatter_(-1, kept, 1 / count)


def main(rounds: int = ROUNDS) -> None:
    """Measure and print."""
    torch.set_num_threads(1)
    print(f"{'experts':12}" + "".join(f"{count:>10}" for count in COUNTS))
    columns = [_measured(_actions(count), rounds) for count in COUNTS]
    for label in columns[0]:
        times = (f"{1000 * column[label]:.2f} ms" for column in columns)
        print(f"{label:12}" + "".join(f"{entry:>10}" for entry in times))
    for name in SHOWN:
        counted = (BATCH * TOKENS * 2 * STANDARD.features * WIDTH * active(name, n) for n in COUNTS)
        print(f"{name:12}" + "".join(f"{products / 1e6:>8.2f} M" for products in counted))


def _actions(count: int) -> dict[str, Action]:
    experts = Experts(1, STANDARD, count, WIDTH)
    experts.start([torch.Generator().manual_seed(0)])
    x = torch.randn(1, BATCH, TOKENS, STANDARD.features)

    def dense() -> Tensor:
        with torch.no_grad():
            return experts(0, x, every)

    def sparse(name: str) -> Action:
        own = gates(name, count, BATCH)

        def action() -> Tensor:
            with torch.no_grad():
                return dispatched(experts, 0, x, own)

        return action

    every = gates("dense", count, BATCH)
    return {"dense": dense, AGAIN: dense} | {name: sparse(name) for name in SHOWN[1:]}


def _measured(actions: dict[str, Action], rounds: int) -> dict[str, float]:
    """By label, the median seconds, all measured in turn."""
    found: dict[str, list[float]] = {label: [] for label in actions}
    for _ in range(rounds):
        for label, action in actions.items():
            timer = Timer("action()", globals={"action": action})
            found[label].append(float(timer.timeit(20).median))
    return {label: statistics.median(own) for label, own in found.items()}


if __name__ == "__main__":
    main()
