"""The lessons as lists and pages of text."""

import argparse
import json
from typing import Any

from labs.course import register, source
from labs.kit import texts


def list_all(arguments: argparse.Namespace) -> int:
    """Print the lessons in teaching order: question, minutes, exercises, labs they lead to."""
    found = [_row(i, name) for i, name in enumerate(register.names(), 1)]
    if arguments.json:
        print(json.dumps(found, indent=2))
        return 0
    for row in found:
        print(f"{row['number']:2} {row['name']}: {row['question']}")
        print(f"   {row['minutes']} minutes{', at home' if row['home'] else ''}")
        print(texts.fill(f"   write: {', '.join(row['exercises'])}"))
        print(texts.fill(f"   leads to: {', '.join(row['leads'])}"))
    return 0


def _row(number: int, name: str) -> dict[str, Any]:
    lesson = register.lesson(name)
    return {
        "number": number,
        "name": name,
        "question": lesson.question,
        "minutes": sum(lesson.phases.values()),
        "home": lesson.home,
        "exercises": list(source.read(name).exercises),
        "leads": {lab: list(claims) for lab, claims in lesson.leads.items()},
    }


def show(arguments: argparse.Namespace) -> int:
    """Print what a lesson is about and what students write."""
    lesson = register.lesson(arguments.name)
    print(lesson.question)
    return 0
