"""Accuracies of the arms, in percent, by replicate; the arms of a replicate share data set, start
and batch order."""

from operator import itemgetter
from typing import Any

from labs.data.mnist1d import EXAMPLES
from labs.kit.measures import Measure, Values, column, measured
from labs.kit.table import Table


def arm(model: str, shuffled: bool = False, examples: int = EXAMPLES) -> dict[str, Any]:
    """The columns that select an arm of unchanged models."""
    return {"model": model, "shuffled": shuffled, "change": "", "examples": examples}


def final(model: str, shuffled: bool = False, examples: int = EXAMPLES) -> Measure:
    """Test accuracy after training."""
    return column("final", **arm(model, shuffled, examples))


def early(model: str) -> Measure:
    """Test accuracy at the evaluation that is best on validation data."""
    return column("best_on_val", **arm(model))


def best(model: str) -> Measure:
    """The best of all evaluations on test data."""
    return column("best_on_test", **arm(model))


def changed(setting: str) -> Measure:
    """Test accuracy of the MLP with one setting changed, its value chosen on validation data."""
    return measured(_changed, setting)


def _changed(table: Table, setting: str) -> Values:
    tried = [row for row in table.where(model="mlp") if row["change"].startswith(f"{setting}=")]
    return {row["replicate"]: row["final"] for row in sorted(tried, key=itemgetter("final_val"))}
