"""The exercise `info_nce`: each first view finds its partner among all second views."""

import numpy as np
import torch
from scipy import special
from torch.nn import functional

from labs.course.compare import SINGLE, expect_array, expect_close, expect_number, unchanged
from labs.course.plan import Answer, Check, Exercise, expect

Tensor = torch.Tensor
COLD = 0.002  # a temperature


def _views(seed: int, dtype: torch.dtype = torch.float64) -> tuple[Tensor, Tensor]:
    rng = np.random.default_rng(seed)
    lengths = rng.uniform(0.5, 4, size=(2, 5, 1))
    a, b = torch.tensor(lengths * rng.normal(size=(2, 5, 7)), dtype=dtype)
    return a, b


def _loss(a: Tensor, b: Tensor, temperature: float) -> float:
    a, b = (t.double().numpy() / np.linalg.norm(t.double(), axis=1, keepdims=True) for t in (a, b))
    logits = a @ b.T / temperature
    return float((special.logsumexp(logits, axis=1) - np.diag(logits)).mean())


def _value(answer: Answer, seed: int) -> None:
    a, b = _views(seed)
    mistakes = {
        "are the rows brought to length 1": _not_normalised(a, b, 0.5),
        "does the sum in the denominator hold the right one, too": _positive_left_out(a, b, 0.5),
        "should each row of a look among the rows of b, not the reverse": _reversed(a, b, 0.5),
        "is softmax taken twice, by yourself and in cross_entropy": _twice(a, b, 0.5),
        "is it the mean over the examples, not the sum": _summed(a, b, 0.5),
        "is the sign right": -_loss(a, b, 0.5),
        "are only the rows of b among the candidates": _all_views(a, b, 0.5),
    }
    with unchanged(a=a, b=b):
        got = answer(a, b, 0.5)
    expect_close(expect_number(got), _loss(a, b, 0.5), relative=SINGLE, mistakes=mistakes)


def _temperature(answer: Answer, seed: int) -> None:
    a, b = _views(seed)
    for temperature in (0.2, 1.7):
        mistakes = {
            "was it multiplied, not divided": _loss(a, b, 1 / temperature),
            "is it used at all": _loss(a, b, 1.0),
        }
        got = expect_number(answer(a, b, temperature))
        want = _loss(a, b, temperature)
        what = f"at temperature {temperature}"
        expect_close(got, want, what, relative=SINGLE, mistakes=mistakes)


def _lengths(answer: Answer, seed: int) -> None:
    a, b = _views(seed)
    stretched = a * torch.arange(1.0, 6.0).view(-1, 1)
    got = expect_number(answer(stretched, b, 0.5))
    before = expect_number(answer(a, b, 0.5))
    told = f"asked for {before:.4g}, the same as before the rows were stretched, got {got:.4g}"
    expect(abs(got - before) < SINGLE * (1 + abs(before)), f"{told}: a cosine has no length")


def _cold(answer: Answer, seed: int) -> None:
    a, b = _views(seed, torch.float32)
    number = float(expect_array(answer(a, b, COLD), shape=()))
    told = f"at temperature {COLD}, where exp(cosine / {COLD}) is too large, got {number:.4g}"
    expect(np.isfinite(number), f"{told}: take log and sum together, as logsumexp does")
    expect_close(number, _loss(a, b, COLD), f"at temperature {COLD}", relative=1e-3)


def _gradients(answer: Answer, seed: int) -> None:
    views = [v.requires_grad_() for v in _views(seed)]
    loss = answer(*views, 0.5)
    trains = isinstance(loss, torch.Tensor) and loss.requires_grad
    expect(trains, "asked for a tensor that knows its gradient: stay within torch to the end")
    loss.backward()
    for at, name in enumerate("ab"):
        grad = views[at].grad
        expect(grad is not None, f"no gradient reaches {name}: was it detached?")
        ways = torch.from_numpy(np.random.default_rng(seed).normal(size=(3, 5, 7)))
        got = [float((grad * way).sum()) for way in ways]
        what = f"slopes of the loss along three directions of {name}"
        expect_close(got, [_slope(views, at, way) for way in ways], what, relative=SINGLE)


@torch.no_grad()
def _slope(views: list[Tensor], at: int, way: Tensor, h: float = 1e-5) -> float:
    ends = []
    for sign in (1, -1):
        moved = list(views)
        moved[at] = views[at] + sign * h * way
        ends.append(_loss(moved[0], moved[1], 0.5))
    return (ends[0] - ends[1]) / (2 * h)


def _cosines(a: Tensor, b: Tensor) -> Tensor:
    return functional.normalize(a, dim=1) @ functional.normalize(b, dim=1).T


def _of_logits(logits: Tensor) -> Tensor:
    return functional.cross_entropy(logits, torch.arange(len(logits)))


def _not_normalised(a: Tensor, b: Tensor, temperature: float) -> Tensor:
    return _of_logits(a @ b.T / temperature)


def _twice(a: Tensor, b: Tensor, temperature: float) -> Tensor:
    return _of_logits((_cosines(a, b) / temperature).softmax(1))


def _positive_left_out(a: Tensor, b: Tensor, temperature: float) -> Tensor:
    logits = _cosines(a, b) / temperature
    others = logits.masked_fill(torch.eye(len(a), dtype=torch.bool), -torch.inf)
    return (others.logsumexp(1) - logits.diagonal()).mean()


def _overflowing(a: Tensor, b: Tensor, temperature: float) -> Tensor:
    e = (_cosines(a, b) / temperature).exp()
    return -(e.diagonal() / e.sum(1)).log().mean()


def _multiplied(a: Tensor, b: Tensor, temperature: float) -> Tensor:
    return _of_logits(_cosines(a, b) * temperature)


def _ignored(a: Tensor, b: Tensor, temperature: float) -> Tensor:
    return _of_logits(_cosines(a, b))


def _reversed(a: Tensor, b: Tensor, temperature: float) -> Tensor:
    return _of_logits(_cosines(b, a) / temperature)


def _summed(a: Tensor, b: Tensor, temperature: float) -> Tensor:
    return len(a) * _of_logits(_cosines(a, b) / temperature)


def _all_views(a: Tensor, b: Tensor, temperature: float) -> Tensor:
    own = _cosines(a, a).masked_fill(torch.eye(len(a), dtype=torch.bool), -torch.inf)
    return _of_logits(torch.cat([_cosines(a, b), own], dim=1) / temperature)


def _ascending(a: Tensor, b: Tensor, temperature: float) -> Tensor:
    return -_of_logits(_cosines(a, b) / temperature)


def _one_sided(a: Tensor, b: Tensor, temperature: float) -> Tensor:
    return _of_logits(_cosines(a, b.detach()) / temperature)


def _numeric(a: Tensor, b: Tensor, temperature: float) -> float:
    return _of_logits(_cosines(a, b) / temperature).item()


def _by_logsumexp(a: Tensor, b: Tensor, temperature: float) -> Tensor:
    a, b = (t / t.norm(dim=1, keepdim=True) for t in (a, b))
    logits = a @ b.T / temperature
    return (logits.logsumexp(1) - logits.diagonal()).mean()


def _by_loop(a: Tensor, b: Tensor, temperature: float) -> Tensor:
    rows = [functional.cosine_similarity(row, b) / temperature for row in a]
    return -torch.stack([row.log_softmax(0)[i] for i, row in enumerate(rows)]).mean()


INFO_NCE = Exercise(
    name="info_nce",
    signature="(a: torch.Tensor, b: torch.Tensor, temperature: float) -> torch.Tensor",
    minutes=14,
    checks=(
        Check(name="how hard it is to find the right partner", run=_value),
        Check(name="the temperature divides", run=_temperature),
        Check(name="lengths do not matter", run=_lengths),
        Check(name="no overflow", run=_cold),
        Check(name="both views learn", run=_gradients),
    ),
    right={"logsumexp": _by_logsumexp, "loop": _by_loop},
    wrong={
        "not normalised": (_not_normalised, "brought to length 1"),
        "softmax twice": (_twice, "softmax taken twice"),
        "positive left out": (_positive_left_out, "denominator"),
        "overflow": (_overflowing, "logsumexp"),
        "temperature multiplies": (_multiplied, "multiplied, not divided"),
        "temperature ignored": (_ignored, "used at all"),
        "columns for rows": (_reversed, "not the reverse"),
        "sum": (_summed, "not the sum"),
        "negatives of both sides": (_all_views, "only the rows of b"),
        "sign": (_ascending, "sign"),
        "partner detached": (_one_sided, "detached"),
        "a plain number": (_numeric, "gradient"),
    },
)
