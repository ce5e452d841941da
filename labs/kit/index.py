"""figures/README.md: how much of all labs is decided, how often published numbers lie where ours
do, and what every lab has found."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from labs.kit import texts
from labs.kit.agreement import Agreement, agreement, summary
from labs.kit.lab import AnyLab
from labs.kit.markdown import rows
from labs.kit.progress import duration
from labs.kit.references import finding, reference

Claims = Sequence[Mapping[str, Any]]  # verdicts as plain values
HEAD = ("lab", "published", "all claims", "in our 95 %", "in one run's")


def index(labs: Sequence[AnyLab], figures: Path) -> str:
    """Return figures/README.md.

    Args:
        labs: in reading order.
        figures: folder of their references.
    """
    parts = [
        "# Reference results",
        "Written by `python -m labs report --write` from runs of the `full` preset. What was "
        "changed after a look at results stands in [DEVIATIONS.md](DEVIATIONS.md).",
        *overview(labs, figures),
    ]
    for lab in labs:
        if found := reference(lab.name, figures):
            parts += [
                f"## [{lab.name}]({lab.name}.md)",
                f"**{lab.question}** {finding(lab, found)}",
                f"Of {len(found['claims'])} claims {texts.tally(found['claims'])}; "
                f"{found['networks']} networks in {duration(found['wall_seconds'])}.",
            ]
    return "\n\n".join(parts) + "\n"


@dataclass(frozen=True)
class Standing:
    """What has come out of a lab, or of all.

    Args:
        name: of the lab, as the table shows it.
        claims: of its reference.
        agreements: of those with a published number.
    """

    name: str
    claims: Claims
    agreements: tuple[Agreement, ...]

    @property
    def published(self) -> Claims:
        """The sentences of the source; of a reference that is older than families all claims."""
        return [one for one in self.claims if one.get("family", "published") == "published"]

    @property
    def row(self) -> list[str]:
        """Name, decided of the published and of all claims, and how many numbers agree."""
        inside = [[getattr(one, name) for one in self.agreements] for name in ("mean", "run")]
        agree = [_of(each.count(True), len(each) - each.count(None)) for each in inside]
        return [self.name, decided(self.published), decided(self.claims), *agree]


def decided(claims: Claims) -> str:
    """Return how many claims hold or are contradicted, with their share; not judged ones count
    among those that are not.

    >>> decided([{"verdict": "holds"}, {"verdict": "undecided"}, {"verdict": "not judged"}])
    '1 of 3 (33 %)'
    """
    found = sum(claim["verdict"] in ("holds", "contradicted") for claim in claims)
    share = f" ({100 * found / len(claims):.0f} %)" if claims else ""
    return _of(found, len(claims)) + share


def _of(found: int, count: int) -> str:
    return f"{found} of {count}" if count else "-"


def standing(lab: AnyLab, figures: Path) -> Standing | None:
    """Return what has come out of a lab, None where it has no reference."""
    found = reference(lab.name, figures)
    if found is None:
        return None
    shares = {claim.id for claim in lab.claims if claim.share}
    agreements = [agreement(claim, share=claim["id"] in shares) for claim in found["claims"]]
    told = tuple(one for one in agreements if one)
    return Standing(f"[{lab.name}]({lab.name}.md)", found["claims"], told)


def together(standings: Iterable[Standing]) -> Standing:
    """Return what has come out of all labs."""
    each = list(standings)
    claims = [claim for one in each for claim in one.claims]
    return Standing("**all**", claims, tuple(a for one in each for a in one.agreements))


def overview(labs: Sequence[AnyLab], figures: Path) -> list[str]:
    """Return the paragraphs and the table about all labs; nothing where none has a reference.

    Args:
        labs: in reading order.
        figures: folder of their references.
    """
    each = [one for lab in labs if (one := standing(lab, figures))]
    if not each:
        return []
    whole = together(each)
    old = any("family" not in claim for claim in whole.claims)
    return [
        "Decided claims (they hold or are contradicted) of the sources' sentences and of all, and "
        "published numbers in our 95 % interval of the mean and in the 95 % prediction "
        "interval of one run. Why a claim is open, or not judged, stands beside it on the lab's "
        "page." + (" A reference that is older than families counts as published." if old else ""),
        rows([HEAD, *(one.row for one in (*each, whole))]),
        f"Decided: {decided(whole.published)} published claims, {decided(whole.claims)} of all. "
        f"{summary(whole.agreements)}",
    ]
