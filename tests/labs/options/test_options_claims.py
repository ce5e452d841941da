"""Lab options: what reduces curves to numbers, by hand, and what claims say of made tables."""

import pytest

from labs.kit.table import Table
from labs.kit.verdicts import judge
from labs.options.claims import CLAIMS
from labs.options.grid import LEARNED, PARTS, PRESETS, evaluations
from labs.options.lab import LAB
from labs.options.measures import (
    at_budget,
    between,
    dearer,
    dearer_triples,
    first,
    later,
    never,
    reached,
)
from labs.options.remarks import remarks
from tests.labs.options.made import table

WORLDS = 24


def predicted(arm, trained, tested):
    high = {"options": 99.0, "chosen": 98.0, "learned": 98.0}
    low = {"flat": {2: 98.0, 3: 96.0, 4: 1.0}[tested], "private": 97.0 if tested == 2 else 1.0}
    return (high | low).get(arm, 0.5)


def predicted_times(arm, length):
    times = {"options": 5, "learned": 12, "chosen": 19, "flat": 10 if length == 2 else 22}
    return times.get(arm, 22)


def verdicts(made):
    return {verdict.id.removeprefix("C28-"): verdict.verdict for verdict in judge(CLAIMS, made)}


def test_claims_where_all_is_as_foretold():
    found = verdicts(table(predicted, predicted_times, WORLDS))
    assert set(found.values()) == {"holds"}, found


def test_claims_where_nothing_is():
    def level(arm, trained, tested):
        if arm == "options":
            return 97.0 if tested == 2 else 40.0
        return 96.0

    def times(arm, length):
        return 16 if arm == "options" else 2

    found = verdicts(table(level, times, WORLDS, use=(4.0, 4.0, 46.0, 46.0)))
    assert found.pop("untrained") == "holds"
    assert found.pop("order-triples") == "not judged"  # nor are triples solved by sketches
    assert set(found.values()) == {"contradicted"}, found


def test_claims_without_what_they_need():
    def silent(of_options, of_orders=98.0):
        def level(arm, trained, tested):
            levels = {"options": of_options, "learned": of_orders}
            return levels.get(arm, predicted(arm, trained, tested))

        found = verdicts(table(level, predicted_times, WORLDS))
        return {name for name, verdict in found.items() if verdict == "not judged"}

    levels = {"order", "order-triples", "used", "shuffled", "replaced"}
    directions = {"triples", "fours", "optimistic", "shared", "sooner", "sooner-flat"}
    assert silent(60.0) == levels
    assert silent(40.0) == levels | directions  # what does not need options is judged
    assert silent(99.0, of_orders=40.0) == {"used-learned"}
    found = verdicts(table(predicted, predicted_times, octaves=1))
    assert found["order"] == found["order-triples"] == "not judged"


@pytest.mark.parametrize(("every", "verdict"), [(1, "contradicted"), (2, "undecided")])
def test_who_never_learns_the_order_is_no_2_to_10_times(every, verdict):
    rows = [
        {**row, "success": [0.0] * len(row["steps"])}
        if (row["arm"] in ("learned", "chosen")) and row["replicate"] % every == 0
        else row
        for row in table(predicted, predicted_times, WORLDS)
    ]
    found = verdicts(Table(rows))
    assert [found["order"], found["order-triples"]] == [verdict] * 2


STEPS = [0, 1, 2, 4, 8, 16]


def curves(arm, length, *found, unit=10, steps=STEPS):
    """Rows with 0 to 5 evaluations up to the budget of 4, given as lists of percents."""
    return [
        {"arm": arm, "length": length, "replicate": r, "budget": 4, "steps": steps[: len(own)]}
        | {"episodes": [unit * n for n in steps[: len(own)]], "success": own, "use": [25.0] * 4}
        for r, own in enumerate(found)
    ]


def test_one_evaluation_alone_may_be_luck():
    row = {"steps": STEPS, "success": [99, 10, 95, 94.9, 95, 95]}
    assert reached(row) == 4
    assert reached(row, end=8) is None
    assert reached({"steps": [0, 1, 2], "success": [0, 90, 99]}) is None


def test_who_is_later_is_seen_up_to_the_common_end():
    told = [0, 96, 96, 96, 96], [0, 0, 96, 96, 96], [0] * 5, [0] * 5, [0, 0, 0, 0, 96]
    flat = [0, 0, 0, 96, 96, 96], [0] * 4 + [96] * 2, [0] * 6, [0] + [96] * 5, [0] * 4 + [96] * 2
    made = Table([*curves("options", 2, *told), *curves("flat", 2, *flat)])
    assert later(made, "flat 2", "options 2") == {0: 2.0, 1: 2.0, 2: 0.0, 3: -3.0, 4: 0.0}


def test_how_many_times_the_episodes():
    told = [0, 96, 96, 96, 96, 96], [0, 96, 96, 96, 96, 96], [0] * 6, [0] * 6
    order = [0, 0, 0, 96, 96, 96], [0] * 6, [0] + [96] * 5, [0] * 6
    chosen = [0, 0, 0, 96, 96, 96], [0] * 6, [0, 96, 96, 0, 0, 0], [0] * 4 + [96, 96]
    made = Table(
        [
            *curves("options", 2, *told),
            *curves("learned", 2, *order),
            *curves("chosen", 3, *chosen, unit=15),
        ]
    )
    never = float("inf")
    assert dearer(made) == {0: 4.0, 1: never, 2: 0.0, 3: 0.0}
    # 24 tasks of 60, 15 and 120 episodes beside 12 of 40, which is what the options had
    assert dearer_triples(made) == {0: 4.0, 1: never, 2: 1.75, 3: 7.0}
    assert between(made, dearer, 2, 10) == {0: 1.0, 1: 0.0, 2: 0.0, 3: 0.0}
    assert between(made, dearer_triples, 2, 10) == {0: 1.0, 1: 0.0, 2: 0.0, 3: 1.0}
    assert between(made, dearer, 4, 5)[0] == 1.0
    assert between(made, dearer_triples, 0, 7)[3] == 1.0
    (said,) = [own for own in remarks(made) if own.text.startswith("Episodes until 95 %")]
    assert said.rows == (
        ("pairs", 2.0, "2", "1", "0", "1"),
        ("triples, given options", 5.5, "1", "2", "0", "1"),
    )


def test_times_until_95_percent():
    made = table(predicted, predicted_times, 1)
    steps = evaluations(next(c for c in LAB.cells(PRESETS["full"]) if c.arm == "options"))
    assert first(made, "options 2") == {0: steps[5]}
    assert never(made, "options 2") == {0: 0.0}
    assert never(made, "flat 4") == {0: 1.0}
    assert later(made, "learned 2", "options 2")[0] == pytest.approx(7 / PARTS, abs=1e-3)
    assert at_budget(made, "options 2", "fours") == {0: 99.0}
    assert LEARNED == 95
