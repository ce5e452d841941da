"""JAX's networks are ours: from one start, on the same batches, they reach the same losses.

Every race of every lab, short and with few members, where the environment variable LABS_JAX_PYTHON
names an interpreter that has jax.
"""

import os
from dataclasses import replace

import pytest

from labs import LABS
from labs.kit.lab import load
from labs.kit.race import measure

PYTHON = os.environ.get("LABS_JAX_PYTHON")
RACES = [
    pytest.param(race, id=f"{name}: {race.network}")
    for name in LABS
    for race in (load(LABS, name).races or list)()
]


def test_there_are_races():
    assert len(RACES) >= 17


@pytest.mark.skipif(not PYTHON, reason="LABS_JAX_PYTHON names no interpreter that has jax.")
@pytest.mark.parametrize("race", RACES)
def test_jax_trains_the_same_network(race):
    (row,) = measure([replace(race, members=2, steps=6)], "jax", PYTHON, rounds=1)
    assert row.difference < 2e-4
