"""Every word that a stranger must learn."""

from labs.kit import texts
from labs.kit.verdicts import ERROR, FEWEST
from labs.page.markup import tag, text

WORDS = {
    "claim": "A sentence that an experiment can contradict, with its source, a number that "
    "measures it and a rule, all written down before the run.",
    "control": "A claim about what must come out if the experiment is sound: an arm without the "
    "thing under test, or one that can do nothing but guess.",
    "family": "Claims that are judged together: sentences of the source, controls, and our own "
    f"readings. Each family of a lab has at most {ERROR:.0%} of wrong verdicts (Holm's steps).",
    "gate": "A reason not to judge a claim that is found before its own number is looked at: a "
    "training shorter than the published one, networks that have not learned their task.",
    "interpolation threshold": "The size at which a network just fits all its training examples.",
    "interval": "Where the mean over all possible replicates lies, with a stated confidence. The "
    "one that judged a claim is wider than the plain one of 95 %, since many claims are judged.",
    "lab": "One question, its networks, its claims and its figures.",
    "look": "A number of replicates at which a run is judged, where it was planned to go on while "
    "claims are open.",
    "mask": "Which weights of a network are kept; the others are zero.",
    "member": "One of the networks that train side by side in a stack.",
    "nat": "The unit of a loss by natural logarithms.",
    "octave": "A factor of two.",
    "points": "A difference of two percentages.",
    "prediction interval": "Where one more run would fall; wider than the interval of the mean.",
    "preset": "Named settings of a lab: smoke (seconds), quick (minutes), full (the results here).",
    "published": "The value that the source gives, where it gives one.",
    "recipe": "All knobs of the data set: how a template is stretched, moved, tilted, made noisy.",
    "replicate": "The whole experiment once, with a data set, a start and an order of its own. "
    f"Replicates are the unit of all statistics; below {FEWEST} of them nothing is decided.",
    "rewind": "To train a ticket from the initial weights that it was found with.",
    "rule": "The threshold of a claim, and why it is there.",
    "stack": "Networks of one shape that train at once as one program.",
    "template": "One of the ten hand-drawn digits of twelve points that all signals are made from.",
    "ticket": "A sparse part of a network that trains as well as the whole, from its own start.",
    "verdict": "Holds: the whole interval lies on the claimed side. Contradicted: all of it lies "
    "on the other. Undecided: it lies on both. Not judged: there is no data, or a gate is closed.",
    texts.YOUNGER: "The rule, or part of it, is younger than the networks; a note says what.",
}


def section() -> str:
    """Return the glossary."""
    terms = [tag("dt", text(word)) + tag("dd", text(means)) for word, means in WORDS.items()]
    return tag("section", tag("h2", "Glossary"), tag("dl", *terms), id="glossary")
