"""Calibration over the term: do 80 % intervals hold the truth 80 times in 100, and does what is
said to be likely come true as often?"""

import argparse
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

from labs.course import predictions, register, truths
from labs.course.answers import probabilities
from labs.course.inbox import collect, printable
from labs.course.plan import Lesson
from labs.course.predictions import Scored
from labs.kit import draw
from labs.kit.intervals import wilson

if TYPE_CHECKING:  # matplotlib may be absent
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

FEWEST = 12  # intervals of a student of whom something is said
STATED = 80  # percent
CLASSES = Path("class")
BINS = (0.0, 0.2, 0.4, 0.6, 0.8, 1.0)  # ends of the groups of probabilities
NOTE = (
    "Bars: Wilson's 95 % intervals, too short where many answer the same question. "
    "Dashed: perfect calibration."
)


@dataclass
class Calibration:
    """What a term's sealed predictions say.

    Args:
        held: student -> of every 80 % interval with a known truth, whether it held it.
        chances: every probability that was stated, and whether the option was true.
        refused: one line for each file that could not be read.
    """

    held: dict[str, list[bool]] = field(default_factory=dict)
    chances: list[tuple[float, bool]] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)

    @property
    def all_held(self) -> list[bool]:
        """Those of the whole class."""
        return [each for own in self.held.values() for each in own]

    @property
    def bins(self) -> list[tuple[float, list[bool]]]:
        """The mean of the probabilities and what came true, for each group that has some."""
        groups: list[list[tuple[float, bool]]] = [[] for _ in BINS[1:]]
        for chance, true in self.chances:
            groups[min(int(chance * len(groups)), len(groups) - 1)].append((chance, true))
        means = [sum(c for c, _ in group) / len(group) for group in groups if group]
        return list(zip(means, [[t for _, t in group] for group in groups if group], strict=True))


def calibrate(folder: Path, classes: Path = CLASSES) -> Calibration:
    """Return the calibration of all sealed predictions in a folder of students' folders.

    Args:
        folder: the students'.
        classes: where ``LESSON/class.json`` lies, as `lesson gather` writes it: truths that the
            class has measured.

    Raises:
        ValueError: no folder, a damaged file of a class, or no prediction whose truth is known.
    """
    inbox, found = collect(folder), Calibration()
    for name in register.names():
        lesson = register.lesson(name)
        measured = truths.class_measures(classes / name / truths.CLASS_FILE, name)
        for student, paper in sorted(inbox.first_seals(name).items()):
            try:
                sealed = predictions.parsed(paper.content, paper.code)
            except ValueError as error:
                inbox.refuse(paper.path, error)
            else:
                _add(found, student, lesson, sealed.answers, measured)
    found.refused = inbox.told()
    if not found.chances and not found.held:
        raise ValueError("DIR must hold sealed predictions with known truths, got none")
    return found


def run(arguments: argparse.Namespace) -> int:
    """Print and draw how well the class knows what it knows."""
    classes = CLASSES if arguments.classes is None else arguments.classes
    if arguments.classes is not None and not classes.is_dir():
        raise ValueError(f"--classes must be a folder, got {str(classes)!r}")
    found = calibrate(arguments.dir, classes)
    print("\n".join(lines(found)))
    paths = draw.save(figure(found), arguments.out / "calibration")
    print(f"written: {', '.join(map(str, paths))}")
    return 0


def lines(found: Calibration) -> list[str]:
    """Return a calibration as text for the instructor, who sees the students' names."""
    text = [f"{STATED} % intervals that held the truth [95 % interval of the share]"]
    rows = {"the class": found.all_held, **found.held}
    text += [f"  {printable(who)}: {_share(own)}" for who, own in rows.items() if _enough(own)]
    few = sum(not _enough(own) for own in found.held.values())
    if few:
        text.append(f"  students not listed, with fewer than {FEWEST} intervals: {few}")
    if found.chances:
        text.append("probabilities, and how often what they were given to was true")
    text += [f"  {_told(*each)}" for each in found.bins]
    return text + (["not read:", *(f"  {line}" for line in found.refused)] * bool(found.refused))


def figure(found: Calibration) -> "Figure":
    """Return two panels: the shares of intervals that held, by student without names, and the
    reliability of probabilities."""
    with draw.style():
        drawn, axes = draw.figure(2, width=4.6, height=4.2)
        _held(axes[0], found)
        _reliability(axes[1], found)
        drawn.supxlabel(NOTE, fontsize=9, color="#555555", wrap=True)
    return draw.lettered(drawn)


def _held(ax: "Axes", found: Calibration) -> None:
    students = sorted((own for own in found.held.values() if _enough(own)), key=_mean)
    for place, own in enumerate(students, 1):
        _bar(ax, _mean(own), place, own, draw.COLORS[5], upright=False)
    if found.held:
        _bar(ax, _mean(found.all_held), 0, found.all_held, draw.COLORS[0], upright=False)
    ax.axvline(STATED, color=draw.GREY, linestyle="--", zorder=1)
    ax.set(xlim=(-3, 103), xlabel="intervals that held the truth, %", title="80 % intervals")
    ax.set_yticks([0], ["the class"])
    ax.set_ylim(len(students) + 0.6, -0.6)
    ax.grid(axis="y", visible=False)


def _reliability(ax: "Axes", found: Calibration) -> None:
    ax.plot([0, 100], [0, 100], color=draw.GREY, linestyle="--", zorder=1)
    for mean, true in found.bins:
        _bar(ax, 100 * mean, _mean(true), true, draw.COLORS[0], upright=True)
    ax.set(xlim=(-3, 103), ylim=(-3, 103), title="Probabilities")
    ax.set(xlabel="stated, %", ylabel="came true, %")


def _bar(
    ax: "Axes", x: float, y: float, cases: Sequence[bool], color: str, *, upright: bool
) -> None:
    _, low, high = wilson(sum(cases), len(cases))
    ends = ([x, x], [low, high]) if upright else ([low, high], [y, y])
    ax.plot(*ends, color=color, linewidth=4.0, solid_capstyle="butt", zorder=3)
    ax.plot([x], [y], "o", color=color, ms=7, zorder=4)


def _add(
    found: Calibration,
    student: str,
    lesson: Lesson,
    answers: Mapping[str, Any],
    measured: Mapping[str, Any],
) -> None:
    for each in predictions.scored(lesson, answers, measured):
        if each.truth is not None and each.question.kind == "interval":
            low, high = each.answer
            found.held.setdefault(student, []).append(bool(low <= each.truth.value <= high))
        elif each.question.kind == "choice":
            found.chances += _chances(each)


def _chances(each: Scored) -> list[tuple[float, bool]]:
    stated = probabilities(each.question, each.answer)
    return [(chance, option == each.question.truth) for option, chance in stated.items()]


def _enough(cases: Sequence[bool]) -> bool:
    return len(cases) >= FEWEST


def _mean(cases: Sequence[bool]) -> float:
    return 100 * sum(cases) / len(cases)


def _told(mean: float, true: Sequence[bool]) -> str:
    low, high = next(ends for ends in pairwise(BINS) if mean < ends[1] or ends[1] == BINS[-1])
    stated = f"options given {100 * low:.0f} to {100 * high:.0f} %, mean {100 * mean:.0f} %"
    return f"{stated}: {sum(true)} of {len(true)} were true"


def _share(cases: Sequence[bool]) -> str:
    share, low, high = wilson(sum(cases), len(cases))
    return f"{share:.0f} % [{low:.0f}, {high:.0f}] of {len(cases)}"
