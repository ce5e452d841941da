"""Parameter and input composition are function composition (survey, section 4), and what may be
exchanged without a difference. Each identity is written out here by hand."""

from dataclasses import dataclass
from itertools import permutations
from typing import ClassVar

import pytest
import torch
import torch.nn.functional as F

from labs.nn import plain
from labs.nn.attention import attend
from labs.nn.base import Base, logits
from labs.nn.layers import Conv1d, Linear
from labs.nn.modules.adapter import Adapter
from labs.nn.modules.delta import Delta, sparse
from labs.nn.modules.lora import LoRA
from labs.nn.modules.module import Kind, Module
from labs.nn.modules.names import LINEARS
from labs.nn.modules.prompt import Prefix, Prompt
from labs.nn.modules.scaling import IA3, FiLM
from tests.nn.modules.kinds import TINY, base, moved, signals, started
from tests.nn.random_data import generator

MAPS = [f"blocks.{block}.{name}" for block in range(TINY.blocks) for name in LINEARS]


def forward(modules, weights=None):
    return logits(base() if weights is None else weights, signals(), modules, TINY.heads)


def same(a, b):
    torch.testing.assert_close(a, b, rtol=0, atol=1e-11)


@dataclass(frozen=True)
class Beside(Kind):
    """A function of its own beside every linear map: y + f(x)."""

    scale: float = 1.0
    composition: ClassVar[str] = "function"

    def linear(self, module, name, x, y):
        own = module.values
        if f"{name}.down" in own:  # a linear bottleneck
            inner = torch.einsum("mbti,mir->mbtr", x, own[f"{name}.down"])
            return y + self.scale * torch.einsum("mbtr,mro->mbto", inner, own[f"{name}.up"])
        if f"{name}.weight" in own:
            shift = own[f"{name}.bias"][:, 0]
            axes = [1] * (x.dim() - 2)
            return (
                y
                + torch.einsum("m...i,mio->m...o", x, own[f"{name}.weight"])
                + shift.view(len(shift), *axes, -1)
            )
        return y


@pytest.mark.parametrize(("rank", "alpha"), [(1, None), (3, None), (3, 2.0)])
def test_lora_is_a_parallel_linear_adapter(rank, alpha):
    module = moved(started(LoRA(rank, LINEARS, alpha)))
    values = {
        name.replace(".A", ".down").replace(".B", ".up"): value
        for name, value in module.values.items()
    }
    scale = 1.0 if alpha is None else alpha / rank
    same(forward([module]), forward([Module(Beside(scale), values)]))


def test_loras_factors_are_not_unique():
    module, g = moved(started(LoRA(3))), generator(5)
    mix = torch.randn(2, 3, 3, generator=g, dtype=torch.float64) + 2 * torch.eye(3)
    other = {
        n: v @ mix if n.endswith(".A") else torch.linalg.solve(mix, v)
        for n, v in module.values.items()
    }
    twin = module.with_values(other)
    same(forward([module]), forward([twin]))
    for name, difference in module.kind.differences(module).items():
        same(difference, twin.kind.differences(twin)[name])
    halves = {n: (v + other[n]) / 2 for n, v in module.values.items()}  # factor by factor: another
    assert (forward([module.with_values(halves)]) - forward([module])).abs().max() > 1e-3


def test_ranks_side_by_side_are_the_sum():
    pair = [moved(started(LoRA(2)), seed=i) for i in range(2)]
    both = {
        n: torch.cat([one.values[n] for one in pair], dim=2 if n.endswith(".A") else 1)
        for n in pair[0].values
    }
    same(forward(pair), forward([Module(LoRA(4), both)]))


def test_a_sparse_difference_is_a_function_beside():
    of = (*(f"{name}.*" for name in MAPS), "head.*")
    module = moved(sparse(moved(started(Delta(of))), 200))
    values = {n: v * module.fixed[n] for n, v in module.values.items()}
    assert sum(int((v[0] != 0).sum()) for v in values.values()) == 200
    same(forward([module]), forward([Module(Beside(), values)]))


def test_gains_are_a_diagonal_matrix_before_or_after():
    module, weights = moved(started(IA3()), 1.5), base()  # some of them negative
    for name, gain in module.values.items():
        diagonal = torch.diag_embed(gain[:, 0])
        if name.endswith("hidden"):
            into = name.replace("hidden", "narrow.weight")
            weights[into] = diagonal @ weights[into]
        else:
            weights[f"{name}.weight"] = weights[f"{name}.weight"] @ diagonal
            weights[f"{name}.bias"] = weights[f"{name}.bias"] @ diagonal
    same(forward([module]), forward([], weights))


def test_film_is_an_affine_map_of_what_a_sublayer_adds():
    module, weights = moved(started(FiLM())), base()
    for name in ("blocks.0.out", "blocks.0.narrow", "blocks.1.out", "blocks.1.narrow"):
        gain, shift = module.values[f"{name}.gain"], module.values[f"{name}.shift"]
        weights[f"{name}.weight"] = torch.einsum(
            "mio,mo->mio", weights[f"{name}.weight"], gain[:, 0]
        )
        weights[f"{name}.bias"] = weights[f"{name}.bias"] * gain + shift
    same(forward([module]), forward([], weights))


@pytest.mark.parametrize("parallel", [False, True])
def test_an_adapter_is_written_out(parallel):
    kind = Adapter(3, "both", parallel, scale=0.7)
    module = moved(started(kind))
    g = generator(2)
    x, y = (torch.randn(2, 3, 20, 8, generator=g, dtype=torch.float64) for _ in range(2))
    for name in ("blocks.0.out", "blocks.1.narrow"):
        for m in range(2):
            own = {part: module.values[f"{name}.{part}"][m] for part in ("down", "down_bias")}
            up = {part: module.values[f"{name}.{part}"][m] for part in ("up", "up_bias")}
            inner = ((x if parallel else y)[m] @ own["down"] + own["down_bias"]).clamp(min=0)
            expected = y[m] + 0.7 * (inner @ up["up"] + up["up_bias"])
            same(module.sublayer(name, x, y)[m], expected)
    assert module.sublayer("blocks.2.out", x, y) is y


def test_an_adapters_units_permute_freely():
    module, order = moved(started(Adapter(5))), [3, 0, 4, 1, 2]
    other = {
        n: v[:, order] if n.endswith(".up") else v if n.endswith("up_bias") else v[..., order]
        for n, v in module.values.items()
    }
    same(forward([module]), forward([module.with_values(other)]))
    halves = {n: (v + other[n]) / 2 for n, v in module.values.items()}
    assert (forward([module.with_values(halves)]) - forward([module])).abs().max() > 1e-3


def test_a_prefix_is_a_gated_softmax_adapter():
    """He et al. 2022: (1 - gate) attention + gate softmax(q P_k / sqrt d) P_v."""
    module, g = moved(started(Prefix(3))), generator(4)
    query, key, value = torch.randn(3, 2, 3, 2, 20, 4, generator=g, dtype=torch.float64)
    for block in range(TINY.blocks):
        heard = attend(query, *module.keys_values(block, key, value))
        own_key, own_value = (module.values[f"{block}.{part}"] for part in ("key", "value"))
        own = torch.einsum("mbhtd,mhpd->mbhtp", query, own_key) / 2
        others = torch.einsum("mbhtd,mbhsd->mbhts", query, key) / 2
        gate = own.exp().sum(-1) / (own.exp().sum(-1) + others.exp().sum(-1))
        adapter = torch.einsum("mbhtp,mhpd->mbhtd", own.softmax(-1), own_value)
        plain = torch.einsum("mbhts,mbhsd->mbhtd", others.softmax(-1), value)
        same(heard, (1 - gate[..., None]) * plain + gate[..., None] * adapter)


def test_a_prompt_is_read_by_all_tokens_and_not_read_out():
    module, weights = moved(started(Prompt(3))), base()
    for m in range(2):
        twin, shapes = plain.Base(TINY).double(), Base(1, TINY).double()
        for name, p in shapes.named_parameters():
            p.data = weights[name][m : m + 1]
        for p, own in zip(twin.parameters(), unstacked(shapes), strict=True):
            p.data = own
        h = F.gelu(twin.second(F.gelu(twin.first(signals()[m].unsqueeze(1)))))
        h = h.transpose(1, 2) + twin.positions.weight
        h = twin.blocks(torch.cat([module.values["tokens"][m].expand(len(h), -1, -1), h], dim=1))
        same(forward([module])[m], twin.head(twin.norm(h[:, 3:]).mean(1)))


def unstacked(net):
    """The parameters of the only member in the shapes of its plain twin."""
    for layer in net.layers():
        for p in layer.parameters():
            own = p[0].detach()
            if isinstance(layer, Conv1d) and p is layer.weight:
                yield own.unflatten(0, (5, -1)).permute(2, 1, 0).contiguous()
            elif isinstance(layer, Linear):
                yield own.T.contiguous() if p is layer.weight else own[0]
            else:
                yield own[0]


@pytest.mark.parametrize("kind", [Prompt(2), Prefix(2)])
def test_prompts_and_prefixes_come_in_any_order(kind):
    three = [moved(started(kind), seed=i) for i in range(3)]
    outputs = [forward(order) for order in permutations(three)]
    for other in outputs[1:]:
        same(other, outputs[0])
    assert (forward(three[:2]) - outputs[0]).abs().max() > 1e-3


def test_two_prompts_are_one_longer():
    pair = [moved(started(Prompt(2)), seed=i) for i in range(2)]
    both = torch.cat([one.values["tokens"] for one in pair], dim=1)
    same(forward(pair), forward([Module(Prompt(4), {"tokens": both})]))


def test_adapters_do_not_come_in_any_order():
    pair = [moved(started(Adapter()), seed=i) for i in range(2)]
    assert (forward(pair) - forward(pair[::-1])).abs().max() > 1e-3
