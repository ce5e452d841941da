"""Moving pictures: a digit that turns into a sample, and samples that never repeat."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import pairwise
from os import PathLike
from pathlib import Path

import numpy as np

from mnist1d.extras import missing
from mnist1d.pictures import (
    as_shipped,
    check_page,
    draw_samples,
    draw_step,
    frame_of,
    samples_by_class,
)
from mnist1d.pipeline import Array
from mnist1d.steps import SEED, Step, pipeline_steps
from mnist1d.writing import replacing, writable

try:
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure
    from PIL import Image
except ImportError as error:
    raise missing("PIL", "mnist1d.animations", error) from error

MORPH = (0.2, 0.4, 0.6, 0.8, 1.0)  # how far a step is on its way in each frame
BRIEF, LONG = 80, 1000  # milliseconds that a frame on the way and a finished one stay
FRESH = 12  # samples of every class


def animate(
    path: str | PathLike[str], page: str = "pipeline", digit: int = 3, seed: int = SEED
) -> Path:
    """Write an animation to a `.gif` file and return its path.

    Parameters
    ----------
    path
        Where to; its folder must exist. A file there is replaced.
    page
        ``"pipeline"``: a digit changes from transform to transform. ``"samples"``: one sample of
        each class, replaced by another again and again.
    digit
        Which digit goes through the pipeline, 0 to 9.
    seed
        Seed of what is random in the pictures, at least 0.

    Raises
    ------
    TypeError, ValueError, FileNotFoundError
        If an argument is out of range, the ending is another or the folder does not exist.
    """
    path = writable(path, (".gif",))
    digit, seed = check_page(page, tuple(MOVIES), digit, seed)
    with as_shipped():
        images, durations = zip(*_frames(page, digit, seed), strict=True)
    with replacing(path) as temporary:
        images[0].save(
            temporary, save_all=True, append_images=images[1:], duration=durations, loop=0
        )
    return path


def _frames(page: str, digit: int, seed: int) -> Iterator[tuple[Image.Image, int]]:
    figure = Figure(facecolor="white", dpi=90)
    canvas = FigureCanvasAgg(figure)
    for duration in MOVIES[page](figure, digit, seed):
        canvas.draw()
        yield Image.fromarray(np.asarray(canvas.buffer_rgba())).quantize(), duration


def _pipeline(figure: Figure, digit: int, seed: int) -> Iterator[int]:
    figure.set_size_inches(5.2, 6)
    axes = figure.add_axes((0.16, 0.12, 0.8, 0.72))
    steps = pipeline_steps(digit, seed)
    for number, (before, step) in enumerate(pairwise([steps[0], *steps]), start=1):
        for progress in MORPH[-1:] if number == 1 else MORPH:
            axes.clear()
            draw_step(axes, _between(before, step, progress))
            width, length = (1 - progress) * np.array(frame_of(before)) + progress * np.array(
                frame_of(step)
            )
            axes.set(xlim=(-width, width), ylim=(1.04 * length, -0.04 * length))
            axes.set_title(f"{number}  {step.name}\n{step.note}", fontsize=18)
            axes.set_xlabel("signal", fontsize=14)
            axes.set_ylabel("position (points)", fontsize=14)
            yield LONG if progress == 1 else BRIEF


def _between(before: Step, step: Step, progress: float) -> Step:
    if step.name == "pad":  # the zeros appear at once; what changes is how far one sees
        return step
    if step.name == "translate":
        way = round(progress * step.shift)
        return step._replace(x=np.roll(before.x, way), digit=np.roll(before.digit, way))

    def blend(old: Array, new: Array) -> Array:
        old = np.interp(np.linspace(0, 1, len(new)), np.linspace(0, 1, len(old)), old)
        return (1 - progress) * old + progress * new

    return step._replace(at=blend(before.at, step.at), x=blend(before.x, step.x))


def _samples(figure: Figure, digit: int, seed: int) -> Iterator[int]:
    figure.set_size_inches(8, 5)
    panels = figure.subplots(2, 5, sharex=True, sharey=True)
    figure.subplots_adjust(left=0.09, right=0.98, top=0.92, bottom=0.13, hspace=0.2)
    figure.supxlabel("signal", fontsize=14)
    figure.supylabel("position", fontsize=14)
    first, *others = samples_by_class(FRESH, seed, stream="fast")
    draw_samples(panels, first)
    for label, axes in enumerate(panels.flat):
        axes.set_title(str(label), fontsize=16)
    yield LONG
    for samples in others:
        for axes, sample in zip(panels.flat, samples, strict=True):
            axes.lines[0].set_xdata(sample)
        yield LONG


MOVIES: dict[str, Callable[[Figure, int, int], Iterator[int]]] = {
    "pipeline": _pipeline,
    "samples": _samples,
}
