"""A setting that says where the reader keeps files: no part of a committed reference."""

import csv
import json
from dataclasses import dataclass, replace

import pytest

from labs.kit import settings, verify
from labs.kit.cli import main
from labs.kit.settings import setting
from tests import toy_lab
from tests.toy_lab import README

REGISTER = {"filed": "tests.kit.test_reader_files"}


@dataclass(frozen=True)
class Config(toy_lab.Config):
    data_dir: str = setting("", "folder of more coins", place=True)


@dataclass(frozen=True)
class Cell(toy_lab.Cell):
    folder: str = ""


def cells(config):
    kept = [Cell(**vars(cell)) for cell in toy_lab.cells(config)]
    more = [replace(c, folder=config.data_dir) for c in kept if c.arm == "biased"]
    return kept + (more if config.data_dir else [])


PRESETS = {name: Config() for name in ("smoke", "quick", "full")}
LAB = replace(
    toy_lab.LAB,
    name="filed",
    presets=PRESETS,
    cell=Cell,
    cells=cells,
    claims=toy_lab.CLAIMS[1:],
    finding="{T2}",
    figures={"heads": replace(toy_lab.LAB.figures["heads"], caption="Heads.")},
    bench=None,
)


@pytest.fixture(scope="module")
def root(tmp_path_factory):
    root = tmp_path_factory.mktemp("root")
    (root / "README.md").write_text(README)
    folder = root / "my coins"
    folder.mkdir()
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(root)
        run = ["run", "filed", "--preset", "full", "--jobs", "1", "--set", f"data_dir={folder}"]
        assert main(REGISTER, run) == 0
        assert main(REGISTER, ["report", "--write"]) == 0
    return root


def test_a_reference_with_the_readers_files_is_of_its_preset_and_does_not_name_them(root):
    found = json.loads((root / "figures/filed.json").read_text())
    assert found["settings"] == json.loads(json.dumps(vars(Config())))
    assert found["networks"] == 18
    for path in root.glob("figures/*.*"):
        if path.suffix in (".json", ".csv", ".md"):
            assert "my coins" not in path.read_text(), path
    rows = list(csv.DictReader((root / "figures/filed.csv").read_text().splitlines()))
    assert [row["folder"] for row in rows] == [""] * 12 + ["given"] * 6


def test_what_needs_files_is_not_verified(root):
    found = verify.reference(LAB, root / "figures")
    assert len(found.rows) == 12
    assert all(one.agrees for one in verify.compare(found, 3))


def test_any_other_changed_setting_is_no_reference(root, monkeypatch, capsys):
    monkeypatch.chdir(root)
    out = ["--out", "others", "--jobs", "1"]
    assert main(REGISTER, ["run", "filed", "--preset", "full", "--set", "tosses=50", *out]) == 0
    capsys.readouterr()
    assert main(REGISTER, ["report", "--write", "--out", "others"]) == 0
    assert "changed settings {'tosses': 50}" in " ".join(capsys.readouterr().out.split())


def test_only_places_that_are_given_count():
    assert settings.places(Config()) == {}
    assert settings.places(Config(data_dir="there")) == {"data_dir": "there"}
