"""Claims C30: what competition finds, what is read of it, what a swap changes, and what fails."""

from functools import partial

from labs.kit.claims import Claim, Protocol
from labs.kit.table import Table
from labs.mechanisms.measures import changed, new, read, wins
from labs.mechanisms.published import APART, COLLAPSED, LEARNED, READ, RECOVERED, STEPS

PAPER = "Parascandolo et al. 2018, arXiv:1712.00961"
PREDICTED = "prediction made beforehand, in this lab's specification"
BEFOREHAND = "that is a prediction made beforehand, no published value"
LEAD = "any lead is the effect"
OF_CLEAN, OF_WINS = "of the clean accuracy", "of the wins"
WHOLE = Protocol({"steps": STEPS})
RANGE = (0.0, 1.0)
ONE = 2e-4  # of the wins, that one of 5,000 test signals is worth


def known(table: Table) -> str:
    """The classifier must read clean signals, and the critic tell them from changed ones."""
    clean = min((row["clean"] for row in table), default=100.0)
    apart = [row["apart"] for row in table if row["arm"] == "competing"]
    mean = sum(apart) / len(apart) if apart else 100.0
    if clean < LEARNED:
        return f"a classifier reads {clean:.1f} of {LEARNED} % right"
    return f"critics tell {mean:.1f} of {APART} % apart" if mean < APART else ""


def level(table: Table) -> str:
    """Levels are about the full protocol."""
    return known(table) or WHOLE(table)


own = partial(Claim, family="own", source=PREDICTED, because=BEFOREHAND, gate=level)
published = partial(Claim, source=PAPER, because=LEAD, gate=known)
control = partial(Claim, family="control", source=PREDICTED, because=LEAD, gate=known)

CLAIMS = (
    published(
        id="C30-specialise",
        sentence="Competing experts specialise: of a mechanism's signals the matched expert wins "
        "more than of experts at the identity, untrained.",
        unit=OF_WINS,
        measure=wins("matched") - wins("matched", "untrained"),
        above=0,
    ),
    published(
        id="C30-invert",
        sentence="What the winners give back is read better than the changed signals themselves.",
        unit=OF_CLEAN,
        measure=read() - read(column="untreated"),
        above=0,
    ),
    published(
        id="C30-several",
        sentence="Competing experts are ahead of one expert for all, as large as they together.",
        unit=OF_CLEAN,
        measure=read() - read("single"),
        above=0,
    ),
    own(
        id="C30-apart",
        sentence="Of a mechanism's signals its matched expert wins 0.9 or more, on the mean.",
        unit=OF_WINS,
        measure=wins("matched"),
        above=RECOVERED,
        limits=RANGE,
        grid=ONE,
        cause="Likely: gain and square both shrink signals, and one expert undoes most of both "
        "before another wins any of them.",
    ),
    own(
        id="C30-read",
        sentence="A classifier of clean digits reads 0.8 of its clean accuracy or more of what the "
        "winners give back, mean over the five mechanisms.",
        unit=OF_CLEAN,
        measure=read(),
        above=READ,
        cause="Likely: slopes are not undone, not even by experts that are told the mechanism: the "
        "law of the signals does not tell a signal from one upside down, or nearly so.",
    ),
    own(
        id="C30-others",
        sentence="When one mechanism is swapped and its expert refitted, no number of the other "
        "experts' outputs changes.",
        unit="numbers",
        measure=changed(),
        below=0.5,
        because="that is one half of a number, of equal bits none differs; a check of the code",
        grid=0.1,
        gate=known,
        published=0,
    ),
    own(
        id="C30-new",
        sentence="With that one expert refitted, the new mechanism's signals are read at 0.8 of "
        "the clean accuracy or more.",
        unit=OF_CLEAN,
        measure=new(),
        above=READ,
        cause="In 3 of 12 worlds another expert wins the new mechanism's signals, and must not "
        "learn; in 3 the refitted one wins and does not undo it.",
    ),
    own(
        id="C30-new-anew",
        sentence="Refitting the one expert reads the new mechanism better than training all "
        "experts anew for as many steps.",
        unit=OF_CLEAN,
        measure=new() - new("anew"),
        above=0,
        because=LEAD,
        gate=known,
    ),
    own(
        id="C30-collapse",
        sentence="Started at random and not at the identity, one expert wins 0.9 of all signals or "
        "more.",
        unit=OF_WINS,
        measure=wins("largest", "random"),
        above=COLLAPSED,
        limits=RANGE,
        grid=ONE,
        cause="Likely the critic: it learns from winners, finds out an expert that wins all, and "
        "another one wins then.",
    ),
    own(
        id="C30-collapse-paper",
        sentence="Started at random, and with a critic that learns from what all experts give "
        "back, one expert wins 0.9 of all signals or more.",
        unit=OF_WINS,
        measure=wins("largest", "paper"),
        above=COLLAPSED,
        limits=RANGE,
        grid=ONE,
    ),
    own(
        id="C30-start",
        sentence="Experts started at the identity are told apart better than those started at "
        "random.",
        unit=OF_WINS,
        measure=wins("matched") - wins("matched", "random"),
        above=0,
        because=LEAD,
        gate=known,
        cause="Likely: experts started at random share signals out, too, and undo no mechanism.",
    ),
    own(
        id="C30-start-read",
        sentence="What they give back is read better than what experts started at random do.",
        unit=OF_CLEAN,
        measure=read() - read("random"),
        above=0,
        because=LEAD,
        gate=known,
    ),
    control(
        id="C30-dealt",
        sentence="Experts that signals are dealt to by chance are told apart less than competing "
        "ones.",
        unit=OF_WINS,
        measure=wins("matched") - wins("matched", "fixed"),
        above=0,
    ),
    control(
        id="C30-dealt-read",
        sentence="What they give back is read worse than what competing experts do.",
        unit=OF_CLEAN,
        measure=read() - read("fixed"),
        above=0,
    ),
    control(
        id="C30-told",
        sentence="Experts that are told the mechanism are ahead of competing ones.",
        unit=OF_CLEAN,
        measure=read("told") - read(),
        above=0,
    ),
    control(
        id="C30-old",
        sentence="Before it is refitted, the experts read the new mechanism worse than after.",
        unit=OF_CLEAN,
        measure=new() - new("swap_before"),
        above=0,
    ),
)
