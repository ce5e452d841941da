"""The list of labs: quick to load, and the same whether it is read or judged."""

import json
import subprocess
import sys

import pytest

from labs import LABS
from labs.kit import listing
from labs.kit.cli import main
from tests.toy_lab import LAB

REGISTER = {"toy": "tests.toy_lab"}
SLOW = ("torch", "sklearn", "matplotlib", "tqdm", "scipy.special", "scipy.stats", "scipy.optimize")
LOADED = """
import sys
from labs import LABS
from labs.kit.cli import main
try:
    main(LABS, sys.argv[1:])
except SystemExit:
    pass
print(*sys.modules, file=sys.stderr)
"""


@pytest.mark.parametrize("words", ["", "--help", "run pooling --help"])
def test_what_trains_nothing_loads_no_lab_and_nothing_slow(words, tmp_path):
    command = [sys.executable, "-c", LOADED, *words.split()]
    if not words:
        command += ["--out", str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    loaded = set(done.stderr.split())
    assert "labs.kit.listing" in loaded
    assert loaded.isdisjoint((*SLOW, *LABS.values(), "labs.nn", "mnist1d"))


def test_every_lab_asks_what_its_reference_says(capsys, tmp_path):
    assert main(LABS, ["--out", str(tmp_path)]) == 0
    said = capsys.readouterr().out.splitlines()
    assert [line.partition(":")[0] for line in said if not line.startswith(" ")] == list(LABS)


@pytest.fixture
def train(tmp_path):
    def run(*words):
        command = ["run", "toy", "--preset", "smoke", "--jobs", "1", "--out", str(tmp_path)]
        assert main(REGISTER, [*command, *words]) == 0
        (tmp_path / "toy" / "lab.json").unlink()  # as if it were a lab of ours
        return tmp_path / "toy"

    return run


@pytest.mark.parametrize("words", [[], ["--shard", "1/2"]])
def test_verdicts_are_read_where_they_were_written_last(words, train, tmp_path):
    assert listing._as_written(tmp_path / "toy", 1) == listing.NOT_RUN
    said = listing._as_written(train(*words), 1)
    assert said.startswith("smoke: ")
    assert said == listing._judged(LAB, tmp_path)
    assert ("not stored yet" in said) == bool(words)


@pytest.mark.parametrize("fault", ["version", "session", "damage", "owner"])
def test_verdicts_that_may_be_others_by_now_are_judged_again(fault, train):
    folder = train()
    assert listing._as_written(folder, 1)
    (session,) = folder.glob("smoke/sessions/*.json")
    if fault == "session":  # of a run that was killed before it judged
        content = json.loads(session.read_text())
        content["session"]["networks_trained"] += 1
        session.write_text(json.dumps(content))
    elif fault == "damage":
        (folder / "smoke" / "claims.json").write_text("[")
    elif fault == "owner":
        (folder / "lab.json").write_text("{}")
    assert listing._as_written(folder, 2 if fault == "version" else 1) == ""
