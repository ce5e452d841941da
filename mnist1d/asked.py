"""What a call of the old face asks for, and the two ways to compute it.

Where the recipe allows the knobs, all samples are computed at once. The original checks nothing,
so what the recipe refuses is computed all the same, one by one, with the refusal as a warning.
"""

from __future__ import annotations

import pickle
import random
import warnings
from collections.abc import Mapping
from dataclasses import asdict
from hashlib import sha256
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from mnist1d.arguments import PUBLISHED, knobs_of
from mnist1d.exact import LegacyStream
from mnist1d.generate import generate_from
from mnist1d.one_by_one import global_generators, one_by_one
from mnist1d.recipe import REAL, WHOLE, Recipe
from mnist1d.refusals import in_the_recipes_words
from mnist1d.templates import checked_templates, get_templates

Templates = Mapping[str, npt.ArrayLike]

# Between the original's operations numbers of any other type are rounded to that type.
NUMBERS = (int, float, np.int64, np.float64)
NO = ("0", "f", "false", "n", "no", "none", "off")  # texts count as true, as in Python


class Asked(NamedTuple):
    """A call: a recipe, or the knobs that the original reads, and the templates given or None."""

    knobs: Recipe | dict[str, Any]
    template: Any

    def computed(self, stacklevel: int = 1) -> dict[str, Any]:
        """The data, and the global generators where the original leaves them."""
        templates = get_templates() if self.template is None else self.template
        with global_generators(keep=False):
            if isinstance(self.knobs, Recipe):
                data = _at_once(self.knobs, self.knobs.seed, templates)
            else:
                data = _computed(self.knobs, templates, stacklevel + 1)
        return {**data, "templates": templates}

    @property
    def is_fresh(self) -> bool:
        """Whether every call draws other data, so that any draw is as good."""
        return isinstance(self.knobs, dict) and self.knobs["seed"] is None

    def identity(self) -> str | None:
        """A digest that differs where the data may; None where there is none to be had."""
        what: Any = self.knobs
        if isinstance(what, Recipe):
            what = asdict(what)
        elif recipe := _allowed(what)[0]:
            what = {**asdict(recipe), "seed": _seed(what, recipe)}
        try:
            return sha256(pickle.dumps((what, self.template), protocol=4)).hexdigest()
        except Exception:  # whatever an object of somebody's own raises when it is pickled
            return None


def asked(args: object, template: Any, stacklevel: int = 1) -> Asked:
    """What is asked for; TypeError if `args` is no object with knobs."""
    if args is None or isinstance(args, Recipe):
        return Asked(args or Recipe(), template)
    return Asked(knobs_of(args, stacklevel=stacklevel + 1), template)


def _computed(knobs: dict[str, Any], templates: Any, stacklevel: int) -> dict[str, Any]:
    recipe, doubt = _allowed(knobs)
    if recipe is not None and _ordinary(templates, recipe):
        return _at_once(recipe, _seed(knobs, recipe), templates)
    with in_the_recipes_words(_meant(knobs), templates), warnings.catch_warnings():
        if doubt:  # one warning is enough: numpy has its own about what is no number
            warnings.simplefilter("ignore", RuntimeWarning)
        data = one_by_one(knobs, templates)
    if doubt:
        text = f"{doubt}; it is computed all the same, as the original does"
        warnings.warn(text, stacklevel=stacklevel + 1)
    return data


def _at_once(recipe: Recipe, seed: int | None, templates: Any) -> dict[str, Any]:
    stream = LegacyStream(seed)
    data = generate_from(stream, recipe, checked_templates(templates)).as_dict()
    random.seed(seed)
    np.random.set_state(stream.generator.get_state())  # noqa: NPY002  (the point of this face)
    return data


def _allowed(knobs: dict[str, Any]) -> tuple[Recipe | None, str]:
    """The recipe with the numbers of these knobs, if there is one, and what it has against them."""
    try:
        recipe = Recipe(**_meant(knobs))
    except (TypeError, ValueError) as refusal:
        return None, str(refusal)
    numbers = [knobs[name] for name in (*WHOLE, *REAL) if name in knobs and name != "seed"]
    return (recipe if _of_types(NUMBERS, [*numbers, *knobs["padding"]]) else None), ""


def _meant(knobs: dict[str, Any]) -> dict[str, Any]:
    """The knobs as the recipe has them where there can be no mistake."""
    seed, shuffle = knobs["seed"], knobs["shuffle_seq"]
    if not (isinstance(shuffle, str) and shuffle.strip().lower() in NO):
        shuffle = bool(shuffle)
    return {**knobs, "seed": PUBLISHED["seed"] if seed is None else seed, "shuffle_seq": shuffle}


def _seed(knobs: dict[str, Any], recipe: Recipe) -> int | None:
    return None if knobs["seed"] is None else recipe.seed


def _ordinary(templates: Any, recipe: Recipe) -> bool:
    """Whether all samples at once are the original's, to the last type."""
    try:
        given = [templates[name] for name in "xty"]
        classes = checked_templates(templates)
    except (TypeError, ValueError, LookupError):
        return False
    dtypes = [np.asarray(values).dtype for values in given]
    flat = np.ptp(classes["x"]) == 0  # without noise all samples may then be one constant
    return (
        _of_types((np.ndarray, list, tuple), given)
        and {*dtypes[:2]} <= {np.dtype(np.float64), np.dtype(np.int64)}
        and dtypes[2] == np.int64
        and not (flat and not (recipe.corr_noise_scale or recipe.iid_noise_scale))
    )


def _of_types(types: tuple[type, ...], values: list[Any]) -> bool:
    return all(type(value) in types for value in values)
