"""What the lesson on sketches asks, measures and leads to."""

from labs.course.plan import Lesson, Measure, Pitfall, Question, Reference

LESSON = Lesson(
    name="sketches",
    question="How much of a scene fits into one vector?",
    goals=(
        "draw a uniformly random turn, and say why its transpose undoes it",
        "add up many vectors so that each can be read again, with noise",
        "derive how large the noise is, and test a law on logarithmic axes",
        "say what a sketch keeps when half of it is lost, and when it saves nothing",
    ),
    needs=("products of matrices and vectors", "squared length and right angles", "logarithms"),
    questions=(
        Question(
            id="slope",
            kind="interval",
            text="On two logarithmic axes: which slope has error against the length d?",
            range=(-2, 0),
            truth=Reference("sketches", "K8-4"),
            why="A random direction among d holds 1/d of the squared length of all else, and the "
            "error is the root of that.",
        ),
        Question(
            id="right_512",
            kind="interval",
            text="From 512 numbers: of which share of scenes of three digits are all ten counts "
            "right?",
            unit="share of scenes",
            range=(0, 1),
            truth=Reference("sketches", "K14-512"),
            why="A count's error is sqrt(24 / 512) = 0.22; a mistake needs 0.5, which is rare once "
            "but may happen at any of ten counts.",
        ),
        Question(
            id="numbers",
            kind="choice",
            text="How many numbers until that share is above 0.95?",
            options=("64", "256", "1024", "4096"),
            truth="1024",
            why="There the error of a count is 0.15, and 0.5 lies more than three of those away.",
        ),
        Question(
            id="half",
            kind="choice",
            text="What happens when the second half of the vector is erased?",
            options=(
                "nothing can be read",
                "half of the numbers are lost",
                "all errors grow 1.4 times",
                "all errors double",
            ),
            truth="all errors grow 1.4 times",
            why="Everything is spread over all numbers, so half of them is a sketch of half the "
            "length, and the error goes with the root.",
        ),
    ),
    measures=(
        Measure(
            name="slope_off",
            sentence="With four digits the slope of log error by log d is within 0.05 of -1/2.",
            unit="distance of slopes",
            below=0.05,
            because="the lab allows 0.05, too; a slope of -1 would be off by 0.5",
            range=(0, 5),
        ),
        Measure(
            name="constant_off",
            sentence="With four digits the error is within 10 % of sqrt((8k - 2) / d), on average.",
            unit="share",
            below=0.1,
            because="one room fewer, or one more, would make it about 30 % smaller or 40 % larger",
            range=(0, 100),
        ),
        Measure(
            name="half_kept",
            sentence="Half of a vector of 1024 numbers erased, the error less than doubles.",
            unit="times",
            below=2,
            because="doubling would say that what is read is lost as fast as what is kept",
            range=(0, 100),
        ),
        Measure(
            name="right_1024",
            sentence="From 1024 numbers all ten counts of three digits are right in more than "
            "0.95 of scenes.",
            unit="share of scenes",
            above=0.95,
            because="it is what the question asked",
            range=(0, 1),
            reference=Reference("sketches", "K14-1024"),
        ),
    ),
    leads={
        "sketches": (
            "K2-leak",
            "K2-scale",
            *(f"K8-{k}" for k in (1, 2, 4, 8, 16)),
            *(f"K9-{k}" for k in (1, 2, 4, 8, 16)),
            *(f"K10-{w}" for w in ("0.05", "0.1", "0.2", "0.4", "0.8")),
            *(f"K13-{law}-{k}" for law in ("slope", "constant") for k in (4, 8, 16)),
            "K13-bias",
            *(f"K14-{d}" for d in (256, 512, 1024, 2048)),
            *(f"K14-cut-{d}" for d in (256, 512, 1024, 2048)),
            "K15-slope",
            "K15-constant",
            "K15-0.2",
            "K15-0.8",
        )
    },
    figure="sketches-errors",
    pitfalls=(
        Pitfall(
            symptom="The check of signs fails although R is orthonormal.",
            cause="numpy's QR gives columns whose signs are not random.",
            say="What is the sign of the first number of q, over ten seeds?",
        ),
        Pitfall(
            symptom="Errors are as large as the waveforms at every length.",
            cause="R was used in place of its transpose when reading.",
            say="Write one vector, no rooms: does reading give it back?",
        ),
        Pitfall(
            symptom="'With 1024 numbers for three digits nothing was saved.'",
            cause="That is right: three signals have 120 numbers.",
            say="When would a vector of fixed length be worth having? Think of 365 days in one.",
        ),
        Pitfall(
            symptom="'The first numbers of the vector hold the first object.'",
            cause="Sums are taken for lists.",
            say="Which numbers of the vector change when the first object changes?",
        ),
    ),
    oral=(
        "A fifth digit comes into the scene: by which factor do the errors of the others grow?",
        "Why may your count be -0.1, and would it be better to give 0 then?",
    ),
    cut="give `count` to read and leave out the room in `sketch`; never cut the reveal",
    explain={
        "noise": "Which slope, how sure; where does the noise come from; what would change "
        "your mind; what can your own run not tell?"
    },
    vary="unequal weights",
)
