"""The plan of the lesson on double descent: predictions, measures and notes."""

from labs.course.plan import Lesson, Measure, Pitfall, Question, Reference

QUESTIONS = (
    Question(
        id="peak",
        kind="choice",
        text="With right labels and 400 examples, at how many features does test error peak?",
        options=("40", "100", "400", "4000", "nowhere"),
        truth="400",
        why="With as many features as examples one set of weights hits all targets, and it is "
        "long; with more there is a choice.",
    ),
    Question(
        id="rise",
        kind="interval",
        text="By how many points does it rise from its valley to that peak?",
        unit="points",
        range=(0, 60),
        truth="rise",
        why="At the peak the model does little better than guessing.",
    ),
    Question(
        id="noise",
        kind="choice",
        text="With 15 % wrong labels, is this rise larger or smaller?",
        options=("larger", "smaller"),
        truth="smaller",
        why="Wrong labels raise the valley; the peak is close to guessing without them and has "
        "little room.",
    ),
    Question(
        id="best",
        kind="choice",
        text="With right labels, which model has the lowest test error?",
        options=("one of at most 400 features", "the largest"),
        truth="the largest",
        why="Of all weights that fit, those of the largest model are the shortest.",
    ),
    Question(
        id="trained",
        kind="interval",
        text="By how many points does the test error of a trained network, with 13.5 % wrong "
        "labels, rise from its valley to a later peak?",
        unit="points",
        range=(-5, 40),
        truth=Reference("double_descent", "DD1-noise-rise"),
        why="Its features are trained, too; how far it rises differs between data sets.",
    ),
)

MEASURES = (
    Measure(
        name="rise",
        sentence="With right labels test error rises by more than 4 points to 400 features.",
        unit="points",
        above=4,
        because="4 is clear of the noise of one run",
        range=(-100, 100),
    ),
    Measure(
        name="fall",
        sentence="From there to 4000 features it falls by more than 5 points.",
        unit="points",
        above=5,
        because="5 is clear of the noise of one run",
        range=(-100, 100),
    ),
    Measure(
        name="largest_below_valley",
        sentence="The largest model errs less than the best one before the peak.",
        unit="points",
        above=0,
        because="the sentence is about a direction",
        range=(-100, 100),
    ),
    Measure(
        name="rise_by_noise",
        sentence="15 % wrong labels make the rise smaller.",
        unit="points",
        below=0,
        because="the sentence is about a direction",
        range=(-100, 100),
    ),
)

LESSON = Lesson(
    name="double_descent",
    question="Does test error fall a second time?",
    goals=(
        "say what the interpolation threshold is, and find it in a table",
        "fit with fewer and with more weights than examples",
        "explain the peak by the length of the weights",
        "say for which models a second descent is shown, and for which it is open",
    ),
    needs=(
        "matrix products in numpy",
        "least squares",
        "training and test error",
    ),
    questions=QUESTIONS,
    measures=MEASURES,
    leads={
        "double_descent": (
            "DD1-noise-rise",
            "DD1-noise-fall",
            "DD1-noise-where",
            "DD1-cnn-rise",
            "DD1-cnn-fall",
            "DD2",
            "DD3-clean",
            "DD3-noise",
            "DD3-cnn",
            "DD4",
            "DD5-nll-n",
            "DD5-mse-n",
            "DD5-mse-k",
        ),
    },
    figure="double_descent",
    pitfalls=(
        Pitfall(
            "singular matrix, or errors near 90 at every size above 400",
            "the normal equations A'A w = A'Y, which have no unique solution with many features",
            "How many equations do you have, and how many unknowns? Look for least squares.",
        ),
        Pitfall(
            "a bumpy curve, with the peak in places",
            "W is drawn anew for every size",
            "Which part of W does a model with 100 features share with one of 200?",
        ),
        Pitfall(
            "the curve is upside down",
            "accuracy instead of error",
            "What does guessing give on your axis, 10 or 90?",
        ),
        Pitfall(
            '"so large networks never overfit"',
            "the second descent taken for a law",
            "What does the reference say of the MLP with right labels, and with wrong ones?",
        ),
    ),
    oral=(
        "At 4000 features the training misfit is 0. How many weights would also give 0?",
        "Why can test error at the peak not rise much further when labels are wrong?",
    ),
    cut="Give threshold to read instead of to write; leave the second knob for home; never cut the "
    "reveal.",
    explain={
        "why": "What was found, and what would say how sure it is; why is error worst where the "
        "model just fits; what would change your mind; what does it not say about trained networks?"
    },
    vary="Change the number of examples; at home add a ridge.",
)
