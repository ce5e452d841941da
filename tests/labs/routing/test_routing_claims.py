"""Every claim of the routing lab, on tables in which it is true and on some in which it is not."""

from dataclasses import replace

import numpy as np
import pytest

from labs.kit.table import Table
from labs.kit.verdicts import judge
from labs.routing.claims import CLAIMS
from labs.routing.lab import LAB
from labs.routing.pairs import split, truth
from tests.labs.routing.tables import ORACLE, made, own

COUNTED = {"C15-dense", "C15-top-2", "C15-switch"}
OF_FACTORS = {
    *("C17-one-gumbel", "C17-one-switch", "C17-two-gumbel", "C17-two-switch"),
    *("N-ways-gumbel", "N-ways-switch"),
}
OF_SKILLS = {c.id for c in CLAIMS if c.id.startswith("C14")} | {"N-f1", "N-crossed"}
LEVELS = {
    *("C11-dead", "C11-balanced", "C11-spread", "C12-margin", "C12-nmi"),
    *("C17-one-gumbel", "C17-one-switch"),
    *("C14-f1", "C24-ten", "C24-tie", "C24-half"),
}
OF_SHARED = {"C24-tie", "C24-start", "C24-half"}


def verdicts(table):
    return {verdict.id: verdict for verdict in judge(CLAIMS, table)}


def contradicted(table):
    return {id for id, verdict in verdicts(table).items() if verdict.verdict == "contradicted"}


def not_judged(table):
    return {id for id, verdict in verdicts(table).items() if verdict.verdict == "not judged"}


def changed(fields, **where):
    """A change of what is recorded of some cells, told by fields of theirs; with a little that
    replicates differ in, as equal values decide nothing."""

    def change(cell, record):
        if any(getattr(cell, name) != value for name, value in where.items()):
            return record
        if callable(fields):
            return replace(record, **fields(cell))
        return replace(record, **{n: varied(v, cell.replicate) for n, v in fields.items()})

    return change


def varied(value, replicate):
    if isinstance(value, list):
        return [varied(entry, replicate) for entry in value]
    return value * (1 + replicate / 10_000) if isinstance(value, float) else value


def accurate(percent):
    return {"accuracy": [percent] * 4, "validation": percent}


def used(shares, *names):
    """Uses of all blocks: `shares(cell)`, with a little that replicates differ in."""

    def fields(cell):
        blur = 1e-3 * (1 + cell.replicate)
        use = (1 - blur) * shares(cell) + blur * even(cell)
        return {name: [use.tolist()] * 3 for name in names}

    return fields


def even(cell):
    return np.full((4, cell.experts), 1 / cell.experts)


def some(cell):
    """Between what Switch and a uniform router do."""
    use = even(cell)
    use[:, :2] += [[0.1, -0.1]]
    use[:, 2:4] += [[0.1, -0.1]]
    return use


def lost(cell):
    """The last two experts get nothing, or three: more than Switch leaves without a signal."""
    kept = cell.experts - 2 - cell.replicate % 2
    return {"chosen": [[[1 / kept] * kept + [0] * (cell.experts - kept)] * 4] * 3}


def one(cell):
    return np.eye(cell.experts)[[0] * 4]


def both(cell):
    return own(4, cell.experts)


def z_of(cell):
    """Tasks that have all skills, but for a few."""
    z = np.ones((11, 6))
    z[: cell.replicate, 0] = 0
    return {"z": z.tolist()}


def z_before(cell):
    return {"z_before": truth(split(cell.replicate)[0]).tolist()}


CONFLICT = {"question": "mixture", "labels": "conflict", "domains": "four"}
FOUR, TWO = ({**CONFLICT, "experts": count, "examples": 4000} for count in (4, 2))
FEW = {**CONFLICT, "examples": 300}
BALANCING = {"router": "switch-balanced", **CONFLICT}
OWN = {**FOUR, "level": "layer", "grain": "example"}
GLOBAL, BY_NAME = ({"level": "global", "grain": grain} for grain in ("example", "task"))
ALONE = {  # what is recorded of which cells, and that it contradicts this claim and no other
    "C11-balanced": changed(used(some, "use"), experts=8, **BALANCING),
    "C11-idle": changed(lost, experts=8, **BALANCING),
    "C11-collapse": changed(used(one, "use_before"), router="switch", experts=8, **CONFLICT),
    "C11-churn-reinforce": changed({"churn": [0.15] * 5}, router="reinforce", **FOUR),
    "C11-churn-gumbel": changed({"churn": [0.35] * 5}, router="dense", **FOUR),
    "C11-overfit-gumbel": changed({"train": 75.0}, router="gumbel", grain="token", **FEW),
    "C11-overfit-switch": changed({"train": 85.0}, router="switch-balanced", grain="token", **FEW),
    "C12-named": changed(accurate(93.0), router="gumbel", level="naive", grain="task", **FOUR),
    "C12-taught-best": changed(accurate(78.0), router="taught", **FOUR),
    "C12-nmi": changed(used(both, "chosen"), router="switch-balanced", **OWN),
    "C13-gradient": changed({"gradient": 1e-3}, router="argmax", **FOUR),
    "C13-frozen": changed(used(one, "chosen_before"), router="argmax", **FOUR),
    "C13-reinforce": changed(accurate(30.0), router="reinforce", **GLOBAL, **FOUR),
    "C13-gumbel": changed(accurate(30.0), router="gumbel", **GLOBAL, **FOUR),
    "C13-evolution": changed(accurate(90.0), router="argmax", **BY_NAME, **FOUR),
    "N-shuffled": changed({"shuffled": [40.0] * 4}, router="oracle", **FOUR),
    "N-hash": changed(used(both, "chosen"), router="hash", **FOUR),
    "C16-gain-switch": changed(
        used(both, "chosen_before"),
        router="switch-balanced",
        level="layer",
        grain="example",
        **FOUR,
    ),
    "C17-one-gumbel": changed(accurate(60.0), router="gumbel", domains="factor", level="naive"),
    "C17-one-switch": changed(
        accurate(60.0), router="switch-balanced", domains="factor", level="naive"
    ),
    "N-ways-gumbel": changed(accurate(80.0), router="gumbel", **BY_NAME, **TWO),
    "N-ways-switch": changed(accurate(95.0), router="switch-balanced", **BY_NAME, **TWO),
    "C14-shared": changed({"unseen": [57.0] * 4}, router="shared"),
    "C14-wide": changed({"unseen": [57.0] * 4}, router="wide"),
    "C14-told": changed({"unseen": [38.0] * 4}, question="skills", router="told"),
    "N-f1": changed(z_before, question="skills", router="polytropon"),
    "N-crossed": changed({"crossed": [80.0] * 11}, question="skills", router="polytropon"),
    "C24-tie": changed(accurate(80.0), router="one", labels="shared"),
}
TOGETHER = {
    ("C11-dead",): changed(used(even, "chosen"), router="switch", experts=8, **CONFLICT),
    ("C11-balanced", "C11-uneven"): changed(used(one, "use"), experts=8, **BALANCING),
    ("C12-taught-best", "C12-taught-one"): changed(accurate(50.0), router="taught", **FOUR),
    ("N-untrained", "C16-gain-gumbel"): changed(
        used(both, "chosen_before"), router="gumbel", **OWN
    ),
    ("C16-gumbel", "C16-gain-gumbel"): changed(
        used(both, "chosen"), router="gumbel", grain="token", **FOUR
    ),
    ("C16-switch", "C16-gain-switch"): changed(
        used(both, "chosen"), router="switch-balanced", grain="token", **FOUR
    ),
    ("C17-two-gumbel", "N-ways-gumbel"): changed(
        accurate(80.0), router="gumbel", domains="factors", level="naive"
    ),
    ("C17-two-switch", "N-ways-switch"): changed(
        accurate(80.0), router="switch-balanced", domains="factors", level="naive"
    ),
    ("C12-best", "C12-margin", "C12-taught-best"): changed(
        accurate(ORACLE + 2), router="switch-balanced", **OWN
    ),
    ("C12-margin", "C12-taught-best"): changed(
        accurate(ORACLE - 1), router="switch-balanced", **OWN
    ),
    ("C11-spread",): changed(accurate(70.0), router="reinforce", level="layer", **FOUR),
    ("C14-private", "C14-told"): changed(
        {"unseen": [63.0] * 4}, question="skills", router="private"
    ),
    ("C14-f1",): changed(z_of, question="skills", router="polytropon"),
    ("C24-modular", "C24-ten", "C12-taught-one"): changed(
        accurate(ORACLE + 2), router="one", labels="conflict"
    ),
    ("C24-ten",): changed(accurate(ORACLE - 7), router="one", labels="conflict"),
    ("C24-half",): changed(
        {"from_mean": [10.0, 20.0, 30.0, 40.0, 50.0, 60.0, 80.0] + [90.0] * 7}, question="starts"
    ),
    ("C24-start", "C24-half"): changed({"from_mean": [10.0] * 14}, question="starts"),
}


def test_all_claims_hold_where_all_is_as_predicted():
    found = verdicts(made())
    assert {id: v.verdict for id, v in found.items() if v.verdict != "holds"} == {}


@pytest.mark.parametrize("id", ALONE)
def test_a_claim_is_contradicted_alone(id):
    assert contradicted(made(change=ALONE[id])) == {id}


@pytest.mark.parametrize("ids", TOGETHER)
def test_claims_are_contradicted_together(ids):
    assert contradicted(made(change=TOGETHER[ids])) == set(ids)


def test_all_claims_can_be_contradicted():
    told = {id for ids in TOGETHER for id in ids}
    assert {claim.id for claim in CLAIMS} - set(ALONE) - told == COUNTED


def test_routers_are_not_judged_where_the_oracle_has_not_learned():
    poor = changed(accurate(55.0), router="oracle", **FOUR)
    judged = {claim.id for claim in CLAIMS} - not_judged(made(change=poor))
    assert judged == COUNTED | OF_SKILLS | OF_SHARED | OF_FACTORS


def test_levels_are_not_judged_where_one_factor_is_not_learned():
    poor = changed(accurate(55.0), router="oracle", domains="factor", experts=2)
    assert not_judged(made(change=poor)) == OF_FACTORS


def test_starts_are_not_judged_where_the_new_domain_is_not_learned_from_chance():
    poor = changed({"from_random": [10.0] * 7 + [50.0] * 7}, question="starts")
    assert not_judged(made(change=poor)) == {"C24-start", "C24-half"}


def test_skills_are_not_judged_where_those_who_are_told_have_not_learned():
    poor = changed({"seen": [45.0] * 11}, question="skills", router="told")
    assert not_judged(made(change=poor)) == OF_SKILLS


@pytest.mark.parametrize("settings", [{"small": True}, {"steps": 300}, {"base_steps": 100}])
def test_levels_are_about_the_full_protocol(settings):
    assert not_judged(made(**settings)) == LEVELS


def test_an_empty_table_is_not_judged():
    assert not_judged(Table([])) == {claim.id for claim in CLAIMS}


def test_the_finding_names_claims():
    assert LAB.finding.count(":verdict}") == 4
