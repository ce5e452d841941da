"""What a run says after its claims."""

from collections.abc import Iterator, Mapping, Sequence

from labs.adapters.comparisons import (
    PICKS,
    READ,
    SIZED,
    closed_in,
    d90,
    dimension,
    good,
    members,
    tau,
)
from labs.adapters.grid import HYPERNETWORKS, LINEAGE, MAIN, OF_DIMENSIONS, SEEN, SWEPT, UNSEEN
from labs.adapters.measures import (
    adapted,
    admitted,
    base,
    cost,
    gap,
    gap_of_own,
    in_domains,
    most,
    unseen,
)
from labs.adapters.published import COLUMNS, FEW, MANY, SIGNS
from labs.data.domains import DOMAINS
from labs.kit.intervals import Interval, interval_or_none
from labs.kit.lab import Remark
from labs.kit.measures import Values, minus
from labs.kit.table import Table
from labs.nn.modules.methods import METHODS, ROWS

Entry = str | float | Interval | None
WORDS = {
    "parameters": "% to 0.8",
    "training": "cost",
    "inference": "products",
    "performance": "gap",
}


def remarks(table: Table) -> list[Remark]:
    """The domains, the methods with what they cost and buy, their rates and sizes, the article's
    signs as measured, intrinsic dimensions, and hypernetworks."""
    parts = (
        _pilot,
        _protocol,
        _methods,
        _buys,
        _rates,
        _sizes,
        _signs,
        _best,
        _dimensions,
        _hypernetworks,
    )
    return [remark for part in parts for remark in part(table)]


def _mean(values: Values) -> float | None:
    return sum(values.values()) / len(values) if values else None


def _label(method: str) -> str:
    return METHODS[method].label


def _measured(table: Table, *examples: int) -> list[str]:
    """Methods of which something was measured with so many examples, in their order."""
    found = {row["method"] for row in table if row["examples"] in examples}
    return [name for name in METHODS if name in found]


def _pilot(table: Table) -> Iterator[Remark]:
    rows = []
    for domain in DOMAINS:
        full = adapted(table, "accuracy", "full", domain, most(table))
        found = [base(table, domain), base(table, domain, "remapped"), full]
        if any(found):
            gaps = minus(full, base(table, domain))
            said = "yes" if domain in admitted(table, [domain]) else "no"
            entries = [*map(interval_or_none, found), _mean(gaps)]
            rows.append((domain, *entries, said if full else "-"))
    text = "Domains: accuracy in percent of the frozen base, of the base with its answers permuted "
    text += "as is best, and of full fine-tuning with most examples."
    columns = ("domain", "base", "permuted", "full", "gap", "admitted")
    yield Remark(text, columns, tuple(rows), ".1f")
    if used := admitted(table):
        yield Remark(f"Methods are compared in {', '.join(used)}; what follows is a mean of these.")


def _protocol(table: Table) -> Iterator[Remark]:
    most_of = [r for r in table if r["question"] == "adapt" and r["examples"] == most(table)]
    if not most_of:
        return
    steps, batch, tests = (most_of[0][name] for name in ("steps", "batch", "tests"))
    passes = steps * batch / most(table)
    several = dict.fromkeys(r["method"] for r in most_of if (r.get("runs") or 1) > 1)
    longer = "; ".join(_label(name) for name in METHODS if name in several)
    text = (
        f"A run is {steps} steps of {batch} examples, {passes:.1f} times through all of them, for "
    )
    text += "full fine-tuning too: it is what modules are compared with and no ceiling."
    if longer:
        text += f" What takes several runs trains longer and may close more than all: {longer}."
    yield Remark(f"{text} A network is tested on {tests:,} examples.")
    yield Remark(
        "Not measured in this run: seconds (python -m labs.adapters.latency), composability (the "
        "composition lab), base and nearest module in the domains that hypernetworks have not seen."
    )


COSTS = {
    "share": "share %",
    "bits": "bits",
    "runs": "runs",
    "step_macs": "step",
    "macs": "signal",
    "merged_macs": "merged",
    "kept": "kept kB",
}


def _methods(table: Table) -> Iterator[Remark]:
    rows = []
    for name in _measured(table, most(table)):
        domain = next((d for d in MAIN if adapted(table, "share", name, d, most(table))), "")
        costs = [_mean(adapted(table, c, name, domain, most(table))) for c in COSTS]
        if costs[0] is not None:
            rows.append((_label(name), *(_short(c, v) for c, v in zip(COSTS, costs, strict=True))))
    text = "What methods cost: share of the base's parameters, bits of a module, runs, products of "
    text += "a step (of full fine-tuning's) and of a signal (of the base's), memory of a step."
    yield Remark(text, ("", *COSTS.values()), tuple(rows), ".3f")


def _short(column: str, value: float | None) -> Entry:
    if value is None:
        return None
    forms = {"share": ".2f", "bits": ",.0f", "runs": ".0f", "kept": ".0f"}
    return f"{value:{forms.get(column, '.3f')}}"


def _buys(table: Table) -> Iterator[Remark]:
    columns = ("", f"gap, {FEW}", "of its own", f"gap, {MANY:,}", "accuracy", f"steps, {MANY:,}")
    rows = []
    for name in _measured(table, FEW, MANY):
        found = [gap(table, name, FEW), gap_of_own(table, name, FEW), gap(table, name)]
        found += [in_domains(table, column, name) for column in ("accuracy", "needed")]
        if any(found):
            steps = _mean(found[-1])
            ends = map(interval_or_none, found[2:3])
            entries = (*map(_mean, found[:2]), *ends, _rounded(_mean(found[3]), ".1f"))
            rows.append((_label(name), *entries, _rounded(steps, ".0f")))
    text = f"What methods buy: share of the gap closed with {FEW} and {MANY:,} examples (1: as "
    text += f"full fine-tuning with {MANY:,}; of its own: with {FEW}), accuracy in percent, and "
    text += "steps of all runs until 95 % of it."
    yield Remark(text, columns, tuple(rows), ".3f")


def _rounded(value: float | None, form: str) -> str | None:
    return None if value is None else f"{value:{form}}"


def _rates(table: Table) -> Iterator[Remark]:
    sizes = sorted({row["examples"] for row in table if row["question"] == "adapt"})
    rows = []
    for name in _measured(table, *sizes):
        ends = METHODS[name].rates[0], METHODS[name].rates[-1]
        rates = [_rate(table, name, n) for n in sizes]
        rows.append((_label(name), *rates, f"{ends[0]:.2g} to {ends[1]:.2g}"))
    text = "Rates of Adam as chosen on validation data of a replicate of their own, by training "
    text += "examples (!: an end of the range, beyond which a better one may lie)."
    yield Remark(text, ("", *(f"{n:,}" for n in sizes), "range"), tuple(rows))


def _rate(table: Table, method: str, examples: int) -> str | None:
    rows = table.where(question="adapt", method=method, examples=examples)
    rates = METHODS[method].rates
    found = sorted({row["rate"] for row in rows})
    return ", ".join(f"{r:.2g}{'!' * (r in (rates[0], rates[-1]))}" for r in found) or None


def _sizes(table: Table) -> Iterator[Remark]:
    families = [name for of_row in SIZED.values() for names in of_row.values() for name in names]
    rows = []
    for name in dict.fromkeys([*families, *LINEAGE]):
        share = _mean(adapted(table, "share", name, SWEPT[0]))
        closed = interval_or_none(closed_in(table, name, SWEPT))
        each = [_mean(adapted(table, "accuracy", name, domain)) for domain in SWEPT]
        if closed:
            accuracies = (_rounded(accuracy, ".1f") for accuracy in each)
            rows.append((_label(name), _rounded(share, ".2f"), closed, *accuracies))
    text = f"Sizes, with {MANY:,} examples: share of the base's parameters, share of the gap "
    text += f"closed in {' and '.join(SWEPT)}, accuracy in each."
    yield Remark(text, ("", "share %", "gap", *SWEPT), tuple(rows), ".3f")


def _signs(table: Table) -> Iterator[Remark]:
    rows: list[tuple[Entry, ...]] = []
    for row, signs in SIGNS.items():
        rows.append((f"{ROWS[row]}: article", *(signs[column] for column in COLUMNS)))
        rows += [(f"    {pick}", *_as_measured(table, row, pick)) for pick in PICKS]
    taus = [(f"tau, {pick}", *(_mean(tau(table, c, pick)) for c in COLUMNS)) for pick in PICKS]
    if any(entry is not None for row in taus for entry in row[1:]):
        text = "The article's signs, and what was measured of a row's best member and of its "
        text += "median: share of parameters that closes 0.8 of the gap, cost until 95 %, products "
        text += "of a signal, merged, and share of the gap. Tau: their agreement in order."
        yield Remark(text, ("", *(WORDS[c] for c in COLUMNS)), (*rows, *taus), ".2f")
    pruned = ", ".join(_spent(table, name) for name in ("lt-sft", "diff") if cost(table, name))
    if pruned and cost(table, "lora"):
        text = "The minus of parameter composition in training is about pruning"
        yield Remark(f"{text} ({pruned}); {_spent(table, 'lora')}, in steps of full fine-tuning.")


def _spent(table: Table, method: str) -> str:
    return f"{_label(method)}: {2 ** (_mean(cost(table, method)) or 0):.0f}"


def _as_measured(table: Table, row: str, pick: str) -> Iterator[float | None]:
    for column in COLUMNS:
        value = _mean(good(table, column, row, pick))
        yield None if value is None else READ[column](value)


def _best(table: Table) -> Iterator[Remark]:
    for row in SIGNS:
        names = sorted(members(table, row), key=lambda n: -(_mean(gap(table, n)) or 0))
        if names:
            listed = "; ".join(f"{_label(n)}: {_mean(gap(table, n)):.3f}" for n in names)
            yield Remark(f"{ROWS[row].capitalize()} by the gap closed: {listed}.")


def _dimensions(table: Table) -> Iterator[Remark]:
    found: Mapping[str, Values] = {d: d90(table, d) for d in (*SWEPT, *OF_DIMENSIONS)}
    rows = tuple((d, _in_numbers(values)) for d, values in found.items() if values)
    largest = max(
        dimension(name)
        for names in SIZED["parameter"].values()
        for name in names
        if name.startswith("intrinsic")
    )
    text = "Intrinsic dimensions that close 0.9 of the gap (geometric mean; where none does, twice "
    text += f"the largest, {largest:,})."
    yield Remark(text, ("domain", "numbers"), rows, ".0f")


def _in_numbers(values: Values) -> Interval | None:
    found = interval_or_none(values)
    return found and Interval(*(2**end for end in found))


def _hypernetworks(table: Table) -> Iterator[Remark]:
    rows: Sequence[tuple[Entry, ...]] = [
        (
            domain,
            *(interval_or_none(unseen(table, arm, domain)) for arm in HYPERNETWORKS),
            interval_or_none(adapted(table, "accuracy", "adapter", domain)),
        )
        for domain in UNSEEN
        if unseen(table, HYPERNETWORKS[0], domain)
    ]
    text = "Domains that no hypernetwork has seen: accuracy in percent of one that is told what "
    text += (
        "they are, of one that learned from shuffled metadata, and of an adapter trained there. "
    )
    text += (
        f"All have {MANY:,} examples of a domain and as many steps; a hypernetwork's step has a "
    )
    text += f"batch of each of its {len(SEEN)} domains."
    yield Remark(text, ("domain", "told", "shuffled", "trained there"), tuple(rows), ".1f")
