"""The classroom: what a lesson's notebook imports.

::

    from labs.course import check, contribute, data, require_seal, reveal, seal, show, start, steps

Torch is not imported here; a lesson that trains imports it itself.
"""

from labs.course.checking import check
from labs.course.contributions import contribute
from labs.course.predictions import require_seal, reveal, seal
from labs.course.session import data, scale, show, start, steps
from labs.kit.draw import figure

__all__ = [
    "check",
    "contribute",
    "data",
    "figure",
    "require_seal",
    "reveal",
    "scale",
    "seal",
    "show",
    "start",
    "steps",
]
