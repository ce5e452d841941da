"""Panels of several sizes."""

from labs.kit import draw
from labs.kit.layout import mosaic


def test_a_mosaic_has_axes_by_letter_as_large_as_they_are_laid_out():
    figure, (high, first, second) = mosaic("AB;AC", width=8.0, height=4.0)
    figure.draw_without_rendering()
    assert draw.panels(figure) == [high, first, second]
    assert high.bbox.height > 1.9 * first.bbox.height
    assert first.bbox.y0 > second.bbox.y1
