"""The exercises of the lesson, in the order of its source."""

from labs.lessons.adapters.counting import GAP, TRAINABLE
from labs.lessons.adapters.low_rank import MERGE, SUM
from labs.lessons.adapters.routing import ROUTE

EXERCISES = (MERGE, SUM, TRAINABLE, GAP, ROUTE)
