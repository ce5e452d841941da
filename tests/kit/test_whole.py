"""Several labs in one command: one count of labs, networks and time for all of them."""

import re
import sys

import pytest

from labs.kit import progress
from labs.kit.cli import main

SECOND = """
from dataclasses import asdict, dataclass, replace
from tests import toy_lab

@dataclass(frozen=True)
class Cell(toy_lab.Cell):
    pass

def cells(config):
    return [Cell(**asdict(cell)) for cell in toy_lab.cells(config)]

LAB = replace(toy_lab.LAB, name="second", cell=Cell, cells=cells)
"""


@pytest.fixture
def call(tmp_path, monkeypatch, capsys):
    (tmp_path / "second_of_two.py").write_text(SECOND)
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr(progress, "MINUTE", 0.0)  # a line at every beat
    register = {"toy": "tests.toy_lab", "second": "second_of_two"}
    words = ["run", "all", "--preset", "smoke", "--jobs", "1", "--out", str(tmp_path / "out")]

    def run(*further, code=0):
        assert main(register, [*words, *further]) == code
        return capsys.readouterr()

    yield run
    sys.modules.pop("second_of_two", None)


def counts(text):
    return re.findall(r"(\d) of 2 labs, (\d+) of (\d+) networks.*now (\w+),", text)


def test_labs_and_networks_are_counted_over_all_labs(call):
    said = call()
    assert said.out.startswith("2 labs, 8 networks to train, about ")
    found = counts(said.err)
    assert found[0] == ("0", "2", "8", "toy")
    assert found[-1] == ("2", "8", "8", "second")
    assert ("1", "6", "8", "second") in found
    assert call().out.startswith("2 labs, 0 networks to train\n")


def test_a_lab_that_fails_is_counted_no_longer_and_the_others_train(call):
    said = call("--set", "accident=raise", code=1)
    assert said.err.count("Traceback") == 2
    assert said.out.count("lab       ") == 2


def test_a_dry_run_tells_the_whole_time_first(call, tmp_path):
    text = call("--dry-run").out
    assert text.startswith("2 labs, 8 networks to train, about ")
    assert not (tmp_path / "out").exists()


def test_further_looks_are_counted(call):
    said = call("--until-decided")
    totals = [int(total) for _, _, total, _ in counts(said.err)]
    assert (totals[0], totals[-1]) == (8, 32)
