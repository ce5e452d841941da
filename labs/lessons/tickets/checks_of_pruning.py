"""What is asked of pruning and rewinding, and the mistakes that are usual."""

from collections.abc import Callable, Iterable
from typing import Any

import numpy as np
import torch

from labs.course.compare import (
    expect_array,
    expect_close,
    unchanged,
)
from labs.course.plan import Answer, Check, Exercise, expect

SHAPE = (7, 11)


def expect_mask(got: Any, shape: tuple[int, ...], what: str) -> np.ndarray:
    """Return an answer that is a mask of a shape, as bool.

    Raises:
        MismatchError: another shape, or numbers other than 0 and 1.
    """
    array = expect_array(got, what, shape=shape)
    expect(np.isin(array, (0, 1)).all(), f"{what}: asked for True and False, got other numbers")
    return array.astype(bool)


def _weights(seed: int) -> np.ndarray:
    return np.random.default_rng(seed).normal(size=SHAPE)


def _two_thirds(seed: int, live: int = 60) -> np.ndarray:
    rng = np.random.default_rng([seed, 1])
    return rng.permutation(np.arange(SHAPE[0] * SHAPE[1]) < live).reshape(SHAPE)


# --- prune


def _smallest_go(answer: Answer, seed: int) -> None:
    w, whole = _weights(seed), np.ones(SHAPE, bool)
    new = expect_mask(answer(w, whole.copy(), 0.4), SHAPE, "the new mask")
    cut = whole.size - int(new.sum())
    expect(cut == 31, f"asked to cut 31 of 77 live weights (0.4), {cut} were cut")
    largest, smallest = np.abs(w[~new]).max(), np.abs(w[new]).min()
    expect(
        largest < smallest,
        f"a weight of size {largest:.4g} was cut while one of size {smallest:.4g} was kept: "
        "compare sizes, np.abs(w), and cut the small end",
    )


def _second_round(answer: Answer, seed: int) -> None:
    w, mask = _weights(seed), _two_thirds(seed)
    w[~mask] = 9.0  # weights that were cut earlier and are large
    w.flat[np.flatnonzero(~mask)[:10]] = 1e-9  # or small
    new = expect_mask(answer(w, mask.copy(), 0.4), SHAPE, "the new mask")
    back = int((new & ~mask).sum())
    expect(back == 0, f"{back} weights that were cut already are live again: rank the live ones")
    cut = int(mask.sum() - new.sum())
    why = "were weights ranked that are cut already" if cut < 24 else "0.4 of what"
    expect(cut == 24, f"asked to cut 24 of the 60 live weights (0.4), {cut} were cut: {why}?")
    largest, smallest = np.abs(w[mask & ~new]).max(), np.abs(w[new]).min()
    expect(largest < smallest, f"{largest:.4g} was cut while {smallest:.4g} was kept")


def _ends(answer: Answer, seed: int) -> None:
    w, mask = _weights(seed), _two_thirds(seed)
    for fraction, left in ((0.0, 60), (1.0, 0)):
        new = expect_mask(answer(w, mask.copy(), fraction), SHAPE, "the new mask")
        got = int(new.sum())
        expect(got == left, f"with fraction {fraction} asked for {left} live weights, got {got}")


def _prune_leaves(answer: Answer, seed: int) -> None:
    w, mask = _weights(seed), _two_thirds(seed)
    with unchanged(w=w, mask=mask):
        answer(w, mask, 0.4)


def _pruned(size: np.ndarray, mask: np.ndarray, cut: int) -> np.ndarray:
    new = np.array(mask)
    new.flat[np.argsort(size.ravel(), kind="stable")[:cut]] = False
    return new


def _of_live(fraction: float, mask: np.ndarray) -> int:
    return round(fraction * int(mask.sum()))


def _by_torch(w: np.ndarray, mask: np.ndarray, fraction: float) -> torch.Tensor:
    keep = int(mask.sum()) - _of_live(fraction, mask)
    size = torch.from_numpy(np.where(mask, np.abs(w), -1.0)).flatten()
    new = torch.zeros(size.shape, dtype=torch.bool)
    new[size.topk(keep).indices] = True
    return new.view(mask.shape)


def _by_threshold(w: np.ndarray, mask: np.ndarray, fraction: float) -> np.ndarray:
    ordered = np.sort(np.abs(w[mask]))
    bounds = np.append(ordered, np.inf)
    return mask & (np.abs(w) >= bounds[_of_live(fraction, mask)])


def _in_place(w: np.ndarray, mask: np.ndarray, fraction: float) -> np.ndarray:
    mask[:] = _by_threshold(w, mask, fraction)
    return mask


def _last_kept(w: np.ndarray, mask: np.ndarray, fraction: float) -> np.ndarray:
    live = np.flatnonzero(mask)
    order = live[np.argsort(np.abs(w).ravel()[live])]
    new = np.zeros(mask.size, bool)
    new[order[-(len(live) - _of_live(fraction, mask)) :]] = True
    return new.reshape(mask.shape)


PRUNE = Exercise(
    name="prune",
    signature="(w: np.ndarray, mask: np.ndarray, fraction: float) -> np.ndarray",
    minutes=12,
    checks=(
        Check(name="the smallest weights go", run=_smallest_go),
        Check(name="only live weights count in the second round", run=_second_round),
        Check(name="nothing to cut, everything to cut", run=_ends),
        Check(name="w and mask stay as they are", run=_prune_leaves),
    ),
    right={"torch's largest": _by_torch, "a threshold": _by_threshold},
    wrong={
        "signed values": (
            lambda w, m, f: _pruned(np.where(m, w, np.inf), m, _of_live(f, m)),
            "compare sizes, np.abs(w)",
        ),
        "keeps the small": (
            lambda w, m, f: _pruned(np.where(m, -np.abs(w), np.inf), m, _of_live(f, m)),
            "cut the small end",
        ),
        "share of all weights": (
            lambda w, m, f: _pruned(np.where(m, np.abs(w), np.inf), m, round(f * m.size)),
            "0.4 of what?",
        ),
        "forgets the mask": (
            lambda w, m, f: _pruned(np.abs(w), np.ones_like(m), _of_live(f, m)),
            "live again",
        ),
        "cuts the zeros again": (
            lambda w, m, f: _pruned(np.abs(w * m), m, round(f * m.size)),
            "were weights ranked",
        ),
        "ranks what was cut": (
            lambda w, m, f: _pruned(np.abs(w), m, _of_live(f, m)),
            "were weights ranked",
        ),
        "keeps a share": (
            lambda w, m, f: _by_threshold(w, m, 1 - f),
            "46 were cut",
        ),
        "the last none": (_last_kept, "asked for 0 live weights, got 60"),
        "quantile": (
            lambda w, m, f: m & (np.abs(w) > np.quantile(np.abs(w[m]), f)),
            "asked for 60 live weights, got 59",
        ),
        "in place": (_in_place, "mask: asked to stay"),
    },
)

# --- rewind

Values = dict[str, np.ndarray]


def _start(seed: int) -> tuple[Values, Values]:
    rng = np.random.default_rng(seed)
    first = {
        "first.weight": rng.normal(size=SHAPE),
        "first.bias": rng.normal(size=(1, 11)),
        "head.weight": rng.normal(size=(11, 3)),
        "head.bias": rng.normal(size=(1, 3)),
    }
    return first, {n: rng.random(v.shape) < 0.4 for n, v in first.items() if "weight" in n}


def _given(got: Any, names: Iterable[str]) -> dict[str, Any]:
    expect(isinstance(got, dict), f"asked for a dict of arrays, got {type(got).__name__}")
    lost = ", ".join(name for name in names if name not in got)
    expect(not lost, f"{lost} is lost: what has no mask keeps all its values")
    return dict(got)


def _masked_weights(answer: Answer, seed: int) -> None:
    first, masks = _start(seed)
    got = _given(answer(*_start(seed)), masks)
    for name, mask in masks.items():
        mistakes = {
            "the mask the wrong way round": first[name] * ~mask,
            "the mask itself, without values": mask,
            "nothing was cut": first[name],
        }
        expect_close(got[name], np.where(mask, first[name], 0), name, mistakes=mistakes)


def _biases_kept(answer: Answer, seed: int) -> None:
    first, masks = _start(seed)
    got = _given(answer(*_start(seed)), first)
    for name in first.keys() - masks.keys():
        expect_close(got[name], first[name], name, mistakes={"cut too": np.zeros_like(first[name])})


def _copies(answer: Answer, seed: int) -> None:
    first, masks = _start(seed)
    with unchanged(first=first, masks=masks):
        got = _given(answer(first, masks), ())
    shared = [n for n in sorted(got) if np.shares_memory(got[n], first.get(n, 0))]
    expect(
        not shared,
        f"{', '.join(shared)} of the result is the array of `first` itself: training would change "
        "your first values",
    )


def _rewound(first: Values, masks: Values, bias: Callable[[np.ndarray], np.ndarray]) -> Values:
    return {n: v * masks[n] if n in masks else bias(v) for n, v in first.items()}


def _rewound_in_place(first: Values, masks: Values) -> Values:
    for name, mask in masks.items():
        first[name] *= mask
    return {name: values.copy() for name, values in first.items()}


def _by_loop(first: Values, masks: Values) -> Values:
    got = {name: np.array(values) for name, values in first.items()}
    for name, mask in masks.items():
        got[name][~mask] = 0
    return got


REWIND = Exercise(
    name="rewind",
    signature="(first: dict[str, np.ndarray], masks: dict[str, np.ndarray]) "
    "-> dict[str, np.ndarray]",
    minutes=5,
    checks=(
        Check(name="weights: first values where live, else 0", run=_masked_weights),
        Check(name="biases keep all their values", run=_biases_kept),
        Check(name="copies, and the first values stay", run=_copies),
    ),
    right={"a loop": _by_loop, "where": lambda f, m: _rewound(f, m, np.copy)},
    wrong={
        "aliases": (lambda f, m: _rewound(f, m, lambda bias: bias), "is the array of `first`"),
        "in place": (_rewound_in_place, "first: asked to stay"),
        "biases lost": (lambda f, m: {n: f[n] * m[n] for n in m}, "first.bias, head.bias is lost"),
        "biases cut": (lambda f, m: _rewound(f, m, np.zeros_like), "cut too"),
        "the other weights": (
            lambda f, m: _rewound(f, {n: ~mask for n, mask in m.items()}, np.copy),
            "the mask the wrong way round",
        ),
        "masks only": (
            lambda f, m: _rewound({n: m.get(n, v) for n, v in f.items()}, m, np.copy),
            "the mask itself",
        ),
    },
)
