"""How much of the digit a representation holds, by scikit-learn's classifiers and its t-SNE."""

import numpy as np
from sklearn.manifold import TSNE
from sklearn.neighbors import KNeighborsClassifier

from labs.nn import probes

Features = dict[str, np.ndarray]  # part of the data -> (n, features)
Labels = dict[str, np.ndarray]


def linear(features: Features, labels: Labels, labelled: int) -> dict[str, float]:
    """Accuracy in percent on every part of a logistic regression fitted to the first `labelled`
    examples of "train"."""
    x, y = features["train"][:labelled], labels["train"][:labelled]
    probe = probes.logistic(len(y)).fit(x, y)
    return {name: 100 * probe.score(x, labels[name]) for name, x in features.items()}


def neighbours(features: Features, labels: Labels, metric: str, labelled: int) -> float:
    """Test accuracy in percent of the vote of the 10 nearest among those examples."""
    x, y = features["train"][:labelled], labels["train"][:labelled]
    probe = KNeighborsClassifier(10, metric=metric).fit(x, y)
    return 100 * probe.score(features["test"], labels["test"])


def planar(embedding: np.ndarray) -> np.ndarray:
    """Map of an embedding in the plane that keeps neighbours by angle together, (n, 2) float32."""
    perplexity = min(30.0, (len(embedding) - 1) / 3)
    return TSNE(metric="cosine", perplexity=perplexity, random_state=0).fit_transform(embedding)
