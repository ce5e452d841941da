"""Writing the committed reference: `figures/<lab>.{png,svg,json,csv}`, the pages about it, and the
README's table.

Every number in them is computed here from the stored cells of a complete `full` run, or read from
`figures/<lab>.json`; nothing is typed by hand, and `stale` finds what no longer agrees. The JSON
holds the value of every replicate for every claim, the CSV all scalars of all networks, so that a
reader can judge again.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from labs.kit import (
    deviations,
    files,
    index,
    markdown,
    outputs,
    pages,
    plan,
    power,
    settings,
    texts,
)
from labs.kit.lab import AnyLab
from labs.kit.plan import Plan, Results
from labs.kit.references import home, presets, reference, stem
from labs.kit.sessions import all_sessions, read_run
from labs.kit.verdicts import FEWEST

WRITTEN = ("labs table", "glossary")  # parts of the README


def write_beside(lab: AnyLab, results: Path) -> list[str]:
    """Write the references of a lab that stands elsewhere, beside its file.

    Returns:
        What was done, one sentence per reference.
    """
    return [_reference(lab, preset, results, home(lab)) for preset in presets(lab)]


def write(labs: Sequence[AnyLab], *, results: Path, root: Path) -> list[str]:
    """Write the references of complete runs of `full` and `MORE`, the index and the README.

    Args:
        labs: in reading order.
        results: folder of results, as `run --out`.
        root: folder of README.md and figures/.

    Returns:
        What was done, one sentence per file or reference.

    Raises:
        ValueError: there is no README in the folder, or it lacks the marker lines.
    """
    _texts(labs, root)  # refuses a README without the markers before anything is written
    done = [
        _reference(lab, preset, results, root / "figures")
        for lab in labs
        for preset in presets(lab)
    ]
    for path, text in _texts(labs, root).items():
        files.write(path, text)
        done.append(f"{path}: written")
    return done


def stale(labs: Sequence[AnyLab], root: Path) -> list[Path]:
    """Return which of README.md, figures/README.md, figures/DEVIATIONS.md and the labs' pages
    differ from the stored references and from what labs say of themselves.

    Raises:
        ValueError: there is no README in the folder, or it lacks the marker lines.
    """
    found = _texts(labs, root)
    return [
        path
        for path, text in found.items()
        if not path.exists() or path.read_text(encoding="utf-8") != text
    ]


def _reference(lab: AnyLab, preset: str, results: Path, figures: Path) -> str:
    path = figures / f"{stem(lab.name, preset)}.json"
    try:
        stored = plan.stored(lab, preset, results)
    except FileNotFoundError as error:
        return f"{path}: left as it is; {error}"
    found = plan.results(stored)
    places = settings.places(stored.base)
    if changed := {n: value for n, value in stored.changed.items() if n not in places}:
        return f"{path}: left as it is; {stored.folder} has changed settings {changed}"
    if found.missing:
        return f"{path}: left as it is; {found.missing} networks of {stored.folder} are not stored"
    sessions = all_sessions(read_run(stored.folder))
    if sum(s["networks_trained"] for s in sessions) < len(stored.cells):
        return f"{path}: left as it is; {stored.folder} holds networks of no session"
    if any(s["versions"] != sessions[0]["versions"] for s in sessions):
        return f"{path}: left as it is; {stored.folder} was made with several package versions"
    summary = files.as_json(_summary(stored, found))  # before anything is replaced
    _remove_figures(lab, preset, figures)
    outputs.write_figures(lab, found.table, found.verdicts, path.with_suffix(""), preset)
    table = outputs.without(found.table, places.values())
    files.write(path.with_suffix(".csv"), outputs.as_csv(table))
    files.write(path, summary)
    return f"{path}: written, with its figures and table"


def _remove_figures(lab: AnyLab, preset: str, figures: Path) -> None:
    # those of the reference before this one, which may have had others
    for name in (reference(lab.name, figures, preset) or {}).get("figures", []):
        for end in (".png", ".svg"):
            (figures / f"{name}{end}").unlink(missing_ok=True)


def _summary(stored: Plan, found: Results) -> dict[str, Any]:
    run, lab = read_run(stored.folder), stored.lab
    sessions = all_sessions(run)
    verdicts = [verdict.as_dict() for verdict in found.verdicts]
    counts = {verdict.id: verdict.n for verdict in found.verdicts}
    stems = outputs.figure_stems(lab, Path(stem(lab.name, stored.preset)), stored.preset)
    return {
        "lab": lab.name,
        "version": lab.version,
        "question": lab.question,
        "source": lab.source,
        "preset": stored.preset,
        "settings": run["settings"] | dict.fromkeys(settings.places(stored.base), ""),
        "looks": run["looks"],
        "replicates": run["replicates"],
        "networks": len(stored.cells),
        "versions": sessions[-1]["versions"],
        "processor": "; ".join(sorted({s["processor"] for s in sessions})),
        "device": ", ".join(sorted({s["device"] for s in sessions})),
        "commit": ", ".join(dict.fromkeys(str(s["commit"]) for s in sessions)),
        "jobs": max(s["jobs"] for s in sessions),
        "wall_seconds": round(sum(s["wall_seconds"] for s in sessions), 1),
        "peak_memory_mb": max((s["peak_memory_mb"] or 0 for s in sessions), default=0),
        "figures": [str(path) for path in stems.values()],
        "rules": run["rules"],
        "unplanned": found.unplanned,
        "claims": verdicts,
        "power": _power(stored, verdicts, counts),
        "remarks": [
            asdict(remark) for remark in texts.said(lab.remarks(found.table) if lab.remarks else ())
        ],
    }


def _power(
    stored: Plan, verdicts: Sequence[Mapping[str, Any]], counts: Mapping[str, int]
) -> list[dict[str, Any]]:
    rows = power.table(stored.lab.claims, verdicts, counts, len(stored.looks))
    return [
        {"id": row.id, "deviation": row.deviation, "detectable": row.detectable}
        for row in rows
        if row.detectable is not None and row.replicates >= FEWEST
    ]


def _texts(labs: Sequence[AnyLab], root: Path) -> dict[Path, str]:
    readme, figures = root / "README.md", root / "figures"
    if not readme.is_file():
        raise ValueError(f"folder must be a checkout's, with a README.md, got {root.absolute()}")
    text = readme.read_text(encoding="utf-8")
    for part, body in zip(
        WRITTEN, (markdown.table(labs, figures), markdown.glossary()), strict=True
    ):
        text = with_part(text, part, body, readme)
    of_labs = {figures / f"{lab.name}.md": pages.page(lab, figures) for lab in labs}
    written = {path: page for path, page in of_labs.items() if page}
    return {
        readme: text,
        figures / "README.md": index.index(labs, figures),
        figures / "DEVIATIONS.md": deviations.log(labs, figures),
        **written,
    }


def markers(part: str, by: str = "report --write") -> tuple[str, str]:
    """Return the lines between which a command writes a part of a page that a person wrote."""
    return f"<!-- {part}: written by python -m labs {by} -->", f"<!-- end of {part} -->"


def with_part(text: str, part: str, body: str, path: Path, by: str = "report --write") -> str:
    """Return a text with one of its written parts renewed.

    Args:
        text: of the page.
        part: its name.
        body: what stands between the two lines.
        path: of the page, for the message.
        by: the command that writes it.

    Raises:
        ValueError: the text lacks the lines.
    """
    begin, end = markers(part, by)
    before, found, rest = text.partition(begin)
    _, closed, after = rest.partition(end)
    if not found or not closed:
        raise ValueError(f"{path} must hold the two lines {begin!r} and {end!r}")
    return f"{before}{begin}\n{body}\n{end}{after}"
