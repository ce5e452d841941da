"""The training stream of the modular-rules lab against the exact one."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from numpy.testing import assert_allclose
from scipy import stats

from labs.modular_rules.tasks.mha import MHATask
from labs.modular_rules.tasks.mlp import MLPTask
from labs.modular_rules.tasks.streams import Stream, stacked
from labs.modular_rules.tasks.task import Inputs
from tests.labs.modular_rules.rule_tasks import kinds, losses, rng


@kinds
@losses
def test_both_streams_label_alike(task, length, loss):
    tasks = [replace(task, data_seed=s, loss=loss) for s in range(3)]
    inputs = [t.inputs(rng(t.data_seed), 200, length=length) for t in tasks]
    features = torch.from_numpy(np.stack([i.features for i in inputs]))
    rules = torch.from_numpy(np.stack([i.rules for i in inputs]))
    exact = np.stack([t.labels(i) for t, i in zip(tasks, inputs, strict=True)])
    coefficients = [
        torch.from_numpy(np.stack(table))
        for table in zip(*(t.coefficients for t in tasks), strict=True)
    ]
    assert_allclose(task_targets(tasks, coefficients, features, rules), exact, atol=1e-12)
    single = task_targets(tasks, stacked(tasks), features.float(), rules)
    # in single precision a search may end at another of two almost equal tokens
    assert np.isclose(single, exact, rtol=0, atol=1e-4).mean() > 0.998


def task_targets(tasks, coefficients, features, rules):
    return tasks[0].targets(coefficients, features, rules).numpy()


@kinds
@losses
def test_a_stream_labels_what_it_hands_out(task, length, loss):
    tasks = [replace(task, data_seed=s, loss=loss) for s in (3, 4)]
    stream = Stream(tasks, [8, 8], 200, length=length, scale=2.0)
    for _, (x, y, rules) in zip(range(stream.steps + 2), stream, strict=False):
        assert x.dtype == y.dtype == torch.float32
        assert rules.dtype == torch.int64
        assert torch.equal(x[..., -4:].argmax(-1), rules)
        assert torch.equal(x[..., -4:].sum(-1), torch.ones(rules.shape))
    for member, own in enumerate(tasks):
        features = x[member, ..., :-4].numpy()
        expected = own.labels(Inputs(features, rules[member].numpy()))
        assert np.isclose(y[member], expected, rtol=0, atol=1e-4).mean() > 0.998


@kinds
def test_a_member_depends_on_its_task_and_seed_alone(task, length):
    def steps(tasks, seeds, **settings):
        stream = Stream(tasks, seeds, 50, length=length, **settings)
        return [next(stream) for _ in range(stream.steps + 1)]

    other = replace(task, data_seed=9)
    pair, alone = steps([other, task, other], [5, 6, 6]), steps([task], [6])
    for batch, own in zip(pair, alone, strict=True):
        for stack, mine in zip(batch, own, strict=True):
            torch.testing.assert_close(stack[1], mine[0], rtol=1e-6, atol=1e-6)
        assert torch.equal(batch.x[1], batch.x[2])
        assert torch.equal(batch.rules[1], batch.rules[2])
    assert not torch.equal(pair[0].x[0], pair[0].x[1])
    assert not torch.equal(pair[0].x, pair[1].x)
    assert not torch.equal(pair[0].x, pair[-1].x)
    skewed = steps([task, task], [6, 6], rule_probs=[[0.25] * 4, [0, 0, 0.5, 0.5]])
    assert torch.equal(skewed[0].rules[0], alone[0].rules[0])
    assert skewed[0].rules[1].min() == 2


@kinds
def test_the_fast_stream_has_the_law_of_the_exact_one(task, length):
    p = [0.1, 0.2, 0.3, 0.4]
    exact = task.batch(rng(1), 4000, length=length, rule_probs=p, scale=2.0)
    fast = Stream([task], [1], 4000, length=length, rule_probs=p, scale=2.0)
    batch = type(exact)(*(part[0].numpy() for part in next(fast)))
    for column in range(exact.x.shape[-1] - task.R):
        # one token of each sequence: the samples of a test are independent
        first, second = (b.x.reshape(4000, -1)[:, column] for b in (exact, batch))
        assert stats.ks_2samp(first, second).pvalue > 1e-4
    first, second = (b.y.reshape(4000, -1)[:, -1] for b in (exact, batch))
    assert stats.ks_2samp(first, second).pvalue > 1e-4
    counts = np.bincount(batch.rules.ravel(), minlength=4)
    assert stats.chisquare(counts, counts.sum() * np.array(p)).pvalue > 1e-4
    features = batch.x.reshape(4000, -1, task.features + task.R)[:, 0, : task.features]
    correlation = np.corrcoef(features.T)
    assert np.abs(correlation - np.eye(task.features)).max() < 0.09
    assert_allclose(features.mean(0), 0, atol=0.2)


def test_steps_are_independent():
    stream = Stream([MLPTask(2)], [0], 500)
    drawn = [next(stream).x[0] - torch.tensor([0, 0, 0.5, 0.5]) for _ in range(40)]
    correlation = torch.corrcoef(torch.stack(drawn).flatten(1))
    assert (correlation - torch.eye(40)).abs().max() < 0.12


def test_a_rule_without_probability_never_comes():
    for p in ([0.0, 1.0, 0.0], [1.0, 0.0, 0.0], [0.0, 0.0, 1.0]):
        stream = Stream([MLPTask(3)], [0], 5000, rule_probs=p)
        assert set(next(stream).rules.unique().tolist()) == {int(np.argmax(p))}


@kinds
@losses
def test_the_smallest_batch_keeps_its_axes(task, length, loss):
    task, shortest = replace(task, loss=loss), task.shortest or None
    exact = task.batch(rng(), 1, length=shortest)
    fast = next(Stream([task], [0], 1, length=shortest))
    assert [part.shape for part in fast] == [(1, *part.shape) for part in exact]
    assert fast.y.isfinite().all()


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: Stream([], [], 4), "tasks must .*got \\[\\]"),
        (lambda: Stream([MLPTask(2), MLPTask(3)], [0, 1], 4), "tasks must differ in nothing but"),
        (lambda: Stream([MLPTask(2), MHATask(2)], [0, 1], 4), "tasks must differ in nothing but"),
        (lambda: Stream([MLPTask(2)], [0, 1], 4), "seeds must be one per task, 1, got 2"),
        (lambda: Stream([MLPTask(2)], [-1], 4), "seeds must be an integer of at least 0"),
        (lambda: Stream([MLPTask(2)], [0], 0), "batch must be an integer of at least 1[,;] got 0"),
        (lambda: Stream([MLPTask(2)], [0], 4, rule_probs=np.eye(2)), "\\(1, 2\\), got \\(2, 2\\)"),
    ],
)
def test_bad_arguments_are_named(call, message):
    with pytest.raises(ValueError, match=message):
        call()
