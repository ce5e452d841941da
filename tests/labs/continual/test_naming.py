"""Task inference: entropies by hand, the gradient of shares against finite differences."""

import math

import pytest
import torch

from labs.continual.naming import by_entropy, by_gradient, entropy, named, slope
from labs.continual.scratch import SupSup
from tests.labs.continual.made import shown, small

pytestmark = pytest.mark.slow  # trains or draws


def test_entropy_is_that_of_the_answers():
    logits = torch.log(torch.tensor([[[0.5, 0.5, 1e-30], [1.0, 1e-30, 1e-30]]]))
    assert entropy(logits).item() == pytest.approx(math.log(2) / 2)
    assert entropy(torch.zeros(1, 3, 10)).item() == pytest.approx(math.log(10))


def test_the_least_uncertain_network_is_chosen_by_member():
    sure, unsure = torch.zeros(2, 4, 10), torch.zeros(2, 4, 10)
    sure[0, :, 3], unsure[1, :, 3] = 5.0, 5.0
    assert by_entropy(torch.stack([unsure, sure])).tolist() == [1, 0]


@pytest.fixture(scope="module")
def learner():
    own = shown(SupSup(small("supsup", steps=10)))
    own.net.double()
    own.weights = {name: value.double() for name, value in own.weights.items()}
    return own


def test_the_slope_is_that_of_finite_differences(learner):
    x = learner.stack.examples(0, "test", 16)[0].double()
    found, step = slope(learner, x), 1e-6
    for task in range(5):
        ends = []
        for sign in (1, -1):
            shares = torch.full((2, 5), 0.2, dtype=torch.float64)
            shares[:, task] += sign * step
            with torch.no_grad():
                ends.append(entropy(learner.mixed(shares, x)))
        expected = (ends[0] - ends[1]) / (2 * step)
        torch.testing.assert_close(found[:, task].double(), expected, rtol=1e-4, atol=1e-6)


def test_the_task_is_where_the_entropy_falls_the_fastest(learner):
    x = learner.stack.examples(0, "test", 16)[0].double()
    assert torch.equal(by_gradient(learner, x), slope(learner, x).argmin(1))


def test_a_whole_share_is_the_tasks_own_mask(learner):
    x = learner.stack.examples(1, "test", 16)[0].double()
    shares = torch.zeros(2, 5, dtype=torch.float64)
    shares[:, 3] = 1
    torch.testing.assert_close(learner.mixed(shares, x), learner.read(3, x))


def test_a_batch_is_answered_by_the_network_that_was_chosen(learner):
    x, y = learner.stack.examples(2, "test", 16)
    x = x.double()
    with torch.no_grad():
        outputs = torch.stack([learner.read(task, x) for task in range(5)])
    found = named(learner, 2, outputs, x, y)
    chosen = by_gradient(learner, x)
    for m in range(2):
        right = (learner.read(int(chosen[m]), x)[m].argmax(-1) == y[m]).double().mean()
        assert found["inferred"][m].item() == pytest.approx(100 * right.item())
        assert found["gradient"][m].item() == 100.0 * (chosen[m].item() == 2)
