"""What the benchmark compares: the models, the changes to the MLP, the human; and how to select an
arm of the comparison from the results."""

from __future__ import annotations

import re

from labs.kit.names import known
from labs.kit.table import Table

EXAMPLES = 4000  # that train in the published data set
NETS = {"logistic": "Logistic", "mlp": "MLP", "cnn": "CNN", "gru": "GRUNet"}  # published
EXTRA_NETS = {"local": "LocalNet", "transformer": "Transformer"}
SKLEARN = ("knn", "sklearn")
NAMES = {  # from no spatial prior to strong ones
    "sklearn": "logistic, scikit-learn",
    "logistic": "logistic regression",
    "knn": "10 nearest neighbours",
    "mlp": "MLP",
    "transformer": "transformer",
    "local": "locally connected",
    "gru": "GRU",
    "cnn": "CNN",
}
SETTINGS = {  # of the MLP; the value is chosen on validation data
    "width": "more hidden units",
    "decay": "weight decay (L2 in Adam)",
    "dropout": "dropout",
    "rate": "a lower learning rate",
    "order": "a new batch order every epoch",
}
# The published quizzes of one author, without the one that is stored twice: wrong answers and
# questions for each digit.
HUMAN = (
    (2, 30), (2, 42), (4, 36), (0, 50), (3, 47), (0, 40), (0, 40), (3, 34), (0, 40), (3, 41),
)  # fmt: skip
HUMAN_TOTAL = sum(n for _, n in HUMAN)
HUMAN_CORRECT = HUMAN_TOTAL - sum(wrong for wrong, _ in HUMAN)


def check_change(change: str) -> None:
    """Refuse with a ValueError what is not a change to the MLP, such as ``"width=256"``."""
    setting, _, value = change.partition("=")
    legal = {"width": r"[1-9]\d*", "order": "shuffled"}
    pattern = legal.get(known("change", setting, SETTINGS), r"0?\.0*[1-9]\d*")
    if not re.fullmatch(pattern, value):
        raise ValueError(
            f"a change must be width=N, order=shuffled, or decay, dropout or rate with a number "
            f"between 0 and 1, not {change!r}"
        )


def arm(
    table: Table, model: str, shuffled: bool = False, change: str = "", examples: int = EXAMPLES
) -> Table:
    """The replicates of one arm."""
    return table.where(model=model, shuffled=shuffled, change=change, examples=examples)


def best_change(table: Table, setting: str) -> dict[int, float]:
    """Final test accuracy of the MLP with one setting changed, its value chosen on validation data.

    Returns {replicate: percent}, empty where the table lacks the arm.
    """
    tried = [row for row in table.where(model="mlp") if row["change"].startswith(f"{setting}=")]
    best: dict[int, float] = {}
    for row in sorted(tried, key=lambda row: row["final_val"]):
        best[row["replicate"]] = row["final"]
    return dict(sorted(best.items()))
