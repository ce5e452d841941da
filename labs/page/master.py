"""The table of all claims of all labs, and how often published numbers agree with ours."""

from collections.abc import Sequence

from labs.kit import texts
from labs.kit.agreement import Agreement, agreement, summary
from labs.kit.claims import FAMILIES
from labs.kit.rounding import ends, rounded
from labs.page.markup import line, sentence, table, tag, text
from labs.page.results import SHAPES, Claim, Shown
from labs.page.verdicts import mark

HEAD = (
    *("claim", "lab", "sentence", "verdict", "ours", "interval", "published"),
    *("in our 95 %?", "in one run's?"),
)
ABOUT = (
    "A claim is judged by its rule. Whether the published number itself is met is another "
    "question. Does it lie in our 95 % interval of the mean, which shrinks with more replicates? "
    "Does it lie where one more run of ours would fall, in the 95 % prediction interval of one "
    "run? A share of replicates has no run of its own, equal values have no interval, and results "
    "made before the values of replicates were kept have neither."
)
WORDS = {True: "yes", False: "no", None: "-"}


def section(results: Sequence[Shown]) -> str:
    """Return the table of all claims; of labs with several references that of the main one."""
    main = [shown for shown in results if shown.full]
    both = [(s, c, agreement(c, share=c["id"] in s.shares)) for s in main for c in s.claims]
    rows = [_row(*each) for each in both]
    return tag(
        "section",
        tag("h2", "All claims"),
        tag("p", text(summary(agrees for *_, agrees in both)), class_="agreement"),
        tag("p", text(ABOUT)),
        _filters(main),
        table("All claims of all labs", HEAD, rows, id="claims"),
        id="all",
    )


def _row(shown: Shown, claim: Claim, agrees: Agreement | None) -> str:
    at, family = shown.at(claim), claim.get("family", "published")
    low, high = claim["low"], claim["high"]
    own = rounded(claim["estimate"], low, high) if claim["estimate"] is not None else "no data"
    cells = [
        tag("a", text(claim["id"]), href=f"#{at}"),
        text(shown.lab.name),
        sentence(claim["sentence"]),
        shown.chip(claim, mark(claim)),
        shown.ours(claim, f"{own} {claim['unit']}".strip()),
        shown.ours(claim, ends(low, high)),
        sentence(texts.published(claim)),
        *(_agrees(shown, claim, getattr(agrees, name, None)) for name in ("mean", "run")),
    ]
    data = {"data_lab": shown.lab.name, "data_family": family, "data_verdict": claim["verdict"]}
    return line(cells, id=f"all/{at}", **data)


def _agrees(shown: Shown, claim: Claim, agrees: bool | None) -> str:
    return shown.ours(claim, WORDS[agrees]) if agrees is not None else "-"


def _filters(main: Sequence[Shown]) -> str:
    """What scripts make of use; without them all rows are there."""
    choices = {
        "lab": {shown.lab.name: shown.lab.name for shown in main},
        "verdict": {word: f"{shape} {word}" for word, shape in SHAPES.items()},
        "family": FAMILIES,
    }
    selects = [
        tag("label", text(f"{name} "), _select(name, options)) for name, options in choices.items()
    ]
    words = tag("label", "words ", tag("input", type="search", name="words"))
    reset = tag("button", "Show all", type="reset")
    said = tag("p", id="count", role="status", aria_live="polite")
    return tag("form", *selects, words, reset, said, id="filters", hidden=True)


def _select(name: str, options: dict[str, str]) -> str:
    every = tag("option", "all", value="")
    each = [tag("option", text(words), value=value) for value, words in options.items()]
    return tag("select", every, *each, name=name)
