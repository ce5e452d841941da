"""Six slides of a lesson for the projector, from its plan and stored numbers: nothing trains."""

import argparse
import io
import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import TYPE_CHECKING, Any

from labs.course import classroom, documents, odds, pooled, register, sheets, source, truths
from labs.course.listing import signature
from labs.course.plan import Lesson, Measure, Reference
from labs.kit import draw, files, references, undecided
from labs.kit.claims import Verdict
from labs.kit.forest import MARKS, forest
from labs.kit.table import Table
from labs.kit.verdicts import judge

if TYPE_CHECKING:  # matplotlib may be absent
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

MOST = 8  # claims on a page, where they have room
BARS = "Thick bar 95 %, thin bar as judged."
MARKED = ("holds", "contradicted", "undecided")
EMPTY = "Not measured yet: gather the class."
CITED = re.compile(r".*?\b\d{4}\b")  # authors and year
NUMBERS = ("estimate", "low", "high", "low_95", "high_95")


@dataclass(frozen=True)
class Measured:
    """A lesson's measures as judged on somebody's runs.

    Args:
        who: ``"the class"``, or ``"own runs"``, those that odds are stored of.
        verdicts: by name of the measure.
    """

    who: str
    verdicts: Mapping[str, Verdict]


def run(arguments: argparse.Namespace) -> int:
    """Write the slides of one lesson or all: a PDF, and each page as PNG and SVG."""
    names = register.names() if arguments.name == "all" else [arguments.name]
    lessons = [register.lesson(name) for name in names]
    out = arguments.out
    given = _given(arguments.class_file, names)
    decks = [(each, pages(each, given.get(each.name))) for each in lessons]
    for lesson, deck in decks:
        print(f"{write(lesson, deck, out)[0]}: {len(deck)} pages, each as .png and .svg, too")
    return 0


def _given(path: Path | None, names: Sequence[str]) -> dict[str, Measured]:
    if path is None:
        return {}
    name, measured = class_file(path)
    if name not in names:
        raise ValueError(f"--class must be of {names[0]}, got one of {name}")
    return {name: measured}


def pages(lesson: Lesson, measured: Measured | None = None) -> dict[str, "Figure"]:
    """Return the six pages of a lesson by name, in order.

    Args:
        lesson: what they are of.
        measured: the class's result; without it, that of the runs that the odds are stored of.

    Raises:
        ValueError: a reference that does not exist, a source that breaks a rule.
    """
    shown = measured or own_runs(lesson)
    names = register.names()
    title = f"Lesson {names.index(lesson.name) + 1} of {len(names)}: {lesson.name}"
    exercises = source.read(lesson.name).exercises.items()
    signatures = {name: signature(name, cell).removeprefix(name) for name, cell in exercises}
    with sheets.style():
        return {
            "question": sheets.opening(title, lesson.question, lesson.phases),
            "predict": sheets.predictions("Predict, before anything runs", lesson.questions),
            "build": sheets.functions("Build: what you write", signatures),
            "expect": _figure("Look: where will the bars lie?", lesson, shown, hidden=True),
            "found": _figure("Look: what was found", lesson, shown, hidden=False),
            "verdicts": _verdicts("Verdicts: what the labs found", chosen(lesson)),
        }


def write(lesson: Lesson, deck: Mapping[str, "Figure"], folder: Path) -> list[Path]:
    """Write NAME.pdf, and NAME-1-question.png and .svg and so on; return the paths. Equal pages
    give equal bytes."""
    from matplotlib.backends.backend_pdf import PdfPages

    buffer, path = io.BytesIO(), folder / f"{lesson.name}.pdf"
    about: dict[str, Any] = {"Title": lesson.question, "CreationDate": None}
    with sheets.style(), PdfPages(buffer, metadata=about) as pdf:
        for page in deck.values():
            pdf.savefig(page)
    files.write(path, buffer.getvalue())
    stems = [folder / f"{lesson.name}-{place}-{name}" for place, name in enumerate(deck, 1)]
    pictures = zip(deck.values(), stems, strict=True)
    return [path, *(each for page, stem in pictures for each in draw.save(page, stem))]


def class_file(path: Path) -> tuple[str, Measured]:
    """Return the name of a class's lesson, and its measures as `lesson gather` judged them.

    Raises:
        ValueError: no class's file, of another version of its lesson or of other measures, or with
            numbers that are none.
        OSError: it cannot be read.
    """
    found, _ = documents.load(path)
    if found.get("schema") != truths.CLASS_SCHEMA:
        raise ValueError(f"{path.name} must be a class's file, got {found.get('schema')!r}")
    name = str(found.get("lesson"))
    lesson = register.lesson(name)
    if found.get("version") != lesson.version:
        said = found.get("version")
        raise ValueError(f"{path.name} must be of version {lesson.version}, got {said!r}")
    given, names = found.get("measures"), [measure.name for measure in lesson.measures]
    if not isinstance(given, list) or [_id(each) for each in given] != names:
        raise ValueError(f"{path.name} must have the measures {', '.join(names)}, got others")
    pairs = zip(lesson.measures, given, strict=True)
    verdicts = {measure.name: _verdict(path, measure, each) for measure, each in pairs}
    return name, Measured("the class", verdicts)


def own_runs(lesson: Lesson) -> Measured:
    """Return a lesson's measures as judged on the replicates that its odds are stored of; without
    any they have no data."""
    stored = odds.stored().get(lesson.name, {})
    values = stored.get("values", {}) if stored.get("version") == lesson.version else {}
    rows = [
        {"replicate": place, name: value}
        for name, own in values.items()
        for place, value in enumerate(own, 1)
    ]
    verdicts = judge(classroom.claims(lesson), Table(rows))
    return Measured("own runs", {verdict.id: verdict for verdict in verdicts})


def chosen(lesson: Lesson) -> dict[Reference, Verdict]:
    """Return claims that a lesson leads to and that have an estimate, as many as a page has room
    for: those first that its measures and questions refer to.

    Raises:
        ValueError: a reference or a claim that does not exist.
    """
    leads = [Reference(lab, claim) for lab, ids in lesson.leads.items() for claim in ids]
    named = [*(m.reference for m in lesson.measures), *(q.truth for q in lesson.questions)]
    first = [each for each in named if isinstance(each, Reference) and each in leads]
    found: dict[Reference, Verdict] = {}
    for each in dict.fromkeys([*first, *leads]):
        more = {**found, each: _stored(each)}
        if more[each].estimate is not None and len(more) <= MOST and _fits(more.values()):
            found = more
    return found


def _stored(reference: Reference) -> Verdict:
    claim = truths.claim(reference)
    low, high = (end if math.isfinite(end) else None for end in undecided.claimed(claim))
    names = {each.name for each in fields(Verdict)} & set(claim)
    return Verdict(**{**{name: claim[name] for name in names}, "above": low, "below": high})


def _fits(verdicts: Iterable[Verdict]) -> bool:
    return sum(map(sheets.height, _panels(verdicts).values())) <= sheets.ROOM


def _panels(verdicts: Iterable[Verdict]) -> dict[str, dict[str, Verdict]]:
    panels: dict[str, dict[str, Verdict]] = {}
    for verdict in verdicts:
        panels.setdefault(verdict.unit, {})[verdict.sentence] = verdict
    return panels


def _id(given: Any) -> Any:
    return given.get("id") if isinstance(given, dict) else None


def _verdict(path: Path, measure: Measure, given: Mapping[str, Any]) -> Verdict:
    names = {each.name for each in fields(Verdict)}
    values = given.get("values") or {}
    numbers = [given.get(name) for name in NUMBERS if given.get(name) is not None]
    numbers += [*values.values()] if isinstance(values, dict) else [values]
    if (
        set(given) != names
        or given["verdict"] not in list(MARKS)
        or not isinstance(given["n"], int)
        or not all(isinstance(n, int | float) and math.isfinite(n) for n in numbers)
    ):
        raise ValueError(f"{path.name} must have a judged {measure.name}, got {dict(given)!r}")
    own = {"above": measure.above, "below": measure.below, "unit": measure.unit, "published": None}
    return Verdict(**{**given, **own})


def _figure(title: str, lesson: Lesson, measured: Measured, *, hidden: bool) -> "Figure":
    panels: dict[str, dict[str, Measure]] = {}
    for measure in lesson.measures:
        panels.setdefault(measure.unit, {})[measure.sentence] = measure

    def paint(ax: "Axes", unit: str, rows: Mapping[str, Measure]) -> None:
        seen = [n for each in rows.values() for n in _numbers(each, measured.verdicts[each.name])]
        if hidden or not seen:
            _balance(ax, [*rows.values()], seen)
        pooled.panel(ax, unit, rows, measured.verdicts)
        for line in ax.lines:
            line.set_visible(not hidden)

    referred = [each.reference for each in lesson.measures if each.reference]
    judged = [each for each in measured.verdicts.values() if each.estimate is not None]
    caption = "" if hidden else _sources(measured.who, judged, referred)
    drawn = sheets.forests(title, caption, panels, paint)
    looks: dict[str, dict[str, Any]] = {}
    if judged:
        looks[measured.who] = {"color": draw.COLORS[0], "marker": "o"}
    if referred:
        looks["the lab"] = {"color": draw.COLORS[1], "marker": "D", "ls": pooled.STRIPES}
    sheets.key(drawn, looks, MARKED if judged else ())
    return drawn


def _balance(ax: "Axes", measures: Sequence[Measure], seen: Sequence[float]) -> None:
    """Centre the axis on the thresholds, so that without data it does not tell on which side they
    lie."""
    ends = [end for each in measures for end in (each.above, each.below) if end is not None]
    low, high = min(each.range[0] for each in measures), max(each.range[1] for each in measures)
    reach = max(max(ends) - min(seen), max(seen) - min(ends)) if seen else high - low
    left, right = max(low, min(ends) - reach), min(high, max(ends) + reach)
    ax.update_datalim([(left, 0), (right, 0)])


def _numbers(measure: Measure, verdict: Verdict) -> list[float]:
    found: list[float | None] = [verdict.low, verdict.high, verdict.estimate]
    found += (verdict.values or {}).values()
    if measure.reference:
        lab = truths.referred(measure.reference)
        found += [lab.low, lab.high, float(str(lab.value))]
    return [number for number in found if number is not None]


def _sources(who: str, judged: Iterable[Verdict], referred: Iterable[Reference]) -> str:
    own = [(who, verdict.n) for verdict in judged]
    labs = [(f"lab {each.lab}", truths.claim(each)["n"]) for each in referred]
    bars = BARS if own else "Bars 95 % or as judged."
    return f"{_counted([*own, *labs])}. {bars}" if own or labs else EMPTY


def _counted(pairs: Iterable[tuple[str, int]]) -> str:
    """How many replicates each has: "n = 20 (the class), 10 to 12 (lab benchmark)"."""
    counts: dict[str, list[int]] = {}
    for name, n in pairs:
        counts.setdefault(name, []).append(n)
    return "n = " + ", ".join(f"{_span(ns)} ({name})" for name, ns in counts.items())


def _span(numbers: Sequence[int]) -> str:
    least, most = min(numbers), max(numbers)
    return str(most) if least == most else f"{least} to {most}"


def _verdicts(title: str, claims: Mapping[Reference, Verdict]) -> "Figure":
    def paint(ax: "Axes", unit: str, rows: Mapping[str, Verdict]) -> None:
        forest(ax, {name: name for name in rows}, rows)
        ax.set_xlabel(unit)

    counted = _counted((f"lab {each.lab}", verdict.n) for each, verdict in claims.items())
    cited = dict.fromkeys(_cited(reference.lab) for reference in claims)
    caption = f"{'; '.join(cited)}; {counted}."
    drawn = sheets.forests(title, caption, _panels(claims.values()), paint)
    look = {"color": "black", "marker": "|", "ls": "", "mew": 2}
    published = any(isinstance(verdict.published, int | float) for verdict in claims.values())
    sheets.key(drawn, {"published": look} if published else {}, MARKED)
    return drawn


def _cited(lab: str) -> str:
    text = str((references.reference(lab) or {"source": ""})["source"])
    found = CITED.match(text)
    return found.group() if found else text
