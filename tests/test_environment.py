"""What surrounds a program does not show in what it writes: settings, locale, console, streams."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
MATPLOTLIBRC = """
agg.path.chunksize: 10
axes.facecolor: black
axes.formatter.use_locale: True
axes.unicode_minus: False
figure.constrained_layout.h_pad: 1
figure.dpi: 31
font.family: serif
font.size: 31
image.cmap: hot
lines.linestyle: --
path.sketch: 1, 100, 2
path.simplify: False
savefig.bbox: tight
savefig.dpi: 37
savefig.facecolor: green
svg.fonttype: none
svg.hashsalt: another
text.usetex: True
"""
HOSTILE = {
    "COLUMNS": "20",
    "FORCE_COLOR": "1",
    "LANG": "de_DE.UTF-8",
    "LC_ALL": "de_DE.UTF-8",  # which need not be there: matplotlib cannot be imported then
    "MPLBACKEND": "module://matplotlib_inline.backend_inline",  # what a notebook hands down
    "OMP_NUM_THREADS": "2",
    "OPENBLAS_NUM_THREADS": "2",
    "PYTHONHASHSEED": "7",
    "PYTHONIOENCODING": "ascii",
    "PYTHONUNBUFFERED": "1",
    "PYTHONUTF8": "0",
    "PYTHONWARNINGS": "always",
    "SOURCE_DATE_EPOCH": "1",
    "TQDM_DISABLE": "1",
    "TZ": "Asia/Kathmandu",
}
TOY = ["tests.toy_lab", "run", "toy", "--preset", "smoke"]
SHOW = ["mnist1d", "show", "--page", "dataset", "--out", "a.png"]


def variables(**added):
    """The session's variables and these, and none of the hostile ones."""
    clean = {name: value for name, value in os.environ.items() if name not in HOSTILE}
    return clean | {"PYTHONPATH": str(ROOT)} | added


def run(words, folder, **added):
    command = [sys.executable, "-m", *words]
    done = subprocess.run(command, cwd=folder, env=variables(**added), capture_output=True)
    assert done.returncode == 0, done.stderr
    return done


@pytest.fixture
def clean(tmp_path):
    folder = tmp_path / "clean"
    folder.mkdir()
    return folder


@pytest.fixture
def hostile(tmp_path):
    folder = tmp_path / "hostile"
    folder.mkdir()
    (folder / "matplotlibrc").write_text(MATPLOTLIBRC, encoding="utf-8")
    return folder


def written(folder):
    """What a program has written but its bookkeeping: of when, where and how long it ran."""
    paths = {path.relative_to(folder): path for path in folder.rglob("*") if path.is_file()}
    other = {"matplotlibrc", "run.json", "sessions"}
    return {str(n): path.read_bytes() for n, path in paths.items() if not other & {*n.parts}}


@pytest.mark.slow
@pytest.mark.parametrize(
    ("words", "endings"),
    [
        (SHOW, {".png"}),
        (["mnist1d", "generate", "--n-train", "20", "--out", "a.csv"], {".csv"}),
        ([*TOY, "--jobs", "2"], {".json", ".npz", ".csv", ".png", ".svg"}),
        (["labs", "run", "embedding", "--preset", "smoke"], {".json", ".csv", ".png", ".svg"}),
    ],
    ids=["show", "generate", "toy", "embedding"],
)
def test_a_hostile_environment_gives_the_bytes_of_a_clean_one(words, endings, clean, hostile):
    run(words, clean)
    run(words, hostile, **HOSTILE)
    expected = written(clean)
    assert {Path(name).suffix for name in expected} >= endings
    assert written(hostile) == expected


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ([*TOY, "--out"], ["caf\\udce9/toy/smoke/table.csv", "*: the"]),
        (["mnist1d", "generate", "--n-train", "20", "--out"], ["wrote caf\\udce9.csv"]),
    ],
    ids=["labs", "mnist1d"],
)
def test_signs_that_a_console_lacks_are_written_in_others(words, said, tmp_path):
    # A name in Latin-1 is no text in UTF-8, either.
    name = os.fsdecode(b"caf\xe9" + (b".csv" if "mnist1d" in words else b""))
    done = run([*words, name], tmp_path, PYTHONIOENCODING="ascii", PYTHONUTF8="0")
    text = done.stdout.decode("ascii")
    assert [words for words in said if words not in text] == []
    assert os.listdir(tmp_path) == [name]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("redirection", "code"),
    [
        (">&-", 0),
        ("2>&-", 0),
        ("<&- >&- 2>&-", 0),
        ("| true", 0),
        ("2>&1 | true", 0),
        ("2>/dev/full", 0),
        (">/dev/full", 1),
        (">/dev/full 2>&1", 1),
    ],
)
@pytest.mark.parametrize("words", [TOY, SHOW], ids=["labs", "mnist1d"])
def test_a_program_works_whoever_listens(words, redirection, code, tmp_path):
    (tmp_path / "matplotlibrc").write_text("no colon")  # to have something said on stderr
    command = ["bash", "-o", "pipefail", "-c", f'"$@" {redirection}', "bash", sys.executable, "-m"]
    done = subprocess.run(
        [*command, *words], cwd=tmp_path, env=variables(), capture_output=True, text=True
    )
    assert done.returncode == code, done.stderr
    remarks = [line for line in done.stderr.splitlines() if line and "Missing colon" not in line]
    assert all("No space left on device" in line for line in remarks)
    if code == 0:  # what nobody reads is no reason not to write what was asked for
        assert any(name.endswith(".png") for name in written(tmp_path))


def test_a_remark_that_nobody_reads_is_no_failure(tmp_path):
    code = (
        "import sys; from mnist1d.console import complain, program; "
        "sys.exit(program(lambda: complain('a remark') or 0))"
    )
    command = ["bash", "-c", '"$@" 2>/dev/full', "bash", sys.executable, "-c", code]
    assert subprocess.run(command, cwd=tmp_path, env=variables()).returncode == 0


@pytest.mark.parametrize("redirection", ["2>&-", "2>/dev/full", "2>&1 | true", ">&- 2>&-"])
@pytest.mark.parametrize(
    "words", [[*TOY, "--set", "tosses=0"], [*SHOW, "--digit", "10"]], ids=["labs", "mnist1d"]
)
def test_wrong_usage_is_told_by_the_code_where_nobody_reads(words, redirection, tmp_path):
    command = ["bash", "-o", "pipefail", "-c", f'"$@" {redirection}', "bash", sys.executable, "-m"]
    assert subprocess.run([*command, *words], cwd=tmp_path, env=variables()).returncode == 2
