"""What a lab's page says beside its results: how it was done, and what that cannot show."""

from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True)
class Method:
    """How a lab goes about its question.

    It holds what stays true when the reference is made again: no results, and of numbers those
    alone that the protocol names.

    Args:
        text: what is varied, trained and measured, in two to five sentences.
        differences: where this differs from the source's protocol, a sentence or two each; where
            the source has no experiment, that.
        limitations: what the lab cannot show, a sentence or two each.
        changed: what of the protocol, and of no single claim (`Claim.changed`), was changed after
            a look at results; each names its date, YYYY-MM-DD, and its commit.
        left_out: what the source says of this and no claim judges, each with its reason; numbers
            that are compared (`labs.kit.published`) are not left out.

    Raises:
        ValueError: no differences or no limitations, or a sentence without a full stop.
    """

    text: str
    differences: tuple[str, ...]
    limitations: tuple[str, ...]
    changed: tuple[str, ...] = ()
    left_out: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        for name in ("differences", "limitations"):
            if not getattr(self, name):
                raise ValueError(f"{name} must hold a sentence at least, got none")
        for name, said in self._sentences():
            if not said.endswith("."):
                raise ValueError(f"{name} must be sentences with a full stop, got {said!r}")

    def _sentences(self) -> Iterator[tuple[str, str]]:
        yield "text", self.text
        for name in ("differences", "limitations", "changed", "left_out"):
            yield from ((name, said) for said in getattr(self, name))
