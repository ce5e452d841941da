"""A search for rates of Adam, on validation data of a replicate that no run has.

`python -m labs.routing.pilot` prints validation accuracies in percent by rate: of the experts'
rates with the oracle, one wide expert and the dense mixture, at its router's own rate; and of the
routers' rates for each router that learns, at the experts' rate `labs.routing.rates.EXPERTS`. What
it printed stands in `labs.routing.rates`.
"""

from dataclasses import replace

from labs.kit.machine import one_thread
from labs.kit.seeds import TUNING
from labs.routing.grid import PRESETS, ROUTERS, Cell, cells
from labs.routing.mixtures import learn, lesson, started, watch
from labs.routing.rates import COMMON, EXPERTS, ROUTER, TRIED
from labs.routing.routers import TOLD

TRIED_EXPERTS = (5e-3, 1e-2, 2e-2, 4e-2)
STEPS = 250


def searched(router: str, *, experts: bool, device: str = "cpu") -> list[float]:
    """Validation accuracies of a router by the rates that are tried, in one stack.

    Args:
        router: of `labs.routing.grid.ROUTERS`.
        experts: whether the experts' rates are tried or the router's.
        device: where it trains.
    """
    tried = TRIED_EXPERTS if experts else TRIED
    stack = [_cell(router)] * len(tried)
    net = started(stack, device)
    rates = (tried, ROUTER.get(router, COMMON)) if experts else (EXPERTS, tried)
    own = lesson(net, stack, device, *rates)
    for _ in learn(net, own, stack):
        pass
    return [float(value) for value in watch(net, *own.validation).accuracy().mean(1)]


def _cell(router: str) -> Cell:
    config = replace(PRESETS["full"], levels=False, few=False, starts=False, skills=False)
    asked = replace(config, replicates=1, routers=(router,), experts=(4,), labels=("conflict",))
    return replace(cells(asked)[0], replicate=TUNING, small=True, steps=STEPS)


def main() -> None:
    """Print the search."""
    with one_thread():
        for router in ("oracle", "one", "dense"):
            print(router, TRIED_EXPERTS, searched(router, experts=True), flush=True)
        for router in ROUTERS:
            if router not in (*TOLD, "argmax"):
                print(router, TRIED, searched(router, experts=False), flush=True)


if __name__ == "__main__":
    main()
