"""The fast stream draws from the law of the exact stream: tested as a distribution, fixed seeds."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from scipy import stats
from sklearn.neighbors import KNeighborsClassifier

from mnist1d import Data, Recipe, draw, generate, moments
from mnist1d.exact import LegacyStream
from mnist1d.fast import ModernStream
from mnist1d.pipeline import pipeline
from mnist1d.templates import checked_templates

N = 20_000
SILENT = {"x": np.full((1, 2), -1e-8), "t": np.arange(2), "y": np.arange(1)}  # padding only
CURVES = {"x": np.array([[0, 1, 2, 1, 0], [1, 0, -1, 0, 0.5]]), "t": np.arange(5), "y": [4, 9]}
LAWS: dict[str, tuple[Recipe, Any]] = {
    "published": (Recipe(), None),
    "other": (
        Recipe(
            padding=(0, 30),
            scale_coeff=1.5,
            max_translation=60,  # beyond the canvas of 42: those shifts leave the signal in place
            corr_noise_scale=0.5,
            iid_noise_scale=0.1,
            shear_scale=2,
            final_seq_length=17,
        ),
        CURVES,
    ),
}


@pytest.fixture(scope="module")
def both() -> tuple[Data, Data]:
    exact = generate(Recipe(n_train=N, seed=1), stream="exact")
    return exact, generate(Recipe(n_train=N, seed=2), stream="fast")


def family_wise(pvalues: list[float], level: float = 0.01) -> bool:
    """Whether none of the tests rejects, at `level` for all of them together."""
    return min(pvalues) > level / len(pvalues)


def test_types_and_shapes(both: tuple[Data, Data]) -> None:
    _, fast = both
    assert fast.x.dtype == fast.t.dtype == np.float32
    assert fast.y.dtype == np.int64
    assert fast.x.shape == (N, 40)
    assert fast.x.mean() == pytest.approx(0, abs=1e-4)
    assert fast.x.std() == pytest.approx(1, abs=1e-4)
    assert np.bincount(fast.y).tolist() == [N // 10] * 10


def test_it_depends_on_recipe_and_seed_only() -> None:
    first, again, other = (
        generate(Recipe(num_samples=5000, seed=seed), stream="fast") for seed in (3, 3, 4)
    )
    assert first.x.tobytes() == again.x.tobytes()
    assert first.y.tobytes() == again.y.tobytes()
    assert not np.allclose(first.x, other.x)


def test_labels_come_in_random_order(both: tuple[Data, Data]) -> None:
    _, fast = both
    lag = np.corrcoef(fast.y[:-1], fast.y[1:])[0, 1]
    assert abs(lag) < 4 / math.sqrt(N)


@pytest.mark.parametrize("stream", [LegacyStream, ModernStream])
def test_pads_and_shifts_are_uniform(stream: Callable[[int], Any]) -> None:
    draws = stream(0).draws(Recipe(), N)
    for values, number in ((draws.pad, 25), (draws.shift, 48)):
        assert values.min() == 0
        assert values.max() == number - 1
        assert stats.chisquare(np.bincount(values, minlength=number)).pvalue > 0.001


@pytest.mark.parametrize("stream", [LegacyStream, ModernStream])
def test_other_draws_have_their_laws(stream: Callable[[int], Any]) -> None:
    draws = stream(1).draws(Recipe(), 2000)
    for uniform in (draws.height, draws.slope):
        assert stats.kstest(uniform, "uniform").pvalue > 0.001
    for noise in (draws.smooth, draws.white):
        assert noise.shape == (2000, 72)
        assert stats.kstest(noise.ravel(), "norm").pvalue > 0.001
        assert stats.kstest((noise.ravel() ** 2), "chi2", args=(1,)).pvalue > 0.001
    assert abs(np.corrcoef(draws.smooth.ravel(), draws.white.ravel())[0, 1]) < 0.01
    assert abs(np.corrcoef(draws.smooth.ravel() ** 2, draws.white.ravel() ** 2)[0, 1]) < 0.01


def test_class_means_and_variances(both: tuple[Data, Data]) -> None:
    exact, fast = both
    means, spreads = [], []
    for digit in range(10):
        one, two = (data.x[data.y == digit].astype(np.float64) for data in both)
        means += stats.ttest_ind(one, two, equal_var=False).pvalue.tolist()
        squares = [(x - x.mean(axis=0)) ** 2 for x in (one, two)]
        spreads += stats.ttest_ind(*squares, equal_var=False).pvalue.tolist()
    assert family_wise(means)
    assert family_wise(spreads)
    np.testing.assert_allclose(exact.t, fast.t, rtol=0.01)


def test_projections_have_equal_distributions(both: tuple[Data, Data]) -> None:
    directions = np.random.default_rng(0).normal(size=(40, 12))
    pvalues = []
    for digit in range(10):
        one, two = (data.x[data.y == digit] @ directions for data in both)
        pvalues += [
            stats.ks_2samp(a, b, method="asymp").pvalue for a, b in zip(one.T, two.T, strict=True)
        ]
    assert family_wise(pvalues)


@pytest.mark.parametrize("stream", ["exact", "fast"])
def test_autocorrelation_of_the_noise(stream: str) -> None:
    recipe = Recipe(n_train=N, iid_noise_scale=0, shear_scale=0, final_seq_length=72)
    x = generate(recipe, templates=SILENT, stream=stream).x[:, 10:-10].astype(np.float64)
    # Noise smoothed with a Gaussian of s points is correlated as exp(-lag**2 / (4 s**2)).
    for lag in (1, 2, 3, 4, 6, 8):
        measured = np.mean(x[:, lag:] * x[:, :-lag]) / np.mean(x**2)
        assert measured == pytest.approx(math.exp(-(lag**2) / 16), abs=0.01)


@pytest.mark.parametrize("law", LAWS)
def test_moments_of_the_law(law: str) -> None:
    recipe, templates = LAWS[law]
    mean, sd = moments(recipe, templates)
    x, y = draw(recipe, 5 * N, np.random.default_rng(0), templates)
    signals = x.mean(axis=1, dtype=np.float64)
    assert abs(signals.mean() - mean) < 4 * signals.std() / math.sqrt(5 * N)
    squares = ((x.astype(np.float64) - mean) ** 2).mean(axis=1)
    assert abs(squares.mean() - sd**2) < 4 * squares.std() / math.sqrt(5 * N)
    counts = np.unique(y, return_counts=True)[1]
    assert stats.chisquare(counts).pvalue > 0.001


@pytest.mark.parametrize("law", LAWS)
def test_moments_standardise_the_exact_stream(law: str) -> None:
    recipe, templates = LAWS[law]
    mean, sd = moments(recipe, templates)
    digits = checked_templates(templates)["x"]
    line = pipeline(recipe, digits, np.float64)
    x, _ = LegacyStream(5).samples(line, np.arange(N) % len(digits))
    assert x.mean() == pytest.approx(mean, abs=4 * x.mean(axis=1).std() / math.sqrt(N))
    assert x.std() == pytest.approx(sd, rel=0.02)


def test_a_classifier_scores_the_same_on_both_streams() -> None:
    sets = [
        generate(Recipe(n_train=3000, n_test=3000, seed=11), stream=stream)
        for stream in ("exact", "fast")
    ]
    scores = {
        (i, j): KNeighborsClassifier(10).fit(train.x, train.y).score(test.x_test, test.y_test)
        for i, train in enumerate(sets)
        for j, test in enumerate(sets)
    }
    assert min(scores.values()) > 0.5
    assert max(scores.values()) - min(scores.values()) < 4 * math.sqrt(2 * 0.25 / 3000)


def test_bad_arguments_are_refused() -> None:
    rng = np.random.default_rng(0)
    with pytest.raises(ValueError, match="n must be"):
        draw(Recipe(), -1, rng)
    with pytest.raises(TypeError, match="rng must be a numpy Generator"):
        draw(Recipe(), 1, 0)  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="recipe must be a Recipe"):
        draw({}, 1, rng)  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="recipe must be a Recipe"):
        moments(None)  # type: ignore[arg-type]
