"""Wheel, source distribution and editable install: what is in them, and that they work from any
folder, as `python -m labs` and as modules."""

import json
import os
import re
import subprocess
import sys
import sysconfig
import tarfile
import tomllib
import venv
import zipfile
from importlib.metadata import PackageNotFoundError, requires, version
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from labs import LABS
from labs.kit import texts
from labs.kit.references import reference
from labs.lessons import LESSONS

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
RESULTS = re.compile(r"figures/.*\.(json|csv)")
OF_CUDA = ("cuda-", "nvidia-", "triton")  # pinned by the builds of torch that bring them
WHERE = "import labs, mnist1d; print(labs.__file__); print(mnist1d.__file__)"
READS_THE_TABLE = """
from labs import LABS
from labs.kit import lab, verify
print(len(verify.reference(lab.load(LABS, "pooling")).rows))
"""


def build(source, folder):
    """Build source distribution and wheel of a folder; return their paths."""
    command = [sys.executable, "-m", "hatchling", "build", "-d", str(folder)]
    subprocess.run(command, cwd=source, check=True, capture_output=True, timeout=100)
    return next(folder.glob("*.tar.gz")), next(folder.glob("*.whl"))


def in_sdist(path):
    with tarfile.open(path) as archive:
        names = [member.name.partition("/")[2] for member in archive.getmembers()]
    return set(names) - {"PKG-INFO"}


def in_wheel(path):
    return {name for name in zipfile.ZipFile(path).namelist() if ".dist-info/" not in name}


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    return build(ROOT, tmp_path_factory.mktemp("built"))


@pytest.mark.skipif(not (ROOT / ".git").exists(), reason="this is a source distribution")
def test_the_source_distribution_is_what_git_keeps(built):
    listed = ["git", "ls-files", "--cached", "--others", "--exclude-standard"]
    names = subprocess.check_output(listed, cwd=ROOT, text=True).splitlines()
    assert in_sdist(built[0]) == {name for name in names if (ROOT / name).exists()}


def test_the_wheel_is_the_code_and_the_references_without_pictures(built):
    sources = in_sdist(built[0])
    expected = {name for name in sources if name.startswith(("mnist1d/", "labs/"))}
    expected |= {f"labs/{name}" for name in sources if RESULTS.fullmatch(name)}
    assert in_wheel(built[1]) == expected
    assert {"mnist1d/py.typed", "labs/py.typed", "labs/kit/new_lab.txt"} < expected
    assert {f"labs/figures/{name}.json" for name in LABS} < expected
    assert {f"labs/lessons/{name}/lesson.py" for name in LESSONS} < expected
    assert {f"labs/lessons/notebooks/{name}.ipynb" for name in LESSONS} < expected
    assert built[1].stat().st_size < 4e6


def test_the_source_distribution_builds_what_the_checkout_builds(built, tmp_path):
    with tarfile.open(built[0]) as archive:
        archive.extractall(tmp_path, filter="data")
    (unpacked,) = tmp_path.iterdir()
    again = build(unpacked, tmp_path / "built")
    assert in_sdist(again[0]) == in_sdist(built[0])
    assert in_wheel(again[1]) == in_wheel(built[1])


def brings(name):
    try:
        return requires(name) or ()
    except PackageNotFoundError:  # tests go without the tools of developers
        return ()


def needed(requirements):
    """Names of all packages that these requirements bring on this machine."""
    found, waiting = set(), [(text, "") for text in requirements]
    while waiting:
        text, extra = waiting.pop()
        requirement = Requirement(text)
        name = canonicalize_name(requirement.name)
        applies = requirement.marker is None or requirement.marker.evaluate({"extra": extra})
        if applies and name not in found and not name.startswith(OF_CUDA):
            found.add(name)
            more = requirement.extras | {""}
            waiting += [(other, e) for other in brings(name) for e in more]
    return found


def test_every_package_is_pinned():
    lines = (ROOT / "constraints.txt").read_text().splitlines()[1:]
    pins = {canonicalize_name(name): pin for name, pin in (line.split("==") for line in lines)}
    if any(version(name).partition("+")[0] != pins[name] for name in ("numpy", "torch", "pandas")):
        pytest.skip("these are not the pinned versions: others need other packages")
    extras = PROJECT["optional-dependencies"].values()
    own = [r for extra in extras for r in extra if not r.startswith(PROJECT["name"])]
    assert needed([*PROJECT["dependencies"], *own]) - set(pins) == set()


def environment(folder, *words):
    """Make an environment in which this project alone is installed, as pip is told by `words`, and
    all others are those of this process; return its Python."""
    venv.create(folder, symlinks=os.name != "nt")
    bases = {"base": str(folder), "platbase": str(folder)}
    site, scripts = (sysconfig.get_path(p, "venv", bases) for p in ("purelib", "scripts"))
    others = dict.fromkeys(sysconfig.get_path(name) for name in ("purelib", "platlib"))
    Path(site, "zz_others.pth").write_text("\n".join(others))  # the last paths of all
    python = Path(scripts, "python")
    command = [sys.executable, "-m", "pip", "--python", str(python), "install", "--quiet"]
    command += ["--no-deps", "--no-index", "--no-build-isolation", "--ignore-installed", *words]
    subprocess.run(command, check=True, capture_output=True, text=True, timeout=100)
    return python


@pytest.fixture(scope="module", params=["wheel", "editable"])
def installed(request, built, tmp_path_factory):
    words = [str(built[1])] if request.param == "wheel" else ["-e", str(ROOT)]
    return environment(tmp_path_factory.mktemp("environment"), *words)


@pytest.fixture
def call(installed, tmp_path, monkeypatch):
    """Run the installed project's Python in a folder, as a user with no environment of ours."""
    monkeypatch.delenv("PYTHONPATH", raising=False)

    def call(*words, code=0):
        command = [str(installed), *map(str, words)]
        done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=200)
        assert done.returncode == code, done.stdout + done.stderr
        return done

    return call


@pytest.fixture
def folder(tmp_path):
    """A folder of a course, with folders named like our packages."""
    for name in ("labs/week1", "mnist1d/notebooks"):
        (tmp_path / name).mkdir(parents=True)
    return tmp_path


pytestmark = pytest.mark.xdist_group("packaging")  # one worker builds and installs
slow = pytest.mark.slow


@slow
def test_folders_with_our_names_do_not_hide_us(call, folder):
    files = [Path(line) for line in call("-c", WHERE).stdout.splitlines()]
    assert [path.parent.name for path in files] == ["labs", "mnist1d"]
    assert folder not in files[0].parents
    call("-c", "from mnist1d import generate; generate()")
    call("-m", "mnist1d", "generate", "--out", "data.npz", "--n_train", "20")
    assert (folder / "data.npz").exists()


@slow
def test_the_reference_is_told_before_anything_was_run(call, folder):
    said = call("-m", "labs").stdout.splitlines()
    expected = [f"    reference: {texts.tally(reference(name)['claims'])}" for name in LABS]
    assert [line for line in said if "reference: " in line] == expected
    assert said.count("    not run here") == len(LABS)
    rows = len((ROOT / "figures" / "pooling.csv").read_text().splitlines()) - 1
    assert call("-c", READS_THE_TABLE).stdout == f"{rows}\n"


@slow
def test_lessons_are_there_without_a_checkout(call, folder):
    rows = json.loads(call("-m", "labs", "lessons", "--json").stdout)
    assert [row["name"] for row in rows] == list(LESSONS)
    call("-m", "labs", "lesson", "build", "all", "--format", "py", "--variant", "solution")
    built = {path.name for path in folder.glob("lessons/*")}
    assert built == {f"{name}-solution.py" for name in LESSONS}


@slow
def test_packages_of_ones_own_do_not_hide_us_from_the_command_line(call, tmp_path):
    (tmp_path / "mnist1d").mkdir()
    for name in ("mnist1d/__init__.py", "random.py", "torch.py"):
        (tmp_path / name).write_text("raise SystemExit('mine')")
    call("-m", "labs", "run", "pooling", "--preset", "smoke", "--jobs", "2")
    assert (tmp_path / "results" / "pooling" / "smoke" / "figure.png").exists()
    (tmp_path / "labs").mkdir()
    (tmp_path / "labs" / "__init__.py").touch()
    assert "No module named labs.__main__" in call("-m", "labs", "check", "pooling", code=1).stderr
    assert "replicates=2" in call("-P", "-m", "labs", "check", "pooling").stdout


@slow
def test_a_mnist1d_of_ones_own_is_named_in_python(call, tmp_path):
    (tmp_path / "mnist1d").mkdir()
    (tmp_path / "mnist1d" / "__init__.py").touch()
    error = call("-c", "import labs.data", code=1).stderr.splitlines()[-1]
    assert error.startswith("ImportError: mnist1d must be the one that lies beside labs in ")
    assert f"got {tmp_path.resolve() / 'mnist1d'}: start Python in another folder" in error
    call("-P", "-c", "import labs.data")


@slow
def test_a_report_is_written_in_a_checkout_alone(call, tmp_path):
    error = call("-m", "labs", "report", "--write", code=1).stderr
    assert error == (
        f"python -m labs: folder must be a checkout's, with a README.md, got {tmp_path}\n"
    )
    assert list(tmp_path.iterdir()) == []
    table = call("-m", "labs", "report").stdout
    assert all(f"[{name}](figures/{name}.md)" in table for name in LABS)
