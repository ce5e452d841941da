"""Refusing an unknown name with the nearest known one."""

import difflib
from collections.abc import Iterable


def known(kind: str, name: str, names: Iterable[str]) -> str:
    """Return `name` if it is one of `names`.

    Raises:
        ValueError: naming the `kind` of thing, the name received and the nearest known names.

    >>> known("preset", "quik", ["smoke", "quick", "full"])
    Traceback (most recent call last):
        ...
    ValueError: unknown preset 'quik': did you mean 'quick'? Known: smoke, quick, full
    """
    choices = list(names)
    if name in choices:
        return name
    near = difflib.get_close_matches(name, choices, n=1, cutoff=0.5)
    hint = f"did you mean {near[0]!r}? " if near else ""
    raise ValueError(f"unknown {kind} {name!r}: {hint}Known: {', '.join(choices) or 'none'}")
