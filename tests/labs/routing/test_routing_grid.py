"""Which cells there are."""

from dataclasses import replace

from labs.routing.grid import MIXTURES, PAIR_TESTS, PRESETS, cells

FULL = replace(PRESETS["full"], replicates=1)


def arms(config, **kept):
    return {
        (c.router, c.level, c.grain)
        for c in cells(config)
        if all(getattr(c, name) == value for name, value in kept.items())
    }


def test_argmax_stands_where_its_rivals_stand():
    main = {"domains": "four", "experts": 4, "labels": "conflict", "examples": FULL.examples}
    for config in (FULL, replace(FULL, levels=False)):
        found = arms(config, question="mixture", **main)
        here = {(name, "global", "example") for name in ("argmax", "reinforce", "gumbel")}
        assert here | {(name, "global", "task") for name in ("argmax", "evolution")} <= found
    quick = PRESETS["quick"]
    assert {n for n, *place in arms(quick) if place == ["global", "example"]} == {
        "argmax",
        "reinforce",
        "gumbel",
    }


def test_no_network_is_trained_twice():
    asked = cells(FULL)
    assert len(set(asked)) == len(asked)
    # in every block from the domain's name, or all at once from it: the same network
    same = {(c.router, c.domains, c.experts, c.examples) for c in asked if c.level == "global"
            and c.grain == "task" and c.question == "mixture"}  # fmt: skip
    assert same.isdisjoint(
        (c.router, c.domains, c.experts, c.examples)
        for c in asked
        if c.level == "layer" and c.grain == "task"
    )


def test_two_experts_are_compared_with_as_many_domains_without_factors():
    for domains in ("factor", "factors", "four"):
        found = arms(FULL, domains=domains, experts=2) - {("oracle", "naive", "task")}
        assert found == {
            (router, level, "task")
            for router in ("gumbel", "switch-balanced")
            for level in ("naive", "global")
        }
    assert ("oracle", "naive", "task") in arms(FULL, domains="factor")
    assert len(MIXTURES["four"]) == len(MIXTURES["factors"])


def test_pairs_of_skills_have_fewer_tests():
    assert {c.tests for c in cells(FULL) if c.question == "skills"} == {PAIR_TESTS}
    assert {c.tests for c in cells(PRESETS["smoke"])} == {50}
