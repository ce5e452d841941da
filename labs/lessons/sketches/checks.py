"""The exercises of the lesson, in the order of its source."""

from labs.lessons.sketches.reading import COUNT, RECOVER, SKETCH
from labs.lessons.sketches.turning import ROTATION, TRANSPARENT

EXERCISES = (ROTATION, TRANSPARENT, SKETCH, RECOVER, COUNT)
