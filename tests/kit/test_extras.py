"""Extras: what is missing is said before any work, and what needs none works without."""

import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from labs.kit.extras import EXTRAS, MissingExtraError, explained, require

ROOT = Path(__file__).parents[2]
BLOCKED = """
import sys
for name in {names!r}:
    sys.modules[name] = None
from labs import LABS
from labs.kit.cli import main
sys.exit(main({register}, {words!r}))
"""
PROJECTS = {"scikit-learn": "sklearn"}  # named otherwise than what is imported


def without(*names, words, register="LABS", folder):
    script = BLOCKED.format(names=names, words=words, register=register)
    command = [sys.executable, "-c", script]
    return subprocess.run(
        command, cwd=folder, env={"PYTHONPATH": str(ROOT)}, capture_output=True, text=True
    )


def test_the_table_is_that_of_the_package():
    listed = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    for extra, libraries in EXTRAS.items():
        names = [text.partition(">")[0] for text in listed["optional-dependencies"][extra]]
        assert [PROJECTS.get(name, name) for name in dict.fromkeys(names)] == list(libraries)


def test_require_names_purpose_library_and_extra(monkeypatch):
    monkeypatch.setitem(sys.modules, "torch", None)
    with pytest.raises(MissingExtraError, match=r"^run needs torch: pip install 'mnist1d-labs"):
        require("labs", "run")
    require("labs", "drawing", ["matplotlib"])


def test_an_import_error_of_something_else_is_left_alone():
    assert explained(ModuleNotFoundError("no", name="mine")) is None
    assert explained(ImportError("cannot import name 'x' from 'torch'", name="torch")) is None
    assert "mnist1d-labs[cluster]" in str(explained(ModuleNotFoundError(name="distributed.core")))


@pytest.mark.parametrize(
    ("words", "missing"),
    [
        (["run", "pooling", "--preset", "smoke"], "torch"),
        (["run", "pooling", "--preset", "smoke"], "tqdm"),
        (["run", "pooling", "--preset", "smoke", "--device", "cuda"], "torch"),
        (["run", "all", "--preset", "smoke"], "sklearn"),
        (["verify", "pooling"], "torch"),
        (["bench", "pooling"], "torch"),
        (["run", "pooling", "--executor", "dask"], "distributed"),
        (["draw", "pooling"], "matplotlib"),
        (["report", "--write"], "matplotlib"),
    ],
    ids=lambda value: value if isinstance(value, str) else " ".join(value),
)
def test_commands_say_what_they_miss_before_any_work(tmp_path, words, missing):
    done = without(missing, words=words, folder=tmp_path)
    extra = "cluster" if missing == "distributed" else "labs"
    assert done.returncode == 1, done.stderr
    assert done.stdout == ""
    assert f"needs {missing}: pip install 'mnist1d-labs[{extra}]'" in done.stderr
    assert done.stderr.count("\n") == 1
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    "words", [[], ["settings", "pooling"], ["run", "pooling", "--dry-run"]], ids=" ".join
)
def test_other_commands_need_none(tmp_path, words):
    everything = [name for names in EXTRAS.values() for name in names]
    done = without(*everything, "joblib", "threadpoolctl", words=words, folder=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "pooling" in done.stdout or "replicates" in done.stdout


def test_stored_results_are_judged_without_any(tmp_path):
    toy = "{'toy': 'tests.toy_lab'}"
    run = without("distributed", words=["run", "toy", "--jobs", "1"], register=toy, folder=tmp_path)
    assert run.returncode == 0, run.stderr
    everything = [name for names in EXTRAS.values() for name in names]
    check = without(*everything, words=["check", "toy"], register=toy, folder=tmp_path)
    assert check.returncode == 0, check.stderr
    assert "T1" in check.stdout
