"""What is found, as Markdown: the README's table, the index of the references, and a page for each
lab with its figures, claims and remarks."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from labs.kit import texts, undecided
from labs.kit.glossary import WORDS
from labs.kit.intervals import Interval
from labs.kit.lab import AnyLab, Remark
from labs.kit.progress import duration
from labs.kit.references import MORE, PRESET, captions, finding, reference
from labs.kit.rounding import ends, number
from labs.kit.verdicts import FEWEST


def table(labs: Sequence[AnyLab], figures: Path) -> str:
    """Return the README's table of labs: what was asked, and what came out."""
    lines = ["| lab | question | what came out |", "|---|---|---|"]
    lines += [
        f"| [{lab.name}](figures/{lab.name}.md) | {lab.question} | {_found(lab, found)} |"
        for lab in labs
        if (found := reference(lab.name, figures))
    ]
    return "\n".join(lines)


def glossary() -> str:
    """Return the README's glossary."""
    return _markdown([["word", "meaning"], *(list(row) for row in WORDS.items())])


def index(labs: Sequence[AnyLab], figures: Path) -> str:
    """Return figures/README.md: what every lab has found, and where its page is."""
    parts = [
        "# Reference results",
        "Written by `python -m labs report --write` from runs of the `full` preset.",
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


def page(lab: AnyLab, figures: Path) -> str:
    """Return the page of a lab: its finding, figures and claims with their intervals; empty where
    it has no reference."""
    found = reference(lab.name, figures)
    if found is None:
        return ""
    parts = [f"# {lab.name}", lab.question, f"Source: {lab.source}", *_results(lab, found)]
    for preset, title in MORE.items():
        if more := reference(lab.name, figures, preset):
            parts += [f"## {title[0].upper()}{title[1:]}", *_results(lab, more)]
    return "\n\n".join(parts) + "\n"


def _found(lab: AnyLab, found: Mapping[str, Any]) -> str:
    return (finding(lab, found) or texts.tally(found["claims"])).replace("|", "\\|")


def _results(lab: AnyLab, found: Mapping[str, Any]) -> list[str]:
    """Finding, figures, claims by family (of a preset beside `full` those with data), remarks and
    how it ran."""
    claims = [claim for claim in found["claims"] if claim["n"] or found["preset"] == PRESET]
    detects = {row["id"]: row for row in found.get("power", [])}
    parts = [
        finding(lab, found),
        *(_figure(lab, stem, caption) for stem, caption in captions(lab, found).items()),
        *(
            f"**{title}** ({texts.tally(group)})\n\n{claims_table(group, detects)}"
            for title, group in texts.families(claims).items()
        ),
        "\n".join(f"* {line}" for line in texts.noted(claims)),
        texts.level() if detects else _old_level(len(found["claims"])),
        texts.unplanned(found.get("unplanned", [])),
        "\n\n".join(map(_remark, found["remarks"])),
        _made(found),
    ]
    return [part for part in parts if part]


def _figure(lab: AnyLab, stem: str, caption: str) -> str:
    return f"![{caption or f'Figure of the lab {lab.name}'}]({stem}.png)\n\n{caption}".rstrip()


def _old_level(count: int) -> str:
    return (
        f"Made before the rules of today and without the values of the replicates. Intervals: 95 % "
        f"for the {count} claims together (each {1 - 0.05 / max(count, 1):.2%}); undecided below "
        f"{FEWEST} replicates (n)."
    )


def claims_table(verdicts: Sequence[Mapping[str, Any]], detects: Mapping[str, Any]) -> str:
    """Return the table of a family's claims; one that is open says why.

    Args:
        verdicts: as plain values.
        detects: claim id -> its row of the power table, where there is one.
    """
    head = ["claim", "verdict", "estimate", "95 %", "n", "published", "detects", "rule"]
    rows = []
    for verdict in verdicts:
        seen = detects.get(verdict["id"])
        rows.append(
            [
                f"**{verdict['id']}** {verdict['sentence']} ({verdict['source']})",
                ": ".join(filter(None, [f"**{texts.decision(verdict)}**", undecided.why(verdict)])),
                texts.estimate(verdict),
                ends(verdict.get("low_95"), verdict.get("high_95")),
                str(verdict["n"]),
                texts.published(verdict),
                number(seen["detectable"]) if seen else "-",
                verdict["rule"],
            ]
        )
    # what a reference does not hold, no column stands for
    held = [k for k, column in enumerate(zip(*rows, strict=True)) if set(column) != {"-"}]
    return _markdown([[row[k] for k in held] for row in (head, *rows)])


def _markdown(rows: Sequence[Sequence[str]]) -> str:
    lines = [
        "| " + " | ".join(" ".join(c.replace("|", "\\|").split()) for c in row) + " |"
        for row in rows
    ]
    return "\n".join([lines[0], "|" + "---|" * len(rows[0]), *lines[1:]])


def _remark(found: Mapping[str, Any] | str) -> str:
    if isinstance(found, str):  # of a reference made before remarks were data
        return f"* {found}"
    columns, rows = found["columns"], found["rows"]
    entries = tuple(tuple(Interval(*v) if isinstance(v, list) else v for v in r) for r in rows)
    remark = Remark(found["text"], tuple(columns), entries, found["form"])
    cells = texts.remark_cells(remark)
    return "\n\n".join([f"* {remark.text}", *([_markdown(cells)] if cells else [])])


def _made(found: Mapping[str, Any]) -> str:
    packages = ", ".join(f"{name} {version}" for name, version in found["versions"].items())
    memory = f"{found['peak_memory_mb']:.0f} MB"
    return (
        f"{found['networks']} networks on {found['device']} in "
        f"{duration(found['wall_seconds'])} with {found['jobs']} processes, "
        f"peak memory {memory} (sum over the processes); commit {found['commit']}; {packages}."
    )
