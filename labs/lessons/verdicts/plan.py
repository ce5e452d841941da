"""The plan of the lesson `verdicts`."""

from labs.course.plan import Lesson, Measure, Pitfall, Question, Reference

QUESTIONS = (
    Question(
        id="width",
        kind="interval",
        text="How wide is a 95 % interval of a mean from 6 replicates, from low to high, in units "
        "of the standard deviation?",
        unit="standard deviations",
        range=(0, 10),
        truth=2.1,
        why="Twice 2.57 over the root of 6: two standard deviations, as wide as most of the "
        "values themselves.",
    ),
    Question(
        id="luck",
        kind="interval",
        text="An MLP is trained twice on two data sets of one law, with other first weights. How "
        "often do the two test accuracies differ by more than 1 point?",
        unit="%",
        range=(0, 100),
        truth=65.0,
        why="Over 12 data sets its accuracy after full training has a standard deviation of 1.56 "
        "points, a difference of two 2.2: more than 1 point in 65 of 100 pairs, for no reason.",
    ),
    Question(
        id="family",
        kind="interval",
        text="A paper makes 29 independent claims, and nothing is behind any of them. Each is "
        "judged by a 95 % interval. How often does at least one interval exclude zero?",
        unit="%",
        range=(0, 100),
        truth=77.4,
        why="All 29 keep zero with a chance of 0.95 to the power of 29, which is 0.226.",
    ),
    Question(
        id="best",
        kind="interval",
        text="Logistic regression is evaluated 25 times on 1000 test signals while it trains. By "
        "how much does the best of these evaluations exceed the last?",
        unit="points",
        range=(0, 10),
        truth=Reference("benchmark", "C4-logistic"),
        why="Whoever picks the best of 25 noisy numbers picks the noise, too; the Run did "
        "so with 20 of an MLP.",
    ),
)

MEASURES = (
    Measure(
        name="best_minus_last",
        sentence="The best test evaluation of an MLP exceeds its last by more than 1 point.",
        unit="points",
        above=1,
        because="1 point is the smallest tolerance in the published table of accuracies",
        range=(0, 100),
        reference=Reference("benchmark", "C4-mlp"),
    ),
    Measure(
        name="chosen_minus_last",
        sentence="The evaluation that validation data choose is better than the last.",
        unit="points",
        above=0,
        because="the question is which of the two is better",
        range=(-100, 100),
    ),
    Measure(
        name="slower_minus_plain",
        sentence="A rate of 0.003 reads fewer signals than 0.01 after as many steps.",
        unit="points",
        below=0,
        because="the question is which of the two reads more",
        range=(-100, 100),
    ),
    Measure(
        name="twin_minus_plain",
        sentence="Other first weights read more signals.",
        unit="points",
        above=0,
        because="a control: nothing but chance differs, so this should stay undecided",
        range=(-100, 100),
    ),
)

LESSON = Lesson(
    name="verdicts",
    question="When is a difference a result?",
    goals=(
        "Take the replicate as the unit, and pair what shares a data set.",
        "Put an interval around a mean and read a verdict from it.",
        "Say what undecided means, and how many replicates would decide.",
        "See what choosing on test data and judging many claims do to a result.",
    ),
    needs=("numpy: axes, argmax, random generators", "mean, standard deviation, quantile"),
    questions=QUESTIONS,
    measures=MEASURES,
    leads={
        "benchmark": (
            *("C4-logistic", "C4-mlp", "C4-cnn", "C4-gru"),
            *("C5-stopping", "C5-width", "C5-decay", "C5-dropout", "C5-rate", "C5-order"),
        )
    },
    figure="benchmark-changes",
    pitfalls=(
        Pitfall(
            symptom='"Undecided, so there is no effect."',
            cause="An interval around zero is read as a zero.",
            say="Which effects does your interval still hold? Read me its ends.",
        ),
        Pitfall(
            symptom='"29 claims make intervals wider: that is a trick to hide results."',
            cause="The level of a family is taken for a penalty.",
            say="Draw 29 twins. How many of them would you have published?",
        ),
        Pitfall(
            symptom="An early n is reported, because there the interval excludes zero.",
            cause="The number of replicates was chosen after the data.",
            say="At how many n did you look? Each look is another chance to be wrong.",
        ),
        Pitfall(
            symptom="best_minus_last gives two equal columns.",
            cause="The second is chosen on test data as well.",
            say="Which numbers may you look at before the paper is written?",
        ),
        Pitfall(
            symptom="An interval that is much too narrow.",
            cause="The normal quantile, or 1000 test signals taken for 1000 replicates.",
            say="What would change if you did the whole experiment again?",
        ),
    ),
    oral=(
        "Your interval of the twin goes from low to high: what would you have said had it "
        "excluded zero?",
        "How much did pairing help you, and why not more?",
    ),
    cut="power, as read-only; never the twin.",
    explain={
        "undecided": "What does undecided say of the twin? What would you have reported of the "
        "slower network had you stopped earlier? Your interval, its n, and what would decide."
    },
    vary="The confidence, the number of replicates, or the number of steps.",
)
