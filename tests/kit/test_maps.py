"""Maps: where labels go."""

import numpy as np

from labs.kit import draw, maps


def test_labels_lie_where_classes_are_densest_and_apart():
    clump, other = np.full((30, 2), 1.0), np.full((20, 2), 9.0)
    stray = np.array([[9.0, 1.0]])
    points = np.concatenate([clump, other, clump, stray])
    labels = np.repeat([0, 0, 1, 1], [30, 20, 30, 1])
    found = maps.places(points, labels)
    assert found[0].tolist() == [1, 1]  # the median of its points may lie where none is
    assert found[1].tolist() == [9, 1]  # its clump has a label already
    assert maps.places(clump, np.repeat([0, 1], 15))[1].tolist() == [1, 1]


def test_a_map_names_every_class():
    _, (ax,) = draw.figure()
    maps.by_class(ax, np.arange(12.0).reshape(6, 2), np.array([3, 3, 5, 5, 9, 9]))
    assert [text.get_text() for text in ax.texts] == ["3", "5", "9"]
