"""The page as text: what stands on it, what may not stand on it, and when it is not written."""

import base64
import copy
import hashlib
import io
import json
import re
from collections import Counter
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

import mnist1d
from labs import LABS
from labs.kit.cli import main
from labs.kit.lab import load
from labs.kit.references import reference
from labs.kit.undecided import claimed
from labs.page import build, citing, pictures
from labs.page.markup import block, text
from labs.page.results import Shown, shown
from labs.page.verdicts import Axis, strip
from tests.page.reading import Page
from tests.toy_lab import LAB

ROOT = Path(__file__).parents[2]
SINCE = {"values", "low_95", "high_95", "look", "error", "reason", "cause", "younger", "family"}
HOSTILE = (
    "</script><script>alert(1)</script>",
    "\"'><img src=x onerror=alert(1)>",
    "javascript:alert(1)",
    "<!-- --!> <![CDATA[ ]]>",
    "w" * 5000,
    "\u202eright to left \u05e9\u05dc\u05d5\u05dd",
    "a\0b {C1} %s &amp; &#60;",
)


@pytest.fixture(scope="module")
def html(page_file):
    return page_file.read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def found(html):
    return Page(html)


@pytest.fixture(scope="module")
def pooling():
    return shown([load(LABS, "pooling")])


def changed(results, folder=None, **claims):
    """References with fields of all claims replaced."""
    return [
        Shown(s.lab, {**s.found, "claims": [{**c, **claims} for c in s.found["claims"]]}, at)
        for s in results
        for at in [folder or s.folder]
    ]


def test_every_claim_of_every_lab_stands_in_the_table_once(found):
    rows = Counter(row["id"] for row, _ in found.all("tr", within="claims") if "id" in row)
    claims = [f"all/{name}/{c['id']}" for name in LABS for c in reference(name)["claims"]]
    assert rows == Counter(claims)


def test_a_row_of_the_table_says_what_the_reference_holds(found):
    by_id = {row.get("id"): text for row, text in found.all("tr", within="claims")}
    for name in LABS:
        for claim in reference(name)["claims"]:
            text = by_id[f"all/{name}/{claim['id']}"]
            assert claim["sentence"] in text
            assert claim["verdict"] in text


def test_every_lab_has_its_question_and_its_card(found):
    headings = Counter(text for _, text in found.all("h3"))
    for name in LABS:
        assert headings[load(LABS, name).question] == 2  # what came out, and the card
        assert any(at.get("id") == f"lab-{name}" for at, _ in found.all("article"))


def test_the_policy_names_every_style_and_script_and_nothing_else(found):
    (policy,) = (at["content"] for at, _ in found.all("meta") if "http-equiv" in at)
    runs = [text for at, text in found.all("script") if at.get("type") != "application/json"]
    styles = [text for _, text in found.all("style")]

    def digests(texts):
        found = [hashlib.sha256(text.encode()).digest() for text in texts]
        return " ".join(f"'sha256-{base64.b64encode(digest).decode()}'" for digest in found)

    assert policy == (
        f"default-src 'none'; img-src data:; style-src {digests(styles)}; "
        f"script-src {digests(runs)}"
    )
    assert len(runs) == len(build.SCRIPTS)
    assert len(styles) == len(build.STYLES)


def test_nothing_is_fetched_and_nothing_runs_from_an_attribute(found):
    for _, attributes, _, _ in found.elements:
        assert not [name for name in attributes if name.startswith("on") or name == "style"]
        assert attributes.get("src", "data:").startswith("data:")
        assert attributes.get("href", "#").startswith("#")


def test_ids_are_unique_and_links_lead_to_them(found):
    ids = Counter(at["id"] for _, at, _, _ in found.elements if "id" in at)
    assert {name for name, count in ids.items() if count > 1} == set()
    assert {at["href"][1:] for at, _ in found.all("a")} - set(ids) == set()


def test_pictures_say_what_they_show_and_how_large_they_are(found):
    images = [at for at, _ in found.all("img")]
    assert images or not list((ROOT / "figures").glob("*.png"))
    assert [at for at in images if not (at["alt"] and int(at["width"]) and int(at["height"]))] == []


def test_tables_have_captions_and_their_heads_a_scope(found):
    assert len(list(found.all("caption"))) == len(list(found.all("table")))
    assert {at.get("scope") for at, _ in found.all("th")} == {"row", "col"}


def test_the_page_is_small_enough(page_file):
    assert page_file.stat().st_size < 8e6


def test_two_builds_give_the_same_bytes(pooling):
    assert build.page(pooling) == build.page(pooling)


@pytest.mark.parametrize("words", HOSTILE)
def test_words_of_others_stay_text(pooling, words):
    plain, hostile = (
        Page(build.page(changed(pooling, Path("nowhere"), sentence=s, source=s, published=s)))
        for s in ("words", words)
    )
    assert [element[0] for element in hostile.elements] == [e[0] for e in plain.elements]
    said = "".join(text for _, text in hostile.all("table"))
    assert words.replace("\0", "\N{REPLACEMENT CHARACTER}") in said


@pytest.mark.parametrize("words", [*HOSTILE, None, {"<b>": "\u2028"}])
def test_a_block_of_data_is_nothing_but_data(words):
    written = block("x", words)
    assert written.count("<") == 2
    assert json.loads(Page(written).elements[0][3][0]) == words


@pytest.mark.parametrize("name", ["pooling", "modular_rules", "benchmark"])
def test_a_reference_of_any_age_is_shown(name, tmp_path):
    for each in shown([load(LABS, name)]):
        old = copy.deepcopy(dict(each.found))
        for key in {"figures", "power", "rules", "unplanned", "processor", "looks"} & set(old):
            del old[key]
        old["remarks"] = ["Remarks were text"]
        old["claims"] = [{k: v for k, v in c.items() if k not in SINCE} for c in old["claims"]]
        page = Page(build.page([Shown(each.lab, old, each.folder)]))
        assert "Remarks were text." in {text for _, text in page.all("p")}


def test_a_reference_without_a_claim_of_the_finding_says_how_many_hold(pooling):
    (main,) = pooling
    asked = replace(main.lab, finding="What is new is {P1}.")
    without = {**main.found, "claims": [c for c in main.found["claims"] if c["id"] != "P1"]}
    page = build.page([Shown(asked, without, Path("nowhere"))])
    assert "What is new is" not in page
    assert '<p class="finding">' in page


def test_a_card_says_method_differences_and_limitations_as_text(pooling):
    (one,) = changed(pooling, Path("nowhere"))
    method = replace(one.lab.method, text=f"{HOSTILE[0]}.")
    told, silent = (
        build.page([replace(one, lab=replace(one.lab, method=said))]) for said in (method, None)
    )
    for said in (method.text, *method.differences, *method.left_out, *method.limitations):
        assert text(said) in told
    assert HOSTILE[0] not in told
    assert "Method and limitations" not in silent


def test_an_open_claim_says_why(pooling):
    ends = {"low": -1.0, "high": 2.0, "above": 0.0, "below": None, "reason": ""}
    page = build.page(changed(pooling, Path("nowhere"), verdict="undecided", **ends))
    assert "Why undecided: the effect, if any, is below 2.0 " in page


def test_a_new_reference_changes_the_finding(pooling):
    page = build.page(changed(pooling, Path("nowhere"), estimate=12.0, low=11.0, high=13.0))
    assert "pooling gains" in page
    assert '<span class="ours" data-claim="pooling/P1"><span>12.0 [11.0, 13.0] points' in page


def test_an_installed_package_says_that_it_has_no_pictures(pooling, tmp_path):
    page = Page(build.page(changed(pooling, tmp_path)))
    assert list(page.all("img")) == []
    assert any("not in an installed package" in text for _, text in page.all("figure"))


def test_a_picture_keeps_its_colours():
    image = pytest.importorskip("PIL.Image")
    path = ROOT / "figures" / "mnist1d.png"
    content, size = pictures.webp(path.read_bytes(), 400)
    small = image.open(io.BytesIO(content)).convert("RGB")
    assert small.size == size == (400, size[1])
    large = image.open(path).convert("RGB").resize(size, image.Resampling.LANCZOS)
    errors = [abs(a - b) for a, b in zip(small.tobytes(), large.tobytes(), strict=True)]
    assert sum(errors) / len(errors) < 4


def test_a_picture_keeps_pale_areas_and_small_marks_among_many_colours():
    image = pytest.importorskip("PIL.Image")
    pixels = np.full((300, 400, 3), 255, dtype=np.uint8)
    pixels[:100] = np.random.default_rng(0).integers(0, 256, size=(100, 400, 3))  # a busy map
    pixels[150:200] = 0xED  # the claimed side
    pixels[250:262, 200:212] = (0x00, 0x9E, 0x73)  # a verdict
    buffer = io.BytesIO()
    image.fromarray(pixels).save(buffer, "PNG")
    content, _ = pictures.webp(buffer.getvalue(), 400)
    kept = np.asarray(image.open(io.BytesIO(content)).convert("RGB"))
    np.testing.assert_array_equal(kept[100:], pixels[100:])


@pytest.mark.parametrize(
    ("rule", "side"),
    [
        ("above 5 points, because so", (5, float("inf"))),
        ("below -0.5, because so", (float("-inf"), -0.5)),
        ("between 1e-05 and 3 %, because so", (1e-5, 3)),
    ],
)
def test_the_claimed_side_of_an_old_reference_is_read_from_its_rule(rule, side):
    assert claimed({"rule": rule}) == side
    assert claimed({"rule": "", "above": 1.0, "below": 2.0}) == (1.0, 2.0)


def test_the_claimed_sides_of_all_labs_are_those_of_their_claims():
    for name in LABS:
        lab = load(LABS, name)
        for claim in lab.claims:
            assert claimed({"rule": claim.rule}) == pytest.approx(claim.claimed, rel=1e-5)


def test_a_row_draws_what_it_says():
    claim = {
        "verdict": "contradicted",
        **{"estimate": 5.0, "low": 2.0, "high": 8.0, "low_95": 3.0, "high_95": 7.0},
        **{"published": 9, "above": 9.5, "below": None, "rule": ""},
    }
    axis = Axis([0, 10])
    drawn = strip(claim, axis, "toy/T1")

    def place(value):
        return f"{round(100 * (value + 0.5) / 11, 2)}%"  # the axis has a room of 5 % on each side

    assert f'class="thin" x1="{place(2)}" x2="{place(8)}"' in drawn
    assert f'class="thick" x1="{place(3)}" x2="{place(7)}"' in drawn
    assert f'class="published" x1="{place(9)}" x2="{place(9)}"' in drawn
    assert f'class="side" x="{place(9.5)}" width="{round(100 - 100 * 10 / 11, 2)}%"' in drawn
    assert f'<svg x="{place(5)}"' in drawn  # the triangle
    assert "<circle" in strip({**claim, "verdict": "holds"}, axis, "")
    assert "circle" not in drawn


@pytest.mark.parametrize("values", [[], [3], [0, 0], [-1e6, 2e6], [0.001, 0.0011], [1e-9, 1]])
def test_an_axis_has_round_numbers_on_it(values):
    axis = Axis(values)
    ticks = axis.ticks()
    assert 2 <= len(ticks) <= 7
    assert all(0 <= axis.at(tick) <= 100 for tick in [*ticks, *values])


def test_what_is_cited_is_what_the_project_says():
    said = (ROOT / "CITATION.cff").read_text()
    for fact in (
        *(citing.TITLE, citing.AUTHORS, citing.PAPER, citing.PROCEEDINGS, citing.ARXIV),
        f"version: {mnist1d.__version__}",
        f'date-released: "{citing.YEAR}-',
        f"year: {citing.PAPERS_YEAR}",
        *(name for author in citing.PAPERS_AUTHORS.split(" and ") for name in author.split()),
    ):
        assert fact in said


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--write"], "report must be --write or --html, got both"),
        (["toy"], "--html must be of all labs, got 'toy': leave it out"),
        (["--out", "page.txt"], "--out must be an .html file with --html, got 'page.txt'"),
        (["--out", "."], "--out must be an .html file with --html, got '.'"),
    ],
)
def test_what_does_not_go_together_is_refused(words, message, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert main({"toy": "tests.toy_lab"}, ["report", "--html", *words]) == 2
    assert message in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def test_the_command_writes_the_page(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    register = {"toy": "tests.toy_lab"}
    for path in ("page.html", "other.html"):
        words = [] if path == "page.html" else ["--out", path]
        assert main(register, ["report", "--html", *words]) == 0
        assert re.fullmatch(rf"{path}: written, \d\.\d MB\n", capsys.readouterr().out)
    assert (tmp_path / "page.html").read_bytes() == (tmp_path / "other.html").read_bytes()
    assert {path.name for path in tmp_path.iterdir()} == {"page.html", "other.html"}
    assert LAB.question not in (tmp_path / "page.html").read_text()  # it has no reference
