"""What a notebook works with: the lesson it has started, its replicate, its scale and its data."""

import os
import re
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from labs.course import clock, register
from labs.course.plan import Lesson
from labs.kit import draw
from labs.kit.checks import check_sizes, known
from labs.kit.extras import installed
from mnist1d import Data, Recipe, generate

if TYPE_CHECKING:  # matplotlib may be absent
    from matplotlib.figure import Figure

SCALES = {"lesson": 1.0, "smoke": 0.05}  # share of the steps
SEED = 42  # of replicate 0, the published data set
LARGEST = 2**32 - 1 - SEED  # replicate: a seed lies below 2**32


@dataclass(frozen=True)
class Session:
    """A lesson that has been started.

    `steps` are at the present scale.
    """

    lesson: Lesson
    replicate: int
    scale: str
    steps: Mapping[str, int] = field(default_factory=dict)


_sessions: list[Session] = []  # the last one counts


def start(name: str, *, replicate: int = 0, steps: Mapping[str, int] | None = None) -> None:
    """Begin a lesson: one thread, the kit's style, the question, and whose data these are.

    Args:
        name: of the lesson.
        replicate: the student's own; its data set has seed 42 + replicate, and 0 is the published
            data set, the instructor's.
        steps: the lesson's numbers of training steps, by name.

    Raises:
        ValueError: an unknown lesson, a replicate that is no whole number from 0 to 4294967253, a
            number of steps below 1.
    """
    lesson = register.lesson(name)
    whole = isinstance(replicate, int) and not isinstance(replicate, bool)
    if not whole or not 0 <= replicate <= LARGEST:
        raise ValueError(f"replicate must be a whole number from 0 to {LARGEST}, got {replicate!r}")
    check_sizes(**(steps or {}))
    share = SCALES[scale()]
    scaled = {key: max(1, round(value * share)) for key, value in (steps or {}).items()}
    _sessions.append(Session(lesson, replicate, scale(), scaled))
    _one_thread()
    if installed("matplotlib"):
        _adopt_style()
    print(lesson.question)
    print(f"replicate {replicate}: the data set of seed {SEED + replicate}")
    seconds = clock.estimate(name)
    if seconds is not None:
        print(f"the run takes about {float(f'{share * seconds:.1g}'):g} s here")
    if scale() != "lesson":
        print(f"scale {scale()}: {share:g} of the steps, to try the code; no results")


def current() -> Session:
    """Return the lesson that was started last.

    Raises:
        ValueError: none was.
    """
    if not _sessions:
        raise ValueError("lesson must be started first: run the cell with start(...)")
    return _sessions[-1]


def started(name: str) -> Session:
    """Return the lesson that was started last, which must be the one of this name.

    Raises:
        ValueError: none was started, or another one.
    """
    known("lesson", name, register.names())
    session = current()
    if session.lesson.name != name:
        raise ValueError(f"lesson must be {session.lesson.name}, which was started, got {name!r}")
    return session


def scale() -> str:
    """Return ``"lesson"``, or what the environment variable ``LABS_SCALE`` says.

    Raises:
        ValueError: it says neither lesson nor smoke.
    """
    return known("LABS_SCALE", os.environ.get("LABS_SCALE", "lesson"), SCALES)


def steps(name: str) -> int:
    """Return one of the lesson's numbers of training steps at the present scale.

    Raises:
        ValueError: the lesson has not been started, or has no steps of this name.
    """
    found = current().steps
    return found[known("steps", name, found)]


def data(**recipe: Any) -> Data:
    """Return the student's data set: x (N, 40) float32, y (N,) int64, x_test, y_test.

    Args:
        **recipe: knobs of `mnist1d.Recipe` to change; the seed is the student's own.

    Raises:
        ValueError, TypeError: the lesson has not been started, an unknown knob, or a value that is
            refused.
    """
    made = generate(Recipe(**{"seed": SEED + current().replicate, **recipe}))
    arrays = {name: getattr(made, name).astype(np.float32) for name in ("x", "x_val", "x_test")}
    return replace(made, **arrays)


def show(figure: "Figure", caption: str, name: str = "own") -> "Figure":
    """Write a figure of the started lesson as ``LESSON-NAME.png`` and ``.svg`` into the working
    folder, and print its caption. As the last line of a cell it shows the figure, too.

    Args:
        figure: of matplotlib, whoever made it.
        caption: what is to be seen.
        name: tells the figures of a lesson apart.

    Returns:
        The figure.

    Raises:
        TypeError: `figure` is no figure of matplotlib.
        ValueError: no lesson was started, or a name that is no word.
    """
    stem = Path(f"{current().lesson.name}-{name}")
    if not hasattr(figure, "savefig") or not hasattr(figure, "get_layout_engine"):
        raise TypeError(f"figure must be one of matplotlib, got {figure!r}")
    if not re.fullmatch(r"[a-z0-9_-]+", name):
        raise ValueError(f"name must be of small letters, digits, _ and -, got {name!r}")
    draw.save(figure, stem)
    if "matplotlib.pyplot" in sys.modules:  # which would show it a second time
        sys.modules["matplotlib.pyplot"].close(figure)
    print(f"{stem}: {caption}")
    return figure


def _adopt_style() -> None:
    draw.adopt_style()
    notebook = getattr(sys.modules.get("IPython"), "get_ipython", lambda: None)()
    if notebook is not None:  # without pyplot nothing tells it how to show a figure
        pictures = notebook.display_formatter.formatters["image/png"]
        pictures.for_type_by_name("matplotlib.figure", "Figure", draw.png)


def _one_thread() -> None:
    os.environ["OMP_NUM_THREADS"] = "1"
    if "torch" in sys.modules:
        sys.modules["torch"].set_num_threads(1)
