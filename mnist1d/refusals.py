"""Refusals of what only trying shows: the original checks nothing, and takes all that works."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from mnist1d.checks import shown
from mnist1d.recipe import Recipe
from mnist1d.templates import checked_templates


@contextmanager
def must(rule: str, value: object) -> Iterator[None]:
    """Say of a block that fails what `value` must be.

    >>> with must("N must be a number of points", "many"):
    ...     int("many")
    Traceback (most recent call last):
        ...
    ValueError: N must be a number of points, got 'many'
    """
    try:
        yield
    except (TypeError, ValueError, LookupError, AttributeError, ArithmeticError) as error:
        kind = ValueError if isinstance(error, ValueError) else TypeError
        raise kind(f"{rule}, got {shown(value)}") from error


@contextmanager
def in_the_recipes_words(knobs: Mapping[str, Any], templates: Any = None) -> Iterator[None]:
    """Let a block that fails say what recipe or templates are refused for, if they are."""
    try:
        yield
    except Exception as error:
        try:
            Recipe(**knobs)
            checked_templates(templates)
        except (TypeError, ValueError) as refusal:
            raise refusal from error
        raise
