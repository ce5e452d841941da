"""A lesson packed for a grader elsewhere: a zip for Gradescope or for otter-grader.

Gradescope's holds this package, what it needs, and the course's key. The container of a submission
is its own; the key is deleted before a student's code is loaded.
"""

import argparse
import io
import zipfile
from collections.abc import Iterator, Mapping
from importlib import metadata
from pathlib import Path

from labs.course import build, otter, register
from labs.course.students import digest
from labs.kit import files
from labs.kit.places import FIGURES, LABS

LIBRARIES = ("numpy", "scipy", "torch", "scikit-learn", "matplotlib", "tqdm")
WHEN = (2026, 1, 1, 0, 0, 0)  # of every file in the zip: equal contents, equal bytes
KEY_FILE = "course.key"
SETUP = """\
#!/usr/bin/env bash
set -e
apt-get update
apt-get install -y python3 python3-pip python3-venv
python3 -m venv /autograder/venv
/autograder/venv/bin/pip install {libraries}
"""
RUN = """\
#!/usr/bin/env bash
set -e
cd /autograder/source
export LABS_COURSE_KEY="$(cat {key})"
rm {key}
/autograder/venv/bin/python -m labs lesson grade {name} /autograder/submission \\
    --format gradescope > /autograder/results/results.json
"""


def run(arguments: argparse.Namespace) -> int:
    """Write the zip of an autograder."""
    name: str = arguments.name
    register.lesson(name)
    if arguments.format == "gradescope":
        digest(arguments.course)  # refuses an empty key
    out: Path = arguments.out or Path(f"{name}-{arguments.format}.zip")
    if out.suffix != ".zip" or out.is_dir():
        raise ValueError(f"out must be a file FILE.zip, got {str(out)!r}")
    made = otter_grader(name) if arguments.format == "otter" else gradescope(name, arguments.course)
    files.write(out, made)
    print(out)
    return 0


def gradescope(name: str, key: str) -> bytes:
    """Return the zip that Gradescope builds a container from.

    Args:
        name: of the lesson.
        key: of the course; it stands in the zip, which belongs to the instructor.

    Raises:
        ValueError: an unknown lesson.
    """
    register.lesson(name)
    pinned = " ".join(_pinned())
    contents = {
        "setup.sh": SETUP.format(libraries=pinned).encode(),
        "run_autograder": RUN.format(key=KEY_FILE, name=name).encode(),
        KEY_FILE: key.encode(),
        **dict(_package()),
    }
    return _zip(contents)


def otter_grader(name: str) -> bytes:
    """Return the zip of what `otter generate` starts from: a student's notebook and its tests.

    Args:
        name: of the lesson.

    Raises:
        ValueError: an unknown lesson.
        MissingExtraError: a notebook needs the extra `teach`.
    """
    tests = {
        f"tests/{exercise.name}.py": otter.tests(name, exercise).encode()
        for exercise in register.exercises(name).values()
    }
    return _zip({f"{name}.ipynb": build.text(name).encode(), **tests})


def _zip(contents: Mapping[str, bytes]) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as packed:
        for path, content in contents.items():
            entry = zipfile.ZipInfo(path, WHEN)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = (0o600 if path == KEY_FILE else 0o755) << 16
            packed.writestr(entry, content)
    return stream.getvalue()


def _pinned() -> Iterator[str]:
    """The libraries that are installed here, without what says how they were built."""
    for library in LIBRARIES:
        try:
            yield f"{library}=={metadata.version(library).partition('+')[0]}"
        except metadata.PackageNotFoundError:
            yield library


def _package() -> Iterator[tuple[str, bytes]]:
    """This package's own files, and the references that predictions are scored by."""
    for folder in (LABS, LABS.parent / "mnist1d"):
        for path in sorted(folder.rglob("*")):
            if path.is_file() and "__pycache__" not in path.parts and FIGURES not in path.parents:
                yield path.relative_to(LABS.parent).as_posix(), path.read_bytes()
    for path in sorted(FIGURES.glob("*.json")):
        yield f"labs/figures/{path.name}", path.read_bytes()
