"""Interval plots: a row of inline SVG for every claim, on one axis for all claims of a unit in a
lab. Positions are shares of the width, so that a row is as wide as the screen and its marks are not
distorted."""

import math
from collections.abc import Iterable, Sequence

from labs.kit import texts, undecided
from labs.kit.agreement import numeric
from labs.kit.undecided import claimed
from labs.page.markup import sentence, tag, text
from labs.page.results import SHAPES, Claim, Shown

MIDDLE = 16  # of the rows' height of 32 pixels
KEY = (
    "Thick bar: 95 % interval, where it is kept; thin bar: the interval that judged it; tick: the "
    "published value; "
    f"shaded: the claimed side; {', '.join(f'{shape} {word}' for word, shape in SHAPES.items())}."
)


class Axis:
    """A linear axis that holds what is to be drawn.

    Args:
        values: numbers that must lie on it.

    >>> axis = Axis([0, 10])
    >>> axis.at(5), axis.ticks()
    (50.0, [0.0, 2.0, 4.0, 6.0, 8.0, 10.0])
    """

    def __init__(self, values: Iterable[float]) -> None:
        found = [float(value) for value in values] or [0.0]
        low, high = min(found), max(found)
        room = 0.05 * (high - low) or abs(low) or 1.0
        self.low, self.high = low - room, high + room

    def at(self, value: float) -> float:
        """The place of a value in percent of the width; an end of the axis for one outside."""
        share = (value - self.low) / (self.high - self.low)
        return round(100 * min(max(share, 0), 1), 2)

    def ticks(self) -> list[float]:
        """Three to eight round numbers on it."""
        span = self.high - self.low
        power = 10.0 ** math.floor(math.log10(span / 2))
        step = next(s * power for s in (5, 2, 1, 0.5, 0.2) if span / (s * power) >= 2.5)
        first, last = math.ceil(self.low / step), math.floor(self.high / step)
        return [k * step + 0.0 for k in range(first, last + 1)]


def plots(shown: Shown, claims: Sequence[Claim]) -> str:
    """Return the rows of claims, grouped by unit; claims without a unit have an axis each.

    Args:
        shown: the reference, whose claims of a unit share an axis.
        claims: those to draw, of one family.
    """
    groups: dict[str, list[Claim]] = {}
    for claim in claims:
        groups.setdefault(claim["unit"] or f"/{claim['id']}", []).append(claim)
    parts = []
    for group in groups.values():
        unit = group[0]["unit"]
        alike = [c for c in shown.claims if c["unit"] == unit] if unit else group
        axis = Axis(number for claim in alike for number in numbers(claim))
        rows = [_row(shown, claim, axis) for claim in group]
        parts.append(tag("ul", *rows, _scale(axis, unit), class_="rows"))
    return "".join(parts)


def numbers(claim: Claim) -> list[float]:
    """Return all numbers of a claim that are to be seen."""
    names = ("estimate", "low", "high", "low_95", "high_95")
    found = [claim.get(name) for name in names] + list(claimed(claim))
    if numeric(claim["published"]):
        found.append(claim["published"])
    return [value for value in found if value is not None and math.isfinite(value)]


def _row(shown: Shown, claim: Claim, axis: Axis) -> str:
    ours = shown.ours(claim, f"ours {texts.estimate(claim)}")
    given = claim["published"] is not None
    published = ["; published ", sentence(texts.published(claim))] if given else []
    because = [" ", tag("small", shown.ours(claim, why(claim)))] if why(claim) else []
    at = shown.at(claim)
    link = tag("a", text(claim["id"]), href=f"#all/{at}" if shown.full else f"#{at}")
    return tag(
        "li",
        tag("p", link, " ", sentence(claim["sentence"]), *because, class_="what"),
        strip(claim, axis, at),
        tag("p", shown.chip(claim, mark(claim)), " ", ours, *published, class_="said"),
        id=at,
    )


def mark(claim: Claim) -> str:
    """Return what stands behind a verdict's word: a dagger, a look."""
    return texts.decision(claim).removeprefix(claim["verdict"])


def why(claim: Claim) -> str:
    """Return why a claim is contradicted, open or not judged, and what of it is younger than its
    networks; empty where there is nothing to say."""
    younger = f"{texts.YOUNGER} {claim['younger']}." if claim.get("younger") else ""
    said = claim.get("reason") or undecided.why(claim)
    reason = f"Why {claim['verdict']}: {said}." if said else ""
    return " ".join(filter(None, [claim.get("cause"), reason, younger]))


def strip(claim: Claim, axis: Axis, at: str) -> str:
    """Return a claim's drawing; the same stands in words beside it, so it is silent."""
    inside = [_side(claim, axis), *(_line(axis.at(tick), "grid") for tick in axis.ticks())]
    if numeric(claim["published"]):
        inside.append(_line(axis.at(claim["published"]), "published", 5, 27))
    if claim["estimate"] is not None:
        drawn = tag("g", *_bars(claim, axis), _dot(claim, axis), class_="result", data_claim=at)
        inside.append(drawn)
    return tag("svg", *inside, class_=f"strip {_name(claim)}", aria_hidden="true")


def _name(claim: Claim) -> str:
    return str(claim["verdict"]).replace(" ", "-")


def _side(claim: Claim, axis: Axis) -> str:
    left, right = (axis.at(end) for end in claimed(claim))
    return tag("rect", class_="side", x=f"{left}%", width=f"{round(right - left, 2)}%")


def _line(at: float, name: str, top: int = 0, bottom: int = 32) -> str:
    return tag("line", class_=name, x1=f"{at}%", x2=f"{at}%", y1=top, y2=bottom)


def _bars(claim: Claim, axis: Axis) -> list[str]:
    spans = {"thin": ("low", "high"), "thick": ("low_95", "high_95")}
    ends = {name: [claim.get(end) for end in both] for name, both in spans.items()}
    return [
        tag(
            "line",
            class_=name,
            x1=f"{axis.at(low)}%",
            x2=f"{axis.at(high)}%",
            y1=MIDDLE,
            y2=MIDDLE,
        )
        for name, (low, high) in ends.items()
        if low is not None and high is not None
    ]


def _dot(claim: Claim, axis: Axis) -> str:
    at = f"{axis.at(claim['estimate'])}%"
    if claim["verdict"] == "contradicted":
        path = tag("path", d="M0-7 7 5.5H-7Z", class_="dot")
        return tag("svg", path, x=at, y=MIDDLE, overflow="visible")
    if claim["verdict"] == "not judged":
        path = tag("path", d="M-6 0H6", class_="dash")
        return tag("svg", path, x=at, y=MIDDLE, overflow="visible")
    return tag("circle", cx=at, cy=MIDDLE, r=5.5, class_="dot")


def _scale(axis: Axis, unit: str) -> str:
    words = [
        tag("text", text(f"{tick:g}"), x=f"{axis.at(tick)}%", y=12, class_=_anchor(axis.at(tick)))
        for tick in axis.ticks()
    ]
    drawn = tag("svg", *words, class_="scale", aria_hidden="true")
    return tag("li", drawn, tag("p", text(unit)) if unit else "", class_="axis")


def _anchor(at: float) -> str | None:
    return "first" if at < 5 else "last" if at > 95 else None
