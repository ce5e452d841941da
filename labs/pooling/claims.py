"""The claims P1 to P6, each with the published value and the reason for its rule."""

from labs.kit.claims import Claim, Protocol
from labs.pooling.measures import (
    ahead,
    ahead_longer,
    gain_per_decade,
    max_over_l2,
    ratio_per_decade,
    stride_at_its_best,
)
from labs.pooling.published import FEW, MANY, STEPS

FIGURE = "Greydanus & Kobak 2024, Figure 9"
CAPTION = f"{FIGURE}, caption, as in 2020"
CONTROL = f"control of {FIGURE}, whose net without pooling has 2.8 times the parameters"
STORED = "The stored outputs behind the caption have pooling ahead at every size, too."
EQUAL = (-1.5, 2.5)  # points
PUBLISHED_STEPS = Protocol({"steps": STEPS})

CLAIMS = (
    Claim(
        id="P1",
        sentence="With 1,000 training examples pooling is 12 points or more ahead of no pooling.",
        source=FIGURE,
        published=18.6,
        unit="points",
        measure=ahead(FEW),
        above=12,
        because='"very effective" in low data: two thirds of the stored gain',
        gate=PUBLISHED_STEPS,
    ),
    Claim(
        id="P2",
        sentence="The more training data, the fewer points pooling gains.",
        source=FIGURE,
        published=-8.7,
        unit="points / decade",
        measure=gain_per_decade,
        below=0,
        because="any fall with the logarithm of n is the effect",
    ),
    Claim(
        id="P2-ratio",
        family="control",
        sentence="The more training data, the smaller the share of errors that pooling removes.",
        source=f"control of {FIGURE}: near 100 % every gap in points shrinks",
        published=-0.11,
        unit="octaves / decade",
        measure=ratio_per_decade,
        below=0,
        because="any fall of the ratio of errors is the effect, without the ceiling",
        cause="Points shrink because both nets near 100 %; the share of errors does not shrink.",
    ),
    Claim(
        id="P3",
        sentence="With 50,000 training examples pooling makes not much difference.",
        source=FIGURE,
        published=1.2,
        unit="points",
        measure=ahead(MANY),
        within=EQUAL,
        because="it is no difference or the stored 1.2, give or take two standard errors of 1,000 "
        "test examples (1.3 to 1.5)",
        gate=PUBLISHED_STEPS,
    ),
    Claim(
        id="P3-hinders",
        sentence="With 50,000 training examples pooling hinders performance.",
        source=CAPTION,
        published=1.2,
        unit="points",
        measure=ahead(MANY),
        below=0,
        because="the caption says hindered",
        cause=STORED,
    ),
    Claim(
        id="P4",
        sentence="Stride is no better than no pooling, not even at the size that suits it best.",
        source=f"{FIGURE}: sample efficiency comes with pooling, but not with striding",
        published=-0.3,
        unit="points",
        measure=stride_at_its_best,
        below=0,
        because="in the stored outputs it is behind at every size",
    ),
    Claim(
        id="P5-matched",
        family="control",
        sentence="With 1,000 training examples and as many parameters pooling is 12 points ahead.",
        source=CONTROL,
        unit="points",
        measure=ahead(FEW, "matched"),
        above=12,
        because="the threshold of P1",
        gate=PUBLISHED_STEPS,
    ),
    Claim(
        id="P5-hinders",
        family="control",
        sentence="With 50,000 training examples and as many parameters pooling hinders.",
        source=CONTROL,
        unit="points",
        measure=ahead(MANY, "matched"),
        below=0,
        because="the caption says hindered",
        cause="With fewer parameters the net without pooling falls further behind.",
    ),
    Claim(
        id="P5-longer",
        family="control",
        sentence="With 50,000 training examples pooling hinders once training is longer.",
        source=f"control of {FIGURE}, which trains for 12 epochs there",
        unit="points",
        measure=ahead_longer,
        below=0,
        because="the caption says hindered",
        cause="Longer training does not favour the net without pooling enough.",
    ),
    Claim(
        id="P6",
        sentence="With 20,000 training examples and more max pooling does worse than L2.",
        source="Greydanus 2020 (v1), section on pooling",
        published=-0.6,
        unit="points",
        measure=max_over_l2,
        below=0,
        because="the text says worse; its figure has 0.8 and 0.5 points, the run of 2024 1 and -1",
    ),
)
