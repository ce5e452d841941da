"""All claims: K1 to K20 of the mechanism, its controls, Y and U of its uses.

The source was not at hand when they were written: its bounds are stated as directions and
exponents, never by the number of a theorem. Constants are derived here from the construction.
Tolerances are those of this lab's specification, written before its code, or, where it has none,
those that `sources.OURS` says, written before the run.
"""

from labs.sketches.claims_of_products import MATRICES, SIMILARITY
from labs.sketches.claims_of_readouts import COUNTING, ERASURE, EXACT, NEGATIVE, READING
from labs.sketches.claims_of_uses import USES

CLAIMS = (
    *MATRICES,
    *SIMILARITY,
    *READING,
    *COUNTING,
    *ERASURE,
    *EXACT,
    *NEGATIVE,
    *USES,
)
