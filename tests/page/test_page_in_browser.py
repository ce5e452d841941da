"""The page in Chromium: as text, by mouse, by keyboard, on a phone, in the dark and in print."""

import re
from collections import Counter

import pytest

from labs import LABS
from labs.kit.lab import load
from labs.kit.references import reference
from labs.page import build
from labs.page.results import Shown, shown

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("page")]

SHOWN = "document.querySelectorAll('#claims tbody tr:not([hidden])').length"
# text against what is behind it, by WCAG 2: [ratio, words] of the text nodes below a bound
CONTRAST = """(bound) => {
  const rgba = (text) => {
    const found = text.match(/[\\d.]+/g).map(Number);
    return found.length === 3 ? [...found, 1] : found;
  };
  const over = (top, under) => top.slice(0, 3).map((v, k) => v * top[3] + under[k] * (1 - top[3]));
  const behind = (at) => {
    if (!at) return [255, 255, 255];
    const found = rgba(getComputedStyle(at).backgroundColor);
    return found[3] === 1 ? found.slice(0, 3) : over(found, behind(at.parentElement));
  };
  const light = (color) => {
    const [r, g, b] = color.map((v) => {
      const share = v / 255;
      return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  document.querySelectorAll("details").forEach((each) => { each.open = true; });
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const low = [];
  let seen = 0;
  while (walk.nextNode()) {
    const at = walk.currentNode.parentElement;
    if (!walk.currentNode.data.trim() || at.closest("script, style, [hidden]")) continue;
    const style = getComputedStyle(at);
    const back = behind(at);
    const ink = at.namespaceURI.endsWith("svg") ? style.fill : style.color;
    const [a, b] = [light(over(rgba(ink), back)), light(back)];
    const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    seen += 1;
    if (ratio < bound) low.push([ratio.toFixed(2), walk.currentNode.data.trim().slice(0, 40)]);
  }
  return [seen, low];
}"""


def words(page):
    return page.locator("body").inner_text()


def test_without_scripts_text_tables_and_figures_are_there(opened, page_file):
    with opened(page_file, java_script_enabled=False) as page:
        text = words(page)
        for name in LABS:
            assert load(LABS, name).question in text
        assert page.locator("#claims tbody tr").count() == sum(
            len(reference(name)["claims"]) for name in LABS
        )
        assert page.locator("#filters").is_hidden()
        assert page.locator("#guess").is_hidden()
        assert page.locator(".digits polyline").count() == 10
        page.locator("#lab-pooling summary", has_text="How it was made").click()
        assert page.locator("#lab-pooling dl").is_visible()


def test_all_pictures_decode(opened, page_file):
    with opened(page_file) as page:
        broken = page.evaluate(
            """async () => {
              // a lazy image that is far away does not load: each is loaded apart
              const widths = await Promise.all([...document.images].map((each) =>
                new Promise((done) => {
                  const apart = new Image();
                  const width = Number(each.getAttribute("width"));
                  apart.onload = () => done(apart.naturalWidth === width);
                  apart.onerror = () => done(false);
                  apart.src = each.src;
                })));
              return widths.filter((fits) => !fits).length;
            }"""
        )
        assert broken == 0


def test_filters_and_their_address(opened, page_file):
    claims = {name: reference(name)["claims"] for name in LABS}
    both = [c for c in claims["pooling"] if c["verdict"] == "holds"]
    with opened(page_file) as page:
        assert page.evaluate(SHOWN) == sum(map(len, claims.values()))
        page.select_option("[name=lab]", "pooling")
        page.select_option("[name=verdict]", "holds")
        assert page.evaluate(SHOWN) == len(both)
        assert page.locator("#count").inner_text().startswith(f"{len(both)} of ")
        address = page.evaluate("location.hash")
        page.fill("[name=words]", "xyzzy")
        assert page.evaluate(SHOWN) == 0
        page.click("#filters button[type=reset]")
        page.wait_for_selector("#claims tbody tr[hidden]", state="detached")
        assert page.evaluate(SHOWN) == sum(map(len, claims.values()))
    assert address == "#all?lab=pooling&verdict=holds"
    with opened(page_file, address) as page:
        assert page.evaluate(SHOWN) == len(both)
        assert page.input_value("[name=lab]") == "pooling"
    with opened(page_file, "#all?lab=%E0&verdict=<b>&nonsense") as page:
        assert page.evaluate(SHOWN) == 0 or page.input_value("[name=verdict]") == ""


def test_the_table_is_sorted_by_numbers_and_by_words(opened, page_file):
    with opened(page_file) as page:
        head = page.locator("#claims thead th", has_text="ours")
        for direction in ("ascending", "descending"):
            head.locator("button").click()
            assert head.get_attribute("aria-sort") == direction
            column = page.locator("#claims tbody tr td:nth-child(5)").all_text_contents()
            values = [float(t.split()[0]) for t in column if re.match(r"-?\d", t)]
            assert values == sorted(values, reverse=direction == "descending")
        page.locator("#claims th button", has_text="sentence").click()
        sentences = page.locator("#claims tbody tr td:nth-child(3)").all_text_contents()
        letters = [s.lower() for s in sentences if s[:1].isalpha()]
        assert letters == sorted(letters)


def test_guessing_covers_every_verdict_until_it_is_guessed(opened, page_file):
    truth = {c["id"]: c["verdict"] for c in reference("pooling")["claims"]}
    with opened(page_file) as page:
        page.click("#guess")
        assert page.locator(".verdict:not(.not-judged) .word:visible").count() == 0
        assert page.locator(".ours > span:visible").count() == 0
        assert page.locator(".result:visible").count() == 0
        page.evaluate("document.querySelectorAll('details').forEach((d) => { d.open = true; })")
        first = page.locator('#lab-pooling .rows [data-claim="pooling/P1"].verdict')
        first.focus()
        page.keyboard.press({"holds": "h", "contradicted": "c", "undecided": "u"}[truth["P1"]])
        assert page.locator("#score").inner_text() == "Right. 1 of 1 guesses were right."
        parts = page.locator('[data-claim="pooling/P1"]')
        assert parts.count() >= 5  # finding twice, row, drawing, tables
        assert page.locator('[data-claim="pooling/P1"]:not(.seen)').count() == 0
        assert truth["P1"] in first.inner_text()
        second = page.locator('#lab-pooling .rows [data-claim="pooling/P3"].verdict')
        second.click()
        wrong = next(w for w in ("holds", "contradicted") if w != truth["P3"])
        page.locator("#choices button", has_text=wrong).click()
        assert "1 of 2 guesses were right." in page.locator("#score").inner_text()
        page.click("#guess")
        assert page.locator(".result:visible").count() > 0
        assert page.locator("[role=button].verdict").count() == 0


def test_guessing_by_keyboard_alone(opened, page_file):
    with opened(page_file) as page:
        page.focus("#guess")
        page.keyboard.press("Enter")
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.classList.contains('verdict')")
        label = page.evaluate("document.activeElement.getAttribute('aria-label')")
        assert "Covered verdict" in label
        page.keyboard.press("Enter")
        assert page.evaluate("document.activeElement.parentElement.id") == "choices"
        page.keyboard.press("Escape")
        assert page.locator("#choices").count() == 0
        assert page.evaluate("document.activeElement.classList.contains('verdict')")


def test_a_link_to_a_claim_opens_what_it_is_in(opened, page_file):
    control = next(
        (name, claim["id"])
        for name in LABS
        for claim in reference(name)["claims"]
        if claim.get("family") == "control"
    )
    at = "/".join(control)
    with opened(page_file, f"#{at}") as page:
        row = page.locator(f'[id="{at}"]')
        assert row.is_visible()
        box = row.bounding_box()
        assert 0 <= box["y"] < 900
    with opened(page_file, "#%E0%A4%A") as page:  # no address at all
        assert page.locator("h1").is_visible()


def test_a_walk_by_keyboard_reaches_all_and_shows_where_it_is(opened, page_file):
    with opened(page_file) as page:
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.className") == "skip"
        kinds, hidden = Counter(), []
        for _ in range(400):
            page.keyboard.press("Tab")
            kind, outlined = page.evaluate(
                """() => {
                  const at = document.activeElement;
                  const style = getComputedStyle(at);
                  const box = at.getBoundingClientRect();
                  const seen = box.width > 0 && box.bottom > 0 && box.top < innerHeight;
                  const line = parseFloat(style.outlineWidth) > 0 && style.outlineStyle !== "none";
                  return [at.tagName + (at.id && "#" + at.id), seen && line];
                }"""
            )
            kinds[kind.partition("#")[0]] += 1
            if not outlined:
                hidden.append(kind)
        assert hidden == []
        assert {"A", "SUMMARY", "BUTTON"} <= set(kinds)


@pytest.mark.parametrize("width", [320, 1440])
def test_no_scrolling_sideways(opened, page_file, width):
    with opened(page_file, viewport={"width": width, "height": 700}) as page:
        for opened_details in (False, True):
            if opened_details:
                page.evaluate(
                    "document.querySelectorAll('details').forEach((d) => { d.open = true; })"
                )
            assert page.evaluate("document.documentElement.scrollWidth") == width


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_contrast(opened, page_file, scheme):
    with opened(page_file, color_scheme=scheme) as page:
        seen, low = page.evaluate(CONTRAST, 4.5)
        assert low == []
        assert seen > 5000


def test_it_prints_with_the_plots_of_all_families_open(opened, page_file):
    with opened(page_file) as page:
        page.emulate_media(media="print")
        assert page.locator("#filters").is_hidden()
        assert page.locator("#lab-pooling .family").last.locator(".rows").first.is_visible()
        page.set_viewport_size({"width": 718, "height": 1000})  # A4 within its margins
        assert page.evaluate("document.querySelector('#claims').scrollWidth") <= 718
        printed = page.pdf(format="A4")
        assert len(printed) > 500_000
        assert len(re.findall(rb"/Type\s*/Page\b", printed)) > 20


def test_words_of_others_are_shown_as_text(opened, tmp_path):
    hostile = "</script><script>document.title='mine'</script><img src=x> " + "w" * 500
    (main,) = shown([load(LABS, "pooling")])
    claims = [
        {**c, "sentence": hostile, "rule": hostile, "source": hostile} for c in main.found["claims"]
    ]
    path = tmp_path / "hostile.html"
    found = {**main.found, "claims": claims}
    path.write_text(build.page([Shown(main.lab, found, tmp_path)]), encoding="utf-8")
    with opened(path, viewport={"width": 320, "height": 700}) as page:
        assert page.title() != "mine"
        assert hostile in page.locator("#claims").inner_text()
        assert page.locator("img").count() == 0
        assert page.evaluate("document.documentElement.scrollWidth") == 320
