"""What is asked of the functions of the lesson on tickets, and the mistakes that are usual."""

import numpy as np

from labs.course.compare import expect_close, expect_law, expect_number, expect_seeded, unchanged
from labs.course.plan import Answer, Check, Exercise, expect
from labs.lessons.tickets.checks_of_pruning import PRUNE, REWIND, expect_mask
from labs.lottery.masks import expected_runs, runs


def _uneven(seed: int) -> np.ndarray:
    mask = np.zeros((5, 7), bool)  # 11 live: one full unit, one of 4, two of 1
    mask[:, 0] = mask[:4, 1] = mask[0, 2] = mask[4, 3] = True
    return np.random.default_rng(seed).permuted(mask, axis=1)


def _as_many(answer: Answer, seed: int) -> None:
    mask = _uneven(seed)
    for draw in range(5):
        got = expect_mask(
            answer(mask.copy(), np.random.default_rng([seed, draw])), (5, 7), "the mask"
        )
        live = int(got.sum())
        expect(live == mask.sum(), f"asked for {mask.sum()} live weights, got {live}")


def _any_place(answer: Answer, seed: int) -> None:
    mask, rng = _uneven(seed), np.random.default_rng([seed, 2])
    draws = [expect_mask(answer(mask.copy(), rng), (5, 7), "the mask") for _ in range(300)]
    for axis, what in ((0, "unit (column)"), (1, "input (row)")):
        counts = {tuple(sorted(got.sum(axis=axis).tolist())) for got in draws}
        expect(
            len(counts) > 1,
            f"in 300 draws the live weights per {what} were always {sorted(counts)[0]}: "
            "any place may be live",
        )
    expect_law(np.sum(draws, axis=0).ravel(), "how often each place was live in 300 draws")


def _from_rng(answer: Answer, seed: int) -> None:
    mask = np.random.default_rng(seed).random((13, 17)) < 0.3
    expect_seeded(lambda s: answer(mask.copy(), np.random.default_rng([seed, s])), "the mask")


def _random_leaves(answer: Answer, seed: int) -> None:
    mask = _uneven(seed)
    with unchanged(mask=mask):
        answer(mask, np.random.default_rng(seed))


def _chosen(mask: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    new = np.zeros(mask.size, bool)
    new[rng.choice(mask.size, size=int(mask.sum()), replace=False)] = True
    return new.reshape(mask.shape)


def _chosen_twice(mask: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    new = np.zeros(mask.size, bool)
    new[rng.integers(mask.size, size=int(mask.sum()))] = True
    return new.reshape(mask.shape)


def _elsewhere(mask: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    new = np.zeros(mask.size, bool)
    new[rng.permutation(np.flatnonzero(~mask))[: mask.sum()]] = True
    return new.reshape(mask.shape)


def _shuffled_in_place(mask: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    rng.shuffle(mask.reshape(-1))
    return mask


RANDOM = Exercise(
    name="random_mask_like",
    signature="(mask: np.ndarray, rng: np.random.Generator) -> np.ndarray",
    minutes=5,
    checks=(
        Check(name="as many live weights", run=_as_many),
        Check(name="any place", run=_any_place),
        Check(name="decided by rng alone", run=_from_rng),
        Check(name="mask stays as it is", run=_random_leaves),
    ),
    right={
        "choice": _chosen,
        "rank": lambda m, rng: rng.random(m.shape).ravel().argsort().reshape(m.shape) < m.sum(),
    },
    wrong={
        "coin": (lambda m, rng: rng.random(m.shape) < m.mean(), "asked for 11 live weights"),
        "with replacement": (_chosen_twice, "asked for 11 live weights"),
        "per unit": (lambda m, rng: rng.permuted(m, axis=0), "per unit (column)"),
        "per input": (lambda m, rng: rng.permuted(m, axis=1), "per input (row)"),
        "rows": (lambda m, rng: rng.permutation(m), "any place may be live"),
        "rows and columns": (
            lambda m, rng: rng.permutation(rng.permutation(m), axis=1),
            "any place may be live",
        ),
        "free places": (_elsewhere, "how often each place was live"),
        "same mask": (lambda m, rng: m.copy(), "any place may be live"),
        "a rotation": (
            lambda m, rng: np.roll(m.ravel(), rng.integers(m.size)).reshape(m.shape),
            "any place may be live",
        ),
        "own generator": (
            lambda m, rng: _chosen(m, np.random.default_rng(0)),
            "another one with another seed",
        ),
        "global generator": (
            lambda m, rng: np.random.permutation(m.ravel()).reshape(m.shape),  # noqa: NPY002
            "the same with the same seed",
        ),
        "in place": (_shuffled_in_place, "mask: asked to stay"),
    },
)


def _drawn(seed: int, share: float = 0.4) -> np.ndarray:
    rng = np.random.default_rng(seed)
    mask = rng.random((13, 17)) < share
    mask[0] = mask[:, 1] = False
    mask[:, 0] = mask[[0, -1], 1] = True  # one unit reads everything, the next the two ends
    return mask


def _one_unit(answer: Answer, seed: int) -> None:
    mask = np.random.default_rng(seed).permutation(np.arange(13) < 7)[:, None]
    want = sum(bool(mask[i, 0] and mask[i + 1, 0]) for i in range(12))
    row = mask[:, 0].astype(int).tolist()
    expect_close(answer(mask), want, f"one unit that reads {row}")


def _row_of_four(answer: Answer, seed: int) -> None:
    mask = np.zeros((9, 3), bool)
    mask[2:6, seed % 3] = True
    expect_close(
        answer(mask),
        3,
        "one unit with four live positions in a row",
        mistakes={"weights, not pairs": 4, "a row is several pairs": 1, "pairs may overlap": 2},
    )


def _two_units(answer: Answer, seed: int) -> None:
    at = 1 + seed % 6
    mask = np.zeros((9, 2), bool)
    mask[at, 0] = mask[at + 1, 1] = True
    expect_close(
        answer(mask),
        0,
        f"unit 0 reads {at} only, unit 1 reads {at + 1} only",
        mistakes={"is a position of one unit counted with one of the next": 1},
    )


def _many_units(answer: Answer, seed: int) -> None:
    mask = _drawn(seed)
    across = int((mask[:, 1:] & mask[:, :-1]).sum())
    expect_close(
        answer(mask),
        runs(mask)[0],
        "13 positions, 17 units",
        mistakes={
            "rows are positions, columns are units": across,
            "the first and the last are no neighbours": int((mask & np.roll(mask, 1, 0)).sum()),
            "the end of one unit does not touch the next": _flat_pairs(mask.T),
        },
    )


def _flat_pairs(mask: np.ndarray) -> int:
    flat = mask.ravel()
    return int((flat[1:] & flat[:-1]).sum())


def _by_units(mask: np.ndarray) -> int:
    return sum(int((np.diff(np.flatnonzero(unit)) == 1).sum()) for unit in mask.T)


def _with_a_neighbour(mask: np.ndarray) -> int:
    near = np.zeros_like(mask)
    near[1:] |= mask[:-1]
    near[:-1] |= mask[1:]
    return int((mask & near).sum())


def _apart(mask: np.ndarray) -> int:
    rows = [len(row) // 2 for unit in mask.T for row in _rows(unit)]
    return sum(rows)


def _rows(unit: np.ndarray) -> list[str]:
    return "".join("x" if live else " " for live in unit).split()


PAIRS = Exercise(
    name="pairs",
    signature="(mask: np.ndarray) -> int",
    minutes=4,
    checks=(
        Check(name="a row of four has three pairs", run=_row_of_four),
        Check(name="one unit", run=_one_unit),
        Check(name="no pair across two units", run=_two_units),
        Check(name="many units", run=_many_units),
    ),
    right={"unit by unit": _by_units, "product": lambda m: (m[1:] * m[:-1]).sum()},
    wrong={
        "across units": (lambda m: (m[:, 1:] & m[:, :-1]).sum(), "columns are units"),
        "wraps": (lambda m: (m & np.roll(m, 1, axis=0)).sum(), "the last are no neighbours"),
        "flat": (lambda m: _flat_pairs(m.T), "does not touch the next"),
        "last and first": (
            lambda m: int((np.diff(np.nonzero(m.T)[1]) == 1).sum()),
            "one of the next?",
        ),
        "weights with a neighbour": (_with_a_neighbour, "weights, not pairs"),
        "apart": (_apart, "pairs may overlap"),
        "rows": (lambda m: sum(len(r) > 1 for u in m.T for r in _rows(u)), "several pairs"),
        "both ways": (lambda m: 2 * (m[1:] & m[:-1]).sum(), "asked for 3, got 6"),
        "a share": (lambda m: (m[1:] & m[:-1]).mean(), "asked for 3, got"),
    },
)


def _by_hand(answer: Answer, seed: int) -> None:
    length = 4 + seed % 5
    mask = np.zeros((length, 1), bool)
    mask[:2] = True
    expect_close(
        expect_number(answer(mask)),
        2 / length,
        f"{length} positions, one unit that reads 2",
        mistakes={
            "a second input must be another one": (length - 1) * (2 / length) ** 2,
            f"{length} positions have {length - 1} places for a pair": 2 / (length - 1),
        },
    )


def _each_its_own(answer: Answer, seed: int) -> None:
    mask = _drawn(seed, 0.3)
    share, read = mask.mean(), mask.sum(axis=0)
    expect_close(
        expect_number(answer(mask)),
        expected_runs(mask)[0],
        f"units that read {read[:4].tolist()}... of 13 positions",
        mistakes={
            "every unit has a number of its own": 12 * 17 * share**2,
            "the sum over units, not their mean": expected_runs(mask)[0] / 17,
        },
    )


def _order_is_nothing(answer: Answer, seed: int) -> None:
    mask = _drawn(seed, 0.3)
    shuffled = np.sort(mask, axis=0)
    first, second = expect_number(answer(mask)), expect_number(answer(shuffled))
    expect(
        abs(first - second) < 1e-8 * max(abs(first), 1),
        f"shuffling a unit's positions must change nothing, it made {first:.4g} into {second:.4g}",
    )


def _sampled(mask: np.ndarray) -> float:
    rng = np.random.default_rng(0)
    return float(np.mean([_by_units(rng.permuted(mask, axis=0)) for _ in range(100)]))


EXPECTED = Exercise(
    name="expected_pairs",
    signature="(mask: np.ndarray) -> float",
    minutes=9,
    checks=(
        Check(name="one unit with two inputs", run=_by_hand),
        Check(name="every unit has its own number of inputs", run=_each_its_own),
        Check(name="the order of positions does not matter", run=_order_is_nothing),
    ),
    right={
        "short": lambda m: (m.sum(0) * (m.sum(0) - 1)).sum() / len(m),
        "unit by unit": lambda m: sum(
            (len(m) - 1) * r / len(m) * (r - 1) / (len(m) - 1) for r in m.sum(axis=0).tolist()
        ),
    },
    wrong={
        "density squared": (
            lambda m: (len(m) - 1) * m.shape[1] * m.mean() ** 2,
            "every unit has a number of its own",
        ),
        "with replacement": (
            lambda m: (len(m) - 1) * (m.mean(axis=0) ** 2).sum(),
            "must be another one",
        ),
        "places": (
            lambda m: (m.sum(0) * (m.sum(0) - 1)).sum() / (len(m) - 1),
            "places for a pair",
        ),
        "mean over units": (
            lambda m: (m.sum(0) * (m.sum(0) - 1)).mean() / len(m),
            "not their mean",
        ),
        "observed": (_by_units, "shuffling a unit's positions"),
        "drawn": (_sampled, "asked for"),
        "whole numbers": (
            lambda m: float((m.sum(0) * (m.sum(0) - 1)).sum() // len(m)),
            "asked for",
        ),
    },
)

EXERCISES = (PRUNE, REWIND, RANDOM, PAIRS, EXPECTED)
