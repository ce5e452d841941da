"""The quiz of the page: read signals, then stand beside the models and the one person who did.

Its answers leave the page as JSON, one object without a name, which `labs.data.quiz` describes and
checks.
"""

import csv
import io
import math
from typing import Any

import numpy as np

from labs.data import quiz
from labs.data.mnist1d import published, shuffled_order
from labs.kit import files
from labs.kit.places import FIGURES
from labs.page.markup import details, table, tag, text

TITLE = "Can you read it?"
KINDS = {
    "plain": "as published",
    "shuffled": "one order of the positions for all",
    "noisy": "three times the white noise",
}
MODELS = {"logistic": "logistic regression", "mlp": "MLP", "gru": "GRU", "cnn": "CNN"}
PERSON = "one person, an author of the data set"
PRACTICE = 30  # training signals to practise on, three of each digit
THOUSAND = 1000  # signals are stored as whole thousandths
TELL = (
    "How many of these signals do you read? Each is a pen stroke from top to bottom. There is no "
    "time limit, nothing is said before the end, and nothing leaves this page unless you save it."
)
STATIC = (
    "With scripts, 20 or 40 signals would be here for you to read, and your share beside those of "
    "the models and of a person; without, this is the ladder that you would stand on."
)


def data() -> dict[str, Any]:
    """Return what the scripts need.

    ``indices``, ``labels`` and ``human`` are the 400 places in the published test set, their
    digits and the person's; ``plain`` and ``noisy`` the signals in whole thousandths, one behind
    the other; ``order`` the shuffled positions; ``practice`` training signals and their digits;
    ``counts`` the lengths of a quiz by kind; ``models`` by kind a list of name, level in percent
    (None if unknown) and answers ("" until a reference has them).
    """
    plain = quiz.signals("plain")
    return {
        "indices": quiz.INDICES,
        "labels": _digits(plain.y),
        "human": quiz.GUESSES,
        "plain": _thousandths(plain.x),
        "noisy": _thousandths(quiz.signals("noisy").x),
        "order": shuffled_order(0).tolist(),
        "practice": _practice(),
        "counts": quiz.COUNTS,
        "models": {kind: _models(kind) for kind in quiz.COUNTS},
        "format": quiz.FORMAT,
        "version": quiz.VERSION,
    }


def _digits(values: np.ndarray) -> str:
    return "".join(map(str, values.tolist()))


def _thousandths(signals: np.ndarray) -> list[int]:
    whole: list[int] = np.rint(signals.astype(np.float64) * THOUSAND).astype(int).ravel().tolist()
    return whole


def _practice() -> dict[str, Any]:
    x, y = published(0).train
    rows = np.sort(np.concatenate([np.flatnonzero(y == d)[: PRACTICE // 10] for d in range(10)]))
    return {"signals": _thousandths(x[rows]), "labels": _digits(y[rows])}


def _models(kind: str) -> list[dict[str, Any]]:
    rows, shuffled = _unchanged(), str(kind == "shuffled")
    by_model = {
        name: [row for row in rows if (row["model"], row["shuffled"]) == (model, shuffled)]
        for model, name in MODELS.items()
    }
    return [_model(kind, name, own) for name, own in by_model.items() if own]


def _model(kind: str, name: str, rows: list[dict[str, str]]) -> dict[str, Any]:
    column = "answers_noisy" if kind == "noisy" else "answers"
    answers = next((row[column] for row in rows if row.get(column)), "")
    level = _mean([float(row["final"]) for row in rows])
    if kind == "noisy":  # no level of these is measured but here
        level = 100 * right(answers) / len(answers) if answers else None
    return {"name": name, "level": level, "answers": answers}


def _unchanged() -> list[dict[str, str]]:
    path = FIGURES / "benchmark.csv"
    if not path.exists():
        return []
    rows = csv.DictReader(io.StringIO(files.read(path).decode("utf-8")))
    plain = {"change": "", "varied": "", "examples": "4000"}
    return [row for row in rows if all(row.get(name, "") == value for name, value in plain.items())]


def _mean(values: list[float]) -> float | None:
    return round(math.fsum(values) / len(values), 2)


def right(answers: str) -> int:
    """Return how many of 400 answers, one digit each, are right.

    >>> right(quiz.GUESSES)
    383
    """
    return sum(map(str.__eq__, answers, _digits(quiz.signals("plain").y)))


def section() -> str:
    """Return the quiz as HTML: what is there without scripts, and what they bring to life."""
    return tag(
        "section",
        tag("h2", text(TITLE)),
        tag("div", tag("p", text(STATIC)), _ladder(), class_="static"),
        tag("p", text(_network() + TELL), class_="needs-script", hidden=True),
        _start(),
        tag("p", role="status", id="quiz-practised"),
        _stage(),
        tag("div", id="quiz-results", hidden=True),
        id="quiz",
    )


def _network() -> str:
    levels = {model["name"]: model["level"] for model in _models("plain")}
    if "CNN" not in levels:
        return ""
    return f"A convolutional network reads {levels['CNN']:.0f} % of such signals. "


def _ladder() -> str:
    plain, shuffled = (
        {model["name"]: f"{model['level']:.1f} %" for model in _models(kind)}
        for kind in ("plain", "shuffled")
    )
    hits, asked = right(quiz.GUESSES), len(quiz.GUESSES)
    rows = [(text(name), plain[name], shuffled.get(name, "")) for name in plain]
    rows.append((text(PERSON), f"{100 * hits / asked:.2f} % ({hits} of {asked})", "not asked"))
    caption = "Test signals read right, mean over replicates"
    return table(caption, ("reader", "positions as they are", "shuffled positions"), rows)


def _start() -> str:
    kinds = [
        tag(
            "label",
            tag("input", type="radio", name="kind", value=kind, checked=kind == "plain"),
            tag("span", text(f"{kind}: {words}")),
        )
        for kind, words in KINDS.items()
    ]
    counts = [tag("option", str(n), value=n) for n in quiz.COUNTS["plain"]]
    name, count = "quiz-seed", "quiz-count"
    seed = tag("input", type="number", id=name, name="seed", min=0, max=quiz.LARGEST, step=1)
    note = "the same number gives a class the same signals; empty: new ones"
    return tag(
        "form",
        tag("fieldset", tag("legend", "Signals"), *kinds),
        tag("p", tag("label", "How many ", for_=count), tag("select", *counts, id=count)),
        tag("p", tag("label", "Seed ", tag("small", text(note)), for_=name), " ", seed),
        tag(
            "p",
            tag("button", "Practise on ten", type="button", id="quiz-practise"),
            tag("button", "Start", type="submit", class_="main"),
            class_="buttons",
        ),
        class_="needs-script",
        id="quiz-start",
        aria_label="Quiz",
        hidden=True,
    )


def _stage() -> str:
    answers = [tag("button", str(d), type="button", data_digit=d) for d in range(10)]
    keys = "Keys 0 to 9 answer, t turns the signal."
    return tag(
        "div",
        tag("p", role="status", id="quiz-progress"),
        tag("div", id="quiz-signal"),
        tag("div", *answers, class_="answers", role="group", aria_label="Your answer"),
        tag("p", role="status", id="quiz-feedback"),
        tag("p", text(keys), class_="key"),
        tag(
            "p",
            tag("button", "Turn", type="button", id="quiz-turn", aria_pressed="false"),
            tag("button", "Stop", type="button", id="quiz-stop"),
            class_="buttons",
        ),
        details("This signal as numbers", tag("p", id="quiz-numbers")),
        id="quiz-stage",
        tabindex=-1,
        role="group",
        aria_label="Signal to read",
        hidden=True,
    )
