"""Every claim of the adapters lab, on tables in which it is true and on some in which it is not."""

from dataclasses import replace
from functools import partial

import pytest

from labs.adapters.claims import CLAIMS
from labs.adapters.comparisons import PICKS
from labs.adapters.grid import CONTROLLED, IDENTITIES, INTRINSIC, NO_GAP
from labs.adapters.lab import LAB
from labs.kit import texts
from labs.kit.table import Table
from labs.kit.verdicts import judge
from labs.nn.modules.methods import METHODS
from tests.labs.adapters.made import gap, made

EXACT = {"C1-identity", "C1-no-identity", "C1-merging", "C1-frozen", "C6-parameter", "C6-ia3"} | {
    f"C3-{key}" for key in ("lora", "sparse", "prefix", "ia3")
}
SIZED = {"C1-counts", "C2-step-lora", "C2-step-adapter"} | {
    f"C6-{name}" for name in ("adapter", "prefix", "prompt", "prompt-20")
}
NOTHING = {f"N-{domain}-{name}" for domain in NO_GAP for name in CONTROLLED}
LEVELS = NOTHING | {
    "C2-best",
    "C2-lora-all",
    "C2-adapter",
    "C5-lt-sft",
    "C5-diff",
    "C7-few",
    "C9-random",
    "C10-size-reverse",
    "C10-size-diff",
    "C27-between",
}


def verdicts(table):
    return {verdict.id: verdict for verdict in judge(CLAIMS, table)}


def contradicted(table):
    return {id for id, verdict in verdicts(table).items() if verdict.verdict == "contradicted"}


def not_judged(table):
    return {id for id, verdict in verdicts(table).items() if verdict.verdict == "not judged"}


def recorded(*methods, **fields):
    """A change of what is recorded of some methods."""
    return lambda cell, record: replace(record, **fields) if cell.method in methods else record


def closing(share, *methods):
    """Gaps of which some methods, or all of a row, close another share."""
    return lambda cell: (
        share if {cell.method, METHODS[cell.method].row} & set(methods) else gap(cell)
    )


def wrong(identity):
    errors = [1e-3 if name == identity else 1e-7 for name in IDENTITIES]
    return lambda cell, record: record if record.errors is None else replace(record, errors=errors)


def unseen(*accuracies, arm="metadata"):
    return recorded(arm, unseen=list(accuracies))


def test_all_claims_hold_where_all_is_as_predicted():
    found = verdicts(made())
    assert {id: v.verdict for id, v in found.items() if v.verdict != "holds"} == {}


WRONG = {  # what is recorded, and all that it contradicts
    "C1-counts": recorded("bitfit", trained=1425),
    "C1-identity": recorded("lora", start=1e-3),
    "C1-no-identity": recorded("prefix", start=0.0),
    "C1-merging": recorded("lora", merging=1e-3),
    "C1-frozen": recorded("adapter", moved=1e-9),
    "C2-step-lora": recorded("lora-all", step_macs=0.6),
    "C2-step-adapter": recorded("adapter", step_macs=1.3),
    "C3-lora": wrong("LoRA"),
    "C3-sparse": wrong("sparse difference"),
    "C3-prefix": wrong("prefix"),
    "C3-ia3": wrong("(IA)³"),
    "C5-lt-sft": recorded("lt-sft", step_macs=0.4),
    "C5-diff": recorded("diff", step_macs=0.4),
    "C5-prompt": recorded("prefix", needed=400),
    "C5-adapter": recorded("norms", needed=40),
    "C6-ia3": recorded("ia3", merged_macs=1.008),
    "C6-adapter": recorded("adapter", merged_macs=1.018),
    "C6-prefix": recorded("prefix", merged_macs=1.02),
    "C6-prompt": recorded("prompt", merged_macs=1.2),
    "C6-prompt-20": recorded("prompt-20", merged_macs=2.1),
    "C27-between": unseen(82.0, 86.0, 86.0, 66.0, 86.0),
    "C27-beyond": unseen(86.0, 86.0, 86.0, 87.0, 86.0),
    "C27-nearest": recorded("metadata", nearest=[87.0] * 5),
}


@pytest.mark.parametrize("id", WRONG)
def test_what_is_recorded_contradicts_its_claim_alone(id):
    assert contradicted(made(change=WRONG[id])) == {id}


def test_a_merged_module_that_costs_contradicts_the_claim_that_it_does_not():
    assert "C6-parameter" in contradicted(made(change=recorded("bitfit", merged_macs=1.01)))


def test_pruning_that_trains_twice_does_not_count_among_methods_of_one_run():
    pruned = made(lambda cell: 1.0 if cell.method == "diff" else gap(cell))
    found = contradicted(pruned)
    assert "C7-function-best" in found
    assert "C7-function-once" not in found


def test_prompts_that_learn_nothing_are_not_slow():
    table = made(closing(0.1, "prompt"))
    assert verdicts(table)["C5-prompt"].reason == "prompt closes 0.10 of the gap, 0.3 at least"


def test_metadata_that_do_not_matter_contradict_their_control():
    table = made(change=unseen(*[90.0] * 5, arm="shuffled"))
    assert contradicted(table) == {"C27-metadata"}


def at_most(share, cell):
    return gap(cell) if cell.method == "full" else min(gap(cell), share)


CLOSED = {  # gaps, and what they contradict among other things
    "C2-lora-all": closing(0.7, "lora-all"),
    "C2-adapter": closing(0.7, "adapter"),
    "C2-best": partial(at_most, 0.7),
    "C4-input": closing(0.5, "prompt-1", "prefix-1"),
    "C4-parameter": closing(0.9, "adapter-1"),
    "C7-function-best": closing(0.7, "function"),
    "C7-function-median": closing(0.7, "function"),
    "C7-parameter-best": closing(0.9, "input"),
    "C7-parameter-median": closing(0.9, "input"),
    "C7-full": closing(1.1, "film"),
    "C9-random": closing(0.59, "random-0.5"),
    "C9-less": closing(0.2, "random-8"),
    "C9-largest": closing(0.7, "largest-0.5"),
    "C9-rewinding": closing(0.7, "without-rewinding"),
    "C10-size-diff": closing(0.95, "intrinsic-30"),
    "C10-low-diff": closing(0.8, *INTRINSIC),
    "C7-full-twice": closing(1.1, "film"),
    "C7-function-once": closing(0.7, "function"),
    "C7-parameter-once": closing(0.9, "input"),
    "C10-diff": lambda cell: at_most(0.5, cell) if cell.domain == "gain" else gap(cell),
    "T-performance-best": lambda cell: closing(0.1, "function")(cell),
}


@pytest.mark.parametrize("id", CLOSED)
def test_other_gaps_contradict_their_claim(id):
    assert id in contradicted(made(CLOSED[id]))


def test_three_domains_of_four_are_enough_and_two_are_not():
    def lacking(*domains):
        return lambda cell: at_most(0.5, cell) if cell.domain in domains else gap(cell)

    three, two = (made(lacking(*names)) for names in (("ramp",), ("ramp", "stretch")))
    ids = {"C2-best", "C2-lora-all", "C2-adapter"}
    assert not ids & contradicted(three)
    assert ids <= contradicted(two)


def test_a_tie_with_few_examples_is_not_a_lead():
    equal = made(lambda cell: 0.5 if cell.examples == 100 else gap(cell))
    assert contradicted(equal) == {"C7-few"}


def test_the_signs_turned_round_contradict_the_article():
    def backwards(cell):
        if METHODS[cell.method].row == "none" or cell.domain in NO_GAP:
            return gap(cell)
        if cell.method in ("prompt-1", "prefix-1"):
            return 0.3
        return {"parameter": 0.9, "input": 0.95, "function": 0.85}[METHODS[cell.method].row]

    def dear(cell, record):
        if record.share is None or METHODS[cell.method].row == "none":
            return record
        row = METHODS[cell.method].row
        worth = {"parameter": 3.0, "input": 1.0, "function": 2.0}
        needed = {"parameter": 320, "input": 40, "function": 400}[row]
        runs = (record.runs - 1) * cell.steps
        return replace(record, merged_macs=worth[row], needed=needed + runs, step_macs=1.0)

    found = contradicted(made(backwards, change=dear))
    ids = {f"T-{c}-{p}" for c in ("training", "inference", "performance") for p in PICKS}
    assert ids <= found


def test_a_gain_where_there_is_nothing_to_gain_contradicts_its_control_alone():
    gaining = made(lambda c: 0.1 if (c.method, c.domain) == ("lora", "len20") else gap(c))
    assert contradicted(gaining) == {"N-len20-lora"}
    losing = made(lambda c: -0.1 if (c.method, c.domain) == ("prompt", "iid.1") else gap(c))
    assert contradicted(losing) == {"N-iid.1-prompt"}


def test_labels_that_permuted_are_enough_contradict_their_control():
    def permuted(cell, record):
        base = record.base is not None and cell.domain == "reverse"
        return replace(record, remapped=95.0) if base else record

    assert contradicted(made(change=permuted)) == {"N-labels-reverse"}


def test_a_base_that_has_not_learned_is_judged_by_exact_claims_alone():
    def unlearned(cell, record):
        poor = record.base is not None and cell.replicate == 3
        return replace(record, clean=84.0) if poor else record

    found = verdicts(made(change=unlearned))
    assert {id for id, v in found.items() if v.verdict != "not judged"} == EXACT | SIZED
    assert found["C7-full"].reason == "a base reads 84.0 of 85 % right"


def test_levels_are_not_judged_after_a_shorter_training_or_on_the_small_base():
    for shorter in ({"steps": 200}, {"base_steps": 300}, {"batch": 8}):
        assert not_judged(made(**shorter)) == LEVELS
    assert verdicts(made(steps=200))["C2-best"].reason == "200 of 300 steps"
    assert not_judged(made(small=True)) == LEVELS | SIZED


def test_gaps_are_not_judged_in_fewer_than_three_domains():
    def narrow(cell, record):
        if cell.domain in ("ramp", "stretch") and cell.method == "full":
            return replace(record, accuracy=70.0)
        return record

    found = verdicts(made(change=narrow))
    assert found["C7-full"].reason == "2 of 3 domains have a gap"
    assert found["C4-input"].verdict == "holds"  # in reverse and diff


@pytest.mark.parametrize("id", ["C4-input", "C4-parameter", "T-parameters-best", "C10-low-diff"])
def test_sizes_are_not_judged_where_a_domain_of_theirs_has_no_gap(id):
    def narrow(cell, record):
        full = cell.domain == "diff" and cell.method == "full"
        return replace(record, accuracy=70.0) if full else record

    assert verdicts(made(change=narrow))[id].reason == "no gap in diff"


def test_what_was_not_trained_is_no_data():
    found = verdicts(made(sizes=(), hypernetworks=False, controls=()))
    lacking = {id for id, verdict in found.items() if verdict.reason == "no data"}
    of_sizes = {id for id in found if id.startswith(("C4", "C9", "C10", "T-parameters"))}
    of_rest = {id for id in found if id.startswith(("C27", "N-len20", "N-iid"))} | {"C6-prompt-20"}
    # full fine-tuning stays, in the pilot
    assert lacking == (of_sizes | of_rest) - {f"N-{domain}-full" for domain in NO_GAP}


def test_only_replicates_that_have_both_sides_are_compared():
    whole = made()
    part = Table(r for r in whole if (r["method"], r["replicate"]) != ("lora-all", 2))
    assert set(verdicts(part)["C2-lora-all"].values) == {"0", "1", "3", "4", "5", "6", "7"}


def test_sentences_and_ids_fit_their_places():
    assert max(len(claim.id) for claim in CLAIMS) <= 23
    assert not any("<" in claim.sentence for claim in CLAIMS)
    assert {claim.id for claim in LAB.claims} == set(verdicts(made(replicates=5)))


def test_thresholds_that_are_predictions_say_so():
    zero = [c for c in CLAIMS if c.above == 0 or c.below == 0]
    assert {c.id for c in CLAIMS if "made beforehand" in c.because} == LEVELS | {
        "C2-step-lora",
        "C2-step-adapter",
    }
    assert not any("made beforehand" in claim.because for claim in zero)


def test_remarks_fit_100_columns_and_name_all_methods():
    text = texts.remarks(LAB.remarks(made()))
    assert max(map(len, text.splitlines())) <= 100
    for name, method in METHODS.items():
        assert method.label in text, name
    for part in ("Methods are compared in reverse, ramp, diff, stretch", "tau, best", "numbers"):
        assert part in text


def test_remarks_say_what_the_protocol_is_and_what_was_not_measured():
    text = " ".join(texts.remarks(LAB.remarks(made())).split())
    for part in (
        "A run is 300 steps of 16 examples, 3.2 times through all of them",
        "trains longer and may close more than all: full fine-tuning, two runs; "
        "LT-SFT 2 %; diff pruning 2 %.",
        "tested on 2,000 examples",
        "Not measured in this run",
        "batch of each of its 8 domains",
        "about pruning (LT-SFT 2 %: 500, diff pruning 2 %: 500); LoRA r = 2, q and v: 160",
    ):
        assert part in text


def test_remarks_of_a_table_without_arms_say_what_there_is():
    assert LAB.remarks(Table([])) is not None
    text = texts.remarks(LAB.remarks(made(sizes=(), hypernetworks=False, methods=("full",))))
    assert "full fine-tuning" in text
    assert "tau" not in text
