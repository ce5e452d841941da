"""Why claims are not to be judged on a table: empty where they are."""

from collections.abc import Callable
from functools import partial

from labs.adapters.grid import MAIN
from labs.adapters.measures import admitted, gap, most
from labs.adapters.published import BASE_STEPS, BATCH, ENOUGH, LEARNED, STEPS, TAUGHT
from labs.kit.claims import Protocol
from labs.kit.table import Table

PROTOCOL = Protocol({"steps": STEPS, "base_steps": BASE_STEPS, "batch": BATCH})


def small(table: Table) -> str:
    """The numbers are about the base of published sizes."""
    return "the small base" if any(row["small"] for row in table) else ""


def unlearned(table: Table) -> str:
    """A base that does not read clean signals says nothing about modules."""
    least = min((row["clean"] for row in table if row.get("clean") is not None), default=100.0)
    return f"a base reads {least:.1f} of {LEARNED} % right" if least < LEARNED else ""


def level(table: Table) -> str:
    """Levels are about the full protocol. With few examples the steps are half of it."""
    examples = (0, most(table))
    with_most = (row for row in table if row["examples"] in examples)
    return unlearned(table) or small(table) or PROTOCOL(Table(with_most))


def gaps(table: Table) -> str:
    """Means over domains want a few of them."""
    count = len(admitted(table))
    lacking = f"{count} of {ENOUGH} domains have a gap" if count < ENOUGH else ""
    return unlearned(table) or lacking


def gap_levels(table: Table) -> str:
    """Both."""
    return gaps(table) or level(table)


def taught(method: str) -> Callable[[Table], str]:
    """A gate: who learns nothing is soon done with it."""
    return partial(_taught, method=method)


def _taught(table: Table, method: str) -> str:
    closed = gap(table, method).values()
    mean = sum(closed) / len(closed) if closed else 0.0
    lacking = f"{method} closes {mean:.2f} of the gap, {TAUGHT:g} at least" if mean < TAUGHT else ""
    return gaps(table) or lacking


def offering(table: Table, domains: tuple[str, ...] = MAIN) -> str:
    """Each of some domains must have a gap."""
    lacking = [domain for domain in domains if domain not in admitted(table, domains)]
    return unlearned(table) or (f"no gap in {', '.join(lacking)}" if lacking else "")


def offering_levels(table: Table, domains: tuple[str, ...] = MAIN) -> str:
    """A level in them."""
    return offering(table, domains) or level(table)
