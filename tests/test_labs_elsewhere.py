"""Labs of other people: a file, a module, what an installed package offers; every command."""

import shutil
import sys
from functools import partial
from pathlib import Path

import pytest

from labs import LABS
from labs.kit import elsewhere
from labs.kit.cli import main
from labs.kit.lab import load
from tests.labs_of_others import commands, offer, python, write_file, write_package

ROOT = Path(__file__).parents[1]


@pytest.fixture
def clean(monkeypatch, tmp_path):
    """A working folder, in `sys.path` as with `python -m labs`."""
    monkeypatch.chdir(tmp_path)
    sys.path.insert(0, str(tmp_path))  # until the test ends: see conftest.py
    return tmp_path


@pytest.fixture
def site(clean):
    """A folder for installed packages."""
    sys.path.append(str(clean / "site"))
    return clean / "site"


@pytest.fixture
def refused(capsys):
    def call(*words, register=LABS):
        assert main(register, words) == 2
        return capsys.readouterr().err

    return call


WAYS = {  # register, LAB, folders of packages
    "a name in the register": ({"dice": "dice.lab"}, "dice", ["plain"]),
    "a file of one's own": ({}, "one file/dice.py", []),
    "a file in a package": ({}, "plain/dice/lab.py", []),
    "a module": ({}, "dice.lab", ["plain"]),
    "an installed package": ({}, "dice", ["installed"]),
}


@pytest.mark.slow
@pytest.mark.xdist_group("labs elsewhere")
@pytest.mark.parametrize("way", WAYS)
def test_every_command_works_with_every_way_of_naming_a_lab(way, tmp_path):
    register, lab, folders = WAYS[way]
    write_package(tmp_path / "plain", "dice", offered=False)
    write_package(tmp_path / "installed", "dice", offered=True)
    write_file(tmp_path / "one file/dice.py", "dice")
    path = [tmp_path / folder for folder in folders]

    call = partial(commands, cwd=tmp_path, path=path)

    jobs = ["--jobs", "2"]
    run = ["run", lab, "--preset", "full", *jobs]
    said = call(
        register,
        ["settings", lab],
        run,
        run,
        ["check", lab],
        ["draw", lab],
        ["bench", lab, *jobs],
        [],
    )
    said += call({}, ["report", "dice.lab" if register else lab, "--write"])
    said += call(register, ["verify", lab, *jobs])
    for words in (
        "dice of each kind",
        "12 in 2 stacks, 12 to train now",
        "in 2 processes of one thread",
        "12 in 2 stacks, 0 to train now",
        "D1 ",
        "figure.svg",
        "ratio",
        "dice.json: written",
        " numbers: 0 differ",
    ):
        assert words in said
    listed = "dice: Do more sides show more?\n    reference" in call(register, [])
    assert listed == (way in ("a name in the register", "an installed package"))


@pytest.mark.parametrize(
    "name",
    ["mine.py", "my-lab.py", "a folder/mine.py", "folder/my lab.py", "naïve.py"],
)
def test_a_file_may_be_named_as_one_likes(clean, name):
    write_file(clean / name, "mine")
    assert load({}, name).name == "mine"
    assert load({}, f"./{name}") is load({}, str(clean / name)) is load({}, name)


def test_a_path_may_begin_at_home_and_go_through_links(clean, monkeypatch):
    monkeypatch.setenv("HOME", str(clean))
    monkeypatch.setenv("USERPROFILE", str(clean))
    write_file(clean / "real/mine.py", "mine")
    (clean / "linked").symlink_to(clean / "real")
    (clean / "linked.py").symlink_to(clean / "real/mine.py")
    for name in ("~/real/mine.py", "linked/mine.py", "linked.py"):
        assert load({}, name).file == (clean / "real/mine.py").resolve()


def test_a_file_beside_it_is_imported_before_one_in_the_working_folder(clean):
    write_file(clean / "folder/mine.py", "mine")
    (clean / "folder/dice_helper.py").write_text("SOURCE = 'beside it'")
    (clean / "dice_helper.py").write_text("SOURCE = 'in the working folder'")
    with open(clean / "folder/mine.py", "a") as file:
        file.write("\nfrom dataclasses import replace\nfrom dice_helper import SOURCE\n")
        file.write("LAB = replace(LAB, source=SOURCE)\n")
    assert load({}, "folder/mine.py").source == "beside it"


def test_a_file_in_packages_is_imported_with_them(clean):
    write_package(clean / "outer", "inner", offered=False)
    (clean / "outer/__init__.py").touch()
    assert load({}, "outer/inner/lab.py").cells.__module__ == "outer.inner.lab"


@pytest.mark.parametrize("name", ["statistics.py", "antigravity.py", "numpy.py", "torch.py"])
def test_a_file_that_would_hide_a_library_is_refused(clean, refused, name):
    write_file(clean / "folder" / name, "mine")
    before = list(sys.path)
    assert "must be in a file that is named like no other module" in refused(
        "settings", f"folder/{name}"
    )
    assert sys.path == before


def test_two_files_of_one_name_are_not_taken_for_each_other(clean, refused):
    write_file(clean / "one/mine.py", "mine")
    write_file(clean / "two/mine.py", "mine")
    load({}, "one/mine.py")
    assert "one/mine.py, rename it" in refused("settings", "two/mine.py")


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("nowhere.py", "lab must be a Python file that is there, got 'nowhere.py'"),
        ("folder/nowhere", "lab must be a Python file that is there"),
        ("notes.txt", "lab must be a Python file that is there"),
        ("folder.py", "lab must be a Python file that is there"),
        ("my.lab.py", "whose name has no dot"),
        ("empty.py", "empty.LAB must be a Lab, got NoneType"),
        ("number.py", "number.LAB must be a Lab, got int"),
        ("empty", "empty.LAB must be a Lab, got NoneType"),
        ("folder.nothing", "No module named 'folder.nothing'"),
        ("json", "lab must be one of "),
        ("poolng", "did you mean 'pooling'?"),
        ("", "lab must be one of "),
    ],
)
def test_what_is_no_lab_is_refused_in_a_sentence(clean, refused, name, message):
    (clean / "folder").mkdir()
    (clean / "folder/__init__.py").touch()
    (clean / "folder.py").mkdir()
    for file, text in {
        "notes.txt": "",
        "my.lab.py": "",
        "empty.py": "",
        "number.py": "LAB = 1",
    }.items():
        (clean / file).write_text(text)
    assert message in refused("settings", name)


BROKEN = {
    "syntax": ("x = (1,\n", "SyntaxError", "x = (1,"),
    "name": ("x = 1\ny = unheard_of\n", "NameError", "y = unheard_of"),
    "library": ("import unheard_of\n", "ModuleNotFoundError", "import unheard_of"),
    "exit": ("raise SystemExit(3)\n", "SystemExit: 3", "raise SystemExit(3)"),
    "lab": ("from labs.kit.lab import Lab\nLAB = Lab()\n", "TypeError", "LAB = Lab()"),
}


@pytest.mark.parametrize("fault", BROKEN)
def test_a_module_that_fails_is_shown_with_its_own_lines(clean, refused, fault):
    text, error, line = BROKEN[fault]
    (clean / "broken.py").write_text(text)
    said = refused("settings", "broken.py")
    assert said.startswith("python -m labs: lab must be importable, got 'broken.py': ")
    assert error in said
    assert line in said
    assert said.count('File "') == 1
    assert "Traceback" not in said


def test_what_is_offered_is_listed_and_what_is_broken_says_so(site, capsys):
    write_package(site, "theirs", offered=True)
    offer(site, "broken_one", {"broken": "broken_one"})
    (site / "broken_one.py").write_text("raise RuntimeError('out of order')")
    offer(site, "gone", {"vanished": "no_such_module:LAB"})
    assert main({}, []) == 0
    said = capsys.readouterr().out
    assert "theirs: Do more sides show more?\n    not run here" in said
    assert "broken: lab must be importable, got 'broken': RuntimeError: out of order" in said
    assert "vanished: lab must be importable, got 'vanished': ModuleNotFoundError" in said


def test_a_package_may_offer_several_labs_of_one_module(site):
    lab = write_package(site, "theirs", offered=False)
    with open(lab, "a") as file:
        file.write("from dataclasses import replace\nOTHER = replace(LAB, name='other')\n")
    offer(site, "theirs", {"theirs": "theirs.lab", "other": "theirs.lab:OTHER"})
    assert [load({}, name).name for name in ("theirs", "other")] == ["theirs", "other"]


def test_an_offer_under_another_name_is_refused(site, refused):
    write_package(site, "theirs", offered=False)
    offer(site, "theirs", {"pretty": "theirs.lab"})
    assert "must be a Lab named 'pretty', got one named 'theirs'" in refused("settings", "pretty")


def test_a_name_that_two_packages_offer_is_refused_and_each_is_there_by_its_module(site, refused):
    write_package(site, "one", offered=True, lab="dice")
    write_package(site, "two", offered=True, lab="dice")
    said = refused("settings", "dice")
    assert "must be offered by one package, got 'dice' of one (one.lab), two (two.lab)" in said
    assert load({}, "two.lab").cells.__module__ == "two.lab"


def test_ours_keep_their_names(clean, site, refused):
    write_package(site, "theirs", offered=True, lab="pooling")
    assert load(LABS, "pooling").cells.__module__.startswith("labs.pooling")
    write_file(clean / "mine.py", "pooling")
    for name in ("theirs.lab", "mine.py"):
        assert "must be of a name that no other has, got 'pooling'" in refused("settings", name)
    ours = ROOT / LABS["pooling"].replace(".", "/")
    assert load(LABS, f"{ours}.py") is load(LABS, "labs.pooling.lab") is load(LABS, "pooling")


def test_a_new_lab_is_not_named_as_an_offered_one(site, refused):
    offer(site, "theirs", {"dice": "theirs.lab"})
    assert "NAME must be one that no lab and no module has" in refused("new", "dice")


def test_run_all_keeps_to_ours(site, capsys):
    write_package(site, "theirs", offered=True)
    register = {"toy": "tests.toy_lab"}
    assert main(register, ["run", "all", "--preset", "smoke", "--dry-run"]) == 0
    said = capsys.readouterr().out
    assert "lab       toy" in said
    assert "theirs" not in said


RUN = ("--preset", "smoke", "--jobs", "1")


def test_two_labs_of_one_name_do_not_read_each_others_networks(clean, capsys, refused):
    write_file(clean / "mine.py", "mine")
    other = write_file(clean / "other.py", "mine")
    other.write_text(f"{other.read_text()}# another\n")
    shutil.copy("mine.py", "copy_of_it.py")
    assert main({}, ["run", "mine.py", *RUN]) == 0
    rule = "results/mine must hold results of lab 'mine' in"
    assert rule in refused("run", "other.py", *RUN)
    for command in ("check", "draw"):
        assert main({}, [command, "other.py"]) == 1
        assert rule in capsys.readouterr().err
    assert main({}, ["run", "other.py", *RUN, "--out", "elsewhere"]) == 0
    capsys.readouterr()
    for path in ("mine.py", "copy_of_it.py"):
        assert main({}, ["run", path, *RUN]) == 0
        assert " 0 to train now" in capsys.readouterr().out


def test_a_lab_goes_on_where_it_is_moved_edited_or_called_from_elsewhere(
    clean, capsys, monkeypatch
):
    out = ("--out", str(clean / "out"))
    write_file(clean / "mine.py", "mine")
    assert main({}, ["run", "mine.py", *RUN, *out]) == 0
    (clean / "deep/down").mkdir(parents=True)
    monkeypatch.chdir(clean / "deep/down")
    capsys.readouterr()
    assert main({}, ["run", "../../mine.py", *RUN, *out]) == 0
    assert " 0 to train now" in capsys.readouterr().out
    with open(clean / "mine.py", "a") as file:
        file.write("# a remark\n")
    assert main({}, ["check", "../../mine.py", *out]) == 0
    (clean / "mine.py").rename(clean / "renamed.py")
    capsys.readouterr()
    assert main({}, ["run", "../../renamed.py", *RUN, *out]) == 0
    assert " 0 to train now" in capsys.readouterr().out


def test_a_damaged_owner_is_no_owner(clean):
    write_file(clean / "mine.py", "mine")
    assert main({}, ["run", "mine.py", *RUN]) == 0
    (clean / "results/mine/lab.json").write_text("[")
    assert main({}, ["check", "mine.py"]) == 0


def test_a_reference_lies_beside_its_lab(clean, capsys, refused):
    write_file(clean / "folder/mine.py", "mine")
    path = "folder/mine.py"
    assert "figures/mine.csv is not there" in refused("verify", path)
    assert main({}, ["run", path, "--preset", "full", "--jobs", "1"]) == 0
    assert main({}, ["report", path, "--write"]) == 0
    found = sorted(p.name for p in (clean / "folder/figures").iterdir())
    assert found == ["mine.csv", "mine.json", "mine.png", "mine.svg"]
    capsys.readouterr()
    assert main({}, ["report", path]) == 0
    assert "# mine\n\n**Do more sides show more?**" in capsys.readouterr().out
    assert "LAB must be one that stands elsewhere, got 'toy'" in refused(
        "report", "toy", register={"toy": "tests.toy_lab"}
    )


FOLLOWED = """
import sys
from labs.kit.lab import load
print(load({}, sys.argv[1]).claims[0].digests["measure"])
"""


@pytest.mark.parametrize("offered", [True, False])
def test_a_measure_of_an_installed_lab_has_a_digest_of_its_code(tmp_path, offered):
    # what else is installed stands with its name
    site = tmp_path / "site-packages"
    lab = write_package(site, "theirs", offered=offered)
    found = []
    for change in ("difference(table)", "difference(table) or {}"):
        lab.write_text(lab.read_text().replace("return difference(table)", f"return {change}"))
        name = "theirs" if offered else "theirs.lab"
        found.append(python("-c", FOLLOWED, name, cwd=tmp_path, path=[site]))
    assert (found[0] != found[1]) == offered


def test_an_offer_names_its_module():
    assert elsewhere.only("dice", [_entry("theirs.lab")]) == ("theirs.lab", "LAB")
    assert elsewhere.only("dice", [_entry("theirs.lab:DICE")] * 2) == ("theirs.lab", "DICE")


def _entry(value):
    return elsewhere.EntryPoint("dice", value, "mnist1d_labs")
