"""Classifiers of scikit-learn that ask what a representation holds."""

from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import StandardScaler

from labs.kit.checks import check_sizes

TOLERANCE = 1e-2  # on the gradient of the sum over examples


def logistic(examples: int) -> Pipeline:
    """Logistic regression on scaled features, to be fitted to a number of examples, as the stored
    outputs of Greydanus & Kobak 2024 were made.

    Those are of a scikit-learn before 1.4, whose tolerance was on the gradient of the summed loss.
    Since then it is on that of the mean: the same number stops a fit after a tenth of the way,
    which costs a wide representation up to 8 points.

    Raises:
        ValueError: `examples` below 1.
    """
    check_sizes(examples=examples)
    return make_pipeline(
        StandardScaler(), LogisticRegression(tol=TOLERANCE / examples, max_iter=1000)
    )
