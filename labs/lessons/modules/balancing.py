"""The exercise `balance_loss`: a pull towards using all modules equally often."""

import numpy as np
import torch
from torch.nn import functional

from labs.course.compare import SINGLE, expect_close, expect_number, unchanged
from labs.course.plan import Answer, Check, Exercise, MismatchError, expect

Tensor = torch.Tensor
NOT_CHOSEN = "is f(m) 0, not left out, for a module that no example chooses"


def _probabilities(seed: int) -> Tensor:
    rng = np.random.default_rng(seed)
    return torch.from_numpy(rng.dirichlet([2.0, 1.0, 1.0, 0.5, 0.5], size=29))


def _oracle(p: Tensor) -> float:
    values = p.numpy()
    shares = np.bincount(values.argmax(axis=1), minlength=values.shape[1]) / len(values)
    return float(values.shape[1] * (shares * values.mean(axis=0)).sum())


def _value(answer: Answer, seed: int) -> None:
    p = _probabilities(seed)
    mistakes = {
        "is the sum multiplied by the number of modules": _not_scaled(p),
        "is f the share of first choices, not the mean probability once more": _soft_counts(p),
        "is f a share of the examples and P a mean, neither a count nor a sum": _sums(p),
    }
    with unchanged(p=p):
        got = answer(p)
    expect_close(expect_number(got), _oracle(p), relative=SINGLE, mistakes=mistakes)


def _unchosen(answer: Answer, seed: int) -> None:
    p = _probabilities(seed)
    p[:, -1] = 0.1 * p.amax(dim=1)
    several = p / p.sum(dim=1, keepdim=True)
    p[:, 0] += 1
    first = p / p.sum(dim=1, keepdim=True)
    for name, p in {"the last module": several, "any but the first": first}.items():
        what = f"{name} never chosen"
        mistakes = {NOT_CHOSEN: 5}
        got = expect_number(_with_all_shares(answer, p), what)
        expect_close(got, _oracle(p), what, relative=SINGLE, mistakes=mistakes)


def _with_all_shares(answer: Answer, p: Tensor) -> Tensor:
    try:
        found: Tensor = answer(p)
    except (RuntimeError, ValueError) as error:  # torch's and numpy's, for lengths that differ
        if not any(word in str(error) for word in ("size", "shape")):
            raise
        raise MismatchError(f"the last module is never chosen: {NOT_CHOSEN}?") from None
    return found


def _ends(answer: Answer, seed: int) -> None:
    R = 3 + seed % 4
    spread = torch.eye(R).roll(1, 0).double() * 0.5 + 0.5 / R
    expect_close(expect_number(answer(spread)), 1, "all modules chosen alike", relative=SINGLE)
    single = torch.eye(R)[torch.zeros(7, dtype=torch.long)].double()
    expect_close(expect_number(answer(single)), R, f"one of {R} modules alone", relative=SINGLE)


def _gradient(answer: Answer, seed: int) -> None:
    p = _probabilities(seed).requires_grad_()
    loss = answer(p)
    trains = isinstance(loss, torch.Tensor) and loss.requires_grad
    expect(trains, "asked for a tensor that knows its gradient: was p detached?")
    loss.backward()
    shares = np.bincount(p.detach().numpy().argmax(axis=1), minlength=5) / 29
    want = np.broadcast_to(5 * shares / 29, (29, 5))
    expect(p.grad is not None, "no gradient reaches p: was it detached?")
    what = "gradient, which goes through the mean probability alone and not through the shares"
    expect_close(p.grad, want, what, relative=SINGLE)


def _chosen(p: Tensor) -> Tensor:
    return functional.one_hot(p.argmax(1), p.shape[1]).to(p)


def _not_scaled(p: Tensor) -> Tensor:
    return (_chosen(p).mean(0) * p.mean(0)).sum()


def _soft_counts(p: Tensor) -> Tensor:
    return p.shape[1] * p.mean(0).square().sum()


def _counts(p: Tensor) -> Tensor:
    return p.shape[1] * (_chosen(p).sum(0) * p.mean(0)).sum()


def _sums(p: Tensor) -> Tensor:
    return p.shape[1] * (_chosen(p).mean(0) * p.sum(0)).sum()


def _straight_through(p: Tensor) -> Tensor:
    chosen = _chosen(p) + p - p.detach()
    return p.shape[1] * (chosen.mean(0) * p.mean(0)).sum()


def _detached(p: Tensor) -> Tensor:
    return p.shape[1] * (_chosen(p).mean(0) * p.detach().mean(0)).sum()


def _only_chosen(p: Tensor) -> Tensor:
    shares = torch.bincount(p.argmax(1)) / len(p)
    return p.shape[1] * (shares * p.mean(0)).sum()


def _by_counting(p: Tensor) -> Tensor:
    shares = torch.bincount(p.argmax(1), minlength=p.shape[1]) / len(p)
    return p.shape[1] * (shares.to(p) @ p.mean(0))


def _by_loop(p: Tensor) -> Tensor:
    choices = p.argmax(1)
    parts = [(choices == m).double().mean() * p[:, m].mean() for m in range(p.shape[1])]
    return len(parts) * torch.stack(parts).sum()


BALANCE_LOSS = Exercise(
    name="balance_loss",
    signature="(p: torch.Tensor) -> torch.Tensor",
    minutes=7,
    checks=(
        Check(name="shares of choices times mean probabilities", run=_value),
        Check(name="a module that is never chosen", run=_unchosen),
        Check(name="1 where balanced, R where one module does all", run=_ends),
        Check(name="gradient through the probabilities alone", run=_gradient),
    ),
    right={"counting": _by_counting, "loop": _by_loop},
    wrong={
        "not scaled": (_not_scaled, "number of modules"),
        "probabilities twice": (_soft_counts, "once more"),
        "counts": (_counts, "neither a count"),
        "sums": (_sums, "nor a sum"),
        "gradient through choices": (_straight_through, "not through the shares"),
        "modules never chosen left out": (_only_chosen, NOT_CHOSEN),
        "detached": (_detached, "detached"),
    },
)
