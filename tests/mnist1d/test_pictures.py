"""The pictures show what they say: the right curves, named panels, and files that open."""

import matplotlib
import matplotlib.pyplot as plt
import numpy as np
import pytest
from PIL import Image

from mnist1d.animations import MOVIES, animate
from mnist1d.pictures import PAGES, plot_signals, samples_by_class, show
from mnist1d.recipe import Recipe
from mnist1d.steps import pipeline_steps
from mnist1d.templates import get_templates

TEMPLATES = get_templates()
matplotlib.use("agg")


def panels(figure):
    return [axes for axes in figure.get_axes() if axes.lines]


def test_plot_signals_draws_ten_strokes():
    figure = plot_signals(TEMPLATES["x"], TEMPLATES["t"], labels=TEMPLATES["y"], zoom=2)
    assert [axes.get_title() for axes in panels(figure)] == [f"label={y}" for y in range(10)]
    for axes, template in zip(panels(figure), TEMPLATES["x"], strict=True):
        (line,) = axes.lines
        assert (line.get_xdata() == template).all()
        assert (line.get_ydata() == TEMPLATES["t"]).all()
        assert axes.get_ylim() == (2, -2)
        assert line.get_linewidth() == 2
    plt.close(figure)


def test_plot_signals_leaves_its_figure_to_pyplot(tmp_path):
    plt.close("all")
    figure = plot_signals(TEMPLATES["x"], TEMPLATES["t"])
    assert plt.gcf() is figure
    assert plt.gca() is figure.axes[-1]
    plt.savefig(tmp_path / "signals.png")
    assert plt.imread(tmp_path / "signals.png").shape[:2] == (234, 900)
    plt.close()
    assert not plt.get_fignums()


def test_plot_signals_in_the_dark_and_transformed():
    np.random.seed(0)  # noqa: NPY002  (upstream's transforms draw from the global generator)
    figure = plot_signals(
        TEMPLATES["x"][:3], TEMPLATES["t"], None, Recipe(), 1.5, do_transform=True, dark_mode=True
    )
    assert len(panels(figure)) == 3
    assert {len(axes.lines[0].get_xdata()) for axes in panels(figure)} == {40}
    assert {axes.get_facecolor() for axes in panels(figure)} == {(0, 0, 0, 1)}
    assert {axes.lines[0].get_linewidth() for axes in panels(figure)} == {6}
    plt.close(figure)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"xs": np.zeros(12)}, r"xs must have shape \(n, points\)"),
        ({"t": np.zeros(3)}, r"t must have shape \(12,\), as xs has, got \(3,\)"),
        ({"labels": [1]}, "labels must name every signal shown, got 1"),
        ({"do_transform": True}, "args must hold the knobs"),
    ],
)
def test_plot_signals_refuses(arguments, message):
    with pytest.raises(ValueError, match=message):
        plot_signals(**{"xs": TEMPLATES["x"], "t": TEMPLATES["t"]} | arguments)


@pytest.mark.parametrize("digit", range(10))
def test_the_steps_follow_from_each_other(digit):
    steps = {step.name: step for step in pipeline_steps(digit, seed=digit)}
    template, pad, dilate, scale, translate = list(steps.values())[:5]
    recipe = Recipe()
    assert (template.x == TEMPLATES["x"][digit]).all()
    assert (pad.x[:12] == template.x).all()
    assert not pad.x[12:].any()
    low, high = recipe.padding
    assert low <= len(pad.x) - 12 <= high
    grid = np.linspace(0, 1, recipe.canvas), np.linspace(0, 1, len(pad.x))
    assert dilate.x == pytest.approx(np.interp(*grid, pad.x), abs=2e-8)
    factor = scale.x.sum() / dilate.x.sum()
    assert abs(factor - 1) <= recipe.scale_coeff / 2
    assert scale.x == pytest.approx(factor * dilate.x)
    assert (np.roll(scale.x, translate.shift) == translate.x).all()
    noisy, white = steps["smooth noise"], steps["white noise"]
    assert (noisy.x[noisy.digit] == translate.x[noisy.digit]).all()
    assert (noisy.x[~noisy.digit] != 0).all()
    assert 0.01 < (white.x - noisy.x).std() < 0.03
    line = steps["shear"].x - white.x
    assert np.diff(line, 2) == pytest.approx(0, abs=1e-12)
    assert line[-1] - line[0] == pytest.approx(float(steps["shear"].note.split()[1]), abs=0.005)
    last = steps["subsample"]
    assert last.x == pytest.approx(np.interp(last.at, np.arange(72), steps["shear"].x))


def test_samples_by_class_are_of_their_class():
    quiet = samples_by_class(50).mean(0)
    clean = np.array([np.interp(np.linspace(0, 11, 40), np.arange(12), x) for x in TEMPLATES["x"]])
    leaning = np.sign(clean.sum(1))[[0, 1, 3, 4, 6, 7, 8]]
    assert (np.sign(quiet.sum(1))[[0, 1, 3, 4, 6, 7, 8]] == leaning).all()
    assert samples_by_class(3, stream="fast").shape == (3, 10, 40)


@pytest.mark.parametrize("page", PAGES)
def test_every_page_is_a_png_with_named_axes(page, tmp_path, monkeypatch):
    figure = PAGES[page](7, 1)
    assert {axes.get_ylabel() for axes in panels(figure)} - {""}
    monkeypatch.setitem(PAGES, page, lambda digit, seed: figure)
    path = show(tmp_path / "page.png", page, digit=7)
    with Image.open(path) as image:
        assert image.format == "PNG"
        assert image.width >= 1000
        assert len(image.convert("RGB").getcolors(2**24)) > 20
    assert [file.name for file in tmp_path.iterdir()] == ["page.png"]


def test_the_pipeline_page_names_every_step():
    titles = [axes.get_title().split() for axes in panels(PAGES["pipeline"](3, 0))]
    steps = [step.name for step in pipeline_steps()]
    assert [" ".join(title) for title in titles] == [f"{i} {s}" for i, s in enumerate(steps, 1)]


@pytest.mark.parametrize("page", MOVIES)
def test_movies_move(page, tmp_path, monkeypatch):
    monkeypatch.setattr("mnist1d.animations.FRESH", 3)
    monkeypatch.setattr("mnist1d.animations.MORPH", (1.0,))
    path = animate(tmp_path / "movie.gif", page, digit=5, seed=2)
    with Image.open(path) as movie:
        assert movie.format == "GIF"
        assert movie.n_frames == {"pipeline": 10, "samples": 3}[page]
        first = movie.convert("RGB").tobytes()
        movie.seek(movie.n_frames - 1)
        assert movie.convert("RGB").tobytes() != first


TASTE = {
    "axes.facecolor": "black",
    "axes.unicode_minus": False,
    "font.family": ["serif"],
    "font.size": 31.0,
    "lines.linestyle": "--",
    "savefig.bbox": "tight",
    "savefig.dpi": 37.0,
    "text.usetex": True,
}


@pytest.mark.parametrize(
    ("write", "page", "name"), [(show, "dataset", "a.png"), (animate, "pipeline", "a.gif")]
)
def test_files_do_not_depend_on_the_users_style(write, page, name, tmp_path, monkeypatch):
    monkeypatch.setattr("mnist1d.animations.MORPH", (1.0,))
    clean = write(tmp_path / name, page).read_bytes()
    backend = matplotlib.get_backend()
    packaged = {**matplotlib.rcParamsDefault, "backend": "pdf"}  # as some distributions' is
    monkeypatch.setattr(matplotlib, "rcParamsDefault", packaged)
    with matplotlib.rc_context(TASTE):
        before = dict(matplotlib.rcParams.copy())
        assert write(tmp_path / name, page).read_bytes() == clean
        assert dict(matplotlib.rcParams.copy()) == before
    assert matplotlib.get_backend() == backend


def test_the_seed_decides():
    assert (samples_by_class(2, 5) == samples_by_class(2, 5)).all()
    assert (samples_by_class(2, 5) != samples_by_class(2, 6)).any()
    assert (pipeline_steps(3, 5)[-1].x == pipeline_steps(3, 5)[-1].x).all()
    assert (pipeline_steps(3, 5)[-1].x != pipeline_steps(3, 6)[-1].x).all()


@pytest.mark.parametrize(
    ("write", "name", "arguments", "message"),
    [
        (show, "a.jpg", {}, r"must end in \.png, got"),
        (animate, "a.png", {}, r"must end in \.gif, got"),
        (show, "a.png", {"page": "pipline"}, "'pipline'; did you mean pipeline"),
        (animate, "a.gif", {"page": "templates"}, "page must be one of pipeline, samples, got"),
        (show, "a.png", {"digit": 10}, "digit must be an integer from 0 to 9, got 10"),
        (animate, "a.gif", {"seed": -1}, "seed must be an integer"),
        (show, "none/a.png", {}, "does not exist; create it first"),
    ],
)
def test_bad_arguments_write_nothing(write, name, arguments, message, tmp_path):
    with pytest.raises((ValueError, FileNotFoundError), match=message):
        write(tmp_path / name, **arguments)
    assert not list(tmp_path.iterdir())
