"""The command `bench`: against the usual loop, or against another library."""

import argparse
import json

from labs.kit import bench, race, texts
from labs.kit.commands import DONE, FAILED, Register, processes
from labs.kit.extras import require
from labs.kit.lab import AnyLab, load
from labs.kit.machine import cores
from labs.kit.usage import usage


def measure(register: Register, arguments: argparse.Namespace) -> int:
    """Print seconds per network, stacked and by the usual loop; or, with --against, milliseconds
    per step and those of another library."""
    with usage():
        _check(arguments)
        names = [arguments.lab] if arguments.lab else list(register)
        labs = [load(register, name) for name in names]
    require("labs", "bench")
    return _against(labs, arguments) if arguments.against else _usual(labs[0], arguments)


def _check(arguments: argparse.Namespace) -> None:
    if arguments.against and arguments.jobs:
        raise ValueError(f"--jobs must be left out with --against, got {arguments.jobs}")
    if not arguments.against:
        if arguments.python:
            raise ValueError(f"--python must come with --against, got {arguments.python!r}")
        if not arguments.lab:
            raise ValueError("LAB must be given without --against, got none")


def _usual(lab: AnyLab, arguments: argparse.Namespace) -> int:
    with usage():
        if lab.bench is None:
            raise ValueError(f"lab must be one with a bench, got {lab.name!r}")
    stacks = [item.cells for item in lab.bench()] * cores()  # as many of each as there are cores
    rows = bench.measure(lab, jobs=processes(lab, stacks, arguments), rounds=arguments.rounds)
    print(json.dumps(rows, indent=2) if arguments.json else texts.bench(rows))
    return DONE


def _against(labs: list[AnyLab], arguments: argparse.Namespace) -> int:
    name = arguments.against
    with usage():
        if len(labs) == 1 and labs[0].races is None:
            raise ValueError(f"lab must be one with races, got {labs[0].name!r}")
        race.check_python(arguments.python, race.LIBRARIES[name])
    races = [item for lab in labs if lab.races for item in lab.races()]
    rows = race.measure(races, name, arguments.python, rounds=arguments.rounds)
    found = json.dumps([row.as_dict() for row in rows], indent=2)
    print(found if arguments.json else race.text(rows, name))
    return DONE if all(row.same for row in rows) else FAILED
