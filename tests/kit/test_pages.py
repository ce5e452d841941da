"""A lab's page: its parts in their order, causes sorted by whether an experiment showed them."""

import json
from dataclasses import replace

import pytest

from labs.kit.cli import main
from labs.kit.method import Method
from labs.kit.pages import page
from tests.toy_lab import LAB, README

REGISTER = {"toy": "tests.toy_lab"}
PARTS = (
    "Method",
    "Where it differs from the source",
    "Results",
    "Causes",
    "What the source says and no claim judges",
    "Limitations",
)


@pytest.fixture(scope="module")
def figures(tmp_path_factory):
    root = tmp_path_factory.mktemp("root")
    (root / "README.md").write_text(README)
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(root)
        for preset in ("full", "longer"):
            assert main(REGISTER, ["run", "toy", "--preset", preset, "--jobs", "1"]) == 0
        assert main(REGISTER, ["report", "--write"]) == 0
    return root / "figures"


def sections(text):
    """Title -> what stands below it."""
    parts = text.split("\n## ")
    return {part.partition("\n")[0]: part.partition("\n")[2].strip() for part in parts}


def with_cause(cause):
    first, second = LAB.claims
    return replace(LAB, claims=(first, replace(second, cause=cause)))


def test_its_parts_stand_in_the_order_of_a_paper(figures):
    found = sections(page(LAB, figures))
    titles = list(found)
    assert titles == ["# toy", *PARTS[:3], "Longer training", *PARTS[3:], "How it was made"]
    assert found["Method"] == LAB.method.text
    assert found["Where it differs from the source"] == "* Nobody tossed before."
    assert found[PARTS[4]] == "* That coins have memories: nobody asked them."
    assert found["Limitations"] == "* Coins have two sides.\n* These have no weight."
    assert found["# toy"].startswith("**Does training help a coin?**\n\nThe bias shows: ")
    assert " Sentences of the source: 1 hold." in found["# toy"]
    assert found["Results"].index("sentences of the source") < found["Results"].index("our own")
    assert "know" not in found["Results"]  # causes have a part of their own


@pytest.mark.parametrize(
    ("cause", "title"),
    [
        ("A fair coin is fair.", "shown by an experiment or by the source itself:"),
        ("Likely: the thumb is tired.", "Guesses, which no experiment has tested:"),
        ("It is fair: likely nobody told it.", "Guesses, which no experiment has tested:"),
    ],
)
def test_a_cause_stands_among_those_shown_or_among_the_guesses(figures, cause, title):
    causes = sections(page(with_cause(cause), figures))["Causes"]
    assert causes.endswith(f"{title}\n\n* T2: {cause}")


def test_a_contradicted_claim_without_a_cause_is_said_to_have_none(figures):
    assert sections(page(with_cause(""), figures))["Causes"] == "No cause is known:\n\n* T2."


def test_where_nothing_is_contradicted_there_are_no_causes(figures, tmp_path):
    for path in figures.glob("toy*.json"):
        found = json.loads(path.read_text())
        for claim in found["claims"]:
            claim["verdict"] = "holds"
        (tmp_path / path.name).write_text(json.dumps(found))
    assert "Causes" not in sections(page(LAB, tmp_path))


def test_a_lab_that_says_nothing_of_its_method_has_a_page_all_the_same(figures):
    found = sections(page(replace(LAB, method=None), figures))
    assert list(found) == ["# toy", "Results", "Longer training", "Causes", "How it was made"]


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"differences": ()}, "differences must hold a sentence at least, got none"),
        ({"limitations": ()}, "limitations must hold a sentence at least, got none"),
        ({"text": "How"}, "text must be sentences with a full stop, got 'How'"),
        ({"changed": ("2026-01-01",)}, "changed must be sentences with a full stop"),
        ({"left_out": ("That it is",)}, "left_out must be sentences with a full stop"),
    ],
)
def test_a_method_is_made_of_sentences(fields, message):
    legal = {"text": "How.", "differences": ("So.",), "limitations": ("No.",)}
    with pytest.raises(ValueError, match=message):
        Method(**legal | fields)
