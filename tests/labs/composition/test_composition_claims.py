"""Every claim of the composition lab, on tables in which it is true and on some in which it is
not."""

from dataclasses import replace

import pytest

from labs.composition.claims import CLAIMS
from labs.composition.grid import APART, METHODS, MIXTURES, PAIRS, TASKS, UNLABELLED
from labs.composition.lab import LAB
from labs.composition.published import FORETOLD, FUSION
from labs.kit.table import Table
from labs.kit.verdicts import judge
from tests.labs.composition.made import ANALOGY, CLEAN, MIXED, closing, made

OTHERS = tuple(name for name in METHODS if name not in FORETOLD)
OF_PAIRS = {claim.id for claim in CLAIMS if claim.id.startswith(("C8", "T-", "N-", "C23-order"))}
CODE = {"C22-prefix", "C22-prompt"}
LEVELS = (
    {f"C8-most-{name}" for name in FORETOLD}
    | {f"C8-wrong-{name}" for name in FORETOLD}
    | {f"C8-pairs-{name}" for name in UNLABELLED}
    | {f"N-wrong-{name}" for name in OTHERS}
    | {f"N-random-{name}" for name in FORETOLD}
    | {"N-masked", "C18-full", "C18-full-bases", "C18-adapter", "C19-best"}
    | {"C20-couples", "C20-falls", "C20-keeps"}
)


def verdicts(table):
    return {verdict.id: verdict for verdict in judge(CLAIMS, table)}


def contradicted(table):
    return {id for id, verdict in verdicts(table).items() if verdict.verdict == "contradicted"}


def not_judged(table):
    return {id for id, verdict in verdicts(table).items() if verdict.verdict == "not judged"}


def recorded(where, **fields):
    """A change of what is recorded of some cells, told by fields of theirs; with a little that
    replicates differ in, as equal values decide nothing."""

    def change(cell, record):
        if any(getattr(cell, name) != value for name, value in where.items()):
            return record
        own = {name: varied(value, cell.replicate) for name, value in fields.items()}
        return replace(record, **own)

    return change


def varied(value, replicate):
    if isinstance(value, list):
        return [varied(own, replicate) for own in value]
    return value * (1 + replicate / 10_000) if isinstance(value, float) else value


def paired(method, signal="labels", layers="all", **shares):
    """The rows of a method's pairs close other shares of the gap."""
    where = {"question": "pairs", "method": method, "signal": signal, "layers": layers}
    return recorded(where, **{name: closing(share) for name, share in shares.items()})


def of(question, method="", **fields):
    return recorded({"question": question, "method": method}, **fields)


def mixed(**accuracies):
    own = [accuracies.get(name, was) for name, was in zip(MIXTURES, MIXED, strict=True)]
    return of("mixtures", mixtures=own)


def analogy(place, value):
    return of("arithmetic", analogy=[*ANALOGY[:place], value, *ANALOGY[place + 1 :]])


def dipping(points):
    """A line whose barrier is so many points."""
    return [90.0] * 5 + [90.0 - points] + [90.0] * 5


def test_all_claims_hold_where_all_is_as_predicted():
    found = verdicts(made())
    assert {id: v.verdict for id, v in found.items() if v.verdict != "holds"} == {}


ALONE = {  # what is recorded, and that it contradicts this claim and no other
    "C22-prefix": of("pairs", "prefix", swapped=1e-3),
    "C22-prompt": of("pairs", "prompt", swapped=1e-3),
    "C23-order": paired("adapter", reversed=0.75),
    "N-masked": paired("lt-sft", masked=0.2),
    "C18-full": of("line", "full", line=dipping(4)),
    "C18-full-bases": of("line", "full-bases", line=dipping(10)),
    "C18-adapter": of("line", "adapter", line=dipping(4)),
    "C18-adapter-starts": of("line", "adapter-starts", line=dipping(0)),
    "C18-lora-starts": of("line", "lora-starts", line=dipping(0)),
    "C19-mean": of("line", "full", soup=90.0, singles=[90.4, 90.4, 90.4, 90.4]),
    "C19-best": of("line", "full", soup=90.0, singles=[88.0, 88.0, 88.0, 91.0]),
    "C20-couples": of("arithmetic", couples=[0.75] * 6),
    "C20-four": of("arithmetic", all_four=0.95),
    "C20-noise": of("arithmetic", noise=[0.95] * 6),
    "C20-single": of("arithmetic", single=[0.95] * 6),
    "C20-analogy-ramp": analogy(1, 75.0),
    "C20-analogy-reverse": analogy(2, 75.0),
    "C20-analogy-random": analogy(3, 75.0),
    "C20-falls": of("negation", after=[0.98 * CLEAN, 75.0]),
    "C20-keeps": of("negation", after=[0.9 * CLEAN, 50.0]),
    "C20-falls-random": of("negation", after_random=[CLEAN, 40.0]),
    "C21-scalars": mixed(average=75.0),
    "C21-attention": mixed(scalars=85.0),
    "C21-new": mixed(new=85.0),
    "C21-mass": of("mixtures", mass=[0.4, 0.2, 0.2, 0.2]),
    "C21-numbers": of("mixtures", numbers=FUSION + 1),
    "C23-tree": of("trees", tree=[58.0] * 4),
    **{f"N-wrong-{name}": paired(name, wrong=0.2) for name in OTHERS},
    **{f"C8-wrong-{name}": paired(name, wrong=0.2) for name in FORETOLD},
    **{f"N-random-{name}": paired(name, random=0.2) for name in FORETOLD},
    **{f"C8-head-{name}": paired(name, head=0.75) for name in FORETOLD},
    **{f"C8-pairs-{name}": paired(name, "pairs", composed=0.45) for name in UNLABELLED},
    **{f"C8-apart-{name}": paired(name, layers="apart", composed=0.6) for name in APART},
}


@pytest.mark.parametrize("id", ALONE)
def test_what_is_recorded_contradicts_its_claim_alone(id):
    assert contradicted(made(change=ALONE[id])) == {id}


AMONG = {  # and what contradicts it among other things
    **{f"C8-{name}": paired(name, composed=-0.1) for name in METHODS},
    **{f"T-{name}": paired(name, wrong=0.75) for name in METHODS},
    **{f"C8-most-{name}": paired(name, composed=0.45) for name in FORETOLD},
    **{f"C8-labels-over-{name}": paired(name, "samples", composed=0.75) for name in UNLABELLED},
    **{f"C8-pairs-over-{name}": paired(name, "samples", composed=0.68) for name in UNLABELLED},
    **{f"C8-joint-{name}": of("joint", joint=[80.0] * 12) for name in FORETOLD},
}


@pytest.mark.parametrize("id", AMONG)
def test_other_rows_contradict_their_claim(id):
    assert id in contradicted(made(change=AMONG[id]))


def test_every_claim_is_contradicted_by_a_table():
    assert {claim.id for claim in CLAIMS} == {*ALONE, *AMONG}


def test_samples_that_teach_between_labels_and_twins_contradict_the_twins_alone():
    assert contradicted(made(change=AMONG["C8-pairs-over-lora"])) == {"C8-pairs-over-lora"}


def test_a_joint_network_ahead_of_composed_modules_contradicts_their_lead_alone():
    joint = made(change=AMONG["C8-joint-lora"])
    assert contradicted(joint) == {"C8-joint-lora", "C8-joint-adapter"}


def test_a_head_is_compared_where_tasks_have_their_own():
    permuted = [90.0 if task == "permuted" else 45.0 for _, task in PAIRS]
    change = recorded({"question": "pairs", "method": "lora", "layers": "all"}, head=permuted)
    assert verdicts(made(change=change))["C8-head-lora"].verdict == "holds"


def test_a_base_that_has_not_learned_is_judged_by_exact_claims_alone():
    unlearned = recorded({"question": "joint", "replicate": 3}, clean=84.0)
    found = verdicts(made(change=unlearned))
    judged = {id for id, verdict in found.items() if verdict.verdict != "not judged"}
    assert judged == CODE | {"C21-numbers"}
    assert found["C8-lora"].reason == "a base reads 84.0 of 85 % right"


def test_levels_are_not_judged_after_a_shorter_training_or_on_the_small_base():
    for shorter in ({"steps": 200}, {"base_steps": 300}, {"batch": 8}, {"examples": 500}):
        assert not_judged(made(**shorter)) == LEVELS
    assert verdicts(made(steps=200))["C8-most-lora"].reason == "200 of 300 steps"
    assert not_judged(made(small=True)) == LEVELS | {"C21-numbers"}


def test_shares_of_gaps_want_six_pairs_that_have_one():
    def narrow(count):
        oracle = [90.0] * count + [35.0] * (12 - count)
        return recorded(
            {"question": "pairs", "method": "lora", "signal": "labels", "layers": "all"},
            oracle=oracle,
        )

    six, five = (verdicts(made(change=narrow(count))) for count in (6, 5))
    assert six["C8-lora"].verdict == "holds"
    assert five["C8-lora"].reason == "5 of 6 pairs are known and have a gap"
    assert five["C8-ia3"].verdict == "holds"


def test_pairs_of_tasks_that_are_not_known_do_not_count():
    where = {"question": "pairs", "method": "lora", "signal": "labels", "layers": "all"}
    poor = ([95.0, 95.0, 60.0], [95.0, 75.0, 60.0])
    one, two = (made(change=recorded(where, alone=own)) for own in poor)
    assert verdicts(one)["C8-lora"].verdict == "holds"
    found = verdicts(two)
    idle = {id for id, verdict in found.items() if verdict.verdict == "not judged"}
    assert idle == {id for id in OF_PAIRS if id.endswith("-lora")}
    assert found["C8-lora"].reason == "4 of 6 pairs are known and have a gap"


def test_task_modules_in_a_block_of_their_own_must_have_learned_their_tasks():
    where = {"question": "pairs", "method": "lora", "signal": "labels", "layers": "apart"}
    found = verdicts(made(change=recorded(where, alone=[95.0, 95.0, 60.0])))
    idle = {id for id, verdict in found.items() if verdict.verdict == "not judged"}
    assert idle == {"C8-apart-lora"}
    assert found["C8-apart-lora"].reason == "quartile is answered 60.0 of 70 % right"


def test_what_is_added_must_have_been_learned():
    found = verdicts(made(change=of("arithmetic", tuned=[90.0, 90.0, 90.0, 60.0])))
    idle = {id for id, verdict in found.items() if verdict.verdict == "not judged"}
    sums = {"couples", "four", "noise", "single", "analogy-ramp", "analogy-reverse"}
    assert idle == {f"C20-{name}" for name in (*sums, "analogy-random")}
    assert found["C20-noise"].reason == "a domain's own network reads 60.0 of 75 % right"


def test_mixtures_want_something_to_gain_in_the_new_domain():
    found = verdicts(made(change=of("mixtures", mixtures=[40.0, 41.0, 41.0, 42.0, 44.0, 43.0])))
    idle = {id for id, verdict in found.items() if verdict.verdict == "not judged"}
    assert idle == {"C21-scalars", "C21-attention", "C21-new", "C21-mass"}
    assert found["C21-mass"].reason == "4.0 of 5 points are gained in the new domain"


def test_task_modules_are_told_by_their_mean_over_replicates():
    one = recorded({"question": "pairs", "replicate": 2}, alone=[20.0] * len(TASKS))
    assert not_judged(made(change=one)) == set()  # (7 x 95 + 20) / 8 = 85.6


def test_what_is_not_known_cannot_be_unlearned():
    found = verdicts(made(change=of("negation", before=[CLEAN, 70.0], after=[CLEAN, 30.0])))
    for id in ("C20-falls", "C20-keeps", "C20-falls-random"):
        assert found[id].reason == "reverse is read 70.0 of 75 % right"


def test_what_was_not_trained_is_no_data():
    arms = {"unlabelled": (), "apart": (), "lines": (), "methods": ("lora",)}
    off = dict.fromkeys(("joint", "arithmetic", "mixtures", "trees"), False)
    found = verdicts(made(**arms, **off))
    judged = {id for id, verdict in found.items() if verdict.reason != "no data"}
    assert judged == {
        "C8-lora",
        "T-lora",
        "C8-most-lora",
        "C8-wrong-lora",
        "C8-head-lora",
        "N-random-lora",
    }


def test_only_replicates_that_have_both_sides_are_compared():
    table = Table(r for r in made() if (r["question"], r["replicate"]) != ("joint", 2))
    assert set(verdicts(table)["C8-joint-lora"].values) == {"0", "1", "3", "4", "5", "6", "7"}


def test_sentences_and_ids_fit_their_places():
    assert max(len(claim.id) for claim in CLAIMS) <= 23
    assert not any("<" in claim.sentence for claim in CLAIMS)
    assert {claim.id for claim in LAB.claims} == set(verdicts(made(replicates=5)))


def test_thresholds_that_are_predictions_say_so():
    assert {c.id for c in CLAIMS if "made beforehand" in c.because} == LEVELS


def test_joint_networks_must_have_learned_their_own_pairs():
    found = verdicts(made(change=of("joint", seen=60.0)))
    reason = "joint networks read 60.0 % of what they learned, oracles 90.0"
    assert found["C8-joint-lora"].reason.startswith(reason)
    assert found["C8-lora"].verdict == "holds"


@pytest.mark.parametrize(
    ("line", "idle"),
    [
        ("full", {"C18-full", "C19-mean", "C19-best"}),
        ("adapter", {"C18-adapter", "C18-adapter-starts"}),
        ("adapter-starts", {"C18-adapter-starts"}),
    ],
)
def test_what_learned_nothing_has_no_barrier_to_judge(line, idle):
    change = recorded({"question": "line", "method": line}, line=[90.0] * 10 + [70.0])
    found = verdicts(made(change=change))
    assert {id for id, own in found.items() if own.verdict == "not judged"} == idle
    assert {found[id].reason for id in idle} == {f"{line} ends at 70.0 of 75 %"}
