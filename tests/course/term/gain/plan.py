"""A plan with every kind of question and of truth."""

from labs.course.plan import Measure, Question, Reference
from tests.course.term.lesson import make

CLAIM = Reference("benchmark", "C1-cnn-mlp")
MODELS = ("logistic", "MLP", "CNN")
LESSON = make(
    "gain",
    (
        Question(
            id="lab",
            kind="interval",
            text="By how many points does the CNN beat the MLP?",
            why="Neighbours matter.",
            truth=CLAIM,
            unit="points",
            range=(-20.0, 60.0),
        ),
        Question(
            id="class",
            kind="interval",
            text="And in your class?",
            why="It trains for less long.",
            truth="gain",
            unit="points",
            range=(0.0, 40.0),
        ),
        Question(
            id="best",
            kind="choice",
            text="Which is best after shuffling?",
            why="It needs no order.",
            truth="MLP",
            options=MODELS,
        ),
        Question(
            id="order",
            kind="order",
            text="Put them in order.",
            why="Priors.",
            truth=("CNN", "MLP", "logistic"),
            options=MODELS,
        ),
    ),
    (
        Measure(
            name="gain",
            sentence="The CNN beats the MLP by more than 10 points.",
            unit="points",
            because="half of what was published",
            range=(-100.0, 100.0),
            above=10.0,
            reference=CLAIM,
        ),
        Measure(
            name="cost",
            sentence="Shuffling costs the MLP less than 3 points.",
            unit="points",
            because="it knows no neighbours",
            range=(-100.0, 100.0),
            below=3.0,
        ),
        Measure(
            name="slope",
            sentence="The gain falls with the number of examples.",
            unit="points / decade",
            because="0 is no change",
            range=(-100.0, 100.0),
            below=0.0,
            optional=True,
        ),
    ),
)
