"""The plan of the lesson on winning tickets."""

from labs.course.plan import Lesson, Measure, Pitfall, Question, Reference

POINTS = (-100.0, 100.0)

LESSON = Lesson(
    name="tickets",
    question="Do winning tickets exist here, and is it the connections or their values that win?",
    goals=(
        "prune a layer by magnitude, in rounds, and rewind what is left",
        "build a control that differs in one thing alone",
        "compute what chance gives before calling a count large",
        "tell what a pattern of connections brings from what its first values bring",
    ),
    needs=(
        "a network of fully connected layers, and how it is trained",
        "numpy: boolean masks, argsort, sums along an axis",
        "the chance of two draws without replacement",
    ),
    questions=(
        Question(
            id="random",
            kind="interval",
            text="By how many points does the ticket beat a random mask of as many weights?",
            unit="points",
            range=(-20, 40),
            truth=Reference("lottery", "L2"),
            why="Equally many weights, but training chose them: the choice is worth ten points.",
        ),
        Question(
            id="dense",
            kind="interval",
            text="By how many points does the ticket beat the whole network?",
            unit="points",
            range=(-30, 30),
            truth=Reference("lottery", "L1"),
            why="With one weight in thirteen it generalises better, likely because what was cut "
            "fitted noise.",
        ),
        Question(
            id="fresh",
            kind="choice",
            text="The ticket's connections get new first values. What happens to its accuracy?",
            options=("stays", "falls between", "falls to random"),
            truth="falls between",
            why="The pattern alone is worth something, and its own first values are worth more: "
            "the weights were kept because training from these values made them large.",
        ),
        Question(
            id="neighbours",
            kind="interval",
            text="How many times as often as by chance does a unit keep two neighbours?",
            unit="x chance",
            range=(0.5, 3),
            truth=Reference("lottery", "L11-p2"),
            why="A quarter more often: pruning finds some of the locality that a convolution is "
            "given, and nobody told it.",
        ),
    ),
    measures=(
        Measure(
            name="ticket_minus_random",
            sentence="With 92 % cut a ticket beats a random mask of as many weights by 8 points.",
            unit="points",
            above=8,
            because="the published gain is 13.8, less the spread of single runs, as in the lab",
            range=POINTS,
            reference=Reference("lottery", "L2"),
        ),
        Measure(
            name="ticket_minus_dense",
            sentence="With 92 % cut a ticket beats the whole network.",
            unit="points",
            above=0,
            because="the text says better; by how much is another sentence",
            range=POINTS,
            reference=Reference("lottery", "L1"),
        ),
        Measure(
            name="ticket_minus_fresh",
            sentence="A ticket beats its own mask with fresh first values.",
            unit="points",
            above=0,
            because="the text says better; the lab asks this on new data too",
            range=POINTS,
        ),
        Measure(
            name="neighbours",
            sentence="A ticket's units keep two neighbours more often than by chance.",
            unit="x chance",
            above=1,
            because="1 is chance, each unit's number of inputs given",
            range=(0, 40),
            reference=Reference("lottery", "L11-p2"),
        ),
    ),
    leads={
        "lottery": (
            *("L1", "L2", "L2-weights", "L3-96", "L3-98", "L4", "L5", "L6"),
            *("L7", "L8", "L9", "L11-p2", "L11-strict-p2"),
        ),
    },
    figure="lottery",
    pitfalls=(
        Pitfall(
            symptom="Weights that were cut are live again in the second round.",
            cause="All weights are ranked, and those that are cut still have their last values.",
            say="Which weights may be chosen from? Rank only those.",
        ),
        Pitfall(
            symptom="After the first round nothing more is cut.",
            cause="w * mask was ranked: its zeros are the smallest and are cut again.",
            say="How many live weights has your new mask? Print its sum.",
        ),
        Pitfall(
            symptom="Biases are not where they started.",
            cause="`rewind` handed out its own arrays, and something wrote into them.",
            say="What must be copied so that round three starts where round one did?",
        ),
        Pitfall(
            symptom="'Neighbours 1.1: locality is why tickets win.'",
            cause="One mask has about 100 pairs, so the ratio is uncertain by 0.1; and what goes "
            "along with a win need not cause it.",
            say="Where is your line in the grey histogram? What experiment would tell?",
        ),
        Pitfall(
            symptom="'100 units refute the lottery ticket.'",
            cause="With 100 units 7.8 % are 1,170 weights, fewer than the task needs.",
            say="How many weights are left at each width? A ticket needs a network that has more "
            "than enough.",
        ),
    ),
    oral=(
        "Your ticket keeps 7.8 % of each layer. How many weights are that in the readout, and what "
        "becomes of a unit whose weights there are all cut?",
        "Your control draws a new mask in every round. Would a random mask inside the one before "
        "be a fairer opponent?",
    ),
    cut="give `expected_pairs` as read-only; never cut the random mask",
    explain={
        "why": "Which difference speaks for the connections, which for their values? Numbers, "
        "and how far to trust them.",
        "doubt": "What result would have changed your mind? Are neighbours why the ticket wins?",
    },
    vary="the number of units: 100 in place of 300",
)
