"""The classroom: what a lesson's notebook imports.

::

    from labs.course import check, contribute, data, require_seal, reveal, seal, show, start, steps

Torch is not imported here; a lesson that trains imports it itself.
"""

from labs.course.checking import check
from labs.course.session import data, scale, start, steps

__all__ = ["check", "data", "scale", "start", "steps"]
