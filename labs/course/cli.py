"""The command line of the course: `python -m labs lessons` and `python -m labs lesson ...`.

A new subcommand is one row of `SUBCOMMANDS`; its function takes the arguments, returns the exit
code, and says what is wrong with them by a ValueError before any work: exit code 2.
"""

import argparse
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from labs.course.paths import existing, existing_file, folder, new_file
from labs.course.source import VARIANTS
from labs.course.students import KEY
from labs.kit.lab import Deferred
from labs.kit.usage import usage

NAME: dict[str, Any] = {"metavar": "NAME", "help": "of the lesson"}
FOLDER: dict[str, Any] = {"type": Path, "metavar": "DIR"}
OUT: dict[str, Any] = {"type": folder, "metavar": "DIR"}
ANY: dict[str, Any] = {**NAME, "help": "of the lesson, or all"}
SWITCH: dict[str, Any] = {"action": "store_true"}
COURSE: dict[str, Any] = {
    "metavar": "KEY",
    "help": f"the course's own secret; default: the environment variable {KEY}",
}
FORMATS = ("text", "json", "csv", "gradescope")
PACKS = ("gradescope", "otter")
JSON = {"--json": {**SWITCH, "help": "print JSON"}}


@dataclass(frozen=True)
class Subcommand:
    """One row of the table.

    Args:
        help: one sentence.
        function: where it stands, ``"module:name"``; imported when it is called.
        options: positional names and flags -> keywords of argparse.
    """

    help: str
    function: str
    options: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)


LIST = Subcommand(
    "Print the lessons in teaching order: question, minutes, exercises, labs they lead to.",
    "labs.course.listing:list_all",
    JSON,
)
SUBCOMMANDS = {
    "show": Subcommand(
        "Print what a lesson is about and what students write.",
        "labs.course.listing:show",
        {"name": NAME, "--notes": {**SWITCH, "help": "the instructor's page"}},
    ),
    "build": Subcommand(
        "Write a lesson, or all, for students, with solutions, or for the instructor.",
        "labs.course.build:run",
        {
            "name": ANY,
            "--variant": {"metavar": "|".join(VARIANTS), "help": "default: student"},
            "--format": {"metavar": "ipynb|py|nbgrader", "help": "default: ipynb"},
            "--student": {"metavar": "ID", "help": "whose data set it is, and whose folder in DIR"},
            "--roster": {
                "type": existing_file,
                "metavar": "FILE.csv",
                "help": "for each of its students",
            },
            "--course": COURSE,
            "--out": {**OUT, "help": "default: lessons"},
            "--committed": {**SWITCH, "help": "write the notebooks of the repository"},
            "--check": {**SWITCH, "help": "compare them instead; exits 1 where they differ"},
        },
    ),
    "check": Subcommand(
        "Check the functions of a student's file; exits 1 while some checks do not pass.",
        "labs.course.grade:check",
        {
            "name": NAME,
            "file": {"type": existing, "metavar": "FILE", "help": "a notebook or a script"},
            "--exercise": {"metavar": "E", "help": "one exercise; default: all"},
            **JSON,
        },
    ),
    "grade": Subcommand(
        "Grade a file, or all that a class has handed in.",
        "labs.course.grade:grade",
        {
            "name": NAME,
            "file": {
                "type": existing,
                "metavar": "FILE",
                "help": "a notebook, a script, or a folder with one file or folder per student",
            },
            "--course": COURSE,
            "--format": {"choices": FORMATS, "default": "text", "help": "default: text"},
            "--jobs": {"type": int, "default": 1, "metavar": "N", "help": "at once; default: 1"},
            "--deadline": {"metavar": "TIME", "help": "files changed later are late"},
            "--out": {**OUT, "help": "of a folder: grades/NAME"},
        },
    ),
    "roster": Subcommand(
        "Print which replicate each student owns, as CSV.",
        "labs.course.students:run",
        {
            "file": {"type": existing_file, "metavar": "FILE.csv", "help": "with a column student"},
            "--course": COURSE,
        },
    ),
    "gather": Subcommand(
        "Judge what a class has measured, and draw it.",
        "labs.course.classroom:run",
        {
            "name": NAME,
            "dir": {**FOLDER, "help": "with a file or a folder of each student"},
            "--codes": {
                "type": existing_file,
                "metavar": "FILE.csv",
                "help": "with columns student and code: the codes of their predictions",
            },
            "--roster": {
                "type": existing_file,
                "metavar": "FILE.csv",
                "help": "whose replicate is whose: of two copies the owner's counts",
            },
            "--course": COURSE,
            "--grades": {**FOLDER, "help": "reports, to count wrong answers; default: grades/NAME"},
            "--out": {**OUT, "help": "default: class/NAME"},
        },
    ),
    "slides": Subcommand(
        "Write six slides of a lesson, or of all: PDF, PNG and SVG.",
        "labs.course.slides:run",
        {
            "name": ANY,
            "--class": {
                "type": existing,
                "dest": "class_file",
                "metavar": "FILE",
                "help": "class.json of the lesson, what gather wrote",
            },
            "--out": {**OUT, "default": Path("slides"), "help": "default: slides"},
        },
    ),
    "calibration": Subcommand(
        "Print and draw how often the predictions of a term came true.",
        "labs.course.calibration:run",
        {
            "dir": {**FOLDER, "help": "with a folder of each student"},
            "--classes": {
                **FOLDER,
                "help": "with NAME/class.json, what gather wrote; default: class",
            },
            "--out": {**OUT, "default": Path("class"), "help": "default: class"},
        },
    ),
    "pack": Subcommand(
        "Write the zip of an autograder: for Gradescope, or what otter makes one from.",
        "labs.course.pack:run",
        {
            "name": NAME,
            "--format": {"choices": PACKS, "default": "gradescope", "help": "default: gradescope"},
            "--course": COURSE,
            "--out": {"type": new_file, "metavar": "FILE.zip", "help": "default: NAME-FORMAT.zip"},
        },
    ),
    "time": Subcommand(
        "Measure how many seconds of one core a lesson takes, or all of them.",
        "labs.course.timing:run",
        {"name": ANY, "--write": {**SWITCH, "help": "keep them in the repository"}},
    ),
    "odds": Subcommand(
        "Print the odds that a lesson's effects show, in one run and in a class.",
        "labs.course.odds:run",
        {
            "name": ANY,
            "--measure": {"type": int, "metavar": "N", "help": "run it for N students first"},
            "--jobs": {"type": int, "metavar": "N", "help": "at once; default: one per core"},
        },
    ),
}


def lessons(words: Sequence[str]) -> int:
    """Run `python -m labs lessons` with the words after it; returns the exit code.

    Raises:
        SystemExit: with code 2, from argparse, for words that it does not know.
        UsageError: bad input.
    """
    return _call(_options(argparse.ArgumentParser(prog="python -m labs lessons"), LIST), words)


def lesson(words: Sequence[str]) -> int:
    """Run `python -m labs lesson` with the words after it; returns the exit code.

    Raises:
        SystemExit: with code 2, from argparse, for words that are no subcommand.
        UsageError: bad input.
    """
    return _call(parser(), words)


def parser() -> argparse.ArgumentParser:
    """Return the parser of `python -m labs lesson`."""
    top = argparse.ArgumentParser(
        prog="python -m labs lesson", description="The course: build, check and grade lessons."
    )
    subparsers = top.add_subparsers(metavar="COMMAND", required=True)
    for name, row in SUBCOMMANDS.items():
        _options(subparsers.add_parser(name, help=row.help), row)
    return top


def _options(parser: argparse.ArgumentParser, row: Subcommand) -> argparse.ArgumentParser:
    parser.description = row.help
    parser.set_defaults(function=Deferred(row.function))
    for flag, keywords in row.options.items():
        given = {"default": os.environ.get(KEY)} if flag == "--course" else {}
        parser.add_argument(flag, **{**keywords, **given})
    return parser


def _call(parser: argparse.ArgumentParser, words: Sequence[str]) -> int:
    arguments = parser.parse_args(words)
    with usage():
        code: int = arguments.function(arguments)
    return code
