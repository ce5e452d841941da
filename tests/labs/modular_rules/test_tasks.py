"""The tasks of the modular-rules lab: published numbers, laws, reference lines."""

import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal

from labs.modular_rules.tasks.mha import MHATask
from labs.modular_rules.tasks.mlp import MLPTask
from labs.modular_rules.tasks.predictors import candidates, rule_blind
from labs.modular_rules.tasks.rnn import RNNTask
from labs.modular_rules.tasks.task import OOD_SCALE, Inputs
from tests.labs.modular_rules.rule_tasks import kinds, losses, rng

# published numbers


@pytest.mark.parametrize(
    ("rules", "seed", "alpha", "beta"),
    [
        (2, 0, [1.76405235, 0.40015721], [0.97873798, 2.2408932]),
        (2, 1, [1.62434536, -0.61175641], [-0.52817175, -1.07296862]),
        (
            4,
            0,
            [1.76405235, 0.40015721, 0.97873798, 2.2408932],
            [1.86755799, -0.97727788, 0.95008842, -0.15135721],
        ),
    ],
)
def test_coefficients_are_the_published_ones(rules, seed, alpha, beta):
    for task in (MLPTask(rules, seed), MHATask(rules, seed), MHATask(rules, seed, version=2)):
        assert_allclose(task.coefficients, [alpha, beta], rtol=0, atol=5e-9)


def test_rnn_coefficients_are_scaled_and_w_comes_last():
    task, draws = RNNTask(3, 5, "classification", d=4, order=2), rng(5)
    a, b, w = task.coefficients
    assert_array_equal(a, draws.randn(3, 2, 4, 4) / np.sqrt(8))
    assert_array_equal(b, draws.randn(3, 4, 4) / np.sqrt(4))
    assert_array_equal(w[0], draws.randn(4, 1))
    for ours, plain in zip((a, b), replace(task, loss="regression").coefficients, strict=True):
        assert_array_equal(ours, plain)


MLP_Y = [4.93973062, -0.25060072, 2.65643266, 0.55753423]
RNN_Y = [
    [3.4698746, -0.93238545, -2.35348983],
    [0.32319946, -2.43407362, 1.62352145],
    [-0.79695591, 1.22571753, -0.82972288],
    [1.02849578, 0.77052892, -3.55891867],
]
PUBLISHED = {
    "mlp": (MLPTask(2), 4, None, [0, 0, 0, 1], MLP_Y, [1, 0, 1, 1], (4, 4)),
    "mha 1": (
        MHATask(2),
        1,
        4,
        [0, 1, 0, 1],
        [1.97562053, -1.60110922, 3.91979233, -1.28292782],
        [1, 0, 1, 0],
        (1, 4, 10),
    ),
    "mha 2": (
        MHATask(2, version=2),
        1,
        4,
        [1, 0, 1, 0],
        [4.2164877, -3.50478127, -0.15095375, -3.23952781],
        [1, 0, 0, 0],
        (1, 4, 14),
    ),
    "rnn": (RNNTask(2, d=3), 1, 4, [0, 1, 1, 0], RNN_Y, [1, 0, 1, 1], (1, 4, 5)),
}


@pytest.mark.parametrize("case", PUBLISHED.values(), ids=PUBLISHED)
def test_batches_are_the_published_ones(case):
    task, n, length, rules, values, classes, shape = case
    x, y, drawn = task.batch(rng(), n, length=length)
    assert x.shape == shape
    assert_array_equal(drawn.ravel(), rules)
    assert_array_equal(x[..., -2:].argmax(-1), drawn)
    assert_allclose(y.reshape(np.shape(values)), values, rtol=0, atol=5e-9)
    doubled = task.batch(rng(), n, length=length, scale=OOD_SCALE)
    assert_array_equal(doubled.y, 2 * y)
    assert_array_equal(doubled.x[..., :-2], 2 * x[..., :-2])
    classified = replace(task, loss="classification").batch(rng(), n, length=length)
    assert classified.y.dtype == np.float64
    assert_array_equal(classified.y.ravel(), classes)


def test_features_are_the_published_ones():
    a, b = MLPTask(2).inputs(rng(), 4).features.T
    assert_allclose(a, [1.76405235, 0.40015721, 0.97873798, 2.2408932], rtol=0, atol=5e-9)
    assert_allclose(b, [1.86755799, -0.97727788, 0.95008842, -0.15135721], rtol=0, atol=5e-9)
    first = MHATask(2, version=2).inputs(rng(), 1, length=4).features[0, 0]
    assert_allclose(first[:2], [0.97522402, 0.22121958], rtol=0, atol=5e-9)
    u = RNNTask(2, d=3).inputs(rng(), 1, length=4).features[0, 0]
    assert_allclose(u, [0.97873798, 2.2408932, 1.86755799], rtol=0, atol=5e-9)


def test_rule_probabilities_use_the_order_of_the_published_stream():
    p, draws = [0.1, 0.2, 0.7], rng(3)
    features = draws.randn(2, 50)
    inputs = MLPTask(3).inputs(rng(3), 50, rule_probs=p)
    assert_array_equal(inputs.features.T, features)
    assert_array_equal(inputs.rules, draws.choice(3, size=50, p=p))


# the laws, against plain loops


def searched(task, features, token, rule):
    width = features.shape[-1] // task.R
    rows = features[:, rule * width : (rule + 1) * width]
    total = 0.0
    for search, coefficient in enumerate(task.coefficients):
        step = task.version
        query = rows[:, search * step : (search + 1) * step]
        others = [i for i in range(len(rows)) if i != token]
        if step == 1:
            found = min(others, key=lambda i: abs(query[i, 0] - query[token, 0]))
        else:
            found = max(others, key=lambda i: query[i] @ query[token])
        total += coefficient[rule] * rows[found, width - 2 + search]
    return total


@pytest.mark.parametrize("version", [1, 2])
@given(seed=st.integers(0, 10**6), length=st.integers(2, 6))
def test_mha_searches_among_the_other_tokens(version, seed, length):
    task = MHATask(3, seed, version=version)
    inputs = task.inputs(rng(seed), 2, length=length)
    expected = [
        [
            searched(task, inputs.features[n], token, inputs.rules[n, token])
            for token in range(length)
        ]
        for n in range(2)
    ]
    assert_allclose(task.labels(inputs), expected)


@given(seed=st.integers(0, 10**6), order=st.integers(1, 3), length=st.integers(1, 6))
def test_rnn_states_follow_the_recurrence(seed, order, length):
    task = RNNTask(3, seed, d=2, order=order)
    u, rules = inputs = task.inputs(rng(seed), 1, length=length)
    a, b = task.coefficients
    states = [np.zeros(2)] * order
    for n in range(length):
        rule = rules[0, n]
        past = sum(states[-k - 1] @ a[rule, k] for k in range(order))
        states.append(past + u[0, n] @ b[rule])
    assert_allclose(task.labels(inputs)[0], states[order:], atol=1e-12)


@kinds
@given(seed=st.integers(0, 10**6), factor=st.floats(0.1, 10))
def test_labels_scale_with_the_features_and_classes_do_not(task, length, seed, factor):
    inputs = task.inputs(rng(seed), 3, length=length)
    scaled = Inputs(factor * inputs.features, inputs.rules)
    assert_allclose(task.labels(scaled), factor * task.labels(inputs), rtol=1e-9, atol=1e-9)
    classes = replace(task, loss="classification")
    assert_array_equal(classes.labels(scaled), classes.labels(inputs))


@kinds
@losses
def test_the_smallest_batch_keeps_its_axes(task, length, loss):
    task, shortest = replace(task, loss=loss), task.shortest or None
    x, y, rules = task.batch(rng(), 1, length=shortest)
    assert x.shape == (*rules.shape, task.features + task.R)
    assert rules.shape == ((1, shortest) if shortest else (1,))
    assert np.isfinite(y).all()


def test_one_token_has_nothing_to_search():
    with pytest.raises(ValueError, match=r"length must be an integer of at least 2[,;] got 1"):
        MHATask(2).batch(rng(), 4, length=1)


# reference lines


def zero(task, scale=1.0):
    """Mean L1 loss of always predicting 0, of an `MLPTask` or `MHATask`.

    Exact, because given the rule y is normal; in MHA that is so for both searches and any length,
    since the two values found are standard normal whatever the queries are.
    """
    return scale * np.sqrt(2 / np.pi) * np.hypot(*task.coefficients).mean()


def average(line, rules, **settings):
    return np.mean([line(MLPTask(rules, seed, **settings)) for seed in range(5)])


TABLE = [
    (2, 1.325, 0.961, 30.0),
    (4, 1.204, 0.989, 28.0),
    (8, 1.051, 0.937, 36.7),
    (16, 1.042, 0.977, 38.6),
    (32, 1.009, 0.954, 39.3),
]


@pytest.mark.parametrize(("rules", "nothing", "blind", "error"), TABLE)
def test_reference_lines_are_those_of_the_table(rules, nothing, blind, error):
    assert average(zero, rules) == pytest.approx(nothing, abs=6e-4)
    assert average(rule_blind, rules) == pytest.approx(blind, rel=0.02)
    assert average(rule_blind, rules, loss="classification") == pytest.approx(error, abs=0.8)


def test_rule_blind_error_of_single_tasks():
    errors = [rule_blind(MLPTask(2, s, "classification"), samples=20_000) for s in range(5)]
    assert errors == pytest.approx([13.9, 28.0, 46.3, 22.2, 39.6], abs=1.5)


@pytest.mark.parametrize("task", [MLPTask(3), MHATask(3), MHATask(3, version=2)])
@pytest.mark.parametrize("scale", [1.0, 2.0])
def test_closed_form_of_the_zero_predictor(task, scale):
    length = 4 if task.shortest else None
    y = task.batch(rng(), 20_000, length=length, scale=scale).y
    assert zero(task, scale) == pytest.approx(np.abs(y).mean(), rel=0.02)


def test_labels_of_the_published_rnn_are_of_the_published_size():
    tasks = [RNNTask(8, s) for s in range(5)]
    near = [np.abs(task.batch(rng(), 300, length=10).y).mean() for task in tasks]
    far = [np.abs(task.batch(rng(), 100, length=30, scale=2).y).mean() for task in tasks]
    assert np.mean(near) == pytest.approx(1.70, abs=0.1)
    assert np.mean(far) == pytest.approx(5.5, abs=0.7)


@pytest.mark.parametrize("task", [MLPTask(3), MHATask(3), MHATask(3, version=2)])
def test_candidates_contain_the_label(task):
    inputs = task.inputs(rng(), 50, length=4 if task.shortest else None)
    every = candidates(task, inputs.features)
    assert every.shape == (3, *inputs.rules.shape)
    own = np.take_along_axis(every, inputs.rules[None], axis=0)[0]
    assert_array_equal(own, task.labels(inputs))


@given(rules=st.integers(1, 9), seed=st.integers(0, 1000))
def test_knowing_the_features_is_better_than_nothing(rules, seed):
    task = MLPTask(rules, seed)
    assert rule_blind(task, samples=2000) <= 1.1 * zero(task)
    assert rule_blind(replace(task, loss="classification"), samples=200) <= 50


def test_one_rule_is_no_secret():
    assert rule_blind(MHATask(1, 3), length=3) == 0
    assert rule_blind(MLPTask(1, loss="classification")) == 0


# records and errors


@kinds
def test_a_task_is_a_value(task, length):
    twin = replace(task)
    assert twin == task
    assert hash(twin) == hash(task)
    assert task.coefficients is task.coefficients
    with pytest.raises(ValueError, match="read-only"):
        task.coefficients[0][0] = 1.0


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: MLPTask(0), "R must be an integer of at least 1[,;] got 0"),
        (lambda: MLPTask(2, -1), "data_seed must be an integer from 0"),
        (
            lambda: MLPTask(2, loss="regresion"),
            "loss must be one of .*got 'regresion': did you mean",
        ),
        (lambda: MHATask(2, version=3), "version must be an integer from 1 to 2[,;] got 3"),
        (lambda: RNNTask(2, d=0), "d must be an integer of at least 1[,;] got 0"),
        (lambda: RNNTask(2, order=0), "order must be an integer of at least 1[,;] got 0"),
        (lambda: MLPTask(2).batch(rng(), 0), "n must be an integer of at least 1[,;] got 0"),
        (lambda: MLPTask(2).batch(rng(), 2, length=3), "length must be None for MLPTask, got 3"),
        (lambda: MLPTask(2).batch(rng(), 2, scale=np.nan), "scale must be .*nan"),
        (lambda: MLPTask(2).batch(rng(), 2, rule_probs=[0.5, 0.6]), "rule_probs must sum to 1"),
        (lambda: MLPTask(2).batch(rng(), 2, rule_probs=[1.5, -0.5]), "non-negative, got -0.5"),
        (
            lambda: MLPTask(2).batch(rng(), 2, rule_probs=[1.0]),
            "rule_probs must be of shape \\(2,\\), got \\(1,\\)",
        ),
        (lambda: MLPTask(2).labels(Inputs(np.ones((3, 1)), np.ones(3, int))), "features must be"),
        (lambda: MLPTask(2).labels(Inputs(np.ones((1, 2)), np.array([2]))), "integers from 0 to 1"),
        (lambda: MLPTask(2).labels(Inputs(np.ones((1, 2)), np.array([0.0]))), "rules must be int"),
        (lambda: rule_blind(RNNTask(2), length=3), "task must not be an RNNTask"),
        (lambda: candidates(MLPTask(2), np.ones((3, 4))), "features must be .*\\(3, 4\\)"),
        (lambda: candidates(MHATask(2), np.ones((3, 8))), "features must be .*\\(3, 8\\)"),
    ],
)
def test_bad_arguments_are_named(call, message):
    with pytest.raises(ValueError, match=message):
        call()


def test_a_sequence_needs_a_length():
    with pytest.raises(TypeError, match=r"length must be an integer of at least 1[,;] got None"):
        RNNTask(2).batch(rng(), 4)


def test_tasks_and_metrics_leave_torch_alone():
    code = (
        "import sys, labs.modular_rules.tasks.predictors, labs.nn.metrics;"
        "sys.exit('torch' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
