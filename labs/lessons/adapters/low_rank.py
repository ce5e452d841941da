"""What is asked of LoRA, merged and summed, and what students get wrong."""

from typing import Any

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from labs.course.compare import SINGLE, expect_array, expect_close, expect_parts, unchanged
from labs.course.plan import Answer, Check, Exercise, expect

INPUTS, OUTPUTS = 7, 5  # of a weight
RANKS = (3, 1, 2)


def _module(seed: int, rank: int) -> tuple[Tensor, Tensor, Tensor, float]:
    """W (o, i), A (r, i), B (o, r) and an alpha that is neither r nor 1."""
    draw = torch.Generator().manual_seed(1000 * seed + rank)
    shapes = ((OUTPUTS, INPUTS), (rank, INPUTS), (OUTPUTS, rank))
    W, A, B = (torch.randn(shape, generator=draw) for shape in shapes)
    return W, A, B, 2.5 * rank + 0.5


def _same_layer(answer: Answer, seed: int) -> None:
    for rank in RANKS:
        W, A, B, alpha = _module(seed, rank)
        x = torch.randn(11, INPUTS, generator=torch.Generator().manual_seed(seed))
        plain, beside = F.linear(x, W), F.linear(F.linear(x, A), B)
        mistakes = {
            "was alpha forgotten": plain + beside / rank,
            "was alpha not divided by r": plain + alpha * beside,
            "was it multiplied by r": plain + alpha * rank * beside,
            "was there no factor at all": plain + beside,
            "is W missing": alpha / rank * beside,
            "was W multiplied, too": alpha / rank * (plain + beside),
        }
        what = f"the new weight of rank {rank}"
        merged = expect_array(answer(W, A, B, alpha), what, shape=(OUTPUTS, INPUTS))
        got = F.linear(x, torch.as_tensor(merged, dtype=x.dtype))
        what = f"rank {rank}, alpha {alpha}: what a layer with the new weight gives, which must be "
        what += "what W gives plus alpha / r times what A and then B give"
        expect_close(got, plain + alpha / rank * beside, what, relative=SINGLE, mistakes=mistakes)


def _starts_at_zero(answer: Answer, seed: int) -> None:
    W, A, B, alpha = _module(seed, 2)
    got = answer(W, A, torch.zeros_like(B), alpha)
    expect_close(got, W, "with B = 0 the weight, which must stay W", relative=SINGLE)


def _trains(answer: Answer, seed: int) -> None:
    W, A, B, alpha = _module(seed, 2)
    A, B = A.requires_grad_(), B.requires_grad_()
    out = answer(W, A, B, alpha)
    expect(
        isinstance(out, Tensor) and out.requires_grad,
        "the new weight cannot be differentiated: use torch alone, without detach or numpy",
    )
    factor = torch.arange(1.0, OUTPUTS * INPUTS + 1).view(OUTPUTS, INPUTS)
    expect_array(out, "the new weight", shape=(OUTPUTS, INPUTS))
    found = torch.autograd.grad((out * factor).sum(), (A, B), allow_unused=True)
    want = (alpha / 2 * B.T @ factor, alpha / 2 * factor @ A.T)
    for name, own, asked in zip("AB", found, want, strict=True):
        expect(own is not None, f"asked for a gradient in {name}, got none")
        expect_close(own, asked.detach(), f"the gradient in {name}", relative=SINGLE)


def _frozen(answer: Answer, seed: int) -> None:
    W, A, B, alpha = _module(seed, 2)
    with unchanged(W=W, A=A, B=B):
        answer(W, A, B, alpha)


def _in_place(W: Any, A: Any, B: Any, alpha: float) -> Any:
    W += alpha / len(A) * B @ A
    return W


MERGE = Exercise(
    name="lora_merge",
    signature="(W: torch.Tensor, A: torch.Tensor, B: torch.Tensor, alpha: float) -> torch.Tensor",
    minutes=7,
    checks=(
        Check(name="merged and beside it give the same", run=_same_layer),
        Check(name="B = 0 changes nothing", run=_starts_at_zero),
        Check(name="A and B can be trained", run=_trains),
        Check(name="W stays frozen", run=_frozen),
    ),
    right={
        "einsum": lambda W, A, B, a: W + torch.einsum("or,ri->oi", B, A) * (a / A.shape[0]),
        "rank by rank": lambda W, A, B, a: (
            W + sum(torch.outer(B[:, r], A[r]) for r in range(len(A))) * (a / len(A))
        ),
        "addmm": lambda W, A, B, a: torch.addmm(W, B, A, alpha=a / B.shape[1]),
    },
    wrong={
        "no factor": (lambda W, A, B, a: W + B @ A, "no factor at all"),
        "alpha alone": (lambda W, A, B, a: W + a * B @ A, "not divided by r"),
        "times the rank": (lambda W, A, B, a: W + a * len(A) * B @ A, "multiplied by r"),
        "alpha forgotten": (lambda W, A, B, a: W + B @ A / len(A), "alpha forgotten"),
        "divided by what is read": (
            lambda W, A, B, a: W + a / A.shape[1] * B @ A,
            "what a layer with the new weight gives",
        ),
        "without W": (lambda W, A, B, a: a / len(A) * B @ A, "is W missing"),
        "W times, too": (lambda W, A, B, a: a / len(A) * (W + B @ A), "multiplied, too"),
        "transposed": (lambda W, A, B, a: (W + a / len(A) * B @ A).T, "transposed"),
        "detached": (
            lambda W, A, B, a: W + a / len(A) * (B @ A).detach(),
            "cannot be differentiated",
        ),
        "A frozen": (lambda W, A, B, a: W + a / len(A) * B @ A.detach(), "a gradient in A"),
        "in place": (_in_place, "work on a copy"),
    },
)

# --- lora_sum


def _pair(seed: int, r1: int, r2: int) -> tuple[Tensor, ...]:
    draw = torch.Generator().manual_seed(100 * seed + 10 * r1 + r2)
    shapes = ((r1, INPUTS), (OUTPUTS, r1), (r2, INPUTS), (OUTPUTS, r2))
    return tuple(torch.randn(s, generator=draw) for s in shapes)


def _parts(answer: Answer, four: tuple[Tensor, ...]) -> tuple[np.ndarray, np.ndarray]:
    A, B = expect_parts(answer(*four), ("A", "B"))
    A, B = expect_array(A, "A"), expect_array(B, "B")
    fits = A.ndim == B.ndim == 2 and len(A) == B.shape[1]
    fits = fits and A.shape[1] == INPUTS and len(B) == OUTPUTS
    expect(
        fits,
        f"asked for A (r, {INPUTS}) and B ({OUTPUTS}, r) of one r, got {A.shape} and {B.shape}: "
        "are they in this order, and joined along the axis of r?",
    )
    return A, B


def _exact(answer: Answer, seed: int) -> None:
    four = A1, B1, A2, B2 = _pair(seed, 2, 2)
    A, B = _parts(answer, four)
    want = B1 @ A1 + B2 @ A2
    mistakes = {
        "were the factors added, which brings products that nobody wanted": (B1 + B2) @ (A1 + A2),
        "was the mean of the factors taken": (B1 + B2) @ (A1 + A2) / 4,
        "is that the mean of the two changes": want / 2,
        "do A and B come in different orders": B2 @ A1 + B1 @ A2,
        "is that one module alone": B1 @ A1,
        "is that twice the sum": 2 * want,
        "is that the difference": B1 @ A1 - B2 @ A2,
    }
    expect_close(B @ A, want, "the product B A, ranks 2 and 2", relative=SINGLE, mistakes=mistakes)


def _other_ranks(answer: Answer, seed: int) -> None:
    for r1, r2 in ((1, 3), (3, 2)):
        four = A1, B1, A2, B2 = _pair(seed, r1, r2)
        A, B = _parts(answer, four)
        what = f"the product B A, ranks {r1} and {r2}"
        expect_close(B @ A, B1 @ A1 + B2 @ A2, what, relative=SINGLE)


def _ranks_add(answer: Answer, seed: int) -> None:
    A, _ = _parts(answer, _pair(seed, 2, 2))
    hint = "the full matrix is exact, but no longer small" if len(A) > 4 else "ranks add up"
    expect(len(A) == 4, f"ranks 2 and 2: asked for rank 4, got {len(A)}: {hint}")


def _factored(A1: Tensor, B1: Tensor, A2: Tensor, B2: Tensor) -> tuple[Tensor, Tensor]:
    u, s, v = torch.linalg.svd((B1 @ A1 + B2 @ A2).double(), full_matrices=False)
    rank = len(A1) + len(A2)
    short = max(0, rank - len(s))
    A, B = v[:rank], (u * s)[:, :rank]
    return F.pad(A, (0, 0, 0, short)), F.pad(B, (0, short))


def _averaged(A1: Any, B1: Any, A2: Any, B2: Any) -> Any:
    return (A1 + A2) / 2, (B1 + B2) / 2


def _halved(A1: Any, B1: Any, A2: Any, B2: Any) -> Any:
    return torch.cat([A1, A2]), torch.cat([B1, B2], 1) / 2


def _full(A1: Any, B1: Any, A2: Any, B2: Any) -> Any:
    return B1 @ A1 + B2 @ A2, torch.eye(len(B1))


SUM = Exercise(
    name="lora_sum",
    signature="(A1: torch.Tensor, B1: torch.Tensor, A2: torch.Tensor, B2: torch.Tensor)"
    " -> tuple[torch.Tensor, torch.Tensor]",
    minutes=7,
    checks=(
        Check(name="the sum of both changes", run=_exact),
        Check(name="of other ranks, too", run=_other_ranks),
        Check(name="ranks add up", run=_ranks_add),
    ),
    right={
        "numpy": lambda A1, B1, A2, B2: (np.vstack([A1, A2]), np.hstack([B1, B2])),
        "second first": lambda A1, B1, A2, B2: (torch.cat([A2, A1]), torch.cat([B2, B1], 1)),
        "factored anew": _factored,
    },
    wrong={
        "factors averaged": (_averaged, "mean of the factors"),
        "factors added": (lambda A1, B1, A2, B2: (A1 + A2, B1 + B2), "were the factors added"),
        "changes averaged": (_halved, "mean of the two changes"),
        "orders differ": (
            lambda A1, B1, A2, B2: (torch.cat([A1, A2]), torch.cat([B2, B1], 1)),
            "different orders",
        ),
        "wrong axis": (
            lambda A1, B1, A2, B2: (torch.cat([A1, A2], 1), torch.cat([B1, B2])),
            "along the axis of r",
        ),
        "B first": (
            lambda A1, B1, A2, B2: (torch.cat([B1, B2], 1), torch.cat([A1, A2])),
            "are they in this order",
        ),
        "one alone": (lambda A1, B1, A2, B2: (A1, B1), "one module alone"),
        "full matrix": (_full, "no longer small"),
        "product alone": (lambda A1, B1, A2, B2: B1 @ A1 + B2 @ A2, "asked for 2 values"),
    },
)
