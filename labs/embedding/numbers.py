"""Stored accuracies on the 1000 published test examples."""

from labs.embedding.grid import PLAIN
from labs.embedding.published import KNN, LOGISTIC, PUBLISHED
from labs.kit.measures import column
from labs.kit.published import Published

NUMBERS = [
    Published(
        what=what, value=value, unit="%", measure=column(name, data=PLAIN, train=PUBLISHED[0])
    )
    for what, value, name in (
        ("10 nearest neighbours, 1000 published test examples", KNN, "knn_published"),
        ("logistic regression, the same", LOGISTIC, "logistic_published"),
    )
]
