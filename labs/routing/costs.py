"""What experts and routers cost, counted and not timed: products of a signal, beside the base's own
1.38 million. (`labs.routing.latency` times.)

Training here computes all experts whatever the gates, which is exact; what is counted is what must
be computed where experts without a gate are left out.
"""

from typing import NamedTuple

from labs.kit.checks import check_sizes, known
from labs.routing.grid import ROUTERS

WIDTH, TOKENS = 8, 20  # of an expert; of a signal
BLOCKS, FEATURES = {False: 3, True: 2}, {False: 48, True: 32}  # by whether the base is small
EVERY = ("one", "dense", "polytropon")  # routers of which all experts act
ACTIVE = {"top-2": 2}  # experts that act, where these are neither all nor one


class Products(NamedTuple):
    """Of a signal, in all blocks: of the experts, and of the router at level "layer" that sees the
    mean of a signal's tokens."""

    experts: int
    router: int

    @property
    def all(self) -> int:
        """The sum."""
        return self.experts + self.router


def active(router: str, experts: int) -> int:
    """How many of a block's experts are computed for a signal.

    Where experts choose it is one on the mean over a batch; merged experts are one, whose numbers
    are the mean of all.

    Raises:
        ValueError: an unknown router, `experts` below 1.

    >>> [active(name, 8) for name in ("dense", "top-2", "switch")]
    [8, 2, 1]
    """
    check_sizes(experts=experts)
    if known("router", router, ROUTERS) in EVERY:
        return experts
    return min(ACTIVE.get(router, 1), experts)


def products(router: str, experts: int, small: bool = False) -> Products:
    """Products of a signal, of one network; arguments and errors are those of `active`.

    >>> [products(name, 8).all for name in ("dense", "top-2", "switch")]
    [369792, 93312, 47232]
    """
    one = 2 * TOKENS * FEATURES[small] * WIDTH
    merged = experts * 2 * FEATURES[small] * WIDTH if router == "smear" else 0
    scores = 0 if router in ("one", "oracle", "hash") else FEATURES[small] * experts
    blocks = BLOCKS[small]
    return Products(blocks * (active(router, experts) * one + merged), blocks * scores)
