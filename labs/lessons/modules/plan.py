"""What the lesson on modules asks, measures and leads to."""

from labs.course.plan import Lesson, Measure, Pitfall, Question, Reference

LESSON = Lesson(
    name="modules",
    question="Is a modular architecture enough?",
    goals=(
        "write measures of how modules are used, and say what each cannot see",
        "tell equal use from specialisation",
        "compare a trained router with the same router before training",
        "separate the error that modules could save from what training finds",
    ),
    needs=(
        "matrices of numpy",
        "softmax",
        "a training loop of torch",
        "entropy, or the will to look it up",
    ),
    questions=(
        Question(
            id="own",
            kind="choice",
            text="With 8 rules, does the learned router give each rule a module of its own?",
            options=("yes", "no"),
            truth="no",
            why="Every module sees the rule and can serve several; nothing in the loss asks for "
            "one each. The full lab found it in none of its tasks.",
        ),
        Question(
            id="best",
            kind="choice",
            text="Which of the four has the smallest error with 8 rules in most runs?",
            options=("monolith", "learned", "by rule", "told"),
            truth="told",
            why="Specialised modules are worth having; training from the error alone does not find "
            "them.",
        ),
        Question(
            id="ahead",
            kind="interval",
            text="By how many octaves, factors of two, is the error of told below that of learned?",
            unit="octaves",
            range=(-4, 4),
            truth="ahead",
            why="Each module of told has one simple rule to learn; a mixture has to undo what the "
            "other modules say.",
        ),
        Question(
            id="collapse",
            kind="interval",
            text="By how much does training raise the collapse of learned?",
            unit="of an equal share",
            range=(-1, 1),
            truth="collapse",
            why="A module that happens to be useful is used more, learns more, and is used more "
            "still. In 600 steps this is not seen in every run; the full lab, which trains longer, "
            "sees more of it.",
        ),
    ),
    measures=(
        Measure(
            name="ahead",
            sentence="With 8 rules the model that is told the module is ahead of the learned "
            "router.",
            unit="octaves",
            above=0,
            because="any smaller error is the effect",
            range=(-10, 10),
        ),
        Measure(
            name="ahead_of_monolith",
            sentence="With 8 rules the model that is told the module is ahead of the monolith.",
            unit="octaves",
            above=0,
            because="any smaller error is the effect",
            range=(-10, 10),
        ),
        Measure(
            name="collapse",
            sentence="Training makes the learned router collapse: a module is used less than "
            "before.",
            unit="of an equal share",
            above=0,
            because="the untrained router is the start to compare with",
            range=(-1, 1),
            reference=Reference("modular_rules", "9-mod"),
        ),
        Measure(
            name="unaligned",
            sentence="The trained router is nearer to no specialisation than to a module for each "
            "rule.",
            unit="of 1 - 1/8, the alignment without specialisation",
            above=0.5,
            because="0.5 is half way",
            range=(0, 1),
            reference=Reference("modular_rules", "12-far-mlp"),
        ),
    ),
    leads={
        "modular_rules": (
            "1",
            "2",
            "2-gap",
            "3-many",
            "3-mlp",
            "11-mlp",
            "3-mha",
            "11-mha",
            "3-rnn",
            "11-rnn",
            "7-op",
            "7-gt",
            "9-mod",
            "9-op",
            "9-grow",
            "10-avg",
            "10-worst",
            "11-harder",
            "12-train",
            "12-op",
            "12-far-mlp",
            "13",
            "S-collapse",
            "S-special",
            "S-loss",
        )
    },
    figure="modular_rules",
    pitfalls=(
        Pitfall(
            symptom="'Collapse is 0, so the modules have specialised.'",
            cause="Equal use of all modules for every rule also has collapse 0.",
            say="What would collapse and alignment be if the router always gave 1/8 to each?",
        ),
        Pitfall(
            symptom="'An alignment of 0.82 shows strong specialisation.'",
            cause="Its scale runs the other way, and its largest value is 1 - 1/R, not 1.",
            say="What was it before training, and what is it for equal use?",
        ),
        Pitfall(
            symptom="The activation matrix looks right, but its columns sum to 1.",
            cause="Rows and columns were exchanged, or all scores were divided by N.",
            say="Which question does a row answer: who serves this rule, or whom does this module "
            "serve?",
        ),
        Pitfall(
            symptom="`inverse_mi` is nan.",
            cause="log 0 in entries that are 0.",
            say="How much does a pair that never happens add to a mean?",
        ),
        Pitfall(
            symptom="In the own run training lowers the collapse of learned.",
            cause="600 steps are few, and the worst of 8 modules is a noisy number: of 4 runs of "
            "the pilot one showed it.",
            say="What do the others at your table see? What would longer training do?",
        ),
        Pitfall(
            symptom="In the own run the router by rule is the best, or the monolith beats learned.",
            cause="One task and one start: the full lab, too, leaves the latter undecided.",
            say="What does the class's interval say?",
        ),
    ),
    oral=(
        "Your told model has a module for rule 3: how many units does it have, and what would "
        "happen to the error on rule 3 if you removed another module?",
        "Can a router that sees the rule alone represent one module per rule? Then why did yours "
        "not find it?",
    ),
    cut="give `inverse_mi` and `balance_loss` as read-only; never cut the reveal",
    explain={
        "enough": "Is the architecture enough? How far the error would fall with a module for "
        "each rule, how much of that the router found, what would change your mind; collapse and "
        "alignment."
    },
    vary="a balancing loss for the learned router",
)
