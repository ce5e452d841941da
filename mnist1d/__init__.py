"""MNIST-1D: a tiny, procedural data set for the science of deep learning.

Three lines to the published data::

    from mnist1d import generate
    data = generate()
    data.x, data.y, data.x_test, data.y_test

`transform` and `generate` are the functions; the modules of these names are reached by
``from mnist1d.transform import ...`` as in the original package.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mnist1d.data import get_dataset, get_dataset_args, make_dataset
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
    from mnist1d.tensors import MNIST1D, batches

__version__ = "0.1.0"

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


def __getattr__(name: str) -> Any:
    if name in ("MNIST1D", "batches"):  # these need torch, so they are loaded when first used
        from mnist1d import tensors

        return getattr(tensors, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
