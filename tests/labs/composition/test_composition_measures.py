"""The composition lab's measures, against tables of which every number is known."""

from dataclasses import replace

import pytest

from labs.composition.estimates import COUNTS, megabytes, seconds
from labs.composition.grid import COUPLES, LEAVES, MIXTURES, PAIRS, PRESETS, cells
from labs.composition.measures import (
    OWN_HEAD,
    admitted,
    all_four,
    analogy_over,
    answered,
    apart_over_all,
    barrier,
    closed,
    closed_over,
    couple,
    couples,
    fallen,
    kept,
    known,
    leaf,
    leaves,
    mass,
    merged,
    miscounted,
    mixture,
    mixture_over,
    over_joint,
    soup_over_best,
    soup_over_mean,
    swapped,
    tree_over,
)
from labs.composition.published import FUSION
from labs.kit.table import Table
from labs.nn.base import STANDARD
from tests.labs.composition.made import ORACLE, TASK, made

LORA = {"question": "pairs", "method": "lora", "signal": "labels", "layers": "all"}


def about(values, expected):
    """Whether there are values of 8 replicates, all what is expected."""
    return [*values.values()] == pytest.approx([expected] * 8)


def exact(**settings):
    return made(noise=0.0, **settings)


def recorded(where, **fields):
    def change(cell, record):
        meant = all(getattr(cell, name) == value for name, value in where.items())
        return replace(record, **fields) if meant else record

    return change


def of(question, method="", **fields):
    return recorded({"question": question, "method": method}, **fields)


def test_composed_modules_close_shares_of_the_gap_between_task_module_and_oracle():
    table = exact()
    assert about(closed(table, "lora"), 0.7)
    assert about(closed(table, "lora", "wrong"), 0.05)
    assert about(closed(table, "lora", "task"), 0.0)
    assert about(closed(table, "lora", "oracle"), 1.0)
    assert about(closed_over(table, "adapter", "reversed"), 0.2)


def test_a_share_is_a_ratio_of_sums_and_no_mean_of_ratios():
    oracle = [TASK + 20] * 6 + [TASK + 60] * 6
    composed = [TASK + 20] * 6 + [TASK + 30] * 6
    table = exact(change=recorded(LORA, oracle=oracle, composed=composed))
    assert about(closed(table, "lora"), (6 * 20 + 6 * 30) / (6 * 20 + 6 * 60))  # not 0.75


def test_a_gap_is_paired_by_replicate():
    where = LORA | {"replicate": 1}
    table = exact(change=recorded(where, oracle=[TASK + 50] * 12, composed=[TASK + 10] * 12))
    found = closed(table, "lora")
    assert found[1] == pytest.approx(0.2)
    assert found[0] == pytest.approx(0.7)


def test_other_signals_and_layers_have_their_own_task_modules_and_the_oracle_of_labels():
    change = recorded(LORA | {"layers": "apart"}, task=[TASK + 30] * 12, composed=[TASK + 40] * 12)
    table = exact(change=change)
    assert about(closed(table, "lora", "composed", "labels", "apart"), 10 / 30)
    assert about(closed(table, "lora", "composed", "samples"), 0.4)
    assert about(closed(table, "lora"), 0.7)


def test_a_pair_is_admitted_by_ten_points_on_the_mean_over_replicates():
    oracle = [TASK + 10.5, TASK + 9.5, *[ORACLE] * 10]
    table = exact(change=recorded(LORA, oracle=oracle))
    assert admitted(table, "lora") == (PAIRS[0], *PAIRS[2:])
    assert admitted(table, "adapter") == PAIRS
    one = recorded(LORA | {"replicate": 0}, oracle=[TASK] * 12)  # mean gap 52.5
    assert admitted(exact(change=one), "lora") == PAIRS
    assert admitted(Table([]), "lora") == ()


def test_pairs_of_tasks_that_are_not_known_are_not_admitted():
    table = exact(change=recorded(LORA, alone=[95.0, 79.0, 95.0]))  # by chance parity reads 50
    assert admitted(table, "lora") == tuple(pair for pair in PAIRS if pair[1] != "parity")


def test_blocks_of_their_own_are_compared_in_points_of_admitted_pairs():
    apart = recorded(LORA | {"layers": "apart"}, composed=[TASK + 50] * 12)
    assert about(apart_over_all(exact(change=apart), "lora"), 50 - 42)  # 0.7 of 60 in all
    assert apart_over_all(Table([]), "lora") == {}


def test_pairs_that_are_not_admitted_do_not_count():
    composed = [0.0] * 3 + [ORACLE] * 9
    change = recorded(LORA, oracle=[TASK] * 3 + [ORACLE] * 9, composed=composed)
    assert about(closed(exact(change=change), "lora"), 1.0)


def test_a_replicate_without_a_gap_is_no_division_by_zero():
    flat = recorded(LORA | {"replicate": 0}, oracle=[TASK] * 12, composed=[TASK + 2] * 12)
    assert closed(exact(change=flat), "lora")[0] == pytest.approx(2.0)  # of one point a pair


def test_shares_may_be_asked_of_some_pairs():
    head = [ORACLE if task == "permuted" else TASK for _, task in PAIRS]
    table = exact(change=recorded(LORA, head=head))
    assert len(OWN_HEAD) == 8
    assert about(closed(table, "lora", "head", among=OWN_HEAD), 0.0)
    assert about(closed(table, "lora", "head"), 4 / 12)
    assert about(closed_over(table, "lora", "head", OWN_HEAD), 0.7)
    assert closed(table, "lora", among=()) == {}


def test_joint_networks_are_compared_in_points_over_all_pairs():
    joint = [60.0] * 6 + [40.0] * 6
    assert about(over_joint(exact(change=of("joint", joint=joint)), "lora"), 72 - 50)


def test_task_modules_answer_by_the_mean_over_replicates():
    poor = recorded(LORA | {"replicate": 0}, alone=[95.0, 15.0, 95.0])
    table = exact(change=poor)
    assert answered(table, "lora", "parity") == pytest.approx(85.0)
    assert answered(table, "lora", "permuted") == pytest.approx(95.0)
    assert answered(table, "lora", "parity", "apart") == pytest.approx(95.0)
    assert answered(Table([]), "lora", "parity") is None
    assert about(swapped(table, "adapter"), 5.0)


def test_a_barrier_is_the_deepest_point_below_the_straight_line():
    line = [90.0] * 11
    line[3], line[7] = 85.0, 88.0
    assert about(barrier(exact(change=of("line", "lora", line=line)), "lora"), 5.0)
    falling = [90.0 - 4 * i for i in range(11)]
    assert about(barrier(exact(change=of("line", "lora", line=falling)), "lora"), 0.0)
    falling[5] = 60.0  # the straight line is at 70
    assert about(barrier(exact(change=of("line", "lora", line=falling)), "lora"), 10.0)


def test_a_line_that_rises_between_its_ends_has_no_barrier():
    arch = [80.0, *[90.0] * 9, 80.0]
    assert about(barrier(exact(change=of("line", "full", line=arch)), "full"), 0.0)


def test_soups_are_compared_with_the_mean_and_the_best_of_their_networks():
    table = exact(change=of("line", "full", soup=91.0, singles=[86.0, 88.0, 90.0, 92.0]))
    assert about(soup_over_mean(table), 2.0)
    assert about(soup_over_best(table), -1.0)


def test_sums_are_means_over_couples():
    change = of("arithmetic", couples=[0.6, 0.7, 0.8, 0.9, 1.0, 0.8], noise=[0.5] * 6)
    table = exact(change=change)
    assert about(couples(table), 0.8)
    assert about(couples(table, "noise"), 0.5)
    assert COUPLES[3] == ("ramp", "diff")
    assert about(couple(table, ("ramp", "diff")), 0.9)
    assert about(all_four(table), 0.6)
    assert about(merged(table, "arithmetic"), 0.51)
    assert about(merged(table, "dare"), 0.55)


def test_analogies_are_compared_by_name():
    table = exact()
    assert about(analogy_over(table, "ramp"), 20.0)
    assert about(analogy_over(table, "reverse"), 30.0)
    assert about(analogy_over(table, "random"), 45.0)


def test_negation_takes_points_of_reverse_and_leaves_a_share_of_clean():
    change = of("negation", before=[96.0, 80.0], after=[72.0, 20.0], after_random=[90.0, 75.0])
    table = exact(change=change)
    assert about(known(table), 80.0)
    assert about(fallen(table), 60.0)
    assert about(fallen(table, "after_random"), 5.0)
    assert about(kept(table), 0.75)
    assert about(kept(table, "after_random"), 90 / 96)


def test_mixtures_are_read_by_name():
    change = of("mixtures", mixtures=[1.0, 2.0, 4.0, 8.0, 16.0, 32.0], mass=[0.1, 0.2, 0.3, 0.4])
    table = exact(change=change)
    assert [mixture(table, name)[0] for name in MIXTURES] == [1, 2, 4, 8, 16, 32]
    assert about(mixture_over(table, "attention", "scalars"), 8.0)
    assert about(mass(table, "ramp"), 0.2)


def test_the_numbers_of_the_attention_are_those_of_the_base_of_published_sizes():
    d = STANDARD.features
    assert STANDARD.blocks * (3 * d**2 + 2 * d) == FUSION  # Q, K, V, and biases of Q and K
    assert about(miscounted(exact()), 0.0)
    assert about(miscounted(exact(change=of("mixtures", numbers=FUSION - 1))), 1 / FUSION)


def test_trees_are_means_over_leaves():
    table = exact(change=of("trees", flat=[10.0, 20.0, 30.0, 40.0]))
    assert about(leaves(table, "flat"), 25.0)
    assert about(leaf(table, "flat", [*LEAVES][1]), 20.0)
    assert about(tree_over(table), 50.0)
    assert about(tree_over(table, "root"), 10.0)


def test_an_empty_table_has_no_values():
    empty = Table([])
    for measure in (couples, all_four, soup_over_mean, fallen, kept, miscounted, tree_over):
        assert measure(empty) == {}
    assert closed(empty, "lora") == {} == barrier(empty, "full") == over_joint(empty, "lora")


def test_all_questions_have_an_estimate():
    asked = cells(PRESETS["full"])
    assert {cell.question for cell in asked} == set(COUNTS)
    small = replace(asked[0], small=True)
    assert 0 < seconds(small) < seconds(asked[0])
    assert megabytes(asked[:1]) < megabytes(asked[:10])
