"""What was published of the lottery, as data.

2020 is the paper's first version and its figure; 2024 the fourth version, whose text describes the
older figure, and the stored outputs of its notebook, which often disagree. The trainings of 2024
that are called rewound likely had fresh initial weights, because torch was not seeded.
"""

from collections.abc import Mapping
from typing import TypedDict

V1 = "Greydanus 2020 (arXiv:2011.14439v1), Figure 3"
V4 = "Greydanus & Kobak 2024 (arXiv:2011.14439v4), Figure 4"
BOTH = f"{V4}; {V1}"
STORED = "greydanus/mnist1d, lottery-tickets.ipynb, stored outputs of 2024"

SIZES = {  # the protocol
    "steps": 1501,
    "transfer_steps": 6000,
    "transfer_batch": 500,
    "hidden": 500,
    "levels": 100,
    "rounds to the ticket": 91,
}
# Final test accuracy (%) of the 92 % ticket on new data: order of the positions, initial weights ->
# year -> dense, random, lottery. Those of 2024 are means of two runs.
NEW_DATA = {
    ("original", "rewound"): {2020: (63.5, 59.2, 70.5), 2024: (64.2, 59.95, 65.85)},
    ("flipped", "rewound"): {2020: (64.6, 60.8, 68.7), 2024: (63.05, 60.25, 62.8)},
    ("shuffled", "rewound"): {2020: (64.6, 58.1, 62.7), 2024: (63.75, 60.7, 62.8)},
    ("chunks", "rewound"): {2024: (64.1, 59.2, 61.85)},
    ("original", "fresh"): {2020: (63.9, 58.2, 67.2), 2024: (63.75, 60.45, 65.5)},
}
# Test accuracy (%) at the end of rounds of the search in 2024, means of two runs: share that is
# masked -> random, lottery. The two dense runs that it begins with are noisy: 64.3 is the mean of
# 40 runs in which nearly nothing is masked.
DENSE = 64.3
SWEEP = {
    0.92: (61.2, 75.0),
    0.96: (50.7, 70.4),
    0.97: (42.5, 67.7),
    0.98: (30.9, 63.4),
    0.99: (16.1, 41.7),
    1.0: (10.2, 10.2),
}
# Chances of 2, 3 and 4 neighbours per place, of one mask each: arm, year -> shares. The divisor has
# 40 places throughout, and the last factor of the lottery's 4 is the random mask's: too low.
NEIGHBOURS = {
    ("random", 2020): (0.0072, 0.0009, 0.0001),
    ("lottery", 2020): (0.0086, 0.00215, 0.00035),
    ("random", 2024): (0.0056, 0.00015, 0.0),
    ("lottery", 2024): (0.0093, 0.00235, 0.0003),
}
Arm = tuple[str, str]  # a key of NEW_DATA
REWOUND: Arm = ("original", "rewound")


class Years(TypedDict, total=False):
    """Of a claim: the number of the 2024 paper, and that of 2020."""

    published: float
    earlier: float


def gains(order: str, start: str = "rewound", over: str = "dense") -> Years:
    """What the ticket gains over the dense net, or a random mask, on new data, in points."""
    years = NEW_DATA[order, start].items()
    place = ("dense", "random").index(over)
    return _by_version({year: arms[-1] - arms[place] for year, arms in years})


def levels(order: str) -> Years:
    """Test accuracy of the rewound ticket on new data, in percent."""
    years = NEW_DATA[order, "rewound"].items()
    return _by_version({year: lottery for year, (_, _, lottery) in years})


def losses(one: Arm, other: Arm) -> Years:
    """By how many points the ticket of one arm is above that of another."""
    return _by_version({y: NEW_DATA[one][y][2] - NEW_DATA[other][y][2] for y in _years(one, other)})


def _years(*arms: Arm) -> list[int]:
    return sorted(set.intersection(*(set(NEW_DATA[arm]) for arm in arms)))


def _by_version(years: Mapping[int, float]) -> Years:
    found = Years()
    if 2020 in years:
        found["earlier"] = round(years[2020], 2)
    if 2024 in years:
        found["published"] = round(years[2024], 2)
    return found


def kept(length: int) -> Years:
    """How much more often than one random mask the ticket keeps so many neighbours: 2, 3 or 4."""
    # Over one random mask; that of 2024 kept no four, so that the ratio of 2020 counts there.
    found = {
        year: NEIGHBOURS["lottery", year][length - 2] / NEIGHBOURS["random", year][length - 2]
        for year in (2020, 2024)
        if NEIGHBOURS["random", year][length - 2]
    }
    return _by_version(found if 2024 in found else {2024: found[2020]})
