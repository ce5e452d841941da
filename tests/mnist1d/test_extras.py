"""A library that is absent: what needs it says which extra installs it, all else goes on."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

# Each line runs where the library cannot be imported, after `import mnist1d`.
SENTENCES = {
    "torch": [
        ("AttributeError", "mnist1d.MNIST1D"),
        ("AttributeError", "mnist1d.batches"),
        ("ModuleNotFoundError", "from mnist1d import MNIST1D"),
        ("ModuleNotFoundError", "from mnist1d import Recipe, batches"),
        ("ModuleNotFoundError", "from mnist1d.tensors import batches"),
        ("ModuleNotFoundError", "from mnist1d.dataset import MNIST1D"),
        ("ModuleNotFoundError", "mnist1d.generate(mnist1d.Recipe(n_train=9)).torch()"),
    ],
    "matplotlib": [
        ("ModuleNotFoundError", "mnist1d.plot_signals([[0, 1]], [0, 1])"),
        ("ModuleNotFoundError", "import mnist1d.pictures"),
        ("ModuleNotFoundError", "import mnist1d.animations"),
    ],
    "pyarrow": [
        ("ModuleNotFoundError", "mnist1d.load('nothing.parquet')"),
        ("ModuleNotFoundError", "mnist1d.generate().save('nothing.parquet')"),
    ],
}
EXTRA = {"torch": "labs", "matplotlib": "labs", "pyarrow": "parquet"}
CASES = [(library, *case) for library, cases in SENTENCES.items() for case in cases]


def without(library: str, code: str) -> subprocess.CompletedProcess[str]:
    """A run of Python in which importing the library fails as if it were not there."""
    words = f"import sys; sys.modules[{library!r}] = None; import mnist1d\n{code}"
    return subprocess.run([sys.executable, "-c", words], capture_output=True, text=True)


@pytest.mark.parametrize(("library", "kind", "code"), CASES)
def test_the_error_names_the_extra(library: str, kind: str, code: str) -> None:
    last = without(library, code).stderr.splitlines()[-1]
    assert last.startswith(f"{kind}: ")
    assert last.endswith(f" needs {library}: pip install 'mnist1d-labs[{EXTRA[library]}]'")


@pytest.mark.parametrize(
    "code",
    [
        "assert not hasattr(mnist1d, 'MNIST1D') and not hasattr(mnist1d, 'batches')",
        "from mnist1d import *; generate; assert 'batches' not in globals()",
        "assert not {'MNIST1D', 'batches'} & {*dir(mnist1d), *mnist1d.__all__}",
        "assert all(hasattr(mnist1d, name) for name in mnist1d.__all__)",
        "import inspect; assert 'generate' in dict(inspect.getmembers(mnist1d))",
        "import pydoc; assert 'make_mnist1d' in pydoc.render_doc(mnist1d)",
        "help(mnist1d)",
    ],
)
def test_without_torch_the_package_can_be_looked_at(code: str) -> None:
    run = without("torch", code)
    assert (run.returncode, run.stderr) == (0, "")


def test_with_torch_its_names_are_there() -> None:
    pytest.importorskip("torch")
    code = "import mnist1d; from mnist1d import *; MNIST1D, batches; help(mnist1d)"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert (run.returncode, run.stderr) == (0, "")
    assert "class MNIST1D" in run.stdout


@pytest.mark.parametrize(
    ("library", "words"),
    [
        ("matplotlib", ["show", "--out", "page.png"]),
        ("matplotlib", ["show", "--out", "page.gif"]),
        ("pyarrow", ["generate", "--out", "data.parquet", "--n-train", "20"]),
    ],
)
def test_commands_say_it_and_write_nothing(library: str, words: list[str], tmp_path: Path) -> None:
    words[2] = str(tmp_path / words[2])
    code = f"from mnist1d.__main__ import main; sys.exit(main({words!r}))"
    run = without(library, code)
    assert run.returncode == 1
    assert run.stderr.endswith(f"{library}: pip install 'mnist1d-labs[{EXTRA[library]}]'\n")
    assert len(run.stderr.splitlines()) == 1
    assert not list(tmp_path.iterdir())
