"""Sizes that cannot fit in memory are refused by name, at once; the estimates are close."""

from __future__ import annotations

import re
import sys
import tracemalloc
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from mnist1d import Recipe, draw, generate, make_mnist1d, memory, moments
from mnist1d.exact import CHUNK as EXACT_CHUNK
from mnist1d.exact import LegacyStream
from mnist1d.fast import ModernStream
from mnist1d.generate import generate_from
from mnist1d.memory import CHUNK, fitting, of_moments, of_samples, of_tables, physical
from mnist1d.pipeline import Pipeline, pipeline
from mnist1d.templates import get_templates

MANY = {"x": np.zeros((10**6, 2)), "t": [0, 1], "y": np.arange(10**6)}
HUGE = 10**12


def fast(recipe: Recipe) -> object:
    return generate(recipe, stream="fast")


def drawn(recipe: Recipe, n: int = 5, templates: Any = None) -> object:
    return draw(recipe, n, np.random.default_rng(0), templates)


TOO_LARGE: dict[str, tuple[str, Callable[[], object]]] = {
    "exact": ("n_train", lambda: generate(Recipe(n_train=HUGE))),
    "fast": ("n_test", lambda: fast(Recipe(n_train=7, n_test=HUGE))),
    "published law": ("num_samples", lambda: generate(Recipe(num_samples=HUGE))),
    "largest": ("n_val", lambda: generate(Recipe(n_train=0, n_val=2**63 - 1))),
    "make": ("n_samples", lambda: make_mnist1d(HUGE, random_state=0)),
    "draw": ("n", lambda: drawn(Recipe(n_train=HUGE), HUGE)),
    "points": ("final_seq_length", lambda: generate(Recipe(final_seq_length=10**9))),
    "points of draws": ("final_seq_length", lambda: drawn(Recipe(final_seq_length=10**10))),
    "canvas": ("template_len", lambda: fast(Recipe(template_len=10**6))),
    "pads": ("padding[1]", lambda: generate(Recipe(padding=(0, 10**9)))),
    "pads of moments": ("padding[1]", lambda: moments(Recipe(padding=(0, 10**9)))),
    "shifts": ("max_translation", lambda: moments(Recipe(max_translation=2**32))),
    "classes": ("templates", lambda: drawn(Recipe(), templates=MANY)),
}


@pytest.mark.parametrize("case", TOO_LARGE)
def test_what_cannot_fit_is_refused_by_name_before_any_work(
    case: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise AssertionError("work was begun")

    monkeypatch.setattr(memory, "physical", lambda: 10**10)
    monkeypatch.setattr(Pipeline, "__init__", refuse)
    name, call = TOO_LARGE[case]
    words = f"{re.escape(name)} must fit in the 10.0 GB of memory here, got [0-9]+: that takes "
    with pytest.raises(ValueError, match=words):
        call()


def test_shifts_beyond_the_canvas_take_no_memory_where_none_is_tabled() -> None:
    assert generate(Recipe(n_train=20, max_translation=2**32)).x.shape == (20, 40)


@pytest.mark.parametrize(
    ("knob", "value"),
    [
        ("n_train", 2**63),
        ("final_seq_length", 10**30),
        ("template_len", 10**4000),
        ("padding", (0, 2**63)),
        ("max_translation", 2**32 + 1),
    ],
)
def test_what_no_machine_can_hold_is_no_recipe(knob: str, value: Any) -> None:
    with pytest.raises(ValueError, match=rf"^{knob}.* must be an integer ") as refusal:
        Recipe(**{knob: value})
    assert len(str(refusal.value)) < 200


def peak(work: Callable[[], object]) -> int:
    tracemalloc.start()
    work()
    try:
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


RECIPES = {
    "many samples": Recipe(n_train=40_000),
    "shuffled": Recipe(n_train=20_000, n_test=20_000, shuffle_seq=True),
    "many points": Recipe(n_train=2000, final_seq_length=2000),
    "large canvas": Recipe(n_train=500, template_len=1000),
    "many pads": Recipe(n_train=500, padding=(0, 400)),
}


@pytest.mark.parametrize("stream", [LegacyStream, ModernStream])
@pytest.mark.parametrize("name", RECIPES)
def test_the_estimate_is_no_less_than_the_peak_and_no_more_than_three_times_it(
    name: str, stream: Any
) -> None:
    recipe, digits = RECIPES[name], get_templates()
    generate(Recipe(n_train=1))  # what is imported late
    need = of_tables(recipe, 10) + of_samples(recipe, sum(recipe.sizes), stream.dtype.itemsize)
    used = peak(lambda: generate_from(stream(recipe.seed), recipe, digits))
    assert used <= need <= 3 * used


@pytest.mark.parametrize(
    "recipe", [Recipe(max_translation=900, padding=(36, 36)), Recipe(final_seq_length=999)]
)
def test_the_estimate_of_moments_is_close(recipe: Recipe) -> None:
    line = pipeline(recipe, get_templates()["x"], np.float64)
    used = peak(lambda: Pipeline.moments.func(line))  # anew, kept or not
    assert used <= of_moments(recipe) <= 3 * used


def test_chunks_are_no_larger_than_the_estimate_says() -> None:
    assert EXACT_CHUNK <= CHUNK


@pytest.mark.parametrize("limit", [10**9, sys.maxsize])
def test_running_out_of_memory_after_all_is_the_same_refusal(limit: int) -> None:
    def run_out() -> None:
        with fitting(10**8, {"n_train": 10**6, "template_len": 12}, limit):
            raise MemoryError

    there = r"the 1\.0 GB of memory" if limit == 10**9 else "the memory"
    with pytest.raises(ValueError, match=rf"n_train must fit in {there} here, got 1000000: that t"):
        run_out()


def test_this_machine_has_some_memory() -> None:
    assert 10**8 < physical() <= sys.maxsize


@pytest.mark.parametrize(
    ("groups", "files", "limits"),
    [
        ("0::/job/step\n", {"job/memory.max": "300\n", "job/step/memory.max": "max\n"}, [300]),
        ("0::/\n", {"memory.max": "500\n"}, [500]),
        ("5:cpu,cpuacct:/x\n4:memory:/a\n", {"memory/a/memory.limit_in_bytes": "70"}, [70]),
        ("4:memory:/gone\n0::/\n", {"memory/memory.limit_in_bytes": "9"}, [9]),
        ("", {}, []),
    ],
)
def test_limits_of_a_container_are_read(
    groups: str, files: dict[str, str], limits: list[int], tmp_path: Path
) -> None:
    tree = {"proc/self/cgroup": groups, **{f"sys/fs/cgroup/{k}": v for k, v in files.items()}}
    for name, text in tree.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    assert list(memory._container_limits(tmp_path)) == limits


def test_a_machine_without_such_files_has_no_limits(tmp_path: Path) -> None:
    assert list(memory._container_limits(tmp_path)) == []
