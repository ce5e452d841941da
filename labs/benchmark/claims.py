"""The benchmark's claims: C1 to C6, each with the published value and the reason for its rule.

Levels are about 6000 steps, and so is how much one model beats another by: after fewer steps they
are not judged. Which of two models is better is judged, and what shuffling costs a model that
cannot see the order. All is measured on fresh test examples but C4, which is about the choice of a
small test set: the published one.
"""

from typing import Any

from labs.benchmark.grid import CHANGES, NAMES, NETS
from labs.benchmark.measures import best, changed, early, final, on_published
from labs.benchmark.published import ANSWERS, HUMAN, HUMAN_INTERVAL, MLP, RIGHT, STEPS, TABLE_1
from labs.kit.claims import Claim, Protocol
from labs.kit.measures import Measure

GREYDANUS = "Greydanus & Kobak 2024"
SOURCE = f"{GREYDANUS}, Table 1"
WHOLE = Protocol({"steps": STEPS})
BLIND = ("logistic", "mlp")  # to the order of the positions, after any number of steps
GRID = 0.002  # percent: one of the 50,000 fresh test examples
CHANGED = (
    "Until 2026-11-27 it was measured on the 1000 published test examples, and since then on "
    "50,000 fresh ones; the threshold is as it was"
)
FRESH: dict[str, Any] = {"grid": GRID, "changed": CHANGED}
LEVEL: dict[str, Any] = {"limits": (0, 100), "gate": WHOLE}
UNUSED = (
    "The released code names 256 hidden units and builds 100: likely 68 % is of the wider net, "
    "of which C5-width tells."
)
CAUSES = {  # known or likely, of a contradicted claim
    "C2-mlp": UNUSED,
    "C2-mlp-s": UNUSED,
    "C2-gru-s": "The stored outputs end at 51 to 54; only their best evaluations on test reach 57.",
    "C4-cnn": "Its test accuracy does not fall again: the last evaluation is about the best.",
}

GAPS = (  # better, worse, by more than, what the authors' stored outputs give
    ("mlp", "logistic", 25, "32 to 34"),
    ("gru", "mlp", 20, "24 to 27.5"),
    ("cnn", "mlp", 20, "27 to 30"),
    ("cnn", "gru", 0, "0.2 to 3.4"),
)
DROPS = (  # model, what shuffling costs: lowest, highest; why these ends
    ("logistic", -2, 2, "2 is the larger tolerance in the table"),
    ("mlp", -2, 2, "2 is its tolerance in the table"),
    ("cnn", 30, 42, "the text says about 38 (2020) and 35 (2024), stored outputs 34 to 36"),
    ("gru", 30, 42, "the text says about 38 (2020) and 35 (2024), stored outputs 36 to 40"),
)


def _value(model: str, shuffled: bool = False) -> int:
    return TABLE_1[model, shuffled][0]


def _ordering(better: str, worse: str, above: float, stored: str) -> Claim:
    published = _value(better) - _value(worse)
    return Claim(
        id=f"C1-{better}-{worse}",
        sentence=f"{NAMES[better]} beats {NAMES[worse]} by more than {above} points.",
        source=SOURCE,
        published=published,
        unit="points",
        measure=final(better) - final(worse),
        above=above,
        because=f"published {published}, stored outputs {stored}",
        **FRESH,
        gate=WHOLE if above else None,
    )


def _level(model: str, shuffled: bool, published: float, tolerance: float) -> Claim:
    where = "shuffled" if shuffled else "plain"
    name = f"C2-{model}{'-s' if shuffled else ''}"
    return Claim(
        id=name,
        sentence=f"{NAMES[model]} reaches {published} ± {tolerance} % on {where} data.",
        source=SOURCE,
        published=published,
        unit="%",
        measure=final(model, shuffled),
        within=(published - tolerance, published + tolerance),
        because="that is the published value with its own tolerance",
        cause=CAUSES.get(name, ""),
        **FRESH,
        **LEVEL,
    )


def _drop(model: str, low: float, high: float, because: str) -> Claim:
    return Claim(
        id=f"C3-{model}",
        sentence=f"Shuffling the positions costs {NAMES[model]} between {low} and {high} points.",
        source=SOURCE,
        published=_value(model) - _value(model, True),
        unit="points",
        measure=final(model) - final(model, True),
        within=(low, high),
        because=because,
        family="control" if model in BLIND else "published",
        **FRESH,
        gate=None if model in BLIND else WHOLE,
    )


def _optimism(model: str) -> Claim:
    return Claim(
        id=f"C4-{model}",
        sentence=f"The best test evaluation of {NAMES[model]} exceeds its last by over 1 point.",
        source=f"{GREYDANUS}, Section 3: early stopping, with no validation set in the code",
        unit="points",
        measure=best(model) - on_published(model),
        above=1,
        because="1 is the smallest tolerance in Table 1; on the 1000 published test examples, "
        "since what is chosen on many more gains less",
        family="own",
        grid=0.1,
        cause=CAUSES.get(f"C4-{model}", ""),
        **LEVEL,
    )


def _reaches(name: str, change: str, measure: Measure) -> Claim:
    return Claim(
        id=f"C5-{name}",
        sentence=f"With {change} the MLP reaches {MLP} %.",
        source="greydanus/mnist1d, issue 17",
        published=MLP,
        unit="%",
        measure=measure,
        above=MLP,
        because=f"{MLP} % is the value of Table 1 that the issue asks for",
        family="own",
        cause=UNUSED,
        **FRESH,
        **LEVEL,
    )


def _exceeds(name: str, human: float, what: str, because: str, **family: Any) -> Claim:
    return Claim(
        id=f"C6-{name}",
        sentence=f"With 32,000 training examples the CNN exceeds {human:g} %, the human's {what}.",
        source=f"{GREYDANUS}, Section 3",
        unit="%",
        measure=final("cnn", examples=32000),
        above=human,
        because=because,
        **family,
        **FRESH,
        **LEVEL,
    )


CLAIMS = (
    *(_ordering(*gap) for gap in GAPS),
    *(_level(*arm, *level) for arm, level in TABLE_1.items()),
    *(_drop(*drop) for drop in DROPS),
    Claim(
        id="C3-best",
        sentence="After shuffling the MLP is best: above the CNN.",
        source=f"{GREYDANUS}, Figure 2",
        published=_value("mlp", True) - _value("cnn", True),
        unit="points",
        measure=final("mlp", True) - final("cnn", True),
        above=0,
        because="the sentence is about the sign; stored outputs 6 to 8",
        grid=GRID,
        gate=WHOLE,
        changed="Until 2026-11-27 it was measured on the 1000 published test examples, and until "
        "2026-11-28 it asked for more than 5 points, a margin of ours, which 6.9 passed; since, a "
        "direction is judged at 0",
    ),
    *(_optimism(model) for model in NETS),
    _reaches("stopping", "early stopping on a validation set", early("mlp")),
    *(_reaches(setting, text, changed(setting)) for setting, text in CHANGES.items()),
    _exceeds("human", HUMAN, "score", f"{RIGHT} of {ANSWERS} distinct answers were right"),
    _exceeds(
        "clear",
        HUMAN_INTERVAL[1],
        "interval",
        f"Wilson's interval of {RIGHT} of {ANSWERS} ends there",
        family="own",
    ),
)
