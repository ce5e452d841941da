"""MNIST-1D: a tiny, procedural data set for the science of deep learning.

Three lines to the published data::

    from mnist1d import generate
    data = generate()
    data.x, data.y, data.x_test, data.y_test

`transform` and `generate` are the functions; the modules of these names are reached by
``from mnist1d.transform import ...`` as in the original package.
"""

from __future__ import annotations

import sys
from importlib import import_module
from typing import TYPE_CHECKING, Any

from mnist1d import mixture  # noqa: F401  (first: it finds out whether all this is ours)
from mnist1d.data import get_dataset, get_dataset_args, make_dataset
from mnist1d.extras import installed
from mnist1d.fast import draw, moments
from mnist1d.files import load
from mnist1d.generate import Data, generate
from mnist1d.labels import flip_to_another_class, flip_to_any_class
from mnist1d.make import make_mnist1d
from mnist1d.recipe import Recipe
from mnist1d.templates import get_templates
from mnist1d.transform import transform
from mnist1d.utils import ObjectView, from_pickle, plot_signals, set_seed, to_pickle
from mnist1d.writing import save

if TYPE_CHECKING:
    from mnist1d.dataset import MNIST1D
    from mnist1d.tensors import batches

__version__ = "0.3.7"

__all__ = [
    "MNIST1D",
    "Data",
    "ObjectView",
    "Recipe",
    "batches",
    "draw",
    "flip_to_another_class",
    "flip_to_any_class",
    "from_pickle",
    "generate",
    "get_dataset",
    "get_dataset_args",
    "get_templates",
    "load",
    "make_dataset",
    "make_mnist1d",
    "moments",
    "plot_signals",
    "save",
    "set_seed",
    "to_pickle",
    "transform",
]


# These need torch, so they are loaded when first used, and are no names of ours where it is absent.
_LATE = {"MNIST1D": "mnist1d.dataset", "batches": "mnist1d.tensors"}
if not installed("torch"):
    __all__ = [name for name in __all__ if name not in _LATE]


def __getattr__(name: str) -> Any:
    if name not in _LATE:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    try:
        return getattr(import_module(_LATE[name]), name)
    except ImportError as error:
        # `from mnist1d import batches` asks through this function, and would forget an
        # AttributeError's sentence. Everybody else asks as `hasattr` does.
        if sys._getframe(1).f_code.co_name == "_handle_fromlist":
            raise
        raise AttributeError(str(error)) from error


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
