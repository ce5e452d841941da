"""The plan of the lesson `signals`."""

from labs.course.plan import Lesson, Measure, Pitfall, Question

QUESTIONS = (
    Question(
        id="own",
        kind="interval",
        text="You and your class read 40 signals each. What share is read right on average?",
        unit="%",
        range=(0, 100),
        truth="own_share",
        why="An author of the data set read 383 of 400, 95.75 %; practice tells.",
    ),
    Question(
        id="order",
        kind="order",
        text="Who reads most of the published signals?",
        options=("CNN", "MLP", "a person", "logistic regression"),
        truth=("a person", "CNN", "MLP", "logistic regression"),
        why="Whoever knows that neighbours belong together reads more.",
    ),
    Question(
        id="shuffled",
        kind="choice",
        text="All positions are shuffled, in one and the same order for every signal. "
        "Who loses least?",
        options=("ten nearest neighbours", "CNN", "GRU"),
        truth="ten nearest neighbours",
        why="A distance is a sum over positions, and a sum has no order: they lose exactly "
        "nothing; by how much the others fall is a later lesson.",
    ),
    Question(
        id="knob",
        kind="choice",
        text="Ten nearest neighbours read 58 %. Which knob at zero helps them most?",
        options=("shift", "smooth noise", "shear", "white noise"),
        truth="shift",
        why="Mean of 20 data sets: without shift they read 31.4 points more, without smooth noise "
        "27.1, without shear 10.4, without white noise 1.0.",
    ),
    Question(
        id="straight",
        kind="interval",
        text="Logistic regression reads 31 % of the published signals. How many does it read "
        "where no digit is shifted, neither in training nor in test?",
        unit="%",
        range=(0, 100),
        truth=99.5,
        why="The mean of 20 data sets: with every digit in its place a weighted sum is enough.",
    ),
)

MEASURES = (
    Measure(
        name="own_share",
        sentence="People read more of these signals than an MLP.",
        unit="%",
        above=65,
        because="the MLP of the reference reads 65.0 %",
        range=(0, 100),
        optional=True,
    ),
    Measure(
        name="shift_over_smooth",
        sentence="Without shifts ten nearest neighbours gain more than without smooth noise.",
        unit="points",
        above=0,
        because="the question is which of the two is more",
        range=(-100, 100),
    ),
    Measure(
        name="one_step_cost",
        sentence="A logistic regression that never saw a shift loses more than half of all "
        "signals when they move by one position.",
        unit="points",
        above=50,
        because="50 points are half of all signals",
        range=(-100, 100),
    ),
    Measure(
        name="one_over_ten",
        sentence="Wrong labels cost one nearest neighbour more than they cost ten.",
        unit="points",
        above=0,
        because="the question is which of the two loses more",
        range=(-100, 100),
    ),
)

LESSON = Lesson(
    name="signals",
    question="Can you read these digits, and what makes them hard?",
    goals=(
        "Know the data set's generator knob by knob.",
        "Standardise a test set without looking at it.",
        "Make label noise of which you know the share.",
        "Put an interval around a share, and say what it does not tell.",
    ),
    needs=("numpy: indexing, axes, random generators", "what a nearest neighbour is"),
    questions=QUESTIONS,
    measures=MEASURES,
    leads={
        "benchmark": (
            *("C2-logistic", "C2-mlp", "C2-cnn", "C2-gru"),
            *("C2-logistic-s", "C2-mlp-s", "C2-cnn-s", "C2-gru-s", "C3-cnn", "C3-gru"),
            *("C6-human", "C6-clear"),
        )
    },
    figure="benchmark-human",
    pitfalls=(
        Pitfall(
            symptom="The second half of the quiz is better than the first.",
            cause="People learn the shapes while they read.",
            say="Then your share is of a reader who was still learning. Is it lower or higher "
            "than what you can do now?",
        ),
        Pitfall(
            symptom="A share far below all others, at a fraction of a second for a signal.",
            cause="Somebody pressed keys instead of reading.",
            say="Below 0.4 s for a signal a quiz is not counted, whatever its share. Say so "
            "before it starts: a rule that comes after the data is no rule.",
        ),
        Pitfall(
            symptom="38 of 40, and the student claims to have met the author's 95.75 %.",
            cause="The share is compared without its interval.",
            say="The interval of 38 of 40 goes from 83.5 to 98.6 %. Whom can it not tell apart?",
        ),
        Pitfall(
            symptom="standardise passes its first check and fails the second.",
            cause="The test set is standardised by its own mean and deviation.",
            say="What would you do with a test set of one signal?",
        ),
        Pitfall(
            symptom="flip_labels leaves 13.5 % wrong, not 15 %.",
            cause="The new label is drawn from all ten classes, and one in ten is the old one.",
            say="Count how many differ. Papers mean both things by 15 % label noise.",
        ),
    ),
    oral=(
        "You read 36 of 40. Which readers of the ladder can you not be told from?",
        "Why do ten nearest neighbours lose nothing when positions are shuffled, and you do?",
    ),
    cut="flip_labels as read-only, and the shuffled quiz; never the quiz of 40.",
    explain={
        "line": "Why does a weighted sum fail on signals that a child reads? Three to six "
        "sentences, with a number of your own run and its uncertainty, and one thing that would "
        "change your mind."
    },
    phases={"Predict": 10, "Build": 35, "Run": 15, "Look": 10, "Explain": 10, "Vary": 10},
    vary="One knob to another value, in your own data and in the page's explorer.",
)
