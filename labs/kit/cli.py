"""The command line of the labs, `python -m labs`: its words, and what errors become."""

import argparse
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from labs.kit import benches, commands, console, paper
from labs.kit.commands import Register
from labs.kit.execute import TrainingError
from labs.kit.extras import MissingExtraError, explained
from labs.kit.options import OPTIONS
from labs.kit.usage import UsageError


@console.patient()
def main(register: Register, argv: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code.

    Args:
        register: lab name -> module with a `LAB`.
        argv: the words after `python -m labs`; by default those of this process.

    Raises:
        SystemExit: with code 2, from argparse, for words that are no command.
    """
    if argv is None:
        console.without_display()
    top = parser(register)
    arguments = top.parse_args(argv)
    reads_results = arguments.word is None or "--out" in OPTIONS.get(arguments.word, {})
    if arguments.out is not None and not reads_results:
        top.error(
            f"--out must not stand before {arguments.word}, which neither reads nor writes "
            f"results, got {arguments.out}"
        )
    arguments.out = arguments.out or commands.RESULTS
    command: Callable[[Register, argparse.Namespace], int] = arguments.command
    try:
        code = command(register, arguments)
        sys.stdout.flush()
        return code
    except UsageError as error:
        return commands.fail(error, commands.USAGE)
    except TrainingError as error:
        return commands.fail_training(error)
    except KeyboardInterrupt:
        return commands.fail(
            "interrupted; the same command continues where this one stopped", commands.INTERRUPTED
        )
    except ImportError as error:
        missing = error if isinstance(error, MissingExtraError) else explained(error)
        if missing is None:
            raise
        return commands.fail(missing, commands.FAILED)
    except (OSError, ValueError) as error:
        return commands.fail(error, commands.FAILED)


def parser(register: Register) -> argparse.ArgumentParser:
    """Return the parser of the command line."""
    top = argparse.ArgumentParser(
        prog="python -m labs", description="Published experiments, run again and judged."
    )
    top.set_defaults(command=commands.list_labs)
    top.add_argument("--out", type=Path, help="default: results")
    subparsers = top.add_subparsers(metavar="COMMAND", dest="word")
    functions = {
        "run": commands.run,
        "paper": paper.run_paper,
        "check": commands.check,
        "draw": commands.redraw,
        "settings": commands.show_settings,
        "verify": commands.train_again,
        "bench": benches.measure,
        "new": commands.write_new,
        "report": commands.write_report,
    }
    for name, function in functions.items():
        sub = subparsers.add_parser(name, help=function.__doc__, description=function.__doc__)
        sub.set_defaults(command=function)
        if name == "new":
            sub.add_argument("name", metavar="NAME", help="of the lab; writes NAME.py")
        elif name == "report":
            sub.add_argument("lab", metavar="LAB", nargs="?", help="one that stands elsewhere")
        elif name != "paper":  # whose labs are those of the paper
            known_labs = ", ".join(["all", *register] if name == "run" else register)
            many: dict[str, Any] = {"nargs": "?"} if name == "bench" else {}
            text = f"{known_labs}; or a file, or a module"
            sub.add_argument("lab", metavar="LAB", help=text, **many)
        for flag, keywords in OPTIONS[name].items():
            sub.add_argument(flag, **keywords)
    _add_course(subparsers)
    return top


def _add_course(subparsers: Any) -> None:
    """The commands whose words, options too, the course reads: to us none begins with a dash."""
    for name, function in {"lessons": commands.list_lessons, "lesson": commands.teach}.items():
        sub = subparsers.add_parser(name, help=function.__doc__, add_help=False, prefix_chars="\0")
        sub.add_argument("words", nargs=argparse.REMAINDER)
        sub.set_defaults(command=function)
