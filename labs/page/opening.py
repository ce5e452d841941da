"""What a reader sees first: the question, the ten digits, and what came out of every lab."""

from collections import Counter
from collections.abc import Sequence

from labs.page import cards
from labs.page.markup import tag, text
from labs.page.results import SHAPES, Shown
from mnist1d import get_templates

TITLE = "MNIST-1D labs: what holds when it is run again?"
QUESTION = "Which published findings on deep learning hold when they are run again?"
ABOUT = (
    "MNIST-1D is ten digits drawn as signals of 40 numbers, so small that a laptop trains "
    "hundreds of networks on them in minutes."
)
PLACES = {
    "came-out": "What came out",
    "explorer": "Try the data",
    "quiz": "Can you read it?",
    "labs": "The labs",
    "all": "All claims",
    "glossary": "Glossary",
    "again": "Cite and repeat",
}


def header(results: Sequence[Shown]) -> str:
    """Return title, question, one sentence for a stranger, the digits, and where all else is."""
    links = [tag("li", tag("a", text(words), href=f"#{at}")) for at, words in PLACES.items()]
    return tag(
        "header",
        tag("a", "Skip to what came out", href="#came-out", class_="skip"),
        tag("p", "MNIST-1D labs", class_="kicker"),
        tag("h1", text(QUESTION)),
        tag("p", text(ABOUT), " ", *_asked(results), class_="lead"),
        digits(),
        tag("nav", tag("ul", *links), aria_label="On this page"),
    )


def _asked(results: Sequence[Shown]) -> list[str]:
    main = [shown for shown in results if shown.full]
    claims = [claim for shown in main for claim in shown.claims]
    published = [c for c in claims if c.get("family", "published") == "published"]
    cells = sum(shown.found["networks"] for shown in main)
    said = (
        f"Here {len(main)} experiments are run again, many times each, {cells:,} trainings and "
        f"measurements in all, and {len(published):,} sentences of their sources are judged by an "
        "interval: "
    )
    counts = Counter(claim["verdict"] for claim in published)
    return [
        text(said),
        ", ".join(_count(word, counts[word]) for word in SHAPES if counts[word]),
        text(
            f". {len(claims) - len(published):,} more are controls, readings of our own, and "
            "sentences of other papers."
        ),
    ]


def _count(word: str, count: int) -> str:
    words = f"{SHAPES[word]} {count:,} {'hold' if word == 'holds' else word}"
    return tag("span", text(words), class_=f"tally {word.replace(' ', '-')}")


def digits() -> str:
    """Return the ten templates, each a line drawn from top to bottom as a pen would."""
    templates = get_templates()
    x, t = templates["x"], templates["t"]
    low, high = float(x.min()), float(x.max())
    drawn = []
    for digit, values in zip(templates["y"], x, strict=True):
        places = [
            f"{4 + 32 * (float(v) - low) / (high - low):.1f},{4 + 56 * k / (len(t) - 1):.1f}"
            for k, v in enumerate(values)
        ]
        line = tag("polyline", points=" ".join(places))
        svg = tag("svg", line, viewBox="0 0 40 64", aria_hidden="true")
        drawn.append(tag("span", svg, str(digit), class_="digit"))
    caption = (
        "The ten digits: each is a line of twelve points, read from top to bottom. A signal is one "
        "of them, stretched, moved, tilted and made noisy."
    )
    return tag(
        "figure",
        tag("div", *drawn, role="img", aria_label="Ten digits drawn as lines, 0 to 9"),
        tag("figcaption", text(caption)),
        class_="digits",
    )


def came_out(main: Sequence[Shown]) -> str:
    """Return what every lab asked and found, with its first picture."""
    return tag(
        "section",
        tag("h2", text(PLACES["came-out"])),
        tag(
            "p",
            "Read a question, guess, then look. Numbers in brackets are the interval that judged "
            "the claim; ",
            tag("a", "the glossary", href="#glossary"),
            " explains the words of these labs.",
        ),
        _guessing(),
        *(cards.overview(shown) for shown in main),
        id="came-out",
    )


def _guessing() -> str:
    """A button that scripts bring to life, and what it says."""
    button = tag("button", "Cover the verdicts: I want to guess", type="button", id="guess")
    return tag("div", button, tag("p", id="score", role="status"), class_="guess", hidden=True)
