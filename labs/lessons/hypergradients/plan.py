"""The plan of the lesson on hyper-gradients."""

from labs.course.plan import Lesson, Measure, Pitfall, Question, Reference

LAB = "hyperparameters"
DIRECTIONS = ("smaller", "the same", "larger")

LESSON = Lesson(
    name="hypergradients",
    question="Can gradient descent find its own learning rate?",
    goals=(
        "differentiate a whole training by its learning rate",
        "check a derivative by finite differences, and say where they fail",
        "descend on a positive number by its logarithm",
        "judge a search by another one that shares nothing with it",
    ),
    needs=(
        "gradient descent and its learning rate",
        "the chain rule, and derivatives of exp and log",
        "torch: tensors that require gradients, torch.autograd.grad",
    ),
    questions=(
        Question(
            id="best",
            kind="interval",
            text="What is the best learning rate for 200 steps, on average over data sets?",
            range=(0.01, 3),
            truth=Reference(LAB, "M2-level"),
            why="The published 0.62 is one run's; from data set to data set the best rate moves by "
            "about 0.05.",
        ),
        Question(
            id="meet",
            kind="choice",
            text="Do searches from 1.5 and from 0.15 end within 0.01 of each other?",
            options=("meet", "stay apart"),
            truth="meet",
            why="The mean loss has one valley here, so both end at its lowest point; in the lab on "
            "27 of 30 data sets.",
        ),
        Question(
            id="longer",
            kind="choice",
            text="Is the best rate for 200 steps smaller than for 50, the same, or larger?",
            options=DIRECTIONS,
            truth="smaller",
            why="By a tenth on average; one data set may not show it. With more steps less haste "
            "is needed. Wu and others (2018) warn that short trainings prefer rates that are too "
            "small: that shows only at 1000 steps, where the best rate rises again.",
        ),
        Question(
            id="last",
            kind="choice",
            text="For the loss of the last step alone: is the best rate smaller, the same, or "
            "larger?",
            options=DIRECTIONS,
            truth="larger",
            why="By half: what a large rate costs in the first steps no longer counts.",
        ),
    ),
    measures=(
        Measure(
            name="distance",
            sentence="From both starts the search ends at one rate, within 0.01.",
            unit="",
            below=0.01,
            because="that is the last digit of the published rate",
            range=(0, 10),
        ),
        Measure(
            name="from_grid",
            sentence="The rate found by gradient is that of the grid, within 0.03.",
            unit="",
            below=0.03,
            because="the grid's parabola is good to a few hundredths, as the lab's rule for a "
            "finer grid",
            range=(0, 10),
            reference=Reference(LAB, "M3"),
        ),
        Measure(
            name="octaves",
            sentence="The best rate for 200 steps is smaller than for 50.",
            unit="octaves",
            below=0,
            because="0 is no dependence on the number of steps; an octave is a factor of 2",
            range=(-4, 4),
            reference=Reference(LAB, "M5-200"),
        ),
    ),
    leads={
        LAB: (
            *("M1-published", "M1-converged", "M2-level", "M2-each", "M3"),
            *("M4-last", "M4-train", "M5-200", "M5-1000"),
        ),
    },
    figure="hyperparameters",
    pitfalls=(
        Pitfall(
            symptom="'The slope must keep its graph' ('backward through the graph a second time').",
            cause="`create_graph=True` is missing. With `retain_graph=True` in its place the error "
            "goes, and the derivative is wrong.",
            say="The slope depends on the weights, and these on the rate. Who remembers that?",
        ),
        Pitfall(
            symptom="The derivative is right after 1 step and wrong after 5.",
            cause="The weights were detached, or the slope was taken without a graph.",
            say="Draw the arrows from the rate to the third loss. Which of them does torch have?",
        ),
        Pitfall(
            symptom="The finite difference is far off, or 0.",
            cause="In float32 the two losses agree in all digits but the last; with ReLU the loss "
            "has kinks, and after many steps it is rough.",
            say="How many digits do the two losses share? Try float64, fewer steps, a larger h.",
        ),
        Pitfall(
            symptom="The search jumps to rates like 1e-9 or 1e9.",
            cause="The step was taken on the rate and not on its logarithm, or uphill.",
            say="What is the derivative of exp(theta)?",
        ),
        Pitfall(
            symptom="'The best learning rate of MNIST-1D is 0.621.'",
            cause="It belongs to one data set, one start, one order of batches, 200 steps and the "
            "mean loss.",
            say="Which of these would you have to change before you write 'the'?",
        ),
    ),
    oral=(
        "How does memory grow with the number of steps in your `unrolled_loss`, and why?",
        "Your search needed 15 gradients, the grid 15 losses. When would the gradient be worth it?",
    ),
    cut="give `finite_difference` and `outer_step` as read-only; never cut the comparison of the "
    "two derivatives",
    explain={
        "found": "Did descent find its rate? Both ends, the grid, and how far from 0.62; what of "
        "other data sets?",
        "valley": "Why do both ends agree to three digits where the loss hardly differs?",
    },
    vary="the number of training steps: 800",
)
