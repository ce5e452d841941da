"""The commands of the command line: each takes the register and its arguments, and returns an exit
code.

Exit codes: 0 done, 1 failed, 2 usage, 3 `check --strict` met a contradicted claim, 130 interrupted.
Results go to stdout, progress and remarks about files to stderr. Only training needs torch.
"""

import argparse
import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager, nullcontext
from pathlib import Path
from typing import Any

from labs.kit import (
    elsewhere,
    listing,
    markdown,
    memory,
    outputs,
    pages,
    plan,
    power,
    references,
    report,
    runs,
    shared,
    template,
    texts,
    verify,
    whole,
)
from labs.kit.checks import known
from labs.kit.cluster import Cluster, check_executor, joined
from labs.kit.execute import Stack, TrainingError
from labs.kit.extras import require
from labs.kit.lab import AnyLab, Deferred, load
from labs.kit.machine import one_thread
from labs.kit.places import FIGURES
from labs.kit.plan import Plan, Results
from labs.kit.progress import Progress
from labs.kit.usage import told, usage
from labs.kit.workers import Pool, Workers

Register = Mapping[str, str]
DONE, FAILED, USAGE, CONTRADICTED, INTERRUPTED = 0, 1, 2, 3, 130
RESULTS, PAGE = Path("results"), Path("page.html")  # where `--out` is when it is not said
PAGE_WRITER = Deferred("labs.page.build:write")
LESSONS, LESSON = Deferred("labs.course.cli:lessons"), Deferred("labs.course.cli:lesson")


def list_labs(register: Register, arguments: argparse.Namespace) -> int:
    """Print every lab's name, question and verdicts: of its reference, and of the last run here."""
    for line in listing.lines(register, arguments.out):
        print(line)
    return DONE


def run(register: Register, arguments: argparse.Namespace) -> int:
    """Train, judge and draw one lab or all of them."""
    with usage():
        names = list(register) if arguments.lab == "all" else [arguments.lab]
        if arguments.executor is not None:
            check_executor(arguments.executor)
        if not arguments.dry_run:
            require("labs", "run")
        plans = [_resolve(load(register, name), arguments) for name in names]
    progress = _whole(plans, arguments) if len(plans) > 1 else None
    if arguments.dry_run:
        return max(_run(resolved, arguments, None, None) for resolved in plans)
    codes = []
    with (
        shared.folder(),
        joined(arguments.executor, arguments.jobs) if arguments.executor else nullcontext() as on,
        closing(progress) if progress else nullcontext(),
    ):
        for remark in on.remarks if on else []:
            print(remark, file=sys.stderr)
        for resolved in plans:
            try:
                codes.append(_run(resolved, arguments, on, progress))
            except TrainingError as error:
                codes.append(fail_training(error))
    return max(codes)


def _whole(plans: Sequence[Plan], arguments: argparse.Namespace) -> Progress | None:
    parts = [(each.lab, runs.pending(each, arguments.shard)[0]) for each in plans]
    needs = [memory.expected_mb(lab, stack) for lab, todo in parts for stack in todo]
    jobs, _ = memory.processes_of(needs, arguments.jobs, arguments.device)
    print(whole.announce(parts, jobs), flush=True)
    return None if arguments.dry_run else whole.progress(parts, jobs)


def _resolve(lab: AnyLab, arguments: argparse.Namespace) -> Plan:
    plan.check_device(lab, arguments.device)
    resolved = plan.resolve(
        lab,
        arguments.preset,
        arguments.set,
        arguments.out,
        until_decided=arguments.until_decided,
    )
    return runs.continued(resolved)


def _run(
    resolved: Plan, arguments: argparse.Namespace, on: Cluster | None, progress: Progress | None
) -> int:
    device, shard = arguments.device, arguments.shard
    aside = progress.aside if progress else nullcontext
    todo, _ = runs.pending(resolved, shard)
    jobs = on.slots() if on else processes(resolved.lab, todo, arguments)

    def announce(now: Plan, todo: list[Stack], damage: list[str], still_open: int | None) -> None:
        _warn(damage, "will be trained again")
        if still_open is None:
            seen = power.summary(power.of(now))
            cluster = arguments.executor if on else ""
            text = texts.plan(now, todo, device=device, jobs=jobs, power=seen, cluster=cluster)
        else:
            text = texts.look(now, todo, still_open, jobs=jobs, device=device)
        with aside():
            print(text, flush=True)

    if arguments.dry_run:
        announce(resolved, *runs.pending(resolved, shard), None)
        return DONE
    with _own(resolved, jobs) if todo and jobs > 1 and not on else nullcontext() as own:
        try:
            last = runs.train(
                resolved,
                announce,
                shard=shard,
                until_decided=arguments.until_decided,
                device=device,
                jobs=jobs,
                executor=own or on,
                progress=progress,
            )
        finally:
            if progress:
                progress.forget(resolved.stacks)  # those that a failure has left
        text = _conclusion(last, own)
    with aside():
        print(text, flush=True)
    return DONE


def processes(lab: AnyLab, todo: Sequence[Stack], arguments: argparse.Namespace) -> int:
    """In how many processes stacks are to be trained; prints why where it is fewer than wanted."""
    jobs, remark = memory.processes(lab, todo, arguments.jobs, getattr(arguments, "device", "cpu"))
    if remark:
        print(remark, file=sys.stderr)
    return jobs


@contextmanager
def _own(resolved: Plan, jobs: int) -> Iterator[Workers]:
    # They train, and then draw.
    most = max(len(resolved.stacks), len(resolved.lab.figures))
    with one_thread(), Workers(min(jobs, most)) as workers:
        yield workers


def _conclusion(resolved: Plan, pool: Pool | None) -> str:
    found, paths = plan.conclude(resolved, pool)
    said = texts.remarks(resolved.lab.remarks(found.table)) if resolved.lab.remarks else ""
    lacking = f"This is not the whole grid{texts.lacking(found.missing)}." if found.missing else ""
    parts = [_verdicts(resolved.lab, found), said, lacking, "\n".join(map(str, paths))]
    return "\n" + "\n\n".join(filter(None, parts))


def _verdicts(lab: AnyLab, found: Results) -> str:
    verdicts = _plain(found)
    parts = [
        texts.fill(texts.finding(lab.finding, verdicts)),
        texts.tally(verdicts),
        texts.claims(verdicts),
        texts.fill(texts.unplanned(found.unplanned)),
    ]
    return "\n\n".join(filter(None, parts))


def check(register: Register, arguments: argparse.Namespace) -> int:
    """Judge stored results again; writes nothing."""
    stored = _stored(register, arguments)
    found = plan.results(stored)
    _warn(found.damage, "run the lab to train it again")
    if arguments.json:
        if found.missing:
            print(f"{stored.folder}:{texts.lacking(found.missing)}", file=sys.stderr)
        print(json.dumps(_plain(found), indent=2))
    else:
        print(
            texts.fill(f"{stored.folder}: {texts.settings(stored)}{texts.lacking(found.missing)}")
            + "\n"
        )
        print(_verdicts(stored.lab, found))
    contradicted = any(verdict.verdict == "contradicted" for verdict in found.verdicts)
    return CONTRADICTED if arguments.strict and contradicted else DONE


def redraw(register: Register, arguments: argparse.Namespace) -> int:
    """Draw the figures of stored results again, or one of them, or as slides."""
    with usage():
        lab = load(register, arguments.lab)
        if arguments.figure:
            known("figure", arguments.figure, lab.figures)
    require("labs", "draw", ["matplotlib"])
    stored = _stored(register, arguments)
    stem = stored.folder / "figure"
    if arguments.figure:
        with usage():
            shown = outputs.figure_stems(stored.lab, stem, stored.preset)
            known(f"figure of preset {stored.preset!r}", arguments.figure, shown)
    found = plan.results(stored)
    _warn(found.damage, "is left out")
    paths = outputs.write_figures(
        stored.lab,
        found.table,
        found.verdicts,
        stem,
        stored.preset,
        only=arguments.figure,
        slide=arguments.slide,
    )
    print("\n".join(str(path) for path in paths))
    return DONE


def show_settings(register: Register, arguments: argparse.Namespace) -> int:
    """Print a lab's settings: name, range, meaning, and the value in each preset."""
    with usage():
        lab = load(register, arguments.lab)
    print(texts.settings_table(lab.presets))
    return DONE


def train_again(register: Register, arguments: argparse.Namespace) -> int:
    """Train some cells of the committed reference again and compare; exits 1 where they differ."""
    with usage():
        lab = load(register, arguments.lab)
        require("labs", "verify")
        reference = verify.reference(lab)
    print(texts.fill(verify.announce(reference, arguments.cells)), flush=True)
    jobs = processes(lab, verify.chosen(reference, arguments.cells), arguments)
    found = verify.compare(reference, arguments.cells, jobs=jobs)
    print(verify.say(found))
    return DONE if all(comparison.agrees for comparison in found) else FAILED


def write_new(register: Register, arguments: argparse.Namespace) -> int:
    """Write a lab to start from, NAME.py in this folder: it runs and meets the contract."""
    with usage():
        path = template.write(arguments.name, [*register, *elsewhere.offers()], Path())
    print(f"{path}: written; now `python -m labs run {path} --preset smoke`")
    return DONE


def write_report(register: Register, arguments: argparse.Namespace) -> int:
    """Print the README's table, or write it and the folder of figures; of a lab that stands
    elsewhere print its reference, or write it to the folder `figures` beside it; or write one HTML
    page of all references."""
    if arguments.html:
        return _report_page(register, arguments)
    if arguments.lab:
        return _report_beside(register, arguments)
    labs = [load(register, name) for name in register]
    if not arguments.write:
        print(markdown.table(labs, FIGURES))
        return DONE
    require("labs", "report", ["matplotlib"])
    for line in report.write(labs, results=arguments.out, root=Path()):
        print(line)
    return DONE


def _report_page(register: Register, arguments: argparse.Namespace) -> int:
    path = PAGE if arguments.out == RESULTS else arguments.out
    with usage():
        if arguments.write:
            raise ValueError("report must be --write or --html, got both")
        if arguments.lab:
            raise ValueError(f"--html must be of all labs, got {arguments.lab!r}: leave it out")
        if path.is_dir() or path.suffix.lower() not in (".html", ".htm"):
            raise ValueError(f"--out must be an .html file with --html, got {str(path)!r}")
    PAGE_WRITER([load(register, name) for name in register], path)
    print(f"{path}: written, {path.stat().st_size / 1e6:.1f} MB")
    return DONE


def _report_beside(register: Register, arguments: argparse.Namespace) -> int:
    with usage():
        lab = load(register, arguments.lab)
        if lab.name in register:
            raise ValueError(
                f"LAB must be one that stands elsewhere, got {lab.name!r}: leave it out"
            )
        home = references.home(lab)
        if not arguments.write and references.reference(lab.name, home) is None:
            raise ValueError(
                f"LAB must be one with a reference, {home} has none of {lab.name!r}: "
                "`report LAB --write` makes it from a run of `full`"
            )
    if arguments.write:
        require("labs", "report", ["matplotlib"])
        print("\n".join(report.write_beside(lab, arguments.out)))
    else:
        print(pages.page(lab, home))
    return DONE


def list_lessons(register: Register, arguments: argparse.Namespace) -> int:
    """Print the lessons of the course."""
    return int(LESSONS(arguments.words))


def teach(register: Register, arguments: argparse.Namespace) -> int:
    """Show, build, check or grade a lesson; `lesson --help` lists how."""
    return int(LESSON(arguments.words))


def _stored(register: Register, arguments: argparse.Namespace) -> Plan:
    with usage():
        lab = load(register, arguments.lab)
        if arguments.preset:
            known("preset", arguments.preset, lab.presets)
    return plan.stored(lab, arguments.preset, arguments.out)


def _plain(found: Results) -> list[dict[str, Any]]:
    return [verdict.as_dict() for verdict in found.verdicts]


def _warn(damage: Sequence[str], consequence: str) -> None:
    for text in damage:
        print(f"{text}; {consequence}", file=sys.stderr)


def fail_training(error: TrainingError) -> int:
    print(error.trace, end="", file=sys.stderr)
    return fail(str(error), FAILED)


def fail(error: BaseException | str, code: int) -> int:
    text = error if isinstance(error, str) else told(error)
    print(f"python -m labs: {text}", file=sys.stderr)
    return code
