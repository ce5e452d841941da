"""Tables of the routing lab, made by hand: every number in them is known."""

from dataclasses import replace

import numpy as np

from labs.kit.table import Table, row
from labs.routing.grid import (
    FEW,
    HARD,
    LOOKS,
    MIXTURES,
    NAMED,
    PRESETS,
    SKILLS,
    SOFT,
    STARTED,
    UNSEEN,
    Record,
    cells,
)
from labs.routing.pairs import split, truth

FULL = PRESETS["full"]
BASE, ORACLE, ONE, ARGMAX, LEARNED, BEST = 10.0, 90.0, 60.0, 40.0, 70.0, 80.0
NAMES = 85.0  # of learned routers that are told the domain
GAPS = {"token": 40.0, "example": 20.0, "task": 10.0}  # points, from few examples
CHURN = {"reinforce": 0.4, "gumbel": 0.2, "dense": 0.1}  # others 0.3
SPREAD = {"reinforce": 3.0, "gumbel": 0.5}  # points by which every other replicate is off
UNSEEN_BY = {"told": 60.0, "polytropon": 55.0, "shared": 45.0, "wide": 48.0, "private": 40.0}
SEEN_BY = {"told": 75.0, "polytropon": 70.0, "shared": 50.0, "wide": 55.0, "private": 72.0}


def made(replicates=8, noise=0.1, change=None, **settings):
    """Rows of a full run in which all claims hold, with a little noise; `change(cell, record)` has
    the last word."""
    rng = np.random.default_rng(0)
    rows = []
    for cell in cells(replace(FULL, replicates=replicates, **settings)):
        record = RECORDS[cell.question](cell, lambda: rng.normal(scale=noise))
        rows.append(row(cell, change(cell, record) if change else record))
    return Table(rows)


def even(domains, experts):
    """Every domain uses all experts alike."""
    return np.full((domains, experts), 1 / experts)


def own(domains, experts, blur=0.0):
    """Every domain has an expert of its own, as far as there are as many."""
    hard = np.eye(experts)[np.arange(domains) % experts]
    return (1 - blur) * hard + blur / experts


def lost(domains, experts):
    """The last expert gets nothing, and domains are alike."""
    use = np.zeros((domains, experts))
    use[:, :-1] = np.arange(1, experts) / np.arange(1, experts).sum()
    return use


def accuracy_of(cell, chance):
    if cell.router == "oracle":
        return ORACLE + chance()
    if cell.router == "one":
        return (ONE if cell.labels == "conflict" else ORACLE) + chance()
    if cell.router in ("argmax", "hash"):
        return ARGMAX + chance()
    if cell.router in (*NAMED, "taught"):
        return NAMES + chance()
    off = SPREAD.get(cell.router, 0) * (-1) ** cell.replicate * (1 + abs(chance()))
    if cell.domains == "factors":
        return LEARNED + (0 if cell.level == "naive" else 5) + chance()
    return (BEST if cell.router == "switch-balanced" else LEARNED) + off + chance()


def use_of(cell, chance):
    domains, blur = len(MIXTURES[cell.domains]), 0.5 + abs(chance()) / 10
    uneven, little = own(domains, cell.experts), abs(chance()) / 10
    if cell.router in ("switch", "top-2") and cell.experts > 4:
        others = np.c_[even(domains, cell.experts - 1), np.zeros(domains)]
        return (1 - little) * lost(domains, cell.experts) + little * others
    if cell.router == "oracle":
        return uneven
    if cell.router == "hash" or (cell.experts > 4 and cell.router.startswith("switch")):
        return (1 - little) * even(domains, cell.experts) + little * uneven
    return own(domains, cell.experts, 0.9 if cell.grain == "token" else blur)


def _mixture(cell, chance):
    domains, name = len(MIXTURES[cell.domains]), cell.router
    accuracy, blocks = accuracy_of(cell, chance), 2 if cell.small else 3
    few = GAPS[cell.grain] if cell.examples == FEW else 5.0
    use = [use_of(cell, chance).tolist()] * blocks
    before = use if name == "argmax" else [even(domains, cell.experts).tolist()] * blocks
    uses = {"use": use, "chosen": use, "use_before": before, "chosen_before": before}
    routed = name in HARD or name in SOFT
    told = [BASE + 2.0 + chance() for _ in range(domains)]
    return Record(
        rates=[0.02, 0.01] if routed else [0.02],
        before=[BASE] * domains,
        accuracy=[accuracy] * domains,
        validation=accuracy,
        train=accuracy + few + chance(),
        shuffled=told if name in NAMED else None,
        **({} if name == "one" else uses),
        joint_nmi=None if name == "one" else 0.7,
        unserved=0.25 if name == "expert-choice" else 0.0,
        ablation=None if name == "one" else [[20.0] + [1.0] * (cell.experts - 1)] * domains,
        curve=[accuracy] * LOOKS,
        churn=[CHURN.get(name, 0.3) + chance() / 100] * LOOKS if routed else None,
        spike=0.1,
        gradient=(0.0 if name == "argmax" else 0.5) if routed else None,
        moved=(0.0 if name == "argmax" else 0.2) if routed else None,
    )


def _starts(cell, chance):
    looks = [step for step in STARTED if step <= cell.steps]
    rise = [1 - 0.5 ** (step / 20) for step in looks]
    fast = [1 - 0.5 ** (step / 5) for step in looks]
    return Record(
        rates=[0.02],
        accuracy=[ORACLE] * 4,
        from_mean=[BASE + (80 + chance()) * share for share in fast],
        from_random=[BASE + (80 + chance()) * share for share in rise],
    )


def _skills(cell, chance):
    name, (seen, _) = cell.router, split(cell.replicate)
    finds = name == "polytropon"
    # as the skills are, in another order, with one entry that is wrong
    z = np.roll(truth(seen), 1, axis=1).astype(float)
    z[cell.replicate % len(seen), 0] = 1 - z[cell.replicate % len(seen), 0]
    before = 0.5 + 1e-4 * (-1.0) ** np.add.outer(np.arange(len(seen)), np.arange(len(SKILLS)))
    return Record(
        rates=[0.01, 0.01, 0.03] if finds else [0.01, 0.01],
        untaught=[BASE] * len(seen),
        seen=[SEEN_BY[name] + chance()] * len(seen),
        crossed=[SEEN_BY[name] - 30 + chance()] * len(seen)
        if name in ("told", "polytropon")
        else None,
        zero=[BASE + 5 + chance()] * UNSEEN,
        unseen=[UNSEEN_BY[name] + chance()] * UNSEEN,
        routed=[30.0 + chance()] * UNSEEN if finds else None,
        z=z.tolist() if finds else None,
        z_before=before.tolist() if finds else None,
        z_unseen=[[0.5] * len(SKILLS)] * UNSEEN if finds else None,
    )


RECORDS = {"mixture": _mixture, "starts": _starts, "skills": _skills}
