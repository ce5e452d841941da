"""The metrics of the modular-rules lab: published values, closed forms and laws."""

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from numpy.testing import assert_allclose
from scipy.special import softmax
from sklearn.metrics import normalized_mutual_info_score

from labs.nn import metrics
from labs.nn.metrics import (
    METRICS,
    adaptation,
    adaptation_sampled,
    alignment,
    entropy,
    matching,
    mutual_information,
    normalized_mi,
    rule_distributions,
    sorted_distance,
)

FIG2 = [[0.95, 0, 0, 0.05], [0, 0, 0, 1], [0.35, 0.1, 0, 0.55], [0, 1, 0, 0]]
metric = pytest.mark.parametrize("name", METRICS)


def values(a):
    return {name: float(m.function(a)) for name, m in METRICS.items()}


def perfect(R):
    return np.eye(R)


def uniform(R):
    return np.full((R, R), 1 / R)


def collapsed(R):
    return np.eye(R)[np.zeros(R, int)]


def hard(*modules):
    return np.eye(len(modules))[list(modules)]


def waves(sharpness):
    r, m = np.indices((8, 8))
    return softmax(((3 * r + 5 * m) % 7) * sharpness, axis=1)


# A, Collapse-Avg, Collapse-Worst, Alignment, Adaptation, MI, exact inverse MI
VECTORS = [
    (perfect(2), 0, 0, 0, 0, 0.693147145560, 0),
    (uniform(2), 0, 0, 0.5, 0.256661754, -3.0e-8, 1),
    (collapsed(2), 1, 1, 0.5, 0.243338246, -1.0e-8, 1),
    (perfect(4), 0, 0, 0, 0, 1.386294203620, 0),
    (hard(2, 0, 3, 1), 0, 0, 0, 0, 1.386294203620, 0),
    (uniform(4), 0, 0, 0.75, 0.300707288, -1.5e-7, 1),
    (collapsed(4), 1, 1, 0.75, 0.505183188, -3.0e-8, 1),
    (uniform(8), 0, 0, 0.875, 0.335011987, 0, 1),
    (collapsed(8), 1, 1, 0.875, 0.673650121, 0, 1),
    (uniform(16), 0, 0, 0.9375, 0.354013348, 0, 1),
    (collapsed(16), 1, 1, 0.9375, 0.788735067, 0, 1),
    (uniform(32), 0, 0, 0.96875, 0.364994521, 0, 1),
    (collapsed(32), 1, 1, 0.96875, 0.872654903, 0, 1),
    (perfect(32), 0, 0, 0, 0, 3.465725663165, 0),
    ([[0.9, 0.1], [0.2, 0.8]], 0.1, 0.1, 0.15, 0.086935489, 0.275396085249, 0.602687390251),
    ([[0.9, 0.1], [0.8, 0.2]], 0.7, 0.7, 0.45, 0.146476266, 0.009966359341, 0.985621539522),
    (
        [[0.7, 0.2, 0.1], [0.1, 0.8, 0.1], [0.3, 0.3, 0.4]],
        *(0.2, 0.4, 0.366666667, 0.154489381, 0.208888957044, 0.809861004470),
    ),
    (FIG2, 0.333333333, 1, 0.2625, 0.132995187, 0.805558648365, 0.418912184196),
    (hard(0, 1, 2, 2), 0.333333333, 1, 0.25, 0.130611924, 1.039720654590, 0.25),
    (hard(0, 0, 1, 1), 0.666666667, 1, 0.5, 0.239563606, 0.693147105560, 0.5),
    ((np.eye(4) + np.roll(np.eye(4), 1, 1)) / 2, 0, 0, 0.5, 0.173101629, 0.693147025560, 0.5),
    (0.6 * np.eye(4) + 0.1, 0, 0, 0.3, 0.120282915, 0.445846222465, 0.678389824724),
    (
        waves(0.5),
        *(0.071961508, 0.177128212, 0.683247019, 0.220352188, 0.376606081025, 0.818890455213),
    ),
    (
        waves(2),
        *(0.133255536, 0.413459992, 0.306811614, 0.106440623, 1.454693416579, 0.300440037663),
    ),
    (hard(*[r % 4 for r in range(8)]), 0.571428571, 1, 0.5, 0.227263947, 1.386294043620, 1 / 3),
    (hard(*[r % 8 for r in range(32)]), 0.774193548, 1, 0.75, 0.416513422, 2.079438982933, 0.4),
]


@pytest.mark.parametrize("vector", VECTORS)
def test_published_vectors(vector):
    a, *expected, mi, imi = vector
    computed = values(a)
    assert computed.pop("inverse_mi") == pytest.approx(imi, abs=1e-11)
    assert list(computed.values()) == pytest.approx(expected, abs=6e-10)
    # the published program adds 1e-8 within the logarithm
    assert mutual_information(a) == pytest.approx(mi, abs=1.1e-5)


def test_the_matrix_of_fig_2_by_hand():
    assert_allclose(np.mean(FIG2, axis=0), [0.325, 0.275, 0, 0.4])
    assert matching(FIG2).tolist() == [0, 3, 2, 1]
    assert alignment(FIG2) == pytest.approx(1 - 2.95 / 4)
    assert adaptation(FIG2[::-1]) == pytest.approx(0.123164, abs=5e-7)
    p = rule_distributions(4)[:1]
    q = p @ np.array(FIG2)
    assert_allclose(q, [[0.28685354, 0.23377719, 0, 0.47936926]], atol=5e-9)
    assert adaptation_sampled(p, q) == pytest.approx(0.209237937, abs=5e-10)


def test_rule_distributions_are_the_published_ones():
    assert_allclose(rule_distributions(2)[0], [0.38788988, 0.61211012], atol=5e-9)
    first = [0.21154331, 0.33382619, 0.24539256, 0.20923794]
    assert_allclose(rule_distributions(4)[0], first, atol=5e-9)
    assert rule_distributions(4).shape == (100, 4)


@pytest.mark.parametrize(
    ("p", "q", "expected"),
    [
        ([0.5, 0.3, 0.2], [0.2, 0.2, 0.6], 0.1),
        ([0.7, 0.2, 0.1], [1, 0, 0], 0.3),
        ([0.75, 0.25], [0.5, 0.5], 0.25),
        ([0.1, 0.2, 0.3, 0.4], [0.4, 0.3, 0.2, 0.1], 0),
    ],
)
def test_sorted_distance(p, q, expected):
    assert sorted_distance(p, q) == pytest.approx(expected)


# laws


@st.composite
def matrices(draw):
    R = draw(st.integers(2, 9))
    weights = hnp.arrays(float, (R, R), elements=st.floats(0, 1))
    # cubed: from nearly uniform rows to nearly hard ones, zeros among them
    a = draw(weights) ** draw(st.sampled_from([1, 3, 9]))
    assume((a.sum(1) > 1e-6).all())
    return a / a.sum(1, keepdims=True)


@given(matrices())
def test_bounds(a):
    R, v = len(a), values(a)
    assert 0 <= v["collapse_avg"] <= v["collapse_worst"] + 1e-12 <= 1 + 1e-12
    assert (1 - 1 / R) * v["collapse_avg"] <= v["alignment"] + 1e-12
    assert 0 <= v["alignment"] <= 1 - 1 / R + 1e-12
    assert 0 <= v["adaptation"] <= 1 - 1 / R
    assert 0 <= v["inverse_mi"] <= 1
    assert 0 <= mutual_information(a) <= np.log(R) + 1e-12


@given(matrices(), st.randoms(use_true_random=False))
def test_invariances(a, random):
    order = random.sample(range(len(a)), len(a))
    assert values(a[:, order]) == pytest.approx(values(a), abs=1e-12)
    rows = values(a[order])
    for name in ("collapse_avg", "collapse_worst", "alignment", "inverse_mi"):
        assert rows[name] == pytest.approx(values(a)[name], abs=1e-12)


@given(matrices())
def test_definitions(a):
    R, joint = len(a), a / len(a)
    entropy = sum(-x * np.log(x) for x in joint.ravel() if x > 0)
    column = sum(-x * np.log(x) for x in joint.sum(0) if x > 0)
    assert mutual_information(a) == pytest.approx(np.log(R) + column - entropy, abs=1e-10)
    nearest = np.eye(R)[matching(a)]
    assert sorted(matching(a)) == list(range(R))
    assert alignment(a) == pytest.approx(np.abs(nearest - a).sum() / (2 * R), abs=1e-12)
    p = rule_distributions(R)
    expected = [adaptation(a), adaptation(a[:, ::-1])]
    assert_allclose(adaptation_sampled(p, [p @ a, p @ a[:, ::-1]]), expected, atol=1e-12)


def test_a_probability_that_is_hardly_a_number_tells_nothing():
    assert mutual_information([[1, 1e-323], [1, 0]]) == 0


@given(matrices(), st.randoms(use_true_random=False))
def test_no_permutation_is_nearer_than_the_matching(a, random):
    other = np.eye(len(a))[random.sample(range(len(a)), len(a))]
    assert np.abs(other - a).sum() / (2 * len(a)) >= alignment(a) - 1e-12


@given(R=st.integers(2, 12), blur=st.floats(0, 1))
def test_a_blurred_permutation(R, blur):
    v = values((1 - blur) * np.eye(R) + blur / R)
    assert v["collapse_avg"] == pytest.approx(0, abs=1e-12)
    assert v["collapse_worst"] == pytest.approx(0, abs=1e-12)
    assert v["alignment"] == pytest.approx(blur * (1 - 1 / R))
    assert v["adaptation"] == pytest.approx(blur * adaptation(uniform(R)), abs=1e-12)


@given(k=st.integers(1, 6), share=st.integers(1, 4))
def test_rules_shared_evenly_by_modules(k, share):
    R = k * share
    assume(R >= 2)
    v = values(hard(*[r % k for r in range(R)]))
    assert v["collapse_avg"] == pytest.approx((R - k) / (R - 1))
    assert v["collapse_worst"] == (1 if k < R else 0)
    assert v["alignment"] == pytest.approx(1 - k / R)
    assert v["alignment"] == pytest.approx((1 - 1 / R) * v["collapse_avg"])
    assert v["inverse_mi"] == pytest.approx(1 - np.log(k) / np.log(R), abs=1e-12)


@pytest.mark.parametrize("R", [2, 4, 8, 16, 32])
def test_a_perfect_system_is_exactly_at_zero(R):
    order = np.random.RandomState(R).permutation(R)
    assert set(values(hard(*order)).values()) == {0.0}


@pytest.mark.parametrize("R", [2, 4, 8, 16, 32])
def test_expected_adaptation(R):
    p = np.random.RandomState(1).dirichlet(np.ones(R), size=20_000)
    harmonic = sum(1 / r for r in range(1, R + 1))
    for a, expected in ((uniform(R), (1 - 1 / R) ** R), (collapsed(R), 1 - harmonic / R)):
        assert adaptation_sampled(p, p @ a) == pytest.approx(expected, abs=0.005)


@pytest.mark.parametrize(("R", "floor"), [(2, 0.0031), (8, 0.0085), (32, 0.0164)])
def test_sampling_keeps_a_perfect_system_above_zero(R, floor):
    p, rng = rule_distributions(R), np.random.RandomState(0)
    q = [rng.multinomial(10_000, row) / 10_000 for row in p]
    assert adaptation_sampled(p, q) == pytest.approx(floor, rel=0.2)


def test_what_the_metrics_cannot_tell_apart():
    even, one, own = (values(a) for a in (uniform(4), collapsed(4), perfect(4)))
    for name in ("alignment", "inverse_mi"):
        assert even[name] == pytest.approx(one[name])
    for name in ("collapse_avg", "collapse_worst"):
        assert even[name] == own[name] == 0


@given(matrices())
def test_normalised_mi_of_labels_is_that_of_sklearn(a):
    R = len(a)
    modules = a.argmax(1)
    expected = normalized_mutual_info_score(np.arange(R), modules)
    assert normalized_mi(np.eye(R)[modules]) == pytest.approx(expected, abs=1e-9)


# the interface


@metric
@settings(max_examples=30)
@given(a=matrices())
def test_stacks_lists_and_single_precision(name, a):
    function = METRICS[name].function
    stack = np.stack([[a, a[::-1]], [a.T / a.T.sum(1, keepdims=True), a]]) if a.sum(0).all() else a
    computed = function(stack)
    assert computed.shape == stack.shape[:-2]
    singles = [float(function(one)) for one in stack.reshape(-1, *a.shape)]
    assert_allclose(computed.ravel(), singles, atol=1e-12)
    assert float(function(a.tolist())) == float(function(a))
    assert function(a.astype(np.float32)) == pytest.approx(float(function(a)), abs=1e-5)


def test_matching_of_a_stack():
    assert matching([np.eye(3), np.roll(np.eye(3), 1, axis=1)]).tolist() == [[0, 1, 2], [1, 2, 0]]


def test_the_table_of_metrics():
    assert [m.label for m in METRICS.values()] == [
        "Collapse-Avg",
        "Collapse-Worst",
        "Alignment",
        "Adaptation",
        "Inverse Mutual Information",
    ]
    assert [m.kind for m in METRICS.values()] == ["collapse"] * 2 + ["specialisation"] * 3
    assert all(getattr(metrics, name) is m.function for name, m in METRICS.items())


@pytest.mark.parametrize(
    "function",
    [*(m.function for m in METRICS.values()), matching, mutual_information, normalized_mi, entropy],
)
@pytest.mark.parametrize(
    ("a", "message"),
    [
        ([[0.5, 0.5]], "A must be \\(..., R, M\\) .*got shape \\(1, 2\\)"),
        ([[1.0], [1.0]], "A must be .*at least 2, got shape \\(2, 1\\)"),
        ([0.5, 0.5], "A must be .*got shape \\(2,\\)"),
        ([[1.0]], "A must be .*at least 2, got shape \\(1, 1\\)"),
        ([], "A must have at least one row of numbers, got shape \\(0,\\)"),
        ([[0.5, 0.5], [0.5, np.nan]], "A must be finite and non-negative, got nan"),
        ([[0.5, 0.5], [1.5, -0.5]], "A must be finite and non-negative, got -0.5"),
        ([[0.5, 0.5], [0.5, 0.4]], "A must sum to 1 within 0.0001 in every row, got a sum of 0.9"),
    ],
)
def test_other_matrices_are_refused(function, a, message):
    with pytest.raises(ValueError, match=message):
        function(a)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: sorted_distance([1.0, 0.0], [1.0]), "q must have as many entries as p, 2, got 1"),
        (lambda: sorted_distance([0.5, 0.0], [1.0, 0.0]), "p must sum to 1"),
        (lambda: adaptation_sampled([0.5, 0.5], [0.5, 0.5]), "p and q must be .*got \\(2,\\)"),
        (lambda: rule_distributions(1), "R must be an integer of at least 2[,;] got 1"),
    ],
)
def test_bad_arguments_are_named(call, message):
    with pytest.raises(ValueError, match=message):
        call()
