"""The claims S1 to S8, each with the published value and the reason for its rule.

Where accuracy peaks is judged after fewer than the published 200 epochs, too; levels, and how much
one thing adds to another, are not.
"""

from labs.kit.claims import Claim, Protocol
from labs.kit.measures import column
from labs.self_supervised.grid import ARMS, LAST_CONVOLUTION, last_layer
from labs.self_supervised.measures import accuracy, change, lead, peak
from labs.self_supervised.published import EPOCHS, LINEAR, MARGIN

PAPER = "Greydanus & Kobak 2024"
FIGURE = f"{PAPER}, Figure 8b"
TEXT = f"{PAPER}, Section on self-supervised learning"
WITHIN = (-MARGIN, MARGIN)
TOLERANCE = "that is the tolerance of the published 82 %"
WHOLE = Protocol({"epochs": EPOCHS})
GRID = 0.02  # percent: one of 5000 test examples
PERCENT = (0, 100)


def _with(arm: str) -> str:
    return f"With {'' if arm == 'none' else 'the '}{ARMS[arm].name}"


def _in_the_middle(arm: str) -> Claim:
    curve = LINEAR[arm]
    end = min(LAST_CONVOLUTION + 1, last_layer(arm))
    return Claim(
        id=f"S3-{arm}",
        sentence=f"{_with(arm)} accuracy peaks in the middle: the best convolution before "
        "the embedding beats the best of all other layers.",
        source=TEXT,
        published=round(max(curve[1:end]) - max(curve[0], *curve[end:]), 1),
        unit="points",
        measure=lead(arm, range(1, end)),
        above=0,
        because="any margin puts the peak there",
        grid=GRID,
    )


def _similar(arm: str) -> Claim:
    return Claim(
        id=f"S4-{arm}",
        sentence=f"{_with(arm)} the peak is as high as with the default one, to {MARGIN} points.",
        source=f"{TEXT}: similar peak quality",
        published=round(max(LINEAR[arm]) - max(LINEAR["default"]), 1),
        unit="points",
        measure=peak(arm) - peak("default"),
        within=WITHIN,
        because=TOLERANCE,
        grid=GRID,
        gate=WHOLE,
    )


def _control(
    name: str, arm: str, what: str, source: str, *, grid: float = GRID, cause: str = ""
) -> Claim:
    return Claim(
        id=name,
        family="control",
        sentence=f"{what} changes accuracy before the projector by less than {MARGIN} points.",
        source=source,
        unit="points",
        measure=change(arm),
        within=WITHIN,
        because=TOLERANCE,
        grid=grid,
        gate=WHOLE,
        cause=cause,
    )


CLAIMS = (
    Claim(
        id="S1",
        sentence="Before the projector a linear probe reaches 82 ± 2 % without labels in training.",
        source=FIGURE,
        published=82,
        unit="%",
        measure=accuracy("default"),
        within=(80, 84),
        because="2 covers the noise of a single run on 1000 test examples",
        grid=GRID,
        limits=PERCENT,
        gate=WHOLE,
    ),
    Claim(
        id="S2",
        sentence="The projector hides the digit: before it accuracy is higher than in the "
        "embedding.",
        source=FIGURE,
        published=round(LINEAR["default"][LAST_CONVOLUTION] - LINEAR["default"][-1], 1),
        unit="points",
        measure=accuracy("default") - accuracy("default", last_layer("default")),
        above=0,
        because="the sentence is about the sign; an independent replication gives 5.2",
        grid=GRID,
        gate=WHOLE,
        changed="Until 2026-11-28 it asked for more than 4 points, a margin of ours, which 7.1 "
        "passed; since, a direction is judged at 0",
    ),
    *(_in_the_middle(arm) for arm in LINEAR),
    Claim(
        id="S3-second",
        sentence="With the default projector accuracy is highest after the second layer.",
        source=f"{PAPER}, text on Figure 8b",
        published=round(LINEAR["default"][2] - LINEAR["default"][LAST_CONVOLUTION], 1),
        unit="points",
        measure=lead("default", (2,)),
        above=0,
        because="any margin over the best other layer puts the peak there",
        grid=GRID,
        cause="Of the two stored runs only one has it there; in the other the third leads by 1.2.",
    ),
    *(_similar(arm) for arm in ("none", "deep")),
    Claim(
        id="S5",
        sentence="Without a projector the last layer loses more than 20 points to the peak.",
        source=f"our reading of: {FIGURE}",
        published=round(max(LINEAR["none"]) - LINEAR["none"][-1], 1),
        unit="points",
        measure=peak("none") - accuracy("none"),
        above=20,
        because="stored outputs give 28.8 and 30.5; that it loses at all is S3-none",
        grid=GRID,
        gate=WHOLE,
        family="own",
        changed="Until 2026-11-27 it was counted as published, though the margin is ours",
    ),
    _control(
        "S6",
        "both",
        "Pre-training on the test inputs too, as the text says and the code does not,",
        f"{PAPER}, caption of Figure 8 (n = 5000) against the released code (4000)",
        grid=0.1,  # one of the published 1000, which alone can have been trained on
    ),
    Claim(
        id="S7",
        sentence="With labels the same convolutions and one linear layer reach 92 to 94 %.",
        source=f"{PAPER}, stored outputs of the CNN (92.3 to 94.2)",
        published="92.3 to 94.2",
        unit="%",
        measure=column("own", arm="supervised"),
        within=(92, 94),
        because="that is the range of the stored outputs, rounded",
        grid=GRID,
        limits=PERCENT,
        gate=WHOLE,
    ),
    _control(
        "S8-loss",
        "full",
        "The full NT-Xent loss, in place of the code's one direction with 99 negatives,",
        f"Chen et al. 2020, equation 1, against the code of {PAPER}",
    ),
    _control(
        "S8-offset",
        "no_offset",
        "Leaving out the random offset, which the text does not mention,",
        f"{PAPER}, text on the augmentations against the released code",
        cause="The signals have offsets of their own; encoders that never saw one are not blind to "
        "them.",
    ),
)
