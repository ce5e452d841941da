"""Levels of the stored run of 2024 (means of two), which claims only compare."""

from labs.kit.published import Published
from labs.lottery.measures import new, own, sweep
from labs.lottery.published import DENSE, NEW_DATA, SWEEP

ARMS = ("dense", "random", "lottery")  # as of NEW_DATA
HALF = 0.005  # half a step of the published levels
NUMBERS = [
    Published(
        what="dense net, where tickets are found", value=DENSE, unit="%", measure=own("dense")
    )
]
NUMBERS += [
    Published(
        what=f"{name}, {level:.0%} masked, where it was found",
        value=value,
        unit="%",
        measure=sweep(arm, level - HALF, level + HALF),
    )
    for level, levels in SWEEP.items()
    for (arm, name), value in zip(
        {"random": "random mask", "lottery": "ticket"}.items(), levels, strict=True
    )
]
NUMBERS += [
    Published(
        what=f"{arm} on new data, {order}, {start} weights",
        value=value,
        unit="%",
        measure=new(order, start, arm),
    )
    for (order, start), years in NEW_DATA.items()
    for arm, value in zip(ARMS, years[2024], strict=True)
]
