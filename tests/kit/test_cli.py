"""The command line: every command on the toy lab, every wrong input with its code and message."""

import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from labs.kit import bench, texts
from labs.kit.cli import main
from tests.toy_lab import LAB

REGISTER = {"toy": "tests.toy_lab"}
ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def out(tmp_path_factory):
    folder = tmp_path_factory.mktemp("results")
    assert main(REGISTER, ["run", "toy", "--jobs", "1", "--out", str(folder)]) == 0
    return folder


@pytest.fixture
def call(out, capsys):
    def run(*words, code=0):
        assert main(REGISTER, ["--out", str(out), *words]) == code
        return capsys.readouterr()

    return run


def test_run_says_what_it_will_do_and_what_it_found(call, out):
    text = call("run", "toy", "--jobs", "2").out
    for words in (
        "replicates=6, tosses=400",
        "12 in 4 stacks, 0 to train now",
        str(out / "toy" / "quick"),
        "nothing to train",
        "The bias shows: 31.3 [29.4, 33.2] points (holds).",
        "1 hold, 1 contradicted",
        "sentences of the source: 1 hold",
        "our own readings, and other papers: 1 contradicted",
        "T1    holds         31.3 [29.4, 33.2] points           [28.9, 33.7]       6    30",
        "T2    contradicted  49.3 [46.4, 52.3] % heads          [46.4, 52.3]       6    90 by eye",
        "\n      A fair coin shows 90 % heads.",
        "T2: contradicted. A fair coin knows nothing of its fame.",
        "standard deviations over replicates",
        "12 coins were tossed.",
        str(out / "toy" / "quick" / "figure.png"),
    ):
        assert words in text
    assert max(len(line) for line in text.splitlines() if str(out) not in line) <= 100


def test_run_writes_what_the_readme_promises(out):
    folder = out / "toy" / "quick"
    names = {"cells", "sessions", "table.csv", "claims.json", "run.json"}
    names |= {f"figure{name}.{end}" for name in ("", "-again") for end in ("png", "svg")}
    assert {path.name for path in folder.iterdir()} == names
    claims = json.loads((folder / "claims.json").read_text())
    assert list(claims[0])[:11] == [
        *("id", "sentence", "source", "published", "unit", "estimate", "low", "high", "n"),
        *("rule", "verdict"),
    ]
    assert claims[0]["values"]["0"] == pytest.approx(28.0, abs=5)
    header, first, *_ = (folder / "table.csv").read_text().splitlines()
    assert header == "arm,tosses,pause,accident,replicate,heads,loss"
    assert first == "fair,400,0.0,none,0,52.750003,nan"
    run = json.loads((folder / "run.json").read_text())
    assert (run["preset"], run["networks"], run["settings"]["tosses"]) == ("quick", 12, 400)
    (session,) = run["sessions"]
    assert session["networks_trained"] == 12
    assert session["wall_seconds"] > 0
    assert session["peak_memory_mb"] > 10
    assert session["versions"]["python"] == sys.version.split()[0]


def test_a_second_run_does_no_work(call, out):
    before = {path: path.stat().st_mtime_ns for path in out.rglob("cells/*")}
    call("run", "toy", "--jobs", "1")
    assert {path: path.stat().st_mtime_ns for path in out.rglob("cells/*")} == before


def test_check_judges_again_and_strict_counts_contradictions(call, out):
    stored = json.loads((out / "toy" / "quick" / "claims.json").read_text())
    assert json.loads(call("check", "toy", "--json").out) == stored
    assert "T2    contradicted" in call("check", "toy", "--preset", "quick").out
    assert "T2    contradicted" in call("check", "toy", "--strict", code=3).out


def test_draw_gives_the_same_bytes(call, out):
    paths = sorted(out.rglob("figure*"), key=lambda path: path.stem)
    before = [path.read_bytes() for path in paths]
    assert [Path(line) for line in call("draw", "toy").out.split()] == paths
    assert [path.read_bytes() for path in paths] == before


def test_draw_draws_one_figure_or_slides(call, out):
    folder = out / "toy" / "quick"
    one = call("draw", "toy", "--figure", "again").out.split()
    assert one == [str(folder / f"figure-again.{end}") for end in ("png", "svg")]
    slide = call("draw", "toy", "--figure", "heads", "--slide").out.split()
    assert slide == [str(folder / f"figure-slide.{end}") for end in ("png", "svg")]
    for path in slide:
        Path(path).unlink()
    before = set(folder.iterdir())
    error = call("draw", "toy", "--figure", "head", "--slide", code=2).err
    assert "figure must be one of heads, again, got 'head'" in error
    assert set(folder.iterdir()) == before


def test_the_bare_command_lists_labs_with_their_last_verdicts(out, capsys):
    assert main(REGISTER, ["--out", str(out)]) == 0
    assert capsys.readouterr().out == f"toy: {LAB.question}\n    quick: 1 hold, 1 contradicted\n"
    assert main(REGISTER, ["--out", str(out / "nothing")]) == 0
    assert capsys.readouterr().out == f"toy: {LAB.question}\n    not run here\n"


def test_bench_measures_both_engines(capsys):
    assert main(REGISTER, ["bench", "toy", "--json", "--jobs", "2"]) == 0
    (row,) = json.loads(capsys.readouterr().out)
    assert list(row) == ["network", "steps", "members", "plain_s", "stacked_s", "ratio"]
    assert (row["network"], row["steps"], row["members"]) == ("coin", 1, 8)
    assert row["ratio"] == pytest.approx(row["plain_s"] / row["stacked_s"])
    assert main(REGISTER, ["bench", "toy", "--jobs", "1"]) == 0
    assert "coin                     1        4" in capsys.readouterr().out


def test_a_bench_may_tell_memory():
    (usual,) = LAB.bench()
    kept = replace(usual, network="kept", kept_mb=(2150.0, 0.655))
    rows = bench.measure(replace(LAB, bench=Given([usual, kept])), jobs=1, rounds=1)
    assert "plain_mb" not in rows[0]
    assert (rows[1]["plain_mb"], rows[1]["stacked_mb"]) == (2150.0, 0.655)
    head, first, second, _ = texts.bench(rows).splitlines()
    assert head.split()[-4:] == ["plain", "MB", "stacked", "MB"]
    assert first.split()[-1] == f"{rows[0]['ratio']:.1f}"
    assert second.split()[-2:] == ["2.15e+03", "0.655"]


class Given:
    """The benches that were given, from a function that can be sent to other processes."""

    def __init__(self, benches):
        self.benches = benches

    def __call__(self):
        return self.benches


def test_one_set_takes_several_settings(tmp_path, capsys):
    words = ["--preset", "smoke", "--jobs", "1", "--out", str(tmp_path)]
    settings = ["--set", "tosses=60", "replicates=3", "--set", "arms=fair"]
    assert main(REGISTER, ["run", "toy", *settings, *words]) == 0
    assert "replicates=3*, tosses=60*" in " ".join(capsys.readouterr().out.split())


def test_check_says_on_stderr_what_is_missing(tmp_path, capsys):
    words = ["toy", "--preset", "smoke", "--out", str(tmp_path)]
    assert main(REGISTER, ["run", *words, "--jobs", "1"]) == 0
    next((tmp_path / "toy" / "smoke" / "cells").glob("*.json")).unlink()
    capsys.readouterr()
    assert main(REGISTER, ["check", *words, "--json"]) == 0
    said = capsys.readouterr()
    assert "(1 networks are not stored yet)" in said.err
    assert json.loads(said.out)


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ("run tyo", "lab must be one of toy, got 'tyo': did you mean 'toy'?"),
        ("check tyo", "lab must be one of toy, got 'tyo': did you mean 'toy'?"),
        ("draw zzz", "lab must be one of toy, got 'zzz'"),
        ("bench tyo", "lab must be one of toy, got 'tyo': did you mean 'toy'?"),
        ("run toy --preset quik", "got 'quik': did you mean 'quick'?"),
        ("check toy --preset ful", "got 'ful': did you mean 'full'?"),
        ("run toy --set tossses=3", "got 'tossses': did you mean 'tosses'?"),
        ("run toy --set tosses", "a setting must be given as name=value, got 'tosses'"),
        ("run toy --set tosses=1 tosses=2", "a setting must be given once, got 'tosses' twice"),
        ("run toy --set tosses=1 --set tosses=1", "a setting must be given once, got 'tosses'"),
        ("run toy --set tosses=many", "tosses must be a whole number, got 'many'"),
        ("run toy --set replicates=0", "replicates must be at least 1, got 0"),
        ("run toy --set arms=", "arms must hold at least one value, got ()"),
        ("run toy --set arms=fair,fair", "arms must not repeat a value, got ('fair', 'fair')"),
        ("run all --set tosses=x", "tosses must be a whole number, got 'x'"),
        ("run toy --jobs 0", "--jobs: must be a whole number of at least 1, got '0'"),
        ("run toy --jobs two", "--jobs: must be a whole number of at least 1, got 'two'"),
        ("run toy --shard 3/2", "--shard: must be I/N with I from 1 to N, got '3/2'"),
        ("run toy --shard 0/2", "--shard: must be I/N with I from 1 to N, got '0/2'"),
        ("run toy --shard half", "--shard: must be I/N with I from 1 to N, got 'half'"),
        ("run toy --set arms=fare", "arms must be one of fair, biased, got 'fare': did you mean"),
        ("run toy --set pause=-1", "pause must be at least 0, got -1.0"),
        ("run toy --set pause=nan", "pause must be at least 0, got nan"),
        ("settings tyo", "lab must be one of toy, got 'tyo'"),
        ("verify toy", "lab must be one with a table of its reference"),
        ("verify toy --cells 0", "--cells: must be a whole number of at least 1, got '0'"),
        ("run nowhere.py", "lab must be a Python file that is there, got 'nowhere.py'"),
        ("new 2nd", "NAME must be a lower-case Python name, got '2nd'"),
        ("new class", "NAME must be a lower-case Python name, got 'class'"),
        ("new toy", "NAME must be one that no lab and no module has, got 'toy'"),
        ("new json", "NAME must be one that no lab and no module has, got 'json'"),
        ("new torch", "NAME must be one that no lab and no module has, got 'torch'"),
        ("run toy --device tpu", "--device: invalid choice: 'tpu'"),
        ("run toy --device cuda", "device must be one that lab 'toy' can use here (cpu)"),
        ("verify toy --out x", "unrecognized arguments: --out x"),  # they read no results
        ("settings toy --out x", "unrecognized arguments: --out x"),
        ("new lab --out x", "unrecognized arguments: --out x"),
        ("bench toy --out x", "unrecognized arguments: --out x"),
        ("--out x verify toy", "--out must not stand before verify, which neither"),
        ("--out x lesson pooling", "--out must not stand before lesson, which neither"),
        ("runn toy", "invalid choice: 'runn'"),
        ("run", "the following arguments are required: LAB"),
    ],
)
def test_wrong_input_is_refused_before_anything_on_disk_changes(
    tmp_path, monkeypatch, capsys, words, message
):
    monkeypatch.chdir(tmp_path)
    try:
        code = main(REGISTER, words.split())
    except SystemExit as error:
        code = error.code
    assert code == 2
    captured = capsys.readouterr()
    assert message in captured.err
    assert not captured.out
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("below", ["", "x", "x/y"])
def test_results_below_a_file_are_refused_before_any_work(tmp_path, capsys, below):
    file = tmp_path / "file"
    file.write_text("kept")
    assert main(REGISTER, ["run", "toy", "--out", str(file / below)]) == 2
    assert "out must be a folder, got" in capsys.readouterr().err
    assert file.read_text() == "kept"


def test_without_results_check_says_what_to_do(tmp_path, capsys):
    assert main(REGISTER, ["check", "toy", "--out", str(tmp_path)]) == 1
    assert "run lab 'toy' first" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("name", "content"),
    [("0001-a.json", c) for c in ("{", "[]", '{"lab": "toy"}', '{"run": {}}')] + [("a.json", "{}")],
)
def test_a_damaged_session_is_named_before_any_work(tmp_path, capsys, name, content):
    (tmp_path / "toy" / "quick" / "sessions").mkdir(parents=True)
    (tmp_path / "toy" / "quick" / "sessions" / name).write_text(content)
    said = "is damaged" if name[0] == "0" else "must be named"
    assert main(REGISTER, ["check", "toy", "--out", str(tmp_path)]) == 1
    assert f"{name} {said}" in capsys.readouterr().err
    assert main(REGISTER, ["--out", str(tmp_path)]) == 0
    assert f"{name} {said}" in capsys.readouterr().out
    assert main(REGISTER, ["run", "toy", "--out", str(tmp_path)]) == 2
    assert f"{name} {said}" in capsys.readouterr().err
    assert not list(tmp_path.rglob("cells"))


def test_a_register_with_a_wrong_lab_is_refused(capsys):
    assert main({"tony": "tests.toy_lab"}, ["run", "tony"]) == 2
    assert "tests.toy_lab.LAB must be a Lab named 'tony'" in capsys.readouterr().err


def test_a_reader_that_has_read_enough_is_no_failure(out):
    words = [sys.executable, "-m", "tests.toy_lab", "check", "toy", "--json", "--out", str(out)]
    with subprocess.Popen(words, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as run:
        run.stdout.close()
        assert run.stderr.read() == b""
        assert run.wait(60) == 0


BLOCKED = """
import sys
class Block:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in ("torch", "sklearn", "mnist1d"):
            raise ImportError(f"{name} is blocked")
sys.meta_path.insert(0, Block())
from labs.kit import bench, texts
from labs.kit.cli import main
codes = [main({"toy": "tests.toy_lab"}, words.split()) for words in sys.argv[1:]]
assert codes == [0] * len(codes), codes
"""


def test_only_training_needs_torch(out):
    tail = f"--out {out}"
    commands = [f"{words} {tail}" for words in ("", "check toy --json", "draw toy", "report")]
    code = [sys.executable, "-c", BLOCKED, *commands]
    done = subprocess.run(code, cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr


def test_a_dry_run_trains_and_writes_nothing(tmp_path, capsys):
    assert main(REGISTER, ["run", "toy", "--dry-run", "--out", str(tmp_path)]) == 0
    assert "12 in 4 stacks, 12 to train now" in capsys.readouterr().out
    assert list(tmp_path.iterdir()) == []


def test_settings_are_shown_with_values_meaning_and_range(capsys):
    assert main(REGISTER, ["settings", "toy"]) == 0
    text = capsys.readouterr().out
    assert "replicates  (a whole number: at least 1)\n    coins per arm\n    smoke: 2\n" in text
    assert "arms  (a tuple, each text: fair, biased)" in text


def test_a_lab_may_be_a_file_or_a_module(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert main({}, ["settings", "tests.toy_lab"]) == 0
    assert "coins per arm" in capsys.readouterr().out
    assert main({}, ["new", "wide"]) == 0
    assert main({}, ["settings", "wide.py"]) == 0
    assert "hidden units" in capsys.readouterr().out
    assert main({"wide": "tests.toy_lab"}, ["run", "./wide.py"]) == 2
    assert "lab must be of a name that no other has" in capsys.readouterr().err
