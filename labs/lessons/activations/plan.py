"""What the lesson on activations asks, measures and leads to."""

from labs.course.plan import Lesson, Measure, Pitfall, Question, Reference

FALLS = "falls somewhere"

LESSON = Lesson(
    name="activations",
    question="Can gradient descent find its own nonlinearity?",
    goals=(
        "write a function of straight pieces that can be learned",
        "choose a learning rate on validation data, for each network by itself",
        "tell a lead in speed from a lead at the end of training",
    ),
    needs=("gradient descent and torch tensors", "validation and test data"),
    questions=(
        Question(
            id="lead_short",
            kind="interval",
            text="After 301 steps, by how many points is the learned function ahead of ReLU?",
            unit="points",
            range=(-20, 40),
            truth=Reference("activation", "A1-relu"),
            why="Likely because its values were chosen to make the loss of just these steps small.",
        ),
        Question(
            id="lead_long",
            kind="interval",
            text="After 2,000 steps, each at its best rate: by how many points is it ahead?",
            unit="points",
            range=(-20, 40),
            truth=Reference("activation", "A2-long-paper"),
            why="Likely it was chosen for fast learning: with time ReLU comes to about the same "
            "accuracy.",
        ),
        Question(
            id="shape",
            kind="choice",
            text="Starting from ReLU, which shape does gradient descent find?",
            options=("rises everywhere", FALLS, "becomes a straight line"),
            truth=FALLS,
            why="Published or ours, it has a hill and a valley: likely because a single unit can "
            "then answer to a number in the middle and not to larger and smaller ones.",
        ),
        Question(
            id="rank",
            kind="interval",
            text="Of seven activations in a convolutional net (ReLU, swish, ELU, softplus, tanh, "
            "sigmoid, the learned one), the place of the learned one by training loss in the first "
            "epoch?",
            range=(1, 7),
            truth=Reference("activation", "A6-1st-mnist1d"),
            why="It is not the fastest here, likely as it was learned in another kind of network.",
        ),
    ),
    measures=(
        Measure(
            name="lead_short",
            sentence="After 300 steps the learned function leads ReLU by more than 5 points.",
            unit="points",
            above=5,
            because="the text says over 5 points",
            range=(-100, 100),
            reference=Reference("activation", "A2-paper"),
        ),
        Measure(
            name="lead_long",
            sentence="After 2,100 steps the learned function leads ReLU by more than 5 points.",
            unit="points",
            above=5,
            because="the text says over 5 points, and does not say for how long",
            range=(-100, 100),
            reference=Reference("activation", "A2-long-paper"),
        ),
        Measure(
            name="shrinks",
            sentence="From 300 to 2,100 steps the lead shrinks.",
            unit="points",
            above=0,
            because="any loss of lead shows that part of it was speed",
            range=(-200, 200),
        ),
        Measure(
            name="turns",
            sentence="The learned function falls somewhere.",
            unit="turns",
            above=0.5,
            because="a function that never falls turns 0 times",
            range=(0, 15),
        ),
    ),
    leads={
        "activation": (
            "A1-relu",
            "A1-swish",
            "A1-elu",
            "A1-fresh",
            "A2-paper",
            "A2-fresh",
            "A2-long-paper",
            "A2-long-fresh",
            "A3-paper-shape",
            "A3-paper-left",
            "A3-fresh-shape",
            "A3-fresh-left",
            "A6-1st-mnist1d",
            "A6-end-mnist1d",
        )
    },
    figure="activation-shapes",
    pitfalls=(
        Pitfall(
            symptom="The values do not move, or 'it can be differentiated' fails.",
            cause="Something on the way is detached: numpy, item(), or an index where a value "
            "should stand.",
            say="From the result back to `values`: which step is not arithmetic on tensors?",
        ),
        Pitfall(
            symptom="`extrema` finds a turn in ReLU.",
            cause="A flat stretch was read as falling: the sign of a difference has three values.",
            say="What does your function say where nothing changes?",
        ),
        Pitfall(
            symptom="Numbers beyond the outer knots make training explode.",
            cause="An index past the last piece, or slopes divided by 0.",
            say="Draw your function from -8 to 8.",
        ),
        Pitfall(
            symptom="'The paper is wrong, the effect vanishes.'",
            cause="Two protocols are taken for one: the paper's trains for 301 steps.",
            say="Which sentence holds, and which one did nobody write?",
        ),
    ),
    oral=(
        "Your function has 17 values: which of them did the data hardly touch, and how can you "
        "tell from the picture?",
        "Why may validation data choose the rate, and test data not?",
    ),
    cut="give `extrema` as read-only; the picture shows the turns",
    explain={
        "lead": "How far ahead after 300 steps and at the end, and how sure?",
        "cause": "What was the function trained for, and how could that explain both leads?",
        "doubt": "Is the published sentence wrong? What would you write instead?",
    },
    vary="the function that learning starts from",
    home=True,
)
