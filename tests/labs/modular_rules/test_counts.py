"""Parameter counts of the modular-rules models: the published ones, and closed forms for others."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from labs.modular_rules.nets import models, plain, sizes

# Counted with the official classes: GT-Modular, Modular-op, Modular, Monolithic.
COUNTS = {
    ("mlp", 32, 128, 2): (35489, 35555, 35619, 35361),
    ("mlp", 32, 128, 8): (36449, 36713, 36585, 35553),
    ("mlp", 32, 128, 32): (40289, 41345, 40449, 36321),
    ("mlp", 16, 64, 2): (9041, 9075, 9107, 8977),
    ("mlp", 16, 64, 4): (9201, 9269, 9269, 9009),
    ("mlp", 16, 64, 8): (9521, 9657, 9593, 9073),
    ("mlp", 16, 64, 16): (10161, 10433, 10241, 9201),
    ("mha", 32, 128, 2): (29729, 29891, 29827, 28609),
    ("mha", 32, 128, 4): (29069, 29217, 29213, 27377),
    ("mha", 32, 128, 8): (29441, 29585, 29641, 27241),
    ("mha", 32, 128, 32): (33089, 33251, 33377, 30499),
    ("mha", 64, 256, 8): (113153, 113433, 113545, 105169),
    ("rnn", 32, 128, 2): (103036, 103400, 104494, 105760),
    ("rnn", 32, 128, 8): (101210, 101866, 103842, 105952),
    ("rnn", 32, 128, 32): (94128, 95088, 98000, 106720),
    ("rnn", 16, 64, 2): (26334, 26514, 27056, 28064),
    ("rnn", 16, 64, 8): (25060, 25380, 26348, 28160),
}
PUBLISHED = ("gt_modular", "modular_op", "modular", "monolithic")


def unused(architecture, model, rules):
    """The published RNN scorer has a bias per module that it never adds; ours has none."""
    return rules if (architecture, model) == ("rnn", "modular") else 0


@pytest.mark.parametrize("model", PUBLISHED)
@pytest.mark.parametrize("case", COUNTS)
def test_published_parameter_counts(case, model):
    architecture, encoder, width, rules = case
    features = {"mlp": 2, "mha": 4 * rules, "rnn": 32}[architecture]  # search version 1
    widths = {"encoder": encoder, "width": width, "features": features}
    if architecture == "rnn":
        widths["outputs"] = 32
    net = models.build(architecture, model, 2, rules, **widths)
    one = plain.build(architecture, model, rules, **widths)
    expected = COUNTS[case][PUBLISHED.index(model)] - unused(architecture, model, rules)
    assert net.parameter_count() == sum(p.numel() for p in one.parameters()) == expected


def affine(inputs, outputs):
    return inputs * outputs + outputs


def modules(rules, inputs, hidden, outputs):
    return rules * (affine(inputs, hidden) + affine(hidden, outputs))


def mlp_counts(E, D, R):
    k, w = D // R, max(E, 4 * R)
    base = (E**2 + 3 * E) + (E**2 + (R + 2) * E) + (D * E + 2 * E + 1)
    gt = base + R * (3 * E * k + k) + R * k * D + R * D
    return {
        "monolithic": base + 3 * E * D + D + D * D + D,
        "gt_modular": gt,
        "modular_op": gt + E * R + R,
        "modular": base + R * (3 * E * k + k) + R * k * (D + 1) + R * (D + 1),
        "switch": gt + affine(3 * E, R),
        "modular_op_wide": gt + affine(E, w) + affine(w, R),
    }


def mha_counts(D, A, R):
    hd, w = A // (2 * R), max(A // 4, 4 * R)
    units = int(2 * D * (2 * R * (A + D) + A) / (R * (3 * A + 2 * R * D)))
    base = affine(7 * R, D) + 2 * affine(D, D) + affine(D, 1) + 3 * affine(D, 2 * R * hd)
    gt = base + affine(D, R * hd) + modules(R, 3 * hd, units, D)
    mono = base + affine(D, hd) + affine(hd * (2 * R + 1), 2 * D) + affine(2 * D, D)
    return {
        "monolithic": mono,
        "gt_modular": gt,
        "modular_op": gt + affine(R, hd) + affine(hd, R),
        "modular": base + affine(D, R * hd) + modules(R, 3 * hd, units, D + 1),
        "switch": gt + affine(D, R),
        "modular_op_wide": gt + affine(R, w) + affine(w, R),
    }


def matched(E, H, R):
    a, b = 4 * R + 1, 4 * R * E + 1
    return int((-b + (b**2 + 4 * a * (5 * H**2 + H * (4 * E + 1))) ** 0.5) / (2 * a))


def rnn_counts(E, H, R):
    h, w = matched(E, H, R), max(matched(E, H, 2), 4 * R)
    encoder = affine(8 + R, E) + affine(E, E)
    gt = encoder + 4 * R * h * (E + h) + affine(h, h) + affine(h, 3)
    return {
        "monolithic": encoder + 4 * H * (E + H) + 8 * H + affine(H, H) + affine(H, 3),
        "gt_modular": gt,
        "modular_op": gt + 2 * R * h,
        "modular": gt + R * 8 * h,
        "switch": gt + affine(E, R),
        "modular_op_wide": gt + 2 * R * w,
    }


CLOSED_FORMS = {"mlp": mlp_counts, "mha": mha_counts, "rnn": rnn_counts}


@pytest.mark.parametrize("architecture", CLOSED_FORMS)
@given(st.integers(2, 40), st.integers(8, 150), st.integers(2, 8))
@settings(max_examples=15)
def test_parameter_counts_of_other_sizes(architecture, encoder, width, rules):
    width = max(width, 2 * rules)
    features = {"mlp": 2, "mha": 6 * rules, "rnn": 8}[architecture]  # search version 2
    widths = {"encoder": encoder, "width": width, "features": features}
    if architecture == "rnn":
        widths["outputs"] = 3
    for model, expected in CLOSED_FORMS[architecture](encoder, width, rules).items():
        net = models.build(architecture, model, 1, rules, **widths)
        assert net.parameter_count() == expected, model


@given(st.integers(1, 600), st.integers(1, 2500), st.integers(1, 64))
def test_the_matching_formulas_round_the_published_roots_down(encoder, width, rules):
    root = matched(encoder, width, rules)
    if root >= 1:
        assert sizes.matched_state(encoder, width, rules) == root
    else:
        with pytest.raises(ValueError, match="rules must leave the state at least one unit"):
            sizes.matched_state(encoder, width, rules)


def test_a_wide_router_never_shrinks_and_is_never_narrower_than_its_rules():
    for published in (1, 16, 64):
        widths = [sizes.wide_router(published, rules) for rules in (2, 4, 8, 16, 32)]
        assert widths == sorted(widths)
        assert all(
            w >= max(published, 4 * r) for w, r in zip(widths, (2, 4, 8, 16, 32), strict=True)
        )
