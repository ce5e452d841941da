"""What the order of modules changes, trees, and prompts end to end."""

import numpy as np
import pytest
import torch

from labs.composition.aggregation.listening import listener
from labs.composition.aggregation.stacking import commutator, joined, lineage
from labs.nn.base import logits
from labs.nn.modules.adapter import Adapter
from labs.nn.modules.delta import Delta
from labs.nn.modules.prompt import Prefix, Prompt
from tests.nn.modules.kinds import TINY, base, moved, signals, started


def forward(*modules):
    return logits(base(), signals(), modules, TINY.heads)


def equal(a, b, tolerance=1e-12):
    torch.testing.assert_close(a, b, rtol=0, atol=tolerance)


def test_the_commutator_is_its_formula():
    one, other, origin = (forward(moved(started(Adapter()), seed=s)) for s in range(3))
    for m in range(2):
        a, b, o = (t[m].numpy().ravel() for t in (one, other, origin))
        by_hand = np.linalg.norm(a - b) / np.mean([np.linalg.norm(a), np.linalg.norm(b)])
        assert commutator(one, other)[m].item() == pytest.approx(by_hand, rel=1e-12)
        own = np.linalg.norm(a - b) / np.mean([np.linalg.norm(a - o), np.linalg.norm(b - o)])
        assert commutator(one, other, origin)[m].item() == pytest.approx(own, rel=1e-12)
        taken = commutator(*(t[m : m + 1] for t in (one, other, origin)))
        equal(taken, commutator(one, other, origin)[m : m + 1])
    assert commutator(one, -one).tolist() == pytest.approx([2, 2])
    equal(commutator(one, other), commutator(other, one))


def test_stacks_do_not_commute_and_sums_do():
    def of(kind):
        first, second = (moved(started(kind), seed=s) for s in (1, 2))
        return commutator(forward(first, second), forward(second, first), forward())

    assert (of(Adapter()) > 0.01).all()
    equal(of(Delta()), torch.zeros(2).double())
    equal(commutator(forward(), forward(), forward()), torch.zeros(2).double(), 0)


def test_the_way_to_a_leaf_starts_at_the_root():
    parents = {"reverse": "mirrored", "negate": "mirrored", "mirrored": "all", "ramp": "all"}
    assert lineage(parents, "reverse") == ["all", "mirrored", "reverse"]
    assert lineage(parents, "ramp") == ["all", "ramp"]
    assert lineage(parents, "all") == ["all"]


@pytest.mark.parametrize("kind", [Prompt, Prefix])
def test_prompts_end_to_end_are_a_list_of_prompts_from_the_last(kind):
    parts = [moved(started(kind(length)), seed=length) for length in (1, 2, 3)]
    whole = joined(parts)
    assert whole.kind == kind(6)
    assert whole.count() == sum(part.count() for part in parts)
    assert torch.equal(forward(whole), forward(*parts[::-1]))
    equal(forward(whole), forward(*parts))  # no positions: the order makes no difference
    h = torch.zeros(2, 1, 4, TINY.features).double()
    if kind is Prompt:
        inner = whole.tokens(h)[:, 0]
        assert torch.equal(inner[:, :1], parts[0].values["tokens"])
        assert torch.equal(inner[:, 3:6], parts[2].values["tokens"])


def test_a_listener_hears_and_changes_nothing():
    linears, sublayers = [], []
    own = listener(
        2,
        linear=lambda name, x, y: linears.append((name, x.shape[-1], y.shape[-1])),
        sublayer=lambda name, x, y: sublayers.append(name),
    )
    assert torch.equal(forward(own), forward())
    assert own.count() == 0
    assert torch.equal(forward(listener(2)), forward())
    assert len(linears) == 13
    assert linears[4:6] == [("blocks.0.widen", 8, 12), ("blocks.0.narrow", 12, 8)]
    assert linears[-1] == ("head", 8, 10)
    assert sublayers == [f"blocks.{b}.{s}" for b in range(2) for s in ("out", "narrow")]


CIRCLE = {"a": "b", "b": "c", "c": "b"}
REFUSED = {
    r"outputs must have one shape \(M, ...\), got \[\(2, 3\), \(2, 4\), \(2, 3\)\]": lambda: (
        commutator(torch.ones(2, 3), torch.ones(2, 4))
    ),
    r"outputs must have one shape .* got \[\(3,\)": lambda: commutator(
        torch.ones(3), torch.ones(3)
    ),
    "parents must lead to a root, got a circle at 'b'": lambda: lineage(CIRCLE, "a"),
    "leaf must be one of reverse, all, got 'revers': did you mean": lambda: lineage(
        {"reverse": "all"}, "revers"
    ),
    "prompts must be a whole number of at least 1, got 0": lambda: joined([]),
    "prompts must be of the kind Prompt, got Adapter": lambda: joined([started(Adapter())]),
    "prompts must be of the kind Prefix, got Prompt": lambda: joined(
        [started(Prefix()), started(Prompt())]
    ),
    "prompts must have one number of members, got": lambda: joined(
        [started(Prompt()), started(Prompt(), 3)]
    ),
    "members must be a whole number of at least 1, got 0": lambda: listener(0),
}


@pytest.mark.parametrize(("message", "call"), REFUSED.items(), ids=REFUSED.keys())
def test_bad_arguments_are_refused(message, call):
    with pytest.raises(ValueError, match=message):
        call()
