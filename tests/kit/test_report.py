"""The committed reference and the README's table: written from stored results, stale when not."""

import json
from dataclasses import asdict, replace
from pathlib import Path

import pytest

from labs import LABS
from labs.kit import references, report, texts
from labs.kit.cli import main
from labs.kit.lab import load
from tests.toy_lab import LAB, README

REGISTER = {"toy": "tests.toy_lab"}
ROOT = Path(__file__).parents[2]


@pytest.fixture
def root(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "README.md").write_text(README)
    return tmp_path


def test_report_writes_the_reference_the_index_and_the_table(root, capsys):
    assert main(REGISTER, ["run", "toy", "--preset", "full", "--jobs", "1"]) == 0
    figures = root / "figures"
    of_labs = [figures / "README.md", figures / "DEVIATIONS.md"]
    assert report.stale([LAB], root) == [root / "README.md", *of_labs]
    capsys.readouterr()
    assert main(REGISTER, ["report", "--write"]) == 0
    assert "figures/toy.json: written, with its figures and table" in capsys.readouterr().out
    assert report.stale([LAB], root) == []
    names = {"toy.json", "toy.csv", "toy.md", "README.md", "DEVIATIONS.md"}
    names |= {f"toy{name}.{end}" for name in ("", "-again") for end in ("png", "svg")}
    assert {path.name for path in (root / "figures").iterdir()} == names
    reference = json.loads((root / "figures" / "toy.json").read_text())
    assert reference["claims"] == json.loads((root / "results/toy/full/claims.json").read_text())
    for key in ("lab", "version", "preset", "settings", "networks", "versions", "device", "commit"):
        assert key in reference
    assert reference["networks"] == 20
    assert reference["peak_memory_mb"] > 10
    readme = (root / "README.md").read_text()
    assert readme.startswith("# Title\n\n")
    assert readme.endswith("the rest\n")
    estimate = texts.estimate(reference["claims"][0])
    finding = f"The bias shows: {estimate} (holds)."
    assert f"| [toy](figures/toy.md) | Does training help a coin? | {finding} |" in readme
    index = (root / "figures" / "README.md").read_text()
    assert f"## [toy](toy.md)\n\n**Does training help a coin?** {finding}\n\nOf 2 claims" in index
    index = (root / "figures" / "toy.md").read_text()
    assert f"](toy.png)\n\nHeads of {estimate}.\n\n![Heads.](toy-again.png)" in index
    estimate = texts.estimate(reference["claims"][1])
    assert f"| **contradicted** | {estimate} | [" in index
    assert "| 90 by eye | " in index
    assert "The bias shows: " in index
    assert "* 20 coins were tossed." in index
    assert "| arm | heads |" in index
    assert "by an experiment or by the source itself:\n\n* T2: A fair coin knows" in index
    assert len(reference["claims"][0]["values"]) == 10
    assert {row["id"] for row in reference["power"]} == {"T1", "T2"}
    table = (root / "figures" / "toy.csv").read_text().splitlines()
    assert table == (root / "results/toy/full/table.csv").read_text().splitlines()
    reference["claims"][0]["verdict"] = "undecided"
    (root / "figures" / "toy.json").write_text(json.dumps(reference))
    assert len(report.stale([LAB], root)) == 3


def test_longer_training_stands_below_the_full_run_with_the_claims_that_it_has_data_for(root):
    for preset in ("full", "longer"):
        assert main(REGISTER, ["run", "toy", "--preset", preset, "--jobs", "1"]) == 0
    assert main(REGISTER, ["report", "--write"]) == 0
    reference = json.loads((root / "figures" / "toy-longer.json").read_text())
    assert reference["settings"]["tosses"] == 1000
    index = (root / "figures" / "toy.md").read_text()
    full, longer = index.split("## Longer training")
    assert "](toy.png)" in full
    assert "](toy-longer.png)" in longer
    with_data = [claim["id"] for claim in reference["claims"] if claim["n"]]
    assert 0 < len(with_data) < len(reference["claims"])
    assert [c["id"] for c in reference["claims"] if f"**{c['id']}**" in longer] == with_data
    assert report.stale([LAB], root) == []
    assert "; 20 networks in " in (root / "figures" / "README.md").read_text()


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--preset", "quick"], "no results in results/toy/full"),
        (["--preset", "full", "--set", "tosses=40"], "changed settings {'tosses': 40}"),
        (["--preset", "full", "--shard", "1/3"], "networks of results/toy/full are not stored"),
    ],
)
def test_only_a_complete_full_run_is_a_reference(root, words, message):
    assert main(REGISTER, ["run", "toy", "--jobs", "1", *words]) == 0
    said = report.write([LAB], results=root.joinpath("results").relative_to(root), root=root)
    assert "toy.json: left as it is" in said[0]
    assert message in said[0]
    assert not (root / "figures" / "toy.json").exists()


def test_without_results_pages_are_written_from_the_stored_references(root, capsys):
    assert main(REGISTER, ["run", "toy", "--preset", "full", "--jobs", "1"]) == 0
    assert main(REGISTER, ["report", "--write"]) == 0
    (root / "results").rename(root / "elsewhere")
    before = {p: p.read_bytes() for p in (root / "figures").iterdir()}
    for path in before:
        if path.suffix == ".md":
            path.unlink()
    capsys.readouterr()
    for _ in range(2):
        assert main(REGISTER, ["report", "--write"]) == 0
        assert "toy.json: left as it is; no results in results/toy/full" in capsys.readouterr().out
        assert {p: p.read_bytes() for p in (root / "figures").iterdir()} == before


def test_figures_that_a_lab_no_longer_has_go_with_the_next_reference(root):
    assert main(REGISTER, ["run", "toy", "--preset", "full", "--jobs", "1"]) == 0
    report.write([LAB], results=Path("results"), root=root)
    assert (root / "figures/toy-again.svg").exists()
    fewer = replace(LAB, figures={"heads": LAB.figures["heads"]})
    report.write([fewer], results=Path("results"), root=root)
    assert sorted(path.name for path in (root / "figures").glob("toy*.*g")) == [
        "toy.png",
        "toy.svg",
    ]


def test_a_figure_of_one_preset_is_drawn_there_and_nowhere_else(root):
    asked = replace(LAB.figures["heads"], preset="longer")
    lab = replace(LAB, figures={**LAB.figures, "asked": asked})
    for preset, names in {"full": ["toy", "toy-again"], "longer": ["toy-longer"]}.items():
        assert main(REGISTER, ["run", "toy", "--preset", preset, "--jobs", "1"]) == 0
        report.write([lab], results=Path("results"), root=root)
        stem = references.stem("toy", preset)
        found = json.loads((root / f"figures/{stem}.json").read_text())
        assert found["figures"] == names
        assert all((root / f"figures/{name}.svg").exists() for name in names)
    assert not (root / "figures/toy-asked.svg").exists()
    assert list(references.captions(lab, found)) == ["toy-longer"]


def test_a_lab_begins_with_a_figure_of_every_preset():
    alone = replace(LAB.figures["heads"], preset="longer")
    with pytest.raises(ValueError, match="figures must begin with one of no preset of its own"):
        replace(LAB, figures={"heads": alone})


def test_an_old_reference_has_no_caption_and_no_finding_of_claims_that_it_lacks(root):
    claims = [{"id": "T2", "verdict": "holds"}]
    found = {"preset": "full", "claims": claims, "version": LAB.version}
    assert references.captions(LAB, found) == {"toy": ""}
    assert references.finding(LAB, found) == "1 hold."
    drawn = found | {"figures": ["toy", "toy-again"]}
    assert references.captions(LAB, drawn) == {"toy": "", "toy-again": "Heads."}


def test_a_reference_of_an_older_version_says_so_wherever_its_finding_stands(root):
    assert main(REGISTER, ["run", "toy", "--preset", "full", "--jobs", "1"]) == 0
    report.write([LAB], results=Path("results"), root=root)
    newer = replace(LAB, version=LAB.version + 1)
    said = f"This reference is of version {LAB.version} of the lab: "
    report.write([newer], results=Path("nowhere"), root=root)
    for path in ("README.md", "figures/README.md", "figures/toy.md"):
        text = (root / path).read_text()
        assert text.count(said) == 1
        assert text.index("The bias shows") < text.index(said)
    report.write([LAB], results=Path("nowhere"), root=root)
    assert said not in (root / "README.md").read_text()


def test_a_readme_without_the_markers_is_refused(root, capsys):
    (root / "README.md").write_text("# Title\n")
    assert main(REGISTER, ["report", "--write"]) == 1
    assert "must hold the two lines" in capsys.readouterr().err


def test_the_readme_agrees_with_the_reference():
    assert report.stale([load(LABS, name) for name in LABS], ROOT) == [], (
        "run `python -m labs report --write`"
    )


AWAITED: tuple[str, ...] = ()  # labs whose newest version no full run has seen


@pytest.mark.parametrize("preset", ["full", *references.MORE])
@pytest.mark.parametrize("name", LABS)
def test_the_reference_is_of_this_version_of_the_lab(name, preset):
    path = ROOT / "figures" / (f"{name}.json" if preset == "full" else f"{name}-{preset}.json")
    if not path.exists():
        pytest.skip("no reference run")
    lab, reference = load(LABS, name), json.loads(path.read_text())
    if name in AWAITED:
        assert reference["version"] < lab.version
        pytest.skip("its new version has not been run in full yet, which its page says")
    ids = [claim["id"] for claim in reference["claims"]]
    assert ids == [claim.id for claim in lab.claims]
    if "rules" not in reference:
        pytest.skip("a reference made before rules travelled with the run")
    assert reference["version"] == lab.version
    assert reference["settings"] == json.loads(json.dumps(asdict(lab.presets[preset])))
    rules = [(claim["sentence"], claim["rule"]) for claim in reference["claims"]]
    assert rules == [(claim.sentence, claim.rule) for claim in lab.claims]
