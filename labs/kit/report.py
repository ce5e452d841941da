"""The committed reference: `figures/<lab>.{png,svg,json,csv}`, their index, and the README's table.

Every number in them is computed here from the stored cells of a complete `full` run, or read from
`figures/<lab>.json`; nothing is typed by hand, and `stale` finds what no longer agrees. The JSON
holds the value of every replicate for every claim, the CSV all scalars of all networks, so that a
reader can judge again. A lab whose `full` preset is too short or too small for a claim may have a
preset `longer` or `wider`: its reference, `figures/<lab>-longer.*`, stands below the other in the
index.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from labs.kit import files, outputs, plan, power, texts
from labs.kit.intervals import Interval
from labs.kit.lab import AnyLab, Remark
from labs.kit.places import FIGURES, LABS
from labs.kit.plan import Plan, Results
from labs.kit.progress import duration
from labs.kit.sessions import all_sessions, read_run
from labs.kit.verdicts import FEWEST

BEGIN = "<!-- labs table: written by python -m labs report --write -->"
END = "<!-- end of labs table -->"
PRESET = "full"
MORE = {"longer": "longer training", "wider": "wider networks"}  # presets beside it, and titles


def reference(name: str, figures: Path = FIGURES) -> dict[str, Any] | None:
    """Return the committed reference of a lab, None where there is none."""
    path = figures / f"{name}.json"
    if not path.exists():
        return None
    found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return found


def home(lab: AnyLab) -> Path:
    """Return the folder of a lab's reference: `figures` of this project, or beside the file of a
    lab that stands elsewhere."""
    if lab.file is None or lab.file.is_relative_to(LABS):
        return FIGURES
    return lab.file.parent / "figures"


def write_beside(lab: AnyLab, results: Path) -> list[str]:
    """Write the references of a lab that stands elsewhere, beside its file.

    Returns:
        What was done, one sentence per reference.
    """
    return [_reference(lab, preset, results, home(lab)) for preset in _presets(lab)]


def _presets(lab: AnyLab) -> list[str]:
    return [preset for preset in (PRESET, *MORE) if preset in lab.presets]


def write(labs: Sequence[AnyLab], *, results: Path, root: Path) -> list[str]:
    """Write the references of complete runs of `full` and `MORE`, the index and the README.

    Args:
        labs: in reading order.
        results: folder of results, as `run --out`.
        root: folder of README.md and figures/.

    Returns:
        What was done, one sentence per file or reference.

    Raises:
        ValueError: there is no README in the folder, or it lacks the two marker lines.
    """
    names = [lab.name for lab in labs]
    _texts(names, root)  # refuses a README without the markers before anything is written
    done = [
        _reference(lab, preset, results, root / "figures")
        for lab in labs
        for preset in _presets(lab)
    ]
    for path, text in _texts(names, root).items():
        files.write(path, text)
        done.append(f"{path}: written")
    return done


def stale(names: Iterable[str], root: Path) -> list[Path]:
    """Return the files of README.md and figures/README.md that differ from the stored reference.

    Raises:
        ValueError: there is no README in the folder, or it lacks the two marker lines.
    """
    found = _texts(list(names), root)
    return [
        path
        for path, text in found.items()
        if not path.exists() or path.read_text(encoding="utf-8") != text
    ]


def table(names: Iterable[str], figures: Path) -> str:
    """Return the README's table of labs in Markdown."""
    lines = ["| lab | question | claims | networks | wall time |", "|---|---|---|---|---|"]
    for name, found in _references(names, figures):
        lines.append(
            f"| [{name}](figures/README.md#{name}) | {found['question']} "
            f"| {texts.tally(found['claims'])} | {found['networks']} "
            f"| {duration(found['wall_seconds'])} |"
        )
    return "\n".join(lines)


def index(names: Iterable[str], figures: Path) -> str:
    """Return figures/README.md: every lab's finding, figures and claims with their intervals."""
    parts = [
        "# Reference results",
        "Written by `python -m labs report --write` from runs of the `full` preset.",
    ]
    names = list(names)
    more = {preset: dict(_references(names, figures, preset)) for preset in MORE}
    for name, found in _references(names, figures):
        parts += [f"## {name}", found["question"], f"Source: {found['source']}"]
        parts += _results(found)
        for preset, title in MORE.items():
            if name in more[preset]:
                parts += [f"### {name}, {title}", *_results(more[preset][name])]
    return "\n\n".join(parts) + "\n"


def _results(found: Mapping[str, Any]) -> list[str]:
    """Finding, figures, claims by family (of a preset beside `full` those with data), remarks and
    how it ran."""
    name, preset = found["lab"], found["preset"]
    stems = found.get("figures", [_stem(name, preset)])
    claims = [claim for claim in found["claims"] if claim["n"] or preset == PRESET]
    detects = {row["id"]: row for row in found.get("power", [])}
    parts = [
        found.get("finding", ""),
        *(f"![Figure of the lab {name}]({stem}.png)" for stem in stems),
        *(
            f"**{title}** ({texts.tally(group)})\n\n{_claims(group, detects)}"
            for title, group in texts.families(claims).items()
        ),
        "\n".join(f"* {line}" for line in texts.noted(claims)),
        texts.level() if detects else _old_level(len(found["claims"])),
        texts.unplanned(found.get("unplanned", [])),
        "\n\n".join(map(_remark, found["remarks"])),
        _made(found),
    ]
    return [part for part in parts if part]


def _old_level(count: int) -> str:
    return (
        f"Made before the rules of today and without the values of the replicates. Intervals: 95 % "
        f"for the {count} claims together (each {1 - 0.05 / max(count, 1):.2%}); undecided below "
        f"{FEWEST} replicates (n)."
    )


def _stem(name: str, preset: str) -> str:
    return name if preset == PRESET else f"{name}-{preset}"


def _reference(lab: AnyLab, preset: str, results: Path, figures: Path) -> str:
    path = figures / f"{_stem(lab.name, preset)}.json"
    try:
        stored = plan.stored(lab, preset, results)
    except FileNotFoundError as error:
        return f"{path}: left as it is; {error}"
    found = plan.results(stored)
    if stored.changed:
        return f"{path}: left as it is; {stored.folder} has changed settings {stored.changed}"
    if found.missing:
        return f"{path}: left as it is; {found.missing} networks of {stored.folder} are not stored"
    sessions = all_sessions(read_run(stored.folder))
    if sum(s["networks_trained"] for s in sessions) < len(stored.cells):
        return f"{path}: left as it is; {stored.folder} holds networks of no session"
    if any(s["versions"] != sessions[0]["versions"] for s in sessions):
        return f"{path}: left as it is; {stored.folder} was made with several package versions"
    summary = files.as_json(_summary(stored, found))  # before anything is replaced
    outputs.write_figures(lab, found.table, path.with_suffix(""))
    files.write(path.with_suffix(".csv"), outputs.as_csv(found.table))
    files.write(path, summary)
    return f"{path}: written, with its figures and table"


def _summary(stored: Plan, found: Results) -> dict[str, Any]:
    run, lab = read_run(stored.folder), stored.lab
    sessions = all_sessions(run)
    verdicts = [verdict.as_dict() for verdict in found.verdicts]
    counts = {verdict.id: verdict.n for verdict in found.verdicts}
    stem = Path(_stem(lab.name, stored.preset))
    return {
        "lab": lab.name,
        "version": lab.version,
        "question": lab.question,
        "finding": texts.finding(lab.finding, verdicts),
        "source": lab.source,
        "preset": stored.preset,
        "settings": run["settings"],
        "looks": run["looks"],
        "replicates": run["replicates"],
        "networks": len(stored.cells),
        "versions": sessions[-1]["versions"],
        "processor": ", ".join(sorted({s["processor"] for s in sessions})),
        "device": ", ".join(sorted({s["device"] for s in sessions})),
        "commit": ", ".join(dict.fromkeys(str(s["commit"]) for s in sessions)),
        "jobs": max(s["jobs"] for s in sessions),
        "wall_seconds": round(sum(s["wall_seconds"] for s in sessions), 1),
        "peak_memory_mb": max((s["peak_memory_mb"] or 0 for s in sessions), default=0),
        "figures": [str(path) for path in outputs.figure_stems(lab, stem).values()],
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


def _references(
    names: Iterable[str], figures: Path, preset: str = PRESET
) -> list[tuple[str, dict[str, Any]]]:
    found = [(name, reference(_stem(name, preset), figures)) for name in names]
    return [(name, content) for name, content in found if content is not None]


def _texts(names: Sequence[str], root: Path) -> dict[Path, str]:
    readme, figures = root / "README.md", root / "figures"
    if not readme.is_file():
        raise ValueError(f"folder must be a checkout's, with a README.md, got {root.absolute()}")
    text = readme.read_text(encoding="utf-8")
    before, begin, rest = text.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise ValueError(f"{readme} must hold the two lines {BEGIN!r} and {END!r}")
    body = f"{before}{BEGIN}\n{table(names, figures)}\n{END}{after}"
    return {readme: body, figures / "README.md": index(names, figures)}


def _claims(verdicts: Sequence[Mapping[str, Any]], detects: Mapping[str, Any]) -> str:
    head = ["claim", "verdict", "estimate", "95 %", "n", "published", "detects", "rule"]
    rows = []
    for verdict in verdicts:
        seen = detects.get(verdict["id"])
        rows.append(
            [
                f"**{verdict['id']}** {verdict['sentence']} ({verdict['source']})",
                f"**{texts.decision(verdict)}**",
                texts.estimate(verdict),
                texts.ends(verdict.get("low_95"), verdict.get("high_95")),
                str(verdict["n"]),
                texts.published(verdict),
                texts.number(seen["detectable"]) if seen else "-",
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
