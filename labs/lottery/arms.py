"""What the lottery compares, what was published of it, and how to select it from the results."""

from __future__ import annotations

from labs.kit.table import Table, paired

ORDERS = ("original", "flipped", "shuffled", "chunks")  # of the positions of new data
TRANSFERS = (  # on new data: order of the positions, initial weights, arms
    *((order, "rewound", ("dense", "random", "lottery")) for order in ORDERS),
    ("original", "fresh", ("dense", "random", "lottery")),
    ("flipped", "fresh", ("dense", "lottery")),
)
# Final test accuracy of the 92 % ticket on new data, as published: dense, random, lottery in the
# figure of 2020 and in the stored outputs of 2024 (means of two runs, whose "rewound" was likely
# fresh, because torch was not seeded).
PUBLISHED = {
    ("original", "rewound"): {2020: (63.5, 59.2, 70.5), 2024: (64.2, 59.95, 65.85)},
    ("flipped", "rewound"): {2020: (64.6, 60.8, 68.7), 2024: (63.05, 60.25, 62.8)},
    ("shuffled", "rewound"): {2020: (64.6, 58.1, 62.7), 2024: (63.75, 60.7, 62.8)},
    ("chunks", "rewound"): {2024: (64.1, 59.2, 61.85)},
    ("original", "fresh"): {2020: (63.9, 58.2, 67.2), 2024: (63.75, 60.45, 65.5)},
}
# And of the sweep, in the stored outputs of 2024: arm -> level -> means of two runs; dense is the
# mean of 80 nearly dense runs.
PUBLISHED_SWEEP = {
    "dense": {0.0: 64.3},
    "lottery": {0.92: 75.0, 0.96: 70.4, 0.97: 67.7, 0.98: 63.4},
    "random": {0.92: 61.2, 0.96: 50.7, 0.97: 42.5, 0.98: 30.9},
}
Values = dict[int, float]  # replicate -> a number


def at_ticket(table: Table) -> Table:
    """The rows of the analysed level, and of dense nets."""
    return Table(row for row in table if row["sparsity"] in (0.0, row["ticket"]))


def found(table: Table, arm: str, order: str = "original") -> Table:
    """One arm of the analysed level on the data that its ticket was found on."""
    return at_ticket(table).where(data="own", order=order, arm=arm)


def transferred(table: Table, order: str, start: str, arm: str) -> Table:
    """One arm on new data."""
    return table.where(data="new", order=order, start=start, arm=arm)


def level_values(table: Table, arm: str, low: float, high: float) -> Values:
    """Final test accuracy of an arm of the sweep, averaged over the levels from `low` to `high`;
    replicate -> percent."""
    rows = table.where(data="own", order="original", arm=arm)
    scores: dict[int, list[float]] = {}
    for row in rows:
        if low <= row["sparsity"] <= high:
            scores.setdefault(row["replicate"], []).append(row["test_accuracy"])
    return {r: sum(values) / len(values) for r, values in scores.items()}


def transfer_gain(table: Table, order: str, start: str, arm: str = "lottery") -> Values:
    """Accuracy of an arm on new data minus that of the dense net of the same initial weights."""
    first, dense = (
        transferred(table, order, start, name).values("test_accuracy") for name in (arm, "dense")
    )
    return dict(zip(sorted(first.keys() & dense.keys()), paired(first, dense), strict=True))


def ratios(rows: Table, length: int, runs: str = "runs", chance: str = "chance") -> list[float]:
    """Runs of `length` neighbours divided by what chance gives, one number per mask; masks in
    which chance gives none are left out."""
    pairs = [(row[runs][length - 2], row[chance][length - 2]) for row in rows]
    return [count / expected for count, expected in pairs if expected > 0]
