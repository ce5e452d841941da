"""Every word that a stranger must learn: those of the kit, and those of a page of verdicts."""

from labs.kit import texts
from labs.kit.glossary import WORDS
from labs.kit.verdicts import ERROR, FEWEST
from labs.page.markup import tag, text

VERDICTS = {
    "holds": "The whole interval lies on the claimed side.",
    "contradicted": "The whole interval lies on the other side.",
    "undecided": f"The interval lies on both sides, or there are fewer than {FEWEST} replicates.",
    "not judged": "There is no data, or a gate is closed.",
    "interval": "Where the mean over all possible replicates lies, with a stated confidence. The "
    "one that judged a claim is at least as wide as the plain one of 95 %: the chance of even one "
    f"wrong verdict in a family of claims of a lab is at most {100 * ERROR:g} %.",
    "prediction interval": "Where one more run would fall; wider than the interval of the mean.",
    "published": "The value that the source gives, where it gives one.",
    "control": "A claim about what must come out if the experiment is sound, such as that an arm "
    "without the thing under test does no better than chance.",
    texts.YOUNGER: "The rule was changed after results, of these networks or of earlier ones, "
    "had been seen; a note says how.",
    "points, octaves, nats": "A difference of two percentages; factors of two; units of a loss by "
    "natural logarithms.",
}


def section() -> str:
    """Return the glossary."""
    words = VERDICTS | {word: f"{means[0].upper()}{means[1:]}." for word, means in WORDS.items()}
    terms = [tag("dt", text(word)) + tag("dd", text(means)) for word, means in words.items()]
    return tag("section", tag("h2", "Glossary"), tag("dl", *terms), id="glossary")
