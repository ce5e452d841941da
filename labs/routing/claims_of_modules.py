"""Claims C14, C15 and C24: skills that are found, what experts cost, what sharing them is for."""

from functools import partial
from math import log2

from labs.kit.claims import Claim
from labs.kit.measures import measured
from labs.routing.gates import learned, level, new, new_level, taught, taught_level
from labs.routing.measures import (
    Arm,
    ahead,
    cost_ratio,
    crossed,
    f1,
    f1_gained,
    sharer_over,
    start_ratio,
)
from labs.routing.published import HALVED, INTERFERENCE, RECOVERED, TIE
from labs.routing.sources import ARTICLE, BEFOREHAND, COMPUTED, LEAD, PREDICTED, RULE

POINTS, RATIO = "points", "log2 of the ratio"
NEVER = f"{ARTICLE}learned routing where no map from tasks to skills is given"
JOINT = f"{ARTICLE}joint multitask learning: "
own = partial(Claim, family="own", source=PREDICTED, gate=taught)
counted = partial(Claim, family="control", source=COMPUTED, unit="times", grid=0.01)

SKILLS = (
    *(
        Claim(
            id=f"C14-{name}",
            sentence="Of pairs that were not seen, after 100 examples, networks that found skills "
            f"(Polytropon) read more than {label}.",
            source=NEVER,
            unit=POINTS,
            measure=measured(sharer_over, "polytropon", name),
            above=0,
            because=f"{LEAD}; all train for the same steps",
            gate=taught,
        )
        for name, label in (
            ("private", "a new module for each"),
            ("shared", "one module for all, fine-tuned"),
        )
    ),
    own(
        id="C14-wide",
        sentence="They read more than one module for all that has as many numbers as their "
        "inventory.",
        unit=POINTS,
        measure=measured(sharer_over, "polytropon", "wide"),
        above=0,
        because=f"{LEAD}, then not one of size",
    ),
    own(
        id="C14-told",
        sentence="Those who are told the skills of a pair read more than a new module for each.",
        unit=POINTS,
        measure=measured(sharer_over, "told", "private"),
        above=0,
        because="if not, skills are worth nothing here, found or told",
    ),
    own(
        id="C14-f1",
        sentence="The skills that are found agree with the true ones, F1 after matching 0.7 or "
        "more.",
        unit="F1",
        measure=measured(f1),
        above=RECOVERED,
        because=f"the specification leaves it open; {BEFOREHAND}",
        limits=(0, 1),
        gate=taught_level,
    ),
    Claim(
        id="N-f1",
        family="control",
        sentence="They agree with the true ones better than before training.",
        source=RULE,
        unit="F1",
        measure=measured(f1_gained),
        above=0,
        because="matching alone finds agreement in any matrix",
        gate=taught,
    ),
    Claim(
        id="N-crossed",
        family="control",
        sentence="With the skills of the next pair, seen pairs are read worse.",
        source=RULE,
        unit=POINTS,
        measure=measured(crossed),
        above=0,
        because="any loss shows that skills differ",
        gate=taught,
    ),
)

COSTS = (
    counted(
        id="C15-dense",
        sentence="Twice as many experts of a dense mixture cost twice as many products.",
        measure=measured(cost_ratio, "dense"),
        within=(1.95, 2.05),
        because="the router is a small part",
    ),
    *(
        counted(
            id=f"C15-{name}",
            sentence=f"Twice as many experts of {label} cost hardly more products.",
            measure=measured(cost_ratio, name),
            below=1.05,
            because="the router alone grows",
        )
        for name, label in (("top-2", "top-2"), ("switch", "top-1"))
    ),
)

SHARING = (
    Claim(
        id="C24-modular",
        sentence="Where labels conflict, one expert for each domain is ahead of one wide expert of "
        "as many numbers.",
        source=f"{JOINT}modules reduce interference",
        unit=POINTS,
        measure=measured(ahead, Arm("oracle"), Arm("one")),
        above=0,
        because=LEAD,
        gate=learned(),
    ),
    own(
        id="C24-ten",
        sentence="It is ahead by 10 points or more.",
        unit=POINTS,
        measure=measured(ahead, Arm("oracle"), Arm("one")),
        above=INTERFERENCE,
        because=BEFOREHAND,
        gate=level(),
    ),
    own(
        id="C24-tie",
        sentence="Where labels agree, the two are alike.",
        unit=POINTS,
        measure=measured(ahead, Arm("oracle", labels="shared"), Arm("one", labels="shared")),
        within=(-TIE, TIE),
        because="less than 1.5 points count as a tie, in this lab's specification",
        gate=level("shared"),
    ),
    Claim(
        id="C24-start",
        sentence="In a new domain an expert that starts from the mean of trained ones, which share "
        "one initialisation, takes fewer steps than one from chance to 95 % of what the latter "
        "reaches.",
        source=f"{JOINT}modules give good starts to new ones",
        unit=RATIO,
        measure=measured(start_ratio),
        below=0,
        because="any fewer is the effect",
        gate=new,
    ),
    own(
        id="C24-half",
        sentence="It takes half of the steps or less.",
        unit=RATIO,
        measure=measured(start_ratio),
        below=log2(HALVED),
        because=BEFOREHAND,
        gate=new_level,
    ),
)

OF_MODULES = (*SKILLS, *COSTS, *SHARING)
