"""Index dispatch: the same outputs, and the products that were counted beforehand."""

import pytest
import torch
from torch.utils.flop_counter import FlopCounterMode

from labs.nn.base import SMALL, STANDARD
from labs.routing import costs, latency, routed
from labs.routing.costs import BLOCKS, FEATURES, TOKENS, products
from labs.routing.experts import Experts
from labs.routing.latency import SHOWN, dispatched, gates

pytestmark = pytest.mark.slow


def experts(count=4):
    own = Experts(1, STANDARD, count, costs.WIDTH)
    own.start([torch.Generator().manual_seed(0)])
    with torch.no_grad():
        own.up.normal_(generator=torch.Generator().manual_seed(1))
        own.up_bias.normal_(generator=torch.Generator().manual_seed(2))
    return own


@pytest.mark.parametrize("router", SHOWN)
def test_dispatched_experts_give_what_all_of_them_give(router):
    own, x, gate = experts(), torch.randn(1, 9, TOKENS, 48), gates(router, 4, 9)
    for block in range(STANDARD.blocks):
        assert torch.allclose(dispatched(own, block, x, gate), own(block, x, gate), atol=1e-5)


@pytest.mark.parametrize("router", SHOWN)
@pytest.mark.parametrize("count", [4, 8])
def test_products_are_those_that_were_counted(router, count):
    own, x, gate = experts(count), torch.zeros(1, 16, TOKENS, 48), gates(router, count, 16)
    with FlopCounterMode(display=False) as counter, torch.no_grad():
        dispatched(own, 0, x, gate)
    assert counter.get_total_flops() / 2 == 16 * products(router, count).experts / 3


def test_sizes_are_those_of_the_networks():
    for small, sizes in ((False, STANDARD), (True, SMALL)):
        assert (sizes.blocks, sizes.features) == (BLOCKS[small], FEATURES[small])
    assert (STANDARD.tokens, routed.WIDTH) == (TOKENS, costs.WIDTH)


def test_gates_are_of_as_many_experts_as_act():
    for router, count in zip(SHOWN, (8, 2, 1), strict=True):
        own = gates(router, 8, 5)
        assert ((own > 0).sum(-1) == count).all()
        assert torch.allclose(own.sum(-1), torch.ones(1, 5, 1))


def test_other_shapes_are_refused():
    with pytest.raises(ValueError, match="x and gates must be"):
        dispatched(experts(), 0, torch.zeros(1, 2, 20, 48), torch.zeros(1, 2, 20, 4))


def test_a_table_is_printed(capsys, monkeypatch):
    monkeypatch.setattr(latency, "COUNTS", (2,))
    before = torch.get_num_threads()
    latency.main(rounds=1)
    torch.set_num_threads(before)
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines[1:5]] == ["dense", "dense,", "top-2", "switch"]
