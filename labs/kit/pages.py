"""A lab's page, as Markdown: question, finding, method and where it differs from the source,
results, causes, what is left out, limitations."""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from labs.kit import texts, undecided
from labs.kit.claims import guessed
from labs.kit.intervals import Interval
from labs.kit.lab import AnyLab, Remark
from labs.kit.markdown import rows
from labs.kit.progress import duration
from labs.kit.references import MORE, PRESET, asked, captions, finding, presets, reference
from labs.kit.rounding import ends, number
from labs.kit.verdicts import FEWEST

Found = Mapping[str, Any]  # what `figures/<lab>.json` holds
LEFT_OUT = "What the source says and no claim judges"


def page(lab: AnyLab, figures: Path) -> str:
    """Return the page of a lab; empty where it has no reference.

    Args:
        lab: whose page.
        figures: folder of its references.
    """
    found = {p: one for p in presets(lab) if (one := reference(lab.name, figures, p))}
    if PRESET not in found:
        return ""
    method = lab.method
    parts = [
        f"# {lab.name}",
        f"**{lab.question}**",
        _answer(lab, found[PRESET]),
        f"Source: {lab.source}.",
        *_section("Method", [method.text] if method else []),
        *_section("Where it differs from the source", _items(method.differences if method else ())),
        *_section("Results", _results(lab, found[PRESET])),
        *(part for preset in MORE if preset in found for part in _beside(lab, found[preset])),
        *_section("Causes", _causes(lab, found.values())),
        *_section(LEFT_OUT, _items(method.left_out if method else ())),
        *_section("Limitations", _items(method.limitations if method else ())),
        *_section("How it was made", map(_made, found.values())),
    ]
    return "\n\n".join(filter(None, parts)) + "\n"


def _answer(lab: AnyLab, found: Found) -> str:
    published = [claim for claim in asked(found) if claim["family"] == "published"]
    if not published:
        return finding(lab, found)
    return f"{finding(lab, found)} Sentences of the source: {texts.tally(published)}."


def _section(title: str, parts: Iterable[str]) -> list[str]:
    said = [part for part in parts if part]
    return [f"## {title}", *said] if said else []


def _items(sentences: Iterable[str]) -> list[str]:
    return ["\n".join(f"* {sentence}" for sentence in sentences)]


def _beside(lab: AnyLab, found: Found) -> list[str]:
    title = MORE[found["preset"]]
    return _section(title[0].upper() + title[1:], [finding(lab, found), *_results(lab, found)])


def _results(lab: AnyLab, found: Found) -> list[str]:
    """Figures, claims by family (of a preset beside `full` those with data), notes, remarks."""
    claims = asked(found)
    detects = {row["id"]: row for row in found.get("power", [])}
    return [
        *(_figure(lab, stem, caption) for stem, caption in captions(lab, found).items()),
        *(
            f"**{title}** ({texts.tally(group)})\n\n{claims_table(group, detects)}"
            for title, group in texts.families(claims).items()
        ),
        *_items(texts.noted(claims, causes=False)),
        texts.level() if detects else _old_level(len(found["claims"])),
        texts.unplanned(found.get("unplanned", [])),
        "\n\n".join(map(_remark, found["remarks"])),
    ]


def _causes(lab: AnyLab, found: Iterable[Found]) -> list[str]:
    """Why claims are contradicted, as the lab says it now: what an experiment has shown, what is
    guessed, and of which claims nothing is known."""
    verdicts: dict[str, str] = {}
    for claim in (claim for one in found for claim in one["claims"]):
        if claim["verdict"] != "not judged":
            verdicts.setdefault(claim["id"], claim["verdict"])  # a preset's where `full` has none
    against = {name for name, verdict in verdicts.items() if verdict == "contradicted"}
    groups: dict[str, list[str]] = {}
    for claim in lab.claims:
        if claim.id in against:
            groups.setdefault(claim.cause, []).append(claim.id)
    unknown = groups.pop("", [])
    said = {cause: f"{', '.join(ids)}: {cause}" for cause, ids in groups.items()}
    parts = {
        "Of contradicted claims, shown by an experiment or by the source itself:": [
            words for cause, words in said.items() if not guessed(cause)
        ],
        "Guesses, which no experiment has tested:": [
            words for cause, words in said.items() if guessed(cause)
        ],
        "No cause is known:": [f"{', '.join(unknown)}."] if unknown else [],
    }
    return [part for title, group in parts.items() if group for part in (title, *_items(group))]


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
    lines = []
    for verdict in verdicts:
        seen = detects.get(verdict["id"])
        lines.append(
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
    held = [k for k, column in enumerate(zip(*lines, strict=True)) if set(column) != {"-"}]
    return rows([[row[k] for k in held] for row in (head, *lines)])


def _remark(found: Mapping[str, Any] | str) -> str:
    if isinstance(found, str):  # of a reference made before remarks were data
        return f"* {found}"
    columns, held = found["columns"], found["rows"]
    entries = tuple(tuple(Interval(*v) if isinstance(v, list) else v for v in r) for r in held)
    remark = Remark(found["text"], tuple(columns), entries, found["form"])
    cells = texts.remark_cells(remark)
    return "\n\n".join([f"* {remark.text}", *([rows(cells)] if cells else [])])


def _made(found: Found) -> str:
    packages = ", ".join(f"{name} {version}" for name, version in found["versions"].items())
    memory = f"{found['peak_memory_mb']:.0f} MB"
    return (
        f"{found['networks']} networks on {found['device']} in "
        f"{duration(found['wall_seconds'])} with {found['jobs']} processes, "
        f"peak memory {memory} (sum over the processes); {found['processor']}, commit "
        f"{found['commit']}; {packages}."
    )
