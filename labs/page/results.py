"""What is shown of a lab: its committed references, read with whatever age they have."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from string import Formatter
from typing import Any

from labs.kit import references, texts
from labs.kit.intervals import Interval
from labs.kit.lab import AnyLab, Remark, slots
from labs.page.markup import tag, text

Claim = Mapping[str, Any]  # a verdict as plain values
SHAPES = {"holds": "●", "contradicted": "▲", "undecided": "○", "not judged": "\N{EN DASH}"}


@dataclass(frozen=True)
class Shown:
    """A reference of a lab.

    Args:
        lab: whose it is.
        found: what `figures/<lab>.json` holds.
        folder: where it lies.
    """

    lab: AnyLab
    found: Mapping[str, Any]
    folder: Path

    @property
    def name(self) -> str:
        """The name of its files, which tells it from all others."""
        return references.stem(self.lab.name, self.found["preset"])

    @property
    def full(self) -> bool:
        """Whether it is the lab's main reference."""
        return bool(self.found["preset"] == references.PRESET)

    @cached_property
    def claims(self) -> list[Claim]:
        """Its claims; beside the main reference those that have data."""
        return references.asked(self.found)

    @cached_property
    def shares(self) -> set[str]:
        """The claims whose measure is 0 or 1."""
        return {claim.id for claim in self.lab.claims if claim.share}

    def at(self, claim: Claim) -> str:
        """The name of one of its claims on the page."""
        return f"{self.name}/{claim['id']}"

    @property
    def remarks(self) -> Iterator[Remark]:
        """What the run says after its claims."""
        return map(_remark, self.found["remarks"])

    def filled(self, template: str) -> str:
        """A template of the lab as HTML, its slots filled; empty for a reference that lacks a
        claim of it."""
        known = {claim["id"]: claim for claim in self.found["claims"]}
        if not known.keys() >= set(slots(template)):
            return ""
        return "".join(
            text(words) + (self._slot(known[slot], form or "") if slot else "")
            for words, slot, form, _ in Formatter().parse(template)
        )

    def _slot(self, claim: Claim, form: str) -> str:
        if form == "verdict":
            reason = f": {claim['reason']}" if claim.get("reason") else ""
            return self.chip(claim) + text(reason)
        return self.ours(claim, format(texts.Slot(claim)))

    def chip(self, claim: Claim, mark: str = "") -> str:
        """The shape and the word of a verdict, with a mark behind it."""
        word = claim["verdict"]
        shape = tag("span", SHAPES[word], aria_hidden="true", class_="shape")
        name = f"verdict {word.replace(' ', '-')}"
        inside = tag("span", shape, " ", text(word), text(mark), class_="word")
        return tag("span", inside, class_=name, data_claim=self.at(claim), data_verdict=word)

    def ours(self, claim: Claim, words: str) -> str:
        """What was measured of a claim, which is covered while verdicts are guessed."""
        return tag("span", tag("span", text(words)), class_="ours", data_claim=self.at(claim))


def shown(labs: Sequence[AnyLab]) -> list[Shown]:
    """Return all references in reading order, those beside a lab's main one behind it."""
    return [
        Shown(lab, found, folder)
        for lab in labs
        for folder in [references.home(lab)]
        for preset in references.presets(lab)
        if (found := references.reference(lab.name, folder, preset))
    ]


def _remark(found: Mapping[str, Any] | str) -> Remark:
    if isinstance(found, str):  # of a reference made before remarks were data
        return Remark(found if found.endswith((".", "?", "!")) else f"{found}.")
    rows = tuple(
        tuple(Interval(*v) if isinstance(v, list) else v for v in row) for row in found["rows"]
    )
    return Remark(found["text"], tuple(found["columns"]), rows, found["form"])
