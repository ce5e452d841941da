"""Pictures of the data: single digits, the ten templates, samples by class, the pipeline."""

from __future__ import annotations

import difflib
import warnings
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from os import PathLike
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from mnist1d.checks import shown
from mnist1d.extras import missing
from mnist1d.generate import generate
from mnist1d.pipeline import Array
from mnist1d.recipe import Recipe, whole
from mnist1d.steps import SEED, Step, pipeline_steps
from mnist1d.templates import get_templates
from mnist1d.transform import transform
from mnist1d.writing import replacing, writable

try:
    import matplotlib as mpl
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
except ImportError as error:
    raise missing("matplotlib", "mnist1d.pictures", error) from error

# Three of the colours of Okabe and Ito, which colour-blind readers tell apart.
DIGIT, PADDING, BEFORE = "#0072B2", "#D55E00", "#B4B4B4"


def plot_signals(
    xs: npt.ArrayLike,
    t: npt.ArrayLike,
    labels: Sequence[Any] | Array | None = None,
    args: object | None = None,
    ratio: float = 2.6,
    do_transform: bool = False,
    dark_mode: bool = False,
    zoom: float = 1,
) -> Figure:
    """Show the first ten signals in one row, each as a pen stroke from top to bottom.

    Parameters
    ----------
    xs
        Signals (n, points), n at least 1; drawn to the right.
    t
        Positions (points,) of their points; drawn downwards.
    labels
        A title for every signal, or None.
    args
        Knobs for `do_transform`: a `Recipe` or an object with upstream's attributes.
    ratio
        Height of a panel over its width.
    do_transform
        Whether each signal is first sent through `mnist1d.transform.transform`, which draws from
        numpy's global generator as upstream's does.
    dark_mode
        White dots on black instead of a black line.
    zoom
        Both axes run from -zoom to zoom.

    Returns
    -------
    matplotlib.figure.Figure
        The picture, also shown on screen where pyplot can show it. It stays pyplot's current
        figure, as in the original: ``plt.savefig`` saves it, and ``plt.close`` ends it.

    Raises
    ------
    ValueError
        If the shapes do not fit together, or `do_transform` comes without `args`.
    """
    import matplotlib.pyplot as plt

    signals, times = np.asarray(xs, dtype=float), np.asarray(t, dtype=float)
    _check_signals(signals, times, labels)
    if do_transform and args is None:
        raise ValueError("args must hold the knobs of the transforms with do_transform, got None")
    # A notebook expects to see the picture at once; only pyplot knows how to show it there.
    figure = plt.figure(figsize=(15, 1.5 * ratio), dpi=60)
    for index, signal in enumerate(signals[:10]):
        axes = figure.add_subplot(1, 10, index + 1)
        x, y = transform(signal, times, args) if do_transform else (signal, times)
        axes.plot(x, y, "wo" if dark_mode else "k-", linewidth=6 if dark_mode else 2)
        axes.set_facecolor("black" if dark_mode else "white")
        axes.set(xlim=(-zoom, zoom), ylim=(-zoom, zoom), xticks=[], yticks=[])
        axes.invert_yaxis()
        if labels is not None:
            axes.set_title(f"label={labels[index]}", fontsize=22)
    figure.tight_layout()
    with warnings.catch_warnings():  # of a backend that only writes files
        warnings.filterwarnings("ignore", ".*non-interactive.*", UserWarning)
        plt.show()
    return figure


def pipeline_page(digit: int = 3, seed: int = SEED) -> Figure:
    """The ten states of one digit on its way from template to sample, numbered."""
    figure = _page((13.33, 7.5))
    figure.suptitle(f"How MNIST-1D makes a sample: a {digit}, step by step", fontsize=20)
    panels = figure.subplots(2, 5)
    before = None
    for number, (axes, step) in enumerate(
        zip(panels.flat, pipeline_steps(digit, seed), strict=True), start=1
    ):
        draw_step(axes, step, before)
        axes.set_title(f"{number}  {step.name}\n", fontsize=15)
        axes.text(0.5, 1.03, step.note, transform=axes.transAxes, ha="center", fontsize=13)
        before = step
    for axes in panels[:, 0]:
        axes.set_ylabel("position (points)", fontsize=14)
    for axes in panels[1]:
        axes.set_xlabel("signal", fontsize=14)
    _legend(figure)
    return figure


def templates_page(digit: int = 3, seed: int = SEED) -> Figure:
    """The ten templates; neither argument changes them."""
    figure = _page((13.33, 7.5))
    figure.suptitle("The ten templates of MNIST-1D: twelve points each", fontsize=20)
    panels = figure.subplots(2, 5, sharex=True, sharey=True)
    _draw_templates(panels.flat, marker="o")
    for label, axes in enumerate(panels.flat):
        axes.set_title(f"digit {label}", fontsize=16)
    _name_axes(panels, "position (points)", "signal")
    return figure


def samples_page(digit: int = 3, seed: int = SEED) -> Figure:
    """Five samples of every class, one class per column, from the training set of `seed`."""
    # Placed by hand: to solve for the layout of fifty panels would take seconds.
    figure = Figure(figsize=(13.33, 8), dpi=120, facecolor="white")
    figure.subplots_adjust(left=0.05, right=0.99, top=0.88, bottom=0.08, wspace=0.12, hspace=0.2)
    figure.suptitle("Samples of MNIST-1D, one class per column", fontsize=20)
    panels = figure.subplots(5, 10, sharex=True, sharey=True)
    draw_samples(panels, samples_by_class(5, seed))
    for label, axes in enumerate(panels[0]):
        axes.set_title(str(label), fontsize=18)
    _name_axes(panels, "position", "signal")
    return figure


def dataset_page(digit: int = 3, seed: int = SEED) -> Figure:
    """The data set at a glance: the ten templates, and below each three of its samples."""
    figure = _page((10, 4.6), dpi=100)
    panels = figure.subplots(4, 10, sharex="row", sharey="row")
    _draw_templates(panels[0])
    draw_samples(panels[1:], samples_by_class(3, seed))
    for label, axes in enumerate(panels[0]):
        axes.set_title(str(label), fontsize=14)
    panels[0, 0].set_ylabel("template", fontsize=12)
    panels[2, 0].set_ylabel("samples", fontsize=12)
    for axes in panels.flat:
        axes.set(xticks=[], yticks=[])
    return figure


def overview_page(digit: int = 3, seed: int = SEED) -> Figure:
    """Templates, the pipeline of one digit and samples by class, together on one page."""
    figure = _page((13.33, 10.5))
    parts: Any = figure.subfigures(3, 1, height_ratios=(1, 1.35, 2.9))
    top, middle, bottom = parts
    for part, title in (
        (top, "The ten templates"),
        (middle, f"One {digit} through each transform"),
        (bottom, "Samples, one class per column"),
    ):
        part.suptitle(title, fontsize=18)
    templates, pipeline_row = top.subplots(1, 10), middle.subplots(1, 10)
    _draw_templates(templates)
    before = None
    for axes, step in zip(pipeline_row, pipeline_steps(digit, seed), strict=True):
        draw_step(axes, step, before)
        axes.set_title(f"{step.name}\n{step.note}", fontsize=11)
        before = step
    samples = bottom.subplots(4, 10, sharex=True, sharey=True)
    draw_samples(samples, samples_by_class(4, seed))
    for row in (templates, samples[0]):
        for label, axes in enumerate(row):
            axes.set_title(str(label), fontsize=15)
    for axes in (*templates, *pipeline_row, *samples.flat):
        axes.set(xticks=[], yticks=[])
    for axes in (templates[0], pipeline_row[0], samples[-1, 0]):
        axes.set_ylabel("position", fontsize=12)
        axes.set_xlabel("signal", fontsize=12)
    return figure


PAGES: dict[str, Callable[[int, int], Figure]] = {
    "overview": overview_page,
    "pipeline": pipeline_page,
    "templates": templates_page,
    "samples": samples_page,
    "dataset": dataset_page,
}


def draw_step(axes: Axes, step: Step, before: Step | None = None) -> None:
    """Draw a step into a panel, the digit in one colour, the rest in another, and what was before.

    The signal runs to the right and its positions downwards, so that the digit looks written.
    """
    if before is not None and step.name not in ("pad", "standardise"):
        axes.plot(before.x, before.at, color=BEFORE, linewidth=2)
    style: dict[str, Any] = {"marker": "o" if len(step.x) < 50 else "", "markersize": 3.5}
    axes.plot(step.x, step.at, PADDING, linewidth=1.8, **style)
    axes.plot(np.where(step.digit, step.x, np.nan), step.at, DIGIT, linewidth=2.4, **style)
    width, length = frame_of(step)
    axes.set(xlim=(-width, width), ylim=(length * 1.04, -length * 0.04))
    _plain(axes)


def frame_of(step: Step) -> tuple[float, float]:
    """How much of the signal, to each side, and of the canvas the picture of a step shows."""
    return 3.6 if step.name == "standardise" else 0.8, 11 if step.name == "template" else 71


def samples_by_class(rows: int, seed: int = SEED, stream: str = "exact") -> Array:
    """The first `rows` samples of every class in a set of `seed`: (rows, 10, 40)."""
    data = generate(Recipe(n_train=10 * rows, seed=seed), stream=stream)
    order = np.argsort(data.y, kind="stable")
    return data.x[order].reshape(10, rows, -1).swapaxes(0, 1)


def draw_samples(panels: npt.NDArray[Any], samples: Array) -> None:
    """Draw samples (rows, 10, points) into as many panels, each written downwards."""
    for axes, sample in zip(panels.flat, samples.reshape(-1, samples.shape[-1]), strict=True):
        axes.plot(sample, np.arange(len(sample)), color=DIGIT, linewidth=1.8)
        axes.set(xlim=(-4.8, 4.8), xticks=(-3, 0, 3), ylim=(len(sample), -1))
        _plain(axes)


def show(
    path: str | PathLike[str], page: str = "overview", digit: int = 3, seed: int = SEED
) -> Path:
    """Write one page of pictures to a `.png` file and return its path.

    Parameters
    ----------
    path
        Where to; its folder must exist. A file there is replaced.
    page
        ``"overview"`` (all of the following), ``"pipeline"`` (one digit through each transform),
        ``"templates"``, ``"samples"`` (a grid by class) or ``"dataset"`` (a small overview).
    digit
        Which digit goes through the pipeline, 0 to 9.
    seed
        Seed of what is random in the picture, at least 0.

    Raises
    ------
    TypeError, ValueError, FileNotFoundError
        If an argument is out of range, the ending is another or the folder does not exist.
    """
    path = writable(path, (".png",))
    digit, seed = check_page(page, tuple(PAGES), digit, seed)
    with as_shipped(), replacing(path) as temporary:
        PAGES[page](digit, seed).savefig(temporary)
    return path


def as_shipped() -> AbstractContextManager[None]:
    """A context in which matplotlib draws by its own defaults, whatever its user has set."""
    defaults: Any = {key: value for key, value in mpl.rcParamsDefault.items() if key != "backend"}
    return mpl.rc_context(defaults)


def check_page(page: str, pages: tuple[str, ...], digit: int, seed: int) -> tuple[int, int]:
    """`digit` and `seed`, if `page` is among `pages` and they are legal.

    >>> check_page("pipe", ("overview", "pipeline"), 3, 0)
    Traceback (most recent call last):
        ...
    ValueError: page must be one of overview, pipeline, got 'pipe'; did you mean pipeline?
    """
    if page not in pages:
        close = difflib.get_close_matches(str(page), pages, n=1, cutoff=0.65)
        hint = f"; did you mean {close[0]}?" if close else ""
        raise ValueError(f"page must be one of {', '.join(pages)}, got {shown(page)}{hint}")
    return whole("digit", digit, 0, 9), whole("seed", seed, 0, 2**32 - 1)


def _page(size: tuple[float, float], dpi: int = 120) -> Figure:
    return Figure(figsize=size, dpi=dpi, layout="constrained", facecolor="white")


def _plain(axes: Axes) -> None:
    axes.tick_params(labelsize=11)
    axes.spines[["top", "right"]].set_visible(False)


def _name_axes(panels: npt.NDArray[Any], vertical: str, horizontal: str) -> None:
    for axes in panels[:, 0]:
        axes.set_ylabel(vertical, fontsize=14)
    for axes in panels[-1]:
        axes.set_xlabel(horizontal, fontsize=14)


def _draw_templates(panels: Any, marker: str = "") -> None:
    for axes, template in zip(panels, get_templates()["x"], strict=True):
        axes.plot(template, np.arange(len(template)), DIGIT, marker=marker, linewidth=2.6)
        axes.set(xlim=(-0.62, 0.62), ylim=(11.6, -0.6))
        _plain(axes)


def _legend(figure: Figure) -> None:
    for colour, text, x in (
        (DIGIT, "digit", 0.02),
        (PADDING, "padding", 0.08),
        (BEFORE, "before", 0.16),
    ):
        figure.text(x, 0.965, text, color=colour, fontsize=14, weight="bold")


def _check_signals(signals: Array, times: Array, labels: Sequence[Any] | Array | None) -> None:
    if signals.ndim != 2 or not len(signals):
        raise ValueError(f"xs must have shape (n, points) with n at least 1, got {signals.shape}")
    if times.shape != signals.shape[1:]:
        raise ValueError(f"t must have shape {signals.shape[1:]}, as xs has, got {times.shape}")
    if labels is not None and len(labels) < min(10, len(signals)):
        raise ValueError(f"labels must name every signal shown, got {len(labels)}")
