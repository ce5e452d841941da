"""The claims C28: shared options, flat learners, a learned order, controls that must fail."""

from functools import partial

from labs.kit.claims import Claim, Protocol
from labs.kit.measures import measured
from labs.kit.table import Table
from labs.options.grid import LEARNED, PRESETS, USED
from labs.options.measures import (
    at_budget,
    beyond,
    dearer,
    least_used,
    longer,
    of_arm,
    untrained,
)

SURVEY = "Pfeiffer et al. 2023, arXiv:2302.11529: modules for hierarchical reinforcement learning"
OURS = "our own prediction, made before the run"
RULE = "a control that our own protocol asks for"
LEAD = "any lead is the effect"
FORETOLD = "it was foretold before the run"
NOTHING = 100 - LEARNED  # percent that count as none, as `LEARNED` count as all
TIMES = (1.0, 3.32)  # octaves: 2 to 10 times
ONE = 0.35  # percent that one episode is worth, of a test of 24 tasks from 12 starts
PERCENT, OCTAVES, POINTS = "% of episodes", "octaves", "points"
WHOLE = Protocol({"budget": PRESETS["full"].budget})


def learned(table: Table) -> str:
    """Options that have not learned their pairs say nothing about longer tasks."""
    found = at_budget(table, "options 2")
    mean = sum(found.values()) / max(len(found), 1)
    return f"options solve {mean:.1f} of {LEARNED:g} % of pairs" if mean < LEARNED else ""


def level(table: Table) -> str:
    """Levels are about the full budget, too."""
    return learned(table) or WHOLE(table)


def patient(table: Table) -> str:
    """How many times as long is about learners that may take ten times the budget."""
    rows = [row for row in table if (row["arm"], row["length"]) == ("learned", 2)]
    least = min((row["octaves"] for row in rows), default=4)
    return level(table) or (f"training goes on for {2**least} budgets of 16" if least < 4 else "")


published = partial(
    Claim,
    family="published",
    source=SURVEY,
    unit=POINTS,
    above=0,
    because=LEAD,
    grid=ONE,
    gate=learned,
)
own = partial(Claim, family="own", source=OURS, because=FORETOLD, gate=level)
control = partial(
    Claim,
    family="control",
    source=RULE,
    unit=PERCENT,
    below=NOTHING,
    because="as many are none as 95 % are all",
    limits=(0, 100),
    grid=ONE,
    gate=level,
)

CLAIMS = (
    published(
        id="C28-triples",
        sentence="In tasks of three landmarks that they have never seen, options shared over pairs "
        "are ahead of a flat learner that was trained in them for as many steps.",
        measure=measured(at_budget, "options 2", "triples") - measured(at_budget, "flat 3"),
    ),
    published(
        id="C28-fours",
        sentence="In unseen tasks of four landmarks they are ahead of a flat learner that was "
        "trained in them.",
        measure=measured(at_budget, "options 2", "fours") - measured(at_budget, "flat 4"),
    ),
    published(
        id="C28-optimistic",
        sentence="In unseen tasks of three they are ahead of a flat learner that explores by "
        "optimism.",
        measure=measured(at_budget, "options 2", "triples") - measured(at_budget, "optimistic 3"),
    ),
    published(
        id="C28-shared",
        sentence="In unseen tasks of three they are ahead of options of each task that were "
        "trained in them.",
        measure=measured(at_budget, "options 2", "triples") - measured(at_budget, "private 3"),
    ),
    published(
        id="C28-sooner",
        sentence="Shared options solve 95 % of their own pairs after fewer steps than options of "
        "each task.",
        unit=OCTAVES,
        measure=measured(longer, "private 2", "options 2"),
        because="any saving is the effect; who never gets there counts as at the end",
        grid=0.25,
    ),
    published(
        id="C28-sooner-flat",
        sentence="Shared options solve 95 % of their own pairs after fewer steps than a flat "
        "learner.",
        unit=OCTAVES,
        measure=measured(longer, "flat 2", "options 2"),
        because="any saving is the effect; who never gets there counts as at the end",
        grid=0.25,
    ),
    own(
        id="C28-zero-shot",
        sentence="With its sketch alone, options that were learned in pairs solve 95 % or more of "
        "an unseen task of three.",
        unit=PERCENT,
        measure=measured(at_budget, "options 2", "triples"),
        above=LEARNED,
        limits=(0, 100),
        grid=ONE,
    ),
    own(
        id="C28-flat",
        sentence="A flat learner solves none of the tasks of three after as many steps.",
        unit=PERCENT,
        measure=measured(at_budget, "flat 3"),
        below=NOTHING,
        because="0 % was foretold; as many are none as 95 % are all",
        limits=(0, 100),
        grid=ONE,
        cause="Likely: random moves solve some task now and then, and where moves are certain one "
        "solved episode, swept backwards, nearly teaches it.",
    ),
    own(
        id="C28-flat-longer",
        sentence="A flat learner needs more than all the steps of the options until it solves 95 % "
        "of the tasks of three.",
        unit=OCTAVES,
        measure=measured(beyond, "flat 3"),
        above=0,
        because="any more is the effect; who never gets there counts as at the end",
        grid=0.25,
    ),
    own(
        id="C28-order",
        sentence="Options whose order must be learned with them need 2 to 10 times the episodes "
        "until they solve 95 % of their pairs.",
        unit=OCTAVES,
        measure=measured(longer, "learned 2", "options 2", "episodes"),
        within=TIMES,
        grid=0.25,
        gate=patient,
    ),
    own(
        id="C28-order-triples",
        sentence="Learning the order of given options in every triple makes it 2 to 10 times the "
        "episodes until 95 % of triples are solved.",
        unit=OCTAVES,
        measure=measured(dearer),
        within=TIMES,
        grid=0.25,
    ),
    own(
        id="C28-used",
        sentence="None of the options has less than 5 % of the steps, where sketches are told.",
        unit="% of steps",
        measure=measured(least_used, "options 2"),
        above=USED,
        limits=(0, 25),
    ),
    own(
        id="C28-used-learned",
        sentence="None of the options has less than 5 % of the steps, where their order is learned "
        "with them.",
        unit="% of steps",
        measure=measured(least_used, "learned 2"),
        above=USED,
        limits=(0, 25),
    ),
    control(
        id="C28-shuffled",
        sentence="Sketches in a wrong order solve none of the tasks of three.",
        measure=measured(of_arm, "options 2", "shuffled"),
        grid=ONE / 5,
    ),
    control(
        id="C28-replaced",
        sentence="Sketches of other symbols solve none of them.",
        measure=measured(of_arm, "options 2", "replaced"),
        grid=ONE / 9,
    ),
    control(
        id="C28-untrained",
        sentence="Untrained options solve none of them.",
        measure=measured(untrained, "options 2", "triples"),
    ),
    control(
        id="C28-random",
        sentence="Random moves solve none of them.",
        measure=measured(at_budget, "random 2", "triples"),
    ),
    control(
        id="C28-blind",
        sentence="A flat learner that sees its cell alone, not what it has visited, solves none of "
        "them after as many steps.",
        measure=measured(at_budget, "blind 3"),
    ),
)
