"""The log of deviations: all that claims, labs and stored marks say, once, with its date."""

import json
import re
from dataclasses import replace
from pathlib import Path

import pytest

from labs import LABS
from labs.kit.deviations import HOUSE, Deviation, deviations, log
from labs.kit.lab import load
from tests.toy_lab import LAB

ROOT = Path(__file__).parents[2]
AFTER = "The rule was above 20 until 2026-11-19 (1234567), after the first coins"
FIRST, SECOND = LAB.claims
CHANGED = replace(LAB, claims=(replace(FIRST, changed=AFTER), replace(SECOND, changed=AFTER)))


def stored(folder, **younger):
    claims = [{"id": claim.id, "younger": younger.get(claim.id, "")} for claim in LAB.claims]
    folder.mkdir(exist_ok=True)
    (folder / "toy.json").write_text(json.dumps({"claims": claims}))
    return folder


def lines(text):
    return [line for line in text.splitlines() if line.startswith("|")]


def test_what_claims_and_labs_say_is_a_row_each_oldest_first(tmp_path):
    rows = lines(log([CHANGED], stored(tmp_path)))
    assert rows[2] == f"| 2026-11-19 | toy | T1, T2 | {AFTER}. |"
    after = "After a look at ten coins they are tossed higher (0123abc)."
    assert rows[3] == f"| 2026-11-20 | toy | - | {after} |"
    assert len(rows) == 4 + sum(map(len, HOUSE.values()))
    dates = [row.split(" | ")[0] for row in rows[2:]]
    assert dates == sorted(dates)


def test_a_mark_that_no_claim_explains_stands_below_and_only_that(tmp_path):
    folder = stored(tmp_path, T1=AFTER, T2="the measure was another when training started")
    _, marks = log([CHANGED], folder).split("## Marks")
    assert lines(marks)[2:] == ["| toy | T2 | † the measure was another when training started. |"]
    assert log([CHANGED], stored(tmp_path, T1=AFTER)).endswith("No others.\n")


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ("2026-11-20 (0123abc, 89ab012): it rains.", "It rains (0123abc, 89ab012)."),
        ("2026-11-20, after a look: it rains", "After a look: it rains."),
        ("It rains since 2026-11-20", "It rains since 2026-11-20."),
    ],
)
def test_a_date_at_the_beginning_goes_into_its_column(said, words):
    assert Deviation("toy", (), said).row == ["2026-11-20", "toy", "-", words]


def test_a_change_without_a_date_is_refused():
    with pytest.raises(ValueError, match=r"text must name its date, YYYY-MM-DD, got 'Once\.'"):
        Deviation("toy", ("T1",), "Once.")


def test_every_change_that_a_lab_tells_is_in_the_committed_log():
    labs = [load(LABS, name) for name in LABS]
    text = (ROOT / "figures" / "DEVIATIONS.md").read_text(encoding="utf-8")
    found = deviations(labs)
    assert len(lines(text.split("## Marks")[0])) == 2 + len(found)
    told = {claim.id for lab in labs for claim in lab.claims if claim.changed}
    assert told <= set(re.split(r"[ |,]+", text))
