"""Signals of domains: pairs, units, places, and the law that each pipeline follows."""

from dataclasses import replace
from hashlib import sha256

import numpy as np
import pytest
from sklearn.neighbors import KNeighborsClassifier

from labs.data.domains import DOMAINS, Domain
from labs.data.mnist1d import fresh, units
from labs.data.signals import draw
from mnist1d import Recipe, generate
from mnist1d.fast import moments

SAME_PIPELINE = [name for name, domain in DOMAINS.items() if domain.law == Recipe()]
NOISELESS = {"corr_noise_scale": 0, "iid_noise_scale": 0, "shear_scale": 0}


def raw(domain, examples=2000):
    mean, sd = units(0)
    return draw(domain, 0, examples, "test").x.astype(float) * sd + mean


def test_clean_signals_are_the_fresh_ones_of_that_purpose():
    ours, theirs = draw("clean", 3, 2300, "test"), fresh(3, 2300, "test")
    np.testing.assert_allclose(ours.x, theirs.x, atol=1e-5)
    np.testing.assert_array_equal(ours.y, theirs.y)


@pytest.mark.parametrize("name", DOMAINS)
def test_all_domains_hold_the_same_digits(name):
    clean, signals = (draw(domain, 1, 2000, "test") for domain in ("clean", name))
    assert signals.x.shape == (2000, 40)
    assert signals.x.flags.c_contiguous
    assert [a.dtype.name for a in signals] == ["float32", "int64", "float64"]
    np.testing.assert_array_equal(signals.y, clean.y)
    for part in np.split(signals.y, 2):
        np.testing.assert_array_equal(np.bincount(part), [100] * 10)


@pytest.mark.parametrize("name", DOMAINS)
def test_fewer_signals_are_the_first_of_more(name):
    for few, more in zip(draw(name, 0, 1200, "test"), draw(name, 0, 2100, "test"), strict=True):
        np.testing.assert_array_equal(few, more[:1200])


@pytest.mark.parametrize("name", SAME_PIPELINE)
def test_domains_of_one_pipeline_are_transforms_of_the_clean_signals_in_their_units(name):
    assert len(SAME_PIPELINE) == 11
    expected = DOMAINS[name].transform(raw("clean"))
    np.testing.assert_allclose(raw(name), expected, atol=1e-5)
    clean, signals = (draw(domain, 0, 2000, "test") for domain in ("clean", name))
    np.testing.assert_array_equal(signals.position, clean.position)


@pytest.mark.parametrize("name", ["reverse", "shuffle", "blockperm"])
def test_where_samples_only_move_they_stay_the_same_to_the_last_bit(name):
    clean = draw("clean", 0, 1100, "test").x
    places = DOMAINS[name].transform(np.arange(40)[None])[0]
    np.testing.assert_array_equal(draw(name, 0, 1100, "test").x, clean[:, places])


def test_other_knobs_change_the_same_draws_of_chance():
    clean, iid, more, shear = map(raw, ("clean", "iid.1", "iid.25", "shear3"))
    np.testing.assert_allclose((more - clean) / 0.23, (iid - clean) / 0.08, atol=1e-4)
    tilts = shear - clean  # straight lines, and longer ones of the same slope as the clean shear
    np.testing.assert_allclose(np.diff(tilts, 2), 0, atol=1e-5)
    np.testing.assert_allclose(clean - tilts / 3, raw(Domain(shear_scale=0)), atol=1e-5)


@pytest.mark.parametrize("name", ["clean", "stretch", "shear3", "iid.1", "iid.25", "corr1"])
def test_signals_follow_the_law_of_their_pipeline(name):
    mean, sd = moments(DOMAINS[name].law)
    x = raw(name, 20_000)
    assert x.mean() == pytest.approx(mean, abs=0.02 * sd)
    assert x.std() == pytest.approx(sd, rel=0.015)


@pytest.mark.parametrize("stretch", [0, 0.3, 1])
def test_every_place_is_taken_alike(stretch):
    domain = Domain(stretch=stretch)
    places = draw(domain, 0, 20_000, "test").position * domain.law.max_translation
    counts = np.bincount(places.round().astype(int))
    expected = 20_000 / domain.law.max_translation
    assert len(counts) == domain.law.max_translation
    assert counts == pytest.approx(expected, abs=4.5 * expected**0.5)


@pytest.mark.parametrize("stretch", [0.3, 1])
def test_digits_are_as_wide_as_their_pipeline_makes_them(stretch):
    domain = Domain(stretch=stretch, **NOISELESS)
    data = generate(replace(domain.law, num_samples=20_000, train_split=1), stream="fast")
    ours, theirs = (
        np.bincount((abs(x) > 1e-4).sum(axis=1), minlength=41)
        for x in (raw(domain, 20_000), data.x * data.moments[1] + data.moments[0])
    )
    assert (theirs > 0).sum() > 5
    assert (abs(ours - theirs) <= 4.5 * (ours + theirs) ** 0.5).all()


def test_the_digit_stands_where_its_position_says():
    signals = draw(Domain(**NOISELESS), 0, 2000, "test")
    weight = abs(raw(Domain(**NOISELESS)))
    centre = weight @ np.arange(40) / weight.sum(axis=1)
    slope, start = np.polyfit(signals.position, centre, 1)
    # 48 shifts by one of the canvas's 72 points, whose 71 steps are 39 of the signal
    assert slope == pytest.approx(48 / 71 * 39, rel=0.02)
    assert np.std(centre - slope * signals.position - start) < 1.5


def test_a_stretched_digit_has_the_place_and_the_noise_of_its_pair():
    clean, stretch = (draw(name, 0, 20_000, "test") for name in ("clean", "stretch"))
    assert abs(clean.position - stretch.position).max() < 1 / 20
    for quarter in (1, 2, 3):
        np.testing.assert_array_equal(clean.position < quarter / 4, stretch.position < quarter / 4)
    np.testing.assert_allclose(
        raw(Domain(stretch=1, shear_scale=3)) - raw("stretch"),
        raw("shear3") - raw("clean"),
        atol=1e-5,
    )


def test_draws_of_chance_are_those_of_the_stored_results():
    signals = draw("stretch", 2, 1500, "test")
    places = (signals.position * 20).round().astype("<i8")
    digest = sha256(places.tobytes() + signals.y.astype("<i8").tobytes()).hexdigest()[:16]
    assert digest == "e28636d2f4e62786"


def test_purposes_and_replicates_are_other_draws():
    one = draw("ramp", 0, 100, "a")
    for other in (draw("ramp", 0, 100, "b"), draw("ramp", 1, 100, "a")):
        assert not np.array_equal(one.y, other.y)
        assert not np.array_equal(one.position, other.position)
    np.testing.assert_array_equal(one.x, draw(Domain(ramp=2), 0, 100, "a").x)


def test_a_ramp_of_two_raw_units_is_a_gap_and_of_two_deviations_is_none():
    clean = draw("clean", 0, 4000, "train")
    model = KNeighborsClassifier(10).fit(clean.x, clean.y)

    def score(domain):
        test = draw(domain, 0, 1000, "test")
        return model.score(test.x, test.y)

    # Measured: 0.565, 0.507 and 0.133; a share of 1000 examples has an error of 0.016.
    assert score("clean") > 0.5
    assert score(Domain(ramp=2 * units(0)[1])) > score("clean") - 0.15
    assert score("ramp") < 0.2


@pytest.mark.parametrize(
    ("argument", "message"),
    [
        ({"domain": "stretched"}, "domain must be one of .*: did you mean 'stretch'"),
        ({"domain": None}, "domain must be one of .*, got None"),
        ({"replicate": -1}, "replicate must be an integer of at least 0, got -1"),
        ({"examples": 0}, "examples must be an integer of at least 1, got 0"),
        ({"examples": 10.5}, "examples must be an integer of at least 1, got 10.5"),
        ({"purpose": ""}, "purpose must be a text, got ''"),
        ({"purpose": 3}, "purpose must be a text, got 3"),
    ],
)
def test_arguments_are_refused_by_name(argument, message):
    given = {"domain": "clean", "replicate": 0, "examples": 10, "purpose": "test", **argument}
    with pytest.raises((TypeError, ValueError), match=message):
        draw(**given)
