"""The ten digits, drawn by hand on twelve points each.

The 120 numbers are those of Greydanus and Kobak (2020), Apache-2.0; see NOTICE.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from mnist1d.checks import shown

# Row d: the horizontal position of the pen while it writes digit d from top to bottom.
STROKES = (
    (5, 6, 6.5, 6.75, 7, 7, 7, 7, 6.75, 6.5, 6, 5),
    (5, 3, 3, 3.4, 3.8, 4.2, 4.6, 5, 5.4, 5.8, 5, 5),
    (5, 6, 6.5, 6.5, 6, 5.25, 4.75, 4, 3.5, 3.5, 4, 5),
    (5, 6, 6.5, 6.5, 6, 5, 5, 6, 6.5, 6.5, 6, 5),
    (5, 4.4, 3.8, 3.2, 2.6, 2.6, 5, 5, 5, 5, 5, 5),
    (5, 3, 3, 3, 3, 5, 6, 6.5, 6.5, 6, 4.5, 5),
    (5, 4, 3.5, 3.25, 3, 3, 3, 3, 3.25, 3.5, 4, 5),
    (5, 7, 7, 6.6, 6.2, 5.8, 5.4, 5, 4.6, 4.2, 5, 5),
    (5, 4, 3.5, 3.5, 4, 5, 5, 4, 3.5, 3.5, 4, 5),
    (5, 4, 3.5, 3.5, 4, 5, 5, 5, 5, 4.7, 4.3, 5),
)


def get_templates() -> dict[str, npt.NDArray[Any]]:
    """The ten noiseless digits.

    Returns
    -------
    dict
        ``x`` (10, 12) float64, one digit per row: standard deviation 1/6, first value 0;
        ``t`` (12,) float64, the positions of its points; ``y`` (10,) int64, the digits.
        New arrays at every call.

    Notes
    -----
    Middle row of figure 1 of Greydanus and Kobak (2024), arXiv:2011.14439.

    Examples
    --------
    >>> get_templates()["x"].shape
    (10, 12)
    >>> get_templates()["x"][4].round(2).tolist()
    [0.0, -0.11, -0.21, -0.32, -0.42, -0.42, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0]
    """
    x = np.array(STROKES)
    x -= x.mean(axis=1, keepdims=True)
    x /= x.std(axis=1, keepdims=True)
    x -= x[:, :1]
    return {
        "x": x / 6,
        "t": np.linspace(-5, 5, x.shape[1]) / 6,
        "y": np.arange(len(x), dtype=np.int64),
    }


def checked_templates(templates: Mapping[str, npt.ArrayLike] | None) -> dict[str, npt.NDArray[Any]]:
    """`templates`, or the ten digits for None, as arrays that fit together.

    Parameters
    ----------
    templates
        A mapping with ``x`` (n_classes, length) finite numbers, ``t`` (length,) and ``y``
        (n_classes,) integers; at least one class and two points.

    Raises
    ------
    TypeError, ValueError
        If it is no such mapping.
    """
    if templates is None:
        return get_templates()
    if not isinstance(templates, Mapping) or not {"x", "t", "y"} <= set(templates):
        raise TypeError(
            f"templates must be a mapping with 'x', 't' and 'y', got {shown(templates)}"
        )
    x, t = (_numbers(name, templates[name]) for name in "xt")
    y = np.array(templates["y"])
    if x.ndim != 2 or x.shape[0] < 1 or x.shape[1] < 2 or not np.isfinite(x).all():
        raise ValueError(
            "templates['x'] must hold finite numbers, one row of two or more points per class; "
            f"got shape {x.shape}"
        )
    if t.shape != x.shape[1:] or not np.isfinite(t).all():
        raise ValueError(
            f"templates['t'] must hold {x.shape[1]} finite numbers, got shape {t.shape}"
        )
    if y.shape != x.shape[:1] or not np.issubdtype(y.dtype, np.integer):
        raise ValueError(
            f"templates['y'] must hold {x.shape[0]} integers, got {y.dtype} of shape {y.shape}"
        )
    return {"x": x, "t": t, "y": y.astype(np.int64)}


def _numbers(name: str, values: npt.ArrayLike) -> npt.NDArray[Any]:
    try:
        return np.array(values, dtype=np.float64)
    except (TypeError, ValueError):
        raise ValueError(
            f"templates[{name!r}] must hold numbers in rows of one length, got {shown(values)}"
        ) from None
