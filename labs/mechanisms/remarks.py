"""What a run says after its claims."""

from collections.abc import Iterator

from labs.kit.intervals import interval_or_none
from labs.kit.lab import Remark
from labs.kit.table import Table
from labs.mechanisms.grid import ARMS, COUNT, MECHANISMS, NEW, OLD
from labs.mechanisms.measures import changed, error, merged, new, of, read, wins


def remarks(table: Table) -> list[Remark]:
    """Small tables: arms, mechanisms, numbers of experts, the swap."""
    return [_clean(table), _arms(table), _mechanisms(table), _errors(table), *_rest(table)]


def _clean(table: Table) -> Remark:
    clean = {row["replicate"]: row["clean"] for row in table}
    apart, counts = of(table, "apart", "competing"), of(table, "parameters", "competing")
    numbers = next(iter(counts.values()), None)
    row = (interval_or_none(clean), interval_or_none(apart), numbers)
    text = "Classifiers on clean signals and critics after their head start, in percent."
    columns = ("read right", "told apart", "numbers of five experts")
    return Remark(text, columns, (row,) if clean else (), ".1f")


def _arms(table: Table) -> Remark:
    rows = [
        (
            ARMS[arm] + (f" ({experts})" if arm == "competing" else ""),
            *(
                interval_or_none(measure(table))
                for measure in (
                    wins("matched", arm, experts),
                    wins("largest", arm, experts),
                    wins("idle", arm, experts),
                    read(arm, experts=experts),
                )
            ),
        )
        for arm, experts in dict.fromkeys((row["arm"], row["experts"]) for row in table)
    ]
    text = (
        "Wins of matched experts, of the busiest one, idle experts (below 2 % of wins), and "
        "accuracy as a share of clean; by chance experts win alike."
    )
    return Remark(text, ("arm", "matched", "busiest", "idle", "read"), tuple(rows), ".2f")


def _mechanisms(table: Table) -> Remark:
    columns = ("untreated", "competing", "single", "told")
    rows = []
    for name in MECHANISMS:
        cells = [
            interval_or_none(
                (
                    read(column="untreated", among=(name,))
                    if arm == "untreated"
                    else read(arm, among=(name,))
                )(table)
            )
            for arm in columns
        ]
        rows.append((name, *cells))
    text = "Accuracy on what is given back, as a share of the clean accuracy, by mechanism."
    return Remark(text, ("mechanism", *columns), tuple(r for r in rows if any(r[1:])), ".2f")


def _errors(table: Table) -> Remark:
    rows = [
        (
            name,
            interval_or_none(error("competing", name, "error_untreated")(table)),
            *(interval_or_none(error(arm, name)(table)) for arm in ("competing", "single", "told")),
        )
        for name in MECHANISMS
    ]
    text = (
        "Squared distance to the clean signal, relative to its variance; of slopes the mean is "
        "lost, the others can be undone."
    )
    columns = ("mechanism", "untreated", "competing", "single", "told")
    return Remark(text, columns, tuple(r for r in rows if any(r[1:])), ".2f")


def _rest(table: Table) -> Iterator[Remark]:
    joined = {ARMS[arm]: interval_or_none(merged(arm)(table)) for arm in ("competing", "random")}
    text = "Wins of matched experts where gain and square, which both shrink, count as one."
    yield Remark(text, ("arm", "matched"), tuple(p for p in joined.items() if p[1]), ".2f")
    found = {
        "as they were": new("swap_before"),
        "its expert refitted": new(),
        "all trained anew": new("anew"),
    }
    rows = [(name, interval_or_none(measure(table))) for name, measure in found.items()]
    differ = sum(changed()(table).values())
    text = (
        f"{OLD.capitalize()} swapped for {NEW}: accuracy on it as a share of clean. Of the other "
        f"{COUNT - 1} experts' outputs {differ:,.0f} numbers differ."
    )
    yield Remark(text, ("experts", "read"), tuple(r for r in rows if r[1]), ".2f")
