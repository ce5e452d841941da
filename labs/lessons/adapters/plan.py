"""What the lesson on adapters asks, measures and leads to."""

from labs.course.plan import Lesson, Measure, Pitfall, Question, Reference

BIASES, LORA, READOUT, ALL = "biases", "LoRA rank 1", "readout", "all"

LESSON = Lesson(
    name="adapters",
    question="What may a small module change?",
    goals=(
        "name four questions by which modules are told apart",
        "write LoRA, merge it into the weights, and add two modules exactly",
        "count what trains, and measure how much of a gap a module closes",
        "say through which number a hard router learns",
    ),
    needs=("products of matrices", "tensors and gradients of torch", "convolution and channels"),
    questions=(
        Question(
            id="closes",
            kind="order",
            text="On reversed signals: which closes more of the gap?",
            options=(BIASES, LORA, READOUT, ALL),
            truth=(ALL, READOUT, LORA, BIASES),
            why="Reversed strokes need other features or another use of them; biases can only "
            "shift what the kernels see.",
        ),
        Question(
            id="keeps",
            kind="choice",
            text="With the module for reversed signals in place, which reads clean signals best?",
            options=(BIASES, LORA, READOUT, ALL),
            truth=BIASES,
            why="What changes least forgets least; taken out, each module gives the whole base "
            "back.",
        ),
        Question(
            id="larger",
            kind="interval",
            text="Of a network of 66,346 numbers LoRA trains 2,016: which share of the gap does it "
            "close, or more, in three of four domains?",
            unit="of the gap",
            range=(0, 1.2),
            truth=Reference("adapters", "C2-lora-all"),
            why="A larger network has more to offer: a small change in each layer steers it.",
        ),
        Question(
            id="router",
            kind="choice",
            text="A softmax over the one chosen logit: the router's gradient?",
            options=("as large as before", "smaller", "none at all"),
            truth="none at all",
            why="The softmax of a single number is 1 whatever the number, so nothing depends on "
            "the router any more.",
        ),
    ),
    measures=(
        Measure(
            name="biases_close",
            sentence="On reversed signals the 85 biases close less than half of the gap.",
            unit="of the gap",
            below=0.5,
            because="half would make them a bargain: 1.6 % of the numbers",
            range=(-10, 10),
        ),
        Measure(
            name="rank4_over_readout",
            sentence="On reversed signals LoRA of rank 4 closes more of the gap than the readout, "
            "which has about as many numbers.",
            unit="of the gap",
            above=0,
            because="any lead says that it matters where the numbers are",
            range=(-10, 10),
        ),
        Measure(
            name="biases_keep",
            sentence="Adapted to reversed signals, biases leave more of the clean ones than "
            "training all numbers does.",
            unit="points",
            above=0,
            because="which of the two forgets less is the question",
            range=(-100, 100),
        ),
        Measure(
            name="sum_on_both",
            sentence="On reversed signals on a ramp the sum of two modules is ahead of each.",
            unit="points",
            above=0,
            because="any lead says that there is something to be had from adding weights",
            range=(-100, 100),
        ),
    ),
    leads={
        "adapters": (
            "C1-counts",
            "C1-identity",
            "C1-merging",
            "C1-frozen",
            "C2-best",
            "C2-lora-all",
            "C6-parameter",
            "C7-full",
            "C7-full-twice",
            "C7-parameter-best",
            "N-labels-reverse",
            "N-labels-ramp",
        )
    },
    figure="adapters-gaps",
    pitfalls=(
        Pitfall(
            symptom="The check of `lora_merge` fails at ranks above 1 alone.",
            cause="alpha was not divided by the rank.",
            say="Which of the shapes of A is r?",
        ),
        Pitfall(
            symptom="The router's gradient is missing though the output is right.",
            cause="The softmax was taken over what was chosen, or the choice alone was used.",
            say="Through which number could the router hear that it chose badly?",
        ),
        Pitfall(
            symptom="'The module forgets the old domain.'",
            cause="It is asked with the module in place; taken out, the base is whole.",
            say="What would you have to store to have both? How many numbers?",
        ),
        Pitfall(
            symptom="'More numbers close more of the gap.'",
            cause="Size and place changed together.",
            say="Compare the readout's 1,260 with rank 4's 1,460.",
        ),
        Pitfall(
            symptom="Negated signals: 'the base is broken, it reads 1 %'.",
            cause="0 and 6, 1 and 7, 3 and 8 are mirror images of each other here.",
            say="How could somebody who reads so badly on purpose be made good at once?",
        ),
    ),
    oral=(
        "Your second layer's weights are 25 by 75: how many numbers has LoRA of rank 1 there?",
        "Why does B begin at zero, and what would happen if A did, too?",
    ),
    cut="give `trainable` to read and leave out the router's training; never cut the reveal",
    explain={
        "why": "How much of the gap did few numbers close, how sure; why does their place matter; "
        "when was the sum worth having; what can your run not tell?"
    },
    vary="the domain: negated signals, then one of your own",
)
