"""The explorer in Chromium: all of its controls."""

import itertools
import json
from dataclasses import asdict, replace

import numpy as np
import pytest
from scipy.spatial.distance import cdist

from labs.page import explorer
from mnist1d import Recipe, get_templates
from mnist1d.pipeline import Draws, pipeline

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("bench")]

TEMPLATES = get_templates()["x"]
READY = "#explorer-level[aria-busy=false]"
STAGES = (
    *("template", "pad", "dilate", "scale", "translate"),
    *("smooth noise", "white noise", "shear", "subsample", "standardise"),
)
# a knob, another value of it, and the first stage that it may change
KNOBS = (
    ("template_len", 20, "dilate"),
    ("padding_low", 10, "pad"),
    ("padding_high", 90, "pad"),
    ("scale_coeff", 1.2, "scale"),
    ("max_translation", 20, "translate"),
    ("corr_noise_scale", 0.8, "smooth noise"),
    ("iid_noise_scale", 0.2, "white noise"),
    ("shear_scale", 2.5, "shear"),
    ("final_seq_length", 60, "subsample"),
)


def named(recipe):
    """The recipe as signal.js takes it."""
    names = {knob.name for knob in explorer.KNOBS} | {"padding"}
    return {name: value for name, value in asdict(recipe).items() if name in names}


def set_knob(page, name, value):
    page.fill(f"#explorer-{name}", str(value))
    page.wait_for_selector(READY)


def stages(page):
    return {stage["name"]: np.array(stage["x"]) for stage in page.evaluate("Explorer.stages()")}


def test_a_slider_changes_its_own_stage_and_no_earlier_one(opened, bench_file):
    alone = {"corr_noise_scale", "iid_noise_scale", "shear_scale", "scale_coeff"}
    with opened(bench_file) as page:
        page.wait_for_selector(READY)
        before = stages(page)
        for knob, value, first in KNOBS:
            set_knob(page, knob, value)
            after = stages(page)
            for name in STAGES[: STAGES.index(first)]:
                np.testing.assert_array_equal(before[name], after[name], knob)
            assert not np.array_equal(before[first], after[first]), knob
            for low, high in itertools.pairwise(STAGES[5:8]):
                if knob in alone and high != first:  # what it adds is what it added before
                    added = [found[high] - found[low] for found in (before, after)]
                    np.testing.assert_allclose(*added, rtol=0, atol=1e-12, err_msg=knob)
            page.click("[data-do=published]")
        np.testing.assert_array_equal(stages(page)["standardise"], before["standardise"])


def test_arrow_keys_move_a_slider_and_say_what_is_new(opened, bench_file):
    with opened(bench_file) as page:
        page.focus("#explorer-iid_noise_scale")
        page.keyboard.press("ArrowRight")
        page.wait_for_selector("#explorer-heard:not(:empty)", state="attached")
        assert page.locator("output[for=explorer-iid_noise_scale]").inner_text() == "0.03"
        level = page.locator("#explorer-level").inner_text()
        assert page.locator("#explorer-heard").text_content() == f"{level} are read right."
        assert page.evaluate("location.hash") == "#explorer?iid_noise_scale=0.03"


def test_a_seed_that_is_none_is_refused_in_words(opened, bench_file):
    with opened(bench_file) as page:
        page.fill("#explorer-seed", "-3")
        page.press("#explorer-seed", "Tab")
        assert page.locator("#explorer-heard").text_content().startswith("Seed must be a whole")
        assert page.input_value("#explorer-seed") == "42"


def test_the_answer_to_the_guess_is_measured(opened, bench_file):
    with opened(bench_file) as page:
        page.click("summary:has-text('Guessed?')")
        table = page.locator("#explorer-doubled tbody")
        table.locator("tr").first.wait_for()  # opening tells its listeners a moment later
        *names, last = table.locator("tr td:nth-child(1), tr th").all_text_contents()
        shares = table.locator("tr td:last-child").all_text_contents()
    assert (sorted(names), last) == (sorted(knob.name for knob in explorer.KNOBS), "as published")
    levels = [float(share.split()[0]) for share in shares[:-1]]
    assert levels == sorted(levels)
    assert levels[0] < levels[-1]


def test_the_address_restores_everything(opened, bench_file):
    with opened(bench_file) as page:
        page.check("[name=digit][value='7']", force=True)
        page.fill("#explorer-seed", "123")
        set_knob(page, "padding_low", 90)  # takes the other end with it
        page.check("[name=compare]")
        set_knob(page, "shear_scale", 0)
        page.check("[name=shuffle_seq]")
        page.wait_for_selector(READY)
        address = page.evaluate("location.hash")
        kept = page.evaluate("Explorer.state()")
        drawn = page.locator("#explorer-stages").inner_html()
    assert kept["a"]["padding_high"] == kept["a"]["padding_low"] == 90
    assert (kept["b"]["shear_scale"], kept["a"]["shear_scale"]) == (0, 0.75)
    with opened(bench_file, address) as page:
        page.wait_for_selector(READY)
        assert page.evaluate("Explorer.state()") == kept
        assert page.locator("#explorer-stages").inner_html() == drawn
        assert page.locator("#explorer-samples h4").all_inner_texts() == ["Recipe A", "Recipe B"]
        assert page.locator("#explorer-stages figure").count() == 11  # the last one is shuffled
        assert page.input_value("#explorer-shear_scale") == "0"


def test_what_is_wrong_in_an_address_is_ignored(opened, bench_file):
    wrong = (
        "digit=12&seed=-1&iid_noise_scale=9&shear_scale=1e9&corr_noise_scale=&scale_coeff=NaN"
        "&own=1,2,3&compare=toString&b.shear_scale=%3Cscript%3E&max_translation=0&__proto__=1&%E0%A4%A"
    )
    with opened(bench_file) as page:
        usual = page.evaluate("Explorer.state()")
    for address in (f"#explorer?{wrong}", "#explorer?", "#explorer?digit=own", "#%E0"):
        with opened(bench_file, address) as page:
            page.wait_for_selector(READY)
            assert page.evaluate("Explorer.state()") == usual
    with opened(bench_file, "#explorer?padding_low=80&padding_high=30") as page:
        padding = page.evaluate("[Explorer.state().a].map((v) => [v.padding_low, v.padding_high])")
        assert padding == [[30, 80]]


def test_hide_removes_controls_and_nothing_else(opened, bench_file):
    with opened(bench_file, "#explorer?hide=shear,seed,padding&shear_scale=2") as page:
        page.wait_for_selector(READY)
        for name in ("shear_scale", "seed", "padding_low", "padding_high"):
            assert page.locator(f"#explorer-{name}").is_hidden()
        assert page.locator("#explorer-iid_noise_scale").is_visible()
        assert page.evaluate("Explorer.state().a.shear_scale") == 2
        page.click("[data-do=reset]")
        assert page.locator("#explorer-seed").is_hidden()
        assert page.evaluate("location.hash") == "#explorer?hide=shear,seed,padding"


def test_copy_as_python_is_the_recipe_shown(opened, bench_file):
    with opened(bench_file) as page:
        assert page.input_value("#explorer-python") == "Recipe()"
        for name, value, _ in KNOBS:
            page.fill(f"#explorer-{name}", str(value))
        page.check("[name=shuffle_seq]")
        page.fill("#explorer-seed", "4294967295")
        page.wait_for_selector(READY)
        words = page.input_value("#explorer-python")
        page.context.grant_permissions(["clipboard-read", "clipboard-write"])
        page.click("[data-do=copy]")
        page.wait_for_selector("#explorer-said:has-text('Copied')")
        assert page.evaluate("navigator.clipboard.readText()") == words
        page.evaluate("() => { navigator.clipboard.writeText = () => Promise.reject(); }")
        page.click("[data-do=copy]")
        page.wait_for_selector("#explorer-said:has-text('Ctrl+C')")
        selected = "((at) => at.value.slice(at.selectionStart, at.selectionEnd))"
        assert page.evaluate(f"{selected}(document.activeElement)") == words
        page.click("[data-do=published]")
        assert page.evaluate("Explorer.python()") == "Recipe(seed=4294967295)"
    knobs = {name: value for name, value, _ in KNOBS}
    padding = knobs.pop("padding_low"), knobs.pop("padding_high")
    expected = Recipe(**knobs, padding=padding, shuffle_seq=True, seed=2**32 - 1)
    assert eval(words, {"Recipe": Recipe}) == expected


def test_recipe_takes_the_ends_of_every_slider():
    for knob in explorer.data()["knobs"]:
        for value in (knob["low"], knob["high"]):
            if not knob["name"].startswith("padding"):
                replace(Recipe(), **{knob["name"]: value})
    ends = {knob["name"]: knob for knob in explorer.data()["knobs"]}
    assert (ends["padding_low"]["default"], ends["padding_high"]["default"]) == Recipe.padding
    Recipe(padding=(ends["padding_low"]["low"], ends["padding_high"]["high"]))
    signal = {*ends, "padding", "shuffle_seq", "seed"}
    sizes = {"num_samples", "train_split", "n_train", "n_val", "n_test"}
    assert set(Recipe.__dataclass_fields__) - sizes <= signal


def test_difficulty_is_that_of_a_nearest_neighbour_in_python(opened, bench_file):
    recipe = Recipe(iid_noise_scale=0.05)
    with opened(bench_file, "#explorer?iid_noise_scale=0.05&seed=5") as page:
        page.wait_for_selector(READY)
        shown = page.locator("#explorer-level").inner_text()
        parts = page.evaluate(
            """(recipe) => ["train", "test"].map((part) =>
              Array.from({ length: 500 }, (_, k) => {
                const draws = Draws.of(5, `${part} ${k}`, recipe);
                return { ...draws, smooth: [...draws.smooth].slice(0, 72),
                  white: [...draws.white].slice(0, 72) };
              }))""",
            named(recipe),
        )
    line, rows = pipeline(recipe, TEMPLATES, np.float64), np.arange(500) % 10
    train, test = (
        line.render(rows, Draws(*(np.array([d[n] for d in part]) for n in Draws._fields)))
        for part in parts
    )
    nearest = rows[cdist(test, train).argmin(axis=1)]
    assert float(shown.split()[0]) == pytest.approx(100 * (nearest == rows).mean(), abs=0.41)
    assert 15 < float(shown.split()[0]) < 60


def test_the_line_of_the_last_ten_and_the_file_of_all_settings(opened, bench_file, tmp_path):
    with opened(bench_file) as page:
        for k in range(12):
            set_knob(page, "corr_noise_scale", round(0.3 + 0.05 * k, 2))
        assert page.locator("#explorer-trail circle").count() == 10
        page.locator("summary", has_text="last ten settings").click()
        page.wait_for_selector("#explorer-tried table")
        lines = page.locator("#explorer-tried tbody th").all_inner_texts()
        with page.expect_download() as download:
            page.click("[data-do=log]")
        download.value.save_as(tmp_path / "log.json")
    values = ("0.4", "0.45", "0.5", "0.55", "0.6", "0.65", "0.7", "0.75", "0.8", "0.85")
    assert lines == [f"Recipe(corr_noise_scale={value})" for value in values]
    log = json.loads((tmp_path / "log.json").read_text())
    assert (log["format"], log["version"]) == ("mnist1d-labs explorer", 1)
    assert [setting["python"] for setting in log["settings"]][-10:] == lines
    assert all(0 <= setting["accuracy"] <= 1 for setting in log["settings"])


def test_a_digit_of_ones_own_by_keyboard_and_by_pointer(opened, bench_file):
    with opened(bench_file) as page:
        page.focus("#explorer-pad input")
        for key in ("ArrowRight", "ArrowDown", "ArrowLeft", "ArrowLeft"):
            page.keyboard.press(key)
        page.wait_for_selector(READY)
        own = page.evaluate("Explorer.state().own")
        assert own[:4] == [5.25, 5.5, 6.5, 6.5]  # of the 3, but for the two that were moved
        assert page.locator("#explorer-read").inner_text().startswith("Of 100 signals")
        assert page.locator("#explorer-samples figure").count() == 11
        box = page.locator("#explorer-pad").bounding_box()
        at = lambda across, down: (  # noqa: E731
            box["x"] + across * box["width"],
            box["y"] + down * box["height"],
        )
        page.mouse.move(*at(0.95, 0.01))
        page.mouse.down()
        page.mouse.move(*at(0.05, 0.99))  # fast: the rows between lie on a line
        page.mouse.up()
        drawn = page.evaluate("Explorer.state().own")
        address = page.evaluate("location.hash")
        page.wait_for_selector(READY)
    assert np.diff(drawn).max() < 0
    assert np.ptp(np.diff(drawn)) <= 0.5
    with opened(bench_file, address) as page:
        assert page.evaluate("Explorer.state().own") == drawn
        assert page.evaluate("Explorer.state().digit") == "own"


def test_two_recipes_side_by_side(opened, bench_file):
    with opened(bench_file) as page:
        page.wait_for_selector(READY)
        first = page.locator("#explorer-samples figure").first.inner_html()
        page.check("[name=compare]")
        set_knob(page, "corr_noise_scale", 2)
        blocks = page.locator("#explorer-samples > div")
        assert blocks.count() == 2
        assert blocks.nth(0).locator("figure").first.inner_html() == first
        assert blocks.nth(1).locator("figure").first.inner_html() != first
        a, b = page.locator("#explorer-level").inner_text().split(", ")
        assert (a[:3], b[:3]) == ("A:\u00a0", "B:\u00a0")
        assert a[3:] != b[3:]
        page.check("[name=edit][value=a]", force=True)
        assert page.input_value("#explorer-corr_noise_scale") == "0.25"


def test_every_control_and_picture_has_a_name(opened, bench_file):
    with opened(bench_file) as page:
        page.wait_for_selector(READY)
        page.evaluate(
            "document.querySelectorAll('#explorer details').forEach((d) => d.open = true)"
        )
        page.wait_for_selector("#explorer-numbers table")
        nameless = page.evaluate(
            """() => [...document.querySelectorAll("#explorer input, #explorer svg[role=img]")]
              .filter((each) => !each.getAttribute("aria-label") && !(each.labels || []).length)
              .length"""
        )
        assert nameless == 0
        assert page.locator("#explorer-numbers tbody tr").count() == 72
        assert page.locator("#explorer-sample-numbers tbody tr").count() == 30


def test_without_scripts_ten_signals_and_a_sentence(opened, bench_file):
    with opened(bench_file, java_script_enabled=False) as page:
        assert page.locator("#explorer .static polyline").count() == 10
        assert explorer.STATIC in page.locator("#explorer").inner_text()
        assert page.locator("#explorer-controls").is_hidden()
