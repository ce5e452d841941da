"""The toy lesson's exercises."""

import numpy as np

from labs.course.plan import Answer, Check, Exercise, expect


def _value(answer: Answer, seed: int) -> None:
    x = np.random.default_rng(seed).normal(size=17)
    expect(abs(answer(x) - np.average(x)) < 1e-12, "the mean is the sum divided by the number")


def _one(answer: Answer, seed: int) -> None:
    expect(answer(np.array([7.0])) == 7.0, "the mean of one number is the number")


def _difference(answer: Answer, seed: int) -> None:
    expect(answer(3.0, 1.0) == 2.0, "the first minus the second")


EXERCISES = (
    Exercise(
        name="mean",
        signature="(x: np.ndarray) -> float",
        minutes=5,
        checks=(Check(name="value", run=_value), Check(name="one number", run=_one, points=2)),
        wrong={
            "sum": (lambda x: float(np.sum(x)), "divided by the number"),
            "degrees of freedom": (lambda x: x.sum() / max(len(x) - 1, 2), "of one number"),
        },
    ),
    Exercise(
        name="gap",
        signature="(a: float, b: float) -> float",
        minutes=3,
        checks=(Check(name="sign", run=_difference),),
        wrong={"turned": (lambda a, b: b - a, "the first minus")},
    ),
)
