"""What `python -m labs new` writes runs as it is and meets the contract of a lab."""

import subprocess
import sys

import pytest

from labs.kit.cli import main
from labs.kit.lab import load
from tests import alone
from tests import test_contract as contract
from tests.labs_of_others import commands
from tests.test_memory_of_labs import assert_estimate

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("new lab")]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("new")


@pytest.fixture
def lab(folder, monkeypatch):
    monkeypatch.chdir(folder)
    if not (folder / "mine.py").exists():
        assert main({}, ["new", "mine"]) == 0
    return load({}, "mine.py")


def test_it_runs_by_one_command_and_again_without_work(lab, folder):
    command = [sys.executable, "-m", "labs", "run", "mine.py", "--preset", "smoke", "--jobs", "2"]
    for said in (" 4 to train now", " 0 to train now"):
        done = subprocess.run(command, capture_output=True, text=True, timeout=300)
        assert done.returncode == 0, done.stderr
        assert said in done.stdout
    assert_estimate(lab, folder / "results")


def test_it_runs_on_a_cluster(lab, tmp_path):
    pytest.importorskip("distributed")
    words = ["run", "./mine.py", "--preset", "smoke", "--jobs", "2", "--executor", "dask"]
    command = [sys.executable, "-m", "labs", *words, "--out", str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300)
    assert (done.returncode, done.stderr) == (0, "")


def test_every_command_works_with_it(lab, folder, tmp_path):
    text = (folder / "mine.py").read_text()
    short = text.replace("Config(steps=6000)", "Config(steps=20)").replace("300", "3")
    assert short.count("=20)") == text.count("=20)") + 1
    (tmp_path / "mine.py").write_text(short)
    jobs, name = ("--jobs", "2"), "./mine.py"
    said = commands(
        {},
        ["settings", name],
        ["run", name, "--preset", "full", *jobs],
        ["check", name],
        ["draw", name],
        ["bench", name, *jobs],
        ["report", name, "--write"],
        ["verify", name, *jobs],
        cwd=tmp_path,
    )
    for words in ("hidden units", "24 to train now", "W1", "figure.svg", "MLP", ": 0 differ"):
        assert words in said


def test_it_meets_the_contract(lab):
    for law in (
        contract.test_it_introduces_itself,
        contract.test_it_says_how_and_what_that_cannot_show,
        contract.test_what_was_changed_after_a_look_has_its_date,
        contract.test_presets_construct_and_are_frozen,
        contract.test_every_setting_can_be_typed,
        contract.test_keys_are_unique_and_stacks_are_a_partition,
        contract.test_a_look_holds_the_earlier_ones,
        contract.test_full_has_ten_replicates,
        contract.test_settings_say_what_they_mean,
        contract.test_every_function_that_is_named_by_its_path_is_there,
        contract.test_measures_read_columns_that_cells_and_records_have,
    ):
        law(lab)
    for stack in alone.mixed(lab):
        alone.assert_alone_as_together(lab, stack, alone.records(lab, stack))


def test_it_is_short_and_its_style_is_that_of_the_house(lab, folder):
    lines = (folder / "mine.py").read_text().splitlines()
    assert len([line for line in lines if line.strip()]) < 96
    assert max(map(len, lines)) <= 100
