"""Published numbers that no claim is about: levels and curves of a source, beside what measures
ours. `python -m labs paper` prints them; nothing is judged."""

import math
from collections.abc import Callable
from dataclasses import dataclass

from labs.kit.measures import Measure, Values
from labs.kit.table import Table


@dataclass(frozen=True, kw_only=True)
class Published:
    """A number of the source.

    Args:
        what: what it is, in a few words.
        value: as published.
        unit: of both.
        measure: reduces the table to one number per replicate, as of a claim; empty where the
            preset lacks the networks.

    Raises:
        ValueError: an empty text, or a value that is no finite number.
    """

    what: str
    value: float
    unit: str
    measure: Measure | Callable[[Table], Values]

    def __post_init__(self) -> None:
        if not self.what:
            raise ValueError("what must hold a text, got ''")
        if not math.isfinite(self.value):
            raise ValueError(f"value must be finite, got {self.value}")
