"""Notebooks from a lesson's source: equal sources give equal bytes.

Only who builds needs this and its libraries: jupytext reads the cells, nbformat validates the
notebook, nbclient executes it.
"""

import hashlib
import os
import tempfile
from typing import Any

from labs.course.cells import SourceError, join
from labs.course.source import Source
from labs.kit.extras import require
from labs.kit.places import HERE
from mnist1d import __version__

PERCENT = {"extension": ".py", "format_name": "percent", "comment_magics": False}
KERNEL = {
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}
COLAB = f"""\
try:
    import labs.course
except ModuleNotFoundError:
    %pip install -q "mnist1d-labs[labs]=={__version__}\""""
SECONDS = 600  # that one cell may take


def notebook(source: Source, variant: str = "student", replicate: int = 0) -> str:
    """Return the .ipynb that a reader gets, with a first cell that installs us where we are not.

    Args:
        source: of the lesson.
        variant: ``"student"``, ``"solution"`` or ``"instructor"``, which is executed, so that it
            has outputs.
        replicate: whose data set it is.

    Raises:
        ValueError: an unknown variant.
        MissingExtraError: jupytext, nbformat or nbclient is not installed.
        SourceError: a cell that was executed raised an exception.
    """
    execute = variant == "instructor"
    require("teach", "a notebook", () if execute else ("jupytext", "nbformat"))
    import jupytext
    import nbformat

    cells = source.view(variant, replicate)
    made = jupytext.reads(join(cells), fmt=PERCENT)
    made.cells.insert(0, nbformat.v4.new_code_cell(COLAB, metadata={"tags": ["colab"]}))
    for place, cell in enumerate(made.cells):
        tags = cell.metadata.get("tags")
        cell.metadata = nbformat.from_dict({"tags": tags} if tags else {})
        identity = f"{source.name}\n{place}\n{cell.source}"
        cell.id = hashlib.sha256(identity.encode()).hexdigest()[:8]
    if execute and (failed := run(made)):
        place, error = failed
        raise SourceError(source.path, cells[place - 1].line, f"a cell must run, got {error}")
    made.update(metadata=nbformat.from_dict(KERNEL), nbformat=4, nbformat_minor=5)
    nbformat.validate(made)
    return str(nbformat.writes(made, version=4)) + "\n"


def run(made: Any) -> tuple[int, str] | None:
    """Execute a notebook in a new folder, which is removed; the outputs go into its cells.

    Args:
        made: the notebook, as nbformat has read it.

    Returns:
        the index of the cell that raised an exception, and the exception; None if none did.
    """
    import nbclient

    paths = [str(HERE), os.environ.get("PYTHONPATH", "")]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, paths))}
    environment.pop("MPLBACKEND", None)  # so that figures are shown
    with tempfile.TemporaryDirectory() as folder:
        client = nbclient.NotebookClient(
            made,
            timeout=SECONDS,
            kernel_name="python3",
            record_timing=False,
            coalesce_streams=True,  # it is chance in how many pieces a kernel sends what is printed
            extra_arguments=["--log-level=ERROR"],
            resources={"metadata": {"path": folder}},
        )
        try:
            client.execute(env=environment)
        except nbclient.exceptions.CellExecutionError as error:
            return _failed(made), f"{error.ename}: {error.evalue}"
    return None


def _failed(made: Any) -> int:
    return next(
        place
        for place, cell in enumerate(made.cells)
        if any(output.output_type == "error" for output in cell.get("outputs", ()))
    )
