"""A report as others read it: text for a student, a table for a class, Gradescope's results."""

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from typing import Any


def text(report: Mapping[str, Any]) -> str:
    """Return a report as its student may read it.

    Args:
        report: of `labs.course.marking.report`.
    """
    lines = [
        f"{report['lesson']}, {report['student']}: {_points(report)}{late(report)}",
        *(line for exercise in report["exercises"] for line in _exercise(exercise)),
        f"prediction: {_prediction(report['prediction'])}",
        *(f"explain {each['name']}: {each['words']} words" for each in report["explain"]),
        *(f"problem: {each}" for each in report["problems"]),
    ]
    return "\n".join(lines) + "\n"


def checked(report: Mapping[str, Any]) -> str:
    """Return what a report says of the exercises alone."""
    lines = [line for exercise in report["exercises"] for line in _exercise(exercise)]
    return "\n".join([*lines, *(f"problem: {each}" for each in report["problems"])]) + "\n"


def line(report: Mapping[str, Any]) -> str:
    """Return a report in one line.

    >>> line({"student": "s17", "score": 6.0, "max_score": 8.0, "late": False, "problems": ["p"]})
    's17: 6 of 8 points; 1 problem'
    """
    count = len(report["problems"])
    problems = f"; {count} problem{'s' * (count > 1)}" if count else ""
    return f"{report['student']}: {_points(report)}{late(report)}{problems}"


def late(report: Mapping[str, Any]) -> str:
    """Return whether a submission was late, in words."""
    return ", late" if report["late"] else ""


def table(reports: Sequence[Mapping[str, Any]]) -> str:
    """Return reports as CSV: one row per student, one column per exercise.

    Args:
        reports: of one lesson, in the order of the rows.
    """
    rows = [_row(report) for report in reports]
    columns = list(dict.fromkeys(name for row in rows for name in row))
    stream = io.StringIO()
    writer = csv.DictWriter(stream, columns, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return stream.getvalue()


def summary(reports: Sequence[Mapping[str, Any]]) -> str:
    """Return one line for every student, then how many have passed each exercise."""
    count = len(reports)
    passed: dict[str, int] = {}
    for report in reports:
        for each in report["exercises"]:
            passed[each["name"]] = passed.get(each["name"], 0) + (each["status"] == "passed")
    mean = sum(report["score"] for report in reports) / count
    return "\n".join(
        [
            *(line(report) for report in reports),
            f"{count} submissions, mean {mean:.1f} of {_number(reports[0]['max_score'])} points",
            *(f"{name}: {number} of {count} passed" for name, number in passed.items()),
            "",
        ]
    )


def gradescope(report: Mapping[str, Any]) -> dict[str, Any]:
    """Return a report as the JSON object of Gradescope's ``results.json``.

    What a check says at the public data is visible at once; its points, which ask for the hidden
    data too, after the grades are published. A text is left to a person: it has no score.
    """
    tests = [
        *(each for pair in _numbered(report) for each in _tests(*pair)),
        *(_text(report, number, each) for number, each in enumerate(report["explain"], 1)),
    ]
    return {
        "score": report["score"],
        "execution_time": report["seconds"],
        "output": "\n".join([_prediction(report["prediction"]), *report["problems"]]),
        "output_format": "text",
        "visibility": "visible",
        "stdout_visibility": "hidden",
        "tests": tests,
        "extra_data": {
            "schema": report["schema"],
            "lesson": report["lesson"],
            "version": report["version"],
            "replicate": report["replicate"],
            "sha256": report["sha256"],
            "prediction": report["prediction"],
        },
    }


def _numbered(report: Mapping[str, Any]) -> Iterator[tuple[str, str, Mapping[str, Any]]]:
    for i, exercise in enumerate(report["exercises"], 1):
        for j, check in enumerate(exercise["checks"], 1):
            yield f"{i}.{j}", exercise["name"], check


def _tests(number: str, exercise: str, check: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    public = check["status"] == "passed" or check["hidden"] != ""
    yield {
        "name": f"{exercise}: {check['name']}",
        "number": number,
        "status": "passed" if public else "failed",
        "visibility": check["visibility"],
        "output": "" if public else check["message"],
        "output_format": "text",
    }
    yield {
        "name": f"{exercise}: {check['name']}, also at other data",
        "number": f"{number}.1",
        "score": check["score"],
        "max_score": check["max_score"],
        "status": "passed" if check["status"] == "passed" else "failed",
        "visibility": "after_published",
        "output": check["message"],
        "output_format": "text",
    }


def _text(report: Mapping[str, Any], number: int, each: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "name": f"explain: {each['name']}",
        "number": f"{len(report['exercises']) + number}",
        "max_score": each["max_score"],
        "visibility": "visible",
        "output": each["text"],
        "output_format": "text",
    }


def _exercise(exercise: Mapping[str, Any]) -> Iterator[str]:
    yield f"{exercise['name']}: {_points(exercise)}"
    causes = {check["message"] for check in exercise["checks"]}
    if len(exercise["checks"]) > 1 and len(causes) == 1 and exercise["status"] != "passed":
        yield f"  not yet{_indented(causes.pop())}"  # one cause of all, told once
    else:
        yield from map(_check, exercise["checks"])
    if exercise["printed"]:
        yield f"  it printed{_indented(exercise['printed'].rstrip())}"


def _check(check: Mapping[str, Any]) -> str:
    told = "ok" if check["status"] == "passed" else "not yet"
    return f"  {told}: {check['name']}{_indented(check['message'])}"


def _indented(message: str) -> str:
    return f": {message}".replace("\n", "\n    ") if message else ""


def _prediction(prediction: Mapping[str, Any]) -> str:
    if not prediction["sealed"]:
        return "not sealed"
    score = "not yet" if prediction["score"] is None else f"{prediction['score']:.2f}"
    return f"sealed, code {prediction['code']}, score {score} (no opinion: 0)"


def _row(report: Mapping[str, Any]) -> dict[str, Any]:
    prediction = report["prediction"]
    return {
        "student": _cell(report["student"]),
        "score": report["score"],
        "max_score": report["max_score"],
        "late": int(report["late"]),
        **{each["name"]: each["score"] for each in report["exercises"]},
        "sealed": int(prediction["sealed"]),
        "prediction": prediction["score"],
        **{f"explain {each['name']} (words)": each["words"] for each in report["explain"]},
        "problems": len(report["problems"]),
    }


def _cell(value: str) -> str:
    return f"'{value}" if value.startswith("=") else value  # a spreadsheet would compute it


def _points(scored: Mapping[str, Any]) -> str:
    return f"{_number(scored['score'])} of {_number(scored['max_score'])} points"


def _number(value: float) -> str:
    return f"{value:g}"
