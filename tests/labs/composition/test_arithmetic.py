"""Averages, paths and task vectors, of weights and of modules of every kind."""

import numpy as np
import pytest
import torch

from labs.composition.aggregation.arithmetic import (
    added,
    analogy,
    average,
    concatenated,
    cosine,
    dense,
    difference,
    dot,
    negated,
    norm,
    path,
    random_vector,
    total,
    weight_vector,
)
from labs.nn.base import logits
from labs.nn.modules.adapter import Adapter
from labs.nn.modules.delta import Delta, sparse
from labs.nn.modules.head import Head
from labs.nn.modules.intrinsic import Intrinsic
from labs.nn.modules.lora import LoRA
from labs.nn.modules.module import merge
from labs.nn.modules.names import HEAD
from labs.nn.modules.prompt import Prompt
from labs.nn.modules.scaling import IA3
from tests.labs.composition.vectors import close, drawn, flat, taken
from tests.nn.modules.kinds import CASES, TINY, base, generators, moved, signals, started
from tests.nn.random_data import generator

ONE, TWO, THREE = (drawn(seed) for seed in (1, 2, 3))
SHARED = drawn(4, members=1)
MERGING = {n: c for n, c in CASES.items() if c.merges and n != "another head"}


def forward(modules, weights=None):
    return logits(base() if weights is None else weights, signals(), modules, TINY.heads)


def equal(a, b, tolerance=1e-11):
    torch.testing.assert_close(a, b, rtol=0, atol=tolerance)


def test_averages_are_numpys():
    by_hand = {n: (ONE[n] + TWO[n] + THREE[n]) / 3 for n in ONE}
    close(average([ONE, TWO, THREE]), by_hand)
    shared = average([SHARED, ONE], [0.25, 0.75])
    for m in range(2):
        expected = np.average([flat(SHARED), flat(ONE, m)], axis=0, weights=[1, 3])
        np.testing.assert_allclose(flat(shared, m), expected, atol=1e-12)


def test_the_average_of_equals_is_each_of_them():
    close(average([ONE, ONE, ONE], [0.2, 0.5, 0.3]), ONE)
    close(average([ONE], [1.0]), ONE, 0)


def test_shares_may_differ_by_member():
    mixed = average([ONE, TWO], [torch.tensor([0.0, 0.3]), torch.tensor([1.0, 0.7])])
    close(taken(mixed, 0), taken(TWO, 0))
    close(taken(mixed, 1), taken(average([ONE, TWO], [0.3, 0.7]), 1), 1e-7)  # float32 shares


def test_a_path_ends_where_it_says_and_is_straight():
    first, quarter, last, beyond = path(ONE, TWO, [0, 0.25, 1, 2])
    close(first, ONE, 0)
    close(last, TWO, 0)
    close(quarter, {n: 0.75 * ONE[n] + 0.25 * TWO[n] for n in ONE})
    close(beyond, {n: 2 * TWO[n] - ONE[n] for n in ONE})


def test_vectors_add_negate_and_compare():
    tau, other = difference(ONE, SHARED), difference(TWO, SHARED)
    close(added(SHARED, tau), ONE)
    close(negated(SHARED, tau, 0.5), {n: SHARED[n] - 0.5 * (ONE[n] - SHARED[n]) for n in ONE})
    close(total([tau, other], [2, -1]), {n: 2 * tau[n] - other[n] for n in tau})
    close(total([tau, other]), {n: tau[n] + other[n] for n in tau})
    close(analogy(tau, other, tau), other)
    close(analogy(ONE, TWO, THREE), {n: ONE[n] + TWO[n] - THREE[n] for n in ONE})
    scaled = added(SHARED, tau, torch.tensor([0.0, 2.0], dtype=torch.float64))
    close(taken(scaled, 0), SHARED)
    close(taken(scaled, 1), taken(added(SHARED, tau, 2.0), 1))


def test_names_that_a_vector_lacks_count_as_zero():
    part = {"b": ONE["b"]}
    close(total([ONE, part], [1, -1]), {"w": ONE["w"], "b": 0 * ONE["b"]})
    close(total([part, ONE], [-1, 1]), {"b": 0 * ONE["b"], "w": ONE["w"]})
    close(added(TWO, part), {"w": TWO["w"], "b": TWO["b"] + ONE["b"]})
    equal(dot(part, TWO), (ONE["b"] * TWO["b"]).sum((1, 2)))


def test_lengths_and_cosines_are_numpys():
    for m in range(2):
        a, b = flat(ONE, m), flat(TWO, m)
        assert norm(ONE)[m].item() == pytest.approx(np.linalg.norm(a), rel=1e-12)
        expected = a @ b / np.linalg.norm(a) / np.linalg.norm(b)
        assert cosine(ONE, TWO)[m].item() == pytest.approx(expected, rel=1e-12)
    equal(cosine(ONE, total([ONE], [-3])), -torch.ones(2).double())
    equal(cosine(SHARED, ONE)[0], cosine(SHARED, taken(ONE, 0))[0])
    assert cosine(ONE, total([ONE], [0])).tolist() == [0, 0]


def test_a_random_vector_is_as_long_and_of_its_generator_alone():
    long = drawn(5, 3, {"w": (40, 50), "b": (1, 50)})
    random = random_vector(long, generators(3))
    equal(norm(random), norm(long))
    assert cosine(random, long).abs().max() < 0.1  # deviation 1 / sqrt(2050)
    assert cosine(taken(random, 0), taken(random, 1)).abs().max() < 0.1
    alone = random_vector(taken(long, 1), generators(3)[1:2])
    close(alone, taken(random, 1))
    ratio = random["w"].square().mean() / random["b"].square().mean()
    assert 0.6 < ratio < 1.6  # one law over all names


def test_a_member_alone_is_the_member_in_the_stack():
    items = [ONE, TWO, SHARED]
    for m in range(2):
        alone = [taken(item, m) for item in items]
        close(average(alone, [0.2, 0.3, 0.5]), taken(average(items, [0.2, 0.3, 0.5]), m))
        close(analogy(*alone), taken(analogy(*items), m))
        equal(cosine(*alone[:2]), cosine(*items[:2])[m : m + 1])


@pytest.mark.parametrize("name", MERGING)
def test_the_weight_vector_of_a_module_is_what_the_module_does(name):
    weights, module = base(1), moved(started(CASES[name].kind))
    vector = weight_vector(weights, module)
    equal(forward([], added(weights, vector)), forward([module], weights))
    equal(forward([dense(vector)], weights), forward([module], weights))
    merged = merge(weights, [module])
    close(vector, {n: merged[n] - weights[n] for n in vector}, 1e-14)


def test_the_vector_of_a_sparse_difference_is_masked():
    module = sparse(moved(started(Delta(HEAD))), 7)
    module = module.with_values({n: v + 1 for n, v in module.values.items()})
    vector = weight_vector(base(), module)
    assert sum(v[0].sum().item() for v in vector.values()) == 7
    both = dense(total([vector, vector]))
    equal(forward([both]), forward([module, module]))


LOW = [moved(started(LoRA(2, alpha=3)), seed=1), moved(started(LoRA(3)), seed=2)]


def test_joined_ranks_add_exactly_what_all_add():
    joined = concatenated(LOW, [0.5, -2.0])
    assert joined.kind == LoRA(5)
    assert joined.count() == LOW[0].count() + LOW[1].count()
    vectors = [weight_vector(base(), module) for module in LOW]
    close(weight_vector(base(), joined), total(vectors, [0.5, -2.0]))
    equal(forward([concatenated(LOW)]), forward(LOW))


def test_lora_is_never_averaged_factor_by_factor():
    module = LOW[1]
    g = torch.randn(3, 3, generator=generator(3), dtype=torch.float64)
    again = module.with_values(
        {n: v @ g if n[-1] == "A" else g.inverse() @ v for n, v in module.values.items()}
    )
    equal(forward([again]), forward([module]))
    equal(forward([average([module, again])]), forward([module]))
    factors = {n: (v + again.values[n]) / 2 for n, v in module.values.items()}
    assert (forward([module.with_values(factors)]) - forward([module])).abs().max() > 0.05
    middle = path(*LOW, [0.5])[0]
    vectors = [weight_vector(base(), module) for module in LOW]
    close(weight_vector(base(), middle), average(vectors))


BY_VALUE = [n for n, c in CASES.items() if not isinstance(c.kind, LoRA)]


@pytest.mark.parametrize("name", BY_VALUE)
def test_modules_are_averaged_value_by_value(name):
    start = started(CASES[name].kind).settled()
    first, second = moved(start, seed=1), moved(start, seed=2)
    middle = average([first, second], [0.25, 0.75])
    assert middle.kind == first.kind
    for n, value in middle.values.items():
        equal(value, 0.25 * first.values[n] + 0.75 * second.values[n])
    tau = difference(first, start)
    equal(forward([added(start, tau)]), forward([first]))
    equal(forward([negated(first, tau)]), forward([start]))


LORA, SPARSE = LOW[0], sparse(moved(started(Delta(HEAD))), 7)
REFUSED = {
    "items must be a whole number of at least 1, got 0": lambda: average([]),
    "shares must add up to 1, got 0.9": lambda: average([ONE, TWO], [0.5, 0.4]),
    r"shares must add up to 1, got \[1.0, 2.0\]": lambda: average(
        [ONE], [torch.tensor([1.0, 2.0])]
    ),
    "shares must hold 2 numbers, got 1": lambda: average([ONE, TWO], [1.0]),
    "shares must be a finite number, got nan": lambda: average([ONE], [float("nan")]),
    r"items must have w \(3, 4\) all of them, got None": lambda: average([ONE, {"b": ONE["b"]}]),
    r"items must have b None all of them, got \(1, 4\)": lambda: average([{"w": ONE["w"]}, ONE]),
    r"items must have w .* got \(3, 5\)": lambda: average([ONE, {**ONE, "w": torch.ones(2, 3, 5)}]),
    r"items must have one number of members \(or 1\), got \[2, 3\]": lambda: average(
        [ONE, drawn(1, 3)]
    ),
    "items must be all modules or all weights, got both": lambda: average([SPARSE, ONE]),
    "modules must be of one kind, Adapter.*, got Prompt": lambda: average(
        [started(Adapter()), started(Prompt())]
    ),
    r"modules must be alike in what is fixed, got Intrinsic": lambda: average(
        [started(Intrinsic()), Intrinsic().start(base(), TINY, generators(2, 9))]
    ),
    "modules must be alike in what is fixed, got Delta": lambda: average(
        [SPARSE, started(Delta(HEAD))]
    ),
    "points must be a finite number, got inf": lambda: path(ONE, TWO, [0, float("inf")]),
    "modules must be of kinds whose values add, got LoRA": lambda: difference(LORA, LORA),
    "modules must be of kinds whose values add, got LoRA.": lambda: added(LORA, {}),
    "modules must be of kinds that merge, got Prompt": lambda: weight_vector(
        base(), started(Prompt())
    ),
    r"weights with and without the module must have head.weight \(8, 10\) all": lambda: (
        weight_vector(base(), started(Head(5)))
    ),
    "vectors must be a whole number of at least 1, got 0": lambda: total([]),
    "scales must hold 1 numbers, got 2": lambda: total([ONE], [1, 2]),
    "scale must be a finite number, got '1'": lambda: added(ONE, ONE, "1"),
    r"scale must be finite, one or one per member \(M,\), got": lambda: negated(
        ONE, ONE, torch.tensor([1.0, torch.inf])
    ),
    "vector must have names of what it is added to, got 'c'": lambda: added(ONE, {"c": ONE["b"]}),
    r"start and vector must have w \(3, 4\)": lambda: added(ONE, {"w": torch.ones(2, 3, 1)}),
    r"generators must hold one per member \(2\), got 1": lambda: random_vector(ONE, generators(1)),
    "names must be a whole number of at least 1, got 0": lambda: norm({}),
    "names must be a whole number of at least 1, got 0.": lambda: random_vector({}, []),
    "of must be a tuple of at least one name": lambda: dense({}),
    "modules must be of the kind LoRA, got IA3": lambda: concatenated([LORA, started(IA3())]),
    "modules must be of the same maps": lambda: concatenated([LORA, started(LoRA(2, ("key",)))]),
    "modules must have one number of members, got": lambda: concatenated([LORA, LORA.of([0])]),
    "scales must hold 2 numbers, got 1": lambda: concatenated([LORA, LORA], [1]),
}


@pytest.mark.parametrize(("message", "call"), REFUSED.items(), ids=REFUSED.keys())
def test_bad_arguments_are_refused(message, call):
    with pytest.raises(ValueError, match=message.rstrip(".")):
        call()
