"""The original package has our name: whatever pip makes of the two is found out at import.

Here the packages are folders of copies, and their installation is a copy of files.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import mnist1d
from mnist1d.mixture import installed_beside

OURS = Path(mnist1d.__file__).parent
LABS = OURS.parent / "labs"
# What the original's files import of each other; that is all that counts here.
THEIRS = {
    "__init__.py": "from .data import get_dataset\nfrom .transform import transform\n",
    "data.py": "import mnist1d\nfrom mnist1d.transform import transform\nget_dataset = transform\n",
    "transform.py": "import numpy\ntransform = len\n",
    "utils.py": "import pickle\n",
}
CURE = "run 'python -m pip uninstall -y mnist1d mnist1d-labs', then install mnist1d-labs again"


@pytest.fixture
def site(tmp_path: Path) -> Path:
    """A folder with a copy of our package, and of the labs as far as they look at it."""
    skip = shutil.ignore_patterns("__pycache__")
    shutil.copytree(OURS, tmp_path / "site" / "mnist1d", ignore=skip)
    shutil.copytree(LABS / "data", tmp_path / "site" / "labs" / "data", ignore=skip)
    shutil.copytree(LABS / "kit", tmp_path / "site" / "labs" / "kit", ignore=skip)
    shutil.copy(LABS / "__init__.py", tmp_path / "site" / "labs")
    return tmp_path / "site"


def install_theirs(site: Path) -> None:
    for name, text in THEIRS.items():
        (site / "mnist1d").mkdir(parents=True, exist_ok=True)
        (site / "mnist1d" / name).write_text(text)
    (site / "mnist1d-0.0.2.post1.dist-info").mkdir(parents=True)


def said(*sites: Path, code: str) -> str:
    """The last line that a new process has to say, or nothing."""
    path = [str(site) for site in sites]
    # An editable install of ours is on the path, too, behind the packages of the environment.
    ours = "(Path(f, 'mnist1d', 'recipe.py').exists() and not Path(f, 'numpy').exists())"
    others = f"from pathlib import Path; others = [f for f in sys.path if not {ours}]"
    setup = f"import sys; {others}; sys.path = {path} + others; del others, Path"
    run = [sys.executable, "-I", "-c", f"{setup}\n{code}"]
    reply = subprocess.run(run, capture_output=True, text=True, check=False, cwd=sites[0])
    return (reply.stdout + reply.stderr).strip()


IMPORTS = [
    "from mnist1d.recipe import Recipe",
    "from mnist1d.generate import generate",
    "import mnist1d.fast, mnist1d.files, mnist1d.pictures",
]


@pytest.mark.parametrize("code", ["from labs.data import mnist1d; mnist1d.fresh", *IMPORTS])
def test_ours_alone_says_nothing(site: Path, code: str) -> None:
    assert said(site, code=code) == ""


def test_ours_over_theirs_works_and_warns_once_where_it_is_imported(site: Path) -> None:
    (site / "mnist1d-0.0.2.post1.dist-info").mkdir()
    text = said(site, code="from mnist1d import Recipe\nimport mnist1d.fast; print(Recipe().seed)")
    assert text.startswith("42\n<string>:2: UserWarning: the original package mnist1d is installed")
    assert CURE in text
    assert text.count("Warning") == 1


@pytest.mark.parametrize("code", ["import mnist1d; import mnist1d.recipe", *IMPORTS])
def test_theirs_over_ours_is_an_import_error_that_says_what_to_do(site: Path, code: str) -> None:
    install_theirs(site)
    last = said(site, code=code).splitlines()[-1]
    assert last.startswith("ImportError: mnist1d is a mixture: the original package")
    assert CURE in last


@pytest.mark.parametrize("code", ["import mnist1d.recipe", *IMPORTS])
def test_theirs_over_ours_and_uninstalled(site: Path, code: str) -> None:
    for name in THEIRS:
        (site / "mnist1d" / name).unlink()
    last = said(site, code=code).splitlines()[-1]
    assert last.startswith("ImportError: files of mnist1d are missing: the original package")
    assert CURE in last


def test_labs_find_out_too(site: Path, tmp_path: Path) -> None:
    code = "from labs.data import mnist1d"
    install_theirs(tmp_path / "theirs")
    last = said(tmp_path / "theirs", site, code=code).splitlines()[-1]
    assert last.startswith("ImportError: mnist1d must be the one that lies beside labs in ")
    assert "if pip has installed it, run 'python -m pip uninstall mnist1d'" in last
    install_theirs(site)
    for names in ((), THEIRS):
        for name in names:
            (site / "mnist1d" / name).unlink()
        last = said(site, code=code).splitlines()[-1]
        assert last.startswith("ImportError: mnist1d must be whole, got files of the original")
        assert CURE in last


def test_theirs_elsewhere_behind_ours_does_no_harm(site: Path, tmp_path: Path) -> None:
    install_theirs(tmp_path / "theirs")
    assert said(site, tmp_path / "theirs", code="import mnist1d.data, labs.data.mnist1d") == ""


@pytest.mark.parametrize(
    ("name", "is_theirs"),
    [
        ("mnist1d-0.0.2.post1.dist-info", True),
        ("MNIST1D-1.egg-info", True),
        ("mnist1d_labs-0.1.0.dist-info", False),
        ("mnist1d_data.pkl", False),
        ("mnist1d", False),
    ],
)
def test_what_pip_knows_in_a_folder(tmp_path: Path, name: str, is_theirs: bool) -> None:
    (tmp_path / name).mkdir()
    assert installed_beside(tmp_path) is is_theirs
    assert not installed_beside(tmp_path / "no such folder")
