"""Tasks of two skills: which pairs there are, and which of them a replicate sees."""

import numpy as np
import pytest

from labs.data.domains import DOMAINS, Domain
from labs.data.signals import draw
from labs.routing.grid import SKILLS, UNSEEN
from labs.routing.pairs import CHANGES, PAIRS, domain, split, truth


def test_a_replicate_sees_all_pairs_but_four_and_every_skill_three_times():
    for replicate in range(40):
        seen, unseen = split(replicate)
        assert (len(seen), len(unseen)) == (11, UNSEEN)
        assert sorted(seen + unseen) == sorted(PAIRS)
        assert truth(seen).sum(0).min() >= 3
        assert (truth(seen + unseen).sum(1) == 2).all()


def test_replicates_see_other_pairs_and_always_the_same():
    splits = [split(replicate) for replicate in range(40)]
    assert len(set(splits)) > 30
    split.cache_clear()
    assert splits == [split(replicate) for replicate in range(40)]
    left = np.mean([truth(unseen).sum(0) for _, unseen in splits], axis=0)
    assert left == pytest.approx([2 * UNSEEN / len(SKILLS)] * len(SKILLS), abs=0.4)


def test_a_skill_is_what_the_domain_of_its_name_changes():
    assert list(CHANGES) == list(SKILLS)
    for skill in SKILLS:
        assert Domain(**CHANGES[skill]) == DOMAINS[skill]


def test_both_changes_act_on_a_pair():
    reverse, both = (draw(d, 0, 50, "a test").x for d in ("reverse", domain(("ramp", "reverse"))))
    ramp = both - reverse
    assert ramp == pytest.approx(np.broadcast_to(ramp[0], ramp.shape), abs=1e-4)
    assert len({str(domain(pair)) for pair in PAIRS}) == 15
    with pytest.raises(KeyError):
        domain(("reverse", "upside down"))
