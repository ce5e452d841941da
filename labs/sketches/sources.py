"""Where claims come from, in words, and two forms that most of them have."""

from typing import Any

from labs.kit.claims import Claim
from labs.kit.measures import Measure

PAPER = "in the spirit of Ghazi, Panigrahy & Wang 2019, arXiv:1905.12730"
DERIVED = "derived here from the construction"
MEASURED = "a measurement with numpy that came before this lab"
TOLERANCE = "that is the tolerance of the specification"
OURS = "that is a tolerance of ours, from before the run"
CONSTANT = "/ sqrt(d)"
SHARE = (0, 1)


def around(value: float, share: float) -> tuple[float, float]:
    """A window of a share of a value to both sides."""
    return value * (1 - share), value * (1 + share)


def exponent_of(id: str, sentence: str, measure: Measure, tolerance: float) -> Claim:
    """A claim that something falls as d to the power -1/2."""
    return Claim(
        id=id,
        sentence=sentence,
        source=PAPER,
        published=-0.5,
        unit="",
        measure=measure,
        within=(-0.5 - tolerance, -0.5 + tolerance),
        because=f"the bounds fall with the square root of d; {TOLERANCE}",
    )


def level_of(
    id: str,
    sentence: str,
    measure: Measure,
    value: float,
    within: tuple[float, float],
    unit: str = CONSTANT,
    source: str = DERIVED,
    **further: Any,
) -> Claim:
    """A claim on a level, by default one that is derived here."""
    return Claim(
        id=id,
        sentence=sentence,
        source=source,
        published=round(value, 3),
        unit=unit,
        measure=measure,
        within=within,
        **({"family": "own", "because": TOLERANCE} | further),
    )
