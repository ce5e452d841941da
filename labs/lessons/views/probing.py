"""The exercise `probe`: a linear classifier that reads a layer."""

from typing import Any

import numpy as np
from sklearn.datasets import make_circles
from sklearn.linear_model import LogisticRegression, RidgeClassifier
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from labs.course.compare import expect_array, unchanged
from labs.course.plan import Answer, Check, Exercise, MismatchError, expect

Array = np.ndarray
SCALED = "is every feature brought to standard deviation 1, and was test scaled, too"


def _blobs(seed: int, count: int) -> tuple[Array, Array]:
    """Two small features that tell three labels, two large ones that tell nothing, one dead."""
    rng = np.random.default_rng(seed)
    which = rng.integers(3, size=count)
    centres = np.array([[0, 0], [5, 0], [0, 5]])
    told = 1e-3 * (centres[which] + rng.normal(size=(count, 2)))
    untold = 10 * rng.normal(size=(count, 2))
    return np.hstack([told, untold, np.zeros((count, 1))]), np.array([2, 3, 9])[which]


def _scales(answer: Answer, seed: int) -> None:
    (train, labels), (test, truth) = _blobs(seed, 199), _blobs(seed + 1000, 211)
    with unchanged(train=train, labels=labels, test=test):
        got = _without_nan(answer, train, labels, test)
    array = expect_array(got, "predictions", shape=(211,))
    odd = sorted(set(array.tolist()) - {2, 3, 9})
    expect(not odd, f"predictions: asked for labels among 2, 3, 9, got {odd[:3]}: column numbers?")
    right = 100 * float((array == truth).mean())
    told = f"asked for at least 95 % right where the telling features are small, got {right:.4g} %"
    expect(right >= 95, f"{told}: {SCALED}?")


def _without_nan(answer: Answer, *arrays: Array) -> Any:
    try:
        return answer(*arrays)
    except ValueError as error:  # of scikit-learn, whose own message is long
        if "NaN" not in str(error):
            raise
    raise MismatchError("a scaled feature is NaN: what is 0 / 0, where a feature is always 0?")


def _train_alone(answer: Answer, seed: int) -> None:
    (train, labels), (test, _) = _blobs(seed, 199), _blobs(seed + 1000, 37)
    far = np.concatenate([test, test + np.array([100, 100, 0, 0, 0])])
    alone = expect_array(_without_nan(answer, train, labels, test), "predictions", shape=(37,))
    among = expect_array(_without_nan(answer, train, labels, far), "predictions", shape=(74,))[:37]
    moved = int((alone != among).sum())
    told = f"{moved} of 37 predictions changed when other test examples were added"
    expect(moved == 0, f"{told}: mean and standard deviation come from train alone")
    one = expect_array(_without_nan(answer, train, labels, test[:1]), "one prediction", shape=(1,))
    expect(one[0] == alone[0], f"one test example alone: asked for {alone[0]}, got {one[0]}")


def _straight(answer: Answer, seed: int) -> None:
    x, y = make_circles(400, noise=0.05, factor=0.4, random_state=seed)
    array = expect_array(answer(x[:200], y[:200], x[200:]), "predictions", shape=(200,))
    right = 100 * float((array == y[200:]).mean())
    told = f"a ring within a ring: no straight line tells them apart, got {right:.4g} % right"
    expect(right < 80, f"{told}: is the classifier linear?")


def _scaled(x: Array, like: Array) -> Array:
    sd = like.std(axis=0)
    scaled: Array = (x - like.mean(axis=0)) / np.where(sd > 0, sd, 1)
    return scaled


def _fitted(train: Array, labels: Array) -> LogisticRegression:
    return LogisticRegression(max_iter=1000).fit(train, labels)


def _unscaled(train: Array, labels: Array, test: Array) -> Array:
    return _fitted(train, labels).predict(test)


def _scaled_on_both(train: Array, labels: Array, test: Array) -> Array:
    both = np.concatenate([train, test])
    return _fitted(_scaled(train, both), labels).predict(_scaled(test, both))


def _scaled_apart(train: Array, labels: Array, test: Array) -> Array:
    return _fitted(_scaled(train, train), labels).predict(_scaled(test, test))


def _train_scaled(train: Array, labels: Array, test: Array) -> Array:
    return _fitted(_scaled(train, train), labels).predict(test)


def _voted(train: Array, labels: Array, test: Array) -> Array:
    model = KNeighborsClassifier(5).fit(_scaled(train, train), labels)
    return model.predict(_scaled(test, train))


def _numbered(train: Array, labels: Array, test: Array) -> Array:
    scores = _fitted(_scaled(train, train), labels).predict_proba(_scaled(test, train))
    return scores.argmax(axis=1)


def _scores(train: Array, labels: Array, test: Array) -> Array:
    return _fitted(_scaled(train, train), labels).predict_proba(_scaled(test, train))


def _dead(train: Array, labels: Array, test: Array) -> Array:
    with np.errstate(all="ignore"):
        scaled = [(x - train.mean(axis=0)) / train.std(axis=0) for x in (train, test)]
    return _fitted(scaled[0], labels).predict(scaled[1])


def _by_hand(train: Array, labels: Array, test: Array) -> Array:
    return _fitted(_scaled(train, train), labels).predict(_scaled(test, train))


def _pipeline(train: Array, labels: Array, test: Array) -> Array:
    model = make_pipeline(StandardScaler(), LogisticRegression(C=10, max_iter=2000))
    return model.fit(train, labels).predict(test)


def _least_squares(train: Array, labels: Array, test: Array) -> Array:
    return make_pipeline(StandardScaler(), RidgeClassifier()).fit(train, labels).predict(test)


PROBE = Exercise(
    name="probe",
    signature="(train: np.ndarray, labels: np.ndarray, test: np.ndarray) -> np.ndarray",
    minutes=7,
    checks=(
        Check(name="small features count as much as large ones", run=_scales),
        Check(name="nothing is learned from the test examples", run=_train_alone),
        Check(name="a linear classifier", run=_straight),
    ),
    right={"by hand": _by_hand, "weaker penalty": _pipeline, "least squares": _least_squares},
    wrong={
        "no scaler": (_unscaled, "standard deviation 1"),
        "test not scaled": (_train_scaled, "was test scaled, too"),
        "scaler on both": (_scaled_on_both, "from train alone"),
        "scaler on each": (_scaled_apart, "from train alone"),
        "neighbours": (_voted, "is the classifier linear"),
        "column numbers": (_numbered, "column numbers"),
        "scores": (_scores, "asked for shape"),
        "dead features": (_dead, "NaN"),
    },
)
