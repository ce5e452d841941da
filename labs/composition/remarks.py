"""What a run says after its claims."""

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from labs.composition.grid import (
    COUPLES,
    DOMAINS,
    FEW,
    LEAF,
    LEAVES,
    LINES,
    MERGES,
    MIXTURES,
    NEW,
    PAIRS,
    SOUP,
    TASKS,
)
from labs.composition.measures import (
    ANALOGIES,
    BOTH,
    OWN_HEAD,
    Lists,
    admitted,
    all_four,
    analogy,
    answered,
    barrier,
    closed,
    couple,
    entry,
    in_pairs,
    leaf,
    leaves,
    mass,
    mean_of,
    merged,
    mixture,
    of,
    swapped,
)
from labs.composition.published import WIDE
from labs.composition.shown import OF_LINES, VARIANTS, arm, measured, name_of, soup, varied
from labs.kit.intervals import interval_or_none
from labs.kit.lab import Remark
from labs.kit.measures import Values
from labs.kit.table import Table
from labs.nn.modules.methods import METHODS as ALL_METHODS

ARMS = ("task", "bare", "head", "composed", "reversed", "wrong", "random", "oracle", "joint")


def remarks(table: Table) -> list[Remark]:
    """The protocol; pairs by method, arm, task and domain; what modules learned from, their order
    and overlap; lines, sums, negation, analogy; mixtures and trees."""
    parts = (
        _protocol,
        _modules,
        _shares,
        _accuracies,
        _where,
        _variants,
        _orders,
        _lines,
        _soup,
        _sums,
        _merges,
        _negation,
        _analogy,
        _mixtures,
        _trees,
    )
    return [remark for part in parts for remark in part(table)]


def _mean(values: Values) -> float | None:
    return float(np.mean([*values.values()])) if values else None


def _rounded(value: float | None, form: str) -> str | None:
    return None if value is None else f"{value:{form}}"


def _protocol(table: Table) -> Iterator[Remark]:
    if not len(table):
        return
    row = table.rows[0]
    passes = row["steps"] * row["batch"] / row["examples"]
    text = f"A base is trained for {row['base_steps']:,} steps, a module for {row['steps']:,} "
    text += f"steps of {row['batch']} examples, {passes:.1f} times through {row['examples']:,}; "
    yield Remark(f"{text}accuracies are of {row['tests']:,} test examples.")
    if measured(table):
        text = "R is the share of the gap between a pair's task module alone (0) and a module that "
        text += f"was trained on the pair (1), over the pairs in which it is {WIDE} points or more."
        yield Remark(f"{text} No composed module has seen a pair.")
        text = "A pair counts where the task's module answers clean signals right often enough. "
        text += "That which was trained on the pair took the steps of one module, not of two; a "
        text += "task's head trains at the rate of its module."
        yield Remark(text)
    yield from _rates(table)


def _rates(table: Table) -> Iterator[Remark]:
    rows = []
    for method in measured(table):
        found: Lists = of(table, "rates", "pairs", method)
        grid = ALL_METHODS[method].rates
        if found:
            chosen = (_marked({own[place] for own in found.values()}, grid) for place in range(3))
            rows.append((name_of(method), *chosen, f"{grid[0]:.2g} to {grid[-1]:.2g}"))
    text = "Rates of Adam, chosen on validation data of a replicate of their own (!: an end of the "
    text += "range, beyond which a better one may lie)."
    yield Remark(text, ("", "domain", "task", "pair", "range"), tuple(rows))


def _marked(rates: set[float], grid: Sequence[float]) -> str:
    return ", ".join(f"{r:.2g}{'!' * (r in (grid[0], grid[-1]))}" for r in sorted(rates))


def _modules(table: Table) -> Iterator[Remark]:
    rows = []
    for method in measured(table):
        base, domain = (mean_of(of(table, n, "pairs", method)) for n in ("base", "domain"))
        alone = [answered(table, method, task) for task in TASKS]
        rows.append((name_of(method), _mean(base), interval_or_none(domain), *alone))
    text = "Modules where they were trained, accuracy in percent: digits in the domains, of the "
    text += "base and of domain modules, mean over domains; task modules on clean signals."
    yield Remark(text, ("", "base", "domain", *TASKS), tuple(rows), ".1f")


def _shares(table: Table) -> Iterator[Remark]:
    rows = []
    for method in measured(table):
        composed = interval_or_none(closed(table, method))
        others = (
            _mean(closed(table, method, n, among=OWN_HEAD if n == "head" else PAIRS))
            for n in ("reversed", "head", "random", "masked")
        )
        wrong = interval_or_none(closed(table, method, "wrong"))
        pairs = f"{len(admitted(table, method))} of {len(PAIRS)}"
        rows.append((name_of(method), composed, wrong, *others, pairs))
    text = "R by method: of composed modules, of a wrong domain's module, of the reversed order, "
    text += "of the domain module with a head that was trained alone (parity and quartile), of a "
    text += "random change of equal norm, of LT-SFT's numbers at random places; admitted pairs."
    columns = ("", "composed", "wrong", "reversed", "head", "random", "masked", "pairs")
    yield Remark(text, columns, tuple(rows), ".2f")


def _accuracies(table: Table) -> Iterator[Remark]:
    rows = []
    for method in measured(table):
        found = (_mean(mean_of(arm(table, name, method))) for name in ARMS)
        rows.append((name_of(method), *found))
    text = f"Accuracy in percent, mean over all {len(PAIRS)} pairs; bare: the base with a head "
    text += "that was trained alone; joint: networks that were trained on nine other pairs."
    yield Remark(text, ("", *ARMS), tuple(rows), ".1f")
    joint, seen = mean_of(of(table, "joint", "joint")), of(table, "seen", "joint")
    if joint and seen:
        text = f"Networks that were trained jointly read {_mean(joint):.1f} % of the pairs held "
        yield Remark(f"{text}out, {_mean(seen):.1f} % of the pairs that they were trained on.")


def _where(table: Table) -> Iterator[Remark]:
    rows = []
    for method in measured(table):
        by_task = [[pair for pair in PAIRS if pair[1] == task] for task in TASKS]
        by_domain = [[pair for pair in PAIRS if pair[0] == domain] for domain in DOMAINS]
        found = (_mean(closed(table, method, among=own)) for own in (*by_task, *by_domain))
        rows.append((name_of(method), *found))
    text = "R of composed modules by task and by domain (-: no admitted pair)."
    yield Remark(text, ("", *TASKS, *DOMAINS), tuple(rows), ".2f")


def _variants(table: Table) -> Iterator[Remark]:
    rows = []
    for method in varied(table):
        for name, (signal, layers) in VARIANTS.items():
            composed = in_pairs(table, "composed", method, signal, layers)
            if composed:
                share = closed(table, method, signal=signal, layers=layers)
                digits = _mean(mean_of(in_pairs(table, "domain", method, signal, layers)))
                means = (_rounded(_mean(mean_of(composed)), ".1f"), _rounded(digits, ".1f"))
                label = f"{name_of(method)}: {name}"
                rows.append((label, interval_or_none(share), *means))
    text = "What domain modules learned from, and blocks of their own for modules of a kind: R, "
    text += "accuracy in percent over all pairs, and of domain modules on digits in the domains."
    yield Remark(text, ("", "R", "pairs", "digits"), tuple(rows), ".3f")


def _orders(table: Table) -> Iterator[Remark]:
    rows = []
    for method in measured(table):
        change = _mean(mean_of(in_pairs(table, "commutator", method)))
        most = max(swapped(table, method).values(), default=None)
        rows.append((name_of(method), change, most))
    text = "The order of the modules: what it changes of logits, relative (mean over pairs), and "
    text += "the largest change of a logit in any replicate."
    yield Remark(text, ("", "relative", "largest"), tuple(rows), ".2g")
    for method in measured(table):
        shared, chance = (of(table, n, "pairs", method) for n in ("overlap", "chance"))
        if shared and chance:
            own, random = (100 * np.mean([*v.values()]) for v in (mean_of(shared), chance))
            text = f"{name_of(method)}: of the numbers that a domain's module changes a task's "
            yield Remark(f"{text}changes {own:.1f} %, of two random masks {random:.1f} %.")


def _lines(table: Table) -> Iterator[Remark]:
    rows: list[tuple[Any, ...]] = []
    for line in LINES:
        found: Lists = of(table, "line", "line", line)
        if found:
            ends = (_rounded(_mean(entry(found, place)), ".1f") for place in (0, -1))
            lowest = _mean({r: min(own) for r, own in found.items()})
            fall = interval_or_none(barrier(table, line))
            rows.append((OF_LINES[line], *ends, _rounded(lowest, ".1f"), fall))
    text = "Lines between two networks: accuracy in percent at both ends and at the lowest point; "
    text += "barrier, in points below the straight line between the ends."
    yield Remark(text, ("", "first", "second", "lowest", "barrier"), tuple(rows), ".2f")


def _soup(table: Table) -> Iterator[Remark]:
    found = soup(table)
    rows = [(name, interval_or_none(values)) for name, values in found.items() if values]
    text = f"A soup of {SOUP} networks of one base: accuracy in percent."
    yield Remark(text, ("", "accuracy"), tuple(rows), ".2f")


def _sums(table: Table) -> Iterator[Remark]:
    scales, cosines = (of(table, name, "arithmetic") for name in ("scales", "cosines"))
    rows: list[tuple[Any, ...]] = []
    for place, both in enumerate(COUPLES):
        kept = interval_or_none(couple(table, both))
        if kept:
            controls = (_mean(couple(table, both, name)) for name in ("noise", "single"))
            others = (_mean(entry(own, place)) for own in (scales, cosines))
            rows.append((" + ".join(both), kept, *controls, *others))
    four = interval_or_none(all_four(table))
    if four:
        rows.append(("all four", four, None, None, _mean(entry(scales, len(COUPLES))), None))
    text = "Differences added, of networks that were fine-tuned for twice the steps of a module: "
    text += "share that stays of the accuracy of those networks, the same of one difference and a "
    text += "random one, of the better one alone, scale as chosen on validation data, cosine of "
    text += "the differences."
    columns = ("", "stays", "with random", "alone", "scale", "cosine")
    yield Remark(text, columns, tuple(rows), ".3f")


def _merges(table: Table) -> Iterator[Remark]:
    found = {name: interval_or_none(merged(table, name)) for name in MERGES}
    rows = tuple((name, kept) for name, kept in found.items() if kept)
    text = "Four networks merged: share that stays of their own accuracy. Validation data choose "
    text += "the scale of arithmetic, TIES and DARE; average, Fisher and RegMean have none."
    yield Remark(text, ("", "stays"), rows, ".3f")


def _negation(table: Table) -> Iterator[Remark]:
    names = {"before": "before", "after": "negated", "after_random": "random change"}
    rows = []
    for name, label in names.items():
        found: Lists = of(table, name, "negation")
        if found:
            values = (interval_or_none(entry(found, place)) for place in range(len(BOTH)))
            rows.append((label, *values))
    scale = _mean(of(table, "scale", "negation"))
    text = "The difference of reverse taken from a network that knows both: accuracy in percent"
    text += "" if scale is None else f"; mean of the scales chosen on validation data {scale:.2f}"
    yield Remark(f"{text}.", ("", *BOTH), tuple(rows), ".1f")


def _analogy(table: Table) -> Iterator[Remark]:
    found = {name: interval_or_none(analogy(table, name)) for name in ANALOGIES}
    rows = tuple((name, accuracy) for name, accuracy in found.items() if accuracy)
    text = "Accuracy in percent in reverse+ramp, which nothing was trained on: of the base; of one "
    text += "difference, whole or at the scale of reverse + ramp, whichever is better; of a random "
    text += "one of the analogy's norm and of the analogy, at that scale."
    yield Remark(text, ("", "accuracy"), rows, ".1f")


def _mixtures(table: Table) -> Iterator[Remark]:
    found = {name: interval_or_none(mixture(table, name)) for name in MIXTURES}
    rows = tuple((name, accuracy) for name, accuracy in found.items() if accuracy)
    text = f"Adapters of {', '.join(DOMAINS)} side by side in {NEW}, {FEW} examples: accuracy in "
    yield Remark(f"{text}percent.", ("", "accuracy"), rows, ".1f")
    shares = [(domain, _mean(mass(table, domain))) for domain in DOMAINS]
    numbers = _mean(of(table, "numbers", "mixtures"))
    if numbers is not None and all(share is not None for _, share in shares):
        listed = ", ".join(f"{domain} {share:.2f}" for domain, share in shares)
        yield Remark(
            f"Share of the attention on the adapters: {listed}; it trains {numbers:,.0f} numbers."
        )


def _trees(table: Table) -> Iterator[Remark]:
    arms = ("root", "flat", "tree")
    rows = []
    for domain, family in LEAVES.items():
        found = [interval_or_none(leaf(table, name, domain)) for name in arms]
        if any(found):
            rows.append((f"{domain} ({family})", *found))
    if rows:
        rows.append(("mean", *(interval_or_none(leaves(table, name)) for name in arms)))
    text = f"Trees, {LEAF} examples of a leaf: accuracy in percent of root and family without a "
    text += "leaf, of an adapter alone, and of an adapter behind its family's and the root's."
    yield Remark(text, ("", *arms), tuple(rows), ".1f")
