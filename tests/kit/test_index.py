"""figures/README.md: what is decided and what agrees, counted by hand and over all labs."""

import json
import re
from pathlib import Path

import pytest

from labs import LABS
from labs.kit.index import decided, index, overview
from labs.kit.lab import load
from tests.toy_lab import LAB

ROOT = Path(__file__).parents[2]
FIVE = {str(k): float(k + 1) for k in range(5)}  # mean 3; one run from -1.8 to 7.8


def claim(name, verdict, published=None, family="published"):
    ends = {"low_95": 1.0, "high_95": 5.0, "estimate": 3.0, "values": FIVE}
    return {"id": name, "verdict": verdict, "family": family, "published": published, **ends}


def stored(folder, *claims):
    (folder / "toy.json").write_text(json.dumps({"preset": "full", "claims": claims}))
    return folder


def row(folder, name):
    (line,) = [line for line in "\n".join(overview([LAB], folder)).splitlines() if name in line]
    return [cell.strip() for cell in line.strip("|").split("|")]


def test_decided_claims_and_numbers_that_agree_are_counted_by_hand(tmp_path):
    folder = stored(
        tmp_path,
        claim("T1", "holds", 4.0),  # in both intervals
        claim("T2", "contradicted", 7.0),  # in that of one run alone
        claim("T3", "undecided", 9.0),  # in none
        claim("T4", "not judged", "by eye"),
        claim("T5", "undecided", family="own"),
    )
    cells = ["2 of 4 (50 %)", "2 of 5 (40 %)", "1 of 3", "2 of 3"]
    assert row(folder, "[toy](toy.md)") == ["[toy](toy.md)", *cells]
    assert row(folder, "**all**") == ["**all**", *cells]
    said = overview([LAB], folder)[-1]
    assert said.startswith("Decided: 2 of 4 (50 %) published claims, 2 of 5 (40 %) of all. Of 3 ")
    assert "older than families" not in " ".join(overview([LAB], folder))


def test_a_reference_older_than_families_counts_as_published_and_says_so(tmp_path):
    old = claim("T1", "holds", 4.0)
    del old["family"]
    folder = stored(tmp_path, old, claim("T2", "undecided", family="own"))
    assert row(folder, "[toy]")[1:3] == ["1 of 1 (100 %)", "1 of 2 (50 %)"]
    assert "older than families counts as published" in overview([LAB], folder)[0]


def test_without_claims_or_references_nothing_is_counted(tmp_path):
    assert decided([]) == "-"
    assert overview([LAB], tmp_path) == []
    assert row(stored(tmp_path), "**all**") == ["**all**", "-", "-", "-", "-"]


def test_the_line_of_all_labs_is_the_sum_of_theirs():
    labs = [load(LABS, name) for name in LABS]
    _, table, _ = overview(labs, ROOT / "figures")
    lines = [[re.match(r"(\d+) of (\d+)", cell) for cell in line.split(" | ")[1:]]
             for line in table.splitlines()[2:]]  # fmt: skip
    *each, whole = [[[int(n) for n in m.groups()] if m else [0, 0] for m in one] for one in lines]
    assert len(each) == len(LABS)
    for column, (found, count) in enumerate(whole):
        assert [found, count] == [sum(one[column][k] for one in each) for k in (0, 1)]


@pytest.mark.parametrize("part", ["## [pooling](pooling.md)", "[DEVIATIONS.md](DEVIATIONS.md)"])
def test_it_leads_to_the_pages(part):
    assert part in index([load(LABS, "pooling")], ROOT / "figures")
