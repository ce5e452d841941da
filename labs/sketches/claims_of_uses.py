"""Claims of what sketches are used for: a year of days, retrieval, new concepts, real networks.

Those of the year and of the CNN were written after a look at draws of other streams: other years,
and networks of other starts.
"""

from itertools import product
from typing import Any

from labs.kit.claims import Claim, Protocol
from labs.kit.measures import Measure
from labs.sketches.measures import at
from labs.sketches.published import RECOVERED, SPEARMAN
from labs.sketches.sources import DERIVED, MEASURED, PAPER, TOLERANCE

OWN = "our own question"
YEAR = 1024  # numbers that are kept of the year
DAY = {"scenes": 256, "objects": 64}  # and of a day, of which a sample holds a third or a half
ANY = "any difference is an order"
READERS = {
    "sketch": "Read as the source reads it, {a} sketch",
    "solved": "Solved for all that it may hold (an extension), {a} sketch",
}
RIVALS = {"scenes": "a random sample of raw scenes", "objects": "a random sample of outputs"}
NUMBERS = {"frequency": "Y1", "mornings": "Y2", "shape": "Y3", "alike": "Y4", "third": "Y5"}
QUESTIONS = {
    "frequency": "how often each digit was seen",
    "mornings": "what came in mornings rather than evenings",
    "shape": "what a digit looked like on average",
    "alike": "which days were alike",
    "third": "what the third object of a day looked like",
}


def _size(question: str, rival: str) -> int:
    return DAY[rival] if question in ("alike", "third") else YEAR


def _against(question: str, reader: str, rival: str) -> Claim:
    d = _size(question, rival)
    kept = f"a day's {d}-number" if question in ("alike", "third") else f"a {d}-number"
    return Claim(
        id="-".join([NUMBERS[question], *[reader] * (reader == "solved"), rival]),
        family="own",
        sentence=f"{READERS[reader].format(a=kept)} tells {QUESTIONS[question]} with less error "
        f"than {RIVALS[rival]} of as many numbers.",
        source=OWN,
        unit="1 - rho" if question == "alike" else "rms",
        measure=at(question, "year", arm=rival, d=d) - at(question, "year", arm=reader, d=d),
        above=0,
        because=ANY,
        cause=CAUSES.get((question, reader), ""),
    )


CAUSES = {
    ("mornings", "sketch"): "Likely: mornings are read by unrolling twelve positions, and the "
    "noise of all adds up.",
    ("shape", "sketch"): "Likely: a mean waveform is a quotient of two readouts, each with the "
    "noise of all that was seen; a few whole objects have none.",
    ("third", "sketch"): "A sample holds some of a day's twelve objects exactly.",
    ("third", "solved"): "A sample holds some of a day's twelve objects exactly.",
}
CAUSE_OF_PROBE = {
    "top": "Likely: a linear probe needs no structure, and a sketch spends numbers on layer two."
}

YEARS = (
    *(_against(*names) for names in product(QUESTIONS, READERS, RIVALS)),
    Claim(
        id="Y1-told",
        family="own",
        sentence="Counters that were told the question know the frequencies better than a sketch "
        "that was not.",
        source=OWN,
        unit="rms",
        measure=at("frequency", "year", arm="sketch", d=YEAR)
        - at("frequency", "year", arm="counters", d=YEAR),
        above=0,
        because=ANY,
    ),
)

RETRIEVAL = (
    Claim(
        id="K18-spearman",
        family="own",
        sentence="The inner product of two sketches follows how many digits their scenes share.",
        source=MEASURED,
        published=SPEARMAN,
        unit="",
        measure=at("spearman", "retrieval", d=512),
        within=(SPEARMAN - 0.04, SPEARMAN + 0.04),
        because=TOLERANCE,
        limits=(-1, 1),
    ),
    Claim(
        id="K18-top",
        sentence="Related scenes are found by their sketches: the best ten share more digits than "
        "ten at random.",
        source=PAPER,
        unit="digits",
        measure=at("top", "retrieval", d=512) - at("random_top", "retrieval", d=512),
        above=0,
        because=ANY,
    ),
    Claim(
        id="U-concepts",
        family="own",
        sentence="New concepts are found as clusters of what is read of an unnamed module, the "
        "purer the longer the sketch (4096 numbers against 64).",
        source=OWN,
        unit="",
        measure=at("purity", "concepts", arm="recovered", d=4096)
        - at("purity", "concepts", arm="recovered", d=64),
        above=0,
        because=ANY,
    ),
    Claim(
        id="U-clusters",
        family="own",
        sentence="Clusters of what is read of the unnamed module are purer than clusters of the "
        "sketches themselves (1024 numbers).",
        source=OWN,
        unit="",
        measure=at("purity", "concepts", arm="recovered", d=1024)
        - at("purity", "concepts", arm="sketches", d=1024),
        above=0,
        because=ANY,
    ),
    Claim(
        id="K18-concepts",
        sentence="New concepts are clusters in the space of sketches: purer than of chance, with "
        "two known objects beside the new one.",
        source=PAPER,
        unit="",
        measure=at("purity", "concepts", arm="sketches", d=1024)
        - at("purity", "concepts", arm="chance", d=1024),
        above=0,
        because=ANY,
    ),
)


def _ahead(name: str, first: str, second: str, d: int) -> Measure:
    """By how much a column of one encoding of what a trained CNN did is above another's."""
    return at(name, "cnn", arm=first, d=d) - at(name, "cnn", arm=second, d=d)


def _order(id: str, sentence: str, measure: Measure, unit: str, **further: Any) -> Claim:
    """A claim on which of two numbers is larger."""
    return Claim(
        id=id,
        sentence=sentence,
        unit=unit,
        measure=measure,
        because=ANY,
        **({"family": "own", "source": OWN} | further),
    )


SLOTS: dict[str, Any] = {"question": "trained scenes", "objects": 3, "d": 4096}

NETWORKS = (
    Claim(
        id="U-trained",
        family="own",
        sentence="A sketch of 4096 numbers adds nothing to the mistakes of a trained network: of "
        "scenes of three digits as many slots are read right as it saw right, to 1 point.",
        source=OWN,
        published=0,
        unit="points",
        measure=(at("slot", **SLOTS) - at("network_slot", **SLOTS)) * 100,
        within=(-1, 1),
        because="where modules know the digits, less than 1 slot of 100 is lost there",
        grid=0.16,  # one slot of 600
        gate=Protocol({"steps": 4000}),
    ),
    _order(
        "U-cnn-class",
        "Sketches of a trained CNN's firings resemble each other where the classes do: cosines are "
        "larger within a class (256 numbers).",
        at("gap", "cnn", arm="sketch", d=256),
        "cosine",
        above=0,
    ),
    *(
        _order(
            f"U-cnn-auc-{rival}",
            f"Cosines of sketches of a trained CNN's firings tell pairs of one class better than "
            f"those of {what} (256 numbers).",
            _ahead("class_auc", "sketch", rival, 256),
            "AUC",
            above=0,
        )
        for rival, what in (
            ("raw", "the responses of both layers, randomly projected"),
            ("top", "the responses of the last layer, randomly projected"),
            ("bag", "the same objects without places and wiring, randomly projected"),
        )
    ),
    *(
        _order(
            f"U-cnn-probe-{rival}",
            f"A linear probe finds the class in 64 numbers of a sketch more often than in 64 of "
            f"{what}.",
            _ahead("accuracy", "sketch", rival, 64),
            "points",
            above=0,
            cause=CAUSE_OF_PROBE.get(rival, ""),
        )
        for rival, what in (
            ("raw", "a random projection of the responses of both layers"),
            ("top", "a random projection of the last layer's responses"),
        )
    ),
    _order(
        "U-untrained",
        "It is training that makes sketches of one class alike: of an untrained CNN they tell "
        "pairs of one class less (64 numbers).",
        at("class_auc", "cnn", arm="sketch", d=64)
        - at("class_auc", "untrained cnn", arm="sketch", d=64),
        "AUC",
        above=0,
    ),
    _order(
        "U-untrained-probe",
        "Of an untrained CNN 64 numbers of a sketch hold less of the class than a random "
        "projection of the responses does.",
        at("accuracy", "untrained cnn", arm="sketch", d=64)
        - at("accuracy", "untrained cnn", arm="raw", d=64),
        "points",
        below=0,
    ),
)

PROTOTYPE = "a prototype that came before this lab, one seed"
FILLED = (
    "Columns are filled in by regression on the activities of their first blocks: 300 sketches "
    "find nearly all, and the rise comes before."
)


def _found(sketches: int) -> Measure:
    return at("columns", "recovery", arm="sketches", share=0.02, sketches=sketches)


RECOVERY = (
    *(
        Claim(
            id=f"K19-{sketches}",
            family="own",
            sentence=f"From {sketches} sketches alone {share:g} of a network's columns are found.",
            source=PROTOTYPE,
            published=share,
            unit="of columns",
            measure=_found(sketches),
            within=(share - 0.06, share + 0.06),
            because=TOLERANCE,
            grid=1 / 104,
            limits=(0, 1),
            cause=FILLED,
        )
        for sketches, share in RECOVERED.items()
    ),
    Claim(
        id="K19-rise",
        family="own",
        sentence="The share of columns that are found rises sharply between 300 and 1000 sketches.",
        source=PROTOTYPE,
        published=round(RECOVERED[1000] - RECOVERED[300], 3),
        unit="of columns",
        measure=_found(1000) - _found(300),
        above=0.2,
        because="the prototype's rise is more than twice as much",
        grid=1 / 104,
        cause=FILLED,
    ),
    Claim(
        id="K19-wiring",
        sentence="The wiring is found from sketches alone, as far as it goes: more columns are "
        "placed in their module than by chance (1000 sketches).",
        source=PAPER,
        unit="of columns found",
        measure=at("placed", "recovery", arm="sketches", share=0.02, sketches=1000)
        - at("placed_by_chance", "recovery", arm="sketches", share=0.02, sketches=1000),
        above=0,
        because=ANY,
    ),
    _order(
        "K19-ica",
        "Block by block more columns are found in 300 sketches than by FastICA of whole sketches, "
        "which is told how many there are and cut to signs.",
        _found(300) - at("columns", "other recovery", arm="ica signs", sketches=300),
        "of columns",
        above=0,
    ),
    Claim(
        id="N-known",
        family="control",
        sentence="Where it is known what fired, as many plain sketches as there are columns give "
        "exactly all columns that they determine.",
        source=DERIVED,
        published="below 1e-10",
        unit="",
        measure=at("largest_error", "known activities", arm="plain sums"),
        below=1e-10,
        because="that leaves room for rounding alone; a check of the code",
    ),
)

USES: tuple[Claim, ...] = (*YEARS, *RETRIEVAL, *RECOVERY, *NETWORKS)
