"""The toy lesson's plan."""

from labs.course.plan import Lesson, Measure, Pitfall, Question

LESSON = Lesson(
    name="toy",
    question="How far apart are two means?",
    goals=("Compute a mean and a difference.",),
    needs=("arrays",),
    questions=(
        Question(
            id="gap",
            kind="interval",
            text="How large is the difference of the means?",
            why="The data are standardised.",
            truth="gap",
            range=(-5.0, 5.0),
        ),
    ),
    measures=(
        Measure(
            name="gap",
            sentence="The first mean is above the second.",
            unit="units",
            because="At 0 both are the same.",
            range=(-100.0, 100.0),
            above=0.0,
        ),
    ),
    leads={"benchmark": ("C1-cnn-mlp",)},
    figure="benchmark-models",
    pitfalls=(Pitfall("A mean of 0.", "The sum was divided twice.", "Count the divisions."),),
    oral=("What is a mean?", "What is a difference?"),
    cut="The second exercise.",
    explain={"why": "Why the means differ."},
    vary="The number of examples.",
)
