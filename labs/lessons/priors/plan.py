"""The plan of the lesson on priors: predictions, measures and notes."""

from labs.course.plan import Lesson, Measure, Pitfall, Question, Reference

MODELS = ("logistic", "MLP", "CNN")

QUESTIONS = (
    Question(
        id="gain",
        kind="interval",
        text="By how many points does the CNN beat the MLP on signals in order?",
        unit="points",
        range=(-20, 60),
        truth=Reference("benchmark", "C1-cnn-mlp"),
        why="The CNN takes for granted what is true of these signals: neighbours belong together, "
        "and a shape means the same wherever it stands.",
    ),
    Question(
        id="cost_cnn",
        kind="interval",
        text="How many points does shuffling cost the CNN?",
        unit="points",
        range=(-10, 80),
        truth=Reference("benchmark", "C3-cnn"),
        why="Its windows then hold positions that have nothing to do with each other, and it falls "
        "below the MLP.",
    ),
    Question(
        id="cost_mlp",
        kind="interval",
        text="How many points does shuffling cost the MLP?",
        unit="points",
        range=(-10, 80),
        truth=Reference("benchmark", "C3-mlp"),
        why="Each of its weights belongs to one position, so an order is only another naming of "
        "its inputs.",
    ),
    Question(
        id="best_shuffled",
        kind="choice",
        text="Which of the three is best on shuffled signals?",
        options=MODELS,
        truth="MLP",
        why="Where a prior is wrong, the model without it wins; the weighted sums of logistic "
        "regression are too weak in either order.",
    ),
)

MEASURES = (
    Measure(
        name="cnn_minus_mlp",
        sentence="On signals in order the CNN beats the MLP by more than 20 points.",
        unit="points",
        above=20,
        because="published 26; the lab asks for 20",
        range=(-100, 100),
        reference=Reference("benchmark", "C1-cnn-mlp"),
    ),
    Measure(
        name="shuffling_costs_cnn",
        sentence="Shuffling the positions costs the CNN more than 20 points.",
        unit="points",
        above=20,
        because="that undoes the lead of 20 points over the MLP",
        range=(-100, 100),
        reference=Reference("benchmark", "C3-cnn"),
    ),
    Measure(
        name="shuffling_costs_mlp",
        sentence="Shuffling the positions costs the MLP less than 2 points.",
        unit="points",
        below=2,
        because="2 is its tolerance in the published table",
        range=(-100, 100),
        reference=Reference("benchmark", "C3-mlp"),
    ),
    Measure(
        name="mlp_minus_cnn_shuffled",
        sentence="On shuffled signals the MLP is ahead of the CNN.",
        unit="points",
        above=0,
        because="the published text says which is better, so the sign decides",
        range=(-100, 100),
        reference=Reference("benchmark", "C3-best"),
    ),
)

LESSON = Lesson(
    name="priors",
    question="Which priors does a model need?",
    goals=(
        "say what an MLP, a convolution and its stride take for granted",
        "write a convolution, count its parameters and say how far a unit sees",
        "tell a loss of information from a loss of neighbourhood",
        "judge a model's prior by an experiment that changes nothing else",
    ),
    needs=(
        "arrays and slices of numpy",
        "what a layer of an MLP computes",
        "training and test accuracy",
    ),
    questions=QUESTIONS,
    measures=MEASURES,
    leads={
        "benchmark": (
            "C1-mlp-logistic",
            "C1-gru-mlp",
            "C1-cnn-mlp",
            "C1-cnn-gru",
            "C2-logistic-s",
            "C2-mlp-s",
            "C2-cnn-s",
            "C2-gru-s",
            "C3-logistic",
            "C3-mlp",
            "C3-cnn",
            "C3-gru",
            "C3-best",
        ),
    },
    figure="benchmark",
    pitfalls=(
        Pitfall(
            "the shuffled MLP and CNN both read at chance, 10 %",
            "test signals were shuffled in another order than training signals",
            "Call the function twice with the same seed: is the order the same for 4000 signals "
            "and for 1000?",
        ),
        Pitfall(
            '"the MLP is robust: shuffling does it no harm"',
            "robust to an order that is the same in training and test; a fresh order for the test "
            "alone brings it to chance",
            "What would a trained MLP read if we shuffled only the test signals?",
        ),
        Pitfall(
            '"the CNN wins because it is larger"',
            "number of layers taken for number of parameters",
            "Count: the CNN has 5,210 numbers to learn, the MLP 15,210.",
        ),
        Pitfall(
            "the convolution agrees with the check only for symmetric kernels",
            "np.convolve reverses the kernel",
            "Write down what the kernel [1, 10] does to [1, 2].",
        ),
        Pitfall(
            "one student's CNN is ahead of the MLP on shuffled signals",
            "with 1000 steps the difference is small beside what data set and start move",
            "That is why the class has an interval: look at the others' dots.",
        ),
    ),
    oral=(
        "Your MLP has 15,210 parameters: in which layer are most of them?",
        "A unit of the CNN's last layer sees 17 positions. How can the CNN use all 40?",
    ),
    cut="Give receptive_field to read instead of to write, and leave out the picture of the kernel;"
    " never cut the reveal.",
    explain={
        "why": "Why does shuffling cost the CNN so much and the MLP nothing; how sure is it; what "
        "would change your mind; what can your own run not tell?"
    },
    vary="Shuffle blocks of positions, not single positions.",
)
