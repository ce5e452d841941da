"""Notebooks: the same bytes each time, cells as in the source, and they run."""

import hashlib
import json

import pytest

from labs.course import notebook as notebooks
from labs.course.cells import SourceError
from labs.course.notebook import notebook
from labs.course.source import parse, read
from labs.kit.extras import MissingExtraError
from mnist1d import __version__

nbformat = pytest.importorskip("nbformat")
pytest.importorskip("jupytext")


def cells(text):
    return json.loads(text)["cells"]


def source_of(cell):
    return "".join(cell["source"])


@pytest.mark.parametrize("variant", ["student", "solution"])
def test_a_notebook_is_valid_and_the_same_each_time(toy, variant):
    text = notebook(read("toy"), variant)
    assert notebook(read("toy"), variant) == text
    made = nbformat.reads(text, as_version=4)
    nbformat.validate(made)
    assert (made.nbformat, made.nbformat_minor) == (4, 5)
    assert made.metadata.kernelspec.name == "python3"
    assert text.endswith("}\n")
    assert '\n "cells": [\n  {\n   "cell_type"' in text  # indented by 1
    for cell in made.cells:
        assert set(cell.metadata) <= {"tags"}
        if cell.cell_type == "code":
            assert (cell.outputs, cell.execution_count) == ([], None)


def test_line_ends_do_not_change_a_byte(toy):
    windows = toy.read_text(encoding="utf-8").replace("\n", "\r\n")
    assert notebook(parse(windows, "toy", toy)) == notebook(read("toy"))


@pytest.mark.parametrize("variant", ["student", "solution"])
def test_cells_are_those_of_the_source(toy, variant):
    source = read("toy")
    first, *rest = cells(notebook(source, variant))
    view = source.view(variant)
    assert [source_of(cell) for cell in rest] == [cell.content for cell in view]
    assert [cell["metadata"].get("tags", []) for cell in rest] == [list(c.tags) for c in view]
    assert first["metadata"]["tags"] == ["colab"]
    assert f'%pip install -q "mnist1d-labs[labs]=={__version__}"' in source_of(first)


def test_a_comment_that_looks_like_a_magic_stays_one(toy):
    text = toy.read_text(encoding="utf-8").replace("guess =", "# %timeit is slow\n# !ls\nguess =")
    found = [source_of(cell) for cell in cells(notebook(parse(text, "toy", toy)))]
    assert "# %timeit is slow\n# !ls\nguess = (-1, 1)" in found


def test_ids_follow_from_lesson_place_and_text(toy):
    found = cells(notebook(read("toy")))
    ids = [cell["id"] for cell in found]
    assert len(set(ids)) == len(ids)
    for place, cell in enumerate(found):
        text = f"toy\n{place}\n{source_of(cell)}"
        assert cell["id"] == hashlib.sha256(text.encode()).hexdigest()[:8]


def test_a_replicate_changes_one_cell(toy):
    pairs = zip(
        cells(notebook(read("toy"))), cells(notebook(read("toy"), "student", 7)), strict=True
    )
    ((one, own),) = [(a, b) for a, b in pairs if a != b]
    assert source_of(own) == source_of(one).replace("REPLICATE = 0", "REPLICATE = 7")


@pytest.mark.parametrize("library", ["jupytext", "nbformat"])
def test_what_is_missing_is_said(toy, monkeypatch, library):
    monkeypatch.setitem(__import__("sys").modules, library, None)
    with pytest.raises(MissingExtraError, match=rf"notebook needs {library}: .*labs\[teach\]"):
        notebook(read("toy"))


def test_an_unknown_variant(toy):
    with pytest.raises(ValueError, match="variant must be one of"):
        notebook(read("toy"), "teacher")


@pytest.mark.slow
def test_an_instructors_notebook_has_outputs_and_the_same_bytes(toy, monkeypatch):
    pytest.importorskip("ipykernel")
    monkeypatch.setenv("MPLBACKEND", "agg")  # as the command line sets it
    slow = "import time\n\nprint('one', flush=True)\ntime.sleep(0.5)\nprint('two')\n\n"
    plot = slow + "import matplotlib.pyplot as plt\n\nplt.plot([0, found])\nplt.show()"
    source = parse(toy.read_text("utf-8").replace('print(f"{found:.3f}")', plot), "toy", toy)
    text = notebook(source, "instructor")
    assert notebook(source, "instructor") == text
    by_source = {source_of(cell): cell for cell in cells(text)}
    (output,) = by_source['check("toy.gap", gap)']["outputs"]
    assert output["text"] == ["ok: sign\n"]
    printed, shown = by_source[plot]["outputs"]
    assert printed["text"] == ["one\n", "two\n"]
    assert "image/png" in shown["data"]
    assert "Collect the guesses now." in by_source
    assert not next(iter(by_source.values()))["outputs"]  # we are here: nothing was installed


@pytest.mark.slow
def test_a_cell_that_fails_is_told_by_its_line(toy):
    pytest.importorskip("ipykernel")
    text = toy.read_text(encoding="utf-8").replace("guess = (-1, 1)", "1 / 0")
    line = text[: text.index("1 / 0")].count("\n")
    with pytest.raises(SourceError, match=r"a cell must run, got ZeroDivisionError: ") as refused:
        notebook(parse(text, "toy", toy), "instructor")
    assert refused.value.line == line


@pytest.mark.slow
def test_a_students_notebook_stops_at_the_first_exercise_alone(toy):
    pytest.importorskip("ipykernel")
    made = nbformat.reads(notebook(read("toy")), as_version=4)
    place, error = notebooks.run(made)
    assert made.cells[place].metadata.tags == ["check:mean"]
    assert error == "NotImplementedError: toy.mean is not written yet"
    said = [text for cell in made.cells[:place] for text in cell.get("outputs", [])]
    assert all(output.name == "stdout" for output in said)
