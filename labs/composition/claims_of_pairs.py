"""Claims C8, C22 and what of C23 is about order: modules put together for pairs not seen."""

from functools import partial

from labs.composition.gates import apart, composing, composing_level, joined
from labs.composition.grid import APART, METHODS, UNLABELLED
from labs.composition.measures import (
    OWN_HEAD,
    apart_over_all,
    closed,
    closed_over,
    over_joint,
    swapped,
)
from labs.composition.published import FORETOLD, MISMATCHED, MOST, ORDERED
from labs.composition.sources import ARTICLE, BEFOREHAND, EXACT, LEAD, PREDICTED, RULE, TABLE
from labs.kit.claims import Claim
from labs.kit.measures import measured
from labs.nn.modules.methods import METHODS as ALL_METHODS

OF_GAP = "of the gap"
LABELS = {name: ALL_METHODS[name].label for name in METHODS}
own = partial(Claim, family="own", source=PREDICTED)
control = partial(Claim, family="control", source=RULE)

UNSEEN = (
    *(
        Claim(
            id=f"C8-{name}",
            sentence=f"Fixed routing by facets generalises to unseen pairs ({LABELS[name]}): the "
            "modules of a domain and of a task, trained apart, are ahead of the task's alone.",
            source=f"{ARTICLE}fixed routing",
            unit=OF_GAP,
            measure=measured(closed, name),
            above=0,
            because="0 is the task module alone, 1 a module trained on the pair; " + LEAD,
            gate=composing(name),
        )
        for name in METHODS
    ),
    *(
        Claim(
            id=f"T-{name}",
            sentence=f"Modules of {LABELS[name]} compose (the article's sign is +): with the right "
            "domain's module they close more of the gap than with another's.",
            source=TABLE,
            unit=OF_GAP,
            measure=measured(closed_over, name, "wrong"),
            above=0,
            because=LEAD,
            gate=composing(name),
        )
        for name in METHODS
    ),
)

FORESEEN = (
    *(
        own(
            id=f"C8-most-{name}",
            sentence=f"Composed modules of {LABELS[name]} close more than half of the gap.",
            unit=OF_GAP,
            measure=measured(closed, name),
            above=MOST,
            because=BEFOREHAND,
            gate=composing_level(name),
        )
        for name in FORETOLD
    ),
    *(
        own(
            id=f"C8-wrong-{name}",
            sentence=f"With the module of another domain composed modules of {LABELS[name]} close "
            "10 % of the gap or less.",
            unit=OF_GAP,
            measure=measured(closed, name, "wrong"),
            below=MISMATCHED,
            because=BEFOREHAND,
            gate=composing_level(name),
        )
        for name in FORETOLD
    ),
    *(
        own(
            id=f"C8-joint-{name}",
            sentence=f"Composed modules of {LABELS[name]} are ahead of networks that were trained "
            "jointly on nine of the twelve pairs, on the three that each has not seen.",
            unit="points",
            measure=measured(over_joint, name),
            above=0,
            because=f"{LEAD}, mean over the admitted pairs",
            gate=joined(name),
        )
        for name in FORETOLD
    ),
    *(
        own(
            id=f"C8-head-{name}",
            sentence=f"The task's head is not all of it ({LABELS[name]}): a head that was trained "
            "without a module, behind the domain's, closes less.",
            unit=OF_GAP,
            measure=measured(closed_over, name, "head", OWN_HEAD),
            above=0,
            because=f"{LEAD}, in pairs whose task has a head of its own",
            gate=composing(name),
        )
        for name in FORETOLD
    ),
)

OVER_SAMPLES = tuple(
    own(
        id=f"C8-{signal}-over-{name}",
        sentence=f"A domain's module of {LABELS[name]} that learned from {what} closes more than "
        "one that restored masked samples.",
        unit=OF_GAP,
        measure=measured(closed, name, "composed", signal)
        - measured(closed, name, "composed", "samples"),
        above=0,
        because=LEAD,
        gate=composing(name),
    )
    for signal, what in (("labels", "labels"), ("pairs", "clean twins of its signals"))
    for name in UNLABELLED
)
PAIRED = tuple(
    own(
        id=f"C8-pairs-{name}",
        sentence=f"Domain modules of {LABELS[name]} that learned from clean twins alone, without a "
        "label, close more than half of the gap.",
        unit=OF_GAP,
        measure=measured(closed, name, "composed", "pairs"),
        above=MOST,
        because=BEFOREHAND,
        gate=composing_level(name),
    )
    for name in UNLABELLED
)
IN_LAYERS = tuple(
    own(
        id=f"C8-apart-{name}",
        sentence=f"Domain modules of {LABELS[name]} in the first blocks and task modules in the "
        "last read more pairs right than both in all.",
        unit="points",
        measure=measured(apart_over_all, name),
        above=0,
        because=f"{LEAD}, mean over the admitted pairs",
        gate=apart(name),
    )
    for name in APART
)

ORDER = (
    *(
        control(
            id=f"C22-{name}",
            sentence=f"Modules of {LABELS[name]} are put together by concatenation, and their "
            "order changes no logit.",
            source=f"{ARTICLE}prompts aggregate by concatenation; computed to 2e-16",
            unit="",
            measure=measured(swapped, name),
            below=ORDERED,
            because=EXACT,
            grid=1e-9,
        )
        for name in ("prefix", "prompt")
    ),
    own(
        id="C23-order",
        sentence="Adapters close more of the gap with the domain's before the task's than with the "
        "task's before the domain's.",
        unit=OF_GAP,
        measure=measured(closed_over, "adapter", "reversed"),
        above=0,
        because=LEAD,
        gate=composing("adapter"),
    ),
)

CONTROLS = (
    *(
        control(
            id=f"N-wrong-{name}",
            sentence=f"With the module of another domain composed modules of {LABELS[name]} close "
            "10 % of the gap or less.",
            unit=OF_GAP,
            measure=measured(closed, name, "wrong"),
            below=MISMATCHED,
            because=BEFOREHAND,
            gate=composing_level(name),
        )
        for name in METHODS
        if name not in FORETOLD
    ),
    *(
        control(
            id=f"N-random-{name}",
            sentence="A random change of equal norm in place of the domain's module closes 10 % of "
            f"the gap or less ({LABELS[name]}).",
            unit=OF_GAP,
            measure=measured(closed, name, "random"),
            below=MISMATCHED,
            because=BEFOREHAND,
            gate=composing_level(name),
        )
        for name in FORETOLD
    ),
    control(
        id="N-masked",
        sentence="The domain's differences of LT-SFT at random places of their tensors close 10 % "
        "of the gap or less.",
        unit=OF_GAP,
        measure=measured(closed, "lt-sft", "masked"),
        below=MISMATCHED,
        because=BEFOREHAND,
        gate=composing_level("lt-sft"),
    ),
)

PAIRS_NOT_SEEN = (
    *UNSEEN,
    *FORESEEN,
    *OVER_SAMPLES,
    *PAIRED,
    *IN_LAYERS,
    *ORDER,
    *CONTROLS,
)
