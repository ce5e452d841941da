"""What a student gives to the class: a few numbers of the own run, with the replicate and without a
name, as ``contributions/LESSON.json``."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from labs.course import documents, predictions, register, session
from labs.course.plan import Lesson
from labs.kit import files
from labs.kit.checks import finite, known
from labs.kit.provenance import versions
from labs.kit.rounding import number

FOLDER = Path("contributions")
SCHEMA = "mnist1d-labs/contribution/1"
PARTS = (
    "schema",
    "lesson",
    "version",
    "replicate",
    "scale",
    "steps",
    "settings",
    "versions",
    "seal",
    "values",
)
PACKAGES = ("python", "mnist1d-labs", "numpy", "torch")


@dataclass(frozen=True)
class Contribution:
    """One student's numbers.

    `settings` is the code of the lesson's version, steps and scale; `seal` that of the prediction,
    None where there is none.
    """

    lesson: str
    replicate: int
    scale: str
    steps: Mapping[str, int]
    settings: str
    versions: Mapping[str, str]
    seal: str | None
    values: Mapping[str, float]


def contribute(name: str, **numbers: Any) -> None:
    """Write the numbers of your own run for the class; those of a later run replace them.

    Args:
        name: of the started lesson.
        **numbers: every measure of the lesson, in its unit; one that is optional may be left out.

    Raises:
        ValueError: another lesson, an unknown or a missing measure, a value that is not finite or
            out of its range; nothing is written then.
    """
    begun = session.started(name)
    values = checked(begun.lesson, numbers)
    sealed = predictions.path(name)
    found = versions()
    content = {
        "schema": SCHEMA,
        "lesson": name,
        "version": begun.lesson.version,
        "replicate": begun.replicate,
        "scale": begun.scale,
        "steps": dict(begun.steps),
        "settings": settings(begun.lesson, begun.scale, begun.steps),
        "versions": {key: found[key] for key in PACKAGES if key in found},
        "seal": predictions.read(sealed).code if sealed.exists() else None,
        "values": values,
    }
    files.write(path(name), documents.canonical(content))
    units = {measure.name: measure.unit for measure in begun.lesson.measures}
    print(f"for the class, replicate {begun.replicate}:")
    for key, value in values.items():
        print(f"  {key} {number(value)} {units[key]}".rstrip())
    if begun.scale != "lesson":
        print(f"at scale {begun.scale}, which no class takes")


def path(name: str, folder: Path = Path()) -> Path:
    """Return where the contribution to a lesson lies in a student's folder."""
    return folder / FOLDER / f"{name}.json"


def checked(lesson: Lesson, numbers: Any) -> dict[str, float]:
    """Return a value for every measure of a lesson that has one, in the lesson's order.

    Raises:
        ValueError: an unknown or a missing measure, a value that is not finite or out of its range.
    """
    if not isinstance(numbers, Mapping):
        raise ValueError(f"values must be {{measure: number}}, got {type(numbers).__name__}")
    measures = {measure.name: measure for measure in lesson.measures}
    for name in numbers:
        known("measure", name, measures)
    needed = [measure.name for measure in lesson.measures if not measure.optional]
    missing = [name for name in needed if name not in numbers]
    if missing:
        raise ValueError(f"measures must be {', '.join(measures)}, got no {', no '.join(missing)}")
    given = {name: each for name, each in measures.items() if name in numbers}
    return {name: _inside(name, numbers[name], each.range) for name, each in given.items()}


def settings(lesson: Lesson, scale: str, steps: Mapping[str, int]) -> str:
    """Return the code of what all contributions of a class must share."""
    return documents.code(documents.canonical([lesson.name, lesson.version, scale, dict(steps)]))


def parsed(found: Mapping[str, Any], name: str) -> Contribution:
    """Return a contribution to the lesson of a name, every part of it checked.

    Args:
        found: what its file holds.
        name: of the lesson.

    Raises:
        ValueError: naming the part that is wrong, the rule and the value.
    """
    if found.get("schema") != SCHEMA:
        raise ValueError(f"schema must be {SCHEMA}, got {found.get('schema')!r}")
    if set(found) != set(PARTS):
        raise ValueError(f"parts must be {', '.join(PARTS)}, got {sorted(found)!r}")
    lesson = register.lesson(name)
    if found["lesson"] != name:
        raise ValueError(f"lesson must be {name}, got {found['lesson']!r}")
    if found["version"] != lesson.version or isinstance(found["version"], bool):
        raise ValueError(f"version must be {lesson.version}, got {found['version']!r}")
    if not _whole(found["replicate"]):
        raise ValueError(f"replicate must be a whole number, got {found['replicate']!r}")
    for part, kind in (("steps", int), ("versions", str)):
        _table(part, found[part], kind)
    scale = known("scale", found["scale"], session.SCALES)
    if found["settings"] != settings(lesson, scale, found["steps"]):
        raise ValueError(
            f"settings must be the code of version, scale and steps, got {found['settings']!r}: "
            "the file was edited"
        )
    if not isinstance(found["seal"], str | None):
        raise ValueError(f"seal must be a code, got {found['seal']!r}")
    return Contribution(
        lesson=name,
        values=checked(lesson, found["values"]),
        **{part: found[part] for part in PARTS[3:-1]},
    )


def _inside(name: str, value: Any, range_: tuple[float, float]) -> float:
    inside, (least, most) = finite(name, value), range_
    if not least <= inside <= most:
        raise ValueError(f"{name} must lie between {least:g} and {most:g}, got {number(inside)}")
    return inside


def _whole(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 2**32


def _table(part: str, found: Any, kind: type) -> None:
    fine = isinstance(found, dict) and all(
        isinstance(value, kind) and not isinstance(value, bool) for value in found.values()
    )
    if not fine:
        raise ValueError(f"{part} must be {{name: {kind.__name__}}}, got {found!r}")
