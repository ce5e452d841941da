"""The command line: ``python -m mnist1d generate`` and ``python -m mnist1d show``."""

from __future__ import annotations

import argparse
import difflib
import inspect
import re
import sys
from collections.abc import Callable, Sequence
from contextlib import chdir
from dataclasses import fields
from pathlib import Path
from typing import Any

from mnist1d.console import complain, program
from mnist1d.recipe import MISTAKES, Recipe


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code: 0 done, 1 failed, 2 usage, 130 interrupted."""
    parser, commands = _parsers()
    args, unknown = parser.parse_known_args(argv)
    command = commands[args.command]
    if unknown:
        command.error(_unknown(unknown[0], command))
    try:
        text = args.run(args)
    except (ValueError, TypeError, FileNotFoundError) as error:
        command.error(str(error))
    except (ImportError, OSError) as error:
        complain(f"{command.prog}: {error}")
        return 1
    except KeyboardInterrupt:
        return 130
    print(text)
    return 0


def _parsers() -> tuple[argparse.ArgumentParser, dict[str, argparse.ArgumentParser]]:
    parser = argparse.ArgumentParser(prog="python -m mnist1d", description="The MNIST-1D data set.")
    adder = parser.add_subparsers(dest="command", required=True, metavar="generate | show")
    commands = {
        name: adder.add_parser(name, help=text, description=text, allow_abbrev=False)
        for name, text in (
            ("generate", "Write a data set to a .npz, .csv or .parquet file."),
            ("show", "Draw the data to a .png file, or let them move in a .gif file."),
        )
    }
    _add_generate(commands["generate"])
    _add_show(commands["show"])
    return parser, commands


def _add_generate(parser: argparse.ArgumentParser) -> None:
    parser.set_defaults(run=_generate)
    parser.add_argument(
        "--out", required=True, metavar="FILE", help="the .npz, .csv or .parquet file"
    )
    parser.add_argument(
        "--stream",
        choices=("exact", "fast"),
        default="exact",
        help="exact: the published numbers; fast: others from the same law (default: exact)",
    )
    knobs, meanings = parser.add_argument_group("knobs of the recipe"), _meanings()
    for knob in fields(Recipe):
        name = str(knob.type).removesuffix(" | None")
        default = "" if knob.default is None else f" (default: {_written(knob.default)})"
        knobs.add_argument(
            *dict.fromkeys((f"--{knob.name.replace('_', '-')}", f"--{knob.name}")),
            dest=knob.name,
            type=TYPES[name],
            default=argparse.SUPPRESS,
            metavar=METAVARS[name],
            help=(meanings.get(knob.name, "") + default).replace("%", "%%"),
        )


def _add_show(parser: argparse.ArgumentParser) -> None:
    parser.set_defaults(run=_show)
    parser.add_argument("--out", required=True, metavar="FILE", help="the .png (or .gif) file")
    parser.add_argument(
        "--page",
        help="overview, pipeline, templates, samples or dataset (default: overview, which holds "
        "the pipeline, the templates and samples); pipeline and samples can move",
    )
    parser.add_argument(
        "--digit", type=int, default=3, help="the digit of the pipeline (default: 3)"
    )
    parser.add_argument("--seed", type=int, help="seed of what is random in the picture")
    parser.add_argument(
        "--animate",
        action="store_true",
        help="also write a .gif beside the .png: the pipeline, unless --page says samples",
    )


def _generate(args: argparse.Namespace) -> str:
    from mnist1d.generate import generate
    from mnist1d.writing import checked_target, save

    path = checked_target(args.out)
    knobs = {knob.name for knob in fields(Recipe)}
    recipe = Recipe.from_mapping({name: vars(args)[name] for name in vars(args).keys() & knobs})
    data = generate(recipe, stream=args.stream)
    save(data, path)
    names = ("x", "y", "x_val", "y_val", "x_test", "y_test", "t")
    arrays = {name: getattr(data, name) for name in names}
    lines = [f"  {name:<7} {array.dtype} {array.shape}" for name, array in arrays.items()]
    return "\n".join([f"wrote {path}: {args.stream} stream", *lines, str(recipe)])


def _show(args: argparse.Namespace) -> str:
    with chdir(Path(__file__).parent):  # away from a matplotlibrc that could not be read
        from mnist1d.animations import MOVIES, animate
        from mnist1d.pictures import PAGES, check_page, show
    from mnist1d.steps import SEED
    from mnist1d.writing import writable

    path = writable(args.out, (".png", ".gif"))
    seed = SEED if args.seed is None else args.seed
    writers: list[tuple[Callable[..., Any], str, Any]] = []
    if path.suffix == ".png":
        check_page(page := args.page or "overview", tuple(PAGES), args.digit, seed)
        writers.append((show, page, path))
    if path.suffix == ".gif" or args.animate:
        check_page(page := args.page or "pipeline", tuple(MOVIES), args.digit, seed)
        writers.append((animate, page, path.with_suffix(".gif")))
    return "\n".join(
        f"wrote {write(out, page, args.digit, seed)}: {page}" for write, page, out in writers
    )


def _unknown(option: str, parser: argparse.ArgumentParser) -> str:
    name = option.partition("=")[0].lstrip("-").replace("-", "_")
    if name in MISTAKES:
        return f"unknown option {option}; did you mean {MISTAKES[name]}?"
    known = [text for action in parser._actions for text in action.option_strings]
    close = difflib.get_close_matches("--" + name.replace("_", "-"), known, n=1)
    return f"unknown option {option}" + (f"; did you mean {close[0]}?" if close else "; see --help")


def _meanings() -> dict[str, str]:
    """What the docstring of Recipe says of every knob, as plain text."""
    text = (inspect.getdoc(Recipe) or "").partition("Parameters\n")[2].partition("\n\n")[0]
    meanings: dict[str, str] = {}
    for names, meaning in re.findall(r"^(\w[\w, ]*)\n((?:    .*\n?)+)", text, re.MULTILINE):
        plain = " ".join(meaning.replace("`", "").split())
        meanings |= dict.fromkeys(names.split(", "), plain)
    return meanings


def _pair(text: str) -> tuple[int, ...]:
    return tuple(int(part) for part in text.split(","))


def _flag(text: str) -> bool:
    if text.lower() not in ("true", "false"):
        raise argparse.ArgumentTypeError(f"must be true or false, got {text!r}")
    return text.lower() == "true"


def _written(value: object) -> str:
    return ",".join(map(str, value)) if isinstance(value, tuple) else str(value).lower()


TYPES: dict[str, Callable[[str], Any]] = {
    "int": int,
    "float": float,
    "bool": _flag,
    "tuple[int, int]": _pair,
}
METAVARS = {"int": "N", "float": "X", "bool": "true|false", "tuple[int, int]": "LOW,HIGH"}

if __name__ == "__main__":
    sys.exit(program(main))
