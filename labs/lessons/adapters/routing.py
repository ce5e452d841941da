"""What is asked of a hard router, and what students get wrong."""

from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor

from labs.course.compare import SINGLE, expect_array, expect_close, unchanged
from labs.course.plan import Answer, Check, Exercise, expect

N, R, D = 7, 3, 5  # examples, modules, what a module computes


def _routed(seed: int) -> tuple[Tensor, Tensor]:
    draw = torch.Generator().manual_seed(seed)
    logits = torch.stack([torch.randperm(R, generator=draw) for _ in range(N)]).float()
    logits[0] -= 9.0  # all far below zero
    logits += 0.2 * torch.rand(N, R, generator=draw)
    return logits, torch.randn(N, R, D, generator=draw)


def _one_by_one(logits: Tensor, H: Tensor) -> Tensor:
    rows = []
    for own, computed in zip(logits, H, strict=True):
        best = int(own.argmax())
        rows.append((own[best] - own.logsumexp(0)).exp() * computed[best])
    return torch.stack(rows)


def _value(answer: Answer, seed: int) -> None:
    logits, H = _routed(seed)
    best = F.one_hot(logits.argmax(1), R).to(H.dtype)
    alone = torch.einsum("nr,nrd->nd", best, H)
    top = logits.amax(dim=1, keepdim=True)
    mistakes = {
        "is the probability missing, or from a softmax taken after the choice": alone,
        "were all modules mixed": torch.einsum("nr,nrd->nd", logits.softmax(1), H),
        "was the logit used in place of its probability": top * alone,
        "was the softmax taken over the examples": (logits.softmax(0) * best).sum(1)[:, None]
        * alone,
        "was a sigmoid taken": top.sigmoid() * alone,
        "was the module with the smallest logit taken": _one_by_one(-logits, H),
    }
    with unchanged(logits=logits, H=H):
        got = answer(logits, H)
    what = f"{N} examples, {R} modules"
    expect_close(got, _one_by_one(logits, H), what, relative=SINGLE, mistakes=mistakes)


def _shape(answer: Answer, seed: int) -> None:
    logits, H = _routed(seed)
    for n in (1, 2, N):
        expect_array(answer(logits[:n], H[:n]), f"{n} examples", shape=(n, D))


def _learns(answer: Answer, seed: int) -> None:
    logits, H = (part.requires_grad_() for part in _routed(seed))
    out = answer(logits, H)
    asked = "asked for a result in torch that can be differentiated"
    expect(isinstance(out, Tensor) and out.requires_grad, asked)
    expect_array(out, "the result", shape=(N, D))
    factor = torch.arange(1.0, D + 1)
    found, in_H = torch.autograd.grad((out * factor).sum(), (logits, H), allow_unused=True)
    own, own_H = torch.autograd.grad((_one_by_one(logits, H) * factor).sum(), (logits, H))
    expect(
        found is not None and found.abs().max() > SINGLE * own.abs().max(),
        "asked for a gradient in the logits, got none: the router cannot learn; the softmax of one "
        "chosen number is always 1, and a choice alone has no gradient",
    )
    expect_close(found, own, "the gradient in the logits", relative=SINGLE)
    expect(in_H is not None, "asked for a gradient in H, got none: modules could not learn")
    expect_close(in_H, own_H, "the gradient in H", relative=SINGLE)


def _gathered(logits: Any, H: Any) -> Any:
    weight, best = logits.softmax(-1).max(dim=-1)
    picked = H.gather(1, best[:, None, None].expand(-1, 1, H.shape[2]))[:, 0]
    return weight[:, None] * picked


def _masked(logits: Any, H: Any) -> Any:
    p = logits.softmax(1)
    mask = F.one_hot(logits.argmax(1), logits.shape[1])
    return ((p * mask)[..., None] * H).sum(1)


def _picked(logits: Any, H: Any) -> Any:
    return H[torch.arange(len(H)), logits.argmax(1)]


def _top(logits: Any) -> Any:
    return logits.max(dim=1, keepdim=True).values


def _first_for_all(logits: Any, H: Any) -> Any:
    best = logits.sum(0).argmax()
    return logits.softmax(1)[:, best, None] * H[:, best]


ROUTE = Exercise(
    name="top1_route",
    signature="(logits: torch.Tensor, H: torch.Tensor) -> torch.Tensor",
    minutes=8,
    checks=(
        Check(name="the chosen module times its probability", run=_value),
        Check(name="one row for each example", run=_shape),
        Check(name="the router can learn", run=_learns),
    ),
    right={"gathered": _gathered, "masked": _masked, "one by one": _one_by_one},
    wrong={
        "softmax after the choice": (
            lambda logits, H: _top(logits).softmax(1) * _picked(logits, H),
            "the softmax of one chosen number is always 1",
        ),
        "choice alone": (_picked, "is the probability missing"),
        "all mixed": (
            lambda logits, H: (logits.softmax(1)[..., None] * H).sum(1),
            "were all modules mixed",
        ),
        "logit as weight": (
            lambda logits, H: _top(logits) * _picked(logits, H),
            "in place of its probability",
        ),
        "softmax over examples": (
            lambda logits, H: (
                (logits.softmax(0).gather(1, logits.argmax(1, True))) * _picked(logits, H)
            ),
            "over the examples",
        ),
        "sigmoid": (
            lambda logits, H: _top(logits).sigmoid() * _picked(logits, H),
            "was a sigmoid taken",
        ),
        "smallest": (lambda logits, H: _gathered(-logits, H), "smallest logit"),
        "one module for all": (_first_for_all, f"{N} examples, {R} modules"),
        "all rows kept": (
            lambda logits, H: logits.softmax(1)[..., None] * H,
            f"asked for shape ({N}, {D})",
        ),
        "probability detached": (
            lambda logits, H: logits.softmax(1).amax(1, True).detach() * _picked(logits, H),
            "the router cannot learn",
        ),
        "modules detached": (
            lambda logits, H: _gathered(logits, H.detach()),
            "modules could not learn",
        ),
    },
)
