"""From Python: what the command line does, as values."""

import sys
from dataclasses import replace
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

import labs
from labs.kit import api
from labs.kit.cli import main
from tests.toy_lab import LAB

REGISTER = {"toy": "tests.toy_lab"}


def run(lab="toy", *words, **settings):
    return api.run(REGISTER, lab, *words, **{"jobs": 1, **settings})


@pytest.fixture
def without_pandas(monkeypatch):
    monkeypatch.setitem(sys.modules, "pandas", None)


@pytest.fixture
def found(tmp_path):
    return run(out=tmp_path)


def outputs(out):
    return {p.relative_to(out): p.read_bytes() for p in out.rglob("cells/*")}


def test_it_does_what_the_command_line_does(tmp_path):
    found = run(out=tmp_path / "a", replicates=5, arms=["fair", "biased"], tosses=np.int64(50))
    words = ["--set", "replicates=5", "tosses=50", "--jobs", "1", "--out", str(tmp_path / "b")]
    assert main(REGISTER, ["run", "toy", *words]) == 0
    assert outputs(tmp_path / "a") == outputs(tmp_path / "b")
    for name in ("claims.json", "table.csv", "figure.png", "figure-again.svg"):
        one, two = (tmp_path / side / "toy" / "quick" / name for side in "ab")
        assert one.read_bytes() == two.read_bytes()
    assert found.plan.config.tosses == 50


def test_verdicts_are_found_by_place_and_by_id_and_read_as_a_table(found):
    first, second = found.verdicts
    assert found.verdicts["T1"] == found.verdicts[0] == first
    assert (first.verdict, second.verdict) == ("holds", "contradicted")
    assert "A fair coin shows 90 % heads." in repr(found.verdicts)
    with pytest.raises(ValueError, match=r"claim must be one of T1, T2, got 'T3'"):
        found.verdicts["T3"]
    assert "12 networks: 1 hold, 1 contradicted. The bias shows: " in repr(found)
    assert found.remarks[0].text == "12 coins were tossed."


def test_columns_are_arrays(without_pandas, found):
    assert found.table["heads"].shape == (12,)
    assert found.table["curve"].shape == (12, 40)
    assert found.table["arm"].tolist() == ["fair"] * 6 + ["biased"] * 6
    assert found.table["heads"][found.table["arm"] == "biased"].mean() > 70


def test_columns_are_a_frame_where_pandas_is(monkeypatch, found):
    pandas = ModuleType("pandas")
    pandas.DataFrame = lambda columns: ("frame", columns)
    monkeypatch.setitem(sys.modules, "pandas", pandas)
    kind, columns = found.table
    assert kind == "frame"
    assert len(columns["curve"]) == 12


def test_columns_of_unequal_rows(without_pandas):
    rows = [{"a": 1, "b": 1.5, "c": [1], "d": "x"}, {"a": 2, "b": None, "c": [1, 2]}]
    table = api.frame(rows)
    assert table["a"].dtype == int
    assert np.isnan(table["b"][1])
    assert table["c"].tolist() == [[1], [1, 2]]
    assert table["d"].tolist() == ["x", None]


def test_figures_show_themselves(found):
    drawn = found.figure()
    assert drawn._repr_png_().startswith(b"\x89PNG")
    assert found.figure("again").axes
    with pytest.raises(ValueError, match="figure must be one of heads, again, got 'tails'"):
        found.figure("tails")


def test_the_same_call_trains_nothing_again(tmp_path, monkeypatch):
    run(out=tmp_path)
    monkeypatch.setattr("tests.toy_lab.train", None)
    before = outputs(tmp_path)
    assert run(out=tmp_path).results.missing == 0
    assert outputs(tmp_path) == before


def test_looks_and_shards(tmp_path):
    decided = run(out=tmp_path / "a", preset="smoke", until_decided=True)
    assert decided.verdicts["T1"].look == 8
    part = run(out=tmp_path / "b", shard=(2, 2))
    assert part.results.missing == 6
    assert "6 networks are not stored yet" in " ".join(repr(part).split())


def test_a_lab_of_ones_own_is_a_value(tmp_path):
    mine = replace(LAB, name="mine")
    assert run(mine, out=tmp_path).plan.folder == tmp_path / "mine" / "quick"
    assert run(LAB, out=tmp_path).plan.folder == tmp_path / "toy" / "quick"
    with pytest.raises(ValueError, match="of a name that no other has, got 'toy'"):
        run(replace(LAB, version=2), out=tmp_path)


@pytest.mark.parametrize(
    ("arguments", "kind", "words"),
    [
        ({"lab": "tony"}, ValueError, "did you mean 'toy'"),
        ({"lab": 3}, TypeError, "lab must be a Lab, a name, a path or a module, got int"),
        ({"preset": "quik"}, ValueError, "did you mean 'quick'"),
        ({"replicats": 5}, ValueError, "did you mean 'replicates'"),
        ({"replicates": "5"}, TypeError, "replicates must be a whole number, got '5'"),
        ({"replicates": 0}, ValueError, "replicates must be at least 1, got 0"),
        ({"arms": ["red"]}, ValueError, "arms must be one of fair, biased, got 'red'"),
        ({"device": "cuda"}, ValueError, "device must be one that lab 'toy' can use here"),
        ({"jobs": 0}, ValueError, "jobs must be a whole number of at least 1, got 0"),
        ({"executor": "dusk"}, ValueError, "executor must be dask or an address"),
        ({"shard": 2}, TypeError, "shard must be a pair of whole numbers, got 2"),
        ({"shard": (1, 2, 3)}, TypeError, "shard must be a pair of whole numbers"),
        ({"until_decided": "yes"}, TypeError, "until_decided must be True or False, got 'yes'"),
        ({"executor": 3}, TypeError, "executor must be text or None, got 3"),
        ({"preset": 5}, TypeError, "preset must be text, got 5"),
        ({"device": None}, TypeError, "device must be text, got None"),
        ({"replicates": 10**11}, ValueError, "replicates must be at most 100000"),
        ({"shard": (3, 2)}, ValueError, r"shard must be .*, got \(3, 2\)"),
    ],
)
def test_bad_arguments_are_refused_before_any_work(tmp_path, arguments, kind, words):
    with pytest.raises(kind, match=words):
        run(out=tmp_path, **arguments)
    assert not list(tmp_path.iterdir())


def test_damaged_files_are_said(tmp_path):
    run(out=tmp_path)
    path = next(tmp_path.rglob("cells/*.json"))
    path.write_text("{")
    with pytest.warns(UserWarning, match=f"{path.name}: truncated.*; it is trained again"):
        assert run(out=tmp_path).results.missing == 0


def test_home_is_home(tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    assert run(out="~/results").plan.folder == tmp_path / "results" / "toy" / "quick"


def test_references_are_read_and_not_trained(without_pandas):
    found = labs.reference("benchmark")
    assert found.verdicts["C1-cnn-gru"].verdict == "holds"
    assert found.found["networks"] == len(found.table["model"]) > 300
    assert found.table["replicate"].dtype == int
    assert f"reference of {found.found['networks']} networks: " in " ".join(repr(found).split())
    assert found.figures[0].name == "benchmark.png"
    assert [path.stem for path in found.figures] == found.found["figures"]
    for out in (3, ""):
        with pytest.raises(TypeError, match="out must be the path of a folder"):
            run(out=out)
    with pytest.raises(ValueError, match="with a committed reference, got 'toy'"):
        api.reference(REGISTER, "toy")


def test_every_lab_has_a_reference_that_can_be_read():
    for name in labs.LABS:
        found = labs.reference(name)
        assert len(found.verdicts) == len(found.found["claims"]) > 0
        assert Path(found.figures[0]).exists()
        assert found.finding in " ".join(repr(found).split())
        assert "{" not in found.finding
        if not (found.folder / f"{name}.csv").exists():
            with pytest.raises(FileNotFoundError, match=f"{name!r} was made before tables"):
                _ = found.table
