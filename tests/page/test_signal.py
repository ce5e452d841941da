"""The pipeline and the streams in JavaScript: what Python computes, and uniform draws."""

import itertools

import numpy as np
import pytest
from scipy.stats import chi2_contingency, chisquare, kstest

from mnist1d import Recipe, moments
from mnist1d.fast import ModernStream
from mnist1d.pipeline import pipeline
from mnist1d.steps import SEED, pipeline_steps
from tests.page.test_explorer import TEMPLATES, named

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("bench")]
RECIPES = (
    Recipe(),
    # a point of the canvas lies on the first zero, where numpy's rounding makes it digit or padding
    Recipe(template_len=62, padding=(9, 9), scale_coeff=1.5, corr_noise_scale=1, shear_scale=3),
    Recipe(padding=(60, 60), max_translation=90, iid_noise_scale=0.4, final_seq_length=97),
)


def injected(draws):
    """The draws of each sample, as signal.js takes them."""
    columns = {name: values.tolist() for name, values in draws._asdict().items()}
    return [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]


def test_the_pipeline_equals_pythons(opened, bench_file):
    with opened(bench_file) as page:
        for recipe in RECIPES:
            draws, rows = ModernStream(7).draws(recipe, 150), np.arange(150) % 10
            samples, law = page.evaluate(
                """([rows, recipe, draws]) => [
                  rows.map((row, k) =>
                    Signal.through(Explorer.templates[row], recipe, draws[k]).sample),
                  Signal.moments(Explorer.templates, recipe),
                ]""",
                [rows.tolist(), named(recipe), injected(draws)],
            )
            wide = {name: getattr(draws, name).astype(np.float64) for name in ("smooth", "white")}
            expected = pipeline(recipe, TEMPLATES, np.float64).render(rows, draws._replace(**wide))
            np.testing.assert_allclose(samples, expected, rtol=0, atol=1e-6)
            assert [law["mean"], law["sd"]] == pytest.approx(moments(recipe), abs=1e-9)


@pytest.mark.parametrize("digit", [3, 8])
def test_all_ten_stages_are_those_of_the_picture_in_python(opened, bench_file, digit):
    draws = injected(ModernStream(SEED).draws(Recipe(), 1))
    with opened(bench_file) as page:
        found = page.evaluate(
            """([digit, recipe, draws]) => {
              const template = Explorer.templates[digit];
              const moments = Signal.moments([template], recipe); // of this digit, as there
              return Signal.stages(template, recipe, draws, moments);
            }""",
            [digit, named(Recipe()), draws[0]],
        )
    for step, stage in zip(pipeline_steps(digit, SEED), found, strict=True):
        assert (stage["name"], stage["note"]) == (step.name, step.note)
        np.testing.assert_allclose(stage["x"], step.x, rtol=0, atol=1e-6)
        np.testing.assert_allclose(stage["at"], step.at, rtol=0, atol=1e-9)
        assert stage["digit"] == step.digit.tolist()


def test_streams_are_uniform_and_names_make_them_independent(opened, bench_file):
    with opened(bench_file) as page:
        long, normal, first = page.evaluate(
            """(recipe) => [
              Array.from({ length: 20000 }, Draws.stream("42/height/one")),
              [...Draws.normals("42/white/one", 20000)],
              Array.from({ length: 4000 }, (_, k) => {
                const found = Draws.of(42, `one ${k}`, recipe);
                const { height, slope, pad, shift, smooth, white } = found;
                return [height, slope, pad, shift, smooth[0], smooth[1], white[0], white[1]];
              }),
            ]""",
            named(Recipe()),
        )
    columns = np.array(first).T
    for values in (long, columns[0], columns[1]):
        assert kstest(values, "uniform").pvalue > 1e-3
    for values in (normal, *columns[4:]):
        assert kstest(values, "norm").pvalue > 1e-3
    for values, count in ((columns[2], 25), (columns[3], 48)):
        assert chisquare(np.bincount(values.astype(int), minlength=count)).pvalue > 1e-3
    pairs = [*itertools.combinations(columns, 2)]
    pairs += [(values[:-1], values[1:]) for values in (long, normal, *columns)]
    for a, b in pairs:
        ranks = [np.argsort(np.argsort(values, kind="stable")) for values in (a, b)]
        counts = np.histogram2d(*ranks, bins=8)[0]
        assert chi2_contingency(counts).pvalue > 1e-4
