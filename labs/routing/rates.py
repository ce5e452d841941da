"""Rates of Adam, chosen on validation data by `labs.routing.pilot`: the best of those tried, the
higher one of equals. Percent of 400 validation examples of one replicate (a standard error of 2.5)
on the small base, after 250 steps; by chance 10:

    experts         5e-3   1e-2   2e-2   4e-2
    oracle         40.75  49.00  53.25  56.00   (500 steps: 53.5, 58, 62.75, 60.5)
    one            27.00  34.50  41.75  40.25
    dense          37.50  46.50  49.50  48.75

    router          3e-3   1e-2   3e-2   1e-1   3e-1
    taught         42.25  46.25  46.25  48.50  52.00
    reinforce      23.00  32.50  38.25  39.50  35.00
    gumbel         26.75  36.00  37.50  35.25  32.00
    polytropon     32.00  30.75  34.00  43.25  42.25

Others have what an earlier search of 500 steps found, up to 1e-1, when routers still started from
larger weights.
"""

TRIED = (3e-3, 1e-2, 3e-2, 1e-1, 3e-1)  # of routers
EXPERTS = 2e-2
ROUTER = {
    "taught": 3e-1,
    "reinforce": 1e-1,
    "gumbel": 3e-2,
    "polytropon": 1e-1,
    "em": 1e-1,
    "dense": 3e-2,
    "top-2": 3e-2,
    "switch": 3e-3,
    "switch-balanced": 1e-2,
    "switch-z": 1e-2,
    "expert-choice": 3e-2,
    "smear": 3e-2,
}
COMMON = 3e-2  # of argmax, which no gradient moves
