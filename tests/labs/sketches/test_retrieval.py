"""Retrieval and new concepts: the expected figures, and their bookkeeping."""

import numpy as np
import pytest
from scipy.stats import spearmanr

from labs.sketches.digits import Digits, unit
from labs.sketches.experiments.agreement import overlap, spearman, top
from labs.sketches.experiments.concepts import concepts, purity
from labs.sketches.experiments.retrieval import plane, retrieval


def test_retrieval_follows_shared_content():
    runs = [retrieval(d=512, replicate=r) for r in range(4)]
    mean = {name: np.mean([run[name] for run in runs]) for name in runs[0]}
    assert mean["spearman"] == pytest.approx(0.86, abs=0.02)
    assert mean["top"] == pytest.approx(2.05, abs=0.1)
    assert mean["oracle top"] == pytest.approx(2.2, abs=0.06)
    assert mean["random top"] == pytest.approx(0.74, abs=0.02)
    steps = np.diff([mean[f"overlap {j}"] for j in range(4)])
    assert mean["overlap 0"] == pytest.approx(0, abs=2e-4)
    np.testing.assert_allclose(steps, 0.0025, atol=6e-4)  # as good as linear


def test_a_replicate_is_its_own():
    assert retrieval(d=64, replicate=3) == retrieval(d=64, replicate=3)
    assert retrieval(d=64, replicate=3) != retrieval(d=64, replicate=4)


def test_spearman_is_scipys():
    a, b = np.random.default_rng(0).integers(5, size=(2, 6, 40))
    expected = [spearmanr(x, y).statistic for x, y in zip(a, b, strict=True)]
    np.testing.assert_allclose(spearman(a, b), expected)


def test_overlap_and_top():
    counts = np.random.default_rng(0).integers(4, size=(5, 10))
    np.testing.assert_array_equal(overlap(counts, counts).diagonal(), counts.sum(axis=1))
    assert top(np.array([[1, 3, 2]]), np.array([[7, 8, 9]]), 2) == 8.5


def test_plane():
    flat = plane(d=64, replicate=0, scenes=50)
    assert flat.points.shape == (50, 2)
    assert flat.labels.shape == (50, 3)
    np.testing.assert_allclose(flat.points.mean(axis=0), 0, atol=1e-12)
    assert 1 > flat.shares[0] >= flat.shares[1] > 0
    np.testing.assert_array_equal(flat.points, plane(d=64, replicate=0, scenes=50).points)


def test_concepts_alone_are_found_in_any_reading():
    found = concepts(d=256, replicate=0, scenes=200, noise=0.05)
    assert found.pop("chance") < 0.3
    assert found == pytest.approx({"raw": 1, "recovered": 1, "sketches": 1}, abs=0.1)


def test_in_company_concepts_are_found_where_the_module_is_read():
    small, large = (concepts(d=d, replicate=0, scenes=200, company=2) for d in (64, 2048))
    assert small["recovered"] < 0.6 < large["recovered"]
    assert large["sketches"] < 0.5


def test_concepts_of_a_network():
    rng = np.random.default_rng(0)
    labels = np.arange(100) % 10
    seen = Digits(labels, unit(np.eye(10)[labels] + 0.01 * rng.standard_normal((100, 10))))
    assert concepts(d=256, replicate=0, seen=seen)["recovered"] == 1


def test_purity():
    labels = np.random.default_rng(0).integers(10, size=200)
    assert purity(labels, labels) == purity((labels + 3) % 10, labels) == 1
    assert purity(np.zeros(200, int), labels) == np.bincount(labels).max() / 200


@pytest.mark.parametrize(
    ("act", "message"),
    [
        (lambda: retrieval(d=64, replicate=0, stored=5), "stored must be at least 10, got 5"),
        (lambda: retrieval(d=64, replicate=0, queries=0), "queries must be a whole number"),
        (lambda: retrieval(d=0, replicate=0), "d must be a whole number of at least 1, got 0"),
        (lambda: retrieval(d=64, replicate=-1), "replicate must be at least 0, got -1"),
        (lambda: concepts(d=64, replicate=0, scenes=9), "count must be at most the 9 stored"),
        (lambda: concepts(d=64, replicate=0, company=-1), "company must be at least 0, got -1"),
    ],
)
def test_refusals(act, message):
    with pytest.raises(ValueError, match=message):
        act()
