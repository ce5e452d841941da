"""Scores of predictions: 1 is perfect, 0 what an answer without an opinion gets; below that is
possible.

The scores of intervals and of choices are proper: who says what they believe has the best expected
score. An interval is scored as by Gneiting and Raftery (2007, equation 43), probabilities as by
Brier (1950), an order by Kendall's tau (1938).
"""

from collections.abc import Mapping, Sequence
from itertools import combinations
from typing import Any

from labs.course.answers import probabilities
from labs.course.plan import Question

MISS = 2 / 0.2  # cost of missing an 80 % interval, in units of the distance


def score(question: Question, answer: Any, truth: Any) -> float:
    """Return the score of an answer, as `labs.course.answers.checked` returns it.

    Args:
        question: with `range` or `options`.
        answer: to it.
        truth: a number, an option, or all options in order.
    """
    if question.kind == "interval":
        least, most = question.range or (0.0, 1.0)
        return 1 - interval_score(answer[0], answer[1], truth) / (most - least)
    if question.kind == "choice":
        uniform = 1 - 1 / len(question.options)  # the Brier score of equal probabilities
        return 1 - brier(probabilities(question, answer), truth) / uniform
    return kendall(answer, truth)


def interval_score(low: float, high: float, truth: float) -> float:
    """Return the width of an 80 % interval, and ten times the distance of the truth outside of it.

    >>> interval_score(10, 30, 25), interval_score(10, 30, 31)
    (20.0, 30.0)
    """
    return high - low + MISS * max(low - truth, truth - high, 0)


def brier(chances: Mapping[str, float], truth: str) -> float:
    """Return the sum of the squared distances of probabilities from 0, of what is true from 1.

    >>> brier({"yes": 0.5, "no": 0.5}, "yes")
    0.5
    """
    return sum((chance - (option == truth)) ** 2 for option, chance in chances.items())


def kendall(answer: Sequence[str], truth: Sequence[str]) -> float:
    """Return the share of pairs in the right order minus that of pairs in the wrong one.

    >>> kendall(["a", "c", "b"], ["a", "b", "c"])
    0.3333333333333333
    """
    places = {option: place for place, option in enumerate(answer)}
    signs = [1 if places[a] < places[b] else -1 for a, b in combinations(truth, 2)]
    return sum(signs) / len(signs)
