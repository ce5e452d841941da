"""All claims: C11 to C17 and C24 of this lab's specification, N controls.

The article's text was not at hand when they were written: what it states is judged as a direction.
Numeric thresholds were written beforehand, in the specification, and say so.
"""

from labs.routing.claims_of_modules import OF_MODULES
from labs.routing.claims_of_routers import OF_ROUTERS

CLAIMS = (*OF_ROUTERS, *OF_MODULES)
