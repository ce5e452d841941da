"""Fisher, RegMean, TIES, DARE and sparse sums against numpy, by hand and by their laws."""

import numpy as np
import pytest
import torch

from labs.composition.aggregation.arithmetic import average, dense, norm, total, weight_vector
from labs.composition.aggregation.merging import (
    Scored,
    dare,
    fisher,
    fisher_average,
    grams,
    overlap,
    regmean,
    scored,
    ties,
    trimmed,
)
from labs.nn.base import logits
from labs.nn.linear import affine
from labs.nn.modules.adapter import Adapter
from labs.nn.modules.delta import Delta, sparse
from labs.nn.modules.names import HEAD
from tests.labs.composition.vectors import close, drawn, flat, taken
from tests.nn.modules.kinds import TINY, base, generators, moved, signals, started
from tests.nn.random_data import generator

ONE, TWO, THREE = (drawn(seed) for seed in (1, 2, 3))


def softmax_regression(values, x):
    return affine(x, values["w"], values["b"])


def inputs(members=2, examples=6, seed=8):
    return torch.randn(members, examples, 3, generator=generator(seed), dtype=torch.float64)


def test_the_fisher_of_softmax_regression_is_its_formula():
    x = inputs()
    found = fisher(scored(softmax_regression, ONE, x))
    p = softmax_regression(ONE, x).softmax(-1)
    spread = p * (1 - p)  # E_y (1[y = c] - p_c)^2
    close(found, {"w": (x.square().transpose(1, 2) @ spread) / 6, "b": spread.mean(1, True)})


def test_the_fisher_of_a_module_is_that_of_each_example_alone():
    weights, module = base(1), moved(started(Adapter(2)))

    def outputs(values, x):
        return logits(weights, x, [module.with_values(values)], TINY.heads)

    x = signals(2, 2)
    found = fisher(scored(outputs, module.values, x))
    for m in range(2):
        own = module.of([m])

        def alone(values, x, own=own):
            return logits(weights, x, [own.with_values(values)], TINY.heads)

        parts = [fisher(scored(alone, own.values, x[m : m + 1, b : b + 1])) for b in range(2)]
        close(taken(found, m), {n: (parts[0][n] + parts[1][n]) / 2 for n in found})
        p = alone(own.values, x[m : m + 1, :1]).softmax(-1)[0, 0]
        name, at, step = "blocks.1.narrow.up", (0, 1, 2), 1e-6
        up, down = (v.clone() for v in (own.values[name], own.values[name]))
        up[at] += step
        down[at] -= step
        logs = [
            alone({**own.values, name: v}, x[m : m + 1, :1]).log_softmax(-1)[0, 0]
            for v in (up, down)
        ]
        by_hand = (p * ((logs[0] - logs[1]) / (2 * step)).square()).sum()
        torch.testing.assert_close(parts[0][name][at], by_hand, rtol=1e-5, atol=0)


def test_the_observed_fisher_is_a_mean_of_squares():
    g = torch.randn(2, 5, 3, generator=generator(1), dtype=torch.float64)
    ones = torch.ones(2, 5, dtype=torch.float64)
    whole = fisher([Scored(ones, {"w": g})])
    close(whole, {"w": g.square().mean(1)})
    halves = [Scored(ones[:, s], {"w": g[:, s]}) for s in (slice(0, 2), slice(2, 5))]
    close(fisher(halves), whole)


def squared(values):
    return {n: v.square() for n, v in values.items()}


def test_fisher_weights_are_numpys_and_equal_ones_are_the_mean():
    items, fishers = [ONE, TWO, THREE], [squared(drawn(s)) for s in (11, 12, 13)]
    merged = fisher_average(items, fishers)
    for m in range(2):
        expected = np.average(
            [flat(v, m) for v in items], axis=0, weights=[flat(f, m) for f in fishers]
        )
        np.testing.assert_allclose(flat(merged, m), expected, atol=1e-12)
        close(
            fisher_average([taken(v, m) for v in items], [taken(f, m) for f in fishers]),
            taken(merged, m),
        )
    close(fisher_average(items, [fishers[0]] * 3), average(items))
    close(fisher_average([ONE] * 3, fishers), ONE)
    close(fisher_average(items, fishers, [1, 0, 0]), ONE)
    close(
        fisher_average(items[:2], [fishers[0]] * 2, [0.25, 0.75]),
        average(items[:2], [0.25, 0.75]),
    )


def test_where_nothing_matters_to_anyone_fisher_is_the_average():
    one = {n: torch.where(v > 0, v, 0.0) for n, v in drawn(11).items()}
    merged = fisher_average([ONE, TWO], [one, one])
    close(merged, average([ONE, TWO]))


def least_squares(x, y):
    return np.linalg.lstsq(x.numpy(), y.numpy(), rcond=None)[0]


def linear_fits():
    """Two models of each of two members: inputs, targets, weights and Gram matrices."""
    xs = [inputs(2, 9, seed) for seed in (1, 2)]
    ys = [torch.randn(2, 9, 4, generator=generator(s), dtype=torch.float64) for s in (3, 4)]
    fits = [
        {
            "f.weight": torch.stack(
                [torch.tensor(least_squares(*xy)) for xy in zip(x, y, strict=True)]
            )
        }
        for x, y in zip(xs, ys, strict=True)
    ]
    return xs, ys, fits, [{"f": x.transpose(1, 2) @ x} for x in xs]


def test_regmean_of_linear_models_is_the_fit_of_all_their_data():
    xs, ys, fits, own = linear_fits()
    merged = regmean(fits, own, alpha=1)["f.weight"]
    for m in range(2):
        both = least_squares(torch.cat([x[m] for x in xs]), torch.cat([y[m] for y in ys]))
        np.testing.assert_allclose(merged[m].numpy(), both, atol=1e-10)
    torch.testing.assert_close(regmean(fits[:1], own[:1])["f.weight"], fits[0]["f.weight"])
    alone = regmean([taken(f, 1) for f in fits], [taken(g, 1) for g in own], alpha=1)
    torch.testing.assert_close(alone["f.weight"], merged[1:])


@pytest.mark.parametrize("alpha", [0, 0.1, 0.9])
def test_regmean_scales_what_is_off_the_diagonal(alpha):
    _, _, fits, own = linear_fits()
    merged = regmean(fits, own, alpha)["f.weight"]
    for m in range(2):
        g = [o["f"][m].numpy() * (alpha + (1 - alpha) * np.eye(3)) for o in own]
        w = [f["f.weight"][m].numpy() for f in fits]
        expected = np.linalg.solve(g[0] + g[1], g[0] @ w[0] + g[1] @ w[1])
        np.testing.assert_allclose(merged[m].numpy(), expected, atol=1e-10)


def test_regmean_with_equal_inputs_or_equal_maps_is_the_average():
    _, _, fits, own = linear_fits()
    close(regmean(fits, [own[0]] * 2), average(fits), 1e-10)
    close(regmean([fits[0]] * 2, own), fits[0], 1e-10)


def test_grams_are_of_what_linear_maps_receive():
    weights, x, module = base(), signals(2, 5), moved(started(Adapter()))
    found = grams(weights, x, [module], TINY.heads)
    names = ("query", "key", "value", "out", "widen", "narrow")
    assert list(found) == [f"blocks.{b}.{n}" for b in range(2) for n in names] + ["head"]
    assert found["blocks.0.narrow"].shape == (2, 12, 12)
    assert torch.equal(found["blocks.1.query"], found["blocks.1.value"])
    from_head = torch.linalg.lstsq(  # the head's inputs, back from its outputs
        weights["head.weight"].transpose(1, 2),
        (logits(weights, x, [module], TINY.heads) - weights["head.bias"]).transpose(1, 2),
    ).solution.transpose(1, 2)
    torch.testing.assert_close(found["head"], from_head.transpose(1, 2) @ from_head)
    one = grams(base(1), x[1:], [module.of([1])], TINY.heads)
    both = grams(base(1), x, [module], TINY.heads)
    close(one, taken(both, 1))


def test_regmean_of_whole_bases_averages_all_that_is_no_linear_map():
    bases = [base(), {n: v.flip(0) for n, v in base().items()}]
    own = [grams(weights, signals(), (), TINY.heads) for weights in bases]
    merged, plain = regmean(bases, own), average(bases)
    assert list(merged) == list(plain)
    for name, value in merged.items():
        linear = name.removesuffix(".weight") in own[0]
        assert torch.equal(value, plain[name]) != linear, name
    logits(merged, signals(), (), TINY.heads)


def by_hand_trimmed(vector, keep):
    least = np.sort(np.abs(vector))[-max(1, round(keep * len(vector)))]
    return np.where(np.abs(vector) >= least, vector, 0)


def by_hand_ties(vectors, keep):
    parts = np.array([by_hand_trimmed(v, keep) for v in vectors])
    merged = np.zeros(parts.shape[1])
    for p in range(parts.shape[1]):
        sign = np.sign(parts[:, p].sum())
        agree = [v for v in parts[:, p] if v and np.sign(v) == sign]
        merged[p] = np.mean(agree) if agree else 0
    return merged


@pytest.mark.parametrize("keep", [0.001, 0.2, 0.5, 1])
def test_ties_is_trim_elect_merge(keep):
    vectors = [ONE, TWO, THREE]
    merged, cut = ties(vectors, keep), trimmed(ONE, keep)
    for m in range(2):
        np.testing.assert_allclose(flat(cut, m), by_hand_trimmed(flat(ONE, m), keep), atol=0)
        expected = by_hand_ties([flat(v, m) for v in vectors], keep)
        np.testing.assert_allclose(flat(merged, m), expected, atol=1e-12)
        close(ties([taken(v, m) for v in vectors], keep), taken(merged, m))
    close(ties([ONE], keep), cut)
    close(ties([ONE, ONE], keep), cut)
    close(ties([ONE, total([ONE], [-1])], keep), total([ONE], [0]))


def test_the_elected_sign_is_of_the_sum_and_not_of_the_majority():
    vectors = [{"w": torch.tensor([[v]])} for v in (-5.0, 1.0, 2.0)]
    assert ties(vectors, 1)["w"].item() == -5
    vectors[0]["w"] += 3
    assert ties(vectors, 1)["w"].item() == 1.5


def test_vectors_of_one_and_of_many_members_mix():
    shared = drawn(9, 1)
    merged = ties([shared, ONE], 0.5)
    for m in range(2):
        close(taken(merged, m), ties([shared, taken(ONE, m)], 0.5))


def test_dare_keeps_the_mean_and_drops_its_share():
    vector = {"w": torch.ones(2, 200, 100).double(), "b": 3 * torch.ones(2, 1, 50).double()}
    dropped = dare(vector, 0.9, generators(2))
    assert dropped["w"].unique().tolist() == pytest.approx([0, 10])
    for m in range(2):  # six deviations: 3 / sqrt(20,000) each
        assert dropped["w"][m].mean().item() == pytest.approx(1, abs=0.13)
    assert not torch.equal(dropped["w"][0], dropped["w"][1])
    close(dare(vector, 0.0, generators(2)), vector, 0)
    close(dare(taken(vector, 1), 0.9, generators(2)[1:]), taken(dropped, 1), 0)
    draws = [dare(ONE, 0.5, generators(2, seed)) for seed in range(0, 4000, 2)]
    mean = average(draws)
    for name, value in mean.items():  # 1 / sqrt(2000) of the number itself
        assert ((value - ONE[name]).abs() < 6 * ONE[name].abs() / 2000**0.5).all()


def test_a_sum_of_sparse_differences_is_both_in_a_row():
    domain, task = (moved_sparse(seed) for seed in (1, 2))
    both = dense(total([weight_vector(base(), domain), weight_vector(base(), task)]))
    row = logits(base(), signals(), [domain, task], TINY.heads)
    torch.testing.assert_close(logits(base(), signals(), [both], TINY.heads), row)


def moved_sparse(seed, keep=20):
    module = sparse(moved(started(Delta(HEAD)), seed=seed), keep)
    return moved(module, seed=seed)


def test_the_overlap_is_counted_and_chance_is_its_mean():
    first = {"w": torch.tensor([[1.0, -2, 0, 0], [0, 0, 1, 1]])}
    second = {"w": torch.tensor([[0.0, 3, 4, 0], [0, 0, 5, 1]])}
    found = overlap(first, second, 8)
    assert found.shared.tolist() == [0.5, 1]
    assert found.chance.tolist() == [0.25, 0.25]
    wide = overlap(first, {"w": torch.tensor([[1.0, 1, 1, 0], [1, 1, 1, 0]])}, 4)
    assert wide.shared.tolist() == [1, 0.5]
    assert wide.chance.tolist() == [0.75, 0.75]
    apart = overlap(first, {"b": torch.ones(2, 1)}, 5)
    assert apart.shared.tolist() == [0, 0]
    ids = torch.stack([torch.randperm(400, generator=generator(s)) < 40 for s in range(200)])
    chosen = overlap({"w": ids[:100].double()}, {"w": ids[100:].double()}, 400)
    assert chosen.shared.mean().item() == pytest.approx(0.1, abs=0.025)  # 5 deviations
    assert chosen.chance.tolist() == pytest.approx([0.1] * 100)
    module = moved_sparse(1)
    whole = overlap(module.fixed, weight_vector(base(), module), 90)
    assert whole.shared.tolist() == [1, 1]


def test_trimming_makes_no_vector_longer():
    assert (norm(trimmed(ONE, 0.5)) < norm(ONE)).all()


GRAM = {"w": torch.eye(3).repeat(2, 1, 1)}
REFUSED = {
    "examples must be at least 1, got 0": lambda: fisher([]),
    "items and fishers must be a whole number of at least 1": lambda: fisher_average([], []),
    r"fishers must hold one per item \(2\), got 1": lambda: fisher_average([ONE, TWO], [ONE]),
    "fishers must be at least 0, got a negative one": lambda: fisher_average([ONE], [ONE]),
    r"items and fishers must have w \(3, 4\)": lambda: fisher_average([ONE], [{"b": ONE["b"]}]),
    "shares must add up to 1, got 2": lambda: fisher_average([ONE], [squared(ONE)], [2]),
    "grams must be a whole number of at least 1, got 0": lambda: regmean([ONE], []),
    r"grams must hold one per item \(2\), got 1": lambda: regmean([ONE, TWO], [GRAM]),
    "grams must be of linear maps of the items, got 'w'": lambda: regmean([ONE], [GRAM]),
    "alpha must be at least 0 and at most 1, got 1.5": lambda: regmean([ONE], [GRAM], 1.5),
    "alpha must be at least 0 and at most 1, got -0.1": lambda: regmean([ONE], [GRAM], -0.1),
    "keep must be above 0 and at most 1, got 0": lambda: trimmed(ONE, 0),
    "keep must be above 0 and at most 1, got 20": lambda: ties([ONE], 20),
    "keep must be above 0 and at most 1, got nan": lambda: ties([ONE], float("nan")),
    "vectors must be a whole number of at least 1, got 0": lambda: ties([]),
    "drop must be at least 0 and below 1, got 1": lambda: dare(ONE, 1, generators(2)),
    "drop must be at least 0 and below 1, got -0.5": lambda: dare(ONE, -0.5, generators(2)),
    "drop must be at least 0 and below 1, got '0.5'": lambda: dare(ONE, "0.5", generators(2)),
    r"generators must hold one per member \(2\), got 3": lambda: dare(ONE, 0.5, generators(3)),
    "numbers must be a whole number of at least 1, got 0": lambda: overlap(ONE, TWO, 0),
    "numbers must be at least the sets' sizes, got 15": lambda: overlap(ONE, TWO, 15),
    "first must hold a number that is not 0 in every member, got none": lambda: overlap(
        total([ONE], [0]), TWO, 16
    ),
    "names must be a whole number of at least 1, got 0": lambda: trimmed({}, 0.5),
}


@pytest.mark.parametrize(("message", "call"), REFUSED.items(), ids=REFUSED.keys())
def test_bad_arguments_are_refused(message, call):
    with pytest.raises(ValueError, match=message):
        call()
