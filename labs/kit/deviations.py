"""figures/DEVIATIONS.md: what was changed after a look at results, and when.

It is written from what claims (`Claim.changed`) and labs (`Method.changed`) say of themselves, from
`HOUSE`, which holds what concerns more than one lab, and from the marks of the stored references,
which digests of rules and measures have set (`labs.kit.sessions.younger`).
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from labs.kit import texts
from labs.kit.lab import AnyLab
from labs.kit.markdown import rows
from labs.kit.references import presets, reference, stem

DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
BEGINNING = re.compile(r"\d{4}-\d{2}-\d{2}(?: \(([0-9a-f, ]+)\))?[:,] ")  # date, commits

HOUSE = {  # where -> what was changed
    "the nine labs until then": (
        "2026-11-26 (cc425fb, 24875c4): how claims are judged, after all nine had references: "
        "families with Holm's steps and one-sided errors, where one interval of 95 % had held for "
        "all claims of a lab together; exact intervals for shares, half a step at least for "
        "measures on a grid, gates. No claim's threshold was changed.",
    ),
    "pooling, embedding, hyperparameters, lottery, lottery-crossed, lottery-longer, "
    "self_supervised, double_descent, modular_rules": (
        "2026-11-28 (bb85809): trained again, on the way to one commit for all references; every "
        "digit came out the same. Claims and rules that this log dates after the earlier "
        "reference were written in the knowledge of these numbers, though no † says so any more.",
    ),
    "all labs": (
        "2026-11-28 (2ec88d3): shares, whose published 1 lies in every interval that reaches it, "
        "are no more counted among published numbers that agree with ours: 94 of 205 became 90 of "
        "201.",
    ),
    "lessons": (
        "2026-11-27 (fef969d): authors had seen pilot runs of replicates 0 to 3, and of more in "
        "some lessons, before they wrote some of the rules of what a class should see; part of "
        "those runs is counted in the odds. A class's own runs are the first that no rule has "
        "seen.",
    ),
}


@dataclass(frozen=True)
class Deviation:
    """One change after a look at results.

    Args:
        where: a lab, or what else it concerns.
        claims: ids of the claims that it is about; empty for a protocol.
        text: what was changed, with its date.

    Raises:
        ValueError: a text without a date.
    """

    where: str
    claims: tuple[str, ...]
    text: str

    def __post_init__(self) -> None:
        if not DATE.search(self.text):
            raise ValueError(f"text must name its date, YYYY-MM-DD, got {self.text!r}")

    @property
    def date(self) -> str:
        """The first date in the text, YYYY-MM-DD."""
        found = DATE.search(self.text)
        return found[0] if found else ""

    @property
    def row(self) -> list[str]:
        """Date, where, claims, what was changed."""
        said, commits = self.text, ""
        if found := BEGINNING.match(said):
            said, commits = said[found.end() :], found[1] or ""
        said = said[0].upper() + said[1:].removesuffix(".")
        ending = f" ({commits})." if commits else "."
        return [self.date, self.where, ", ".join(self.claims) or "-", said + ending]


def deviations(labs: Iterable[AnyLab]) -> list[Deviation]:
    """Return what labs and their claims say was changed after a look at results: oldest first, of
    one day first what concerns claims."""
    found = [Deviation(where, (), text) for where, said in HOUSE.items() for text in said]
    for lab in labs:
        found += [Deviation(lab.name, ids, text) for text, ids in _of_claims(lab)]
        protocol = lab.method.changed if lab.method else ()
        found += [Deviation(lab.name, (), text) for text in protocol]
    return sorted(found, key=lambda one: (one.date, not one.claims))


def log(labs: Sequence[AnyLab], figures: Path) -> str:
    """Return figures/DEVIATIONS.md.

    Args:
        labs: in reading order.
        figures: folder of their references.
    """
    marks = [mark for lab in labs for mark in _marks(lab, figures)]
    head = ["date", "where", "claims", "what was changed"]
    parts = [
        "# What was changed after a look at results",
        "Written by `python -m labs report --write` from what claims and labs say of themselves "
        "(`changed` in `claims.py` and `method.py`), oldest first. What was changed before there "
        "were results, or without a look at them, is not here: git tells it.",
        rows([head, *(one.row for one in deviations(labs))]),
        "## Marks in the stored references",
        f"A digest of every rule and measure is stored when training starts. {texts.YOUNGER}: the "
        "rule, or part of it, is younger than the networks. A mark that a row above explains is "
        "not repeated.",
        rows([["reference", "claims", "what is younger"], *marks]) if marks else "No others.",
    ]
    return "\n\n".join(parts) + "\n"


def _of_claims(lab: AnyLab) -> Iterator[tuple[str, tuple[str, ...]]]:
    """What was changed of claims, each text once with all claims that have it."""
    groups: dict[str, list[str]] = {}
    for claim in lab.claims:
        if claim.changed:
            groups.setdefault(claim.changed, []).append(claim.id)
    yield from ((text, tuple(ids)) for text, ids in groups.items())


def _marks(lab: AnyLab, figures: Path) -> Iterator[list[str]]:
    """The marks of a lab's references that none of its claims explains."""
    explained = {claim.changed for claim in lab.claims}
    for preset in presets(lab):
        groups: dict[str, list[str]] = {}
        for claim in (reference(lab.name, figures, preset) or {"claims": []})["claims"]:
            text = claim.get("younger", "")
            if text and text not in explained:
                groups.setdefault(text, []).append(claim["id"])
        for text, ids in groups.items():
            yield [stem(lab.name, preset), ", ".join(ids), f"{texts.YOUNGER} {text}."]
