"""Maps of examples in the plane, such as t-SNE's: a point an example, its colour the class."""

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:  # matplotlib may be absent
    from matplotlib.axes import Axes

NEAR = 0.07  # of a map's extent: nearer labels would overlap


def by_class(ax: "Axes", points: np.ndarray, labels: np.ndarray) -> None:
    """Draw a map without axes, with the number of each class where it is densest.

    Args:
        ax: where to draw.
        points: the map, (n, 2).
        labels: classes from 0 to 9, (n,).
    """
    x, y = points.T
    # Ten colours that even the colour-blind tell apart do not exist: the numbers say the class.
    how = {"cmap": "tab10", "vmin": 0, "vmax": 9, "linewidths": 0, "rasterized": True}
    ax.scatter(x, y, c=labels, s=5, **how)  # type: ignore[arg-type]
    box = {"boxstyle": "circle,pad=0.15", "facecolor": "white", "alpha": 0.85}
    for label, (right, up) in places(points, labels).items():
        ax.text(right, up, str(label), ha="center", va="center", weight="bold", bbox=box)
    ax.set(xticks=[], yticks=[])
    ax.spines[:].set_visible(False)
    ax.set_aspect("equal")


def places(points: np.ndarray, labels: np.ndarray) -> dict[int, np.ndarray]:
    """Return where the labels of a map go: of each class to the densest of its points that is not
    near another label, or the densest of all where there is none.

    Args:
        points: the map, (n, 2).
        labels: classes, (n,).
    """
    near = NEAR * np.ptp(points, axis=0).max()
    taken: dict[int, np.ndarray] = {}
    for label in np.unique(labels):
        own = points[labels == label]
        crowd = (np.linalg.norm(own[:, None] - own, axis=2) < near).sum(1)
        away = np.ones(len(own), bool)
        for place in taken.values():
            away &= np.linalg.norm(own - place, axis=1) > near
        taken[int(label)] = own[np.where(away, crowd, crowd * 1e-9).argmax()]
    return taken
