"""The logistic regression that asks what a representation holds."""

import numpy as np
import pytest

from labs.nn import probes


def test_the_fit_comes_near_its_optimum():
    rng = np.random.default_rng(0)
    x, y = rng.normal(size=(400, 30)), rng.integers(3, size=400)
    stopped = probes.logistic(len(x)).fit(x, y)
    exact = probes.logistic(len(x)).set_params(logisticregression__tol=1e-10).fit(x, y)
    differ = stopped[-1].coef_ - exact[-1].coef_
    assert np.abs(differ).max() < 1e-3 * np.abs(exact[-1].coef_).max()


def test_examples_are_counted():
    with pytest.raises(ValueError, match="examples must be a whole number of at least 1, got 0"):
        probes.logistic(0)


def test_the_unit_of_a_feature_does_not_matter():
    rng = np.random.default_rng(0)
    x, y = rng.normal(size=(400, 30)), rng.integers(3, size=400)
    units = 10.0 ** rng.integers(-3, 4, size=30)
    plain, scaled = (probes.logistic(len(x)).fit(z, y)[-1].coef_ for z in (x, x * units))
    np.testing.assert_allclose(scaled, plain, atol=1e-6)
