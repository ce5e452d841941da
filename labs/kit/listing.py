"""The list of labs: each one's question, and the verdicts of its reference and of the last run."""

from collections.abc import Iterator, Mapping
from pathlib import Path

from labs.kit import elsewhere, plan, references, texts
from labs.kit.lab import AnyLab, load


def lines(register: Mapping[str, str], out: Path) -> Iterator[str]:
    """Yield what there is to say of the labs of the register and of those that installed packages
    offer; of one that cannot be loaded, why.

    Args:
        register: lab name -> module.
        out: folder of all results.
    """
    for name in dict.fromkeys([*register, *elsewhere.offers()]):
        try:
            yield from _introduced(load(register, name), out)
        except (ValueError, TypeError) as error:  # of somebody else, most likely
            yield f"{name}: {error}"


def _introduced(lab: AnyLab, out: Path) -> Iterator[str]:
    yield f"{lab.name}: {lab.question}"
    reference = references.reference(lab.name, references.home(lab))
    if reference is not None:
        yield f"    reference: {texts.tally(reference['claims'])}"
    yield f"    {_last_run(lab, out)}"


def _last_run(lab: AnyLab, out: Path) -> str:
    try:
        stored = plan.stored(lab, out=out)
        found = plan.results(stored)
    except FileNotFoundError:
        return "not run here"
    except ValueError as error:
        return f"not judged: {error}"
    verdicts = [verdict.as_dict() for verdict in found.verdicts]
    return f"{stored.preset}: {texts.tally(verdicts)}{texts.lacking(found.missing)}"
