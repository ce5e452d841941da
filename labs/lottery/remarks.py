"""What a run of the lottery says after its claims, in words."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from labs.kit.claims import FAMILY_LEVEL, interval
from labs.kit.table import Table, paired
from labs.lottery.arms import PUBLISHED, found, transferred
from labs.lottery.claims import CLAIMS, between, found_gain, new_gain, new_level
from labs.lottery.masks import per_place


def remarks(table: Table) -> list[str]:
    """In words: what was shortened, the dense level, where tickets peak and where they lose, the
    question of the flip, what rewinding is worth, and what was published outside our intervals.
    Intervals have the confidence of the claims'."""
    parts = (
        _shortened,
        _sweep,
        _degenerate,
        _flip,
        _rewinding,
        _shuffled_search,
        _neighbours,
        _outside,
    )
    return [sentence for part in parts for sentence in part(table)] if len(table) else []


def _shown(values: Sequence[float], sign: str = "") -> str:
    if not values:
        return "no data"
    mean, low, high = interval(values, 1 - FAMILY_LEVEL / len(CLAIMS))
    ends = f" [{low:{sign}.1f}, {high:{sign}.1f}]" if len(values) > 1 else ""
    return f"{mean:{sign}.1f}{ends}"


def _shortened(table: Table) -> list[str]:
    row = table.rows[0]
    pairs = (("steps", 1501), ("transfer_steps", 6000), ("transfer_batch", 500))
    short = [f"{name}={row[name]} (published {long})" for name, long in pairs if row[name] < long]
    if not short:
        return []
    return [
        f"Shorter than published: {', '.join(short)}. Levels (L4-level, L7-level) and gains come "
        "out lower than after the whole training."
    ]


def _sweep(table: Table) -> list[str]:
    dense = found(table, "dense").values("test_accuracy")
    rows = table.where(data="own", order="original", arm="lottery")
    scores = {
        s: rows.values("test_accuracy", sparsity=s) for s in sorted(set(rows.column("sparsity")))
    }
    if not dense or not scores:
        return []
    means = {s: sum(values.values()) / len(values) for s, values in scores.items()}
    best = max(means, key=means.__getitem__)
    gains = {s: paired(values, dense) for s, values in scores.items() if s > best}
    below = [s for s, gain in gains.items() if gain and sum(gain) < 0]
    end = f"it falls below the dense net at {below[0]:.1%}" if below else "it never falls below"
    return [
        f"The dense net reaches {_shown([*dense.values()])} % on its test data (40 nearly dense "
        f"runs of 2024: 64.3). The lottery is best with {best:.1%} masked, "
        f"{_shown([*scores[best].values()])} %; {end}."
    ]


def _degenerate(table: Table) -> list[str]:
    if 1.0 not in set(table.column("sparsity")):
        return []
    return ["At 100 % no weight is left: every class is equally likely and the loss is ln 10."]


def _flip(table: Table) -> list[str]:
    level = new_level("flipped")(table)
    rewound, fresh = new_gain("flipped")(table), new_gain("flipped", "fresh")(table)
    if not rewound:
        return []
    return [
        "Flipped data: the text of 2024 says about 70 % and a win, its stored output 62.8 against "
        f"63.05. Here the rewound ticket reaches {_shown(level)} %, {_shown(rewound, '+')} points "
        f"over the dense net; with fresh first values {_shown(fresh, '+')}."
    ]


def _rewinding(table: Table) -> list[str]:
    worth = between(("original", "rewound"), ("original", "fresh"))(table)
    gain = new_gain("original")(table)
    if not worth or not gain:
        return []
    return [
        f"On new data the rewound ticket gains {_shown(gain, '+')} points over the dense net; "
        f"rewinding is worth {_shown(worth, '+')} of accuracy (2020: 3.3 of 7)."
    ]


def _shuffled_search(table: Table) -> list[str]:
    gain = paired(
        found(table, "lottery", "shuffled").values("test_accuracy"),
        found(table, "dense", "shuffled").values("test_accuracy"),
    )
    if not gain:
        return []
    return [
        f"A ticket found on shuffled data gains {_shown(gain, '+')} points over its dense net on "
        f"that data (on data in order: {_shown(found_gain('dense')(table), '+')})."
    ]


def _neighbours(table: Table) -> list[str]:
    shares = []
    for arm in ("random", "lottery"):
        rows = found(table, arm)
        counts = [per_place(np.array(row["runs"]), row["mask"]) for row in rows]
        if not counts:
            return []
        shares.append("/".join(f"{share:.2g}" for share in np.mean(counts, axis=0)))
    return [
        f"Chances of 2/3/4 neighbours per place: random {shares[0]}, lottery {shares[1]} (2020, of "
        "one mask each and with 40 places throughout: 0.0072/0.0009/0.0001 and "
        "0.0086/0.0022/0.0004)."
    ]


def _outside(table: Table) -> list[str]:
    arms = ("dense", "random", "lottery")
    parts = []
    for (order, start), years in PUBLISHED.items():
        for year, published in years.items():
            for arm, value in zip(arms, published, strict=True):
                sample = transferred(table, order, start, arm).column("test_accuracy")
                if len(sample) < 2:
                    continue
                mean, low, high = interval(sample)
                if not low <= value <= high:
                    parts.append(f"{arm} {order}, {start} {value} ({year}; ours {mean:.1f})")
    if not parts:
        return []
    return [f"Published accuracies outside our 95 % intervals: {'; '.join(parts)}."]
