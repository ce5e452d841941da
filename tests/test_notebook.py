"""From a notebook: three lines run a lab, an interrupted cell continues, a lab stands in a cell."""

import os
import signal
import threading
import time
from pathlib import Path

import pytest

from labs.kit import template

nbformat = pytest.importorskip("nbformat")
nbclient = pytest.importorskip("nbclient")
pytest.importorskip("ipykernel")

ROOT = Path(__file__).parents[1]
pytestmark = pytest.mark.slow

TOY = (ROOT / "tests" / "toy_lab.py").read_text(encoding="utf-8")
TOY = TOY.partition('if __name__ == "__main__"')[0]


@pytest.fixture
def notebook(tmp_path, monkeypatch):
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path / "ipython"))
    monkeypatch.setenv("PYDEVD_DISABLE_FILE_VALIDATION", "1")

    def client(*cells):
        content = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(c) for c in cells])
        return nbclient.NotebookClient(
            content, timeout=120, kernel_name="python3", resources={"metadata": {"path": tmp_path}}
        )

    return client


def texts(cell):
    outputs = [o.get("data", {}).get("text/plain", o.get("text", "")) for o in cell.outputs]
    return "\n".join(outputs)


def kinds(cell):
    return {kind for output in cell.outputs for kind in output.get("data", {})}


def test_three_lines_run_a_lab(notebook):
    client = notebook(
        'import labs; r = labs.run("pooling", preset="smoke", replicates=2)',
        "r.verdicts",
        'len(r.table["final"]), r.results.missing',
        "r.figure()",
        "r",
    )
    run, verdicts, table, figure, summary = client.execute().cells
    assert "Traceback" not in texts(run)
    assert "verdict" in texts(verdicts)
    assert ", 0)" in texts(table)
    assert "image/png" in kinds(figure)
    assert texts(summary).startswith("pooling, smoke, ")


def test_a_lab_in_a_cell_trains_in_two_processes(notebook):
    client = notebook(
        TOY,
        'import labs; r = labs.run(LAB, jobs=2); print(r.verdicts["T1"].verdict)',
        "print(sorted({*__import__('os').listdir('results/toy/quick')}))",
    )
    _, run, listing = client.execute().cells
    assert "holds" in texts(run)
    assert "cells" in texts(listing)


def test_the_lab_that_new_writes_runs_in_a_cell(notebook, tmp_path):
    template.write("mine", {}, tmp_path)
    code = (tmp_path / "mine.py").read_text(encoding="utf-8")
    client = notebook(code, "import labs; labs.run(LAB, 'smoke', jobs=2).results.missing")
    _, run = client.execute().cells
    assert texts(run).endswith("0")


def test_an_interrupted_cell_continues(notebook, tmp_path):
    slow = "print(labs.run(LAB, jobs=2, pause=0.3, replicates=12).results.missing, 'missing')"
    client = notebook(f"import labs\n{TOY}", slow, slow)
    cells = tmp_path / "results" / "toy" / "quick" / "cells"

    def interrupt():
        while not list(cells.glob("*.json")):
            time.sleep(0.05)
        os.kill(client.km.provisioner.pid, signal.SIGINT)

    with client.setup_kernel():
        import_cell, first, second = client.nb.cells
        client.execute_cell(import_cell, 0)
        threading.Thread(target=interrupt, daemon=True).start()
        with pytest.raises(nbclient.exceptions.CellExecutionError, match="KeyboardInterrupt"):
            client.execute_cell(first, 1)
        stored = len(list(cells.glob("*.json")))
        assert 0 < stored < 24
        client.execute_cell(second, 2)
        assert "0 missing" in texts(second)
