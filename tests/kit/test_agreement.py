"""Whether published numbers lie where ours do: by hand, and the prediction interval by chance."""

import numpy as np
import pytest

from labs.kit.agreement import Agreement, agreement, prediction, summary

FIVE = {str(k): float(k + 1) for k in range(5)}  # mean 3, deviation 1.5811, t of 4 is 2.7764
ENDS = {"low_95": 1.0368, "high_95": 4.9632}


def judged(published, values=FIVE, **others):
    return {"published": published, "estimate": 3.0, "values": values, **ENDS, **others}


@pytest.mark.parametrize(
    ("published", "mean", "run"),
    [
        (4.9, True, True),
        (5.0, False, True),
        (7.8, False, True),
        (7.82, False, False),
        (3, True, True),
    ],
)
def test_by_hand(published, mean, run):
    assert agreement(judged(published)) == Agreement(mean, run)


def test_the_prediction_interval_by_hand():
    # 2.7764 * 1.5811 * sqrt(1 + 1/5) = 4.8089
    assert prediction(list(FIVE.values())) == pytest.approx((-1.8089, 7.8089), abs=1e-4)


@pytest.mark.parametrize("published", [None, "2020: +7", True, float("nan")])
def test_what_is_no_number_is_not_compared(published):
    assert agreement(judged(published)) is None


def test_what_has_no_interval_is_not_compared():
    assert agreement(judged(4.0, estimate=None)) is None
    assert agreement(judged(4.0), share=True) is None
    assert agreement(judged(4.0, {"0": 1.0})) == Agreement(True, None)
    assert agreement(judged(4.0, {"0": 2.0, "1": 2.0})) == Agreement(True, None)
    old = {"published": 4.0, "estimate": 3.0, "low": 1.0, "high": 5.0}
    assert agreement(old) == Agreement(None, None)


def test_the_sentence_counts_each_over_those_that_have_it():
    found = [Agreement(True, True), Agreement(False, None), Agreement(None, None), None]
    assert summary(found).startswith("Of 3 claims with a published number, ")
    assert " in 1 of 2, and " in summary(found)
    assert summary(found).endswith(" in 1 of 1.")


def test_one_more_run_lies_in_the_prediction_interval_in_95_of_100():
    draws = np.random.default_rng(0).normal(70, 2, (4000, 9))
    ends = [prediction(list(row[:8])) for row in draws]
    covered = np.mean([low <= row[8] <= high for (low, high), row in zip(ends, draws, strict=True)])
    assert 0.94 < covered < 0.96  # its standard error is 0.0034
