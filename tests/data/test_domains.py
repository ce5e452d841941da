"""Domains as values: what each makes of raw signals, which law it draws from, what it tells."""

from dataclasses import fields

import numpy as np
import pytest
from scipy.signal import convolve

from labs.data.domains import CHANGES, DOMAINS, Domain, named
from mnist1d import Recipe

RAW = np.random.default_rng(0).normal(size=(6, 40)).astype(np.float32)
LINE = np.arange(40) / 39 - 0.5


def slopes(x):
    inner = (x[:, 2:] - x[:, :-2]) / 2
    return np.hstack([x[:, 1:2] - x[:, :1], inner, x[:, -1:] - x[:, -2:-1]])


def smoothed(x):
    bell = np.exp(-(np.arange(-8, 9) ** 2) / 8)
    mirrored = np.hstack([x[:, 7::-1], x, x[:, :-9:-1]])
    return np.stack([convolve(row, bell / bell.sum(), "valid") for row in mirrored])


@pytest.mark.parametrize(
    ("domain", "expected"),
    [
        (DOMAINS["clean"], lambda x: x),
        (DOMAINS["reverse"], lambda x: x[:, ::-1]),
        (DOMAINS["ramp"], lambda x: x + 2 * LINE),
        (DOMAINS["diff"], lambda x: 3 * slopes(x)),
        (DOMAINS["negate"], lambda x: -x),
        (DOMAINS["square"], lambda x: np.sign(x) * x**2),
        (DOMAINS["gain"], lambda x: 0.3 * x),
        (DOMAINS["smooth"], smoothed),
        (DOMAINS["reverse+ramp"], lambda x: x[:, ::-1] + 2 * LINE),
        (Domain(smooth=2, reverse=True), lambda x: smoothed(x)[:, ::-1]),
        (Domain(reverse=True, diff=True), lambda x: 3 * slopes(x[:, ::-1])),
        (Domain(diff=True, square=True), lambda x: 9 * slopes(x) * abs(slopes(x))),
        (Domain(square=True, gain=0.5, ramp=-1), lambda x: 0.5 * x * abs(x) - LINE),
        (Domain(negate=True, ramp=1), lambda x: LINE - x),
        (Domain(gain=np.float64(2), ramp=np.float64(1)), lambda x: 2 * x + LINE),
    ],
)
def test_what_a_domain_makes_of_raw_signals(domain, expected):
    before = RAW.copy()
    changed = domain.transform(RAW)
    assert changed.dtype == np.float32
    np.testing.assert_allclose(changed, expected(RAW.astype(float)), atol=2e-5)
    np.testing.assert_array_equal(RAW, before)


@pytest.mark.parametrize("domain", [Domain(reverse=True), Domain(negate=True)])
def test_what_is_done_twice_is_undone(domain):
    np.testing.assert_array_equal(domain.transform(domain.transform(RAW)), RAW)


@pytest.mark.parametrize(("name", "length"), [("blockperm", 5), ("shuffle", 1)])
def test_pieces_are_whole_and_stand_in_one_other_order(name, length):
    places = DOMAINS[name].transform(np.arange(40.0)[None])[0].astype(int)
    np.testing.assert_array_equal(np.sort(places), np.arange(40))
    pieces = places.reshape(-1, length)
    np.testing.assert_array_equal(
        pieces - pieces[:, :1], np.tile(np.arange(length), (40 // length, 1))
    )
    assert (places != np.arange(40)).sum() >= 20
    np.testing.assert_array_equal(DOMAINS[name].transform(RAW), RAW[:, places])


def test_fewer_points_are_interpolated_at_equal_steps():
    raw = RAW[:, :14]
    at = np.linspace(0, 13, 40)
    expected = [np.interp(at, np.arange(14), row) for row in raw]
    np.testing.assert_allclose(DOMAINS["len14"].transform(raw), expected, atol=1e-6)
    np.testing.assert_allclose(
        Domain(final_seq_length=14, gain=2).transform(raw), 2 * np.array(expected), atol=1e-6
    )


@pytest.mark.parametrize(
    ("domain", "law"),
    [
        (Domain(reverse=True, ramp=2, gain=0.3), Recipe()),
        (Domain(stretch=0.25), Recipe(padding=(29, 50), max_translation=41)),
        (DOMAINS["stretch"], Recipe(padding=(8, 20), max_translation=20)),
        (DOMAINS["shear3"], Recipe(shear_scale=3)),
        (DOMAINS["iid.1"], Recipe(iid_noise_scale=0.1)),
        (DOMAINS["iid.25"], Recipe(iid_noise_scale=0.25)),
        (DOMAINS["corr1"], Recipe(corr_noise_scale=1)),
        (DOMAINS["len20"], Recipe(final_seq_length=20)),
    ],
)
def test_the_law_that_signals_come_from(domain, law):
    assert domain.law == law


def test_fields_stand_in_the_order_in_which_they_change_signals():
    assert [item.name for item in fields(Domain)][-len(CHANGES) :] == list(CHANGES)


def test_domains_differ_and_the_clean_one_is_the_default():
    assert len(set(DOMAINS.values())) == len(DOMAINS) == 18
    assert DOMAINS["clean"] == Domain()
    assert eval(repr(DOMAINS["reverse+ramp"])) == DOMAINS["reverse+ramp"]


def test_metadata_tell_domains_apart():
    told = ["clean", "reverse", "ramp", "diff", "stretch", "square", "gain", "reverse+ramp"]
    rows = np.stack([DOMAINS[name].metadata() for name in told])
    assert rows.dtype == np.float32
    assert len(np.unique(rows, axis=0)) == len(told)
    np.testing.assert_array_equal(rows[0], np.zeros(6))
    whole = Domain(reverse=True, ramp=3, diff=True, stretch=1, gain=0.3, square=True)
    np.testing.assert_array_equal(whole.metadata(), np.ones(6))
    half = Domain(ramp=-1.5, stretch=0.5, gain=0.09).metadata()
    np.testing.assert_allclose(half, [0, -0.5, 0, 0.5, 2, 0], rtol=1e-6)


@pytest.mark.parametrize(
    ("field", "message"),
    [
        ({"stretch": 1.5}, "stretch must be at least 0 and at most 1, got 1.5"),
        ({"shear_scale": -1}, "shear_scale must be at least 0, got -1"),
        ({"iid_noise_scale": -0.1}, "iid_noise_scale must be at least 0, got -0.1"),
        ({"corr_noise_scale": "1"}, "corr_noise_scale must be a number, got '1'"),
        ({"final_seq_length": 1}, "final_seq_length must be at least 2 and at most 40, got 1"),
        ({"final_seq_length": 41}, "final_seq_length must be at least 2 and at most 40, got 41"),
        ({"smooth": -2}, "smooth must be at least 0, got -2"),
        ({"pieces": 7}, "pieces must be a divisor of 40, got 7"),
        ({"pieces": 0}, "pieces must be at least 1, got 0"),
        ({"reverse": 1}, "reverse must be true or false, got 1"),
        ({"gain": 0}, "gain must be above 0, got 0"),
        ({"ramp": np.inf}, "ramp must be finite, got inf"),
    ],
)
def test_fields_are_refused_by_name(field, message):
    with pytest.raises((TypeError, ValueError), match=f"^{message}$"):
        Domain(**field)


@pytest.mark.parametrize(("domain", "raw"), [("clean", RAW[0]), ("len20", RAW)])
def test_signals_of_another_shape_are_refused(domain, raw):
    points = DOMAINS[domain].final_seq_length
    with pytest.raises(ValueError, match=rf"raw must be of shape \(n, {points}\), got \("):
        DOMAINS[domain].transform(raw)


def test_an_unknown_name_is_refused_with_the_nearest():
    with pytest.raises(ValueError, match=r"domain must be one of clean, .*: did you mean 'ramp'"):
        named("rampp")
