"""What a run says after its claims."""

from collections.abc import Iterator

import numpy as np

from labs.kit.intervals import Interval, interval_or_none
from labs.kit.lab import Remark
from labs.kit.measures import Values, minus
from labs.kit.table import Table
from labs.routing.costs import products
from labs.routing.grid import (
    CROSSED,
    FACTORED,
    GRAINS,
    LABELS,
    LEVELLED,
    LEVELS,
    NEW,
    PAIR,
    PLACE,
    PLACES,
    RIVALS,
    ROUTERS,
    SHARERS,
    SHOTS,
    STARTED,
)
from labs.routing.measures import (
    FOUR,
    MANY,
    Arm,
    accuracy,
    ahead,
    behind,
    best,
    censored,
    f1,
    factored,
    mean_of,
    of,
    rows,
    sharer,
    skill_column,
)
from labs.routing.meters import (
    METERS,
    best_joint,
    best_meter,
    churn,
    dead,
    gap,
    meter,
    spread,
)

NAMES = ("CM", "CMW", "H", "NMI", "alignment")  # of METERS, as columns have them
Row = tuple[str | float | Interval | None, ...]
SIZES = (2, 4, 8, 16)  # experts whose products are counted


def remarks(table: Table) -> list[Remark]:
    """Protocol, accuracies, meters beside their untrained values, placement, skills, costs."""
    parts = (
        _protocol,
        _accuracies,
        _best,
        _told,
        _trained,
        _untrained,
        _many,
        _training,
        _placed,
        _factors,
        _few,
        _starts,
        _skills,
        _found,
        _costs,
    )
    return [remark for part in parts for remark in part(table)]


def _mean(values: Values) -> float | None:
    return float(np.mean([*values.values()])) if values else None


def _shown(table: Table, experts: int = FOUR, labels: str = "conflict") -> list[str]:
    return [name for name in ROUTERS if rows(table, Arm(name, experts, labels))]


def _protocol(table: Table) -> Iterator[Remark]:
    if not len(table):
        return
    row = table.rows[0]
    text = f"A base is trained for {row['base_steps']:,} steps, experts and router for "
    text += f"{row['steps']:,} steps of {row['batch']} of {row['examples']:,} examples; accuracies "
    yield Remark(f"{text}are of {row['tests']:,} fresh examples of each domain.")
    level, grain = PLACE
    others = ", ".join(f"{name} {' '.join(place)}" for name, place in PLACES.items())
    text = f"Routers choose by {level} and {grain} where nothing else is said, but: {others}."
    yield Remark(text)
    text = (
        "The classifier of the domains is taught their names in training and is not told them in "
    )
    text += "tests: it says what a router can see."
    yield Remark(text)
    text = "EM: each example trains the expert with the highest log p(expert | example) less its "
    text += "loss, of all E that are tried, and the router learns to foretell which; a step takes "
    text += "1 + E forward passes, where others take 1."
    yield Remark(text)
    text = "Experts that choose take the most probable examples of a batch, in tests those above "
    unserved = _mean(of(table, "unserved", Arm("expert-choice")))
    taken = (
        "" if unserved is None else f"; in tests {unserved:.2f} of choices give a signal to none"
    )
    yield Remark(f"{text}the running mean of their thresholds{taken}.")


def _accuracies(table: Table) -> Iterator[Remark]:
    found = []
    for name in ROUTERS:
        own = [interval_or_none(accuracy(table, Arm(name, labels=label))) for label in LABELS]
        if any(own):
            arm = Arm(name)
            shuffled = _mean(accuracy(table, arm, "shuffled"))
            train = _mean(minus(of(table, "train", arm), accuracy(table, arm)))
            found.append((ROUTERS[name], *own, train, shuffled))
    before = [_mean(accuracy(table, Arm("oracle", labels=n), "before")) for n in LABELS]
    if found:
        found.append(("untrained experts", *before, None, None))
    text = "Accuracy in percent by meaning of the labels; where they conflict, points of training "
    text += "over test examples, and accuracy where the next domain's name is told."
    yield Remark(text, ("", *LABELS, "train - test", "told wrong"), tuple(found), ".1f")


def _best(table: Table) -> Iterator[Remark]:
    for label in LABELS:
        chosen = [*best(table, labels=label).values()]
        if chosen:
            counts = {arm: chosen.count(arm) for arm in dict.fromkeys(chosen)}
            listed = ", ".join(f"{ROUTERS[arm.router]} {count}" for arm, count in counts.items())
            yield Remark(f"Labels {label}: the learned router that reads most of the validation "
                         f"examples, by replicates: {listed}.")  # fmt: skip


def _told(table: Table) -> Iterator[Remark]:
    leads = {
        "oracle - taught": ahead(table, Arm("oracle"), Arm("taught")),
        "oracle - best learned": behind(table),
        "taught - best learned": behind(table, "taught"),
        "oracle - one wide expert": ahead(table, Arm("oracle"), Arm("one")),
        "taught - one wide expert": ahead(table, Arm("taught"), Arm("one")),
    }
    shown: tuple[Row, ...] = tuple((n, interval_or_none(own)) for n, own in leads.items() if own)
    if shown:
        text = "What being told the domain is worth, and what routing is, in points, where labels "
        yield Remark(f"{text}conflict.", ("", "points"), shown, ".1f")
    each, joint = _mean(best_meter(table, "nmi")), _mean(best_joint(table))
    if each is not None and joint is not None:
        text = "Normalised mutual information of domain and choice of the best learned router: "
        text += f"{each:.2f} in the mean over blocks, {joint:.2f} of all blocks' choices together."
        yield Remark(text)


def _trained(table: Table) -> Iterator[Remark]:
    found = []
    for router in _shown(table):
        own = [_mean(meter(table, name, Arm(router))) for name in METERS]
        if any(value is not None for value in own):
            joint = _mean(of(table, "joint_nmi", Arm(router)))
            others = (_mean(churn(table, router)), _mean(spread(table, router)))
            found.append((ROUTERS[router], *own, joint, *others))
    text = "Meters of use after training, labels in conflict: Collapse-Avg, Collapse-Worst, "
    text += "entropy, mutual information of domain and expert, distance from a permutation; of all "
    text += "blocks' choices together; choices that change between looks; points from the median "
    text += "distance to the oracle."
    yield Remark(text, ("", *NAMES, "joint NMI", "churn", "spread"), tuple(found), ".3f")


def _untrained(table: Table) -> Iterator[Remark]:
    found = []
    for router in _shown(table):
        own = [_mean(meter(table, name, Arm(router), before=True)) for name in METERS]
        if any(value is not None for value in own):
            found.append((ROUTERS[router], *own))
    text = "The same before training, on fewer test examples; a hash of the signal is at random "
    yield Remark(f"{text}values.", ("", *NAMES), tuple(found), ".3f")


def _many(table: Table) -> Iterator[Remark]:
    found = []
    for router in _shown(table, MANY):
        arm = Arm(router, MANY)
        own = (_mean(meter(table, name, arm)) for name in METERS)
        unused = (_mean(dead(table, router)), _mean(dead(table, router, before=True)))
        found.append((ROUTERS[router], _mean(accuracy(table, arm)), *own, *unused))
    text = f"{MANY} experts: accuracy in percent, meters of use, share of replicates in which an "
    text += "expert of some block gets no test example, after training and before."
    yield Remark(text, ("", "accuracy", *NAMES, "dead", "before"), tuple(found), ".3f")


def _training(table: Table) -> Iterator[Remark]:
    found = []
    for router in _shown(table):
        arm = Arm(router)
        lost = {
            r: float(np.mean(np.max(own, axis=1))) for r, own in of(table, "ablation", arm).items()
        }
        numbers = (_mean(of(table, name, arm)) for name in ("spike", "gradient", "moved"))
        found.append((ROUTERS[router], *numbers, _mean(lost)))
    text = "In training: largest rise of the loss in nats, largest gradient of a number of the "
    text += "router, its largest change; and points that a domain loses where the expert that it "
    text += "needs most adds nothing."
    yield Remark(text, ("", "spike", "gradient", "moved", "needed"), tuple(found), ".3g")


def _placed(table: Table) -> Iterator[Remark]:
    found = []
    for router in dict.fromkeys((*LEVELLED, *(name for name, *_ in RIVALS))):
        for level in LEVELS:
            for grain in GRAINS:
                arm = Arm(router, level=level, grain=grain)
                own = accuracy(table, arm)
                if own and of(table, "use", arm):
                    nmi = interval_or_none(meter(table, "nmi", arm))
                    label = f"{ROUTERS[router]}: {level}, {grain}"
                    found.append((label, interval_or_none(own), nmi))
    text = "Levels and grains, labels in conflict: accuracy in percent, normalised mutual "
    text += "information of domain and expert. Told the domain (task), global is the same network "
    text += "as layer."
    yield Remark(text, ("", "accuracy", "NMI"), tuple(found), ".3g")


def _factors(table: Table) -> Iterator[Remark]:
    found = []
    for router in LEVELLED:
        for domains in CROSSED:
            own = [interval_or_none(factored(table, router, domains, lv)) for lv in FACTORED]
            if any(own):
                found.append((f"{ROUTERS[router]}: {domains}", *own))
    oracle = interval_or_none(accuracy(table, Arm("oracle", PAIR, domains="factor")))
    if oracle:
        found.append((f"{ROUTERS['oracle']}: factor", oracle, None))
    text = (
        "One factor (reverse), two (reverse and ramp, crossed) and four domains without factors, "
    )
    text += "with two experts of a block, by the domain's name: accuracy in percent by level; "
    yield Remark(
        f"{text}told the name, global is the same network as layer.",
        ("", *FACTORED),
        tuple(found),
        ".1f",
    )


def _few(table: Table) -> Iterator[Remark]:
    found = []
    for router in LEVELLED:
        own = [interval_or_none(gap(table, router, grain)) for grain in GRAINS]
        if any(own):
            found.append((ROUTERS[router], *own))
    text = "Few examples: points of training over test examples by what gets a choice of its own."
    yield Remark(text, ("", *GRAINS), tuple(found), ".1f")


def _starts(table: Table) -> Iterator[Remark]:
    arm = Arm("oracle", labels="shared", question="starts")
    curves = [of(table, name, arm) for name in ("from_mean", "from_random")]
    means = [np.mean([*own.values()], axis=0) for own in curves if own]
    if len(means) == len(curves):
        shown: tuple[Row, ...] = tuple(zip(STARTED, *(own.tolist() for own in means), strict=False))
        never = censored(table)
        text = f"A new expert in {NEW}: accuracy in percent by training steps. Trained experts, of "
        text += "which one start is the mean, share one initialisation. From the mean 95 % of the "
        text += f"other's last accuracy is never reached in {sum(never.values()):.0f} of "
        text += f"{len(never)} replicates, which count as the last step."
        yield Remark(text, ("steps", "from the mean", "from chance"), shown, ".1f")


def _skills(table: Table) -> Iterator[Remark]:
    columns = ("seen", "zero", "unseen")
    found: list[Row] = []
    for name, label in SHARERS.items():
        own = [interval_or_none(sharer(table, name, column)) for column in columns]
        if any(own):
            rates = sorted({tuple(r) for r in skill_column(table, name, "rates").values()})
            listed = " ".join(f"{rate:g}" for rate in rates[0]) if rates else None
            found.append((label, *own, listed))
    routed = interval_or_none(sharer(table, "polytropon", "routed"))
    if routed:
        found.append(("Polytropon, new row of Z alone", None, None, routed, None))
    base = _mean(sharer(table, "told", "untaught"))
    if found:
        untaught = _mean(sharer(table, "private", "zero"))
        found.append(("frozen base", base, untaught, None, None))
    text = "Pairs of skills: accuracy in percent of pairs that were trained on, of four others as "
    text += f"they are at hand (zero) and after {SHOTS} examples of each; rates of Adam chosen on "
    text += "validation data."
    yield Remark(text, ("", *columns, "rates"), tuple(found), ".1f")


def _found(table: Table) -> Iterator[Remark]:
    values = {
        "after training": f1(table),
        "before": f1(table, "z_before"),
        "two highest of each task, after training": f1(table, two=True),
        "two highest of each task, before": f1(table, "z_before", two=True),
    }
    shown: tuple[Row, ...] = tuple((n, interval_or_none(own)) for n, own in values.items() if own)
    text = "F1 of the skills that Polytropon found, after matching."
    yield Remark(text, ("", "F1"), shown, ".3f")
    z = skill_column(table, "polytropon", "z")
    if z:
        on = mean_of({r: (np.asarray(own) > 0.5).sum(1) for r, own in z.items()})
        yield Remark(f"Tasks have {_mean(on):.1f} of its skills on, of the true ones 2.")


def _costs(table: Table) -> Iterator[Remark]:
    if not len(table):
        return
    small = table.rows[0]["small"]
    shown: tuple[Row, ...] = tuple(
        (ROUTERS[name], *(products(name, experts, small).all / 1000 for experts in SIZES))
        for name in ("dense", "top-2", "switch", "smear")
    )
    text = "Thousands of products that experts and router add to a signal's, by number of experts "
    text += "(`python -m labs.routing.latency` times them, with and without index dispatch)."
    yield Remark(text, ("", *(str(size) for size in SIZES)), shown, ".1f")
    text = "Not tested: scaling laws, capacity and dropped tokens, expert parallelism."
    yield Remark(text)
