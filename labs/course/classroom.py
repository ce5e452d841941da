"""The class is the experiment: contributions of all students, pooled and judged as a lab's claims
are."""

import argparse
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from labs.course import contributions, pooled, predictions, register, students, truths
from labs.course.contributions import Contribution
from labs.course.grades import seen
from labs.course.inbox import LONGEST, Inbox, Paper, collect, printable
from labs.course.plan import Lesson
from labs.course.students import shortened
from labs.kit import draw, files
from labs.kit.claims import Claim, Verdict
from labs.kit.measures import column
from labs.kit.rounding import ends, rounded
from labs.kit.table import Table
from labs.kit.verdicts import judge

CODE = re.compile(r"[0-9a-f]{12}")  # of a prediction
OTHERS = (predictions.SCHEMA, truths.CLASS_SCHEMA, "mnist1d-labs/grade/1", "mnist1d-labs quiz")


@dataclass(frozen=True)
class Gathered:
    """A class's result.

    Args:
        lesson: of all contributions.
        given: student -> contribution, those that count.
        verdicts: of the lesson's measures, in its order.
        wrong: exercise -> wrong answer -> in how many grade reports its message was seen.
        seals: remarks on the seals, such as ``"edited after sealing: s09"``.
        refused: one line for each file that does not count, with the reason.
    """

    lesson: Lesson
    given: Mapping[str, Contribution]
    verdicts: Sequence[Verdict]
    wrong: Mapping[str, Mapping[str, int]]
    seals: Sequence[str]
    refused: Sequence[str]

    @property
    def table(self) -> Table:
        """One row per student: the replicate and the measures."""
        return _table(self.given.values())


def gather(
    name: str,
    folder: Path,
    codes: Path | None = None,
    grades: Path | None = None,
    owned: Mapping[str, int] | None = None,
) -> Gathered:
    """Judge a lesson's measures on the contributions of a class.

    Args:
        name: of the lesson.
        folder: of students' folders, or of their files.
        codes: CSV with columns ``student`` and ``code``: the codes that were called out.
        grades: folder of grade reports, beside those in `folder`.
        owned: student -> replicate, as `students.roster` returns them: a contribution counts only
            with its student's own, so that a copy does not throw out the one it was made from.

    Files that do not count are named with the reason, and change nothing: what is no contribution,
    other settings than most have, the scale smoke, a replicate that two students have.

    Raises:
        ValueError: an unknown lesson, a folder or a file of codes that is none, no contribution
            that counts.
    """
    lesson = register.lesson(name)
    sheet = _sheet(codes) if codes else {}
    inbox = collect(folder)
    reports = collect(grades, "--grades") if grades else Inbox()
    given = counted(lesson, inbox, owned)
    if not given:
        why = "".join(f"\n  {line}" for line in [*_lessons(inbox), *inbox.told()])
        raise ValueError(f"DIR must hold contributions to {name}, got none that counts{why}")
    return Gathered(
        lesson=lesson,
        given=given,
        verdicts=judge(claims(lesson), _table(given.values())),
        wrong=seen(name, (inbox, reports)),
        seals=_seals(name, inbox, sheet, given),
        refused=[*inbox.told(), *reports.told()],
    )


def claims(lesson: Lesson) -> list[Claim]:
    """Return a lesson's measures as claims of one family."""
    return [
        Claim(
            id=measure.name,
            sentence=measure.sentence,
            source="the class",
            unit=measure.unit,
            measure=column(measure.name),
            above=measure.above,
            below=measure.below,
            because=measure.because,
            limits=measure.range,
            family="own",
        )
        for measure in lesson.measures
    ]


def counted(
    lesson: Lesson, inbox: Inbox, owned: Mapping[str, int] | None = None
) -> dict[str, Contribution]:
    """Return the contributions that count, by student, and refuse the others in the inbox.

    Args:
        lesson: of the contributions.
        inbox: where they are.
        owned: student -> replicate, where a roster says so.
    """
    found: dict[Path, tuple[str, Contribution]] = {}
    for paper in inbox.papers:
        if paper.schema in OTHERS or _of_another(paper, lesson.name):
            continue
        try:
            given = contributions.parsed(paper.content, lesson.name)
            _check_scale(given)
            _check_owner(paper.student, given, owned)
        except ValueError as error:
            inbox.refuse(paper.path, error)
        else:
            if (paper.student, given) not in found.values():  # a copy of the same
                found[paper.path] = (paper.student, given)
    _refuse_others(found, inbox)
    _refuse_doubled(found, inbox)
    return dict(found.values())


def write(gathered: Gathered, folder: Path) -> list[Path]:
    """Write ``class.json``, ``class.png`` and ``class.svg``; return the paths.

    No student is named in them.
    """
    path = folder / truths.CLASS_FILE
    files.write(path, files.as_json(_class(gathered)))
    figure = pooled.figure(gathered.lesson, gathered.table, gathered.verdicts)
    return [path, *draw.save(figure, path.with_suffix(""))]


def run(arguments: argparse.Namespace) -> int:
    """Judge a lesson's measures on the class's contributions, and draw them."""
    name = arguments.name
    usual = Path("grades") / name  # where `lesson grade` writes them
    grades = arguments.grades or (usual if usual.is_dir() else None)
    gathered = gather(name, arguments.dir, arguments.codes, grades, _owned(arguments))
    paths = write(gathered, arguments.out or Path("class") / name)
    print("\n".join(lines(gathered)))
    print(f"written: {', '.join(map(str, paths))}")
    return 0


def lines(gathered: Gathered) -> list[str]:
    """Return a class's result as text for the instructor, who sees the students' names."""
    count = len(gathered.given)
    text = [f"{gathered.lesson.name}: {count} contributions count"]
    for verdict in gathered.verdicts:
        text += _told(gathered.lesson, verdict)
    if gathered.refused:
        text += ["not counted:", *(f"  {line}" for line in gathered.refused)]
    text += gathered.seals
    for package, versions in _versions(gathered.given.values()).items():
        if len(versions) > 1:
            found = ", ".join(f"{version} ({n})" for version, n in versions.items())
            text.append(printable(f"versions of {package}: {found}"))
    for exercise, wrong in gathered.wrong.items():
        text.append(
            f"wrong answers to {exercise}: {', '.join(f'{w} {n}' for w, n in wrong.items())}"
        )
    return text


def _owned(arguments: argparse.Namespace) -> dict[str, int] | None:
    if arguments.roster is None:
        return None
    return students.roster(students.read(arguments.roster), arguments.course)


def _told(lesson: Lesson, verdict: Verdict) -> list[str]:
    measure = next(each for each in lesson.measures if each.name == verdict.id)
    estimate = "no estimate"
    if verdict.estimate is not None:
        value = rounded(verdict.estimate, verdict.low, verdict.high)
        judged, usual = ends(verdict.low, verdict.high), ends(verdict.low_95, verdict.high_95)
        estimate = f"{value} {verdict.unit}".rstrip() + f", as judged {judged}, 95 % {usual}"
    reason = f" ({verdict.reason})" if verdict.reason else ""
    text = [f"  {verdict.id}: {verdict.verdict}{reason}: {estimate}, claimed {verdict.rule}"]
    if measure.reference is not None:
        text.append(f"    the lab, 95 %: {truths.referred(measure.reference).told(verdict.unit)}")
    return text


def _class(gathered: Gathered) -> dict[str, Any]:
    first = next(iter(gathered.given.values()))
    return {
        "schema": truths.CLASS_SCHEMA,
        "lesson": gathered.lesson.name,
        "version": gathered.lesson.version,
        "n": len(gathered.given),
        "steps": first.steps,
        "versions": _versions(gathered.given.values()),
        "measures": [verdict.as_dict() for verdict in gathered.verdicts],
        "wrong": gathered.wrong,
    }


def _table(given: Iterable[Contribution]) -> Table:
    rows = [{"replicate": each.replicate, **each.values} for each in given]
    return Table(sorted(rows, key=lambda row: row["replicate"]))


def _versions(given: Iterable[Contribution]) -> dict[str, dict[str, int]]:
    pairs = Counter(pair for each in given for pair in each.versions.items())
    names = dict.fromkeys(name for name, _ in sorted(pairs))
    return {name: {v: n for (own, v), n in sorted(pairs.items()) if own == name} for name in names}


def _of_another(paper: Paper, name: str) -> bool:
    """Whether a file is of another lesson by what it says and by its name."""
    others = set(register.names()) - {name}
    return paper.path.stem in others and paper.content.get("lesson") == paper.path.stem


def _lessons(inbox: Inbox) -> list[str]:
    """What the contributions are of, where there are some."""
    given = [each.content for each in inbox.papers if each.schema == contributions.SCHEMA]
    counts = Counter(str(content.get("lesson")) for content in given)
    found = ", ".join(f"{lesson} ({n})" for lesson, n in sorted(counts.items()))
    return [printable(f"contributions found: {found[:LONGEST]}")] if found else []


def _check_scale(given: Contribution) -> None:
    if given.scale != "lesson":
        raise ValueError(f"scale must be lesson, got {given.scale}")
    if given.replicate == 0:
        raise ValueError("replicate must be the student's own, got 0, the instructor's")


def _check_owner(student: str, given: Contribution, owned: Mapping[str, int] | None) -> None:
    if owned is None:
        return
    own = owned.get(unicodedata.normalize("NFC", student))
    if own is None:
        raise ValueError(f"student must stand in the roster, got {student!r}")
    if given.replicate != own:
        whose = "".join(f", that of {who}" for who in owned if owned[who] == given.replicate)
        raise ValueError(
            f"replicate must be {own}, the student's own, got {given.replicate}{whose}"
        )


def _refuse_others(found: dict[Path, tuple[str, Contribution]], inbox: Inbox) -> None:
    counts = Counter(given.settings for _, given in found.values())
    usual = min(counts, key=lambda code: (-counts[code], code), default="")
    steps = next((given.steps for _, given in found.values() if given.settings == usual), {})
    for path, (_, given) in list(found.items()):
        if given.settings != usual:
            inbox.refuse(path, f"steps must be {steps}, as most have, got {given.steps}")
            del found[path]


def _refuse_doubled(found: dict[Path, tuple[str, Contribution]], inbox: Inbox) -> None:
    for owner in (_replicate, _student):
        owners = {path: owner(*each) for path, each in found.items()}
        for path, one in owners.items():
            others = [str(other) for other in owners if owners[other] == one and other != path]
            if others:
                inbox.refuse(path, f"{one} must have one contribution, got {others[0]}, too")
                del found[path]


def _replicate(student: str, given: Contribution) -> str:
    return f"replicate {given.replicate}"


def _student(student: str, given: Contribution) -> str:
    return f"student {student}"


def _sheet(path: Path) -> dict[str, str]:
    found = {}
    for place, row in students.rows(path, ("student", "code")).items():
        code = row["code"].lower()
        if code and not CODE.fullmatch(code):
            raise ValueError(
                f"{place}: code must be 12 of 0-9 and a-f, got {shortened(row['code'])}"
            )
        if code:
            found[unicodedata.normalize("NFC", row["student"])] = code
    return found


def _seals(
    name: str, inbox: Inbox, sheet: dict[str, str], given: Mapping[str, Contribution]
) -> list[str]:
    now = {who: paper.code for who, paper in inbox.first_seals(name).items()}
    at_run = {who: each.seal for who, each in given.items() if each.seal}
    other = {who for who in now if now[who] != sheet.get(who, now[who])}
    edited = {who for who in now if now[who] != at_run.get(who, now[who])}
    edited -= sheet.keys() - other  # who called it out did so before
    remarks = {
        "edited after sealing": sorted(edited),
        "the code on the sheet is not that of the file": sorted(other - edited),
        "no sealed prediction": sorted({*sheet, *given} - now.keys()),
        "no code on the sheet": sorted(now.keys() - sheet.keys()) if sheet else [],
    }
    return [printable(f"{what}: {', '.join(who)}") for what, who in remarks.items() if who]
