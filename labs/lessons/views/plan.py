"""What the lesson on views asks, measures and leads to."""

from labs.course.plan import Lesson, Measure, Pitfall, Question, Reference

LESSON = Lesson(
    name="views",
    question="Which layer holds the digit when no label was used?",
    goals=(
        "write the contrastive loss, and say what it rewards and what it throws away",
        "read a layer by a linear probe and by neighbours, without letting test data in",
        "judge a trained layer against the same layer before training",
        "say why the layer that enters the loss need not be the one to keep",
    ),
    needs=("matrices of numpy", "a training loop of torch", "logistic regression", "convolution"),
    questions=(
        Question(
            id="convolution",
            kind="interval",
            text="After full training without labels: how often is the probe of the last "
            "convolution right?",
            unit="%",
            range=(0, 100),
            truth=Reference("self_supervised", "S1"),
            why="Telling views of one signal from those of others needs its shape, and the shape "
            "tells the digit.",
        ),
        Question(
            id="lead",
            kind="interval",
            text="By how many points is the last convolution ahead of the embedding, which alone "
            "enters the loss?",
            unit="points",
            range=(-50, 50),
            truth=Reference("self_supervised", "S2"),
            why="The last layers drop whatever differs between two views, and some of that tells "
            "digits apart.",
        ),
        Question(
            id="vote",
            kind="interval",
            text="Without any network: how often is the vote of the ten nearest training signals "
            "right?",
            unit="%",
            range=(0, 100),
            truth=Reference("embedding", "E2"),
            why="A digit that is shifted or bent is far from most of its class, yet among 4000 "
            "signals some happen to lie alike.",
        ),
        Question(
            id="most",
            kind="choice",
            text="Among 4000 signals, without any network: are most of a signal's ten nearest "
            "neighbours of its own digit?",
            options=("yes", "no"),
            truth="no",
            why="About 44 in 100 are, among 4000 or more signals; your 1000 lie sparser and give "
            "about 29. Yet the vote is right more often: the others are spread over nine digits.",
        ),
        Question(
            id="untrained",
            kind="choice",
            text="Before any training: which layer does the probe read best?",
            options=("signal", "first convolution", "last convolution", "embedding"),
            truth="first convolution",
            why="475 random features of short windows help a linear classifier; deeper random "
            "layers are narrower and only lose.",
        ),
    ),
    measures=(
        Measure(
            name="lead",
            sentence="By the probe the last convolution holds more of the digit than the "
            "embedding.",
            unit="points",
            above=0,
            because="which of the two is ahead is the question",
            range=(-100, 100),
            reference=Reference("self_supervised", "S2"),
        ),
        Measure(
            name="learned",
            sentence="Training without labels adds to what the probe finds at the last "
            "convolution.",
            unit="points",
            above=0,
            because="the untrained layer is what random weights already reach",
            range=(-100, 100),
        ),
        Measure(
            name="purer",
            sentence="Neighbours are more often of one digit in the embedding than at the last "
            "convolution.",
            unit="points",
            above=0,
            because="the loss acts on distances in the embedding; any lead shows that probe and "
            "neighbours disagree",
            range=(-100, 100),
        ),
        Measure(
            name="signal",
            sentence="Among 1000 signals most of the ten nearest neighbours are of other digits.",
            unit="% of neighbours",
            below=50,
            because="it is what 'most' says",
            range=(0, 100),
        ),
    ),
    leads={
        "self_supervised": (
            "S1",
            "S2",
            "S3-default",
            "S3-none",
            "S3-deep",
            "S3-second",
            "S4-none",
            "S4-deep",
            "S5",
            "S6",
            "S7",
            "S8-loss",
            "S8-offset",
        ),
        "embedding": (
            "E1-purity",
            "E2",
            "E3",
            "E4-digits",
            "E4-mnist",
            "E5",
            "E6-mnist",
            "E6-mnist1d",
        ),
    },
    figure="self_supervised",
    pitfalls=(
        Pitfall(
            symptom="The loss starts near 4.6, stays there, and the probe is worse than before.",
            cause="Views that differ too much: nothing is left that two of them share.",
            say="What is the loss of somebody who guesses among 100? What do your two views still "
            "have in common?",
        ),
        Pitfall(
            symptom="'The first convolution has 65 % before training: something is wrong.'",
            cause="Many random rectified windows already help a linear reader. Untrained is not "
            "uninformed.",
            say="Which line in your figure is the fair start? How much did training add to each "
            "layer?",
        ),
        Pitfall(
            symptom="`info_nce` passes all checks but the last.",
            cause="The number went through numpy, item() or detach(), so nothing can be trained.",
            say="Which of your lines is not torch?",
        ),
        Pitfall(
            symptom="'No labels, but 77 % right: so labels are not needed.'",
            cause="The probe was fitted to 4000 labels.",
            say="Which step used labels, and how many numbers did it fit?",
        ),
        Pitfall(
            symptom="The checks of `info_nce` pass, but training does not end.",
            cause="A loop over all pairs: 10,000 for a batch, in each of 1000 steps.",
            say="Which single product holds all the cosines?",
        ),
        Pitfall(
            symptom="`purity` takes minutes or all memory.",
            cause="The differences of all pairs of wide layers were kept at once.",
            say="Can you write the squared distance with one matrix product?",
        ),
    ),
    oral=(
        "A batch has 100 signals: among how many does each view look for its partner, and what is "
        "the loss of guessing?",
        "Which of your numbers would change if all training labels were drawn at random?",
    ),
    cut="give `detrend` and `purity` as read-only; never cut the reveal",
    explain={
        "layer": "Why can the layer before the embedding hold more of the digit? Numbers, a "
        "cause, what would change your mind.",
        "readers": "Why can probe and neighbours disagree about the same layers?",
    },
    vary="how strongly two views of a signal differ: turned by up to 39 positions in place of 9",
)
