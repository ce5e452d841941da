"""The committed reference: `figures/<lab>.{png,svg,json}`, their index, and the README's table.

Every number in them is computed here from the stored cells of a complete `full` run, or read from
`figures/<lab>.json`; nothing is typed by hand, and `stale` finds what no longer agrees. A lab whose
`full` preset is too short or too small for a claim may have a preset `longer` or `wider`: its
reference, `figures/<lab>-longer.*`, stands below the other in the index.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from labs.kit import draw, files, say, session
from labs.kit.lab import Lab
from labs.kit.progress import duration
from labs.kit.provenance import read_run

BEGIN = "<!-- labs table: written by python -m labs report --write -->"
END = "<!-- end of labs table -->"
PRESET = "full"
MORE = {"longer": "longer training", "wider": "wider networks"}  # presets beside it, and titles


def write(labs: Sequence[Lab], *, results: Path, root: Path) -> list[str]:
    """Write the references of complete runs of `full` and `MORE`, the index and the README.

    Args:
        labs: in reading order.
        results: folder of results, as `run --out`.
        root: folder of README.md and figures/.

    Returns:
        What was done, one sentence per file or reference.

    Raises:
        ValueError: the README lacks the two marker lines.
    """
    names = [lab.name for lab in labs]
    _texts(names, root)  # refuses a README without the markers before anything is written
    done = [
        _reference(lab, preset, results, root / "figures")
        for lab in labs
        for preset in (PRESET, *MORE)
        if preset in lab.presets
    ]
    for path, text in _texts(names, root).items():
        files.write(path, text)
        done.append(f"{path}: written")
    return done


def stale(names: Iterable[str], root: Path) -> list[Path]:
    """Return the files of README.md and figures/README.md that differ from the stored reference.

    Raises:
        ValueError: the README lacks the two marker lines.
    """
    texts = _texts(list(names), root)
    return [
        path
        for path, text in texts.items()
        if not path.exists() or path.read_text(encoding="utf-8") != text
    ]


def table(names: Iterable[str], figures: Path) -> str:
    """Return the README's table of labs in Markdown."""
    lines = ["| lab | question | claims | networks | wall time |", "|---|---|---|---|---|"]
    for name, reference in _references(names, figures):
        lines.append(
            f"| [{name}](figures/README.md#{name}) | {reference['question']} "
            f"| {say.tally(reference['claims'])} | {reference['networks']} "
            f"| {duration(reference['wall_seconds'])} |"
        )
    return "\n".join(lines)


def index(names: Iterable[str], figures: Path) -> str:
    """Return figures/README.md: every lab's figure and claims with their intervals."""
    parts = [
        "# Reference results",
        "Written by `python -m labs report --write` from runs of the `full` preset.",
    ]
    more = {preset: dict(_references(names, figures, preset)) for preset in MORE}
    for name, reference in _references(names, figures):
        parts += [f"## {name}", reference["question"], f"Source: {reference['source']}"]
        parts += _results(reference)
        for preset, title in MORE.items():
            if name in more[preset]:
                parts += [f"### {name}, {title}", *_results(more[preset][name])]
    return "\n\n".join(parts) + "\n"


def _results(reference: Mapping[str, Any]) -> list[str]:
    """The figure, the claims, those with data alone where it is no `full` run, and how it ran."""
    name, preset, claims = reference["lab"], reference["preset"], reference["claims"]
    return [
        f"![Figure of the lab {name}]({_stem(name, preset)}.png)",
        _claims([claim for claim in claims if claim["n"] or preset == PRESET]),
        say.level(len(claims)),
        _made(reference),
    ]


def _stem(name: str, preset: str) -> str:
    return name if preset == PRESET else f"{name}-{preset}"


def _reference(lab: Lab, preset: str, results: Path, figures: Path) -> str:
    path = figures / f"{_stem(lab.name, preset)}.json"
    try:
        plan = session.stored(lab, preset, results)
    except FileNotFoundError as error:
        return f"{path}: left as it is; {error}"
    found = session.results(plan)
    if plan.changed:
        return f"{path}: left as it is; {plan.folder} was run with changed settings {plan.changed}"
    if found.missing:
        return f"{path}: left as it is; {found.missing} networks of {plan.folder} are not stored"
    sessions = read_run(plan.folder)["sessions"]
    if sum(s["networks_trained"] for s in sessions) < len(plan.cells):
        return f"{path}: left as it is; {plan.folder} holds networks of earlier settings"
    if any(s["versions"] != sessions[0]["versions"] for s in sessions):
        return f"{path}: left as it is; {plan.folder} was made with several package versions"
    with draw.style():
        draw.save(lab.plot(found.table), path.with_suffix(""))
    files.write(path, files.as_json(_summary(lab, plan, found)))
    return f"{path}: written, with its figure"


def _summary(lab: Lab, plan: session.Plan, found: session.Results) -> dict[str, Any]:
    stored = read_run(plan.folder)
    sessions = stored["sessions"]
    return {
        "lab": lab.name,
        "version": lab.version,
        "question": lab.question,
        "source": lab.source,
        "preset": plan.preset,
        "settings": stored["settings"],
        "networks": len(plan.cells),
        "versions": sessions[-1]["versions"],
        "device": ", ".join(sorted({s["device"] for s in sessions})),
        "commit": ", ".join(dict.fromkeys(str(s["commit"]) for s in sessions)),
        "jobs": max(s["jobs"] for s in sessions),
        "wall_seconds": round(sum(s["wall_seconds"] for s in sessions), 1),
        "peak_memory_mb": max((s["peak_memory_mb"] or 0 for s in sessions), default=0),
        "claims": [verdict.as_dict() for verdict in found.verdicts],
        "remarks": list(lab.remarks(found.table)) if lab.remarks else [],
    }


def _references(
    names: Iterable[str], figures: Path, preset: str = PRESET
) -> list[tuple[str, dict[str, Any]]]:
    paths = {name: figures / f"{_stem(name, preset)}.json" for name in names}
    return [
        (name, json.loads(path.read_text(encoding="utf-8")))
        for name, path in paths.items()
        if path.exists()
    ]


def _texts(names: Sequence[str], root: Path) -> dict[Path, str]:
    readme, figures = root / "README.md", root / "figures"
    text = readme.read_text(encoding="utf-8")
    before, begin, rest = text.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise ValueError(f"{readme} must hold the two lines {BEGIN!r} and {END!r}")
    body = f"{before}{BEGIN}\n{table(names, figures)}\n{END}{after}"
    return {readme: body, figures / "README.md": index(names, figures)}


def _claims(verdicts: Sequence[Mapping[str, Any]]) -> str:
    lines = ["| claim | verdict | estimate | n | published | rule |", "|---|---|---|---|---|---|"]
    for verdict in verdicts:
        cells = [
            f"**{verdict['id']}** {verdict['sentence']} ({verdict['source']})",
            f"**{verdict['verdict']}**",
            say.estimate(verdict),
            str(verdict["n"]),
            say.published(verdict),
            verdict["rule"],
        ]
        lines.append("| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |")
    return "\n".join(lines)


def _made(reference: Mapping[str, Any]) -> str:
    packages = ", ".join(f"{name} {version}" for name, version in reference["versions"].items())
    memory = f"{reference['peak_memory_mb']:.0f} MB"
    sentences = [
        *reference["remarks"],
        f"{reference['networks']} networks on {reference['device']} in "
        f"{duration(reference['wall_seconds'])} with {reference['jobs']} processes, "
        f"peak memory {memory} (sum over the processes); commit {reference['commit']}; {packages}.",
    ]
    return " ".join(sentences)
