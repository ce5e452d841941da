"""Two lessons as Jupyter runs them: what is committed for students, and a solution."""

from pathlib import Path

import pytest

from labs.course import build, committed, register

nbformat = pytest.importorskip("nbformat")
nbclient = pytest.importorskip("nbclient")
pytest.importorskip("ipykernel")
pytest.importorskip("jupytext")

ROOT = Path(__file__).parents[2]
pytestmark = pytest.mark.slow


@pytest.fixture
def run(tmp_path, monkeypatch):
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path / "ipython"))
    monkeypatch.setenv("PYDEVD_DISABLE_FILE_VALIDATION", "1")
    monkeypatch.setenv("LABS_SCALE", "smoke")

    def run(text):
        made = nbformat.reads(text, as_version=4)
        resources = {"metadata": {"path": tmp_path}}
        nbclient.NotebookClient(
            made, timeout=120, kernel_name="python3", resources=resources, allow_errors=True
        ).execute()
        return [cell for cell in made.cells if cell.cell_type == "code"]

    return run


def errors(cells):
    return [output for cell in cells for output in cell.outputs if output.output_type == "error"]


def test_a_committed_notebook_waits_for_the_first_exercise(run):
    path = register.folder() / committed.FOLDER / "priors.ipynb"
    first = errors(run(path.read_text(encoding="utf-8")))[0]
    assert first.ename == "NotImplementedError"
    assert "priors.shuffle_positions is not written yet" in first.evalue


def test_a_solution_runs_to_its_figures(run, tmp_path):
    cells = run(build.text("double_descent", "solution"))
    assert errors(cells) == []
    shown = [output for cell in cells for output in cell.outputs if "data" in output]
    assert any("image/png" in output.data for output in shown)
    said = [output for cell in cells for output in cell.outputs if output.get("name") == "stderr"]
    assert said == []
    assert (tmp_path / "double_descent-own.png").exists()
    assert (tmp_path / "contributions" / "double_descent.json").exists()
