"""All claims: C8 and C18 to C23 of this lab's specification, T of the article's signs, N controls.

The article's text was not at hand when they were written: what it states is judged as a direction,
but for barriers, whose size is a prediction. Numeric thresholds were written beforehand, in the
specification, and say so.
"""

from labs.composition.claims_of_pairs import PAIRS_NOT_SEEN
from labs.composition.claims_of_sums import LINES_AND_SUMS

CLAIMS = (*PAIRS_NOT_SEEN, *LINES_AND_SUMS)
