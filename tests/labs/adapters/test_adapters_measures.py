"""The adapters lab's measures on tables made by hand, and its data against the real modules."""

from dataclasses import replace
from math import log2

import pytest
import torch
from torch.utils.flop_counter import FlopCounterMode

from labs.adapters.comparisons import (
    agreement,
    best,
    cheap,
    d90,
    few_over_full,
    lead,
    members,
    of_row,
    reaching,
    rival,
    smallest,
    tau,
    third_of_best,
)
from labs.adapters.costs import costs
from labs.adapters.gates import level
from labs.adapters.grid import SWEPT, UNSEEN
from labs.adapters.measures import (
    admitted,
    ahead,
    behind_oracle,
    closed,
    convergence,
    cost,
    extreme,
    gained,
    gap,
    gap_of_own,
    miscounted,
    third,
    told_rightly,
)
from labs.adapters.published import COLUMNS, MACS, PRODUCTS, SIGNS, TRAINED
from labs.kit.table import Table
from labs.nn.base import STANDARD, Base, logits
from labs.nn.modules.adapter import Adapter
from labs.nn.modules.hypernetwork import Hypernetwork
from labs.nn.modules.lora import LoRA
from labs.nn.modules.methods import METHODS
from labs.nn.modules.names import LINEARS
from tests.labs.adapters.made import BASE, CEILING, made
from tests.labs.adapters.made import gap as planted

APART = 0.01  # noise of the tables moves a gap by 0.001, and its mean by less


def about(values, expected):
    """Whether there are values, all near what is expected."""
    return bool(values) and [*values.values()] == pytest.approx([expected] * len(values), abs=APART)


def changed(where, **fields):
    return lambda cell, record: replace(record, **fields) if where(cell) else record


def test_a_gap_is_that_to_full_fine_tuning_with_most_examples_for_few_examples_too():
    table = made()
    assert about(closed(table, "lora", "ramp"), 0.88)
    assert about(closed(table, "lora", "ramp", 100), 0.88)
    assert about(gap(table, "full"), 1.0)
    assert about(gap(table, "full", 100), 0.5)
    assert about(gap_of_own(table, "lora", 100), 0.88 / 0.5)
    assert about(gap_of_own(table, "full", 100), 1.0)


def test_the_gap_of_own_leaves_out_domains_where_few_examples_gain_nothing():
    table = made(lambda c: 0.1 if (c.method, c.examples) == ("full", 100) else planted(c))
    assert gap_of_own(table, "lora", 100) == {}


def test_a_gap_is_paired_by_replicate():
    def odd(cell, record):
        odd = cell.replicate == 1
        if record.base is not None:
            return replace(record, base=50.0) if odd else record
        return replace(record, accuracy=70.0) if odd and cell.method == "lora" else record

    found = closed(made(change=odd, noise=0.0), "lora", "diff")
    assert found[1] == pytest.approx((70 - 50) / (CEILING - 50))
    assert found[0] == pytest.approx(0.88)


def test_a_replicate_without_a_gap_is_no_division_by_zero():
    flat = changed(lambda c: (c.question, c.domain, c.replicate) == ("base", "diff", 0), base=90.0)
    assert closed(made(change=flat, noise=0.0), "full", "diff")[0] == 0.0


@pytest.mark.parametrize(
    ("where", "fields"),
    [
        (lambda c: (c.method, c.domain) == ("full", "ramp"), {"accuracy": 74.0}),
        (lambda c: (c.question, c.domain) == ("base", "ramp"), {"base": 66.0}),
    ],
)
def test_a_domain_with_a_low_ceiling_or_a_small_gap_is_not_admitted(where, fields):
    table = made(change=changed(where, **fields))
    assert admitted(table) == ("reverse", "diff", "stretch")


def test_domains_are_admitted_by_the_mean_over_replicates():
    def poor(cell):
        return (cell.method, cell.domain, cell.replicate) == ("full", "ramp", 0)

    assert admitted(made(change=changed(poor, accuracy=50.0))) == (
        "reverse",
        "ramp",
        "diff",
        "stretch",
    )
    assert admitted(Table([])) == ()


def test_means_are_over_admitted_domains_alone():
    def narrow(cell):
        return 0.3 if cell.domain == "ramp" else planted(cell)  # full fine-tuning, too

    table = made(narrow)
    assert admitted(table) == ("reverse", "diff", "stretch")
    assert about(gap(table, "lora"), 0.88)


def test_of_four_domains_the_third_best_counts():
    gaps = {"reverse": 0.9, "ramp": 0.2, "diff": 0.7, "stretch": 0.8}
    table = made(lambda c: gaps[c.domain] if c.method == "lora-all" else planted(c))
    assert about(third(table, "lora-all"), 0.7)
    two = Table(row for row in table if row["domain"] not in ("ramp", "stretch"))
    assert third(two, "lora-all") == {}


def test_the_best_module_is_chosen_by_validation_and_never_by_test():
    table = made(change=changed(lambda c: c.method == "bitfit", validation=99.0))
    names = ("lora", "bitfit", "adapter")
    assert set(best(table, names).values()) == {"bitfit"}
    assert about(third_of_best(table), 0.85)
    assert about(of_row(table, gap, "parameter", "best"), 0.85)


def test_each_replicate_chooses_for_itself():
    def where(cell):
        return cell.method == "bitfit" and cell.replicate == 2

    found = best(made(change=changed(where, validation=99.0)), ("lora", "bitfit"))
    assert (found[2], found[1]) == ("bitfit", "lora")


def test_a_module_of_more_than_4_percent_is_not_cheap_nor_is_full_fine_tuning():
    table = made(change=changed(lambda c: c.method == "film", share=4.1))
    assert "film" not in cheap(table)
    assert not {"full", "head", "scratch", "ticket", "supermask"} & set(cheap(table))


def test_with_few_examples_the_choice_is_by_their_own_validation():
    def where(cell):
        return (cell.method, cell.examples) == ("norms", 100)

    table = made(change=changed(where, validation=99.0, accuracy=66.0), noise=0.0)
    assert about(few_over_full(table), 66 - (BASE + 0.5 * (CEILING - BASE)))


def test_members_of_a_row_are_those_of_the_budget():
    assert members(made(), "input") == ("prompt", "prefix")
    assert "ticket" not in members(made(), "parameter")
    assert members(made(drop=("prefix",)), "input") == ("prompt",)
    assert of_row(made(drop=("prefix",)), gap, "input", "median") == {}


def test_the_lead_of_a_row_by_best_and_by_median():
    table = made()
    assert about(lead(table, "parameter", "input", "best"), 0.88 - 0.62)
    assert about(lead(table, "parameter", "input", "median"), 0.85 - 0.61)


def test_the_smallest_share_that_reaches():
    table = made()
    assert about(reaching(table, ("lora-1", "lora", "lora-4", "lora-8")), 0.0)  # 1 % is smallest
    assert about(reaching(table, ("adapter-1", "adapter-2")), log2(100))
    assert about(smallest(table, "parameter"), 0.0)
    assert about(smallest(table, "parameter", "median"), 1.0)
    assert smallest(made(drop=("lora-1",)), "parameter") == {}


def test_a_size_reaches_on_the_mean_over_the_swept_domains():
    def uneven(cell):
        if cell.method == "adapter-1":
            return {"reverse": 0.95, "diff": 0.7}[cell.domain]
        return planted(cell)

    assert about(smallest(made(uneven), "function"), log2(0.25))


def test_the_intrinsic_dimension_lies_on_a_line_through_logarithms():
    table = made(noise=0.0)
    assert about(d90(table, "diff"), (log2(200) + log2(500)) / 2)
    low = made(lambda c: min(planted(c), 0.8) if "intrinsic" in c.method else planted(c))
    assert about(d90(low, "diff"), log2(4000))
    high = made(lambda c: 0.95 if c.method == "intrinsic-10" else planted(c))
    assert about(d90(high, "diff"), log2(10))


def test_costs_count_all_runs_and_convergence_the_last():
    table = made()
    assert about(cost(table, "lora"), log2(200 * 0.8))
    assert about(cost(table, "lt-sft"), log2(500))
    assert about(convergence(table, "lt-sft"), log2(200))


def test_the_slowest_rival_is_chosen_on_other_replicates():
    def chance(cell):  # once, and in the replicate that is looked at
        return (cell.method, cell.replicate) == ("ia3", 0)

    table = made(change=changed(chance, needed=400))
    others = ("prefix", "ia3")
    assert about({0: rival(table, "prompt", others, slowest=True)[0]}, log2(360 / 300))
    assert about(rival(table, "adapter", ("lora", "prefix"), slowest=False), log2(80 / 200))
    one = Table(row for row in table if row["replicate"] == 0)
    assert rival(one, "prompt", others, slowest=True) == {}


def test_tau_is_of_the_rows_in_the_order_of_the_signs():
    table = made()
    assert set(tau(table, "performance", "best").values()) == {1.0}
    worst = made(lambda c: 0.1 if METHODS[c.method].row == "function" else planted(c))
    assert about(tau(worst, "performance", "best"), -1 / 3)  # first has become last
    assert agreement([1, 2, 3], [3, 2, 1]) == -1.0


def test_differences_of_accuracy_are_means_over_domains():
    gaps = {"reverse": 0.2, "diff": 0.4}
    table = made(lambda c: gaps[c.domain] if c.method == "random-0.5" else planted(c))
    found = ahead(table, "lt-sft-0.5", "random-0.5", SWEPT)
    assert found[0] == pytest.approx(18, abs=0.3)
    assert gained(table, "full", "reverse", "remapped")[0] == pytest.approx(50, abs=0.3)


def test_hypernetworks_are_read_by_the_name_of_the_domain():
    own = [float(i) for i in range(len(UNSEEN))]
    table = made(change=changed(lambda c: c.method == "metadata", unseen=own), noise=0.0)
    oracle = BASE + 0.96 * (CEILING - BASE)
    assert about(behind_oracle(table, "ramp 1.5"), oracle - 0)
    assert about(behind_oracle(table, "ramp 3"), oracle - 3)
    assert about(told_rightly(table), 2 - (56 - 20 / 5))


def test_extremes_are_over_all_networks_of_a_replicate():
    def one(cell):
        return (cell.method, cell.domain, cell.replicate) == ("lora", "diff", 3)

    table = made(change=changed(one, moved=0.5, trained=1153))
    assert extreme("moved", True)(table) == {r: 0.5 * (r == 3) for r in range(8)}
    assert extreme("start", False, ("prompt", "lora"))(table)[0] == 0.0
    assert miscounted(table)[3] == pytest.approx(1 / 1152)
    assert miscounted(table)[0] == 0


def test_few_examples_have_half_the_steps_and_do_not_make_a_run_short():
    table = made()
    assert {row["steps"] for row in table if row["examples"] == 100} == {150}
    assert level(table) == ""


def test_an_empty_table_has_no_values():
    empty = Table([])
    for measure in (third_of_best, few_over_full, told_rightly, miscounted):
        assert measure(empty) == {}
    assert tau(empty, "performance", "best") == {} == d90(empty, "diff")


def test_the_table_of_signs_is_the_article_s():
    assert [[signs[column] for column in COLUMNS] for signs in SIGNS.values()] == [
        ["+", "-", "++", "+"],
        ["++", "--", "--", "-"],
        ["-", "+", "-", "++"],
    ]


@pytest.mark.parametrize("name", MACS)
def test_products_of_the_modules_are_those_that_were_computed(name):
    own = costs(name, small=False)
    by_element = name in ("ia3", "film")  # products that are not counted
    assert own.macs == pytest.approx(1.0 if by_element else MACS[name], abs=5e-4)
    stays = name.startswith(("prompt", "prefix", "adapter", "parallel"))
    assert own.merged_macs == (own.macs if stays else 1)
    if name in PRODUCTS:
        value, half = PRODUCTS[name]
        assert value - half < own.merged_macs < value + half


@pytest.mark.parametrize("name", TRAINED)
def test_modules_train_as_many_numbers_as_were_computed(name):
    net = Base(1, STANDARD).reset([0])
    weights = net.frozen()
    if name == "metadata":
        kind = Hypernetwork()
    else:
        kind = METHODS[name].kind(**METHODS[name].settings)
        if METHODS[name].keep is not None:  # of all, those that stay
            assert round(METHODS[name].keep * net.parameter_count()) == TRAINED[name]
            return
    module = kind.start(weights, STANDARD, [torch.Generator().manual_seed(0)])
    assert module.count() == TRAINED[name]


@pytest.mark.parametrize(
    ("kind", "trained", "products"),
    [(LoRA(4, LINEARS), 8064, 1.117), (Adapter(4, "both"), 2616, 1.033)],
)
def test_sizes_that_the_lab_does_not_train_are_as_computed_too(kind, trained, products):
    weights = Base(1).reset([0]).frozen()
    module = kind.start(weights, STANDARD, [torch.Generator().manual_seed(0)])
    own, plain = (_products(weights, modules) for modules in ([module], []))
    assert module.count() == trained
    assert own / plain == pytest.approx(products, abs=5e-4)


def _products(weights, modules):
    with FlopCounterMode(display=False) as counter:
        logits(weights, torch.zeros(1, 1, 40), modules)
    return counter.get_total_flops() / 2
