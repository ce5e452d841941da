"""A lab's estimate of memory against what its smoke run takes, and what its full preset took."""

import math

import pytest

from labs import LABS
from labs.kit import plan
from labs.kit.lab import load
from labs.kit.memory import expected_mb, together_mb
from labs.kit.sessions import read_run

STARTER = 60  # MB of the process that starts the workers
LEAST, MOST = 0.5, 1.5  # of what a run takes: other versions of the libraries take more or less


def assert_estimate(lab, out):
    """The estimate of a smoke run of two processes must be near what its processes took."""
    resolved = plan.stored(lab, "smoke", out)
    (session,) = read_run(resolved.folder)["sessions"]
    found = session["peak_memory_mb"]
    if found is not None:  # not known on Windows
        expected = STARTER + together_mb(lab, resolved.stacks, session["jobs"])
        assert LEAST * found < expected < MOST * found


@pytest.mark.slow
@pytest.mark.parametrize(
    "name", [pytest.param(name, marks=pytest.mark.xdist_group(name)) for name in LABS]
)
def test_the_estimate_is_near_what_a_run_takes(name, runs):
    assert_estimate(load(LABS, name), runs(name).out)


@pytest.mark.parametrize("name", LABS)
def test_every_preset_has_an_estimate_and_two_processes_of_full_take_less_than_4_gb(name):
    lab = load(LABS, name)
    for preset in lab.presets:
        stacks = plan.resolve(lab, preset).stacks
        assert all(0 < expected_mb(lab, stack) < math.inf for stack in stacks)
    stacks = plan.resolve(lab, "full").stacks
    assert sum(sorted(expected_mb(lab, stack) for stack in stacks)[-2:]) < 4000


# lab -> (stack, measured MB of its process): the largest of `full`, with few steps
MEASURED = {
    "benchmark": (32, 725),
    "lottery": (0, 1007),  # half of what two processes took for all of it
    "double_descent": (11, 674),
    "hyperparameters": (9, 694),
    "activation": (12, 1155),
    "pooling": (35, 626),
    "self_supervised": (4, 944),
    "embedding": (0, 349),
    "modular_rules": (4, 638),
    "sketches": (426, 794),
    "adapters": (35, 1023),
    "composition": (12, 1970),
    "routing": (66, 1123),
    "continual": (8, 470),
    "programs": (2, 795),
    "options": (5, 65),
    "mechanisms": (0, 1087),
}


@pytest.mark.parametrize("name", LABS)
def test_the_largest_stacks_were_measured(name):
    lab = load(LABS, name)
    stack, measured = MEASURED[name]
    expected = expected_mb(lab, plan.resolve(lab, "full").stacks[stack])
    assert measured / 1.3 < expected < measured * 1.3
