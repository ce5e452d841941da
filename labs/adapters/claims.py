"""All claims: C1 to C10 and C27 of this lab's specification, T of the article's signs, N controls.

The article's text was not at hand when they were written, and its table has signs in place of
numbers: what it states is judged as a direction. Numeric thresholds are predictions made
beforehand, in the specification, and say so.
"""

from labs.adapters.claims_of_costs import COSTS
from labs.adapters.claims_of_gaps import BOUGHT
from labs.adapters.claims_of_signs import SIGNS_AND_CONTROLS

CLAIMS = (*COSTS, *BOUGHT, *SIGNS_AND_CONTROLS)
