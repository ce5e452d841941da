"""Sizes that cannot fit in memory are refused by name, before any work."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, suppress
from functools import lru_cache
from pathlib import Path, PurePosixPath

from mnist1d.checks import shown
from mnist1d.recipe import Recipe

CHUNK = 1024  # samples that a stream renders at once, at most

# Of several sizes the one is named that lies farthest above its usual value.
USUAL = {
    **dict.fromkeys(("num_samples", "n_samples", "n_train", "n_val", "n_test", "n"), 5000),
    "batch_size": 4096,
    "template_len": Recipe.template_len,
    "padding[1]": Recipe.padding[1],
    "max_translation": Recipe.max_translation,
    "final_seq_length": Recipe.final_seq_length,
    "templates": 10,
}


@contextmanager
def fitting(need: int, sizes: Mapping[str, int], limit: int | None = None) -> Iterator[None]:
    """Refuse what takes `need` bytes where there are fewer, and what runs out of memory after all.

    Parameters
    ----------
    need
        Bytes that the block takes.
    sizes
        What it depends on, with names of `USUAL`: one of them is the reason of a refusal.
    limit
        Bytes that there are; None for the memory of this machine.

    Raises
    ------
    ValueError
        If `need` is more than that, or the block raises a MemoryError.
    """
    limit = physical() if limit is None else limit
    name = max(sizes, key=lambda name: sizes[name] / USUAL[name])
    there = f"the {_gb(limit)} of memory here" if limit < sys.maxsize else "the memory here"
    rule, got = f"{name} must fit in {there}", shown(sizes[name])
    refusal = f"{rule}, got {got}: that takes {_gb(need)}"
    if need > limit:
        raise ValueError(refusal)
    try:
        yield
    except MemoryError as error:
        raise ValueError(refusal) from error


def sizes_of(recipe: Recipe, n_classes: int) -> dict[str, int]:
    """What the tables of a recipe's law depend on."""
    return {
        "template_len": recipe.template_len,
        "padding[1]": recipe.padding[1],
        "final_seq_length": recipe.final_seq_length,
        "templates": n_classes,
    }


def examples_of(recipe: Recipe) -> dict[str, int]:
    """The numbers of samples that a recipe was given."""
    names = ("num_samples",) if recipe.n_train is None else ("n_train", "n_val", "n_test")
    return {name: getattr(recipe, name) or 0 for name in names}


def fitting_samples(
    recipe: Recipe, n_classes: int, itemsize: int, counts: Mapping[str, int]
) -> AbstractContextManager[None]:
    """`fitting` for drawing samples, as many as the `counts` of the caller say together."""
    need = of_tables(recipe, n_classes) + of_samples(recipe, sum(counts.values()), itemsize)
    return fitting(need, {**sizes_of(recipe, n_classes), **counts})


def of_tables(recipe: Recipe, n_classes: int) -> int:
    """Bytes that :class:`mnist1d.pipeline.Pipeline` takes while it is made, at most."""
    low, high = recipe.padding
    digits = n_classes * (high - low + 1) * recipe.canvas
    square, points = recipe.canvas**2, recipe.canvas * recipe.final_seq_length
    return 8 * (5 * digits + 4 * square + 3 * points)


def of_samples(recipe: Recipe, n: int, itemsize: int) -> int:
    """Bytes that n samples take while they are rendered and permuted, at most."""
    result = n * (2 * recipe.final_seq_length * itemsize + 24)
    return result + 8 * min(n, CHUNK) * (6 * recipe.canvas + 2 * recipe.final_seq_length)


def of_moments(recipe: Recipe) -> int:
    """Bytes that the moments of a law take, at most: all shifts of a digit at once."""
    shifted = recipe.max_translation * (5 * recipe.canvas + 4 * recipe.final_seq_length)
    return 8 * (shifted + 5 * recipe.canvas * recipe.final_seq_length)


def _gb(size: int) -> str:
    return f"{size / 1e9:,.1f} GB" if size < 10**18 else "more than a billion GB"


@lru_cache(maxsize=1)
def physical() -> int:
    """Bytes of memory of this machine, or of the container that has fewer; else `sys.maxsize`."""
    limits = [sys.maxsize, *_container_limits()]
    with suppress(AttributeError, ValueError, OSError):  # no sysconf on Windows
        limits.append(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES"))
    return min(limit for limit in limits if limit > 0)


def _container_limits(root: Path = Path("/")) -> Iterator[int]:
    """The limits of memory of this process's control groups, of version 1 and 2, and theirs."""
    with suppress(OSError):
        for line in (root / "proc/self/cgroup").read_text().splitlines():
            _, controllers, group = line.split(":", 2)
            if controllers in ("", "memory"):
                name = "memory.limit_in_bytes" if controllers else "memory.max"
                home = PurePosixPath(group.lstrip("/"))
                for folder in (home, *home.parents):
                    yield from _number(root / "sys/fs/cgroup" / controllers / folder / name)


def _number(path: Path) -> Iterator[int]:
    with suppress(OSError, ValueError):  # there is none, or it says "max"
        yield int(path.read_text())
