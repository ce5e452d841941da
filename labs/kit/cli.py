"""The command line of the labs: `python -m labs`.

Exit codes: 0 done, 1 failed, 2 usage, 3 `check --strict` met a contradicted claim, 130 interrupted.
Results go to stdout, progress and remarks about files to stderr. Only training needs torch.
"""

import argparse
import json
import sys
import textwrap
import traceback
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from labs.kit import bench, report, say, session
from labs.kit.execute import TrainingError, cores
from labs.kit.lab import Lab, load
from labs.kit.names import known

Register = Mapping[str, str]
DONE, FAILED, USAGE, CONTRADICTED, INTERRUPTED = 0, 1, 2, 3, 130


def _positive(text: str) -> int:
    try:
        value = int(text)
    except ValueError:
        value = 0
    if value < 1:
        raise argparse.ArgumentTypeError(f"must be a whole number of 1 or more, not {text!r}")
    return value


def _shard(text: str) -> tuple[int, int]:
    try:
        index, count = (int(part) for part in text.split("/"))
    except ValueError:
        index, count = 0, 0
    if not 1 <= index <= count:
        raise argparse.ArgumentTypeError(f"must be I/N with I from 1 to N, not {text!r}")
    return index, count


JOBS = {"type": _positive, "help": "processes; default: cores, or 1 on cuda"}
SHARD = {"type": _shard, "default": (1, 1), "metavar": "I/N", "help": "every N-th stack"}
STORED = {"--preset": {"help": "default: the one that was run last"}}
OPTIONS: dict[str, dict[str, dict[str, Any]]] = {
    "run": {
        "--preset": {"default": "quick", "help": "smoke, quick (default), full, ..."},
        "--set": {"action": "extend", "nargs": "+", "default": [], "metavar": "NAME=VALUE"},
        "--device": {"choices": ("cpu", "cuda"), "default": "cpu"},
        "--jobs": JOBS,
        "--shard": SHARD,
    },
    "check": {
        **STORED,
        "--json": {"action": "store_true", "help": "print the list of verdicts"},
        "--strict": {"action": "store_true", "help": "exit 3 on a contradicted claim"},
    },
    "draw": STORED,
    "bench": {"--jobs": JOBS, "--json": {"action": "store_true", "help": "print a list"}},
    "report": {"--write": {"action": "store_true", "help": "write README.md and figures/"}},
}


class UsageError(Exception):
    """Bad input, found before any work."""


def main(register: Register, argv: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code.

    Args:
        register: lab name -> module with a `LAB`.
        argv: the words after `python -m labs`; by default those of this process.

    Raises:
        SystemExit: with code 2, from argparse, for words that are no command.
    """
    arguments = parser(register).parse_args(argv)
    command: Callable[[Register, argparse.Namespace], int] = arguments.command
    try:
        return command(register, arguments)
    except UsageError as error:
        return _fail(error, USAGE)
    except KeyboardInterrupt:
        return _fail("interrupted; the same command continues where this one stopped", INTERRUPTED)
    except (OSError, ValueError) as error:
        return _fail(error, FAILED)


def parser(register: Register) -> argparse.ArgumentParser:
    """Return the parser of the command line."""
    top = argparse.ArgumentParser(
        prog="python -m labs", description="Published experiments, run again and judged."
    )
    top.set_defaults(command=list_labs)
    top.add_argument("--out", type=Path, default=Path("results"), help="default: results")
    commands = top.add_subparsers(metavar="COMMAND")
    functions = {
        "run": run,
        "check": check,
        "draw": redraw,
        "bench": measure,
        "report": write_report,
    }
    for name, function in functions.items():
        sub = commands.add_parser(name, help=function.__doc__, description=function.__doc__)
        sub.set_defaults(command=function)
        sub.add_argument("--out", type=Path, default=argparse.SUPPRESS, help="default: results")
        if name != "report":
            known_labs = ", ".join(["all", *register] if name == "run" else register)
            sub.add_argument("lab", metavar="LAB", help=known_labs)
        for flag, keywords in OPTIONS[name].items():
            sub.add_argument(flag, **keywords)
    return top


def list_labs(register: Register, arguments: argparse.Namespace) -> int:
    """Print every lab's name, question and last verdicts."""
    for name in register:
        lab = load(register, name)
        print(f"{name}: {lab.question}")
        try:
            plan = session.stored(lab, out=arguments.out)
            found = session.results(plan)
        except (FileNotFoundError, ValueError) as error:
            print(f"    not judged: {error}")
        else:
            verdicts = [verdict.as_dict() for verdict in found.verdicts]
            print(f"    {plan.preset}: {say.tally(verdicts)}{_lacking(found)}")
    return DONE


def run(register: Register, arguments: argparse.Namespace) -> int:
    """Train, judge and draw one lab or all of them."""
    with usage():
        names = list(register) if arguments.lab == "all" else [arguments.lab]
        plans = [
            session.plan(load(register, name), arguments.preset, arguments.set, arguments.out)
            for name in names
        ]
        for plan in plans:
            _check_device(plan.lab, arguments.device)
    codes = []
    for plan in plans:
        try:
            codes.append(_run(plan, arguments))
        except TrainingError as error:
            codes.append(_fail_training(error))
    return max(codes)


def _check_device(lab: Lab, device: str) -> None:
    if device != "cpu" and device not in lab.devices():
        usable = ", ".join(lab.devices())
        raise ValueError(
            f"--device must be one that lab {lab.name!r} can use here ({usable}), not {device!r}"
        )


def _run(plan: session.Plan, arguments: argparse.Namespace) -> int:
    todo, damage = session.pending(plan, arguments.shard)
    _warn(damage, "will be trained again")
    jobs = arguments.jobs or (1 if arguments.device == "cuda" else cores())
    print(say.plan(plan, todo, device=arguments.device, jobs=jobs), flush=True)
    session.run(plan, todo, device=arguments.device, jobs=jobs)
    found = session.results(plan)
    paths = session.write(plan, found)
    print(f"\n{say.claims(plan.lab.claims, found.verdicts)}")
    for sentence in plan.lab.remarks(found.table) if plan.lab.remarks else ():
        print(textwrap.fill(sentence, say.WIDTH))
    if found.missing:
        print(f"This is not the whole grid{_lacking(found)}.")
    print("\n".join(["", *(str(path) for path in paths)]))
    return DONE


def check(register: Register, arguments: argparse.Namespace) -> int:
    """Judge stored results again; writes nothing."""
    plan = _stored(register, arguments)
    found = session.results(plan)
    _warn(found.damage, f"run `python -m labs run {plan.lab.name}` to train it again")
    if arguments.json:
        if found.missing:
            print(f"{plan.folder}:{_lacking(found)}", file=sys.stderr)
        print(json.dumps([verdict.as_dict() for verdict in found.verdicts], indent=2))
    else:
        print(f"{plan.folder}: {say.settings(plan)}{_lacking(found)}\n")
        print(say.claims(plan.lab.claims, found.verdicts))
    contradicted = any(verdict.verdict == "contradicted" for verdict in found.verdicts)
    return CONTRADICTED if arguments.strict and contradicted else DONE


def redraw(register: Register, arguments: argparse.Namespace) -> int:
    """Draw the figure of stored results again."""
    plan = _stored(register, arguments)
    found = session.results(plan)
    _warn(found.damage, "is left out")
    print("\n".join(str(path) for path in session.write_figure(plan, found.table)))
    return DONE


def measure(register: Register, arguments: argparse.Namespace) -> int:
    """Print seconds per network, stacked and by the usual loop."""
    with usage():
        lab = load(register, arguments.lab)
        if lab.bench is None:
            raise ValueError(f"lab {lab.name!r} has nothing to bench")
    rows = bench.measure(lab.bench(), jobs=arguments.jobs or cores())
    print(json.dumps(rows, indent=2) if arguments.json else say.bench(rows))
    return DONE


def write_report(register: Register, arguments: argparse.Namespace) -> int:
    """Print the README's table, or write it and the folder of figures."""
    if not arguments.write:
        print(report.table(register, Path("figures")))
        return DONE
    labs = [load(register, name) for name in register]
    for line in report.write(labs, results=arguments.out, root=Path()):
        print(line)
    return DONE


@contextmanager
def usage() -> Iterator[None]:
    """Turn the errors of bad input into exit code 2."""
    try:
        yield
    except (ValueError, TypeError) as error:
        raise UsageError(_text(error)) from error


def _stored(register: Register, arguments: argparse.Namespace) -> session.Plan:
    with usage():
        lab: Lab = load(register, arguments.lab)
        if arguments.preset:
            known("preset", arguments.preset, lab.presets)
    return session.stored(lab, arguments.preset, arguments.out)


def _lacking(found: session.Results) -> str:
    return f" ({found.missing} networks are not stored yet)" if found.missing else ""


def _warn(damage: Sequence[str], consequence: str) -> None:
    for text in damage:
        print(f"{text}; {consequence}", file=sys.stderr)


def _text(error: BaseException) -> str:
    return " ".join([str(error), *getattr(error, "__notes__", [])])


def _fail_training(error: TrainingError) -> int:
    if error.__cause__ is not None:
        traceback.print_exception(error.__cause__)
    return _fail(error, FAILED)


def _fail(error: BaseException | str, code: int) -> int:
    text = error if isinstance(error, str) else _text(error)
    print(f"python -m labs: {text}", file=sys.stderr)
    return code
