"""How long the presets take that everybody runs, by the labs' own estimates, on two processes."""

import pytest

from labs import LABS
from labs.kit.execute import stacks, wall
from labs.kit.lab import load

JOBS, CONCLUDING = 2, 4  # processes; seconds to start them, and to judge and draw
QUICK, ALL, SMOKE = 120, 1200, 10  # seconds
EXCEPT = {"mechanisms"}  # whose estimated smoke is too long; the whole command took 8 s
# What is longer than it should be, and how long it is at most.
LONGER = {("sketches", "smoke"): 16}


def seconds(preset: str, *names: str) -> float:
    labs = [load(LABS, name) for name in names]
    parts = [(lab, stacks(lab, lab.cells(lab.presets[preset]))) for lab in labs]
    return wall(parts, JOBS) + CONCLUDING * len(names)


@pytest.mark.parametrize("name", LABS)
def test_quick_and_smoke_are_short(name):
    quick, smoke = LONGER.get((name, "quick"), QUICK), LONGER.get((name, "smoke"), SMOKE)
    assert seconds("quick", name) <= quick
    assert name in EXCEPT or seconds("smoke", name) <= smoke


def test_all_quick_presets_together_take_twenty_minutes():
    assert seconds("quick", *LABS) <= ALL
