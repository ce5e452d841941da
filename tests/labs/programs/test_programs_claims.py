"""Measures and claims on tables that are made up."""

from dataclasses import replace

import numpy as np
import pytest

from labs.kit import draw
from labs.kit.table import Table, row
from labs.kit.verdicts import judge
from labs.programs.claims import CLAIMS
from labs.programs.grid import (
    ARMS,
    PRESETS,
    RECALLERS,
    SHOWN,
    STEPS,
    TOLD,
    Config,
    Record,
    cells,
    seconds,
)
from labs.programs.measures import (
    bend,
    by_length,
    error,
    growth,
    guess,
    held_out,
    least_of_others,
    octaves,
    of_commuting,
    trained_error,
)
from labs.programs.operations import PAIRS, parse, run
from labs.programs.pictures import PICTURES
from labs.programs.remarks import remarks

COUNTS = (6, 18, 18, 4, 4, 4)
SINGLE = {"modular": 0.2, "affine": 0.05, "iterated": 1.0, "monolith": 2.0}
RATIO = {"modular": 1.4, "affine": 1.2, "iterated": 1.6, "monolith": 3.0}
STEP = (0, 1, 1, 2, 3, 4)  # operations after the first, of GROUPS
RECALL = {
    "memory": (97.0, 0.5),
    "recurrent": (70.0, 4.0),
    "recurrent-longer": (80.0, 4.0),
}  # accuracy and its fall per pair
CONFIG = replace(Config(), replicates=8)
BY_ID = {claim.id: claim for claim in CLAIMS}


def made(cell, single=SINGLE, ratio=RATIO, **changes):
    """A record as the lab foretells it: errors that grow geometrically, with a little noise."""
    draws = np.random.default_rng([cell.replicate, [*ARMS].index(cell.arm)])
    noise, *noises = np.exp(draws.normal(scale=0.05, size=1 + len(STEP)))
    if cell.arm in RECALLERS:
        first, fall = RECALL[cell.arm]
        accuracy = [first * noise**0.1 - fall * (n - 2) for n in TOLD]
        own = {"fitted": accuracy[2], "accuracy": accuracy, "emptied": 12.5 * noise**0.1}
        return Record(1000, 0.01, **own | changes)
    base, grows = single[cell.arm] * noise, ratio[cell.arm]
    every = zip(STEP, COUNTS, noises, strict=True)
    errors = [[base * grows**s * own] * count for s, count, own in every]
    own = {"errors": errors, "untrained": [200.0 * noise] * 6}
    if cell.arm == "modular":
        signal = np.sin(np.arange(40) / 3)
        steps = [run(signal[None], parse(SHOWN)[: n + 1])[0].tolist() for n in range(5)]
        own |= {
            "carried": [0.0, *[0.1 * noise] * 5],
            "shuffled": [150.0 * noise] * 3,
            "exchanged": [220.0 * noise] * 3,
            "differs": [0.0] * 3 + [50.0] * 15,
            "orders": [0.0 if pair == (0, 1) else 50.0 for pair in PAIRS],
            "pairs": [0.3 * noise] * 30,
            "swapped": [0.3 * noise if pair == (0, 1) else 90.0 * noise for pair in PAIRS],
            "signal": signal.tolist(),
            "shown": steps,
        }
    return Record(31_344, 0.01, **own | changes)


def table(config=CONFIG, make=made):
    return Table(row(cell, make(cell)) for cell in cells(config))


def verdicts(found):
    return {verdict.id: verdict for verdict in judge(CLAIMS, found)}


def test_what_is_foretold_holds():
    found = verdicts(table())
    open_ = {name: own.verdict for name, own in found.items() if own.verdict != "holds"}
    # monolith over modules: 10 times of single operations, 2.14 times more per step; the made-up
    # commuting pairs fail when swapped, but for one
    assert open_ == {"C29-commuting": "contradicted"}
    assert found["C29-tenfold-three"].estimate == pytest.approx(
        np.log2(10) + 2 * np.log2(3 / 1.4), abs=0.1
    )


def test_where_modules_are_no_better_nothing_of_it_holds():
    equal = dict.fromkeys(SINGLE, 3.0), dict.fromkeys(RATIO, 1.5)
    found = verdicts(table(make=lambda cell: made(cell, *equal)))
    for name in ("C29-three", "C29-five", "C29-tenfold-four"):
        assert found[name].verdict == "contradicted", name
    for name in ("C29-longer", "C29-apart", "C29-iterated", "C29-affine"):
        assert found[name].verdict != "holds", name


def test_a_network_that_has_not_learned_says_nothing():
    poor = SINGLE | {"monolith": 30.0}
    found = verdicts(table(make=lambda cell: made(cell, poor)))
    for name in ("C29-longer", "C29-tenfold-five", "C29-iterated"):
        assert found[name].verdict == "not judged"
        assert "monolith has" in found[name].reason
    assert found["C29-three"].verdict == "holds"
    poor = {"fitted": 38.0}
    found = verdicts(table(make=lambda c: made(c, **(poor if c.arm == "memory" else {}))))
    assert {n for n, own in found.items() if own.verdict == "not judged"} == {
        "C29-recall",
        "C29-recall-fourfold",
        "C29-recall-longer",
        "C29-emptied",
    }
    # a GRU that has learned nothing is what the memory is to be ahead of
    found = verdicts(table(make=lambda c: made(c, **(poor if c.arm == "recurrent" else {}))))
    assert found["C29-recall"].verdict == "holds"


def test_levels_wait_for_the_full_protocol_and_directions_do_not():
    found = verdicts(table(replace(CONFIG, steps=STEPS - 1)))
    for name in ("C29-three", "C29-tenfold-five", "C29-commuting"):
        assert found[name].reason == f"{STEPS - 1:,} of {STEPS:,} steps"
    assert found["C29-longer"].verdict == found["C29-recall"].verdict == "holds"


def test_controls_that_do_not_fail_contradict():
    weak = {"shuffled": [1.0] * 3, "exchanged": [1.0] * 3, "untrained": [1.0] * 6}
    weak["swapped"] = [1.0] * 30

    def make(cell):
        noisy = np.random.default_rng(cell.replicate + 50).normal(scale=0.01, size=30)
        own = {name: (np.array(v) + noisy[: len(v)]).tolist() for name, v in weak.items()}
        return made(cell, **(own if cell.arm == "modular" else {}))

    found = verdicts(table(make=make))
    for name in ("C29-order", "C29-exchanged", "C29-untrained", "C29-swapped"):
        assert found[name].verdict == "contradicted", name
    assert found["C29-commuting"].verdict == "holds"


def one(errors, arm="modular"):
    return {"arm": arm, "replicate": 0, "errors": errors}


def test_means_and_ratios_by_hand():
    errors = [[1.0, 3.0], [2.0], [8.0], [4.0, 12.0], [1.0], [16.0]]
    found = Table([one(errors), one([[2 * v for v in own] for own in errors], "monolith")])
    assert error(found, "modular", ("1",)) == {0: 2.0}
    assert error(found, "modular") == {0: (8 + 1 + 16) / 3}  # lengths alike
    assert trained_error(found, "modular") == {0: 2.0}
    assert octaves(found, "modular", "monolith") == {0: 1.0}
    assert octaves(found, "monolith", "modular", ("2",)) == {0: -1.0}
    assert by_length(found, "modular")[0] == pytest.approx(
        [np.log2(3) / 2, 2.0, 2.79, 0, 4], abs=0.01
    )
    assert octaves(found, "modular", "iterated") == {}


def test_geometric_growth_does_not_bend():
    errors = [[1.0], [3.0], [3.0], [9.0], [27.0], [81.0]]
    assert bend(Table([one(errors)]))[0] == pytest.approx(0)
    assert growth(Table([one(errors)]))[0] == pytest.approx(np.log2(3))
    faster = [[1.0], [2.0], [2.0], [4.0], [16.0], [64.0]]
    assert bend(Table([one(faster)]))[0] == pytest.approx(1)


def test_errors_that_add_up_bend_alike_however_unequal_operations_are():
    # programs of one operation each, with errors of 1 and 7 per step
    errors = [[1.0, 7.0], [2.0, 14.0], [2.0, 14.0], [3.0, 21.0], [4.0, 28.0], [5.0, 35.0]]
    mixed = [errors[0], *errors[1:3], [3.0, 9, 15, 21], errors[4], [5.0, 11, 17, 23, 29, 35]]
    expected = np.log2(20 / 12) / 2 - np.log2(12 / 4) / 2
    assert bend(Table([one(mixed)]))[0] == pytest.approx(expected)
    logs = [np.log2(own).mean() for own in (mixed[0], mixed[3], mixed[5])]
    by_hand = (logs[2] - logs[1]) / 2 - (logs[1] - logs[0]) / 2
    assert bend(Table([one(mixed)]), by_length)[0] == pytest.approx(by_hand)
    assert by_hand < expected


def test_held_out_programs_that_give_what_a_trained_one_gives_do_not_count():
    errors = [[1.0], [1.0, 3.0], [2.0, 8.0, 24.0], [1.0], [1.0], [1.0]]
    found = Table([one(errors) | {"differs": [0.0, 10.0, 50.0]}])
    assert held_out(found) == {0: 3.0}  # 16 over 2
    assert held_out(found, 0) == {0: pytest.approx(np.log2(34 / 3 / 2))}
    assert held_out(Table([one(errors) | {"differs": [0.0] * 3}])) == {}


def test_pairs_that_commute_by_hand():
    swapped = [1.0 if pair == (0, 1) else 5.0 if pair == (1, 0) else 0.0 for pair in PAIRS]
    found = Table([{"arm": "modular", "replicate": 0, "swapped": swapped}])
    assert of_commuting(found, "swapped") == {0: 0.6}  # 5 pairs in both orders


def test_the_least_is_of_pairs_whose_orders_differ():
    own = {"arm": "modular", "replicate": 0, "swapped": [*map(float, range(30))]}
    orders = [9.9] * 4 + [10.0] + [400.0] * 25
    assert least_of_others(Table([own | {"orders": orders}]), "swapped") == {0: 4.0}
    assert least_of_others(Table([own | {"orders": [0.0] * 30}]), "swapped") == {}


def test_the_longer_gru_has_four_times_the_steps():
    steps = {cell.arm: cell.steps for cell in cells(CONFIG)}
    assert steps["recurrent-longer"] == 4 * steps["recurrent"] == 4 * steps["memory"]


def test_a_guess_by_hand():
    assert guess(1) == 100
    assert guess(4) == 25 + 75 / 8


@pytest.mark.parametrize("part", [slice(0), slice(1), slice(0, None, 3)])
def test_figures_and_remarks_of_part_of_a_table(part):
    some = Table(list(table())[part])
    with draw.style():
        for picture in PICTURES.values():
            assert draw.png(picture.draw(some, {v.id: v for v in judge(CLAIMS, some)}))
    assert all(len(item.text) < 400 for item in remarks(some))


def test_presets_cost_what_is_stated():
    full = sum(map(seconds, cells(PRESETS["full"])))
    assert full / 2 < 12 * 60
    assert sum(map(seconds, cells(PRESETS["quick"]))) / 2 < 120


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"tests": 700}, "tests must be at least 2 and at most 600"),
        ({"arms": ("modlar",)}, "did you mean 'modular'"),
        ({"rate": -1.0}, "rate must be at least 0"),
        ({"recall_batch": 601}, "recall_batch must be at least 1 and at most 600"),
    ],
)
def test_bad_settings_are_refused(changes, words):
    with pytest.raises(ValueError, match=words):
        Config(**changes)
