"""Drawing: means and bands where they belong, the same bytes every time."""

import os
import subprocess
import sys
from pathlib import Path

import matplotlib as mpl
import numpy as np
import pytest

from labs.kit import draw
from labs.kit.intervals import interval
from labs.kit.table import Table
from tests.toy_lab import heads as plot

ROOT = Path(__file__).parents[2]
TASTE = {  # of somebody who reads this in a dark room
    "axes.facecolor": "black",
    "axes.unicode_minus": False,
    "agg.path.chunksize": 10,
    "figure.constrained_layout.h_pad": 1.0,
    "font.family": ["serif"],
    "font.size": 31.0,
    "path.sketch": (1, 100, 2),
    "savefig.facecolor": "green",
    "savefig.transparent": True,
    "svg.fonttype": "none",
    "text.usetex": True,
}


def test_band_draws_mean_and_interval():
    _, (ax,) = draw.figure()
    curves = np.random.default_rng(0).normal(size=(6, 4))
    draw.band(ax, [0, 1, 2, 3], curves.tolist(), label="x", color=draw.COLORS[0], linestyle="--")
    mean, low, high = interval(curves)
    np.testing.assert_allclose(ax.lines[0].get_ydata(), mean)
    corners = ax.collections[0].get_paths()[0].vertices[:, 1]
    np.testing.assert_allclose([corners.min(), corners.max()], [low.min(), high.max()])
    assert ax.lines[0].get_linestyle() == "--"


def test_few_curves_draw_what_they_can():
    _, (ax,) = draw.figure()
    draw.band(ax, [0, 1], [], label="none", color="k")
    assert not ax.lines
    draw.band(ax, [0, 1], [[1.0, 2.0]], label="one", color="k")
    assert len(ax.lines) == 1
    assert not ax.collections
    with pytest.raises(ValueError, match=r"must have 2 points like x, got \[3\]"):
        draw.band(ax, [0, 1], [[1.0, 2.0, 3.0]], label="long", color="k")


def test_dots_keep_the_place_of_an_empty_group():
    _, (ax,) = draw.figure()
    draw.dots(ax, {"a": [1.0, 2.0, 3.0], "b": [], "c": [4.0]}, color=draw.COLORS[:3], label="x")
    assert [text.get_text() for text in ax.get_yticklabels()] == ["a", "b", "c"]
    heights = {float(y) for line in ax.lines for y in line.get_ydata()}
    assert heights == {0.0, 2.0}
    assert len(ax.get_legend_handles_labels()[1]) == 1
    with pytest.raises(ValueError, match="color must be one or 1, got 2"):
        draw.dots(ax, {"a": [1.0]}, color=["r", "g"])


def test_a_key_stands_above_the_figure_and_the_panels_are_free_of_it():
    figure, axes = draw.figure(2)
    draw.key(figure, axes[0])
    assert [text.get_text() for text in axes[0].texts] == ["no results"]
    axes[1].plot([0, 1], [0, 1], label="modules")
    draw.key(figure, axes[1])
    figure.draw_without_rendering()
    (key,) = figure.legends
    assert [text.get_text() for text in key.get_texts()] == ["modules"]
    assert axes[1].get_legend() is None
    assert key.get_window_extent().y0 > axes[1].get_tightbbox().y1


@pytest.mark.parametrize(
    ("n", "words"), [(0, "no results yet"), (1, "1 replicate. D"), (3, "3 rep")]
)
def test_note_says_how_many_replicates(n, words):
    figure, _ = draw.figure()
    draw.note(figure, Table({"replicate": i} for i in range(n)), "Dashed: shuffled.")
    text = figure.get_supxlabel()
    assert text.startswith(words)
    assert text.endswith("Dashed: shuffled.")


def test_note_counts_the_replicates_of_each_arm():
    figure, _ = draw.figure()
    rows = [{"arm": arm, "replicate": r} for arm, n in (("a", 3), ("b", 2)) for r in range(n)]
    draw.note(figure, Table(rows), arms=("arm",))
    assert figure.get_supxlabel().startswith("2 to 3 replicates;")


def test_figures_are_saved_with_the_same_bytes(tmp_path):
    paths = [draw.save(plot(Table([]), {}), tmp_path / name) for name in ("a", "b")]
    assert [path.name for path in paths[0]] == ["a.png", "a.svg"]
    for one, other in zip(*paths, strict=True):
        assert one.read_bytes() == other.read_bytes()


TABLE = Table({"arm": "fair", "heads": h, "replicate": r} for r, h in enumerate((-40.0, 50.0)))


def drawn(stem):
    with draw.style():
        return [path.read_bytes() for path in draw.save(plot(TABLE, {}), stem)]


def drawn_late():
    with draw.style():
        figure = draw.compared(TABLE, {}, column="heads", by="arm")
    return draw.png(figure)  # as a notebook does at the end of a cell


def test_the_style_is_the_labs_and_the_users_own_stays(tmp_path, monkeypatch):
    clean, late = drawn(tmp_path / "clean"), drawn_late()
    packaged = {**mpl.rcParamsDefault, "backend": "pdf"}  # as some distributions' is
    monkeypatch.setattr(mpl, "rcParamsDefault", packaged)
    backend = mpl.get_backend()
    with mpl.rc_context(TASTE):
        mpl.use("svg")
        before = dict(mpl.rcParams.copy())
        assert drawn(tmp_path / "taste") == clean
        assert drawn_late() == late
        assert dict(mpl.rcParams.copy()) == before
        assert mpl.get_backend() == "svg"
        mpl.use(backend)


BROKEN = """
import os, sys
from pathlib import Path
before = dict(os.environ), os.getcwd()
try:
    import matplotlib
except ValueError:
    from labs.kit import draw
    assert draw.load_matplotlib() is draw.load_matplotlib() is sys.modules["matplotlib"]
    assert (dict(os.environ), os.getcwd()) == before
    from tests.kit.test_draw import drawn
    drawn(Path("figure"))
"""


@pytest.mark.parametrize(
    ("variable", "value", "broken"),
    [
        ("MPLBACKEND", "nobody's", "other"),
        ("MPLCONFIGDIR", "config", "config/matplotlibrc"),
        ("HERE", "", "matplotlibrc"),
    ],
)
def test_matplotlib_is_loaded_where_its_settings_are_broken(variable, value, broken, tmp_path):
    (tmp_path / "config").mkdir()
    (tmp_path / broken).write_bytes(b"font.family: caf\xe9")
    environment = os.environ | {variable: str(tmp_path / value), "PYTHONPATH": str(ROOT)}
    subprocess.run([sys.executable, "-c", BROKEN], cwd=tmp_path, env=environment, check=True)
    expected = drawn(tmp_path / "expected")
    assert [(tmp_path / f"figure{end}").read_bytes() for end in (".png", ".svg")] == expected


@pytest.mark.parametrize("changes", [{"columns": 0}, {"rows": 0}, {"width": 0}, {"height": -1}])
def test_figure_refuses(changes):
    with pytest.raises(ValueError, match="must be"):
        draw.figure(**changes)


def test_panels_are_lettered_but_not_what_belongs_to_them():
    figure, axes = draw.figure(3, 2)
    axes[0].set_title("first")
    axes[1].twinx()
    axes[2].inset_axes([0.1, 0.1, 0.2, 0.2])
    figure.colorbar(axes[3].imshow([[0, 1]]), ax=axes[3])
    axes[5].set_axis_off()
    assert draw.lettered(figure) is figure
    assert draw.panels(figure) == axes[:5]
    titles = [ax.get_title() for ax in figure.axes]
    assert titles[:6] == [
        "$\\bf{a}$  first",
        *(f"$\\bf{{{letter}}}$" for letter in "bcde"),
        "",
    ]
    assert set(titles[6:]) == {""}


def test_a_panel_alone_has_no_letter():
    figure, (ax,) = draw.figure()
    draw.lettered(figure)
    assert ax.get_title() == ""


@pytest.mark.parametrize("panels", [1, 2, 6])
def test_a_slide_is_1920_by_1080_and_leaves_the_figure_as_it_was(panels, tmp_path):
    figure, _ = draw.figure(panels, width=3.0, height=7.0)
    size = tuple(figure.get_size_inches())
    picture, _ = draw.save(figure, tmp_path / "slide", slide=True)
    assert mpl.image.imread(picture).shape[:2] == (1080, 1920)
    assert tuple(figure.get_size_inches()) == size
