"""The quiz in Chromium: keys, score and intervals, seeds, kinds, models, colours, a phone."""

import json

import numpy as np
import pytest
from scipy.stats import binomtest

from labs.data import quiz as signals
from labs.page import build, quiz
from tests.page.test_page_in_browser import CONTRAST
from tests.page.test_quiz import LABELS, ROWS, stored, table

BROWSER = [pytest.mark.browser, pytest.mark.xdist_group("bench")]


def places(page, kind, count, seed):
    return page.evaluate(
        "(asked) => QuizItems.chosen(...asked).map((item) => item.place)", [kind, count, seed]
    )


def begin(page):
    page.focus("#quiz-start [type=submit]")
    page.keyboard.press("Enter")


def percent(share):
    return f"{100 * share:.1f}"


def wilson(right, count):
    return binomtest(right, count).proportion_ci(method="wilson")


def in_browser(test):
    for mark in BROWSER:
        test = mark(test)
    return test


@in_browser
def test_forty_signals_by_keyboard(opened, bench_file, tmp_path):
    with opened(bench_file, "#quiz?kind=plain&count=40&seed=7") as page:
        items = places(page, "plain", 40, 7)
        answers = [int(LABELS[item]) for item in items]
        answers[::7] = [(digit + 1) % 10 for digit in answers[::7]]  # six are wrong
        begin(page)
        for k, (item, answer) in enumerate(zip(items, answers, strict=True)):
            assert page.locator("#quiz-progress").inner_text() == f"Signal {k + 1} of 40"
            drawn = page.locator("#quiz-numbers").text_content()
            shown = np.array([float(value) for value in drawn.split(", ")])
            np.testing.assert_allclose(shown, stored("plain")[item], rtol=0, atol=6e-3)
            assert page.locator("#quiz-results").is_hidden()
            assert page.locator("#quiz-feedback").inner_text() == ""
            page.keyboard.press("Control+5")  # no answer
            page.keyboard.press("x")
            page.keyboard.press(str(answer))
        results = page.locator("#quiz-results").inner_text()
        assert page.evaluate("document.activeElement.textContent") == "34 of 40 right"
        matrix = page.locator(".confusion tbody tr").all_inner_texts()
        missed = page.locator("#quiz-results tbody tr").all_inner_texts()
        galleries = page.locator(".gallery").all()
        wrong = galleries[0].locator("figcaption b").all_inner_texts()
        assert galleries[1].locator("figure").count() == 6
        with page.expect_download() as download:
            page.click("#quiz-save")
        download.value.save_as(tmp_path / "quiz.json")
    low, high = wilson(34, 40)
    assert "That is 85.0\u00a0%. After 40 signals your true share may lie" in results
    assert f"[{percent(low)}, {percent(high)}]" in results
    assert "read 383 of 400: 95.75\u00a0% [93.3, 97.3]" in results
    person = sum(int(signals.GUESSES[item]) == LABELS[item] for item in items)
    assert f"{person} of these 40, 95.8 % of all" in results
    counts = np.zeros((10, 10), int)
    np.add.at(counts, ([LABELS[item] for item in items], answers), 1)
    assert [line.split()[1:] for line in matrix] == [
        [str(count) if count else "·" for count in row] for row in counts
    ]
    for digit, (missed_of, asked_of) in enumerate(((2, 30), (2, 42), (4, 36), (0, 50), (3, 47))):
        asked = counts[digit].sum()
        line = f"{digit} {asked - counts[digit, digit]} of {asked} {missed_of} of {asked_of}"
        assert line in [" ".join(each.split()) for each in missed]
    assert sorted(wrong) == sorted(f"a {LABELS[items[k]]}" for k in range(0, 40, 7))
    export = signals.check_export(json.loads((tmp_path / "quiz.json").read_text()))
    assert export["items"] == [signals.INDICES[item] for item in items]
    assert (export["answers"], export["kind"], export["seed"]) == (answers, "plain", 7)
    assert all(0 < second < 30 for second in export["seconds"])


@in_browser
def test_intervals_are_wilsons(opened, bench_file):
    cases = [(right, count) for count in (5, 20, 40, 400) for right in range(0, count + 1, 5)]
    with opened(bench_file) as page:
        found = page.evaluate("(cases) => cases.map((case_) => QuizItems.wilson(...case_))", cases)
    for (right, count), ends in zip(cases, found, strict=True):
        assert ends == pytest.approx(tuple(wilson(right, count)), abs=1e-12)


@in_browser
def test_a_seed_gives_the_same_signals_and_another_others(opened, bench_file):
    with opened(bench_file) as page:
        first = places(page, "plain", 40, 7)
        assert len(set(first)) == 40
        assert places(page, "plain", 20, 7) == first[:20]
        assert places(page, "noisy", 20, 7) != first[:20]
        assert places(page, "plain", 40, 8) != first
        drawn = page.evaluate(
            "Array.from({ length: 400 }, (_, s) => QuizItems.chosen('plain', 40, s))"
            ".flatMap((items) => items.map((item) => item.place))"
        )
    counts = np.bincount(drawn, minlength=400)  # each 40 times of 400, sd 6
    assert 10 < counts.min() < counts.max() < 75
    with opened(bench_file) as page:
        assert places(page, "plain", 40, 7) == first


@in_browser
def test_practice_tells_and_is_not_counted(opened, bench_file):
    with opened(bench_file) as page:
        page.click("#quiz-practise")
        said = set()
        for k in range(10):
            assert page.locator("#quiz-progress").inner_text() == f"Practice {k + 1} of 10"
            page.click("#quiz-stage [data-digit='3']")
            if k < 9:
                said.add(page.locator("#quiz-feedback").inner_text().split(":")[0])
        assert "No" in said
        assert "not counted" in page.locator("#quiz-practised").inner_text()
        assert page.locator("#quiz-results").is_hidden()
        assert page.locator("#quiz-start").is_visible()


@in_browser
@pytest.mark.parametrize("kind", ["shuffled", "noisy"])
def test_other_kinds_have_no_person(opened, bench_file, kind):
    with opened(bench_file, f"#quiz?kind={kind}&count=40&seed=1") as page:
        (item, *_) = places(page, kind, 20, 1)
        begin(page)
        shown = page.locator("#quiz-numbers").text_content().split(", ")
        np.testing.assert_allclose(
            [float(value) for value in shown], signals.signals(kind).x[item], rtol=0, atol=6e-3
        )
        for _ in range(20):
            page.keyboard.press("3")
        results = page.locator("#quiz-results").inner_text()
    assert "of 20 right" in results
    assert f"No person's answers to {kind} signals are known" in results
    assert "383" not in results
    assert "not asked" in results


@in_browser
def test_models_stand_beside_you_on_the_same_signals(opened, tmp_path, monkeypatch):
    monkeypatch.setattr(quiz, "FIGURES", tmp_path)
    table(tmp_path, ROWS)
    path = tmp_path / "page.html"
    path.write_text(build.page([]), encoding="utf-8")
    with opened(path, "#quiz?count=20&seed=3") as page:
        items = places(page, "plain", 20, 3)
        begin(page)
        for _ in items:
            page.keyboard.press("0")
        ladder = page.locator(".ladder").inner_text()
    right = sum(item < 200 for item in items)
    assert f"{right} of these 20, 94.5 % of all" in ladder


@in_browser
def test_a_key_turns_the_signal_and_a_button_stops(opened, bench_file):
    with opened(bench_file) as page:
        begin(page)
        box = "document.querySelector('#quiz-signal svg').getAttribute('viewBox')"
        upright = page.evaluate(box)
        page.keyboard.press("t")
        assert page.evaluate(box) == " ".join(upright.split()[:2] + upright.split()[:1:-1])
        assert page.get_attribute("#quiz-turn", "aria-pressed") == "true"
        page.keyboard.press("1")
        assert page.locator("#quiz-progress").inner_text() == "Signal 2 of 20"
        page.click("#quiz-stop")
        assert page.locator("#quiz-stage").is_hidden()
        assert page.locator("#quiz-results").is_hidden()


@in_browser
def test_what_is_wrong_in_an_address_is_ignored(opened, bench_file):
    with opened(bench_file, "#quiz?kind=<b>&count=1e9&seed=-1&__proto__=2") as page:
        assert page.evaluate("document.querySelector('#quiz-start').elements.kind.value") == "plain"
        assert page.input_value("#quiz-count") == "20"
        assert page.input_value("#quiz-seed") == ""


@in_browser
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_results_can_be_read_in_light_and_dark(opened, bench_file, scheme):
    with opened(bench_file, color_scheme=scheme) as page:
        begin(page)
        for _ in range(20):
            page.keyboard.press("8")
        seen, low = page.evaluate(CONTRAST, 4.5)
        assert page.locator("#quiz-results h3").is_visible()
    assert (seen > 200, low) == (True, [])


@in_browser
def test_a_phone_does_not_scroll_sideways(opened, bench_file):
    wide = "document.documentElement.scrollWidth"
    with opened(bench_file, viewport={"width": 320, "height": 640}) as page:
        page.check("[name=compare]")
        page.evaluate("document.querySelectorAll('details').forEach((d) => { d.open = true; })")
        page.wait_for_selector("#explorer-numbers table")
        assert page.evaluate(wide) == 320
        begin(page)
        assert page.evaluate(wide) == 320
        for _ in range(20):
            page.keyboard.press("8")
        page.evaluate("document.querySelectorAll('details').forEach((d) => { d.open = true; })")
        assert page.locator("#quiz-results h3").is_visible()
        assert page.evaluate(wide) == 320
