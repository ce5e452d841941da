"""The exercises of the lesson, in the order of its source."""

from labs.lessons.modules.balancing import BALANCE_LOSS
from labs.lessons.modules.specialising import ALIGNMENT, INVERSE_MI
from labs.lessons.modules.using import ACTIVATION_MATRIX, COLLAPSE_WORST

EXERCISES = (ACTIVATION_MATRIX, COLLAPSE_WORST, ALIGNMENT, INVERSE_MI, BALANCE_LOSS)
