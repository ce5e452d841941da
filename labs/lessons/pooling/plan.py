"""What the lesson on pooling asks, measures and leads to."""

from labs.course.plan import Lesson, Measure, Pitfall, Question, Reference

NEVER = "at no size measured"
POOLED, BARE, FEWER = "max pooling", "no pooling", "no pooling (8 channels)"

LESSON = Lesson(
    name="pooling",
    question="When does pooling help?",
    goals=(
        "write max pooling, and say what it keeps and what it loses",
        "count a network's numbers, and build a control that has as many",
        "measure how an effect changes with the number of examples, on a logarithmic axis",
        "tell one run, in which pooling may hinder, from what a class of runs shows",
    ),
    needs=("convolution and channels", "tensors of torch", "the straight line of least squares"),
    questions=(
        Question(
            id="gain_250",
            kind="interval",
            text="With 250 training examples: by how many points is max pooling ahead here?",
            unit="points",
            range=(-20, 60),
            truth="gain_250",
            why="So few examples leave both nets poor: near the floor of 10 %, too, gaps shrink.",
        ),
        Question(
            id="gain_1000",
            kind="interval",
            text="With 1,000 training examples, fully trained: by how many points is it ahead?",
            unit="points",
            range=(-20, 60),
            truth=Reference("pooling", "P1"),
            why="Likely because digits are shifted: without pooling every place must be learned.",
        ),
        Question(
            id="gain_50000",
            kind="interval",
            text="With 50,000 training examples, fully trained: by how many points is it ahead?",
            unit="points",
            range=(-20, 60),
            truth=Reference("pooling", "P3"),
            why="Likely they show every digit at every place; both nets come near 100 %.",
        ),
        Question(
            id="hinders",
            kind="choice",
            text="From how many training examples on does pooling hinder?",
            options=("5,000", "50,000", NEVER),
            truth=NEVER,
            why="The caption of the published figure says that it hinders with many; on average it "
            "does not, neither in the lab nor in the numbers behind that figure.",
        ),
        Question(
            id="order",
            kind="order",
            text="With 1,000 examples, fully trained: order three nets by accuracy, best first.",
            options=(BARE, FEWER, POOLED),
            truth=(POOLED, BARE, FEWER),
            why="With as few numbers as the pooled net the one without pooling falls further "
            "behind: having fewer numbers is not what helps.",
        ),
    ),
    measures=(
        Measure(
            name="gain_250",
            sentence="With 250 training examples max pooling is ahead of no pooling.",
            unit="points",
            above=0,
            because="the text says that pooling helps with few data, whatever the amount",
            range=(-100, 100),
        ),
        Measure(
            name="gain_1000",
            sentence="With 1,000 training examples max pooling is ahead of no pooling.",
            unit="points",
            above=0,
            because="the text says that pooling helps with few data, whatever the amount",
            range=(-100, 100),
            reference=Reference("pooling", "P1"),
        ),
        Measure(
            name="gain_16000",
            sentence="With 16,000 training examples max pooling is behind no pooling.",
            unit="points",
            below=0,
            because="the caption says that pooling hinders with many data",
            range=(-100, 100),
        ),
        Measure(
            name="matched_1000",
            sentence="With 1,000 examples max pooling is ahead of a net with as many numbers.",
            unit="points",
            above=0,
            because="any lead excludes that having fewer numbers is all that helps",
            range=(-100, 100),
            reference=Reference("pooling", "P5-matched"),
        ),
        Measure(
            name="slope",
            sentence="From 1,000 examples on the gain falls with more of them.",
            unit="points per factor of 10",
            below=0,
            because="any fall is the claim; published sizes begin at 1,000",
            range=(-200, 200),
            reference=Reference("pooling", "P2"),
        ),
    ),
    leads={
        "pooling": (
            "P1",
            "P2",
            "P2-ratio",
            "P3",
            "P3-hinders",
            "P4",
            "P5-matched",
            "P5-hinders",
            "P5-longer",
            "P6",
        )
    },
    figure="pooling",
    pitfalls=(
        Pitfall(
            symptom="With 16,000 examples the own run has pooling behind.",
            cause="600 steps are 4 passes over these examples, and one pair of nets of 20 channels "
            "differs by 1 to 2 points by chance: 2 of 12 runs have it so.",
            say="What does the class's interval say? And what does a longer training change?",
        ),
        Pitfall(
            symptom="'It can be differentiated' fails although the numbers are right.",
            cause="The maximum was taken by numpy or behind detach(): no gradient comes back.",
            say="Training needs the way back. Which of your lines is not torch?",
        ),
        Pitfall(
            symptom="'It helps because the net is smaller.'",
            cause="Pooling also divides the readout's inputs by four, so two things changed.",
            say="Which of your three nets has as few numbers, and where does it stand?",
        ),
        Pitfall(
            symptom="The net of 8 channels has a hole in its curve, ten points deep.",
            cause="So small a net depends on its start by ten points and more, even with 16,000.",
            say="What does the class's interval say? One run of this net proves nothing.",
        ),
        Pitfall(
            symptom="'The gain falls, so pooling is useless with many examples.'",
            cause="Near 100 % every gap in points shrinks.",
            say="How many errors does the net without pooling make for each one with it?",
        ),
    ),
    oral=(
        "Your net without pooling has 9,310 numbers: where are most of them, and what does "
        "pooling do to those?",
        "A digit moves by one position: which of your pooled numbers stay the same?",
    ),
    cut="give `parameters` and `matched_channels` as read-only; never cut the reveal",
    explain={
        "gain": "Where did pooling help in your run and in the class's, by how much, how sure?",
        "cause": "Fewer numbers or something else? Argue with the class's nets of 8 channels.",
        "doubt": "What would have to be seen for you to believe that pooling hinders?",
    },
    vary="the mean of every two positions in place of the largest",
)
