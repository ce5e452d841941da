"""Figures that the processes of a run draw: the bytes of those drawn here, and whatever goes wrong
with a process costs no figure."""

import os
import threading
from dataclasses import replace
from functools import partial

import pytest

from labs.kit import draw, outputs
from labs.kit import plan as plans
from labs.kit.cli import main
from labs.kit.machine import one_thread, process
from labs.kit.workers import Workers
from tests.kit.clusters import REGISTER
from tests.toy_lab import LAB, heads


@pytest.fixture(scope="module")
def plan(tmp_path_factory):
    out = tmp_path_factory.mktemp("toy")
    assert (
        main(REGISTER, ["run", "toy", "--preset", "smoke", "--jobs", "1", "--out", str(out)]) == 0
    )
    return plans.stored(LAB, "smoke", out)


@pytest.fixture(scope="module")
def pool():
    with one_thread(), Workers(2) as workers:
        yield workers


def written(plan, stem, **options):
    found = plans.results(plan)
    paths = outputs.write_figures(
        plan.lab, found.table, found.verdicts, stem, plan.preset, **options
    )
    return {path.name: path.read_bytes() for path in paths}


def with_heads(plan, function):
    figures = {**plan.lab.figures, "heads": replace(plan.lab.figures["heads"], draw=function)}
    return replace(plan, lab=replace(plan.lab, figures=figures))


def test_processes_of_a_pool_draw_the_same_bytes(plan, pool, tmp_path, monkeypatch):
    here = written(plan, tmp_path / "here")
    monkeypatch.setattr(draw, "save", None)  # in this process alone
    (tmp_path / "there").mkdir()
    there = written(plan, tmp_path / "there" / "here", pool=pool)
    assert there == here
    assert list(there) == ["here.png", "here.svg", "here-again.png", "here-again.svg"]


def test_a_run_of_several_processes_draws_in_them(tmp_path, monkeypatch):
    monkeypatch.setattr(draw, "save", None)
    assert main(REGISTER, ["run", "toy", "--jobs", "2", "--out", str(tmp_path)]) == 0
    assert len(list(tmp_path.rglob("figure*"))) == 4
    # All is stored: there is no process that could draw.
    with pytest.raises(TypeError):
        main(REGISTER, ["run", "toy", "--jobs", "2", "--out", str(tmp_path)])


def only_in(own, accident, table, verdicts):
    if process() != own:
        accident()
    return heads(table, verdicts)


def fail():
    raise OSError("no font here")


def die():
    os._exit(1)


@pytest.mark.parametrize("accident", [fail, die])
def test_what_a_process_cannot_draw_is_drawn_here(plan, tmp_path, accident):
    one = with_heads(plan, partial(only_in, process(), accident))
    with one_thread(), Workers(1) as pool:
        assert len(written(one, tmp_path / "figure", pool=pool)) == 4


def test_what_cannot_travel_is_drawn_here(plan, pool, tmp_path):
    lock = threading.Lock()

    def locked(table, verdicts):
        with lock:
            return heads(table, verdicts)

    assert len(written(with_heads(plan, locked), tmp_path / "figure", pool=pool)) == 4


def wrong(table, verdicts):
    raise ValueError("heads must be up")


def test_an_error_of_a_figure_is_told_as_of_one_process(plan, pool, tmp_path):
    with pytest.raises(ValueError, match="heads must be up") as caught:
        written(with_heads(plan, wrong), tmp_path / "figure", pool=pool)
    # The wrong program would raise it in another process, whose traceback is its cause.
    assert caught.value.__cause__ is None
    assert caught.traceback[-1].name == "wrong"
