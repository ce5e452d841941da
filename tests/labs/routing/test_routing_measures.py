"""The measures of the routing lab, by hand; what experts cost."""

import numpy as np
import pytest

from labs.kit.table import Table
from labs.routing.costs import active, products
from labs.routing.grid import ROUTERS, STARTED
from labs.routing.measures import (
    MANY,
    TOLD,
    UNTOLD,
    Arm,
    accuracy,
    ahead,
    behind,
    best,
    censored,
    cost_ratio,
    crossed,
    crossed_over_plain,
    f1,
    f1_gained,
    factored,
    left,
    matched,
    of,
    others_over_naive,
    recovered,
    sharer_over,
    start_ratio,
    steps_to,
    two_highest,
)
from labs.routing.meters import (
    best_joint,
    best_meter,
    churn,
    dead,
    drifted,
    gained_over,
    gap,
    idle,
    idle_over,
    meter,
    overfitted,
    spread,
)
from labs.routing.pairs import split, truth
from tests.labs.routing.tables import made

EXACT = made(replicates=3, noise=0)
EMPTY = Table([])


def row(**fields):
    own = {
        "question": "mixture",
        "router": "gumbel",
        "experts": 4,
        "labels": "conflict",
        "domains": "four",
        "level": "layer",
        "grain": "example",
        "examples": 4000,
        "small": False,
        "replicate": 0,
    }
    return own | fields


def test_an_arm_stands_at_its_routers_own_place():
    table = Table(
        [
            row(accuracy=[10.0, 30.0]),
            row(accuracy=[50.0, 70.0], level="naive"),
            row(accuracy=[0.0, 2.0], examples=300),
            row(accuracy=[90.0, 90.0], router="oracle", level="naive", grain="task"),
        ]
    )
    assert accuracy(table, Arm("gumbel")) == {0: 20.0}
    assert accuracy(table, Arm("gumbel", level="naive")) == {0: 60.0}
    assert accuracy(table, Arm("gumbel", few=True)) == {0: 1.0}
    assert ahead(table, Arm("oracle"), Arm("gumbel")) == {0: 70.0}
    assert accuracy(table, Arm("gumbel", experts=8)) == {}


def test_meters_are_means_over_blocks():
    one, even = [[1.0, 0, 0, 0]] * 4, np.full((4, 4), 0.25).tolist()
    own = np.eye(4).tolist()
    table = Table([row(use=[one, even], chosen=[own, even], use_before=[even] * 2)])
    found = {n: meter(table, n, Arm("gumbel"))[0] for n in ("collapse", "worst", "entropy")}
    assert found == pytest.approx({"collapse": 0.5, "worst": 0.5, "entropy": 0.5})
    assert meter(table, "nmi", Arm("gumbel"))[0] == pytest.approx(0.5)
    assert meter(table, "alignment", Arm("gumbel"))[0] == pytest.approx(0.375)
    assert meter(table, "collapse", Arm("gumbel"), before=True) == {0: 0.0}


def test_an_expert_is_dead_where_no_domain_is_sent_to_it():
    def of_eight(*places):
        use = np.full((2, 4, 8), 1 / 8)
        for block, domain, expert in places:
            use[block, domain, expert] = 0
        return use.tolist()

    whole = [(1, domain, 7) for domain in range(4)]
    rows = [of_eight(*whole[:3]), of_eight(*whole)]
    table = Table(
        [row(router="switch", experts=8, chosen=c, replicate=r) for r, c in enumerate(rows)]
    )
    assert idle(table, "switch") == dead(table, "switch") == {0: 0.0, 1: 1.0}
    more = of_eight(*whole, *((0, domain, expert) for domain in range(4) for expert in (0, 7)))
    other = row(router="switch-balanced", experts=8, chosen=more, replicate=1)
    other["chosen_before"] = rows[0]
    assert idle_over(Table([*table, other]), "switch-balanced", "switch") == {1: 2.0}
    assert dead(Table([other]), "switch-balanced") == {1: 1.0}
    assert dead(Table([other]), "switch-balanced", before=True) == {1: 0.0}


def test_what_training_adds_to_a_meter_is_told_from_its_start():
    own, even = np.eye(4).tolist(), np.full((4, 4), 0.25).tolist()
    half = [[0.5, 0.5, 0, 0]] * 2 + [[0, 0, 0.5, 0.5]] * 2  # NMI 2 log 2 / (2 log 4 / 2 * 2) = 1/2
    table = Table(
        [
            row(chosen=[own], chosen_before=[half]),
            row(chosen=[half], chosen_before=[even], grain="token"),
            row(chosen=[own], chosen_before=[even], level="naive"),
        ]
    )
    token, naive = Arm("gumbel", grain="token"), Arm("gumbel", level="naive")
    assert gained_over(table, "nmi", Arm("gumbel"), token) == {0: pytest.approx(0)}
    assert gained_over(table, "nmi", naive, token) == {0: pytest.approx(0.5)}


def test_the_best_router_is_chosen_by_validation_and_read_on_tests():
    settings = {
        "oracle": (95.0, 90.0),
        "gumbel": (50.0, 80.0),
        "dense": (60.0, 70.0),
        "argmax": (99.0, 99.0),
    }
    places = {"oracle": ("naive", "task"), "argmax": ("global", "example")}
    table = Table(
        [
            row(
                router=name,
                validation=validation,
                accuracy=[test] * 4,
                joint_nmi=0.3 if name == "dense" else 0.9,
                chosen=[np.eye(4).tolist() if name == "dense" else [[1.0, 0, 0, 0]] * 4],
                level=places.get(name, ("layer",))[0],
                grain=places.get(name, ("", "example"))[1],
            )
            for name, (validation, test) in settings.items()
        ]
    )
    assert best(table) == {0: Arm("dense")}
    assert behind(table) == {0: 20.0}
    assert behind(table, "argmax") == {0: 29.0}
    assert best_meter(table, "nmi") == {0: pytest.approx(1.0)}
    assert best_joint(table) == {0: 0.3}
    names = {arm.router for arm in UNTOLD}
    assert {"argmax", "oracle", "hash", "polytropon"}.isdisjoint(names)


def test_routers_that_are_told_the_name_are_compared_where_they_are():
    own = {("naive", "task"): 70.0, ("layer", "task"): 80.0, ("layer", "example"): 99.0}
    rows = [
        row(level=lv, grain=g, validation=v, accuracy=[v - 5] * 4) for (lv, g), v in own.items()
    ]
    place = {"level": "naive", "grain": "task"}
    table = Table([*rows, row(router="oracle", validation=100.0, accuracy=[90.0] * 4, **place)])
    assert best(table, TOLD) == {0: Arm("gumbel", level="layer", grain="task")}
    assert behind(table, "oracle", TOLD) == {0: 15.0}


def test_what_a_wrong_name_leaves_is_a_share_of_what_experts_add():
    place = {"router": "oracle", "level": "naive", "grain": "task"}
    table = Table([row(**place, before=[10.0] * 4, accuracy=[90.0] * 4, shuffled=[14.0] * 4)])
    assert left(table) == {0: pytest.approx(0.05)}


def test_spread_is_of_distances_to_the_oracle_from_their_median():
    values, oracle = (50.0, 60.0, 90.0), (60.0, 90.0, 95.0)  # distances 10, 30, 5
    place = {"router": "oracle", "level": "naive", "grain": "task"}
    rows = [row(accuracy=[v] * 4, replicate=r) for r, v in enumerate(values)]
    rows += [row(**place, accuracy=[v] * 4, replicate=r) for r, v in enumerate(oracle)]
    assert spread(Table(rows), "gumbel") == {0: 0.0, 1: 20.0, 2: 5.0}


def test_overfitting_is_told_from_the_next_largest_gap():
    gaps = {"token": 30.0, "example": 25.0, "task": 5.0}
    rows = [row(grain=g, examples=300, train=60 + d, accuracy=[60.0]) for g, d in gaps.items()]
    table = Table([*rows, row()])
    assert gap(table, "gumbel", "example") == {0: 25.0}
    assert overfitted(table, "gumbel") == {0: 5.0}


def test_drift_is_the_largest_change_of_a_share():
    before, after = np.full((2, 4, 4), 0.25), np.full((2, 4, 4), 0.25)
    after[1, 2, 3] = 0.05
    place = {"router": "argmax", "level": "global"}
    table = Table([row(**place, chosen=after.tolist(), chosen_before=before.tolist())])
    assert drifted(table) == {0: pytest.approx(0.2)}


def test_steps_to_a_level_lie_on_straight_lines():
    assert STARTED[:4] == (0, 5, 10, 15)
    assert steps_to([80, 90], 70) == 0
    assert steps_to([10, 20, 60, 100], 40) == 7.5
    assert steps_to([10, 20, 20, 20], 40) == 15
    chance, mean = [10.0, 20.0, 57.0, 100.0], [10.0, 95.0, 95.0, 96.0]
    place = {"question": "starts", "router": "oracle", "labels": "shared"}
    place |= {"level": "naive", "grain": "task", "from_mean": mean, "from_random": chance}
    # 95 % of 100: after 5 steps, and after 10 + 5 * 38 / 43; never where the mean stays at 94
    never = row(**place, replicate=1) | {"from_mean": [10.0, 94.0, 94.0, 94.0]}
    at_once = row(**place, replicate=2) | {"from_mean": [96.0] * 4}
    table, last = Table([row(**place), never, at_once]), np.log2(10 + 190 / 43)
    expected = {0: np.log2(5) - last, 1: np.log2(15) - last, 2: -last}
    assert start_ratio(table) == pytest.approx(expected)
    assert censored(table) == {0: 0.0, 1: 1.0, 2: 0.0}


def test_levels_with_a_choice_for_each_block_against_one_for_all():
    rows = [
        row(experts=2, domains="factors", level=level, grain="task", accuracy=[value] * 4)
        for level, value in {"naive": 60.0, "global": 75.0}.items()
    ]
    assert others_over_naive(Table(rows), "gumbel", "factors") == {0: 15.0}
    assert factored(Table(rows), "gumbel", "factor", "naive") == {}
    plain = [
        row(experts=2, level=level, grain="task", accuracy=[value] * 4)
        for level, value in {"naive": 50.0, "global": 54.0}.items()
    ]
    assert crossed_over_plain(Table(rows + plain), "gumbel") == {0: 11.0}


# Skills


def test_skills_are_recovered_in_any_order():
    true = truth(split(0)[0])
    for seed in range(5):
        order = np.random.default_rng(seed).permutation(6)
        assert recovered(0.6 * true[:, order] + 0.2, true) == 1
        assert [order[module] for module in matched(true[:, order], true)] == list(range(6))


def test_f1_by_hand():
    true = [[1, 1, 0], [0, 1, 1], [1, 0, 1]]
    assert recovered([[1, 1, 1]] * 3, true) == pytest.approx(2 * 6 / (9 + 6))
    assert recovered([[0, 0, 0]] * 3, true) == 0
    # all on, but the right two highest of each row
    assert recovered(two_highest(np.add(0.6, np.multiply(0.1, true))), true) == 1
    # two of three entries in common with each column but the last, which has none
    assert recovered([[1, 0, 0], [0, 1, 0], [0, 0, 0]], true) == pytest.approx(2 * 2 / (2 + 6))


def test_f1_of_chance_is_far_from_one():
    rng = np.random.default_rng(0)
    true = truth(split(0)[0])
    found = [recovered(rng.random((11, 6)), true) for _ in range(200)]
    assert 0.4 < np.mean(found) < 0.6


def test_ways_to_share_are_compared_on_unseen_pairs():
    assert sharer_over(EXACT, "polytropon", "private") == dict.fromkeys(range(3), 15.0)
    assert crossed(EXACT) == dict.fromkeys(range(3), 30.0)
    assert all(0.9 < own < 1 for own in f1(EXACT).values())
    assert all(own > 0.2 for own in f1_gained(EXACT).values())
    assert all(0.9 < own <= 1 for own in f1(EXACT, two=True).values())


# Costs


def test_products_of_dense_mixtures_grow_with_experts_and_of_top_k_ones_do_not():
    for name, count in (("dense", 8), ("top-2", 2), ("switch", 1), ("oracle", 1), ("one", 8)):
        assert active(name, 8) == count
    # 20 tokens to 8 units and back, 48 features, 3 blocks; 48 scores of each of 8 experts
    assert products("switch", 8) == (3 * 20 * 2 * 48 * 8, 3 * 48 * 8)
    assert products("dense", 8).experts == 8 * products("switch", 8).experts
    assert products("top-2", 4).experts == products("top-2", 32).experts
    assert products("hash", 8).router == 0
    assert products("switch", 8, small=True) == (2 * 20 * 2 * 32 * 8, 2 * 32 * 8)
    assert active("top-2", 1) == 1
    assert cost_ratio(EXACT, "dense") == {r: pytest.approx(2) for r in range(3)}
    assert cost_ratio(made(replicates=1, experts=(4,)), "dense") == {}
    with pytest.raises(ValueError, match="router"):
        active("swich", 8)
    with pytest.raises(ValueError, match=r"experts must be .*at least 1, got 0"):
        products("switch", 0)


@pytest.mark.parametrize("router", ROUTERS)
def test_measures_of_no_table_are_empty(router):
    assert accuracy(EMPTY, Arm(router)) == spread(EMPTY, router) == churn(EMPTY, router) == {}
    assert meter(EMPTY, "nmi", Arm(router, MANY)) == dead(EMPTY, router) == {}
    assert best(EMPTY) == behind(EMPTY) == left(EMPTY) == start_ratio(EMPTY) == f1(EMPTY) == {}
    assert of(EMPTY, "use", Arm(router)) == {}
