"""What is asked of a random turn and of a room, and what students get wrong."""

from typing import Any

import numpy as np
import torch
from scipy.stats import ortho_group

from labs.course.compare import (
    SINGLE,
    expect_array,
    expect_close,
    expect_law,
    expect_seeded,
    unchanged,
)
from labs.course.plan import Answer, Check, Exercise, expect

D = 17
SEEDS, BINS = 300, 6  # of the law of an entry


def haar(d: int, seed: int) -> np.ndarray:
    """A uniform orthonormal matrix (d, d), scipy's: the oracle of these checks."""
    drawn: np.ndarray = ortho_group.rvs(d, random_state=np.random.default_rng(seed))
    return drawn


def _orthonormal(answer: Answer, seed: int) -> None:
    turn = expect_array(answer(D, seed), f"the matrix for d = {D}", shape=(D, D)).astype(float)
    lengths = np.linalg.norm(turn, axis=0)
    worst = lengths[np.abs(lengths - 1).argmax()]
    expect(
        np.allclose(lengths, 1, atol=SINGLE),
        f"asked for columns of length 1, got one of length {worst:.4g}: normal numbers alone are "
        "not orthonormal",
    )
    angles = np.abs(turn.T @ turn - np.eye(D)).max()
    expect(
        angles < SINGLE,
        f"asked for columns at right angles, got two whose product is {angles:.4g}: dividing by "
        "their lengths is not enough",
    )


def _by_the_seed(answer: Answer, seed: int) -> None:
    expect_seeded(lambda own: answer(5, seed + own), "the matrix")


def _no_direction(answer: Answer, seed: int) -> None:
    turns = [expect_array(answer(3, SEEDS * seed + i), shape=(3, 3)) for i in range(SEEDS)]
    edges = np.linspace(-1, 1, BINS + 1)
    edges[[0, -1]] = -2, 2  # rounding
    for row, column in ((0, 0), (1, 1), (2, 0)):
        entries = np.array([turn[row, column] for turn in turns], dtype=float)
        counts, _ = np.histogram(entries, edges)
        expect(counts.sum() == SEEDS, "asked for entries from -1 to 1, got others")
        expect(
            not (entries < 0).all() and not (entries > 0).all(),
            f"entry [{row}, {column}] of {SEEDS} matrices (3, 3): asked for both signs, got one: "
            "was the sign of r's diagonal left out?",
        )
        expect_law(
            counts,
            f"entry [{row}, {column}] of {SEEDS} matrices (3, 3), which is as likely in each sixth "
            "of [-1, 1] where no direction is preferred",
        )


def _normal(d: int, seed: int) -> np.ndarray:
    return np.random.default_rng(seed).normal(size=(d, d))


def _by_torch(d: int, seed: int) -> torch.Tensor:
    generator = torch.Generator().manual_seed(seed)
    q, r = torch.linalg.qr(torch.randn(d, d, dtype=torch.float64, generator=generator))
    return q * r.diagonal().sign()


def _gram_schmidt(d: int, seed: int) -> np.ndarray:
    rows: list[np.ndarray] = []
    for row in _normal(d, seed):
        for other in rows:
            row = row - (row @ other) * other
        rows.append(row / np.linalg.norm(row))
    return np.array(rows)


def _polar(d: int, seed: int) -> np.ndarray:
    u, _, v = np.linalg.svd(_normal(d, seed))
    return u @ v


def _proper(d: int, seed: int) -> np.ndarray:
    turn = haar(d, seed)
    turn[:, 0] *= np.sign(np.linalg.det(turn))
    return turn


def _reflection(d: int, seed: int) -> np.ndarray:
    v = np.random.default_rng(seed).normal(size=d)
    return np.eye(d) - 2 * np.outer(v, v) / (v @ v)


def _one_plane(d: int, seed: int) -> np.ndarray:
    turn, angle = np.eye(d), np.random.default_rng(seed).uniform(0, 2 * np.pi)
    turn[:2, :2] = [[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]]
    return turn


def _unit_columns(d: int, seed: int) -> np.ndarray:
    drawn = _normal(d, seed)
    return drawn / np.linalg.norm(drawn, axis=0)


ROTATION = Exercise(
    name="random_rotation",
    signature="(d: int, seed: int) -> np.ndarray",
    minutes=9,
    checks=(
        Check(name="orthonormal", run=_orthonormal),
        Check(name="decided by the seed alone", run=_by_the_seed),
        Check(name="no direction is preferred", run=_no_direction),
    ),
    right={
        "torch": _by_torch,
        "Gram and Schmidt": _gram_schmidt,
        "polar": _polar,
        "scipy": haar,
        "without mirrors": _proper,
    },
    wrong={
        "normal numbers": (_normal, "normal numbers alone are not orthonormal"),
        "normal numbers over the root": (
            lambda d, s: _normal(d, s) / np.sqrt(d),
            "normal numbers alone are not orthonormal",
        ),
        "columns of length 1": (_unit_columns, "dividing by their lengths is not enough"),
        "signs of QR left in": (
            lambda d, s: np.linalg.qr(_normal(d, s))[0],
            "sign of r's diagonal left out",
        ),
        "uniform numbers": (
            lambda d, s: np.linalg.qr(np.random.default_rng(s).uniform(size=(d, d)))[0],
            "sign of r's diagonal left out",
        ),
        "permutation": (
            lambda d, s: np.eye(d)[np.random.default_rng(s).permutation(d)],
            "no direction is preferred",
        ),
        "in one plane": (_one_plane, "no direction is preferred"),
        "reflection": (_reflection, "no direction is preferred"),
        "seed not used": (lambda d, s: haar(d, 0), "with another seed"),
        "goes on with one generator": (
            lambda d, s, rng=np.random.default_rng(0): ortho_group.rvs(d, random_state=rng),  # noqa: B008
            "with the same seed",
        ),
    },
)

# --- transparent


def _turned(seed: int, d: int = D) -> tuple[np.ndarray, np.ndarray]:
    return haar(d, seed), np.random.default_rng(seed).normal(size=d)


def _halves(answer: Answer, seed: int) -> None:
    R, x = _turned(seed)
    mistakes = {
        "was the halving forgotten": x + R @ x,
        "was only the turned part halved": x + R @ x / 2,
        "was only the part that stays halved": x / 2 + R @ x,
        "was x turned back, by the transpose": (x + R.T @ x) / 2,
        "is what stays missing": R @ x,
        "is what stays missing, and halved": R @ x / 2,
        "was the sum divided by the root of 2": (x + R @ x) / np.sqrt(2),
    }
    expect_close(answer(R, x), (x + R @ x) / 2, "half and half", mistakes=mistakes)


def _nothing_turned(answer: Answer, seed: int) -> None:
    _, x = _turned(seed)
    what = "x where R turns nothing, which stays as it is"
    expect_close(answer(np.eye(D), x), x, what)


def _can_be_read(answer: Answer, seed: int) -> None:
    R, x = _turned(seed, 401)
    x /= np.linalg.norm(x)
    kept = float(expect_array(answer(R, x), "the room of 401 numbers", shape=x.shape) @ x)
    expect(
        abs(kept - 0.5) < 0.2,  # 8 standard deviations, 1 / (2 sqrt(401))
        f"product of x, length 1, and its room: asked for about 0.5, got {kept:.4g}: half of x "
        "must be left in place",
    )


def _inputs_stay(answer: Answer, seed: int) -> None:
    R, x = _turned(seed)
    with unchanged(R=R, x=x):
        answer(R, x)


def _in_place(R: Any, x: Any) -> Any:
    x += R @ x
    x /= 2
    return x


def _room_by_torch(R: Any, x: Any) -> torch.Tensor:
    R, x = torch.as_tensor(R), torch.as_tensor(x)
    return torch.lerp(x, R @ x, 0.5)


TRANSPARENT = Exercise(
    name="transparent",
    signature="(R: np.ndarray, x: np.ndarray) -> np.ndarray",
    minutes=5,
    checks=(
        Check(name="half of x and half of x turned", run=_halves),
        Check(name="where nothing is turned x stays", run=_nothing_turned),
        Check(name="half of x can be read", run=_can_be_read),
        Check(name="what was given stays as it is", run=_inputs_stay),
    ),
    right={
        "one matrix": lambda R, x: 0.5 * (np.eye(len(x)) + R) @ x,
        "rows": lambda R, x: [0.5 * (x[i] + R[i] @ x) for i in range(len(x))],
        "torch": _room_by_torch,
    },
    wrong={
        "not halved": (lambda R, x: x + R @ x, "halving forgotten"),
        "only the turned part halved": (lambda R, x: x + R @ x / 2, "only the turned part"),
        "only what stays halved": (lambda R, x: x / 2 + R @ x, "only the part that stays"),
        "turned back": (lambda R, x: (x + R.T @ x) / 2, "transpose"),
        "turned alone": (lambda R, x: R @ x, "is what stays missing"),
        "root of 2": (lambda R, x: (x + R @ x) / np.sqrt(2), "root of 2"),
        "number by number": (lambda R, x: (x + np.diag(R) * x) / 2, "half and half"),
        "half of the places": (
            lambda R, x: np.where(np.arange(len(x)) < len(x) // 2, x, R @ x),
            "half and half",
        ),
        "in place": (_in_place, "work on a copy"),
    },
)
