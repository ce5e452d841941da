"""The exercises of the lesson, in the order of its source."""

from labs.lessons.views.contrast import INFO_NCE
from labs.lessons.views.detrending import DETREND
from labs.lessons.views.neighbours import PURITY
from labs.lessons.views.probing import PROBE

EXERCISES = (DETREND, INFO_NCE, PURITY, PROBE)
