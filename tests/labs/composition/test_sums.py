"""Task arithmetic on differences that are drawn, so that every number can be made by hand."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from labs.composition import differences
from labs.composition import sums as module
from labs.composition.aggregation.merging import fisher, fisher_average, scored
from labs.composition.differences import by_scale, digits, for_each
from labs.composition.examples import trained_bases
from labs.composition.grid import CORNER, COUPLES, DOMAINS, MERGES, SCALES
from labs.composition.sums import sums
from labs.nn.base import SMALL, logits
from tests.labs.composition.stacks import Drawn, cells, moved, right

pytestmark = pytest.mark.slow  # trains or draws

OWN = cells("arithmetic")
LEARNED = (*DOMAINS, "clean")


def small(patch, fine_tuned):
    """Few examples wherever the lab has more."""
    for name, value in {"VALIDATION": 20, "SCORED": 2, "HEARD": 10}.items():
        patch.setattr(module, name, value)
    patch.setattr(module, "fine_tuned", fine_tuned)


@pytest.fixture(scope="module")
def drawn():
    """The records of two replicates, the differences by domain, and what was asked for them."""
    with pytest.MonkeyPatch.context() as patch:
        drawn = Drawn()
        small(patch, drawn)
        records = list(sums(OWN, "cpu"))
        return records, dict(zip(LEARNED, drawn.given, strict=True)), drawn.calls


def examples_of(domain):
    return digits(OWN, domain, "test", OWN[0].tests, "cpu")


def share(weights, tuned, domains):
    """Of the accuracy of the own networks, mean over domains, by hand."""
    shares = [np.divide(right(OWN, weights, examples_of(d)), tuned[d]) for d in domains]
    return np.mean(shares, axis=0)


def tuned_by_hand(vectors):
    base = trained_bases(OWN, "cpu")
    return base, {d: right(OWN, moved(base, vectors[d]), examples_of(d)) for d in DOMAINS}


def test_sums_keep_a_share_of_what_each_has_alone(drawn):
    records, vectors, _ = drawn
    base, tuned = tuned_by_hand(vectors)
    scales = torch.tensor([record.scales for record in records])
    for k, domain in enumerate(DOMAINS):
        assert [record.tuned[k] for record in records] == tuned[domain]
    for k, couple in enumerate(COUPLES):
        both = moved(base, *(vectors[d] for d in couple), scale=scales[:, k])
        ours = [record.couples[k] for record in records]
        assert ours == pytest.approx(share(both, tuned, couple), abs=0.1)
    four = moved(base, *(vectors[d] for d in DOMAINS), scale=scales[:, -1])
    ours = [record.all_four for record in records]
    assert ours == pytest.approx(share(four, tuned, DOMAINS), abs=0.1)
    mean = moved(base, *(vectors[d] for d in DOMAINS), scale=[0.25])
    ours = [record.merged[MERGES.index("average")] for record in records]
    assert ours == pytest.approx(share(mean, tuned, DOMAINS), abs=0.1)


def test_scales_are_the_best_on_validation_data(drawn):
    records, _, _ = drawn
    for record in records:
        assert len(record.scales) == len(COUPLES) + 1
        assert set(record.scales) <= set(SCALES)
        assert record.scales[-1] == SCALES[int(np.argmax(record.all_by_scale))]
        assert len(record.couples_by_scale) == len(SCALES)
    assert any(scale > 0 for record in records for scale in record.scales)


def test_cosines_are_of_all_parameters(drawn):
    records, vectors, _ = drawn

    def flat(domain, m):
        return torch.cat([value[m].flatten() for value in vectors[domain].values()]).numpy()

    for m, record in enumerate(records):
        for k, (one, other) in enumerate(COUPLES):
            a, b = flat(one, m), flat(other, m)
            expected = a @ b / np.linalg.norm(a) / np.linalg.norm(b)
            assert record.cosines[k] == pytest.approx(expected, abs=1e-4)


def test_an_analogy_has_the_scale_of_its_couple(drawn):
    records, vectors, _ = drawn
    base = trained_bases(OWN, "cpu")
    scale = torch.tensor([record.scales[COUPLES.index(("reverse", "ramp"))] for record in records])
    less = {name: -value for name, value in vectors["clean"].items()}
    networks = {
        0: base,
        4: moved(base, vectors["ramp"], vectors["reverse"], less, scale=scale),
    }
    for k, network in networks.items():
        ours = [record.analogy[k] for record in records]
        assert ours == pytest.approx(right(OWN, network, examples_of(CORNER)), abs=4)
    for k, domain in ((1, "ramp"), (2, "reverse")):  # at scale 1 or at this one
        both = (moved(base, vectors[domain], scale=s) for s in (torch.ones(len(OWN)), scale))
        expected = np.max([right(OWN, network, examples_of(CORNER)) for network in both], axis=0)
        assert [record.analogy[k] for record in records] == pytest.approx(expected, abs=4)


def test_noise_is_in_the_place_and_at_the_scale_of_what_it_replaces(monkeypatch, drawn):
    small(monkeypatch, Drawn())
    monkeypatch.setattr(module, "random_vector", lambda vector, _: vector)
    monkeypatch.setattr(module, "DROP", 0.0)
    for record, before in zip(sums(OWN, "cpu"), drawn[0], strict=True):
        assert record.noise == record.couples == before.couples
        assert record.analogy[3] == record.analogy[4]
        assert record.merged[MERGES.index("dare")] == record.all_four  # which dropped nothing
        assert before.noise != before.couples


def test_nothing_is_chosen_on_test_data(monkeypatch, drawn):
    small(monkeypatch, Drawn())
    fewer = [replace(cell, tests=30) for cell in OWN]
    for record, before in zip(sums(fewer, "cpu"), drawn[0], strict=True):
        assert record.scales == before.scales
        assert record.all_by_scale == before.all_by_scale
        assert record.tuned != before.tuned


def test_a_replicate_has_the_same_sums_alone(monkeypatch, drawn):
    small(monkeypatch, Drawn())
    (alone,) = sums(OWN[1:], "cpu")
    stacked = drawn[0][1]
    assert alone.tuned == pytest.approx(stacked.tuned, abs=2)
    assert alone.cosines == pytest.approx(stacked.cosines, abs=1e-5)


def test_networks_that_learned_nothing_keep_everything(monkeypatch):
    small(monkeypatch, Drawn(size=0.0))
    for record in sums(OWN, "cpu"):
        assert record.scales == [0] * 7  # the first of equal ones
        assert record.couples == record.noise == [1] * 6
        assert record.couples_by_scale == record.all_by_scale == [1] * 21
        assert record.cosines == [0] * 6
        assert len(set(record.analogy)) == 1
        assert record.merged == pytest.approx([1] * 6, abs=0.1)


def test_every_domain_is_learned_from_the_base_on_its_own_examples(drawn):
    _, _, calls = drawn
    for domain, (weights, (x, _), times) in zip(LEARNED, calls, strict=True):
        expected, _ = digits(OWN, domain, "training", OWN[0].examples, "cpu")
        assert torch.equal(x, expected)
        assert times == 1
        assert all(torch.equal(v, weights[n]) for n, v in trained_bases(OWN, "cpu").items())


def test_of_a_network_that_reads_nothing_right_a_share_is_a_number(monkeypatch):
    found = {"reverse": [50.0, 0.0], "ramp": [0.0, 0.0]}
    rows = torch.tensor([*found.values()])
    monkeypatch.setattr(module, "accuracies", lambda *given: rows[int(given[-1][0, 0])])
    x = torch.zeros(2, 1, 40)
    data = {domain: (x, torch.full((2, 1), place)) for place, domain in enumerate(found)}
    own = {"reverse": torch.tensor([80.0, 0.0]), "ramp": torch.tensor([0.25, 0.0])}
    kept = module.Judge(OWN[0], data, own).kept({"w": torch.zeros(2, 1)}, tuple(found))
    assert kept.tolist() == [(50 / 80 + 0) / 2, 0]


@pytest.mark.parametrize("together", [1, 4, 20, 100])
def test_scales_are_scored_side_by_side_as_one_after_the_other(monkeypatch, together):
    monkeypatch.setattr(differences, "TOGETHER", together)
    start, vector = (
        {"a": torch.ones(2, 3), "b": torch.ones(2, 1)},
        {"a": torch.arange(6.0).view(2, 3)},
    )
    numbers = torch.tensor([10.0, 20.0])
    asked = []

    def score(weights):
        asked.append(len(weights["a"]))
        assert len(weights["b"]) == asked[-1]
        (own,) = for_each(weights, numbers)
        return weights["a"].sum(1) * own

    expected = torch.stack([(3 + scale * torch.tensor([3.0, 12.0])) * numbers for scale in SCALES])
    torch.testing.assert_close(by_scale(score, start, vector), expected)
    assert sum(asked) == 2 * len(SCALES)
    assert max(asked) == min(2 * max(together // 2, 1), sum(asked))


def test_fisher_merging_side_by_side_is_that_of_each_network(drawn):
    base = trained_bases(OWN, "cpu")
    networks = {domain: moved(base, drawn[1][domain]) for domain in DOMAINS}
    training = {domain: digits(OWN, domain, "training", 20, "cpu") for domain in DOMAINS}
    names = [*drawn[1]["ramp"]]
    ours = module._fisher_merged(OWN[0], networks, names, training)
    own, fishers = [], []
    for domain, network in networks.items():
        x = training[domain][0][:, : module.SCORED]

        def outputs(values, x, network=network):
            return logits({**network, **values}, x, heads=SMALL.heads)

        own.append({name: network[name] for name in names})
        fishers.append(fisher(scored(outputs, own[-1], x)))
    expected = fisher_average(own, fishers)
    assert ours.keys() == base.keys()
    for name, value in ours.items():
        right = expected.get(name, base[name])
        torch.testing.assert_close(value, right, rtol=1e-3, atol=1e-5)
